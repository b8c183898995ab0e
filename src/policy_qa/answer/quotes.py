"""Which words of a provision to quote: the clauses that answer, cut from the text by offset."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from policy_qa.clauses import Clause
from policy_qa.datamodels import Kind, Provision, Segmentation

#: An article of at most so many characters without items is quoted whole.
_SHORT = 90
#: A clause is quoted beside the best one if it scores at least this share of it.
_NEAR = 0.8


@dataclass(frozen=True, kw_only=True, slots=True)
class Quote:
    """A stretch of one document; `ref` is the finest provision that holds it."""

    ref: str
    start: int
    end: int


def whole(segmentation: Segmentation, provision: Provision) -> list[Quote]:
    """A provision quoted from its first to its last word, its label left out."""
    text = segmentation.document.text
    start = provision.start
    if text.startswith(provision.label, start):
        start += len(provision.label)
        start += len(text[start : provision.end]) - len(text[start : provision.end].lstrip())
    return [Quote(ref=provision.ref, start=start if start < provision.end else provision.start, end=provision.end)]


def quotes_from(
    segmentation: Segmentation,
    article: Provision,
    clauses: Sequence[Clause],
    scores: Callable[[Clause], float],
    *,
    wants_all: bool,
) -> list[Quote]:
    """The clauses of an article that answer best, neighbours joined, in text order.

    `wants_all` asks for all items of an article that has some (a question for a list, or one that the
    article's own title answers).
    """
    items = [c for c in clauses if c.ref != article.ref]
    long_form = article.kind in (Kind.APPENDIX, Kind.PREAMBLE, Kind.CLOSING)
    if not clauses or (not items and article.end - article.start <= _SHORT and not long_form) or (items and wants_all):
        return whole(segmentation, article)
    rated = [(scores(c), i) for i, c in enumerate(clauses) if not c.lead] or [(1.0, 0)]
    best = max(rated)[0]
    limit = _NEAR * best if best > 0 else best
    keep = sorted(i for score, i in rated if score >= limit)
    if wants_all and long_form:
        return whole(segmentation, article)
    return _join(segmentation, [clauses[i] for i in keep[:6]])


def _join(segmentation: Segmentation, clauses: Sequence[Clause]) -> list[Quote]:
    """Clauses as quotes; sentences that follow each other in one provision become one."""
    text = segmentation.document.text
    labels = {p.ref: p.label for p in segmentation.provisions}
    out: list[Quote] = []
    for clause in clauses:
        start = clause.start
        label = labels.get(clause.ref, "")
        if label and text.startswith(label, start):
            start += len(label)
            start += len(text[start : clause.end]) - len(text[start : clause.end].lstrip())
        if out and out[-1].ref == clause.ref and not text[out[-1].end : clause.start].strip():
            out[-1] = Quote(ref=clause.ref, start=out[-1].start, end=clause.end)
        else:
            out.append(Quote(ref=clause.ref, start=start, end=clause.end))
    return out
