"""From a question to its articles, over a small index with a ranker of one weight: what is in the running, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from policy_qa.index.tokens import TokenIndex
from policy_qa.retrieval.features import NAMES
from policy_qa.retrieval.fusion import Fusion
from policy_qa.retrieval.question import Question, Term
from policy_qa.retrieval.reading import Weights
from policy_qa.retrieval.retriever import Retrieval, Retriever
from small_index import indexed, retriever_of, weighing

TEXTS = {
    "nanshan": (
        "南山大学车辆管理办法\n第一章 调度\n第一条 车辆由后勤处调度。每周公布班次。\n第二条 印章由办公室保管。\n"
    ),
    "beihai": (
        "北海大学班车管理办法\n第一条 班车时刻由工会公布。\n第二条 补助每月300元：\n（一）司机；\n（二）乘务员。\n"
    ),
}


@pytest.fixture(scope="module")
def retriever() -> Retriever:
    return retriever_of(weighing(bm25=4.0), [0.1, 0.9, 0.2, 0.3, 0.4, 0.5], texts=TEXTS)


def refs(retrieval: Retrieval) -> list[str]:
    return [c.article.ref for c in retrieval.candidates]


def logistic(x: float) -> float:
    return float(1 / (1 + np.exp(-x)))


def test_all_articles_best_first(retriever: Retriever) -> None:
    found = retriever.retrieve(retriever.analyzer.analyze("车辆由谁调度"))
    assert sorted(refs(found)) == sorted(a.ref for s in retriever.segmentations.values() for a in s.articles)
    assert refs(found)[0] == "nanshan#1"
    probabilities = [c.probability for c in found.candidates]
    assert probabilities == sorted(probabilities, reverse=True)
    bm25 = [c.features[NAMES.index("bm25")] for c in found.candidates]
    assert probabilities == pytest.approx([logistic(4 * b) for b in bm25], rel=1e-5)
    assert found.answerability == pytest.approx(logistic(4), rel=1e-5)
    assert found.similarity is None
    assert set(found.timings_ms) == {"encode", "search"}
    assert all(0 <= t < 60_000 for t in found.timings_ms.values())
    for c in found.candidates:
        assert retriever.segmentations[c.article.doc_id].articles.index(c.article) == c.row - 3 * (
            c.article.doc_id == "beihai"
        )


def test_what_is_alike_stays_in_text_order() -> None:
    alike = retriever_of(weighing(), texts=TEXTS)
    expected = [a.ref for s in alike.segmentations.values() for a in s.articles]
    assert refs(alike.retrieve(alike.analyzer.analyze("车辆由谁调度"))) == expected


def test_cosines_are_weighed_as_z_scores() -> None:
    cosines = [0.1, 0.9, 0.2, 0.3, 0.4, 0.5]
    one = retriever_of(weighing(dense_article=1.0), cosines, texts=TEXTS)
    found = one.retrieve(one.analyzer.analyze("车辆由谁调度"))
    z = (np.array(cosines) - np.mean(cosines)) / np.std(cosines)
    assert [c.row for c in found.candidates] == [1, 5, 4, 3, 2, 0]
    assert [c.probability for c in found.candidates] == pytest.approx(logistic_of(np.sort(z)[::-1]), rel=1e-4)


def logistic_of(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


def test_attachments_and_the_like_are_told_from_rules() -> None:
    text = "某校办法\n第一条 甲。\n第二条 乙。\n附件1\n申请表\n"
    one = retriever_of(weighing(furniture=1.0), texts={"x": text})
    found = one.retrieve(one.analyzer.analyze("甲"))
    furniture = {c.article.path: float(c.features[NAMES.index("furniture")]) for c in found.candidates}
    assert furniture == {
        a.path: float(a.kind.value in ("前言", "结尾", "附件")) for a in one.segmentations["x"].articles
    }
    assert set(furniture.values()) == {0, 1}


@pytest.mark.parametrize(
    ("question", "doc_ids", "expected"),
    [
        ("车辆由谁调度", (), {"nanshan", "beihai"}),
        ("北海大学的车辆由谁调度", (), {"beihai"}),
        ("车辆由谁调度", ("nanshan",), {"nanshan"}),
        ("北海大学的车辆由谁调度", ("nanshan", "beihai"), {"beihai"}),
    ],
)
def test_the_documents_in_scope(
    retriever: Retriever, question: str, doc_ids: tuple[str, ...], expected: set[str]
) -> None:
    found = retriever.retrieve(retriever.analyzer.analyze(question), doc_ids)
    assert {c.article.doc_id for c in found.candidates} == expected


def test_a_version_that_is_not_meant_is_left_out(retriever: Retriever) -> None:
    question = retriever.analyzer.analyze("车辆由谁调度")
    without = replace(question, scope=replace(question.scope, left_out=("nanshan",)))
    assert {c.article.doc_id for c in retriever.retrieve(without).candidates} == {"beihai"}
    nothing = replace(question, scope=replace(question.scope, left_out=("nanshan", "beihai")))
    found = retriever.retrieve(nothing)
    assert (found.candidates, found.answerability) == ((), 0.0)


# What a question has that the texts lack.


@pytest.mark.parametrize(
    ("weight", "row", "expected"),
    [
        (1.0, None, ["津贴", "食堂"]),  # heaviest first; 车辆 stands in a text
        (2.0, None, ["津贴", "食堂"]),
        (2.1, None, ["津贴"]),
        (3.1, None, []),
        (1.0, 1, ["津贴", "食堂", "司机"]),  # by itself: 车辆 in the text, 调度 in the heading, 管理 in the title
        (1.0, 2, ["津贴", "食堂", "司机"]),
        (1.0, 4, ["车辆", "津贴", "调度", "食堂", "司机"]),
    ],
)
def test_words_that_are_lacking(retriever: Retriever, weight: float, row: int | None, expected: list[str]) -> None:
    vocabulary = retriever._lexical.vocabulary
    weights = {"食堂": 2.0, "津贴": 3.0, "司机": 1.0, "车辆": 4.0, "调度": 2.5, "管理": 1.0}
    terms = tuple(Term(w, n, {vocabulary[w]: 1.0} if w in vocabulary else {}) for w, n in weights.items())
    terms += (Term("浴室", 9.0, {}, carried=True),)
    question = replace(retriever.analyzer.analyze("车辆"), terms=terms)
    assert retriever.lacking(question, weight, row) == expected


def test_words_that_the_documents_in_scope_lack(retriever: Retriever) -> None:
    question = retriever.analyzer.analyze("北海大学的印章和补助")
    assert [w for w in retriever.lacking(question, 0.1) if w in ("印章", "补助")] == ["印章"]


# Clauses.


def test_each_clause_by_its_words(retriever: Retriever) -> None:
    question = retriever.analyzer.analyze("补助多少元，食堂呢")
    retrieval = retriever.retrieve(question)
    row = next(c.row for c in retrieval.candidates if c.article.ref == "beihai#2")
    clauses = retriever.clauses(row)
    assert [c.ref for c in clauses] == ["beihai#2", "beihai#2.1", "beihai#2.2"]
    total = sum(t.weight for t in question.terms)
    share = 1 - sum(t.weight for t in question.terms if t.text == "食堂") / total
    assert 0 < share < 1
    assert retriever.clause_scores(retrieval, row) == pytest.approx([share, 0, 0], abs=1e-5)
    assert retriever.clauses(row) is clauses


class Heard:
    """A reader to whom some words answer, and others don't."""

    def __init__(self, has: str = "司机", lacks: str = "乘务员") -> None:
        self._has, self._lacks = has, lacks
        self.texts: list[str] = []

    def score(self, question: str, texts: Sequence[str]) -> np.ndarray:
        self.texts += texts
        return np.array([3.0 if self._has in t and self._lacks not in t else -9.0 for t in texts], np.float32)


def test_a_reader_says_which_clause_answers() -> None:
    reader = Heard()
    one = retriever_of(weighing(bm25=4.0), texts=TEXTS, reader=reader)
    found = one.retrieve(one.analyzer.analyze("补助给谁"))
    row = next(c.row for c in found.candidates if c.article.ref == "beihai#2")
    assert one.clause_scores(found, row) == pytest.approx([logistic(-9), logistic(3), logistic(-9)], rel=1e-4)
    # An item is heard with the words that introduce it.
    assert "北海大学班车管理办法\n第二条补助每月300元：（一）司机；" in reader.texts
    # Where none answers, the search says which.
    other = next(c.row for c in found.candidates if c.article.ref == "beihai#1")
    assert one.clause_scores(found, other) == one._searched(found, other)


def test_what_is_named_side_by_side_is_asked_each_by_itself() -> None:
    one = retriever_of(weighing(bm25=4.0), texts=TEXTS, reader=Heard("补助", "印章"))
    both = one.retrieve(one.analyzer.analyze("南山大学和北海大学，补助分别给谁"))
    alone = {d: one.retrieve(one.analyzer.analyze(f"{name}补助给谁")) for name, d in SCHOOLS}
    assert both.answering == pytest.approx({d: found.answerability for d, found in alone.items()})
    assert both.answering["beihai"] > 0.5 > both.answering["nanshan"]
    assert both.answerability == both.answering["beihai"]
    likely = {c.article.ref: c.probability for found in alone.values() for c in found.candidates}
    assert {c.article.ref: c.probability for c in both.candidates} == pytest.approx(likely)
    assert refs(both) == sorted(refs(both), key=lambda ref: -likely[ref])


SCHOOLS = (("南山大学", "nanshan"), ("北海大学", "beihai"))


@pytest.mark.parametrize(
    ("question", "wanted", "asked"),
    [
        ("南山大学和北海大学的补助给谁", (), {"nanshan", "beihai"}),
        ("各校的补助给谁", (), {"nanshan", "beihai"}),
        ("各校的补助给谁", ("beihai",), set()),
        ("南山大学和北海大学的补助给谁", ("beihai",), set()),
        ("北海大学的补助给谁", (), set()),
        ("补助给谁", (), set()),
    ],
)
def test_what_is_set_side_by_side(question: str, wanted: tuple[str, ...], asked: set[str]) -> None:
    one = retriever_of(weighing(bm25=4.0), texts=TEXTS, reader=Heard())
    assert set(one.retrieve(one.analyzer.analyze(question), wanted).answering) == asked
    # Where nothing is read, whether a document answers for itself can't be told.
    searching = retriever_of(weighing(bm25=4.0), texts=TEXTS)
    assert searching.retrieve(searching.analyzer.analyze(question), wanted).answering == {}


def test_too_many_to_be_asked_one_by_one_are_asked_together(monkeypatch: pytest.MonkeyPatch) -> None:
    one = retriever_of(weighing(bm25=4.0), texts=TEXTS, reader=Heard())
    question = one.analyzer.analyze("南山大学和北海大学的补助给谁")
    monkeypatch.setattr("policy_qa.retrieval.retriever._NAMED", 1)
    assert one.retrieve(question).answering == {}


def test_of_an_institution_with_several_texts_each_counts_by_its_best() -> None:
    texts = TEXTS | {"beihai2": "北海大学印章管理办法\n第一条 印章由校办保管。\n"}
    one = retriever_of(weighing(bm25=4.0), texts=texts, reader=Heard())
    found = one.retrieve(one.analyzer.analyze("南山大学和北海大学的补助给谁"))
    best = {d: next(c.probability for c in found.candidates if c.article.doc_id == d) for d in texts}
    share = best["beihai2"] / best["beihai"]
    assert found.answering["beihai2"] == pytest.approx(share * found.answering["beihai"])
    assert share < 1


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("南山大学和北海大学，补助分别给谁", "补助 给谁"),
        ("补助给谁？南山大学跟北海大学对比一下", "补助给谁"),
        ("南山大学、北海大学的补助有什么区别", "补助"),
        ("比较南山大学与北海大学的补助", "补助"),
        # Of one that is named nothing is taken away but its name.
        ("南山大学和补助有什么区别", "和补助有什么区别"),
        ("补助和印章有什么区别", "补助和印章有什么区别"),
    ],
)
def test_what_the_reader_hears_of_several(retriever: Retriever, text: str, asked: str) -> None:
    assert retriever.analyzer.analyze(text).dense_text == asked


def test_late_interaction_tells_clauses_apart() -> None:
    _, words, _ = indexed(*TEXTS.items())
    rows = words.refs
    row = rows.index("beihai#2")
    first = int(np.searchsorted(words.clause_rows, row))
    indptr = np.array([0] * (row + 1) + [3] * (len(rows) - row), np.int32)
    states = np.array([[0.9, 0], [0.6, 0], [0.3, 0]], np.float32)
    tokens = TokenIndex(indptr, states, np.arange(first, first + 3, dtype=np.int32))
    one = retriever_of(weighing(), tokens=tokens, texts=TEXTS)
    question = replace(one.analyzer.analyze("补助"), terms=())
    retrieval = Retrieval(question=question, candidates=(), timings_ms={}, similarity=states[:, :1].T)
    # .9, .6, .3 about their mean, ten times.
    assert one.clause_scores(retrieval, row) == pytest.approx([3, 0, -3], abs=1e-5)
    assert one.clause_scores(replace(retrieval, similarity=None), row) == [0, 0, 0]


def test_late_interaction_is_weighed_with_the_rest() -> None:
    likenesses = np.array([0.1, 0.9, 0.2, 0.3, 0.8, 0.5], np.float32)
    states = np.stack([likenesses, np.sqrt(1 - likenesses**2)], axis=1)
    tokens = TokenIndex(np.arange(7, dtype=np.int32), states, np.full(6, -1, np.int32))
    one = retriever_of(weighing(late_article=1.0), tokens=tokens, texts=TEXTS)
    found = one.retrieve(one.analyzer.analyze("车辆由谁调度"))
    z = (likenesses - likenesses.mean()) / likenesses.std()
    assert [c.row for c in found.candidates] == [1, 4, 5, 3, 2, 0]
    assert [c.probability for c in found.candidates] == pytest.approx(logistic_of(np.sort(z)[::-1]), rel=1e-4)
    assert found.similarity == pytest.approx(likenesses[None])


def test_texts_are_normalised_and_labels_left_out(retriever: Retriever) -> None:
    row = next(i for i, a in enumerate(retriever._articles) if a.ref == "nanshan#2")
    assert retriever._text(row).strip() == "印章由办公室保管。"
    assert "(一)" in retriever.text_of("beihai")


# An index of more articles than are weighed whole.


@cache
def of_many(*, large: bool) -> tuple[Retriever, Question]:
    numbers = [f"第{n}条 " for n in range(1, 402)]
    # The first hundred have a word of the question, more or less of them; the last have the best cosines.
    bodies = [("采购" * (n % 7 + 1) if n < 100 else "其他") + f"事项{n}。" for n in range(401)]
    text = "某校办法\n" + "\n".join(a + b for a, b in zip(numbers, bodies, strict=True)) + "\n"
    one = retriever_of(weighing(bm25=1.0), texts={"x": text}, large=large)
    return one, one.analyzer.analyze("采购")


@pytest.fixture(scope="module")
def many() -> tuple[Retriever, Question]:
    return of_many(large=False)


def test_four_hundred_are_weighed_whole(many: tuple[Retriever, Question]) -> None:
    one, question = many
    size = len(one._articles)
    dense = (np.zeros(size, np.float32), np.zeros(size, np.float32))
    for rows in (np.arange(400, dtype=np.int32), np.arange(3, dtype=np.int32)):
        assert one._shortlist(rows, dense, question) is rows
    assert len(one._shortlist(np.arange(401, dtype=np.int32), dense, question)) < 401


def test_of_more_the_best_of_either_search_are(many: tuple[Retriever, Question]) -> None:
    one, question = many
    size = len(one._articles)
    article, clause = np.arange(size, dtype=np.float32), np.zeros(size, np.float32)
    clause[[200, 210]] = 1000
    words = {w: s for t in question.terms for w, s in t.matches.items()}
    assert words
    bm25 = one._lexical.postings.bm25(words)
    rows = np.arange(size, dtype=np.int32)[::-1][:401].copy()
    best = np.maximum(article, clause)
    expected = set(rows[np.argsort(-best[rows])[:96]]) | set(rows[np.argsort(-bm25[rows])[:96]])
    found = one._shortlist(rows, (article, clause), question)
    assert set(found.tolist()) == {int(r) for r in expected}
    assert {200, 210} <= set(found.tolist())
    assert 96 < len(found) <= 192


def test_a_large_index_gives_two_hundred_and_describes_ten(many: tuple[Retriever, Question]) -> None:
    small, question = many
    one, _ = of_many(large=True)
    found = one.retrieve(question)
    assert len(found.candidates) == 200
    probabilities = [c.probability for c in found.candidates]
    assert probabilities == sorted(probabilities, reverse=True)
    # The best one is as likely as it is that there is an answer at all: its share is 1.
    assert found.answerability == pytest.approx(probabilities[0])
    assert found.answerability == pytest.approx(Fusion.shipped().answerability(0.5, "zh"))
    assert found.similarity is None
    described = [bool(c.features.any()) for c in found.candidates]
    assert described == [True] * 10 + [False] * 190
    by_row = {c.row: c.features for c in small.retrieve(question).candidates}
    column = NAMES.index("cover_text")
    for c in found.candidates[:10]:
        assert c.features[column] == by_row[c.row][column] > 0


def test_of_a_large_index_the_best_are_read() -> None:
    alone, question = of_many(large=True)
    searched = refs(alone.retrieve(question))
    number = int(searched[6].partition("#")[2]) - 1
    reader = Heard(f"事项{number}。")
    texts = {"x": alone.segmentations["x"].document.text}
    found = retriever_of(weighing(bm25=1.0), texts=texts, large=True, reader=reader).retrieve(question)
    assert len(set(reader.texts)) == 7
    assert refs(found)[0] == searched[6]
    assert refs(found)[7:] == searched[7:]
    # What the reader says of it decides whether there is an answer, not how near the nearest comes.
    assert found.answerability == pytest.approx(Weights.shipped().answers(3.0))
