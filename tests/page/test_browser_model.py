"""A language model's answer in a browser: it grows, can be stopped, and ends when its reader leaves."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from policy_qa.datamodels import Answer, Line, LineKind
from policy_qa.page.texts import ZH
from policy_qa.serve import create_app
from samples import answering

from .conftest import FakePipeline, Swapped, fake_settings, real_documents, served
from .reader import DESKTOP, PHONE, no_sideways_scrolling, visiting

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [
    pytest.mark.slow,
    # The server runs in this process, and Gradio's queue still uses pandas in ways that pandas 4 will drop.
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]


class Slow(FakePipeline):
    """Writes one sentence, and then nothing until it is stopped."""

    def __init__(self) -> None:
        super().__init__(real_documents())
        self.ended = threading.Event()

    def stream(
        self, question: str, history: Sequence[str] = (), *, stopped: threading.Event, **_: object
    ) -> Iterator[Answer]:
        whole = self._who(question)
        line = Line(kind=LineKind.STATED, text="第一句。", marks=(1,))
        yield answering(line, question=question, mode="writing", citations=whole.citations)
        stopped.wait(20)
        self.ended.set()
        yield replace(whole, mode="model", notices=("停在这里",))


@pytest.fixture
def slow() -> Slow:
    return Slow()


@pytest.fixture(scope="module")
def writing_page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Swapped, str]]:
    swapped = Swapped(FakePipeline(real_documents()))
    with served(create_app(fake_settings(tmp_path_factory.mktemp("home")), swapped.live(writes=True))) as address:
        yield swapped, address


@pytest.fixture
def address(slow: Slow, writing_page: tuple[Swapped, str]) -> str:
    swapped, address = writing_page
    swapped.put(slow)
    return address


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_an_answer_grows_until_it_is_stopped(browser: Browser, address: str, slow: Slow, size: tuple[int, int]) -> None:
    with visiting(browser, address, size) as page:
        assert not page.locator("#pq-stop").is_visible()
        page.fill("#pq-question textarea", "谁担任？")
        page.keyboard.press("Enter")
        page.locator(".pq-growing", has_text="第一句").wait_for()
        page.locator("#pq-stop").wait_for()
        assert not page.locator("#pq-send").is_visible()
        assert page.locator("#pq-new").is_disabled()
        assert no_sideways_scrolling(page)
        assert not slow.ended.is_set()
        page.locator("#pq-stop").click()
        page.locator(".pq-notice", has_text="停在这里").wait_for()
        page.locator("#pq-send").wait_for()
        assert not page.locator("#pq-stop").is_visible()
        assert page.locator(".pq-foot", has_text=ZH.model_written).is_visible()
        assert page.locator("#pq-new").is_enabled()


@pytest.mark.alone
def test_an_answer_ends_when_its_reader_leaves(browser: Browser, address: str, slow: Slow) -> None:
    with visiting(browser, address) as page:
        page.fill("#pq-question textarea", "谁担任？")
        page.keyboard.press("Enter")
        page.locator(".pq-growing", has_text="第一句").wait_for()
    assert slow.ended.wait(10)
