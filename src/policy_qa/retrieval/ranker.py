"""Features -> the probability that an article answers: a logistic model with published weights."""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib.resources import files

import numpy as np
import numpy.typing as npt

from policy_qa.retrieval.features import NAMES

FloatArray = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Ranker:
    """Weights of a logistic model, in the order of features.NAMES, shape (features,)."""

    weights: FloatArray

    def probabilities(self, matrix: FloatArray) -> FloatArray:
        """1 / (1 + exp(-matrix @ weights)), shape (rows,)."""
        return (1.0 / (1.0 + np.exp(-np.clip(matrix @ self.weights, -30, 30)))).astype(np.float32)

    @classmethod
    def shipped(cls) -> Ranker:
        """The weights that come with the package, made by bench/fit_ranker.py."""
        data = json.loads(files("policy_qa.resources").joinpath("ranker.json").read_text("utf-8"))
        weights = data["weights"]
        return cls(np.array([weights.get(name, 0.0) for name in NAMES], dtype=np.float32))
