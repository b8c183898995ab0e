"""xlsx and csv: rows of tables, one a line; a row with one cell in it is a paragraph."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from typing import Any

from policy_qa.documents.archive import Archive, Element, Form
from policy_qa.documents.extracted import Extracted, table_row
from policy_qa.documents.plain import decode
from policy_qa.errors import SourceError
from policy_qa.printable import UNSEEN

#: A roster of 5,000 people with 20 columns; what is larger is data, and no policy.
MAX_CELLS = 100_000
#: Excel's own number of columns.
_MAX_COLUMN = 16_384
_FORM = Form(
    name="a workbook",
    suffix=".xlsx",
    old="an old workbook (.xls) or a locked one",
    again="open it in Excel or WPS and save it again as .xlsx",
)
_PLACE = re.compile(r"([A-Z]{1,3})[1-9]")
#: Formats that a workbook doesn't write out (ECMA-376, 18.8.30); the Chinese ones among them.
_DAYS = {*range(14, 18), 22, *range(27, 32), 36, *range(50, 55), 57, 58}
_TIMES, _SHARES = {*range(18, 22), *range(32, 36), 45, 46, 47, 55, 56}, {9, 10}
#: Of a format that is written out: what stands in quotation marks or brackets, or behind a `\\`, is no code.
_LITERAL = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.|_.')


def read_workbook(data: bytes, source: str) -> Extracted:
    """The text of an .xlsx file: its sheets that are shown, with the values as they were last reckoned.

    Raises SourceError, one line, where it is none, is locked, damaged or too large.
    """
    archive = Archive(data, source, _FORM)
    name = next(iter(archive.related("", "officeDocument")), "xl/workbook.xml")
    book = archive.xml(name)
    if book is None or not book.tag.endswith("}workbook"):
        raise SourceError(f"{source}: expected a workbook (.xlsx), found an archive without one; {_FORM.again}")
    values = _Values(archive, name, book)
    lines: list[str] = []
    cells = hidden = 0
    sheets = book.findall("{*}sheets/{*}sheet")
    for sheet, part in zip(sheets, _parts(archive, name, sheets), strict=True):
        root = archive.xml(part)
        if sheet.get("state", "visible") != "visible":
            hidden += 1
        elif root is not None:
            rows = list(_rows(root, values))
            cells += sum(map(len, rows))
            if cells > MAX_CELLS:
                raise SourceError(f"{source}: expected at most {MAX_CELLS} cells with text, found more; split it")
            if rows:
                lines += [sheet.get("name", "")] * (len(sheets) > 1)
                lines += _lines(rows)
    notes = (f"隐藏的工作表未读入（{hidden}个）",) if hidden else ()
    return Extracted(text="\n".join(lines), encoding="xlsx", notes=notes)


def read_csv(data: bytes, source: str) -> Extracted:
    """The text of a .csv file, its cells apart by commas, semicolons or tabs. Raises SourceError as `decode`."""
    text, encoding = decode(data, source)
    mark = max(",\t;", key=text[:10_000].count)
    try:
        rows = [dict(enumerate(cells)) for cells in csv.reader(io.StringIO(text), delimiter=mark)]
    except csv.Error as error:
        raise SourceError(f"{source}: expected rows of cells, found: {error}; save it as .xlsx or as text") from error
    if sum(map(len, rows)) > MAX_CELLS:
        raise SourceError(f"{source}: expected at most {MAX_CELLS} cells, found more; split it")
    return Extracted(text="\n".join(_lines(rows)), encoding=encoding)


def _lines(rows: Iterable[dict[int, str]]) -> Iterator[str]:
    """Rows, their cells by column, as lines; columns without any text are left out."""
    kept = [{column: text for column, text in row.items() if text.strip()} for row in rows]
    columns = sorted({column for row in kept if len(row) > 1 for column in row})
    for row in kept:
        if len(row) > 1:
            yield table_row([row.get(column, "") for column in columns])
        else:
            yield from (line.strip() for text in row.values() for line in text.split("\n") if line.strip())


def _parts(archive: Archive, book: str, sheets: list[Element]) -> list[str]:
    """The part of each sheet, by the name of its relation."""
    found = archive.relations(book)
    keys = ({k.rpartition("}")[2]: v for k, v in sheet.attrib.items() if k.endswith("}id")} for sheet in sheets)
    return [found.get(key.get("id", ""), "") for key in keys]


class _Values:
    """What cells hold, as they show it: strings that are shared, days, shares, numbers."""

    def __init__(self, archive: Archive, book_name: str, book: Element) -> None:
        shared, styles = (
            archive.xml(next(iter(archive.related(book_name, kind)), "")) for kind in ("sharedStrings", "styles")
        )
        self._shared = [_words(one) for one in shared.iterfind("{*}si")] if shared is not None else []
        self._from_1904 = any(p.get("date1904") in ("1", "true") for p in book.iterfind("{*}workbookPr"))
        written = {n.get("numFmtId"): n.get("formatCode", "") for n in _each(styles, "numFmts/{*}numFmt")}
        self._forms = [_form(x.get("numFmtId", "0"), written) for x in _each(styles, "cellXfs/{*}xf")]

    def text(self, cell: Element) -> str:
        """A cell as text; empty where it holds none, or an error of a formula."""
        kind, value = cell.get("t", "n"), cell.findtext("{*}v") or ""
        if kind == "inlineStr":
            inline = cell.find("{*}is")
            return _words(inline) if inline is not None else ""
        if kind == "s":
            return self._shared[int(value)] if value.isdecimal() and int(value) < len(self._shared) else ""
        if kind == "b":
            return "是" if value == "1" else "否"
        if kind in ("str", "e", "d"):
            return value if kind != "e" else ""
        style = cell.get("s", "0")
        form = self._forms[int(style)] if style.isdecimal() and int(style) < len(self._forms) else ""
        try:
            return self._number(float(value), form) if value else ""
        except (ValueError, OverflowError):
            return value

    def _number(self, value: float, form: str) -> str:
        from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel

        if form in ("day", "time") and value >= 0:
            moment: Any = from_excel(value, CALENDAR_MAC_1904 if self._from_1904 else CALENDAR_WINDOWS_1900)
            if form == "day" and hasattr(moment, "year"):
                return f"{moment.year}年{moment.month}月{moment.day}日"
            return f"{moment:%H:%M}" if hasattr(moment, "hour") else f"{value:.10g}"
        return f"{value * 100:.10g}%" if form == "share" else f"{value:.15g}"


def _each(parent: Element | None, path: str) -> list[Element]:
    return [] if parent is None else parent.findall(f"{{*}}{path}")


def _form(number: str, written: dict[str | None, str]) -> str:
    """What numbers of a format are: `day`, `time`, `share`, or nothing but numbers."""
    code = _LITERAL.sub("", written.get(number, "")).lower()
    known = int(number) if number.isdecimal() and number not in written else -1
    if known in _DAYS or "y" in code or ("d" in code and "m" in code):
        return "day"
    if known in _TIMES or "h" in code:
        return "time"
    return "share" if known in _SHARES or "%" in code else ""


def _words(element: Element) -> str:
    """The runs of a string, without the readings that stand over them."""
    own = (t for t in element.iter("{*}t") if not t.getparent().tag.endswith("}rPh"))
    return "".join(t.text or "" for t in own).replace("_x000D_", "").replace("\r", "").translate(UNSEEN)


def _rows(root: Element, values: _Values) -> Iterator[dict[int, str]]:
    """The rows of a sheet that hold something, each as column -> text; hidden ones are read too."""
    for row in root.iterfind("{*}sheetData/{*}row"):
        found: dict[int, str] = {}
        column = 0
        for cell in row.iterfind("{*}c"):
            place = _PLACE.match(cell.get("r", ""))
            column = _column(place[1]) if place else column + 1
            if column <= _MAX_COLUMN and (text := values.text(cell)).strip():
                found[column] = text
        if found:
            yield found


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number
