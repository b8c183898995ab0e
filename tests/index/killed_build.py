"""Build an index and be killed at a given step: `killed_build.py HOME CORPUS STEP`.

A step is everything that changes the disk or makes vectors. STEP 0 counts them and prints the number.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fake_encoder import FakeEncoder

from policy_qa.index import builder, lexical, reuse
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
    reuse._BATCH = 64
    builder.build(Settings(home=Path(home), corpus=Path(corpus), model="fake"), encoder=encoder)
    print(steps)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
