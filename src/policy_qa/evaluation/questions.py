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
from policy_qa.wording import Words

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


class Says:
    """What is wrong with a set or with answers, in one language."""

    def __init__(self, lang: str) -> None:
        self._lang, self._words = lang, Words(lang, "evaluation.faults")

    def __call__(self, kind: str, *fields: str, **values: object) -> str:
        """The fault of a kind, after the fields that it is of, if any."""
        said: str = getattr(self._words, kind).format(**values)
        return self("of_fields", fields=", ".join(map(self._named, fields)), said=said) if fields else said

    def _named(self, field: str) -> str:
        return f"{field}（{COLUMNS[field][1]}）" if self._lang == "zh" else field


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """One question as it is written: its line (of a table its row, from 1), its fields, and what is wrong so far."""

    line: int
    fields: Mapping[str, Any]
    faults: tuple[str, ...] = ()


def read_set(path: Path, lang: str = "en") -> bytes:
    """The bytes of a file of questions or answers; UsageError where there is none, or more than `MAX_BYTES`."""
    say = Says(lang)
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise UsageError(say("too_large", name=path, size=size // 10**6))
        return path.read_bytes()
    except OSError as error:
        raise UsageError(say("no_file", name=path, why=error.strerror)) from error


def records(name: str, data: bytes, lang: str = "en") -> list[Record]:
    """The records of a set, whose format its name tells; UsageError, in a language, where it is none as a whole."""
    suffix, say = PurePath(name).suffix.lower(), Says(lang)
    if suffix in (".xlsx", ".xlsm"):
        return list(_table(_sheet(name, data, say), say))
    if suffix in (".csv", ".tsv"):
        try:
            text, _ = decode(data, name)
        except SourceError as error:
            raise UsageError(say("no_text", name=name) if lang == "zh" else str(error)) from error
        delimiter = "\t" if suffix == ".tsv" or "\t" in text.partition("\n")[0] else ","
        return list(_table(_rows(name, text, delimiter, say), say))
    return list(_lines(name, data, say))


class Sets:
    """Reads what a stranger sent, in a process of its own (`policy_qa.processes`)."""

    def prepare(self) -> None:
        """Nothing is needed."""

    def do(self, about: dict[str, Any], body: bytes) -> tuple[dict[str, Any], bytes]:
        """The records as JSON, or `fault`, why there are none."""
        try:
            found = records(about["name"], body, about["lang"])
            return {}, json.dumps([asdict(record) for record in found]).encode()
        except UsageError as error:
            return {"fault": str(error)}, b""


def _lines(name: str, data: bytes, say: Says) -> Iterator[Record]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(say("not_utf8", name=name)) from error
    # Not splitlines: a text may hold U+2028, which ends no line of JSON.
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield _record(number, line, say)


def _record(number: int, line: str, say: Says) -> Record:
    twice: list[str] = []

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        names = [name for name, _ in pairs]
        twice.extend(sorted({name for name in names if names.count(name) > 1}))
        return dict(pairs)

    what = ""
    try:
        found = json.loads(line, object_pairs_hook=once)
    except (ValueError, RecursionError) as error:
        found, what = None, f" ({error.msg if isinstance(error, json.JSONDecodeError) else say('unreadable')})"
    if not isinstance(found, dict):
        return Record(line=number, fields={}, faults=(say("no_object", found=f"{_short(line)}{what}"),))
    faults = [say("field_twice", name=name) for name in twice]
    faults += [_unknown(name, list(COLUMNS), say) for name in found if name not in COLUMNS]
    return Record(line=number, fields={n: v for n, v in found.items() if n in COLUMNS}, faults=tuple(faults))


def _unknown(name: str, known: Sequence[str], say: Says) -> str:
    near = difflib.get_close_matches(name.strip().lower(), known, n=1, cutoff=0.6)
    meant = say("near_field", near=near[0]) if near else ""
    return say("unknown_field", name=_short(name), known=", ".join(COLUMNS)) + meant


def _rows(name: str, text: str, delimiter: str, say: Says) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)
    at = 1
    try:
        for cells in reader:
            yield at, cells
            at = reader.line_num + 1
    except csv.Error as error:
        raise UsageError(say("no_row", name=name, at=at, why=error)) from error


def _sheet(name: str, data: bytes, say: Says) -> Iterator[tuple[int, list[str]]]:
    import openpyxl

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if sum(info.file_size for info in packed.infolist()) > _MOST_UNPACKED:
                raise UsageError(say("sheet_too_large", name=name))
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        rows = [[_written(cell) for cell in row] for row in book.worksheets[0].iter_rows(values_only=True)]
    except UsageError:
        raise
    except Exception as error:  # openpyxl raises whatever the broken part of a file makes it stumble over
        raise UsageError(say("no_sheet", name=name, why=error)) from error
    yield from enumerate(rows, start=1)


def _written(cell: object) -> str:
    """A cell as a person reads it: a number without its .0, nothing as nothing."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return "" if cell is None else str(cell)


def _table(rows: Iterator[tuple[int, list[str]]], say: Says) -> Iterator[Record]:
    first, head = next(rows, (1, []))
    names = [cell.strip() for cell in head]
    fields = [_FIELD_OF.get(name.lower(), "") for name in names]
    known = list(_FIELD_OF)
    faults = [_unknown(name, known, say) for name, field in zip(names, fields, strict=True) if name and not field]
    faults += [say("two_columns", field) for field in COLUMNS if fields.count(field) > 1]
    faults += [say("no_column", field) for field in ("id", "question") if field not in fields]
    if faults:
        # Without the columns no row can be read.
        yield Record(line=first, fields={}, faults=tuple(faults))
        return
    for line, cells in rows:
        if any(cell.strip() for cell in cells):
            yield _row(line, fields, cells, say)


def _row(line: int, fields: Sequence[str], cells: Sequence[str], say: Says) -> Record:
    """A row of a table; an empty cell is a field left out."""
    out: dict[str, Any] = {}
    faults = []
    if any(cell.strip() for cell in cells[len(fields) :]):
        faults.append(say("more_cells", most=len(fields), found=len(cells)))
    for field, cell in zip(fields, cells, strict=False):
        written = cell.strip()
        if not written:
            continue
        if not field:
            faults.append(say("nameless", found=_short(written)))
        elif field == "refused":
            if written.lower() in _TRUE | _FALSE:
                out[field] = written.lower() in _TRUE
            else:
                faults.append(say("no_truth", field, found=_short(written)))
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


def read_questions(path: Path, split: str = "", find: Finder | None = None, lang: str = "en") -> list[LabelledQuestion]:
    """The questions of a file, as :func:`questions_of` has them."""
    return questions_of(str(path), records(str(path), read_set(path, lang), lang), split, find, lang)


def questions_of(
    name: str, read: Sequence[Record], split: str = "", find: Finder | None = None, lang: str = "en"
) -> list[LabelledQuestion]:
    """The questions of a set, or of one split of it; without one named, `report` where the set has it, else all.

    `find` resolves what stands in `refs` and `also`; without it, refs are taken as they are. UsageError names every
    fault with its line in a language, the first 20 where there are more, of whatever split.
    """
    say = Says(lang)
    faults: list[str] = []
    first: dict[str, int] = {}
    out = []
    for record in read:
        question, found = _question(record, find, say)
        if question and question.id in first:
            found.append(say("id_twice", "id", id=repr(question.id), line=first[question.id]))
        elif question:
            first[question.id] = record.line
            out.append(question)
        faults += [f"{name}:{record.line}: {fault}" for fault in found]
    if faults:
        raise faulty(name, "questions", faults, lang)
    if not split:
        split = "report" if any(q.split == "report" for q in out) else "all"
    chosen = [q for q in out if split in ("all", q.split)]
    if not chosen:
        raise UsageError(say("no_split", name=name, split=split))
    return chosen


def faulty(name: str, of: str, faults: Sequence[str], lang: str) -> UsageError:
    """The error that names the faults of a file of `questions` or `answers`."""
    say, count = Says(lang), len(faults)
    more = [say("more", count=count - _SHOWN)] if count > _SHOWN else []
    said = say(f"faulty_{of}", name=name, count=count, s="s" * (count > 1))
    return UsageError("\n".join([said, *faults[:_SHOWN], *more]))


def _question(record: Record, find: Finder | None, say: Says) -> tuple[LabelledQuestion | None, list[str]]:
    """A record as a question, with its faults; None where it hasn't an id to go by."""
    fields = _Fields(record.fields, list(record.faults), say)
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
    fields.faults += _contradictions(question, record.fields, say)
    return (question if question.id else None), fields.faults


def _contradictions(question: LabelledQuestion, given: Mapping[str, Any], say: Says) -> list[str]:
    out = []
    if given.get("refused") is True and given.get("refs"):
        out.append(say("not_both", "refs"))
    elif given.get("refused") is True and (given.get("also") or given.get("facts")):
        out.append(say("not_both", "also", "facts"))
    if not given.get("refs") and given.get("refused") is not True:
        out.append(say("neither", "refs"))
    if any(not wording for fact in question.facts for wording in fact):
        out.append(say("no_words", "facts"))
    out += [
        say("too_long", "question", "history", most=MAX_QUESTION, found=len(text))
        for text in (question.question, *question.history)
        if len(text) > MAX_QUESTION
    ]
    if both := sorted(set(question.refs) & set(question.also)):
        out.append(say("in_both", "also", ref=repr(both[0])))
    return out


class _Fields:
    """Reads fields by their type; each that has another is a fault, and gets a harmless value in its place."""

    def __init__(self, given: Mapping[str, Any], faults: list[str], say: Says) -> None:
        self._given, self.faults, self._say = given, faults, say

    def id(self) -> str:
        value = self._given.get("id")
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        return self.text("id")

    def text(self, name: str, default: str | None = None) -> str:
        if name not in self._given:
            if default is None:
                self.faults.append(self._say("no_value", name))
            return default or ""
        value = self._given[name]
        if isinstance(value, str) and (value.strip() or default == ""):
            return value
        self._wrong(name, "text", value)
        return ""

    def one_of(self, name: str, choices: tuple[str, ...], default: str) -> str:
        value = self._given.get(name, default)
        if value not in choices:
            self.faults.append(self._say("no_choice", name, choices=self._say("or").join(choices), found=_short(value)))
            return default
        return str(value)

    def truth(self, name: str, default: bool) -> bool:
        value = self._given.get(name, default)
        if not isinstance(value, bool):
            self._wrong(name, "truth", value)
            return default
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        value = self._given.get(name, [])
        if not isinstance(value, list):
            self._wrong(name, "texts", value)
            return ()
        out = []
        for part in value:
            if not isinstance(part, str) or not part.strip():
                self._wrong(name, "texts", part)
            elif part in out and name != "history":
                self.faults.append(self._say("value_twice", name, value=repr(part)))
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
                self.faults.append(self._say("as_said", name, said=error))
                continue
            if ref in out:
                self.faults.append(self._say("value_twice", name, value=repr(ref)))
            out.append(ref)
        return tuple(out)

    def _wrong(self, name: str, expected: str, value: object) -> None:
        self.faults.append(self._say(f"not_{expected}", name, found=_short(value)))
