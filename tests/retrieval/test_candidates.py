"""What every article's passages are worth, by hand; fusion of real indices against what each of them says."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from policy_qa.index import bigrams, lexical
from policy_qa.naming.scope import ScopeFinder
from policy_qa.retrieval.asked import AskedBefore
from policy_qa.retrieval.candidates import Dense, Fused
from policy_qa.retrieval.fusion import Fusion
from policy_qa.retrieval.glossary import Glossary
from policy_qa.retrieval.question import Analyzer, Question
from policy_qa.words import Segmenter
from samples import cut

#: Four passages of three articles, the second a clause of the first article; the third article has none.
ROWS, CLAUSES = np.array([0, 0, 1, 1], np.int32), np.array([False, True, False, True])
DOCUMENTS = np.array([0, 0, 1], np.int32)


@dataclass
class Vectors:
    """A vector index that holds what it is given."""

    held: np.ndarray
    exact: bool = True

    def cosines(self, vector: np.ndarray) -> np.ndarray:
        return self.held @ vector

    def matrix(self) -> np.ndarray:
        return self.held

    def search(self, vector: np.ndarray, k: int) -> list[tuple[int, float]]:
        scores = self.held @ vector
        return [(int(i), float(scores[i])) for i in np.argsort(-scores)[: min(k, 2)]]


def dense(*, exact: bool = True) -> Dense:
    held = np.array([[1, 0], [0.6, 0.8], [0, 1], [0.8, 0.6]], np.float32)
    return Dense(Vectors(held, exact), ROWS, CLAUSES, DOCUMENTS)


def test_cosines_of_an_exact_index_and_of_one_that_gives_its_best() -> None:
    asked = np.array([1, 0], np.float32)
    assert dense().cosines(asked) == pytest.approx([1, 0.6, 0, 0.8])
    # The two best, and the worse of them for all others.
    assert dense(exact=False).cosines(asked) == pytest.approx([1, 0.8, 0.8, 0.8])
    nothing = Dense(Vectors(np.zeros((0, 2), np.float32), False), ROWS[:0], CLAUSES[:0], DOCUMENTS)
    assert nothing.cosines(asked).tolist() == []


@pytest.mark.parametrize(
    ("cosines", "article", "clause"),
    [
        # Mean .3, deviation √.12: the last one stands out by √3, the others lie 1 / √3 below. The first and second
        # article's own passages, then their best passage of either kind; the third has none and gets the least.
        ((0.1, 0.1, 0.1, 0.9), (-(3**-0.5), -(3**-0.5), -(3**-0.5)), (-(3**-0.5), 3**0.5, -(3**-0.5))),
        ((0.9, 0.1, 0.1, 0.1), (3**0.5, -(3**-0.5), -(3**-0.5)), (3**0.5, -(3**-0.5), -(3**-0.5))),
        ((0.1, 0.9, 0.1, 0.1), (-(3**-0.5), -(3**-0.5), -(3**-0.5)), (3**0.5, -(3**-0.5), -(3**-0.5))),
        # A deviation counts as .001 at least.
        ((0.5, 0.5, 0.5, 0.5), (0, 0, 0), (0, 0, 0)),
        ((0.5001, 0.5001, 0.4999, 0.4999), (0.1, -0.1, -0.1), (0.1, -0.1, -0.1)),
    ],
)
def test_how_far_each_article_stands_out(
    cosines: tuple[float, ...], article: tuple[float, ...], clause: tuple[float, ...]
) -> None:
    found = dense().articles(np.array(cosines, np.float32))
    assert found[0] == pytest.approx(article, abs=1e-3)
    assert found[1] == pytest.approx(clause, abs=1e-3)


@pytest.mark.parametrize(
    ("rows", "cosines", "nearest"),
    [
        ([0], (0.1, 0.9, 0.5, 0.2), 0.9),
        ([1], (0.1, 0.9, 0.5, 0.2), 0.5),
        ([1, 2], (0.1, 0.9, 0.5, 0.2), 0.5),
        ([2], (0.1, 0.9, 0.5, 0.2), 0),
        ([], (0.1, 0.9, 0.5, 0.2), 0),
        ([0, 1], (-0.5, -0.5, -0.5, -0.5), 0),
    ],
)
def test_the_best_cosine_of_some_articles(rows: list[int], cosines: tuple[float, ...], nearest: float) -> None:
    found = dense().nearest(np.array(cosines, np.float32), np.array(rows, np.int32))
    assert found == pytest.approx(nearest)


def test_cosines_with_neighbours_mixed_in() -> None:
    cosines = np.array([0.5, 0.1, 0.3, 0.9], np.float32)
    plain = dense()
    # The third has no passage: nothing, or the least there is where that is below.
    assert plain.mixed(cosines) == pytest.approx([0.5, 0.9, 0])
    assert plain.mixed(cosines - 0.8) == pytest.approx([-0.3, 0.1, -0.7])
    graph = dense(exact=False)
    graph.mix_neighbours()
    assert graph.mixed(cosines) == pytest.approx([0.5, 0.9, 0])
    plain.mix_neighbours()
    # All four passages are of one document. The last: .9 + .1 · .3 over the length of (.8, .6) + .1 · (0, 1).
    assert plain.mixed(cosines)[1] == pytest.approx(0.93 / (0.8**2 + 0.7**2) ** 0.5)
    # The first: .5 + .1 · .1 over that of (1, 0) + .1 · (.6, .8).
    assert plain.mixed(cosines)[0] == pytest.approx(0.51 / (1.06**2 + 0.08**2) ** 0.5)


TEXTS = (
    "南山大学车辆管理办法\n第一条 车辆由后勤处调度。\n第二条 印章由办公室保管。\n",
    "北海大学班车管理办法\n第一条 班车时刻由工会公布。\n第二条 车辆年检由司机办理。\n第三条 附则。\n",
)
FUSION = Fusion(
    searches={"dense": 2.0, "bigrams": 1.0, "words": 1.0},
    voices=0.5,
    spread=2.0,
    slope=10.0,
    level={"zh": 0.9, "en": 0.5},
    remembering={"voices": 0.0, "alike": 1.0, "prior": 1.0},
)
ALL = np.arange(7, dtype=np.int32)
#: Title and two articles, title and three; the cosine of the one passage that each of them has.
OF_ALL = np.array([0, 0, 0, 1, 1, 1, 1], np.int32)
COSINES = np.array([0.3, 0.9, 0.5, 0.3, 0.6, 0.8, 0.2], np.float32)


@pytest.fixture(scope="module")
def parts() -> tuple[Analyzer, lexical.LexicalIndex, bigrams.BigramIndex]:
    segmentations = [cut(text, f"d{i}") for i, text in enumerate(TEXTS)]
    words = lexical.load(lexical.dump(segmentations, []))
    scopes = ScopeFinder([s.document for s in segmentations], frozenset())
    analyzer = Analyzer(words, Segmenter(words.terms), scopes, lambda: (), Glossary)
    pairs = bigrams.load(bigrams.dump(segmentations), 7)
    assert pairs is not None
    return analyzer, words, pairs


def fused(
    parts: tuple[Analyzer, lexical.LexicalIndex, bigrams.BigramIndex], asked: AskedBefore | None = None
) -> tuple[Fused, Question]:
    analyzer, words, pairs = parts
    vectors = Dense(Vectors(np.eye(7, dtype=np.float32)), ALL, np.zeros(7, bool), OF_ALL)
    return Fused(vectors, words, pairs, OF_ALL, FUSION, asked), analyzer.analyze("车辆由谁办理")


def test_each_search_gives_its_scores(
    parts: tuple[Analyzer, lexical.LexicalIndex, bigrams.BigramIndex],
) -> None:
    one, question = fused(parts)
    scores = one.scores(question, COSINES)
    _, words, pairs = parts
    assert list(scores) == ["dense", "bigrams", "words"]
    assert scores["bigrams"].tolist() == pairs.bm25("车辆由谁办理").tolist()
    assert (
        scores["words"].tolist() == words.postings.bm25({words.vocabulary[w]: 1.0 for w in ("车辆", "办理")}).tolist()
    )
    # One that finds nothing is left out.
    assert list(one.scores(parts[0].analyze("zzz"), COSINES * 0)) == ["dense"]


def test_the_order_is_that_of_all_searches_together(
    parts: tuple[Analyzer, lexical.LexicalIndex, bigrams.BigramIndex],
) -> None:
    one, question = fused(parts)
    found = one.scores(question, COSINES)
    z = {name: (s - s.mean()) / s.std() for name, s in found.items()}
    total = (2 * z["dense"] + z["bigrams"] + z["words"]) / 4
    above = np.maximum(total + 1, 0) / 10
    expected = total + 0.5 * np.array([above[d == OF_ALL].sum() for d in OF_ALL])
    rows, scores = one.best(question, np.zeros(7, np.float32), COSINES, ALL, 3)
    assert rows.tolist() == np.argsort(-expected)[:3].tolist() == [5, 1, 4]
    assert scores == pytest.approx(np.sort(expected)[::-1][:3], abs=1e-5)
    near, shares, answerability = one.judged(question, np.zeros(7, np.float32), COSINES, ALL, 3)
    nearest = one._dense.nearest(COSINES, ALL)
    assert answerability == pytest.approx(1 / (1 + np.exp(-10 * (nearest - 0.9))))
    assert near.tolist() == rows.tolist()
    assert shares == pytest.approx(answerability * np.exp((scores - scores[0]) / 2), abs=1e-5)


def test_only_the_rows_asked_for(parts: tuple[Analyzer, lexical.LexicalIndex, bigrams.BigramIndex]) -> None:
    one, question = fused(parts)
    vector = np.zeros(7, np.float32)
    assert one.best(question, vector, COSINES, np.array([2, 6], np.int32), 9)[0].tolist() == [2, 6]
    rows, scores = one.best(question, vector, COSINES, ALL[:0], 9)
    assert (rows.tolist(), scores.tolist()) == ([], [])
    near, shares, answerability = one.judged(question, vector, COSINES, ALL[:0], 9)
    assert (near.tolist(), shares.tolist()) == ([], [])
    assert answerability == pytest.approx(1 / (1 + np.exp(9)))


def test_what_answered_a_like_question_comes_first(
    parts: tuple[Analyzer, lexical.LexicalIndex, bigrams.BigramIndex],
) -> None:
    before = AskedBefore(np.eye(2, 7, dtype=np.float32), [[6], [2]], OF_ALL)
    one, question = fused(parts, before)
    plain, _ = fused(parts)
    vector = np.eye(1, 7, dtype=np.float32)[0]
    assert plain.best(question, vector, COSINES, ALL, 9)[0].tolist()[-1] == 6
    rows, _ = one.best(question, vector, COSINES, ALL, 9)
    assert rows.tolist()[0] == 6
    # It is in the running in any case, by its place among the rows that are asked for.
    near, _ = one.pool(question, COSINES, np.array([2, 6], np.int32))
    assert near.tolist() == [2, 6]
