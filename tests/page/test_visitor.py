"""Who sits at a browser, and who may change the corpus."""

from __future__ import annotations

import pytest
from starlette.requests import Request
from starlette.responses import Response

from policy_qa.page.frame import cookie_of, set_cookie
from policy_qa.page.visitor import LOGIN, admit, call, dismiss, greet, is_admin, visitor_of, who_of

KEY = "0123456789abcdef"


def request_with(cookies: dict[str, str], root: str = "") -> Request:
    header = "; ".join(f"{name}={value}" for name, value in cookies.items())
    headers = [(b"cookie", header.encode())]
    return Request({"type": "http", "method": "GET", "path": f"{root}/", "root_path": root, "headers": headers})


def cookies_of(response: Response) -> dict[str, str]:
    lines = [value.decode() for name, value in response.raw_headers if name == b"set-cookie"]
    assert all("HttpOnly" in line and "SameSite=" in line for line in lines)
    return dict(line.split(";")[0].split("=", 1) for line in lines)


def test_a_browser_keeps_its_name() -> None:
    response = Response()
    name = greet(request_with({}), response)
    assert visitor_of(request_with(cookies_of(response))) == name
    assert greet(request_with({"pq_visitor": name}), Response()) == name


@pytest.mark.parametrize("name", ["", "a", "'; DROP TABLE", "好" * 43])
def test_what_is_no_name_is_none(name: str) -> None:
    request = Request(
        {"type": "http", "method": "GET", "path": "/", "headers": [(b"cookie", f"pq_visitor={name}".encode())]}
    )
    assert visitor_of(request) == ""


def test_the_key_admits_this_browser_and_no_other() -> None:
    response = Response()
    assert admit(request_with({}), response, KEY, f" {KEY} ")
    cookies = cookies_of(response)
    assert is_admin(request_with(cookies), KEY)
    assert not is_admin(request_with(cookies), "another-key-of-16")
    assert not is_admin(request_with(cookies), None)
    assert not is_admin(request_with(cookies | {"pq_visitor": "x" * 43}), KEY)
    assert not is_admin(request_with({}), KEY)


@pytest.mark.parametrize(("key", "shown"), [(KEY, ""), (KEY, KEY[:-1]), (None, ""), (None, "None")])
def test_nothing_else_does(key: str | None, shown: str) -> None:
    response = Response()
    assert not admit(request_with({}), response, key, shown)
    assert not response.headers.getlist("set-cookie")


def test_an_administrator_can_leave() -> None:
    response = Response()
    dismiss(request_with({}), response)
    assert "Max-Age=0" in response.headers["set-cookie"]


def test_a_login_at_the_proxy_signs_whatever_was_typed() -> None:
    response = Response()
    call(request_with({}), response, "李  老师")
    request = request_with(cookies_of(response))
    assert (who_of(request), who_of(request, " 王\t老师 ")) == ("李 老师", "王 老师")
    request.scope[LOGIN] = "zhang"
    assert (who_of(request), who_of(request, "王老师")) == ("zhang", "zhang")


@pytest.mark.parametrize(("root", "path"), [("", "/"), ("/policy", "/policy")])
def test_what_a_browser_keeps_is_for_this_server_alone(root: str, path: str) -> None:
    request, response = request_with({}, root), Response()
    greet(request, response)
    admit(request, response, KEY, KEY)
    call(request, response, "李老师")
    dismiss(request, response)
    set_cookie(request, response, "pq_lang", "en")
    lines = response.headers.getlist("set-cookie")
    assert len(lines) == 6
    assert all(f"; Path={path};" in line for line in lines)


def test_of_two_values_that_of_the_longer_path_counts() -> None:
    headers = [(b"cookie", b"pq_lang=en; other=1; pq_lang=zh")]
    assert cookie_of(Request({"type": "http", "headers": headers}), "pq_lang") == "en"
