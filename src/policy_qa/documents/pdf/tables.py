"""Ruled lines and characters -> tables: rows of cells, a merged cell written once."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from policy_qa.documents.extracted import table_row
from policy_qa.documents.pdf.page import Char, Rule

#: Lines so near to each other, in points, are one (both sides of a thin rectangle, ends that don't quite meet).
_NEAR = 3.0
#: More lines than this are a drawing.
_MAX_LINES = 400


class _Side(NamedTuple):
    """A stretch of a line: at `at` on one axis, from `low` to `high` on the other."""

    at: float
    low: float
    high: float


@dataclass(kw_only=True, slots=True)
class Table:
    """A grid: `xs` and `ys` are its lines; `cell_of[row][column]` names the cell that covers a field."""

    xs: list[float]
    ys: list[float]
    cell_of: list[list[tuple[int, int]]]

    def field_at(self, x: float, y: float) -> tuple[int, int] | None:
        """The (row, column) of the cell at a point, None outside the table."""
        column, row = bisect_right(self.xs, x) - 1, bisect_right(self.ys, y) - 1
        inside = 0 <= row < len(self.ys) - 1 and 0 <= column < len(self.xs) - 1
        return self.cell_of[row][column] if inside else None

    def right_of(self, cell: tuple[int, int]) -> float:
        """The right edge of a cell."""
        row = self.cell_of[cell[0]]
        return self.xs[max(i for i, other in enumerate(row) if other == cell) + 1]

    def rows(self, texts: dict[tuple[int, int], str]) -> list[str]:
        """The rows as text. A cell that goes on from the row above is left empty; a row without text is left out."""
        found = []
        for number, row in enumerate(self.cell_of):
            cells = []
            for column, cell in enumerate(row):
                if column and row[column - 1] == cell:
                    continue
                cells.append(texts.get(cell, "") if cell[0] == number else "")
            if any(cells):
                found.append(table_row(cells))
        return found


def find_tables(rules: list[Rule]) -> list[Table]:
    """The grids that lines make; a box of one column is a frame and no table."""
    across = _merged([_Side(r.y0, r.x0, r.x1) for r in rules if r.y0 == r.y1 or abs(r.y0 - r.y1) < abs(r.x0 - r.x1)])
    down = _merged([_Side(r.x0, r.y0, r.y1) for r in rules if abs(r.y0 - r.y1) > abs(r.x0 - r.x1)])
    if not across or not down or len(across) > _MAX_LINES or len(down) > _MAX_LINES:
        return []
    tables = [_table(hs, vs) for hs, vs in _groups(across, down)]
    return [table for table in tables if table]


def split_off(
    chars: list[Char], tables: list[Table], text_of: Callable[[list[Char], float], str]
) -> tuple[list[Char], list[list[str]]]:
    """(the characters outside all tables, the rows of each table). `text_of` writes a cell's characters, given its
    right edge."""
    outside: list[Char] = []
    inside: list[dict[tuple[int, int], list[Char]]] = [{} for _ in tables]
    for char in chars:
        x, y = (char.x0 + char.x1) / 2, char.y - 0.35 * char.size
        for table, cells in zip(tables, inside, strict=True):
            if (cell := table.field_at(x, y)) is not None:
                cells.setdefault(cell, []).append(char)
                break
        else:
            outside.append(char)
    written = [
        table.rows({cell: text_of(own, table.right_of(cell)) for cell, own in cells.items()})
        for table, cells in zip(tables, inside, strict=True)
    ]
    return outside, written


def _merged(sides: list[_Side]) -> list[_Side]:
    """Stretches of one line that touch, as one."""
    lines: list[list[_Side]] = []
    for side in sorted(sides):
        if lines and side.at - lines[-1][0].at <= _NEAR:
            lines[-1].append(side)
        else:
            lines.append([side])
    found: list[_Side] = []
    for line in lines:
        at = sum(s.at for s in line) / len(line)
        runs: list[_Side] = []
        for side in sorted(line, key=lambda s: s.low):
            if runs and side.low <= runs[-1].high + _NEAR:
                runs[-1] = runs[-1]._replace(high=max(runs[-1].high, side.high))
            else:
                runs.append(side._replace(at=at))
        found += runs
    return found


def _groups(across: list[_Side], down: list[_Side]) -> list[tuple[list[_Side], list[_Side]]]:
    """Lines that hang together by crossing or touching."""
    free_h, free_v = set(range(len(across))), set(range(len(down)))
    groups = []
    while free_v:
        todo = [(False, free_v.pop())]
        hs: list[_Side] = []
        vs: list[_Side] = []
        while todo:
            is_h, i = todo.pop()
            (hs if is_h else vs).append((across if is_h else down)[i])
            for j in [
                j for j in (free_v if is_h else free_h) if _meet(across[i if is_h else j], down[j if is_h else i])
            ]:
                (free_v if is_h else free_h).discard(j)
                todo.append((not is_h, j))
        if hs:  # a line down that meets none across is the rule between two columns, or a bar at the margin
            groups.append((hs, vs))
    return groups


def _meet(h: _Side, v: _Side) -> bool:
    return h.low - _NEAR <= v.at <= h.high + _NEAR and v.low - _NEAR <= h.at <= v.high + _NEAR


def _table(hs: list[_Side], vs: list[_Side]) -> Table | None:
    hs = [*hs, *_cut_off(hs, vs)]
    if len({round(h.at) for h in hs}) < 2:
        return None
    top, bottom = min(h.at for h in hs), max(h.at for h in hs)
    left, right = min(h.low for h in hs), max(h.high for h in hs)
    # Tables that are open at their sides: the ends of the lines across are the edge.
    for edge in (left, right):
        if all(abs(v.at - edge) > 3 * _NEAR for v in vs):
            vs = [*vs, _Side(edge, top, bottom)]
    xs, ys = _distinct([v.at for v in vs]), _distinct([h.at for h in hs])
    columns, rows = len(xs) - 1, len(ys) - 1
    if columns < 2 or rows < 1:
        return None
    cell_of = [[(r, c) for c in range(columns)] for r in range(rows)]
    for r in range(rows):
        for c in range(columns):
            middle = (xs[c] + xs[c + 1]) / 2
            if r and not _drawn_at(hs, ys[r], middle):
                cell_of[r][c] = cell_of[r - 1][c]
            elif c and not _drawn_at(vs, xs[c], (ys[r] + ys[r + 1]) / 2):
                cell_of[r][c] = cell_of[r][c - 1]
    return Table(xs=xs, ys=ys, cell_of=cell_of)


def _cut_off(hs: list[_Side], vs: list[_Side]) -> list[_Side]:
    """The upper or lower edge of a table that a page's end cuts off: all its lines down stand out so far."""
    left, right = min(v.at for v in vs), max(v.at for v in vs)
    found = []
    for ends, edge in (([v.low for v in vs], min(h.at for h in hs)), ([-v.high for v in vs], -max(h.at for h in hs))):
        far = min(ends)
        out = [v.at for v, end in zip(vs, ends, strict=True) if end <= far + _NEAR]
        if edge - far > 3 * _NEAR and len(out) >= 3 and {left, right} <= set(out):
            found.append(_Side(abs(far), left, right))
    return found


def _distinct(values: list[float]) -> list[float]:
    found: list[float] = []
    for value in sorted(values):
        if not found or value - found[-1] > _NEAR:
            found.append(value)
    return found


def _drawn_at(sides: list[_Side], at: float, middle: float) -> bool:
    return any(abs(s.at - at) <= _NEAR and s.low - _NEAR <= middle <= s.high + _NEAR for s in sides)
