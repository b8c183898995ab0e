"""What the web server lets through: its own routes, for its own hosts, in sizes and times that it can bear.

Gradio serves more than this page uses (uploads, a file route, a proxy, run records). A route that is not listed
is not found, so none of them has to be trusted. A request whose `Host` or `Origin` is not one of ours is refused,
since a site can give its name this server's address (DNS rebinding) and read what it answers. A body is read
whole, within limits, before any route sees it.
"""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from policy_qa.page import check_routes
from policy_qa.page.drafts import FRAME, MAX_BYTES, json_object
from policy_qa.page.frame import page_response, texts_of
from policy_qa.page.visitor import LOGIN
from policy_qa.settings import LOOPBACK, Proxy, host_name
from policy_qa.wording import Words

if TYPE_CHECKING:
    from starlette.responses import Response


#: Where policies are sent to.
POLICIES = "/library/incoming"
_ANY_ADDRESS = frozenset(("0.0.0.0", "::", ""))  # nosec B104 # noqa: S104 - compared with, not bound
_AUTHORITY = re.compile(r"(\[[0-9a-f:.]+\]|[^\s\[\]/:@?#]+)(?::\d{1,5})?", re.ASCII | re.IGNORECASE)
_ORIGIN = re.compile(r"https?://(.+)", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Hosts:
    """The names that this server answers to, at any port. `reached` adds the address that a request came to.

    That address is safe: an attacker's page is found by a name, and has that name as its Host.
    """

    names: frozenset[str] = LOOPBACK
    reached: bool = False

    @classmethod
    def of(cls, listening: str, more: Iterable[str] = ()) -> Hosts:
        """Loopback, the host that is listened on, and `more`, names as `settings.host_name` gives them."""
        everywhere = listening in _ANY_ADDRESS
        own = () if everywhere else (host_name(listening) or listening,)
        return cls(names=LOOPBACK.union(own, more), reached=everywhere)

    def allow(self, authority: str, reached_at: str) -> bool:
        """Whether a `Host` header is ours; `reached_at` is the address of this end of the connection."""
        match = _AUTHORITY.fullmatch(authority)
        name = host_name(match[1]) if match else None
        return name is not None and (name in self.names or (self.reached and name == host_name(reached_at)))

    def allow_origin(self, origin: str, reached_at: str) -> bool:
        """Whether an `Origin` header is that of a page of ours; `null` is nobody's."""
        match = _ORIGIN.fullmatch(origin)
        return match is not None and self.allow(match[1], reached_at)


#: What programs ask; our pages need none of it.
_DOORS = re.compile(r"/(?:api|v1|mcp|metrics)(?:/|$)")
_FORWARDED = frozenset((b"forwarded", b"x-forwarded-for", b"x-forwarded-host", b"x-real-ip"))


def fault_of_key(scope: Scope, keys: Iterable[str]) -> str:
    """Why a program may not ask; empty where it may. Without keys, whoever is on this computer may, and nobody else."""
    headers = Headers(scope=scope)
    if keys := tuple(keys):
        kind, _, key = headers.get("authorization", "").partition(" ")
        sent = key.strip().encode()
        if kind.lower() == "bearer" and sum(hmac.compare_digest(sent, known.encode()) for known in keys):
            return ""
        return 'expected a key of POLICY_QA_API_KEYS, found none; send "Authorization: Bearer KEY"'
    match = _AUTHORITY.fullmatch(headers.get("host", ""))
    names = (match[1] if match else "", str((scope.get("client") or ("",))[0]))
    if all(host_name(name) in LOOPBACK for name in names) and not _FORWARDED.intersection(dict(scope["headers"])):
        return ""
    return "expected a program on this computer, found one elsewhere; set POLICY_QA_API_KEYS and send one of the keys"


#: Everything below `/gradio_api/` that the page asks for.
_GRADIO_ALLOWED = re.compile(
    r"/gradio_api/(?:queue/(?:join|data)|run/[\w-]+|heartbeat/[\w-]+|startup-events|app_id|cancel|reset|info|theme\.css)/?"
)
_GRADIO_REFUSED = re.compile(r"/(?:gradio_api|monitoring|svelte|pwa_icon|login|logout)(?:/|$)")
_METHODS = ("GET", "HEAD", "POST", "OPTIONS")

# Gradio's front end needs inline scripts and styles, and gr.HTML evaluates its template.
_POLICY = (
    "default-src 'self'",
    "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self' data:",
    "connect-src 'self'",
    "object-src 'none'",
    "base-uri 'self'",
    "form-action 'self'",
)


def security_headers(ancestors: Iterable[str] = ()) -> dict[str, str]:
    """What every response carries, those to refused requests too. `ancestors` may hold our pages in a frame."""
    framed = " ".join(("'self'", *ancestors))
    headers = {
        "content-security-policy": "; ".join((*_POLICY, f"frame-ancestors {framed}")),
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
        # Not `no-referrer`: with that, browsers send a form of our own page with `Origin: null`.
        "referrer-policy": "same-origin",
        "x-content-type-options": "nosniff",
    }
    # It knows ourselves and nobody, and some browsers heed it before the policy.
    return headers if framed != "'self'" else headers | {"x-frame-options": "SAMEORIGIN"}


#: Those of a server that stands alone, and of what is refused before there is a request.
SECURITY_HEADERS = security_headers()

#: (path, JSON object that was sent to it) -> what is wrong with it, empty where nothing is.
FaultOf = Callable[[str, Mapping[str, Any]], str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """What a connection may take; sizes in bytes, times in seconds.

    `idle` is the longest wait for the next bytes of a body, `body` for all of it, `head` for a whole request head,
    `linger` how long the rest of a refused body is read and dropped so that its sender can read why, `write` how
    long a reader may take nothing of what it is sent. `held` bounds the bodies of all requests together.
    """

    draft_bytes: int = MAX_BYTES + FRAME
    policy_bytes: int = 32_000_000
    asked_bytes: int = 1_000_000
    other_bytes: int = 16_000
    held_bytes: int = 64_000_000
    head_bytes: int = 16_384
    headers: int = 100
    head: float = 15.0
    idle: float = 15.0
    body: float = 120.0
    linger: float = 5.0
    write: float = 60.0
    connections: int = 500

    def bytes_of(self, path: str) -> int:
        """How large a body may be that is sent to this path."""
        if path in ("/check", "/runs", "/api/check", "/api/eval", "/mcp"):
            return self.draft_bytes
        if path == POLICIES:
            return self.policy_bytes
        return self.asked_bytes if path.startswith(("/gradio_api/", "/api/", "/v1/")) else self.other_bytes


class Refused(Exception):
    """A request that the gate answers: `message` tells programs why, `shown` picks what readers of `/check` see."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        shown: Callable[[Words], str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status, self.message, self.shown, self.headers = status, message, shown, headers


class Gate:
    """ASGI middleware, outside everything else: refuses, reads bodies, and sets headers on every response.

    `keys` are those of programs; `told` hears of every response, by path and status. Behind a `proxy` that shows the
    server below a path, everything in here is told of paths without that one, and the application of paths with it.
    """

    def __init__(
        self,
        app: ASGIApp,
        hosts: Hosts,
        limits: Limits | None = None,
        fault_of: FaultOf = lambda path, body: "",
        *,
        keys: Sequence[str] = (),
        proxy: Proxy = Proxy(),  # noqa: B008 - frozen
        told: Callable[[str, int], None] = lambda path, status: None,
    ) -> None:
        self._app = app
        self._hosts = hosts
        self._keys = keys
        self._proxy = proxy
        self._headers = security_headers(proxy.ancestors)
        self._told = told
        self._fault_of = fault_of
        self.limits = limits or Limits()
        self._held = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, or say why not."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            below = self._below(scope)
            told = partial(self._told, below["path"])
            await self._http(below, receive, _with_headers(send, self._headers, told))
        else:
            await send({"type": "websocket.close", "code": 1008})

    def _below(self, scope: Scope) -> Scope:
        """The request as it would be without a root path, which a proxy may have left out or not."""
        root, path = self._proxy.root, scope["path"]
        inner = path.removeprefix(root) if path.startswith(f"{root}/") else path
        return {**scope, "path": inner, "root_path": root}

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        held = _Body(self.limits.bytes_of(scope["path"]))
        try:
            self._check_head(scope)
            if scope["path"] == self._proxy.root != "":
                await RedirectResponse(f"{self._proxy.root}/", 308)(scope, receive, send)
                return
            if not await self._read(held, scope, receive):
                return  # the client left
            if scope["method"] == "POST" and scope["path"].startswith("/gradio_api/"):
                self._check_json(scope["path"], held.data)
            known = {"path": scope["root_path"] + scope["path"], LOGIN: self._login(scope)}
            await self._app({**scope, **known}, held.replayed(receive), send)
        except Refused as refused:
            if refused.status != 408 and not held.whole:
                await self._drain(scope, receive)
            await _response(scope, refused)(scope, receive, send)
        finally:
            self._held -= held.counted

    def _check_head(self, scope: Scope) -> None:
        """Raises Refused where the head alone is reason enough."""
        headers = scope["headers"]
        count, size = len(headers), sum(len(name) + len(value) for name, value in headers)
        if count > self.limits.headers or size > self.limits.head_bytes:
            most = f"{self.limits.headers} headers of {self.limits.head_bytes} bytes"
            raise Refused(431, f"expected at most {most}, found {count} of {size}; send fewer")
        reached_at = str((scope.get("server") or ("",))[0])
        hosts = [value.decode("latin-1") for name, value in headers if name == b"host"]
        if len(hosts) != 1 or not self._hosts.allow(hosts[0], reached_at):
            raise _foreign("Host", hosts[0] if hosts else "")
        for origin in (value.decode("latin-1") for name, value in headers if name == b"origin"):
            if not self._hosts.allow_origin(origin, reached_at):
                raise _foreign("Origin", origin)
        if _DOORS.match(scope["path"]):
            if fault := fault_of_key(scope, self._keys):
                raise Refused(401, fault, headers={"www-authenticate": "Bearer"})
        elif not self._is_known(scope):
            raise _unknown(self._proxy.user_header)
        if not scope["path"].startswith("/") or not is_allowed(scope["path"]):
            raise Refused(404, "not found")
        if scope["method"] not in _METHODS:
            allowed = ", ".join(_METHODS)
            raise Refused(405, f"expected {allowed}, found {scope['method'][:20]!a}", headers={"allow": allowed})

    def _is_known(self, scope: Scope) -> bool:
        """Whether the proxy has named who asks, where it should; whether the server is well, anyone may know."""
        return not self._proxy.user_header or scope["path"] == "/healthz" or bool(self._login(scope))

    def _login(self, scope: Scope) -> str:
        """Who has logged in, as the proxy says; empty where it says nothing, or is not asked."""
        header = self._proxy.user_header
        return Headers(scope=scope).get(header, "").strip() if header else ""

    async def _read(self, held: _Body, scope: Scope, receive: Receive) -> bool:
        """Read the body; False where the client left meanwhile. Raises Refused past a limit."""
        declared = Headers(scope=scope).get("content-length", "0")
        if not declared.isdecimal() or int(declared) > held.limit:
            raise _too_large(held.limit)
        clock = asyncio.get_running_loop()
        end = clock.time() + self.limits.body
        more = True
        while more:
            try:
                async with asyncio.timeout(min(self.limits.idle, end - clock.time())):
                    message = await receive()
            except TimeoutError:
                slow = "expected the whole body in time, found a part of it; send it again"
                raise Refused(408, slow, shown=lambda texts: texts.upload_slow) from None
            if message["type"] == "http.disconnect":
                return False
            more, piece = bool(message.get("more_body")), message.get("body", b"")
            self._held += len(piece)
            held.take(piece)
            if self._held > self.limits.held_bytes:
                full = "the server is taking in as much as it can; try again in a moment"
                raise Refused(503, full, shown=lambda texts: texts.busy, headers={"retry-after": "10"})
        held.whole = True
        return True

    def _check_json(self, path: str, body: bytes) -> None:
        """Raises Refused where Gradio would be sent what it can't read."""
        found = json_object(body)
        if found is None:
            raise Refused(400, "expected a JSON object in UTF-8, found none that can be read")
        if fault := self._fault_of(path, found):
            raise Refused(400, fault)

    async def _drain(self, scope: Scope, receive: Receive) -> None:
        """Drop the rest of a body for a while: a client that is still sending doesn't read the answer."""
        if b"expect" in dict(scope["headers"]):
            return  # it waits to be told whether to send at all
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self.limits.linger):
                while (message := await receive())["type"] == "http.request" and message.get("more_body"):
                    pass


class _Body:
    """A body as it comes in."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.counted = 0
        self.whole = False
        self._pieces: list[bytes] = []

    def take(self, piece: bytes) -> None:
        """Keep a piece; raises Refused past the limit."""
        self.counted += len(piece)
        if self.counted > self.limit:
            raise _too_large(self.limit)
        self._pieces.append(piece)

    @property
    def data(self) -> bytes:
        """All of it."""
        if len(self._pieces) > 1:
            self._pieces = [b"".join(self._pieces)]
        return self._pieces[0] if self._pieces else b""

    def replayed(self, receive: Receive) -> Receive:
        """What the application receives: the body in one piece, then whatever comes next."""
        sent = False

        async def receive_again() -> Message:
            nonlocal sent
            if sent:
                return await receive()
            sent = True
            body, self._pieces = self.data, []
            return {"type": "http.request", "body": body, "more_body": False}

        return receive_again


def is_allowed(path: str) -> bool:
    """Whether a path may reach the application."""
    return _GRADIO_REFUSED.match(path) is None or _GRADIO_ALLOWED.fullmatch(path) is not None


def _foreign(name: str, found: str) -> Refused:
    return Refused(
        403,
        f"expected a {name} that this server answers to, found {found[:100]!a}; "
        "add it to POLICY_QA_ALLOWED_HOSTS（未允许以此主机名访问，请在 POLICY_QA_ALLOWED_HOSTS 中加入）",
    )


def _unknown(header: str) -> Refused:
    return Refused(
        403,
        f"expected a request of someone who has logged in, found none named in {header}; "
        "open the page through the proxy that asks for the login（请从需要登录的统一入口打开本页）",
    )


def _too_large(limit: int) -> Refused:
    message = f"expected a body of at most {limit} bytes, found a larger one; send less"
    return Refused(413, message, shown=lambda texts: texts.too_large)


def _response(scope: Scope, refused: Refused) -> Response:
    """The answer in the form that its reader expects."""
    if refused.status in (403, 404):
        return PlainTextResponse(f"{refused.message}\n", refused.status, refused.headers)
    if refused.shown and scope["path"] == "/check":
        return check_routes.refused_page(Request(scope), check_routes.Refused(refused.status, refused.shown), "zh")
    if refused.shown and scope["path"] in (POLICIES, "/runs"):
        return _upload_page(Request(scope), refused, refused.shown)
    return JSONResponse({"error": refused.message}, refused.status, refused.headers)


def _upload_page(request: Request, refused: Refused, shown: Callable[[Words], str]) -> Response:
    """The page with the reason why a policy or a question set is not taken."""
    texts = texts_of(request, "zh")
    title, too_large = (
        (texts.runs.title, texts.runs.too_large)
        if request.scope["path"] == "/runs"
        else (texts.library.failed, texts.library.too_large)
    )
    said = too_large if refused.status == 413 else shown(texts.check)
    return page_response(request, "failed.html", texts, title, refused.status, said=said)


def _with_headers(send: Send, set_on_all: Mapping[str, str], told: Callable[[int], None]) -> Send:
    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            told(message["status"])
            headers = MutableHeaders(scope=message)
            # Nothing here is for pages of other origins, whatever Gradio's own middleware grants them.
            for name in {n for n in headers if n.lower().startswith("access-control-")}:
                del headers[name]
            for name, value in set_on_all.items():
                headers[name] = value
        await send(message)

    return send_with_headers
