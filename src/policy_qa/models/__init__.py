"""Text -> unit vectors and token states; question and text -> how well the one answers the other.

The default encoder is a file in this package and runs on ONNX Runtime; any other model that lies on this machine
can be named instead, and a reranker beside it. Nothing here asks a model hub, and importing this package loads
neither torch nor a runtime.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt

from policy_qa.settings import DEFAULT_MODEL, NO_RERANKER, READER

if TYPE_CHECKING:
    from policy_qa.models.encoder import TokenStates
    from policy_qa.models.remembered import Remembered
    from policy_qa.models.transformer import TransformerEncoder

Vectors = npt.NDArray[np.float32]
#: Called with the number of texts done since the last call.
Progress = Callable[[int], None]


class StateEncoder(Protocol):
    """A model that gives the states of a text's tokens together with its vector."""

    def encode(self, text: str, *, query: bool) -> TokenStates:
        """Return states and vector of one text, read as a question or as a passage."""

    def encode_many(self, texts: Sequence[str], *, query: bool, progress: Progress | None = None) -> list[TokenStates]:
        """Return states and vectors of texts, in their order."""


class Encoder(Protocol):
    """An embedding model. The prefixes that it was trained with are its own affair."""

    @property
    def name(self) -> str:
        """The name that a person gives to choose it."""

    @property
    def fingerprint(self) -> str:
        """What changes when the same text would get another vector."""

    @property
    def dim(self) -> int:
        """The length of a vector."""

    @property
    def max_tokens(self) -> int:
        """How many tokens the model reads at once; a longer passage should be cut by the caller."""

    @property
    def states(self) -> StateEncoder | None:
        """The model's token states, where it gives any."""

    @property
    def remembered(self) -> Remembered | None:
        """The questions that it was tuned on, with what answers them, where it was."""

    def query(self, text: str) -> Vectors:
        """Return the vector of a question: (dim,), unit length."""

    def passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Return the vectors of passages, in their order: (n, dim), rows of unit length."""

    def count_tokens(self, text: str) -> int:
        """Return how many tokens `text` takes as a passage, prefix and end marks included."""


class Reranker(Protocol):
    """A model that reads question and text together."""

    def score(self, question: str, texts: Sequence[str]) -> Vectors:
        """Return how well each text answers the question, (n,): higher is better, the scale is the model's own."""


def open_encoder(name: str) -> Encoder:
    """Return the encoder called `name`: the default one, a local folder, or a model in the hub's cache.

    Opening is quick: a model is located now and loaded at its first use.

    Raises:
        ModelError: no such model on this machine.
    """
    if name == DEFAULT_MODEL:
        from policy_qa.models.encoder import E5Small

        return E5Small()
    from policy_qa.models.transformer import TransformerEncoder, locate

    return TransformerEncoder(name, locate(name, "POLICY_QA_MODEL"))


def open_reader(name: str) -> Reranker | None:
    """Return the package's own reader, whose scores are the log-odds that resources/reading.json was fitted to.

    It is there whatever reranker is called `name`, since it tells whether anything answers; None for `off`. Loaded at
    its first use.
    """
    if name == NO_RERANKER:
        return None
    from policy_qa.models.encoder import Reader

    return Reader()


def open_reranker(name: str) -> Reranker | None:
    """Return the cross-encoder called `name`, in a local folder or in the hub's cache, that puts the best articles in
    order; None where the package's own reader does, or nothing.

    Located now, loaded at its first use.

    Raises:
        ModelError: no such model on this machine.
    """
    if name in (NO_RERANKER, READER):
        return None
    from policy_qa.models.transformer import CrossEncoderReranker, locate

    return CrossEncoderReranker(name, locate(name, "POLICY_QA_RERANKER"))


def torch_encoder(name: str, models_dir: Path) -> tuple[TransformerEncoder, Path]:
    """The encoder called `name` in the form that torch reads and can train, and the folder it lies in.

    The default one is written out to `models_dir` where it isn't there yet.

    Raises:
        ModelError: no such model on this machine, or the folder cannot be written.
    """
    from policy_qa.models.transformer import TransformerEncoder, locate

    if name == DEFAULT_MODEL:
        from policy_qa.models.trainable import trainable_folder

        folder = trainable_folder(models_dir)
    else:
        folder = locate(name, "POLICY_QA_MODEL")
    return TransformerEncoder(name, folder), folder
