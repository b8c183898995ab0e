"""Labelled questions: what each field means (see eval/README.md), and that every label is one.

A set is a file of JSON lines, CSV or a spreadsheet; tables have a first row of column names, Chinese or English (see
`COLUMNS`). A label that is wrong makes a figure wrong without a word. So nothing is guessed: one reading names every
fault of a set with its line, and a set with one is not scored at all.
"""

from __future__ import annotations

import csv
import difflib
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path, PurePath
from typing import Any

from policy_qa.documents.plain import decode
from policy_qa.errors import PolicyQAError, SourceError, UsageError
from policy_qa.pipeline import MAX_QUESTION

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
#: Where a cell of several values is cut. Refs also at 、 (outside 《》, not that of 一、); facts and questions may hold
#: one.
_REFS = re.compile(r"(?:[;；\n]|(?<![〇零一二三四五六七八九十百])、)(?![^《》]*》)")
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


def read_set(path: Path) -> bytes:
    """The bytes of a file of questions or answers; UsageError where there is none, or more than `MAX_BYTES`."""
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise UsageError(f"{path}: expected at most 20 MB, found {size // 10**6} MB; split it")
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: expected a question set, found none to read ({error.strerror})") from error


def records(name: str, data: bytes) -> list[Record]:
    """The records of a set, whose format its name tells; UsageError where it is none as a whole."""
    suffix = PurePath(name).suffix.lower()
    if suffix in (".xlsx", ".xlsm"):
        return list(_table(_sheet(name, data)))
    if suffix in (".csv", ".tsv"):
        try:
            text, _ = decode(data, name)
        except SourceError as error:
            raise UsageError(str(error)) from error
        delimiter = "\t" if suffix == ".tsv" or "\t" in text.partition("\n")[0] else ","
        return list(_table(_rows(name, text, delimiter)))
    return list(_lines(name, data))


class Sets:
    """Reads what a stranger sent, in a process of its own (`policy_qa.processes`)."""

    def prepare(self) -> None:
        """Nothing is needed."""

    def do(self, about: dict[str, Any], body: bytes) -> tuple[dict[str, Any], bytes]:
        """The records as JSON, or `fault`, why there are none."""
        try:
            return {}, json.dumps([asdict(record) for record in records(about["name"], body)]).encode()
        except UsageError as error:
            return {"fault": str(error)}, b""


def _lines(name: str, data: bytes) -> Iterator[Record]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(
            f"{name}: expected a question set (UTF-8 JSON lines, .csv or .xlsx), found bytes that are not UTF-8; "
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

    what = ""
    try:
        found = json.loads(line, object_pairs_hook=once)
    except (ValueError, RecursionError) as error:
        found, what = None, f" ({error.msg if isinstance(error, json.JSONDecodeError) else 'it cannot be read'})"
    if not isinstance(found, dict):
        return Record(line=number, fields={}, faults=(f"expected a JSON object, found {_short(line)}{what}",))
    faults = [f"{name}: expected once, found twice" for name in twice]
    faults += [_unknown(name, list(COLUMNS)) for name in found if name not in COLUMNS]
    return Record(line=number, fields={n: v for n, v in found.items() if n in COLUMNS}, faults=tuple(faults))


def _unknown(name: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(name.strip().lower(), known, n=1, cutoff=0.6)
    meant = f"; {near[0]} is one" if near else ""
    return f"{_short(name)}: expected a known field ({', '.join(COLUMNS)}), found none of that name{meant}"


def _rows(name: str, text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)
    at = 1
    try:
        for cells in reader:
            yield at, cells
            at = reader.line_num + 1
    except csv.Error as error:
        raise UsageError(
            f"{name}:{at}: expected a row of a table, found a quotation mark out of place ({error})"
        ) from error


def _sheet(name: str, data: bytes) -> Iterator[tuple[int, list[str]]]:
    import openpyxl

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if sum(info.file_size for info in packed.infolist()) > _MOST_UNPACKED:
                raise UsageError(f"{name}: expected a question set, found more than 200 MB inside the spreadsheet")
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        rows = [[_written(cell) for cell in row] for row in book.worksheets[0].iter_rows(values_only=True)]
    except UsageError:
        raise
    except Exception as error:  # openpyxl raises whatever the broken part of a file makes it stumble over
        raise UsageError(
            f"{name}: expected a spreadsheet, found a file that is none or is damaged ({error})"
        ) from error
    yield from enumerate(rows, start=1)


def _written(cell: object) -> str:
    """A cell as a person reads it: a number without its .0, nothing as nothing."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return "" if cell is None else str(cell)


def _table(rows: Iterator[tuple[int, list[str]]]) -> Iterator[Record]:
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
    return shown if len(shown) <= 60 else f"{shown[:60]}…"


SPLITS = ("fit", "report", "gate")
_LANGUAGES = ("zh", "en")
#: Faults that are shown of one file.
_SHOWN = 20
#: A ref as a label has it -> the ref; raises PolicyQAError where it names no provision, or several.
Finder = Callable[[str], str]


@dataclass(frozen=True, kw_only=True, slots=True)
class LabelledQuestion:
    """One question with its labels.

    `refs` must all be cited; `also` may be; `facts` must stand in the answer, each a tuple of
    wordings of which one suffices; `refused` tells that the right answer is a refusal. `subject` is what the policies
    that it is asked of are about, where a set has several.
    """

    id: str
    category: str
    split: str
    question: str
    history: tuple[str, ...]
    refused: bool
    refs: tuple[str, ...]
    also: tuple[str, ...]
    facts: tuple[tuple[str, ...], ...]
    lang: str = "zh"
    subject: str = ""


def read_questions(path: Path, split: str = "", find: Finder | None = None) -> list[LabelledQuestion]:
    """The questions of a file, as :func:`questions_of` has them."""
    return questions_of(str(path), records(str(path), read_set(path)), split, find)


def questions_of(
    name: str, read: Sequence[Record], split: str = "", find: Finder | None = None
) -> list[LabelledQuestion]:
    """The questions of a set, or of one split of it; without one named, `report` where the set has it, else all.

    `find` resolves what stands in `refs` and `also`; without it, refs are taken as they are. UsageError names every
    fault with its line, the first 20 where there are more, of whatever split.
    """
    faults: list[str] = []
    first: dict[str, int] = {}
    out = []
    for record in read:
        question, found = _question(record, find)
        if question and question.id in first:
            found.append(f"id: expected one of its own, found {question.id!r} of line {first[question.id]} again")
        elif question:
            first[question.id] = record.line
            out.append(question)
        faults += [f"{name}:{record.line}: {fault}" for fault in found]
    if faults:
        raise faulty(name, "a sound question set", faults)
    if not split:
        split = "report" if any(q.split == "report" for q in out) else "all"
    chosen = [q for q in out if split in ("all", q.split)]
    if not chosen:
        raise UsageError(f"{name}: expected questions of split {split}, found none; try --split all")
    return chosen


def faulty(name: str, expected: str, faults: Sequence[str]) -> UsageError:
    """The error that names the faults of a file."""
    more = [f"… and {len(faults) - _SHOWN} more"] if len(faults) > _SHOWN else []
    count = f"{len(faults)} fault{'s' * (len(faults) > 1)}"
    said = f"{name}: expected {expected}, found {count}; mend them, nothing was scored"
    return UsageError("\n".join([said, *faults[:_SHOWN], *more]))


def _question(record: Record, find: Finder | None) -> tuple[LabelledQuestion | None, list[str]]:
    """A record as a question, with its faults; None where it hasn't an id to go by."""
    fields = _Fields(record.fields, list(record.faults))
    if fields.faults and not record.fields:
        return None, fields.faults
    refs = fields.refs("refs", find)
    question = LabelledQuestion(
        id=fields.id(),
        category=fields.text("category", default="all"),
        split=fields.one_of("split", SPLITS, default="report"),
        question=fields.text("question"),
        history=fields.texts("history"),
        refused=fields.truth("refused", default=not refs),
        refs=refs,
        also=fields.refs("also", find),
        facts=tuple(tuple(part.strip() for part in fact.split("|")) for fact in fields.texts("facts")),
        lang=fields.one_of("lang", _LANGUAGES, default="zh"),
        subject=fields.text("subject", default=""),
    )
    fields.text("note", default="")
    fields.faults += _contradictions(question, record.fields)
    return (question if question.id else None), fields.faults


def _contradictions(question: LabelledQuestion, given: Mapping[str, Any]) -> list[str]:
    out = []
    if given.get("refused") is True and given.get("refs"):
        out.append("refs: expected none where refused is true, found some; leave out one of both")
    elif given.get("refused") is True and (given.get("also") or given.get("facts")):
        out.append("also, facts: expected none where refused is true, found some; leave out one of both")
    if not given.get("refs") and given.get("refused") is not True:
        out.append("refs: expected the provisions that answer, or refused true, found neither")
    if any(not wording for fact in question.facts for wording in fact):
        out.append("facts: expected words on either side of |, found none")
    out += [
        f"question, history: expected at most {MAX_QUESTION} characters, found {len(text)}"
        for text in (question.question, *question.history)
        if len(text) > MAX_QUESTION
    ]
    if both := sorted(set(question.refs) & set(question.also)):
        out.append(f"also: expected none of refs, found {both[0]!r} in both")
    return out


class _Fields:
    """Reads fields by their type; each that has another is a fault, and gets a harmless value in its place."""

    def __init__(self, given: Mapping[str, Any], faults: list[str]) -> None:
        self._given, self.faults = given, faults

    def id(self) -> str:
        value = self._given.get("id")
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        return self.text("id")

    def text(self, name: str, default: str | None = None) -> str:
        if name not in self._given:
            if default is None:
                self.faults.append(f"{name}: expected a text, found none")
            return default or ""
        value = self._given[name]
        if isinstance(value, str) and (value.strip() or default == ""):
            return value
        self._wrong(name, "a text", value)
        return ""

    def one_of(self, name: str, choices: tuple[str, ...], default: str) -> str:
        value = self._given.get(name, default)
        if value not in choices:
            self._wrong(name, " or ".join(choices), value)
            return default
        return str(value)

    def truth(self, name: str, default: bool) -> bool:
        value = self._given.get(name, default)
        if not isinstance(value, bool):
            self._wrong(name, "true or false", value)
            return default
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        value = self._given.get(name, [])
        if not isinstance(value, list):
            self._wrong(name, "a list of texts", value)
            return ()
        out = []
        for part in value:
            if not isinstance(part, str) or not part.strip():
                self._wrong(name, "a list of texts", part)
            elif part in out and name != "history":
                self.faults.append(f"{name}: expected each once, found {part!r} twice")
            else:
                out.append(part)
        return tuple(out)

    def refs(self, name: str, find: Finder | None) -> tuple[str, ...]:
        """The refs of a field, those that people wrote as they cite among them, resolved."""
        out: list[str] = []
        for part in self.texts(name):
            try:
                ref = find(part) if find else part
            except PolicyQAError as error:
                self.faults.append(f"{name}: {error}")
                continue
            if ref in out:
                self.faults.append(f"{name}: expected each once, found {ref!r} twice")
            out.append(ref)
        return tuple(out)

    def _wrong(self, name: str, expected: str, value: object) -> None:
        self.faults.append(f"{name}: expected {expected}, found {_short(value)}")
