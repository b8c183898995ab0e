"""Builds of an index without a model, and ones that fail: what `policy_qa.desk.corpus.Build` is in the tests."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

import numpy as np

from policy_qa.documents.sources import list_sources, read_document
from policy_qa.errors import BuildLocked
from policy_qa.index import store
from policy_qa.index.files import build_lock
from policy_qa.index.layout import Maker, file_report
from policy_qa.provisions import segment


def build_without_model(home: Path, corpus: Path) -> dict[str, str]:
    """An index of texts alone; returns the hash of each file."""
    found = [segment(read_document(path, root=corpus)) for path in list_sources(corpus)]
    with build_lock(home / "index"):
        store.write_generation(
            home / "index",
            segmentations=found,
            passages=[],
            vectors=np.zeros((0, 8), np.float32),
            maker=Maker(package="test", code={}, model="test", fingerprint="test"),
            sources=[file_report(segmentation) for segmentation in found],
        )
    return {s.document.source: s.document.sha256 for s in found}


class Quick:
    """A build that works."""

    def __init__(self, home: str, corpus: str, model: str, proposal: str) -> None:
        self._home, self._corpus = Path(home), Path(corpus)

    def prepare(self) -> None:
        pass

    def do(self, about: dict[str, Any], body: bytes) -> tuple[dict[str, Any], bytes]:
        try:
            files = build_without_model(self._home, self._corpus)
        except BuildLocked as error:
            return {"error": str(error)}, b""
        return {"error": "", "files": files, "refused": {}}, b""


class Choosy(Quick):
    """A build that refuses one file, which it could read before."""

    def do(self, about: dict[str, Any], body: bytes) -> tuple[dict[str, Any], bytes]:
        said, _ = super().do(about, body)
        return {**said, "refused": {"printers.txt": "printers.txt: expected another, found this"}}, b""


class Dying(Quick):
    """A build that the system ends."""

    def do(self, about: dict[str, Any], body: bytes) -> tuple[dict[str, Any], bytes]:
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError
