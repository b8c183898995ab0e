"""Rosters as records: who stands under which office, or in a table beside what is said of him.

A record is read from the lines as they are printed. Padding in names (「赵  曼」) is not part of a name, but quotations
keep it, as they keep everything.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from policy_qa.datamodels import Segmentation

_HAN = "\u4e00-\u9fff"
_PAD = "[ \u3000\t]"
#: 「副组长：赵  曼」: an office of few characters, maybe padded, a colon, and names.
_OFFICE = re.compile(
    rf"{_PAD}{{0,20}}(?P<office>[{_HAN}](?:{_PAD}{{0,6}}[{_HAN}]){{0,7}}){_PAD}{{0,6}}[:：](?P<rest>.{{1,400}})"
)
#: A name: two characters with padding between them, or two to four (欧阳修远) together; a dot is part of it.
_NAME = re.compile(rf"(?<![{_HAN}])(?:[{_HAN}]{_PAD}{{1,6}}[{_HAN}]|[{_HAN}·]{{2,4}})(?![{_HAN}])")
#: What stands in brackets behind a name is said of it; a telephone number or an address is another field.
_NOTE = re.compile(r"[（(][^）)\n]{1,40}[）)]")
#: A further field of the same line: 「，电话：…」.
_FIELD = re.compile(rf"[，,、；;]?\s{{0,6}}[{_HAN}]{{1,8}}[:：].*")
#: A line with one name goes on with the names above only where it is set in below them.
_SET_IN = re.compile(rf"{_PAD}{{2,40}}\S")
#: A row of a table, and the line below the first row of one in Markdown.
_ROW = re.compile(rf"{_PAD}{{0,40}}\|(?P<cells>.*)\|{_PAD}{{0,40}}")
_RULE = re.compile(r"[\s|:-]+")
#: What sets the columns of a table apart that is printed without bars; below such a head, each row has as many.
_GAP = re.compile(r"\t+|[ \u3000]{2,}")
#: Two characters set apart as printers set short names and heads: 姓  名.
_SPREAD = re.compile(rf"(?<![{_HAN}])([{_HAN}])[ \u3000]{{1,6}}([{_HAN}])(?![{_HAN}])")
#: What heads the column of names; a cell that says where somebody stands is so long at most.
_NAMES_COLUMN, _KEY = "姓名", 16


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a roster [start, end): the offices that people may ask by, the names on it, and the list's heading.

    A line that goes on with names belongs to the office above it. In a table the other cells of a row with words are
    its offices, its unit among them; `cells` are all of them as printed.
    """

    doc_id: str
    heading: str
    offices: tuple[str, ...]
    names: tuple[str, ...]
    start: int
    end: int
    cells: tuple[str, ...] = ()


def roster(segmentation: Segmentation) -> tuple[Entry, ...]:
    """All lines of rosters in a document, in text order."""
    document, out = segmentation.document, []
    heading, office = document.title, ""
    columns: list[int] | None = None  # those of the names, in a table that has any
    width = start = 0
    for line in document.text.split("\n"):
        end, row = start + len(line), _cells(line, width if columns else 0)
        columns = columns if row else None
        if row:
            cells, width = row, len(row)
            if any(unpadded(cell) == _NAMES_COLUMN for cell in cells):
                columns = [i for i, cell in enumerate(cells) if unpadded(cell) == _NAMES_COLUMN]
            elif columns and not _RULE.fullmatch(line) and (entry := _of_row(cells, columns)):
                names, offices = entry
                out.append(Entry(document.doc_id, heading, offices, names, start, end, tuple(filter(None, cells))))
        elif line.strip():
            match = _OFFICE.fullmatch(line)
            names = _names(match.group("rest")) if match else ()
            if match and names:
                office = unpadded(match.group("office"))
            elif not (office and (names := _names(line)) and (len(names) > 1 or _SET_IN.match(line))):
                heading, office, names = " ".join(line.split()).strip("：: #*"), "", ()
            if names:
                out.append(Entry(document.doc_id, heading, (office,), names, start, end))
        start = end + 1
    return tuple(out)


def _cells(line: str, width: int) -> list[str]:
    """The cells of a row: between bars, or apart by gaps where it has as many as the row above (`width`) or is a head
    with a column of names; none where it is no row."""
    if row := _ROW.fullmatch(line):
        return [" ".join(cell.split()) for cell in row.group("cells").split("|")]
    cells = [" ".join(cell.split()) for cell in _GAP.split(_SPREAD.sub(r"\1\2", line.strip()))]
    return cells if len(cells) > 1 and (len(cells) == width or _NAMES_COLUMN in map(unpadded, cells)) else []


def _of_row(cells: Sequence[str], columns: Sequence[int]) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """(names, what says where they stand) of a row of a table whose names are in these columns."""
    names = tuple(name for i in columns if i < len(cells) for name in _names(cells[i]))
    others = (unpadded(cell) for i, cell in enumerate(cells) if i not in columns)
    return (names, tuple(c for c in others if len(c) <= _KEY and re.search(rf"[{_HAN}]", c))) if names else None


def _names(text: str) -> tuple[str, ...]:
    """The names in a line; none where anything but names, what is said of them and further fields stands there."""
    plain = _NOTE.sub(" ", text)
    names = _FIELD.sub("", plain)
    found = [unpadded(m.group()) for m in _NAME.finditer(names)]
    rest = _NAME.sub("", names)
    return tuple(found) if found and not re.search(rf"[{_HAN}。]", rest) else ()


def unpadded(text: str) -> str:
    """Without the padding that printers put into short names and offices."""
    return re.sub(r"\s+", "", text)


def padded(name: str) -> re.Pattern[str]:
    """What finds a name in a text however it is padded."""
    return re.compile(r"\s{0,6}".join(map(re.escape, unpadded(name))))
