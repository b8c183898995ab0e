"""Figures worked out by hand."""

from __future__ import annotations

import doctest
from dataclasses import replace

import pytest

from policy_qa.datamodels import Answer, Citation, Retrieved
from policy_qa.evaluation import metrics
from policy_qa.evaluation.metrics import Row, facts_in, means, ranking, score
from policy_qa.evaluation.questions import LabelledQuestion

ASKED = LabelledQuestion(
    id="q1",
    category="fact",
    split="report",
    question="任期几年？",
    history=(),
    refused=False,
    refs=("x#7.2", "y#4"),
    also=("x#7",),
    facts=(("3年", "三年"), ("2届",)),
)


def article_of(ref: str) -> str:
    return ref.partition(".")[0]


def answered(*refs: str, text: str = "", retrieved: tuple[str, ...] = ()) -> Answer:
    return Answer(
        question="任期几年？",
        refused=not refs,
        mode="extractive",
        answer=text,
        citations=tuple(Citation(n=n, ref=r, cite="", quote="", start=0, end=0) for n, r in enumerate(refs, start=1)),
        retrieved=tuple(Retrieved(ref=r, score=0.5) for r in retrieved),
    )


def test_ranking_by_hand() -> None:
    assert ranking({"b", "c"}, ["a", "b", "x", "y", "c"]) == {
        "hit@1": 0.0,
        "hit@3": 1.0,
        "recall@3": 0.5,
        "recall@5": 1.0,
        "recall@10": 1.0,
        "mrr": 0.5,
    }


def test_ranking_first_and_none() -> None:
    assert set(ranking({"a"}, ["a", "b"]).values()) == {1.0}
    assert set(ranking({"a"}, ["b", "c"]).values()) == {0.0}
    assert set(ranking({"a"}, []).values()) == {0.0}


def test_more_relevant_ones_than_places() -> None:
    """Four relevant, three places: all three right is a recall@3 of 1."""
    assert ranking(set("abcd"), list("abcx"))["recall@3"] == 1.0
    assert ranking(set("abcd"), list("abcx"))["recall@5"] == 0.75


def test_an_answer_by_hand() -> None:
    answer = answered("x#7.2", "z#1", text="任期 ３ 年", retrieved=("x#7", "z#1", "y#4"))
    row = score(ASKED, answer, article_of, 0)
    assert row.cited == ("x#7", "z#1")
    assert row.values == {
        "hit@1": 1.0,
        "hit@3": 1.0,
        "recall@3": 1.0,
        "recall@5": 1.0,
        "recall@10": 1.0,
        "mrr": 1.0,
        "false_refusal": 0.0,
        "citation_precision": 0.5,
        "citation_recall": 0.5,
        "facts": 0.5,
    }


def test_a_refusal_where_there_is_an_answer_scores_nothing_and_is_counted() -> None:
    row = score(ASKED, answered(retrieved=("z#1",)), article_of, 0)
    assert (row.values["false_refusal"], row.refused) == (1.0, True)
    assert {v for k, v in row.values.items() if k != "false_refusal"} == {0.0}


def test_a_question_to_be_refused() -> None:
    asked = replace(ASKED, refused=True, refs=(), also=(), facts=())
    assert score(asked, answered(), article_of, 0).values == {"refusal": 1.0}
    assert score(asked, answered("x#7"), article_of, 0).values == {"refusal": 0.0}


def test_several_items_of_one_article_are_one_citation() -> None:
    row = score(ASKED, answered("x#7.1", "x#7.2", "y#4"), article_of, 0)
    assert (row.cited, row.values["citation_precision"], row.values["citation_recall"]) == (("x#7", "y#4"), 1.0, 1.0)


def test_what_may_be_cited_costs_no_precision_and_gives_no_recall() -> None:
    asked = replace(ASKED, also=("z#1",))
    row = score(asked, answered("x#7", "z#1"), article_of, 0)
    assert (row.values["citation_precision"], row.values["citation_recall"]) == (1.0, 0.5)


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


def row(number: int, **values: float) -> Row:
    return Row(
        id=str(number),
        category="fact",
        question="",
        refused=False,
        cited=(),
        retrieved=(),
        bad_quotes=0,
        milliseconds=1.0,
        values=values,
    )


def test_means_are_over_the_rows_that_a_measure_applies_to() -> None:
    found = means([row(1, mrr=1.0), row(2, mrr=0.5), row(3, refusal=1.0)])
    assert set(found) == {"mrr", "refusal"}
    assert (found["mrr"].value, found["mrr"].n) == (0.75, 2)
    assert (found["refusal"].value, found["refusal"].low, found["refusal"].high, found["refusal"].n) == (
        1.0,
        1.0,
        1.0,
        1,
    )


def test_intervals_hold_the_mean_narrow_with_more_rows_and_do_not_change() -> None:
    few = means([row(i, mrr=float(i % 2)) for i in range(10)])["mrr"]
    many = means([row(i, mrr=float(i % 2)) for i in range(1000)])["mrr"]
    assert few.low < few.value < few.high
    assert many.low < many.value < many.high
    # A share of .5 over n rows: standard error .5 / sqrt(n), 95 % within 1.96 of it.
    assert many.high - many.low == pytest.approx(2 * 1.96 * 0.5 / 1000**0.5, rel=0.15)
    assert few == means([row(i, mrr=float(i % 2)) for i in range(10)])["mrr"]


def test_no_rows() -> None:
    assert means([]) == {}


def test_the_examples_in_the_docstrings() -> None:
    assert doctest.testmod(metrics).failed == 0
