"""Questions that got a wrong answer, each with the provisions that answer it: lines that `eval` and `tune` read."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from policy_qa.kept.store import Store, now

SCHEMA = """
CREATE TABLE IF NOT EXISTS corrections (
    id TEXT PRIMARY KEY, visitor TEXT NOT NULL, correction TEXT NOT NULL
) STRICT;
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Correction:
    """A question with what answers it: `refs`, or none where the policies say nothing of it.

    `question` stands alone: what a follow-up leaves out is filled in. `at` is UTC (ISO 8601).
    """

    question: str
    refs: tuple[str, ...]
    lang: str = "zh"
    who: str = ""
    note: str = ""
    id: str = field(default_factory=lambda: f"c-{secrets.token_hex(6)}")
    at: str = field(default_factory=now)

    @property
    def record(self) -> dict[str, Any]:
        """A line of a question set; where there is an answer, one to tune on as well."""
        answer: dict[str, Any] = {"refs": list(self.refs)} if self.refs else {"refused": True}
        note = "；".join(filter(None, (self.note, self.who, self.at)))
        known = {"id": self.id, "category": "corrected", "lang": self.lang}
        return {**known, "question": self.question, **answer, "note": note}


_CODEC = TypeAdapter(Correction)


class Corrections:
    """All corrections, in the order in which they were made."""

    def __init__(self, path: Path) -> None:
        self._store = Store(path, SCHEMA)

    def add(self, correction: Correction, visitor: str) -> None:
        """Keep one; `visitor` is the browser that sent it."""
        row = (correction.id, visitor, _CODEC.dump_json(correction).decode())
        self._store.run("INSERT INTO corrections VALUES (?, ?, ?)", *row)

    def all(self) -> tuple[Correction, ...]:
        """Every correction, the first one first."""
        rows = self._store.rows("SELECT correction FROM corrections ORDER BY rowid")
        return tuple(_CODEC.validate_json(row["correction"]) for row in rows)

    def of(self, visitor: str) -> frozenset[str]:
        """The ids of those that a browser sent."""
        rows = self._store.rows("SELECT id FROM corrections WHERE visitor = ?", visitor)
        return frozenset(row["id"] for row in rows)

    def delete(self, correction_id: str) -> None:
        """Take one out."""
        self._store.run("DELETE FROM corrections WHERE id = ?", correction_id)

    def lines(self) -> str:
        """All of them as JSON lines: `policy-qa eval` reads them, and `policy-qa tune` those with an answer."""
        return "".join(json.dumps(one.record, ensure_ascii=False) + "\n" for one in self.all())
