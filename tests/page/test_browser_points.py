"""Points, chips and choices in a browser, on a scripted pipeline."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from policy_qa.datamodels import Answer, ScopeFrom
from policy_qa.page.live import LivePipeline
from policy_qa.page.texts import ZH
from policy_qa.serve import create_app

from .conftest import FakePipeline, fake_settings, real_documents, served
from .reader import PHONE, ask, no_sideways_scrolling, visiting
from .test_points_view import CHOICES, asked_back, scoped, two_points

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [
    pytest.mark.slow,
    # The server runs in this process, and Gradio's queue still uses pandas in ways that pandas 4 will drop.
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]
SMALL = (1280, 900)


class Scripted(FakePipeline):
    """Gives the answer whose name stands in the question."""

    def ask(
        self, question: str, history: Sequence[str] = (), *, doc_ids: Sequence[str] = (), lang: str | None = None
    ) -> Answer:
        self.asked.append((question, tuple(history), tuple(doc_ids), lang))
        if "points" in question:
            return two_points(self)
        if "choices" in question:
            return asked_back()
        return scoped(ScopeFrom.FILTER if doc_ids else ScopeFrom.HISTORY, *(doc_ids or ["yichun-cio", "helan-cio"]))


@pytest.fixture
def scripted() -> Scripted:
    return Scripted(real_documents())


@pytest.fixture
def address(scripted: Scripted, tmp_path: Path) -> Iterator[str]:
    with served(create_app(fake_settings(tmp_path), LivePipeline(lambda: scripted, lambda: 1))) as address:
        yield address


@pytest.mark.parametrize("size", [SMALL, PHONE])
def test_points_stand_apart_each_with_its_lead_and_its_proof(
    browser: Browser, address: str, size: tuple[int, int]
) -> None:
    with visiting(browser, address, size) as page:
        ask(page, "points")
        assert page.locator(".pq-point").count() == 3
        lead, proof = (page.locator(".pq-point").first.locator(s) for s in (".pq-lead", "p:not(.pq-lead)"))
        sizes = [float(e.evaluate("e => getComputedStyle(e).fontSize")[:-2]) for e in (lead, proof.first)]
        assert sizes[0] > sizes[1]
        tops = [box["y"] for e in (lead, proof.first) if (box := e.bounding_box())]
        assert len(tops) == 2
        assert tops[0] < tops[1]
        assert page.locator(".pq-point").last.locator(".pq-state").inner_text() == ZH.refused
        assert no_sideways_scrolling(page)


@pytest.mark.parametrize("size", [SMALL, PHONE])
def test_a_choice_is_asked_by_a_click(
    browser: Browser, address: str, scripted: Scripted, size: tuple[int, int]
) -> None:
    with visiting(browser, address, size) as page:
        ask(page, "choices")
        page.locator(".pq-choice").last.click()
        page.locator(".pq-turn").nth(1).locator(".pq-answer").wait_for()
        assert scripted.asked[-1][0] == CHOICES[1].question
        assert page.locator(".pq-choice").first.is_disabled()
        assert no_sideways_scrolling(page)


def test_a_chip_takes_a_document_off_for_the_next_answer(browser: Browser, address: str, scripted: Scripted) -> None:
    with visiting(browser, address, SMALL) as page:
        ask(page, "任期？")
        chip = page.locator(".pq-held").first
        chip.click()
        page.locator('.pq-held[aria-pressed="true"]').wait_for()
        ask(page, "谁？")
        assert scripted.let_go == ("yichun-cio",)
        assert page.locator(".pq-turn").first.locator("button.pq-held").count() == 0


def test_a_chip_loosens_the_readers_own_limit(browser: Browser, address: str, scripted: Scripted) -> None:
    with visiting(browser, address, SMALL) as page:
        page.locator("#pq-filter input").click()
        page.get_by_role("option").first.click()
        page.keyboard.press("Escape")
        ask(page, "任期？")
        assert len(scripted.asked[-1][2]) == 1
        page.locator(".pq-held").click()
        page.locator('.pq-held[aria-pressed="true"]').wait_for()
        page.wait_for_function("document.querySelectorAll('#pq-filter .token').length === 0")
        ask(page, "任期？")
        assert scripted.asked[-1][2] == ()


def test_the_welcome_asks_what_was_clicked(browser: Browser, address: str, scripted: Scripted) -> None:
    with visiting(browser, address, SMALL) as page:
        page.locator(".pq-welcome .pq-chip").first.click()
        page.locator(".pq-answer").wait_for()
        assert scripted.asked[-1][0] == scripted.examples[0]
