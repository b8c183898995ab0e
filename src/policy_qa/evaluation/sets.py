"""A question set as a file: JSON lines, CSV or a spreadsheet -> one record a question, with the line it stands on.

Tables have a first row of column names, Chinese or English (see `COLUMNS`). What is wrong with a line is kept as a
fault beside the others, so that one reading names them all.
"""

from __future__ import annotations

import csv
import difflib
import io
import json
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from policy_qa.documents.plain import decode
from policy_qa.errors import SourceError, UsageError

#: Field -> the names of its column in a table; the first is the field's in JSON lines.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "id": ("id", "编号", "序号"),
    "category": ("category", "类别", "类型"),
    "split": ("split", "划分"),
    "lang": ("lang", "语言"),
    "subject": ("subject", "主题"),
    "question": ("question", "问题"),
    "history": ("history", "前文"),
    "refused": ("refused", "应拒答"),
    "refs": ("refs", "答案条款", "依据"),
    "also": ("also", "可引"),
    "facts": ("facts", "关键词", "事实"),
    "note": ("note", "备注"),
}
_FIELD_OF = {name: field for field, names in COLUMNS.items() for name in names}
#: Where a cell of several values is cut. Refs also at 、 (outside 《》); facts and questions may hold one.
_REFS = re.compile(r"[;；、\n](?![^《》]*》)")
_TEXTS = re.compile(r"[;；\n]")
_TRUE = frozenset(["是", "true", "1", "yes", "y"])
_FALSE = frozenset(["否", "false", "0", "no", "n"])
#: A set beyond this is a mistake; a spreadsheet may be this many times larger inside than outside.
MAX_BYTES, _MOST_UNPACKED = 20_000_000, 200_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """One question as it is written: its line (of a table its row, from 1), its fields, and what is wrong so far."""

    line: int
    fields: Mapping[str, Any]
    faults: tuple[str, ...] = ()


def records(path: Path) -> list[Record]:
    """The records of a set; UsageError where the file as a whole is none."""
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise UsageError(f"{path}: expected a question set of at most 20 MB, found {size // 10**6} MB; split it")
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: expected a question set, found none to read ({error.strerror})") from error
    if path.suffix.lower() in (".xlsx", ".xlsm"):
        return list(_table(path, _sheet(path, data)))
    if path.suffix.lower() in (".csv", ".tsv"):
        try:
            text, _ = decode(data, str(path))
        except SourceError as error:
            raise UsageError(str(error)) from error
        delimiter = "\t" if path.suffix.lower() == ".tsv" or "\t" in text.partition("\n")[0] else ","
        return list(_table(path, _rows(path, text, delimiter)))
    return list(_lines(path, data))


def _lines(path: Path, data: bytes) -> Iterator[Record]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(
            f"{path}: expected a question set (UTF-8 JSON lines, .csv or .xlsx), found bytes that are not UTF-8; "
            "save it as UTF-8"
        ) from error
    # Not splitlines: a text may hold U+2028, which ends no line of JSON.
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield _record(number, line)


def _record(number: int, line: str) -> Record:
    twice: list[str] = []

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        names = [name for name, _ in pairs]
        twice.extend(sorted({name for name in names if names.count(name) > 1}))
        return dict(pairs)

    try:
        found = json.loads(line, object_pairs_hook=once)
    except (ValueError, RecursionError) as error:
        what = error.msg if isinstance(error, json.JSONDecodeError) else "it cannot be read"
        return Record(line=number, fields={}, faults=(f"expected a JSON object, found {_short(line)} ({what})",))
    if not isinstance(found, dict):
        return Record(line=number, fields={}, faults=(f"expected a JSON object, found {_short(line)}",))
    faults = [f"{name}: expected once, found twice" for name in twice]
    faults += [f"{_unknown(name, list(COLUMNS))}" for name in found if name not in COLUMNS]
    return Record(line=number, fields={n: v for n, v in found.items() if n in COLUMNS}, faults=tuple(faults))


def _unknown(name: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(name.strip().lower(), known, n=1, cutoff=0.6)
    meant = f"; {near[0]} is one" if near else ""
    return f"{_short(name)}: expected a known field ({', '.join(COLUMNS)}), found none of that name{meant}"


def _rows(path: Path, text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)
    at = 1
    try:
        for cells in reader:
            yield at, cells
            at = reader.line_num + 1
    except csv.Error as error:
        raise UsageError(
            f"{path}:{at}: expected a row of a table, found a quotation mark out of place ({error})"
        ) from error


def _sheet(path: Path, data: bytes) -> Iterator[tuple[int, list[str]]]:
    import openpyxl

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if sum(info.file_size for info in packed.infolist()) > _MOST_UNPACKED:
                raise UsageError(f"{path}: expected a question set, found more than 200 MB inside the spreadsheet")
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        rows = [[_written(cell) for cell in row] for row in book.worksheets[0].iter_rows(values_only=True)]
    except UsageError:
        raise
    except Exception as error:  # openpyxl raises whatever the broken part of a file makes it stumble over
        raise UsageError(
            f"{path}: expected a spreadsheet, found a file that is none or is damaged ({error})"
        ) from error
    yield from enumerate(rows, start=1)


def _written(cell: object) -> str:
    """A cell as a person reads it: a number without its .0, nothing as nothing."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def _table(path: Path, rows: Iterator[tuple[int, list[str]]]) -> Iterator[Record]:
    first, head = next(rows, (1, []))
    names = [cell.strip() for cell in head]
    fields = [_FIELD_OF.get(name.lower(), "") for name in names]
    faults = [_unknown(name, list(_FIELD_OF)) for name, field in zip(names, fields, strict=True) if name and not field]
    faults += [f"{field}: expected one column, found two" for field in COLUMNS if fields.count(field) > 1]
    faults += [f"{field}: expected a column, found none" for field in ("id", "question") if field not in fields]
    if faults:
        # Without the columns no row can be read.
        yield Record(line=first, fields={}, faults=tuple(faults))
        return
    for line, cells in rows:
        if any(cell.strip() for cell in cells):
            yield _row(line, fields, cells)


def _row(line: int, fields: Sequence[str], cells: Sequence[str]) -> Record:
    """A row of a table; an empty cell is a field left out."""
    out: dict[str, Any] = {}
    faults = []
    if any(cell.strip() for cell in cells[len(fields) :]):
        faults.append(f"expected {len(fields)} columns, found {len(cells)}")
    for field, cell in zip(fields, cells, strict=False):
        written = cell.strip()
        if not written:
            continue
        if not field:
            faults.append(f"expected nothing in a column without a name, found {_short(written)}")
        elif field == "refused":
            if written.lower() in _TRUE | _FALSE:
                out[field] = written.lower() in _TRUE
            else:
                faults.append(f"refused: expected 是 or 否, true or false, 1 or 0, found {_short(written)}")
        elif field in ("refs", "also", "facts", "history"):
            cut = _REFS if field in ("refs", "also") else _TEXTS
            out[field] = [part.strip() for part in cut.split(written) if part.strip()]
        else:
            out[field] = written
    return Record(line=line, fields=out, faults=tuple(faults))


def _short(text: object) -> str:
    shown = repr(text)
    return shown if len(shown) <= 60 else f"{shown[:57]}…"
