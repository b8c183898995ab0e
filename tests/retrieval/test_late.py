"""Late interaction and coverage on values worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from policy_qa.index.lexical import Matrix
from policy_qa.index.tokens import TokenIndex
from policy_qa.retrieval.features import coverage, matches
from policy_qa.retrieval.late import Late, clause_late, late_scores, nothing, token_weights
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


#: Four articles: a title and two clauses; nothing; one clause of two tokens; two clauses and no title.
TOKENS = TokenIndex(
    indptr=np.array([0, 3, 3, 5, 7], np.int32),
    states=np.array(
        [[0.8, 0.6, 0], [0.6, 0, 0.8], [0, 0.8, 0.6], [1, 0, 0], [0, 0.6, 0.8], [0.28, 0, 0.96], [0, 0.28, 0.96]],
        np.float32,
    ),
    clauses=np.array([-1, 0, 1, 2, 2, 3, 4], np.int32),
)
#: The question's two tokens are the first two axes.
ASKED = np.eye(3, dtype=np.float32)[:2]


def z(*values: float) -> np.ndarray:
    return (np.array(values) - np.mean(values)) / np.std(values)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        # The best of all its tokens for each axis: .8 and .8, 0 and 0, 1 and .6, .28 and .28; their mean.
        ("article", z(0.8, 0, 0.8, 0.28)),
        ("level", (np.array([0.8, 0, 0.8, 0.28]) - 0.85) * 20),
        # Without the title .6 and .8.
        ("text", z(0.7, 0, 0.8, 0.28)),
        # .6 / 2 and .8 / 2, the better one; the title is no clause. 1 and .6. .28 / 2.
        ("clause", z(0.4, 0, 0.8, 0.14)),
        ("least", z(0.8, 0, 0.6, 0.28)),
        # What the best article of each axis, 1 and .8, has before it: in twentieths, half an axis each.
        ("unmatched", [0.5 * 0.2 * 20, 0.5 * 1.8 * 20, 0.5 * 0.2 * 20, 0.5 * (0.72 + 0.52) * 20]),
    ],
)
def test_maxsim_by_hand(name: str, expected: list[float]) -> None:
    late, similarity = late_scores(TOKENS, ASKED)
    np.testing.assert_allclose(similarity, TOKENS.states[:, :2].T)
    np.testing.assert_allclose(getattr(late, name), expected, rtol=1e-5, atol=1e-6)
    taken = late.take(np.array([2, 0], np.int32))
    np.testing.assert_allclose(getattr(taken, name), [expected[2], expected[0]], rtol=1e-5, atol=1e-6)


def test_an_index_that_begins_with_a_clause() -> None:
    tokens = TokenIndex(TOKENS.indptr[1:] - 3, TOKENS.states[3:], TOKENS.clauses[3:] - 2)
    np.testing.assert_allclose(late_scores(tokens, ASKED)[0].clause, z(0, 0.8, 0.14), rtol=1e-5)


def test_articles_that_are_all_alike_lie_no_deviation_apart() -> None:
    # One axis of two tells them apart: by apart / 2, each apart / 4 from the mean; 1e-4 is the least deviation.
    for apart, expected in ((0.0, 0.0), (1e-5, 0.025), (4e-3, 1.0)):
        states = np.array([[1, 0], [1 + apart, 0]], np.float32)
        late, _ = late_scores(TokenIndex(np.arange(3, dtype=np.int32), states, np.arange(2, dtype=np.int32)), np.eye(2))
        assert late.article == pytest.approx([-expected, expected], abs=2e-3)


@pytest.mark.parametrize(
    ("first", "last", "row", "expected"),
    [(0, 2, 0, [0.3, 0.4]), (2, 3, 2, [0.8]), (3, 5, 3, [0.14, 0.14]), (0, 3, 0, [0.3, 0.4, 0.0]), (1, 1, 1, [])],
)
def test_each_clause_by_hand(first: int, last: int, row: int, expected: list[float]) -> None:
    _, similarity = late_scores(TOKENS, ASKED)
    assert clause_late(TOKENS, similarity, first, last, row) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("text", "offsets", "terms", "expected"),
    [
        # Each place where a word stands counts, also one that begins inside the one before.
        ("甲乙甲", [[0, 1], [1, 2], [2, 3]], [("甲", 1.0)], [0.5, 0, 0.5]),
        ("甲甲甲", [[0, 1], [1, 2], [2, 3]], [("甲甲", 1.0)], [1 / 3] * 3),
        # The word that counts more, where two share a token: 3 against 2 / √2.
        ("信息官", [[0, 2], [2, 3]], [("信息官", 2.0), ("官", 3.0)], [2**0.5 / (2**0.5 + 3), 3 / (2**0.5 + 3)]),
        ("信息官", [[0, 2], [2, 3]], [("官", 3.0), ("信息官", 2.0)], [2**0.5 / (2**0.5 + 3), 3 / (2**0.5 + 3)]),
        # A token that only touches the word is none of it.
        ("年任期年", [[0, 1], [1, 3], [3, 4]], [("任期", 2.0)], [0, 1, 0]),
        # Capitals and full width are no matter.
        ("ＣＩＯ任期", [[0, 3], [3, 5]], [("cio", 3.0), ("任期", 1.0)], [0.75, 0.25]),
        # A word that no token covers, one that isn't there.
        ("任期", [[0, 2]], [("考核", 2.0)], [1.0]),
        ("任期 年", [[0, 2]], [("年", 2.0)], [1.0]),
    ],
)
def test_weights_of_tokens_by_hand(
    text: str, offsets: list[list[int]], terms: list[tuple[str, float]], expected: list[float]
) -> None:
    words = [Term(t, w, {}) for t, w in terms]
    assert token_weights(text, np.array(offsets, np.int32), words) == pytest.approx(expected, rel=1e-5)


def test_nothing_to_compare() -> None:
    none = nothing(3)
    assert all(getattr(none, name).tolist() == [0, 0, 0] for name in Late.__dataclass_fields__)
    empty = TokenIndex(np.zeros(4, np.int32), np.zeros((0, 3), np.float32), np.zeros(0, np.int32))
    for tokens, asked in ((empty, ASKED), (TOKENS, ASKED[:0])):
        late, similarity = late_scores(tokens, asked)
        assert similarity.shape == (len(asked), len(tokens.states))
        assert late.article.tolist() == [0.0] * (len(tokens.indptr) - 1)
