"""Drafts made from the policies by drawing: faults found, and stretches without fault that are reported as wrong."""

from __future__ import annotations

import random
from collections.abc import Mapping

from policy_qa.datamodels import Segmentation

from .conftest import Check

EACH = 18


def test_faults_are_found_and_what_is_right_is_left_alone(
    segmentations: Mapping[str, Segmentation], check: Check
) -> None:
    from check_drafts import MAX_FALSE, MIN_FOUND, false_alarms, found_in
    from draft_cases import Fault, Maker
    from draft_styles import REPORT

    rng = random.Random(7)  # noqa: S311 - to be repeatable
    cases = list(Maker(segmentations=segmentations, style=REPORT, rng=rng).cases(EACH))
    assert len(cases) >= 100
    assert {case.fault for case in cases} == set(Fault)
    reports = [check(case.text) for case in cases]
    faults = [(c, r) for c, r in zip(cases, reports, strict=True) if c.fault is not Fault.NONE]
    missed = [c.text for c, r in faults if not found_in(c, r)]
    assert len(missed) <= (1 - MIN_FOUND) * len(faults), missed
    alarms = sum(false_alarms(c, r) for c, r in zip(cases, reports, strict=True))
    assert alarms <= MAX_FALSE * sum(len(c.correct) for c in cases)
