"""What the browser tests do: open the page as a new reader, ask, look."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

DESKTOP, PHONE = (1440, 900), (390, 844)


@contextmanager
def visiting(browser: Browser, address: str, size: tuple[int, int] = DESKTOP, **options: Any) -> Iterator[Page]:
    """A new reader at an address; on leaving, all requests must have gone to that host, without an error."""
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, locale="zh-CN", **options)
    page = context.new_page()
    requests: list[str] = []
    problems: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("dialog", lambda dialog: problems.append(f"dialog {dialog.message}"))
    page.on(
        "console", lambda line: problems.append(f"{line.text} {line.location['url']}") if line.type == "error" else None
    )
    page.goto(address)
    page.wait_for_selector("#pq-conversation .pq-welcome")
    yield page
    context.close()
    host = urlsplit(address).netloc
    assert [url for url in requests if urlsplit(url).netloc != host and not url.startswith(("data:", "blob:"))] == []
    assert problems == []


def ask(page: Page, question: str) -> None:
    """Type a question, press Enter, wait for its reply."""
    before = page.locator(".pq-turn").count()
    page.fill("#pq-question textarea", question)
    page.keyboard.press("Enter")
    page.locator(".pq-turn").nth(before).locator(".pq-reply:not(.pq-pending)").wait_for()


def no_sideways_scrolling(page: Page) -> bool:
    return bool(
        page.evaluate(
            """() => [document.documentElement, ...document.querySelectorAll('.pq-log, .pq-scroll')]
                .every(e => e.scrollWidth <= e.clientWidth)"""
        )
    )


def squeezed(text: str) -> str:
    """Text without white space, which layout is free to change."""
    return "".join(text.split())
