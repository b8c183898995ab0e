"""Reliability of the answerability: of the questions given .7, do 7 in 10 have an answer?

    python bench/reliability.py [--questions FILE] [--split report] [--write]

Reads means alone: no question is shown. Those that a number, or an institution that is not on file, decides are left
out, since no estimate is made for them. `--write` puts the curve into eval/reliability.json.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
from examples import collect
from fit_ranker import ROOT, area, curve

from policy_qa.answer.select import Thresholds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--questions", type=Path, default=ROOT / "eval" / "questions.jsonl")
    parser.add_argument("--split", default="report")
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    examples = collect(arguments.questions, arguments.split)
    said = np.array([e.retrieval.answerability for e in examples], dtype=np.float64)
    true = np.array([not e.question.refused for e in examples])
    bins = np.minimum((said * 5).astype(int), 4)
    rows = [
        {"from": b / 5, "to": (b + 1) / 5, "said": said[bins == b].mean(), "true": true[bins == b].mean()}
        | {"questions": int((bins == b).sum())}
        for b in range(5)
        if (bins == b).any()
    ]
    error = sum(abs(r["said"] - r["true"]) * r["questions"] for r in rows) / len(examples)
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
    print(f"{len(examples)} questions ({arguments.split}): AUC {auc:.3f}, Brier {brier:.3f}, error {error:.3f}")
    print("\n".join(curve(said, true)))
    print(f"  threshold  refused rightly  refused wrongly   (shipped: {Thresholds.shipped('reader').answer})")
    print("\n".join(f"  {r['threshold']:9.2f}  {r['refusal']:15.3f}  {r['false']:15.3f}" for r in trade))
    if arguments.write:
        found = {"split": arguments.split, "questions": len(examples), "auc": auc, "brier": brier, "error": error}
        target = ROOT / "eval" / "reliability.json"
        rounded = json.loads(
            json.dumps(found | {"curve": rows, "thresholds": trade}), parse_float=lambda v: round(float(v), 4)
        )
        target.write_text(json.dumps(rounded, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
