"""The two linear steps of the ranker: fitted, and cross-validated so that nothing is judged by what has seen it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from examples import Example
from scipy.optimize import minimize

from policy_qa.retrieval.features import NAMES, bigrams
from policy_qa.retrieval.ranker import judge_matrix
from policy_qa.words import normalize

Floats = npt.NDArray[np.float64]
#: Strength of the squared penalty on weights of features scaled to deviation 1.
L2_RANK, L2_JUDGE = 3.0, 3.0
FOLDS = 8
#: What can only speak for an article is not weighed against it, and the other way round, in the step that ranks: the
#: features say the same thing in several ways, and whatever is left to the fit alone takes one out of another.
FOR = ("dense_article", "dense_clause", "late_article", "late_text", "late_clause", "late_level", "late_document",
       "late_least", "cover_text", "cover_all", "cover_heading", "cover_title", "cover_head", "cover_clause", "bm25",
       "bigrams", "run")  # fmt: skip
AGAINST = ("dense_gap", "late_gap", "cover_gap", "furniture", "late_unmatched")
#: What a question of the general material and of eval/reader counts against one of the question set, in each step. More
#: serves the texts that reader_material.py holds back, and costs the question set, cross-validated, as much.
GENERAL_RANK, GENERAL_JUDGE = 0.1, 0.1


def fit_rank(examples: Sequence[Example]) -> Floats:
    """Listwise: maximise the share of the softmax that falls on right articles, over all and within each document."""
    scale = _scale(np.concatenate([e.matrix for e in examples]))
    matrices: list[Floats] = []
    rights: list[npt.NDArray[np.bool_]] = []
    counts: list[float] = []
    for e in examples:
        known = e.labels != 0.5
        if not (e.labels == 1).any():
            continue
        matrices.append(e.matrix[known])
        rights.append(e.labels[known] == 1)
        counts.append(GENERAL_RANK if e.general else 1.0)
        if len(np.unique(e.documents)) > 1:
            for document in np.unique(e.documents[e.labels == 1]):
                here = known & (e.documents == document)
                matrices.append(e.matrix[here])
                rights.append(e.labels[here] == 1)
                counts.append(counts[-1])
    count = np.array(counts)
    matrix, right = np.concatenate(matrices) / scale, np.concatenate(rights).astype(np.float64)
    sizes = np.array([len(m) for m in matrices])
    starts = np.cumsum(sizes) - sizes

    def loss(w: Floats) -> tuple[float, Floats]:
        scores = matrix @ w
        share = np.exp(scores - np.repeat(np.maximum.reduceat(scores, starts), sizes))
        share /= np.repeat(np.add.reduceat(share, starts), sizes)
        on_right = share * right
        total = np.add.reduceat(on_right, starts)
        pull = (share - on_right / np.repeat(total, sizes)) * np.repeat(count, sizes)
        return L2_RANK * float(w @ w) / 2 - float(count @ np.log(total)), matrix.T @ pull + L2_RANK * w

    signs = [(0.0, None) if n in FOR else (None, 0.0) if n in AGAINST else (None, None) for n in NAMES]
    return minimize(loss, np.zeros(len(scale)), jac=True, method="L-BFGS-B", bounds=signs).x / scale


def fit_judge(examples: Sequence[Example], rank: Floats) -> Floats:
    """Logistic regression over single articles."""
    matrix = np.concatenate([_judged(e, rank) for e in examples])
    labels = np.concatenate([e.labels for e in examples])
    counts = np.concatenate([np.full(len(e.labels), GENERAL_JUDGE if e.general else 1.0) for e in examples])
    known = labels != 0.5
    return _logistic(matrix[known], labels[known] > 0, counts[known], L2_JUDGE)


def predict(examples: Sequence[Example], rank: Floats, judge: Floats) -> list[Floats]:
    """Probabilities of the candidates of each example."""
    return [1 / (1 + np.exp(-(_judged(e, rank) @ judge))) for e in examples]


def _logistic(matrix: Floats, labels: npt.NDArray[np.bool_], counts: Floats, penalty: float) -> Floats:
    """Weights of a logistic regression whose first column is the bias, which is not penalised."""
    mean, scale = matrix.mean(axis=0), _scale(matrix)
    mean[0], scale[0] = 0.0, 1.0
    scaled = (matrix - mean) / scale
    penalties = np.full(scaled.shape[1], penalty)
    penalties[0] = 0.0
    sign = np.where(labels, -1.0, 1.0)

    def loss(w: Floats) -> tuple[float, Floats]:
        logits = scaled @ w
        total = counts @ np.logaddexp(0, sign * logits) + (penalties * w * w).sum() / 2
        return float(total), scaled.T @ (counts * (sigmoid(logits) - labels)) + penalties * w

    weights: Floats = minimize(loss, np.zeros(scaled.shape[1]), jac=True, method="L-BFGS-B").x / scale
    weights[0] -= float(mean @ weights)
    return weights


def groups_of(examples: Sequence[Example]) -> list[int]:
    """A number for each example, the same for questions that share their refs or, refused, half of their characters.

    General questions of one world share theirs.
    """
    first = list(range(len(examples)))

    def root(i: int) -> int:
        while first[i] != i:
            i = first[i]
        return i

    known: dict[tuple[str, ...], int] = {}
    refused: list[tuple[int, set[str]]] = []
    for i, e in enumerate(examples):
        if e.general or e.question.refs:
            key = ("world", e.question.id.split("-")[1]) if e.general else tuple(sorted(e.question.refs))
            first[root(i)] = root(known.setdefault(key, i))
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


def cross_validate(examples: Sequence[Example], seed: int = 0) -> list[Floats]:
    """Probabilities of the candidates of each example, from models that have not seen it or its like."""
    folds = folds_of(examples, seed)
    articles: list[Floats] = [np.zeros(0)] * len(examples)
    for fold in range(FOLDS):
        train = [e for e, f in zip(examples, folds, strict=True) if f != fold]
        rank = fit_rank(train)
        judge = fit_judge(train, rank)
        for i in np.flatnonzero(folds == fold):
            articles[i] = predict([examples[i]], rank, judge)[0]
    return articles


def sigmoid(logits: Floats) -> Floats:
    return 1 / (1 + np.exp(-logits))


def _judged(e: Example, rank: Floats) -> Any:
    apart = e.retrieval.question.sets_apart
    return judge_matrix(e.matrix, e.matrix @ rank, e.documents, apart=apart)  # type: ignore[arg-type]  # double precision here


def _scale(matrix: Floats) -> Floats:
    scale = matrix.std(axis=0)
    scale[scale == 0] = 1.0
    return scale
