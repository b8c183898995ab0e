from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from policy_qa.errors import UsageError
from policy_qa.tuning.collection import FEWEST, Pair, parts, read_pairs

MANY = [{"question": f"第{n}个问题是什么？", "refs": ["x#1"]} for n in range(FEWEST)]


def written(folder: Path, lines: list[Any]) -> Path:
    path = folder / "pairs.jsonl"
    path.write_text("".join((x if isinstance(x, str) else json.dumps(x)) + "\n" for x in lines), "utf-8")
    return path


def test_refs_texts_or_both(tmp_path: Path) -> None:
    lines = [
        {"question": " 谁来批准？ ", "refs": ["x#1", "x#2.1"], "also": ["x#3"]},
        {"question": "多少钱？", "text": "第五条 每月100元。"},
        {"question": "任期？", "refs": "x#4", "text": ["甲", "乙"]},
        *MANY,
    ]
    pairs = read_pairs(written(tmp_path, lines))
    assert pairs[0] == Pair(
        question="谁来批准？", refs=("x#1", "x#2.1"), also=("x#3",), where=f"{tmp_path / 'pairs.jsonl'}:1"
    )
    assert (pairs[1].refs, pairs[1].texts) == ((), ("第五条 每月100元。",))
    assert (pairs[2].refs, pairs[2].texts) == (("x#4",), ("甲", "乙"))
    assert len(pairs) == 3 + FEWEST


def test_one_question_in_two_lines_is_one_pair(tmp_path: Path) -> None:
    twice = [{"question": "ＣＩＯ由谁任命？", "refs": ["x#1"]}, {"question": "cio 由谁任命？", "refs": ["x#2", "x#1"]}]
    pairs = read_pairs(written(tmp_path, [*twice, *MANY]))
    assert len(pairs) == 1 + FEWEST
    assert pairs[0].refs == ("x#1", "x#2")


def test_a_refusal_is_no_pair(tmp_path: Path) -> None:
    refusal = {"question": "食堂几点开？", "refused": True, "refs": []}
    assert len(read_pairs(written(tmp_path, [refusal, *MANY, ""]))) == FEWEST


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{broken", "found '{broken'"),
        ("[1]", "found '[1]'"),
        ({"refs": ["x#1"]}, 'expected {"question"'),
        ({"question": "  ", "refs": ["x#1"]}, "expected a question"),
        ({"question": 7, "refs": ["x#1"]}, "expected a question"),
        ({"question": "谁？"}, 'expected "refs" or "text"'),
        ({"question": "谁？", "refs": [], "text": " "}, 'expected "refs" or "text"'),
        ({"question": "谁？", "refs": [3]}, 'expected {"question"'),
        ({"question": "谁？", "refs": {"x": 1}}, 'expected {"question"'),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, line: Any, said: str) -> None:
    with pytest.raises(UsageError) as error:
        read_pairs(written(tmp_path, [MANY[0], line, *MANY]))
    assert str(error.value).startswith(f"{tmp_path / 'pairs.jsonl'}:2: expected")
    assert said in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("lines", [[], MANY[1:], [MANY[0]] * 50])
def test_too_few_questions(tmp_path: Path, lines: list[Any]) -> None:
    found = len({str(line) for line in lines})
    with pytest.raises(UsageError, match=f"at least {FEWEST} different questions .* found {found};"):
        read_pairs(written(tmp_path, lines))


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="expected question pairs"):
        read_pairs(tmp_path / "none.jsonl")


@pytest.mark.parametrize("count", [20, 21, 99, 1235])
def test_parts_are_all_of_it_and_share_nothing(count: int) -> None:
    questions = [f"问题{n}" for n in range(count)]
    trained, watched, held = parts(questions, 0)
    assert sorted([*trained, *watched, *held]) == list(range(count))
    assert len(held) == count // 5
    assert 1 <= len(watched) <= len(trained)
    assert parts(questions, 0) == (trained, watched, held)
    assert parts(questions, 1)[2] != held


def test_a_question_stays_in_its_part_when_others_are_added() -> None:
    questions = [f"问题{n}" for n in range(200)]
    before = {questions[i] for i in parts(questions[:180], 0)[2]}
    now = {questions[i] for i in parts(questions, 0)[2]}
    assert len(before & now) >= len(before) - 4
