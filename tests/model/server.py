"""A real HTTP server that speaks OpenAI's chat completions and says what a test tells it to."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

#: Handles as the prompt gives them.
HANDLE = re.compile(r"<条文 ([A-Z]\d[A-Z])>")


@dataclass(frozen=True)
class Asked:
    """One request, as it arrived."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]

    @property
    def user(self) -> str:
        """The last message: the provisions and the question."""
        return str(self.body["messages"][-1]["content"])

    @property
    def everything(self) -> str:
        """All that the model was told."""
        return "\n".join(str(m["content"]) for m in self.body["messages"])

    @property
    def handles(self) -> list[str]:
        """The handles under which provisions were given, in order."""
        return list(dict.fromkeys(HANDLE.findall(self.user)))


#: What the server does with a request: pieces of text to stream, or anything through the handler itself.
Script = Callable[[Asked, "Handler"], Sequence[str] | None]


@dataclass
class ScriptedServer:
    """The server's address, what it was asked, and the script that it follows from now on."""

    url: str = ""
    asked: list[Asked] = field(default_factory=list)
    script: Script = lambda asked, handler: ["好的。"]
    #: Set to let a stalling script go on; set when a client has closed its connection.
    go_on: threading.Event = field(default_factory=threading.Event)
    left: threading.Event = field(default_factory=threading.Event)

    def says(self, text: str, size: int = 3) -> None:
        """From now on, answer with this text, in pieces of `size` characters."""
        self.script = lambda asked, handler: pieces(text, size)


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    control: ScriptedServer

    def log_message(self, format: str, *args: Any) -> None:
        """Keep the tests' output clean."""

    def do_GET(self) -> None:
        self.whole(200, json.dumps({"object": "list", "data": [{"id": "scripted", "object": "model"}]}).encode())

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        asked = Asked(self.path, dict(self.headers), body)
        self.control.asked.append(asked)
        try:
            said = self.control.script(asked, self)
            if said is not None:
                self.begin()
                for piece in said:
                    self.delta(piece)
                self.done()
        except (BrokenPipeError, ConnectionResetError):
            self.control.left.set()
            self.close_connection = True

    def whole(self, status: int, content: bytes, kind: str = "application/json") -> None:
        """A plain response."""
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def begin(self) -> None:
        """The head of a stream, which ends with the connection."""
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("connection", "close")
        self.end_headers()
        self.close_connection = True

    def raw(self, line: str) -> None:
        """A line of the stream as it is."""
        self.wfile.write(f"{line}\n\n".encode())
        self.wfile.flush()

    def delta(self, content: str, finish: str | None = None, **more: Any) -> None:
        """A piece of text."""
        chunk = {
            "id": "c", "object": "chat.completion.chunk", "created": 0, "model": "scripted",
            "choices": [{"index": 0, "delta": {"content": content, **more}, "finish_reason": finish}],
        }  # fmt: skip
        self.raw("data: " + json.dumps(chunk, ensure_ascii=False))

    def done(self, reason: str = "stop") -> None:
        """The end of a whole answer."""
        self.delta("", reason)
        self.raw("data: [DONE]")

    def stall(self, seconds: float = 10.0) -> None:
        """Say nothing until the test goes on, or the client has left."""
        import select

        for _ in range(int(seconds / 0.02)):
            if self.control.go_on.wait(0.02):
                return
            if select.select([self.connection], [], [], 0)[0] and not self.connection.recv(1):
                self.control.left.set()
                return


def pieces(text: str, size: int = 3) -> list[str]:
    """A text in pieces, as a model's tokens come."""
    return [text[i : i + size] for i in range(0, len(text), size)]


@contextmanager
def scripted_server() -> Iterator[ScriptedServer]:
    """A server on a free port of 127.0.0.1, in threads of its own."""
    control = ScriptedServer()
    handler = type("BoundHandler", (Handler,), {"control": control})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    control.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield control
    finally:
        control.go_on.set()
        server.shutdown()
        server.server_close()
        thread.join(timeout=5)
