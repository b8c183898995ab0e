"""Rows of a table in a policy's text -> a table: with bars, or with tabs as a copy from Word leaves them."""

from __future__ import annotations

import re
from collections.abc import Container, Sequence

from policy_qa.page.inline import Highlights, Range, render_inline

_BARS = re.compile(r"\|.*\|")
_RULE = re.compile(r"\|(?=[\s:|]*+-)[\s:|\-]*\|")
#: So many rows make a table whose first row says what the columns are; a form has no such row.
_HEADED = 3


def is_rule(text: str, start: int = 0, end: int | None = None) -> bool:
    """Whether a line is the rule below the header row of a Markdown table, which shows nothing."""
    return _RULE.fullmatch(text, start, len(text) if end is None else end) is not None


def cells_of(text: str, start: int, end: int, floor: int, *, inside: bool) -> list[Range]:
    """The cells of a line that is a row, else nothing.

    `start` and `end` are those of the line's words; a row of tabs may begin or end with empty cells
    around them, down to `floor`. `inside` tells that the line above was a row.
    """
    if text[start] == "|":
        return [] if is_rule(text, start, end) or not _BARS.fullmatch(text, start, end) else _bars(text, start, end)
    return _tabs(text, start, end, floor, inside=inside)


def _bars(text: str, start: int, end: int) -> list[Range]:
    cells: list[Range] = []
    at = start + 1
    while (bar := text.find("|", at, end)) >= 0:
        cells.append((at, bar))
        at = bar + 1
    return cells


def _tabs(text: str, start: int, end: int, floor: int, *, inside: bool) -> list[Range]:
    """Two tabs at least, and two cells with words: a line that tabs only push to the right is no row."""
    opening = max(text.rfind("\n", floor, start) + 1, floor)
    closing = text.find("\n", end)
    stop = len(text) if closing < 0 else closing
    opening = start if text[opening:start].strip() else opening
    stop = end if text[end:stop].strip() else stop
    if text.count("\t", opening, stop) < 2 or (not inside and text.find("\t", start, end) < 0):
        return []
    cells: list[Range] = []
    at = opening
    while (tab := text.find("\t", at, stop)) >= 0:
        cells.append((at, tab))
        at = tab + 1
    return [*cells, (at, max(at, stop))]


def render_table(text: str, rows: Sequence[Sequence[Range]], highlights: Highlights) -> str:
    """The rows as a table, those that a quotation touches set off; nothing where there are none."""
    shown = [[render_inline(text, a, b, highlights) for a, b in cells] for cells in rows]
    quoted = {
        n for n, cells in enumerate(rows) if any(a < cells[-1][1] and cells[0][0] < b for a, b in highlights.quoted)
    }
    return table(shown, quoted)


def table(rows: Sequence[Sequence[str]], quoted: Container[int] = ()) -> str:
    """Rows of cells, which are HTML, as a table; nothing where there are none. `quoted` are rows to set off.

    A row with fewer cells than the longest has a cell that runs over several columns, of which the
    text doesn't tell which; the last one does here.
    """
    if not rows:
        return ""
    width = max(map(len, rows))
    headed = len(rows) >= _HEADED and len(rows[0]) == width and all(cell.strip() for cell in rows[0])
    body = "".join(_row(cells, width, quoted=n in quoted) for n, cells in enumerate(rows))
    form = "pq-table pq-table-headed" if headed else "pq-table"
    return f'<div class="pq-table-frame"><table class="{form}"><tbody>{body}</tbody></table></div>'


def _row(cells: Sequence[str], width: int, *, quoted: bool) -> str:
    out = []
    for n, cell in enumerate(cells):
        across = f' colspan="{width - n}"' if n == len(cells) - 1 and n + 1 < width else ""
        out.append(f"<td{across}>{cell}</td>")
    form = ' class="pq-row-quoted"' if quoted else ""
    return f"<tr{form}>{''.join(out)}</tr>"


def quoted_cells(line: str) -> list[str]:
    """The cells of a quoted line that is a row, else nothing; a quotation may have cut off the last bar."""
    words = line.strip(" \u3000\r")
    if words.startswith("|") and words.count("|") > 1:
        return [] if is_rule(words) else words[1:].removesuffix("|").split("|")
    cells = words.split("\t")
    return cells if len(cells) > 2 and sum(map(bool, map(str.strip, cells))) > 1 else []


def one_line(quote: str) -> str:
    """A quotation without its line breaks, which are the source file's layout; rows are told apart."""
    if quote.isascii():
        return " ".join(quote.split())
    out = ""
    row_before = False
    for line in filter(str.strip, quote.split("\n")):
        cells = [cell.strip() for cell in quoted_cells(line)]
        out += (" / " if out and (cells or row_before) else "") + (" | ".join(cells) if cells else line.strip())
        row_before = bool(cells)
    return out
