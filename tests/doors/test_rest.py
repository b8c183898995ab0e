"""`/api/*` over a real server: the JSON of the command line, its schemas, events, and one line for every error."""

from __future__ import annotations

import json
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from typing import Any, cast

import httpx
import pytest
from pydantic import BaseModel

from page.conftest import served
from policy_qa.cli.main import main
from policy_qa.datamodels import Answer
from policy_qa.doors import schemas
from policy_qa.errors import IndexMissing
from policy_qa.page.live import LivePipeline
from policy_qa.pipeline import Pipeline
from policy_qa.serve import create_app
from policy_qa.settings import Settings
from policy_qa.statements import MODEL, WRITING
from samples import answering

TERM = "宜春学院CIO的任期是几年？"
DRAFT = "根据《宜春学院首席信息官（CIO）制度（讨论稿）》第七条第二项，任期4年。"
#: Every kind of answer: quoted, compared, by number, from documents, amended text aside; refused, asked back, talk.
QUESTIONS = (
    TERM,
    "谁可以担任CIO？",
    "宜春学院第七条第二项",
    "有哪些文件？",
    "食堂几点开门？",
    "你好",
    "Who can serve as CIO?",
)


def post(address: str, path: str, **sent: Any) -> httpx.Response:
    return httpx.post(f"{address}{path}", json=sent, timeout=60)


def without_times(record: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in record.items() if name != "timings_ms"}


@pytest.fixture
def printed(built: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """What a command prints, a JSON object a line."""
    monkeypatch.setenv("POLICY_QA_HOME", str(built.home))

    def run(*command: str) -> list[dict[str, Any]]:
        capsys.readouterr()
        main(command)
        return [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    return run


def test_an_answer_is_the_one_of_the_command_line(address: str, printed: Any) -> None:
    found = post(address, "/api/ask", question=TERM, id="7").json()
    (told,) = printed("ask", "--json", TERM)
    assert without_times(found) == without_times(told) | {"id": "7"}
    assert found["citations"][0]["ref"] == "yichun-cio#7.2"


@pytest.mark.parametrize(
    ("path", "command"),
    [
        ("/api/provisions/yichun-cio%237.2", ("show", "--json", "yichun-cio#7.2")),
        ("/api/provisions/helan-cio", ("show", "--json", "helan-cio")),
        ("/api/documents?institution=宜春", ("list", "--json", "--institution", "宜春")),
        ("/api/documents", ("list", "--json")),
    ],
)
def test_what_is_on_file_is_told_as_on_the_command_line(
    address: str, printed: Any, path: str, command: tuple[str, ...]
) -> None:
    found = httpx.get(address + path).json()
    told = printed(*command)
    assert found.get("documents") or found.get("provisions") or [found] == told
    assert len(told) >= 1


@pytest.mark.parametrize("question", QUESTIONS)
def test_answers_are_what_their_schema_says(address: str, question: str) -> None:
    schemas.Answer.model_validate_json(post(address, "/api/ask", question=question).content, strict=True)


@pytest.mark.parametrize(
    ("schema", "path", "sent"),
    [
        (schemas.Found, "/api/search", {"question": "任期", "top": 3}),
        (schemas.Findings, "/api/check", {"text": DRAFT}),
        (schemas.Figures, "/api/eval", {"questions": [{"id": "a", "question": TERM, "refs": ["yichun-cio#7.2"]}]}),
        (schemas.Shown, "/api/provisions/yichun-cio%237.2", None),
        (schemas.Document, "/api/provisions/yichun-cio", None),
        (schemas.Documents, "/api/documents", None),
    ],
)
def test_replies_are_what_their_schema_says(address: str, schema: type[BaseModel], path: str, sent: Any) -> None:
    reply = httpx.get(address + path) if sent is None else post(address, path, **sent)
    assert reply.status_code == 200
    schema.model_validate_json(reply.content, strict=True)


def test_openapi_names_every_door(address: str) -> None:
    described = httpx.get(f"{address}/openapi.json").json()
    doors = {path: methods for path, methods in described["paths"].items() if path.startswith("/api/")}
    assert set(doors) == {
        f"/api/{name}" for name in ("ask", "search", "provisions/{ref}", "documents", "check", "eval")
    }
    for methods in doors.values():
        for operation in methods.values():
            assert operation["summary"]
            assert "$ref" in json.dumps(operation["responses"]["200"]["content"]["application/json"])


def test_a_follow_up_is_understood_by_its_history(address: str) -> None:
    found = post(address, "/api/ask", question="可以连任吗？", history=[TERM]).json()
    assert found["scope"] == {"doc_ids": ["yichun-cio"], "from": "history"}


def test_documents_and_language_are_heeded(address: str) -> None:
    found = post(address, "/api/ask", question="怎么考核？", doc_ids=["helan-cio"], lang="en").json()
    assert found["scope"]["from"] == "filter"
    assert {c["ref"].partition("#")[0] for c in found["citations"]} <= {"helan-cio"}


def test_a_search_brings_texts(address: str) -> None:
    found = post(address, "/api/search", question=TERM, top=2).json()["retrieved"]
    assert len(found) == 2
    assert found[0]["ref"] == "yichun-cio#7"
    assert "任期3年" in found[0]["text"]


@pytest.mark.parametrize(
    ("method", "path", "sent", "status", "said"),
    [
        ("POST", "/api/ask", {"question": " "}, 400, "found no words"),
        ("POST", "/api/ask", {"question": "长" * 2001}, 400, "at most 2000"),
        ("POST", "/api/ask", {"question": "a", "stream": True, "history": [1]}, 400, "history.0"),
        ("POST", "/api/ask", {"question": " ", "stream": True}, 400, "found no words"),
        ("POST", "/api/ask", {"question": "任期", "doc_ids": ["nix"]}, 404, "nix: expected a document"),
        ("POST", "/api/ask", {"question": "任期", "when": 1}, 400, "when"),
        ("POST", "/api/ask", {}, 400, "question: Field required"),
        ("POST", "/api/ask", None, 400, "application/json"),
        ("POST", "/api/search", {"question": "任期", "top": 0}, 400, "top"),
        ("POST", "/api/search", {"question": "任期", "doc_ids": ["\ud800"]}, 404, "expected a document"),
        ("POST", "/api/check", {"text": ""}, 400, ""),
        ("POST", "/api/eval", {"questions": [{"id": "a", "question": "x"}]}, 400, "questions:1: refs"),
        ("GET", "/api/provisions/yichun-cio%2399", None, 404, "yichun-cio#99"),
        ("GET", "/api/provisions/nix", None, 404, "nix"),
        ("GET", "/api/documents?on=soon", None, 400, "on"),
        ("GET", "/api/ask", None, 404, "POST /api/ask"),
        ("GET", "/api/nix", None, 404, "POST /api/ask"),
        ("PUT", "/api/ask", {}, 405, "PUT"),
    ],
)
def test_every_error_is_one_line_with_a_status(
    address: str, method: str, path: str, sent: Any, status: int, said: str
) -> None:
    body = None if sent is None else json.dumps(sent).encode()
    kind = {"content-type": "application/json"} if body else {}
    reply = httpx.request(method, address + path, content=body, headers=kind, timeout=60)
    assert reply.status_code == status
    line = reply.json()["error"]
    assert said in line
    assert "\n" not in line


def test_without_an_index_the_reason_is_told(built: Settings) -> None:
    def fail() -> Pipeline:
        raise IndexMissing("no index: expected one, found none; run: policy-qa build")

    with served(create_app(built, LivePipeline(fail, lambda: 1))) as address:
        reply = post(address.rstrip("/"), "/api/ask", question=TERM)
        assert (reply.status_code, reply.headers["retry-after"]) == (503, "10")
        assert "policy-qa build" in reply.json()["error"]


class Slow:
    """A pipeline that writes an answer in steps when it is let, and waits to be stopped."""

    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline, self.go, self.stopped = pipeline, threading.Event(), threading.Event()
        self.documents, self.examples = pipeline.documents, ()
        self.segmentation, self.register = pipeline.segmentation, pipeline.register
        self.asked = 0

    def stream(self, question: str, *_: object, stopped: threading.Event, **__: object) -> Iterator[Answer]:
        self.asked += 1
        yield answering("一句", question=question, mode=WRITING)
        self.go.wait(20)
        if stopped.wait(0 if question != "停" else 20):
            self.stopped.set()
        if question == "错":
            raise RuntimeError("a bug")
        yield answering("一句", "又一句", question=question, mode=MODEL)


@pytest.fixture
def slow(pipeline: Pipeline) -> Slow:
    return Slow(pipeline)


@pytest.fixture
def slow_address(built: Settings, slow: Slow) -> Iterator[str]:
    with served(create_app(built, LivePipeline(lambda: cast(Pipeline, slow), lambda: 1))) as address:
        yield address.rstrip("/")
        slow.go.set()


def events(lines: Iterator[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    for line in lines:
        if line.startswith("event: "):
            yield line[7:].strip(), json.loads(next(lines)[6:])


def test_curl_sees_an_answer_grow(slow_address: str, slow: Slow) -> None:
    """Each event comes when it is known, not at the end."""
    curl = shutil.which("curl")
    assert curl, "this test needs curl; apt-get install curl"
    command = [curl, "-sN", "-H", "content-type: application/json", "-d", '{"question": "问", "stream": true}']
    with subprocess.Popen([*command, f"{slow_address}/api/ask"], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        found = events(process.stdout)
        name, record = next(found)
        assert (name, record["answer"]) == ("draft", "一句")
        slow.go.set()
        name, record = next(found)
        assert (name, record["answer"]) == ("answer", "一句\n又一句")
        assert list(found) == []


def test_a_bug_on_the_way_is_the_last_event(slow_address: str, slow: Slow) -> None:
    slow.go.set()
    headers = {"accept": "text/event-stream"}
    with httpx.stream("POST", f"{slow_address}/api/ask", json={"question": "错"}, headers=headers) as reply:
        assert reply.headers["content-type"].startswith("text/event-stream")
        found = list(events(reply.iter_lines()))
    assert [name for name, _ in found] == ["draft", "error"]
    assert found[1][1] == {"error": "internal error; the log has the details", "status": 500}
    assert post(slow_address, "/api/ask", question="错").json() == {"error": "internal error; the log has the details"}


@pytest.mark.parametrize("stream", [True, False])
def test_who_leaves_stops_the_writing_and_is_no_fault(
    slow_address: str, slow: Slow, stream: bool, caplog: pytest.LogCaptureFixture
) -> None:
    slow.go.set()
    sent = {"question": "停", "stream": stream}
    with pytest.raises(httpx.ReadTimeout), httpx.stream("POST", f"{slow_address}/api/ask", json=sent, timeout=1) as got:
        list(got.iter_lines())
    assert slow.stopped.wait(10)
    time.sleep(0.3)  # whatever would be logged is logged by then
    assert caplog.text == ""


def test_too_many_at_once_are_told_to_come_back(built: Settings, slow: Slow, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("policy_qa.page.live.CONCURRENT", 1)
    monkeypatch.setattr("policy_qa.doors.service.WAITING", 1)
    live = LivePipeline(lambda: cast(Pipeline, slow), lambda: 1)
    with served(create_app(built, live)) as address:
        address = address.rstrip("/")
        statuses: list[int] = []
        asking = [
            threading.Thread(target=lambda: statuses.append(post(address, "/api/ask", question="问").status_code))
            for _ in range(3)
        ]
        for thread in asking:
            thread.start()
        asking[-1].join(1)
        slow.go.set()
        for thread in asking:
            thread.join()
    assert sorted(statuses) == [200, 200, 503]
