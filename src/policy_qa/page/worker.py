"""A process that checks drafts: `python -m policy_qa.page.worker`, started and ended by `workers`.

On standard input it gets, one after the other, a line of JSON (what :class:`Job` says) and as many bytes of body as
that line tells; on standard output it gives a line when the draft's own work begins (reading the index is none of
it), and a line with the reply and its bytes. It ends with its parent: when its input closes, or, where the system
can see to it, at once.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import json
import logging
import os
import queue
import signal
import sys
import threading
from pathlib import Path
from typing import IO, Any

from policy_qa.errors import PolicyQAError
from policy_qa.limits import limited
from policy_qa.page.drafts import Drafts, Reply, Sent

log = logging.getLogger(__name__)

#: prctl's number for "send me this signal when my parent ends" (Linux, linux/prctl.h).
_PR_SET_PDEATHSIG = 1


def main() -> None:
    """Serve until standard input closes."""
    arguments = _arguments()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends it to all; the parent decides
    _end_with(arguments.parent)
    if hasattr(os, "nice"):
        os.nice(5)  # questions and health come first
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no reply
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    jobs: queue.SimpleQueue[Sent] = queue.SimpleQueue()
    threading.Thread(target=_read, args=(sys.stdin.buffer, jobs), daemon=True).start()
    drafts = Drafts(arguments.index)
    with contextlib.suppress(PolicyQAError):  # said to whoever sends a draft
        drafts.refresh()
    while True:
        sent = jobs.get()
        with contextlib.suppress(PolicyQAError):
            drafts.refresh()
        _tell(out, {"working": True})
        try:
            with limited(arguments.cpu, arguments.memory):
                reply = drafts.reply(sent)
        except MemoryError:
            _tell(out, {"status": 0, "media": "", "size": 0})
            return
        _tell(out, {"status": reply.status, "media": reply.media, "size": len(reply.body)}, reply)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--index", type=Path, required=True, help="the folder of the index")
    parser.add_argument("--parent", type=int, required=True, help="the process to end with")
    parser.add_argument("--cpu", type=int, required=True, help="seconds of processor that a draft may take")
    parser.add_argument("--memory", type=int, required=True, help="bytes that a draft may take")
    return parser.parse_args()


def _read(stream: IO[bytes], jobs: queue.SimpleQueue[Sent]) -> None:
    """Read drafts while one is being worked on, so that the end of the input is noticed then too."""
    while line := stream.readline():
        head = json.loads(line)
        body = stream.read(head.pop("size"))
        jobs.put(Sent(body=body, **head))
    os._exit(0)


def _tell(out: IO[bytes], head: dict[str, Any], reply: Reply | None = None) -> None:
    out.write(json.dumps(head).encode() + b"\n" + (reply.body if reply else b""))
    out.flush()


def _end_with(parent: int) -> None:
    """A pattern that runs away keeps every thread of Python from noticing anything; Linux notices by itself."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(0)


if __name__ == "__main__":
    main()
