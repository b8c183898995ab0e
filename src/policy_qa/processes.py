"""Work that may crash, run away or eat memory is done in a process of its own, which is ended without harm.

A task goes in as a line of JSON and as many bytes as that tells; out come, in the same form, a line when the task's own
work begins (what is read before is none of it), and the reply. Nothing that the process says is run. It ends with
its parent: when its input closes, or, where the system can see to it, at once.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import importlib
import json
import logging
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any, Protocol

_log = logging.getLogger(__name__)
#: The process imports from where its parent does, whose current folder is no place of modules.
_START = (
    "import sys; sys.path[:] = sys.argv[3:]; from policy_qa.processes import serve; serve(sys.argv[1], sys.argv[2])"
)
#: Exit statuses of one that its system ended for what it took; Windows has no such signals, and no limits.
_BY_LIMIT = tuple(-getattr(signal, name) for name in ("SIGKILL", "SIGXCPU") if hasattr(signal, name))
#: prctl's number for "send me this signal when my parent ends" (Linux, linux/prctl.h).
_PR_SET_PDEATHSIG = 1
_STATM = Path("/proc/self/statm")

Said = tuple[dict[str, Any], bytes]


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskLimits:
    """What one task may take; times in seconds, sizes in bytes.

    `cpu` and `memory` are kept by the process's system where it can, `wall` by its parent everywhere. `load` is for
    starting the process and for what it reads before a task, `reply` the longest reply.
    """

    cpu: float = 60.0
    memory: int = 768_000_000
    wall: float = 150.0
    load: float = 120.0
    reply: int = 100_000_000


def give_back() -> None:
    """Return to the system what this process no longer uses: glibc keeps it after very many small objects went."""
    gc.collect()
    if sys.platform == "linux":
        with contextlib.suppress(AttributeError):  # another C library than glibc
            ctypes.CDLL(None).malloc_trim(0)


@contextmanager
def uncollected() -> Iterator[None]:
    """Without the collector of cycles, where very many objects are made and none holds itself: it would look through
    all of them again and again, a third of the time of a long text."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


class PastLimit(Exception):
    """A task took more than it may; its process is of no more use."""


class OutOfTime(PastLimit):
    """By the clock of whoever waits."""


class WorkerLost(Exception):
    """The process ended without a reply."""


class Tasks(Protocol):
    """What is done in the process."""

    def prepare(self) -> None:
        """Before each task, and before there is any: what no task is charged with."""

    def do(self, about: dict[str, Any], body: bytes) -> Said:
        """The reply to a task. A MemoryError ends the process."""


class Worker:
    """One process, from this side. What :meth:`ask` raises, it is of no more use; `end` it then.

    `tasks` names what it does, `module:class`, made of `arguments`. Where the system ends it with its parent, that is
    the thread that started it. With `nice` above 0 it gives way to others.
    """

    def __init__(
        self, tasks: str, *arguments: str, limits: TaskLimits, nice: int = 0, stderr: int | None = None
    ) -> None:
        self._limits = limits
        told = {"arguments": arguments, "parent": os.getpid(), "nice": nice, **asdict(limits)}
        folders = [str(Path(folder).absolute()) for folder in sys.path if folder]
        self._process = subprocess.Popen(  # nosec B603 # noqa: S603 - this very Python, with a text of ours
            [sys.executable, "-P", "-c", _START, tasks, json.dumps(told), *folders],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=stderr,
        )
        self._past = False
        self._said: queue.SimpleQueue[Said | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    @property
    def alive(self) -> bool:
        """Whether it may be asked."""
        return self._process.poll() is None

    def ask(self, about: dict[str, Any], body: bytes = b"") -> Said:
        """The reply to a task. Raises PastLimit or WorkerLost."""
        assert self._process.stdin  # nosec B101 # noqa: S101 - a pipe
        with contextlib.suppress(OSError, ValueError):  # it has just ended; that is heard
            _tell(self._process.stdin, about, body)
        self._heard(self._limits.load)
        return self._heard(self._limits.wall)

    def _heard(self, seconds: float) -> Said:
        try:
            said = self._said.get(timeout=seconds)
        except queue.Empty:
            raise OutOfTime from None
        if said is None:
            self._said.put(None)
            code = self._process.wait(self._limits.load)
            if code in _BY_LIMIT or self._past:
                raise PastLimit
            raise WorkerLost(f"the process ended with {code}")
        if said[0].get("exhausted"):
            raise PastLimit
        return said

    def _listen(self) -> None:
        assert self._process.stdout  # nosec B101 # noqa: S101 - a pipe
        try:
            while said := _read(self._process.stdout, self._limits.reply):
                self._said.put(said)
        except (ValueError, TypeError, LookupError, AttributeError, RecursionError, MemoryError):
            self._past = True  # too much, or nonsense
            self._process.kill()
        self._said.put(None)
        # One that ended by itself leaves nothing behind either, though nobody asks it again.
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(OSError):  # a task that was never read
                pipe.close()  # type: ignore[union-attr]  # both were asked for

    def end(self) -> None:
        """Kill the process; it has nothing that is worth keeping."""
        self._process.kill()
        self._process.wait()
        self._thread.join()


def _tell(stream: IO[bytes], about: dict[str, Any], body: bytes = b"") -> None:
    stream.write(json.dumps({**about, "size": len(body)}).encode("ascii") + b"\n" + body)
    stream.flush()


def _read(stream: IO[bytes], most: int = sys.maxsize) -> Said | None:
    """The next that is said; None at the end. Raises ValueError and others where it is longer than `most` bytes."""
    if not (line := stream.readline(most)):
        return None
    about = json.loads(line)
    size = about.pop("size")
    if not 0 <= size <= most - len(line):
        raise ValueError(f"expected at most {most} bytes, found {size}")
    body = stream.read(size)
    return (about, body) if len(body) == size else None


def serve(name: str, told: str) -> None:
    """What the process does: a task in, a reply out, until its input closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends it to all; the parent decides
    about = json.loads(told)
    _end_with(about["parent"])
    if hasattr(os, "nice"):
        os.nice(about["nice"])
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no reply
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    waiting: queue.SimpleQueue[Said] = queue.SimpleQueue()
    threading.Thread(target=_receive, args=(sys.stdin.buffer, waiting), daemon=True).start()
    module, _, made = name.partition(":")
    tasks: Tasks = getattr(importlib.import_module(module), made)(*about["arguments"])
    tasks.prepare()
    while True:
        task = waiting.get()
        tasks.prepare()
        _tell(out, {"working": True})
        try:
            with _limited(about["cpu"], about["memory"]):
                reply = tasks.do(*task)
        except MemoryError:
            _tell(out, {"exhausted": True})
            return
        _tell(out, *reply)


def _receive(stream: IO[bytes], waiting: queue.SimpleQueue[Said]) -> None:
    """Read tasks while one is being worked on, so that the end of the input is noticed then too."""
    while task := _read(stream):
        waiting.put(task)
    os._exit(0)


def _end_with(parent: int) -> None:
    """A pattern that runs away keeps every thread of Python from noticing anything; Linux notices by itself."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(0)


@contextmanager
def _limited(seconds: float, memory: int) -> Iterator[None]:
    """Inside: `seconds` of processor time, and `memory` bytes of address space on top of what is taken already.

    Only the soft limits move, so that they can be lifted again. Windows has none; without /proc there is no telling
    what is taken, and memory is left alone.
    """
    if sys.platform == "win32":
        yield
        return
    import resource

    used = resource.getrusage(resource.RUSAGE_SELF)
    # No core dump when memory is passed.
    limits = {resource.RLIMIT_CPU: int(used.ru_utime + used.ru_stime + seconds) + 1, resource.RLIMIT_CORE: 0}
    if _STATM.exists():
        limits[resource.RLIMIT_AS] = int(_STATM.read_text().split()[0]) * resource.getpagesize() + memory
    before = {what: resource.getrlimit(what) for what in limits}
    for what, limit in limits.items():
        hard = before[what][1]
        _set(what, limit if hard == resource.RLIM_INFINITY else min(limit, hard), hard)
    try:
        yield
    finally:
        for what, (soft, hard) in before.items():
            _set(what, soft, hard)


def _set(what: int, soft: int, hard: int) -> None:
    if sys.platform != "win32":
        import resource

        try:
            resource.setrlimit(what, (soft, hard))
        except (OSError, ValueError):
            _log.debug("limit %s is not to be had here", what)
