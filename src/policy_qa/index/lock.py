"""One build at a time on an index folder.

The operating system holds the lock for the open file, so it is gone with the process that held it,
however that ended; the number inside only tells people whom to wait for.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from policy_qa.errors import BuildLocked
from policy_qa.index.layout import LOCK


@contextmanager
def build_lock(index_dir: Path) -> Iterator[None]:
    """Hold the right to build `index_dir`, which is made if need be.

    Raises:
        BuildLocked: a living process holds it; said at once, without waiting.
    """
    index_dir.mkdir(parents=True, exist_ok=True)
    # "a+" neither empties the file of the one who holds the lock nor needs it to exist.
    with (index_dir / LOCK).open("a+", encoding="ascii", errors="replace") as file:
        if not _try_lock(file):
            file.seek(0)
            holder = file.read(20).strip() or "unknown"
            raise BuildLocked(
                f"index {index_dir}: expected no other build at work, found one (process {holder}); "
                "wait for it to finish, or end it"
            )
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        try:
            yield
        finally:
            file.truncate(0)


if sys.platform == "win32":
    import msvcrt

    def _try_lock(file: IO[str]) -> bool:
        file.seek(1 << 20)  # a locked byte can't be read, so lock one behind the number
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _try_lock(file: IO[str]) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
