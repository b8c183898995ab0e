"""Fit the ranker and the thresholds on the `fit` half of a question set, and say how well they do.

    python bench/fit_ranker.py [--questions FILE ...] [--write]

Figures are cross-validated over groups of like questions (8 folds); nothing of the `report` half is read. `--write`
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
from policy_qa.errors import UsageError
from policy_qa.evaluation.questions import LabelledQuestion, read_questions
from policy_qa.evaluation.run import article_finder
from policy_qa.pipeline import open_pipeline
from policy_qa.retrieval.evidence import NAMES as EVIDENCE
from policy_qa.retrieval.evidence import evidence
from policy_qa.retrieval.features import NAMES, bigrams
from policy_qa.retrieval.ranker import SCORE_NAMES, judge_matrix
from policy_qa.retrieval.retriever import Candidate, Retrieval
from policy_qa.settings import Settings
from policy_qa.words import normalize

ROOT = Path(__file__).resolve().parent.parent
QUESTIONS = [ROOT / "eval" / "questions.jsonl", ROOT / "eval" / "training.jsonl"]
Floats = npt.NDArray[np.float64]
#: Strength of the squared penalty on weights of features scaled to deviation 1.
L2_RANK, L2_JUDGE, L2_DECIDE = 3.0, 3.0, 60.0
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
    texts: tuple[tuple[str, str], ...]

    def evidence(self, probabilities: Floats) -> Floats:
        """What is known of the question where its candidates have these probabilities."""
        best = int(probabilities.argmax())
        question = self.retrieval.question
        return evidence(question, probabilities, self.matrix, *self.texts[best]).astype(np.float64)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Predicted:
    """Probabilities of the candidates of each example, and that each is answered, from models that have not seen it."""

    articles: list[Floats]
    answered: Floats


def collect(path: Path, split: str) -> list[Example]:
    """The questions that retrieval decides: not those that name a provision by number, or a school that isn't here."""
    pipeline = open_pipeline(Settings.from_env())
    article_of = article_finder(pipeline)
    out = []
    known: dict[str, str] = {}

    def text_of(candidate: Candidate) -> tuple[str, str]:
        article = candidate.article
        segmentation = pipeline.segmentation(article.doc_id)
        if article.ref not in known:
            known[article.ref] = normalize(segmentation.text_of(article).removeprefix(article.label))
        if article.doc_id not in known:
            known[article.doc_id] = normalize(segmentation.document.text)
        return known[article.ref], known[article.doc_id]

    for question in read_questions(path, split):
        try:
            retrieval = pipeline.retrieve(question.question, question.history)
        except UsageError:  # nothing is asked
            continue
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
                tuple(text_of(c) for c in retrieval.candidates),
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


def fit_decide(evidence: Floats, answered: npt.NDArray[np.bool_]) -> Floats:
    """Logistic regression over questions; the bias is not penalised."""
    mean, scale = evidence.mean(axis=0), _scale(evidence)
    mean[0], scale[0] = 0.0, 1.0
    scaled = (evidence - mean) / scale
    penalty = np.full(scaled.shape[1], L2_DECIDE)
    penalty[0] = 0.0

    def loss(w: Floats) -> tuple[float, Floats]:
        logits = scaled @ w
        total = np.logaddexp(0, np.where(answered, -logits, logits)).sum() + (penalty * w * w).sum() / 2
        return float(total), scaled.T @ (1 / (1 + np.exp(-logits)) - answered) + penalty * w

    weights: Floats = minimize(loss, np.zeros(scaled.shape[1]), jac=True, method="L-BFGS-B").x / scale
    weights[0] -= float(mean @ weights)
    return weights


def groups_of(examples: Sequence[Example]) -> list[int]:
    """A number for each example, the same for questions that share their refs or, refused, half of their characters."""
    first = list(range(len(examples)))

    def root(i: int) -> int:
        while first[i] != i:
            i = first[i]
        return i

    by_refs: dict[tuple[str, ...], int] = {}
    refused: list[tuple[int, set[str]]] = []
    for i, e in enumerate(examples):
        if e.question.refs:
            first[root(i)] = root(by_refs.setdefault(tuple(sorted(e.question.refs)), i))
            continue
        pairs = bigrams(normalize(e.question.question))
        for j, others in refused:
            if 2 * len(pairs & others) >= min(len(pairs), len(others)) >= 3:
                first[root(i)] = root(j)
        refused.append((i, pairs))
    return [root(i) for i in range(len(examples))]


def folds_of(examples: Sequence[Example], seed: int = 0) -> npt.NDArray[np.intp]:
    """The fold of each example; a group stays together, the largest are dealt first."""
    groups = np.array(groups_of(examples))
    ids, counts = np.unique(groups, return_counts=True)
    order = np.random.default_rng(seed).permutation(len(ids))
    sizes, fold_of = [0] * FOLDS, {}
    for i in sorted(order, key=lambda i: -counts[i]):
        fold = int(np.argmin(sizes))
        fold_of[ids[i]] = fold
        sizes[fold] += int(counts[i])
    return np.array([fold_of[g] for g in groups])


def cross_validate(examples: Sequence[Example]) -> Predicted:
    """Predictions for each example from models that have not seen it or its like."""
    folds = folds_of(examples)
    articles: list[Floats] = [np.zeros(0)] * len(examples)
    for fold in range(FOLDS):
        train = [e for e, f in zip(examples, folds, strict=True) if f != fold]
        rank = fit_rank(train)
        judge = fit_judge(train, rank)
        for i in np.flatnonzero(folds == fold):
            articles[i] = predict([examples[i]], rank, judge)[0]
    # The last step learns from what the first two say of questions that they have not seen.
    evidence, answered = evidence_of(examples, articles)
    found = np.zeros(len(examples))
    for fold in range(FOLDS):
        held = folds == fold
        found[held] = sigmoid(evidence[held] @ fit_decide(evidence[~held], answered[~held]))
    return Predicted(articles, found)


def evidence_of(examples: Sequence[Example], articles: Sequence[Floats]) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """The evidence of all examples, and which of them have an answer."""
    evidence = np.array([e.evidence(p) for e, p in zip(examples, articles, strict=True)])
    return evidence, np.array([not e.question.refused for e in examples])


def sigmoid(logits: Floats) -> Floats:
    return 1 / (1 + np.exp(-logits))


def outcome(examples: Sequence[Example], predicted: Predicted, thresholds: Thresholds) -> dict[str, float]:
    """Citation precision and recall, refusal and false refusal at article level."""
    rows: dict[str, list[float]] = {"precision": [], "recall": [], "refusal": [], "false_refusal": []}
    for e, p, answered in zip(examples, predicted.articles, predicted.answered, strict=True):
        order = np.argsort(-p, kind="stable")
        candidates = [_with_probability(e.retrieval.candidates[i], float(p[i])) for i in order]
        label = {c.article.ref: float(value) for c, value in zip(e.retrieval.candidates, e.labels, strict=True)}
        cited = [c.article.ref for c in select(e.retrieval.question, candidates, float(answered), thresholds)]
        if e.question.refused:
            rows["refusal"].append(float(not cited))
            continue
        right = [r for r, value in label.items() if value == 1]
        rows["false_refusal"].append(float(not cited))
        rows["precision"].append(sum(label[c] > 0 for c in cited) / len(cited) if cited else 0.0)
        rows["recall"].append(sum(r in cited for r in right) / max(len(right), 1))
    return {name: float(np.mean(values)) for name, values in rows.items() if values}


def choose(examples: Sequence[Example], predicted: Predicted) -> tuple[Thresholds, dict[str, float]]:
    """The thresholds of a coarse grid that serve best, and what they give."""
    grid = itertools.product(
        (0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7),
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


def _judged(e: Example, rank: Floats) -> Any:
    apart = e.retrieval.question.sets_apart
    return judge_matrix(e.matrix, e.matrix @ rank, e.documents, apart=apart)  # type: ignore[arg-type]  # double precision here


def _scale(matrix: Floats) -> Floats:
    scale = matrix.std(axis=0)
    scale[scale == 0] = 1.0
    return scale


def curve(answered: Floats, truth: npt.NDArray[np.bool_]) -> list[str]:
    """The reliability curve, a line for each fifth of the scale: what was said, and what was true."""
    lines = ["  answerability    said    true  questions"]
    for low in (0.0, 0.2, 0.4, 0.6, 0.8):
        here = (answered >= low) & (answered < low + 0.2 if low < 0.8 else answered <= 1)
        if here.any():
            said, true = answered[here].mean(), truth[here].mean()
            lines.append(f"  {low:.1f} to {low + 0.2:.1f}      {said:6.3f}  {true:6.3f}  {here.sum():9d}")
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--questions", type=Path, nargs="+", default=QUESTIONS, help="their fit half is used")
    parser.add_argument("--write", action="store_true", help="put the weights into the package")
    arguments = parser.parse_args()
    examples = [example for path in arguments.questions for example in collect(path, "fit")]
    held_out = cross_validate(examples)
    thresholds, found = choose(examples, held_out)
    print(f"{len(examples)} questions, cross-validated, like questions in one fold:")
    print(f"  hit@1 {hits(examples, held_out.articles, 1):.3f}  hit@3 {hits(examples, held_out.articles, 3):.3f}")
    best = np.array([float(p.max()) for p in held_out.articles])
    for name, scores in (("best article alone", best), ("answerability", held_out.answered)):
        value, low, high = refusal_auc(examples, scores)
        print(f"  AUC of refusal, {name}: {value:.3f} [{low:.3f}, {high:.3f}]")
    print("  " + "  ".join(f"{name} {value:.3f}" for name, value in found.items()))
    print(f"  {thresholds}")
    answered = np.array([not e.question.refused for e in examples])
    print("\n".join(curve(held_out.answered, answered)))
    rank = fit_rank(examples)
    judge = fit_judge(examples, rank)
    decide = fit_decide(*evidence_of(examples, held_out.articles))
    if arguments.write:
        resources = ROOT / "src" / "policy_qa" / "resources"
        weights = {
            "rank": {n: round(float(w), 4) for n, w in zip(NAMES, rank, strict=True)},
            "judge": {n: round(float(w), 4) for n, w in zip((*NAMES, *SCORE_NAMES), judge, strict=True)},
            "decide": {n: round(float(w), 4) for n, w in zip(EVIDENCE, decide, strict=True)},
        }
        (resources / "ranker.json").write_text(json.dumps(weights, indent=1) + "\n", "utf-8")
        values = {n: getattr(thresholds, n) for n in ("answer", "further", "document", "article", "article_list")}
        (resources / "thresholds.json").write_text(json.dumps(values) + "\n", "utf-8")
        print(f"written: {resources / 'ranker.json'}, {resources / 'thresholds.json'}")


if __name__ == "__main__":
    main()
