"""Which words of a provision to quote: the clauses that answer, cut from the text by offset."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from policy_qa.clauses import Clause
from policy_qa.datamodels import Kind, Provision, Segmentation
from policy_qa.values import polarity_of

#: Characters: an article without items is quoted whole up to _SHORT, one that a list is asked of up to _LIST;
#: an attachment or a preamble up to _FORM (a roster or a form falls apart when it is cut).
_SHORT, _LIST, _FORM = 110, 300, 700
#: A clause is quoted beside the best one if it scores at least this share of it.
NEAR = 0.8
#: In an itemised article of at most _SMALL characters one item is quoted alone only if it leads so clearly.
_SMALL, _CLEAR = 160, 1.3
#: A sentence of at most so many characters is a title: 「加强人才保障。」 says nothing without what follows.
_TITLE = 14
#: Conjunctions that make a sentence an exception to the one before it; grammar, the same in every subject.
_EXCEPTION = re.compile(r"但是?|然而|否则|不过")
#: An item that ends so is a case (「泄露试题的；」), of which the words before the items say what follows; grammar.
_CASE = re.compile(r"的[；;。，,]?\s*$")
#: Words before items that point to them; those that forbid or demand say what is so of each. Grammar.
_POINTS = re.compile(r"下列|以下|如下")


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
    size = article.end - article.start
    form = article.kind in (Kind.APPENDIX, Kind.PREAMBLE, Kind.CLOSING)
    if not clauses or _is_whole(items, size, form=form, wants_all=wants_all):
        return whole(segmentation, article)
    rated = sorted(((scores(c), i) for i, c in enumerate(clauses) if not c.lead), reverse=True)
    if not rated or (items and size <= _SMALL and len(rated) > 1 and rated[0][0] < _CLEAR * max(rated[1][0], 0.0)):
        return whole(segmentation, article)
    best = rated[0][0]
    keep = sorted(i for score, i in rated if score >= (NEAR * best if best > 0 else best))
    kept = [clauses[i] for i in keep[:6]]
    if not items and not form and all(c.end - c.start <= _TITLE for c in kept):
        kept = list(clauses)
    return join(segmentation, _with_stems(segmentation, clauses, _with_rules(segmentation, clauses, kept)))


def _with_stems(segmentation: Segmentation, clauses: Sequence[Clause], kept: Sequence[Clause]) -> list[Clause]:
    """What is kept, an item together with the words that say what is so of it."""
    chosen = {c.start for c in kept}
    chosen |= {stem.start for c in kept if (stem := stem_of(segmentation, clauses, c))}
    return [c for c in clauses if c.start in chosen]


def stem_of(segmentation: Segmentation, clauses: Sequence[Clause], clause: Clause) -> Clause | None:
    """The clause before an item's list that says what is so of it: 「不得采购下列食品：」, and of a case what follows.

    None for what is no item, and for words that only head a list: 「工作职责：」.
    """
    if clause.ref == clause.article:
        return None
    stem = next((c for c in reversed(clauses) if c.lead and c.start < clause.start), None)
    text = segmentation.document.text
    words = text[stem.start : stem.end] if stem else ""
    return stem if is_case(segmentation, clause) or _POINTS.search(words) or polarity_of(words) else None


def is_case(segmentation: Segmentation, clause: Clause) -> bool:
    """Whether a clause says only when something is so: 「泄露试题的；」."""
    return bool(_CASE.search(segmentation.document.text, clause.start, clause.end))


def _with_rules(segmentation: Segmentation, clauses: Sequence[Clause], kept: Sequence[Clause]) -> list[Clause]:
    """What is kept, a rule together with the exception behind it; neither says by itself what holds."""
    text, chosen = segmentation.document.text, {c.start for c in kept}
    for before, after in pairwise(clauses):
        bound = before.ref == after.ref and _EXCEPTION.match(text, after.start)
        if bound and chosen & {before.start, after.start}:
            chosen |= {before.start, after.start}
    return [c for c in clauses if c.start in chosen]


def _is_whole(items: Sequence[Clause], size: int, *, form: bool, wants_all: bool) -> bool:
    """Whether an article is quoted whole whatever its clauses score."""
    if form:
        return wants_all and size <= _FORM
    if items:
        return wants_all
    return size <= (_LIST if wants_all else _SHORT)


def join(segmentation: Segmentation, clauses: Sequence[Clause]) -> list[Quote]:
    """Clauses as quotes; sentences that follow each other in one provision become one."""
    text = segmentation.document.text
    out: list[Quote] = []
    for clause in clauses:
        start = clause.start
        if (holder := segmentation.at(clause.ref)) and holder.start == start:
            start = segmentation.body(holder)
        if out and out[-1].ref == clause.ref and not text[out[-1].end : clause.start].strip():
            out[-1] = Quote(ref=clause.ref, start=out[-1].start, end=clause.end)
        else:
            out.append(Quote(ref=clause.ref, start=start, end=clause.end))
    return out
