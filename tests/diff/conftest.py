"""What the tests of comparisons share: one segmenter, and ways to look at a comparison."""

from __future__ import annotations

import pytest

from policy_qa.words import Segmenter


@pytest.fixture(scope="session")
def words() -> Segmenter:
    return Segmenter()
