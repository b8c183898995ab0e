"""What a language model's server can do wrong ends in a reason, in time, and never in the key being told."""

from __future__ import annotations

import json
import logging
import os
import socket
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from policy_qa.model.client import Message, ModelClient, ModelFailed, Reason
from samples import ROOT

from .conftest import KEY, model_settings
from .server import Asked, Handler, Script, ScriptedServer, scripted_server

ASK = [Message("system", "规矩"), Message("user", "任期几年？")]


def answer(server: ScriptedServer, **settings: object) -> str:
    return "".join(ModelClient(model_settings(server, **settings)).stream(ASK))


def failure(server: ScriptedServer, **settings: object) -> ModelFailed:
    with pytest.raises(ModelFailed) as caught:
        answer(server, **settings)
    assert KEY not in str(caught.value)
    return caught.value


def test_the_words_come_as_they_are_written(server: ScriptedServer) -> None:
    server.says("任期3年，可连聘连任。", size=2)
    client = ModelClient(model_settings(server))
    stream = client.stream(ASK)
    words = list(stream)
    assert words == ["任期", "3年", "，可", "连聘", "连任", "。"]
    assert not stream.cut


def test_what_is_sent(server: ScriptedServer) -> None:
    answer(server, temperature=0.0, max_tokens=77)
    (asked,) = server.asked
    assert asked.path == "/v1/chat/completions"
    assert asked.headers["Authorization"] == f"Bearer {KEY}"
    body = asked.body
    assert (body["model"], body["stream"], body["temperature"], body["max_tokens"]) == ("scripted", True, 0.0, 77)
    assert [(m["role"], m["content"]) for m in body["messages"]] == [("system", "规矩"), ("user", "任期几年？")]


def test_nothing_is_sent_before_it_is_read(server: ScriptedServer) -> None:
    ModelClient(model_settings(server)).stream(ASK)
    assert server.asked == []


def test_a_server_that_is_down() -> None:
    with scripted_server() as gone:
        settings = model_settings(gone)
    with pytest.raises(ModelFailed) as caught:
        list(ModelClient(settings).stream(ASK))
    assert caught.value.reason is Reason.UNREACHABLE


def test_a_host_that_does_not_exist(server: ScriptedServer) -> None:
    settings = replace(model_settings(server), url="http://no-such-host.invalid/v1")
    with pytest.raises(ModelFailed) as caught:
        list(ModelClient(settings).stream(ASK))
    assert caught.value.reason in (Reason.UNREACHABLE, Reason.SLOW, Reason.REFUSED)


@pytest.mark.parametrize("status", [302, 400, 401, 404, 429, 500, 503])
def test_a_status_that_is_no_success(server: ScriptedServer, status: int) -> None:
    server.script = lambda asked, handler: handler.whole(status, json.dumps({"error": KEY}).encode())
    failed = failure(server)
    assert (failed.reason, failed.detail) == (Reason.REFUSED, f"HTTP {status}")
    assert len(server.asked) == 1, "what was asked once is not asked again"


def stalls_at_once(asked: Asked, handler: Handler) -> None:
    handler.stall()


def stalls_after_the_head(asked: Asked, handler: Handler) -> None:
    handler.begin()
    handler.stall()


def stalls_in_between(asked: Asked, handler: Handler) -> None:
    handler.begin()
    handler.delta("任期")
    handler.stall()


@pytest.mark.parametrize(
    ("script", "limits"),
    [
        (stalls_at_once, {"first_token_timeout": 0.2}),
        (stalls_after_the_head, {"first_token_timeout": 0.2}),
        (stalls_in_between, {"token_timeout": 0.2}),
        (stalls_in_between, {"timeout": 0.2}),
    ],
)
@pytest.mark.alone
def test_limits_of_time(server: ScriptedServer, script: Script, limits: dict[str, float]) -> None:
    server.script = script
    started = time.monotonic()
    assert failure(server, **limits).reason is Reason.SLOW
    assert time.monotonic() - started < 8
    assert server.left.wait(10), "the connection is closed, so that the server stops as well"


def test_a_server_that_drips_for_ever(server: ScriptedServer) -> None:
    def drip(asked: Asked, handler: Handler) -> None:
        handler.begin()
        while not handler.control.go_on.wait(0.01):
            handler.delta("x")

    server.script = drip
    assert failure(server, timeout=0.3).reason is Reason.SLOW


def test_an_answer_without_end_is_cut(server: ScriptedServer) -> None:
    server.script = lambda asked, handler: ["字" * 4000] * 20
    stream = ModelClient(model_settings(server)).stream(ASK)
    assert 20_000 <= len("".join(stream)) <= 24_000
    assert stream.cut


def breaks_off(asked: Asked, handler: Handler) -> None:
    handler.begin()
    handler.delta("任期3")


def breaks_the_frame(asked: Asked, handler: Handler) -> None:
    handler.send_response(200)
    handler.send_header("content-type", "text/event-stream")
    handler.send_header("transfer-encoding", "chunked")
    handler.end_headers()
    handler.wfile.write(b"500\r\ndata: {")
    handler.wfile.flush()
    handler.connection.shutdown(socket.SHUT_RDWR)
    handler.close_connection = True


@pytest.mark.parametrize("script", [breaks_off, breaks_the_frame])
def test_a_stream_that_breaks_off(server: ScriptedServer, script: Script) -> None:
    server.script = script
    assert failure(server).reason is Reason.BROKEN_OFF


def test_a_limit_of_length_is_told(server: ScriptedServer) -> None:
    def cut(asked: Asked, handler: Handler) -> None:
        handler.begin()
        handler.delta("任期3年。可连")
        handler.done("length")

    server.script = cut
    stream = ModelClient(model_settings(server)).stream(ASK)
    assert "".join(stream) == "任期3年。可连"
    assert stream.cut


GARBAGE = (
    b"",
    b"\x00\xff\xfe garbage",
    "<html><body>登录</body></html>".encode(),
    b'{"choices": []}',
    b"data: {not json\n\n",
    b'data: {"choices": "x"}\n\n',
    b"data: [1, 2, 3]\n\n",
    b'data: {"choices": [{"delta": 7}]}\n\n',
    b'data: {"error": {"message": "out of memory"}}\n\n',
    b'data: {"choices": [{"index": 0, "delta": {"content": {"a": 1}}, "finish_reason": "stop"}]}\n\n',
)


@pytest.mark.parametrize("content", GARBAGE, ids=range(len(GARBAGE)))
@pytest.mark.parametrize("kind", ["text/event-stream", "text/html", "application/json"])
def test_garbage(server: ScriptedServer, content: bytes, kind: str) -> None:
    server.script = lambda asked, handler: handler.whole(200, content, kind)
    assert failure(server).reason in (Reason.GARBAGE, Reason.BROKEN_OFF, Reason.REFUSED)


def test_a_model_that_thinks_is_alive(server: ScriptedServer) -> None:
    def thinks(asked: Asked, handler: Handler) -> None:
        handler.begin()
        for _ in range(10):
            handler.delta("", reasoning_content="想")
            handler.control.go_on.wait(0.12)
        handler.delta("三年。")
        handler.done()

    server.script = thinks
    assert answer(server, first_token_timeout=1, token_timeout=1) == "三年。"


def test_a_stop_ends_answer_and_connection(server: ScriptedServer) -> None:
    server.script = stalls_in_between
    stopped = threading.Event()
    stream = iter(ModelClient(model_settings(server)).stream(ASK, stopped))
    assert next(stream) == "任期"
    stopped.set()
    with pytest.raises(ModelFailed) as caught:
        next(stream)
    assert caught.value.reason is Reason.STOPPED
    assert server.left.wait(10)


def test_who_leaves_early_ends_the_connection(server: ScriptedServer) -> None:
    server.script = stalls_in_between
    stream = iter(ModelClient(model_settings(server)).stream(ASK))
    assert next(stream) == "任期"
    stream.close()  # type: ignore[attr-defined]  # typed as an iterator, and a generator
    assert server.left.wait(10)


def test_the_key_is_in_no_log(server: ScriptedServer, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    answer(server)
    server.script = lambda asked, handler: handler.whole(401, f'{{"error": "wrong key {KEY}"}}'.encode())
    failure(server)
    settings = model_settings(server)
    assert KEY not in caplog.text
    assert KEY not in repr(settings) + str(settings)


def test_a_proxy_is_not_asked_for_this_machine(server: ScriptedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    assert answer(server) == "好的。"
    assert ModelClient(model_settings(server)).probe() == ["scripted"]


OFFLINE = """
import socket, sys
from policy_qa.model.client import Message, ModelClient
from policy_qa.model_settings import ModelSettings
met = []
real, look_up = socket.socket.connect, socket.getaddrinfo
def connect(self, address):
    met.append(address[0])
    return real(self, address)
def getaddrinfo(host, *args, **kwargs):
    met.append(host)
    return look_up(host, *args, **kwargs)
socket.socket.connect, socket.getaddrinfo = connect, getaddrinfo
settings = ModelSettings(url=sys.argv[1], model="gpt-4o-mini", first_token_timeout=30)
print("".join(ModelClient(settings).stream([Message("user", "任期几年？")])), sorted(set(map(str, met))))
"""


@pytest.mark.slow
def test_nothing_is_fetched_not_even_to_count_tokens(server: ScriptedServer, tmp_path: Path) -> None:
    """tiktoken would fetch its tables from the network; see llama_index issue 9343."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "TIKTOKEN_CACHE_DIR": str(tmp_path)}
    command = [sys.executable, "-c", OFFLINE, server.url]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, encoding="utf-8", check=True)
    assert done.stdout.splitlines()[-1] == "好的。 ['127.0.0.1']"
    assert list(tmp_path.iterdir()) == []


def test_any_llm_of_llama_index_can_write(server: ScriptedServer) -> None:
    from llama_index.core.llms import MockLLM

    stream = ModelClient(model_settings(server), llm=MockLLM()).stream(ASK)
    assert "任期几年" in "".join(stream)
    assert server.asked == []


def test_the_probe(server: ScriptedServer) -> None:
    assert ModelClient(model_settings(server)).probe() == ["scripted"]
    with scripted_server() as gone:
        settings = model_settings(gone)
    with pytest.raises(ModelFailed) as caught:
        ModelClient(settings).probe()
    assert caught.value.reason is Reason.UNREACHABLE


def test_many_at_once_do_not_mix(server: ScriptedServer) -> None:
    server.script = lambda asked, handler: [asked.user[-1]] * 30
    client = ModelClient(model_settings(server))
    found: dict[int, str] = {}

    def one(n: int) -> None:
        found[n] = "".join(client.stream([Message("user", f"{n}")]))

    threads = [threading.Thread(target=one, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {n: str(n) * 30 for n in range(8)}
