"""What of a Word file is text, and what is told of the rest."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import docx
import pytest
from word_files import (
    PICTURE,
    STRICT,
    abstract,
    alternatives,
    archive,
    deleted,
    field,
    field_mark,
    ins,
    lvl,
    members,
    num,
    old_text_box,
    p,
    r,
    root,
    saved,
    style,
    tbl,
    tc,
    text_box,
    tr,
    word_file,
)

from policy_qa.documents import scans
from policy_qa.documents.sources import read_document
from policy_qa.documents.word.docx import read_word
from policy_qa.errors import SourceError
from policy_qa.provisions import segment
from samples import assert_lossless, paths, text_at


def lines(body: str, **more: Any) -> list[str]:
    return read_word(word_file(body, **more), "规定.docx").text.split("\n")


def notes(body: str, **more: Any) -> tuple[str, ...]:
    return read_word(word_file(body, **more), "规定.docx").notes


NUMBERED = abstract(1, lvl(0, "第%1条", "chineseCountingThousand")) + num(1, 1)


def test_paragraphs_and_headings_are_lines() -> None:
    document = docx.Document()
    document.add_heading("信息化管理办法", 0)
    document.add_heading("第一章 总则", 1)
    paragraph = document.add_paragraph("第一条 为了")
    paragraph.add_run("规范").bold = True
    paragraph.add_run("管理。")
    document.add_paragraph()
    document.add_paragraph("　　第二条 本办法适用于全校。  ")
    found = read_word(saved(document), "办法.docx")
    assert found.text == "信息化管理办法\n第一章 总则\n第一条 为了规范管理。\n第二条 本办法适用于全校。"
    assert (found.encoding, found.pages, found.notes) == ("docx", (), ())


def test_breaks_tabs_and_hyphens() -> None:
    run = "<w:t>一</w:t><w:br/><w:t>二</w:t><w:cr/><w:t>三</w:t><w:tab/><w:t>四</w:t>"
    run += "<w:noBreakHyphen/><w:t>五</w:t><w:softHyphen/><w:t>六\u00ad七</w:t>"
    assert lines(p(r(run))) == ["一", "二", "三\t四-五六七"]


def test_a_page_break_leaves_no_blank_line() -> None:
    assert lines(p("甲") + p('<w:r><w:br w:type="page"/></w:r>') + p('<w:r><w:br w:type="page"/></w:r>', "乙")) == [
        "甲",
        "乙",
    ]


def test_white_space_is_kept_only_where_the_file_says_so() -> None:
    assert lines(p("<w:r><w:t>  甲 </w:t></w:r>", '<w:r><w:t xml:space="preserve"> 乙</w:t></w:r>')) == ["甲 乙"]


def test_symbols() -> None:
    body = p(
        '<w:r><w:sym w:font="Wingdings" w:char="F0FE"/><w:t>同意</w:t><w:sym w:font="Symbol" w:char="F0B3"/></w:r>',
        r("3\uf0a3", '<w:rFonts w:ascii="Wingdings 2"/>'),
        '<w:r><w:sym w:font="Wingdings" w:char="F021"/></w:r>',
    )
    assert lines(body) == ["☑同意≥3□"]
    assert notes(body) == ("无法对应文字的符号未读入（1个）",)


def test_hidden_text_is_left_out_and_told() -> None:
    styles = style("Normal") + style("Secret", kind="character", inside="<w:rPr><w:vanish/></w:rPr>")
    body = p(
        "甲",
        r("暗暗", "<w:vanish/>"),
        r("乙", '<w:vanish w:val="0"/>'),
        r("密", '<w:rStyle w:val="Secret"/>'),
        r("丙", '<w:rStyle w:val="Secret"/><w:vanish w:val="false"/>'),
    )
    assert lines(body, styles=styles) == ["甲乙丙"]
    assert notes(body, styles=styles) == ("隐藏文字未读入（3字）",)


def test_a_hidden_paragraph_is_not_counted_and_a_style_separator_joins() -> None:
    hidden = p(r("暗", "<w:vanish/>"), num=1, level=0, mark="<w:vanish/>")
    lead = p("职责。", num=1, level=0, mark="<w:vanish/><w:specVanish/>")
    body = p("甲", num=1, level=0) + hidden + lead + p("首席信息官负责规划。")
    assert lines(body, numbering=NUMBERED) == ["第一条 甲", "第二条 职责。首席信息官负责规划。"]


def test_wrappers_are_opened() -> None:
    control = "<w:sdt><w:sdtPr/><w:sdtContent>{}</w:sdtContent></w:sdt>"
    inline = control.format(r("控件")) + f"<w:hyperlink>{r('链接')}</w:hyperlink>"
    inline += f"<w:smartTag>{r('标记')}</w:smartTag><w:customXml>{r('自定义')}</w:customXml>"
    body = control.format(p("块级控件")) + f"<w:customXml>{p('块级')}</w:customXml>" + p(inline)
    assert lines(body) == ["块级控件", "块级", "控件链接标记自定义"]


def test_an_unfilled_control_is_no_text() -> None:
    empty = f"<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>{r('单击此处输入')}</w:sdtContent></w:sdt>"
    assert lines(p("姓名：", empty)) == ["姓名："]
    assert notes(p("姓名：", empty)) == ("未填写的占位文字未读入（1处）",)


def test_a_field_gives_its_result() -> None:
    inner = field(" REF x ", r("三"))
    body = p(
        "见第",
        field(f" IF {'a'} ", r("十") + inner),
        "条，",
        '<w:fldSimple w:instr=" DATE ">' + r("2024年") + "</w:fldSimple>",
        field(' HYPERLINK "http://x" ', r("此处")),
        field_mark("begin") + '<w:r><w:instrText> XE "词" </w:instrText></w:r>' + field_mark("end"),
    )
    assert lines(body) == ["见第十三条，2024年此处"]


def test_a_number_in_a_circle_made_by_a_field() -> None:
    eq = field_mark("begin") + r("<w:instrText> eq \\o\\ac(○,3) </w:instrText>") + field_mark("end")
    assert lines(p(eq, "组织实施；")) == ["③组织实施；"]


def test_a_field_that_is_never_closed_swallows_nothing() -> None:
    begin = field_mark("begin") + r("<w:instrText>TOC \\o</w:instrText>") + field_mark("separate")
    assert lines(p(begin, "第一条 甲") + p("第二条 乙")) == ["第一条 甲", "第二条 乙"]


TOC = "目录未读入"


@pytest.mark.parametrize(
    "contents",
    [
        "<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val='Table of Contents'/></w:docPartObj></w:sdtPr>"
        f"<w:sdtContent>{p('目录')}{p('第一章 总则	1')}</w:sdtContent></w:sdt>",
        p("目　录")
        + p(field_mark("begin"), r("<w:instrText> TOC \\o </w:instrText>"), field_mark("separate"), "第一章 总则	1")
        + p("第二章 职责	2")
        + p(field_mark("end")),
        p("目录") + p("第一章 总则	1", style="11") + p("第二章 职责	2", style="21"),
        p('<w:fldSimple w:instr="TOC \\o">' + r("第一章 总则	1") + "</w:fldSimple>"),
    ],
    ids=["content control", "field", "styles", "simple field"],
)
def test_a_table_of_contents_is_left_out(contents: str) -> None:
    styles = style("Normal") + style("11", name="toc 1") + style("21", name="目录 2")
    body = p("办法") + contents + p("第一章 总则") + p("第一条 甲")
    assert lines(body, styles=styles) == ["办法", "第一章 总则", "第一条 甲"]
    assert notes(body, styles=styles) == (TOC,)


def test_text_after_the_end_of_a_table_of_contents_is_kept() -> None:
    begin = field_mark("begin") + r("<w:instrText>TOC</w:instrText>") + field_mark("separate")
    assert lines(p(begin, "第一章	1") + p("第二章	2", field_mark("end"), "第一章 总则")) == ["第一章 总则"]


def test_revisions_are_read_as_accepted() -> None:
    moved = p(f"<w:moveTo>{r('移来。')}</w:moveTo>")
    gone = p(f"<w:moveFrom>{r('移走。')}</w:moveFrom>", mark="<w:moveFrom/>")
    body = p("任期", deleted("2"), ins(r("3")), "年。") + gone + moved + p(ins(r("新增。")), mark="<w:ins/>")
    assert lines(body) == ["任期3年。", "移来。", "新增。"]
    assert notes(body) == ("已按接受全部修订读取（插入2处，删除1处，移动1处）",)


def test_a_deleted_end_mark_joins_paragraphs() -> None:
    body = p("第一条 校长", mark="<w:del/>") + p("担任。") + p(deleted("旧文"), mark="<w:del/>") + p("第二条 乙。")
    assert lines(body) == ["第一条 校长担任。", "第二条 乙。"]
    assert notes(body) == ("已按接受全部修订读取（删除2处）",)


def test_a_deleted_paragraph_is_not_counted() -> None:
    gone = p(deleted("删去"), num=1, level=0, mark="<w:del/>")
    body = p("甲", num=1, level=0) + gone + p("乙", num=1, level=0) + gone + tbl(tr("a", "b")) + p("丙", num=1, level=0)
    assert lines(body, numbering=NUMBERED) == ["第一条 甲", "第二条 乙", "| a | b |", "第三条 丙"]


def test_deleted_and_inserted_rows_and_cells() -> None:
    body = tbl(
        tr("职务", "任期"),
        tr("旧", "2年", properties="<w:del/>"),
        tr("新", "3年", properties="<w:ins/>"),
        tr("留", tc("走", properties="<w:cellDel/>")),
    )
    assert lines(body) == ["| 职务 | 任期 |", "| 新 | 3年 |", "| 留 |"]
    assert notes(body) == ("已按接受全部修订读取（插入1处，删除2处）",)


def test_comments_are_told() -> None:
    body = p(
        '<w:commentRangeStart w:id="0"/>', "甲", '<w:commentRangeEnd w:id="0"/>', r('<w:commentReference w:id="0"/>')
    )
    assert lines(body) == ["甲"]
    assert notes(body) == ("批注未读入（1条）",)


def test_tables() -> None:
    document = docx.Document()
    table = document.add_table(3, 3)
    for row, texts in zip(table.rows, [("序号", "a|b", "备注"), ("1", "甲\n乙", ""), ("2", "丙", "")], strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    table.cell(0, 1).merge(table.cell(0, 2))
    table.cell(1, 0).merge(table.cell(2, 0))
    assert read_word(saved(document), "表.docx").text.split("\n") == [
        "| 序号 | a｜b\u2003备注 |",
        "| 1\u20032 | 甲\u2003乙 |  |",
        "|  | 丙 |  |",
    ]


def test_a_table_in_a_cell_follows_its_row() -> None:
    inner = tbl(tr("内1", "内2"), tr("", ""))
    assert lines(p("前") + tbl(tr("甲", tc("乙", inner, "丙")), tr("丁", "戊")) + p("后")) == [
        "前",
        "| 甲 | 乙\u2003丙 |",
        "| 内1 | 内2 |",
        "| 丁 | 戊 |",
        "后",
    ]


def test_a_table_of_one_cell_is_a_frame() -> None:
    assert lines(tbl(tr(tc("第一条 甲", "第二条 乙")))) == ["第一条 甲", "第二条 乙"]


def test_controls_around_rows_and_cells() -> None:
    control = "<w:sdt><w:sdtPr/><w:sdtContent>{}</w:sdtContent></w:sdt>"
    body = tbl(control.format(tr("a", control.format(tc("b")))), tr("c", tc(control.format(p("d")))))
    assert lines(body) == ["| a | b |", "| c | d |"]


def test_numbers_in_cells_count() -> None:
    numbering = abstract(1, lvl(0, "%1")) + num(1, 1)
    one = tc(p(num=1, level=0))
    assert lines(tbl(tr(one, "甲"), tr(one, "乙")), numbering=numbering) == ["| 1 | 甲 |", "| 2 | 乙 |"]


def test_a_text_box_follows_its_paragraph_once() -> None:
    inner = tbl(tr("a", "b"))
    assert lines(p("锚", text_box(p("框一"), p("框二"), inner), "点") + p("后")) == [
        "锚点",
        "框一",
        "框二",
        "| a | b |",
        "后",
    ]


def test_a_text_box_in_old_markup() -> None:
    assert lines(p(old_text_box(p("红头"))) + p("正文")) == ["红头", "正文"]


def test_one_of_several_alternatives() -> None:
    assert lines(p(alternatives(r("甲"), r("乙")), alternatives("", r("丙")))) == ["甲丙"]


def notes_part(kind: str, *texts: str) -> str:
    rows = "".join(f'<w:{kind} w:id="{i}">{p(text)}</w:{kind}>' for i, text in enumerate(texts, start=1))
    return root(f"{kind}s", f'<w:{kind} w:type="separator" w:id="0">{p("线")}</w:{kind}>{rows}')


def test_notes_follow_the_paragraph_that_refers_to_them() -> None:
    parts = {
        "footnotes.xml": notes_part("footnote", "指学校。", "指校长。"),
        "endnotes.xml": notes_part("endnote", "末注。"),
    }
    body = p("机构", r('<w:footnoteReference w:id="2"/>'), "设岗", r('<w:endnoteReference w:id="1"/>'), "。")
    body += tbl(tr(tc(p("甲", r('<w:footnoteReference w:id="1"/>'))), "乙"))
    expected = ["机构设岗。", "［脚注1］指校长。", "［尾注1］末注。", "| 甲 | 乙 |", "［脚注2］指学校。"]
    assert lines(body, parts=parts) == expected
    related = [("footnotes", "footnotes.xml"), ("endnotes", "endnotes.xml")]
    assert lines(body, parts=parts, related=related) == expected


def test_a_note_with_a_mark_of_its_own() -> None:
    reference = r('<w:footnoteReference w:customMarkFollows="1" w:id="1"/><w:t>*</w:t>')
    assert lines(p("甲", reference), parts={"footnotes.xml": notes_part("footnote", "注。")}) == ["甲", "［脚注*］注。"]


def test_headers_and_footers_are_told_where_they_hold_more_than_a_page_number() -> None:
    document = docx.Document()
    document.add_paragraph("正文")
    section = document.sections[0]
    section.footer.paragraphs[0].text = "— 1 —"
    assert read_word(saved(document), "x.docx").notes == ()
    section.header.paragraphs[0].text = "某某学院文件" * 6
    found = read_word(saved(document), "x.docx")
    assert found.text == "正文"
    assert found.notes == ("页眉页脚未读入：" + "某某学院文件" * 5 + "…",)


def test_pictures_and_embedded_files_are_told() -> None:
    found = read_word(word_file(p("甲" * 30, PICTURE) + '<w:altChunk r:id="rId9"/>'), "x.docx")
    assert found.text == "甲" * 30
    assert found.notes == ("图片、图表未读入（1个），其中的文字不在文本中", "嵌入的其他文件未读入（1个）")


def test_a_file_of_pictures_alone_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scans, "available", lambda: False)
    with pytest.raises(SourceError, match=r"^x\.docx: expected text, found a Word file with no text in it .*run OCR"):
        read_word(word_file(p(PICTURE) + p(PICTURE)), "x.docx")
    assert read_word(word_file(p("")), "x.docx").text == ""


def test_characters_that_show_nothing_are_left_out() -> None:
    assert lines(p("第二\u200b条\ufeff 甲")) == ["第二条 甲"]


def test_formulas_and_ruby_give_their_base_text() -> None:
    math = "<m:oMath><m:r><m:t>a+b</m:t></m:r></m:oMath>"
    ruby = r(f"<w:ruby><w:rt>{r('zhang')}</w:rt><w:rubyBase>{r('章')}</w:rubyBase></w:ruby>")
    assert lines(p("式", math, ruby)) == ["式a+b章"]


def test_strict_ooxml() -> None:
    parts = members(word_file(p("甲", num=1, level=0) + tbl(tr("a", "b")), numbering=NUMBERED))
    strict = {}
    for name, content in parts.items():
        for transitional, namespace in STRICT.items():
            content = content.replace(transitional.encode(), namespace.encode())
        strict[name] = content
    assert b"purl.oclc.org" in strict["word/document.xml"]
    assert read_word(archive(strict), "x.docx").text == "第一条 甲\n| a | b |"


def test_other_part_names_and_missing_parts() -> None:
    parts = members(word_file(p("甲", style="None", num=7, level=0)))
    parts["wps/main.xml"] = parts.pop("word/document.xml")
    parts["_rels/.rels"] = parts["_rels/.rels"].replace(b"word/document.xml", b"/wps/main.xml")
    del parts["word/_rels/document.xml.rels"]
    assert read_word(archive(parts), "x.docx").text == "甲"


def test_without_any_relations_the_usual_names_hold() -> None:
    parts = members(word_file(p("甲", num=1, level=0), numbering=NUMBERED))
    del parts["word/_rels/document.xml.rels"], parts["_rels/.rels"]
    assert read_word(archive(parts), "x.docx").text == "第一条 甲"


def test_nothing_in_it() -> None:
    assert read_word(saved(docx.Document()), "x.docx").text == ""


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_parts_in_other_encodings(encoding: str) -> None:
    part = root("document", f"<w:body>{p('首席信息官')}</w:body>").replace("UTF-8", encoding.replace("-sig", ""))
    data = word_file("", parts={"document.xml": part.encode(encoding)})
    assert read_word(data, "x.docx").text == "首席信息官"


def test_a_regulation_with_automatic_numbers_becomes_provisions(tmp_path: Path) -> None:
    numbering = abstract(
        1,
        lvl(0, "第%1章", "chineseCountingThousand"),
        lvl(1, "第%2条", "chineseCountingThousand", restart=0),
        lvl(2, "（%3）", "chineseCounting", suff="nothing"),
    ) + num(1, 1)
    rows = [
        (0, "总则"),
        (1, "为规范首席信息官（CIO）工作，制定本办法。"),
        (1, "首席信息官履行下列职责："),
        (2, "组织规划；"),
        (2, "统筹经费。"),
        (0, "聘任"),
        (1, "首席信息官任期3年，应当符合下列条件："),
        (2, "熟悉业务；"),
        (2, "有五年以上管理经历。"),
    ]
    body = p("某某学院首席信息官管理办法") + "".join(p(text, num=1, level=level) for level, text in rows)
    path = tmp_path / "cio.docx"
    path.write_bytes(word_file(body, numbering=numbering))
    document = read_document(path)
    assert (document.title, document.encoding) == ("某某学院首席信息官管理办法", "docx")
    found = segment(document)
    assert_lossless(found)
    assert paths(found) == ["preamble", "1", "2", "2.1", "2.2", "3", "3.1", "3.2"]
    assert text_at(found, "2.2") == "（二）统筹经费。"
    assert text_at(found, "3").startswith("第三条 首席信息官任期3年")
    assert found.articles[-1].headings == ("第二章 聘任",)
