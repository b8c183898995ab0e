"""What programs may ask, whichever door they come by: in turn with the page's readers, and with the same limits."""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import json
import threading
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from policy_qa.datamodels import Answer
from policy_qa.doors.formats import found_records, known_record, shown_record, shown_records
from policy_qa.doors.schemas import EvalRequest, SearchRequest
from policy_qa.errors import UsageError
from policy_qa.facts.dates import as_of
from policy_qa.page.drafts import Sent, Task
from policy_qa.page.live import WAITING, LivePipeline
from policy_qa.page.workers import Busy, Workers

if TYPE_CHECKING:
    from policy_qa.evaluation.rows import Row
    from policy_qa.pipeline import Pipeline

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """A question with what it follows: earlier questions, oldest first, and what was answered to each."""

    question: str
    turns: Sequence[tuple[str, str]] = ()
    doc_ids: Sequence[str] = ()
    lang: str | None = None
    on: datetime.date | None = None


class Service:
    """Asks the pipeline in threads, a few at a time. Raises PolicyQAError, and Busy where too many wait."""

    def __init__(self, live: LivePipeline, workers: Workers) -> None:
        self._live, self._workers = live, workers
        self._places = asyncio.Semaphore(live.concurrent)
        self._taken = 0
        #: Held by the one question set that is run at a time, whichever door it came by.
        self.evaluating = threading.Lock()

    async def answers(self, asked: Asked) -> AsyncGenerator[Answer]:
        """The answer as it grows, last the whole one. Closing this ends a model's answer."""
        stopped = threading.Event()
        found = self._live.stream(asked.question, asked.turns, asked.doc_ids, asked.lang, stopped)
        try:
            while (answer := await self._in_turn(lambda: next(found, None), asked.on)) is not None:
                yield answer
        finally:
            stopped.set()

    async def answer(self, asked: Asked) -> Answer:
        """The whole answer."""
        async with contextlib.aclosing(self.answers(asked)) as growing:
            *_, answer = [answer async for answer in growing]
        return answer

    async def search(self, asked: SearchRequest) -> list[dict[str, Any]]:
        """Retrieval alone: the best provisions, best first, with their texts."""

        def found(pipeline: Pipeline) -> list[dict[str, Any]]:
            for doc_id in asked.doc_ids:
                pipeline.segmentation(doc_id)
            hits = pipeline.search(asked.question, asked.history, top=asked.top, doc_ids=asked.doc_ids)
            return found_records(pipeline, hits)

        return await self.made(found, asked.on)

    async def show(self, ref: str, on: datetime.date | None = None) -> dict[str, Any]:
        """A provision in its words of the day, or a document with all of them."""
        if "#" in ref:
            return await self.made(lambda pipeline: shown_record(pipeline, ref), on)
        return {"doc_id": ref, "provisions": await self.made(lambda pipeline: shown_records(pipeline, ref), on)}

    async def documents(self, institution: str, subject: str, on: datetime.date | None = None) -> list[dict[str, Any]]:
        """What is on file, with what is known of each text."""

        def known(pipeline: Pipeline) -> list[dict[str, Any]]:
            register = pipeline.register
            return [known_record(facts, register) for facts in register.find(institution, subject)]

        return await self.made(known, on)

    async def check(self, text: str, lang: str) -> dict[str, Any]:
        """A draft's findings. Raises UsageError for one that can't be checked, and what `Workers` raises."""
        body = json.dumps({"text": text, "lang": lang}).encode()
        reply = await self._workers.reply(Sent(task=Task.JSON, lang=lang, content_type="application/json", body=body))
        found: dict[str, Any] = json.loads(reply.body)
        if reply.status != 200:
            raise UsageError(found["error"])
        return found

    async def evaluate(self, asked: EvalRequest) -> AsyncGenerator[dict[str, Any]]:
        """`{"done": n, "total": m}` as questions are asked, last the figures; one set at a time, else Busy."""
        if not self.evaluating.acquire(blocking=False):
            raise Busy
        steps: asyncio.Queue[int | None] = asyncio.Queue()
        loop = asyncio.get_running_loop()

        def tell(done: int | None) -> None:
            loop.call_soon_threadsafe(steps.put_nowait, done)

        stopped = threading.Event()
        doing = asyncio.create_task(asyncio.to_thread(self._figures, asked, tell, stopped))
        try:
            while (done := await steps.get()) is not None:
                yield {"done": done, "total": len(asked.questions)}
            yield await doing
        finally:
            stopped.set()
            await asyncio.gather(doing, return_exceptions=True)
            self.evaluating.release()

    def _figures(
        self, asked: EvalRequest, tell: Callable[[int | None], object], stopped: threading.Event
    ) -> dict[str, Any]:
        from policy_qa.evaluation.questions import questions_of, records
        from policy_qa.evaluation.report import as_json
        from policy_qa.evaluation.run import finder, run_set

        def asked_one(rows: Sequence[Row]) -> None:
            if stopped.is_set():
                raise Busy  # nobody waits for it
            tell(len(rows))

        try:
            pipeline = self._live.library().source
            lines = "\n".join(json.dumps(question) for question in asked.questions).encode()
            try:
                questions = questions_of("questions", records("questions", lines), asked.split, finder(pipeline))
            except UsageError as error:
                raise UsageError(str(error).replace("\n", "; ")) from None
            rows = run_set(pipeline, questions, asked_one, turn=self._live.turn)
            return as_json(rows, with_wrong=asked.wrong)
        finally:
            tell(None)

    async def made(self, work: Callable[[Pipeline], T], on: datetime.date | None = None) -> T:
        """What is made of the pipeline as it is now, in turn with all who ask."""
        return await self._in_turn(lambda: self._live.working(work), on)

    async def _in_turn(self, work: Callable[[], T], on: datetime.date | None) -> T:
        """Some work in a thread; where that is not waited for any more, it goes on there and nobody hears of it."""
        from anyio.to_thread import run_sync

        def on_that_day() -> T:
            with as_of(on):
                return work()

        if self._taken >= self._live.concurrent + WAITING:
            raise Busy
        self._taken += 1
        try:
            async with self._places:
                return await run_sync(on_that_day, abandon_on_cancel=True)
        finally:
            self._taken -= 1
