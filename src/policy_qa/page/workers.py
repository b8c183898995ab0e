"""The processes that check drafts: few, limited, ended when nobody waits for them any more."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass
from pathlib import Path

from policy_qa.page.drafts import Reply, Sent
from policy_qa.processes import TaskLimits, Worker


@dataclass(frozen=True, kw_only=True, slots=True)
class WorkLimits(TaskLimits):
    """How many drafts are worked on at once and may wait, for how many seconds, and what one may take."""

    workers: int = 2
    waiting: int = 10
    queue: float = 60.0


class Busy(Exception):
    """As many drafts are waiting as may, or this one has waited too long."""


class Workers:
    """A pool of worker processes, started when there is work, until it is closed."""

    def __init__(self, index_dir: Path, limits: WorkLimits | None = None) -> None:
        self._index_dir = index_dir
        self._limits = limits or WorkLimits()
        self._slots = asyncio.Semaphore(self._limits.workers)
        self._taken = 0
        self._idle: list[Worker] = []
        self._working: set[Worker] = set()

    async def reply(self, sent: Sent) -> Reply:
        """The reply to a draft. Cancelling this ends the work.

        Raises Busy at once where too many wait, PastLimit, or WorkerLost.
        """
        if self._taken >= self._limits.workers + self._limits.waiting:
            raise Busy
        self._taken += 1
        try:
            async with self._slot():
                return await self._worked(sent)
        finally:
            self._taken -= 1

    async def _worked(self, sent: Sent) -> Reply:
        worker = self._free()
        self._working.add(worker)
        about = asdict(sent)
        try:
            said, body = await asyncio.to_thread(worker.ask, about, about.pop("body"))
        except BaseException:
            worker.end()
            raise
        finally:
            self._working.discard(worker)
        self._idle.append(worker)
        return Reply(status=int(said["status"]), media=str(said["media"]), body=body)

    def _free(self) -> Worker:
        while self._idle:
            if (worker := self._idle.pop()).alive:
                return worker
            worker.end()
        # Questions and health come first.
        return Worker("policy_qa.page.drafts:Drafts", str(self._index_dir), limits=self._limits, nice=5)

    def prepare(self) -> None:
        """Start a worker where there is none, for the draft that is about to come."""
        if not self._working:
            self._idle.append(self._free())

    def close(self) -> None:
        """End all workers, and wait until they have ended."""
        for worker in (*self._working, *self._idle):
            worker.end()

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
