"""The library in a real browser, by what its pages show alone: found, searched, compared, changed, put back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest

from page.conftest import browser
from page.reader import DESKTOP, PHONE, faults_of_access
from samples import CORPUS

from .conftest import KEY, School

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

__all__ = ["browser"]

pytestmark = pytest.mark.slow
DRAFT, ISSUED = "宜春学院首席信息官（CIO）制度（讨论稿）", "宜春学院首席信息官（CIO）制度"
#: Longest wait for a change to be built, in milliseconds.
BUILT = 120_000


@contextmanager
def at(
    browser: Browser, school: School, size: tuple[int, int] = DESKTOP, scheme: Literal["light", "dark"] = "light"
) -> Iterator[Page]:
    """Somebody's page at the library; nothing may be asked of another host, and nothing may fail."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, color_scheme=scheme, locale="zh-CN", base_url=school.address
    )
    page, problems = context.new_page(), list[str]()
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("dialog", lambda dialog: problems.append(dialog.message))
    page.on("request", lambda r: None if r.url.startswith((school.address, "data:")) else problems.append(r.url))
    page.goto("/library")
    yield page
    context.close()
    assert problems == []


def titles(page: Page) -> list[str]:
    return page.locator(".dk-list h2 a").all_inner_texts()


def log_in(page: Page) -> None:
    page.get_by_role("link", name="管理制度库").click()
    page.get_by_label("姓名").fill("李老师")
    page.get_by_label("管理员密钥").fill(KEY)
    page.get_by_role("button", name="登录").click()


def confirm(page: Page) -> None:
    page.get_by_role("button", name="确认，使其生效").click()
    page.get_by_text("已生效").wait_for(timeout=BUILT)


def test_policies_are_found_and_searched(browser: Browser, still: School) -> None:
    with at(browser, still) as page:
        assert len(titles(page)) == 4
        page.locator("[name=institution]").select_option("宜春学院")
        page.get_by_role("button", name="筛选").click()
        assert titles(page) == [DRAFT]
        page.get_by_role("link", name="清除条件").click()
        page.get_by_label("效力").select_option("现行有效")
        page.get_by_label("标题含").fill("信息官")
        page.keyboard.press("Enter")
        page.get_by_text("4 份中的 2 份").wait_for()
        assert DRAFT not in titles(page)
        page.get_by_role("link", name="清除条件").click()
        page.get_by_label("词语、编号或问题").fill("连任不超过2届")
        page.get_by_role("button", name="在原文中查找").click()
        page.get_by_role("link", name=f"《{DRAFT}》第七条").click()
        assert page.locator(".pq-shaded").evaluate("e => e.getBoundingClientRect().top < innerHeight")
        page.get_by_role("link", name="核对这一条").click()
        assert page.locator("h1").inner_text() == f"《{DRAFT}》第七条"


def test_a_policy_is_added_compared_replaced_and_put_back(browser: Browser, school: School, tmp_path: Path) -> None:
    draft = (CORPUS / "yichun-cio.txt").read_text("utf-8")
    issued = tmp_path / "yichun-2026.txt"
    issued.write_text(draft.replace("（讨论稿）", "").replace("任期3年", "任期4年") + "\n2026年3月1日\n", "utf-8")
    other = tmp_path / "other.txt"
    other.write_text(issued.read_text("utf-8").replace("任期4年", "任期5年"), "utf-8")
    with at(browser, school) as page, at(browser, school) as reader:
        log_in(page)
        page.get_by_label("选择文件").set_input_files(issued)
        page.get_by_role("button", name="上传并查看").click()
        page.get_by_text(f"将作为《{DRAFT}》的另一个版本收录").wait_for(timeout=BUILT)
        assert page.locator(".dk-diff ins", has_text="4年").count() == 1
        reader.reload()
        assert len(titles(reader)) == 4, "it counts only once it is confirmed"
        confirm(page)
        reader.reload()
        assert len(titles(reader)) == 5
        reader.get_by_role("link", name=ISSUED, exact=True).click()
        reader.get_by_role("link", name="与本文对照").click()
        assert reader.locator("del", has_text="3年").count() == reader.locator("ins", has_text="4年").count() == 1

        page.get_by_role("link", name="打开这份文件").click()
        page.get_by_text("替换或撤下").click()
        page.get_by_label("选择文件").set_input_files(other)
        page.get_by_role("button", name="上传替换的文件").click()
        page.locator(".dk-diff ins", has_text="5年").wait_for(timeout=BUILT)
        confirm(page)

        page.get_by_role("link", name="如有差错，可在变更记录里恢复").click()
        page.get_by_role("button", name="恢复到此前").first.click()
        page.locator(".dk-diff ins", has_text="4年").wait_for(timeout=BUILT)
        confirm(page)
        page.get_by_role("link", name="打开这份文件").click()
        assert "任期4年" in page.locator("#p-7").inner_text()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE, (320, 640)])
def test_every_page_of_the_library_can_be_read_and_used(
    browser: Browser, still: School, size: tuple[int, int], scheme: Literal["light", "dark"]
) -> None:
    with at(browser, still, size, scheme) as page:
        log_in(page)
        for path in (
            "/library",
            "/library/admin",
            "/library/changes",
            "/library/search?q=任期",
            "/library/jiaozuo-cio",
            "/library/yichun-cio?ref=7.2",
            "/library/none",
            "/library?lang=en",
        ):
            page.goto(path)
            assert faults_of_access(page) == [], path
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
