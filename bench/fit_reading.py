"""Fit the numbers that weigh the reader's scores with the search's, and the thresholds that follow.

    python bench/fit_reading.py --data DIR [--write]

Fitted on what the reader was not trained on: the regulations and policies that `reader_material.py` holds back, with
the questions of `eval/reader/`, and on the `fit` part of `eval/questions.jsonl`, both alike. Whether there is an answer
is weighed on the former alone, every other question asked of its own text and the others of all, and by the reader
alone: what the search says of it was worth nothing there (weight -.3 beside the reader's .8). Prints the weights; how
often each subject is refused, rightly and wrongly, by weights and a threshold that the other subjects gave; what each
threshold refuses; and each choice of thresholds that is better than those before, with its figures on both. `--write`
writes the weights to `resources/reading.json`. The thresholds there are chosen by hand among the best. Nothing of the
`report` part or of the gate is read.
"""

from __future__ import annotations

import argparse
import itertools
import json
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from reader_material import subjects
from resource_hashes import write as write_hashes
from sklearn.linear_model import LogisticRegression

from policy_qa.answer.select import Thresholds, select
from policy_qa.evaluation.run import article_finder
from policy_qa.pipeline import Pipeline, build_index, open_pipeline
from policy_qa.retrieval import reading, retriever
from policy_qa.retrieval.retriever import Retrieval
from policy_qa.settings import READER, Settings

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "src" / "policy_qa" / "resources" / "reading.json"
#: Questions of a subject, evenly out of them all.
_EACH = 30
GRID = {
    "answer": (0.2, 0.24, 0.28, 0.32, 0.36, 0.4, 0.45),
    "further": (0.1, 0.15, 0.2),
    "document": (0.3, 0.4, 0.5),
    "article": (0.6, 0.7, 0.8),
    "article_list": (0.25, 0.35, 0.5),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen:
    """One question: what the search and the reader said, and what was right."""

    retrieval: Retrieval
    searched: dict[str, float]
    read: dict[str, float]
    right: frozenset[str]
    known: frozenset[str]
    refused: bool
    subject: str

    def weighed(self, weights: reading.Weights) -> Seen:
        """The same with the candidates weighed by other numbers."""
        candidates = sorted(self.retrieval.candidates, key=lambda c: c.row)
        refs = [c.article.ref for c in candidates]
        searched = np.array([self.searched[ref] for ref in refs], np.float32)
        scores = {refs.index(ref): score for ref, score in self.read.items()}
        found = reading.weighed(searched, scores, weights)
        moved = [replace(c, probability=float(p)) for c, p in zip(candidates, found.probabilities, strict=True)]
        best = tuple(sorted(moved, key=lambda c: -c.probability))
        return replace(self, retrieval=replace(self.retrieval, candidates=best, answerability=found.answerability))

    @property
    def silence(self) -> tuple[float]:
        """What tells whether there is an answer: the log-odds of the best that was read."""
        return (max(self.read.values(), default=0.0),)


def look(pipeline: Pipeline, questions: Sequence[dict[str, Any]]) -> list[Seen]:
    """Ask all questions, keeping what went into the weighing."""
    article_of = article_finder(pipeline)
    kept: list[tuple[Any, ...]] = []

    def spy(*args: Any) -> reading.Read:
        found = reading.read(*args)
        kept.append((args[2].copy(), found.scores))
        return found

    out = []
    retriever.read, before = spy, retriever.read
    try:
        for q in questions:
            kept.clear()
            retrieval = pipeline.retrieve(q["question"], q.get("history", ()), q.get("doc_ids", ()))
            probabilities, scores = kept[0] if kept else ((), {})
            if len(probabilities) != len(retrieval.candidates) or not kept:
                continue  # documents side by side are read one after the other
            # Candidates stand by their row, which is the order of the probabilities that were weighed.
            refs = [c.article.ref for c in sorted(retrieval.candidates, key=lambda c: c.row)]
            out.append(
                Seen(
                    retrieval=retrieval,
                    searched=dict(zip(refs, probabilities.tolist(), strict=True)),
                    read={refs[i]: score for i, score in scores.items()},
                    right=frozenset(map(article_of, q["refs"])),
                    known=frozenset(map(article_of, q.get("also", ()))),
                    refused=not q["refs"],
                    subject=q.get("subject", ""),
                )
            )
    finally:
        retriever.read = before
    return out


def held(data: Path, folder: Path) -> list[dict[str, Any]]:
    """Put the texts that were held back into `folder`; returns the questions about them, every other one asked of its
    own text alone and the others of all."""
    out = []
    for number, one in enumerate(one for one in subjects(data) if one.held):
        doc_id = one.name if one.source == "policy" else f"regulation-{number}"
        (folder / f"{doc_id}.txt").write_text(one.text.document.text, "utf-8")
        for i, q in enumerate(one.asked[:: max(1, len(one.asked) // _EACH)]):
            refs = [f"{doc_id}#{ref}" for ref in (q["ref"], *q.get("also", ())) if ref]
            own = {"doc_ids": [doc_id]} if i % 2 else {}
            out.append({"question": q["question"], "refs": refs, "subject": doc_id, **own})
    return out


def weights(sets: Sequence[Sequence[Seen]]) -> dict[str, list[float]]:
    """Two logistic models: of an article, each set counting alike; of an answer, on the first set."""
    article = []
    for seen in sets:
        for s in seen:
            odds = {ref: float(reading.log_odds(np.float32(p))) for ref, p in s.searched.items()}
            article += [(odds[r], v, r in s.right, 1000 / len(seen)) for r, v in s.read.items() if r not in s.known]
    table = np.array(article, float)
    found = LogisticRegression(C=10).fit(table[:, :2], table[:, 2] > 0, sample_weight=table[:, 3])
    return {"article": _numbers(found), "answer": _numbers(silence(sets[0]))}


def silence(seen: Sequence[Seen]) -> LogisticRegression:
    """Whether there is an answer, by the log-odds of the best that was read."""
    return LogisticRegression(C=10).fit(np.array([s.silence for s in seen]), [not s.refused for s in seen])


def _numbers(model: LogisticRegression) -> list[float]:
    return [round(float(value), 3) for value in (model.intercept_[0], *model.coef_[0])]


def left_out(seen: Sequence[Seen], false_refusal: float = 0.085) -> Iterator[tuple[str, float, float]]:
    """Of each subject (false refusal, refusal), by what all others gave: weights, and the threshold at which so many
    of their questions are wrongly refused."""
    for subject in sorted({s.subject for s in seen}):
        own, others = ([s for s in seen if (s.subject == subject) is same] for same in (True, False))
        model = silence(others)

        def said(some: Sequence[Seen], refused: bool, model: LogisticRegression = model) -> np.ndarray:
            return model.decision_function(np.array([s.silence for s in some if s.refused is refused]))

        least = np.quantile(said(others, refused=False), false_refusal)
        wrongly, rightly = (float(np.mean(said(own, refused) < least)) for refused in (False, True))
        yield subject, wrongly, rightly


def refusals(seen: Sequence[Seen]) -> Iterator[tuple[float, float, float]]:
    """(threshold, false refusal, refusal)."""
    said = {
        refused: np.array([s.retrieval.answerability for s in seen if s.refused is refused])
        for refused in (False, True)
    }
    for least in GRID["answer"]:
        yield least, float(np.mean(said[False] < least)), float(np.mean(said[True] < least))


def outcome(seen: Sequence[Seen], thresholds: Thresholds) -> np.ndarray:
    """(citation precision, citation recall, false refusal, refusal)."""
    rows: list[list[float]] = [[], [], [], []]
    for s in seen:
        r = s.retrieval
        cited = {c.article.ref for c in select(r.question, r.candidates, r.answerability, thresholds)}
        if s.refused:
            rows[3].append(not cited)
            continue
        rows[0].append(len(cited & (s.right | s.known)) / len(cited) if cited else 0.0)
        rows[1].append(len(cited & s.right) / len(s.right))
        rows[2].append(not cited)
    return np.array([np.mean(row) if row else 0.0 for row in rows])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    lines = [json.loads(line) for line in (ROOT / "eval" / "questions.jsonl").read_text("utf-8").splitlines()]
    fit = [q for q in lines if q["split"] == "fit" and q["category"] != "lookup"]
    with tempfile.TemporaryDirectory() as scratch:
        corpus = Path(scratch) / "corpus"
        corpus.mkdir()
        asked = held(arguments.data, corpus)
        pipelines = []
        for name, folder in (("held", corpus), ("fit", ROOT / "corpus")):
            settings = Settings(home=Path(scratch) / name, corpus=folder, reranker=READER)
            build_index(settings)
            pipelines.append(open_pipeline(settings))
        sets = [look(pipeline, qs) for pipeline, qs in zip(pipelines, (asked, fit), strict=True)]
        found: dict[str, Any] = weights(sets)
        print(found, flush=True)
        for subject, wrongly, rightly in left_out(sets[0]):
            print(f"{subject:16} wrongly refused {wrongly:.3f}, rightly {rightly:.3f}")
        if arguments.write:
            before = json.loads(TARGET.read_text("utf-8"))
            TARGET.write_text(json.dumps({**before, **found}, indent=1) + "\n", "utf-8")
            write_hashes()
        # Thresholds belong to the weights that were found.
        own = reading.Weights(article=tuple(found["article"]), answer=tuple(found["answer"]))
        sets = [[s.weighed(own) for s in seen] for seen in sets]
        for name, seen in zip(("held", "fit"), sets, strict=True):
            print(name, *(f"{t:.2f}: {wrong:.3f} {right:.3f}" for t, wrong, right in refusals(seen)), flush=True)
        best: tuple[float, dict[str, float]] | None = None
        for values in itertools.product(*GRID.values()):
            limits = dict(zip(GRID, values, strict=True))
            figures = [outcome(seen, Thresholds(**limits)) for seen in sets]
            # As in fit_ranker.py: what a percent of each is worth.
            worth = sum(1.3 * f[0] + f[1] - f[2] + 0.8 * f[3] for f in figures)
            if best is None or worth > best[0]:
                best = worth, limits
                print(f"{worth:.3f}", limits, *(np.round(f, 3).tolist() for f in figures), flush=True)


if __name__ == "__main__":
    main()
