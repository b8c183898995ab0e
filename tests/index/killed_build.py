"""Build an index and be killed: `killed_build.py HOME CORPUS`, a step or `after SECONDS` a line on standard input.

A step is everything that changes the disk or makes vectors. Each build runs in a fork of this process and is answered
by a line: how it ended (as of `os.waitstatus_to_exitcode`), and how many steps it took, where it came to its end.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fake_encoder import FakeEncoder

from policy_qa.index import builder, lexical
from policy_qa.settings import Settings


def main(home: str, corpus: str, kill_at: int) -> None:
    steps = 0

    def counted(function: Callable[..., Any]) -> Callable[..., Any]:
        def step(*args: Any, **kwargs: Any) -> Any:
            nonlocal steps
            steps += 1
            if steps == kill_at:
                os.kill(os.getpid(), signal.SIGKILL)
            return function(*args, **kwargs)

        return step

    for name in ("fsync", "replace", "rename", "mkdir", "unlink", "rmdir"):
        setattr(os, name, counted(getattr(os, name)))
    encoder = FakeEncoder()
    encoder.passages = counted(encoder.passages)
    lexical.dump = lambda segmentations, passages: {"lexical.json": b'{"words": []}'}
    builder._BATCH = 64
    builder.build(Settings(home=Path(home), corpus=Path(corpus), model="fake"), encoder=encoder)
    print(steps, end=" ", flush=True)


if __name__ == "__main__":
    for line in sys.stdin:
        step, _, seconds = line.partition("after ")
        if not (child := os.fork()):
            main(sys.argv[1], sys.argv[2], int(step or 0))
            os._exit(0)
        if seconds:
            time.sleep(float(seconds))
            os.kill(child, signal.SIGKILL)  # one that has ended is not waited for yet
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
