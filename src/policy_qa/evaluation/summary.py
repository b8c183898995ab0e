"""Rows -> means with intervals, two runs compared question by question, and what fell.

Whether a difference between two runs may be chance is told by Fisher's randomisation test on the questions' own
differences (Smucker, Allan and Carterette 2007): if the runs were alike, each difference could as well have the other
sign.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np

from policy_qa.errors import UsageError
from policy_qa.evaluation.rows import ERRORS, MEASURES, Row, figures

SAMPLES = 10_000
#: What the gate holds against its baseline.
GATE = (
    *("hit@1", "hit@3", "recall@10", "ndcg@10"),
    *("citation_precision", "citation_recall", "facts", "cells", "refusal", "false_refusal"),
)
#: A figure that is worse by more than this, or worse with a p below that, has fallen.
TOLERANCE, ALPHA = 0.02, 0.05


@dataclass(frozen=True, kw_only=True, slots=True)
class Mean:
    """A mean over `n` rows with its 95 % bootstrap interval."""

    value: float
    low: float
    high: float
    n: int


def means(rows: Iterable[Row], samples: int = 1000) -> dict[str, Mean]:
    """Measure -> mean over the rows that it applies to; intervals by resampling questions, seed fixed."""
    found = [figures(row) for row in rows]
    out = {}
    for measure in MEASURES:
        values = np.array([each[measure] for each in found if measure in each])
        if len(values):
            rng = np.random.default_rng(0)
            resampled = rng.choice(values, size=(samples, len(values))).mean(axis=1)
            low, high = np.percentile(resampled, [2.5, 97.5])
            out[measure] = Mean(value=float(values.mean()), low=float(low), high=float(high), n=len(values))
    return out


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """A measure in two runs over the same `n` questions.

    `difference` is the mean of new minus old, `p` the two-sided p value of the randomisation test. `better` and
    `worse` are the ids of the questions whose figure changed to the better or the worse.
    """

    old: float
    new: float
    difference: float
    p: float
    n: int
    better: tuple[str, ...]
    worse: tuple[str, ...]


def changes(rows: Sequence[Row], earlier: Sequence[Row]) -> dict[str, Change]:
    """Measure -> its change against an earlier run, over the questions that have it in both."""
    before = {row.id: figures(row) for row in earlier}
    after = {row.id: figures(row) for row in rows}
    out = {}
    for measure in MEASURES:
        pairs = [
            (id_, before[id_][measure], new[measure])
            for id_, new in after.items()
            if measure in new and measure in before.get(id_, {})
        ]
        if pairs:
            sign = -1 if measure in ERRORS else 1
            delta = [new - old for _, old, new in pairs]
            out[measure] = Change(
                old=sum(old for _, old, _ in pairs) / len(pairs),
                new=sum(new for _, _, new in pairs) / len(pairs),
                difference=sum(delta) / len(pairs),
                p=randomisation(delta),
                n=len(pairs),
                better=tuple(id_ for id_, old, new in pairs if sign * (new - old) > 0),
                worse=tuple(id_ for id_, old, new in pairs if sign * (new - old) < 0),
            )
    return out


def randomisation(differences: Sequence[float], samples: int = SAMPLES, seed: int = 0) -> float:
    """Two-sided p value of paired differences: how often their mean, with random signs, is as far from 0 as it is.

    All signs are tried where there are no more than `samples` ways; else as many are drawn, and the run itself counts
    as one of them (so p is never 0). A difference of 0 has no sign and changes nothing.

    >>> randomisation([1.0, 1.0, 1.0])
    0.25
    """
    values = np.array([d for d in differences if d], dtype=np.float64)
    reached = abs(values.sum()) - 1e-9
    if len(values) <= np.log2(samples):
        ways = (np.arange(2 ** len(values))[:, None] >> np.arange(len(values))) & 1
        return float((np.abs((ways * 2 - 1) @ values) >= reached).mean())
    signs = np.random.default_rng(seed).choice(np.array([-1.0, 1.0]), size=(samples, len(values)))
    return float(((np.abs(signs @ values) >= reached).sum() + 1) / (samples + 1))


def fallen(rows: Sequence[Row], baseline: Sequence[Row]) -> dict[str, Change]:
    """The figures of the gate that fell against a baseline of the same questions: by more than .02, or significantly.

    Raises UsageError where the questions or their labels are not those of the baseline, since nothing can be told then.
    """
    theirs = {row.id: _asked(row) for row in baseline}
    ours = {row.id: _asked(row) for row in rows}
    if other := sorted(id_ for id_ in theirs.keys() | ours.keys() if theirs.get(id_) != ours.get(id_)):
        raise UsageError(
            f"baseline: expected the same questions with the same labels, found {len(other)} others "
            f"({' '.join(other[:5])}); write it anew with --rows"
        )
    return {
        measure: change
        for measure, change in changes(rows, baseline).items()
        if measure in GATE and _fell(measure, change)
    }


def _asked(row: Row) -> tuple[object, ...]:
    return row.question, row.history, row.category, row.to_refuse, set(row.judged), set(row.allowed), row.facts


def _fell(measure: str, change: Change) -> bool:
    loss = change.difference if measure in ERRORS else -change.difference
    return loss > TOLERANCE + 1e-9 or (loss > 0 and change.p < ALPHA)


class Miss(Enum):
    """Where an answer first went wrong, by the way of a question through the program."""

    NO_ANSWER = "no_answer"
    NOT_REFUSED = "not_refused"
    REFUSED = "refused"
    NOT_FOUND = "not_found"
    NOT_CITED = "not_cited"
    CITED_MORE = "cited_more"
    CELLS = "cells"
    FACTS = "facts"
    NOT_FIRST = "not_first"


#: Miss -> the figure that tells of it.
_TELLING = {
    Miss.NOT_FOUND: "recall@10",
    Miss.NOT_CITED: "citation_recall",
    Miss.CITED_MORE: "citation_precision",
    Miss.CELLS: "cells",
    Miss.FACTS: "facts",
    Miss.NOT_FIRST: "hit@1",
}


def miss_of(row: Row) -> Miss | None:
    """The kind of miss that a row is; None for a perfect answer."""
    if row.error:
        return Miss.NO_ANSWER
    if row.to_refuse != row.refused:
        return Miss.NOT_REFUSED if row.to_refuse else Miss.REFUSED
    found = figures(row)
    return next((miss for miss, measure in _TELLING.items() if found.get(measure, 1.0) < 1.0), None)


def by(rows: Sequence[Row], part: str) -> Mapping[str, list[Row]]:
    """Rows by category or subject, in the order in which these come."""
    out: dict[str, list[Row]] = {}
    for row in rows:
        out.setdefault(row.subject if part == "subject" else row.category, []).append(row)
    return out
