"""Questions that got a wrong answer, each with the provisions that answer it: for `eval`, and for `tune`."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from policy_qa.kept.marks import now
from policy_qa.kept.store import Store

SCHEMA = """
CREATE TABLE IF NOT EXISTS corrections (
    id TEXT PRIMARY KEY, visitor TEXT NOT NULL, correction TEXT NOT NULL
) STRICT;
"""


class Reader(StrEnum):
    """Who reads the lines."""

    EVAL = "eval"
    TUNE = "tune"


@dataclass(frozen=True, kw_only=True, slots=True)
class Correction:
    """A question with what answers it: `refs`, or none where the policies say nothing of it.

    `history` are the questions before it, oldest first; `alone` is the question with what it leaves out filled in,
    empty where it leaves out nothing. `at` is UTC (ISO 8601).
    """

    question: str
    refs: tuple[str, ...]
    history: tuple[str, ...] = ()
    alone: str = ""
    lang: str = "zh"
    who: str = ""
    note: str = ""
    id: str = field(default_factory=lambda: f"c-{secrets.token_hex(6)}")
    at: str = field(default_factory=now)

    def record(self, reader: Reader) -> dict[str, Any]:
        """A line for `policy-qa eval` (with the questions before it) or `policy-qa tune` (standing alone)."""
        answer: dict[str, Any] = {"refs": list(self.refs)} if self.refs else {"refused": True}
        if reader is Reader.TUNE:
            return {"question": self.alone or self.question, **answer}
        told = "；".join(filter(None, (self.note, self.who, self.at)))
        history = {"history": list(self.history)} if self.history else {}
        known = {"id": self.id, "category": "corrected", "lang": self.lang}
        return {**known, "question": self.question, **history, **answer, "note": told}


_CODEC = TypeAdapter(Correction)


class Corrections:
    """All corrections, in the order in which they were made."""

    def __init__(self, path: Path) -> None:
        self._store = Store(path, SCHEMA)

    def add(self, correction: Correction, visitor: str) -> None:
        """Keep one; `visitor` is the browser that sent it."""
        row = (correction.id, visitor, _CODEC.dump_json(correction).decode())
        with self._store.writing() as connection:
            connection.execute("INSERT INTO corrections VALUES (?, ?, ?)", row)

    def all(self) -> tuple[Correction, ...]:
        """Every correction, the first one first."""
        with self._store.reading() as connection:
            rows = connection.execute("SELECT correction FROM corrections ORDER BY rowid").fetchall()
        return tuple(_CODEC.validate_json(row["correction"]) for row in rows)

    def of(self, visitor: str) -> frozenset[str]:
        """The ids of those that a browser sent."""
        with self._store.reading() as connection:
            rows = connection.execute("SELECT id FROM corrections WHERE visitor = ?", (visitor,)).fetchall()
        return frozenset(row["id"] for row in rows)

    def delete(self, correction_id: str) -> None:
        """Take one out."""
        with self._store.writing() as connection:
            connection.execute("DELETE FROM corrections WHERE id = ?", (correction_id,))

    def lines(self, reader: Reader) -> str:
        """All of them as JSON lines."""
        return "".join(json.dumps(one.record(reader), ensure_ascii=False) + "\n" for one in self.all())
