"""Provisions verified by people: who said what of which words, shown where cited, reopened when these change."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import httpx
import openpyxl
import pytest
from fastapi import FastAPI

from page.conftest import FakePipeline, Swapped, fake_settings, hostile_document, real_documents, served
from policy_qa.desk.marks import add_marks
from policy_qa.errors import IndexMissing
from policy_qa.kept.marks import Marks, Said, Standing
from policy_qa.page.gate import Gate, Hosts
from policy_qa.page.library import Library
from policy_qa.page.live import LivePipeline
from policy_qa.page.mark_view import render_mark, render_marks
from policy_qa.page.source_view import open_provision, render_source
from policy_qa.page.texts import EN, ZH

REF = "yichun-cio#7.2"


def marks_only(home: Path, live: LivePipeline, cited: Sequence[str] = ()) -> Gate:
    """A server with nothing but these pages, behind the gate."""
    app = FastAPI()
    add_marks(app, live, fake_settings(home), lambda visitor: cited)
    return Gate(app, Hosts())


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[tuple[Swapped, str]]:
    """A server of its own, whose policies can be put in other words."""
    swapped = Swapped(FakePipeline([*real_documents(), hostile_document()]))
    with served(marks_only(tmp_path, swapped.live())) as address:
        yield swapped, address


@pytest.fixture
def visitor(desk: tuple[Swapped, str]) -> Iterator[httpx.Client]:
    """A browser without script: it keeps cookies and follows redirects."""
    with httpx.Client(base_url=desk[1], follow_redirects=True, timeout=60) as client:
        yield client


def changed() -> FakePipeline:
    """The policies with another term of office."""
    documents = [replace(d, text=d.text.replace("任期3年", "任期4年")) for d in real_documents()]
    return FakePipeline(documents)


def shown(visitor: httpx.Client, ref: str = REF) -> str:
    return visitor.get("/marks", params={"ref": ref}).text


def mark(visitor: httpx.Client, said: str = "right", ref: str = REF, **fields: str) -> httpx.Response:
    """What comes of the form on a provision's page, with other fields where they are given."""
    (sha256,) = re.findall(r'name="sha256" value="(\w+)"', shown(visitor, ref))
    form = {"ref": ref, "sha256": sha256, "said": said, "who": "王老师", "note": "与存档一致"}
    return visitor.post("/marks", data=form | fields)


def test_a_mark_says_who_and_when_and_stays(visitor: httpx.Client) -> None:
    assert "还没有人核对过" in shown(visitor)
    page = mark(visitor)
    assert page.status_code == 200
    assert page.url.params["ref"] == REF
    assert "王老师" in page.text
    assert "与存档一致" in page.text
    assert 'name="who" value="王老师"' in shown(visitor, "yichun-cio#8"), "the name is remembered"
    mark(visitor, "wrong", who="李老师", note="")
    assert re.findall(r"<li><b>(\S+)</b> (\S+)", shown(visitor)) == [("有误", "李老师"), ("已核对", "王老师")]
    assert '<span class="dk-badge dk-bad">有误</span>' in shown(visitor)
    mark(visitor, "open")
    assert "撤回了标记" in shown(visitor)
    assert '<span class="dk-badge dk-open">待核对</span>' in shown(visitor)


@pytest.mark.parametrize(
    ("fields", "status", "line"),
    [
        ({"who": " "}, 400, "请填写姓名"),
        ({"said": "perhaps"}, 400, "请选择"),
        ({"sha256": "0" * 64}, 409, "条文有变动"),
    ],
)
def test_what_is_amiss_is_told_with_what_was_typed(
    visitor: httpx.Client, fields: dict[str, str], status: int, line: str
) -> None:
    page = mark(visitor, **fields)
    assert page.status_code == status
    assert line in page.text
    assert "与存档一致</textarea>" in page.text
    assert "还没有人核对过" in shown(visitor)


@pytest.mark.parametrize("ref", ["yichun-cio#99", "nothing#1", "yichun-cio", "<script>"])
def test_a_provision_that_is_not_there_has_no_page(visitor: httpx.Client, ref: str) -> None:
    page = visitor.get("/marks", params={"ref": ref})
    assert page.status_code == 404
    assert "没有这一条" in page.text
    assert "<script>" not in page.text
    assert visitor.post("/marks", data={"ref": ref, "who": "a", "said": "right"}).status_code == 404


def test_it_comes_back_when_its_words_change(desk: tuple[Swapped, str], visitor: httpx.Client) -> None:
    mark(visitor)
    mark(visitor, ref="yichun-cio#8")
    desk[0].put(changed())
    page = shown(visitor)
    assert "待重新核对" in page
    assert "<del>3</del><ins>4</ins>" in re.sub(r"年?(</?(?:del|ins)>)", r"\1", page)
    todo = visitor.get("/marks").text
    assert "第七条第二项" in todo
    assert "第八条" not in todo
    mark(visitor)
    assert "第七条第二项" not in visitor.get("/marks").text
    desk[0].put(FakePipeline([d for d in real_documents() if d.doc_id != "yichun-cio"]))
    assert "该条已不在收录的文件中" in shown(visitor)
    assert "任期4年" in shown(visitor)


def test_the_list_is_filtered_and_counted(visitor: httpx.Client) -> None:
    mark(visitor)
    mark(visitor, "wrong", "yichun-cio#8", who="李老师")
    for query, refs in (
        ({"state": "all"}, ["yichun-cio#7.2", "yichun-cio#8"]),
        ({"state": "wrong"}, ["yichun-cio#8"]),
        ({"state": "all", "who": "王老师"}, ["yichun-cio#7.2"]),
        ({"state": "all", "doc": "helan-cio", "who": "王老师"}, []),
        ({"state": "nonsense"}, []),
    ):
        page = visitor.get("/marks", params=query).text
        found = [ref.replace("%23", "#") for ref in re.findall(r'<h2><a href="/marks\?ref=([^"]+)"', page)]
        assert found == refs, query


def test_a_document_is_verified_from_its_beginning(visitor: httpx.Client) -> None:
    articles = FakePipeline(real_documents()).segmentation("helan-cio").articles
    assert f"共 {len(articles)} 条" in visitor.get("/marks", params={"doc": "helan-cio"}).text
    mark(visitor, ref=articles[1].ref)
    link = f'href="/marks?ref={articles[2].ref.replace("#", "%23")}">下一条待核对'
    assert link in shown(visitor, articles[0].ref)
    assert "下一条待核对" not in shown(visitor, articles[-1].ref)


def test_files_hold_every_mark(visitor: httpx.Client) -> None:
    mark(visitor, note="=1+1")
    mark(visitor, "wrong")
    lines = [json.loads(line) for line in visitor.get("/marks/marks.jsonl").text.splitlines()]
    assert [(line["ref"], line["said"], line["who"]) for line in lines] == [
        (REF, s, "王老师") for s in ("right", "wrong")
    ]
    book = openpyxl.load_workbook(io.BytesIO(visitor.get("/marks/marks.xlsx").content))
    assert [sheet.max_row for sheet in book] == [2, 3, 1]
    assert book.worksheets[1]["F2"].value == "=1+1"
    assert book.worksheets[1]["F2"].data_type == "s"


def test_hostile_words_stay_words(visitor: httpx.Client) -> None:
    page = mark(visitor, ref="hostile#1", who="<b>x</b>", note="</textarea><script>x</script>")
    for text in (page.text, visitor.get("/marks?state=all").text):
        assert not re.search(r"<script|<img|<b>x|<iframe", text)


def test_without_an_index_a_line_says_so(tmp_path: Path) -> None:
    def fail() -> FakePipeline:
        raise IndexMissing("expected an index, found none; run policy-qa build")

    with served(marks_only(tmp_path, LivePipeline(fail, lambda: 1))) as address:
        page = httpx.get(f"{address}marks")
        assert page.status_code == 503
        assert "policy-qa build" in page.text
        assert "</html>" in page.text


@pytest.mark.parametrize(
    ("said", "cited", "words"),
    [
        (Said.RIGHT, REF, "已核对 王老师"),
        (Said.WRONG, REF, "有误 王老师"),
        (Said.TAKEN_BACK, REF, ""),
        (Said.RIGHT, "yichun-cio#7", ""),
        (Said.RIGHT, "helan-cio#4", ""),
    ],
)
def test_a_mark_stands_beside_its_citation(tmp_path: Path, said: Said, cited: str, words: str) -> None:
    marks = Marks(tmp_path / "desk.sqlite3")
    library = Library(FakePipeline(real_documents()), marks=marks)  # type: ignore[arg-type]
    assert render_mark(cited, ZH, library) == ""
    place = library.place(REF)
    assert place
    marks.add(REF, place.cite, place.words, said=said, who="王老师")
    shown = render_mark(cited, ZH, library)
    assert (words in shown) if words else shown == ""


def test_an_article_that_was_verified_speaks_for_its_items(tmp_path: Path) -> None:
    marks = Marks(tmp_path / "desk.sqlite3")
    library = Library(FakePipeline(real_documents()), marks=marks)  # type: ignore[arg-type]
    place = library.place("yichun-cio#7")
    assert place
    marks.add("yichun-cio#7", place.cite, place.words, said=Said.RIGHT, who="<Wang>")
    assert "verified &lt;Wang&gt;" in render_mark(REF, EN, library)
    late = Library(changed(), marks=marks)  # type: ignore[arg-type]
    assert ZH.marks.of("standing", Standing.CHANGED) in render_mark(REF, ZH, late)


def test_answers_go_on_without_marks(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    library = Library(FakePipeline(real_documents()), marks=Marks(tmp_path / "file" / "desk.sqlite3"))  # type: ignore[arg-type]
    assert render_mark(REF, ZH, library) == ""


def test_marks_stand_beside_what_they_are_about(tmp_path: Path) -> None:
    """In the text that is opened and in the library: at the provision, its name before that of an item."""
    marks = Marks(tmp_path / "desk.sqlite3")
    library = Library(FakePipeline(real_documents()), marks=marks)  # type: ignore[arg-type]
    for ref, said in ((REF, Said.WRONG), ("yichun-cio#5", Said.RIGHT), ("yichun-cio#8", Said.TAKEN_BACK)):
        place = library.place(ref)
        assert place
        marks.add(ref, place.cite, place.words, said=said, who="<Wang>")
    segmentation = library.segmentation("yichun-cio")
    beside = render_marks(segmentation, ZH, library)
    assert list(beside) == ["5", "7"]
    assert ">已核对 &lt;Wang&gt;" in beside["5"]
    assert ">第七条第二项 有误 &lt;Wang&gt;" in beside["7"]
    opening = open_provision("yichun-cio#7", library)
    assert opening
    panel = render_source(segmentation, opening, ZH, "p:yichun-cio#7", library)
    for path, words in (("5", "已核对"), ("7", "有误")):
        section = re.search(rf'<section [^>]*id="p-{path}".*?</section>', panel)
        assert section
        assert words in section[0]
        assert (ZH.ask.verify in section[0]) == (path == "7")
