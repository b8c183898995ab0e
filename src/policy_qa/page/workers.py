"""The processes that check drafts: few, limited, ended when nobody waits for them any more."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from policy_qa.page.drafts import Reply, Sent

log = logging.getLogger(__name__)
# Exit statuses of a worker that its system ended for what it took; Windows has no such signals, and no limits.
_BY_LIMIT = tuple(-getattr(signal, name) for name in ("SIGKILL", "SIGXCPU") if hasattr(signal, name))


@dataclass(frozen=True, kw_only=True, slots=True)
class WorkLimits:
    """How many drafts are worked on at once and may wait, and what one may take; times in seconds, sizes in bytes.

    `cpu` and `memory` are kept by the worker's system where it can, `wall` by this process everywhere. `load` is for
    starting a worker and reading the index, `queue` for waiting for one.
    """

    workers: int = 2
    waiting: int = 10
    cpu: int = 60
    memory: int = 768_000_000
    wall: float = 150.0
    load: float = 120.0
    queue: float = 60.0
    reply: int = 100_000_000


class Busy(Exception):
    """As many drafts are waiting as may, or this one has waited too long."""


class PastLimit(Exception):
    """A draft took more time or memory than it may; its worker has ended."""


class WorkerLost(Exception):
    """A worker ended without a reply."""


class Workers:
    """A pool of worker processes, started when there is work, and ended with the event loop that uses it."""

    def __init__(self, index_dir: Path, limits: WorkLimits | None = None) -> None:
        self._index_dir = index_dir
        self._limits = limits or WorkLimits()
        self._slots = asyncio.Semaphore(self._limits.workers)
        self._taken = 0
        self._idle: list[_Worker] = []
        self._alive: set[_Worker] = set()
        self._guard: asyncio.Task[None] | None = None
        self._starting: asyncio.Task[None] | None = None

    async def reply(self, sent: Sent) -> Reply:
        """The reply to a draft. Cancelling this ends the work.

        Raises Busy at once where too many wait, PastLimit, or WorkerLost.
        """
        if self._taken >= self._limits.workers + self._limits.waiting:
            raise Busy
        self._taken += 1
        try:
            async with self._slot():
                worker = self._idle.pop() if self._idle else await self._started()
                try:
                    reply = await worker.exchange(sent, self._limits)
                except BaseException:
                    worker.end()
                    raise
                self._idle.append(worker)
                return reply
        finally:
            self._taken -= 1

    def prepare(self) -> None:
        """Start a worker where there is none, for the draft that is about to come."""
        if not self._alive and not (self._starting and not self._starting.done()):
            self._starting = asyncio.create_task(self._start_idle())

    async def close(self) -> None:
        """End all workers, and wait until they have ended."""
        alive = list(self._alive)
        for worker in alive:
            worker.end()
        await asyncio.gather(*(worker.exited for worker in alive))

    @contextlib.asynccontextmanager
    async def _slot(self) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(self._limits.queue):
                await self._slots.acquire()
        except TimeoutError:
            raise Busy from None
        try:
            yield
        finally:
            self._slots.release()

    async def _start_idle(self) -> None:
        async with self._slots:
            self._idle.append(await self._started())

    async def _started(self) -> _Worker:
        if self._guard is None:
            self._guard = asyncio.create_task(self._end_with_loop())
        limits = (f"--cpu={self._limits.cpu}", f"--memory={self._limits.memory}")
        place = (f"--index={self._index_dir}", f"--parent={os.getpid()}")
        # -P: what lies in the working folder is no module of ours.
        command = (sys.executable, "-P", "-m", "policy_qa.page.worker", *place, *limits)
        _, worker = await asyncio.get_running_loop().subprocess_exec(lambda: _Worker(self._gone), *command, stderr=None)
        self._alive.add(worker)
        return worker

    def _gone(self, worker: _Worker) -> None:
        self._alive.discard(worker)
        if worker in self._idle:
            self._idle.remove(worker)

    async def _end_with_loop(self) -> None:
        """Waits for nothing; when the loop ends, it cancels this."""
        try:
            await asyncio.Event().wait()
        finally:
            await self.close()


class _Worker(asyncio.SubprocessProtocol):
    """One worker process, from this side."""

    def __init__(self, gone: Callable[[_Worker], None]) -> None:
        loop = asyncio.get_running_loop()
        self.exited: asyncio.Future[int | None] = loop.create_future()
        self._gone = gone
        self._replies = asyncio.StreamReader(loop=loop)
        self._ended = self._lost = False
        self._received = self._most = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called once, by the event loop."""
        assert isinstance(transport, asyncio.SubprocessTransport)  # noqa: S101 - what a subprocess has
        self._transport = transport

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        """Called by the event loop for each piece of a reply."""
        self._received += len(data)
        if self._received > self._most:
            self.end()
        elif not self._ended:
            self._replies.feed_data(data)

    def pipe_connection_lost(self, fd: int, exc: Exception | None) -> None:
        """Called by the event loop when the worker closes a pipe."""
        if fd == 1:
            self._replies.feed_eof()
            self._lost = True
            self._close()

    def process_exited(self) -> None:
        """Called once, by the event loop."""
        self._gone(self)
        if not self.exited.done():
            self.exited.set_result(self._transport.get_returncode())
        self._close()

    def _close(self) -> None:
        """Once it has ended and all that it said was read."""
        if self._lost and self.exited.done():
            self._transport.close()

    def end(self) -> None:
        """Kill the process; it has nothing that is worth keeping."""
        self._ended = True
        self._replies.feed_eof()
        self._transport.close()

    async def exchange(self, sent: Sent, limits: WorkLimits) -> Reply:
        """Send a draft and wait for what comes back. After anything raised here the worker is of no more use."""
        self._received, self._most = 0, limits.reply
        about = {"form": sent.form, "lang": sent.lang, "content_type": sent.content_type, "size": len(sent.body)}
        pipe = self._transport.get_pipe_transport(0)
        if not isinstance(pipe, asyncio.WriteTransport):
            raise WorkerLost  # it has just ended
        pipe.write(json.dumps(about).encode() + b"\n" + sent.body)
        try:
            async with asyncio.timeout(limits.load):
                await self._line()
            async with asyncio.timeout(limits.wall):
                head = await self._line()
                body = await self._replies.readexactly(int(head["size"]))
        except TimeoutError:
            raise PastLimit from None
        except asyncio.IncompleteReadError:
            async with asyncio.timeout(limits.load):
                code = await asyncio.shield(self.exited)
            if code in _BY_LIMIT or self._received > self._most:
                raise PastLimit from None
            log.error("a worker that checks drafts ended with %s", code)
            raise WorkerLost from None
        if not head["status"]:
            raise PastLimit
        return Reply(status=int(head["status"]), media=str(head["media"]), body=body)

    async def _line(self) -> dict[str, Any]:
        line = await self._replies.readline()
        if not line.endswith(b"\n"):
            raise asyncio.IncompleteReadError(line, None)
        found: dict[str, Any] = json.loads(line)
        return found
