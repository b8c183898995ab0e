"""The pipeline that the page asks, opened anew when the index under it was rebuilt."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Collection, Hashable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from policy_qa.datamodels import Answer
from policy_qa.errors import IndexMissing, IndexUnusable, ModelError, PolicyQAError, UsageError
from policy_qa.page.conversation import Failure
from policy_qa.page.library import Comparisons, Library
from policy_qa.page.metrics import Metrics
from policy_qa.processes import give_back
from policy_qa.statements import WRITING

if TYPE_CHECKING:
    from policy_qa.kept.marks import Marks
    from policy_qa.pipeline import Pipeline

log = logging.getLogger(__name__)
T = TypeVar("T")

#: Questions that are answered at the same time, whoever asks; where a language model writes, which is waited for most
#: of the time; and how many may wait at each door: one more is told to come back.
CONCURRENT, WRITTEN, WAITING = 2, 8, 100


@dataclass(frozen=True, kw_only=True, slots=True)
class Health:
    """What `/healthz` tells. `reason` is empty where the index can be searched."""

    documents: int = 0
    provisions: int = 0
    reason: str = ""


_OPENING = Health(reason="the index is being opened; ask again in a moment")
_INTERNAL = "internal error; the log has the details"


class LivePipeline:
    """Opens a pipeline when it is first needed, and again whenever the stamp of the index changes.

    `open_source` opens the pipeline and may raise PolicyQAError. `stamp` is cheap and changes with
    every build. A failed opening is not remembered: the next question tries again. `writes` tells that a
    language model may take its time over an answer, which a reader can stop; `suggests`, that readers will want
    questions to begin with.
    """

    def __init__(
        self,
        open_source: Callable[[], Pipeline],
        stamp: Callable[[], Hashable],
        *,
        writes: bool = False,
        suggests: bool = True,
    ) -> None:
        self.writes = writes
        self._suggests = suggests
        #: What people have said of provisions, shown wherever these are named; whoever serves the page puts it here.
        self.marks: Marks | None = None
        self.concurrent = WRITTEN if writes else CONCURRENT
        self.metrics = Metrics()
        self._slots = threading.BoundedSemaphore(self.concurrent)
        self._open = open_source
        self._stamp = stamp
        self._stops: dict[str, threading.Event] = {}
        self._lock = threading.Lock()
        self._library: Library | None = None
        self._opened_at: Hashable = None
        #: What the last opening came to, and the stamp that it was of.
        self._known: tuple[Hashable, Health] = (None, _OPENING)
        self._comparisons = Comparisons()

    @property
    def stamp(self) -> str:
        """The index that was opened last, as a name."""
        return str(self._opened_at)

    def library(self) -> Library:
        """The documents of the index as it is now. Raises PolicyQAError where it is unusable."""
        with self._lock:
            # Read before opening: a build that ends meanwhile then shows as a change at the next question.
            stamp = self._stamp()
            if self._library is None or stamp != self._opened_at:
                self._library = None
                self._known = (stamp, _OPENING)
                try:
                    library = Library(self._open(), self._comparisons, self.marks)
                    found = Health(documents=len(library.documents), provisions=library.provision_count)
                except BaseException as error:
                    known = str(error) if isinstance(error, PolicyQAError) else _INTERNAL
                    self._known = (stamp, Health(reason=known))
                    raise
                self._library, self._opened_at, self._known = library, stamp, (stamp, found)
                give_back()  # what the library before this one held
                # Finding the questions to begin with takes about as long as answering them.
                if self._suggests:
                    threading.Thread(target=lambda: library.examples, daemon=True).start()
            return self._library

    def library_or_none(self) -> Library | None:
        """As :meth:`library`, or None where the index is unusable."""
        try:
            return self.library()
        except PolicyQAError as error:
            log.warning("no index to show: %s", error)
            return None

    def answers(
        self,
        question: str,
        turns: Sequence[tuple[str, str]],
        doc_ids: Sequence[str],
        lang: str | None,
        stopped: threading.Event | None = None,
        let_go: Collection[str] = (),
    ) -> Iterator[Answer | Failure]:
        """As :meth:`stream`, with why there is no answer as the last; a document that is gone limits nothing.

        A bug is logged with its traceback and reported without it.
        """
        try:
            known = [doc_id for doc_id in doc_ids if doc_id in self.library().documents]
            yield from self.stream(question, turns, known, lang, stopped, let_go)
        except UsageError as error:
            yield Failure(kind="usage", detail=str(error))
        except PolicyQAError as error:
            log.warning("a question got no answer: %s", error)
            yield Failure(kind=_kind(error), detail=str(error))
        except Exception:  # a bug costs one reader one answer, not the page; the log keeps its traceback
            log.exception("a question failed")
            yield Failure(kind="internal")

    def stream(
        self,
        question: str,
        turns: Sequence[tuple[str, str]],
        doc_ids: Sequence[str],
        lang: str | None,
        stopped: threading.Event | None = None,
        let_go: Collection[str] = (),
    ) -> Iterator[Answer]:
        """The answer as it grows, last the whole one. Raises PolicyQAError where there is none.

        `turns` are earlier questions and what was answered, oldest first, from which no document of `let_go` is taken
        over; setting `stopped` ends a model's answer. All callers together keep to `concurrent` at a time.
        """
        from policy_qa.llama import PolicyChatEngine

        began, outcome = time.perf_counter(), "left"
        try:
            source = self.library().source
            engine = PolicyChatEngine.continuing(turns, source, doc_ids=doc_ids, lang=lang, let_go=sorted(let_go))
            answers = engine.answers(question, stopped)
            while True:
                # Held while it is worked, not while the answer so far is being taken.
                with self._slots:
                    answer = next(answers, None)
                if answer is None:
                    return
                if answer.mode != WRITING:
                    outcome = "refused" if answer.refused else "answered"
                yield answer
        except Exception:  # only counted here; who asked is told, or the log
            outcome = "failed"
            raise
        finally:
            self.metrics.answered(outcome, time.perf_counter() - began)

    def working(self, work: Callable[[Pipeline], T]) -> T:
        """What is made of the pipeline as it is now, in turn with the questions. Raises PolicyQAError."""
        source = self.library().source
        with self.turn():
            return work(source)

    def turn(self) -> AbstractContextManager[object]:
        """A place among the few for whom work is done at the same time; entering waits for one."""
        return self._slots

    @contextmanager
    def stoppable(self, reader: str) -> Iterator[threading.Event]:
        """What ends the answer of this reader while it is being given: :meth:`stop`, or leaving this context."""
        stopped = threading.Event()
        self._stops[reader] = stopped
        try:
            yield stopped
        finally:
            stopped.set()
            if self._stops.get(reader) is stopped:
                del self._stops[reader]

    def stop(self, reader: str) -> None:
        """End the answer that this reader is being given, if there is one."""
        if stopped := self._stops.get(reader):
            stopped.set()

    def health(self) -> Health:
        """Whether questions can be answered, as far as is known; what isn't is found out meanwhile. Never waits."""
        try:
            stamp = self._stamp()
        except PolicyQAError as error:
            return Health(reason=str(error))
        known_at, known = self._known
        if (known.reason or stamp != known_at) and not self._lock.locked():
            threading.Thread(target=self._find_out, daemon=True).start()
        return known

    def _find_out(self) -> None:
        try:
            self.library_or_none()
        except Exception:  # a bug in opening; the health check tells of it
            log.exception("the index could not be opened")


def _kind(error: PolicyQAError) -> str:
    if isinstance(error, IndexMissing):
        return "missing"
    if isinstance(error, IndexUnusable):
        return "unusable"
    if isinstance(error, ModelError):
        return "model"
    return "other"
