"""The files of an index: a kill or a power cut leaves the old or the new, never a half; and one build at a time.

The operating system holds the build's lock for the open file, so it is gone with the process that held it,
however that ended; the number inside only tells people whom to wait for.
"""

from __future__ import annotations

import hashlib
import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import numpy as np
import numpy.typing as npt

from policy_qa.errors import BuildLocked
from policy_qa.index.layout import LOCK


def to_npy(array: npt.NDArray[Any]) -> bytes:
    """The bytes of an array as a .npy file."""
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=False)
    return buffer.getvalue()


def from_npy(data: bytes) -> Any:
    """The array in the bytes of a .npy file; ValueError where it would need pickle."""
    return np.load(io.BytesIO(data), allow_pickle=False)


@contextmanager
def build_lock(index_dir: Path) -> Iterator[None]:
    """Hold the right to build `index_dir`, which is made if need be.

    Raises:
        BuildLocked: a living process holds it; said at once, without waiting.
    """
    index_dir.mkdir(parents=True, exist_ok=True)
    with locked(index_dir / LOCK, f"index {index_dir}"):
        yield


@contextmanager
def locked(path: Path, what: str) -> Iterator[None]:
    """Hold the lock of a file, made if need be. Raises BuildLocked, which says of `what`, where another does."""
    # "a+" neither empties the file of the one who holds the lock nor needs it to exist.
    with path.open("a+", encoding="ascii", errors="replace") as file:
        if not _try_lock(file):
            file.seek(0)
            holder = file.read(20).strip() or "unknown"
            raise BuildLocked(
                f"{what}: expected no other build at work, found one (process {holder}); "
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


def sha256(data: bytes) -> str:
    """Return the hex SHA-256 of bytes."""
    return hashlib.sha256(data).hexdigest()


def key_of(text: str) -> str:
    """The name under which what a model made of a text is kept."""
    return sha256(text.encode("utf-8", "surrogatepass"))


def write_synced(path: Path, data: bytes) -> None:
    """Write a new file and see it onto the disk."""
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def replace_synced(path: Path, data: bytes) -> None:
    """Give `path` new contents in one step: who opens it reads the old ones or the new ones, whole."""
    scratch = path.with_name(f".{path.name}.tmp")
    try:
        write_synced(scratch, data)
        os.replace(scratch, path)
    finally:
        scratch.unlink(missing_ok=True)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """See the names in a folder onto the disk, where the system can (Windows can't open a folder)."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
