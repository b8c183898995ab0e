"""The frame of the pages beside the conversation: its links, wherever a proxy shows the server."""

from __future__ import annotations

import re

import pytest
from jinja2 import DictLoader, Environment
from starlette.requests import Request

from policy_qa.page import frame
from policy_qa.page.texts import texts_for


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page with nothing of its own."""
    loader = DictLoader({"bare.html": '{% extends "frame.html" %}'})
    made = frame.environment()
    both = Environment(loader=loader, autoescape=True, undefined=made.undefined)
    assert made.loader
    loader.mapping["frame.html"] = made.loader.get_source(made, "frame.html")[0]
    monkeypatch.setattr(frame, "environment", lambda: both)


@pytest.mark.parametrize("root", ["", "/policy", "/a/b"])
@pytest.mark.usefixtures("bare")
def test_links_lead_below_the_root(root: str) -> None:
    scope = {"type": "http", "method": "GET", "path": f"{root}/library/x", "root_path": root, "headers": [],
             "query_string": b"", "server": ("127.0.0.1", 80)}  # fmt: skip
    texts = texts_for("zh")
    page = bytes(frame.page_response(Request(scope), "bare.html", texts, "题").body).decode()
    links = re.findall('href="(/[^"]*)"', page)
    assert links == [f"{root}/", *(f"{root}{path}" for path, _ in frame.places(texts))]
    assert f'<a href="{root}/library" aria-current="page">' in page
