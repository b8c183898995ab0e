"""Which documents a table sets side by side, and what each says on a topic of its own."""

from __future__ import annotations

from dataclasses import replace

import pytest

from policy_qa.answer.quotes import Quote, whole
from policy_qa.answer.select import Thresholds
from policy_qa.compare.table import Comparer, _loss
from policy_qa.datamodels import Answer, Citation, Retrieved
from policy_qa.naming.scope import Scope
from policy_qa.retrieval.kinds import NOTHING
from policy_qa.retrieval.question import Question, Term
from policy_qa.retrieval.retriever import Candidate, Retrieval, Retriever
from samples import answering, at
from small_index import retriever_of, weighing

OFFICER = "第一条 首席数据官由副校长担任。\n第二条 首席数据官任期{n}年。\n第三条 经费列入预算。\n"
TEXTS = {f"s{n}": f"第{n}大学首席数据官管理办法\n{OFFICER.format(n=n)}" for n in range(1, 8)} | {
    "cars": "南山大学车辆管理办法\n第一条 车辆由后勤处调度。\n第二条 经费列入预算。\n附件1\n经费申请表\n姓名\n"
    f"附件2\n{'甲' * 37}登记表\n附件3\n{'甲' * 38}登记表\n",
    "code": "北海大学首席数据官（CDO）办法\n第一条 首席数据官由院长担任。\n第二条 首席数据官任期5年。\n",
}
SIX = ("s1", "s2", "s3", "s4", "s5", "cars")


@pytest.fixture(scope="module")
def retriever() -> Retriever:
    return retriever_of(weighing(bm25=4.0), texts=TEXTS)


def asked(
    text: str = "任期几年", terms: tuple[str, ...] = ("任期",), compares: bool = False, **scope: object
) -> Question:
    made = {"doc_ids": (), "soft": False, "unknown": (), "rest": text, "every": False, **scope}
    made.setdefault("named", made["doc_ids"])
    words = tuple(Term(t, 2.0, {}) for t in terms)
    return Question(text, "zh", Scope(**made), words, NOTHING, False, compares, (), text)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("question", "cited", "wanted", "columns"),
    [
        # Those that are named, in that order, and no other.
        (asked(doc_ids=("s2", "s1")), ["s1", "s2", "s3"], (), ["s2", "s1"]),
        (asked(doc_ids=("s2", "nowhere", "s1")), ["s1"], (), ["s2", "s1"]),
        (asked(doc_ids=("cars",)), ["s1"], (), ["cars", "s1"]),
        # Else those that answer, six at most.
        (asked(), ["s3", "s1"], (), ["s3", "s1"]),
        (asked(), list("abcdefg"), (), list("abcdef")),
        # Pointed to softly, it is not named.
        (asked(doc_ids=("s2", "s1"), soft=True), ["s1"], ("s1", "s4"), ["s1"]),
        # Asked of all on purpose: all, where they are six at most.
        (asked(every=True), ["s1"], ("s1", "cars"), ["s1", "cars"]),
        (asked("哪一家规定了经费"), ["s1"], ("s1", "cars"), ["s1", "cars"]),
        (asked("经费各由谁管"), ["s1"], ("s1", "cars"), ["s1", "cars"]),
        (asked("经费由谁管"), ["s1"], ("s1", "cars"), ["s1"]),
        (asked(every=True), ["s1"], SIX, list(SIX)),
        (asked(every=True), ["s1"], (*SIX, "s6"), ["s1"]),
        # Of these those that speak of what the titles of those that answer are about.
        (asked("哪几份首席数据官文件", ("首席数据官",), every=True), ["s1"], ("s1", "cars", "s2"), ["s1", "s2"]),
        # A version that is not meant.
        (asked(every=True, left_out=("s2", "s4", "s5", "s6", "s7", "code")), ["s3"], (), ["s3", "s1", "cars"]),
    ],
)
def test_the_columns(
    retriever: Retriever, question: Question, cited: list[str], wanted: tuple[str, ...], columns: list[str]
) -> None:
    assert comparer(retriever)._columns(question, cited, wanted) == columns


def comparer(retriever: Retriever) -> Comparer:
    def quotes(_: Retrieval, candidate: Candidate) -> list[Quote]:
        return whole(retriever.segmentations[candidate.article.doc_id], candidate.article)

    return Comparer(
        retriever, quotes, Thresholds(answer=0.6, further=0.2, document=0.5, article=0.75, article_list=0.25)
    )


def answer(retriever: Retriever, *refs: str, refused: bool = False) -> Answer:
    citations = []
    for n, ref in enumerate(refs, 1):
        doc_id, _, path = ref.partition("#")
        (quote,) = whole(retriever.segmentations[doc_id], at(retriever.segmentations[doc_id], path))
        citations.append(Citation(n=n, ref=ref, cite="", quote="", start=quote.start, end=quote.end))
    return answering(refused=refused, citations=tuple(citations))


def refs(found: Answer) -> list[list[str]]:
    """The refs in the cells of the first row of its table; empty without one."""
    return [[q.ref for q in cell] for cell in found.comparison.rows[0].cells] if found.comparison else []


def test_a_table_for_what_several_documents_answer(retriever: Retriever) -> None:
    one = comparer(retriever)
    question = asked("首席数据官任期几年", ("首席数据官", "任期"))
    found = one.beside(question, answer(retriever, "s1#2", "s2#2"), ("s1", "s2"))
    assert found.comparison is not None
    assert [(r.point, r.label, r.differs) for r in found.comparison.rows] == [("topic", "首席数据官任期", True)]
    assert refs(found) == [["s1#2"], ["s2#2"]]
    # Not for one document, nor for a refusal, nor where one column is left.
    for other in (
        (question, answer(retriever, "s1#2"), ("s1", "s2")),
        (question, answer(retriever, "s1#2", "s2#2", refused=True), ("s1", "s2")),
        (asked(every=True), answer(retriever, "s1#2"), ("s1",)),
    ):
        assert one.beside(*other) is other[1]


def test_a_cell_is_what_the_answer_quotes(retriever: Retriever) -> None:
    question = asked("经费有何不同", ("经费",), compares=True, doc_ids=("s1", "s2", "cars"))
    found = comparer(retriever).beside(question, answer(retriever, "s1#3", "s2#3"))
    assert found.comparison is not None
    (row,) = found.comparison.rows
    assert refs(found) == [["s1#3"], ["s2#3"], []]
    assert (row.point, row.label, row.differs) == ("topic", "经费", True)


@pytest.mark.parametrize(
    ("path", "text", "loss"),
    [
        ("1", "经费几何", 0.0),
        ("preamble", "经费几何", 1.0),
        ("appendix-1", "经费几何", 1.0),
        ("appendix-1", "附件呢", 0.0),
    ],
)
def test_what_only_frames_the_rules_loses(retriever: Retriever, path: str, text: str, loss: float) -> None:
    assert _loss(at(retriever.segmentations["cars"], path), asked(text)) == loss


def test_the_best_article_of_a_document_is_what_it_says(retriever: Retriever) -> None:
    scores = {"s1#1": 0.5, "s1#2": 0.9, "s2#1": 0.5, "s2#2": 0.4}
    given = replace(
        answer(retriever, *scores), retrieved=tuple(Retrieved(ref=ref, score=s) for ref, s in scores.items())
    )
    question = asked("任期有何不同", compares=True, doc_ids=("s1", "s2"))
    assert refs(comparer(retriever).beside(question, given)) == [["s1#2"], ["s2#1"]]


def test_a_section_of_the_name_that_is_asked_for_is_shown_whole() -> None:
    rules = "一、{}\n（一）经费列入预算。\n（二）经费专款专用。\n二、其他\n（一）经费公开。\n"
    texts = {d: f"第{n}大学车辆方案\n{rules.format(h)}" for d, n, h in (("d1", 1, "经费保障"), ("d2", 2, "经费与监督"))}
    one = comparer(retriever_of(weighing(bm25=4.0), texts=texts))
    question = asked("经费有何不同", ("经费",), compares=True, doc_ids=("d1", "d2"))
    given = answer(one._retriever, *(f"{d}#{path}" for d in texts for path in ("1.1", "1.2", "2.1")))
    # 经费 is half of 经费保障, and two of the five characters of 经费与监督.
    assert refs(one.beside(question, given)) == [["d1#1.1", "d1#1.2"], ["d2#1.1"]]


PLANS = {
    "d1": "第1大学车辆方案\n一、经费保障\n（一）经费列入预算。\n二、车辆调度\n（一）车辆由后勤处调度。\n"
    "三、附带说明\n（一）另有规定的从其规定。\n",
    "d2": "第2大学车辆方案\n一、调度\n（一）车辆调度由车队负责。\n二、钱款\n（一）经费保障由学校承担。\n",
}


def test_documents_that_are_compared_as_a_whole_are_by_their_headings() -> None:
    one = comparer(retriever_of(weighing(bm25=4.0), texts=PLANS))
    question = asked("两家的车辆方案有何不同", ("车辆", "方案", "不同"), compares=True, doc_ids=("d1", "d2"))
    # Whatever a search for the words of the question found, or if it found nothing.
    for given in (answer(one._retriever, "d1#3.1"), answer(one._retriever, refused=True)):
        found = one.beside(question, given)
        assert found.comparison is not None
        rows = [(r.point, r.label, [[q.ref for q in c] for c in r.cells]) for r in found.comparison.rows]
        assert rows == [
            ("heading", "经费保障", [["d1#1.1"], ["d2#2.1"]]),
            ("heading", "车辆调度", [["d1#2.1"], ["d2#1.1"]]),
        ]
        # The answer is its table, each quotation once, and nothing else is left to be read.
        assert not found.refused
        assert [c.ref for c in found.citations] == ["d1#1.1", "d2#2.1", "d1#2.1", "d2#1.1"]
        assert [(c.n, c.quote) for c in found.citations] == list(
            enumerate((q.quote for r in found.comparison.rows for c in r.cells for q in c), start=1)
        )
        assert found.points[0].citations == (1, 2, 3, 4)
        assert found.beside_table(found.points[0]) == ()


def test_what_only_one_of_them_rules_is_no_comparison() -> None:
    one = comparer(retriever_of(weighing(bm25=4.0), texts=TEXTS))
    question = asked("比较两家的办法", ("办法",), compares=True, doc_ids=("s1", "cars"))
    given = answer(one._retriever, "s1#3")
    assert refs(one.beside(question, given)) == [["s1#3"], []]  # no headings: what is cited


def test_of_long_texts_the_first_headings_are_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    one = comparer(retriever_of(weighing(bm25=4.0), texts=PLANS))
    question = asked("两家的车辆方案有何不同", ("车辆", "方案", "不同"), compares=True, doc_ids=("d1", "d2"))
    for limit, value in (("_HEADINGS", 1), ("_ROWS", 1)):
        with monkeypatch.context() as patch:
            patch.setattr(f"policy_qa.compare.table.{limit}", value)
            found = one.beside(question, answer(one._retriever, "d1#3.1")).comparison
        assert found is not None
        assert [r.label for r in found.rows] == ["经费保障"]
    # More columns than are read are not compared so.
    with monkeypatch.context() as patch:
        patch.setattr("policy_qa.compare.table._MOST", 1)
        found = one.beside(question, answer(one._retriever, "d1#3.1")).comparison
    assert found is not None
    assert [r.point for r in found.rows] == ["topic"]
