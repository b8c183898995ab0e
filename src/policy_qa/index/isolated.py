"""Each file of a corpus is read in a process of its own kind, so that a file can cost no more than itself.

A reader that raises, crashes, eats memory or never ends refuses that one file. The process is kept from file to file,
and started anew after it failed.
"""

from __future__ import annotations

import logging
import subprocess
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

from policy_qa.datamodels import Document, Segmentation
from policy_qa.documents import scans
from policy_qa.documents.sources import read_document
from policy_qa.errors import PolicyQAError, SegmentationError, SourceError
from policy_qa.index.codec import dump_segmentations, load_segmentations
from policy_qa.printable import source_name
from policy_qa.processes import OutOfTime, PastLimit, TaskLimits, Worker, WorkerLost
from policy_qa.provisions import segment

#: A PDF of 3,000 pages takes 100 s on a slow machine, and its reader gives up by itself after 300.
MAX_SECONDS = 330.0
#: The readers refuse what would take more than a few hundred MB; a text of 50 MB with its provisions stays below this.
MAX_MEMORY = 2 << 30
_MAX_REPLY = 1 << 29
_log = logging.getLogger(__name__)


class Reader(AbstractContextManager["Reader"]):
    """Reads files in another process, which it starts at the first one and ends on `close`. For one thread.

    `seconds` is the longest that a file may take, by the clock and in processor time; `memory`, in bytes, what the
    process may hold, where the system can limit that.
    """

    def __init__(self, *, seconds: float = MAX_SECONDS, memory: int = MAX_MEMORY) -> None:
        self._limits = TaskLimits(cpu=seconds, memory=memory, wall=seconds, reply=_MAX_REPLY)
        self._worker: Worker | None = None

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
        task: dict[str, Any] = {"path": str(path), "root": str(root), "follow": follow, "cut": cut, "pictures": 0}
        source = source_name(path.relative_to(root) if path.is_relative_to(root) else path.name)
        used = self._worker is not None
        reply = self._reply(task, source)
        if reply is None and used:
            reply = self._reply(task, source)  # what earlier files left behind in the process may be to blame
        if reply and (pages := reply[0].get("waits")):
            # Pages of pictures are read in a process of their own, which has time for each of them.
            seconds = self._limits.wall + pages * scans.PAGE_SECONDS
            with Reader(seconds=seconds, memory=self._limits.memory) as patient:
                reply = patient._reply(task | {"pictures": pages}, source)
        if reply is None:
            raise _refusal(source, "one that ends its reader (a crash, or more memory than it may have)")
        about, body = reply
        if refused := about.get("refused"):
            raise (SegmentationError if about.get("cut") else SourceError)(refused)
        if failed := about.get("error"):
            _log.info("%s: %s", source, about.get("trace"))
            raise _refusal(source, f"one that its reader fails on ({failed})")
        try:
            return load_segmentations(body)[0]
        except (ValueError, LookupError, TypeError) as error:
            raise _refusal(source, "one whose reader says what can't be understood") from error

    def _reply(self, task: dict[str, Any], source: str) -> tuple[dict[str, Any], bytes] | None:
        """What the process says of one file; None where it ended over it."""
        if self._worker is None:
            self._worker = Worker("policy_qa.index.isolated:Files", limits=self._limits, stderr=subprocess.DEVNULL)
        try:
            return self._worker.ask(task)
        except OutOfTime:
            self.close()
            raise _refusal(source, f"{self._limits.wall:g} s used up") from None
        except (PastLimit, WorkerLost):
            self.close()
            return None


def _refusal(source: str, found: str) -> SourceError:
    return SourceError(
        f"{source}: expected a file that can be read, found {found}; "
        "save it again in the program that made it, or as text"
    )


class Files:
    """What the process does."""

    def prepare(self) -> None:
        """Nothing is needed before a file."""

    def do(self, about: dict[str, Any], body: bytes) -> tuple[dict[str, Any], bytes]:
        """The text of a file, with its provisions where they are wanted, or why there are none."""
        try:
            with nullcontext() if about["pictures"] else scans.held():
                document = read_document(Path(about["path"]), root=Path(about["root"]), follow=about["follow"])
            found = segment(document) if about["cut"] else Segmentation(document=document, provisions=())
            return {}, dump_segmentations([found])
        except MemoryError:
            raise
        except scans.ScanWaits as error:
            return {"waits": error.pages}, b""
        except PolicyQAError as error:
            return {"refused": str(error), "cut": isinstance(error, SegmentationError)}, b""
        except BaseException as error:  # whatever a reader raises costs its file only
            import traceback

            said = " ".join(str(error).split())[:200]
            name = type(error).__name__
            return {"error": f"{name}: {said}" if said else name, "trace": traceback.format_exc()}, b""
