"""What all tests share: the four policies, their provisions, and one index of them made by the real model."""

from __future__ import annotations

import os
import sys
from collections.abc import Generator, Iterator, Mapping
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from policy_qa.datamodels import Document, Segmentation
from policy_qa.documents.sources import list_sources, read_document
from policy_qa.index import english, lexical
from policy_qa.index.isolated import Reader
from policy_qa.models import encoder
from policy_qa.models.files import FOLDER
from policy_qa.pipeline import Pipeline, build_index, open_pipeline
from policy_qa.provisions import segment
from policy_qa.settings import Settings
from samples import CORPUS

#: Whatever asks for a built index, itself or through another fixture, is slow.
_BUILT = "built"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # The file that takes longest first, or one of two workers waits for it at the end.
    items.sort(key=lambda item: item.path.name != "test_gate.py")
    for item in items:
        names = getattr(item, "fixturenames", ())
        if _BUILT in names:
            item.add_marker(pytest.mark.slow)
        if "browser" in names:
            item.add_marker(pytest.mark.alone)  # a browser and its server take both cores


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Under several workers (pytest-xdist), a test that measures time has the machine to itself."""
    if not hasattr(item.config, "workerinput") or sys.platform == "win32":
        return (yield)
    import fcntl

    # Any two files that are there will do: they are locked, not written.
    with Path(__file__).open() as door, CORPUS.with_name("pyproject.toml").open() as room:
        # Who waits for the room keeps the door meanwhile, or others would go in one after another.
        fcntl.flock(door, fcntl.LOCK_EX)
        fcntl.flock(room, fcntl.LOCK_EX if item.get_closest_marker("alone") else fcntl.LOCK_SH)
        fcntl.flock(door, fcntl.LOCK_UN)
        return (yield)


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test depends on how this machine is set up."""
    for name in [n for n in os.environ if n.startswith("POLICY_QA_") and n != "POLICY_QA_CHROMIUM"]:
        monkeypatch.delenv(name)


@pytest.fixture(scope="session", autouse=True)
def opened_once() -> Iterator[None]:
    """What many tests open and none changes: the shipped models, CC-CEDICT, the process that reads files.

    Nothing is flushed to the disk either: no test pulls the plug. Processes that a test starts open their own.
    """
    opened, entries = cache(encoder.load), english.entries
    with pytest.MonkeyPatch.context() as patch, ExitStack() as end:

        def load(folder: Path, *roles: str) -> tuple[Any, Any]:
            return opened(folder, *roles) if folder == FOLDER else opened.__wrapped__(folder, *roles)

        patch.setattr(encoder, "load", load)
        patch.setattr(english, "entries", cache(lambda: tuple(entries())))
        patch.setattr(os, "fsync", lambda handle: None)
        _lend_readers(patch, end)
        yield


def _lend_readers(patch: pytest.MonkeyPatch, end: ExitStack) -> None:
    """Let a reader (index/isolated.py) that is done leave its process to the next one that would start its like."""
    idle: dict[tuple[object, ...], list[Any]] = {}

    def like(self: Reader) -> tuple[object, ...]:
        return Path.cwd(), *sys.path, *(repr(value) for name, value in vars(self).items() if name != "_worker")

    def enter(self: Reader) -> Reader:
        waiting = idle.get(like(self), [])
        while waiting and self._worker is None:
            worker = waiting.pop()
            self._worker = worker if worker._process.poll() is None else None
        return self

    def leave(self: Reader, failure: type[BaseException] | None, *_: object) -> None:
        if self._worker and failure is None:
            idle.setdefault(like(self), []).append(self._worker)
            end.callback(self._worker.end)
            self._worker = None
        self.close()

    patch.setattr(Reader, "__enter__", enter)
    patch.setattr(Reader, "__exit__", leave)


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The folder of the four policies."""
    return CORPUS


@pytest.fixture(scope="session")
def documents(corpus: Path) -> tuple[Document, ...]:
    return tuple(read_document(path, root=corpus) for path in list_sources(corpus))


@pytest.fixture(scope="session")
def segmentations(documents: tuple[Document, ...]) -> Mapping[str, Segmentation]:
    """doc_id -> provisions."""
    return {d.doc_id: segment(d) for d in documents}


@pytest.fixture(scope="session")
def lexical_files(segmentations: Mapping[str, Segmentation]) -> Mapping[str, bytes]:
    """The lexical side of the four policies, which needs no model."""
    return lexical.dump(list(segmentations.values()), [])


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory, corpus: Path) -> Settings:
    """Settings whose home holds an index of the four policies by the default model; built once, never written to."""
    settings = Settings(home=tmp_path_factory.mktemp("home"), corpus=corpus)
    build_index(settings)
    return settings


@pytest.fixture(scope="session")
def pipeline(built: Settings) -> Pipeline:
    """The pipeline over the four policies, real throughout."""
    return open_pipeline(built)
