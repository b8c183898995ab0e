"""A checker over the four policies, and drafts to put before it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping

import pytest

from policy_qa.check import Checker, Finding, Report, Severity
from policy_qa.datamodels import Segmentation
from policy_qa.words import Segmenter
from samples import ROOT, document

# The drafts that bench/check_drafts.py makes.
sys.path.append(str(ROOT / "bench"))

Check = Callable[[str], Report]


@pytest.fixture(scope="session")
def segmenter() -> Segmenter:
    return Segmenter()


@pytest.fixture(scope="session")
def checker(segmentations: Mapping[str, Segmentation], segmenter: Segmenter) -> Checker:
    return Checker(segmentations, segmenter)


@pytest.fixture(scope="session")
def check(checker: Checker) -> Check:
    """The report on a text; every quotation is the text at its offsets."""

    def run(text: str) -> Report:
        report = checker.check(document(text, "draft"))
        assert all(f.quote == text[f.start : f.end] and f.start < f.end for f in report.findings)
        assert all(f.message and "\n" not in f.message for f in report.findings)
        return report

    return run


def wrong(report: Report) -> list[Finding]:
    """The findings that ask something of the writer."""
    return [f for f in report.findings if f.severity is not Severity.OK]


def kinds(report: Report) -> list[str]:
    """What the draft is told of, in order."""
    return [f.kind.value for f in wrong(report)]
