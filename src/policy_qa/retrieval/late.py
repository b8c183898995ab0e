"""Late interaction: each token of the question against each token of an article (ColBERT's MaxSim).

Khattab and Zaharia 2020, on the plain e5 model, which was not trained for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from policy_qa.index.tokens import TokenIndex
from policy_qa.retrieval.question import Term
from policy_qa.words import normalize

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Late:
    """z-scores of articles, shape (rows,) each: with title and headings, text alone, best clause, worst token.

    `level` is the first one before it is standardised. `unmatched` is what an article matches less well than
    another one does, over the words of the question by their weight, in twentieths: 0 where none does better.

    All zero where the index has no token states or the question no token.
    """

    article: Floats
    text: Floats
    clause: Floats
    least: Floats
    level: Floats
    unmatched: Floats

    def take(self, rows: Ints) -> Late:
        """The scores of some rows."""
        return Late(*(getattr(self, f.name)[rows] for f in fields(self)))


def nothing(rows: int) -> Late:
    """Scores where there is nothing to compare."""
    zero = np.zeros(rows, dtype=np.float32)
    return Late(*(zero for _ in fields(Late)))


def token_weights(text: str, offsets: Ints, terms: Sequence[Term]) -> Floats:
    """How much each token of a question counts, (n tokens,), summing to 1: the weight of the word that it belongs to.

    `offsets` (n, 2) are those of the tokens in `text`. All count alike where no word is found in the text.
    """
    weights = np.zeros(len(offsets), dtype=np.float32)
    plain = normalize(text)
    for term in terms:
        at = plain.find(term.text)
        while at >= 0:
            inside = (offsets[:, 0] < at + len(term.text)) & (offsets[:, 1] > at)
            share = term.weight / max(float(inside.sum()), 1.0) ** 0.5
            weights[inside] = np.maximum(weights[inside], share)
            at = plain.find(term.text, at + 1)
    if not weights.any():
        weights[:] = 1.0
    return weights / max(float(weights.sum()), 1e-6)


def late_scores(tokens: TokenIndex, question: Floats, weights: Floats | None = None) -> tuple[Late, Floats]:
    """(z-scores of all rows, similarity of every token of the index to each question token).

    `question` (n question tokens, dim), `weights` what each of them counts (None: alike); the second result
    has shape (n question tokens, n tokens).
    """
    rows = len(tokens.indptr) - 1
    if not len(question) or not len(tokens.states):
        return nothing(rows), np.zeros((len(question), len(tokens.states)), dtype=np.float32)
    similarity = question @ tokens.states.T
    filled = np.diff(tokens.indptr) > 0
    starts = tokens.indptr[:-1][filled]
    article = np.zeros((len(question), rows), dtype=np.float32)
    article[:, filled] = np.maximum.reduceat(similarity, starts, axis=1)
    own = np.where(tokens.clauses[None, :] >= 0, similarity, 0.0)
    text = np.zeros_like(article)
    text[:, filled] = np.maximum.reduceat(own, starts, axis=1)
    clause = np.zeros(rows, dtype=np.float32)
    edges = np.flatnonzero(np.diff(tokens.clauses, prepend=-2) != 0)
    best = np.maximum.reduceat(similarity, edges, axis=1).mean(axis=0)
    inside = tokens.clauses[edges] >= 0
    row_of = np.searchsorted(tokens.indptr, edges[inside], side="right") - 1
    np.maximum.at(clause, row_of, best[inside])
    mean = article.mean(axis=0)
    # e5's token cosines lie between .75 and .95; the level tells how near the best match is at all.
    level = ((mean - 0.85) * 20).astype(np.float32)
    if weights is None:
        weights = np.full(len(question), 1 / len(question), dtype=np.float32)
    unmatched = (weights @ (article.max(axis=1, keepdims=True) - article) * 20).astype(np.float32)
    return Late(_z(mean), _z(text.mean(axis=0)), _z(clause), _z(article.min(axis=0)), level, unmatched), similarity


def clause_late(tokens: TokenIndex, similarity: Floats, first: int, last: int, row: int) -> Floats:
    """Mean over question tokens of the best token in each clause [first, last) of a row; 0 for one without."""
    span = slice(int(tokens.indptr[row]), int(tokens.indptr[row + 1]))
    clauses, here = tokens.clauses[span], similarity[:, span]
    return np.array(
        [here[:, clauses == c].max(axis=1).mean() if (clauses == c).any() else 0.0 for c in range(first, last)],
        dtype=np.float32,
    )


def _z(scores: Floats) -> Floats:
    z: Floats = ((scores - scores.mean()) / max(float(scores.std()), 1e-4)).astype(np.float32)
    return z
