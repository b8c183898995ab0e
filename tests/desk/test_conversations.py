"""The list of conversations and what can be taken away of one: by its visitor, with every source as a note."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import docx
import pytest
from fastapi import FastAPI
from lxml import etree
from starlette.testclient import TestClient

from page.conftest import HOSTILE
from policy_qa.datamodels import Answer, Citation, Document, Line, LineKind, Point, PointKind, Status
from policy_qa.desk.conversations import add_conversations
from policy_qa.desk.transcript import Grid, transcribe
from policy_qa.kept.conversations import SCHEMA, Conversations, KeptAnswer
from policy_qa.kept.store import Store
from policy_qa.page.texts import EN, ZH
from policy_qa.page.visitor import VISITOR_COOKIE
from policy_qa.pipeline import Pipeline

ME, YOU = "m" * 43, "y" * 43
TEXT = Document(
    doc_id="a", title="甲办法", issuer="甲校", number="甲发〔2024〕1号", date="2024-05-01", status=Status.TRIAL,
    source="a.txt", sha256="0" * 64, text="第一条 任期三年。",
)  # fmt: skip


def cited(n: int, quote: str = "任期三年。") -> Citation:
    return Citation(n=n, ref="a#1", cite="《甲办法》第一条", quote=quote, start=4, end=4 + len(quote))


def answer(question: str = "任期多久？", quote: str = "任期三年。") -> Answer:
    lines = (
        Line(kind=LineKind.LEAD, text="三年", marks=(1,)),
        Line(kind=LineKind.QUOTE, place="第一条", text=quote, marks=(1,)),
    )
    point = Point(text=question, kind=PointKind.CONTENT, lines=lines, citations=(1,))
    return Answer(
        question=question, refused=False, mode="extractive", points=(point,), citations=(cited(1, quote),),
        notices=("《甲办法》为试行。",),
    )  # fmt: skip


def kept(id: str, given: Answer) -> KeptAnswer:
    return KeptAnswer(id=id, question=given.question, answer=given, asked=1_700_000_000.0, documents=(TEXT,))


@pytest.fixture
def conversations(tmp_path: Path) -> Conversations:
    return Conversations(Store(tmp_path / "desk.sqlite3", SCHEMA), 90)


@pytest.fixture
def desk(conversations: Conversations) -> Iterator[TestClient]:
    app = FastAPI()
    add_conversations(app, conversations, "zh")
    with TestClient(app, cookies={VISITOR_COOKIE: ME}, follow_redirects=False) as client:
        yield client


def test_a_visitor_finds_renames_and_deletes_what_is_hers(desk: TestClient, conversations: Conversations) -> None:
    assert ZH.ask.none_kept in desk.get("/conversations").text
    conversations.keep(ME, "c", kept("x", answer()))
    conversations.keep(YOU, "d", kept("y", answer("别人问的")))
    page = desk.get("/conversations").text
    assert '<a href="/?c=c" target="_top">任期多久？</a>' in page
    assert "别人问的" not in page
    assert "任期多久？" in desk.get("/conversations?q=三年").text
    assert ZH.ask.none_found in desk.get("/conversations?q=经费").text
    moved = desk.post("/conversations/c/title?drawer=1", data={"title": "关于任期"})
    assert (moved.status_code, moved.headers["location"]) == (303, "/conversations?drawer=1")
    assert "关于任期" in desk.get("/conversations").text
    desk.post("/conversations/d/delete")
    desk.post("/conversations/c/delete")
    assert conversations.listed(ME) == ()
    assert len(conversations.listed(YOU)) == 1


def test_the_drawer_has_no_head_and_leads_to_the_whole_window(desk: TestClient) -> None:
    assert "dk-top" in desk.get("/conversations").text.partition("</style>")[2]
    assert "dk-top" not in desk.get("/conversations?drawer=1").text.partition("</style>")[2]


@pytest.mark.parametrize("end", [".docx", ".md", "/print"])
@pytest.mark.parametrize("cookies", [{VISITOR_COOKIE: YOU}, {VISITOR_COOKIE: "short"}])
def test_nobody_else_takes_it_away(
    desk: TestClient, conversations: Conversations, end: str, cookies: dict[str, str]
) -> None:
    conversations.keep(ME, "c", kept("x", answer()))
    assert desk.get(f"/conversations/c{end}").status_code == 200
    desk.cookies.update(cookies)
    refused = desk.get(f"/conversations/c{end}")
    assert refused.status_code == 404
    assert ZH.ask.told_foreign in refused.text


def test_a_source_is_noted_once_an_answer_with_what_its_document_is() -> None:
    made = transcribe("题", [kept("x", answer()), kept("y", answer("再问"))], ZH)
    note = "《甲办法》第一条：“任期三年。”（甲校，甲发〔2024〕1号，2024-05-01，试行）"
    assert made.notes == (note, note)
    notice, lead, quote = made.exchanges[1].blocks
    assert not isinstance(notice, Grid)
    assert not isinstance(lead, Grid)
    assert not isinstance(quote, Grid)
    assert (notice.text, lead.notes, quote.notes, quote.place) == ("提示：《甲办法》为试行。", (2,), (2,), "第一条")


def test_every_quotation_of_a_table_has_its_note(pipeline: Pipeline) -> None:
    given = pipeline.ask("三所学校的CIO任期有什么不同？")
    assert given.comparison
    one = KeptAnswer(id="x", question="问", answer=given, asked=1.0, documents=tuple(pipeline.documents))
    made = transcribe("题", [one], ZH)
    grid = next(b for b in made.exchanges[0].blocks if isinstance(b, Grid))
    cells = [p for row in grid.rows for cell in row.cells for p in cell]
    quoted = [q for row in given.comparison.rows for cell in row.cells for q in cell]
    for paragraph in cells:
        if paragraph.notes:
            assert paragraph.text.strip("“”") in made.notes[paragraph.notes[0] - 1]
    assert sum(len(p.notes) for p in cells) == len(quoted)
    assert "（贺兰县教育体育局，2024-03-26，已印发）" in "".join(made.notes)


def footnotes(content: bytes) -> list[str]:
    """The texts of a Word file's notes that are referred to, in order of their references."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        body, notes = (etree.fromstring(package.read(f"word/{name}.xml")) for name in ("document", "footnotes"))
    w = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
    by_id = {note.get(f"{w}id"): "".join(note.itertext()).strip() for note in notes}
    return [by_id[reference.get(f"{w}id")] for reference in body.iter(f"{w}footnoteReference")]


def test_a_word_file_has_real_footnotes(desk: TestClient, conversations: Conversations) -> None:
    conversations.keep(ME, "c", kept("x", answer()))
    conversations.keep(ME, "c", kept("y", answer("再问")))
    got = desk.get("/conversations/c.docx")
    assert got.headers["content-disposition"].endswith("%EF%BC%9F.docx")
    words = [p.text for p in docx.Document(io.BytesIO(got.content)).paragraphs]
    assert words[0] == "任期多久？"
    assert "第一条\u3000任期三年。1" in words, "a source that is cited again has the number of its note"
    assert footnotes(got.content) == ["《甲办法》第一条：“任期三年。”（甲校，甲发〔2024〕1号，2024-05-01，试行）"] * 2


def test_markdown_has_footnotes_too(desk: TestClient, conversations: Conversations) -> None:
    conversations.keep(ME, "c", kept("x", answer()))
    text = desk.get("/conversations/c.md?lang=en").text
    assert "**三年**[^1]" in text
    assert re.search(r"^\[\^1\]: 《甲办法》第一条:“任期三年。” \(.*On trial\)$", text, re.MULTILINE)
    assert EN.ask.made_by.replace("_", r"\_") in text


def test_nothing_of_a_text_is_markup(desk: TestClient, conversations: Conversations) -> None:
    conversations.keep(ME, "c", kept("x", answer(f"\x00{HOSTILE}", f"{HOSTILE}\u202e")))
    for path in ("/conversations", "/conversations/c/print"):
        page = desk.get(path).text
        assert "<img" not in page
        assert "<iframe" not in page
        assert "evil.example/s" in page
    assert "<img" not in desk.get("/conversations/c.md").text.replace(r"\<", "")
    assert "evil" in footnotes(desk.get("/conversations/c.docx").content)[0]


def test_a_store_that_cannot_be_read_is_told_in_a_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    app = FastAPI()
    add_conversations(app, Conversations(Store(tmp_path / "file" / "desk.sqlite3", SCHEMA), 90), "zh")
    client = TestClient(app, cookies={VISITOR_COOKIE: ME})
    for got in (
        client.get("/conversations"),
        client.get("/conversations/c.md"),
        client.post("/conversations/c/delete"),
    ):
        assert got.status_code == 503
        assert ZH.ask.store_unusable in got.text
