"""Fit the three numbers by which the search puts articles in order for the reader.

    python bench/fit_search.py --data DIR [--write]

Fitted on what `fit_reading.py` fits on, the reader turned off: listwise, which article of those in the running, each of
the two sets counting alike; then a logistic model of the sum, which makes a probability of it. Prints how often the
right article is among the first, of each set by the weights of the other, and the thresholds that are best where there
is no reader. `--write` writes `resources/ranker.json` and `thresholds.json`; then fit the reading again.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import numpy.typing as npt
from fit_reading import Seen, held, thresholds
from resource_hashes import write as write_hashes
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression

from policy_qa.evaluation.run import article_finder
from policy_qa.pipeline import Pipeline, build_index, open_pipeline
from policy_qa.retrieval.ranker import KINDS, Ranker
from policy_qa.retrieval.retriever import Retriever
from policy_qa.settings import NO_RERANKER, Settings

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "src" / "policy_qa" / "resources" / "ranker.json"
NAMES = ("near", "pairs", "words")
#: The right article is to be among so many.
DEPTHS = (1, 3, 7, 16)
DECAY = 1e-3

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, slots=True)
class Listed:
    """The articles in the running for one question: what the search sees of each (n, 3), which are right (n,)."""

    seen: Floats
    right: npt.NDArray[np.bool_]


def listed(pipeline: Pipeline, questions: Sequence[dict[str, Any]], kind: str) -> Iterator[Listed]:
    """Ask the questions that have an answer; of what takes its matter over, what is heard with it counts."""
    article_of = article_finder(pipeline)
    kept: list[tuple[npt.NDArray[np.int32], Floats]] = []

    def spy(self: Retriever, question: Any, rows: Any, *asked: Any) -> Any:
        with mock.patch.object(Ranker, "probabilities", lambda _, *parts: (seen.append(parts), before(_, *parts))[1]):
            seen: list[Any] = []
            found = judged(self, question, rows, *asked)
        kept.append((rows, np.column_stack(seen[0]).astype(np.float64)))
        return found

    judged, before = Retriever._judged, Ranker.probabilities
    with mock.patch.object(Retriever, "_judged", spy):
        for q in questions:
            kept.clear()
            found = pipeline.retrieve(q["question"], q.get("history", ()), q.get("doc_ids", ()))
            if not kept or not q["refs"] or (found.question.lang == "en") is not (kind == "across"):
                continue
            rows, seen = kept[0]
            ref_of = {c.row: c.article.ref for c in found.candidates}
            right = {article_of(ref) for ref in q["refs"]}
            also = {article_of(ref) for ref in q.get("also", ())} - right
            here = np.array([ref_of.get(int(row), "") in right for row in rows])
            known = np.array([ref_of.get(int(row), "") in also for row in rows])
            if here.any():
                yield Listed(seen=seen[~known], right=here[~known])


def order(sets: Sequence[Sequence[Listed]]) -> Floats:
    """Weights (3,) by which the right articles come first."""
    spread = np.vstack([one.seen for own in sets for one in own]).std(0) + 1e-6
    scaled = [(one.seen / spread, one.right, 1 / len(own) / len(sets)) for own in sets for one in own]

    def loss(weights: Floats) -> tuple[float, Floats]:
        total, slope = DECAY * float(weights @ weights), 2 * DECAY * weights
        for seen, right, share in scaled:
            odds = seen @ weights
            shares = np.exp(odds - odds.max())
            shares /= shares.sum()
            own = shares * right / max(float(shares[right].sum()), 1e-12)
            total -= share * float(np.log(max(float(shares[right].sum()), 1e-12)))
            slope = slope - share * (seen.T @ (own - shares))
        return total, slope

    found: Floats = minimize(loss, np.zeros(len(NAMES)), jac=True, method="L-BFGS-B").x / spread
    return found


def weights(sets: Sequence[Sequence[Listed]]) -> dict[str, float]:
    """The numbers of a Ranker."""
    found = order(sets)
    sums = np.concatenate([one.seen @ found for own in sets for one in own])
    right = np.concatenate([one.right for own in sets for one in own])
    share = np.concatenate([np.full(len(one.right), 1000 / len(own)) for own in sets for one in own])
    model = LogisticRegression(C=100).fit(sums[:, None], right, sample_weight=share)
    named = zip(NAMES, found * model.coef_[0][0], strict=True)
    return {"bias": round(float(model.intercept_[0]), 3), **{name: round(float(w), 3) for name, w in named}}


def among_first(some: Sequence[Listed], found: Mapping[str, float]) -> list[float]:
    """How often a right article is among the first, at each depth."""
    by = np.array([found[name] for name in NAMES])
    ranks = [int((one.seen @ by > (one.seen @ by)[one.right].max()).sum()) for one in some]
    return [round(float(np.mean(np.array(ranks) < depth)), 3) for depth in DEPTHS]


def searched(pipeline: Pipeline, questions: Sequence[dict[str, Any]]) -> Iterator[Seen]:
    """What the search alone makes of each question."""
    article_of = article_finder(pipeline)
    for q in questions:
        yield Seen(
            retrieval=pipeline.retrieve(q["question"], q.get("history", ()), q.get("doc_ids", ())),
            searched={},
            read={},
            right=frozenset(map(article_of, q["refs"])),
            known=frozenset(map(article_of, q.get("also", ()))),
            refused=not q["refs"],
            subject=q.get("subject", ""),
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    lines = [json.loads(line) for line in (ROOT / "eval" / "questions.jsonl").read_text("utf-8").splitlines()]
    fit = [q for q in lines if q["split"] == "fit" and q["category"] != "lookup"]
    out = {}
    with tempfile.TemporaryDirectory() as scratch:
        corpus = Path(scratch) / "corpus"
        corpus.mkdir()
        asked = held(arguments.data, corpus)
        for kind in KINDS:
            sets = []
            for name, folder, questions in (("held", corpus, asked), ("fit", ROOT / "corpus", fit)):
                settings = Settings(home=Path(scratch) / name, corpus=folder, reranker=NO_RERANKER)
                build_index(settings)
                pipeline = open_pipeline(settings)
                if kind == "vectors":
                    pipeline._retriever._tokens = None  # as of an encoder that gives none
                sets.append(list(listed(pipeline, questions, kind)))
            sets = [own for own in sets if own]
            out[kind] = weights(sets)
            print(kind, out[kind], *map(len, sets), flush=True)
            for name, own, others in zip(("held", "fit"), sets, reversed(sets), strict=False):
                print(f"  {name}: among the first {DEPTHS}:", *among_first(own, weights([others])), flush=True)
        alone = []
        for name, folder, questions in (("held", corpus, asked), ("fit", ROOT / "corpus", fit)):
            settings = Settings(home=Path(scratch) / name, corpus=folder, reranker=NO_RERANKER)
            pipeline = open_pipeline(settings)
            pipeline._retriever._rankers = {kind: Ranker(**found) for kind, found in out.items()}
            alone.append(list(searched(pipeline, questions)))
        limits = thresholds(alone)
    if arguments.write:
        TARGET.write_text(json.dumps(out, indent=1) + "\n", "utf-8")
        (TARGET.parent / "thresholds.json").write_text(json.dumps(limits, indent=1) + "\n", "utf-8")
        write_hashes()


if __name__ == "__main__":
    main()
