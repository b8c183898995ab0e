"""A follow-up read with what it follows and in its own words: their log-odds, weighed by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from policy_qa.datamodels import Kind, Provision
from policy_qa.naming.scope import Scope
from policy_qa.retrieval.features import NAMES
from policy_qa.retrieval.kinds import wanted
from policy_qa.retrieval.question import Question
from policy_qa.retrieval.retriever import Candidate, Retrieval, blended

SCOPE = Scope(doc_ids=(), soft=False, unknown=(), rest="", every=False)
ASKED = Question("", "zh", SCOPE, (), wanted(""), False, False, (), "")
NOTHING = np.zeros(len(NAMES), np.float32)


def retrieval(question: Question, answerability: float, **probabilities: float) -> Retrieval:
    """Of articles a, b, c, each by its probability."""
    found = [
        Candidate(
            row="abc".index(name),
            article=Provision(doc_id=name, path="1", kind=Kind.ARTICLE, label="", start=0, end=1, article=True),
            probability=probability,
            features=NOTHING,
        )
        for name, probability in probabilities.items()
    ]
    return Retrieval(question=question, candidates=tuple(found), timings_ms={"read": 2.0}, answerability=answerability)


def mixed(own: float, joined: float) -> float:
    """Three fifths of its own log-odds and two of the joined ones, as a probability."""
    odds = [math.log(p / (1 - p)) for p in (own, joined)]
    return 1 / (1 + math.exp(-(0.6 * odds[0] + 0.4 * odds[1])))


def test_both_readings_count_and_what_one_of_them_lacks_is_its_worst() -> None:
    joined = retrieval(ASKED, 0.9, a=0.6, b=0.5, c=0.3)
    found = blended(joined, retrieval(ASKED, 0.2, a=0.1, b=0.7))
    assert [c.article.doc_id for c in found.candidates] == ["b", "a", "c"]
    expected = [mixed(0.7, 0.5), mixed(0.1, 0.6), mixed(0.1, 0.3)]
    assert [c.probability for c in found.candidates] == pytest.approx(expected, abs=1e-5)
    assert found.answerability == pytest.approx(mixed(0.2, 0.9), abs=1e-5)
    assert found.timings_ms == {"read": 4.0}
