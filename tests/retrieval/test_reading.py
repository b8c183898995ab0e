"""How the reader's scores are weighed with the search's: values worked out by hand."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest

from policy_qa.retrieval.glossary import Glossary
from policy_qa.retrieval.reading import Read, Weights, WordedReader, log_odds, read

#: An article: log-odds of the search plus half the reader's; an answer: 1 + twice the reader's best.
WEIGHTS = Weights(article=(0.0, 1.0, 0.5), answer=(1.0, 2.0))


class Scores:
    """A reader that knows its scores by heart and remembers what it was asked."""

    def __init__(self, **scores: float) -> None:
        self.scores, self.asked = scores, [("", [""])]

    def score(self, question: str, texts: Sequence[str]) -> np.ndarray:
        self.asked.append((question, list(texts)))
        return np.array([self.scores[text] for text in texts], np.float32)


def sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x))


def run(reader: Scores, probabilities: Sequence[float], documents: Sequence[int] | None = None) -> Read:
    pieces = [["a"], ["b", "bb"], ["c"], ["d"], ["e"], ["f"], ["g"], ["h"]]
    documents = np.zeros(len(probabilities), np.int32) if documents is None else np.array(documents, np.int32)
    found = np.array(probabilities, np.float32)
    return read(WordedReader(reader, Glossary), "问", found, documents, lambda i: pieces[i], WEIGHTS)


def test_the_best_three_are_read_each_by_its_best_piece() -> None:
    reader = Scores(a=0.0, b=-4.0, bb=2.0, c=-2.0)
    found = run(reader, [0.5, 0.2, 0.4, 0.1, 0.05])
    assert reader.asked[1:] == [("问", ["a", "c", "b", "bb"])]
    assert found.scores == {0: 0.0, 1: 2.0, 2: -2.0}
    expected = [
        sigmoid(0.0 + 0.0),
        sigmoid(math.log(0.25) + 1.0),
        sigmoid(math.log(2 / 3) - 1.0),
        # Not read: as the worst that is, so behind it.
        sigmoid(math.log(1 / 9) - 1.0),
        sigmoid(math.log(1 / 19) - 1.0),
    ]
    np.testing.assert_allclose(found.probabilities, expected, rtol=1e-5)


def test_where_none_of_them_surely_answers_four_more_are() -> None:
    reader = Scores(a=0.0, b=-4.0, bb=0.75, c=-2.0, d=-6.0, e=3.0, f=-1.0, g=-1.0)
    found = run(reader, [0.5, 0.4, 0.3, 0.2, 0.1, 0.05, 0.04, 0.03])
    assert reader.asked[1:] == [("问", ["a", "b", "bb", "c"]), ("问", ["d", "e", "f", "g"])]
    assert found.scores == {0: 0.0, 1: 0.75, 2: -2.0, 3: -6.0, 4: 3.0, 5: -1.0, 6: -1.0}
    assert found.answerability == pytest.approx(sigmoid(1.0 + 2.0 * 3.0), rel=1e-5)


def test_of_one_document_no_more_is_read_where_one_of_them_surely_answers() -> None:
    reader = Scores(a=1.0, b=0.0, bb=0.0, c=0.0)
    run(reader, [0.9, 0.8, 0.7, 0.6, 0.5, 0.4])
    assert [texts for _, texts in reader.asked[1:]] == [["a", "b", "bb", "c"]]


@pytest.mark.parametrize(
    ("documents", "asked"),
    [
        ([0, 0, 0, 0, 0, 0, 0, 1], ["a", "b", "bb", "c", "h", "d", "e", "f", "g"]),
        ([0, 0, 0, 0, 0, 0, 1, 1], ["a", "b", "bb", "c", "g", "d", "e", "f"]),
    ],
)
def test_the_best_of_a_further_document_is_read_where_it_comes_near(documents: list[int], asked: list[str]) -> None:
    reader = Scores(a=1.0, b=0.0, bb=0.0, c=0.0, d=0.0, e=0.0, f=0.0, g=0.0, h=0.0)
    run(reader, [0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.19], documents=documents)
    assert [text for _, texts in reader.asked[1:] for text in texts] == asked


def test_that_of_one_too_far_from_the_best_is_not() -> None:
    reader = Scores(a=1.0, b=0.0, bb=0.0, c=0.0, d=0.0, e=0.0, f=0.0, g=0.0)
    run(reader, [0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.17], documents=[0, 0, 0, 0, 0, 0, 0, 1])
    assert [text for _, texts in reader.asked[1:] for text in texts] == ["a", "b", "bb", "c", "d", "e", "f", "g"]


@pytest.mark.parametrize(("best", "expected"), [(0.0, 1.0), (-3.0, -5.0), (2.0, 5.0)])
def test_whether_there_is_an_answer_the_reader_says_alone(best: float, expected: float) -> None:
    reader = Scores(a=best, b=best - 1, bb=best - 2, c=best - 3, d=best - 4, e=best - 4, f=best - 4)
    found = run(reader, [0.5, 0.4, 0.3, 0.2, 0.1, 0.1])
    assert found.answerability == pytest.approx(sigmoid(expected), rel=1e-5)


def test_nothing_to_read() -> None:
    found = run(Scores(), [])
    assert (len(found.probabilities), found.answerability, found.scores) == (0, 0.0, {})


@pytest.mark.parametrize(("probability", "expected"), [(0.5, 0.0), (0.0, -9.2102), (1.0, 9.2102), (0.9, math.log(9))])
def test_log_odds_end_somewhere(probability: float, expected: float) -> None:
    assert float(log_odds(np.float32(probability))) == pytest.approx(expected, abs=2e-3)


def test_what_ships_heeds_both() -> None:
    shipped = Weights.shipped()
    assert shipped.article[1] > 0 < shipped.article[2]
    assert shipped.answer[1] > 0


def test_each_text_is_asked_in_its_own_words_and_once() -> None:
    reader = Scores(首席信息官由校长担任=3.0, CIO任期=2.0, 无=1.0, 新=0.0)
    worded = WordedReader(reader, lambda: Glossary(groups=(("CIO", "首席信息官"),)))
    assert worded.score("谁任CIO？", ["首席信息官由校长担任", "CIO任期", "无", "CIO任期"]) == [3, 2, 1, 2]
    assert reader.asked[1:] == [("谁任首席信息官?", ["首席信息官由校长担任"]), ("谁任CIO？", ["CIO任期", "无"])]
    assert worded.score("谁任CIO？", ["CIO任期", "新"]) == [2, 0]
    assert reader.asked[3:] == [("谁任CIO？", ["新"])]
    assert worded.score("谁任CIO？", []) == []
