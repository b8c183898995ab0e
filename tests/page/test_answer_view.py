"""Answers: marks that open sources, lists of citations, refusals, failures, and text to copy."""

import re

import pytest

from policy_qa.datamodels import Answer
from policy_qa.page.answer_view import plain_text, render_conversation
from policy_qa.page.conversation import MAX_TURNS, Conversation, Failure
from policy_qa.page.library import Library
from policy_qa.page.texts import EN, ZH, Texts
from samples import answering

from .conftest import HOSTILE, FakePipeline
from .test_inline import Elements, shown


def answered(pipeline: FakePipeline, question: str) -> Conversation:
    return Conversation().asked(question).settled(answer=pipeline.ask(question))


def test_marks_and_the_list_open_the_same_citations(pipeline: FakePipeline, library: Library) -> None:
    markup = render_conversation(answered(pipeline, "谁可以担任CIO？"), ZH, library)
    keys = ["c:1:1", "c:1:2", "c:1:3", "c:1:4"]
    assert re.findall(r'class="pq-cite" data-open="([^"]+)"', markup) == keys
    assert re.findall(r'class="pq-citation" data-open="([^"]+)"', markup) == keys
    for citation in pipeline.ask("谁可以担任CIO？").citations:
        assert citation.cite in markup
        assert citation.quote.replace("\n", "") in markup


def test_a_mark_without_citation_stays_text(pipeline: FakePipeline, library: Library) -> None:
    markup = render_conversation(answered(pipeline, "hostile"), ZH, library)
    assert re.findall(r'class="pq-cite" data-open="([^"]+)"', markup) == ["c:1:1"]
    assert "[99]" in shown(markup)


def test_hostile_words_are_shown_as_text(pipeline: FakePipeline, library: Library) -> None:
    question = f"hostile {HOSTILE}"
    markup = render_conversation(answered(pipeline, question), ZH, library)
    assert question in shown(markup)
    elements = Elements(markup)
    blocks = {"div", "section", "h2", "h3", "p", "ol", "li", "details", "summary"}
    assert elements.tags <= blocks | {"span", "strong", "a", "q", "br", "button", "textarea"}
    assert elements.addresses == {"#source"}
    assert not {name for name in elements.attributes if name.startswith("on") or name == "style"}


def test_markdown_in_an_answer_stays_text(pipeline: FakePipeline, library: Library) -> None:
    markup = render_conversation(answered(pipeline, "hostile"), ZH, library)
    assert "<p># 标题</p>" in markup
    assert "<p>* 列表</p>" in markup


def test_the_notice_of_a_draft_stands_above_the_answer(pipeline: FakePipeline, library: Library) -> None:
    markup = render_conversation(answered(pipeline, "谁可以担任CIO？"), ZH, library)
    assert 0 < markup.index("尚未正式印发") < markup.index('class="pq-answer"')


def test_a_refusal_looks_different_and_offers_the_nearest(pipeline: FakePipeline, library: Library) -> None:
    markup = render_conversation(answered(pipeline, "食堂几点开门？"), ZH, library)
    assert "pq-refusal" in markup
    assert ZH.refused in markup
    assert re.findall(r'data-open="([^"]+)"', markup) == [f"r:1:{i}" for i in range(5)]
    assert "《贺兰县中小学校首席信息官实施方案》一、工作目标" in markup


@pytest.mark.parametrize("texts", [ZH, EN])
@pytest.mark.parametrize("kind", ["usage", "missing", "unusable", "model", "internal", "busy", "other"])
def test_a_failure_is_one_clear_message(texts: Texts, kind: str) -> None:
    failed = Conversation().asked("问").settled(failure=Failure(kind=kind, detail="<b>expected</b>, found, do"))
    markup = render_conversation(failed, texts, None)
    assert markup.count('role="alert"') == 1
    if kind in ("missing", "unusable"):
        assert "policy-qa build" in markup
    shows_detail = "&lt;b&gt;expected&lt;/b&gt;, found, do" in markup
    assert shows_detail == (kind in ("usage", "model", "other"))


def test_copied_text_holds_answer_and_citations(pipeline: FakePipeline) -> None:
    question = "谁可以担任CIO？"
    text = plain_text(question, pipeline.ask(question), ZH)
    assert text.startswith("问：谁可以担任CIO？\n\n宜春学院：")
    assert text.endswith("[4] 《贺兰县中小学校首席信息官实施方案》四、岗位管理 4.：“原则上由学校法定代表人担任”")
    assert "特殊情况下经学校班子研究授权" in text
    assert "提示：《宜春学院" in text


def test_a_long_conversation_lets_its_oldest_turns_go() -> None:
    conversation = Conversation()
    for i in range(MAX_TURNS + 3):
        conversation = conversation.asked(f"问{i}").settled(answer=_plain(f"答{i}"))
    assert len(conversation.turns) == MAX_TURNS
    assert conversation.turns[0].number == 4
    assert ZH.older_turns.format(count=3) in render_conversation(conversation, ZH, None)
    assert conversation.turn(3) is None
    assert conversation.turn(4) is conversation.turns[0]


def test_the_stamp_changes_with_questions_and_answers_alone() -> None:
    def stamp(conversation: Conversation, texts: Texts = ZH) -> str:
        return re.findall(r'data-stamp="([^"]*)"', render_conversation(conversation, texts, None))[0]

    asked = Conversation().asked("问")
    done = asked.settled(answer=_plain("答"))
    assert [stamp(Conversation()), stamp(asked), stamp(done), stamp(done, EN)] == ["", "1", "1+", "1+"]


def test_only_answered_questions_are_history() -> None:
    conversation = Conversation().asked("一").settled(answer=_plain("答"))
    conversation = conversation.asked("二").settled(failure=Failure(kind="internal")).asked("三")
    assert conversation.earlier() == (("一", "答"),)
    assert conversation.settled(answer=_plain("答")).settled(failure=Failure(kind="busy")).turns[-1].failure is None


def _plain(answer: str) -> Answer:
    return answering(answer)
