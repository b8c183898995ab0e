"""Which documents a table sets side by side, and what each says on a topic of its own."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from policy_qa.answer.quotes import Quote, whole
from policy_qa.answer.select import Thresholds
from policy_qa.compare.table import Comparer, _columns, _office, _topics
from policy_qa.datamodels import Answer, Citation, Kind
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
SCHOOLS = [f"s{n}" for n in range(1, 8)]
CDO = frozenset({"首席数据官"})


@pytest.fixture(scope="module")
def retriever() -> Retriever:
    return retriever_of(weighing(bm25=4.0), texts=TEXTS)


def asked(
    text: str = "任期几年", terms: tuple[str, ...] = ("任期",), compares: bool = False, **scope: object
) -> Question:
    made = {"doc_ids": (), "soft": False, "unknown": (), "rest": text, "every": False, **scope}
    made.setdefault("named", made["doc_ids"])
    words = tuple(Term(t, 2.0, {0: 1.0}) for t in terms)
    return Question(text, "zh", Scope(**made), words, NOTHING, False, compares, (), text)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("question", "cited", "wanted", "columns"),
    [
        # Those that are named, in that order, and no other.
        (asked(doc_ids=("s2", "s1")), ["s1", "s2", "s3"], (), ["s2", "s1"]),
        (asked(doc_ids=("s2", "nowhere", "s1")), ["s1"], (), ["s2", "s1"]),
        # Else those that are cited and those that speak of the office, six at most.
        (asked(), ["s3", "s1"], (), ["s3", "s1", "s2", "s4", "s5", "s6"]),
        (asked(), ["s3", "s1"], ("s3", "s1", "cars"), ["s3", "s1"]),
        # One that does not speak of it is left out where two do.
        (asked(), ["cars", "s1"], ("cars", "s1", "s2"), ["s1", "s2"]),
        (asked(), ["cars", "s1"], ("cars", "s1"), ["cars", "s1"]),
        (asked(), ["cars"], ("cars", "s1"), ["cars", "s1"]),
        (asked(doc_ids=("cars",)), ["s1"], (), ["cars", "s1"]),
        # Pointed to softly, it is not named.
        (asked(doc_ids=("s2", "s1"), soft=True), ["s1"], ("s1", "s4"), ["s1", "s4"]),
        # A version that is not meant.
        (asked(left_out=("s2", "s4", "s5", "s6", "s7", "code")), ["s3"], (), ["s3", "s1"]),
    ],
)
def test_the_columns(
    retriever: Retriever, question: Question, cited: list[str], wanted: tuple[str, ...], columns: list[str]
) -> None:
    found, offices = _columns(question, cited, CDO, retriever, wanted)
    assert found == columns
    assert len(offices) == len(found)


@pytest.mark.parametrize(
    ("question", "wanted", "columns"),
    [
        # Asked of all on purpose: all, where they are six at most.
        (asked(every=True), ("s1", "cars"), ["s1", "cars"]),
        (asked("哪一家规定了经费"), ("s1", "cars"), ["s1", "cars"]),
        (asked("经费各由谁管"), ("s1", "cars"), ["s1", "cars"]),
        (asked("经费由谁管"), ("s1", "cars"), ["s1"]),
        (asked(every=True), ("s1", "cars", "s2", "s3", "s4", "s5"), ["s1", "cars", "s2", "s3", "s4", "s5"]),
        (asked(every=True), ("s1", "cars", "s2", "s3", "s4", "s5", "s6"), ["s1"]),
    ],
)
def test_the_columns_of_a_question_that_names_no_office(
    retriever: Retriever, question: Question, wanted: tuple[str, ...], columns: list[str]
) -> None:
    assert _columns(question, ["s1"], frozenset(), retriever, wanted)[0] == columns


@pytest.mark.parametrize(
    ("doc_id", "names", "known", "own"),
    [
        ("s1", CDO, {"首席数据官"}, True),
        ("cars", CDO, set(), False),
        ("s1", frozenset({"副校长"}), {"副校长"}, False),
        ("s1", frozenset({"数据官"}), {"数据官"}, True),
        ("cars", frozenset(), set(), False),
    ],
)
def test_the_office_as_a_document_names_it(
    retriever: Retriever, doc_id: str, names: frozenset[str], known: set[str], own: bool
) -> None:
    office = _office(retriever.segmentations[doc_id], names, retriever)
    assert (office.names, office.own) == (known, own)
    # That of the title where none is asked for.
    of_title = _office(retriever.segmentations["code"], frozenset(), retriever)
    assert ("cdo" in of_title.names, of_title.own) == (True, True)


@pytest.mark.parametrize(
    ("text", "terms", "compares", "topics"),
    [
        ("任期几年", ("任期",), False, [(True, "")]),
        ("两家任期几年", ("任期",), False, [(True, ""), (False, "任期")]),
        ("任期有何不同", ("任期",), True, [(True, ""), (False, "任期")]),
        ("经费有何不同", ("经费",), True, [(False, "经费")]),
        ("三地有何不同", (), True, [(False, "")]),
    ],
)
def test_what_a_question_may_be_about(
    text: str, terms: tuple[str, ...], compares: bool, topics: list[tuple[bool, str]]
) -> None:
    found = _topics(asked(text, terms, compares), CDO, CDO)
    assert [(bool(t.points), t.label) for t in found] == topics


def comparer(retriever: Retriever) -> Comparer:
    def quotes(_: Retrieval, candidate: Candidate) -> list[Quote]:
        return whole(retriever.segmentations[candidate.article.doc_id], candidate.article)

    return Comparer(
        retriever, quotes, Thresholds(answer=0.5, further=0.2, document=0.5, article=0.75, article_list=0.25)
    )


@pytest.mark.parametrize(
    ("scope", "answerability", "probability", "speaks"),
    [
        # By itself it would have to answer, and be half as likely as the best.
        ({}, 0.5, 0.4, True),
        ({}, 0.49, 0.4, False),
        ({}, 0.5, 0.9, True),
        ({}, 0.5, 0.39, False),
        # Named, it need be less sure.
        ({"doc_ids": ("s1",)}, 0.4, 0.0, True),
        ({"doc_ids": ("s1",)}, 0.39, 0.9, False),
        ({"doc_ids": ("s1",), "soft": True}, 0.45, 0.9, False),
    ],
)
def test_whether_a_document_that_is_not_cited_speaks(
    retriever: Retriever, scope: dict[str, object], answerability: float, probability: float, speaks: bool
) -> None:
    article = retriever.segmentations["s1"].articles[0]
    best = [Candidate(row=0, article=article, probability=probability, features=np.zeros(0, np.float32))]
    assert comparer(retriever)._speaks(asked(**scope), "s1", answerability, best, 0.8) is speaks  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("terms", "path", "loss"),
    [
        (("经费",), "1", 0.0),
        (("经费",), "preamble", 1.0),
        (("经费",), "appendix-1", 1.0),
        # A form that is asked for by its name.
        (("申请表",), "appendix-1", 0.0),
        (("报名表",), "appendix-1", 1.0),
        (("姓名",), "appendix-1", 1.0),
        # The name stands in forty characters.
        (("登记表",), "appendix-2", 0.0),
        (("登记表",), "appendix-3", 1.0),
    ],
)
def test_what_only_frames_the_rules_loses(retriever: Retriever, terms: tuple[str, ...], path: str, loss: float) -> None:
    article = at(retriever.segmentations["cars"], path)
    assert (article.kind is Kind.APPENDIX) is path.startswith("appendix")
    assert comparer(retriever)._loss(article, asked(terms=terms)) == loss


def answer(retriever: Retriever, *refs: str, refused: bool = False) -> Answer:
    citations = []
    for n, ref in enumerate(refs, 1):
        doc_id, _, path = ref.partition("#")
        (quote,) = whole(retriever.segmentations[doc_id], at(retriever.segmentations[doc_id], path))
        citations.append(Citation(n=n, ref=ref, cite="", quote="", start=quote.start, end=quote.end))
    return answering(refused=refused, citations=tuple(citations))


def test_a_table_for_what_several_documents_answer(retriever: Retriever) -> None:
    one = comparer(retriever)
    question = asked("首席数据官任期几年", ("首席数据官", "任期"))
    found = one.compare(question, answer(retriever, "s1#2", "s2#2"), ("s1", "s2"))
    assert found is not None
    assert [r.point for r in found.rows] == ["term"]
    assert [[q.ref for q in cell] for cell in found.rows[0].cells] == [["s1#2"], ["s2#2"]]
    assert found.rows[0].differs
    # Not for one document, nor for a refusal, nor where one column is left.
    assert one.compare(question, answer(retriever, "s1#2"), ("s1", "s2")) is None
    assert one.compare(question, answer(retriever, "s1#2", "s2#2", refused=True), ("s1", "s2")) is None
    assert one.compare(asked(every=True), answer(retriever, "s1#2"), ("s1",)) is None


def test_a_topic_of_its_own_is_what_the_answer_quotes(retriever: Retriever) -> None:
    money = Term("经费", 2.0, {retriever._lexical.vocabulary["经费"]: 1.0})
    question = replace(asked("经费有何不同", compares=True, doc_ids=("s1", "s2", "cars")), terms=(money,))
    found = comparer(retriever).compare(question, answer(retriever, "s1#3", "s2#3"))
    assert found is not None
    (row,) = found.rows
    assert [[q.ref for q in cell] for cell in row.cells] == [["s1#3"], ["s2#3"], ["cars#2"]]
    assert (row.point, row.label, row.differs) == ("topic", "经费", False)
