"""What people and files wrote is text on every page that shows it again, in a real browser, in Word and in print."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

import docx
import pytest

from page.conftest import browser
from policy_qa.datamodels import Answer, Line
from policy_qa.evaluation.rows import Row
from policy_qa.kept import conversations, runs
from policy_qa.kept.changes import Action, Change, Changes
from policy_qa.kept.conversations import Conversations, KeptAnswer
from policy_qa.kept.corrections import Correction, Corrections
from policy_qa.kept.marks import Marks, Said
from policy_qa.kept.runs import Runs
from policy_qa.kept.store import Store
from policy_qa.page.visitor import VISITOR_COOKIE, WHO_COOKIE
from policy_qa.pipeline import build_index
from policy_qa.serve import open_live
from policy_qa.settings import Settings
from samples import answering

from .conftest import KEY, School, opened, school_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

__all__ = ["browser"]

pytestmark = pytest.mark.slow
SCRIPT, IMAGE = "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>'
MARKUP = SCRIPT + IMAGE
#: A file's name holds no `/`.
FILE = f"{IMAGE}.txt"
ME = "m" * 43


@dataclass(frozen=True)
class Written:
    """A school whose every store holds markup; the id of a run, and of the hostile policy."""

    school: School
    run: str
    doc_id: str


@pytest.fixture(scope="module")
def written(built: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Written]:
    settings = school_of(built, tmp_path_factory.mktemp("markup"))
    (settings.corpus / FILE).write_text(f"{MARKUP}管理办法\n第一条 {MARKUP}。\n第二条 其他。\n", "utf-8")
    build_index(settings)
    live = open_live(settings, suggests=False)
    (document,) = (d for d in live.library().documents.values() if MARKUP in d.text)
    ref = f"{document.doc_id}#1"
    place = live.library().place(ref)
    assert place
    Marks(settings.desk_file).add(ref, place.cite, place.words, said=Said.WRONG, who=MARKUP, note=MARKUP)
    Corrections(settings.desk_file).add(Correction(question=MARKUP, refs=(ref,), who=MARKUP, note=MARKUP), ME)
    kept = Conversations(Store(settings.desk_file, conversations.SCHEMA), 90)
    answer: Answer = answering(Line(text=MARKUP), question=MARKUP, notices=(MARKUP,))
    kept.keep(ME, "c", KeptAnswer(id="x", question=MARKUP, answer=answer, asked=1_900_000_000.0, documents=()))
    kept.rename(ME, "c", MARKUP)
    held = Runs(Store(settings.desk_file, runs.SCHEMA))
    run = held.begin(visitor=ME, shared=True, name=MARKUP, system=MARKUP, documents=1, total=1)
    held.add(run, [_row(ref)])
    held.end(run, runs.State.DONE)
    change = Change(id=1, at="2026-11-27T00:00:00+00:00", who=MARKUP, action=Action.ADD, source=FILE, old="", new="0")
    Changes(settings.desk_file).append([change])
    with opened(settings, live) as school:
        yield Written(school, run, document.doc_id)


def _row(ref: str) -> Row:
    return Row(
        id=MARKUP, category=MARKUP, subject=MARKUP, question=MARKUP, history=(MARKUP,), to_refuse=False, judged=(ref,),
        allowed=(ref,), facts=((MARKUP,),), answer=MARKUP, notices=(MARKUP,), error=MARKUP,
    )  # fmt: skip


@pytest.fixture
def page(written: Written, browser: Browser) -> Iterator[Page]:
    """The page of whoever wrote all of it, an administrator."""
    context = browser.new_context(base_url=written.school.address, locale="zh-CN")
    known = ((VISITOR_COOKIE, ME), (WHO_COOKIE, quote(MARKUP, safe="")))
    context.add_cookies([{"name": name, "value": value, "url": written.school.address} for name, value in known])
    page, alarms = context.new_page(), list[str]()
    page.on("dialog", lambda dialog: alarms.append(dialog.message))
    page.goto("/library/admin")
    page.get_by_label("管理员密钥").fill(KEY)
    page.get_by_role("button", name="登录").click()
    page.get_by_role("button", name="退出管理").wait_for()
    yield page
    context.close()
    assert alarms == []


def harmless(page: Page) -> bool:
    """Whether no element came of what was written."""
    return not page.evaluate(
        "[...document.querySelectorAll('img, [onerror], script')].some(e => e.tagName !== 'SCRIPT' || "
        "e.textContent.startsWith('alert(1)'))"
    )


@pytest.mark.parametrize(
    "path",
    [
        "/marks?state=all",
        "/marks?ref={doc}%231",
        "/marks/questions",
        "/marks/wrong?question={markup}",
        "/runs",
        "/runs/{run}",
        "/runs?set={markup}",
        "/library",
        "/library/{doc}?ref=1",
        "/library/search?q=alert",
        "/library/changes",
        "/library/admin",
        "/conversations",
        "/conversations/c/print",
    ],
)
def test_a_page_shows_it_as_it_was_written(page: Page, written: Written, path: str) -> None:
    page.goto(path.format(doc=quote(written.doc_id, safe=""), run=written.run, markup=quote(MARKUP)))
    assert harmless(page)
    if "set=" not in path:
        shown = page.locator("main, body").first.inner_text()
        typed = page.locator("input, textarea").evaluate_all("all => all.map(e => e.value).join()")
        assert "alert(1)" in shown + typed


def test_the_conversation_and_its_drawer_do(page: Page) -> None:
    page.goto("/?c=c")
    page.locator(".pq-turn .pq-foot").wait_for()
    assert harmless(page)
    assert SCRIPT in page.locator(".pq-answer").inner_text()
    page.locator("[data-drawer]").click()
    drawer = page.frame_locator(".pq-drawer iframe")
    drawer.get_by_role("link", name=MARKUP).wait_for()
    assert drawer.locator("img").count() == 0


def test_files_do(page: Page, written: Written) -> None:
    word = page.request.get("/conversations/c.docx")
    assert docx.Document(io.BytesIO(word.body())).paragraphs[0].text == MARKUP
    report = page.request.get(f"/runs/{written.run}/report.html").text()
    page.set_content(report)
    assert harmless(page)
    assert SCRIPT in page.locator("body").inner_text()
