"""How well questions find their articles, before and after: a row a question first, means second."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
import numpy.typing as npt

from policy_qa.evaluation.measures import ranking
from policy_qa.tuning.collection import Asked, Collection

FloatArray = npt.NDArray[np.float32]

MEASURES = ("mrr@10", "ndcg@10", "recall@1", "recall@5", "recall@10", "recall@100")
#: The measure that decides.
DECIDES = "mrr@10"
_SAMPLES = 2000


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """A measure before and after, and the difference with its 95 % interval by resampling questions."""

    before: float
    after: float
    low: float
    high: float
    n: int

    @property
    def difference(self) -> float:
        """After minus before."""
        return self.after - self.before

    def record(self) -> dict[str, float]:
        """As it is written, the difference beside its interval."""
        return asdict(self) | {"difference": self.difference}

    @property
    def better(self) -> bool:
        """Whether the mean rose; `low` above 0 says that this is more than chance."""
        return self.difference > 0


def rows(asked: Sequence[Asked], collection: Collection, similarity: FloatArray) -> list[dict[str, float]]:
    """The measures of each question. `similarity`: (n questions, n passages); an article has its best passage's."""
    order = np.argsort(collection.articles, kind="stable")
    starts = np.searchsorted(collection.articles[order], np.arange(collection.size))
    out = []
    for question, scores in zip(asked, similarity, strict=True):
        articles = np.maximum.reduceat(scores[order], starts)
        out.append(ranking(question.gold, np.argsort(-articles, kind="stable")[:100].tolist(), MEASURES))
    return out


def changes(before: Sequence[dict[str, float]], after: Sequence[dict[str, float]]) -> dict[str, Change]:
    """Measure -> its change over the same questions; seed fixed."""
    out = {}
    for measure in MEASURES:
        old = np.array([row[measure] for row in before])
        new = np.array([row[measure] for row in after])
        rng = np.random.default_rng(0)
        resampled = (new - old)[rng.integers(0, len(old), (_SAMPLES, len(old)))].mean(axis=1)
        low, high = np.percentile(resampled, [2.5, 97.5])
        out[measure] = Change(
            before=float(old.mean()), after=float(new.mean()), low=float(low), high=float(high), n=len(old)
        )
    return out
