"""What stands beneath an answer: the table, and references inside what is cited."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from policy_qa.datamodels import (
    Answer,
    Citation,
    ComparedRow,
    Comparison,
    Document,
    Quotation,
    Referred,
    Segmentation,
)
from policy_qa.facts.register import Register
from policy_qa.page.answer_view import open_beneath, render_comparison, render_conversation, render_references
from policy_qa.page.conversation import Conversation
from policy_qa.page.library import Library
from policy_qa.page.since import Fate
from policy_qa.page.steps import Session, open_panel, panel_html
from policy_qa.page.texts import ZH, texts_for
from samples import answering, at, cut

from .conftest import HOSTILE

ONE = cut(
    "甲校办法（讨论稿）\n第一条 主任由校长担任。\n第二条 主任任期3年，有第一条情形的除外。\n第三条 <b>其他</b>。\n",
    "one",
)
TWO = cut(f"乙校办法\n第一条 甲。\n第二条 主任任期三年。\n第三条 {HOSTILE}\n", "two")


class Source:
    """Two documents on file."""

    documents: tuple[Document, ...] = (ONE.document, TWO.document)
    register = Register([ONE, TWO])

    def segmentation(self, doc_id: str) -> Segmentation:
        return {"one": ONE, "two": TWO}[doc_id]

    def ask(
        self, question: str, history: Sequence[str] = (), *, doc_ids: Sequence[str] = (), lang: str | None = None
    ) -> Answer:
        raise NotImplementedError


LIBRARY = Library(Source())


def quoted(segmentation: Segmentation, path: str, words: str = "") -> Quotation:
    provision = at(segmentation, path)
    words = words or segmentation.text_of(provision)
    start = segmentation.document.text.index(words, provision.start)
    cite = f"《{segmentation.document.title}》第{path}条"
    return Quotation(ref=provision.ref, cite=cite, quote=words, start=start, end=start + len(words))


TABLE = Comparison(
    documents=(ONE.document, TWO.document),
    rows=(
        ComparedRow(
            point="term",
            label="任期",
            cells=((quoted(ONE, "2", "主任任期3年，有第一条情形的除外。"),), (quoted(TWO, "2", "主任任期三年。"),)),
            differs=False,
        ),
        ComparedRow(point="topic", label="<i>主题</i>", cells=((), (quoted(TWO, "3"),)), differs=True),
    ),
)
REFERRED = quoted(ONE, "1", "主任由校长担任。")
CITATION = Citation(
    n=1,
    ref="one#2",
    cite="《甲校办法》第二条",
    quote="主任任期3年",
    start=0,
    end=0,
    references=(
        Referred(
            text="第一条",
            ref=REFERRED.ref,
            cite=REFERRED.cite,
            quote=REFERRED.quote,
            start=REFERRED.start,
            end=REFERRED.end,
        ),
        Referred(text="本<b>办法第三十条"),
    ),
)
ANSWER = answering(question="两校任期有何不同？", citations=(CITATION,), comparison=TABLE)


@pytest.mark.parametrize(
    ("lang", "silent", "differs"), [("zh", "未作规定", "有差异"), ("en", "says nothing", "differs")]
)
def test_a_real_table_with_silence_and_differences_said(lang: str, silent: str, differs: str) -> None:
    html = render_comparison("t:1:0", TABLE, texts_for(lang))
    assert html.count("<tr>") == 3
    assert html.count('<th scope="row">') == 2
    assert html.count(f">{silent}<") == 1
    assert html.count(f">{differs}<") == 1
    assert [html.count(f'data-open="t:1:0:{key}"') for key in ("0:0:0", "0:1:0", "1:1:0", "1:0:0")] == [1, 1, 1, 0]


def test_a_draft_is_marked_in_its_column() -> None:
    assert render_comparison("t:1:0", TABLE, texts_for("zh")).count(">讨论稿<") == 1


def test_nothing_in_it_is_markup() -> None:
    html = render_comparison("t:1:0", TABLE, texts_for("zh")) + render_references(1, CITATION, texts_for("zh"))
    for mark in ("<script", "<img", "<i>主题", "<b>", "<iframe"):
        assert mark not in html
    assert "&lt;script&gt;" in html


def test_no_table_no_html() -> None:
    assert "<table" not in render_conversation(Conversation().asked("？").settled(answer=answering()), ZH, None)
    assert render_references(1, Citation(n=1, ref="one#1", cite="", quote="", start=0, end=0), texts_for("zh")) == ""


def test_references_are_links_and_a_missing_one_is_said_to_be() -> None:
    html = render_references(4, CITATION, texts_for("zh"))
    assert "文中所引“第一条”：" in html
    assert 'data-open="x:4:1:0"' in html
    assert "x:4:1:1" not in html
    assert html.count("没有这一处") == 1


def test_a_cell_opens_its_source_at_the_words() -> None:
    opening, known = open_beneath(ANSWER, "t", [0, 0, 1, 0], LIBRARY)
    assert known
    assert opening is not None
    assert (opening.doc_id, opening.shaded, opening.fate) == ("two", "2", Fate.SAME)
    ((start, end),) = opening.quoted
    assert TWO.document.text[start:end] == "主任任期三年。"


def test_a_reference_opens_what_it_leads_to() -> None:
    opening, _ = open_beneath(ANSWER, "x", [1, 0], LIBRARY)
    assert opening is not None
    assert (opening.doc_id, opening.shaded) == ("one", "1")


@pytest.mark.parametrize(
    ("kind", "numbers"),
    [
        ("t", [0, 9, 0, 0]),
        ("t", [0, 0, 9, 0]),
        ("t", [0, 1, 0, 0]),
        ("t", [9, 0, 0, 0]),
        ("t", [0]),
        ("x", [1, 1]),
        ("x", [7, 0]),
    ],
)
def test_what_the_answer_does_not_have_opens_nothing(kind: str, numbers: list[int]) -> None:
    assert open_beneath(ANSWER, kind, numbers, LIBRARY) == (None, False)


@pytest.mark.parametrize(("key", "words"), [("t:1:0:0:1:0", "主任任期三年"), ("x:1:1:0", "主任由校长担任")])
def test_a_click_opens_the_panel(key: str, words: str) -> None:
    conversation = Conversation().asked("两校任期有何不同？").settled(answer=ANSWER)
    html = panel_html(open_panel(Session("zh", conversation), key), LIBRARY)
    assert f"<mark>{words}" in html or f'">{words}' in html


@pytest.mark.parametrize("key", ["t:1:0:1:0", "t:1:0:1:0:0:0", "x:1:1", "t:a:0:0:0:0"])
def test_what_is_no_key_is_ignored(key: str) -> None:
    session = Session("zh", Conversation())
    assert open_panel(session, key) is session
