"""Who sits at a browser: a random name in a cookie, and whether it has shown the administrator's key."""

from __future__ import annotations

import hmac
import re
import secrets
from hashlib import sha256
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response

from policy_qa.page.frame import cookie_of, path_of, set_cookie

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

#: Holds what a browser is known by; whoever has it sees that browser's conversations.
VISITOR_COOKIE = "pq_visitor"
#: Where the gate puts into a scope who has logged in at the proxy.
LOGIN = "policy_qa.login"
ADMIN_COOKIE = "pq_admin"
WHO_COOKIE = "pq_who"
#: A name is so long at most, in characters.
_NAMED = 40
_WORKDAY = 8 * 3600
_NAME = re.compile(r"[\w-]{43}", re.ASCII)


def visitor_of(request: HTTPConnection) -> str:
    """The name that this browser goes by, 43 characters; empty where it has none yet."""
    name = cookie_of(request, VISITOR_COOKIE)
    return name if _NAME.fullmatch(name) else ""


def greet(request: HTTPConnection, response: Response) -> str:
    """The browser's name, a new one set with the response where it has none."""
    name = visitor_of(request) or secrets.token_urlsafe(32)
    set_cookie(request, response, VISITOR_COOKIE, name)
    return name


def is_admin(request: HTTPConnection, key: str | None) -> bool:
    """Whether this browser has shown the key of POLICY_QA_ADMIN_KEY; never where none is set."""
    shown = cookie_of(request, ADMIN_COOKIE).encode()
    return key is not None and hmac.compare_digest(shown, _token(key, visitor_of(request)).encode())


def admit(request: HTTPConnection, response: Response, key: str | None, shown: str) -> bool:
    """Let an administrator in for a working day, where the key that was shown is the right one."""
    if key is None or not hmac.compare_digest(shown.strip().encode(), key.encode()):
        return False
    token = _token(key, greet(request, response))
    set_cookie(request, response, ADMIN_COOKIE, token, seconds=_WORKDAY, samesite="strict")
    return True


def who_of(request: HTTPConnection, typed: str = "") -> str:
    """The name that the person at this browser signs with: the login that a proxy gives, which nobody can choose, else
    what was `typed`, else what she called herself before; empty where nothing was said."""
    said = request.scope.get(LOGIN) or typed.strip() or unquote(cookie_of(request, WHO_COOKIE))
    return " ".join(str(said).split())[:_NAMED]


def call(request: HTTPConnection, response: Response, who: str) -> None:
    """Remember what the person calls herself."""
    set_cookie(request, response, WHO_COOKIE, quote(who[:_NAMED], safe=""))


def dismiss(request: HTTPConnection, response: Response) -> None:
    """End an administrator's day."""
    set_cookie(request, response, ADMIN_COOKIE, "", seconds=0, samesite="strict")


def _token(key: str, visitor: str) -> str:
    """What only this server could have given to this browser."""
    return hmac.new(key.encode(), f"admin {visitor}".encode(), sha256).hexdigest()


class Greeter:
    """ASGI middleware that gives a browser its name when it loads the conversation's page."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on."""
        if scope["type"] != "http" or scope["method"] != "GET" or path_of(Request(scope)) != "/":
            await self._app(scope, receive, send)
            return

        async def named(message: Message) -> None:
            if message["type"] == "http.response.start":
                greeting = Response()
                greet(HTTPConnection(scope), greeting)
                MutableHeaders(scope=message).append("set-cookie", greeting.headers["set-cookie"])
            await send(message)

        await self._app(scope, receive, named)
