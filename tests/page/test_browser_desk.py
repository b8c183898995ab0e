"""Conversations in a browser: found again, sent, changed, taken away; light and dark, wide and narrow."""

from __future__ import annotations

import re
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from policy_qa.page.live import LivePipeline
from policy_qa.page.texts import ZH
from policy_qa.serve import create_app

from .conftest import FakePipeline, fake_settings, served
from .reader import DESKTOP, PHONE, ask, faults_of_access, no_sideways_scrolling, visiting

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [
    pytest.mark.slow,
    # The server runs in this process, and Gradio's queue still uses pandas in ways that pandas 4 will drop.
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]

NARROW = (320, 640)
WHO, OTHER = "谁可以担任CIO？", "食堂几点开门？"


def panel(page: Page) -> str:
    return page.locator("#pq-panel mark").first.inner_text()


def questions(page: Page) -> list[str]:
    return [words.removeprefix(f"{ZH.you}：") for words in page.locator(".pq-question").all_text_contents()]


def test_a_conversation_and_an_answer_are_found_again(browser: Browser, pipeline: FakePipeline, tmp_path: Path) -> None:
    """After a reload and a restart of the server; the answer in another browser, too."""
    app = create_app(fake_settings(tmp_path), LivePipeline(lambda: pipeline, lambda: 1))
    with served(app) as address, visiting(browser, address) as page:
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        ask(page, WHO)
        page.locator("#pq-panel mark").first.wait_for()
        quoted = panel(page)
        assert quoted in pipeline.ask(WHO).citations[0].quote
        page.wait_for_function("document.activeElement.tagName === 'TEXTAREA'")  # nobody clicked it open
        page.locator("[data-link]").click()
        link = page.evaluate("navigator.clipboard.readText()")
        assert re.fullmatch(rf"{re.escape(address)}\?a=[\w-]{{22}}", link)
        ask(page, OTHER)
        assert re.fullmatch(rf"{re.escape(address)}\?c=[\w-]{{22}}", page.url)
        page.reload()
        page.locator(".pq-turn").nth(1).wait_for()
        assert questions(page) == [WHO, OTHER]
        cookies, own = page.context.cookies(), page.url.removeprefix(address)
    with served(create_app(fake_settings(tmp_path), LivePipeline(lambda: pipeline, lambda: 1))) as address:
        context = browser.new_context()
        other = context.new_page()
        other.goto(address + link.partition("/?")[2].join(("?", "")))
        other.locator("#pq-panel mark").first.wait_for()
        assert (questions(other), panel(other)) == ([WHO], quoted)
        assert ZH.ask.shared in other.locator(".pq-told").inner_text()
        other.goto(address + own)
        other.locator(".pq-told").wait_for()
        assert ZH.ask.told_foreign in other.locator(".pq-told").inner_text()
        context.clear_cookies()
        context.add_cookies([{"name": c["name"], "value": c["value"], "url": address} for c in cookies])
        other.goto(address + own)
        other.locator(".pq-turn").nth(1).wait_for()
        assert questions(other) == [WHO, OTHER]
        context.close()


def test_a_question_is_put_again_changed_and_deleted(browser: Browser, fake_page: str) -> None:
    with visiting(browser, fake_page) as page:
        for question in ("一", "二", "三"):
            ask(page, question)
        page.locator(".pq-edit summary").nth(1).click()
        page.locator(".pq-edit textarea").nth(1).fill("二，改过")
        page.keyboard.press("Enter")
        page.locator(".pq-turn").nth(2).wait_for(state="detached")
        page.locator(".pq-turn").nth(1).locator(".pq-foot").wait_for()
        assert questions(page) == ["一", "二，改过"]
        page.locator("[data-again]").nth(1).click()
        page.wait_for_timeout(300)
        page.locator(".pq-turn").nth(1).locator(".pq-foot").wait_for()
        page.evaluate("window.confirm = () => true")
        page.locator("[data-remove]").first.click()
        page.locator(".pq-turn").nth(1).wait_for(state="detached")
        page.reload()
        page.locator(".pq-turn .pq-foot").wait_for()
        assert questions(page) == ["二，改过"]


def test_a_question_is_stopped_without_a_language_model(
    browser: Browser, pipeline: FakePipeline, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, answer = threading.Event(), pipeline.ask
    monkeypatch.setattr(pipeline, "ask", lambda *args, **options: gate.wait(60) and answer(*args, **options))
    app = create_app(fake_settings(tmp_path), LivePipeline(lambda: pipeline, lambda: 1))
    with served(app) as address, visiting(browser, address) as page:
        page.fill("#pq-question textarea", WHO)
        page.keyboard.press("Enter")
        page.locator("#pq-stop").click()
        page.locator(".pq-error", has_text=ZH.ask.stopped).wait_for()
        gate.set()
        ask(page, OTHER)
        assert page.locator(".pq-error").count() == 1, "what comes late is not shown"
        assert page.locator(".pq-foot").count() == 1


@pytest.mark.parametrize(("size", "scheme"), [(DESKTOP, "dark"), (NARROW, "light")])
def test_the_drawer_lists_and_deletes_what_was_asked(
    browser: Browser, fake_page: str, size: tuple[int, int], scheme: str
) -> None:
    with visiting(browser, fake_page, size, color_scheme=scheme) as page:
        ask(page, WHO)
        assert no_sideways_scrolling(page)
        assert faults_of_access(page) == []
        if size == NARROW:
            page.locator(".pq-menu").click()
        page.locator("[data-drawer]").click()
        drawer = page.frame_locator(".pq-drawer iframe")
        drawer.get_by_role("link", name=WHO).wait_for()
        drawer.get_by_text(ZH.ask.manage).click()
        drawer.get_by_label(ZH.ask.title).fill("关于任职")
        drawer.get_by_role("button", name=ZH.ask.rename).click()
        drawer.get_by_role("link", name="关于任职").click()
        page.locator(".pq-turn .pq-foot").wait_for()
        with page.expect_download() as download:
            page.locator(".pq-take-away a", has_text=ZH.ask.word).click()
        assert download.value.suggested_filename == "关于任职.docx"
        background = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert (background == "rgb(18, 24, 30)") == (scheme == "dark")


def test_a_citation_is_previewed_where_it_is_pointed_at_or_focused(browser: Browser, fake_page: str) -> None:
    with visiting(browser, fake_page) as page:
        ask(page, WHO)
        tip = page.locator("#pq-tip")
        page.locator(".pq-cite").first.hover()
        assert "学校分管信息化工作的副校长" in tip.inner_text()
        page.keyboard.press("Escape")
        assert not tip.is_visible()
        assert page.locator("#pq-panel mark").count(), "Escape takes away one thing at a time"
        page.locator(".pq-cite").nth(1).focus()
        assert "职能部门负责人" in tip.inner_text()


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_little_moves_while_the_page_loads(browser: Browser, fake_page: str, size: tuple[int, int]) -> None:
    context = browser.new_context(viewport={"width": size[0], "height": size[1]})
    context.add_init_script(
        "window.shift = 0; new PerformanceObserver(seen => { for (const e of seen.getEntries()) "
        "if (!e.hadRecentInput) window.shift += e.value; }).observe({ type: 'layout-shift', buffered: true });"
    )
    page = context.new_page()
    page.goto(fake_page)
    page.wait_for_selector(".pq-welcome")
    page.wait_for_timeout(1000)
    assert page.evaluate("window.shift") <= 0.1
    context.close()
