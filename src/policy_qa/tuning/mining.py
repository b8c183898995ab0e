"""Hard negatives: what a search takes for the answer although it isn't."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from policy_qa.errors import ModelError
from policy_qa.tuning.collection import Asked, Collection
from policy_qa.words import Segmenter

FloatArray = npt.NDArray[np.float32]

# A wrong passage is drawn from the first so many of either search. The very first are passed over
# where there are enough: people who label questions overlook second answers, and those stand there.
_DEPTH, _SKIPPED = 30, 2


def hard_negatives(
    asked: Sequence[Asked], collection: Collection, similarity: FloatArray, words: FloatArray, seed: int
) -> list[list[int]]:
    """For each question and each of its positives, a passage that both resembles it and is wrong.

    `similarity` and `words` are the scores (n questions, n passages) of dense search and BM25; each
    is drawn from in turn. A question to which every article is right gets none.
    """
    rng = np.random.default_rng(seed)
    out = []
    for question, near, lexical in zip(asked, similarity, words, strict=True):
        allowed = np.fromiter(question.allowed, dtype=np.int32)
        wrong = ~np.isin(collection.articles, allowed)
        pools = [_pool(near, wrong), _pool(lexical, wrong & (lexical > 0))]
        pools = [pool for pool in pools if len(pool)]
        drawn = [int(rng.choice(pools[i % len(pools)])) for i in range(len(question.positives) if pools else 0)]
        out.append(drawn)
    return out


def _pool(scores: FloatArray, eligible: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    rows = np.flatnonzero(eligible)
    best = rows[np.argsort(-scores[rows], kind="stable")[:_DEPTH]]
    return best[_SKIPPED:] if len(best) > 2 * _SKIPPED else best


def bm25(passages: Sequence[str], questions: Sequence[str], segmenter: Segmenter) -> FloatArray:
    """BM25 of every passage for every question, (n questions, n passages)."""
    try:
        import bm25s
    except ImportError as error:
        raise ModelError(f"tuning: expected bm25s, found: {error}; run: pip install 'policy-qa[tune]'") from error
    engine: Any = bm25s.BM25()
    engine.index([segmenter.terms_of(text) or [""] for text in passages], show_progress=False)
    known = engine.vocab_dict
    asked = ([w for w in dict.fromkeys(segmenter.terms_of(q)) if w in known] for q in questions)
    nothing = np.zeros(len(passages), np.float32)
    return np.stack([np.asarray(engine.get_scores(words), np.float32) if words else nothing for words in asked])
