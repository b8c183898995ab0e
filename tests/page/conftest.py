"""A scripted pipeline on the real policies, and documents made to attack the page."""

from __future__ import annotations

import contextlib
import os
import shutil
import threading
import time
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from policy_qa.datamodels import Answer, Citation, Document, Line, Retrieved, Segmentation
from policy_qa.documents.extracted import describe
from policy_qa.documents.sources import list_sources, read_document
from policy_qa.errors import UsageError
from policy_qa.facts.editions import Editions
from policy_qa.facts.register import Register
from policy_qa.index import store
from policy_qa.index.layout import Maker
from policy_qa.page.library import Library
from policy_qa.page.live import LivePipeline
from policy_qa.provisions import segment
from policy_qa.provisions.refs import cite
from policy_qa.serve import create_app, listen, server_config
from policy_qa.settings import Settings
from samples import answering

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from policy_qa.page.gate import Gate

#: Chromium without what it does on its own in the network.
CHROMIUM_OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
CORPUS = Path(__file__).parents[2] / "corpus"

#: Markup, a script, an image, a link, a template, Markdown: all of it asks for a host outside.
HOSTILE = (
    "<script>fetch('http://evil.example/s')</script><img src=http://evil.example/i.png onerror=\"alert(1)\">"
    "![x](http://evil.example/m.png) [链接](http://evil.example/l) <a href='http://evil.example/a'>a</a> "
    "${fetch('http://evil.example/t')} {{7*7}} $$\\href{http://evil.example}{x}$$ <iframe src=//evil.example></iframe>"
)
HOSTILE_DOCUMENT = (
    f"校园<b>网络</b>管理办法（试行）\n第一章 总则<svg onload=alert(1)>\n第一条 {HOSTILE}\n第二条 {HOSTILE}\n"
)


class FakePipeline:
    """Answers what it was told to, with quotations cut from the real texts; refuses everything else."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self.documents = tuple(documents)
        self._segmentations = {d.doc_id: segment(d) for d in documents}
        self.editions, self.register = Editions(self._segmentations), Register(self._segmentations.values())
        self.examples: tuple[str, ...] = ("谁可以担任CIO？",)
        self.let_go: tuple[str, ...] = ()
        self.asked: list[tuple[str, tuple[str, ...], tuple[str, ...], str | None]] = []

    def segmentation(self, doc_id: str) -> Segmentation:
        return self._segmentations[doc_id]

    def citation(self, n: int, ref: str, quote: str) -> Citation:
        segmentation = self._segmentations[ref.partition("#")[0]]
        provision = next(p for p in segmentation.provisions if p.ref == ref)
        start = segmentation.document.text.index(quote, provision.start)
        return Citation(
            n=n, ref=ref, cite=cite(segmentation.document, provision), quote=quote, start=start, end=start + len(quote)
        )

    def ask(
        self, question: str, history: Sequence[str] = (), *, doc_ids: Sequence[str] = (), lang: str | None = None
    ) -> Answer:
        self.asked.append((question, tuple(history), tuple(doc_ids), lang))
        if len(question) > 2000:
            raise UsageError("问题过长：最多 2000 字")
        if "hostile" in question:
            return self._hostile(question)
        if "担任" in question or "serve" in question:
            return self._who(question)
        nearest = [a.ref for s in self._segmentations.values() for a in s.articles[1:3]]
        return answering(
            "已收录的文件中没有找到这个问题的答案。",
            question=question,
            refused=True,
            retrieved=tuple(Retrieved(ref=ref, score=0.2) for ref in nearest[:5]),
        )

    def stream(
        self,
        question: str,
        history: Sequence[str] = (),
        *,
        doc_ids: Sequence[str] = (),
        lang: str | None = None,
        let_go: Sequence[str] = (),
        **_: object,
    ) -> Iterator[Answer]:
        self.let_go = tuple(let_go)
        yield self.ask(question, history, doc_ids=doc_ids, lang=lang)

    def _who(self, question: str) -> Answer:
        quotes = (
            ("yichun-cio#6.1", "学校分管信息化工作的副校长、校长助理"),
            ("yichun-cio#6.2", "具备丰富教育管理经验的职能部门负责人（如教务处、研究生院、信息化管理部门等）"),
            (
                "jiaozuo-cio#1",
                "首席信息官（CIO）由学校主要负责人担任（特殊情况下经\n\n学校班子研究授权，由单位副职领导担任）",
            ),
            ("helan-cio#4.4", "原则上由学校法定代表人担任"),
        )
        citations = tuple(self.citation(n, ref, quote) for n, (ref, quote) in enumerate(quotes, 1))
        said = (
            "宜春学院：副校长、校长助理；",
            "职能部门负责人。",
            "焦作市：由学校主要负责人担任。",
            "贺兰县：法定代表人。",
        )
        return answering(
            *(Line(text=words, marks=(n,)) for n, words in enumerate(said, 1)),
            question=question,
            citations=citations,
            retrieved=(Retrieved(ref="yichun-cio#6", score=0.9),),
            notices=("《宜春学院首席信息官（CIO）制度（讨论稿）》为讨论稿，尚未正式印发。",),
        )

    def _hostile(self, question: str) -> Answer:
        citation = self.citation(1, "hostile#1", HOSTILE)
        return answering(
            Line(text=HOSTILE, marks=(1, 2)),
            "[99]",
            "# 标题",
            "* 列表",
            question=question,
            citations=(citation,),
            retrieved=(Retrieved(ref="hostile#1", score=0.9),),
            notices=(HOSTILE,),
        )


@cache
def real_documents() -> tuple[Document, ...]:
    return tuple(read_document(path, root=CORPUS) for path in list_sources(CORPUS))


def hostile_document() -> Document:
    return describe(HOSTILE_DOCUMENT, doc_id="hostile", source="<img src=x>.txt", sha256="0" * 64)


def issued_document() -> Document:
    """The draft of the corpus as if it had been issued, with another term of office and a hostile sentence."""
    draft = next(d for d in real_documents() if d.doc_id == "yichun-cio")
    text = draft.text.replace("（讨论稿）", "").replace("任期3年", f"任期4年，{HOSTILE}")
    dated = text.rstrip() + "\n宜春学院\n2026年3月1日\n"
    return describe(dated, doc_id="yichun-cio-2026", source="yichun-cio-2026.txt", sha256="3" * 64)


@pytest.fixture
def versions() -> FakePipeline:
    """The real policies, one of them in two texts."""
    return FakePipeline([*real_documents(), issued_document()])


@pytest.fixture
def pipeline() -> FakePipeline:
    return FakePipeline([*real_documents(), hostile_document()])


@pytest.fixture
def library(pipeline: FakePipeline) -> Library:
    return Library(pipeline)


@pytest.fixture
def live(pipeline: FakePipeline) -> LivePipeline:
    return LivePipeline(lambda: pipeline, lambda: 1)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A Chromium: the one that POLICY_QA_CHROMIUM names, the system's, or Playwright's own.

    Not for the whole session: while it is open, this thread counts as inside an event loop, and
    nothing else could start one.
    """
    from playwright.sync_api import Error, sync_playwright

    named = os.environ.get("POLICY_QA_CHROMIUM")
    found = named or next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    with sync_playwright() as playwright:
        try:
            chromium = playwright.chromium.launch(executable_path=found, args=list(CHROMIUM_OPTIONS))
        except Error as error:
            pytest.fail(
                f"the page's tests need a Chromium; {found or 'none found'} does not start ({error.message[:150]!r}); "
                "run make test, install one (apt-get install chromium, or playwright install chromium), "
                "or name one in POLICY_QA_CHROMIUM",
                pytrace=False,
            )
        yield chromium
        chromium.close()


def write_index(home: Path, documents: Sequence[Document]) -> None:
    """An index of these documents without passages: what is looked up and checked needs none."""
    store.write_generation(
        home / "index",
        segmentations=[segment(document) for document in documents],
        passages=[],
        vectors=np.zeros((0, 8), np.float32),
        maker=Maker(package="test", code={}, model="test", fingerprint="test"),
        sources=[],
    )


def fake_settings(home: Path, lang: str = "zh") -> Settings:
    return Settings(home=home, corpus=CORPUS, lang=lang, port=0)


@contextlib.contextmanager
def served(app: Gate) -> Iterator[str]:
    """The application on a free port of 127.0.0.1, in a thread; gives its address."""
    import uvicorn

    with listen("127.0.0.1", 0) as listener:
        server = uvicorn.Server(server_config(app))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        deadline = time.monotonic() + 30
        while not server.started and thread.is_alive() and time.monotonic() < deadline:
            time.sleep(0.02)
        assert server.started
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
        server.should_exit = True
        server.force_exit = True  # open event streams of browsers would hold it
        thread.join(timeout=10)


class Swapped:
    """A pipeline for a server that tests share: that of the test which runs."""

    def __init__(self, pipeline: FakePipeline) -> None:
        self._pipeline, self._stamp = pipeline, 1

    def put(self, pipeline: FakePipeline) -> None:
        self._pipeline, self._stamp = pipeline, self._stamp + 1

    def live(self, *, writes: bool = False) -> LivePipeline:
        return LivePipeline(lambda: self._pipeline, lambda: self._stamp, writes=writes)


@pytest.fixture(scope="module")
def shared_page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Swapped, str]]:
    swapped = Swapped(FakePipeline(real_documents()))
    with served(create_app(fake_settings(tmp_path_factory.mktemp("home")), swapped.live())) as address:
        yield swapped, address


@pytest.fixture
def fake_page(shared_page: tuple[Swapped, str], pipeline: FakePipeline) -> str:
    """The address of a page that asks `pipeline`."""
    swapped, address = shared_page
    swapped.put(pipeline)
    return address


@pytest.fixture(scope="session")
def real_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with an index of the real policies, as `write_index` makes it; to be copied."""
    home = tmp_path_factory.mktemp("written")
    write_index(home, real_documents())
    return home
