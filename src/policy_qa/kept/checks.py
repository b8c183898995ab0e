"""Checked drafts that their senders asked to keep for a time: text, findings, and what was done about each."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from pydantic import TypeAdapter

from policy_qa.check import Finding, Severity
from policy_qa.errors import UsageError
from policy_qa.kept.store import Store

SCHEMA = """
CREATE TABLE IF NOT EXISTS checks (
    id TEXT PRIMARY KEY, visitor TEXT NOT NULL, at REAL NOT NULL, name TEXT NOT NULL, lang TEXT NOT NULL,
    draft BLOB NOT NULL, text TEXT NOT NULL, findings TEXT NOT NULL, wrong INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS checks_of_visitor ON checks (visitor, at);
CREATE TABLE IF NOT EXISTS settled_findings (
    check_id TEXT NOT NULL REFERENCES checks ON DELETE CASCADE, number INTEGER NOT NULL, how TEXT NOT NULL,
    PRIMARY KEY (check_id, number)
) STRICT;
"""
#: The name of a draft that came as text.
PASTED = "draft.txt"
#: Drafts that one browser may keep, the oldest of which goes for another; and bytes of all drafts together.
MOST, MOST_BYTES = 20, 400_000_000
_FINDINGS = TypeAdapter(tuple[Finding, ...])


class Settled(StrEnum):
    """What was done about a finding."""

    ACCEPTED = "accepted"  # the draft gets the words of the policy
    SEEN = "seen"  # it stays as it is


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptCheck:
    """A draft with its findings. `draft` are the bytes of the file `name`, `text` is what was read from them.

    `settled` tells of findings, by their number from 0, what was done about them; `at` is in seconds since 1970, `lang`
    the language of the messages. Whoever knows `id` may see it, `visitor` may change it.
    """

    id: str
    visitor: str
    at: float
    name: str
    lang: str
    draft: bytes
    text: str
    findings: tuple[Finding, ...]
    settled: dict[int, Settled]

    @property
    def pasted(self) -> bool:
        """Whether it came as text, not as a file."""
        return self.name == PASTED

    @property
    def accepted(self) -> tuple[Finding, ...]:
        """The findings that are to be put right."""
        return tuple(self.findings[at] for at, how in self.settled.items() if how is Settled.ACCEPTED)


@dataclass(frozen=True, kw_only=True, slots=True)
class Listed:
    """A kept check in a list: of its `wrong` findings, about which something may have to be done, `settled` are."""

    id: str
    name: str
    opening: str
    at: float
    wrong: int
    settled: int

    @property
    def title(self) -> str:
        """What it goes by: the name of its file, or its first line."""
        return self.opening.strip().partition("\n")[0] if self.name == PASTED else self.name


class Checks:
    """The checks that are kept, each for so many days; without days none is."""

    def __init__(self, path: Path, days: int) -> None:
        self._store = Store(path, SCHEMA)
        self.days = days

    def keep(self, visitor: str, name: str, lang: str, draft: bytes, text: str, findings: tuple[Finding, ...]) -> str:
        """The id of a check that is kept from now on. Raises UsageError where there is no room for it."""
        check_id, at = secrets.token_urlsafe(16), time.time()
        wrong = sum(finding.severity is not Severity.OK for finding in findings)
        row = (check_id, visitor, at, name, lang, draft, text, _FINDINGS.dump_json(findings).decode(), wrong)
        with self._store.writing() as connection:
            connection.execute("DELETE FROM checks WHERE at < ?", (at - self.days * 86400,))
            connection.execute(
                "DELETE FROM checks WHERE id IN "
                "(SELECT id FROM checks WHERE visitor = ? ORDER BY at DESC LIMIT -1 OFFSET ?)",
                (visitor, MOST - 1),
            )
            (held,) = connection.execute("SELECT COALESCE(SUM(LENGTH(draft)), 0) FROM checks").fetchone()
            if held + len(draft) > MOST_BYTES:
                raise UsageError("expected room for another draft, found none; delete checks that are done with")
            connection.execute("INSERT INTO checks VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
        return check_id

    def get(self, check_id: str) -> KeptCheck | None:
        """A check that is still kept."""
        with self._store.reading() as connection:
            row = connection.execute(
                "SELECT id, visitor, at, name, lang, draft, text, findings FROM checks WHERE id = ? AND at >= ?",
                (check_id, self._since),
            ).fetchone()
            done = connection.execute("SELECT number, how FROM settled_findings WHERE check_id = ?", (check_id,))
            settled = {d["number"]: Settled(d["how"]) for d in done}
        if row is None:
            return None
        return KeptCheck(**{**row, "findings": _FINDINGS.validate_json(row["findings"]), "settled": settled})

    def of(self, visitor: str) -> tuple[Listed, ...]:
        """The checks that a browser keeps, the latest first."""
        rows = self._store.rows(
            "SELECT id, name, SUBSTR(text, 1, 40) AS opening, at, wrong, "
            "(SELECT COUNT(*) FROM settled_findings WHERE check_id = id) AS settled "
            "FROM checks WHERE visitor = ? AND at >= ? ORDER BY at DESC",
            *(visitor, self._since),
        )
        return tuple(Listed(**row) for row in rows)

    def settle(self, check_id: str, number: int, how: Settled | None) -> None:
        """Keep what was done about a finding; None: nothing yet."""
        with self._store.writing() as connection:
            connection.execute("DELETE FROM settled_findings WHERE check_id = ? AND number = ?", (check_id, number))
            if how:
                connection.execute("INSERT INTO settled_findings VALUES (?, ?, ?)", (check_id, number, how.value))

    def delete(self, check_id: str) -> None:
        """Keep a check no longer."""
        self._store.run("DELETE FROM checks WHERE id = ?", check_id)

    @property
    def _since(self) -> float:
        return time.time() - self.days * 86400
