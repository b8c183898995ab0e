"""Late interaction: each token of the question against each token of an article (ColBERT's MaxSim).

Khattab and Zaharia 2020, on the plain e5 model, which was not trained for it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from policy_qa.index.tokens import TokenIndex
from policy_qa.retrieval.question import Term
from policy_qa.words import normalize

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int32]


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


def late_scores(tokens: TokenIndex, question: Floats, weights: Floats | None = None) -> tuple[Floats, Floats]:
    """(how near each row comes, (rows,), similarity of every token of the index to each question token).

    `question` (n question tokens, dim), `weights` what each of them counts (None: alike). A row's best match of each
    token counts against that of the row which matches it best: 0 where no row comes nearer in any. In twentieths,
    since e5's token cosines lie between .75 and .95. The second result has shape (n question tokens, n tokens).
    """
    rows = len(tokens.indptr) - 1
    if not len(question) or not len(tokens.states):
        return np.zeros(rows, np.float32), np.zeros((len(question), len(tokens.states)), np.float32)
    similarity = question @ tokens.states.T
    filled = np.diff(tokens.indptr) > 0
    article = np.zeros((len(question), rows), dtype=np.float32)
    article[:, filled] = np.maximum.reduceat(similarity, tokens.indptr[:-1][filled], axis=1)
    if weights is None:
        weights = np.full(len(question), 1 / len(question), dtype=np.float32)
    near = (weights @ (article - article.max(axis=1, keepdims=True)) * 20).astype(np.float32)
    return near, similarity


def clause_late(tokens: TokenIndex, similarity: Floats, first: int, last: int, row: int) -> Floats:
    """Mean over question tokens of the best token in each clause [first, last) of a row; 0 for one without."""
    span = slice(int(tokens.indptr[row]), int(tokens.indptr[row + 1]))
    clauses, here = tokens.clauses[span], similarity[:, span]
    return np.array(
        [here[:, clauses == c].max(axis=1).mean() if (clauses == c).any() else 0.0 for c in range(first, last)],
        dtype=np.float32,
    )
