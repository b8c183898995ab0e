"""What the tests of the models share."""

from __future__ import annotations

from pathlib import Path

import pytest

from policy_qa.documents.sources import list_sources, read_document
from policy_qa.models.encoder import E5Small

CORPUS = Path(__file__).resolve().parents[2] / "corpus"


@pytest.fixture(scope="session")
def models_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the default model is written out, once a session."""
    return tmp_path_factory.mktemp("models")


@pytest.fixture(scope="session")
def encoder() -> E5Small:
    """The default encoder."""
    return E5Small()


@pytest.fixture(scope="session")
def lines() -> list[str]:
    """Every line of the policies that come with the project."""
    texts = [read_document(path, root=CORPUS).text for path in list_sources(CORPUS)]
    return [line for text in texts for line in text.splitlines() if line.strip()]
