"""Fusion by hand and against the plain way to compute the same."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from policy_qa.retrieval.fusion import Fusion, Neighbours, best, pool, standard, voices

FUSION = Fusion(searches={"a": 3.0, "b": 1.0}, voices=0.5, spread=2.0, slope=10.0, level={"zh": 0.9})


def array(*values: float) -> np.ndarray:
    return np.array(values, dtype=np.float32)


def test_best_by_hand() -> None:
    assert best(array(1, 5, 3), 2).tolist() == [1, 2]
    assert best(array(1, 5, 3), 9).tolist() == [1, 2, 0]
    assert best(array(), 3).tolist() == []


def test_standard_by_hand() -> None:
    assert standard(array(4, 0), array(1, 3)) == pytest.approx([2, -2])


def test_voices_by_hand() -> None:
    # Document 0 has scores 1 and -3 (which counts nothing), document 1 has 0: (1 + 1) / 10 and (0 + 1) / 10.
    assert voices(array(1, 0, -3), np.array([0, 1, 0], np.int32)) == pytest.approx([0.2, 0.1, 0.2])


def test_only_ten_voices_of_a_document_count() -> None:
    assert voices(np.ones(25, np.float32), np.zeros(25, np.int32)) == pytest.approx([2.0] * 25)
    # Of a second one, too; the best ten of each, wherever they stand.
    documents = np.array([0, 1] * 12, np.int32)
    scores = np.where(np.arange(24) < 20, 1, 3).astype(np.float32)
    assert voices(scores, documents) == pytest.approx([(2 * 4 + 8 * 2) / 10] * 24)


def test_scores_by_hand() -> None:
    found = {"a": array(2, 0), "b": array(-2, 4)}
    # (3·2 - 2) / 4 = 1 and (0 + 4) / 4 = 1; each is alone in its document: 1 + .5 · 2 / 10.
    assert FUSION.scores(found, np.array([0, 1], np.int32)) == pytest.approx([1.1, 1.1])


def test_hints_by_hand() -> None:
    knowing = replace(FUSION, remembering={"voices": 0.0, "alike": 0.5, "prior": 2.0})
    found, documents = {"a": array(2, 0), "b": array(-2, 4)}, np.array([0, 1], np.int32)
    hints = {"alike": array(2, 0), "prior": array(0, 3)}
    assert knowing.scores(found, documents, hints) == pytest.approx([1 + 1, 1 + 6])
    assert knowing.scores(found, documents) == pytest.approx([1.1, 1.1])


def test_what_answered_before_is_in_the_running() -> None:
    scores = np.arange(3000, dtype=np.float32)
    assert 5 not in pool({"a": scores})[0]
    assert 5 in pool({"a": scores}, np.array([5]))[0]


def test_a_search_that_found_nothing_takes_no_share() -> None:
    assert FUSION.scores({"a": array(2)}, np.array([0], np.int32)) == pytest.approx([2 + 0.5 * 0.3])


def test_shares_and_answerability_by_hand() -> None:
    assert FUSION.shares(array(3, 1)) == pytest.approx([1, math.exp(-1)])
    assert FUSION.shares(array()).shape == (0,)
    assert FUSION.answerability(0.9, "zh") == pytest.approx(0.5)
    assert FUSION.answerability(1.0, "zh") == pytest.approx(1 / (1 + math.exp(-1)))


def test_the_pool_holds_the_best_of_each_search() -> None:
    rng = np.random.default_rng(0)
    found = {name: rng.standard_normal(5000).astype(np.float32) for name in "ab"}
    rows, scores = pool(found)
    for name, values in found.items():
        top = np.sort(values)[-1000:]
        assert set(np.argsort(-values)[:1000].tolist()) <= set(rows.tolist())
        assert scores[name] == pytest.approx((values[rows] - top.mean()) / top.std(), abs=1e-4)


def test_neighbours_are_those_of_mixed_vectors() -> None:
    rng = np.random.default_rng(0)
    vectors = rng.standard_normal((9, 8)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    documents = np.array([0, 0, 0, 0, 1, 2, 2, 2, 2], np.int32)
    mixed = vectors.copy()
    for i, document in enumerate(documents):
        for j in (i - 1, i + 1):
            if 0 <= j < 9 and documents[j] == document:
                mixed[i] += 0.3 * vectors[j]
    mixed /= np.linalg.norm(mixed, axis=1, keepdims=True)
    question = vectors[3] + vectors[7]
    neighbours = Neighbours(vectors, documents, 0.3)
    assert neighbours.scores(vectors @ question) == pytest.approx(mixed @ question, abs=1e-5)


def test_the_weights_that_come_with_the_package() -> None:
    shipped = Fusion.shipped()
    assert set(shipped.searches) == {"dense", "bigrams", "words"}
    assert shipped.level.keys() == {"zh", "en"}
