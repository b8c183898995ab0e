"""What is wrong in a policy itself: numbers, leftovers, references, names, dates.

Every check is a function from a segmentation to drafts. A check that would rather miss a fault than
raise a false alarm is the better one here: people stop reading a list that cries wolf.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from policy_qa.citing.parts import parts_of
from policy_qa.datamodels import Segmentation
from policy_qa.lint.dates import check_dates
from policy_qa.lint.findings import Check, Draft, Finding, Severity, findings
from policy_qa.lint.leftovers import check_leftovers
from policy_qa.lint.names import check_names
from policy_qa.lint.numbers import check_numbers
from policy_qa.lint.references import check_attachments, check_references
from policy_qa.lint.wording import check_wording

__all__ = ["Check", "Finding", "Severity", "lint"]


def lint(segmentation: Segmentation, corpus: Sequence[Segmentation] = (), *, lang: str = "zh") -> tuple[Finding, ...]:
    """All findings of one document, in text order.

    `corpus` holds the documents that it may refer to by title (itself among them or not). `lang` is the
    language of the messages, `zh` or `en`.
    """
    found = {(d.check, d.span): d for d in _drafts(segmentation, corpus)}
    drafts = sorted(found.values(), key=lambda d: (d.span, d.check))
    return tuple(findings(segmentation, drafts, lang))


def _drafts(segmentation: Segmentation, corpus: Sequence[Segmentation]) -> Iterator[Draft]:
    parts = parts_of(segmentation)
    yield from check_numbers(segmentation, parts)
    yield from check_leftovers(segmentation)
    yield from check_wording(segmentation)
    yield from check_references(segmentation, corpus)
    yield from check_attachments(segmentation)
    yield from check_dates(segmentation)
    yield from check_names(segmentation, parts)
    yield from _unassigned(segmentation)


def _unassigned(segmentation: Segmentation) -> Iterator[Draft]:
    for span in segmentation.spans:
        if span.kind == "unassigned":
            yield Draft(
                Check.UNASSIGNED,
                Severity.HINT,
                (span.start, span.end),
                ("这段文字不属于任何条款", "编入有关条款，或删去"),
                ("these words belong to no provision", "put them into one, or delete them"),
            )
