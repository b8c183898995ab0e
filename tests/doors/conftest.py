"""A real server on the four policies, for real clients."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from page.conftest import served
from policy_qa.page.live import LivePipeline
from policy_qa.pipeline import Pipeline
from policy_qa.serve import create_app
from policy_qa.settings import Settings


@pytest.fixture(scope="module")
def address(built: Settings, pipeline: Pipeline) -> Iterator[str]:
    """The server's address, without a slash at its end."""
    with served(create_app(built, LivePipeline(lambda: pipeline, lambda: 1))) as address:
        yield address.rstrip("/")
