"""Take docs/page.png, page-phone.png and page-versions.png anew: `python docs/screenshots.py` while the page runs.

The first two are of the page on its port; the third is of a page of its own, on two invented texts of one policy.
"""

import contextlib
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import uvicorn
from playwright.sync_api import Browser, Page, sync_playwright

from policy_qa.datamodels import Answer, Document, Segmentation
from policy_qa.documents.extracted import describe
from policy_qa.errors import UsageError
from policy_qa.page.live import LivePipeline
from policy_qa.provisions import segment
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
        with _two_versions() as address:
            _versions(chromium, address)
        chromium.close()


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


class _Shelf:
    """Documents to look at, without an index: nothing is asked."""

    examples: tuple[str, ...] = ()

    def __init__(self, *documents: Document) -> None:
        self.documents = documents

    def segmentation(self, doc_id: str) -> Segmentation:
        return next(segment(d) for d in self.documents if d.doc_id == doc_id)

    def ask(
        self, question: str, history: Sequence[str] = (), *, doc_ids: Sequence[str] = (), lang: str | None = None
    ) -> Answer:
        raise UsageError("这里只能阅读文件")


@contextlib.contextmanager
def _two_versions() -> Iterator[str]:
    """A page on the two texts, on a free port; gives its address."""
    named = {f"network-{words['year']}": POLICY.format(**words) for words in (OLD, NEW)}
    shelf = _Shelf(*(describe(t, doc_id=n, source=f"{n}.txt", sha256=n) for n, t in named.items()))
    with tempfile.TemporaryDirectory() as home, listen("127.0.0.1", 0) as listener:
        settings = Settings(home=Path(home), corpus=Path(home), lang="zh", port=0)
        app = create_app(settings, LivePipeline(lambda: shelf, lambda: 1))
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
