"""Take docs/page.png and docs/page-phone.png anew: `python docs/screenshots.py` while the page runs on its port."""

import os
import shutil
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from policy_qa.serve import page_address
from policy_qa.settings import Settings

DOCS = Path(__file__).parent
QUESTION = "宜春学院CIO的任期是几年？可以连任吗？"
SIZES = {"page.png": (1440, 900), "page-phone.png": (390, 844)}


def main() -> None:
    """Ask, open the first citation, and keep what a reader then sees, on a desk and on a phone."""
    settings = Settings.from_env()
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(args=["--no-sandbox", "--disable-gpu"], executable_path=_chromium())
        for name, (width, height) in SIZES.items():
            page = chromium.new_page(viewport={"width": width, "height": height}, locale="zh-CN")
            page.goto(page_address(settings.host, settings.port))
            page.wait_for_selector(".pq-welcome")
            page.fill("#pq-question textarea", QUESTION)
            page.keyboard.press("Enter")
            page.wait_for_selector(".pq-answer")
            page.locator(".pq-cite").first.click()
            page.wait_for_selector("#pq-panel mark")
            _keep(page, name)
        chromium.close()


def _keep(page: Page, name: str) -> None:
    page.evaluate("document.activeElement.blur()")
    page.mouse.move(0, 0)
    page.wait_for_timeout(600)
    page.screenshot(path=DOCS / name)


def _chromium() -> str | None:
    return os.environ.get("POLICY_QA_CHROMIUM") or shutil.which("chromium")


if __name__ == "__main__":
    main()
