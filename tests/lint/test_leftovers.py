"""What word processors, converters and templates leave behind."""

from __future__ import annotations

import pytest
from linted import FRAME, findings, framed, quotes

from policy_qa.lint import Check
from policy_qa.provisions import segment
from samples import document


@pytest.mark.parametrize(
    "leftover",
    [
        "[bookmark: _GoBack]",
        "{PAGE}",
        '{ TOC \\o "1-3" }',
        "{ REF _Ref123456 \\h }",
        "PAGEREF _Toc12345 \\h",
        'HYPERLINK "http://example.org/a"',
        "\\* MERGEFORMAT",
        "错误！未定义书签。",
        "错误!未找到引用源。",
        "Error! Bookmark not defined.",
    ],
)
def test_field_codes(leftover: str) -> None:
    assert leftover in "".join(framed(f"按照{leftover}办理。", Check.LEFTOVER))


@pytest.mark.parametrize(
    "words", ["应用程序的 PAGE 参数。", "参考 REF 编号。", "集合{甲，乙}中的部门。", "错误！请重试。"]
)
def test_no_field_codes(words: str) -> None:
    assert framed(words, Check.LEFTOVER) == []


@pytest.mark.parametrize(
    "blank",
    [
        "由XX部门负责，每年一次。",
        "由×××同志负责，每年一次。",
        "任期____年，可以连任。",
        "负责部门为【待定】，另行通知。",
        "经费为（待补充）万元，专款专用。",
        "自　　年　月　日起施行。",
        "TODO：补充内容，下同。",
        "Lorem ipsum，占位。",
    ],
)
def test_blanks_that_were_not_filled(blank: str) -> None:
    assert len(framed(blank, Check.PLACEHOLDER)) == 1


@pytest.mark.parametrize(
    "words",
    [
        "文书以“××学校”的名义作出。",
        "信封写明××学校收的字样，随信寄出。",
        "采用XML格式，尺寸为XXL。",
        "待定岗位由学校统筹，另行公布。",
        "面积为3×4米，计12平方米。",
        "填写人：____ 日期：____",
    ],
)
def test_no_blanks(words: str) -> None:
    assert framed(words, Check.PLACEHOLDER) == []


def test_blanks_of_a_form_are_for_its_user() -> None:
    form = "附件1\n推荐表\n姓名：____\n本人____，自愿申请，特此承诺。\n"
    assert quotes(FRAME.format("申请人填写附件1。") + form, Check.PLACEHOLDER) == []


@pytest.mark.parametrize(
    "tag", ["<br/>", '<p style="text-align: right;">', "</span>", "&nbsp;", "&#8220;", "<!-- 注 -->"]
)
def test_html(tag: str) -> None:
    assert framed(f"校长{tag}负责此事。", Check.MARKUP) == [tag]


@pytest.mark.parametrize("mark", ["## ", "\\_", "**"])
def test_markdown_in_the_middle(mark: str) -> None:
    assert [q.strip() for q in framed(f"校长负责{mark}全面工作。", Check.MARKUP)] == [mark.strip()]


def test_no_markup() -> None:
    assert framed("成绩 a<b 且 c>d 的，按《某校<试行>办法》C# 课程计。", Check.MARKUP) == []


def test_bold_is_what_a_markdown_file_has() -> None:
    text = FRAME.format("校长**全面**负责。")
    marked = segment(document(text))
    assert quotes(text, Check.MARKUP) == ["**"]
    from dataclasses import replace

    from policy_qa.lint import lint

    in_markdown = replace(marked, document=replace(marked.document, source="x.md"))
    assert [f for f in lint(in_markdown) if f.check is Check.MARKUP] == []


@pytest.mark.parametrize("garbled", ["\ufffd", "锟斤拷", "\ue5d2", "\x07", "銆傛湰"])
def test_garbled(garbled: str) -> None:
    assert len(framed(f"校长{garbled}负责。", Check.GARBLED)) >= 1


def test_rare_characters_are_not_garbled() -> None:
    assert framed("由龘、镕、喆三位教师负责，电子邮箱见通知①。", Check.GARBLED) == []


def test_a_bracket_that_closes_on_the_next_line() -> None:
    text = FRAME.format("由主要负责人担任（特殊情况下经\n\n班子研究授权，由副职担任），任期三年。")
    (found,) = [f for f in findings(text) if f.check is Check.BROKEN_LINE]
    assert "特殊情况下经\n\n班子研究授权" in found.quote


def test_a_sentence_that_ends_in_the_air() -> None:
    text = FRAME.format("成立专家指导机构，聘请人工智能、教育信息化、网络安全等领域和其他有关方面的\n专家指导工作。")
    assert len(quotes(text, Check.BROKEN_LINE)) == 1


def test_a_mark_that_no_line_begins_with() -> None:
    assert len(framed("校长负责全面工作\n，教师配合。", Check.BROKEN_LINE)) == 1


@pytest.mark.parametrize(
    "words",
    [
        "校长的职责：\n（一）管理；\n（二）服务。",
        "各部门应当做好工作。\n教师应当配合。",
        "职责分工\n校长负责全面工作。",
        "组成人员\n张三\n李四",
        "各部门按照下列规定执行并在每学期结束以前把执行的情况报告学校\n（一）甲；\n（二）乙。",
    ],
)
def test_lines_that_end_as_they_should(words: str) -> None:
    assert framed(words, Check.BROKEN_LINE) == []


def test_a_text_taken_over_line_by_line_is_one_finding() -> None:
    line = "学校各部门应当按照统一规划和统一标准推进信息化建设工作并且定期向学校报告有关情况和存在的\n"
    assert len(framed(line * 12 + "问题。", Check.BROKEN_LINE)) == 1
