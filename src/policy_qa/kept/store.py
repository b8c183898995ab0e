"""The SQLite file under `POLICY_QA_HOME` in which all rooms of `kept` have their tables."""

from __future__ import annotations

import contextlib
import logging
import sqlite3
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from policy_qa.errors import StoreUnusable

log = logging.getLogger(__name__)

#: How long one writer waits for another, in seconds.
_PATIENCE = 10.0
_MAGIC = b"SQLite format 3\0"


def now() -> str:
    """The present moment as it is kept: UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


class Store:
    """A SQLite file, made when it is first opened; used by several threads and processes at once.

    `schemas` are `CREATE … IF NOT EXISTS` statements of the rooms that use it. A file that is no sound database is set
    aside under another name, with its journal, and a new one begun: the page works on, and nothing is deleted.
    """

    def __init__(self, path: Path, *schemas: str) -> None:
        self.path = path
        self._schemas = schemas
        self._lock = threading.Lock()
        self._ready = False

    @contextlib.contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection whose reads see one state. Raises StoreUnusable."""
        with self._connection("BEGIN") as connection:
            yield connection

    @contextlib.contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A connection whose changes are kept together, or none where the block raises. Raises StoreUnusable."""
        with self._connection("BEGIN IMMEDIATE") as connection:
            yield connection

    def rows(self, query: str, *values: object) -> list[sqlite3.Row]:
        """What one query finds. Raises StoreUnusable."""
        with self.reading() as connection:
            return connection.execute(query, values).fetchall()

    def run(self, change: str, *values: object) -> None:
        """One change. Raises StoreUnusable."""
        with self.writing() as connection:
            connection.execute(change, values)

    @contextlib.contextmanager
    def _connection(self, begin: str) -> Iterator[sqlite3.Connection]:
        try:
            self._prepare()
            connection = self._open()
        except (OSError, sqlite3.Error) as error:
            raise self._unusable(error) from error
        try:
            connection.execute(begin)
            yield connection
            connection.execute("COMMIT")
        except sqlite3.DatabaseError as error:
            raise self._unusable(error) from error
        finally:
            connection.close()  # which rolls back what was not committed

    def copy_to(self, path: Path) -> None:
        """Write the whole state of one moment to another file, while others read and write. Raises StoreUnusable."""
        self._copied(path, inwards=False)

    def replace_from(self, path: Path) -> None:
        """Take over the whole state of another file, in one step for others. Raises StoreUnusable."""
        self._copied(path, inwards=True)

    def _copied(self, path: Path, *, inwards: bool) -> None:
        try:
            self._prepare()
            with contextlib.closing(self._open()) as own, contextlib.closing(sqlite3.connect(path)) as other:
                source, target = (other, own) if inwards else (own, other)
                source.backup(target)
            if inwards:
                self._ready = False  # tables that the other file had not
        except (OSError, sqlite3.Error) as error:
            raise self._unusable(error) from error

    def _unusable(self, error: Exception) -> StoreUnusable:
        return StoreUnusable(f"expected to read and write {self.path}, found: {error}; free space or mend its rights")

    def _open(self) -> sqlite3.Connection:
        # Without isolation_level, transactions are those written out above.
        connection = sqlite3.connect(self.path, timeout=_PATIENCE, isolation_level=None)
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA foreign_keys = ON")
        return connection

    def _prepare(self) -> None:
        """Make the file and its tables, once; set a damaged one aside."""
        with self._lock:
            if self._ready and self.path.is_file():
                return
            self.path.parent.mkdir(parents=True, exist_ok=True)
            if self.path.is_file() and not self._sound():
                self._set_aside()
            with contextlib.closing(self._open()) as connection:
                _write_ahead(connection)
                for schema in self._schemas:
                    connection.executescript(schema)
            self._ready = True

    def _sound(self) -> bool:
        if self.path.stat().st_size == 0:
            return True
        with self.path.open("rb") as file:
            if file.read(len(_MAGIC)) != _MAGIC:
                return False
        try:
            with contextlib.closing(self._open()) as connection:
                return bool(connection.execute("PRAGMA quick_check").fetchone()[0] == "ok")
        except sqlite3.OperationalError:
            raise  # locked, or no right to read it: that is no damage
        except sqlite3.DatabaseError:
            return False

    def _set_aside(self) -> None:
        number = 1
        while (aside := self.path.with_name(f"{self.path.name}.damaged-{number}")).exists():
            number += 1
        for end in ("", "-wal", "-shm"):
            with contextlib.suppress(FileNotFoundError):
                self.path.with_name(self.path.name + end).rename(f"{aside}{end}")
        log.error("expected a sound database at %s, found a damaged one; it is kept as %s", self.path, aside)


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Let the file be read while it is written. That turn needs it alone, and SQLite gives up at once where another
    process has it open."""
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(0.02)
