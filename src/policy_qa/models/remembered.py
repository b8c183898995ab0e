"""Questions that a tuned model knows the answers to: they lie beside its weights, with their vectors.

Files in the model's folder: `asked.json` (`questions`, and for each the `refs` of the provisions that answer
it) and `asked.npy` (n, dim) float16, the vectors that this very model gives the questions.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from policy_qa.errors import ModelError

Floats = npt.NDArray[np.float32]

_TEXTS, _VECTORS = "asked.json", "asked.npy"


@dataclass(frozen=True, kw_only=True, slots=True)
class Remembered:
    """`questions`, the `refs` of what answers each, and their unit vectors (n, dim)."""

    questions: tuple[str, ...]
    refs: tuple[tuple[str, ...], ...]
    vectors: Floats = field(repr=False)


def write(folder: Path, known: Remembered) -> None:
    """Put the questions beside the weights in `folder`."""
    texts = {"questions": known.questions, "refs": known.refs}
    (folder / _TEXTS).write_text(json.dumps(texts, ensure_ascii=False, indent=1) + "\n", "utf-8")
    np.save(folder / _VECTORS, known.vectors.astype(np.float16), allow_pickle=False)


def read(folder: Path) -> Remembered | None:
    """The questions beside the weights in `folder`; None where there are none.

    Raises:
        ModelError: the files are damaged, or not of one make.
    """
    if not (folder / _TEXTS).is_file():
        return None
    try:
        texts: Any = json.loads((folder / _TEXTS).read_text("utf-8"))
        questions, refs = _strings(texts["questions"]), tuple(_strings(row) for row in texts["refs"])
        vectors = np.load(folder / _VECTORS, allow_pickle=False).astype(np.float32)
        if vectors.ndim != 2 or not len(questions) == len(refs) == len(vectors):
            raise ValueError(f"{len(questions)} questions, {len(refs)} rows of refs, vectors {vectors.shape}")
    except (OSError, ValueError, KeyError, TypeError, EOFError) as error:
        raise ModelError(
            f"{folder / _TEXTS}: expected questions with refs, and their vectors in {_VECTORS}, found: {error}; "
            "tune the model again, or remove both files"
        ) from error
    return Remembered(questions=questions, refs=refs, vectors=vectors)


def _strings(values: Sequence[Any]) -> tuple[str, ...]:
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise ValueError(f"{values!r:.60} instead of a list of strings")
    return tuple(values)
