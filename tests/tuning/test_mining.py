from __future__ import annotations

import numpy as np

from policy_qa.tuning.collection import Asked, Collection
from policy_qa.tuning.tune import bm25, hard_negatives
from policy_qa.words import Segmenter


def asked(positives: tuple[int, ...], allowed: set[int]) -> Asked:
    return Asked(question="?", positives=positives, gold=frozenset(allowed), allowed=frozenset(allowed))


def collection(size: int) -> Collection:
    """Two passages an article."""
    return Collection(passages=("",) * size, articles=(np.arange(size) // 2).astype(np.int32))


def test_what_is_allowed_is_never_wrong() -> None:
    rng = np.random.default_rng(0)
    near, words = rng.random((2, 40, 12)).astype(np.float32)
    questions = [asked((0, 1, 4, 5), {0, 2, 3})] * 40
    drawn = hard_negatives(questions, collection(12), near, words, 0)
    assert {len(d) for d in drawn} == {4}
    assert {row // 2 for d in drawn for row in d} <= {1, 4, 5}
    assert drawn == hard_negatives(questions, collection(12), near, words, 0)
    assert drawn != hard_negatives(questions, collection(12), near, words, 1)


def test_they_come_from_the_top_of_both_searches_in_turn() -> None:
    near = np.arange(1000, dtype=np.float32)[None]
    words = -np.arange(1000, dtype=np.float32)[None] + 100
    first, second = hard_negatives([asked((0, 1), {0})], collection(1000), near, words, 0)[0]
    assert 970 <= first < 998
    assert 4 <= second <= 31


def test_a_search_that_finds_nothing_gives_nothing() -> None:
    near, words = np.ones((1, 8), np.float32), np.zeros((1, 8), np.float32)
    assert len(hard_negatives([asked((0, 1, 2), {0, 1})], collection(8), near, words, 0)[0]) == 3
    assert hard_negatives([asked((0,), {0, 1, 2, 3})], collection(8), near, words, 0) == [[]]


def test_bm25_by_hand() -> None:
    segmenter = Segmenter()
    found = bm25(["主任任期三年", "经费预算", "主任主任经费"], ["主任", "经费预算", "食堂"], segmenter)
    assert found.shape == (3, 3)
    assert found[0, 2] > found[0, 0] > found[0, 1] == 0
    assert found[1].argmax() == 1
    assert not found[2].any()
