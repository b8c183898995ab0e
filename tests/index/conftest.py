"""What the tests of the index share: the real policies, an encoder without a model, a light lexical side."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from fake_encoder import FakeEncoder

from policy_qa.index import lexical
from policy_qa.settings import Settings

CORPUS = Path(__file__).resolve().parents[2] / "corpus"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A home of its own and a copy of the four policies."""
    shutil.copytree(CORPUS, tmp_path / "corpus")
    return Settings(home=tmp_path / "home", corpus=tmp_path / "corpus", model="fake")


@pytest.fixture
def encoder() -> FakeEncoder:
    return FakeEncoder()


@pytest.fixture
def light(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave jieba and the dictionary out, which take seconds; their own tests are elsewhere."""
    monkeypatch.setattr(lexical, "dump", lambda segmentations, passages: {"lexical.json": b'{"words": []}'})
