"""Word files that must not be read: no Word file, locked, damaged, a bomb, or with declarations in it."""

from __future__ import annotations

import io
import os
import re
import struct
import subprocess
import sys
import zipfile
from pathlib import Path

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from word_files import (
    abstract,
    archive,
    lvl,
    members,
    num,
    numbered,
    p,
    root,
    saved,
    style,
    tbl,
    tc,
    text_box,
    tr,
    word_file,
)

from policy_qa.documents.sources import read_document
from policy_qa.documents.word.docx import read_word
from policy_qa.errors import SourceError
from samples import ROOT

WHOLE = word_file(p("第一条 首席信息官任期3年。"))
TEMPLATE = members(saved(docx.Document()))


def refusal(data: bytes) -> str:
    """The one line with which a file is refused."""
    with pytest.raises(SourceError) as caught:
        read_word(data, "规定.docx")
    line = str(caught.value)
    assert line.startswith("规定.docx: expected ")
    assert "\n" not in line
    assert "found" in line
    assert "; " in line
    return line


def test_fault_9_no_zip(tmp_path: Path) -> None:
    for data in (b"", b"plain text", "第一条 甲".encode(), b"%PDF-1.7", b"PK", b"{\\rtf1}"):
        assert "expected a Word file (.docx), found no zip archive; open the file in Word" in refusal(data)
    path = tmp_path / "假.docx"
    path.write_text("第一条 甲", "utf-8")
    with pytest.raises(SourceError, match=r"^假\.docx: .*found no zip archive; "):
        read_document(path)


def test_fault_9_old_and_locked_files() -> None:
    ole = bytes.fromhex("D0CF11E0A1B11AE1") + bytes(600)
    assert "an old Word file (.doc)" in refusal(ole)
    assert "found a file locked with a password; take the password off" in refusal(
        ole + "EncryptedPackage".encode("utf-16-le")
    )


def test_an_archive_of_something_else() -> None:
    assert "found an archive without it" in refusal(archive({"photo.jpg": b"x"}))
    workbook = {name: content for name, content in members(WHOLE).items() if name != "word/document.xml"}
    workbook["_rels/.rels"] = workbook["_rels/.rels"].replace(b"word/document.xml", b"xl/workbook.xml")
    workbook["xl/workbook.xml"] = b"<workbook/>"
    assert "found a workbook" in refusal(archive(workbook))
    assert "found something else" in refusal(word_file("", parts={"document.xml": root("hdr", p("甲"))}))
    assert "found something else" in refusal(word_file("", parts={"document.xml": root("document", p("甲"))}))


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9, 0.99])
def test_a_file_that_is_cut_off(share: float) -> None:
    data = saved(docx.Document())
    assert "found an archive that is cut off or damaged; get the file again" in refusal(data[: int(len(data) * share)])


def test_a_wrong_checksum() -> None:
    part = root("document", f"<w:body>{p('第一条')}</w:body>").encode()
    parts = members(WHOLE) | {"word/document.xml": part}
    data = archive(parts)
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        right = file.getinfo("word/document.xml").CRC
    broken = data.replace(struct.pack("<L", right), struct.pack("<L", right ^ 1))
    assert "found word/document.xml damaged; get the file again" in refusal(broken)


def test_a_locked_member() -> None:
    data = bytearray(WHOLE)
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        for match in re.finditer(re.escape(signature), bytes(data)):
            data[match.start() + offset] |= 1
    assert "encrypted; take the password off" in refusal(bytes(data))


def test_broken_xml() -> None:
    assert "found a fault in line 2; open the file" in refusal(
        word_file("", parts={"document.xml": root("document", "<w:body><w:p></w:body>")})
    )
    assert "in word/styles.xml" in refusal(word_file(p("甲"), styles="<w:style>"))
    assert "found broken UTF-16" in refusal(word_file("", parts={"document.xml": b"\xff\xfe<\0?\0x"}))
    assert "found gbk" in refusal(
        word_file("", parts={"document.xml": '<?xml version="1.0" encoding="gbk"?><甲/>'.encode("gbk")})
    )


def test_a_part_twice() -> None:
    data = archive({**members(WHOLE), "WORD/document.xml": root("document", "<w:body/>")})
    assert "found WORD/document.xml twice" in refusal(data)


def test_a_name_with_line_ends_in_it() -> None:
    refusal(archive({**members(WHOLE), "word/a\nb.xml": b"<!DOCTYPE a>"}))


SUBSET = '<!DOCTYPE w:document [<!ENTITY a "首席信息官"><!ENTITY x SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("declaration", [SUBSET, "<!DOCTYPE w:document>", '<!DOCTYPE a SYSTEM "http://x/y.dtd">'])
def test_fault_7_declarations(encoding: str, declaration: str) -> None:
    part = root("document", f"<w:body>{p('第一条 &a;&x;' if declaration is SUBSET else '第一条')}</w:body>")
    part = part.replace("&amp;", "&").replace("?>\n", f"?>{declaration}\n", 1)
    part = part.replace("UTF-8", "UTF-16" if "16" in encoding else "UTF-8")
    line = refusal(word_file("", parts={"document.xml": part.encode(encoding)}))
    assert "expected a file without document type declarations, found one in word/document.xml; " in line


@pytest.mark.parametrize(
    "name", ["[Content_Types].xml", "_rels/.rels", "word/styles.xml", "docProps/core.xml", "word/theme/theme1.xml"]
)
def test_fault_7_declarations_in_any_part(name: str) -> None:
    assert name in TEMPLATE
    content = TEMPLATE[name]
    at = content.index(b"?>") + 2
    data = archive({**TEMPLATE, name: content[:at] + b"<!DOCTYPE a>" + content[at:]})
    assert f"found one in {name}; " in refusal(data)


def test_fault_7_far_behind_a_comment() -> None:
    part = root("document", "<w:body/>").replace("?>\n", f"?><!--{'甲' * 300_000}--><!DOCTYPE a>\n", 1)
    assert "document type declarations" in refusal(word_file("", parts={"document.xml": part}))


def bomb(size: int) -> bytes:
    """A Word file of a few hundred KB whose text inflates to `size` bytes."""
    head, tail = root("document", "<w:body><w:p><w:r><w:t>|</w:t></w:r></w:p></w:body>").encode().split(b"|")
    return word_file("", parts={"document.xml": head + b"A" * size + tail})


def test_fault_6_a_bomb_is_refused_and_memory_stays_bounded(tmp_path: Path) -> None:
    data = bomb(300_000_000)
    assert len(data) < 400_000
    path = tmp_path / "bomb.docx"
    path.write_bytes(data)
    # Now the archive says 30 MB, a size that passes for honest text.
    lying = tmp_path / "lying.docx"
    lying.write_bytes(data.replace(struct.pack("<L", 300_000_000 + size_of_frame()), struct.pack("<L", 30_000_000)))
    code = """
import resource, sys
from pathlib import Path
from policy_qa.documents.sources import read_document
from policy_qa.documents.word.docx import read_word
from policy_qa.errors import SourceError
peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
before = peak()
for path in sys.argv[1:]:
    try:
        read_document(Path(path))
        print("read")
    except SourceError as error:
        print(error)
print(peak() - before)
"""
    env = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, "-c", code, str(path), str(lying)]
    result = subprocess.run(command, capture_output=True, text=True, check=True, env=env, encoding="utf-8")
    honest, liar, grown = result.stdout.splitlines()
    assert honest.startswith(
        "bomb.docx: expected text that shrinks at most 150 times in a Word file, found word/document"
    )
    assert liar.startswith("lying.docx: expected all of a Word file, found word/document.xml damaged; ")
    assert int(grown) < 100


def size_of_frame() -> int:
    return len(members(bomb(0))["word/document.xml"])


def test_fault_6_many_parts_that_are_large_together() -> None:
    parts = {f"word/media/{i}.bmp": os.urandom(1000) * 30_000 for i in range(7)}
    assert "expected at most 200 MB unpacked in a Word file, found 210 MB" in refusal(
        archive({**members(WHOLE), **parts})
    )


def test_fault_6_too_much_text_in_one_part() -> None:
    part = b"".join(os.urandom(20) + bytes(980) for _ in range(41_000))
    assert "found word/big.xml with 41 MB" in refusal(word_file(p("甲"), parts={"big.xml": part}))


def test_fault_6_too_many_parts() -> None:
    names = {f"word/media/{i}.png": b"" for i in range(5_001)}
    assert "expected at most 5000 parts in a Word file, found 500" in refusal(archive({**members(WHOLE), **names}))


def test_fault_6_too_many_tags() -> None:
    noise = "".join(f"<w:{os.urandom(1).hex()}/>" for _ in range(20_000))
    assert "million tags and attributes" in refusal(word_file(noise * 151))


def test_pictures_may_be_large() -> None:
    data = archive({**members(WHOLE), "word/media/1.bmp": bytes(60_000_000)})
    assert read_word(data, "x.docx").text == "第一条 首席信息官任期3年。"


def test_an_honest_form_of_many_equal_cells_is_read() -> None:
    row = tr(*(tc("", properties='<w:tcW w:w="1000" w:type="dxa"/>') for _ in range(10)))
    found = read_word(word_file(p("登记表") + tbl(tr("姓名", "职务"), *[row] * 2_000)), "x.docx")
    assert found.text == "登记表\n| 姓名 | 职务 |"


def test_tables_inside_each_other_without_end() -> None:
    inner = p("甲")
    for _ in range(600):
        inner = tbl(tr(tc(inner), tc("x")))
    data = word_file(inner)
    assert re.search("hundreds inside each other|found a fault in line", refusal(data))


def test_a_note_that_refers_to_itself() -> None:
    reference = '<w:r><w:footnoteReference w:id="1"/></w:r>'
    part = root("footnotes", f'<w:footnote w:id="1">{p("注", reference)}</w:footnote>')
    assert read_word(word_file(p("甲", reference), parts={"footnotes.xml": part}), "x.docx").text == "甲\n［脚注1］注"


RICH = word_file(
    p("甲", text_box(p("框")), num=1, level=0) + tbl(tr("a", "b"), tr("c", "d")) + p("乙", num=1, level=0),
    numbering=abstract(1, lvl(0, "第%1条")) + num(1, 1),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(RICH) - 1), st.integers(0, 255)), min_size=1, max_size=8))
def test_flipped_bytes_give_text_or_a_refusal(changes: list[tuple[int, int]]) -> None:
    data = bytearray(RICH)
    for at, value in changes:
        data[at] = value
    message = ""
    try:
        read_word(bytes(data), "规定.docx")
    except SourceError as error:
        message = str(error)
    assert not message or message.startswith("规定.docx: ")
    assert "\n" not in message


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_shuffled_markup_gives_text_or_a_refusal(data: st.DataObject) -> None:
    part = members(RICH)["word/document.xml"].decode()
    pieces = re.findall(r"<[^>]+>|[^<]+", part.split("<w:body>")[1].split("</w:body>")[0])
    chosen = data.draw(st.lists(st.sampled_from(pieces), max_size=40))
    balanced, open_ = [], []
    for piece in chosen:
        if piece.startswith("</"):
            continue
        balanced.append(piece)
        if piece.startswith("<") and not piece.endswith("/>"):
            open_.append(re.split(r"[\s>]", piece[1:])[0])
        elif open_ and data.draw(st.booleans()):
            balanced.append(f"</{open_.pop()}>")
    body = "".join(balanced) + "".join(f"</{name}>" for name in reversed(open_))
    found = read_word(word_file(body), "x.docx")
    assert all(line.strip() for line in found.text.split("\n")) or found.text == ""


def test_a_note_is_written_once_however_often_it_is_referred_to() -> None:
    reference = '<w:r><w:footnoteReference w:id="1"/></w:r>'
    part = root("footnotes", f'<w:footnote w:id="1">{p("注" * 1000)}</w:footnote>')
    found = read_word(word_file(p("甲", reference) * 1000, parts={"footnotes.xml": part}), "x.docx")
    assert len(found.text) < 5000


def test_labels_that_would_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    numbering = abstract(1, lvl(0, "章%1" * 100_000)) + num(1, 1)
    found = read_word(word_file(p(num=1, level=0) * 10, numbering=numbering), "x.docx")
    assert max(len(line) for line in found.text.split("\n")) <= 255
    monkeypatch.setattr("policy_qa.documents.word.docx.MAX_CHARACTERS", 2_000_000)
    data = word_file("<w:p/>" * 10_000, numbering=numbering, styles=style("Normal", inside=numbered(1)))
    assert "expected at most 2 million characters of text, found more" in refusal(data)


def test_styles_based_on_each_other_in_a_long_row() -> None:
    styles = "".join(style(f"s{i}", based_on=f"s{i + 1}") for i in range(5_000))
    body = "".join(p("甲", style=f"s{i}") for i in range(3_000))
    assert read_word(word_file(body, styles=styles), "x.docx").text.count("甲") == 3_000
