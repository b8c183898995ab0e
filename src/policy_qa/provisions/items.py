"""What is inside one provision: 款 (its paragraphs), 项 and 目 (its numbered lines), rows of its tables."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto

from policy_qa.citing.clean import trimmed
from policy_qa.datamodels import Document, Kind, Provision
from policy_qa.documents.extracted import CELL_LINE
from policy_qa.provisions.labels import (
    LIST_MARKS,
    Label,
    behind_marks,
    ends_sentence,
    inline_items,
    label_of,
    visible_end,
)

_WORD = re.compile(r"\w")
#: A row of a table: Markdown's, or cells set apart by tabs as a copy from Word leaves them.
_CELLS = re.compile(r"[ \t\u3000]*+(\|.*\|)[ \t\u3000]*+")
_CELL_LINES = re.compile(rf"[^\s{CELL_LINE}][^{CELL_LINE}]*")


class Blocks(Enum):
    """Which stretches between the numbered lines are provisions of their own."""

    NONE = auto()
    PARAGRAPHS = auto()  # each that begins behind a finished sentence: 款
    LINES = auto()  # each line: a roster, a form


@dataclass(slots=True)
class _Lines:
    """What the lines of a provision turned out to be."""

    items: list[tuple[int, Label]] = field(default_factory=list)  # (depth, label)
    rows: list[tuple[int, int]] = field(default_factory=list)
    blocks: list[int] = field(default_factory=list)


def children_of(
    document: Document, unit: Provision, begin: int, labels: Mapping[int, Label], *, blocks: Blocks
) -> tuple[int, list[Provision]]:
    """(end of the unit's own lead, its 款, 项, 目 and rows in text order).

    `begin` is behind the unit's label; `labels` holds those of the document by the start of their lines.

    An item opens where its number is 1 or follows the one before it in the same numbering; anything
    else at a line's start is text.
    """
    text = document.text
    labelled = begin > unit.start
    if labelled and begin >= unit.end:
        return unit.end, []
    if labelled and text.find("\n", begin, unit.end) < 0 and not inline_items(text, begin, unit.end):
        # One line, as most articles are: it can hold a single item at most, right behind its label.
        here = label_of(text, begin, unit.end)
        if not here or here.number != 1 or here.mark not in LIST_MARKS:
            return unit.end, []
    lines = _read(text, unit, begin, labels, each_line=blocks is Blocks.LINES)
    children = _items(document, unit, lines.items, lines.blocks) + _rows(text, unit, lines.rows)
    starts = lines.blocks if blocks is not Blocks.NONE and len(lines.blocks) > 1 else []
    lead = min([unit.end, *(c.start for c in children if c.start > unit.start), *starts[1:]])
    lead = visible_end(text, unit.start, lead)
    if starts:
        children += _paragraphs(document, unit, starts, lines.rows if blocks is Blocks.LINES else [])
    return lead, sorted(children, key=lambda c: (c.start, -c.end))


def _read(text: str, unit: Provision, begin: int, labels: Mapping[int, Label], *, each_line: bool) -> _Lines:
    out = _Lines()
    stack: list[Label] = []
    before = ""  # the piece of text above
    tabular = text.find("|", begin, unit.end) >= 0 or text.find("\t", begin, unit.end) >= 0
    at = begin
    while at <= unit.end:
        stop = text.find("\n", at, unit.end)
        stop = unit.end if stop < 0 else stop
        if at == stop or not (text[at].isalnum() or _WORD.search(text, at, stop)):
            at = stop + 1
            continue
        may_be_row = tabular and (at > begin or begin == unit.start)
        if may_be_row and (row := _row(text, at, stop)):
            out.rows.append(row)
            before = "。"
            stack.clear()
        else:
            cuts = inline_items(text, at, stop)
            for start, end in zip([at, *cuts], [*cuts, stop], strict=True):
                # Behind the unit's own label, or inside a line, nobody has looked for a label yet.
                here = label_of(text, start, end) if cuts or at == begin else labels.get(at)
                depth = _depth(stack, here) if here else None
                if here and depth is not None:
                    del stack[depth:]
                    stack.append(here)
                    out.items.append((depth, here))
                elif start == at and (at == begin or each_line or _is_finished(before)):
                    out.blocks.append(_visible(text, start, end)[0])
                    if at != begin:
                        stack.clear()
                before = text[start:end]
        at = stop + 1
    return out


def _row(text: str, start: int, end: int) -> tuple[int, int] | None:
    """The stretch of a table's row in a line: Markdown's cells, or three set apart by tabs."""
    if cells := _CELLS.fullmatch(text, start, end):
        return cells.span(1)
    return _visible(text, start, end) if text.count("\t", start, end) > 1 else None


def _is_finished(piece: str) -> bool:
    """Whether what stands above a line is a sentence, or announces what follows; then the line is a paragraph."""
    return ends_sentence(piece) or piece.rstrip("*_ \t\u3000").endswith(("：", ":"))


def _visible(text: str, start: int, end: int) -> tuple[int, int]:
    """[start, end) without a line's marks and the white space at both ends."""
    return trimmed(text, behind_marks(text, start, end), end)


def _depth(stack: list[Label], label: Label) -> int | None:
    """The depth at which a label continues or opens a numbering, None where it is only text."""
    if label.mark not in LIST_MARKS:
        return None
    for depth, open_label in enumerate(stack):
        if open_label.mark is label.mark:
            # One number left out is a defect of the text, not a reason to lose an item.
            return depth if open_label.number < label.number <= open_label.number + 2 else None
    return len(stack) if label.number == 1 else None


def _items(document: Document, unit: Provision, found: list[tuple[int, Label]], blocks: list[int]) -> list[Provision]:
    text, out = document.text, []
    taken: Counter[str] = Counter()
    open_paths: list[str] = []
    for (depth, label), bound in zip(found, _bounds(found, unit.end), strict=True):
        block = bisect_right(blocks, label.start)
        end = visible_end(text, label.start, min([bound, *blocks[block : block + 1]]))
        parent = open_paths[depth - 1] if depth else unit.path
        path = f"{parent}.{label.number}"
        if path in taken and depth == 0:
            # Two 款 of one article with items of their own: the 款 tells the second （一） from the first.
            path = f"{parent}.p{block}.{label.number}"
        taken[path] += 1
        if taken[path] > 1:
            path = f"{path}~{taken[path]}"
        del open_paths[depth:]
        open_paths.append(path)
        kind = Kind.SUBITEM if depth else Kind.ITEM
        out.append(_child(unit, path, kind, label.start, end, label=label.text, parent=parent))
    return out


def _bounds(found: list[tuple[int, Label]], end: int) -> list[int]:
    """For each item the start of the next one at its depth or above, else `end`; one walk from the back."""
    out: list[int] = []
    nearest: list[int] = []
    for depth, label in reversed(found):
        nearest += [nearest[-1] if nearest else end] * (depth + 1 - len(nearest))
        out.append(nearest[depth])
        nearest[depth:] = [label.start] * max(len(nearest) - depth, 1)
    return out[::-1]


def _rows(text: str, unit: Provision, found: list[tuple[int, int]]) -> list[Provision]:
    rows = [
        _child(unit, f"{unit.path}.r{number}", Kind.ROW, start, end)
        for number, (start, end) in enumerate(found, start=1)
    ]
    return [provision for row in rows for provision in (row, *cell_items(text, row))]


def headers_of(lines: list[str]) -> list[str | None]:
    """For each line of a text the header of the table that it is a row of, empty without one; None for other lines.

    A header stands above the row that a table counts as 1, for the rows that it counts on; else a first row of three
    cells and more is one.
    """
    out: list[str | None] = []
    header, counted = "", False
    for i, line in enumerate(lines):
        if "|" not in line or not _CELLS.fullmatch(line):
            out.append(None)
            header, counted = "", False
            continue
        cells = _cell_texts(line)
        below = _cell_texts(lines[i + 1]) if i + 1 < len(lines) else []
        first_row = not out or out[-1] is None
        if below[:1] == ["1"] or (first_row and len(cells) > 2 and len(below) == len(cells)):
            out.append("")
            header, counted = " | ".join(cells), below[:1] == ["1"]
        else:
            out.append(header if not counted or cells[0].isdecimal() else "")
    return out


def _cell_texts(line: str) -> list[str]:
    row = _CELLS.fullmatch(line)
    return [" ".join(cell.split()) for cell in row.group(1)[1:-1].split("|")] if row else []


def cell_items(text: str, row: Provision) -> list[Provision]:
    """The numbered lines inside a cell of a row, as 项 of the row: 「1. …」 and 「2. …」 below each other."""
    found = []
    at = row.start
    for cell in text[row.start : row.end].split("|"):
        lines = [(m.start() + at, m.end() + at) for m in _CELL_LINES.finditer(cell)]
        labels = [label for start, end in lines if (label := label_of(text, start, end)) and label.mark in LIST_MARKS]
        if len(lines) > 1 and [label.number for label in labels] == list(range(1, len(lines) + 1)):
            found += labels
        at += len(cell) + 1
    taken: Counter[str] = Counter()
    out = []
    for label in found:
        path = f"{row.path}.{label.number}"
        taken[path] += 1
        path = f"{path}~{taken[path]}" if taken[path] > 1 else path
        end = label.start + len(text[label.start : label.line_end].rstrip())
        out.append(_child(row, path, Kind.ITEM, label.start, end, label=label.text))
    return out


def _paragraphs(document: Document, unit: Provision, starts: list[int], rows: list[tuple[int, int]]) -> list[Provision]:
    """The 款 that begin at `starts`; a row of a table ends one, where `rows` are given."""
    text, out = document.text, []
    row_starts = [start for start, _ in rows]
    for number, (begin, bound) in enumerate(zip(starts, [*starts[1:], unit.end], strict=True), start=1):
        start = unit.start if number == 1 and not rows else begin
        row = bisect_right(row_starts, begin)
        end = visible_end(text, start, min([bound, *row_starts[row : row + 1]]))
        out.append(_child(unit, f"{unit.path}.p{number}", Kind.PARAGRAPH, start, end))
    return out


def _child(
    unit: Provision, path: str, kind: Kind, start: int, end: int, *, label: str = "", parent: str = ""
) -> Provision:
    # Not dataclasses.replace: it costs three times as much, and a law has thousands of items.
    return Provision(
        doc_id=unit.doc_id,
        path=path,
        kind=kind,
        label=label,
        headings=unit.headings,
        start=start,
        end=end,
        parent=parent or unit.path,
        unit=unit.unit,
        lead=end,
        instrument=unit.instrument,
        occurrence=unit.occurrence,
    )
