"""Where the characters of a cleaned text came from."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from difflib import SequenceMatcher
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from policy_qa.embedding.text import plain

Offsets = npt.NDArray[np.int32]


def origins(text: str, cleaned: str) -> Offsets:
    """Return, for each character of `cleaned`, the stretch of `text` it was made from: (len(cleaned), 2).

    `cleaned` is what `plain` and `fold_unknown` make of `text`. Stretches never run backwards.
    """
    out = np.zeros((len(cleaned), 2), np.int32)
    if cleaned == text:
        out[:, 0] = np.arange(len(text))
        out[:, 1] = out[:, 0] + 1
        return out
    at = 0
    for start, end in _clusters(text):
        for char in _plain(text[start:end]):
            if at < len(cleaned) and cleaned[at] != char and cleaned[at] == " ":
                out[at] = start  # put there by the cleaning
                at += 1
            if at < len(cleaned) and cleaned[at] == char:
                out[at] = start, end
                at += 1
    return out if at == len(cleaned) else _compared(text, cleaned)


@lru_cache(maxsize=8192)
def _plain(cluster: str) -> str:
    return plain(cluster) or " "


def _clusters(text: str) -> Iterator[tuple[int, int]]:
    """Characters with the marks that combine with them."""
    start = 0
    for at in range(1, len(text) + 1):
        if at == len(text) or not unicodedata.combining(text[at]):
            yield start, at
            start = at


def _compared(text: str, cleaned: str) -> Offsets:
    """The same by comparison, for scripts in which more than marks combine."""
    out = np.zeros((len(cleaned), 2), np.int32)
    blocks = SequenceMatcher(None, text, cleaned, autojunk=False).get_opcodes()
    for kind, a, b, c, d in blocks:
        for at in range(c, d):
            out[at] = (a + at - c, a + at - c + 1) if kind == "equal" else (a, b)
    return out
