"""What kind a turn is, and whether it leaves out something that was said before: learned from turns in many subjects.

Three small networks look at the token states of the default encoder; `bench/train_turns.py` trains them. The vector
of the question is not enough: a mean over all tokens tells what a turn is about, a few tokens tell what is wanted.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from policy_qa.datamodels import PointKind
from policy_qa.resources import verified
from policy_qa.words import normalize

Floats = npt.NDArray[np.float32]

WEIGHTS = "turns.npz"
#: Characters of a turn that are read: what somebody wants is told well before.
_READ = 200


def prepared(text: str) -> str:
    """A turn as the network reads it: one notation, without the marks at its ends, which people set or leave."""
    return normalize(text)[:_READ].strip(" \n\t?？!！。.,，~～…;；")


@dataclass(frozen=True, kw_only=True, slots=True)
class Judged:
    """The probabilities of what a turn is.

    `kinds` sum to 1 over the labels of the weights (`talk.greet`, `fact.number`, `content` …), likeliest first; `leans`
    is that of its leaving something out that was said before.
    """

    kinds: tuple[tuple[str, float], ...]
    leans: float

    def of(self, *kinds: PointKind) -> bool:
        """Whether the likeliest label is of one of these kinds."""
        return self.kinds[0][0].partition(".")[0] in kinds

    def share(self, *kinds: PointKind) -> float:
        """The probability that it is of one of these kinds."""
        return sum(p for label, p in self.kinds if label.partition(".")[0] in kinds)

    def about(self, kind: PointKind) -> str:
        """The likeliest of a kind's sorts: `number` for `fact.number`; empty for a kind that has none."""
        return next((label.partition(".")[2] for label, _ in self.kinds if label.partition(".")[0] == kind), "")

    def sorted_as(self, own: Judged) -> Judged:
        """The same kinds as likely, of the likeliest the sorts by what `own` says as well: 「啥时候执行的」 after
        「文号多少」 is about both by the words of both, and about the day by its own."""
        kind, said = self.kinds[0][0].partition(".")[0], dict(own.kinds)
        sorts = [(label, p * said.get(label, 0.0)) for label, p in self.kinds if label.partition(".")[0] == kind]
        if not (known := sum(p for _, p in sorts)):
            return self
        share = self.share(PointKind(kind)) / known
        others = [(label, p) for label, p in self.kinds if label.partition(".")[0] != kind]
        return replace(self, kinds=tuple(sorted([*((n, p * share) for n, p in sorts), *others], key=lambda x: -x[1])))


class Kinds:
    """The weights: mean and deviation of a state (d,), and of each network a layer, attention heads, the last layer."""

    def __init__(self, arrays: dict[str, Any]) -> None:
        self._labels = tuple(str(label) for label in arrays["labels"])
        named = {name: np.asarray(value, np.float32) for name, value in arrays.items() if name != "labels"}
        self._mean, self._deviation = named["mean"], named["deviation"]
        self._layer, self._bias = named["layer.weight"].swapaxes(1, 2), named["layer.bias"]
        self._heads = named["heads.weight"].swapaxes(1, 2)
        self._out, self._out_bias = named["out.weight"], named["out.bias"]

    @classmethod
    def shipped(cls) -> Kinds:
        """The weights of the package. Raises PackageDamaged where they are not those that were shipped."""
        return _shipped()

    def judge(self, states: Floats) -> Judged:
        """What a turn is, by the states (n, d) of its tokens; of no token, content that stands alone."""
        if not len(states):
            return Judged(kinds=((PointKind.CONTENT.value, 1.0),), leans=0.0)
        # (networks, tokens, hidden)
        hidden = np.maximum((states - self._mean) / self._deviation @ self._layer + self._bias[:, None], 0.0)
        scores = hidden @ self._heads
        share = np.exp(scores - scores.max(axis=1, keepdims=True))
        share /= share.sum(axis=1, keepdims=True)
        heads = (share.swapaxes(1, 2) @ hidden).reshape(len(hidden), -1)
        pooled = np.concatenate([heads, hidden.mean(axis=1)], axis=1)
        logits = (np.einsum("np,nlp->nl", pooled, self._out) + self._out_bias).mean(axis=0)
        kinds = np.exp(logits[:-1] - logits[:-1].max())
        kinds /= kinds.sum()
        order = np.argsort(-kinds, kind="stable")
        return Judged(
            kinds=tuple((self._labels[i], float(kinds[i])) for i in order),
            leans=float(1.0 / (1.0 + np.exp(-np.clip(logits[-1], -30, 30)))),
        )


@cache
def _shipped() -> Kinds:
    with np.load(io.BytesIO(verified(WEIGHTS)), allow_pickle=False) as file:
        return Kinds({name: file[name] for name in file.files})
