"""Automatic numbers as Word shows them."""

from __future__ import annotations

import docx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from word_files import abstract, lvl, num, numbered, p, saved, start_override, style, text_box, word_file

from policy_qa.documents.number_forms import number_text
from policy_qa.documents.word.docx import read_word
from policy_qa.numerals import parse_number


def labels(body: str, numbering: str, styles: str = "") -> list[str]:
    """The lines of a file whose paragraphs hold one letter each, without it."""
    text = read_word(word_file(body, numbering=numbering, styles=styles), "x.docx").text
    return [line.removesuffix("x") for line in text.split("\n")]


def at(*levels: int, of: int = 1) -> str:
    return "".join(p("x", num=of, level=level) for level in levels)


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("decimal", {1: "1", 120: "120"}),
        ("decimalZero", {1: "01", 10: "10"}),
        ("decimalFullWidth", {12: "１２"}),
        ("chineseCounting", {1: "一", 10: "十", 21: "二十一", 105: "一〇五"}),
        ("taiwaneseCounting", {99: "九十九"}),
        ("chineseCountingThousand", {10: "十", 20: "二十", 101: "一百零一", 110: "一百一十", 1260: "一千二百六十"}),
        ("taiwaneseCountingThousand", {101: "一百零一"}),
        ("japaneseCounting", {10: "十", 101: "百一", 111: "百十一"}),
        ("ideographDigital", {10: "一〇", 25: "二五"}),
        ("chineseLegalSimplified", {1: "壹", 3: "叁", 10: "壹拾", 105: "壹佰零伍"}),
        ("ideographLegalTraditional", {2: "貳", 6: "陸"}),
        ("ideographTraditional", {1: "甲", 10: "癸", 11: "11"}),
        ("ideographZodiac", {1: "子", 12: "亥"}),
        ("ideographZodiacTraditional", {1: "甲子", 13: "丙子"}),
        ("ideographEnclosedCircle", {1: "㊀", 10: "㊉"}),
        ("decimalEnclosedCircle", {1: "①", 20: "⑳", 21: "21"}),
        ("decimalEnclosedCircleChinese", {3: "③"}),
        ("decimalEnclosedParen", {3: "⑶"}),
        ("decimalEnclosedFullstop", {20: "⒛"}),
        ("upperRoman", {4: "IV", 1994: "MCMXCIV"}),
        ("lowerRoman", {9: "ix"}),
        ("upperLetter", {1: "A", 26: "Z", 27: "AA", 28: "BB", 53: "AAA"}),
        ("lowerLetter", {3: "c"}),
        ("ordinal", {1: "1st", 11: "11th", 22: "22nd"}),
        ("numberInDash", {3: "- 3 -"}),
        ("custom:001, 002, 003, ...", {7: "007"}),
        ("none", {3: ""}),
        ("somethingNew", {3: "3"}),
        ("upperRoman", {0: "0"}),
    ],
)
def test_number_formats(form: str, expected: dict[int, str]) -> None:
    assert {number: number_text(number, form) for number in expected} == expected


@given(st.integers(1, 9999), st.sampled_from(["chineseCounting", "chineseCountingThousand", "chineseLegalSimplified"]))
def test_han_numbers_read_back(number: int, form: str) -> None:
    assert parse_number(number_text(number, form)) == number


@given(
    st.integers(-3, 10**9),
    st.sampled_from(["lowerLetter", "lowerRoman", "chineseCounting", "ideographZodiacTraditional"]),
)
def test_no_number_fails_or_grows_without_bound(number: int, form: str) -> None:
    assert 0 < len(number_text(number, form)) <= 60


@pytest.mark.parametrize(
    ("text", "suff", "expected"),
    [
        ("第%1条", "", "第一条 "),
        ("第%1条", "space", "第一条 "),
        ("第%1条", "nothing", "第一条"),
        ("第%1条　", "nothing", "第一条 "),
        ("%1、", "", "一、"),
        ("（%1）", "", "（一）"),
        ("%1.", "", "一. "),
    ],
)
def test_what_stands_between_number_and_text(text: str, suff: str, expected: str) -> None:
    assert labels(at(0), abstract(1, lvl(0, text, "chineseCounting", suff=suff)) + num(1, 1)) == [expected]


THREE = abstract(1, lvl(0, "%1."), lvl(1, "%1.%2."), lvl(2, "%1.%2.%3.")) + num(1, 1)


def test_deeper_levels_start_again() -> None:
    assert labels(at(0, 1, 1, 2, 0, 1, 2), THREE) == ["1. ", "1.1. ", "1.2. ", "1.2.1. ", "2. ", "2.1. ", "2.1.1. "]


def test_a_level_left_out_counts_as_used_once() -> None:
    assert labels(at(2, 1, 0), THREE) == ["1.1.1. ", "1.2. ", "2. "]


def test_a_level_that_never_starts_again() -> None:
    numbering = abstract(1, lvl(0, "第%1章"), lvl(1, "第%2条", restart=0), lvl(2, "(%3)")) + num(1, 1)
    assert labels(at(0, 1, 1, 2, 0, 1, 2), numbering) == [
        "第1章 ",
        "第1条 ",
        "第2条 ",
        "(1) ",
        "第2章 ",
        "第3条 ",
        "(1) ",
    ]


def test_a_level_that_starts_again_after_a_far_one_only() -> None:
    numbering = abstract(1, lvl(0, "%1"), lvl(1, "%2"), lvl(2, "%3", restart=1)) + num(1, 1)
    assert labels(at(0, 1, 2, 1, 2, 0, 2), numbering) == ["1 ", "1 ", "1 ", "2 ", "2 ", "2 ", "1 "]


def test_start_values() -> None:
    assert labels(at(0, 0), abstract(1, lvl(0, "%1", start=5)) + num(1, 1)) == ["5 ", "6 "]
    assert labels(at(0, 0), abstract(1, lvl(0, "%1", start=None)) + num(1, 1)) == ["0 ", "1 "]


def test_lists_of_one_abstract_list_share_the_count() -> None:
    numbering = abstract(1, lvl(0, "%1")) + num(1, 1) + num(2, 1)
    assert labels(at(0, 0) + at(0, of=2) + at(0), numbering) == ["1 ", "2 ", "3 ", "4 "]


def test_a_list_with_a_start_of_its_own_starts_again_once() -> None:
    numbering = abstract(1, lvl(0, "%1")) + num(1, 1) + num(2, 1, start_override(0, 1))
    body = at(0, 0) + at(0, 0, of=2) + at(0) + at(0, of=2)
    assert labels(body, numbering) == ["1 ", "2 ", "1 ", "2 ", "3 ", "4 "]


def test_an_overridden_level() -> None:
    override = f'<w:lvlOverride w:ilvl="0">{lvl(0, "附%1", "upperLetter")}</w:lvlOverride>'
    assert labels(at(0, of=2), abstract(1, lvl(0, "%1")) + num(2, 1, override)) == ["附A "]


def test_legal_numbers() -> None:
    numbering = abstract(1, lvl(0, "第%1章", "chineseCounting"), lvl(1, "%1.%2", more="<w:isLgl/>")) + num(1, 1)
    assert labels(at(0, 0, 1), numbering) == ["第一章 ", "第二章 ", "2.1 "]


def test_bullets_and_silent_levels() -> None:
    numbering = abstract(1, lvl(0, "\uf0b7", "bullet"), lvl(1, "■", "bullet"), lvl(2, "", "none")) + num(1, 1)
    assert labels(at(0, 1, 2), numbering) == ["• ", "■ ", ""]


def test_a_hidden_number_counts() -> None:
    numbering = abstract(1, lvl(0, "%1", more="<w:rPr><w:vanish/></w:rPr>"), lvl(1, "%1.%2")) + num(1, 1)
    assert labels(at(0, 0, 1), numbering) == ["", "", "2.1 "]


def test_the_newer_of_two_formats() -> None:
    level = (
        '<w:lvl w:ilvl="0"><w:start w:val="1"/><mc:AlternateContent><mc:Choice Requires="w14">'
        '<w:numFmt w:val="custom" w:format="001, 002, 003, ..."/></mc:Choice><mc:Fallback>'
        '<w:numFmt w:val="decimal"/></mc:Fallback></mc:AlternateContent><w:lvlText w:val="%1"/></w:lvl>'
    )
    assert labels(at(0), abstract(1, level) + num(1, 1)) == ["001 "]


def test_numbering_from_styles() -> None:
    numbering = abstract(
        1, lvl(0, "第%1章", more='<w:pStyle w:val="1"/>'), lvl(1, "第%2条", more='<w:pStyle w:val="2"/>')
    ) + num(1, 1)
    styles = (
        style("Normal")
        + style("1", name="heading 1", inside=numbered(1))
        + style("2", name="heading 2", inside=numbered(1))
        + style("Derived", based_on="2")
        + style("Off", based_on="2", inside=numbered(0))
    )
    body = p("x", style="1") + p("x", style="2") + p("x", style="Derived") + p("x", style="Off") + p("x")
    body += p("x", style="2", num=0) + p("x", style="2")
    assert labels(body, numbering, styles) == ["第1章 ", "第1条 ", "第2条 ", "", "", "", "第3条 "]


def test_a_level_and_a_list_from_different_styles_of_a_chain() -> None:
    styles = style("A", inside=numbered(1)) + style(
        "B", based_on="A", inside='<w:pPr><w:numPr><w:ilvl w:val="1"/></w:numPr></w:pPr>'
    )
    assert labels(p("x", style="A") + p("x", style="B"), THREE, styles) == ["1. ", "1.1. "]


def test_styles_based_on_each_other_do_not_hang() -> None:
    styles = style("A", based_on="B") + style("B", based_on="A", inside=numbered(1))
    assert labels(p("x", style="A"), THREE, styles) == ["1. "]


def test_a_list_style() -> None:
    numbering = (
        abstract(1, '<w:numStyleLink w:val="公文"/>')
        + abstract(2, '<w:styleLink w:val="公文"/>', lvl(0, "%1、", "chineseCounting"))
        + num(1, 1)
        + num(2, 2)
    )
    styles = style("公文", kind="numbering", inside=numbered(2))
    assert labels(at(0) + at(0, of=2), numbering, styles) == ["一、", "二、"]


def test_a_list_that_names_itself_has_no_number() -> None:
    numbering = abstract(1, '<w:numStyleLink w:val="环"/>') + num(1, 1)
    assert labels(at(0), numbering, style("环", kind="numbering", inside=numbered(1))) == [""]


@pytest.mark.parametrize("paragraph", [p("x", num=9, level=0), p("x", num=1, level=8), p("x", num=1, level=77)])
def test_a_list_or_level_that_is_not_there(paragraph: str) -> None:
    assert labels(paragraph, THREE) == [""]


def test_an_empty_numbered_paragraph_shows_its_number() -> None:
    assert read_word(word_file(p(num=1, level=0) + at(0), numbering=THREE), "x.docx").text == "1.\n2. x"


def test_text_boxes_count_for_themselves() -> None:
    body = at(0) + p("x", text_box(at(0)), num=1, level=0) + at(0)
    assert labels(body, THREE) == ["1. ", "2. ", "1. ", "3. "]


def test_the_lists_of_the_default_template() -> None:
    document = docx.Document()
    for text in ("甲", "乙"):
        document.add_paragraph(text, style="List Number")
    document.add_paragraph("丙", style="List Bullet")
    assert read_word(saved(document), "x.docx").text == "1. 甲\n2. 乙\n• 丙"


@given(st.lists(st.integers(0, 3), min_size=1, max_size=30), st.lists(st.integers(0, 3), min_size=4, max_size=4))
def test_nested_lists_against_a_count_by_hand(levels: list[int], starts: list[int]) -> None:
    patterns = ["%1", "%1.%2", "%1.%2.%3", "%1.%2.%3.%4"]
    numbering = abstract(1, *(lvl(i, patterns[i], start=starts[i]) for i in range(4))) + num(1, 1)
    expected = []
    for i, level in enumerate(levels):
        # The number at depth d: paragraphs at d since the last one above d, one more for a gap that was filled.
        parts = []
        for depth in range(level + 1):
            since = next((j + 1 for j in reversed(range(i)) if levels[j] < depth), 0)
            window = levels[since : i + 1]
            used = window.count(depth)
            deeper_first = next((one for one in window if one >= depth), depth) > depth
            parts.append(starts[depth] + used + deeper_first - 1)
        expected.append(".".join(map(str, parts)) + " ")
    assert labels(at(*levels), numbering) == expected
