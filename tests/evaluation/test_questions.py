"""The shipped question set is sound, and a bad one is refused by line."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from policy_qa.datamodels import Segmentation
from policy_qa.errors import UsageError
from policy_qa.evaluation.questions import LabelledQuestion, read_questions
from samples import ROOT

SET = ROOT / "eval" / "questions.jsonl"


@pytest.fixture(scope="module")
def questions() -> list[LabelledQuestion]:
    return read_questions(SET)


@pytest.fixture(scope="module")
def texts(segmentations: Mapping[str, Segmentation]) -> Mapping[str, str]:
    """ref -> text without white space, headings before it."""
    return {
        p.ref: re.sub(r"\s", "", "".join(p.headings) + s.text_of(p))
        for s in segmentations.values()
        for p in s.provisions
    }


def test_ids_are_unique(questions: list[LabelledQuestion]) -> None:
    assert len({q.id for q in questions}) == len(questions) > 300


def test_both_splits_hold_every_category(questions: list[LabelledQuestion]) -> None:
    categories = {
        *("fact", "list", "colloquial", "lookup", "comparison", "follow_up"),
        *("english", "unanswerable", "off_topic", "false_premise"),
    }
    assert {q.category for q in questions} == categories
    for split in ("fit", "report"):
        assert {q.category for q in read_questions(SET, split)} == categories
    assert len(read_questions(SET, "fit")) + len(read_questions(SET, "report")) == len(questions)


def test_every_ref_exists(questions: list[LabelledQuestion], texts: Mapping[str, str]) -> None:
    assert not {(q.id, r) for q in questions for r in (*q.refs, *q.also) if r not in texts}


def test_every_fact_stands_in_a_provision_that_must_be_cited(
    questions: list[LabelledQuestion], texts: Mapping[str, str]
) -> None:
    lacking = [
        (q.id, wording)
        for q in questions
        for fact in q.facts
        for wording in fact
        if not any(re.sub(r"\s", "", wording) in texts[ref] for ref in q.refs)
    ]
    assert not lacking


def test_refusals_carry_nothing_and_answers_something(questions: list[LabelledQuestion]) -> None:
    for q in questions:
        assert q.question.strip()
        assert q.refused == (not q.refs)
        assert not (q.refused and (q.also or q.facts))
        assert not set(q.refs) & set(q.also)
        assert bool(q.history) == (q.category == "follow_up")


def write(folder: Path, *lines: str) -> Path:
    path = folder / "set.jsonl"
    path.write_text("\n".join(lines), "utf-8")
    return path


def test_what_a_line_may_leave_out(tmp_path: Path) -> None:
    (found,) = read_questions(write(tmp_path, '{"id": 7, "question": "任期？"}', ""))
    assert found == LabelledQuestion(
        id="7",
        category="all",
        split="report",
        question="任期？",
        history=(),
        refused=True,
        refs=(),
        also=(),
        facts=(),
    )


def test_wordings_of_a_fact(tmp_path: Path) -> None:
    line = json.dumps({"id": "a", "question": "?", "refs": ["x#1"], "facts": ["3年|三年", "2届"]})
    (found,) = read_questions(write(tmp_path, line))
    assert (found.refused, found.facts) == (False, (("3年", "三年"), ("2届",)))


@pytest.mark.parametrize("line", ["{", "[]", "1", '"x"', "null", '{"id": "a"}', '{"question": "a"}'])
def test_a_bad_line_is_named(tmp_path: Path, line: str) -> None:
    with pytest.raises(UsageError, match=r"set\.jsonl:2: expected a labelled question"):
        read_questions(write(tmp_path, '{"id": "a", "question": "b"}', line))


def test_a_set_that_is_not_there_or_empty(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="expected a question set"):
        read_questions(tmp_path / "none.jsonl")
    with pytest.raises(UsageError, match="expected questions of split fit, found none"):
        read_questions(write(tmp_path, '{"id": "a", "question": "b"}'), "fit")
    path = tmp_path / "gbk.jsonl"
    path.write_bytes("任期".encode("gbk"))
    with pytest.raises(UsageError, match="expected a question set"):
        read_questions(path)
