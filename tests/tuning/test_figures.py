from __future__ import annotations

import math

import numpy as np
import pytest

from policy_qa.evaluation.measures import ranking
from policy_qa.tuning.collection import Asked, Collection
from policy_qa.tuning.tune import MEASURES, changes_of, measured

LOG = [1 / math.log2(rank + 2) for rank in range(10)]


def measures(ranked: list[int], gold: frozenset[int]) -> dict[str, float]:
    return ranking(gold, ranked, MEASURES)


def test_measures_by_hand() -> None:
    found = measures([9, 4, 7, 5], frozenset({4, 5, 6}))
    assert found["mrr@10"] == 0.5
    assert found["ndcg@10"] == pytest.approx((LOG[1] + LOG[3]) / (LOG[0] + LOG[1] + LOG[2]))
    assert (found["recall@1"], found["recall@10"]) == (0, pytest.approx(2 / 3))


def test_what_comes_after_the_tenth_counts_for_recall_alone() -> None:
    found = measures(list(range(1, 100)), frozenset({11}))
    assert (found["mrr@10"], found["ndcg@10"], found["recall@10"], found["recall@100"]) == (0, 0, 0, 1)


def test_an_article_has_its_best_passage() -> None:
    collection = Collection(passages=("a", "b", "c", "d"), articles=np.array([1, 0, 1, 2], dtype=np.int32))
    asked = [
        Asked(question="?", positives=(0,), gold=frozenset({1}), allowed=frozenset({1})),
        Asked(question="?", positives=(1,), gold=frozenset({0}), allowed=frozenset({0})),
    ]
    similarity = np.array([[0.1, 0.5, 0.9, 0.2], [0.1, 0.5, 0.9, 0.6]], dtype=np.float32)
    assert [row["mrr@10"] for row in measured(asked, collection, similarity)] == [1, pytest.approx(1 / 3)]


def test_a_change_that_all_questions_share_is_certain() -> None:
    worse, better = measures([2, 1], frozenset({1})), measures([1, 2], frozenset({1}))
    found = changes_of([worse] * 5, [better] * 5)["mrr@10"]
    assert (found.before, found.after, found.difference, found.low, found.high) == (0.5, 1, 0.5, 0.5, 0.5)
    assert found.better
    assert not changes_of([better] * 5, [worse] * 5)["mrr@10"].better


def test_no_change_is_not_better() -> None:
    same = measures([1], frozenset({1}))
    assert not changes_of([same] * 3, [same] * 3)["mrr@10"].better


def test_the_interval_holds_what_may_be_chance() -> None:
    worse, better = measures([2, 1], frozenset({1})), measures([1, 2], frozenset({1}))
    found = changes_of([worse, better, worse, better, worse], [better, worse, better, worse, better])["mrr@10"]
    assert found.low < 0 < found.difference < found.high
