"""Where columns of text begin and end, how far apart their lines are, and how their paragraphs are indented.

All of it is told by the lines themselves, over the whole file, because a single page may hold too few.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from policy_qa.documents.pdf.furniture import Item
from policy_qa.documents.pdf.labels import has_label
from policy_qa.documents.pdf.lines import Line

_CLOSERS = "，。、；：！？）】》〉」』”’％%,.;:!?)]}"
_TOKEN = re.compile(rf"[（(\[【《〈「『“‘]*(?:[^\s\u2e80-\uffef]+|.)[{re.escape(_CLOSERS)}]*")
#: No paragraph is set in by so many ems and this share of the column, or by so many ems of one whose width is unknown.
_FAR_IN = (8.0, 0.35, 12.0)


@dataclass(frozen=True, slots=True)
class Margins:
    """The left and right edge of a column of text; `right` is infinite where nothing tells it."""

    left: float
    right: float


def reaches(line: Line, following: Line, right: float) -> bool:
    """Whether a line ends because the next word did not fit before `right`."""
    token = _TOKEN.match(following.text)
    end = token.end() if token else 1
    stop = following.starts[end] if end < len(following.starts) else following.x1
    width = min(stop - following.x0, 0.5 * max(right - line.x0, 0))
    if line.x1 + width + 0.1 * line.size > right:
        return True
    # A ragged edge: a sentence in Latin letters that goes on with a small one.
    long = line.x1 - line.x0 > 0.7 * (right - line.x0)
    return long and bool(re.search(r"[A-Za-z,]\s*$", line.text) and re.match(r"[a-z]{2}", following.text))


class Layout:
    """The habits of one document: margins by column, leading by type size, indents."""

    def __init__(self, items: list[Item], widths: dict[tuple[int, int, int], float]) -> None:
        columns: dict[tuple[int, int, int], list[Item]] = {}
        places: dict[tuple[int, int], list[Item]] = {}
        for item in items:
            if item.line and not item.foot:
                columns.setdefault(item.key, []).append(item)
                places.setdefault((item.page, item.region), []).append(item)
        self._margins: dict[tuple[tuple[int, int, int], int], Margins] = {}
        for key, own in columns.items():
            self._margins.update(_by_side(key, own, widths.get(key, 0.0)))
        self._rights = {place: _own_right(own) for place, own in places.items()}
        self.leading = _leadings(items)
        self.flush_labels = self._count_flush_labels(items) >= 2
        self.first_indent = self._common_first_indent(items)

    def of(self, item: Item) -> Margins:
        """The edges of the column that an item stands in, its own page's right one where that is clear."""
        found = self._margins.get((item.key, item.page % 2)) or Margins(0.0, float("inf"))
        right = self._rights.get((item.page, item.region))
        return found if right is None else Margins(found.left, right)

    def indent(self, item: Item, line: Line) -> float:
        """Distance from the left margin in ems."""
        return (line.x0 - self.of(item).left) / line.size

    def in_the_middle(self, item: Item, line: Line) -> bool:
        """Whether a line is as far from the left edge as from the right one; a line that fills its column is."""
        margins = self.of(item)
        return abs((line.x0 - margins.left) - (margins.right - line.x1)) <= 1.5 * line.size

    def centred(self, item: Item, line: Line) -> bool:
        """Whether a line stands in the middle, well in from both edges."""
        margins = self.of(item)
        left, right = line.x0 - margins.left, margins.right - line.x1
        return left >= 2.5 * line.size and abs(left - right) <= 1.2 * line.size

    def far_in(self, item: Item, line: Line) -> bool:
        """Whether a line begins so far in that it is a signature or a date at the right, and goes on with nothing."""
        margins = self.of(item)
        width = margins.right - margins.left
        least = max(_FAR_IN[0], _FAR_IN[1] * width / line.size) if width < float("inf") else _FAR_IN[2]
        return self.indent(item, line) >= least

    def _count_flush_labels(self, items: list[Item]) -> int:
        """How many labelled lines stand at the left margin after a line that ended early."""
        count = 0
        for one, two in pairwise(items):
            if one.line and two.line and not reaches(one.line, two.line, self.of(one).right):
                count += has_label(two.line.text) and self.indent(two, two.line) <= 0.6
        return count

    def _common_first_indent(self, items: list[Item]) -> float | None:
        """The indent, in ems, of lines that reach the right margin and are followed by one at the left margin."""
        found: Counter[float] = Counter()
        for one, two in pairwise(items):
            if one.line and two.line and reaches(one.line, two.line, self.of(one).right):
                indent = self.indent(one, one.line)
                if indent > 1.2 and self.indent(two, two.line) <= 0.6:
                    found[round(indent * 2) / 2] += 1
        return max(found, key=lambda i: (found[i], i)) if found.total() >= 2 else None


def _leadings(items: list[Item]) -> dict[int, float]:
    """Size -> the smallest distance of neighbouring lines that is common among lines of that size."""
    steps: dict[int, Counter[float]] = {}
    for one, two in pairwise(items):
        if one.line and two.line and one.region == two.region and one.page == two.page:
            step = two.y - one.y
            if abs(one.line.size - two.line.size) <= 0.1 * one.line.size and 0 < step < 4 * one.line.size:
                steps.setdefault(round(one.line.size), Counter())[round(step * 2) / 2] += 1
    found = {}
    for size, counts in steps.items():
        common = [s for s in counts if sum(counts[s + d] for d in (-0.5, 0, 0.5)) >= max(2, 0.1 * counts.total())]
        if common:
            found[size] = min(common)
    return found


def _margins(lines: list[Line], width: float, *, single: bool) -> Margins:
    """The edges that lines share. A right edge far from where the left one lets expect it needs many lines."""
    size = max(sorted(line.size for line in lines)[len(lines) // 2], 1.0)
    need = max(2, len(lines) // 30)
    lefts = sorted(line.x0 for line in lines)
    left = next((x for i, x in enumerate(lefts) if bisect_right(lefts, x + 0.5 * size) - i >= need), lefts[0])
    rights = sorted(_ends(lines, size, need), reverse=True)
    right, count = _shared(rights, size, need)
    if single:

        def far(x: float) -> bool:
            return abs(width - left - x) > 0.6 * left + 2 * size

        if far(right) and not far(rights[0]):
            right = rights[0]
        elif far(right) and (count < 10 or count < 0.3 * len(lines)):
            right = float("inf")
    elif count < 2:
        right = float("inf")
    return Margins(left, right)


def _shared(rights: list[float], size: float, need: int) -> tuple[float, int]:
    """The outermost of the ends (sorted, outermost first) that `need` of them share, within an em, and how many do."""
    back = [-x for x in rights]
    near = ((x, bisect_right(back, size - x) - i) for i, x in enumerate(rights))
    return next(((x, n) for x, n in near if n >= need), (rights[0], 1))


def _ends(lines: list[Line], size: float, need: int) -> list[float]:
    """Where lines end; a closing mark that hangs out over the edge that other lines share is left out."""
    plain = sorted((line.x1 for line in lines if not _closes(line)), reverse=True)
    edge, count = _shared(plain, size, need) if plain else (0.0, 0)
    if count < need:
        return [line.x1 for line in lines]
    return [
        edge
        if _closes(line) and edge < line.x1 <= edge + 1.1 * size and line.starts[-1] <= edge + 0.2 * size
        else line.x1
        for line in lines
    ]


def _closes(line: Line) -> bool:
    return line.text[-1] in _CLOSERS


def _by_side(
    key: tuple[int, int, int], items: list[Item], width: float
) -> dict[tuple[tuple[int, int, int], int], Margins]:
    """The edges of a column on even and odd pages; apart only where a book's inner margin is wider."""
    sides = [[item.line for item in items if item.line and item.page % 2 == side] for side in (0, 1)]
    whole = _margins([line for side in sides for line in side], width, single=key[1] == 1)
    if min(map(len, sides)) >= 8:
        found = [_margins(side, width, single=key[1] == 1) for side in sides]
        size = sides[0][0].size
        if abs(found[0].left - found[1].left) > size:
            return {(key, side): margins for side, margins in enumerate(found)}
    return {(key, 0): whole, (key, 1): whole}


def _own_right(items: list[Item]) -> float | None:
    """The right edge that a page's long lines share, None where they share none."""
    lines = [item.line for item in items if item.line]
    size = median(line.size for line in lines)
    ends = _ends(lines, size, 2)
    top = max(ends)
    near = [
        line
        for line, end in zip(lines, ends, strict=True)
        if end > top - line.size and line.x1 - line.x0 >= 18 * line.size
    ]
    return top if len(near) >= 4 and len(near) >= 0.35 * len(lines) else None
