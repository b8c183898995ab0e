"""What all tests share: the four policies, their provisions, and one index of them made by the real model."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from policy_qa.datamodels import Document, Segmentation
from policy_qa.documents import list_sources, read_document
from policy_qa.index import lexical
from policy_qa.pipeline import Pipeline, build_index, open_pipeline
from policy_qa.provisions import segment
from policy_qa.settings import Settings
from samples import CORPUS

#: Whatever asks for a built index, itself or through another fixture, is slow.
_BUILT = "built"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if _BUILT in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.slow)


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test depends on how this machine is set up."""
    for name in [n for n in os.environ if n.startswith("POLICY_QA_") and n != "POLICY_QA_CHROMIUM"]:
        monkeypatch.delenv(name)


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
