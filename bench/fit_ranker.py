"""Fit the ranker and the thresholds on the `fit` half of a question set, and say how well they do.

    python bench/fit_ranker.py [--questions FILE ...] [--write]

Figures are cross-validated over questions (8 folds); nothing of the `report` half is read. `--write`
puts the weights, fitted on the whole half, into the package. Needs an index of the corpus
(`policy-qa build`) and SciPy, which sentence-transformers brings.
"""

from __future__ import annotations

import argparse
import itertools
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from policy_qa.answer.lookup import look_up
from policy_qa.answer.select import Thresholds, select
from policy_qa.evaluation.questions import LabelledQuestion, read_questions
from policy_qa.evaluation.run import article_finder
from policy_qa.pipeline import open_pipeline
from policy_qa.retrieval.features import NAMES
from policy_qa.retrieval.ranker import SCORE_NAMES, judge_matrix
from policy_qa.retrieval.retriever import Candidate, Retrieval
from policy_qa.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
QUESTIONS = [ROOT / "eval" / "questions.jsonl", ROOT / "eval" / "training.jsonl"]
Floats = npt.NDArray[np.float64]
#: Strength of the squared penalty on weights of features scaled to deviation 1.
L2_RANK, L2_JUDGE = 3.0, 3.0
FOLDS = 8
#: A wrong citation costs the one who signs more than a missing one.
PRECISION_WEIGHT = 1.3
# Not fitted freely, since the sum hardly moves with them: an institution that is left out goes unnoticed,
# so its share stays low; a plain question has one answer a document, so that of a second article stays high.
DOCUMENT_SHARES, ARTICLE_SHARES = (0.3, 0.4), (0.75, 0.85)
#: What a percent of refusal is worth against a percent of citation precision or recall, when choosing thresholds.
REFUSAL_WEIGHT, FALSE_REFUSAL_WEIGHT = 0.8, 1.0


@dataclass(frozen=True)
class Example:
    """One question with its candidates; `labels` 1 for a ref, 0.5 for one also allowed (not fitted on), else 0."""

    question: LabelledQuestion
    retrieval: Retrieval
    matrix: Floats
    labels: Floats
    documents: npt.NDArray[np.int32]


def collect(path: Path, split: str) -> list[Example]:
    """The questions that retrieval decides: not those that name a provision by number, or a school that isn't here."""
    pipeline = open_pipeline(Settings.from_env())
    article_of = article_finder(pipeline)
    out = []
    for question in read_questions(path, split):
        retrieval = pipeline.retrieve(question.question, question.history)
        scope = retrieval.question.scope
        segmentations = {d.doc_id: pipeline.segmentation(d.doc_id) for d in pipeline.documents}
        if look_up(retrieval.question, segmentations, scope.doc_ids, "zh") or (scope.unknown and not scope.doc_ids):
            continue
        refs = {article_of(r) for r in question.refs}
        also = {article_of(r) for r in question.also} - refs
        names = [c.article.ref for c in retrieval.candidates]
        ids = {d: i for i, d in enumerate(sorted({n.partition("#")[0] for n in names}))}
        out.append(
            Example(
                question,
                retrieval,
                np.array([c.features for c in retrieval.candidates], dtype=np.float64),
                np.array([1.0 if n in refs else 0.5 if n in also else 0.0 for n in names]),
                np.array([ids[n.partition("#")[0]] for n in names], dtype=np.int32),
            )
        )
    return out


def fit_rank(examples: Sequence[Example]) -> Floats:
    """Listwise: maximise the share of the softmax that falls on right articles, over all and within each document."""
    scale = _scale(np.concatenate([e.matrix for e in examples]))
    groups: list[tuple[Floats, npt.NDArray[np.bool_]]] = []
    for e in examples:
        known = e.labels != 0.5
        if not (e.labels == 1).any():
            continue
        groups.append((e.matrix[known] / scale, e.labels[known] == 1))
        if len(np.unique(e.documents)) > 1:
            for document in np.unique(e.documents[e.labels == 1]):
                here = known & (e.documents == document)
                groups.append((e.matrix[here] / scale, e.labels[here] == 1))

    def loss(w: Floats) -> tuple[float, Floats]:
        total, gradient = L2_RANK * float(w @ w) / 2, L2_RANK * w
        for matrix, right in groups:
            scores = matrix @ w
            share = np.exp(scores - scores.max())
            share /= share.sum()
            on_right = share * right
            total -= float(np.log(on_right.sum()))
            gradient = gradient + matrix.T @ (share - on_right / on_right.sum())
        return total, gradient

    return minimize(loss, np.zeros(len(scale)), jac=True, method="L-BFGS-B").x / scale


def fit_judge(examples: Sequence[Example], rank: Floats) -> Floats:
    """Logistic regression over single articles; the bias is not penalised."""
    matrix = np.concatenate([_judged(e, rank) for e in examples])
    labels = np.concatenate([e.labels for e in examples])
    matrix, labels = matrix[labels != 0.5], labels[labels != 0.5]
    scale = _scale(matrix)
    scaled = matrix / scale
    scaled[:, 0] = 1.0
    penalty = np.full(scaled.shape[1], L2_JUDGE)
    penalty[0] = 0.0

    def loss(w: Floats) -> tuple[float, Floats]:
        logits = scaled @ w
        total = np.logaddexp(0, np.where(labels > 0, -logits, logits)).sum() + (penalty * w * w).sum() / 2
        return float(total), scaled.T @ (1 / (1 + np.exp(-logits)) - labels) + penalty * w

    found = minimize(loss, np.zeros(scaled.shape[1]), jac=True, method="L-BFGS-B").x
    weights = found / scale
    weights[0] = found[0]
    return weights


def predict(examples: Sequence[Example], rank: Floats, judge: Floats) -> list[Floats]:
    """Probabilities of the candidates of each example."""
    return [1 / (1 + np.exp(-(_judged(e, rank) @ judge))) for e in examples]


def cross_validate(examples: Sequence[Example], seed: int = 0) -> list[Floats]:
    """Probabilities for each example from a model that has not seen it."""
    order = np.random.default_rng(seed).permutation(len(examples))
    out: list[Floats] = [np.zeros(0)] * len(examples)
    for fold in range(FOLDS):
        held = set(order[fold::FOLDS].tolist())
        train = [e for i, e in enumerate(examples) if i not in held]
        rank = fit_rank(train)
        judge = fit_judge(train, rank)
        for i in held:
            out[i] = predict([examples[i]], rank, judge)[0]
    return out


def outcome(examples: Sequence[Example], probabilities: Sequence[Floats], thresholds: Thresholds) -> dict[str, float]:
    """Citation precision and recall, refusal and false refusal at article level."""
    rows: dict[str, list[float]] = {"precision": [], "recall": [], "refusal": [], "false_refusal": []}
    for e, p in zip(examples, probabilities, strict=True):
        order = np.argsort(-p, kind="stable")
        candidates = [_with_probability(e.retrieval.candidates[i], float(p[i])) for i in order]
        label = {c.article.ref: float(value) for c, value in zip(e.retrieval.candidates, e.labels, strict=True)}
        cited = [c.article.ref for c in select(e.retrieval.question, candidates, thresholds)]
        if e.question.refused:
            rows["refusal"].append(float(not cited))
            continue
        right = [r for r, value in label.items() if value == 1]
        rows["false_refusal"].append(float(not cited))
        rows["precision"].append(sum(label[c] > 0 for c in cited) / len(cited) if cited else 0.0)
        rows["recall"].append(sum(r in cited for r in right) / max(len(right), 1))
    return {name: float(np.mean(values)) for name, values in rows.items() if values}


def choose(examples: Sequence[Example], probabilities: Sequence[Floats]) -> tuple[Thresholds, dict[str, float]]:
    """The thresholds of a coarse grid that serve best, and what they give."""
    grid = itertools.product(
        (0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4), DOCUMENT_SHARES, ARTICLE_SHARES, (0.25, 0.4, 0.55, 0.7)
    )
    best: tuple[float, Thresholds, dict[str, float]] | None = None
    for answer, document, article, article_list in grid:
        thresholds = Thresholds(answer=answer, document=document, article=article, article_list=article_list)
        found = outcome(examples, probabilities, thresholds)
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


def refusal_auc(examples: Sequence[Example], probabilities: Sequence[Floats]) -> float:
    """Probability that an answerable question's best article scores above a refusable one's."""
    best = [(float(p.max()), e.question.refused) for e, p in zip(examples, probabilities, strict=True)]
    yes, no = [b for b, refused in best if not refused], [b for b, refused in best if refused]
    return float(np.mean([(a > b) + 0.5 * (a == b) for a in yes for b in no]))


def _with_probability(candidate: Candidate, probability: float) -> Candidate:
    return Candidate(row=candidate.row, article=candidate.article, probability=probability, features=candidate.features)


def _judged(e: Example, rank: Floats) -> Any:
    apart = e.retrieval.question.sets_apart
    return judge_matrix(e.matrix, e.matrix @ rank, e.documents, apart=apart)  # type: ignore[arg-type]  # double precision here


def _scale(matrix: Floats) -> Floats:
    scale = matrix.std(axis=0)
    scale[scale == 0] = 1.0
    return scale


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--questions", type=Path, nargs="+", default=QUESTIONS, help="their fit half is used")
    parser.add_argument("--write", action="store_true", help="put the weights into the package")
    arguments = parser.parse_args()
    examples = [example for path in arguments.questions for example in collect(path, "fit")]
    held_out = cross_validate(examples)
    thresholds, found = choose(examples, held_out)
    print(f"{len(examples)} questions, cross-validated:")
    print(f"  hit@1 {hits(examples, held_out, 1):.3f}  hit@3 {hits(examples, held_out, 3):.3f}", end="  ")
    print(f"AUC of refusal {refusal_auc(examples, held_out):.3f}")
    print("  " + "  ".join(f"{name} {value:.3f}" for name, value in found.items()))
    print(f"  {thresholds}")
    rank = fit_rank(examples)
    judge = fit_judge(examples, rank)
    if arguments.write:
        resources = ROOT / "src" / "policy_qa" / "resources"
        weights = {
            "rank": {n: round(float(w), 4) for n, w in zip(NAMES, rank, strict=True)},
            "judge": {n: round(float(w), 4) for n, w in zip((*NAMES, *SCORE_NAMES), judge, strict=True)},
        }
        (resources / "ranker.json").write_text(json.dumps(weights, indent=1) + "\n", "utf-8")
        values = {n: getattr(thresholds, n) for n in ("answer", "document", "article", "article_list")}
        (resources / "thresholds.json").write_text(json.dumps(values) + "\n", "utf-8")
        print(f"written: {resources / 'ranker.json'}, {resources / 'thresholds.json'}")


if __name__ == "__main__":
    main()
