"""Several searches in one order: what a large index ranks its articles by.

The thousand best articles of each search make the pool. Scores of a search count as z-scores among its own best
thousand, so that they can be added; to the sum of an article comes what its document has to say, the mean of the
document's ten best. A document in which many articles speak to the question is more likely to hold the answer than
one in which a single one does.

Neighbours: an article often only says what it means together with those before and after it, so a share of each
neighbour's vector is mixed into its own, which is brought back to unit length.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from policy_qa.resources import resource

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]
Documents = npt.NDArray[np.int32]

#: How many articles each search puts into the pool.
POOL = 1000
#: The best articles of a document that speak for it.
_VOICES = 10
#: What a neighbour's vector counts against an article's own.
NEIGHBOUR = 0.1


@dataclass(frozen=True, kw_only=True, slots=True)
class Fusion:
    """What each search counts, by name, what the `voices` of an article's document do, and what the result means.

    An article is worth as much less than the best as a softmax over scores divided by `spread` says. Whether anything
    answers at all is a logistic function of the best cosine, which is `level` for a language where the odds are even.

    `remembering` holds what counts where earlier questions are known (see asked.py): `alike`, `prior`, and `voices`
    in place of the plain ones, since a document that answered before is heard twice otherwise.
    """

    searches: Mapping[str, float]
    voices: float
    spread: float = 1.0
    slope: float = 1.0
    level: Mapping[str, float] = field(default_factory=dict)
    remembering: Mapping[str, float] = field(default_factory=dict)

    def scores(
        self, found: Mapping[str, Floats], documents: Documents, hints: Mapping[str, Floats] | None = None
    ) -> Floats:
        """The scores of pooled articles from their z-scores by each search, and from `hints`; all shapes (n,)."""
        none = np.zeros(len(documents), np.float32)
        total = sum((self.searches[name] * z for name, z in found.items()), none)
        total = total / max(sum(self.searches[name] for name in found), 1e-6)
        share = self.voices if hints is None else self.remembering["voices"]
        out: Floats = total + share * voices(total, documents) if share else total
        for name, hint in (hints or {}).items():
            out = out + self.remembering[name] * hint
        return out

    def shares(self, scores: Floats) -> Floats:
        """What each article is worth against the best, in (0, 1]."""
        against_best: Floats = np.exp((scores - scores.max(initial=-np.inf)) / self.spread).astype(np.float32)
        return against_best

    def answerability(self, cosine: float, lang: str) -> float:
        """Probability that there is an answer, from the best cosine of any passage."""
        return float(1 / (1 + np.exp(-np.clip(self.slope * (cosine - self.level[lang]), -30, 30))))

    @classmethod
    def shipped(cls) -> Fusion:
        """The weights that come with the package; resources/fusion.json tells where they are from."""
        return cls(**{name: value for name, value in _shipped().items() if name not in ("from", "thresholds")})


@cache
def _shipped() -> dict[str, Any]:
    data: dict[str, Any] = json.loads(resource("fusion.json"))
    return data


def pool(found: Mapping[str, Floats], also: Ints | None = None) -> tuple[Ints, dict[str, Floats]]:
    """(the rows in the running, ascending; their z-scores by each search), from the scores of all rows.

    The rows `also` are in the running in any case.
    """
    tops = {name: best(scores, POOL) for name, scores in found.items()}
    rows = np.unique(np.concatenate([*tops.values(), *([] if also is None else [also])]))
    return rows, {name: standard(scores[rows], scores[tops[name]]) for name, scores in found.items()}


def best(scores: Floats, k: int) -> Ints:
    """The rows of the k largest, largest first."""
    k = min(k, len(scores))
    if not k:
        return np.zeros(0, np.int64)
    top = np.argpartition(-scores, k - 1)[:k]
    return top[np.argsort(-scores[top], kind="stable")]


def standard(scores: Floats, among: Floats) -> Floats:
    """z-scores of `scores` by mean and deviation of `among`."""
    standardised: Floats = (scores - among.mean()) / max(float(among.std()), 1e-6)
    return standardised


def voices(scores: Floats, documents: Documents) -> Floats:
    """For each row the sum of its document's ten best scores, as far as they are above -1, over ten."""
    order = np.lexsort((-scores, documents))
    grouped = documents[order]
    starts = np.flatnonzero(np.r_[True, grouped[1:] != grouped[:-1]])
    sizes = np.diff(np.r_[starts, len(order)])
    place = np.arange(len(order)) - np.repeat(starts, sizes)
    kept = np.where(place < _VOICES, np.maximum(scores[order] + 1, 0), 0)
    out = np.empty(len(scores), np.float32)
    out[order] = np.repeat(np.add.reduceat(kept, starts) / _VOICES, sizes)
    return out


class Neighbours:
    """Cosines with the vectors into which `share` of those before and after in the same document are mixed."""

    def __init__(self, vectors: Floats, documents: Documents, share: float = NEIGHBOUR) -> None:
        self._share = share
        self._same = documents[1:] == documents[:-1]
        # |v + s (a + b)|² of unit vectors; what is not there counts nothing.
        near = np.einsum("ij,ij->i", vectors[1:], vectors[:-1]) * self._same
        far = np.einsum("ij,ij->i", vectors[2:], vectors[:-2]) * (self._same[1:] & self._same[:-1])
        squares = np.ones(len(vectors), np.float32)
        squares[1:] += share * share * self._same + 2 * share * near
        squares[:-1] += share * share * self._same + 2 * share * near
        squares[1:-1] += 2 * share * share * far
        self._lengths = np.sqrt(squares)

    def scores(self, cosines: Floats) -> Floats:
        """The cosines (n,) of the mixed vectors from those of the plain ones."""
        out = cosines.copy()
        out[1:] += self._share * self._same * cosines[:-1]
        out[:-1] += self._share * self._same * cosines[1:]
        out /= self._lengths
        return out
