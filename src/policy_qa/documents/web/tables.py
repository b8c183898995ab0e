"""The tables of a page: those that are tables, as rows, and those that only arrange the page, as their paragraphs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from policy_qa.citing.grammar import ordinal
from policy_qa.documents.extracted import table_row

#: No printed table has more cells beside each other that all reach into the row below.
MAX_COLUMNS = 60
_MAX_SPAN = 1000  # as browsers have it
_UNIT = re.compile(rf"{ordinal('编|章|节|条')}|[一二三四五六七八九十]{{1,3}}\s*、")
#: So many lines in one cell are paragraphs of a page, not the content of a cell.
_PARAGRAPHS = 8
_SHARE = 0.7


class HasText(Protocol):
    """A line as a table needs it."""

    text: str
    row: bool


L = TypeVar("L", bound=HasText)


@dataclass(slots=True)
class Cell(Generic[L]):
    """A cell's lines and the columns and rows that it covers."""

    lines: list[L]
    columns: int
    rows: int


@dataclass(slots=True)
class Table(Generic[L]):
    """A table while it is read. `single` tells that the page itself says it is layout."""

    single: bool = False
    grid: list[list[Cell[L]]] = field(default_factory=list)

    def new_row(self) -> None:
        """Begin a row."""
        self.grid.append([])

    def new_cell(self, lines: list[L], columns: int | None, rows: int | None) -> None:
        """Begin a cell whose lines are going to be added to `lines`; a rowspan of 0 reaches to the table's end."""
        if not self.grid:
            self.new_row()
        rows = 65534 if rows == 0 else max(rows or 1, 1)
        self.grid[-1].append(Cell(lines, min(max(columns or 1, 1), _MAX_SPAN), rows))

    def cells(self) -> Iterator[Cell[L]]:
        """All cells in the order of the source."""
        for row in self.grid:
            yield from row

    def is_layout(self) -> bool:
        """Whether the table only arranges a page: one column, a table in a cell, or a document's body in one."""
        if self.single or all(len(row) <= 1 for row in self.grid):
            return True
        if any(len(cell.lines) > 5 * _PARAGRAPHS for cell in self.cells()):
            return True
        total = sum(len(line.text) for cell in self.cells() for line in cell.lines)
        for cell in self.cells():
            if any(line.row for line in cell.lines):
                return True
            units = sum(_UNIT.match(line.text) is not None for line in cell.lines)
            articles = sum(line.text.startswith("第") and _UNIT.match(line.text) is not None for line in cell.lines)
            large = sum(len(line.text) for line in cell.lines) >= _SHARE * total
            if articles >= 2 or (large and (units >= 2 or len(cell.lines) >= _PARAGRAPHS)):
                return True
        return False

    def rows(self) -> Iterator[tuple[str, list[Cell[L]]]]:
        """Each row that has text as one line, with its cells.

        A cell that covers several columns is written once; below one that covers several rows stands an empty cell.
        """
        above: dict[int, tuple[int, int]] = {}  # first column of a cell above -> its columns, rows it still covers
        for row in self.grid:
            texts: list[str] = []
            column = 0
            below = {at: (columns, left - 1) for at, (columns, left) in above.items() if left > 1}
            for cell in [*row, None]:
                while column in above:
                    texts.append("")
                    column += above[column][0]
                if cell is None:
                    break
                texts.append("\n".join(line.text for line in cell.lines))
                if cell.rows > 1 and len(below) < MAX_COLUMNS:
                    below[column] = (cell.columns, cell.rows - 1)
                column += cell.columns
            above = below
            if any(texts):
                yield table_row(texts), row
