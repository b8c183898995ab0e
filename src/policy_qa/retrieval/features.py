"""How well one article fits one question: the numbers that the ranker weighs.

Everything is computed for all candidate rows at once; a row is an article (see LexicalIndex.refs).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from policy_qa.index.lexical import LexicalIndex, Matrix
from policy_qa.retrieval.late import Late
from policy_qa.retrieval.question import Question

FloatArray = npt.NDArray[np.float32]
IntArray = npt.NDArray[np.int32]

NAMES = (
    "bias",
    "dense_article",  # z-score of the article's best passage against the corpus
    "dense_clause",  # the same for its best clause
    "dense_gap",  # best z-score in the document minus this one's
    "late_article",  # late interaction with title, headings and text, as a z-score
    "late_text",  # with the text alone
    "late_clause",  # with the best clause
    "late_level",  # late interaction itself, from its usual .85 up, in twentieths
    "late_document",  # late_article as a z-score among the articles of its own document
    "late_least",  # how well the question's worst matched token is matched, as a z-score
    "late_gap",  # best late_article in the document minus this one's
    "cover_text",  # share of the question's information that the text covers
    "cover_all",  # text, headings and the document's title
    "cover_heading",
    "cover_title",  # by what names the article itself
    "cover_head",  # by its first words, which name what it is about
    "cover_clause",  # best single clause
    "cover_gap",  # best cover_all in the document minus this one's
    "bm25",  # against the best of the scope
    "bigrams",  # share of the question's character pairs in the text
    "run",  # longest run of characters that the question shares with the text, up to 8, in eighths
    "furniture",  # preamble, closing, attachment
    "document_cover",  # share of the question's information anywhere in the document
    "uncovered",  # weight share of the heaviest word that the document lacks
    "lacks_known",  # weight share of the words that other documents have and this one lacks
    "lacks_strange",  # weight share of the words that no document has
    "english",
    "english_dense",  # dense_clause where the question is English
    "carried",  # the question goes on from an earlier one
    "late_unmatched",  # what other articles match better by late interaction, over the words by weight
)


def matches(matrix: Matrix, rows: IntArray, strengths: FloatArray) -> FloatArray:
    """How well each row holds each term, shape (terms, len(rows)), in [0, 1].

    `strengths[t, w]` is how well vocabulary word w stands for term t, shape (terms, vocabulary).
    """
    out = np.zeros((len(strengths), len(rows)), dtype=np.float32)
    starts = matrix.indptr[rows].astype(np.int64)
    sizes = matrix.indptr[np.asarray(rows) + 1] - starts
    filled = np.flatnonzero(sizes)
    if not len(strengths) or not len(filled):
        return out
    ends = np.cumsum(sizes[filled])
    begins = ends - sizes[filled]
    places = np.arange(ends[-1]) + np.repeat(starts[filled] - begins, sizes[filled])
    out[:, filled] = np.maximum.reduceat(strengths[:, matrix.indices[places]], begins, axis=1)
    return out


def coverage(matrix: Matrix, rows: IntArray, strengths: FloatArray, weights: FloatArray) -> FloatArray:
    """Share of the question's weight that each row covers, shape (len(rows),), in [0, 1]."""
    return _share(weights, matches(matrix, rows, strengths))


def _share(weights: FloatArray, matched: FloatArray) -> FloatArray:
    found: FloatArray = weights @ matched / max(float(weights.sum()), 1e-6)
    return found


def strengths_of(question: Question, vocabulary_size: int) -> tuple[FloatArray, FloatArray]:
    """(strengths (terms, vocabulary), weights (terms,)) of a question."""
    terms = question.terms
    strengths = np.zeros((len(terms), vocabulary_size), dtype=np.float32)
    for i, term in enumerate(terms):
        for word, strength in term.matches.items():
            strengths[i, word] = strength
    return strengths, np.array([t.weight for t in terms], dtype=np.float32)


def bigrams(text: str) -> set[str]:
    """Pairs of neighbouring Chinese characters."""
    return {a + b for a, b in pairwise(text) if "\u3400" <= a <= "\u9fff" and "\u3400" <= b <= "\u9fff"}


def _longest_run(question: str, text: str) -> int:
    """Length of the longest stretch of Chinese characters that both have, 8 at most."""
    runs = re.findall(r"[\u3400-\u9fff]{2,}", question)
    best = 1
    for run in runs:
        for at in range(len(run)):
            while best < 8 and at + best < len(run) and run[at : at + best + 1] in text:
                best += 1
    return best if best > 1 else 0


def features(
    question: Question,
    lexical: LexicalIndex,
    rows: IntArray,
    documents: IntArray,
    texts: Sequence[str],
    furniture: npt.NDArray[np.bool_],
    dense: tuple[FloatArray, FloatArray],
    late: Late,
    document_rows: Callable[[int], IntArray],
    clause_span: Callable[[int], tuple[int, int]],
) -> FloatArray:
    """The feature matrix, shape (len(rows), len(NAMES)).

    `documents[i]`, `texts[i]` (normalised), `furniture[i]` describe row i of `rows`; `dense` holds
    the z-scores (article, clause) of the same rows, `late` those of late interaction;
    `document_rows(d)` gives all rows of document d.
    """
    strengths, weights = strengths_of(question, len(lexical.vocabulary))
    n = len(rows)
    out = np.zeros((n, len(NAMES)), dtype=np.float32)
    col = {name: out[:, i] for i, name in enumerate(NAMES)}
    col["bias"][:] = 1
    col["dense_article"][:], col["dense_clause"][:] = dense
    col["late_article"][:], col["late_text"][:] = late.article, late.text
    col["late_clause"][:], col["late_least"][:] = late.clause, late.least
    col["late_level"][:], col["late_unmatched"][:] = late.level, late.unmatched
    col["cover_text"][:] = coverage(lexical.text, rows, strengths, weights)
    col["cover_title"][:] = coverage(lexical.title, rows, strengths, weights)
    col["cover_head"][:] = coverage(lexical.head, rows, strengths, weights)
    headings = matches(lexical.heading, rows, strengths)
    col["cover_heading"][:] = _share(weights, headings)
    around = np.maximum(headings, matches(lexical.document, rows, strengths))
    col["cover_all"][:] = _share(weights, np.maximum(matches(lexical.text, rows, strengths), around))
    pairs = bigrams(question.scope.rest)
    for i, row in enumerate(rows):
        first, last = clause_span(int(row))
        spans = np.arange(first, last, dtype=np.int32)
        covered = coverage(lexical.clause, spans, strengths, weights)
        col["cover_clause"][i] = covered.max(initial=0)
        if pairs:
            col["bigrams"][i] = len(pairs & bigrams(texts[i])) / len(pairs)
        col["run"][i] = _longest_run(question.scope.rest, texts[i]) / 8
    bm25 = lexical.postings.bm25(_bm25_words(question))[rows]
    col["bm25"][:] = bm25 / max(float(bm25.max(initial=0)), 1e-6)
    col["furniture"][:] = furniture
    known = strengths.any(axis=1)
    for document in np.unique(documents):
        here = documents == document
        col["dense_gap"][here] = col["dense_clause"][here].max() - col["dense_clause"][here]
        spread = max(float(col["late_article"][here].std()), 0.1)
        col["late_document"][here] = (col["late_article"][here] - col["late_article"][here].mean()) / spread
        col["late_gap"][here] = col["late_article"][here].max() - col["late_article"][here]
        col["cover_gap"][here] = col["cover_all"][here].max() - col["cover_all"][here]
        everywhere = document_rows(int(document))
        words = np.unique(
            np.concatenate(
                [m.row(int(r)) for r in everywhere for m in (lexical.text, lexical.document)] or [np.zeros(0, np.int32)]
            )
        )
        if len(weights) and len(words):
            best_match = strengths[:, words].max(axis=1)
            col["document_cover"][here] = float(best_match @ weights) / float(weights.sum())
            lacking = weights[best_match == 0]
            col["lacks_known"][here] = float(weights[(best_match == 0) & known].sum()) / float(weights.sum())
            col["lacks_strange"][here] = float(weights[~known].sum()) / float(weights.sum())
            col["uncovered"][here] = float(lacking.max(initial=0)) / float(weights.sum())
        elif len(weights):
            col["uncovered"][here] = 1
    col["english"][:] = question.lang == "en"
    col["english_dense"][:] = col["dense_clause"] * (question.lang == "en")
    col["carried"][:] = question.follows is not None
    return out


def _bm25_words(question: Question) -> dict[int, float]:
    out: dict[int, float] = {}
    for term in question.terms:
        for word, strength in term.matches.items():
            scale = strength * (0.35 if term.carried else 1.0)
            out[word] = max(out.get(word, 0.0), scale)
    return out
