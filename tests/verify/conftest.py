"""The four policies and one judge of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from policy_qa.datamodels import Segmentation
from policy_qa.documents.sources import list_sources, read_document
from policy_qa.provisions import segment
from policy_qa.verify import Judge


@pytest.fixture(scope="session")
def policies(corpus: Path) -> list[Segmentation]:
    return [segment(read_document(path, root=corpus)) for path in list_sources(corpus)]


@pytest.fixture(scope="session")
def judge(policies: list[Segmentation]) -> Judge:
    return Judge(policies)
