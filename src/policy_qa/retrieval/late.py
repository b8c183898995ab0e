"""Late interaction: each token of the question against each token of an article (ColBERT's MaxSim).

Khattab and Zaharia 2020, on the plain e5 model, which was not trained for it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from policy_qa.index.tokens import TokenIndex

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Late:
    """z-scores of articles, shape (rows,) each: with title and headings, text alone, best clause, worst token.

    `level` is the first one before it is standardised.

    All zero where the index has no token states or the question no token.
    """

    article: Floats
    text: Floats
    clause: Floats
    least: Floats
    level: Floats

    def take(self, rows: Ints) -> Late:
        """The scores of some rows."""
        return Late(self.article[rows], self.text[rows], self.clause[rows], self.least[rows], self.level[rows])


def nothing(rows: int) -> Late:
    """Scores where there is nothing to compare."""
    zero = np.zeros(rows, dtype=np.float32)
    return Late(zero, zero, zero, zero, zero)


def late_scores(tokens: TokenIndex, question: Floats) -> tuple[Late, Floats]:
    """(z-scores of all rows, similarity of every token of the index to each question token).

    `question` (n question tokens, dim); the second result has shape (n question tokens, n tokens).
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
    return Late(_z(mean), _z(text.mean(axis=0)), _z(clause), _z(article.min(axis=0)), level), similarity


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
