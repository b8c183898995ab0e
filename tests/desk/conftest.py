"""A real server that may be changed: the four policies in a folder of its own, with their index."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
import pytest

from page.conftest import served
from policy_qa.index.layout import write_origin
from policy_qa.page.live import LivePipeline
from policy_qa.pipeline import Pipeline
from policy_qa.serve import create_app, open_live
from policy_qa.settings import Settings

KEY = "a-key-of-the-administrator"


@pytest.fixture(scope="module")
def address(built: Settings, pipeline: Pipeline, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a library that nobody changes, without a slash at its end."""
    settings = replace(built, home=tmp_path_factory.mktemp("desk"))
    with served(create_app(settings, LivePipeline(lambda: pipeline, lambda: 1))) as address:
        yield address.rstrip("/")


@dataclass(frozen=True, kw_only=True, slots=True)
class School:
    """A library with an administrator's key."""

    address: str
    settings: Settings
    opened: ExitStack

    def visitor(self) -> httpx.Client:
        """Somebody's browser."""
        client = httpx.Client(base_url=self.address, follow_redirects=True, timeout=60)
        return self.opened.enter_context(client)

    def admin(self, who: str = "李老师") -> httpx.Client:
        """An administrator's browser."""
        browser = self.visitor()
        assert browser.post("/library/admin", data={"who": who, "key": KEY}).status_code == 200
        return browser


def school_of(built: Settings, home: Path) -> Settings:
    """Settings of a copy of the four policies and their index."""
    corpus = home / "corpus"
    shutil.copytree(built.corpus, corpus)
    shutil.copytree(built.index_dir, home / "index")
    write_origin(home / "index", corpus)
    return replace(built, home=home, corpus=corpus, admin_key=KEY)


@contextmanager
def opened(settings: Settings, live: LivePipeline) -> Iterator[School]:
    """A school, served."""
    with served(create_app(settings, live)) as address, ExitStack() as stack:
        yield School(address=address.rstrip("/"), settings=settings, opened=stack)


@pytest.fixture(scope="module")
def school(built: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[School]:
    """One whose library is changed."""
    settings = school_of(built, tmp_path_factory.mktemp("school"))
    with opened(settings, open_live(settings, suggests=False)) as school:
        yield school


@pytest.fixture(scope="module")
def still(built: Settings, pipeline: Pipeline, tmp_path_factory: pytest.TempPathFactory) -> Iterator[School]:
    """One whose index stays as it is."""
    settings = school_of(built, tmp_path_factory.mktemp("still"))
    with opened(settings, LivePipeline(lambda: pipeline, lambda: 1)) as school:
        yield school
