"""Vectors for the passages of a build: those that exist already, and the rest from the model.

Finished batches of a build under way are kept, so that an interrupted one goes on where it was: two files a batch,
`<n>.npy` with the vectors and `<n>.json` with the model, the hashes of the texts and the hash of the first file. The
second is written last and in one step: without it, or when it doesn't match, the batch counts for nothing.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from policy_qa.datamodels import Passage
from policy_qa.index import layout
from policy_qa.index.codec import load_passages
from policy_qa.index.files import from_npy, key_of, replace_synced, sha256, to_npy, write_synced
from policy_qa.index.vectors import VectorIndex, Vectors

if TYPE_CHECKING:
    from policy_qa.models import Encoder
    from policy_qa.models.encoder import TokenStates


class PartialStore:
    """The folder of finished batches of one model in an index folder. The caller holds the build lock."""

    def __init__(self, index_dir: Path, fingerprint: str) -> None:
        self._folder = index_dir / layout.PARTIAL
        self._fingerprint = fingerprint

    def load(self) -> dict[str, Vectors]:
        """Return text hash -> vector (dim,) for every sound batch of this model."""
        found: dict[str, Vectors] = {}
        for path in sorted(self._folder.glob("[0-9]*.json")):
            try:
                fields = json.loads(path.read_bytes())
                data = path.with_suffix(".npy").read_bytes()
                if fields["fingerprint"] != self._fingerprint or fields["sha256"] != sha256(data):
                    continue
                vectors = from_npy(data)
                found |= dict(zip(fields["texts"], vectors, strict=True))  # all of it, or none
            except (OSError, ValueError, KeyError, TypeError):
                continue  # half a batch is no batch: it is embedded again
        return found

    def add(self, texts: Sequence[str], vectors: Vectors) -> None:
        """Keep a batch: the hashes of its texts, and vectors of shape (n, dim) in the same order."""
        self._folder.mkdir(parents=True, exist_ok=True)
        number = 1 + max((int(p.stem) for p in self._folder.glob("[0-9]*.npy") if p.stem.isdigit()), default=0)
        data = to_npy(np.ascontiguousarray(vectors, np.float32))
        path = self._folder / f"{number:06d}.npy"
        write_synced(path, data)
        fields = {"fingerprint": self._fingerprint, "sha256": sha256(data), "texts": list(texts)}
        replace_synced(path.with_suffix(".json"), json.dumps(fields).encode("ascii"))

    def clear(self) -> None:
        """Remove all batches: their vectors are in the index now."""
        shutil.rmtree(self._folder, ignore_errors=True)


# Passages between two saves of vectors: a few seconds of work, all that an interruption can cost.
_BATCH = 256


def vectors_of(files: Mapping[str, bytes]) -> dict[str, Vectors]:
    """Text hash -> vector of an index that the same model made, from its files; nothing from none."""
    if not files:
        return {}
    passages, vectors = load_passages(files[layout.PASSAGES]), VectorIndex(files[layout.VECTORS]).matrix()
    return {key_of(passage.embed_text): row for passage, row in zip(passages, vectors, strict=True)}


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
