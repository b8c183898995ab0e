"""Question sets as tables: Chinese and English column names, cells of several values, what office programs write."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import openpyxl
import pytest

from policy_qa.errors import UsageError
from policy_qa.evaluation import questions
from policy_qa.evaluation.questions import read_questions

CHINESE = ("编号", "类别", "问题", "前文", "应拒答", "答案条款", "可引", "关键词", "语言", "划分", "主题", "备注")
ENGLISH = (
    "id",
    "Category",
    "question",
    "history",
    "refused",
    "REFS",
    "also",
    "facts",
    "lang",
    "split",
    "subject",
    "note",
)
ROWS: tuple[tuple[object, ...], ...] = (
    (
        *(1, "list", "条件、程序有哪些？", "谁任命；任期、考核呢？", "否"),
        *("x#1；x#2.1", "x#3", "3年|三年；校长、书记", "zh", "fit", "差旅", "核对过"),
    ),
    (None,) * 12,
    ("b2", "", "食堂几点开门？", "", "是", "", "", "", "", "", "", ""),
    ("b3", "", "两行\n依据", None, None, "《规划；建设、管理办法》第一条、x#2\nx#3", *[None] * 6),
)
MEANT = (
    {
        "id": "1",
        "category": "list",
        "question": "条件、程序有哪些？",
        "history": ["谁任命", "任期、考核呢？"],
        "refused": False,
        "refs": ["x#1", "x#2.1"],
        "also": ["x#3"],
        "facts": ["3年|三年", "校长、书记"],
        "lang": "zh",
        "split": "fit",
        "subject": "差旅",
        "note": "核对过",
    },
    {"id": "b2", "question": "食堂几点开门？", "refused": True},
    {"id": "b3", "question": "两行\n依据", "refs": ["《规划；建设、管理办法》第一条", "x#2", "x#3"]},
)


def csv_file(path: Path, rows: Sequence[Sequence[object]], encoding: str = "utf-8-sig", delimiter: str = ",") -> Path:
    import csv
    import io

    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows([["" if cell is None else cell for cell in row] for row in rows])
    path.write_bytes(out.getvalue().encode(encoding))
    return path


def xlsx_file(path: Path, rows: Sequence[Sequence[object]]) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    book.save(path)
    return path


FILES: dict[str, Callable[[Path, Sequence[Sequence[object]]], Path]] = {
    "utf-8 with a mark": lambda folder, rows: csv_file(folder / "set.csv", rows),
    "utf-8": lambda folder, rows: csv_file(folder / "set.csv", rows, "utf-8"),
    "gb18030": lambda folder, rows: csv_file(folder / "set.csv", rows, "gb18030"),
    "utf-16, tabs, as Excel's Unicode text": lambda folder, rows: csv_file(folder / "set.csv", rows, "utf-16", "\t"),
    "tsv": lambda folder, rows: csv_file(folder / "set.tsv", rows, "utf-8", "\t"),
    "spreadsheet": lambda folder, rows: xlsx_file(folder / "set.xlsx", rows),
}


@pytest.mark.parametrize("head", [CHINESE, ENGLISH], ids=["Chinese", "English"])
@pytest.mark.parametrize("make", FILES.values(), ids=FILES)
def test_a_table_is_read_as_json_lines_are(
    tmp_path: Path, make: Callable[[Path, Sequence[Sequence[object]]], Path], head: tuple[str, ...]
) -> None:
    lines = tmp_path / "same.jsonl"
    lines.write_text("\n".join(json.dumps(m, ensure_ascii=False) for m in MEANT), "utf-8")
    assert read_questions(make(tmp_path, [head, *ROWS]), "all") == read_questions(lines, "all")


@pytest.mark.parametrize("make", FILES.values(), ids=FILES)
def test_a_fault_of_a_table_is_named_with_its_row(
    tmp_path: Path, make: Callable[[Path, Sequence[Sequence[object]]], Path]
) -> None:
    rows = [
        ("编号", "问题", "答案条款", "应拒答"),
        ("a", "任期？", "x#1", ""),
        ("b", "任期\n多久？", "x#1", "也许"),
        ("a", "任期？", "x#1", "否"),
        ("d", "任期？", "", "否"),
    ]
    path = make(tmp_path, rows)
    # A cell with a line break takes two lines of a file, one row of a sheet.
    extra = 0 if path.suffix == ".xlsx" else 1
    with pytest.raises(UsageError) as caught:
        read_questions(path)
    assert str(caught.value).splitlines()[1:] == [
        f"{path}:3: refused: expected 是 or 否, true or false, 1 or 0, found '也许'",
        f"{path}:{4 + extra}: id: expected one of its own, found 'a' of line 2 again",
        f"{path}:{5 + extra}: refs: expected the provisions that answer, or refused true, found neither",
    ]


@pytest.mark.parametrize(
    ("cell", "refs"),
    [
        ("x#1、x#2；x#3", ("x#1", "x#2", "x#3")),
        ("《甲、乙办法》第一条、《丙》二、（一）", ("《甲、乙办法》第一条", "《丙》二、（一）")),
        ("《丙》十、工作", ("《丙》十、工作",)),
    ],
)
def test_where_a_cell_of_refs_is_cut(tmp_path: Path, cell: str, refs: tuple[str, ...]) -> None:
    (found,) = read_questions(csv_file(tmp_path / "set.csv", [("id", "question", "refs"), ("a", "b", cell)]))
    assert found.refs == refs


@pytest.mark.parametrize("yes", ["是", "true", "TRUE", "1", "yes"])
@pytest.mark.parametrize("make", [FILES["utf-8"], FILES["spreadsheet"]], ids=["csv", "xlsx"])
def test_what_says_yes(tmp_path: Path, make: Callable[[Path, Sequence[Sequence[object]]], Path], yes: str) -> None:
    (found,) = read_questions(make(tmp_path, [("id", "question", "refused"), ("a", "食堂？", yes)]))
    assert found.refused


def test_truth_and_numbers_of_a_spreadsheet(tmp_path: Path) -> None:
    rows = [("id", "question", "refused", "refs"), (1.0, "食堂？", True, None), (2, "任期？", 0, "x#1")]
    first, second = read_questions(xlsx_file(tmp_path / "set.xlsx", rows))
    assert (first.id, first.refused, second.id, second.refused) == ("1", True, "2", False)


@pytest.mark.parametrize(
    ("head", "fault"),
    [
        (("编号", "问题", "答案条款", "回答"), "'回答': expected a known field"),
        (("编号", "问题", "答案条歀"), "; 答案条款 is one"),
        (("id", "question", "refs", "依据"), "refs: expected one column, found two"),
        (("问题", "依据"), "id: expected a column, found none"),
        (("id", "依据"), "question: expected a column, found none"),
        ((), "id: expected a column, found none"),
    ],
)
def test_a_fault_of_the_head(tmp_path: Path, head: tuple[str, ...], fault: str) -> None:
    path = csv_file(tmp_path / "set.csv", [head, ("a", "b", "c", "d")])
    with pytest.raises(UsageError) as caught:
        read_questions(path)
    assert all(line.startswith(f"{path}:1: ") for line in str(caught.value).splitlines()[1:])
    assert fault in str(caught.value)


def test_cells_beyond_the_columns(tmp_path: Path) -> None:
    path = csv_file(
        tmp_path / "set.csv", [("id", "question", "refused", ""), ("a", "b", "1", "?"), ["a", "b", "1", "", "x"]]
    )
    with pytest.raises(UsageError) as caught:
        read_questions(path)
    assert "2: expected nothing in a column without a name, found '?'" in str(caught.value)
    assert "3: expected 4 columns, found 5" in str(caught.value)


def test_files_that_are_no_table(tmp_path: Path) -> None:
    path = tmp_path / "set.csv"
    path.write_text('id,question\na,"b\n', "utf-8")
    with pytest.raises(UsageError, match=r"set\.csv:2: expected a row of a table, found a quotation mark"):
        read_questions(path)
    path.write_bytes(b"\xff\xff\xff\xff")
    with pytest.raises(UsageError, match="UTF-8"):
        read_questions(path)
    path.write_bytes(b"")
    with pytest.raises(UsageError, match="id: expected a column, found none"):
        read_questions(path)
    sheet = tmp_path / "set.xlsx"
    for data in (b"", b"PK\x03\x04", b"id,question"):
        sheet.write_bytes(data)
        with pytest.raises(UsageError, match="expected a spreadsheet, found a file that is none or is damaged"):
            read_questions(sheet)
    with zipfile.ZipFile(sheet, "w") as packed:
        packed.writestr("xl/workbook.xml", "<nothing/>")
    with pytest.raises(UsageError, match="expected a spreadsheet"):
        read_questions(sheet)


def test_files_that_are_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sheet = tmp_path / "set.xlsx"
    with zipfile.ZipFile(sheet, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", "0" * 1000)
    monkeypatch.setattr(questions, "_MOST_UNPACKED", 999)
    with pytest.raises(UsageError, match="inside the spreadsheet"):
        read_questions(sheet)
    monkeypatch.setattr(questions, "MAX_BYTES", 10)
    with pytest.raises(UsageError, match="at most 20 MB"):
        read_questions(sheet)
