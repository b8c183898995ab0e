"""Which articles an answer cites, and whether there is one at all."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from policy_qa.resources import resource
from policy_qa.retrieval.features import NAMES
from policy_qa.retrieval.question import Question
from policy_qa.retrieval.retriever import Candidate

_HEADING = NAMES.index("cover_heading")
#: A section is asked for as a whole where its heading covers this share of the question, and half of
#: its articles reach this share of its best. Both by hand, checked with bench/fit_ranker.py.
_SAID, _NEAR = 0.2, 0.35
#: Share of the thresholds that an explicit comparison has to reach.
_ON_PURPOSE = 0.6
#: Share that each of several documents which are named has to reach: fitted on eval/comparisons.jsonl, where 4 of 22
#: silent documents reach it and 9 of 226 others don't.
_BESIDE = 0.3


@dataclass(frozen=True, kw_only=True, slots=True)
class Thresholds:
    """Probabilities and shares, each in [0, 1]; each kind fitted with the probabilities that it is for.

    `answer`: the answerability of the question must reach it, else it is refused. `further`: an article
    beside the best one must have this probability, in a list a share of it. `document`: where no
    document is named, the best article of a further one must reach this share of the best of all.
    `article`, `article_list`: a further article of the same document must reach this share of its
    best, for a plain question and for one that asks for a list.
    """

    answer: float
    further: float
    document: float
    article: float
    article_list: float

    @classmethod
    def shipped(cls, by: str = "search") -> Thresholds:
        """The thresholds that come with the package for probabilities of the `search` alone, of the `reader`, or of the
        `fusion` in a large index."""
        return cls(**_shipped(by))

    @classmethod
    def answering_from(cls, answer: float | None, by: str = "search") -> Thresholds:
        """The shipped ones with another `answer`; None leaves it."""
        shipped = cls.shipped(by)
        return shipped if answer is None else replace(shipped, answer=answer)


_WITH_WEIGHTS = {"reader": "reading.json", "fusion": "fusion.json"}


@cache
def _shipped(by: str) -> dict[str, float]:
    whole = json.loads(resource(_WITH_WEIGHTS.get(by, "thresholds.json")))
    data = whole["thresholds"] if by in _WITH_WEIGHTS else whole
    return {name: float(value) for name, value in data.items()}


def select(
    question: Question,
    candidates: Sequence[Candidate],
    answerability: float,
    thresholds: Thresholds,
    answering: Mapping[str, float] | None = None,
) -> list[Candidate]:
    """The candidates to cite, documents in the order of their best article; empty to refuse.

    `answering` tells of each document that was read how likely it answers: several that are set side by side by name
    answer each for itself.
    """
    # Documents set side by side on purpose are heard even where they speak less plainly: no one of them answers
    # what is asked of all.
    on_purpose = question.scope.several or question.scope.every or question.compares
    share = _ON_PURPOSE if on_purpose else 1.0
    if not candidates or answerability < share * thresholds.answer:
        return []
    enough_for_one = share * thresholds.further
    best: dict[str, float] = {}
    for candidate in candidates:
        best.setdefault(candidate.article.doc_id, candidate.probability)
    least_apart = (share if question.scope.every else _BESIDE) * thresholds.answer
    beside = thresholds.article_list if question.wants_list else thresholds.article
    top = candidates[0].probability
    out = []
    for candidate in candidates:
        own, probability = best[candidate.article.doc_id], candidate.probability
        least = enough_for_one if on_purpose else max(enough_for_one, thresholds.document * top)
        silent = own < min(least, top)
        if answering:
            silent = answering.get(candidate.article.doc_id, 0.0) < least_apart
        if silent:
            continue
        # Beside the best of its document, an article must answer in its own right, save in a list.
        enough = max(beside * own, enough_for_one * (beside if question.wants_list else 1.0))
        if probability == own or probability >= enough:
            out.append(candidate)
    if question.wants_list:
        out += _rest_of_sections(out, candidates)
    order = list(dict.fromkeys((*question.scope.single, *best)))
    position = {doc_id: i for i, doc_id in enumerate(order)}
    return sorted(out, key=lambda c: (position.get(c.article.doc_id, 99), c.article.start))


def _rest_of_sections(chosen: Sequence[Candidate], candidates: Sequence[Candidate]) -> list[Candidate]:
    """The other articles of a section that a list is asked of: 「有哪些保障措施」 wants all of 八、保障措施.

    A section counts as asked for where its heading says what the question says and at least half of
    its articles are chosen or come near.
    """
    sections: dict[tuple[str, tuple[str, ...]], list[Candidate]] = {}
    for candidate in candidates:
        if candidate.article.headings:
            sections.setdefault((candidate.article.doc_id, candidate.article.headings), []).append(candidate)
    taken = {c.article.ref for c in chosen}
    out: list[Candidate] = []
    for (doc_id, headings), members in sections.items():
        best = max(
            (c.probability for c in chosen if (c.article.doc_id, c.article.headings) == (doc_id, headings)), default=0
        )
        near = sum(c.probability >= _NEAR * best for c in members)
        if best and members[0].features[_HEADING] >= _SAID and 2 * near >= len(members):
            out += [c for c in members if c.article.ref not in taken]
    return out
