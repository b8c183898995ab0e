"""How an answer is put together from what was found: order, numbers, notices, refusals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from policy_qa.answer.answerer import Answerer
from policy_qa.answer.lookup import Found
from policy_qa.answer.refusal import _words, missing, nearest_of, office_line
from policy_qa.answer.select import Thresholds
from policy_qa.datamodels import Answer, Nearest
from policy_qa.naming.scope import Party, Scope
from policy_qa.retrieval.features import NAMES
from policy_qa.retrieval.kinds import NOTHING, wanted
from policy_qa.retrieval.question import Question, Term
from policy_qa.retrieval.retriever import Candidate, Retrieval, Retriever
from samples import at
from small_index import retriever_of, weighing

BREAK = "车辆由后勤处\n调度"
TEXTS = {
    "nanshan": (
        f"南山大学车辆管理办法\n第一条 {BREAK}。\n第二条 任期3年。\n第三条 使用车辆应当符合下列条件：\n"
        "（一）因公外出；\n（二）距离超过十公里。\n第四条 本办法由后勤处负责解释。\n附件1\n姓名\n张三\n"
    ),
    "beihai": "北海大学班车管理办法（讨论稿）\n第一条 班车由工会调度。\n第二条 任期5年。\n",
    "ads": "广告管理条例\n第一条 广告由市场部审查。\n第二条 解释权归市场部所有。\n",
    "bare": "食品管理条例\n第一条 食品由食堂采购。\n第二条 任期4年。\n",
}
SILENT = "：没有规定这一点。"
LIMITS = Thresholds(answer=0.5, further=0.2, document=0.4, article=0.75, article_list=0.25)


@pytest.fixture(scope="module")
def retriever() -> Retriever:
    return retriever_of(weighing(bm25=4.0), texts=TEXTS)


@pytest.fixture(scope="module")
def answerer(retriever: Retriever) -> Answerer:
    return Answerer(retriever, LIMITS)


def asked(text: str = "由谁调度", **scope: object) -> Question:
    whole = {"doc_ids": (), "soft": False, "unknown": (), "rest": text, "every": False} | scope
    return Question(text, "zh", Scope(**whole), (Term("调度", 2.0, {}),), NOTHING, False, False, (), text)  # type: ignore[arg-type]


def retrieval(retriever: Retriever, question: Question, *rows: str, answerability: float = 1.0) -> Retrieval:
    """Of candidates 「nanshan#1 .5」."""
    refs = retriever._lexical.refs
    found = []
    for row in rows:
        ref, probability = row.split()
        n = refs.index(ref)
        features = np.zeros(len(NAMES), np.float32)
        found.append(
            Candidate(row=n, article=retriever._articles[n], probability=float(probability), features=features)
        )
    return Retrieval(
        question=question, candidates=tuple(found), timings_ms={"encode": 1.0}, answerability=answerability
    )


def answer(
    answerer: Answerer,
    retriever: Retriever,
    question: Question,
    *rows: str,
    found: Found | None = None,
    lang: str = "zh",
    answerability: float = 1.0,
) -> Answer:
    return answerer.answer(question, retrieval(retriever, question, *rows, answerability=answerability), found, lang)


def provisions(retriever: Retriever, *refs: str) -> Found:
    pairs = (ref.split("#") for ref in refs)
    return Found(tuple(at(retriever.segmentations[doc_id], path) for doc_id, path in pairs), ())


def test_one_document(answerer: Answerer, retriever: Retriever) -> None:
    found = answer(answerer, retriever, asked(), "nanshan#1 .9", "bare#1 .1", "nanshan#2 .12345678")
    # The line that a page break cut is whole in the answer, and as it stands in the citation.
    assert found.answer == "根据《南山大学车辆管理办法》：\n第一条　车辆由后勤处调度。[1]"
    (citation,) = found.citations
    assert (citation.n, citation.ref, citation.quote) == (1, "nanshan#1", f"{BREAK}。")
    assert citation.cite == "《南山大学车辆管理办法》第一条"
    assert TEXTS["nanshan"][citation.start : citation.end] == citation.quote
    assert [(r.ref, r.score) for r in found.retrieved] == [("nanshan#1", 0.9), ("bare#1", 0.1), ("nanshan#2", 0.1235)]
    assert (found.refused, found.mode, found.lang, found.notices) == (False, "extractive", "zh", ())
    assert (found.question, found.timings_ms) == ("由谁调度", {"encode": 1.0})


def test_several_documents_each_by_itself_numbered_through(answerer: Answerer, retriever: Retriever) -> None:
    rows = ("beihai#1 .9", "nanshan#1 .8", "nanshan#2 .8")
    found = answer(answerer, retriever, asked(), *rows)
    assert found.answer.split("\n") == [
        "各文件的规定如下：",
        "根据《北海大学班车管理办法（讨论稿）》：",
        "第一条　班车由工会调度。[1]",
        "根据《南山大学车辆管理办法》：",
        "第一条　车辆由后勤处调度。[2]",
        "第二条　任期3年。[3]",
    ]
    assert [c.n for c in found.citations] == [1, 2, 3]
    assert found.notices == ("《北海大学班车管理办法（讨论稿）》是讨论稿，尚未正式施行，引用前请核实最新文本。",)
    english = answer(answerer, retriever, asked(), *rows, lang="en").answer.split("\n")
    assert english[:2] == ["The policies say:", "According to 《北海大学班车管理办法（讨论稿）》:"]


@pytest.mark.parametrize(
    ("scope", "last"),
    [
        ({"doc_ids": ("nanshan", "bare", "beihai")}, [f"《食品管理条例》{SILENT}", f"北海大学{SILENT}"]),
        ({"doc_ids": ("nanshan", "nowhere")}, []),
        ({"doc_ids": ("nanshan", "bare"), "soft": True}, []),
    ],
)
def test_a_document_that_is_named_and_says_nothing(
    answerer: Answerer, retriever: Retriever, scope: dict[str, object], last: list[str]
) -> None:
    found = answer(answerer, retriever, asked(**scope), "nanshan#1 .9")  # type: ignore[arg-type]
    assert found.answer.split("\n")[2:] == last


def test_an_institution_is_silent_where_none_of_its_documents_speaks(answerer: Answerer, retriever: Retriever) -> None:
    first, both = Party(name="南山", doc_ids=("nanshan", "ads")), Party(name="北海", doc_ids=("beihai", "bare"))
    question = asked(doc_ids=("nanshan", "ads", "beihai", "bare"), parties=(first, both))
    # The other document of 南山 is not said to be silent.
    assert answer(answerer, retriever, question, "nanshan#1 .9").answer.split("\n")[2:] == [f"北海大学{SILENT}"]
    assert len(answer(answerer, retriever, question, "nanshan#1 .9", "bare#1 .9").answer.split("\n")) == 5
    said = answer(answerer, retriever, question, "nanshan#1 .1", answerability=0.1)
    assert said.answer.startswith("南山大学、北海大学没有规定这一点")


def test_what_an_answer_says_of_names_that_are_not_on_file(answerer: Answerer, retriever: Retriever) -> None:
    question = asked(foreign_titles=("某法", "某发〔2020〕3号"), aside=("上海",))
    found = answer(answerer, retriever, question, "nanshan#1 .9")
    assert found.notices == ("没有收录《某法》、某发〔2020〕3号，以上引自已收录的文件。",)
    assert found.answer.endswith("[1]\n已收录的文件没有提到上海。")


def test_the_lines_that_answer_stand_first_by_name(answerer: Answerer, retriever: Retriever) -> None:
    question = replace(asked("任期几年"), wanted=wanted("任期几年"))
    found = answer(answerer, retriever, question, "beihai#2 .9", "nanshan#2 .8", "nanshan#1 .7")
    assert found.answer.split("\n")[:3] == ["北海大学：任期5年[1]", "南山大学：任期3年[3]", "各文件的规定如下："]
    assert [p.lead for p in found.points] == ["北海大学：任期5年\n南山大学：任期3年"]
    # A single quotation that says no more than the line isn't said twice.
    alone = answer(answerer, retriever, question, "nanshan#2 .8")
    assert (alone.answer, alone.points[0].lead) == ("根据《南山大学车辆管理办法》：\n第二条　任期3年。[1]", "任期3年")


@pytest.mark.parametrize(
    ("heard", "cited"),
    [
        ({"nanshan#2"}, ["nanshan#1", "nanshan#2"]),
        ({"nanshan#1", "nanshan#2"}, ["nanshan#1"]),
        ({"beihai#1"}, ["nanshan#1"]),
        (set(), ["nanshan#1"]),
    ],
)
def test_conditions_beside_what_no_clause_of_answers(
    answerer: Answerer, retriever: Retriever, monkeypatch: pytest.MonkeyPatch, heard: set[str], cited: list[str]
) -> None:
    monkeypatch.setattr(retriever, "hears", lambda _, row: retriever._articles[row].ref in heard)
    found = answer(answerer, retriever, asked(), "nanshan#1 .9", "nanshan#2 .01", "beihai#1 .01", "nanshan#4 .01")
    assert [c.ref for c in found.citations] == cited


def test_where_all_are_asked_each_institution_that_is_silent_is_named(answerer: Answerer, retriever: Retriever) -> None:
    found = answer(answerer, retriever, asked(every=True), "nanshan#1 .9", "bare#1 .9")
    assert found.answer.split("\n")[-2:] == [f"北海大学{SILENT}", f"《广告管理条例》{SILENT}"]


def test_a_school_that_is_not_on_file_beside_one_that_is(answerer: Answerer, retriever: Retriever) -> None:
    question = asked(doc_ids=("nanshan",), unknown=("东方大学", "西方大学"))
    found = answer(answerer, retriever, question, "nanshan#1 .9")
    assert found.notices == ("没有收录东方大学、西方大学的制度，以下只回答已收录的文件。",)
    assert not found.refused


@pytest.mark.parametrize(
    ("scope", "found", "reason"),
    [
        ({"unknown": ("东方大学", "西方大学")}, None, "没有收录东方大学、西方大学的制度，不能作答。"),
        ({"unknown": ("东方大学",)}, "nanshan#1", "没有收录东方大学的制度，不能作答。"),
        ({"foreign_titles": ("某法",)}, "nanshan#1", "没有收录《某法》，不能作答。"),
        ({"foreign_titles": ("某法", "某令")}, "nanshan#1", "没有收录《某法》、《某令》，不能作答。"),
    ],
)
def test_what_is_not_on_file(
    answerer: Answerer, retriever: Retriever, scope: dict[str, object], found: str | None, reason: str
) -> None:
    numbers = provisions(retriever, found) if found else None
    said = answer(answerer, retriever, asked(**scope), "nanshan#1 .001", found=numbers)  # type: ignore[arg-type]
    assert (said.refused, said.answer, said.citations) == (True, reason, ())


def test_what_is_not_on_file_beside_what_can_be_found(answerer: Answerer, retriever: Retriever) -> None:
    # A ref names its document itself; a foreign title beside a matter is only a word of it.
    by_ref = replace(provisions(retriever, "nanshan#2"), by_ref=True)
    assert not answer(answerer, retriever, asked(unknown=("东方大学",)), found=by_ref).refused
    assert not answer(answerer, retriever, asked(foreign_titles=("某法",)), "nanshan#1 .9").refused
    empty = replace(asked(foreign_titles=("某法",)), terms=())
    assert answer(answerer, retriever, empty, "nanshan#1 .9").answer.startswith("没有收录《某法》")


def test_by_number(answerer: Answerer, retriever: Retriever) -> None:
    numbers = provisions(retriever, "nanshan#3.2", "nanshan#2", "beihai#2")
    found = answer(answerer, retriever, asked("第二条"), "bare#1 .5", found=replace(numbers, missing=("没有第九条。",)))
    # Documents by name, in text order; what was looked up comes first, at article level, for certain.
    assert [c.ref for c in found.citations] == ["beihai#2", "nanshan#2", "nanshan#3.2"]
    assert [(r.ref, r.score) for r in found.retrieved] == [
        ("beihai#2", 1.0),
        ("nanshan#2", 1.0),
        ("nanshan#3", 1.0),
        ("bare#1", 0.5),
    ]
    assert found.notices[0] == "没有第九条。"
    assert [c.quote for c in found.citations] == ["任期5年。", "任期3年。", "距离超过十公里。"]
    ranked = answerer.ranked(retrieval(retriever, asked(), "bare#1 .5"), numbers)
    assert [r.ref for r in ranked] == ["nanshan#3", "nanshan#2", "beihai#2", "bare#1"]
    assert [r.ref for r in answerer.ranked(retrieval(retriever, asked(), "bare#1 .5"), None)] == ["bare#1"]
    nothing = answer(answerer, retriever, asked(), found=Found((), ("没有第九条。", "没有第十条。")))
    assert (nothing.refused, nothing.answer) == (True, "没有第九条。 没有第十条。")


def test_ten_are_retrieved_at_most(answerer: Answerer, retriever: Retriever) -> None:
    rows = [f"{ref} .9" for ref in retriever._lexical.refs]
    assert len(rows) > 10
    assert len(answer(answerer, retriever, asked(), *rows).retrieved) == 10
    assert len(answer(answerer, retriever, asked(), *rows, answerability=0.1).retrieved) == 10


def test_an_attachment_keeps_its_lines(answerer: Answerer, retriever: Retriever) -> None:
    found = answer(answerer, retriever, asked(), found=provisions(retriever, "nanshan#appendix-1"))
    assert found.answer.split("\n")[1:] == ["附件1　姓名", "张三[1]"]


def test_a_premise_is_put_right(answerer: Answerer, retriever: Retriever) -> None:
    found = answer(answerer, retriever, asked("任期5年是哪一条"), "nanshan#2 .9")
    assert found.notices == ("问题里说的“5年”与条文中的“3年”不一致，以条文为准。",)


# Which words.


@pytest.mark.parametrize(
    ("change", "scores", "quoted"),
    [
        # The lead answers as well as any item: all of them.
        ({}, {"3": 1.0, "3.1": 1.0}, ["3"]),
        ({}, {"3": 0.9, "3.1": 1.0}, ["3", "3.1"]),
        ({"wants_list": True}, {"3": 0.0, "3.1": 1.0}, ["3"]),
        ({}, {"3": 0.0, "3.1": 1.0}, ["3", "3.1"]),  # 应当符合下列条件
    ],
)
def test_the_words_of_a_candidate(
    answerer: Answerer,
    retriever: Retriever,
    monkeypatch: pytest.MonkeyPatch,
    change: dict[str, object],
    scores: dict[str, float],
    quoted: list[str],
) -> None:
    question = replace(asked(), **change)  # type: ignore[arg-type]
    found = retrieval(retriever, question, "nanshan#3 .9")

    def rated(_: Retrieval, row: int) -> Sequence[float]:
        return [scores.get(c.ref.partition("#")[2], 0.0) for c in retriever.clauses(row)]

    monkeypatch.setattr(retriever, "clause_scores", rated)
    assert [q.ref for q in answerer.quotes(found, found.candidates[0])] == [f"nanshan#{path}" for path in quoted]


# Refusals.


@pytest.mark.parametrize(
    ("scope", "reason"),
    [
        ({}, "已收录的制度没有规定这一点，不能作答。"),
        ({"doc_ids": ("nanshan", "bare")}, "南山大学、《食品管理条例》没有规定这一点，不能作答。"),
        ({"doc_ids": ("nowhere",)}, "已收录的制度没有规定这一点，不能作答。"),
    ],
)
def test_a_refusal_says_whose_rules_say_nothing(
    answerer: Answerer, retriever: Retriever, scope: dict[str, object], reason: str
) -> None:
    found = answer(answerer, retriever, asked(**scope), "nanshan#1 .9", answerability=0.2)  # type: ignore[arg-type]
    assert found.refused
    assert found.answer.split("\n")[0] == reason


@pytest.mark.parametrize(("probability", "close"), [(0.01, True), (0.0099, False), (0.9, True)])
def test_what_is_near_is_shown_from_a_twentieth_of_the_threshold_on(
    answerer: Answerer, retriever: Retriever, probability: float, close: bool
) -> None:
    rows = (f"nanshan#1 {probability}", "nanshan#2 .001", "nanshan#4 .001", "bare#1 .001")
    found = answer(answerer, retriever, asked(), *rows, answerability=0.4)
    assert [n.ref for n in found.nearest] == (["nanshan#1", "nanshan#2", "nanshan#4"] if close else [])
    assert ("最接近的条款：" in found.answer) is close
    assert ("如需确认，可以询问负责解释的机构：后勤处。" in found.answer) is close
    assert answer(answerer, retriever, asked(), answerability=0.4).nearest == ()


@pytest.mark.parametrize(
    ("doc_id", "line"),
    [
        ("nanshan", "如需确认，可以询问负责解释的机构：后勤处。"),
        ("ads", "如需确认，可以询问负责解释的机构：市场部。"),
        ("beihai", "《北海大学班车管理办法（讨论稿）》没有写明由谁解释，可以询问制发单位：北海大学。"),
        ("bare", ""),
    ],
)
def test_whom_to_ask(retriever: Retriever, doc_id: str, line: str) -> None:
    assert office_line(retriever, doc_id, "zh") == line


def test_the_nearest_with_its_best_clause_and_what_it_lacks(retriever: Retriever) -> None:
    vocabulary = retriever._lexical.vocabulary
    terms = (
        Term("公里", 2.0, {vocabulary["公里"]: 1.0}),
        Term("津贴", 1.5, {}),
        Term("奖金", 1.4, {}),
    )
    question = replace(asked("津贴多少钱"), terms=terms, wanted=wanted("津贴多少钱"))
    found = retrieval(retriever, question, "nanshan#3 .9", "nanshan#2 .8")
    first, second = nearest_of(retriever, found, "zh")
    assert (first.ref, first.quote) == ("nanshan#3", "（二）距离超过十公里。")
    assert (first.lacks, first.kinds) == (("津贴",), ("金额",))
    assert (second.quote, second.lacks) == ("任期3年。", ("公里", "津贴"))
    assert missing(retriever, question, [first, second], "zh") == [
        "文本里没有出现：津贴。",
        "问的是金额，相近的条款里没有写。",
    ]
    # A kind of answer that one of them gives is not missing.
    assert missing(retriever, question, [first, replace(second, kinds=())], "zh") == ["文本里没有出现：津贴。"]
    assert missing(retriever, replace(question, terms=()), [], "zh") == []
    assert isinstance(first, Nearest)


@pytest.mark.parametrize(
    ("lang", "frame", "text", "words", "shown"),
    [
        ("zh", "zh", "津贴", ["甲", "乙", "丙", "丁"], ["甲", "乙", "丙"]),
        ("zh", "en", "津贴", ["甲"], []),
        ("en", "zh", "salary", ["salari"], []),
        ("en", "en", "What Salaries and bonus do they pay?", ["salar", "bonu"], ["Salaries", "bonus"]),
        ("en", "en", "pay", ["salar"], []),
        ("en", "en", "a1 b1 c1 d1", ["a1", "b1 c1", "d1"], ["a1", "b1", "c1"]),
        ("en", "en", "pay paid", ["pa", "pa"], ["pay"]),
    ],
)
def test_words_are_shown_as_the_question_has_them(
    lang: str, frame: str, text: str, words: list[str], shown: list[str]
) -> None:
    assert _words(replace(asked(text), lang=lang), words, frame) == shown
