"""The pages where people verify, in a real browser: by keyboard, on a desk and on a phone, light and dark."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest

from page.conftest import FakePipeline, browser, real_documents, served
from page.reader import DESKTOP, PHONE, faults_of_access
from policy_qa.page.live import LivePipeline

from .test_marks import marks_only

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

__all__ = ["browser"]


def fits(page: Page) -> bool:
    """Whether nothing has to be scrolled sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


@pytest.mark.parametrize(("size", "scheme"), [(DESKTOP, "light"), (PHONE, "dark"), ((320, 640), "light")])
def test_a_policy_is_verified_provision_by_provision(
    browser: Browser, tmp_path: Path, size: tuple[int, int], scheme: Literal["light", "dark"]
) -> None:
    pipeline = FakePipeline(real_documents())
    with served(marks_only(tmp_path, LivePipeline(lambda: pipeline, lambda: 1))) as address:
        context = browser.new_context(viewport={"width": size[0], "height": size[1]}, color_scheme=scheme)
        page = context.new_page()
        elsewhere: list[str] = []
        page.on(
            "request", lambda request: elsewhere.append(request.url) if not request.url.startswith(address) else None
        )
        page.goto(f"{address}marks")
        assert fits(page)
        assert faults_of_access(page) == []
        page.get_by_label("文件").select_option("helan-cio")
        page.get_by_role("button", name="查看").click()
        assert fits(page)
        assert faults_of_access(page) == []
        page.locator("ol h2 a").first.click()
        page.get_by_label("您的姓名").focus()
        page.keyboard.type("王老师")
        page.keyboard.press("Tab")
        page.keyboard.type("与存档一致")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.locator("#history", has_text="王老师").wait_for()
        assert fits(page)
        assert faults_of_access(page) == []
        page.get_by_role("link", name="下一条待核对").click()
        page.get_by_role("button", name="有误").click()
        page.locator(".dk-bad", has_text="有误").wait_for()
        page.get_by_role("link", name="核对条款", exact=True).click()
        page.get_by_label("状态").select_option("all")
        page.get_by_role("button", name="查看").click()
        assert page.locator("ol > li").count() == 2
        assert elsewhere == []
        context.close()
