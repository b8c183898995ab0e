"""A small reverse proxy, as a school's web server is one: a path of its own, a login, replies as they come."""

from __future__ import annotations

import contextlib
import http.client
import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

_OF_THE_LINE = {"connection", "keep-alive", "transfer-encoding", "host"}


@contextlib.contextmanager
def proxied(backend: str, root: str, *, strips: bool, sets: Mapping[str, str] | None = None) -> Iterator[str]:
    """The server at `backend` below `root`, which is passed on unless it `strips` it; `sets` are headers it adds."""
    host, port = str(urlsplit(backend).hostname), int(urlsplit(backend).port or 0)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _pass_on(self) -> None:
            if not (self.path == root or self.path.startswith((f"{root}/", f"{root}?"))):
                self.send_response(204 if self.path == "/favicon.ico" else 404)  # a school has an icon of its own
                self.send_header("content-length", "0")
                self.end_headers()
                return
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            path = (self.path.removeprefix(root) if strips and self.path != root else self.path) or "/"
            headers = {k: v for k, v in self.headers.items() if k.lower() not in _OF_THE_LINE}
            headers |= {"Host": self.headers["host"], "X-Forwarded-For": "10.0.0.1", **(sets or {})}
            line = http.client.HTTPConnection(host, port, timeout=60)
            with contextlib.closing(line), contextlib.suppress(OSError):  # either end may leave
                line.request(self.command, path, body or None, headers)
                reply = line.getresponse()
                self.send_response(reply.status)
                for name, value in reply.getheaders():
                    if name.lower() not in _OF_THE_LINE | {"date", "server"}:
                        self.send_header(name, value)
                self.send_header("connection", "close")
                self.end_headers()
                while piece := reply.read1(65536):
                    self.wfile.write(piece)
                    self.wfile.flush()
            self.close_connection = True

        do_GET = do_POST = do_HEAD = _pass_on  # noqa: N815 - http.server's names

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 100

        def handle_error(self, *_: object) -> None:
            pass  # a browser that leaves

    with Server(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}{root}/"
        finally:
            server.shutdown()
