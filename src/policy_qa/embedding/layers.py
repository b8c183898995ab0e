"""The encoder's layers: their weights, unpacked once and kept as a file, and the arithmetic on them."""

from __future__ import annotations

import logging
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from policy_qa.embedding.packed import PackedModel

Floats = npt.NDArray[np.float32]

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer's weights: matrices (in, out), biases, and (weight, bias) of its two norms."""

    qkv_w: Floats
    qkv_b: Floats
    out_w: Floats
    out_b: Floats
    out_norm: tuple[Floats, Floats]
    up_w: Floats
    up_b: Floats
    down_w: Floats
    down_b: Floats
    down_norm: tuple[Floats, Floats]


def attention(qkv: Floats, spans: list[slice], heads: int) -> Floats:
    """Self-attention of each text for itself; `qkv` (tokens, 3 · width) -> (tokens, width)."""
    width = qkv.shape[1] // 3
    out = np.empty((len(qkv), width), np.float32)
    scale = np.float32((width // heads) ** -0.5)
    for span in spans:
        size = span.stop - span.start
        q, k, v = qkv[span].reshape(size, 3, heads, -1).transpose(1, 2, 0, 3)
        weights = (q * scale) @ k.transpose(0, 2, 1)
        weights -= weights.max(axis=-1, keepdims=True)
        np.exp(weights, out=weights)
        weights /= weights.sum(axis=-1, keepdims=True)
        out[span] = (weights @ v).transpose(1, 0, 2).reshape(size, width)
    return out


def norm(x: Floats, weights: tuple[Floats, Floats], epsilon: float) -> Floats:
    """Layer normalisation over the last axis, in place; `weights` are (weight, bias)."""
    x -= x.mean(axis=-1, keepdims=True)
    scale = np.sqrt(np.einsum("ij,ij->i", x, x)[:, None] / np.float32(x.shape[1]) + np.float32(epsilon))
    x /= scale
    x *= weights[0]
    x += weights[1]
    return x


def gelu(x: Floats) -> Floats:
    """x · Φ(x), with erf after Abramowitz and Stegun 7.1.26 (error below 1.5e-7).

    NumPy has no erf, and importing SciPy's takes longer than a question.
    """
    z = np.abs(x)
    z *= np.float32(0.5**0.5)
    t = z * np.float32(0.3275911)
    t += 1
    np.reciprocal(t, out=t)
    series = t * np.float32(1.061405429)
    for constant in (-1.453152027, 1.421413741, -0.284496736, 0.254829592):
        series += np.float32(constant)
        series *= t
    np.square(z, out=z)
    np.negative(z, out=z)
    np.exp(z, out=z)
    series *= z  # 1 - erf(|x| / √2)
    # x · Φ(x) = max(x, 0) - |x| · (1 - erf(|x| / √2)) / 2
    series *= np.abs(x)
    series *= np.float32(0.5)
    out: Floats = np.maximum(x, 0) - series
    return out


_WEIGHTS = ("q", "k", "v", "ao", "fi", "fo")


def _sizes(model: PackedModel) -> dict[str, tuple[int, int]]:
    """(in, out) of each matrix of a layer, in the order of the file."""
    width, inner = model.hidden, model.feed_forward
    return {"qkv": (width, 3 * width), "ao": (width, width), "fi": (width, inner), "fo": (inner, width)}


def _flat(model: PackedModel) -> Floats:
    """All matrices of all layers, turned to (in, out), one after the other."""
    parts = []
    for layer in range(model.layers):
        matrices = {
            n: model.tensor(f"l{layer}.{n}.w").reshape(len(model.tensor(f"l{layer}.{n}.b")), -1) for n in _WEIGHTS
        }
        matrices["qkv"] = np.concatenate([matrices.pop(n) for n in "qkv"])
        parts += [matrices[name].T.ravel() for name in _sizes(model)]
    return np.concatenate(parts)


def cached(model: PackedModel, file: Path) -> Floats:
    """The matrices from `file`, which is written first where it is missing or doesn't fit.

    A folder that can't be written costs a third of a second a process, no more.
    """
    expected = model.layers * sum(a * b for a, b in _sizes(model).values())
    try:
        found = np.load(file, mmap_mode="r", allow_pickle=False)
        if found.shape == (expected,) and found.dtype == np.float32:
            return np.asarray(found)
    except (OSError, ValueError, EOFError):
        pass
    weights = _flat(model)
    try:
        _write(weights, file)
    except OSError as error:
        _log.info("token states: %s can't be written (%s); the weights are unpacked in every process", file, error)
    return weights


def _write(weights: Floats, file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, scratch = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
    try:
        with os.fdopen(handle, "wb") as out:
            np.save(out, weights, allow_pickle=False)
            out.flush()
            os.fsync(out.fileno())
        Path(scratch).chmod(0o644)  # mkstemp makes it private; the model is as public as the rest
        Path(scratch).replace(file)
    finally:
        Path(scratch).unlink(missing_ok=True)


def layers(model: PackedModel, flat: Floats) -> list[Layer]:
    """The layers, as views of the matrices that `cached` gave."""
    out, at = [], 0
    for number in range(model.layers):
        matrices = {}
        for name, (rows, columns) in _sizes(model).items():
            matrices[name] = flat[at : at + rows * columns].reshape(rows, columns)
            at += rows * columns
        t = {n: model.tensor(f"l{number}.{n}.b") for n in (*_WEIGHTS, "aln", "oln")}
        out.append(
            Layer(
                qkv_w=matrices["qkv"],
                qkv_b=np.concatenate([t["q"], t["k"], t["v"]]),
                out_w=matrices["ao"],
                out_b=t["ao"],
                out_norm=(model.tensor(f"l{number}.aln.w"), t["aln"]),
                up_w=matrices["fi"],
                up_b=t["fi"],
                down_w=matrices["fo"],
                down_b=t["fo"],
                down_norm=(model.tensor(f"l{number}.oln.w"), t["oln"]),
            )
        )
    return out
