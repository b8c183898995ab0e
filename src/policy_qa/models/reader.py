"""The reader: a cross-encoder on ONNX Runtime that reads a question and a text together.

It grew out of the encoder's own weights and shares its words; bench/train_reader.py says on what it was trained.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from policy_qa.errors import ModelError
from policy_qa.models.encoder import PREFIXES, load
from policy_qa.models.files import FOLDER

if TYPE_CHECKING:
    from policy_qa.models import Vectors

#: Tokens of a pair, and of these the question's: what it was trained to read.
_PAIR, _QUESTION = 224, 96
_BEGIN, _END = 0, 2


class Reader:
    """Question and text -> the log-odds that the text answers. Loaded at its first use; threads may share it."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._opened: tuple[Any, Any] | None = None

    def score(self, question: str, texts: Sequence[str]) -> Vectors:
        """Return the log-odds of each text, (n,); of a long one the beginning is read."""
        tokenizer, session = self._open()
        asked = _ids(tokenizer, PREFIXES["query"] + question)[:_QUESTION]
        out = np.empty(len(texts), np.float32)
        for row, text in enumerate(texts):
            # One by one: padding to the longest costs more than a batch gains on one thread.
            room = _PAIR - len(asked) - 4
            own = _ids(tokenizer, PREFIXES["document"] + text)[:room]
            ids = np.array([[_BEGIN, *asked, _END, _END, *own, _END]], np.int64)
            out[row] = session.run(["scores"], {"ids": ids, "mask": np.ones_like(ids, np.int32)})[0][0]
        if not np.isfinite(out).all():
            raise ModelError("reader: expected finite scores, found others; run: policy-qa doctor")
        return out

    def _open(self) -> tuple[Any, Any]:
        with self._lock:
            if self._opened is None:
                self._opened = load(self._folder, "reader", "weights", "reader_weights")
            return self._opened


def _ids(tokenizer: Any, text: str) -> list[int]:
    ids: list[int] = tokenizer.encode(text, add_special_tokens=False).ids
    return ids
