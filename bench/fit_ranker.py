"""Fit the ranker and the thresholds on the `fit` half of a question set, and say how well they do.

    python bench/fit_ranker.py [--questions FILE ...] [--data DIR] [--write]

Figures are cross-validated over groups of like questions (8 folds); nothing of the `report` half is read. DIR holds
general material that is fitted on beside the questions (see material.py, which names the sets and their licences), and
the regulations that eval/reader asks (see reader_material.py), so that the weights carry over to other texts; their
figures are printed apart. `--write` puts weights and thresholds into the package and wants DIR: without it, they would
be others than those that are shipped. Needs an index of the corpus (`policy-qa build`) and SciPy, which
sentence-transformers brings. Takes about twenty minutes with DIR.
"""

from __future__ import annotations

import argparse
import itertools
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import resource_hashes
from examples import Example, collect, general, subjects
from fitting import Floats, cross_validate, fit_judge, fit_rank

from policy_qa.answer.select import Thresholds, select
from policy_qa.models import open_encoder
from policy_qa.retrieval.features import NAMES
from policy_qa.retrieval.ranker import SCORE_NAMES
from policy_qa.retrieval.retriever import Candidate
from policy_qa.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
QUESTIONS = [ROOT / "eval" / "questions.jsonl", ROOT / "eval" / "training.jsonl"]
#: A wrong citation costs the one who signs more than a missing one.
PRECISION_WEIGHT = 1.3
# Not fitted freely, since the sum hardly moves with them: an institution that is left out goes unnoticed,
# so its share stays low; a plain question has one answer a document, so that of a second article stays high.
DOCUMENT_SHARES, ARTICLE_SHARES = (0.3, 0.4), (0.75, 0.85)
#: What a percent of refusal is worth against a percent of citation precision or recall, when choosing thresholds.
REFUSAL_WEIGHT, FALSE_REFUSAL_WEIGHT = 0.8, 1.0


def outcome(examples: Sequence[Example], predicted: Sequence[Floats], thresholds: Thresholds) -> dict[str, float]:
    """Citation precision and recall, refusal and false refusal at article level."""
    rows: dict[str, list[float]] = {"precision": [], "recall": [], "refusal": [], "false_refusal": []}
    for e, p in zip(examples, predicted, strict=True):
        order = np.argsort(-p, kind="stable")
        candidates = [_with_probability(e.retrieval.candidates[i], float(p[i])) for i in order]
        label = {c.article.ref: float(value) for c, value in zip(e.retrieval.candidates, e.labels, strict=True)}
        cited = [c.article.ref for c in select(e.retrieval.question, candidates, float(p.max()), thresholds)]
        if e.question.refused:
            rows["refusal"].append(float(not cited))
            continue
        right = [r for r, value in label.items() if value == 1]
        rows["false_refusal"].append(float(not cited))
        rows["precision"].append(sum(label[c] > 0 for c in cited) / len(cited) if cited else 0.0)
        rows["recall"].append(sum(r in cited for r in right) / max(len(right), 1))
    return {name: float(np.mean(values)) for name, values in rows.items() if values}


def choose(examples: Sequence[Example], predicted: Sequence[Floats]) -> tuple[Thresholds, dict[str, float]]:
    """The thresholds of a coarse grid that serve best, and what they give."""
    grid = itertools.product(
        (0.2, 0.3, 0.4, 0.5, 0.6, 0.7),
        (0.1, 0.2, 0.3, 0.4),
        DOCUMENT_SHARES,
        ARTICLE_SHARES,
        (0.25, 0.4, 0.55, 0.7),
    )
    best: tuple[float, Thresholds, dict[str, float]] | None = None
    for answer, further, document, article, article_list in grid:
        thresholds = Thresholds(
            answer=answer, further=further, document=document, article=article, article_list=article_list
        )
        found = outcome(examples, predicted, thresholds)
        value = PRECISION_WEIGHT * found["precision"] + found["recall"]
        value += REFUSAL_WEIGHT * found["refusal"] - FALSE_REFUSAL_WEIGHT * found["false_refusal"]
        if best is None or value > best[0]:
            best = (value, thresholds, found)
    assert best is not None
    return best[1], best[2]


def hits(examples: Sequence[Example], probabilities: Sequence[Floats], k: int) -> float:
    """hit@k over the answerable examples."""
    found = [
        float((e.labels[np.argsort(-p, kind="stable")[:k]] == 1).any())
        for e, p in zip(examples, probabilities, strict=True)
        if not e.question.refused
    ]
    return float(np.mean(found))


def refusal_auc(examples: Sequence[Example], answered: Floats) -> tuple[float, float, float]:
    """Probability that a question with an answer scores above one without, and its 95 % bootstrap interval."""
    refused = np.array([e.question.refused for e in examples])
    rng = np.random.default_rng(0)
    rows = [np.arange(len(examples)), *(rng.integers(0, len(examples), len(examples)) for _ in range(500))]
    found = [area(answered[i][~refused[i]], answered[i][refused[i]]) for i in rows]
    low, high = np.percentile(found[1:], [2.5, 97.5])
    return found[0], float(low), float(high)


def area(yes: Floats, no: Floats) -> float:
    return float(((yes[:, None] > no) + 0.5 * (yes[:, None] == no)).mean())


def _with_probability(candidate: Candidate, probability: float) -> Candidate:
    return Candidate(row=candidate.row, article=candidate.article, probability=probability, features=candidate.features)


def curve(answered: Floats, truth: npt.NDArray[np.bool_]) -> list[str]:
    """The reliability curve, a line for each fifth of the scale: what was said, and what was true."""
    lines = ["  probability      said    true  questions"]
    for low in (0.0, 0.2, 0.4, 0.6, 0.8):
        here = (answered >= low) & (answered < low + 0.2 if low < 0.8 else answered <= 1)
        if here.any():
            said, true = answered[here].mean(), truth[here].mean()
            lines.append(f"  {low:.1f} to {low + 0.2:.1f}      {said:6.3f}  {true:6.3f}  {here.sum():9d}")
    return lines


def trade_off(examples: Sequence[Example], predicted: Sequence[Floats], thresholds: Thresholds) -> list[str]:
    """What each threshold of the answerability gives, a line each."""
    lines = ["  threshold  refused rightly  refused wrongly  precision  recall"]
    for step in range(2, 20):
        found = outcome(examples, predicted, replace(thresholds, answer=step / 20))
        lines.append(
            f"  {step / 20:9.2f}  {found['refusal']:15.3f}  {found['false_refusal']:15.3f}"
            f"  {found['precision']:9.3f}  {found['recall']:6.3f}"
        )
    return lines


def only(
    examples: Sequence[Example], predicted: Sequence[Floats], *, from_material: bool
) -> tuple[list[Example], list[Floats]]:
    """The examples of one kind, with what was predicted for them."""
    rows = [i for i, e in enumerate(examples) if e.general == from_material]
    return [examples[i] for i in rows], [predicted[i] for i in rows]


def report(name: str, examples: Sequence[Example], predicted: Sequence[Floats]) -> None:
    """Print how well articles are ranked and refusals told."""
    print(f"{name}: {len(examples)} questions, cross-validated, like questions in one fold")
    print(f"  hit@1 {hits(examples, predicted, 1):.3f}  hit@3 {hits(examples, predicted, 3):.3f}")
    best = np.array([float(p.max()) for p in predicted])
    value, low, high = refusal_auc(examples, best)
    print(f"  AUC of refusal, by the best article: {value:.3f} [{low:.3f}, {high:.3f}]")
    print("\n".join(curve(best, np.array([not e.question.refused for e in examples]))))


def write(rank: Floats, judge: Floats, thresholds: Thresholds, fitted_on: Mapping[str, int]) -> None:
    """Put weights and thresholds into the package."""
    resources = ROOT / "src" / "policy_qa" / "resources"
    weights = {
        "fitted_on": dict(fitted_on),
        "rank": {n: round(float(w), 4) for n, w in zip(NAMES, rank, strict=True)},
        "judge": {n: round(float(w), 4) for n, w in zip((*NAMES, *SCORE_NAMES), judge, strict=True)},
    }
    (resources / "ranker.json").write_text(json.dumps(weights, indent=1) + "\n", "utf-8")
    values = {n: getattr(thresholds, n) for n in ("answer", "further", "document", "article", "article_list")}
    (resources / "thresholds.json").write_text(json.dumps(values) + "\n", "utf-8")
    manifest = resource_hashes.write()
    print(f"written: {resources / 'ranker.json'}, {resources / 'thresholds.json'}, {manifest}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--questions", type=Path, nargs="+", default=QUESTIONS, help="their fit half is used")
    parser.add_argument("--data", type=Path, help="folder of general material to fit on beside them")
    parser.add_argument("--write", action="store_true", help="put the weights into the package; wants --data")
    arguments = parser.parse_args()
    if arguments.write and not arguments.data:
        parser.error("--write: expected --data DIR too, since the shipped weights are fitted on the material as well")
    examples = [example for path in arguments.questions for example in collect(path, "fit")]
    if arguments.data:
        encoder = open_encoder(Settings.from_env().model)
        examples += [*general(arguments.data, encoder), *subjects(arguments.data, encoder)]
    held_out = cross_validate(examples)
    own, own_held_out = only(examples, held_out, from_material=False)
    report("question set", own, own_held_out)
    if arguments.data:
        report("general material", *only(examples, held_out, from_material=True))
    thresholds, found = choose(own, own_held_out)
    print("chosen: " + "  ".join(f"{name} {value:.3f}" for name, value in found.items()))
    print(f"  {thresholds}")
    print("\n".join(trade_off(own, own_held_out, thresholds)))
    if arguments.write:
        rank = fit_rank(examples)
        judge = fit_judge(examples, rank)
        sources = Counter(e.question.id.partition("-")[0] if e.general else "question set" for e in examples)
        write(rank, judge, thresholds, sources)


if __name__ == "__main__":
    main()
