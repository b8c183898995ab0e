"""What goes into a training and what comes out of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from policy_qa.models import Encoder

#: Called with the steps done, those planned, and the loss on the part that is watched.
StepProgress = Callable[[int, int, float], None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Example:
    """A question, the text that answers it, and one that doesn't."""

    question: str
    positive: str
    negative: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """How to train. `minutes` 0 means no limit; `patience` counts checks without a better loss.

    `scale` is the inverse of the temperature: .02, as FlagEmbedding tunes models of this kind.
    `tokens` is what the model reads of a text while it trains: five of six statute articles whole. With 192
    it would be 19 of 20, and a step takes half as long again.
    """

    epochs: int = 4
    minutes: float = 0.0
    seed: int = 0
    batch: int = 24
    learning_rate: float = 8e-5
    tokens: int = 128
    scale: float = 50.0
    checks_per_epoch: int = 2
    patience: int = 3


class Ended(StrEnum):
    """What ended a training."""

    EPOCHS = "all epochs done"
    TIME = "the time is over"
    PLATEAU = "the watched loss no longer falls"


@dataclass(frozen=True, kw_only=True, slots=True)
class Course:
    """How the training went: steps taken, the watched loss before it and at its best, and what ended it."""

    steps: int
    loss_before: float
    loss_best: float
    ended: Ended
    seconds: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Trained:
    """An adapted model, how the training went, and an encoder that reads the model from its folder."""

    encoder: Encoder
    course: Course


class Trainer(Protocol):
    """What adapts a model. One method, so that a test can put another in its place."""

    def train(
        self,
        examples: Sequence[Example],
        watched: Sequence[Example],
        plan: Plan,
        target: Path,
        progress: StepProgress,
    ) -> Trained:
        """Adapt the model to `examples` and write it to the folder `target`.

        What is written is the state with the lowest loss on `watched`, the one before the first step among them.
        """
        ...


def columns(examples: Sequence[Example]) -> dict[str, list[str]]:
    """The examples as the columns that the loss takes, in its order."""
    return {
        "anchor": [e.question for e in examples],
        "positive": [e.positive for e in examples],
        "negative": [e.negative for e in examples],
    }
