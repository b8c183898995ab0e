"""The shipped question set is sound; of a bad one every fault is named with its line, and nothing is scored."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from policy_qa.datamodels import Segmentation
from policy_qa.errors import UnknownRef, UsageError
from policy_qa.evaluation.questions import LabelledQuestion, read_questions
from samples import ROOT

SET = ROOT / "eval" / "questions.jsonl"


@pytest.fixture(scope="module")
def questions() -> list[LabelledQuestion]:
    return read_questions(SET, "all")


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
    assert read_questions(SET) == read_questions(SET, "report")


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


GOOD = {"id": "a", "question": "任期？", "refs": ["x#1"]}


def test_what_a_line_may_leave_out(tmp_path: Path) -> None:
    refusal = '{"id": 7, "question": "任期？", "refused": true}'
    answerable, refused = read_questions(write(tmp_path, json.dumps(GOOD), "", refusal))
    assert answerable == LabelledQuestion(
        id="a",
        category="all",
        split="report",
        question="任期？",
        history=(),
        refused=False,
        refs=("x#1",),
        also=(),
        facts=(),
    )
    assert (refused.id, refused.refused, refused.refs) == ("7", True, ())


def test_everything_that_a_line_may_have(tmp_path: Path) -> None:
    line = GOOD | {
        "category": "list",
        "split": "gate",
        "lang": "en",
        "subject": "leave",
        "history": ["谁任命？", "谁任命？"],
        "refused": False,
        "also": ["x#2"],
        "facts": ["3年|三年", "2届"],
        "note": "",
    }
    (found,) = read_questions(write(tmp_path, "\ufeff" + json.dumps(line)))
    assert found == LabelledQuestion(
        id="a",
        category="list",
        split="gate",
        question="任期？",
        history=("谁任命？", "谁任命？"),
        refused=False,
        refs=("x#1",),
        also=("x#2",),
        facts=(("3年", "三年"), ("2届",)),
        lang="en",
        subject="leave",
    )


def faults_of(path: Path) -> list[str]:
    with pytest.raises(UsageError) as caught:
        read_questions(path, "", known)
    head, *faults = str(caught.value).splitlines()
    count = f"{len(faults)} fault{'s' * (len(faults) > 1)}"
    assert head == f"{path}: expected a sound question set, found {count}; mend them, nothing was scored"
    return [fault.removeprefix(f"{path}:") for fault in faults]


def known(label: str) -> str:
    if label not in ("x#1", "x#2"):
        raise UnknownRef(f"{label}: expected a provision")
    return label


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"refs": "yichun-cio#7"}, "refs: expected a list of texts, found 'yichun-cio#7'"),
        ({"refs": ["x#1", 7]}, "refs: expected a list of texts, found 7"),
        ({"refs": ["x#1", ""]}, "refs: expected a list of texts, found ''"),
        ({"refs": {"x#1": 1}}, "refs: expected a list of texts, found {'x#1': 1}"),
        ({"refs": None, "refused": True}, "refs: expected a list of texts, found None"),
        ({"refs": ["x#1", "x#1"]}, "refs: expected each once, found 'x#1' twice"),
        ({"refs": ["x#9"]}, "refs: x#9: expected a provision"),
        ({"refs": ["nobody"]}, "refs: nobody: expected a provision"),
        ({"also": ["x#9"]}, "also: x#9: expected a provision"),
        ({"also": ["x#1"]}, "also: expected none of refs, found 'x#1' in both"),
        ({"also": "x#2"}, "also: expected a list of texts, found 'x#2'"),
        ({"refused": "false"}, "refused: expected true or false, found 'false'"),
        ({"refused": 0}, "refused: expected true or false, found 0"),
        ({"refused": True}, "refs: expected none where refused is true, found some; leave out one of both"),
        (
            {"refused": True, "refs": [], "facts": ["3年"]},
            "also, facts: expected none where refused is true, found some; leave out one of both",
        ),
        ({"refs": []}, "refs: expected the provisions that answer, or refused true, found neither"),
        (
            {"refs": [], "refused": False},
            "refs: expected the provisions that answer, or refused true, found neither",
        ),
        ({"history": "谁任命？"}, "history: expected a list of texts, found '谁任命？'"),
        ({"history": [["谁任命？"]]}, "history: expected a list of texts, found ['谁任命？']"),
        ({"facts": "3年"}, "facts: expected a list of texts, found '3年'"),
        ({"facts": [3]}, "facts: expected a list of texts, found 3"),
        ({"facts": ["3年|"]}, "facts: expected words on either side of |, found none"),
        ({"question": ""}, "question: expected a text, found ''"),
        ({"question": ["任期？"]}, "question: expected a text, found ['任期？']"),
        ({"question": "问" * 2001}, "question, history: expected at most 2000 characters, found 2001"),
        ({"history": ["问" * 2001]}, "question, history: expected at most 2000 characters, found 2001"),
        ({"id": ""}, "id: expected a text, found ''"),
        ({"id": True}, "id: expected a text, found True"),
        ({"id": "first"}, "id: expected one of its own, found 'first' of line 1 again"),
        ({"split": "test"}, "split: expected fit or report or gate, found 'test'"),
        ({"split": ["fit"]}, "split: expected fit or report or gate, found ['fit']"),
        ({"lang": "中文"}, "lang: expected zh or en, found '中文'"),
        ({"category": 1}, "category: expected a text, found 1"),
        ({"note": 1}, "note: expected a text, found 1"),
        ({"ref": ["x#1"]}, "'ref': expected a known field"),
        ({"Question": "?"}, "; question is one"),
    ],
)
def test_each_fault_is_named_with_its_line(tmp_path: Path, changed: dict[str, object], fault: str) -> None:
    line = json.dumps(GOOD | changed, ensure_ascii=False)
    found = faults_of(write(tmp_path, json.dumps(GOOD | {"id": "first"}), "", line))
    assert len(found) == 1
    assert found[0].startswith("3: ")
    assert fault in found[0]


@pytest.mark.parametrize("line", ["{", "[]", "1", '"x"', "null", "任期", '{"a": 1}{"b": 2}', "[" * 100_000])
def test_a_line_that_is_no_object(tmp_path: Path, line: str) -> None:
    (found,) = faults_of(write(tmp_path, json.dumps(GOOD), line))
    assert found.startswith("2: expected a JSON object, found ")
    assert len(found) < 200


def test_a_field_twice(tmp_path: Path) -> None:
    line = '{"id": "a", "question": "任期？", "refs": ["x#1"], "refs": ["x#2"]}'
    assert faults_of(write(tmp_path, line)) == ["1: refs: expected once, found twice"]


@pytest.mark.parametrize("line", ['{"id": "a", "refused": true}', '{"question": "任期？", "refused": true}'])
def test_what_must_be_there(tmp_path: Path, line: str) -> None:
    (found,) = faults_of(write(tmp_path, line))
    assert found.endswith(": expected a text, found none")


def test_all_faults_are_named_at_once_the_first_twenty_of_more(tmp_path: Path) -> None:
    bad = json.dumps({"id": "a", "question": "", "refs": "x#1", "refused": "no"})
    assert len(faults_of(write(tmp_path, "{", bad, json.dumps(GOOD | {"refs": ["x#9"]})))) == 6
    with pytest.raises(UsageError) as caught:
        read_questions(write(tmp_path, *["{"] * 30))
    lines = str(caught.value).splitlines()
    assert "found 30 faults" in lines[0]
    assert (len(lines), lines[-1]) == (22, "… and 10 more")


def test_a_fault_of_another_split_is_named_too(tmp_path: Path) -> None:
    line = json.dumps(GOOD | {"id": "b", "split": "fit", "refs": []})
    with pytest.raises(UsageError, match=r"found 1 fault; mend(.|\n)*set\.jsonl:2: refs"):
        read_questions(write(tmp_path, json.dumps(GOOD), line), "report")


def test_a_set_that_is_not_there_or_empty(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="expected a question set"):
        read_questions(tmp_path / "none.jsonl")
    with pytest.raises(UsageError, match="expected a question set"):
        read_questions(tmp_path)
    with pytest.raises(UsageError, match="expected questions of split fit, found none"):
        read_questions(write(tmp_path, json.dumps(GOOD)), "fit")
    with pytest.raises(UsageError, match="expected questions of split all, found none"):
        read_questions(write(tmp_path, "", "  "))
    path = tmp_path / "gbk.jsonl"
    path.write_bytes("任期".encode("gbk"))
    with pytest.raises(UsageError, match="save it as UTF-8"):
        read_questions(path)


def test_without_a_split_all_of_a_set_that_has_no_report(tmp_path: Path) -> None:
    lines = [json.dumps(GOOD | {"id": split, "split": split}) for split in ("fit", "gate")]
    assert [q.id for q in read_questions(write(tmp_path, *lines))] == ["fit", "gate"]
    assert [q.id for q in read_questions(write(tmp_path, *lines), "gate")] == ["gate"]
    assert [q.id for q in read_questions(write(tmp_path, *lines, json.dumps(GOOD)))] == ["a"]
