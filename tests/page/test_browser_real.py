"""The page as it is started, `python app.py`, with the real model on the real policies, in a browser."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from policy_qa.index.layout import write_origin
from policy_qa.page.texts import EN, ZH
from policy_qa.pipeline import Pipeline, build_index, open_pipeline
from policy_qa.settings import Settings

from .conftest import CORPUS
from .reader import DESKTOP, PHONE, ask, no_sideways_scrolling, squeezed, visiting

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.slow
WHO, SEVENTH = "谁可以担任CIO？", "宜春学院制度第七条规定了什么？"
ROOT = Path(__file__).parents[2]
Visit = Callable[..., AbstractContextManager["Page"]]


@dataclass(frozen=True)
class App:
    """A running `app.py`: where it answers, and what it was started with."""

    address: str
    settings: Settings


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory, built: Settings) -> Iterator[App]:
    home = tmp_path_factory.mktemp("home")
    corpus = home / "corpus"
    shutil.copytree(CORPUS, corpus)
    shutil.copytree(built.index_dir, home / "index")
    write_origin(home / "index", corpus)
    settings = Settings(home=home, corpus=corpus, port=0)
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("POLICY_QA_")},
        "POLICY_QA_HOME": str(home),
        "POLICY_QA_CORPUS": str(corpus),
        "POLICY_QA_PORT": "0",
        "PYTHONPATH": str(ROOT / "src"),
    }
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "app.py")], env=environment, cwd=home, stderr=subprocess.PIPE, encoding="utf-8"
    )
    try:
        assert process.stderr is not None
        notes: list[str] = []
        for line in process.stderr:  # ends with the process, so a failed start does not hang
            notes.append(line)
            if found := re.search(r"http://127\.0\.0\.1:\d+/", line):
                yield App(found.group(), settings)
                break
        else:
            pytest.fail("app.py did not start: " + "".join(notes)[-2000:], pytrace=False)
    finally:
        process.terminate()
        process.communicate(timeout=20)


@pytest.fixture(scope="module")
def asked(built: Settings) -> Pipeline:
    return open_pipeline(built)


@pytest.fixture
def visit(browser: Browser) -> Visit:
    return partial(visiting, browser)


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
@pytest.mark.parametrize("question", [WHO, SEVENTH, "Who can serve as CIO?"])
def test_every_citation_opens_at_the_words_that_it_quotes(
    visit: Visit, app: App, asked: Pipeline, question: str, size: tuple[int, int]
) -> None:
    answer = asked.ask(question)
    assert answer.citations
    with visit(app.address, size) as page:
        ask(page, question)
        assert no_sideways_scrolling(page)
        for citation in answer.citations:
            page.locator(f'#pq-left [data-open="c:1:{citation.n}"]').first.click()
            page.wait_for_selector(f'#pq-panel .pq-source[data-key="c:1:{citation.n}"]')
            marked = "".join(page.locator("#pq-panel mark").all_inner_texts())
            assert squeezed(marked) == squeezed(citation.quote)
            listed = page.locator(f'.pq-citation[data-open="c:1:{citation.n}"] .pq-citation-name').text_content()
            assert listed == citation.cite
            article = page.locator("#pq-panel .pq-shaded").get_attribute("data-ref") or ""
            assert citation.ref == article or citation.ref.startswith(f"{article}.")
            page.locator("#pq-panel [data-close]").click()
            page.wait_for_function("document.querySelectorAll('#pq-panel mark').length === 0")


def test_a_comparison_of_three_schools_is_whole_on_the_first_screen(visit: Visit, app: App) -> None:
    with visit(app.address, (1280, 900)) as page:
        ask(page, WHO)
        page.locator("#pq-panel mark").first.wait_for()
        box, below = page.locator(".pq-compare").bounding_box(), page.locator("#pq-ask").bounding_box()
        assert page.locator(".pq-compare tbody .pq-cell").count() == 3
        assert box
        assert below
        assert box["y"] >= page.locator("#pq-top").evaluate("e => e.getBoundingClientRect().bottom")
        assert box["y"] + box["height"] <= below["y"]


def test_a_long_cell_is_folded_until_it_is_opened(visit: Visit, app: App) -> None:
    with visit(app.address, (1280, 900)) as page:
        ask(page, "三家CIO制度有什么不同？")
        page.locator(".pq-compare tbody tr").nth(3).wait_for()
        cells = page.locator(".pq-compare tbody .pq-cell").all()
        folds = "e => e.scrollHeight > e.clientHeight + 1"
        cell = next(c for c in cells if c.locator("q").evaluate(folds))
        cell.click()
        page.locator(".pq-compare .pq-cell[aria-current]").wait_for()
        assert not cell.locator("q").evaluate(folds)


def test_a_draft_is_announced_and_marked(visit: Visit, app: App) -> None:
    with visit(app.address) as page:
        ask(page, SEVENTH)
        assert "讨论稿" in page.locator(".pq-notice").inner_text()
        page.locator(".pq-cite").first.click()
        page.wait_for_selector("#pq-panel mark")
        assert page.locator("#pq-panel .pq-bar .pq-badge").inner_text() == "讨论稿"


def test_a_question_that_no_policy_answers_is_refused(visit: Visit, app: App) -> None:
    with visit(app.address) as page:
        ask(page, "食堂几点开门？")
        assert ZH.refused in page.locator(".pq-refusal").inner_text()
        assert page.locator(".pq-near").count() >= 1
        page.locator(".pq-near").first.click()
        page.wait_for_selector("#pq-panel .pq-shaded")


def test_an_english_page_frames_answers_in_english(visit: Visit, app: App) -> None:
    with visit(app.address) as page:
        page.locator("#pq-language").click()
        page.get_by_text(EN.welcome).wait_for()
        ask(page, "宜春学院CIO的任期是几年？")
        assert "According to" in page.locator(".pq-answer").inner_text()


@pytest.mark.parametrize("question", ["？？？", "\u200b\u200b", "长" * 2001, "😀"])
def test_a_question_that_is_none_gets_a_message(visit: Visit, app: App, question: str) -> None:
    with visit(app.address) as page:
        ask(page, question)
        assert page.locator(".pq-error, .pq-refusal").count() == 1


def test_the_next_question_uses_a_rebuilt_index(visit: Visit, app: App) -> None:
    policy = "某某中学食堂管理办法（试行）\n第一条 食堂每日上午六时三十分开门。\n第二条 食堂由总务处管理。\n"
    with visit(app.address) as page:
        (app.settings.corpus / "canteen.txt").write_text(policy, encoding="utf-8")
        build_index(app.settings)
        ask(page, "食堂几点开门？")
        assert "六时三十分" in page.locator(".pq-answer").inner_text()
        page.locator(".pq-cite").first.click()
        page.wait_for_selector("#pq-panel mark")
        assert "六时三十分" in page.locator("#pq-panel mark").inner_text()
        page.reload()
        page.get_by_text(ZH.document_count.format(count=5)).wait_for()
