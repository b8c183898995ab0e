# ruff: noqa: S310 - the only addresses are those of the tests' own server
"""Fifty readers at once, as the browser's own requests: everyone gets the answer to his own question."""

from __future__ import annotations

import json
import re
import time
import urllib.request
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from policy_qa.datamodels import Answer
from policy_qa.page.live import LivePipeline
from policy_qa.serve import create_app
from samples import answering

from .conftest import FakePipeline, fake_settings, real_documents, served

pytestmark = [
    # The server runs in this process, and Gradio's queue still uses pandas in ways that pandas 4 will drop.
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]


class Echo(FakePipeline):
    """Answers with the question and its history, after a moment in which others come in."""

    def ask(
        self, question: str, history: Sequence[str] = (), *, doc_ids: Sequence[str] = (), lang: str | None = None
    ) -> Answer:
        time.sleep(0.02)
        return answering(f"答{question}史{'|'.join(history)}终", question=question)


class Reader:
    """One session, by the requests that the page sends."""

    def __init__(self, address: str, name: str) -> None:
        self._address = address
        self._session = f"session{name}"
        with urllib.request.urlopen(address, timeout=30) as page:
            config = re.search(r"window\.gradio_config = (\{.*?\});</script>", page.read().decode(), re.DOTALL)
        assert config is not None
        self._steps = {d["api_name"]: d["id"] for d in json.loads(config.group(1))["dependencies"]}

    def ask(self, question: str) -> str:
        """What the conversation shows once the question is answered."""
        self._post("run/predict", self._steps["on_ask"], [None, question])
        event = self._post("queue/join", self._steps["on_answer"], [None, []])["event_id"]
        stream = f"{self._address}gradio_api/queue/data?session_hash={self._session}"
        with urllib.request.urlopen(stream, timeout=60) as lines:
            for line in lines:
                message = json.loads(line.decode().removeprefix("data: ") or "{}") if line.strip() else {}
                if message.get("msg") == "process_completed" and message.get("event_id") == event:
                    return str(message["output"]["data"][1])
        raise AssertionError("the stream ended without an answer")

    def _post(self, path: str, step: int, data: list[Any]) -> dict[str, Any]:
        body = {"data": data, "event_data": None, "fn_index": step, "session_hash": self._session, "trigger_id": None}
        request = urllib.request.Request(
            f"{self._address}gradio_api/{path}", json.dumps(body).encode(), {"content-type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            return dict(json.load(answer))


def test_fifty_readers_at_once_get_their_own_answers(tmp_path: Path) -> None:
    pipeline = Echo(real_documents())
    app = create_app(fake_settings(tmp_path), LivePipeline(lambda: pipeline, lambda: 1))

    def read(n: int) -> list[str]:
        reader = Reader(address, str(n))
        return [reader.ask(f"甲{n:03d}"), reader.ask(f"乙{n:03d}")]

    with served(app) as address, ThreadPoolExecutor(50) as readers:
        shown = list(readers.map(read, range(50)))
    for n, (first, second) in enumerate(shown):
        assert f"答甲{n:03d}史终" in first
        assert f"答乙{n:03d}史甲{n:03d}终" in second
        assert set(re.findall(r"[甲乙](\d{3})", first + second)) == {f"{n:03d}"}


def test_broken_characters_and_floods_leave_the_page_answering(fake_page: str) -> None:
    for n, question in enumerate(("\ud800坏", "\x00\x1b坏", "坏" * 100_000)):
        reader = Reader(fake_page, f"x{n}")
        assert "坏" in reader.ask(question)
        assert "pq-answer" in reader.ask("谁可以担任CIO？")
