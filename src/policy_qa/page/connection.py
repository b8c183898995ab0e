"""One connection to the web server: what uvicorn leaves unbounded. Imported only where a server is started."""

from __future__ import annotations

import asyncio
import json
from http import HTTPStatus
from typing import ClassVar

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from policy_qa.page.gate import SECURITY_HEADERS, Limits


class Connection(H11Protocol):
    """uvicorn's connection, ended when its client keeps it waiting: for a head, for the rest of a refused body,
    for taking what is sent. Where there are too many, the one that has waited longest for a request makes room.
    """

    limits: ClassVar[Limits] = Limits()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Called once, by the event loop."""
        self._phase = ""
        self._since = self.loop.time()
        self._timer: asyncio.TimerHandle | None = None
        self._taking: asyncio.TimerHandle | None = None
        super().connection_made(transport)
        if len(self.connections) > self.limits.connections and not self._make_room():
            self._answer(HTTPStatus.SERVICE_UNAVAILABLE, "too many connections; try again in a moment")
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """Called once, by the event loop."""
        for timer in (self._timer, self._taking):
            if timer:
                timer.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Called by the event loop for each piece, which is bounded."""
        if not self.transport.is_closing():
            super().data_received(data)
            self._watch()

    def on_response_complete(self) -> None:
        """Called when the last byte of a response was handed to the transport."""
        super().on_response_complete()
        self._watch()

    def pause_writing(self) -> None:
        """Called when the client takes less than it is sent."""
        super().pause_writing()
        self._taking = self.loop.call_later(self.limits.write, self.transport.abort)

    def resume_writing(self) -> None:
        """Called when the client has taken enough."""
        if self._taking:
            self._taking.cancel()
        super().resume_writing()

    def send_400_response(self, msg: str) -> None:
        """Called for what is no HTTP."""
        if len(self.conn.trailing_data[0]) > self.limits.head_bytes:
            self._answer(
                HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
                f"expected headers of at most {self.limits.head_bytes} bytes, found more; send fewer",
            )
        else:
            self._answer(HTTPStatus.BAD_REQUEST, "expected an HTTP request, found something else")

    @property
    def _answered(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def _watch(self) -> None:
        """Start the clock of what is waited for now, or stop it."""
        waits_for = ""
        if self._answered and not self.transport.is_closing():
            waits_for = {h11.IDLE: "head", h11.SEND_BODY: "linger"}.get(self.conn.their_state, "")
        if waits_for == self._phase:
            return
        self._phase, self._since = waits_for, self.loop.time()
        if self._timer:
            self._timer.cancel()
        seconds = self.limits.head if waits_for == "head" else self.limits.linger
        self._timer = self.loop.call_later(seconds, self._expire) if waits_for else None

    def _expire(self) -> None:
        if self._phase == "head" and self.conn.trailing_data[0]:
            self._answer(HTTPStatus.REQUEST_TIMEOUT, "expected a whole request in time, found a part of one")
        else:
            self.transport.abort()

    def _make_room(self) -> bool:
        """End the connection that has been without a request the longest; False where all have one."""
        others = (c for c in self.connections if isinstance(c, Connection) and c is not self)
        waiting = [c for c in others if c._phase == "head" and not c.transport.is_closing()]
        if waiting:
            min(waiting, key=lambda c: c._since).transport.abort()
        return bool(waiting)

    def _answer(self, status: HTTPStatus, message: str) -> None:
        """Answer without the application, and close; only close where an answer has begun."""
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            body = json.dumps({"error": message}).encode()
            headers = {**SECURITY_HEADERS, "content-type": "application/json", "connection": "close"}
            headers["content-length"] = str(len(body))
            events: tuple[h11.Event, ...] = (
                h11.Response(status_code=status, headers=list(headers.items()), reason=status.phrase),
                h11.Data(data=body),
                h11.EndOfMessage(),
            )
            self.transport.writelines([self.conn.send(event) or b"" for event in events])
        self.transport.close()


def connection_class(limits: Limits) -> type[Connection]:
    """The class of a server's connections under these limits."""
    return type("LimitedConnection", (Connection,), {"limits": limits})
