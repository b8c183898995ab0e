"""Marks on provisions: who held one against the original, when, and its words then. No mark is ever changed."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from pathlib import Path

from policy_qa.kept.store import Store, now

SCHEMA = """
CREATE TABLE IF NOT EXISTS marked_texts (sha256 TEXT PRIMARY KEY, words TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS marks (
    id INTEGER PRIMARY KEY, ref TEXT NOT NULL, cite TEXT NOT NULL, said TEXT NOT NULL, who TEXT NOT NULL,
    note TEXT NOT NULL, at TEXT NOT NULL, sha256 TEXT NOT NULL REFERENCES marked_texts
) STRICT;
CREATE INDEX IF NOT EXISTS marks_of_ref ON marks (ref, id);
CREATE TRIGGER IF NOT EXISTS marks_are_not_changed BEFORE UPDATE ON marks
BEGIN SELECT RAISE(ABORT, 'a mark is never changed'); END;
CREATE TRIGGER IF NOT EXISTS marks_are_not_deleted BEFORE DELETE ON marks
BEGIN SELECT RAISE(ABORT, 'a mark is never deleted'); END;
"""


class Said(StrEnum):
    """What a mark says of a provision."""

    RIGHT = "right"
    WRONG = "wrong"
    TAKEN_BACK = "open"  # what was said before no longer counts


class Standing(StrEnum):
    """How a provision stands today, by its latest mark and its words."""

    OPEN = "open"
    RIGHT = "right"
    WRONG = "wrong"
    CHANGED = "changed"  # its words are not those that were marked


@dataclass(frozen=True, kw_only=True, slots=True)
class Mark:
    """One mark. `ref` and `cite` name the provision, `sha256` is that of its words then, `at` is UTC (ISO 8601)."""

    ref: str
    cite: str
    said: Said
    who: str
    note: str
    sha256: str
    at: str


def hash_of(words: str) -> str:
    """The SHA-256 of a provision's words, in hexadecimal."""
    return sha256(words.encode("utf-8", "surrogatepass")).hexdigest()


def standing(mark: Mark | None, words: str | None) -> Standing:
    """How a provision stands whose latest mark this is; `words` are today's, None where it is no longer there."""
    if mark is None or mark.said is Said.TAKEN_BACK:
        return Standing.OPEN
    if words is None or hash_of(words) != mark.sha256:
        return Standing.CHANGED
    return Standing.RIGHT if mark.said is Said.RIGHT else Standing.WRONG


class Marks:
    """All marks, of every provision in the order in which they were made."""

    def __init__(self, path: Path) -> None:
        self._store = Store(path, SCHEMA)
        self._lock = threading.Lock()
        self._read_at: object = None
        self._latest: Mapping[str, Mark] = {}

    def add(self, ref: str, cite: str, words: str, *, said: Said, who: str, note: str = "") -> Mark:
        """Keep a mark on a provision with these words."""
        mark = Mark(ref=ref, cite=cite, said=said, who=who, note=note, sha256=hash_of(words), at=now())
        row = (mark.ref, mark.cite, mark.said.value, mark.who, mark.note, mark.at, mark.sha256)
        with self._store.writing() as connection:
            connection.execute("INSERT OR IGNORE INTO marked_texts VALUES (?, ?)", (mark.sha256, words))
            connection.execute(
                "INSERT INTO marks (ref, cite, said, who, note, at, sha256) VALUES (?, ?, ?, ?, ?, ?, ?)", row
            )
        with self._lock:
            self._read_at = None
        return mark

    def history(self, ref: str) -> tuple[Mark, ...]:
        """The marks of a provision, the latest first."""
        return self._read("WHERE ref = ? ORDER BY id DESC", ref)

    def all(self) -> tuple[Mark, ...]:
        """Every mark, in the order in which they were made."""
        return self._read("ORDER BY id")

    def latest(self) -> Mapping[str, Mark]:
        """ref -> its latest mark. Read anew only when the file has changed: pages ask for it at every citation."""
        with self._lock:
            stamp = self._stamp()
            if self._read_at is None or stamp != self._read_at:
                found = self._read("WHERE id IN (SELECT MAX(id) FROM marks GROUP BY ref) ORDER BY id")
                self._latest = dict(zip((mark.ref for mark in found), found, strict=True))
                self._read_at = stamp
            return self._latest

    def words(self, mark: Mark) -> str:
        """The words that a provision had when it was marked."""
        (row,) = self._store.rows("SELECT words FROM marked_texts WHERE sha256 = ?", mark.sha256)
        return str(row["words"])

    def _read(self, which: str, *values: str) -> tuple[Mark, ...]:
        query = f"SELECT ref, cite, said, who, note, at, sha256 FROM marks {which}"  # nosec B608 # noqa: S608 - ours
        return tuple(Mark(**{**row, "said": Said(row["said"])}) for row in self._store.rows(query, *values))

    def _stamp(self) -> object:
        found = []
        for end in ("", "-wal"):
            with contextlib.suppress(OSError):
                file = os.stat(f"{self._store.path}{end}")
                found.append((end, file.st_mtime_ns, file.st_size))
        return found
