"""Reliability of the answerability: of the questions given .7, do 7 in 10 have an answer?

    python bench/reliability.py [--questions FILE] [--split report] [--write]

Reads means alone: no question is shown. Those that a number, or an institution that is not on file, decides are left
out, since no estimate is made for them. `--write` puts the curve into eval/reliability.json.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from refusal import area

from policy_qa.answer.lookup import look_up
from policy_qa.answer.select import Thresholds
from policy_qa.errors import UsageError
from policy_qa.evaluation.questions import read_questions
from policy_qa.pipeline import open_pipeline
from policy_qa.settings import Settings

ROOT = Path(__file__).resolve().parents[1]


def estimated(path: Path, split: str) -> Iterator[tuple[float, bool]]:
    """(how likely it has an answer, whether it has one) of each question that retrieval decides."""
    pipeline = open_pipeline(Settings.from_env())
    segmentations = {d.doc_id: pipeline.segmentation(d.doc_id) for d in pipeline.documents}
    for question in read_questions(path, split):
        try:
            retrieval = pipeline.retrieve(question.question, question.history)
        except UsageError:  # nothing is asked
            continue
        scope = retrieval.question.scope
        if look_up(retrieval.question, segmentations, scope.doc_ids, "zh") or (scope.unknown and not scope.doc_ids):
            continue
        yield retrieval.answerability, not question.refused


def curve(rows: Sequence[Mapping[str, float]]) -> list[str]:
    """A line for each fifth of the scale: what was said, and what was true."""
    return ["  probability      said    true  questions"] + [
        f"  {r['from']:.1f} to {r['to']:.1f}      {r['said']:6.3f}  {r['true']:6.3f}  {r['questions']:9d}" for r in rows
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--questions", type=Path, default=ROOT / "eval" / "questions.jsonl")
    parser.add_argument("--split", default="report")
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    found = list(estimated(arguments.questions, arguments.split))
    said, true = np.array([p for p, _ in found]), np.array([has for _, has in found])
    bins = np.minimum((said * 5).astype(int), 4)
    rows = [
        {"from": b / 5, "to": (b + 1) / 5, "said": said[bins == b].mean(), "true": true[bins == b].mean()}
        | {"questions": int((bins == b).sum())}
        for b in range(5)
        if (bins == b).any()
    ]
    error = sum(abs(r["said"] - r["true"]) * r["questions"] for r in rows) / len(said)
    # The trade-off of the threshold, which is a setting.
    trade = [
        {
            "threshold": t / 20,
            "refusal": float((said[~true] < t / 20).mean()),
            "false": float((said[true] < t / 20).mean()),
        }
        for t in range(6, 19, 2)
    ]
    auc = area(said[true], said[~true])
    brier = float(((said - true) ** 2).mean())
    print(f"{len(said)} questions ({arguments.split}): AUC {auc:.3f}, Brier {brier:.3f}, error {error:.3f}")
    print("\n".join(curve(rows)))
    print(f"  threshold  refused rightly  refused wrongly   (shipped: {Thresholds.shipped('reader').answer})")
    print("\n".join(f"  {r['threshold']:9.2f}  {r['refusal']:15.3f}  {r['false']:15.3f}" for r in trade))
    if arguments.write:
        figures = {"split": arguments.split, "questions": len(said), "auc": auc, "brier": brier, "error": error}
        target = ROOT / "eval" / "reliability.json"
        rounded = json.loads(
            json.dumps(figures | {"curve": rows, "thresholds": trade}), parse_float=lambda v: round(float(v), 4)
        )
        target.write_text(json.dumps(rounded, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
