"""Vectors for the passages of a build: those that exist already, and the rest from the model."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from policy_qa.datamodels import Passage
from policy_qa.index import layout
from policy_qa.index.codec import load_passages
from policy_qa.index.layout import Maker
from policy_qa.index.partial import PartialStore
from policy_qa.index.store import Generation
from policy_qa.index.vectors import VectorIndex, Vectors

if TYPE_CHECKING:
    from policy_qa.models import Encoder
    from policy_qa.models.encoder import TokenStates

# Passages between two saves of vectors: a few seconds of work, all that an interruption can cost.
_BATCH = 256


def key_of(text: str) -> str:
    """The name under which the vector of a text is kept."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def vectors_of(old: Generation | None, maker: Maker) -> dict[str, Vectors]:
    """Text hash -> vector of the old index, if the same model made it."""
    if old is None or (old.manifest.model, old.manifest.maker.fingerprint) != (maker.model, maker.fingerprint):
        return {}
    passages = load_passages(old.files[layout.PASSAGES])
    rows = VectorIndex(old.files[layout.VECTORS]).matrix()
    return {key_of(passage.embed_text): row for passage, row in zip(passages, rows, strict=True)}


def embed(
    passages: Sequence[Passage],
    encoder: Encoder,
    known: Mapping[str, Vectors],
    partial: PartialStore,
    progress: Callable[[int, int], None],
    keep: Callable[[str, TokenStates], None] | None = None,
) -> tuple[Vectors, int]:
    """Vectors for all passages, in their order, and how many texts the model had to read for them.

    `keep` gets the token states of what is read, which come with the same pass, where the model gives any.
    """
    keys = [key_of(passage.embed_text) for passage in passages]
    missing = {key: p.embed_text for key, p in zip(keys, passages, strict=True) if key not in known}
    todo = list(missing)
    made: dict[str, Vectors] = dict(known)
    done = 0

    def advance(count: int) -> None:
        nonlocal done
        done += count
        progress(done, len(todo))

    progress(0, len(todo))
    for start in range(0, len(todo), _BATCH):
        batch = todo[start : start + _BATCH]
        texts = [missing[key] for key in batch]
        if keep and encoder.states:
            found = encoder.states.encode_many(texts, query=False, progress=advance)
            for text, states in zip(texts, found, strict=True):
                keep(text, states)
            vectors = np.stack([states.vector for states in found])
        else:
            vectors = encoder.passages(texts, advance)
        partial.add(batch, vectors)
        made.update(zip(batch, vectors, strict=True))
    return np.stack([made[key] for key in keys]), len(todo)
