"""Every feature on five articles of three documents, worked out by hand; what the ranker makes of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from policy_qa.index.lexical import LexicalIndex, Matrix, Postings
from policy_qa.naming.scope import Scope
from policy_qa.retrieval.features import NAMES, _longest_run, bigrams, features
from policy_qa.retrieval.kinds import wanted
from policy_qa.retrieval.late import Late
from policy_qa.retrieval.question import Question, Term
from policy_qa.retrieval.ranker import SCORE_NAMES, Ranker, judge_matrix


def matrix(*rows: list[int]) -> Matrix:
    indptr = np.cumsum([0, *map(len, rows)]).astype(np.int32)
    words = np.array([w for r in rows for w in r], np.int32)
    return Matrix(indptr=indptr, indices=words, counts=np.ones(len(words), np.int32))


#: Words 0 to 3. BM25 of word 0: 2 in row 0, 1 in row 2; of word 1: 1 in row 0, 3 in row 1.
LEXICAL = LexicalIndex(
    refs=("a#1", "a#2", "b#1", "b#2", "c#1"),
    vocabulary={"甲": 0, "乙": 1, "丙": 2, "丁": 3},
    terms=(),
    text=matrix([0, 1], [1], [0], [], []),
    heading=matrix([2], [], [], [2], []),
    title=matrix([0], [], [1], [], []),
    head=matrix([1], [1], [0], [], []),
    document=matrix([3], [3], [], [], []),
    clause=matrix([0], [1], [1], [0], []),
    clause_rows=np.array([0, 0, 1, 2, 3], np.int32),
    places=frozenset(),
    idf=np.ones(4, np.float32),
    english={},
    postings=Postings(
        5,
        np.array([0, 2, 4, 4, 4], np.int32),
        np.array([0, 2, 0, 1], np.int32),
        np.array([2, 1, 1, 3], np.float32),
    ),
)
SPANS = ((0, 2), (2, 3), (3, 4), (4, 5), (5, 5))
TEXTS = ("任期3年,由校长决定,补助300元,几年", "任期内", "任期几年的", "甲", "")
DOCUMENTS = np.array([0, 0, 1, 1, 2], np.int32)
#: Weights 4, 2, 1, 1: eight together. The last one no text has.
TERMS = (Term("甲", 4.0, {0: 1.0}), Term("乙", 2.0, {1: 0.5}), Term("丙", 1.0, {2: 1.0, 3: 0.8}), Term("戊", 1.0, {}))
SCOPE = Scope(doc_ids=(), soft=False, unknown=(), rest="任期几年", every=False)
ASKED = Question("任期几年", "zh", SCOPE, TERMS, wanted("任期几年"), True, False, (), "任期几年")
LATE = Late(*(np.arange(5, dtype=np.float32) + 10 * i for i in range(6)))


def array(*values: float) -> np.ndarray:
    return np.array(values, np.float32)


def computed(question: Question = ASKED, rows: tuple[int, ...] = (0, 1, 2, 3, 4)) -> dict[str, np.ndarray]:
    at = np.array(rows, np.int32)
    late = replace(LATE, article=array(1, 3, 0.5, 0.52, 7))
    found = features(
        question,
        LEXICAL,
        at,
        DOCUMENTS[at],
        [TEXTS[r] for r in rows],
        np.array([False, True, False, False, False])[at],
        (array(1, 2, 3, 4, 5)[at], array(2, 1, 4, 0, 9)[at]),
        late.take(at),
        lambda d: np.flatnonzero(d == DOCUMENTS).astype(np.int32),
        SPANS.__getitem__,
    )
    assert found.shape == (len(rows), len(NAMES))
    return {name: found[:, i] for i, name in enumerate(NAMES)}


FEATURES = {
    "bias": [1, 1, 1, 1, 1],
    "dense_article": [1, 2, 3, 4, 5],
    "dense_clause": [2, 1, 4, 0, 9],
    "dense_gap": [0, 1, 0, 4, 0],
    "late_article": [1, 3, 0.5, 0.52, 7],
    "late_text": [10, 11, 12, 13, 14],
    "late_clause": [20, 21, 22, 23, 24],
    "late_least": [30, 31, 32, 33, 34],
    "late_level": [40, 41, 42, 43, 44],
    "late_unmatched": [50, 51, 52, 53, 54],
    # Deviations of 1 and .01 in the document; .1 counts at least.
    "late_document": [-1, 1, -0.1, 0.1, 0],
    "late_gap": [2, 0, 0.02, 0, 0],
    # (4 · 1 + 2 · .5) / 8, 2 · .5 / 8, 4 / 8.
    "cover_text": [5 / 8, 1 / 8, 4 / 8, 0, 0],
    # With headings (the third word 1) and the title (.8): 6 / 8, (1 + .8) / 8.
    "cover_all": [6 / 8, 1.8 / 8, 4 / 8, 1 / 8, 0],
    "cover_heading": [1 / 8, 0, 0, 1 / 8, 0],
    "cover_title": [4 / 8, 0, 1 / 8, 0, 0],
    "cover_head": [1 / 8, 1 / 8, 4 / 8, 0, 0],
    "cover_clause": [4 / 8, 1 / 8, 4 / 8, 0, 0],
    "cover_gap": [0, 4.2 / 8, 0, 3 / 8, 0],
    # 2 + .5, .5 · 3, 1 against the best.
    "bm25": [1, 1.5 / 2.5, 1 / 2.5, 0, 0],
    # Of 任期, 期几, 几年 the first and last, the first, all.
    "bigrams": [2 / 3, 1 / 3, 1, 0, 0],
    "run": [2 / 8, 2 / 8, 4 / 8, 0, 0],
    "furniture": [0, 1, 0, 0, 0],
    # 4 + 1 + .8 of 8 stand in the first document, 4 in the second, and the third has no word at all.
    "document_cover": [5.8 / 8, 5.8 / 8, 4 / 8, 4 / 8, 0],
    # The heaviest word that is lacking: the last one; the second one.
    "uncovered": [1 / 8, 1 / 8, 2 / 8, 2 / 8, 1],
    "lacks_known": [0, 0, 3 / 8, 3 / 8, 0],
    "lacks_strange": [1 / 8, 1 / 8, 1 / 8, 1 / 8, 0],
    "english": [0, 0, 0, 0, 0],
    "english_dense": [0, 0, 0, 0, 0],
    "carried": [0, 0, 0, 0, 0],
}


@pytest.mark.parametrize("name", NAMES)
def test_each_feature_by_hand(name: str) -> None:
    assert computed()[name] == pytest.approx(FEATURES[name], abs=1e-5)


@pytest.mark.parametrize(
    ("change", "name", "expected"),
    [
        ({"lang": "en"}, "english", [1] * 5),
        ({"lang": "en"}, "english_dense", [2, 1, 4, 0, 9]),
        ({"follows": ASKED}, "carried", [1] * 5),
        # A word that is carried counts .35 in BM25: 2 + .35 · .5, .35 · .5 · 3, 1.
        (
            {"terms": (TERMS[0], replace(TERMS[1], carried=True))},
            "bm25",
            [1, 0.525 / 2.175, 1 / 2.175, 0, 0],
        ),
        # The same word wanted by two terms counts once, at its best.
        ({"terms": (TERMS[0], Term("甲甲", 1.0, {0: 0.5}))}, "bm25", [1, 0, 0.5, 0, 0]),
        ({"terms": (Term("甲甲", 1.0, {0: 0.5}), TERMS[0])}, "bm25", [1, 0, 0.5, 0, 0]),
        # No words at all.
        ({"terms": ()}, "cover_text", [0] * 5),
        ({"terms": ()}, "uncovered", [0] * 5),
        ({"terms": ()}, "bm25", [0] * 5),
        ({"scope": replace(SCOPE, rest="term")}, "bigrams", [0] * 5),
        ({"scope": replace(SCOPE, rest="term")}, "run", [0] * 5),
    ],
)
def test_what_a_question_turns_on_and_off(change: dict[str, object], name: str, expected: list[float]) -> None:
    assert computed(replace(ASKED, **change))[name] == pytest.approx(expected, abs=1e-5)  # type: ignore[arg-type]


def test_rows_by_themselves_and_none() -> None:
    some = computed(rows=(3, 0))
    for name in ("cover_text", "document_cover", "uncovered"):
        assert some[name] == pytest.approx([FEATURES[name][3], FEATURES[name][0]], abs=1e-5)
    # Nearer ones are left out: each is the best of its document.
    assert some["dense_gap"] == pytest.approx([0, 0])
    assert all(not len(column) for column in computed(rows=()).values())


@pytest.mark.parametrize(
    ("question", "text", "length"),
    [
        ("任期几年", "任期几年", 4),
        ("任期几年", "任 期几", 2),
        ("任期几年", "任", 0),
        ("任期的年限", "年限的任期", 2),
        ("一二三四五六七八九十", "一二三四五六七八九十", 8),
        ("一二三四五六七八", "一二三四五六七", 7),
        ("任a期", "任a期", 0),
        ("甲乙，丙丁戊", "丙丁戊甲乙", 3),
        ("", "任期", 0),
    ],
)
def test_the_longest_run_by_hand(question: str, text: str, length: int) -> None:
    assert _longest_run(question, text) == length


def test_pairs_of_chinese_characters() -> None:
    assert bigrams("任期a几年。内") == {"任期", "几年"}
    assert bigrams("\u3400\u9fff\ua000") == {"\u3400\u9fff"}


# Two steps of weights.


def test_the_ranker_by_hand() -> None:
    table = array(1, 0, 0, 1, 1, 1).reshape(3, 2)
    scores = array(1, 3, 2)
    documents = np.array([0, 1, 0], np.int32)
    # The gap to the best of its document, 2 and 3, and to the best of all, 3.
    expected = [[1, 0, 1, 1, 2], [0, 1, 3, 0, 0], [1, 1, 2, 0, 1]]
    assert judge_matrix(table, scores, documents, apart=False).tolist() == expected
    # Heard side by side, a document is judged by itself.
    apart = [[1, 0, 1, 1, 1], [0, 1, 3, 0, 0], [1, 1, 2, 0, 0]]
    assert judge_matrix(table, scores, documents, apart=True).tolist() == apart
    ranker = Ranker(rank=array(2, -1), judge=array(0, 0.5, 1, -1, -2))
    # Scores 2, -1, 1. Logits 2 - 0 - 2 · 0; .5 - 1 - 2 · 3; .5 + 1 - 1 - 2 · 1.
    logits = np.array([2, -6.5, -1.5])
    assert ranker.probabilities(table, documents) == pytest.approx(1 / (1 + np.exp(-logits)), rel=1e-5)
    sides = ranker.probabilities(table, documents, apart=True)
    assert sides == pytest.approx(1 / (1 + np.exp(-np.array([2, -0.5, 0.5 + 1 - 1 - 2]))), rel=1e-5)
    wide = ranker.probabilities(table * 1e6, documents)
    assert wide == pytest.approx([1, 1 / (1 + np.exp(30)), 1 / (1 + np.exp(30))], rel=1e-4)
    assert ranker.probabilities(table[:0], documents[:0]).tolist() == []


#: What may only speak for an answer, and only against it, by the step that weighs it.
SIGNS = {
    "rank": (
        "bigrams bm25 cover_all cover_heading cover_head dense_clause late_clause late_document late_level",
        "furniture late_unmatched",
    ),
    "judge": ("cover_all bm25", "score_gap_document score_gap_all lacks_known"),
}


@pytest.mark.parametrize("step", SIGNS)
def test_the_weights_speak_for_what_they_should(step: str) -> None:
    names = {"rank": NAMES, "judge": (*NAMES, *SCORE_NAMES)}[step]
    weights = dict(zip(names, getattr(Ranker.shipped(), step), strict=True))
    speak_for, against = (each.split() for each in SIGNS[step])
    assert [n for n in speak_for if weights[n] <= 0] + [n for n in against if weights[n] >= 0] == []
