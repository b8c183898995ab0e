"""Question sets that were run at the page: when, on what, how far, and a row for every question so far."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from functools import cache
from sqlite3 import Row as Record
from typing import TYPE_CHECKING

from policy_qa.evaluation.rows import Row
from policy_qa.kept.store import Store

if TYPE_CHECKING:
    from pydantic import TypeAdapter

SCHEMA = """
CREATE TABLE IF NOT EXISTS runs (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    visitor TEXT NOT NULL,
    shared INTEGER NOT NULL,
    name TEXT NOT NULL,
    system TEXT NOT NULL,
    documents INTEGER NOT NULL,
    begun TEXT NOT NULL,
    total INTEGER NOT NULL,
    state TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS run_rows (
    run INTEGER NOT NULL REFERENCES runs (number) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    row TEXT NOT NULL,
    PRIMARY KEY (run, number)
) STRICT;
"""
_SELECT = "SELECT *, (SELECT COUNT(*) FROM run_rows WHERE run = runs.number) AS done FROM runs "
#: Runs that are kept; the oldest goes for another.
KEPT = 100


class State(Enum):
    """What became of a run."""

    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    """A run without its rows. `id` can't be guessed: whoever has it may look.

    `visitor` began it; `shared` tells that everybody may see it in the list, since its questions are no upload.
    `system` names what answered, empty where that was this program; `documents` counts what was on file. One that was
    `RUNNING` when the server ended stays so: the server knows what it is running.
    """

    id: str
    visitor: str
    shared: bool
    name: str
    system: str
    documents: int
    begun: datetime
    total: int
    done: int
    state: State


class Runs:
    """The runs of one file."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def begin(self, *, visitor: str, shared: bool, name: str, system: str, documents: int, total: int) -> str:
        """The id of a new run, under way."""
        id_, begun = secrets.token_urlsafe(12), datetime.now().astimezone().isoformat(timespec="seconds")
        with self._store.writing() as connection:
            connection.execute(
                "INSERT INTO runs (id, visitor, shared, name, system, documents, begun, total, state)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'running')",
                (id_, visitor, shared, name, system, documents, begun, total),
            )
            connection.execute(
                "DELETE FROM runs WHERE number <= (SELECT number FROM runs ORDER BY number DESC LIMIT 1 OFFSET ?)",
                (KEPT,),
            )
        return id_

    def add(self, id_: str, rows: Iterable[Row], first: int = 0) -> None:
        """Keep rows, numbered from `first`."""
        with self._store.writing() as connection:
            connection.executemany(
                "INSERT INTO run_rows SELECT number, ?, ? FROM runs WHERE id = ?",
                [(n, _json().dump_json(row).decode(), id_) for n, row in enumerate(rows, start=first)],
            )

    def end(self, id_: str, state: State) -> None:
        """Say what became of a run."""
        self._store.run("UPDATE runs SET state = ? WHERE id = ?", state.value, id_)

    def delete(self, id_: str) -> None:
        """Forget a run and its rows."""
        self._store.run("DELETE FROM runs WHERE id = ?", id_)

    def shown_to(self, visitor: str) -> list[Run]:
        """What a browser's list holds: its own runs and those that are shared, newest first."""
        return [*map(_run, self._store.rows(_SELECT + "WHERE visitor = ? OR shared ORDER BY number DESC", visitor))]

    def get(self, id_: str) -> Run | None:
        """One run; None where there is none of that id."""
        return next(map(_run, self._store.rows(_SELECT + "WHERE id = ?", id_)), None)

    def rows(self, id_: str) -> list[Row]:
        """The rows of a run so far, in the order of its questions."""
        query = "SELECT row FROM run_rows JOIN runs ON runs.number = run WHERE id = ? ORDER BY run_rows.number"
        return [_json().validate_json(record["row"]) for record in self._store.rows(query, id_)]


def _run(record: Record) -> Run:
    given = {name: record[name] for name in record.keys() if name != "number"}  # noqa: SIM118 - a Row is no dict
    return Run(
        **given
        | {
            "shared": bool(record["shared"]),
            "begun": datetime.fromisoformat(record["begun"]),
            "state": State(record["state"]),
        }
    )


@cache
def _json() -> TypeAdapter[Row]:
    from pydantic import TypeAdapter

    return TypeAdapter(Row)
