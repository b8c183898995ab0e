"""Late interaction and coverage on values worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from policy_qa.index.lexical import Matrix
from policy_qa.index.tokens import TokenIndex
from policy_qa.retrieval.features import coverage, matches
from policy_qa.retrieval.late import late_scores, nothing, token_weights
from policy_qa.retrieval.question import Term

#: Rows with the words {0, 2}, {}, {1}.
MATRIX = Matrix(
    indptr=np.array([0, 2, 2, 3], np.int32), indices=np.array([0, 2, 1], np.int32), counts=np.ones(3, np.int32)
)
#: Two terms over three words.
STRENGTHS = np.array([[1.0, 0.0, 0.6], [0.0, 0.8, 0.5]], np.float32)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([0, 1, 2], [[1.0, 0.0, 0.0], [0.5, 0.0, 0.8]]),
        ([2, 0], [[0.0, 1.0], [0.8, 0.5]]),
        ([1], [[0.0], [0.0]]),
        ([], np.zeros((2, 0))),
    ],
)
def test_how_well_each_row_holds_each_term(rows: list[int], expected: list[list[float]]) -> None:
    np.testing.assert_allclose(matches(MATRIX, np.array(rows, np.int32), STRENGTHS), expected)


def test_coverage_is_the_share_of_the_weight() -> None:
    rows = np.arange(3, dtype=np.int32)
    # (3 * 1 + 1 * .5) / 4, nothing, 1 * .8 / 4.
    np.testing.assert_allclose(coverage(MATRIX, rows, STRENGTHS, np.array([3.0, 1.0], np.float32)), [0.875, 0.0, 0.2])
    no_terms = np.zeros((0, 3), np.float32)
    np.testing.assert_allclose(coverage(MATRIX, rows, no_terms, np.zeros(0, np.float32)), [0.0, 0.0, 0.0])


def test_a_token_counts_what_its_word_counts() -> None:
    # 信息官 任期 几年: 信息|官|任期|几年
    offsets = np.array([[0, 2], [2, 3], [3, 5], [5, 7]], np.int32)
    terms = [Term("信息官", 2.0, {}), Term("任期", 3.0, {})]
    share = 2.0 / 2**0.5
    expected = np.array([share, share, 3.0, 0.0]) / (2 * share + 3.0)
    np.testing.assert_allclose(token_weights("信息官任期几年", offsets, terms), expected, rtol=1e-6)
    # No word that counts: all tokens alike.
    np.testing.assert_allclose(token_weights("信息官任期几年", offsets, []), [0.25] * 4)


def test_what_another_article_matches_better() -> None:
    # Articles of one token each, in two dimensions; the question's two tokens are the axes.
    tokens = TokenIndex(
        indptr=np.array([0, 1, 2], np.int32),
        states=np.array([[1.0, 0.0], [0.6, 0.8]], np.float32),
        clauses=np.array([0, 1], np.int32),
    )
    asked = np.eye(2, dtype=np.float32)
    late, similarity = late_scores(tokens, asked, np.array([0.75, 0.25], np.float32))
    np.testing.assert_allclose(similarity, [[1.0, 0.6], [0.0, 0.8]])
    # The first lacks .8 of the second token, the second .4 of the first; in twentieths.
    np.testing.assert_allclose(late.unmatched, [0.25 * 0.8 * 20, 0.75 * 0.4 * 20], rtol=1e-6)
    np.testing.assert_allclose(late.level, [(0.5 - 0.85) * 20, (0.7 - 0.85) * 20], rtol=1e-5)
    alike, _ = late_scores(tokens, asked)
    np.testing.assert_allclose(alike.unmatched, [8.0, 4.0], rtol=1e-6)


def test_nothing_to_compare() -> None:
    assert not any(getattr(nothing(3), name).any() for name in ("article", "level", "unmatched"))
