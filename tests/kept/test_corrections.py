"""Corrections: lines that `policy-qa eval` scores and `policy-qa tune` learns from."""

from __future__ import annotations

from pathlib import Path

import pytest

from policy_qa.evaluation.questions import read_questions
from policy_qa.kept.corrections import Correction, Corrections
from policy_qa.tuning import collection

ANSWERED = Correction(
    question="宜春学院CIO可以连任吗？",
    refs=("yichun-cio#7.2",),
    who="王老师",
    note="答成了解聘",
)
SILENT = Correction(question="食堂几点开门？", refs=())


@pytest.fixture
def corrections(tmp_path: Path) -> Corrections:
    made = Corrections(tmp_path / "desk.sqlite3")
    made.add(ANSWERED, "a")
    made.add(SILENT, "b")
    return made


def test_all_is_kept_in_order(corrections: Corrections) -> None:
    assert corrections.all() == (ANSWERED, SILENT)
    assert corrections.of("b") == {SILENT.id}
    corrections.delete(SILENT.id)
    assert corrections.all() == (ANSWERED,)


def test_its_lines_are_a_question_set(corrections: Corrections, tmp_path: Path) -> None:
    path = tmp_path / "questions.jsonl"
    path.write_text(corrections.lines(), "utf-8")
    answered, silent = read_questions(path)
    assert (answered.question, answered.refs) == (ANSWERED.question, ANSWERED.refs)
    assert silent.refused


def test_its_lines_are_pairs_to_tune_on(
    corrections: Corrections, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collection, "FEWEST", 1)
    path = tmp_path / "pairs.jsonl"
    path.write_text(corrections.lines(), "utf-8")
    (pair,) = collection.read_pairs(path)  # what has no answer trains nothing
    assert (pair.question, pair.refs) == (ANSWERED.question, ANSWERED.refs)
