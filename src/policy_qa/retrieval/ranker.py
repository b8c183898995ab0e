"""Features -> the probability that an article answers, linear throughout.

First a ranking score, trained listwise: which article of those in the running. Then a logistic model
over the features, that score and its distance to the best of the document and of all, trained on
single articles: does it answer. bench/fit_ranker.py fits them and tells how well they do. Whether anything answers at
all, the reader says (see reading.py); without it, the best article's probability has to do.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from policy_qa.resources import resource
from policy_qa.retrieval.features import NAMES

FloatArray = npt.NDArray[np.float32]
IntArray = npt.NDArray[np.int32]

#: What the second step sees beside the features.
SCORE_NAMES = ("score", "score_gap_document", "score_gap_all")


@dataclass(frozen=True, slots=True)
class Ranker:
    """Weights by name: `rank` of features.NAMES, `judge` of these and SCORE_NAMES."""

    rank: FloatArray
    judge: FloatArray

    def probabilities(self, matrix: FloatArray, documents: IntArray, *, apart: bool = False) -> FloatArray:
        """Probability of answering for each row, shape (rows,); `documents` tells each row's document.

        `apart` judges each document on its own, as a question does that sets them side by side.
        """
        logits = judge_matrix(matrix, matrix @ self.rank, documents, apart=apart) @ self.judge
        found: FloatArray = (1.0 / (1.0 + np.exp(-np.clip(logits, -30, 30)))).astype(np.float32)
        return found

    @classmethod
    def shipped(cls) -> Ranker:
        """The weights that come with the package."""
        data = json.loads(resource("ranker.json"))
        return cls(_vector(data["rank"], NAMES), _vector(data["judge"], (*NAMES, *SCORE_NAMES)))


def judge_matrix(matrix: FloatArray, scores: FloatArray, documents: IntArray, *, apart: bool) -> FloatArray:
    """What the second step weighs: features, score, and the gaps to the best, shape (rows, features + 3)."""
    gap = np.zeros_like(scores)
    for document in np.unique(documents):
        here = documents == document
        gap[here] = scores[here].max() - scores[here]
    overall = gap if apart or not len(scores) else scores.max() - scores
    return np.column_stack([matrix, scores, gap, overall])


def _vector(weights: Mapping[str, float], names: Sequence[str]) -> FloatArray:
    return np.array([weights.get(name, 0.0) for name in names], dtype=np.float32)
