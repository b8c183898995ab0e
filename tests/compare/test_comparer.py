"""Which documents a table sets side by side, and what each says on a topic of its own."""

from __future__ import annotations

from dataclasses import replace

import pytest

from policy_qa.answer.quotes import Quote, whole
from policy_qa.answer.select import Thresholds
from policy_qa.compare.table import Comparer, _columns, _loss, _office, _topic
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
    ("text", "terms", "names", "points", "label"),
    [
        ("任期几年", ("任期",), CDO, True, ""),
        ("经费有何不同", ("经费",), CDO, False, "经费"),
        ("三地有何不同", (), CDO, False, ""),
        # Where no office is meant, there is no everything to be told of it.
        ("三地有何不同", (), frozenset(), False, "三地有何不同"),
    ],
)
def test_what_a_question_may_be_about(
    text: str, terms: tuple[str, ...], names: frozenset[str], points: bool, label: str
) -> None:
    found = _topic(asked(text, terms, True), names, names)
    assert (bool(found.points), found.label) == (points, label)


def comparer(retriever: Retriever) -> Comparer:
    def quotes(_: Retrieval, candidate: Candidate) -> list[Quote]:
        return whole(retriever.segmentations[candidate.article.doc_id], candidate.article)

    return Comparer(
        retriever, quotes, Thresholds(answer=0.5, further=0.2, document=0.5, article=0.75, article_list=0.25)
    )


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
    given = replace(
        answer(retriever, "s1#1", "s1#2", "s2#1", "s2#2"),
        retrieved=tuple(
            Retrieved(ref=ref, score=s) for ref, s in {"s1#1": 0.5, "s1#2": 0.9, "s2#1": 0.5, "s2#2": 0.4}.items()
        ),
    )

    def said(question: Question) -> list[list[str]]:
        found = comparer(retriever).compare(question, given)
        assert found is not None
        return [[q.ref for q in cell] for cell in found.rows[0].cells]

    question = asked("任期有何不同", compares=True, doc_ids=("s1", "s2"))
    assert said(question) == [["s1#2"], ["s2#1"]]


def test_a_section_of_the_name_that_is_asked_for_is_shown_whole() -> None:
    rules = "一、经费保障\n（一）经费列入预算。\n（二）经费专款专用。\n二、其他\n（一）经费公开。\n"
    texts = {f"d{n}": f"第{n}大学车辆方案\n{rules}" for n in (1, 2)}
    found = comparer(retriever_of(weighing(bm25=4.0), texts=texts))
    question = asked("经费保障有何不同", ("经费保障",), compares=True, doc_ids=("d1", "d2"))
    given = answer(found._retriever, "d1#1.1", "d1#1.2", "d1#2.1", "d2#1.1")
    table = found.compare(question, given)
    assert table is not None
    assert [[q.ref for q in cell] for cell in table.rows[0].cells] == [["d1#1.1", "d1#1.2"], ["d2#1.1"]]


def test_a_document_that_is_silent_beside_another(retriever: Retriever, monkeypatch: pytest.MonkeyPatch) -> None:
    question = asked("经费有何不同", ("经费",), compares=True, doc_ids=("s1", "cars"))
    given = answer(retriever, "s1#3")

    def said() -> list[int]:
        found = comparer(retriever).compare(question, given)
        assert found is not None
        return [len(cell) for cell in found.rows[0].cells]

    # Named, it was read beside the other, and is not asked once more.
    monkeypatch.setattr(Retriever, "retrieve", None)
    monkeypatch.setattr(Retriever, "reads", True)
    assert said() == [1, 0]
