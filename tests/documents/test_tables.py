"""xlsx and csv: rows as lines of a table, values as the sheet shows them."""

from __future__ import annotations

import datetime
import io
import zipfile
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest

from policy_qa.documents.sources import read_bytes
from policy_qa.errors import SourceError
from policy_qa.provisions import segment


def workbook(*sheets: tuple[str, list[list[Any]]], edit: Callable[[Any], None] = lambda book: None) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets:
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    edit(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


STANDARD = [
    ["某某学院住宿费标准"],
    ["地区", "标准（元/天）"],
    ["北京|天津", 650],
    [],
    ["上海\n（含崇明）", 600.5],
    ["注：超出部分自理。"],
]


def test_rows_are_lines_of_a_table_and_single_cells_are_paragraphs() -> None:
    found = read_bytes(workbook(("表", STANDARD)), "a.xlsx")
    assert found.text == (
        "某某学院住宿费标准\n| 地区 | 标准（元/天） |\n| 北京｜天津 | 650 |\n"
        "| 上海\u2003（含崇明） | 600.5 |\n注：超出部分自理。"
    )
    assert (found.encoding, found.title) == ("xlsx", "某某学院住宿费标准")
    rows = [segment(found).text_of(p) for p in segment(found).provisions]
    assert "| 北京｜天津 | 650 |" in rows


def test_sheets_are_named_where_there_are_several_and_hidden_ones_are_told() -> None:
    def hide(book: Any) -> None:
        book["三"].sheet_state = "hidden"

    found = read_bytes(workbook(("一", [["甲", "乙"]]), ("二", [["丙"]]), ("三", [["丁"]]), edit=hide), "a.xlsx")
    assert found.text == "一\n| 甲 | 乙 |\n二\n丙"
    assert found.notes == ("隐藏的工作表未读入（1个）",)


@pytest.mark.parametrize(
    ("value", "form", "shown"),
    [
        (datetime.date(2024, 3, 1), "yyyy-mm-dd", "2024年3月1日"),
        (datetime.date(2024, 3, 1), '[$-804]yyyy"年"m"月"d"日"', "2024年3月1日"),
        (45352, "mm-dd-yy", "2024年3月1日"),
        (datetime.time(8, 30), "h:mm", "08:30"),
        (0.35, "0%", "35%"),
        (0.125, "0.0%", "12.5%"),
        (3.0, "General", "3"),
        (0.1 + 0.2, "General", "0.3"),
        (1200, '#,##0"元/day"', "1200"),
        (-1, "yyyy-mm-dd", "-1"),
        (1e300, "yyyy-mm-dd", "1e+300"),
        (True, "General", "是"),
        ("第一条", "@", "第一条"),
    ],
)
def test_values_as_the_sheet_shows_them(value: object, form: str, shown: str) -> None:
    def style(book: Any) -> None:
        book["表"]["A1"].number_format = form

    assert read_bytes(workbook(("表", [[value, "乙"]]), edit=style), "a.xlsx").text == f"| {shown} | 乙 |"


def raw(sheet: str) -> bytes:
    """A workbook whose only sheet has this markup."""
    packed = io.BytesIO(workbook(("表", [["甲"]])))
    out = io.BytesIO()
    with zipfile.ZipFile(packed) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "xl/worksheets/sheet1.xml":
                opened = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
                data = f"{opened}{sheet}</sheetData></worksheet>".encode()
            new.writestr(name, data)
    return out.getvalue()


@pytest.mark.parametrize(
    ("sheet", "text"),
    [
        ('<row><c t="inlineStr"><is><r><t>甲</t></r><rPh><t>jia</t></rPh><r><t>乙</t></r></is></c></row>', "甲乙"),
        ('<row><c t="str"><f>A2</f><v>丙</v></c><c t="e"><v>#REF!</v></c></row>', "丙"),
        ('<row><c r="XFD1048576" t="str"><v>远</v></c></row>', "远"),
        ('<row><c r="ZZZ1" t="str"><v>外</v></c><c t="s"><v>99</v></c><c s="99"><v>1</v></c></row>', ""),
        ('<row><c><v>not a number</v></c><c s="x"><v>7</v></c></row>', "| not a number | 7 |"),
        ("", ""),
    ],
)
def test_markup_that_others_write(sheet: str, text: str) -> None:
    assert read_bytes(raw(sheet), "a.xlsx").text == text


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"x", "expected a workbook (.xlsx), found no zip archive"),
        (b"\xd0\xcf\x11\xe0", "found an old workbook (.xls) or a locked one"),
        (raw('<!DOCTYPE a><row><c t="str"><v>甲</v></c></row>'), "found one in xl/worksheets/sheet1.xml"),
        (
            raw(("<row>" + '<c t="str"><v>1</v></c>' * 10_001 + "</row>") * 10),
            "at most 100000 cells with text",
        ),
    ],
)
def test_what_is_refused(data: bytes, found: str) -> None:
    with pytest.raises(SourceError) as refused:
        read_bytes(data, "a.xlsx")
    assert str(refused.value).startswith("a.xlsx: expected ")
    assert found in str(refused.value)


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ('名单\n姓名,职务\n张三,"校长,\n书记"\n', "名单\n| 姓名 | 职务 |\n| 张三 | 校长,\u2003书记 |"),
        ("姓名\t职务\n张三\t校长\n", "| 姓名 | 职务 |\n| 张三 | 校长 |"),
        ("姓名;职务\r\n张三;校长\r\n", "| 姓名 | 职务 |\n| 张三 | 校长 |"),
        ("姓名,,\n张三,,\n", "姓名\n张三"),
        ("\n\n", ""),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_csv(written: str, text: str, encoding: str) -> None:
    assert read_bytes(written.encode(encoding), "a.csv").text == text


@pytest.mark.parametrize(("data", "found"), [("甲" * 200_000, "found: field larger"), ("a," * 100_001, "100000 cells")])
def test_csv_that_is_refused(data: str, found: str) -> None:
    with pytest.raises(SourceError, match=found):
        read_bytes(data.encode(), "a.csv")
