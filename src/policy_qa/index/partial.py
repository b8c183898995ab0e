"""Vectors of a build under way, kept batch by batch, so that an interrupted build goes on where it was.

A batch is two files, `<n>.npy` with the vectors and `<n>.json` with the model, the hashes of the texts
and the hash of the first file. The second is written last and in one step: without it, or when it
doesn't match, the batch counts for nothing.
"""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from policy_qa.index.files import replace_synced, sha256, write_synced
from policy_qa.index.layout import PARTIAL
from policy_qa.index.vectors import Vectors


class PartialStore:
    """The folder of finished batches of one model in an index folder. The caller holds the build lock."""

    def __init__(self, index_dir: Path, fingerprint: str) -> None:
        self._folder = index_dir / PARTIAL
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
                vectors = np.load(io.BytesIO(data), allow_pickle=False)
                found |= dict(zip(fields["texts"], vectors, strict=True))  # all of it, or none
            except (OSError, ValueError, KeyError, TypeError):
                continue  # half a batch is no batch: it is embedded again
        return found

    def add(self, texts: Sequence[str], vectors: Vectors) -> None:
        """Keep a batch: the hashes of its texts, and vectors of shape (n, dim) in the same order."""
        self._folder.mkdir(parents=True, exist_ok=True)
        number = 1 + max((int(p.stem) for p in self._folder.glob("[0-9]*.npy") if p.stem.isdigit()), default=0)
        buffer = io.BytesIO()
        np.save(buffer, np.ascontiguousarray(vectors, np.float32), allow_pickle=False)
        data = buffer.getvalue()
        path = self._folder / f"{number:06d}.npy"
        write_synced(path, data)
        fields = {"fingerprint": self._fingerprint, "sha256": sha256(data), "texts": list(texts)}
        replace_synced(path.with_suffix(".json"), json.dumps(fields).encode("ascii"))

    def clear(self) -> None:
        """Remove all batches: their vectors are in the index now."""
        shutil.rmtree(self._folder, ignore_errors=True)
