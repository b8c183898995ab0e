"""Take the pictures in docs anew, but for page-marks.png: `python docs/screenshots.py` while the page runs.

They are of the page on its port; page-versions.png is of a page of its own, on two invented texts of one policy.
Chinese punctuation stands as it should where the system's default font is one for Simplified Chinese.
"""

import contextlib
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import uvicorn
from playwright.sync_api import Browser, Page, sync_playwright

from policy_qa.page.live import LivePipeline
from policy_qa.pipeline import build_index, open_pipeline
from policy_qa.serve import create_app, listen, page_address
from policy_qa.settings import Settings

DOCS = Path(__file__).parent
QUESTION = "宜春学院CIO的任期是几年？可以连任吗？"
SIZES = {"page.png": (1440, 900), "page-phone.png": (390, 844)}
POLICY = """滨江中学校园网络管理办法
滨中发〔{year}〕8号
第一条 为加强校园网络管理，保障教学秩序和信息安全，制定本办法。
第二条 信息中心是校园网络的主管部门，履行下列职责：
（一）负责校园网络的规划、建设和日常维护；
（二）每{months}个月组织一次网络安全检查，并向校长办公会报告。
第三条 各处室应当指定一名网络管理员，{duty}
{more}本办法自发布之日起施行，由信息中心负责解释。
滨江中学
{year}年9月1日
"""
OLD = {"year": 2021, "months": 3, "duty": "负责本处室设备的登记。", "more": "第四条 "}
NEW = {
    "year": 2024,
    "months": 1,
    "duty": "负责本处室设备的登记、账号的管理和数据的备份。",
    "more": "第四条 私自接入网络设备的，予以批评教育，并限期拆除。\n第五条 ",
}


DRAFT = """关于首席信息官聘任工作的请示
根据《宜春学院首席信息官（CIO）制度（讨论稿）》第七条第（二）项，CIO任期为5年。
该制度第二十六条另有规定。
《宜春学院首席信息官（CIO）制度（讨论稿）》第七条第二项规定：“经校长办公会审议批准，报学校党委常委会批准后，正式聘任并公布，任期五年”。
"""


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
        _others(chromium, page_address(settings.host, settings.port))
        with _two_versions() as address:
            _versions(chromium, address)
        chromium.close()


def _others(chromium: Browser, address: str) -> None:
    """A comparison, the library, and a draft that is checked."""
    page = chromium.new_page(viewport={"width": 1280, "height": 900}, locale="zh-CN")
    page.goto(address)
    page.wait_for_selector(".pq-welcome")
    page.fill("#pq-question textarea", "谁可以担任CIO？")
    page.keyboard.press("Enter")
    page.wait_for_selector(".pq-answer table")
    page.locator(".pq-answer table a, .pq-answer table button").first.click()
    page.wait_for_selector("#pq-panel mark")
    _keep(page, "page-compare.png")
    page.goto(f"{address}library")
    _keep(page, "page-library.png")
    page.goto(f"{address}check")
    page.fill("#ck-text", DRAFT)
    page.locator("button.dk-main-button").last.click()
    page.wait_for_selector(".ck-card")
    _keep(page, "page-check.png")
    page.close()


def _versions(chromium: Browser, address: str) -> None:
    """Two versions of one policy compared."""
    page = chromium.new_page(viewport={"width": 1440, "height": 900}, locale="zh-CN")
    page.goto(address)
    page.wait_for_selector(".pq-welcome")
    page.locator(".pq-document").click()
    page.locator(".pq-compare").click()
    page.wait_for_selector(".pq-diff")
    _keep(page, "page-versions.png")
    page.close()


@contextlib.contextmanager
def _two_versions() -> Iterator[str]:
    """A page on the two texts, on a free port; gives its address."""
    with tempfile.TemporaryDirectory() as home, listen("127.0.0.1", 0) as listener:
        settings = Settings(home=Path(home), corpus=Path(home) / "corpus", lang="zh", port=0)
        settings.corpus.mkdir()
        for words in (OLD, NEW):
            (settings.corpus / f"network-{words['year']}.txt").write_text(POLICY.format(**words), "utf-8")
        build_index(settings)
        pipeline = open_pipeline(settings)
        app = create_app(settings, LivePipeline(lambda: pipeline, lambda: 1))
        server = uvicorn.Server(uvicorn.Config(app, log_level="critical"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        while not server.started and thread.is_alive():
            time.sleep(0.05)
        yield page_address(*listener.getsockname()[:2])
        server.should_exit = server.force_exit = True
        thread.join(timeout=10)


def _keep(page: Page, name: str) -> None:
    page.evaluate("document.activeElement.blur()")
    page.mouse.move(0, 0)
    page.wait_for_timeout(600)
    page.screenshot(path=DOCS / name)


def _chromium() -> str | None:
    return os.environ.get("POLICY_QA_CHROMIUM") or shutil.which("chromium")


if __name__ == "__main__":
    main()
