"""The web server: health, what it lets through, what it refuses, and a port that is taken."""

import ast
import http.client
import json
import re
import socket
import urllib.parse
from collections.abc import Iterator
from pathlib import Path

import pytest

from policy_qa import __version__
from policy_qa.errors import IndexDamaged, UsageError
from policy_qa.page.gate import is_allowed
from policy_qa.page.live import LivePipeline
from policy_qa.serve import create_app, listen, page_address

from .conftest import FakePipeline, fake_settings, real_documents, served


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    pipeline = FakePipeline(real_documents())
    app = create_app(fake_settings(tmp_path_factory.mktemp("home")), LivePipeline(lambda: pipeline, lambda: 1))
    with served(app) as address:
        yield address


def request(page: str, path: str, method: str = "GET", body: bytes | None = None) -> tuple[int, dict[str, str], str]:
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(page).netloc, timeout=20)
    connection.request(method, path, body=body, headers={"content-type": "application/json"})
    answer = connection.getresponse()
    text = answer.read().decode("utf-8", "replace")
    connection.close()
    return answer.status, {name.lower(): value for name, value in answer.getheaders()}, text


def test_health_tells_what_is_on_file(page: str) -> None:
    status, _, text = request(page, "/healthz")
    assert status == 200
    assert json.loads(text) == {
        "status": "ok",
        "documents": 4,
        "provisions": 84,
        "model": "multilingual-e5-small",
        "version": __version__,
    }


def test_health_without_an_index_is_503_with_the_reason(tmp_path: Path) -> None:
    def fail() -> FakePipeline:
        raise IndexDamaged("index file x: expected these bytes, found others; rebuild: policy-qa build")

    with served(create_app(fake_settings(tmp_path), LivePipeline(fail, lambda: 1))) as address:
        status, _, text = request(address, "/healthz")
        assert status == 503
        assert json.loads(text)["status"] == "unusable"
        assert "policy-qa build" in json.loads(text)["reason"]
        assert request(address, "/")[0] == 200


def test_the_page_forbids_the_browser_every_other_host(page: str) -> None:
    status, headers, text = request(page, "/")
    assert status == 200
    assert "default-src 'self'" in headers["content-security-policy"]
    assert "connect-src 'self'" in headers["content-security-policy"]
    assert headers["referrer-policy"] == "same-origin"
    assert "fonts.googleapis.com" not in text


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/file=/etc/passwd",
        "/gradio_api/file=corpus/yichun-cio.txt",
        "/gradio_api/file/etc/passwd",
        "/gradio_api/proxy=http://127.0.0.1/",
        "/gradio_api/upload",
        "/gradio_api/runs",
        "/gradio_api/component_server",
        "/gradio_api/openapi.json",
        "/gradio_api/deep_link",
        "/gradio_api/queue/../file=/etc/passwd",
        "/gradio_api/call/on_ask",
        "/monitoring",
        "/docs",
        "/svelte/x",
        "/static/..%2f..%2f..%2f..%2fetc%2fpasswd",
        "/assets/..%2f..%2f..%2f..%2fetc%2fpasswd",
    ],
)
def test_what_the_page_does_not_need_is_not_served(page: str, path: str) -> None:
    status, headers, text = request(page, path)
    assert status in (403, 404, 405)
    assert "root:" not in text
    assert "content-security-policy" in headers


def test_uploads_are_refused(page: str) -> None:
    assert request(page, "/gradio_api/upload", "POST", b"x")[0] == 404


def test_only_asking_is_offered_to_clients(page: str) -> None:
    _, _, text = request(page, "/gradio_api/info")
    offered = json.loads(text)
    assert (list(offered["named_endpoints"]), offered["unnamed_endpoints"]) == (["/ask"], {})


@pytest.mark.parametrize("path", ["/", "/healthz", "/assets/index.js", "/gradio_api/queue/join", "/theme.css"])
def test_the_pages_own_routes_are_let_through(path: str) -> None:
    assert is_allowed(path)


def test_a_taken_port_is_one_clear_line() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(UsageError, match=f"127.0.0.1:{port}.*POLICY_QA_PORT") as caught:
            listen("127.0.0.1", port)
    assert "\n" not in str(caught.value)


def test_a_host_that_is_not_ours_is_one_clear_line() -> None:
    with pytest.raises(UsageError, match="POLICY_QA_HOST"):
        listen("203.0.113.1", 0)


def test_the_address_can_be_opened_here() -> None:
    assert page_address("127.0.0.1", 7860) == "http://127.0.0.1:7860/"
    assert page_address("0.0.0.0", 80) == "http://127.0.0.1:80/"  # noqa: S104 - what is shown for it
    assert page_address("::1", 80) == "http://[::1]:80/"


def test_importing_the_server_loads_no_gradio() -> None:
    source = (Path(__file__).parents[2] / "src/policy_qa/serve.py").read_text(encoding="utf-8")
    top = {a.name for node in ast.parse(source).body if isinstance(node, ast.Import) for a in node.names}
    top |= {node.module or "" for node in ast.parse(source).body if isinstance(node, ast.ImportFrom)}
    assert not {name for name in top if name.split(".")[0] in ("gradio", "fastapi", "uvicorn", "starlette")}


@pytest.mark.parametrize("name", ["page.css", "page.js"])
def test_the_static_files_name_no_other_host(name: str) -> None:
    text = (Path(__file__).parents[2] / "src/policy_qa/page/static" / name).read_text(encoding="utf-8")
    assert not re.search(r"//[a-z0-9.-]+\.[a-z]{2,}|@import|url\(", text)


def test_what_an_older_index_held_is_given_back_when_the_new_one_is_open(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[bool] = []
    monkeypatch.setattr("policy_qa.page.live.give_back", lambda: given.append(True))
    stamps = iter((1, 1, 2, 2))
    live = LivePipeline(lambda: FakePipeline(real_documents()), lambda: next(stamps))
    live.library()
    live.library()
    before = len(given)
    live.library()
    assert len(given) == before + 1
