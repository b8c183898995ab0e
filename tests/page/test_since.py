"""An answer's sources later: on file as they were, moved, changed, gone; told beside the answer and over the text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from policy_qa.datamodels import Document
from policy_qa.documents.extracted import describe
from policy_qa.page import steps
from policy_qa.page.conversation import Conversation
from policy_qa.page.library import Library
from policy_qa.page.since import Fate, cited_documents, look_up
from policy_qa.page.steps import Session
from policy_qa.page.texts import ZH

from .conftest import FakePipeline

QUOTE = "学校分管信息化工作的副校长、校长助理"


def same(text: str) -> str:
    return text


def longer_before(text: str) -> str:
    """A new article moves all offsets; the one that is quoted stays."""
    return text.replace("第一章", "声明\n第一章", 1)


def said_twice(text: str) -> str:
    """The same words elsewhere as well don't hide where the quoted ones stand."""
    return longer_before(text) + f"\n附注：{QUOTE}。\n"


def other_words(text: str) -> str:
    return text.replace("校长助理", "总会计师")


def condition_added(text: str) -> str:
    """What is quoted is still there, and no longer all that the item says."""
    return text.replace(QUOTE, f"{QUOTE}，但须经校党委批准")


def rebuilt(pipeline: FakePipeline, change: Callable[[str], str]) -> Library:
    def changed(document: Document) -> Document:
        if document.doc_id != "yichun-cio":
            return document
        return describe(change(document.text), doc_id=document.doc_id, source=document.source, sha256="1" * 64)

    return Library(FakePipeline([changed(d) for d in pipeline.documents]))


def without(pipeline: FakePipeline) -> Library:
    return Library(FakePipeline([d for d in pipeline.documents if d.doc_id != "yichun-cio"]))


def session(pipeline: FakePipeline) -> Session:
    """The question of who may serve answered, with the texts that it cites."""
    answer = pipeline.ask("谁可以担任CIO？")
    documents = cited_documents(answer, Library(pipeline))
    return Session("zh", Conversation().asked(answer.question).settled(answer=answer, documents=documents), "c:1:1")


@pytest.mark.parametrize(
    ("change", "fate"),
    [
        (same, Fate.SAME),
        (longer_before, Fate.SAME),
        (said_twice, Fate.SAME),
        (other_words, Fate.CHANGED),
        (condition_added, Fate.CHANGED),
    ],
)
def test_a_provision_is_the_same_only_if_all_of_it_is(
    pipeline: FakePipeline, change: Callable[[str], str], fate: Fate
) -> None:
    now, library = session(pipeline), rebuilt(pipeline, change)
    turn = now.conversation.turns[0]
    assert turn.answer
    found, place = look_up(turn.answer.citations[0], turn.documents, library)
    assert found is fate
    if place:
        assert library.documents["yichun-cio"].text[slice(*place)] == QUOTE
    assert (ZH.ask.changed in steps.conversation_html(now, library)) == (fate is Fate.CHANGED)
    panel = steps.panel_html(now, library)
    assert f'<mark class="pq-quote">{QUOTE}</mark>' in panel
    assert (ZH.ask.fate_changed in panel) == (fate is Fate.CHANGED)
    assert ("p:yichun-cio#6.1" in panel) == (fate is Fate.CHANGED)


def test_the_text_as_it_is_now_is_one_click_away(pipeline: FakePipeline) -> None:
    panel = steps.panel_html(steps.open_panel(session(pipeline), "p:yichun-cio#6.1"), rebuilt(pipeline, other_words))
    assert "总会计师" in panel
    assert "校长助理" not in panel


def test_a_text_that_is_gone_is_shown_as_it_was(pipeline: FakePipeline) -> None:
    now, library = session(pipeline), without(pipeline)
    assert ZH.ask.gone in steps.conversation_html(now, library)
    panel = steps.panel_html(now, library)
    assert ZH.ask.fate_gone in panel
    assert f'<mark class="pq-quote">{QUOTE}</mark>' in panel
    assert 'data-open="p:' not in panel


@pytest.mark.parametrize(
    ("change", "said"), [(other_words, ZH.text_changed), (None, ZH.source_gone)], ids=["changed", "gone"]
)
def test_without_the_text_of_then_only_that_is_said(
    pipeline: FakePipeline, change: Callable[[str], str] | None, said: str
) -> None:
    now = session(pipeline)
    bare = replace(now.conversation.turns[0], documents=())
    now = replace(now, conversation=Conversation((bare,)))
    panel = steps.panel_html(now, rebuilt(pipeline, change) if change else without(pipeline))
    assert said in panel
    assert "<mark" not in panel


def test_only_texts_that_hold_the_quoted_words_are_kept_with_an_answer(pipeline: FakePipeline) -> None:
    answer = pipeline.ask("谁可以担任CIO？")
    assert {d.doc_id for d in cited_documents(answer, Library(pipeline))} == {"yichun-cio", "jiaozuo-cio", "helan-cio"}
    assert {d.doc_id for d in cited_documents(answer, rebuilt(pipeline, longer_before))} == {"jiaozuo-cio", "helan-cio"}
