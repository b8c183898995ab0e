"""Measures of a ranking against the relevant ones, by the names and definitions of ir_measures.

| here | ir_measures | what |
|---|---|---|
| `hit@k` | `Success@k` | 1 where a relevant one stands among the first k |
| `recall@k` | `R@k` | share of all relevant ones that stand among the first k |
| `precision@k` | `P@k` | share of k places that a relevant one takes, places left empty included |
| `mrr`, `mrr@k` | `RR`, `RR@k` | 1 / rank of the first relevant one |
| `ndcg@k` | `nDCG@k` | gains of 1, discount log2(rank + 1) (Järvelin and Kekäläinen 2002) |
| `ap`, `ap@k` | `AP`, `AP@k` | precision at each relevant one, mean over all relevant ones |

Relevance is binary; the order of the ranking counts, never its scores. Whatever reports such a figure, the question
set, the tuning and the scripts under bench/, takes it from here.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Hashable, Iterable, Sequence

_Hits = Sequence[bool]


def ranking(relevant: Collection[Hashable], ranked: Sequence[Hashable], measures: Iterable[str]) -> dict[str, float]:
    """The measures named, of one ranking, best first, each in [0, 1].

    `relevant` holds at least one, each once; an item of `ranked` that stands there again is no second hit.

    >>> ranking({"b", "c"}, ["a", "b", "c"], ["hit@1", "mrr", "recall@3"])
    {'hit@1': 0.0, 'mrr': 0.5, 'recall@3': 1.0}
    """
    count = len(set(relevant))
    hits = [item in relevant for item in dict.fromkeys(ranked)]
    out = {}
    for name in measures:
        kind, _, cutoff = name.partition("@")
        places = int(cutoff) if cutoff else max(len(hits), 1)
        out[name] = _MEASURES[kind](hits[:places], count, places)
    return out


def _gain(hits: _Hits) -> float:
    return sum(1 / math.log2(rank + 1) for rank, hit in enumerate(hits, start=1) if hit)


#: Kind of measure -> its value, by the hits, how many relevant ones there are, and how many places count.
_MEASURES: dict[str, Callable[[_Hits, int, int], float]] = {
    "hit": lambda hits, count, places: float(any(hits)),
    "recall": lambda hits, count, places: sum(hits) / count,
    "precision": lambda hits, count, places: sum(hits) / places,
    "mrr": lambda hits, count, places: next((1 / rank for rank, hit in enumerate(hits, start=1) if hit), 0.0),
    "ndcg": lambda hits, count, places: _gain(hits) / _gain([True] * min(count, places)),
    "ap": lambda hits, count, places: sum(sum(hits[:n]) / n for n, hit in enumerate(hits, start=1) if hit) / count,
}
