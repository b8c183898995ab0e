"""What the search makes of an article, in three numbers; the reader judges those that it puts first (see reading.py).

Weights by bench/fit_reading.py.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from policy_qa.resources import resource

FloatArray = npt.NDArray[np.float32]

#: By token states; by vectors alone, where an encoder gives no states; by vectors for a question in another language.
KINDS = ("states", "vectors", "across")


@dataclass(frozen=True, slots=True)
class Ranker:
    """A logistic model: what counts before anything is known (`bias`), and each of

    `near`   how near the tokens of the question come to an article's, against those that come nearest (late.py);
             by vectors, the z-score of the article's best passage
    `pairs`  the share of the question's pairs of characters that stand in the article
    `words`  BM25, against the best in the running
    """

    bias: float
    near: float
    pairs: float
    words: float

    def probabilities(self, near: FloatArray, pairs: FloatArray, words: FloatArray) -> FloatArray:
        """The probability that each article answers; all shapes (n,)."""
        logits = self.bias + self.near * near + self.pairs * pairs + self.words * words
        found: FloatArray = (1.0 / (1.0 + np.exp(-np.clip(logits, -30, 30)))).astype(np.float32)
        return found

    @classmethod
    def shipped(cls, kind: str = "states") -> Ranker:
        """The weights of one of KINDS that come with the package."""
        return cls(**json.loads(resource("ranker.json"))[kind])
