"""Processes that may be ended: a task that is done, and those that crash, run away, eat memory or say too much."""

from __future__ import annotations

import ctypes
import gc
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from policy_qa.processes import OutOfTime, PastLimit, TaskLimits, Worker, WorkerLost, give_back

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="the limit is the system's")
LIMITS = TaskLimits(cpu=1, memory=200_000_000, wall=60, load=60, reply=100_000)


class Odd:
    """Tasks by name, as the process does them."""

    def __init__(self, greeting: str) -> None:
        self._greeting, self._prepared = greeting, 0

    def prepare(self) -> None:
        self._prepared += 1

    def do(self, about: dict[str, Any], body: bytes) -> tuple[dict[str, Any], bytes]:
        if about["what"] == "leave":
            os._exit(3)
        if about["what"] == "fall":
            os.kill(os.getpid(), signal.SIGTERM)
        if about["what"] == "sleep":
            time.sleep(60)
        while about["what"] == "spin":
            pass
        held = [bytearray(50_000_000) for _ in range(100)] if about["what"] == "eat" else []
        print("{} this is no reply", held)
        return {"said": f"{self._greeting} {self._prepared}"}, b"x" * 200_000 if about["what"] == "talk" else body


@pytest.fixture
def worker() -> Iterator[Worker]:
    one = Worker("test_processes:Odd", "hello", limits=LIMITS)
    yield one
    one.end()


def test_a_task_is_done_and_the_next_too(worker: Worker) -> None:
    assert worker.ask({"what": ""}, b"\n{}\n") == ({"said": "hello 2"}, b"\n{}\n")
    assert worker.ask({"what": ""}) == ({"said": "hello 3"}, b"")
    assert worker.alive


@pytest.mark.parametrize(
    ("what", "raised"),
    [
        ("leave", WorkerLost),
        ("fall", WorkerLost),
        ("talk", PastLimit),
        pytest.param("spin", PastLimit, marks=LINUX),
        pytest.param("eat", PastLimit, marks=LINUX),
    ],
)
def test_what_goes_wrong_is_told(worker: Worker, what: str, raised: type[Exception]) -> None:
    with pytest.raises(raised):
        worker.ask({"what": what})
    with pytest.raises((PastLimit, WorkerLost)):
        worker.ask({"what": ""})


def test_the_clock_is_kept_here() -> None:
    worker = Worker("test_processes:Odd", "hello", limits=TaskLimits(wall=0.2))
    with pytest.raises(OutOfTime):
        worker.ask({"what": "sleep"})
    worker.end()
    assert not worker.alive


def test_whoever_waits_is_told_that_it_was_ended(worker: Worker) -> None:
    threading.Timer(0.5, worker.end).start()
    with pytest.raises((PastLimit, WorkerLost)):
        worker.ask({"what": "sleep"})


@pytest.mark.filterwarnings("error::pytest.PytestUnraisableExceptionWarning")
def test_one_that_ended_by_itself_and_is_forgotten_leaves_nothing_open() -> None:
    worker = Worker("test_processes:Odd", "hello", limits=LIMITS)
    with pytest.raises(WorkerLost):
        worker.ask({"what": "leave"})
    worker._thread.join(60)
    del worker
    gc.collect()


@pytest.mark.skipif(sys.platform != "linux" or not hasattr(ctypes.CDLL(None), "malloc_trim"), reason="glibc alone")
def test_what_is_free_goes_back_to_the_system() -> None:
    """Small things among which a few live on keep their whole neighbourhood, until it is given back."""

    def resident() -> int:
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    many = [bytes(2_000 + i % 7) for i in range(100_000)]
    last = bytes(3_000)  # above all of them, so that the heap's end does not fall
    del many
    before = resident()
    give_back()
    assert last
    assert before - resident() > 50_000_000
