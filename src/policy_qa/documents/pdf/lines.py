"""Characters with places -> lines of text, column by column."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby, pairwise
from statistics import median

from policy_qa.citing.grammar import ordinal
from policy_qa.documents.pdf.page import Char

_HAN = "〇零一二三四五六七八九十百千两"
_LABEL = re.compile(
    rf"{ordinal('编|分编|章|节|条')}(?:(?<=条)\s*之\s*[{_HAN}]{{1,3}})?(?!所|的|之规定|规定|中|第|款|项|[、，,；;。]|[和或及至与]|以及|情形)|"
    rf"[{_HAN}]{{1,4}}\s*[、．]|[（(]\s*[{_HAN}0-9０-９]{{1,4}}\s*[）)]|[0-9０-９]{{1,3}}\s*[.．、](?![0-9０-９])|"
    r"[0-9０-９]{1,3}\s*[)）]|[①-⑳]|附\s*[件录表]\s*[0-9０-９一二三四五六七八九十]{0,3}\s*(?:[:：]|$)|[•●■◆➢\uf0b7-]\s"
)


def label_end(text: str) -> int:
    """The length of the label that a line begins with and of the spaces after it; 0 without one."""
    match = _LABEL.match(text)
    if not match:
        return 0
    return match.end() + len(text[match.end() :]) - len(text[match.end() :].lstrip())


def has_label(text: str) -> bool:
    """Whether a line begins with 第X条, 一、, （一）, 1., ①, 附件."""
    return bool(_LABEL.match(text))


#: What is set in a square of its own and needs no space beside it: Chinese, Japanese, full-width forms and marks.
WIDE = re.compile(
    r"[\u2014\u2018-\u201d\u2026\u2460-\u24ff\u2e80-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\U00020000-\U0003ffff]"
)
#: A gap of so many ems parts cells of a list that has no lines drawn.
_CELL_GAP = 2.0
#: Gaps, in ems, from which on they are spaces: between two Latin characters, Latin and Chinese, two Chinese ones.
#: Word processors set a quarter of an em between Latin and Chinese that nobody typed; who leaves out spaces doesn't.
_LEAST = {False: (0.2, 0.45, 0.5), True: (0.15, 0.18, 0.18)}


@dataclass(kw_only=True, slots=True)
class Line:
    """A visual line. `starts` holds the left edge of each character of `text`; `y` is the baseline."""

    text: str
    starts: list[float]
    x0: float
    x1: float
    y: float
    size: float


def lines_of(chars: Iterable[Char], *, spaceless: bool = False) -> list[Line]:
    """The lines of one column, from the top. `spaceless` tells that the file's maker writes no spaces, only gaps."""
    return [line for row in _rows(chars) if (line := _line(row, spaceless))]


def _rows(chars: Iterable[Char]) -> list[list[Char]]:
    """Characters by baseline; what is raised or lowered belongs to the bigger text beside it."""
    rows: list[list[Char]] = []
    anchor = big = 0.0
    for char in sorted(chars, key=lambda c: c.y):
        if rows and char.y - anchor <= 0.45 * max(big, char.size):
            rows[-1].append(char)
            if char.size > big * 1.05:
                anchor, big = char.y, char.size
        else:
            rows.append([char])
            anchor, big = char.y, char.size
    return rows


def _line(row: list[Char], spaceless: bool) -> Line | None:
    kept = _once(sorted(row, key=lambda c: c.x0))
    shown = [c for c in kept if not c.text.isspace()]
    if not shown:
        return None
    size = _main_size(shown)
    gaps = [b.x0 - a.x1 for a, b in pairwise(shown) if WIDE.match(a.text[-1]) and WIDE.match(b.text[0])]
    # A line whose characters are spread evenly over it has no spaces.
    spread = max(0.0, sorted(gaps)[len(gaps) // 4]) if len(gaps) >= 3 else 0.0
    text: list[str] = []
    starts: list[float] = []
    spaces: list[Char] = []
    before: Char | None = None
    for char in kept:
        if char.text.isspace():
            spaces.append(char)
            continue
        if before:
            between = _between(before, char, spaces, size, spread, _LEAST[spaceless])
            text.append(between)
            starts += [before.x1] * len(between)
        text.append(char.text)
        starts += [char.x0] * len(char.text)
        before, spaces = char, []
    y = next(c.y for c in shown if abs(c.size - size) < 0.6)
    joined = "".join(text)
    if spaces and before and spaces[0].x0 >= before.x0 and not WIDE.match(joined[-1]):
        joined, starts = joined + " ", [*starts, before.x1]
    return Line(text=joined, starts=starts, x0=shown[0].x0, x1=max(c.x1 for c in shown), y=y, size=size)


def _once(row: list[Char]) -> list[Char]:
    """A row without the second print of characters that are printed twice to look bold."""
    kept: list[Char] = []
    for char in row:
        near = 0.3 * max(char.x1 - char.x0, 0.1 * char.size)
        if any(char.text == k.text and char.x0 - k.x0 < near and abs(char.y - k.y) < near for k in kept[-3:]):
            continue
        kept.append(char)
    return kept


def _main_size(chars: list[Char]) -> float:
    sizes = Counter(round(char.size * 2) / 2 for char in chars)
    return max(sizes, key=lambda s: (sizes[s], s))


def _between(a: Char, b: Char, spaces: list[Char], size: float, spread: float, least: tuple[float, ...]) -> str:
    """What stands between two neighbours: nothing, a space as printed, or two spaces between cells."""
    gap = b.x0 - a.x1
    full = sum(c.text == "\u3000" for c in spaces)
    if full and gap < (full + 1.5) * size:
        return "\u3000" * min(full, 2)
    if gap >= _CELL_GAP * size + spread:
        return "  "
    wide = bool(WIDE.match(a.text[-1])) + bool(WIDE.match(b.text[0]))
    if spaces and (wide < 2 or b.x0 - spaces[0].x0 > 0.1 * size):
        # Widths of fonts that are not in the file are guesses: the space's own place tells, not its neighbour's end.
        # Ideographs are as wide as they are high: between them a gap tells, where a maker draws the space elsewhere.
        return " " if b.x0 - spaces[0].x0 > 0.1 * size else ""
    if not wide and b.gap and gap > 0:
        return " "  # after an overhanging letter the gap looks small; PDFium knows the letter's advance
    return " " if gap > least[wide] * size + (spread if wide else 0) else ""


#: A column has at least so many lines; what parts two columns is at least so many ems wide.
_MIN_ROWS = 5
_STRIP = 0.9


def columns_of(chars: list[Char], depth: int = 2) -> list[tuple[int, int, list[Char]]]:
    """(column, of how many, its characters) in reading order.

    A gutter is a strip that rows of running text leave free on both sides: the text fills its column, the
    columns are much wider than the strip. Cells of a list or a roster don't fill theirs, so they stay lines.
    """
    rows = [sorted((c for c in row if not c.text.isspace()), key=lambda c: c.x0) for row in _rows(chars)]
    rows = [row for row in rows if row]
    gutter = _gutter(rows) if depth and len(rows) >= _MIN_ROWS else None
    if gutter is None:
        return [(0, 1, chars)]
    found: list[tuple[int, int, list[Char]]] = []
    whole: list[Char] = []
    for crossing, band in _bands(rows, gutter):
        if crossing or not _is_running_text(band, gutter):
            whole += [c for row in band for c in row]
            continue
        if whole:
            found.append((0, 1, _with_spaces(whole, chars)))
            whole = []
        sides = ([c for row in band for c in row if c.x0 < gutter], [c for row in band for c in row if c.x0 >= gutter])
        for i, side in enumerate(sides):
            inner = columns_of(_with_spaces(side, chars), depth - 1)
            found += [(2 * column + i, 2 * of, part) for column, of, part in inner]
    if whole:
        found.append((0, 1, _with_spaces(whole, chars)))
    return found


def _with_spaces(part: list[Char], chars: list[Char]) -> list[Char]:
    """A part with the spaces that stand in its lines."""
    x0, x1 = min(c.x0 for c in part), max(c.x1 for c in part)
    y0, y1 = min(c.y for c in part), max(c.y for c in part)
    return part + [c for c in chars if c.text.isspace() and x0 <= c.x0 <= x1 and y0 - 1 <= c.y <= y1 + 1]


def _gutter(rows: list[list[Char]]) -> float | None:
    """The middle of the strip, in the middle part of the page, that has the most stretches of text on both sides."""
    left, right = min(row[0].x0 for row in rows), max(row[-1].x1 for row in rows)
    low, high = left + 0.2 * (right - left), right - 0.2 * (right - left)
    stretches: list[tuple[float, float]] = []
    for row in rows:
        start = row[0].x0
        for a, b in pairwise(row):
            if b.x0 - a.x1 >= _STRIP * max(a.size, b.size):
                stretches.append((start, a.x1))
                start = b.x0
        stretches.append((start, row[-1].x1))
    starts, ends = sorted(a for a, _ in stretches), sorted(b for _, b in stretches)
    best, at = 0, None
    for end in ends:
        before, after = bisect_right(ends, end + 0.5), len(starts) - bisect_right(starts, end + 0.5)
        if low < end < high and after and min(before, after) >= best:
            best, at = min(before, after), (end + starts[-after]) / 2
    return at if best >= _MIN_ROWS else None


def _bands(rows: list[list[Char]], gutter: float) -> list[tuple[bool, list[list[Char]]]]:
    """Rows in runs: those that cross the gutter, and those that leave it free."""

    def crosses(row: list[Char]) -> bool:
        return any(c.x0 < gutter < c.x1 for c in row) or any(
            a.x1 <= gutter <= b.x0 and b.x0 - a.x1 < _STRIP * min(a.size, b.size) for a, b in pairwise(row)
        )

    return [(crossing, list(band)) for crossing, band in groupby(rows, key=crosses)]


def _is_running_text(band: list[list[Char]], gutter: float) -> bool:
    """Whether both sides of a band are columns of text."""
    sides = [[[c for c in row if (c.x0 < gutter) is left] for row in band] for left in (True, False)]
    filled = [[row for row in side if row] for side in sides]
    if min(map(len, filled)) < _MIN_ROWS:
        return False
    tops, feet = [side[0][0].y for side in filled], [side[-1][0].y for side in filled]
    if min(feet) - max(tops) < 0.5 * min(b - a for a, b in zip(tops, feet, strict=True)):
        return False  # not beside each other
    spans = [(min(r[0].x0 for r in side), max(r[-1].x1 for r in side)) for side in filled]
    widths = [b - a for a, b in spans]
    strip = spans[1][0] - spans[0][1]
    size = median(c.size for row in band for c in row)
    if min(widths) < max(12 * size, 0.3 * max(widths)) or strip > 0.5 * min(widths):
        return False
    for side, width in zip(filled, widths, strict=True):
        share = sorted(sum(c.x1 - c.x0 for c in row) / width for row in side)
        if share[int(0.5 * len(share))] < 0.75:
            return False
    return True
