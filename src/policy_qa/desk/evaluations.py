"""Question sets that are run behind the page: one at a time, in turn with the readers' questions, each row kept."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from policy_qa.errors import UsageError
from policy_qa.evaluation.answers import rows_of
from policy_qa.evaluation.questions import LabelledQuestion, Record, Says, questions_of, read_set, records
from policy_qa.evaluation.rows import Row
from policy_qa.evaluation.run import finder, run_set
from policy_qa.kept.corrections import Corrections
from policy_qa.kept.runs import Run, Runs, State
from policy_qa.page.live import LivePipeline
from policy_qa.page.routes import Upload
from policy_qa.processes import TaskLimits, Worker

if TYPE_CHECKING:
    from policy_qa.pipeline import Pipeline

log = logging.getLogger(__name__)

#: Questions of a set that may be run at the page.
MOST = 2000
#: What the set of all corrected questions is chosen by; the name of a file has a suffix.
CORRECTED = "corrected"
_LIMITS = TaskLimits(cpu=30.0, wall=60.0)
_SUFFIXES = (".jsonl", ".csv", ".tsv", ".xlsx")


class TooMany(Exception):
    """A set with more questions than may be run at the page; holds their number."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Order:
    """What is to be run: `chosen`, a set beside the corpus or `CORRECTED`, or one that was `sent`; or the `answers` of
    a `system`. `title` is what a chosen set is called where that isn't its name; faults are told in `lang`."""

    visitor: str
    chosen: str = ""
    title: str = ""
    sent: Upload | None = None
    split: str = ""
    system: str = ""
    answers: Upload | None = None
    lang: str = "zh"


class _Stopped(Exception):
    """Somebody has stopped the run."""


class Evaluations:
    """Begins, watches and stops runs. `evaluating` is held while one is under way, here or at another door."""

    def __init__(
        self, live: LivePipeline, runs: Runs, folder: Path, corrections: Corrections, evaluating: threading.Lock
    ) -> None:
        self._live, self._runs, self._folder, self._evaluating = live, runs, folder, evaluating
        self._corrections = corrections
        self._current, self._stopped = "", threading.Event()

    def sets(self) -> list[str]:
        """The question sets that lie beside the corpus, in `eval`."""
        paths = sorted(p for p in self._folder.glob("*.*") if p.suffix in _SUFFIXES and p.is_file())
        return [path.name for path in paths if _is_set(path)]

    def known(self, run: Run) -> Run:
        """A run with what became of it; one that a server left under way when it ended broke off."""
        lost = run.state is State.RUNNING and run.id != self._current
        return replace(run, state=State.FAILED) if lost else run

    def begin(self, order: Order) -> str | None:
        """The id of the run that has begun, or of answers that are scored; None while another is under way.

        Raises UsageError with the faults of what was chosen or sent, TooMany, and what a worker process raises.
        """
        if not self._evaluating.acquire(blocking=False):
            return None
        begun = False
        try:
            pipeline = self._live.library().source
            with self._live.turn():
                questions = self._questions(order, pipeline)
                answers = order.answers
                rows = rows_of(pipeline, questions, answers.name, answers.data, order.lang) if answers else None
            id_ = self._runs.begin(
                visitor=order.visitor,
                shared=order.sent is None and answers is None,
                name=order.sent.name if order.sent else order.title or order.chosen,
                system=(order.system or Path(answers.name).stem) if answers else "",
                documents=len(pipeline.documents),
                total=len(questions),
            )
            if rows is not None:
                self._runs.add(id_, rows)
                self._runs.end(id_, State.DONE)
                return id_
            self._current, self._stopped = id_, threading.Event()
            threading.Thread(target=self._run, args=(id_, pipeline, questions, self._stopped), daemon=True).start()
            begun = True
            return id_
        finally:
            if not begun:
                self._evaluating.release()

    def stop(self, id_: str) -> None:
        """End a run that is under way, after the question that is being asked."""
        if id_ == self._current:
            self._stopped.set()

    def close(self) -> None:
        """End whatever is under way, since the server ends."""
        self._stopped.set()

    def _questions(self, order: Order, pipeline: Pipeline) -> list[LabelledQuestion]:
        if order.sent:
            name, read = order.sent.name, _read_apart(order.sent, order.lang)
        elif order.chosen == CORRECTED:
            name = order.title or order.chosen
            read = records(name, self._corrections.lines().encode("utf-8", "replace"), order.lang)
        elif order.chosen in self.sets():
            name, path = order.chosen, self._folder / order.chosen
            read = records(name, read_set(path, order.lang), order.lang)
        else:
            raise UsageError(Says(order.lang)("no_set", name=repr(order.chosen[:60])))
        if len(read) > MOST:
            raise TooMany(len(read))
        return questions_of(name, read, order.split, finder(pipeline, order.lang), order.lang)

    def _run(
        self, id_: str, pipeline: Pipeline, questions: Sequence[LabelledQuestion], stopped: threading.Event
    ) -> None:
        def keep(rows: Sequence[Row]) -> None:
            self._runs.add(id_, rows[-1:], first=len(rows) - 1)
            if stopped.is_set():
                raise _Stopped

        state = State.FAILED
        try:
            run_set(pipeline, questions, keep, turn=self._live.turn)
            state = State.DONE
        except _Stopped:
            state = State.STOPPED
        except Exception:  # nobody waits for this thread; the page says that the run broke off
            log.exception("run %s", id_)
        finally:
            try:
                self._runs.end(id_, state)
            finally:
                # Only now: one that is marked as running and isn't current counts as broken off.
                self._current = ""
                self._evaluating.release()


def _read_apart(sent: Upload, lang: str) -> list[Record]:
    """The records of a stranger's file, read in a process that may break."""
    worker = Worker("policy_qa.evaluation.questions:Sets", limits=_LIMITS, nice=5)
    try:
        about, body = worker.ask({"name": sent.name, "lang": lang}, sent.data)
    finally:
        worker.end()
    if about.get("fault"):
        raise UsageError(str(about["fault"]))
    found: list[dict[str, Any]] = json.loads(body)
    return [Record(**{**each, "faults": tuple(each["faults"])}) for each in found]


def _is_set(path: Path) -> bool:
    """Whether a file of JSON lines begins with a question; tables are taken for sets."""
    if path.suffix != ".jsonl":
        return True
    with path.open("rb") as file:
        first = records(path.name, file.readline(100_000))
    return bool(first) and not first[0].faults and {"id", "question"} <= set(first[0].fields)
