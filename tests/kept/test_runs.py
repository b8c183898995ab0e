"""Runs that are kept: their rows as they were, in order, seen by whom they are for, the oldest gone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from policy_qa.evaluation.rows import read_rows
from policy_qa.kept import runs as module
from policy_qa.kept.runs import SCHEMA, Runs, State
from policy_qa.kept.store import Store
from samples import ROOT


@pytest.fixture
def runs(tmp_path: Path) -> Runs:
    return Runs(Store(tmp_path / "desk.sqlite3", SCHEMA))


def begin(runs: Runs, visitor: str = "v", *, shared: bool = False) -> str:
    return runs.begin(visitor=visitor, shared=shared, name="set.jsonl", system="", documents=4, total=3)


def test_rows_come_back_as_they_were(runs: Runs) -> None:
    rows = read_rows(ROOT / "eval" / "gate" / "baseline.jsonl")[:40]
    rows[1] = replace(rows[1], error="half a pair \ud800"[:12], notices=("一", "二"))
    id_ = begin(runs)
    runs.add(id_, rows[:1])
    runs.add(id_, rows[1:], first=1)
    assert runs.rows(id_) == rows
    run = runs.get(id_)
    assert run
    assert (run.done, run.total, run.state, run.documents) == (40, 3, State.RUNNING, 4)
    runs.end(id_, State.DONE)
    again = runs.get(id_)
    assert again
    assert again.state is State.DONE


def test_a_list_holds_ones_own_and_what_is_shared_newest_first(runs: Runs) -> None:
    own, _, shared = begin(runs), begin(runs, "w"), begin(runs, "w", shared=True)
    assert [run.id for run in runs.shown_to("v")] == [shared, own]


def test_what_is_deleted_is_gone_with_its_rows(runs: Runs) -> None:
    one, other = begin(runs), begin(runs)
    rows = read_rows(ROOT / "eval" / "gate" / "baseline.jsonl")[:2]
    for id_ in (one, other):
        runs.add(id_, rows)
    runs.delete(one)
    runs.add(one, rows, first=2)  # a run that was deleted while it was under way
    assert (runs.get(one), runs.rows(one), len(runs.rows(other))) == (None, [], 2)


def test_the_oldest_goes(runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "KEPT", 2)
    first, *others = [begin(runs) for _ in range(3)]
    assert [run.id for run in runs.shown_to("v")] == others[::-1]
    assert runs.get(first) is None
