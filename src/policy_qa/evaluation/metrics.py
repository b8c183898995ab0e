"""One row per question first; means over rows second, with bootstrap intervals.

recall@k, hit@k and MRR as in ir_measures: a judged question without a result scores 0, it is never
left out. Citations are compared at article level (an item cited counts for its article).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from policy_qa.datamodels import Answer
from policy_qa.evaluation.cells import cells
from policy_qa.evaluation.questions import LabelledQuestion

RANKED = ("hit@1", "hit@3", "recall@3", "recall@5", "recall@10", "mrr")
CITED = ("citation_precision", "citation_recall", "facts")
#: The category whose tables are held against the labels.
COMPARISON = "comparison"
#: What each figure means, for the report.
MEASURES = (*RANKED, *CITED, "refusal", "false_refusal")


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """The figures of one question; a measure that doesn't apply to it is absent.

    `cells` are the right cells of its table and those that count (see cells.py); (0, 0) where it compares nothing.
    """

    id: str
    category: str
    question: str
    refused: bool
    cited: tuple[str, ...]
    retrieved: tuple[str, ...]
    bad_quotes: int
    milliseconds: float
    cells: tuple[int, int] = (0, 0)
    values: dict[str, float] = field(default_factory=dict)


def score(question: LabelledQuestion, answer: Answer, article_of: Callable[[str], str], bad_quotes: int) -> Row:
    """The row of one answer. `article_of` takes a ref to the ref of its article."""
    refs = {article_of(r) for r in question.refs}
    allowed = refs | {article_of(r) for r in question.also}
    cited = list(dict.fromkeys(article_of(c.ref) for c in answer.citations))
    ranked = [r.ref for r in answer.retrieved]
    values: dict[str, float] = {}
    if question.refused:
        values["refusal"] = float(answer.refused)
    else:
        values |= ranking(refs, ranked)
        values["false_refusal"] = float(answer.refused)
        values["citation_precision"] = sum(c in allowed for c in cited) / len(cited) if cited else 0.0
        values["citation_recall"] = sum(r in cited for r in refs) / len(refs)
        if question.facts:
            values["facts"] = facts_in(answer.answer, question.facts)
    return Row(
        id=question.id,
        category=question.category,
        question=question.question,
        refused=answer.refused,
        cited=tuple(cited),
        retrieved=tuple(ranked[:5]),
        bad_quotes=bad_quotes,
        milliseconds=float(answer.timings_ms.get("total", 0.0)),
        cells=cells(question, answer, article_of) if question.category == COMPARISON else (0, 0),
        values=values,
    )


def ranking(refs: set[str], ranked: Sequence[str]) -> dict[str, float]:
    """hit@k, recall@k and reciprocal rank of the first relevant one.

    >>> ranking({"b", "c"}, ["a", "b", "c"])["mrr"]
    0.5
    """
    first = next((i for i, r in enumerate(ranked, start=1) if r in refs), 0)
    out = {f"hit@{k}": float(0 < first <= k) for k in (1, 3)}
    out |= {f"recall@{k}": sum(r in refs for r in ranked[:k]) / min(len(refs), k) for k in (3, 5, 10)}
    out["mrr"] = 1 / first if first else 0.0
    return out


def facts_in(answer: str, facts: Sequence[Sequence[str]]) -> float:
    """The share of the facts that the answer holds, width and white space aside.

    >>> facts_in("任期 3 年，可连任", [["3年"], ["5年", "五年"]])
    0.5
    """
    text = _plain(answer)
    return sum(any(_plain(wording) in text for wording in fact) for fact in facts) / len(facts)


def _plain(text: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).lower()


@dataclass(frozen=True, kw_only=True, slots=True)
class Mean:
    """A mean over `n` rows with its 95 % bootstrap interval."""

    value: float
    low: float
    high: float
    n: int


def means(rows: Iterable[Row], samples: int = 1000) -> dict[str, Mean]:
    """Measure -> mean over the rows that it applies to; intervals by resampling questions, seed fixed."""
    rows = list(rows)
    out = {}
    for measure in MEASURES:
        values = np.array([r.values[measure] for r in rows if measure in r.values])
        if len(values):
            rng = np.random.default_rng(0)
            resampled = rng.choice(values, size=(samples, len(values))).mean(axis=1)
            low, high = np.percentile(resampled, [2.5, 97.5])
            out[measure] = Mean(value=float(values.mean()), low=float(low), high=float(high), n=len(values))
    return out
