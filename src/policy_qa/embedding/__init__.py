"""Text -> unit vectors.

The default model answers single queries through a C engine that starts in milliseconds, and embeds in
bulk through sentence-transformers; any other model that lies on this machine can be named instead.
Nothing here asks a model hub, and importing this package loads neither torch nor an engine.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt

from policy_qa.settings import DEFAULT_MODEL

if TYPE_CHECKING:
    from policy_qa.embedding.remembered import Remembered
    from policy_qa.embedding.states import StateEncoder
    from policy_qa.embedding.transformer import TransformerEncoder

Vectors = npt.NDArray[np.float32]
#: Called with the number of texts done since the last call.
Progress = Callable[[int], None]

__all__ = ["Encoder", "Progress", "Vectors", "open_encoder", "torch_encoder"]


class Encoder(Protocol):
    """An embedding model. The prefixes that it was trained with are its own affair."""

    @property
    def name(self) -> str:
        """The name that a person gives to choose it."""
        ...

    @property
    def fingerprint(self) -> str:
        """What changes when the same text would get another vector."""
        ...

    @property
    def dim(self) -> int:
        """The length of a vector."""
        ...

    @property
    def max_tokens(self) -> int:
        """How many tokens the model reads at once; a longer passage should be cut by the caller."""
        ...

    @property
    def states(self) -> StateEncoder | None:
        """The model's token states, where it gives any."""
        ...

    @property
    def remembered(self) -> Remembered | None:
        """The questions that it was tuned on, with what answers them, where it was."""
        ...

    def query(self, text: str) -> Vectors:
        """Return the vector of a question: (dim,), unit length."""
        ...

    def passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Return the vectors of passages, in their order: (n, dim), rows of unit length."""
        ...

    def count_tokens(self, text: str) -> int:
        """Return how many tokens `text` takes as a passage, prefix and end marks included."""
        ...


def open_encoder(name: str, models_dir: Path) -> Encoder:
    """Return the encoder called `name`: the default one, a local folder, or a model in the hub's cache.

    `models_dir` is where the default model is written out when it has to embed in bulk. Opening is
    quick: a model other than the default one is located now and loaded at its first use.

    Raises:
        ModelError: no such model on this machine.
    """
    if name == DEFAULT_MODEL:
        from policy_qa.embedding.engine import E5Small

        return E5Small(models_dir)
    from policy_qa.embedding.transformer import TransformerEncoder, locate

    return TransformerEncoder(name, locate(name))


def torch_encoder(name: str, models_dir: Path) -> tuple[TransformerEncoder, Path]:
    """The encoder called `name` in the form that torch reads and can train, and the folder it lies in.

    The default one is written out to `models_dir` where it isn't there yet.

    Raises:
        ModelError: no such model on this machine, or the folder cannot be written.
    """
    from policy_qa.embedding.transformer import TransformerEncoder, locate

    if name == DEFAULT_MODEL:
        from policy_qa.embedding.packed import packed_path
        from policy_qa.embedding.weights import model_directory

        folder = model_directory(packed_path(), models_dir, name)
    else:
        folder = locate(name)
    return TransformerEncoder(name, folder), folder
