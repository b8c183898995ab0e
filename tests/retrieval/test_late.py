"""Late interaction and coverage on values worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from policy_qa.index.lexical import Matrix
from policy_qa.index.tokens import TokenIndex
from policy_qa.naming.scope import Scope
from policy_qa.retrieval.coverage import bigrams, coverage, searched_words, strengths_of
from policy_qa.retrieval.kinds import wanted
from policy_qa.retrieval.late import clause_late, late_scores, token_weights
from policy_qa.retrieval.question import Question, Term

#: Rows with the words {0, 2}, {}, {1}.
MATRIX = Matrix(
    indptr=np.array([0, 2, 2, 3], np.int32), indices=np.array([0, 2, 1], np.int32), counts=np.ones(3, np.int32)
)
#: Two terms over three words.
STRENGTHS = np.array([[1.0, 0.0, 0.6], [0.0, 0.8, 0.5]], np.float32)


def test_coverage_is_the_share_of_the_weight() -> None:
    rows = np.arange(3, dtype=np.int32)
    # (3 * 1 + 1 * .5) / 4, nothing, 1 * .8 / 4.
    np.testing.assert_allclose(coverage(MATRIX, rows, STRENGTHS, np.array([3.0, 1.0], np.float32)), [0.875, 0.0, 0.2])
    np.testing.assert_allclose(coverage(MATRIX, rows[[2, 0]], STRENGTHS, np.array([0, 1], np.float32)), [0.8, 0.5])
    assert coverage(MATRIX, rows[:0], STRENGTHS, np.ones(2, np.float32)).shape == (0,)
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
    near, similarity = late_scores(tokens, asked, np.array([0.75, 0.25], np.float32))
    np.testing.assert_allclose(similarity, [[1.0, 0.6], [0.0, 0.8]])
    # The first lacks .8 of the second token, the second .4 of the first; in twentieths.
    np.testing.assert_allclose(near, [-0.25 * 0.8 * 20, -0.75 * 0.4 * 20], rtol=1e-6)
    alike, _ = late_scores(tokens, asked)
    np.testing.assert_allclose(alike, [-8.0, -4.0], rtol=1e-6)


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


def test_maxsim_by_hand() -> None:
    near, similarity = late_scores(TOKENS, ASKED)
    np.testing.assert_allclose(similarity, TOKENS.states[:, :2].T)
    # The best of all its tokens for each axis: .8 and .8, 0 and 0, 1 and .6, .28 and .28; against 1 and .8, half an
    # axis each, in twentieths.
    expected = [-0.5 * 0.2 * 20, -0.5 * 1.8 * 20, -0.5 * 0.2 * 20, -0.5 * (0.72 + 0.52) * 20]
    np.testing.assert_allclose(near, expected, rtol=1e-5, atol=1e-6)


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
    empty = TokenIndex(np.zeros(4, np.int32), np.zeros((0, 3), np.float32), np.zeros(0, np.int32))
    for tokens, asked in ((empty, ASKED), (TOKENS, ASKED[:0])):
        near, similarity = late_scores(tokens, asked)
        assert similarity.shape == (len(asked), len(tokens.states))
        assert near.tolist() == [0.0] * (len(tokens.indptr) - 1)


def test_pairs_of_characters_stand_side_by_side() -> None:
    assert bigrams("任期3年,几年") == {"任期", "几年"}
    assert bigrams("CIO") == frozenset()


def test_words_carried_over_count_less() -> None:
    terms = (Term("甲", 4.0, {0: 1.0, 2: 0.5}), Term("乙", 2.0, {1: 1.0, 2: 0.8}, carried=True))
    scope = Scope(doc_ids=(), soft=False, unknown=(), rest="", every=False)
    question = Question("", "zh", scope, terms, wanted(""), False, False, (), "")
    assert searched_words(question) == pytest.approx({0: 1.0, 1: 0.35, 2: 0.5})
    strengths, weights = strengths_of(question, 4)
    np.testing.assert_allclose(strengths, [[1, 0, 0.5, 0], [0, 1, 0.8, 0]], rtol=1e-6)
    assert weights.tolist() == [4, 2]
