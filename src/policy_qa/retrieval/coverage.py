"""How much of a question the words of a row hold: of an article, of a clause, of the headings above it."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import numpy.typing as npt

from policy_qa.index.lexical import Matrix
from policy_qa.retrieval.question import Question

FloatArray = npt.NDArray[np.float32]
IntArray = npt.NDArray[np.int32]

#: What a word counts in BM25 that a question carries over from the one before it.
_CARRIED = 0.35


def coverage(matrix: Matrix, rows: IntArray, strengths: FloatArray, weights: FloatArray) -> FloatArray:
    """Share of the question's weight that each row covers, shape (len(rows),), in [0, 1].

    `strengths` (terms, vocabulary) and `weights` (terms,) are those of `strengths_of`.
    """
    matched = np.zeros((len(strengths), len(rows)), dtype=np.float32)
    starts = matrix.indptr[rows].astype(np.int64)
    sizes = matrix.indptr[np.asarray(rows) + 1] - starts
    filled = np.flatnonzero(sizes)
    if len(strengths) and len(filled):
        ends = np.cumsum(sizes[filled])
        begins = ends - sizes[filled]
        places = np.arange(ends[-1]) + np.repeat(starts[filled] - begins, sizes[filled])
        matched[:, filled] = np.maximum.reduceat(strengths[:, matrix.indices[places]], begins, axis=1)
    found: FloatArray = weights @ matched / max(float(weights.sum()), 1e-6)
    return found


def strengths_of(question: Question, vocabulary_size: int) -> tuple[FloatArray, FloatArray]:
    """(how well each word of the vocabulary stands for each term (terms, vocabulary), weights (terms,))."""
    terms = question.terms
    strengths = np.zeros((len(terms), vocabulary_size), dtype=np.float32)
    for i, term in enumerate(terms):
        for word, strength in term.matches.items():
            strengths[i, word] = strength
    return strengths, np.array([t.weight for t in terms], dtype=np.float32)


def bigrams(text: str) -> frozenset[str]:
    """Pairs of neighbouring Chinese characters."""
    return frozenset(a + b for a, b in pairwise(text) if "\u3400" <= a <= "\u9fff" and "\u3400" <= b <= "\u9fff")


def searched_words(question: Question) -> dict[int, float]:
    """What BM25 looks for: words of the vocabulary with what they count."""
    out: dict[int, float] = {}
    for term in question.terms:
        for word, strength in term.matches.items():
            out[word] = max(out.get(word, 0.0), strength * (_CARRIED if term.carried else 1.0))
    return out
