"""Findings as Word comments: at the very words, with the formatting kept, never in the draft itself."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.oxml import parse_xml

from policy_qa.check import Checker
from policy_qa.check.comments import check_target, commented, write_commented
from policy_qa.documents.sources import read_bytes
from policy_qa.errors import UsageError
from samples import document

Y = "《宜春学院首席信息官（CIO）制度（讨论稿）》"
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:v="urn:schemas-microsoft-com:vml"'
)


def marked(data: bytes) -> list[str]:
    """Each paragraph's text with [ and ] where a comment begins and ends, and * before bold runs."""
    out = []
    for paragraph in docx.Document(io.BytesIO(data)).element.body.iter(_W + "p"):
        line = ""
        for element in paragraph.iter():
            if element.tag == _W + "commentRangeStart":
                line += "["
            elif element.tag == _W + "commentRangeEnd":
                line += "]"
            elif element.tag == _W + "b":
                line += "*"
            elif element.tag == _W + "t":
                line += element.text or ""
        out.append(line)
    return out


def comments(data: bytes) -> list[str]:
    return [c.text for c in docx.Document(io.BytesIO(data)).comments]


def checked(checker: Checker, data: bytes) -> tuple[bytes, int]:
    return commented(checker.check(read_bytes(data, "draft.docx")), data, "zh")


def saved(made: Any) -> bytes:
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def test_a_run_is_split_where_the_words_begin_and_end(checker: Checker) -> None:
    made = docx.Document()
    paragraph = made.add_paragraph("请示：根据《宜春学院首席信息官（CIO）")
    paragraph.add_run("制度（讨论稿）》第二十").bold = True
    paragraph.add_run("六条办理。")
    made.add_paragraph("该制度第七条规定：“由学校党委书记提名推荐。”特此报告。")
    data, missed = checked(checker, saved(made))
    assert missed == 0
    assert marked(data) == [
        "请示：根据[《宜春学院首席信息官（CIO）*制度（讨论稿）》第二十六条]办理。",
        "该制度第七条规定：“[由学校党委书记提名推荐。]”特此报告。",
    ]
    first, second = comments(data)
    assert first.startswith("【条款不存在】")
    assert "由学校[-校长-]{+党委书记+}提名推荐" in second
    assert "yichun-cio#7.1" in second


def test_tables_breaks_and_repeated_lines(checker: Checker) -> None:
    made = docx.Document()
    made.add_paragraph(f"依据{Y}第七条之一")
    table = made.add_table(2, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "事项", "依据"
    table.cell(1, 0).text, table.cell(1, 1).text = "聘任", f"{Y}第二十六条"
    made.add_paragraph(f"依据{Y}第七条之一")
    broken = made.add_paragraph("第一行")
    broken.add_run().add_break()
    broken.add_run(f"{Y}第三十条另有规定")
    data, missed = checked(checker, saved(made))
    assert missed == 0
    lines = marked(data)
    assert lines.count(f"依据[{Y}第七条之一]") == 2
    assert f"[{Y}第二十六条]" in lines
    assert f"第一行[{Y}第三十条]另有规定" in lines


def test_revisions_links_and_text_boxes(checker: Checker) -> None:
    box = (
        '<w:p><w:r><w:t>框外</w:t></w:r><w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wp:inline>'
        "<a:graphic><a:graphicData><wps:wsp><wps:txbx><w:txbxContent>"
        f"<w:p><w:r><w:t>{Y}第三十一条</w:t></w:r></w:p>"
        "</w:txbxContent></wps:txbx></wps:wsp></a:graphicData></a:graphic></wp:inline></w:drawing></mc:Choice>"
        f"<mc:Fallback><w:pict><v:textbox><w:txbxContent><w:p><w:r><w:t>{Y}第三十一条</w:t></w:r></w:p></w:txbxContent>"
        "</v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r></w:p>"
    )
    body = (
        f"<w:p><w:r><w:t>依据{Y}</w:t></w:r>"
        "<w:del w:id='1' w:author='a'><w:r><w:delText>第五条</w:delText></w:r></w:del>"
        "<w:ins w:id='2' w:author='a'><w:r><w:t>第二十六条</w:t></w:r></w:ins><w:r><w:t>办理</w:t></w:r></w:p>"
        f"<w:p><w:hyperlink w:anchor='x'><w:r><w:t>{Y}第二十七条</w:t></w:r></w:hyperlink></w:p>{box}"
    )
    made = docx.Document()
    for element in reversed(parse_xml(f"<w:body {_NAMESPACES}>{body}</w:body>")):
        made.element.body.insert(0, element)
    data, missed = checked(checker, saved(made))
    assert missed == 0
    lines = marked(data)
    assert lines[0] == f"依据[{Y}第二十六条]办理"
    assert lines[1] == f"[{Y}第二十七条]"
    # Word allows no comment in a text box: it stands at the paragraph that the box is anchored in.
    assert lines[2].startswith("[框外")
    assert len(comments(data)) == 3


def test_a_text_draft_becomes_a_word_file(checker: Checker) -> None:
    text = f"请示\n\n根据{Y}第二十六条办理。\x0b\n"
    data, missed = commented(checker.check(document(text, "draft")), None, "en")
    assert missed == 0
    assert marked(data)[:3] == ["请示", "", f"根据[{Y}第二十六条]办理。\ufffd"]
    assert comments(data)[0].startswith("【no such provision】")


def test_what_is_right_gets_no_comment(checker: Checker) -> None:
    made = docx.Document()
    made.add_paragraph(f"根据{Y}第七条第（二）项，CIO任期3年。")
    data, _ = checked(checker, saved(made))
    assert comments(data) == []


def test_the_draft_is_never_written_to(checker: Checker, tmp_path: Path) -> None:
    made = docx.Document()
    made.add_paragraph(f"{Y}第二十六条")
    draft, other = tmp_path / "draft.docx", tmp_path / "link.docx"
    draft.write_bytes(saved(made))
    before = draft.read_bytes()
    other.symlink_to(draft)
    for target in (draft, other, tmp_path / "x" / ".." / "draft.docx"):
        with pytest.raises(UsageError, match="the draft itself"):
            check_target(target, draft)
    for target in (tmp_path / "out.doc", tmp_path / "nowhere" / "out.docx", tmp_path):
        with pytest.raises(UsageError, match="expected"):
            check_target(target, draft)
    report = checker.check(read_bytes(before, "draft.docx"))
    assert write_commented(report, draft, tmp_path / "out.docx", "zh") == 0
    assert draft.read_bytes() == before
    assert len(comments((tmp_path / "out.docx").read_bytes())) == 1
