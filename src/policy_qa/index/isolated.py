"""Each file of a corpus is read in a process of its own kind, so that a file can cost no more than itself.

A reader that raises, crashes, eats memory or never ends refuses that one file. Files and provisions travel as lines
of JSON; nothing that the other process says is run. The process is kept from file to file, and started anew after it
failed.
"""

from __future__ import annotations

import json
import logging
import os
import queue
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from policy_qa.datamodels import Document, Segmentation
from policy_qa.documents import read_document
from policy_qa.errors import PolicyQAError, SegmentationError, SourceError
from policy_qa.index.codec import dump_segmentations, segmentation_of
from policy_qa.limits import limit_memory, limit_processor
from policy_qa.printable import source_name
from policy_qa.provisions import segment

#: A PDF of 3,000 pages takes 100 s on a slow machine, and its reader gives up by itself after 300.
MAX_SECONDS = 330.0
#: The readers refuse what would take more than a few hundred MB; a text of 50 MB with its provisions stays below this.
MAX_MEMORY = 2 << 30
_MAX_REPLY = 1 << 29
#: The other process imports from where this one does, its current folder aside.
_START = (
    "import sys; sys.path[:] = sys.argv[3:]; from policy_qa.index.isolated import work; "
    "work(float(sys.argv[1]), int(sys.argv[2]))"
)

_log = logging.getLogger(__name__)


class Reader:
    """Reads files in another process, which it starts at the first one and ends on `close`. For one thread.

    `seconds` is the longest that a file may take, by the clock and in processor time; `memory`, in bytes, what the
    process may hold, where the system can limit that.
    """

    def __init__(self, *, seconds: float = MAX_SECONDS, memory: int = MAX_MEMORY) -> None:
        self._seconds, self._memory = seconds, memory
        self._worker: _Worker | None = None

    def __enter__(self) -> Reader:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the process."""
        if self._worker:
            self._worker.end()
            self._worker = None

    def segment(self, path: Path, *, root: Path, follow: bool = False) -> Segmentation:
        """The provisions of a file; arguments as of `read_document`.

        Raises SourceError or SegmentationError, one line that names the file, whatever goes wrong in reading it.
        """
        return self._ask(path, root, follow, cut=True)

    def read(self, path: Path, *, root: Path, follow: bool = False) -> Document:
        """The text of a file; raises as `segment`."""
        return self._ask(path, root, follow, cut=False).document

    def _ask(self, path: Path, root: Path, follow: bool, *, cut: bool) -> Segmentation:
        task = {"path": str(path), "root": str(root), "follow": follow, "cut": cut}
        source = source_name(path.relative_to(root) if path.is_relative_to(root) else path.name)
        used = self._worker is not None
        reply = self._reply(task, source)
        if reply is None and used:
            reply = self._reply(task, source)  # what earlier files left behind in the process may be to blame
        if reply is None:
            raise _refusal(source, "one that ends its reader (a crash, or more memory than it may have)")
        if refused := reply.get("refused"):
            raise (SegmentationError if reply.get("cut") else SourceError)(refused)
        if error := reply.get("error"):
            _log.info("%s: %s", source, reply.get("trace"))
            raise _refusal(source, f"one that its reader fails on ({error})")
        try:
            return segmentation_of(reply["segmentation"])
        except (ValueError, KeyError, TypeError) as error:
            raise _refusal(source, "one whose reader says what can't be understood") from error

    def _reply(self, task: dict[str, Any], source: str) -> dict[str, Any] | None:
        """What the process says of one file; None where it ended over it."""
        if self._worker is None:
            self._worker = _Worker(self._seconds, self._memory)
        try:
            line = self._worker.ask(json.dumps(task), self._seconds)
        except TimeoutError:
            self.close()
            raise _refusal(source, f"{self._seconds:g} s used up") from None
        try:
            reply = json.loads(line)
            if isinstance(reply, dict) and not reply.get("exhausted"):
                return reply
        except ValueError:
            pass
        self.close()
        return None


def _refusal(source: str, found: str) -> SourceError:
    return SourceError(
        f"{source}: expected a file that can be read, found {found}; "
        "save it again in the program that made it, or as text"
    )


class _Worker:
    """The process, and a thread that waits for what it says."""

    def __init__(self, seconds: float, memory: int) -> None:
        folders = [str(Path(folder).absolute()) for folder in sys.path if folder]
        self._process = subprocess.Popen(  # noqa: S603 - this very Python, with a text of ours
            [sys.executable, "-P", "-c", _START, str(seconds), str(memory), *folders],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._said: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        out = self._process.stdout
        while out and (line := out.readline(_MAX_REPLY)):
            self._said.put(line)
        self._said.put(b"")

    def ask(self, line: str, seconds: float) -> bytes:
        """The line that answers one; empty where the process has ended, TimeoutError where it takes too long."""
        try:
            if self._process.stdin:
                self._process.stdin.write(line.encode("ascii") + b"\n")
                self._process.stdin.flush()
            return self._said.get(timeout=seconds)
        except BrokenPipeError:
            return b""
        except queue.Empty:
            raise TimeoutError from None

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
        self._thread.join()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                try:
                    pipe.close()
                except BrokenPipeError:
                    continue  # a task that was never read


def work(seconds: float, memory: int) -> None:
    """What the other process does: a line in, a line out, until nobody asks any more."""
    # A library that prints must not speak for us.
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    limit_memory(memory)
    for line in sys.stdin.buffer:
        limit_processor(seconds)
        exhausted = False
        try:
            reply = _answer(json.loads(line))
        except MemoryError:
            reply, exhausted = b'{"exhausted": true}\n', True
        replies.write(reply)
        replies.flush()
        if exhausted:
            return


def _answer(task: dict[str, Any]) -> bytes:
    try:
        document = read_document(Path(task["path"]), root=Path(task["root"]), follow=task["follow"])
        found = segment(document) if task["cut"] else Segmentation(document=document, provisions=())
        return b'{"segmentation": ' + dump_segmentations([found]).rstrip(b"\n") + b"}\n"
    except MemoryError:
        raise
    except PolicyQAError as error:
        reply: dict[str, Any] = {"refused": str(error), "cut": isinstance(error, SegmentationError)}
    except BaseException as error:  # whatever a reader raises costs its file only
        import traceback

        said = " ".join(str(error).split())[:200]
        name = type(error).__name__
        reply = {"error": f"{name}: {said}" if said else name, "trace": traceback.format_exc()}
    return json.dumps(reply).encode("ascii") + b"\n"
