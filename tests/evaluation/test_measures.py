"""Measures worked out by hand, and the same as ir_measures gives."""

from __future__ import annotations

import doctest
import math
import random
from collections.abc import Iterable, Sequence

import pytest

from policy_qa.evaluation import measures
from policy_qa.evaluation.measures import ranking
from policy_qa.evaluation.rows import MEASURES, RANKED, read_rows
from samples import ROOT

#: Our name -> theirs.
THEIRS = {
    "hit@1": "Success@1",
    "hit@3": "Success@3",
    "recall@3": "R@3",
    "recall@5": "R@5",
    "recall@10": "R@10",
    "recall@100": "R@100",
    "precision@1": "P@1",
    "precision@5": "P@5",
    "precision@10": "P@10",
    "mrr": "RR",
    "mrr@10": "RR@10",
    "ndcg@3": "nDCG@3",
    "ndcg@10": "nDCG@10",
    "ap": "AP",
    "ap@5": "AP@5",
}


@pytest.mark.parametrize(
    ("relevant", "ranked", "measure", "expected"),
    [
        ("bc", "abxyc", "hit@1", 0),
        ("bc", "abxyc", "hit@3", 1),
        ("bc", "abxyc", "recall@3", 1 / 2),
        ("bc", "abxyc", "recall@5", 1),
        # Four relevant, three places: all three right finds three of four.
        ("abcd", "abcx", "recall@3", 3 / 4),
        ("bc", "abxyc", "precision@5", 2 / 5),
        ("bc", "abxyc", "precision@10", 2 / 10),
        ("bc", "abxyc", "mrr", 1 / 2),
        ("c", "abxyc", "mrr", 1 / 5),
        ("c", "abxyc", "mrr@3", 0),
        ("bc", "abxyc", "ndcg@10", (1 / math.log2(3) + 1 / math.log2(6)) / (1 + 1 / math.log2(3))),
        ("bc", "abxyc", "ndcg@3", (1 / math.log2(3)) / (1 + 1 / math.log2(3))),
        ("abcd", "abcx", "ndcg@3", 1),
        ("bc", "abxyc", "ap", (1 / 2 + 2 / 5) / 2),
        ("bc", "abxyc", "ap@3", (1 / 2) / 2),
        ("a", "", "ap", 0),
        ("a", "", "mrr", 0),
        ("a", "", "hit@1", 0),
        ("ab", "aab", "recall@3", 1),
        ("ab", "aab", "precision@3", 2 / 3),
    ],
)
def test_by_hand(relevant: str, ranked: str, measure: str, expected: float) -> None:
    assert ranking(set(relevant), list(ranked), [measure])[measure] == pytest.approx(expected, abs=1e-12)


def assert_same_as_ir_measures(cases: Sequence[tuple[Iterable[str], Sequence[str]]]) -> None:
    import ir_measures
    from ir_measures import Qrel, ScoredDoc

    judged = [Qrel(str(q), item, 1) for q, (relevant, _) in enumerate(cases) for item in relevant]
    # Theirs ranks by score; ours is a ranking already.
    run = [ScoredDoc(str(q), item, -float(i)) for q, (_, ranked) in enumerate(cases) for i, item in enumerate(ranked)]
    wanted = {ir_measures.parse_measure(name): own for own, name in THEIRS.items()}
    found = {(m.query_id, wanted[m.measure]): m.value for m in ir_measures.iter_calc(list(wanted), judged, run)}
    for q, (relevant, ranked) in enumerate(cases):
        for name, value in ranking(set(relevant), ranked, THEIRS).items():
            assert value == pytest.approx(found[str(q), name], abs=1e-9), (q, name)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_random_runs_as_ir_measures() -> None:
    rng = random.Random(20261126)  # noqa: S311  # to be repeatable
    items = [f"x#{n}" for n in range(40)]
    assert_same_as_ir_measures(
        [(rng.sample(items, rng.randint(1, 12)), rng.sample(items, rng.randint(0, 40))) for _ in range(300)]
    )


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_baseline_as_ir_measures() -> None:
    rows = [row for row in read_rows(ROOT / "eval" / "gate" / "baseline.jsonl") if not row.to_refuse]
    assert len(rows) > 50
    assert_same_as_ir_measures([(row.judged, [r.ref for r in row.retrieved]) for row in rows])


def test_every_ranked_figure_of_a_report_is_held_against_theirs() -> None:
    assert set(RANKED) <= set(THEIRS)
    assert set(RANKED) <= set(MEASURES)


def test_the_examples_in_the_docstrings() -> None:
    assert doctest.testmod(measures).failed == 0
