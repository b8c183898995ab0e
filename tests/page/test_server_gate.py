"""The gate before all routes, through real sockets: foreign names, bodies and heads of any size and slowness, junk."""

from __future__ import annotations

import contextlib
import http.client
import json
import re
import socket
import time
import urllib.parse
from collections.abc import Iterable, Iterator
from pathlib import Path

import psutil
import pytest

from policy_qa.page.gate import SECURITY_HEADERS, Hosts, Limits
from policy_qa.page.live import LivePipeline
from policy_qa.serve import create_app
from policy_qa.settings import Settings

from .conftest import CORPUS, FakePipeline, real_documents, served

pytestmark = pytest.mark.alone

#: Routes of each kind: the page, what programs ask, Gradio's own.
ROUTES = (
    "/",
    "/healthz",
    "/check",
    "/api/check",
    "/gradio_api/info",
    "/gradio_api/queue/join",
    "/assets/x",
    "/no/such",
)
POSTED = (
    "/check",
    "/api/check",
    "/gradio_api/queue/join",
    "/gradio_api/run/predict",
    "/gradio_api/cancel",
    "/gradio_api/reset",
)
SHORT = Limits(head=0.6, idle=0.6, body=1.5, linger=0.6, write=1.0, connections=30)
MB = 1_000_000


def serve_with(home: Path, limits: Limits | None = None, **changed: object) -> Iterator[str]:
    pipeline = FakePipeline(real_documents())
    settings = Settings(home=home, corpus=CORPUS, port=0, **changed)  # type: ignore[arg-type]
    with served(create_app(settings, LivePipeline(lambda: pipeline, lambda: 1), limits)) as address:
        yield address


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    yield from serve_with(tmp_path_factory.mktemp("home"), allowed_hosts=("qa.school.example",))


@pytest.fixture(scope="module")
def impatient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The same server with limits that a test can wait for."""
    yield from serve_with(tmp_path_factory.mktemp("home"), SHORT)


def ends(address: str) -> tuple[str, int]:
    parts = urllib.parse.urlsplit(address)
    return str(parts.hostname), int(parts.port or 0)


def talk(address: str, *pieces: bytes, pause: float = 0.0, timeout: float = 10.0) -> str:
    """What comes back until the server closes, or nothing has come for `timeout` seconds."""
    with socket.create_connection(ends(address), timeout=timeout) as line:
        for piece in pieces:
            try:
                line.sendall(piece)
            except (BrokenPipeError, ConnectionResetError):
                break
            time.sleep(pause)
        return rest(line)


def rest(line: socket.socket) -> str:
    back = b""
    try:
        while piece := line.recv(65536):
            back += piece
    except (TimeoutError, ConnectionResetError):
        pass
    return back.decode("utf-8", "replace")


def head(path: str, method: str = "GET", **headers: str) -> bytes:
    lines = [f"{method} {path} HTTP/1.1"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in {"host": "127.0.0.1", **headers}.items()]
    return ("\r\n".join([*lines, "connection: close"]) + "\r\n\r\n").encode()


def status(answer: str) -> int:
    return int(answer.split(" ", 2)[1]) if answer else 0


@pytest.mark.parametrize("path", ROUTES)
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
def test_a_foreign_host_or_origin_is_refused_everywhere(page: str, path: str, method: str) -> None:
    """A site that gives its name this server's address is same-origin to the browser: only the name tells it."""
    foreign = (
        {"host": "evil.example:7860"},
        {"host": "127.0.0.1.evil.example"},
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"host": "evil.example", "origin": "http://evil.example", "access_control_request_method": "POST"},
        {"origin": "http://evil.example", "access_control_request_method": "POST"},
    )
    for headers in foreign:
        answer = talk(page, head(path, method, **headers))
        assert status(answer) == 403, (headers, answer)
        assert "access-control" not in answer.lower()
        body = answer.partition("\r\n\r\n")[2]
        assert body.count("\n") == 1
        assert "POLICY_QA_ALLOWED_HOSTS" in body


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("127.0.0.1:7860", "http://127.0.0.1:7860"),
        ("localhost", "http://localhost:7860"),
        ("LOCALHOST.:80", None),
        ("[::1]:7860", "http://[::1]:7860"),
        ("qa.school.example", "https://qa.school.example"),
    ],
)
def test_our_own_hosts_are_served(page: str, host: str, origin: str | None) -> None:
    headers = {"host": host} | ({"origin": origin} if origin else {})
    answer = talk(page, head("/healthz", **headers))
    assert status(answer) == 200
    assert "access-control" not in answer.lower()


def test_our_own_origin_on_another_port_is_told_nothing_across_origins(page: str) -> None:
    asked = head("/gradio_api/info", "OPTIONS", origin="http://localhost:9", access_control_request_method="POST")
    assert "access-control" not in talk(page, asked).lower()


@pytest.mark.parametrize("hosts", ["", "host: 127.0.0.1\r\nhost: evil.example\r\n", "host: a@127.0.0.1\r\n"])
@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_no_host_two_and_none_that_is_one(page: str, hosts: str, version: str) -> None:
    assert status(talk(page, f"GET /healthz HTTP/{version}\r\n{hosts}connection: close\r\n\r\n".encode())) in (400, 403)


def test_which_hosts_are_ours() -> None:
    listening = Hosts.of("10.1.2.3", ["xn--fiq.example"])
    assert all(listening.allow(name, "10.1.2.3") for name in ("10.1.2.3:80", "[::1]", "xn--fiq.example", "中.example"))
    assert not any(listening.allow(name, "10.1.2.3") for name in ("10.1.2.4", "", "[::1", "a b", "localhost:x"))
    everywhere = Hosts.of("0.0.0.0")  # noqa: S104 - nothing is bound
    assert everywhere.allow("10.9.9.9:7860", "10.9.9.9")
    assert everywhere.allow_origin("http://10.9.9.9:7860", "10.9.9.9")
    assert not everywhere.allow("evil.example", "10.9.9.9")
    assert not everywhere.allow("0.0.0.0", "10.9.9.9")  # noqa: S104 - nothing is bound
    assert not Hosts.of("127.0.0.1").allow("10.9.9.9", "10.9.9.9")


def chunks(total: int) -> Iterable[bytes]:
    yield from [b"%x\r\n" % MB + b"x" * MB + b"\r\n"] * (total // MB)  # one text: the sender holds 1 MB
    yield b"0\r\n\r\n"


@pytest.mark.slow
def test_300_mb_to_any_route_are_refused_and_not_held(page: str) -> None:
    process = psutil.Process()
    talk(page, head("/api/check", "POST", content_length="2"), b"{}")
    before = process.memory_info().rss
    most = before
    for path in (*POSTED, "/", "/no/such"):
        for declared in (True, False):
            framing = {"content_length": str(300 * MB)} if declared else {"transfer_encoding": "chunked"}
            body = [b"x" * MB] * 300 if declared else chunks(300 * MB)
            answer = talk(page, head(path, "POST", content_type="application/json", **framing), *body)
            assert status(answer) == 413, (path, declared, answer[:200])
            most = max(most, process.memory_info().rss)
    # The pipeline's own threads take some in the same process; what is held would be 300.
    assert most - before < 100 * MB


@pytest.mark.parametrize("path", POSTED)
def test_what_is_too_large_is_said_in_the_form_of_its_reader(page: str, path: str) -> None:
    answer = talk(page, head(path, "POST", content_length=str(9 * MB)), *[b"x" * MB] * 9)
    assert status(answer) == 413
    body = answer.partition("\r\n\r\n")[2]
    if path == "/check":
        assert "文件超过 8 MB" in body
    else:
        assert "expected a body of at most" in json.loads(body)["error"]


def test_a_body_without_length_is_read_within_the_limit(page: str) -> None:
    sent = head("/api/check", "POST", transfer_encoding="chunked")
    assert status(talk(page, sent, b"5\r\n[1,2]\r\n0\r\n\r\n")) == 400
    assert status(talk(page, sent, *chunks(9 * MB))) == 413


def test_who_waits_for_leave_to_send_is_told_at_once(page: str) -> None:
    started = time.monotonic()
    answer = talk(page, head("/check", "POST", content_length=str(300 * MB), expect="100-continue"))
    assert status(answer) == 413
    assert time.monotonic() - started < 10


@pytest.mark.parametrize(
    "lines",
    ["".join(f"x-{n}: 1\r\n" for n in range(2000)), f"x-a: {'a' * 60_000}\r\n", f"cookie: {'a=b;' * 100_000}\r\n"],
)
def test_heads_are_bounded(page: str, lines: str) -> None:
    raw = f"GET /healthz HTTP/1.1\r\nhost: 127.0.0.1\r\n{lines}\r\n".encode()
    assert status(talk(page, raw, timeout=2)) == 431
    slowly = [raw[at : at + 4000] for at in range(0, min(len(raw), 40_000), 4000)]
    assert status(talk(page, *slowly, pause=0.005, timeout=2)) == 431


def test_a_hundred_headers_are_the_most(page: str) -> None:
    few = {f"x_{n}": "1" for n in range(90)}
    assert status(talk(page, head("/healthz", **few))) == 200
    assert status(talk(page, head("/healthz", **few, **{f"y_{n}": "1" for n in range(30)}))) == 431


@pytest.mark.parametrize("path", POSTED)
def test_a_body_that_stops_coming_is_given_up(impatient: str, path: str) -> None:
    started = time.monotonic()
    answer = talk(impatient, head(path, "POST", content_length="100"), b"x")
    assert status(answer) == 408
    assert time.monotonic() - started < 10


def test_a_body_that_drips_is_given_up(impatient: str) -> None:
    started = time.monotonic()
    answer = talk(impatient, head("/check", "POST", content_length="100"), *[b"x"] * 50, pause=0.2)
    assert status(answer) == 408
    assert "上传太慢" in answer
    assert time.monotonic() - started < 9


def test_a_head_that_drips_is_given_up(impatient: str) -> None:
    started = time.monotonic()
    answer = talk(impatient, *[bytes([byte]) for byte in head("/healthz")[:12]], pause=0.15)
    assert status(answer) == 408
    assert time.monotonic() - started < 10
    assert talk(impatient) == ""  # one that sends nothing at all is closed


def test_a_refused_body_is_not_read_for_ever(impatient: str) -> None:
    with socket.create_connection(ends(impatient), timeout=5) as line:
        line.sendall(head("/check", "POST", content_length=str(300 * MB)).replace(b"connection: close\r\n", b""))
        started = time.monotonic()
        with contextlib.suppress(ConnectionError):
            while time.monotonic() - started < 10:
                line.sendall(b"x")
                time.sleep(0.05)
        assert time.monotonic() - started < 9


def test_idle_connections_make_room(impatient: str) -> None:
    lines = [socket.create_connection(ends(impatient), timeout=5) for _ in range(SHORT.connections + 5)]
    try:
        assert status(talk(impatient, head("/healthz"))) == 200
    finally:
        for line in lines:
            line.close()


def test_too_many_at_work_are_told_so(tmp_path: Path) -> None:
    few = Limits(connections=3, idle=30)
    for address in serve_with(tmp_path, few):
        lines = [socket.create_connection(ends(address), timeout=5) for _ in range(3)]
        for line in lines:
            line.sendall(head("/check", "POST", content_length="100"))
        time.sleep(0.3)
        assert status(talk(address, head("/healthz"))) == 503
        for line in lines:
            line.close()
        time.sleep(0.3)
        assert status(talk(address, head("/healthz"))) == 200


def test_all_bodies_together_are_bounded(tmp_path: Path) -> None:
    for address in serve_with(tmp_path, Limits(held_bytes=3 * MB)):
        with socket.create_connection(ends(address), timeout=10) as first:
            first.sendall(head("/check", "POST", content_length=str(4 * MB)) + b"x" * (5 * MB // 2))
            time.sleep(0.5)
            busy = talk(address, head("/api/check", "POST", content_length=str(MB)), b"x" * MB)
            assert status(busy) == 503
            assert "retry-after" in busy
        time.sleep(0.3)
        assert status(talk(address, head("/api/check", "POST", content_length=str(MB)), b"x" * MB)) == 400


@pytest.mark.parametrize(
    "sent",
    [
        *(head(path) for path in ROUTES),
        head("/healthz", host="evil.example"),
        head("/gradio_api/upload", "POST"),
        head("/check", "POST", content_length=str(9 * MB), expect="100-continue"),
        head("/healthz", "DELETE"),
        head("/healthz", "POST"),
        b"junk\r\n\r\n",
        b"GET / HTTP/1.1\r\nhost: 127.0.0.1\r\nx: " + b"a" * 50_000,
    ],
)
def test_every_answer_carries_the_security_headers(impatient: str, sent: bytes) -> None:
    lines = talk(impatient, sent).partition("\r\n\r\n")[0].lower().split("\r\n")
    for name, value in SECURITY_HEADERS.items():
        assert lines.count(f"{name}: {value.lower()}") == 1
    assert not [line for line in lines if line.startswith("server:")]


JUNK = (
    b"",
    b"x",
    b"\xff\xfe\x80",
    b'{"text": "\xff\xff"}',
    b"null",
    b"5",
    b"[]",
    b"{}",
    b'{"data": null}',
    b'{"data": [], "fn_index": 0}',
    b'{"data": [], "fn_index": 999, "session_hash": "x"}',
    b'{"data": {}, "fn_index": "x", "session_hash": 5}',
    b'{"data": [1, 2, 3, 4, 5, 6, 7], "fn_index": 1, "session_hash": "x", "event_data": 5, "trigger_id": []}',
    b'{"session_hash": "x", "fn_index": 1, "event_id": "nobody"}',
    b"[" * 200_000 + b"]" * 200_000,
    b'{"text": ' + b"[" * 200_000 + b"]" * 200_000 + b"}",
    b'{"text": "a", "lang": ' + b'{"a":' * 100_000 + b"1" + b"}" * 100_000 + b"}",
    b'{"text": ' + b"9" * 5_000 + b"}",
    b'{"fn_index": ' + b"9" * 5_000 + b', "data": [], "session_hash": "x"}',
    b'{"fn_index": ' + b"9" * 300 + b', "data": [], "session_hash": "x"}',
    b'{"fn_index": NaN, "data": [], "session_hash": "\\ud800"}',
    b'{"fn_index": -1, "data": [], "session_hash": "x"}',
)
#: Steps of the page with values that it never sends.
STEPS = tuple(
    json.dumps({"fn_index": n, "session_hash": "x", "data": data, "event_data": event, "trigger_id": trigger}).encode()
    for n in range(13)
    for data in ([], [None], [None, None], [None, 5], [None, {}], [{}, "x"], [None, ["x"]], [None, [{}]])
    for event, trigger in ((5, 10**30), ({"key": {}, "example": []}, -1))
)


def post(page: str, path: str, body: bytes, kind: str = "application/json") -> int:
    answer = talk(page, head(path, "POST", content_type=kind, content_length=str(len(body))), body)
    assert "Traceback" not in answer
    assert 0 < status(answer) < 500, (path, kind, body[:80], answer)
    return status(answer)


def faults(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What the application raised without answering it."""
    return [record.getMessage() for record in caplog.records if record.name == "uvicorn.error" and record.exc_info]


@pytest.mark.parametrize("path", POSTED)
def test_junk_is_answered_and_never_a_fault(page: str, path: str, caplog: pytest.LogCaptureFixture) -> None:
    for kind in ("application/json", "multipart/form-data; boundary=x", "multipart/form-data", "text/plain"):
        for body in JUNK:
            found = post(page, path, body, kind)
            assert path not in ("/check", "/api/check") or found == 400, (kind, body[:80])
    assert not faults(caplog)


# Gradio's queue still uses pandas in ways that pandas 4 will drop.
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("path", ["/gradio_api/queue/join", "/gradio_api/run/predict"])
def test_steps_that_the_page_never_sends_are_no_fault(page: str, path: str, caplog: pytest.LogCaptureFixture) -> None:
    assert {post(page, path, body) for body in STEPS} <= {200, 400, 404, 422}
    assert not faults(caplog)


@pytest.mark.parametrize("path", ["/no/such", "/nosuch", "/api", "/api/nothing", "/check/x", "/..%2f", "//", "/%00"])
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "TRACE"])
def test_unknown_routes_are_not_found(page: str, path: str, method: str) -> None:
    answer = talk(page, head(path, method))
    assert status(answer) in (404, 405)
    assert answer.partition("\r\n\r\n")[2].strip()


def test_health_is_answered_on_a_kept_connection(impatient: str) -> None:
    connection = http.client.HTTPConnection(*ends(impatient), timeout=5)
    for _ in range(3):
        connection.request("GET", "/healthz")
        answer = connection.getresponse()
        assert (answer.status, bool(re.search(rb'"ok"', answer.read()))) == (200, True)
        time.sleep(0.3)
    connection.close()
