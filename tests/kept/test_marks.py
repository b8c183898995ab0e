"""Marks: what was said last counts, as long as the words are those that were marked; nothing is ever changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from policy_qa.errors import StoreUnusable
from policy_qa.kept.marks import Marks, Said, Standing, standing
from policy_qa.kept.store import Store

REF = "yichun-cio#7.2"


@pytest.fixture
def marks(tmp_path: Path) -> Marks:
    return Marks(tmp_path / "desk.sqlite3")


def add(marks: Marks, said: Said, words: str = "任期3年", ref: str = REF) -> None:
    marks.add(ref, "第七条第二项", words, said=said, who="王老师", note="与原件一致")


@pytest.mark.parametrize(
    ("said", "words", "stands"),
    [
        ((), "任期3年", Standing.OPEN),
        ((Said.RIGHT,), "任期3年", Standing.RIGHT),
        ((Said.WRONG,), "任期3年", Standing.WRONG),
        ((Said.RIGHT,), "任期4年", Standing.CHANGED),
        ((Said.WRONG,), "任期4年", Standing.CHANGED),
        ((Said.RIGHT,), None, Standing.CHANGED),
        ((Said.WRONG, Said.RIGHT), "任期3年", Standing.RIGHT),
        ((Said.RIGHT, Said.TAKEN_BACK), "任期3年", Standing.OPEN),
        ((Said.RIGHT, Said.TAKEN_BACK), "任期4年", Standing.OPEN),
    ],
)
def test_how_a_provision_stands(marks: Marks, said: tuple[Said, ...], words: str | None, stands: Standing) -> None:
    for each in said:
        add(marks, each)
    assert standing(marks.latest().get(REF), words) is stands


def test_all_is_kept_in_order(marks: Marks) -> None:
    add(marks, Said.WRONG)
    add(marks, Said.RIGHT, "任期4年")
    add(marks, Said.RIGHT, "岗位", "helan-cio#4")
    latest, first = marks.history(REF)
    assert (latest.said, first.said) == (Said.RIGHT, Said.WRONG)
    assert (marks.words(latest), marks.words(first)) == ("任期4年", "任期3年")
    assert [mark.ref for mark in marks.all()] == [REF, REF, "helan-cio#4"]
    assert latest.who == "王老师"


def test_what_another_process_marks_is_seen(marks: Marks, tmp_path: Path) -> None:
    add(marks, Said.RIGHT)
    assert set(marks.latest()) == {REF}
    add(Marks(tmp_path / "desk.sqlite3"), Said.RIGHT, ref="helan-cio#4")
    assert set(marks.latest()) == {REF, "helan-cio#4"}


@pytest.mark.parametrize("statement", ["UPDATE marks SET said = 'right'", "DELETE FROM marks"])
def test_no_mark_is_changed(marks: Marks, tmp_path: Path, statement: str) -> None:
    add(marks, Said.WRONG)
    with pytest.raises(StoreUnusable, match="never"), Store(tmp_path / "desk.sqlite3").writing() as connection:
        connection.execute(statement)
    assert marks.latest()[REF].said is Said.WRONG
