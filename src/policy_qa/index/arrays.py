"""NumPy arrays as the bytes of a .npy file, never with pickle."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import numpy.typing as npt


def to_npy(array: npt.NDArray[Any]) -> bytes:
    """The bytes of an array as a .npy file."""
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=False)
    return buffer.getvalue()


def from_npy(data: bytes) -> Any:
    """The array in the bytes of a .npy file; ValueError where it would need pickle."""
    return np.load(io.BytesIO(data), allow_pickle=False)
