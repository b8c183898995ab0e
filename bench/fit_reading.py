"""Fit the numbers that weigh the reader's scores with the search's, and the thresholds that follow.

    python bench/fit_reading.py --data DIR [--write]

Fitted on what the reader was not trained on: the regulations and policies that `reader_material.py` holds back, with
the questions of `eval/reader/`, and on the `fit` part of `eval/questions.jsonl`, both alike. Prints the weights, and
each choice of thresholds that is better than those before, with its figures on both; `--write` writes the weights to
`resources/reading.json`. The thresholds there are chosen by hand among the best. Nothing of the `report` part or of
the gate is read.
"""

from __future__ import annotations

import argparse
import itertools
import json
import tarfile
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from reader_material import HELD_POLICIES, HELD_REGULATIONS
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
GRID = {
    "answer": (0.3, 0.35, 0.4, 0.45, 0.5),
    "further": (0.1, 0.15, 0.2, 0.25, 0.3),
    "document": (0.4, 0.5, 0.6, 0.7, 0.8),
    "article": (0.6, 0.7, 0.8, 0.9),
    "article_list": (0.25, 0.35, 0.5),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen:
    """One question: what the search and the reader said, and what was right."""

    retrieval: Retrieval
    searched: dict[str, float]
    read: dict[str, float]
    answerable: float
    right: frozenset[str]
    known: frozenset[str]
    refused: bool


def look(pipeline: Pipeline, questions: Sequence[dict[str, Any]]) -> list[Seen]:
    """Ask all questions, keeping what went into the weighing."""
    article_of = article_finder(pipeline)
    kept: list[tuple[Any, ...]] = []

    def spy(*args: Any) -> reading.Read:
        found = reading.read(*args)
        kept.append((args[2].copy(), args[3], found.scores))
        return found

    out = []
    retriever.read, before = spy, retriever.read
    try:
        for q in questions:
            kept.clear()
            retrieval = pipeline.retrieve(q["question"], q.get("history", ()))
            if not kept:
                continue
            probabilities, answerable, scores = kept[0]
            # Candidates stand by their row, which is the order of the probabilities that were weighed.
            refs = [c.article.ref for c in sorted(retrieval.candidates, key=lambda c: c.row)]
            out.append(
                Seen(
                    retrieval=retrieval,
                    searched=dict(zip(refs, probabilities.tolist(), strict=True)),
                    read={refs[i]: score for i, score in scores.items()},
                    answerable=answerable,
                    right=frozenset(map(article_of, q["refs"])),
                    known=frozenset(map(article_of, q.get("also", ()))),
                    refused=not q["refs"],
                )
            )
    finally:
        retriever.read = before
    return out


def held(data: Path, folder: Path) -> list[dict[str, Any]]:
    """Put the texts that were held back into `folder`; returns the questions about them."""
    out = []
    for name in HELD_POLICIES:
        text = (ROOT / "eval" / "reader" / "policies" / f"{name}.txt").read_bytes()
        (folder / f"{name}.txt").write_bytes(text)
    stems: dict[str, str] = {}
    with tarfile.open(data / "laws" / "laws.tar.xz") as tar:
        for member in tar:
            title = Path(member.name).stem.split("(")[0]
            if title in HELD_REGULATIONS and (file := tar.extractfile(member)):
                stems[Path(member.name).stem] = doc_id = f"regulation-{len(stems)}"
                (folder / f"{doc_id}.md").write_bytes(file.read())
    for name, key in (("policies", "policy"), ("regulations", "regulation")):
        for line in (ROOT / "eval" / "reader" / f"{name}.jsonl").read_text("utf-8").splitlines():
            q = json.loads(line)
            doc_id = q[key] if key == "policy" and q[key] in HELD_POLICIES else stems.get(q[key], "")
            if doc_id:
                refs = [q["ref"], *q.get("also", ())]
                out.append({"question": q["question"], "refs": [f"{doc_id}#{ref}" for ref in refs if ref]})
    return out


def weights(sets: Sequence[Sequence[Seen]]) -> dict[str, list[float]]:
    """Two logistic models, each set counting alike."""
    article, answer = [], []
    for seen in sets:
        for s in seen:
            share = 1000 / len(seen)
            odds = {ref: float(reading.log_odds(np.float32(p))) for ref, p in s.searched.items()}
            article += [(odds[r], v, r in s.right, share) for r, v in s.read.items() if r not in s.known]
            best = max(s.read.values(), default=0.0)
            answer.append((float(reading.log_odds(np.float32(s.answerable))), best, not s.refused, share))
    out = {}
    for name, rows in (("article", article), ("answer", answer)):
        table = np.array(rows, float)
        model = LogisticRegression(C=10).fit(table[:, :2], table[:, 2] > 0, sample_weight=table[:, 3])
        out[name] = [round(float(model.intercept_[0]), 3), *(round(float(x), 3) for x in model.coef_[0])]
    return out


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
        print(found)
        if arguments.write:
            before = json.loads(TARGET.read_text("utf-8"))
            TARGET.write_text(json.dumps({**before, **found}, indent=1) + "\n", "utf-8")
            write_hashes()
        # Thresholds belong to the weights that ship: after a change of weights, run again.
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
