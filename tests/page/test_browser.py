"""The page in a browser, on a scripted pipeline: what a reader sees, does, and what the browser asks for."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from policy_qa.page.live import LivePipeline
from policy_qa.page.texts import EN, ZH
from policy_qa.serve import create_app

from .conftest import HOSTILE, FakePipeline, fake_settings, served
from .reader import DESKTOP, PHONE, ask, no_sideways_scrolling, squeezed, visiting

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [
    pytest.mark.slow,
    # The server runs in this process, and Gradio's queue still uses pandas in ways that pandas 4 will drop.
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]

Visit = Callable[..., AbstractContextManager["Page"]]


@pytest.fixture
def visit(browser: Browser) -> Visit:
    """Open an address as a new reader."""
    return partial(visiting, browser)


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_a_citation_opens_at_its_exact_words(
    visit: Visit, fake_page: str, pipeline: FakePipeline, size: tuple[int, int]
) -> None:
    with visit(fake_page, size) as page:
        assert no_sideways_scrolling(page)
        ask(page, "谁可以担任CIO？")
        assert no_sideways_scrolling(page)
        for citation in pipeline.ask("谁可以担任CIO？").citations:
            link = page.locator(".pq-answer .pq-cite", has_text=f"[{citation.n}]")
            link.click()
            page.wait_for_selector(f'#pq-panel .pq-source[data-key="c:1:{citation.n}"]')
            marks = page.locator("#pq-panel mark")
            assert squeezed("".join(marks.all_inner_texts())) == squeezed(citation.quote)
            assert marks.first.is_visible()
            box = marks.first.bounding_box()
            assert box is not None
            assert 0 < box["y"] < size[1]
            assert page.locator("#pq-panel .pq-shaded mark").count() == marks.count()
            assert no_sideways_scrolling(page)
            page.locator("#pq-panel [data-close]").click()
            page.wait_for_function("document.querySelectorAll('#pq-panel mark').length === 0")
            assert link.is_visible()
            assert link.evaluate("e => e === document.activeElement")


def test_the_page_works_by_keyboard(visit: Visit, fake_page: str) -> None:
    with visit(fake_page) as page:
        page.locator(".pq-chip").first.focus()
        page.keyboard.press("Enter")
        page.wait_for_selector(".pq-answer")
        page.locator(".pq-citation").nth(1).focus()
        page.keyboard.press("Enter")
        page.wait_for_selector('#pq-panel .pq-source[data-key="c:1:2"] mark')  # the first one opened by itself
        page.wait_for_function("document.activeElement.className === 'pq-scroll'")
        page.keyboard.press("Escape")
        page.wait_for_selector("#pq-panel .pq-list")
        assert page.evaluate("document.activeElement.dataset.open") == "c:1:2"


def test_every_control_has_a_name(visit: Visit, fake_page: str) -> None:
    with visit(fake_page) as page:
        ask(page, "谁可以担任CIO？")
        nameless = page.evaluate(
            """() => [...document.querySelectorAll('main button, main a, main textarea, main input')]
                .filter(e => e.checkVisibility() && !(e.getAttribute('aria-label') || e.innerText
                    || (e.labels && e.labels.length && e.labels[0].textContent.trim())))
                .map(e => e.outerHTML.slice(0, 200))"""
        )
        assert nameless == []


def test_the_phones_way_back_closes_the_panel(visit: Visit, fake_page: str) -> None:
    with visit(fake_page, PHONE, has_touch=True, is_mobile=True) as page:
        ask(page, "谁可以担任CIO？")
        page.locator(".pq-citation").first.tap()
        page.wait_for_selector("#pq-panel mark")
        page.go_back()
        page.locator(".pq-answer").wait_for()
        assert not page.locator("#pq-panel").is_visible()
        page.locator(".pq-menu").tap()
        page.locator(".pq-count").tap()
        page.locator("#pq-panel .pq-document").nth(3).tap()
        page.locator("#pq-panel .pq-text").wait_for()
        page.get_by_text(ZH.back).tap()
        assert page.locator(".pq-answer").is_visible()


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_hostile_words_stay_words(visit: Visit, fake_page: str, size: tuple[int, int]) -> None:
    with visit(fake_page, size) as page:
        question = f"hostile {HOSTILE}"
        ask(page, question)
        assert page.locator(".pq-question").inner_text().endswith(question)
        assert squeezed(HOSTILE) in squeezed(page.locator(".pq-answer").inner_text())
        page.locator(".pq-cite").click()
        page.wait_for_selector("#pq-panel mark")
        assert page.locator("#pq-panel mark").inner_text() == HOSTILE
        for tag in ("script", "img", "iframe", "svg", "a[href^=http]", "table"):
            assert page.locator(f".pq-log {tag}, .pq-source {tag}").count() == 0
        assert no_sideways_scrolling(page)
        page.evaluate("document.querySelector('#pq-filter input').focus()")
        page.wait_for_timeout(500)


def test_the_language_switch_changes_every_label_and_keeps_the_rest(visit: Visit, fake_page: str) -> None:
    with visit(fake_page) as page:
        ask(page, "谁可以担任CIO？")
        page.locator(".pq-cite").first.click()
        page.wait_for_selector("#pq-panel mark")
        quoted = page.locator("#pq-panel mark").inner_text()
        page.fill("#pq-question textarea", "写了一半的")
        page.locator("#pq-language").click()
        page.wait_for_function("document.documentElement.lang === 'en'")
        page.get_by_role("button", name=EN.new_conversation).wait_for()
        frame = page.locator("body").inner_text()
        for words in (EN.product, EN.tagline, EN.citations, EN.copy, EN.notice, EN.filter_label, EN.send, EN.close):
            assert words in frame
        for words in (ZH.product, ZH.tagline, ZH.citations, ZH.copy, ZH.filter_label, ZH.send, ZH.close, ZH.issuer):
            assert words not in frame.replace(EN.switch_language, "")
        assert page.locator("#pq-question textarea").get_attribute("placeholder") == EN.question_placeholder
        assert page.title() == EN.window_title
        assert page.locator("#pq-question textarea").input_value() == "写了一半的"
        assert page.locator("#pq-panel mark").inner_text() == quoted
        assert page.locator(".pq-turn").count() == 1
        page.locator("#pq-language").click()
        page.wait_for_function("document.documentElement.lang === 'zh-CN'")
        assert ZH.citations in page.locator("body").inner_text()


def test_an_english_page_is_english_from_the_start(visit: Visit, pipeline: FakePipeline, tmp_path: Path) -> None:
    app = create_app(fake_settings(tmp_path, lang="en"), LivePipeline(lambda: pipeline, lambda: 1))
    with served(app) as address, visit(address) as page:
        assert EN.welcome in page.locator(".pq-log").inner_text()
        assert page.evaluate("document.documentElement.lang") == "en"
        ask(page, "who can serve as CIO?")
        assert pipeline.asked[-1][-1] == "en"


def test_readers_see_their_own_conversation_only(visit: Visit, fake_page: str, pipeline: FakePipeline) -> None:
    with visit(fake_page) as first, visit(fake_page) as second:
        ask(first, "谁可以担任CIO？")
        ask(second, "食堂几点开门？")
        ask(first, "还有谁可以担任？")
        assert pipeline.asked[-1][1] == ("谁可以担任CIO？",)
        assert "食堂" not in first.locator(".pq-log").inner_text()
        assert second.locator(".pq-question").all_text_contents() == ["提问：食堂几点开门？"]
        second.reload()
        second.wait_for_selector(".pq-question")
        assert second.locator(".pq-question").all_text_contents() == ["提问：食堂几点开门？"]
        assert first.locator(".pq-turn").count() == 2


def test_a_new_conversation_forgets_the_old(visit: Visit, fake_page: str, pipeline: FakePipeline) -> None:
    with visit(fake_page) as page:
        ask(page, "谁可以担任CIO？")
        page.locator(".pq-cite").first.click()
        page.wait_for_selector("#pq-panel mark")
        page.get_by_role("button", name=ZH.new_conversation).click()
        page.wait_for_selector(".pq-welcome")
        assert page.locator("#pq-panel mark").count() == 0
        ask(page, "谁可以担任CIO？")
        assert pipeline.asked[-1][1] == ()


def test_the_filter_limits_the_documents(visit: Visit, fake_page: str, pipeline: FakePipeline) -> None:
    with visit(fake_page) as page:
        page.locator("#pq-filter input").click()
        page.get_by_role("option", name=re.compile("焦作市教育局")).click()
        page.keyboard.press("Escape")
        ask(page, "谁可以担任CIO？")
        assert pipeline.asked[-1][2] == ("jiaozuo-cio",)


def test_an_answer_is_copied_as_plain_text(visit: Visit, fake_page: str) -> None:
    with visit(fake_page, permissions=["clipboard-read", "clipboard-write"]) as page:
        ask(page, "谁可以担任CIO？")
        page.locator("[data-copy]").click()
        page.get_by_text(ZH.copied).wait_for()
        text = page.evaluate("navigator.clipboard.readText()")
        assert text.startswith("问：谁可以担任CIO？")
        assert "[3] 《焦作市教育局" in text


def test_a_refusal_offers_what_is_nearest(visit: Visit, fake_page: str) -> None:
    with visit(fake_page) as page:
        ask(page, "食堂几点开门？")
        assert ZH.refused in page.locator(".pq-refusal").inner_text()
        page.locator(".pq-near").first.click()
        page.wait_for_selector("#pq-panel .pq-shaded")
        assert page.locator("#pq-panel .pq-shaded").get_attribute("data-ref") == "helan-cio#1"
        assert page.locator("#pq-panel mark").count() == 0


def test_an_error_is_a_message_in_the_conversation(visit: Visit, fake_page: str) -> None:
    with visit(fake_page) as page:
        ask(page, "长" * 2001)
        assert "问题过长：最多 2000 字" in page.locator(".pq-error").inner_text()
        ask(page, "谁可以担任CIO？")
        assert page.locator(".pq-answer").count() == 1


def test_one_question_too_many_is_told_to_come_back(
    browser: Browser, pipeline: FakePipeline, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("policy_qa.page.live.CONCURRENT", 1)
    monkeypatch.setattr("policy_qa.page.blocks.WAITING", 1)
    gate = threading.Event()
    answer = pipeline.ask
    monkeypatch.setattr(pipeline, "ask", lambda *args, **options: gate.wait(60) and answer(*args, **options))
    app = create_app(fake_settings(tmp_path), LivePipeline(lambda: pipeline, lambda: 1))
    with served(app) as address, ExitStack() as stack:
        pages = []
        for _ in range(3):
            context = browser.new_context()
            stack.callback(context.close)
            page = context.new_page()
            page.goto(address)
            page.wait_for_selector(".pq-welcome")
            page.fill("#pq-question textarea", "谁可以担任CIO？")
            page.keyboard.press("Enter")
            page.wait_for_selector(".pq-pending, .pq-error")
            page.wait_for_timeout(700)
            pages.append(page)
        pages[2].wait_for_selector(".pq-error")
        assert ZH.busy in pages[2].locator(".pq-error").inner_text()
        gate.set()
        for page in pages[:2]:
            page.wait_for_selector(".pq-answer")
        ask(pages[2], "谁可以担任CIO？")
        assert pages[2].locator(".pq-answer").count() == 1


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_two_versions_are_compared_beside_the_conversation(
    visit: Visit, versions: FakePipeline, tmp_path: Path, size: tuple[int, int]
) -> None:
    app = create_app(fake_settings(tmp_path), LivePipeline(lambda: versions, lambda: 1))
    with served(app) as address, visit(address, size) as page:
        if size == PHONE:
            page.locator(".pq-menu").click()
            page.locator(".pq-count").click()
        page.locator("#pq-panel .pq-others a").click()
        page.wait_for_selector("#pq-panel .pq-superseded")
        assert no_sideways_scrolling(page)
        page.locator("#pq-panel .pq-compare").click()
        page.wait_for_selector("#pq-panel .pq-diff")
        assert "4年" in "".join(page.locator("#pq-panel .pq-diff ins").all_inner_texts())
        assert "3年" in "".join(page.locator("#pq-panel .pq-diff del").all_inner_texts())
        old, new = (page.locator(f"#pq-panel .pq-d-doc.pq-d-{side}").bounding_box() for side in ("old", "new"))
        assert old is not None
        assert new is not None
        assert (old["y"] < new["y"]) == (size == PHONE)
        assert no_sideways_scrolling(page)
        page.locator("#pq-panel .pq-d-contents summary").click()
        page.locator("#pq-panel .pq-d-contents a").last.click()
        target = page.locator("#pq-panel .pq-d-change").last
        box = target.bounding_box()
        assert box is not None
        assert 0 <= box["y"] < size[1]
        assert page.locator("#pq-panel .pq-diff").is_visible()
        assert urlsplit(page.url).fragment == ""
        page.locator("#pq-panel .pq-diff-ways a").last.click()
        page.wait_for_selector('#pq-panel .pq-source[data-key="d:yichun-cio-2026"]')
        assert page.locator("#pq-panel .pq-superseded").count() == 0
        page.locator("#pq-panel [data-close]").click()
        assert page.locator(".pq-welcome").is_visible()
