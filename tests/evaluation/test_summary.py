"""Means, intervals, the randomisation test, and what counts as a fall; expected values by hand or by enumeration."""

from __future__ import annotations

import doctest
from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from policy_qa.datamodels import Retrieved
from policy_qa.errors import UsageError
from policy_qa.evaluation import summary
from policy_qa.evaluation.rows import Row
from policy_qa.evaluation.summary import changes, fallen, means, randomisation


def row(number: int, rank: int = 0, *, cited: bool = True, refused: bool = False, to_refuse: bool = False) -> Row:
    """A row whose relevant article stands at `rank` (0: nowhere)."""
    found = [f"x#{100 + i}" for i in range(1, 11)]
    if rank:
        found[rank - 1] = "x#1"
    return Row(
        id=str(number),
        category="fact",
        subject="",
        question="？",
        history=(),
        to_refuse=to_refuse,
        judged=() if to_refuse else ("x#1",),
        allowed=() if to_refuse else ("x#1",),
        facts=(),
        retrieved=tuple(Retrieved(ref=r, score=0.5) for r in found),
        refused=refused,
        cited=("x#1",) if cited and not refused else (),
    )


def test_means_are_over_the_rows_that_a_measure_applies_to() -> None:
    found = means([row(1, 1), row(2, 2), row(3, to_refuse=True, refused=True)])
    assert (found["mrr"].value, found["mrr"].n) == (0.75, 2)
    refusal = found["refusal"]
    assert (refusal.value, refusal.low, refusal.high, refusal.n) == (1.0, 1.0, 1.0, 1)
    assert "facts" not in found
    assert means([]) == {}


def test_intervals_hold_the_mean_narrow_with_more_rows_and_do_not_change() -> None:
    few = means([row(i, i % 2) for i in range(10)])["hit@1"]
    many = means([row(i, i % 2) for i in range(1000)])["hit@1"]
    assert few.low < few.value < few.high
    assert many.low < many.value < many.high
    # A share of .5 over n rows: standard error .5 / sqrt(n), 95 % within 1.96 of it.
    assert many.high - many.low == pytest.approx(2 * 1.96 * 0.5 / 1000**0.5, rel=0.15)
    assert few == means([row(i, i % 2) for i in range(10)])["hit@1"]


@pytest.mark.parametrize(
    ("differences", "p"),
    [
        ([], 1.0),
        ([0.0, 0.0], 1.0),
        ([1.0], 1.0),  # either sign is as far from 0
        ([1.0, 1.0], 2 / 4),
        ([1.0, -1.0], 1.0),
        ([1.0, 1.0, 1.0], 2 / 8),
        ([0.0, 1.0, 1.0, 0.0, 1.0], 2 / 8),
        ([-1.0, -1.0, -1.0, -1.0, -1.0, -1.0], 2 / 64),
        # Sums of ±1 ±1 ±2 as far out as 2: ±4 (2 of 8), ±2 (1+1-... : ++0 no) by hand: 4, 2, 2, 0, 0, -2, -2, -4.
        ([1.0, -1.0, 2.0], 6 / 8),
        ([0.5, 0.25, -0.125], 4 / 8),  # .625: ±.875, ±.625
    ],
)
def test_randomisation_by_hand(differences: list[float], p: float) -> None:
    assert randomisation(differences) == p


def test_the_run_itself_is_one_of_those_drawn() -> None:
    assert randomisation([1.0, -1.0, 1.0, -1.0], samples=3) == 1.0  # all three reach 0, and the run: 4 of 4


def test_drawn_signs_come_near_all_signs() -> None:
    rng = np.random.default_rng(7)
    for shift in (0.0, 0.2, 0.5):
        values = (rng.normal(shift, 1, 12)).tolist()
        sums = [sum(s * v for s, v in zip(signs, values, strict=True)) for signs in product((-1, 1), repeat=12)]
        exact = sum(abs(s) >= abs(sum(values)) - 1e-9 for s in sums) / len(sums)
        assert randomisation(values) == exact
        drawn = randomisation(values, samples=4000)
        assert drawn != exact
        # Four standard errors of a share over 4,000 draws.
        assert abs(drawn - exact) < 4 * (exact * (1 - exact) / 4000) ** 0.5 + 1 / 4000


def test_many_differences_of_one_sign_are_no_chance_and_the_seed_is_fixed() -> None:
    assert randomisation([0.1] * 40) == 1 / 10_001
    values = [0.1, -0.2, 0.3] * 20
    assert randomisation(values) == randomisation(values)


def test_changes_by_hand() -> None:
    old = [row(1, 1), row(2, 2), row(3, 0), row(4, 1, refused=True), row(9, 1)]
    new = [row(1, 2), row(2, 1), row(3, 1), row(4, 1), row(8, 1)]
    found = changes(new, old)
    hit = found["hit@1"]
    assert (hit.old, hit.new, hit.difference, hit.n) == (0.5, 0.75, 0.25, 4)
    assert (hit.better, hit.worse) == (("2", "3"), ("1",))
    assert hit.p == 1.0  # signs of 1, 1, -1: all sums are at least 1 from 0
    refusal = found["false_refusal"]
    assert (refusal.difference, refusal.better, refusal.worse) == (-0.25, ("4",), ())


def many(right: int, count: int = 100) -> list[Row]:
    return [row(i, 1 if i < right else 2) for i in range(count)]


def test_a_fall_of_more_than_two_points() -> None:
    assert fallen(many(80), many(80)) == {}
    assert fallen(many(90), many(80)) == {}
    assert "hit@1" not in fallen(many(78), many(80))
    assert set(fallen(many(77), many(80))) == {"hit@1"}


def test_a_small_fall_that_is_significant() -> None:
    """.006 of nDCG: six questions of a thousand, none better."""
    assert fallen(many(995, 1000), many(1000, 1000)) == {}
    found = fallen(many(994, 1000), many(1000, 1000))
    assert set(found) == {"hit@1", "ndcg@10"}
    assert found["hit@1"].p == 2 / 64


def test_more_false_refusals_are_a_fall_and_fewer_are_none() -> None:
    some = [row(i, 1, refused=i < 5) for i in range(100)]
    none = [row(i, 1) for i in range(100)]
    assert "false_refusal" in fallen(some, none)
    assert fallen(none, some) == {}


def test_a_citation_or_a_refusal_that_is_lost_is_a_fall() -> None:
    lost = [row(i, 1, cited=i > 5) for i in range(100)]
    assert set(fallen(lost, [row(i, 1) for i in range(100)])) == {"citation_precision", "citation_recall"}
    refused = [row(i, to_refuse=True, refused=True) for i in range(20)]
    assert set(fallen([replace(r, refused=r.id != "3") for r in refused], refused)) == {"refusal"}


def test_another_set_is_no_baseline() -> None:
    with pytest.raises(UsageError, match="expected the same questions"):
        fallen(many(80), many(80, 99))
    with pytest.raises(UsageError, match="expected the same questions"):
        fallen(many(80, 99), many(80))
    relabelled = [replace(r, judged=("x#2",)) if r.id == "5" else r for r in many(80)]
    with pytest.raises(UsageError, match=r"found 1 others \(5\)"):
        fallen(relabelled, many(80))


def test_the_examples_in_the_docstrings() -> None:
    assert doctest.testmod(summary).failed == 0
