"""Text -> the default model's last-layer state of every token, without torch.

The mean of these states is the vector that the index holds; one by one they tell which word of a
passage stands for which word of a question (Khattab and Zaharia, ColBERT, 2020). The weights are
those of the packed file, dequantised once and kept beside the written models, so that a process that
asks one question maps them into memory instead of computing them.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from policy_qa.embedding.alignment import origins
from policy_qa.embedding.layers import attention, cached, gelu, layers, norm
from policy_qa.embedding.packed import BLOCK, open_packed, packed_path, sha256_of
from policy_qa.embedding.text import fold_unknown, plain
from policy_qa.embedding.unigram import Unigram
from policy_qa.embedding.weights import PREFIXES
from policy_qa.settings import DEFAULT_MODEL

if TYPE_CHECKING:
    from policy_qa.embedding import Progress

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int32]

_log = logging.getLogger(__name__)
#: Rises whenever the cached file's layout changes.
_LAYOUT = 1
# Tokens that are computed at once: more gain nothing, since the weights are read often enough by then,
# and the feed-forward activations of so many still fit a core's cache.
_BATCH_TOKENS = 768
# A text of more characters than this has more tokens than the model reads.
_MAX_CHARS = 8192


@dataclass(frozen=True, slots=True)
class TokenStates:
    """The tokens of one text, without prefix and control tokens.

    `ids` (n,) are the model's token numbers; `offsets` (n, 2) half-open offsets in code points of the
    text that was given, white space at the edges of a token left out; `states` (n, 384) rows of unit length.
    `vector` (384,) is the model's vector of the text, which comes with the same pass: the mean of all
    states, prefix and control tokens included, at unit length; None where the text is longer than the window.
    """

    ids: Ints
    offsets: Ints
    states: Floats
    vector: Floats | None = None

    def __len__(self) -> int:
        return len(self.ids)


class StateEncoder:
    """Token states of multilingual-e5-small. Immutable after construction; safe to share between threads."""

    dim = 384

    def __init__(self, models_dir: Path) -> None:
        path = packed_path()
        self._model = open_packed(path)
        self._weights_file = models_dir / f"{DEFAULT_MODEL}-{sha256_of(path)[:12]}.layers-{_LAYOUT}.npy"
        self._unigram = Unigram(self._model)
        self._alphabet = self._model.alphabet()
        self._prefix = {
            query: self._unigram.split(PREFIXES["query" if query else "document"].strip())[0] for query in (True, False)
        }
        self._layers = layers(self._model, cached(self._model, self._weights_file))

    def encode(self, text: str, *, query: bool) -> TokenStates:
        """Return the states of one text, read as a question or as a passage."""
        # So few tokens gain little from a second thread, and lose a lot where other work holds its core:
        # the threads of the matrix library wait for each other after every product (80 ms became 230).
        with _ONE_THREAD:
            return self.encode_many([text], query=query)[0]

    def encode_many(self, texts: Sequence[str], *, query: bool, progress: Progress | None = None) -> list[TokenStates]:
        """Return the states of texts, in their order. What goes beyond the model's window is left out."""
        tokens = [self._tokens(text, query) for text in texts]
        out: list[TokenStates | None] = [None] * len(texts)
        for rows in _batches([len(ids) for ids, _ in tokens]):
            frame = [[self._model.bos, *self._prefix[query], *tokens[r][0], self._model.eos] for r in rows]
            hidden = self._forward(frame)
            at = 0
            for row, framed in zip(rows, frame, strict=True):
                ids, offsets = tokens[row]
                first = len(framed) - 1 - len(ids)
                states = hidden[at + first : at + len(framed) - 1]
                vector = None if len(framed) >= self._model.positions else _pooled(hidden[at : at + len(framed)])
                at += len(framed)
                out[row] = _kept(np.array(ids, np.int32), offsets, states, vector)
            if progress:
                progress(len(rows))
        return [states for states in out if states is not None]

    def _tokens(self, text: str, query: bool) -> tuple[list[int], Ints]:
        text = text[:_MAX_CHARS]
        cleaned = fold_unknown(plain(text), self._alphabet)
        ids, starts, ends = self._unigram.split(cleaned)
        room = self._model.positions - 2 - len(self._prefix[query])
        ids, starts, ends = ids[:room], starts[:room], ends[:room]
        if not ids:
            return [], np.zeros((0, 2), np.int32)
        origin = origins(text, cleaned)
        # A token's space stands before it, and belongs to no word.
        starts = [s + (cleaned[s] == " " and s + 1 < e) for s, e in zip(starts, ends, strict=True)]
        offsets = [(origin[s, 0], origin[e - 1, 1]) if e > s else (0, 0) for s, e in zip(starts, ends, strict=True)]
        return ids, np.array(offsets, np.int32)

    @cached_property
    def _word_rows(self) -> npt.NDArray[np.void]:
        _, count, offset = self._model.tensors["emb.word"]
        kind = np.dtype([("scale", "<f2"), ("nibbles", "u1", (BLOCK // 2,))])
        blocks = self._model.hidden // BLOCK
        return np.frombuffer(self._model.data, kind, count // BLOCK, offset).reshape(-1, blocks)

    def _words(self, ids: npt.NDArray[np.intp]) -> Floats:
        """Rows of the word embedding, read from the packed file: no need to unpack all 250,037."""
        blocks = self._word_rows[ids]
        out = np.empty((*blocks.shape, BLOCK), np.float32)
        out[..., : BLOCK // 2] = blocks["nibbles"] & 0x0F
        out[..., BLOCK // 2 :] = blocks["nibbles"] >> 4
        out -= 8
        out *= blocks["scale"].astype(np.float32)[..., None]
        return out.reshape(len(ids), -1)

    @cached_property
    def _embedding(self) -> tuple[Floats, tuple[Floats, Floats]]:
        """(Position plus type embeddings, norm): everything that is added to a word's row."""
        width = self._model.hidden
        positions = self._model.tensor("emb.pos").reshape(-1, width) + self._model.tensor("emb.type")[:width]
        return positions, (self._model.tensor("emb.ln.w"), self._model.tensor("emb.ln.b"))

    def _forward(self, frames: list[list[int]]) -> Floats:
        """The last layer's states of several token rows, one after the other: (sum of lengths, 384)."""
        ends = np.cumsum([len(frame) for frame in frames]).tolist()
        spans = [slice(end - len(frame), end) for end, frame in zip(ends, frames, strict=True)]
        positions, first_norm = self._embedding
        x = self._words(np.array([i for frame in frames for i in frame], np.intp))
        for span in spans:
            x[span] += positions[: span.stop - span.start]
        epsilon = self._model.epsilon
        x = norm(x, first_norm, epsilon)
        for layer in self._layers:
            mixed = attention(x @ layer.qkv_w + layer.qkv_b, spans, self._model.heads)
            x = norm(x + (mixed @ layer.out_w + layer.out_b), layer.out_norm, epsilon)
            inner = gelu(x @ layer.up_w + layer.up_b)
            x = norm(x + (inner @ layer.down_w + layer.down_b), layer.down_norm, epsilon)
        return x


class _OneThread:
    """Keeps NumPy's matrix library on the calling thread while anyone is inside.

    The setting belongs to the process: the first to enter makes it, the last to leave takes it back. Were it each
    caller's own, two that overlap could leave it behind for good.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._inside = 0
        self._limit: Any = None

    @cached_property
    def _libraries(self) -> Any:
        from threadpoolctl import ThreadpoolController

        return ThreadpoolController()

    def __enter__(self) -> None:
        with self._lock:
            if self._inside == 0:
                self._limit = self._libraries.limit(limits=1, user_api="blas")
            self._inside += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._inside -= 1
            if self._inside == 0:
                self._limit.restore_original_limits()


_ONE_THREAD = _OneThread()


def _pooled(states: Floats) -> Floats:
    mean: Floats = states.mean(axis=0)
    return mean / np.float32(np.linalg.norm(mean))


def _kept(ids: Ints, offsets: Ints, states: Floats, vector: Floats | None) -> TokenStates:
    """Without the lone space that the model may see before a text."""
    first = int(len(ids) > 0 and offsets[0, 1] == 0)
    units = states[first:] / np.linalg.norm(states[first:], axis=1, keepdims=True)
    return TokenStates(ids=ids[first:], offsets=offsets[first:], states=units, vector=vector)


def _batches(sizes: Sequence[int]) -> Iterator[list[int]]:
    """Rows in groups of at most `_BATCH_TOKENS` tokens, in their order."""
    rows: list[int] = []
    held = 0
    for row, size in enumerate(sizes):
        if rows and held + size > _BATCH_TOKENS:
            yield rows
            rows, held = [], 0
        rows.append(row)
        held += size + 8  # prefix and control tokens
    if rows:
        yield rows
