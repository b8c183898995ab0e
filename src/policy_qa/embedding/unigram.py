"""The default model's tokenizer, ready in milliseconds: Viterbi over the pieces of the packed file.

Reading the same vocabulary through `tokenizers` takes over a second, too long for a process that asks
one question. Kudo, Subword Regularization (2018), gives the algorithm; ties and unknown characters
are settled as the `tokenizers` package does.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from policy_qa.embedding.packed import PackedModel

Hashes = npt.NDArray[np.uint64]
Points = npt.NDArray[np.uint32]

#: What stands for a space in a piece.
META = "▁"
# Odd constants that spread code points over 64 bits. 250,000 pieces leave one chance in 10^13 that a
# stretch of text that is no piece is taken for one.
_SPREAD = np.uint64(0x9E3779B97F4A7C15)
_BASE = np.uint64(0xD6E8FEB86659FD93)
# SentencePiece's penalty for an unknown character, below the worst piece.
_UNKNOWN = 10.0


class Unigram:
    """Text -> pieces. `text` is expected as `text.plain` and `fold_unknown` leave it."""

    def __init__(self, model: PackedModel) -> None:
        points = _points(model.blob.tobytes().decode("utf-8"))
        begins = np.cumsum(np.concatenate([[0], (model.blob & 0xC0) != 0x80]))[model.offsets]
        sizes = np.diff(begins)
        self._longest = int(sizes.max())
        hashes = np.zeros(len(sizes), np.uint64)
        mixed = points.astype(np.uint64) * _SPREAD
        for at in range(self._longest):
            rows = np.flatnonzero(sizes > at)
            hashes[rows] = hashes[rows] * _BASE + mixed[begins[rows] + at]
        special = [model.bos, model.eos, model.pad, model.unk, len(sizes) - 1]
        hashes[special] = 0  # control tokens are never read from a text
        order = np.argsort(hashes, kind="stable")
        self._hashes: Hashes = hashes[order]
        self._ids = order.astype(np.int32)
        self._scores = model.scores
        self._unknown_id = model.unk
        self._unknown_score = float(model.scores.min()) - _UNKNOWN

    def split(self, text: str) -> tuple[list[int], list[int], list[int]]:
        """Return ids, starts and ends of the pieces; piece i covers `text[starts[i]:ends[i]]`.

        A space belongs to the piece after it. The space that the model sees before the whole text is
        not part of it: the first piece starts at 0, and stands for nothing (0, 0) where it is that space.
        """
        if not text:
            return [], [], []
        marked = META + text.replace(" ", META)
        size = len(marked)
        best, back, piece = [0.0] + [-1e30] * size, [0] * (size + 1), [self._unknown_id] * (size + 1)
        for start, found in enumerate(self._matches(marked)):
            here = best[start]
            for length, number, score in found:
                if here + score > best[start + length]:
                    best[start + length], back[start + length], piece[start + length] = here + score, start, number
            if (not found or found[0][0] > 1) and here + self._unknown_score > best[start + 1]:
                best[start + 1], back[start + 1], piece[start + 1] = here + self._unknown_score, start, self._unknown_id
        ids, ends, at = [], [], size
        while at > 0:
            ids.append(piece[at])
            ends.append(at - 1)
            at = back[at]
        ids.reverse()
        ends.reverse()
        return ids, [0, *ends[:-1]], ends

    def _matches(self, marked: str) -> list[list[tuple[int, int, float]]]:
        """Return (length, id, score) of every piece that starts at each character, shortest first."""
        mixed = _points(marked).astype(np.uint64) * _SPREAD
        size = len(mixed)
        out: list[list[tuple[int, int, float]]] = [[] for _ in range(size)]
        hashes = np.zeros(size, np.uint64)
        for length in range(1, min(self._longest, size) + 1):
            hashes = hashes[: size - length + 1] * _BASE + mixed[length - 1 :]
            at = np.minimum(np.searchsorted(self._hashes, hashes), len(self._hashes) - 1)
            rows = np.flatnonzero(self._hashes[at] == hashes)
            numbers = self._ids[at[rows]]
            for row, number, score in zip(rows.tolist(), numbers.tolist(), self._scores[numbers].tolist(), strict=True):
                out[row].append((length, number, score))
        return out


def _points(text: str) -> Points:
    return np.frombuffer(text.encode("utf-32-le"), np.uint32)
