"""The dense side of an index: FAISS held directly, exact as long as exact is fast."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import numpy.typing as npt

from policy_qa.errors import IndexDamaged
from policy_qa.index.layout import REBUILD, VECTORS
from policy_qa.models.runtime import once

Vectors = npt.NDArray[np.float32]

# Exact search reads all vectors and misses none: 21 ms for 200,000 of 384 numbers on one core. A graph
# would answer in about 1 ms, miss a little, and take the build more than a minute for each 100,000,
# every time, however little changed. So it waits until exact search takes some 50 ms.
HNSW_FROM = 500_000
# Twice the neighbours, five times the candidates while building and eight times those while searching
# that FAISS takes by default (16, 40, 16): slower to build, and little is missed.
_NEIGHBOURS, _EF_BUILD, _EF_SEARCH = 32, 200, 128
# The start of a serialised index: four letters for the class, i32 dimension, i64 rows.
_HEADER = struct.Struct("<4siq")
_FLAT, _HNSW = b"IxFI", b"IHNf"


class VectorIndex:
    """Search by inner product over the bytes of a FAISS index, which FAISS reads at the first search.

    The bytes must be verified before: FAISS reads a damaged file without a word.
    """

    def __init__(self, data: bytes) -> None:
        """Read the header only.

        Raises:
            IndexDamaged: the bytes are no index of a class that this package writes.
        """
        if len(data) < _HEADER.size or data[:4] not in (_FLAT, _HNSW):
            raise IndexDamaged(f"index file {VECTORS}: expected IxFI or IHNf, found {data[:4]!r}; {REBUILD}")
        kind, self.dim, self.rows = _HEADER.unpack_from(data)
        #: Whether search compares a query with every row.
        self.exact = kind == _FLAT
        self._faiss = once(lambda: _opened(data))

    def __len__(self) -> int:
        return int(self.rows)

    def search(self, query: Vectors, k: int) -> list[tuple[int, float]]:
        """Return at most `k` (row, cosine) pairs, best first, for a unit vector of shape (dim,)."""
        query = np.ascontiguousarray(query, np.float32)
        if query.shape != (self.dim,):
            raise ValueError(f"expected a query of shape ({self.dim},), found {query.shape}")
        k = min(k, self.rows)
        if k <= 0:
            return []
        with _one_thread():
            scores, rows = self._faiss().search(query[None, :], k)
        return [(int(row), float(score)) for row, score in zip(rows[0], scores[0], strict=True) if row >= 0]

    def cosines(self, query: Vectors) -> Vectors:
        """Return the cosine of every row with a unit vector of shape (dim,), of an exact index."""
        if query.shape != (self.dim,) or not self.exact:
            raise ValueError(f"expected exact vectors of shape ({self.dim},), found {query.shape}, exact: {self.exact}")
        if not self.rows:
            return np.zeros(0, np.float32)
        import faiss

        index = self._faiss()  # held while its memory is read
        found: Vectors = faiss.rev_swig_ptr(index.get_xb(), self.rows * self.dim).reshape(self.rows, self.dim) @ query
        return found

    def matrix(self) -> Vectors:
        """Return all vectors, (rows, dim), in the order of the rows."""
        if not self.rows:
            return np.empty((0, self.dim), np.float32)
        return np.asarray(self._faiss().reconstruct_n(0, self.rows), np.float32)


def _opened(data: bytes) -> Any:
    import faiss

    index: Any = faiss.deserialize_index(np.frombuffer(data, np.uint8))
    if data[:4] == _HNSW:
        index.hnsw.efSearch = _EF_SEARCH
    return index


@contextmanager
def _one_thread() -> Iterator[None]:
    """Search on the calling thread alone: on a machine with other work, FAISS's threads wait for each
    other in a busy loop, and one question took 91 ms with two threads where it takes 21 ms with one.
    """
    import faiss

    before = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)
    try:
        yield
    finally:
        faiss.omp_set_num_threads(before)


def dump_vectors(vectors: Vectors) -> bytes:
    """Return the bytes of a FAISS index over `vectors`, (n, dim), unit rows; row i stays row i."""
    import faiss

    count, dim = vectors.shape
    index: Any
    if count >= HNSW_FROM:
        index = faiss.IndexHNSWFlat(dim, _NEIGHBOURS, faiss.METRIC_INNER_PRODUCT)
        index.hnsw.efConstruction = _EF_BUILD
    else:
        index = faiss.IndexFlatIP(dim)
    index.add(np.ascontiguousarray(vectors, np.float32))
    data: bytes = faiss.serialize_index(index).tobytes()
    return data
