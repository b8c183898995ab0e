"""Rows: figures worked out by hand, and made anew from what a file holds."""

from __future__ import annotations

import doctest
import json
from dataclasses import replace
from pathlib import Path

import pytest

from policy_qa.datamodels import Answer, Citation, Retrieved
from policy_qa.errors import UsageError
from policy_qa.evaluation import rows
from policy_qa.evaluation.questions import LabelledQuestion
from policy_qa.evaluation.rows import MEASURES, Row, facts_in, figures, read_rows, row_of, unanswered, write_rows
from samples import ROOT, answering

ASKED = LabelledQuestion(
    id="q1",
    category="fact",
    split="report",
    question="任期几年？",
    history=("谁任命？",),
    refused=False,
    refs=("x#7.2", "y#4"),
    also=("x#7", "z#2"),
    facts=(("3年", "三年"), ("2届",)),
    subject="任期",
)


def article_of(ref: str) -> str:
    return ref.partition(".")[0]


def answered(*refs: str, text: str = "", retrieved: tuple[str, ...] = ()) -> Answer:
    return answering(
        text,
        question="任期几年？",
        refused=not refs,
        citations=tuple(Citation(n=n, ref=r, cite="", quote="", start=0, end=0) for n, r in enumerate(refs, start=1)),
        retrieved=tuple(Retrieved(ref=r, score=0.5) for r in retrieved),
        notices=("讨论稿",),
        timings_ms={"total": 12.5},
    )


def scored(question: LabelledQuestion, answer: Answer) -> dict[str, float]:
    return figures(row_of(question, answer, article_of, 0))


def test_an_answer_by_hand() -> None:
    answer = answered("x#7.2", "z#1", text="任期 ３ 年", retrieved=("x#7", "z#1", "y#4"))
    row = row_of(ASKED, answer, article_of, 2)
    assert (row.cited, row.citations, row.judged) == (("x#7", "z#1"), ("x#7.2", "z#1"), ("x#7", "y#4"))
    assert (row.allowed, row.bad_quotes, row.milliseconds) == (("x#7", "y#4", "z#2"), 2, 12.5)
    assert figures(row) == pytest.approx(
        {
            "hit@1": 1.0,
            "hit@3": 1.0,
            "recall@3": 1.0,
            "recall@5": 1.0,
            "recall@10": 1.0,
            "mrr": 1.0,
            "ndcg@10": (1 + 0.5) / (1 + 0.6309297535714575),
            "ap": (1 + 2 / 3) / 2,
            "false_refusal": 0.0,
            "citation_precision": 0.5,
            "citation_recall": 0.5,
            "facts": 0.5,
        }
    )


def test_two_items_of_one_article_are_judged_once() -> None:
    """A ranking of articles can't find more than the article."""
    asked = replace(ASKED, refs=("x#7.1", "x#7.2"))
    found = scored(asked, answered("x#7.1", retrieved=("x#7",)))
    assert (found["recall@3"], found["ndcg@10"], found["ap"], found["citation_recall"]) == (1, 1, 1, 1)


def test_what_may_be_cited_is_not_relevant_to_a_ranking() -> None:
    found = scored(ASKED, answered("z#2", retrieved=("z#2", "y#4")))
    assert (found["hit@1"], found["mrr"], found["recall@3"]) == (0, 0.5, 0.5)
    assert (found["citation_precision"], found["citation_recall"]) == (1, 0)


def test_a_refusal_where_there_is_an_answer_scores_nothing_and_is_counted() -> None:
    found = scored(ASKED, answered(retrieved=("z#1",)))
    assert found.pop("false_refusal") == 1.0
    assert set(found.values()) == {0.0}


def test_a_question_to_be_refused() -> None:
    asked = replace(ASKED, refused=True, refs=(), also=(), facts=())
    assert scored(asked, answered()) == {"refusal": 1.0}
    assert scored(asked, answered("x#7")) == {"refusal": 0.0}


def test_a_question_without_an_answer_scores_the_worst_everywhere() -> None:
    found = figures(unanswered(replace(ASKED, category="comparison"), "ZeroDivisionError()"))
    assert found.pop("false_refusal") == 1.0
    assert set(found) == set(MEASURES) - {"refusal", "false_refusal"}
    assert set(found.values()) == {0.0}
    asked = replace(ASKED, refused=True, refs=(), also=(), facts=())
    assert figures(unanswered(asked, "no row")) == {"refusal": 0.0}


def test_several_items_of_one_article_are_one_citation() -> None:
    row = row_of(ASKED, answered("x#7.1", "x#7.2", "y#4"), article_of, 0)
    assert (row.cited, figures(row)["citation_precision"], figures(row)["citation_recall"]) == (("x#7", "y#4"), 1, 1)


@pytest.mark.parametrize(
    ("answer", "facts", "share"),
    [
        ("任期 3 年，可连任", [["3年"], ["5年", "五年"]], 0.5),
        ("任期３年", [["3年"]], 1.0),
        ("首席信息官（ＣＩＯ）", [["cio"]], 1.0),
        ("任期\n三年", [["3年", "三年"]], 1.0),
        ("", [["3年"]], 0.0),
    ],
)
def test_facts(answer: str, facts: list[list[str]], share: float) -> None:
    assert facts_in(answer, facts) == share


def test_rows_come_back_as_they_were_written(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    answer = answered("x#7.2", "z#1", text="任期3年\u2028", retrieved=("x#7", "z#1"))
    written = [row_of(ASKED, answer, article_of, 1), unanswered(replace(ASKED, id="q2"), "boom")]
    written.append(replace(written[0], id="q3", category="comparison", shown=(("x", ("x#7",)), ("y", ()))))
    write_rows(path, written)
    assert read_rows(path) == written


def test_figures_in_a_file_are_those_made_anew() -> None:
    """Every figure of the baseline can be recomputed from its row alone."""
    path = ROOT / "eval" / "gate" / "baseline.jsonl"
    stored = [json.loads(line)["values"] for line in path.read_text("utf-8").split("\n") if line]
    assert [figures(row) for row in read_rows(path)] == stored
    assert {m for values in stored for m in values} == set(MEASURES)


def line_of(**changed: object) -> str:
    good = json.loads(json.dumps(_plain(unanswered(ASKED, ""))))
    return json.dumps(good | changed)


def _plain(row: Row) -> dict[str, object]:
    from dataclasses import asdict

    return asdict(row)


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[]",
        "{}",
        line_of(refused="false"),
        line_of(judged="x#7"),
        line_of(retrieved=[{"ref": "x#7"}]),
        line_of(judged=[]),
        line_of(bad_quotes="1"),
    ],
)
def test_a_line_that_is_no_row_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text(line_of(id="good") + "\n" + line, "utf-8")
    with pytest.raises(UsageError, match=r"rows\.jsonl:2: expected a row written by policy-qa eval"):
        read_rows(path)


@pytest.mark.parametrize("text", ["", "\n", line_of() + "\n" + line_of()])
def test_no_rows_and_one_twice(tmp_path: Path, text: str) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text(text, "utf-8")
    with pytest.raises(UsageError, match="expected rows, one for each id"):
        read_rows(path)


def test_the_examples_in_the_docstrings() -> None:
    assert doctest.testmod(rows).failed == 0
