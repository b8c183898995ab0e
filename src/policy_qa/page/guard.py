"""What the web server lets through: the page's own routes, and nothing that leaves this host.

Gradio serves more than this page uses (uploads, a file route, a proxy, run records). A route that
is not listed is not found, so none of them has to be trusted.
"""

from __future__ import annotations

import re

from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

#: Everything below `/gradio_api/` that the page asks for.
_GRADIO_ALLOWED = re.compile(
    r"/gradio_api/(?:queue/(?:join|data)|run/[\w-]+|heartbeat/\w+|startup-events|app_id|cancel|reset|info|theme\.css)/?"
)
_GRADIO_REFUSED = re.compile(r"/(?:gradio_api|monitoring|svelte|pwa_icon|login|logout|config)(?:/|$)")

# Gradio's front end needs inline scripts and styles, and gr.HTML evaluates its template.
_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'self'",
    )
)
_HEADERS = {
    "content-security-policy": _POLICY,
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}


class Guard:
    """ASGI middleware: 404 for Gradio's other routes, and headers that keep the browser on this host."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, or answer 404."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers[name] = value
            await send(message)

        if is_allowed(scope["path"]):
            await self._app(scope, receive, send_with_headers)
        else:
            await PlainTextResponse("not found", status_code=404)(scope, receive, send_with_headers)


def is_allowed(path: str) -> bool:
    """Whether a path may reach the application."""
    return _GRADIO_REFUSED.match(path) is None or _GRADIO_ALLOWED.fullmatch(path) is not None
