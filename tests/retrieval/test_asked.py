"""What was asked before, as a hint for what answers now."""

from __future__ import annotations

import numpy as np
import pytest

from policy_qa.models.remembered import Remembered
from policy_qa.retrieval.asked import AskedBefore

DOCUMENTS = np.array([0, 0, 0, 1, 1, 2], dtype=np.int32)
ROWS = np.arange(6)


def unit(*values: float) -> np.ndarray:
    vector = np.array(values, dtype=np.float32)
    return vector / np.linalg.norm(vector)


@pytest.fixture
def asked() -> AskedBefore:
    vectors = np.stack([unit(1, 0, 0), unit(0, 1, 0), unit(0.1, 1, 0), unit(0, 0, 1)])
    return AskedBefore(vectors, [[1], [3], [3, 4], [1, 2]], DOCUMENTS)


def test_what_answered_the_like_stands_out(asked: AskedBefore) -> None:
    found = asked.alike(unit(1, 0.1, 0), ROWS)
    assert found.argmax() == 1
    assert found[0] == found[5] == 0  # nobody ever needed them


def test_it_stands_out_from_the_200_that_are_most_alike() -> None:
    # 200 that are alike by 1, .5, .5, ...; what is alike by 0 beside them changes nothing.
    near = [unit(1, 0)] + [unit(0.5, 0.75**0.5)] * 199
    for more in (0, 7):
        known = AskedBefore(np.stack([*near, *[unit(0, 1)] * more]), [[1]] + [[3]] * (199 + more), DOCUMENTS)
        found = known.alike(unit(1, 0), ROWS)
        values = np.array([1.0] + [0.5] * 199)
        assert found[1] == pytest.approx((1 - values.mean()) / values.std() + 2, rel=1e-3)


def test_a_question_is_no_evidence_for_itself(asked: AskedBefore) -> None:
    vector = unit(1, 0.1, 0)
    assert asked.alike(vector, ROWS, without=0)[1] < asked.alike(vector, ROWS)[1]
    assert asked.prior(ROWS, without=0)[1] < asked.prior(ROWS)[1]


def test_a_document_counts_once_for_a_question(asked: AskedBefore) -> None:
    prior = asked.prior(ROWS)
    assert prior[0] == prior[1] == prior[3] > prior[5] == 0  # two questions each, and none


def test_rows_are_those_that_answered(asked: AskedBefore) -> None:
    assert asked.rows.tolist() == [1, 2, 3, 4]
    assert asked.alike(unit(0, 1, 0), np.array([4, 3])).shape == (2,)


def test_nothing_remembered_gives_no_hint() -> None:
    nothing = AskedBefore(np.zeros((0, 3), np.float32), [], DOCUMENTS)
    assert not nothing.alike(unit(1, 0, 0), ROWS).any()
    assert not nothing.prior(ROWS).any()
    alone = AskedBefore(unit(1, 0, 0)[None], [[2]], DOCUMENTS)
    assert not alone.alike(unit(1, 0, 0), ROWS, without=0).any()


def test_a_provision_that_is_gone_is_forgotten() -> None:
    known = Remembered(
        questions=("甲", "乙", "丙"),
        refs=(("a#1",), ("gone#3",), ("b#1", "gone#9")),
        vectors=np.eye(3, dtype=np.float32),
    )
    found = AskedBefore.of(known, {"a#1": 0, "a#2": 1, "b#1": 3}, DOCUMENTS)
    assert found is not None
    assert found.rows.tolist() == [0, 3]
    assert found.hints(unit(0, 0, 1), ROWS)["alike"].argmax() == 3
    assert AskedBefore.of(known, {"c#1": 0}, DOCUMENTS) is None
    assert AskedBefore.of(None, {"a#1": 0}, DOCUMENTS) is None


def test_both_hints_by_hand() -> None:
    vectors = np.array([[1, 0], [0, 1], [0.6, 0.8]], np.float32)
    known = AskedBefore(vectors, [[0], [3], [3, 4]], DOCUMENTS)
    # Likenesses 1, 0 and .6: mean 8 / 15, deviation .411; two deviations are added.
    mean, deviation = 8 / 15, np.std([1, 0, 0.6])
    first, third = (1 - mean) / deviation + 2, (0.6 - mean) / deviation + 2
    hints = known.hints(vectors[0], ROWS)
    assert hints["alike"] == pytest.approx([first, 0, 0, third, third, 0], rel=1e-5)
    # Once, twice and never, with .3 more each.
    once, twice = np.log(1.3 / 0.3), np.log(2.3 / 0.3)
    assert hints["prior"] == pytest.approx([once, once, once, twice, twice, 0], rel=1e-5)
    without = known.hints(vectors[0], ROWS, without=0)
    assert without["prior"] == pytest.approx([0, 0, 0, twice, twice, 0], rel=1e-5)
    assert without["alike"] == pytest.approx([0, 0, 0, 3, 3, 0], rel=1e-5)  # of two, one deviation above
    assert known.hints(vectors[0], np.array([3, 0]))["alike"] == pytest.approx([third, first], rel=1e-5)


@pytest.mark.parametrize(
    ("likenesses", "expected"),
    [
        # All alike: a deviation counts as .001 at least.
        ([0.5, 0.5], 2.0),
        ([0.5005, 0.4995], 2.5),
        # Less than two deviations below the mean is nothing.
        ([0.0] + [1.0] * 20, 0.0),
        # The two hundred most alike are the yardstick: the last one is none of them.
        ([0.8] * 100 + [0.6] * 100 + [0.0], 3.0),
    ],
)
def test_how_far_the_first_question_stands_out(likenesses: list[float], expected: float) -> None:
    vectors = np.array(likenesses, np.float32)[:, None]
    known = AskedBefore(vectors, [[0], *([[5]] * (len(likenesses) - 1))], DOCUMENTS)
    assert known.alike(np.ones(1, np.float32), ROWS)[0] == pytest.approx(expected, abs=1e-3)
