"""Points as they are shown, chips that take documents off, choices, and the welcome."""

from __future__ import annotations

import re

import pytest

from policy_qa.datamodels import (
    Answer,
    AnswerScope,
    Choice,
    Citation,
    ComparedRow,
    Comparison,
    Line,
    LineKind,
    Point,
    PointKind,
    Quotation,
    ScopeFrom,
)
from policy_qa.page import steps
from policy_qa.page.answer_view import render_conversation
from policy_qa.page.conversation import Conversation
from policy_qa.page.library import Library
from policy_qa.page.live import LivePipeline
from policy_qa.page.steps import Session
from policy_qa.page.texts import EN, ZH, Texts
from samples import answering, quoting

from .conftest import FakePipeline
from .test_inline import shown

TERM = "任期3年，可连聘连任，连任不超过2届。"
CHOICES = tuple(Choice(label=f"《{name}》第七条", question=f"《{name}》第七条") for name in "甲乙")


def two_points(pipeline: FakePipeline) -> Answer:
    """「任期几年？可以连任吗？食堂几点开门？」: the same words answer the first two, nothing the third."""
    cited = pipeline.citation(1, "yichun-cio#7.2", TERM)
    lead = Line(kind=LineKind.LEAD, text="任期3年", marks=(1,))
    one = Point(text="任期几年？", kind=PointKind.CONTENT, lines=(lead, quoting(TERM, 1, "第七条第二项")))
    two = Point(
        text="任期几年？ 可以连任吗？", asked="可以连任吗？", kind=PointKind.CONTENT,
        lines=(quoting(TERM, 1, "第七条第二项"),),
    )  # fmt: skip
    three = Point(text="食堂几点开门？", kind=PointKind.CONTENT, refused=True, lines=(Line(text="没有规定。"),))
    return Answer(
        question="任期几年？可以连任吗？食堂几点开门？", refused=False, mode="extractive",
        points=(one, two, three), citations=(cited,),
    )  # fmt: skip


def asked_back() -> Answer:
    lines = (Line(kind=LineKind.HEADING, text="哪一份？"), *(Line(kind=LineKind.CHOICE, text=c.label) for c in CHOICES))
    point = Point(text="第七条", kind=PointKind.CLARIFY, choices=CHOICES, lines=lines)
    return Answer(question="第七条", refused=False, mode="extractive", points=(point,))


def scoped(origin: ScopeFrom, *doc_ids: str) -> Answer:
    return answering("任期3年。", question="任期？", scope=AnswerScope(doc_ids=doc_ids, origin=origin))


def after(*answers: Answer) -> Session:
    conversation = Conversation()
    for answer in answers:
        conversation = conversation.asked(answer.question or "？").settled(answer=answer)
    return Session("zh", conversation)


def test_each_point_stands_under_its_own_words_with_its_state(pipeline: FakePipeline, library: Library) -> None:
    html = render_conversation(after(two_points(pipeline)).conversation, ZH, library)
    points = html.split('<section class="pq-point">')[1:]
    assert [re.findall(r"<span>(.*?)</span>", p)[0] for p in points] == ["任期几年？", "可以连任吗？", "食堂几点开门？"]
    assert [ZH.refused in p for p in points] == [False, False, True]
    assert ["合上文理解：任期几年？ 可以连任吗？" in p for p in points] == [False, True, False]
    assert '<p class="pq-lead">' in points[0]


def test_what_an_earlier_point_quotes_is_not_quoted_again(pipeline: FakePipeline, library: Library) -> None:
    html = render_conversation(after(two_points(pipeline)).conversation, ZH, library)
    copied = re.sub(r'data-copy="[^"]*"', "", html)
    assert shown(copied).count(TERM[:-1]) == 1
    assert ZH.quoted_above in shown(copied)
    assert html.count('data-open="c:1:1"') == 4  # the lead, both quotations, the source


def test_a_table_comes_first_and_no_line_repeats_it(pipeline: FakePipeline, library: Library) -> None:
    first = pipeline.citation(1, "yichun-cio#7.2", TERM)
    second = pipeline.citation(2, "helan-cio#4.4", "原则上由学校法定代表人担任")
    cell = Quotation(ref=first.ref, cite=first.cite, quote=first.quote, start=first.start, end=first.end)
    documents = tuple(d for d in pipeline.documents if d.doc_id in ("yichun-cio", "jiaozuo-cio"))
    row = ComparedRow(point="term", label="任期", cells=((), (cell,)), differs=True)
    lines = (
        Line(kind=LineKind.LEAD, text="宜春学院：任期3年", marks=(1,)),
        Line(kind=LineKind.HEADING, text="各文件的规定如下："),
        Line(text="注意：已废止"),
        Line(kind=LineKind.SOURCE, text="根据《宜春》："),
        quoting(TERM, 1),
        Line(kind=LineKind.SOURCE, text="根据《贺兰》："),
        quoting(second.quote, 2),
        Line(kind=LineKind.SILENT, text="焦作市：没有规定这一点。", ref="jiaozuo-cio"),
        Line(kind=LineKind.SILENT, text="清华：没有规定这一点。", ref="tsinghua"),
    )
    answer = answering(*lines, comparison=Comparison(documents=documents, rows=(row,)), citations=(first, second))
    assert [line.text for line in answer.beside_table(answer.points[0])] == [
        "注意：已废止", "根据《贺兰》：", second.quote, "清华：没有规定这一点。",
    ]  # fmt: skip
    html = re.sub(r'data-copy="[^"]*"', "", render_conversation(after(answer).conversation, ZH, library))
    assert html.index("<table") < html.index("已废止")
    assert shown(html).count(TERM[:-1]) == 1
    assert TERM in answer.answer  # the text by itself has it all


@pytest.mark.parametrize(
    ("citation", "told"), [((0, 10), True), ((2, 4), True), ((9, 20), True), ((10, 12), False), ((30, 40), False)]
)
def test_what_a_cell_has_is_told_by_the_table(citation: tuple[int, int], told: bool) -> None:
    cell = Quotation(ref="a#1", cite="", quote="", start=0, end=10)
    row = ComparedRow(point="", label="", cells=((cell,),), differs=False)
    point = Point(text="", kind=PointKind.CONTENT, comparison=Comparison(documents=(), rows=(row,)))
    cited = Citation(n=1, ref="a#2", cite="", quote="", start=citation[0], end=citation[1])
    assert point.repeated(cited) is told


def test_choices_can_be_clicked_in_the_last_answer_only(library: Library) -> None:
    html = render_conversation(after(asked_back(), asked_back()).conversation, ZH, library)
    assert re.findall(r'data-choice="([\d:]+)"( disabled)?', html) == [
        ("1:0:0", " disabled"), ("1:0:1", " disabled"), ("2:0:0", ""), ("2:0:1", ""),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("key", "question"),
    [
        ("2:0:1", CHOICES[1].question), ("1:0:1", ""), ("2:0:9", ""), ("2:7:0", ""), ("3:0:0", ""),
        ("2:0", ""), ("", ""), ("2:0:-1", ""), ("<b>", ""),
    ],
)  # fmt: skip
def test_a_choice_is_asked_by_its_key(key: str, question: str) -> None:
    assert steps.choice(after(asked_back(), asked_back()), key) == question


@pytest.mark.parametrize(
    ("origin", "label"),
    [(ScopeFrom.QUESTION, "按提问"), (ScopeFrom.HISTORY, "沿用上文"), (ScopeFrom.FILTER, "已限定")],
)
def test_where_was_looked_is_told_with_what_it_comes_from(origin: ScopeFrom, label: str, library: Library) -> None:
    html = render_conversation(after(scoped(origin, "yichun-cio", "helan-cio")).conversation, ZH, library)
    assert label in html
    assert re.findall(r'data-scope="([^"]+)"', html) == ["1:0", "1:1"]
    assert "宜春学院" in re.findall(r'data-scope="1:0".*?</button>', html)[0]
    older = render_conversation(after(scoped(origin, "yichun-cio"), answering("好")).conversation, ZH, library)
    assert "宜春学院" in older
    assert "data-scope" not in older


@pytest.mark.parametrize(
    "answer",
    [
        scoped(ScopeFrom.ALL),
        scoped(ScopeFrom.HISTORY, "gone"),
        Answer.saying("您好。", question="你好"),
    ],
)
def test_no_chip_without_documents(answer: Answer, library: Library) -> None:
    assert "pq-scope" not in render_conversation(after(answer).conversation, ZH, library)


def test_a_document_taken_off_is_not_taken_over_until_it_is_asked_about_again(
    live: LivePipeline, pipeline: FakePipeline
) -> None:
    library = live.library()
    session = after(scoped(ScopeFrom.HISTORY, "yichun-cio", "helan-cio"))
    off, left = steps.take_off(session, "1:0", library)
    assert (off.conversation.let_go, left) == ({"yichun-cio"}, None)
    assert 'aria-pressed="true"' in steps.conversation_html(off, library)
    back, _ = steps.take_off(off, "1:0", library)
    assert back.conversation.let_go == frozenset()
    steps.answer(steps.ask(off, "那任期呢？"), live, [])
    assert pipeline.let_go == ("yichun-cio",)
    assert off.conversation.asked("？").let_go == {"yichun-cio"}
    again = off.conversation.asked("宜春学院？").settled(answer=scoped(ScopeFrom.QUESTION, "yichun-cio"))
    assert again.let_go == frozenset()


@pytest.mark.parametrize(("key", "left"), [("1:0", ["helan-cio"]), ("1:*", []), ("1:7", ["yichun-cio", "helan-cio"])])
def test_a_limit_is_loosened_by_its_chips(key: str, left: list[str], library: Library) -> None:
    session = after(scoped(ScopeFrom.FILTER, "yichun-cio", "helan-cio"))
    assert steps.take_off(session, key, library)[1] == left


@pytest.mark.parametrize("key", ["", "2:0", "x", "1"])
def test_what_is_no_chip_takes_nothing_off(key: str, library: Library) -> None:
    session = after(scoped(ScopeFrom.HISTORY, "yichun-cio"))
    changed, left = steps.take_off(session, key, library)
    assert (changed.conversation.let_go, left) == (frozenset(), None)


def test_many_documents_have_one_chip(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("policy_qa.page.answer_view._CHIPS", 1)
    session = after(scoped(ScopeFrom.HISTORY, "yichun-cio", "helan-cio"))
    html = steps.conversation_html(session, library)
    assert re.findall(r'data-scope="([^"]+)"', html) == ["1:*"]
    assert steps.take_off(session, "1:*", library)[0].conversation.let_go == {"yichun-cio", "helan-cio"}


@pytest.mark.parametrize("texts", [ZH, EN])
def test_the_welcome_says_what_is_on_file_and_offers_its_questions(
    texts: Texts, library: Library, pipeline: FakePipeline
) -> None:
    html = render_conversation(Conversation(), texts, library)
    assert "《贺兰县中小学校首席信息官实施方案》" in html
    assert re.findall(r'data-example="0">(.*?)</button>', html) == [pipeline.examples[0]]
    assert "data-example" not in render_conversation(Conversation(), texts, None)
