"""Rerankers that a user names: cross-encoders of sentence-transformers, from this machine alone."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from policy_qa.errors import ModelError
from policy_qa.models.transformer import missing, quiet

if TYPE_CHECKING:
    from policy_qa.models import Vectors

_BATCH = 8


class CrossEncoderReranker:
    """A cross-encoder with one output, loaded at its first use; safe to share between threads."""

    calibrated = False

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self._folder = folder
        self._lock = threading.Lock()
        self._loaded: Any = None

    def score(self, question: str, texts: Sequence[str]) -> Vectors:
        """Return how well each text answers the question, (n,).

        Raises:
            ModelError: the folder holds no such model, or it gives something else than a number a text.
        """
        if not texts:
            return np.zeros(0, np.float32)
        pairs = [(question, text) for text in texts]
        scores = self._model.predict(pairs, batch_size=_BATCH, show_progress_bar=False, convert_to_numpy=True)
        scores = np.asarray(scores, np.float32)
        if scores.shape != (len(texts),) or not np.isfinite(scores).all():
            raise ModelError(
                f"reranker {self.name}: expected one finite number a text, found an array of shape {scores.shape}; "
                "choose another one, or unset POLICY_QA_RERANKER"
            )
        return scores

    @property
    def _model(self) -> Any:
        with self._lock:
            if self._loaded is None:
                self._loaded = _load(self.name, self._folder)
            return self._loaded


def _load(name: str, folder: Path) -> Any:
    with quiet():
        try:
            from sentence_transformers import CrossEncoder
        except ImportError as error:
            raise missing(error) from error
        try:
            return CrossEncoder(
                str(folder),
                device="cpu",
                local_files_only=True,
                model_kwargs={"dtype": "float32", "use_safetensors": True},
            )
        except Exception as error:  # a model of unknown origin may fail in any way, in any of three libraries
            reason = " ".join(str(error).split())[:200]
            raise ModelError(
                f"reranker {name}: expected a cross-encoder with safetensors weights in {folder}, found: {reason}; "
                "copy the model again, or unset POLICY_QA_RERANKER"
            ) from error
