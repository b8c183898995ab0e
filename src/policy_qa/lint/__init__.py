"""What is wrong in a policy itself: numbers, leftovers, references, names, dates.

Every check is a function from a segmentation to drafts. A check that would rather miss a fault than
raise a false alarm is the better one here: people stop reading a list that cries wolf.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

from policy_qa.citing.parts import parts_of
from policy_qa.datamodels import Segmentation
from policy_qa.lint.dates import check_dates
from policy_qa.lint.findings import Check, Draft, Finding, Severity, finding
from policy_qa.lint.leftovers import check_leftovers
from policy_qa.lint.names import check_names
from policy_qa.lint.numbers import check_numbers
from policy_qa.lint.references import check_attachments, check_references
from policy_qa.lint.wording import check_wording
from policy_qa.processes import uncollected

__all__ = ["Check", "Finding", "Severity", "lint"]


@uncollected()
def lint(segmentation: Segmentation, corpus: Sequence[Segmentation] = (), *, lang: str = "zh") -> tuple[Finding, ...]:
    """All findings of one document, in text order.

    `corpus` holds the documents that it may refer to by title (itself among them or not). `lang` is the
    language of the messages, `zh` or `en`.
    """
    parts = parts_of(segmentation)
    alone = (check_leftovers, check_wording, check_attachments, check_dates, _unassigned)
    drafts = chain(
        check_references(segmentation, corpus),
        *(check(segmentation) for check in alone),
        *(check(segmentation, parts) for check in (check_numbers, check_names)),
    )
    found = {(d.check, d.span): d for d in drafts}
    ordered = sorted(found.values(), key=lambda d: (d.span, d.check))
    return tuple(finding(segmentation, draft, lang) for draft in ordered)


def _unassigned(segmentation: Segmentation) -> Iterator[Draft]:
    for span in segmentation.spans:
        if span.kind == "unassigned":
            yield Draft(Check.UNASSIGNED, Severity.HINT, (span.start, span.end))
