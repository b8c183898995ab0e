"""The row of a topic that is none of the known points: what retrieval finds best, document by document."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from policy_qa.compare.asked import asks_which
from policy_qa.compare.points import TOPIC, Topic
from policy_qa.compare.values import differ
from policy_qa.datamodels import ComparedRow, Quotation
from policy_qa.retrieval.kinds import NOTHING, Wanted
from policy_qa.retrieval.question import synonyms
from policy_qa.values import ValueKind, values_in
from policy_qa.words import normalize

#: A quotation with so small a share of the topic's words is none where another document has them all.
_NEXT_TO_NONE = 0.3
#: What a quotation gains that has the topic's words, and one below a heading that has them.
_COVER, _HEADED = 0.5, 0.2
#: From this probability a quotation speaks on a point, whatever its words.
_SURE = 0.5
_TELLING = (ValueKind.DURATION, ValueKind.FREQUENCY, ValueKind.PERCENT, ValueKind.MONEY, ValueKind.AGE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Rated:
    """A quotation on a free topic with the probability that its article answers and that article's heading."""

    quotation: Quotation
    score: float
    heading: str

    @property
    def doc_id(self) -> str:
        """The document that it is from."""
        return self.quotation.ref.partition("#")[0]


def free_row(
    topic: Topic, doc_ids: Sequence[str], quoted: Sequence[Rated], asked: str, narrow: Wanted = NOTHING
) -> ComparedRow:
    """The row of a topic that is none of the points: the best quotations, document by document.

    Which are best, the ranker says before the words do: they prefer what repeats a question to what answers it. A
    document that has but a form or a preamble with next to none of the words, where another has them all, is silent.
    """
    cover = [covered(topic.words, r.quotation.quote) for r in quoted]
    sharp = max(cover, default=0.0) >= 1
    wanted = _values(asked) if asks_which(asked) else set()
    headed = [covered(topic.words, r.heading) for r in quoted]
    scores = [r.score + _COVER * c + _HEADED * h for r, c, h in zip(quoted, cover, headed, strict=True)]
    right = [bool(wanted & _values(r.quotation.quote)) for r in quoted]
    kind = [narrow.given(r.quotation.quote) for r in quoted]
    cells = []
    for doc_id in doc_ids:
        own = [i for i, r in enumerate(quoted) if r.doc_id == doc_id]
        best = max((scores[i] for i in own), default=0.0)
        kept = [
            quoted[i].quotation
            for i in own
            if (scores[i] >= best or headed[i] >= 1)
            and not (sharp and cover[i] < _NEXT_TO_NONE and scores[i] < 0)
            and (right[i] or not any(right))
            and (kind[i] or not any(kind))
        ]
        cells.append(tuple(kept))
    return ComparedRow(point=TOPIC, label=topic.label, cells=tuple(cells), differs=differ(None, cells))


def filled(row: ComparedRow, doc_ids: Sequence[str], quoted: Sequence[Rated]) -> ComparedRow:
    """The row of a point, with the best quotation that is almost sure for each document that no cue shows to speak."""
    cells = list(row.cells)
    for i, doc_id in enumerate(doc_ids):
        sure = [r for r in quoted if r.doc_id == doc_id and r.score >= _SURE] if not cells[i] else []
        best = max((r.score for r in sure), default=0.0)
        cells[i] = cells[i] or tuple(r.quotation for r in sure if r.score >= best)
    return row if tuple(cells) == row.cells else replace(row, cells=tuple(cells), differs=True)


def _values(text: str) -> set[tuple[object, str]]:
    """Values whatever their bound: 「满三年」 asks for what says 「3年及以上」, 「两年考核一次」 for 「每2年」."""
    plain = normalize(text)
    both = [v for t in (plain, plain.replace("每", "")) for v in values_in(t)]
    return {(v.value, v.unit) for v in both if v.kind in _TELLING}


def covered(words: Sequence[str], text: str) -> float:
    """The share of a topic's words that a text has, in themselves or by a synonym; parts of a word count in part."""
    plain = normalize(text)
    return sum(_has(word.partition(":")[0], plain) for word in words) / len(words) if words else 1.0


def _has(word: str, text: str) -> float:
    if word in text or any(s in text for s in synonyms().get(word, ())):
        return 1.0
    pairs = [a + b for a, b in pairwise(word)] if len(word) > 2 and not word.isascii() else []
    return sum(p in text for p in pairs) / len(pairs) if pairs else 0.0
