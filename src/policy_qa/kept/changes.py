"""Who changed which policy file, when, from which bytes to which; and the changes that somebody is about to make."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path

from policy_qa.kept.store import Store, now

SCHEMA = """
CREATE TABLE IF NOT EXISTS changes (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL,
    who TEXT NOT NULL,
    action TEXT NOT NULL,
    source TEXT NOT NULL,
    old TEXT NOT NULL,
    new TEXT NOT NULL
) STRICT;
CREATE TRIGGER IF NOT EXISTS changes_stay BEFORE UPDATE ON changes
    BEGIN SELECT RAISE(ABORT, 'changes are only added to'); END;
CREATE TRIGGER IF NOT EXISTS changes_last BEFORE DELETE ON changes
    BEGIN SELECT RAISE(ABORT, 'changes are only added to'); END;
CREATE TABLE IF NOT EXISTS proposals (
    id TEXT PRIMARY KEY,
    at TEXT NOT NULL,
    who TEXT NOT NULL,
    action TEXT NOT NULL,
    source TEXT NOT NULL,
    old TEXT NOT NULL,
    target TEXT NOT NULL,
    new TEXT NOT NULL,
    state TEXT NOT NULL,
    said TEXT NOT NULL,
    stage TEXT NOT NULL,
    done INTEGER NOT NULL,
    total INTEGER NOT NULL,
    reading BLOB NOT NULL
) STRICT;
"""
#: A proposal that nobody confirmed goes after so long.
_FORGOTTEN = timedelta(days=30)


class Action(StrEnum):
    """What is done to a file. `FOUND`: a build found it changed; nobody did that here."""

    ADD = "add"
    REPLACE = "replace"
    WITHDRAW = "withdraw"
    RESTORE = "restore"
    FOUND = "found"


class Step(StrEnum):
    """How far a proposal has come. From `PROPOSED` on it waits for somebody to confirm it."""

    READING = "reading"
    REFUSED = "refused"
    PROPOSED = "proposed"
    WORKING = "working"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """A file `source` went from the bytes of one SHA-256 to those of another; empty where there is no such file.

    `at` is UTC in ISO 8601, `who` as that person gave it.
    """

    id: int
    at: str
    who: str
    action: Action
    source: str
    old: str
    new: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Proposal:
    """A change that waits to be confirmed, or what became of it.

    The file `source` with the hash `old` (empty: there is none) gives way to `target` with the hash `new` (empty:
    nothing takes its place); both have one doc_id. `reading` is what came out of the new bytes, as
    `index.codec.dump_segmentations` writes it; `said` why it was refused or failed. `stage`, `done` and `total` tell
    how far the build is.
    """

    id: str
    at: str
    who: str
    action: Action
    source: str
    old: str
    target: str
    new: str
    state: Step
    said: str = ""
    stage: str = ""
    done: int = 0
    total: int = 0
    reading: bytes = dataclasses.field(default=b"", repr=False)


class Changes:
    """The trail of changes, which only grows, and the proposals. All methods raise StoreUnusable."""

    def __init__(self, path: Path) -> None:
        self._store = Store(path, SCHEMA)

    def all(self) -> tuple[Change, ...]:
        """Every change, oldest first."""
        rows = self._store.rows("SELECT * FROM changes ORDER BY id")
        return tuple(Change(**{**dict(row), "action": Action(row["action"])}) for row in rows)

    def settle(
        self, files: Mapping[str, str], who: str, action: Action = Action.FOUND, only: Collection[str] | None = None
    ) -> None:
        """Note what of the files (source -> SHA-256) is not as the trail has it; of `only`, or of all."""
        with self._store.writing() as connection:
            rows = connection.execute("SELECT source, new FROM changes ORDER BY id")
            last = {row["source"]: row["new"] for row in rows}
            known = {source: new for source, new in last.items() if new}
            at = now()
            for source in sorted({*known, *files} if only is None else only):
                old, new = known.get(source, ""), files.get(source, "")
                if old != new:
                    connection.execute(
                        "INSERT INTO changes (at, who, action, source, old, new) VALUES (?, ?, ?, ?, ?, ?)",
                        (at, who, action, source, old, new),
                    )

    def append(self, rows: Iterable[Change]) -> None:
        """Add what another file's trail has, and this one has not."""
        known = {dataclasses.replace(row, id=0) for row in self.all()}
        with self._store.writing() as connection:
            connection.executemany(
                "INSERT INTO changes (at, who, action, source, old, new) VALUES (?, ?, ?, ?, ?, ?)",
                [
                    (row.at, row.who, row.action, row.source, row.old, row.new)
                    for row in rows
                    if dataclasses.replace(row, id=0) not in known
                ],
            )

    def propose(self, proposal: Proposal) -> None:
        """Keep a proposal; those that nobody confirmed for a month go."""
        values = dataclasses.asdict(proposal)
        names, marks = ", ".join(values), ", ".join("?" * len(values))
        oldest = (datetime.now(UTC) - _FORGOTTEN).isoformat(timespec="seconds")
        with self._store.writing() as connection:
            connection.execute("DELETE FROM proposals WHERE at < ? AND state != ?", (oldest, Step.WORKING))
            # The names are those of the dataclass.
            connection.execute(f"INSERT INTO proposals ({names}) VALUES ({marks})", tuple(values.values()))  # nosec B608 # noqa: S608 - ours

    def proposal(self, id_: str) -> Proposal | None:
        """One proposal; None where there is none of that name."""
        return next(iter(self._proposals("WHERE id = ?", id_)), None)

    def proposals(self) -> tuple[Proposal, ...]:
        """All proposals, newest first."""
        return self._proposals("ORDER BY at DESC, rowid DESC")

    def _proposals(self, which: str, *values: str) -> tuple[Proposal, ...]:
        rows = self._store.rows(f"SELECT * FROM proposals {which}", *values)  # nosec B608 # noqa: S608 - ours
        return tuple(
            Proposal(**{**dict(row), "action": Action(row["action"]), "state": Step(row["state"])}) for row in rows
        )

    def move(self, id_: str, state: Step, **values: str | int | bytes) -> None:
        """Note how far a proposal has come."""
        fields = {"state": state, **values}
        names = ", ".join(f"{name} = ?" for name in fields)
        self._store.run(f"UPDATE proposals SET {names} WHERE id = ?", *fields.values(), id_)  # nosec B608 # noqa: S608 - ours

    def drop(self, id_: str) -> None:
        """Forget a proposal."""
        self._store.run("DELETE FROM proposals WHERE id = ?", id_)

    def holds(self, digest: str) -> bool:
        """Whether bytes of this SHA-256 are spoken of anywhere."""
        wanted = "SELECT 1 FROM changes WHERE ? IN (old, new) UNION SELECT 1 FROM proposals WHERE ? IN (old, new)"
        return bool(self._store.rows(wanted, digest, digest))
