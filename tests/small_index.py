"""A retriever over a few texts, with an encoder, vectors and a ranker whose figures are given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

import numpy as np

from policy_qa.datamodels import Passage, Segmentation
from policy_qa.index import bigrams, lexical
from policy_qa.index.tokens import TokenIndex
from policy_qa.models import Reranker
from policy_qa.retrieval.features import NAMES
from policy_qa.retrieval.ranker import SCORE_NAMES, Ranker
from policy_qa.retrieval.retriever import Retriever
from policy_qa.words import Segmenter
from samples import cut


class Known:
    """An encoder that gives every question the same vector."""

    remembered = None

    def __init__(self, states: object = None) -> None:
        self.states = states

    def query(self, text: str) -> np.ndarray:
        return np.array([1, 0], np.float32)


@dataclass(frozen=True)
class OneToken:
    """Token states of every question: one token, along the first axis."""

    vector: np.ndarray = field(default_factory=lambda: np.array([1, 0], np.float32))
    offsets: np.ndarray = field(default_factory=lambda: np.array([[0, 1]], np.int32))
    states: np.ndarray = field(default_factory=lambda: np.array([[1, 0]], np.float32))

    def encode(self, text: str, *, query: bool) -> OneToken:
        assert query
        return self


class Cosines:
    """Vectors whose cosines with that question are given."""

    exact = True

    def __init__(self, cosines: list[float]) -> None:
        self._cosines = np.array(cosines, np.float32)

    def cosines(self, vector: np.ndarray) -> np.ndarray:
        return self._cosines * vector[0]

    def matrix(self) -> np.ndarray:
        return np.stack([self._cosines, 1 - self._cosines], axis=1)

    def search(self, vector: np.ndarray, k: int) -> list[tuple[int, float]]:
        return []


def weighing(**rank: float) -> Ranker:
    """The probability is the logistic function of what `rank` weighs."""
    judge = [float(name == "score") for name in (*NAMES, *SCORE_NAMES)]
    return Ranker(*(np.array(w, np.float32) for w in ([rank.get(n, 0.0) for n in NAMES], judge)))


@cache
def indexed(*texts: tuple[str, str]) -> tuple[list[Segmentation], lexical.LexicalIndex, Segmenter]:
    segmentations = [cut(text, doc_id) for doc_id, text in texts]
    words = lexical.load(lexical.dump(segmentations, []))
    return segmentations, words, Segmenter(words.terms)


def retriever_of(
    ranker: Ranker,
    cosines: list[float] | None = None,
    tokens: TokenIndex | None = None,
    *,
    texts: Mapping[str, str],
    large: bool = False,
    reader: Reranker | None = None,
) -> Retriever:
    """`large` finds the articles by fusion, as an index of many does."""
    segmentations, words, segmenter = indexed(*texts.items())
    passages = [
        Passage(ref=a.ref, part=0, start=a.start, end=a.end, embed_text="") for s in segmentations for a in s.articles
    ]
    vectors = Cosines(cosines or [0.5] * len(passages))
    encoder = Known(states=tokens and OneToken())
    pairs = bigrams.load(bigrams.dump(segmentations), len(words.refs)) if large else None
    return Retriever(segmentations, passages, vectors, words, encoder, ranker, segmenter, tokens, pairs, reader)
