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


def faults_of_access(page: Page) -> list[str]:
    """What keeps people out: a control without a name, an id twice, words too pale to be read (WCAG 2.2, 1.4.3)."""
    found: list[str] = page.evaluate(_FAULTS)
    return found


_FAULTS = """() => {
  const faults = [], ids = new Set();
  const seen = e => e.checkVisibility({visibilityProperty: true, opacityProperty: true});
  for (const e of document.querySelectorAll('[id]')) ids.has(e.id) ? faults.push('twice #' + e.id) : ids.add(e.id);
  for (const e of document.querySelectorAll('a, button, input:not([type=hidden]), select, textarea, summary, progress'))
    if (seen(e) && !(e.labels?.length || e.ariaLabel || e.ariaLabelledByElements?.length || e.textContent.trim()))
      faults.push('no name: ' + e.outerHTML.slice(0, 100));
  const parts = colour => colour.match(/[\\d.]+/g).map(Number);
  const linear = v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4;
  const light = ([r, g, b]) => .2126 * linear(r / 255) + .7152 * linear(g / 255) + .0722 * linear(b / 255);
  const ground = e => {
    const own = e ? parts(getComputedStyle(e).backgroundColor) : [255, 255, 255];
    return own[3] === 0 ? ground(e.parentElement) : own;
  };
  const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (words.nextNode()) {
    const e = words.currentNode.parentElement, style = getComputedStyle(e);
    if (!words.currentNode.data.trim() || !seen(e) || e.closest('script, style, noscript, :disabled, option')) continue;
    const [a, b] = [light(parts(style.color)), light(ground(e))].sort((x, y) => y - x);
    const size = parseFloat(style.fontSize), large = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
    if ((a + .05) / (b + .05) < (large ? 3 : 4.5))
      faults.push(`pale: ${words.currentNode.data.trim().slice(0, 20)} ${style.color} on ${ground(e)}`);
  }
  return faults;
}"""
