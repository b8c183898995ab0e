"""An encoder without a model: the same text always gets the same unit vector, other texts others."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

import numpy as np

DIM = 32


class FakeEncoder:
    """Remembers what it embedded; `fail_after` passages it raises what it was given."""

    def __init__(self, name: str = "fake", fingerprint: str = "fake-1", dim: int = DIM) -> None:
        self.name, self.fingerprint, self.dim, self.max_tokens = name, fingerprint, dim, 512
        self.states = None  # no late interaction without a model
        self.remembered = None
        self.embedded: list[str] = []
        self.before_passages: Callable[[], None] = lambda: None

    def _vector(self, text: str) -> np.ndarray:
        seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
        vector = np.random.default_rng(seed).standard_normal(self.dim).astype(np.float32)
        return vector / np.linalg.norm(vector)

    def query(self, text: str) -> np.ndarray:
        return self._vector(text)

    def passages(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> np.ndarray:
        self.before_passages()
        self.embedded += texts
        if progress:
            progress(len(texts))
        return np.stack([self._vector(text) for text in texts])

    def count_tokens(self, text: str) -> int:
        return len(text) + 4
