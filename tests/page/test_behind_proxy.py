"""Where schools put it: below a path behind a proxy with a login, in a frame of the portal, open to others or not."""

from __future__ import annotations

import json
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from policy_qa.errors import UsageError
from policy_qa.page.live import LivePipeline
from policy_qa.serve import check_reach, create_app, serve
from policy_qa.settings import Settings

from .conftest import CORPUS, FakePipeline, real_documents, served, write_index
from .proxy import proxied
from .reader import ask, visiting

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# The server runs in this process, and Gradio's queue still uses pandas in ways that pandas 4 will drop.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

KEY = "a-key-of-programs-16"
BELOW = {"POLICY_QA_ROOT_PATH": "/policy/qa", "POLICY_QA_API_KEYS": KEY}


@pytest.fixture(scope="module", params=[True, False], ids=["path left out", "path passed on"])
def below(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server below /policy/qa."""
    home = tmp_path_factory.mktemp("home")
    write_index(home, real_documents())
    settings = Settings.from_env({**BELOW, "POLICY_QA_HOME": str(home), "POLICY_QA_CORPUS": str(CORPUS)})
    pipeline = FakePipeline(real_documents())
    app = create_app(settings, LivePipeline(lambda: pipeline, lambda: 1))
    with served(app) as backend, proxied(backend, "/policy/qa", strips=request.param) as address:
        yield address


def got(address: str, body: object = None, **headers: str) -> tuple[int, str]:
    data = None if body is None else json.dumps(body).encode()
    asked = urllib.request.Request(address, data, {"content-type": "application/json", **headers})  # noqa: S310 - ours
    try:
        with urllib.request.urlopen(asked, timeout=60) as reply:  # noqa: S310 - our own server
            return reply.status, reply.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


@pytest.mark.slow
def test_fault_43_page_check_and_assets_below_a_path(below: str, browser: Browser) -> None:
    with visiting(browser, below) as page:
        ask(page, "谁可以担任CIO？")
        assert page.locator(".pq-answer").count()
        page.locator(".pq-answer .pq-cite").first.click()
        page.locator("#pq-panel mark").first.wait_for()
        page.locator('.pq-places nav a[href^="./check"]').click()
        page.fill("#ck-text", "《宜春学院首席信息官（CIO）制度（讨论稿）》第九十九条规定，任期三年。")
        page.locator(".ck-form .dk-main-button").click()
        page.locator(".ck-findings li").first.wait_for()
        assert page.url.startswith(f"{below}check")
        page.locator("a.dk-brand").click()
        page.wait_for_selector(".pq-welcome")
        assert page.url == below


def test_fault_43_doors_below_a_path(below: str) -> None:
    key = {"authorization": f"Bearer {KEY}"}
    assert json.loads(got(f"{below}healthz")[1])["status"] == "ok"
    status, body = got(f"{below}api/check", {"text": "第七条规定，任期3年。"}, **key)
    assert (status, list(json.loads(body))) == (200, ["errors", "findings"])
    assert got(f"{below}api/check", {"text": "第七条"})[0] == 401
    assert got(f"{below}v1/none", **key) == (404, got(f"{below}v1/none", **key)[1])
    assert json.loads(got(f"{below}v1/none", **key)[1])["error"]["type"] == "invalid_request_error"
    assert json.loads(got(f"{below}openapi.json")[1])["servers"] == [{"url": "/policy/qa"}]
    for refused in ("gradio_api/upload", "monitoring/x", "file=/etc/passwd"):
        assert got(f"{below}{refused}")[0] == 404


def test_cookies_are_for_the_path_alone(below: str) -> None:
    for page in ("", "check?lang=en"):
        with urllib.request.urlopen(f"{below}{page}", timeout=60) as reply:  # noqa: S310 - our own server
            lines = reply.headers.get_all("set-cookie")
        assert lines
        assert all("; Path=/policy/qa;" in line for line in lines)


def test_without_its_slash_it_leads_to_the_page(below: str) -> None:
    class Held(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_: object) -> None:
            return None

    with pytest.raises(urllib.error.HTTPError) as told:
        urllib.request.build_opener(Held()).open(below.rstrip("/"), timeout=30)
    with told.value as reply:
        assert (reply.code, reply.headers["location"]) in ((308, "/policy/qa/"), (404, None))


@pytest.fixture
def server(request: pytest.FixtureRequest, tmp_path: Path, portal: ThreadingHTTPServer) -> Iterator[str]:
    """A server with these settings, in which {port} is the portal's."""
    given = {name: value.format(port=portal.server_address[1]) for name, value in request.param.items()}
    settings = Settings.from_env({"POLICY_QA_HOME": str(tmp_path), **given})
    pipeline = FakePipeline(real_documents())
    with served(create_app(settings, LivePipeline(lambda: pipeline, lambda: 1))) as address:
        yield address


@pytest.fixture
def portal() -> Iterator[ThreadingHTTPServer]:
    """Another site, with the page in a frame; its address is that of another host."""

    class Portal(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            page = f'<!DOCTYPE html><title>portal</title><iframe src="{self.path[1:]}"></iframe>'.encode()
            self.send_response(200)
            self.send_header("content-type", "text/html")
            self.end_headers()
            self.wfile.write(page)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Portal) as site:
        threading.Thread(target=site.serve_forever, daemon=True).start()
        yield site
        site.shutdown()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("server", "shown"),
    [
        ({}, False),
        ({"POLICY_QA_FRAME_ANCESTORS": "https://portal.school.example"}, False),
        ({"POLICY_QA_FRAME_ANCESTORS": "https://portal.school.example, http://localhost:{port}"}, True),
    ],
    indirect=["server"],
)
def test_fault_43_a_frame_of_the_portal(
    server: str, shown: bool, portal: ThreadingHTTPServer, browser: Browser
) -> None:
    page = browser.new_context(locale="zh-CN").new_page()
    page.goto(f"http://localhost:{portal.server_address[1]}/{server}")
    inside = page.frame_locator("iframe")
    if shown:
        inside.locator("#pq-question textarea").fill("谁可以担任CIO？")
        inside.locator("#pq-question textarea").press("Enter")
        inside.locator(".pq-answer").first.wait_for()
    else:
        page.wait_for_timeout(500)
        assert inside.locator("#pq-question").count() == 0
    page.context.close()


@pytest.mark.parametrize("server", [{"POLICY_QA_USER_HEADER": "X-Remote-User"}], indirect=True)
def test_a_page_is_shown_to_those_only_whom_the_proxy_names(server: str) -> None:
    for path in ("", "check", "library", "gradio_api/info"):
        status, told = got(f"{server}{path}")
        assert status == 403, path
        assert "x-remote-user" in told
        assert got(f"{server}{path}", **{"X-Remote-User": " "})[0] == 403
    with proxied(server, "", strips=False, sets={"X-Remote-User": "wang"}) as address:
        assert got(address)[0] == 200
        assert got(f"{address}check")[0] == 200
        # Who is logged in there signs, whatever a cookie says.
        _, told = got(f"{address}marks?ref=yichun-cio%237", Cookie="pq_who=li")
        assert 'name="who" value="wang"' in told
    assert got(f"{server}healthz")[0] in (200, 503)
    assert got(f"{server}v1/none")[0] == 404  # a program on this computer, as ever


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.1.2.3", "qa.school.example"])  # noqa: S104 - nothing is bound
def test_others_are_let_in_only_where_that_was_said(host: str, tmp_path: Path) -> None:
    def settings(**more: str) -> Settings:
        return Settings.from_env({"POLICY_QA_HOME": str(tmp_path), "POLICY_QA_HOST": host, **more})

    with pytest.raises(UsageError, match=r"POLICY_QA_HOST: expected 127\.0\.0\.1, found .*POLICY_QA_OPEN=") as told:
        serve(settings())
    assert "\n" not in str(told.value)
    check_reach(settings(POLICY_QA_API_KEYS=KEY))
    check_reach(settings(POLICY_QA_USER_HEADER="X-Remote-User"))
    check_reach(settings(POLICY_QA_OPEN="yes-anyone-may-ask"))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "[::1]"])
def test_this_computer_needs_no_leave(host: str, tmp_path: Path) -> None:
    check_reach(Settings.from_env({"POLICY_QA_HOME": str(tmp_path), "POLICY_QA_HOST": host}))
