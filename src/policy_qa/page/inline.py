"""Text -> HTML, in lines and in rows of tables: nothing that a document, a question or an answer holds is ever markup.

All strings that people or files wrote pass through :func:`escape` on their way to the browser. Rows have bars, or
tabs as a copy from Word leaves them.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_left, bisect_right
from collections.abc import Container, Sequence
from dataclasses import dataclass
from itertools import pairwise

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


#: Characters that HTML can't hold or that would reorder the line around them.
_UNSHOWABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff\u202a-\u202e\u2066-\u2069]"
)

Range = tuple[int, int]


def showable(text: str) -> str:
    """Text, or HTML made of it, with control characters and the like as U+FFFD, one for one."""
    return _UNSHOWABLE.sub("\ufffd", text)


def escape(text: str) -> str:
    """Text as HTML that shows exactly that text, also inside a quoted attribute.

    Control characters, lone surrogates and bidirectional overrides become U+FFFD, one for one.
    """
    return html.escape(showable(text), quote=True)


@dataclass(frozen=True, slots=True)
class Highlights:
    """What to set off in a document, as ranges of its text.

    `quoted` becomes `<mark>`: the words of the citation that was opened. `also` are the other
    citations of the same answer; `labels` are the printed numbers of provisions. `pages` are
    (offset, label) of the pages of the source, ascending: the label is put before that character.
    """

    quoted: tuple[Range, ...] = ()
    also: tuple[Range, ...] = ()
    labels: tuple[Range, ...] = ()
    pages: tuple[tuple[int, str], ...] = ()

    def __post_init__(self) -> None:
        for name in ("quoted", "also", "labels"):
            object.__setattr__(self, name, merge(getattr(self, name)))


def merge(ranges: Sequence[Range]) -> tuple[Range, ...]:
    """The union of ranges, sorted; overlapping and touching ones become one, empty ones vanish."""
    merged: list[Range] = []
    for start, end in sorted(r for r in ranges if r[0] < r[1]):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return tuple(merged)


def render_inline(text: str, start: int, end: int, highlights: Highlights) -> str:
    """HTML for `text[start:end]`, with what lies in it of the highlights set off.

    A quoted stretch is one `<mark>` however many labels or other citations cut through it.
    """
    out: list[str] = []
    at = start
    for mark_start, mark_end in _clip(highlights.quoted, start, end):
        out.append(_unmarked(text, at, mark_start, highlights))
        out.append(f'<mark class="pq-quote">{_unmarked(text, mark_start, mark_end, highlights)}</mark>')
        at = mark_end
    out.append(_unmarked(text, at, end, highlights))
    return "".join(out)


def _unmarked(text: str, start: int, end: int, highlights: Highlights) -> str:
    """HTML for a stretch within or between marks: cut wherever a label, a page or another citation begins or ends."""
    also = _clip(highlights.also, start, end)
    labels = _clip(highlights.labels, start, end)
    pages = highlights.pages[_before(highlights.pages, start) : _before(highlights.pages, end)]
    cuts = sorted({start, end, *(edge for r in (*also, *labels) for edge in r), *(at for at, _ in pages)})
    out: list[str] = []
    for a, b in pairwise(cuts):
        # The label is the style sheet's, not text: it is neither copied nor taken for words of the source.
        out += [f'<span class="pq-page-start" data-page="{escape(label)}"></span>' for at, label in pages if at == a]
        piece = escape(text[a:b])
        if _within(a, labels):
            piece = f'<b class="pq-label">{piece}</b>'
        if _within(a, also):
            piece = f'<span class="pq-also">{piece}</span>'
        out.append(piece)
    return "".join(out)


def _before(pages: Sequence[tuple[int, str]], offset: int) -> int:
    """How many pages begin before an offset."""
    return bisect_left(pages, offset, key=lambda page: page[0])


def _clip(ranges: Sequence[Range], start: int, end: int) -> tuple[Range, ...]:
    """What of merged ranges lies within a stretch; found by halving, as a code has thousands of labels and lines."""
    first = bisect_right(ranges, start, key=lambda r: r[1])
    found: list[Range] = []
    for i in range(first, len(ranges)):
        a, b = ranges[i]
        if a >= end:
            break
        found.append((max(a, start), min(b, end)))
    return tuple(found)


def _within(position: int, ranges: Sequence[Range]) -> bool:
    return any(a <= position < b for a, b in ranges)
