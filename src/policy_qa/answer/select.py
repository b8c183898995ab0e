"""Which articles an answer cites, and whether there is one at all."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from policy_qa.retrieval.question import Question
from policy_qa.retrieval.retriever import Candidate


@dataclass(frozen=True, kw_only=True, slots=True)
class Thresholds:
    """Probabilities and shares, each in [0, 1]; fitted by bench/fit_ranker.py, see resources/thresholds.json.

    `answer`: the best article must reach it, else the question is refused. `document`: where no
    document is named, the best article of a further one must reach this share of the best of all.
    `article`, `article_list`: a further article of the same document must reach this share of its
    best, for a plain question and for one that asks for a list.
    """

    answer: float
    document: float
    article: float
    article_list: float

    @classmethod
    def shipped(cls) -> Thresholds:
        """The thresholds that come with the package."""
        return cls(**_shipped())


@cache
def _shipped() -> dict[str, float]:
    data = json.loads(files("policy_qa.resources").joinpath("thresholds.json").read_text("utf-8"))
    return {name: float(value) for name, value in data.items()}


def select(question: Question, candidates: Sequence[Candidate], thresholds: Thresholds) -> list[Candidate]:
    """The candidates to cite, documents in the order of their best article; empty to refuse."""
    if not candidates or candidates[0].probability < thresholds.answer:
        return []
    best: dict[str, float] = {}
    for candidate in candidates:
        best.setdefault(candidate.article.doc_id, candidate.probability)
    share = thresholds.article_list if question.wants_list else thresholds.article
    several = len(question.scope.doc_ids) > 1 or question.compares or question.scope.every
    top = candidates[0].probability
    out = []
    for candidate in candidates:
        own = best[candidate.article.doc_id]
        # Documents set side by side on purpose are heard even where they speak less plainly.
        floor = thresholds.answer if several else thresholds.document * top
        if own >= floor and candidate.probability >= max(share * own, thresholds.answer * share):
            out.append(candidate)
    order = list(dict.fromkeys(question.scope.doc_ids)) or list(best)
    position = {doc_id: i for i, doc_id in enumerate(order)}
    return sorted(out, key=lambda c: (position.get(c.article.doc_id, 99), c.article.start))
