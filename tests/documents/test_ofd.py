"""ofd: what its `TextCode`s put where, as a reader sees it; and what is refused."""

from __future__ import annotations

import io
import zipfile

import pytest
from formats import write_pdf, write_txt
from ofd_files import HEAD, NS, ROOT, of_pdf, ofd, page
from source_policies import POLICIES
from test_five_formats import about, lines, provisions

from policy_qa.documents.sources import read_bytes
from policy_qa.errors import SourceError
from policy_qa.provisions import segment


@pytest.mark.parametrize("name", POLICIES)
def test_the_same_provisions(name: str) -> None:
    expected = segment(read_bytes(write_txt(POLICIES[name]), "policy.txt"))
    found = segment(read_bytes(of_pdf(write_pdf(POLICIES[name])), "policy.ofd"))
    assert (provisions(found), lines(found), about(found)) == (provisions(expected), lines(expected), about(expected))
    assert found.document.encoding == "ofd"
    assert len(found.document.pages) > 1


def text(words: str, x: float = 20, y: float = 30, size: float = 5, more: str = "", code: str = "") -> str:
    """A line of type whose box begins at (x, y) in millimetres."""
    return (
        f'<ofd:TextObject ID="9" Boundary="{x} {y} 170 {size}" Size="{size}" {more}>'
        f'<ofd:TextCode X="0" Y="{size}" {code}>{words}</ofd:TextCode></ofd:TextObject>'
    )


def read(*contents: str, templates: dict[str, str] | None = None, used: str = "") -> str:
    return read_bytes(ofd([page(c, template=used) for c in contents], templates), "a.ofd").text


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (text("第二条 乙。", y=60) + text("第一条 甲。", y=40), "第一条 甲。\n第二条 乙。\n"),  # by place, not by order
        (text("第一条甲", code='DeltaX="g 2 5 15"'), "第一条  甲\n"),  # three characters close, the fourth 10 mm away
        (text("甲乙丙", code='DeltaX="5 5"'), "甲乙丙\n"),
        (text("甲" * 3, code='DeltaX="g 999999999 5"'), "甲甲甲\n"),
        (text("甲", x=20) + text("乙", x=20, more='CTM="1 0 0 1 5 0"'), "甲乙\n"),
        (text("第一条 甲。") + text("样稿", y=100, more='CTM="0.7 0.7 -0.7 0.7 0 0"'), "第一条 甲。\n"),
        (text("第一条 甲。") + text("看不见", y=100, more='Visible="false"'), "第一条 甲。\n"),
        (text("A &amp; B\u200b", code='DeltaX="2.7 2.7 2.7 2.7"'), "A & B\n"),
    ],
)
def test_where_characters_stand(content: str, expected: str) -> None:
    assert read(content) == expected


def test_what_a_template_prints_stands_on_the_page() -> None:
    used = '<ofd:Template TemplateID="7" ZOrder="Background"/>'
    assert (
        read(text("第一条 甲。", y=60), templates={"7": page(text("某某办法"))}, used=used) == "某某办法\n第一条 甲。\n"
    )


def test_a_page_without_a_size_of_its_own_has_that_of_the_document() -> None:
    found = read_bytes(ofd([page(text("第一条 甲。") + text("外面", x=200))], size="0 0 148 210"), "a.ofd")
    assert found.text == "第一条 甲。\n"


def archive(parts: dict[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, part in parts.items():
            packed.writestr(name, part)
    return out.getvalue()


ENTITY = f'{HEAD}<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><ofd:OFD {NS}>&x;</ofd:OFD>'


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"x", "expected an OFD file (.ofd), found no zip archive; export it as .pdf"),
        (archive({"a.txt": "x"}), "expected an OFD file with pages, found none"),
        (archive({"OFD.xml": ROOT}), "expected an OFD file with pages, found none"),
        (archive({"OFD.xml": ENTITY}), "without document type declarations, found one in OFD.xml"),
        (archive({"OFD.xml": "<a"}), "well-formed XML in OFD.xml"),
        (archive({"OFD.xml": ROOT, "b.xml": " " * 30_000_000}), "text that shrinks at most 150 times in an OFD file"),
        (ofd([page("")]), "found an OFD file with no text in it (pages: 1, as of scans)"),
        (ofd([page(text("甲", size=0))]), "no text in it"),
        (ofd([page(text("甲" * 100_001))]), "expected at most 100000 characters on a page"),
    ],
)
def test_what_is_refused(data: bytes, found: str) -> None:
    with pytest.raises(SourceError) as refused:
        read_bytes(data, "a.ofd")
    said = str(refused.value)
    assert said.startswith("a.ofd: expected ")
    assert found in said
    assert "\n" not in said


@pytest.mark.parametrize("junk", ["", "g", "g x 1", "g 5", "1e99 nan", "- . e", "9" * 50])
def test_numbers_that_are_none(junk: str) -> None:
    assert "甲" in read(text("甲", code=f'DeltaX="{junk}" DeltaY="{junk}"', more=f'CTM="{junk}" HScale="{junk}"'))
