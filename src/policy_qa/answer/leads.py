"""The line that answers, cut from what is quoted: the asked value with what is said of it, or the one clause that
answers where much more is quoted. None where the text has to be read whole."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from policy_qa.answer.quotes import NEAR, Quote, is_case, stem_of
from policy_qa.clauses import Clause
from policy_qa.datamodels import Kind, Segmentation
from policy_qa.retrieval.kinds import Wanted
from policy_qa.retrieval.question import Question
from policy_qa.values import Polarity, Value, admits, polarity_of, values_in
from policy_qa.words import normalize

#: What leads without an asked value is likelier than not to answer, by the reader.
_SURE = 0.5
#: A clause of so many characters is read at a glance; a longer one leads only where what is quoted is as much longer.
_GLANCE, _MUCH = 60, 2.0
#: So many clauses that speak of an amount of one kind are alternatives.
_ALTERNATIVES = 2
#: Parts of a sentence, brackets kept whole.
_PART = re.compile(r"(?:[（(][^（）()\n]{0,200}[）)]|[^，,；;：:])++")
#: What ends a part that only says when the next one holds: 「超过60日的，」. Grammar, the same in every subject.
_DEPENDS = re.compile(r"[的时后者前内起]\s*$")


@dataclass(frozen=True, kw_only=True, slots=True)
class Lead:
    """The stretch [start, end) of a document that answers; `item` is the ref of the item that it is, if it is one."""

    start: int
    end: int
    item: str = ""


def lead_of(
    segmentation: Segmentation,
    question: Question,
    quotes: Sequence[Quote],
    rated: Sequence[tuple[Clause, float]],
    *,
    read: bool,
) -> Lead | None:
    """The line of some quotations that answers a question.

    `rated` are the clauses of their article with their scores, `read` tells whether a reader found one that answers;
    without it only an asked value leads. Of several clauses that answer alike none leads.
    """
    quoted = [(c, s) for c, s in rated if not c.lead and any(q.start <= c.end - 1 < q.end for q in quotes)]
    best = max((s for _, s in quoted), default=0.0)
    near = [c for c, s in quoted if s >= NEAR * best]
    near = _admitting(segmentation, question, near, [c for c, _ in quoted])
    words = [t.text for t in question.terms if len(t.text) > 1]
    if question.wanted:
        found = [lead for clause in near if (lead := _valued(segmentation, clause, question.wanted, words))]
        return max(found, key=lambda lead: _shared(segmentation, lead, words), default=None)
    likely = best >= _SURE or len(quoted) == 1  # nothing else is quoted
    if not read or not likely or question.wants_list or len(near) != 1:
        return None
    stem = stem_of(segmentation, [c for c, _ in rated], near[0])
    if stem and is_case(segmentation, near[0]):
        lead = _whole(segmentation, stem)
    elif stem and any(
        m.kind is Polarity.PROHIBITION for m in polarity_of(segmentation.document.text[stem.start : stem.end])
    ):
        return None  # neither 「不得采购下列食品：」 nor the item says it alone
    else:
        lead = _whole(segmentation, near[0])
    size, whole = lead.end - lead.start, sum(q.end - q.start for q in quotes)
    return lead if size <= _GLANCE or size * _MUCH <= whole else None


def _admitting(
    segmentation: Segmentation, question: Question, near: Sequence[Clause], quoted: Sequence[Clause]
) -> list[Clause]:
    """Of clauses that differ by an amount, those that admit what a question states (「迟到15分钟」).

    Where none does, those of `near` that speak of no such amount.
    """
    text, stated = segmentation.document.text, values_in(question.text)
    admit = {clause: _admits(text[clause.start : clause.end], stated) for clause in quoted} if stated else {}
    if sum(admitted is not None for admitted in admit.values()) < _ALTERNATIVES:
        return list(near)
    return [c for c in quoted if admit[c]] or [c for c in near if admit[c] is None]


def _admits(clause: str, stated: Sequence[Value]) -> bool | None:
    """Whether all amounts of a clause that are of the kind of a stated one admit it; None where there are none."""
    told = [admitted for v in values_in(clause) for s in stated if (admitted := admits(v, s)) is not None]
    return all(told) if told else None


def _valued(segmentation: Segmentation, clause: Clause, wanted: Wanted, words: Collection[str]) -> Lead | None:
    """From the part of a clause that has the asked value to the clause's end; None where it has none.

    The part begins with what says whose value it is: a word of the question, and what it depends on.
    """
    whole, text = _whole(segmentation, clause), segmentation.document.text
    parts = [m.span() for m in _PART.finditer(text, whole.start, whole.end)]
    said = [normalize(text[start:end]) for start, end in parts]
    shared = [sum(word in part for word in words) for part in said]
    valued = [n for n, (start, end) in enumerate(parts) if wanted.given(text[start:end])]
    if not valued:
        return None
    at = max(valued, key=lambda n: (shared[n], -n))
    while at and not shared[at]:
        at -= 1
    while at and _DEPENDS.search(said[at - 1]):
        at -= 1
    if not at:
        return whole
    start = parts[at][0]
    return Lead(start=start + len(text[start : whole.end]) - len(text[start : whole.end].lstrip()), end=whole.end)


def _shared(segmentation: Segmentation, lead: Lead, words: Collection[str]) -> int:
    """How many of a question's words a line has."""
    said = normalize(segmentation.document.text[lead.start : lead.end])
    return sum(word in said for word in words)


def _whole(segmentation: Segmentation, clause: Clause) -> Lead:
    """A clause without its label and the stop at its end."""
    holder = segmentation.at(clause.ref)
    start = segmentation.body(holder) if holder and holder.start == clause.start else clause.start
    text = segmentation.document.text[start : clause.end]
    item = clause.ref if holder and holder.kind in (Kind.ITEM, Kind.SUBITEM) else ""
    return Lead(start=start, end=start + len(text.rstrip(" \t\n\u3000。；;：:")), item=item)
