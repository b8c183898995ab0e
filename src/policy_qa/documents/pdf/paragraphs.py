"""Lines -> paragraphs, by where they stand: margins, indents, gaps, sizes; labels only where these don't tell.

Lengths are told in ems of the line, so that a rule holds for any type size.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from policy_qa.documents.pdf.furniture import FOOTNOTE, Item
from policy_qa.documents.pdf.lines import WIDE, Line, has_label, label_end

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


_TERMINAL = re.compile(r"[。；;！!？?：:.…][”’」』）)\]】]*\s*$")
_UNFINISHED = re.compile(r"[，、,]\s*$")
_LEADERS = re.compile(r"(?:[.．·…]\s?){4,}[\s—\-(（]*\d+[\s—\-)）]*$")
_AMBIGUOUS = "—‘’“”…"
_NUMBER_LINE = re.compile(
    r".{0,20}[〔\[［（(【]\s*(?:19|20)\d\d\s*[〕\]］）)】]|[（(]?\s*(?:19|20)\d\d\s*年\s*\d{1,2}\s*月"
)


@dataclass(slots=True)
class Paragraph:
    """Pieces of text with the page that each stands on."""

    pieces: list[tuple[int, str]] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The whole paragraph."""
        return "".join(text for _, text in self.pieces)


def glue(before: str, after: str) -> tuple[str, str]:
    """(the text before, what comes between) for two lines of one paragraph."""
    kept = before.rstrip()
    if re.search(r"[A-Za-z]{2}[-\u2010\u00ad]$", kept) and re.match("[a-z]", after):
        return kept[:-1], ""
    kept = kept.rstrip("\u00ad")
    if re.search(r"\w[-\u2010/]$", kept) and re.match("[A-Za-z0-9]", after):
        return kept, ""
    wide = (_is_wide(kept, -1, -2), _is_wide(after, 0, 1))
    if any(wide):
        return kept, " " if before != kept and not all(wide) else ""
    return kept, " "


def _is_wide(text: str, at: int, inner: int) -> bool:
    """Whether the character at an end of a line is set wide; quotation marks and dashes follow the one beside them."""
    char = text[at] if text else ""
    if char in _AMBIGUOUS and char and len(text) > 1:
        char = text[inner]
    return bool(char and WIDE.match(char))


def join_cell(lines: list[Line], right: float) -> str:
    """The text of a table's cell, whose right edge is told."""
    if not lines:
        return ""
    pad = min(6.0, 0.5 * lines[0].size)
    text = lines[0].text
    for line, following in pairwise(lines):
        if reaches(line, following, right - pad):
            text, between = glue(text, following.text)
            text += between + following.text
        else:
            text = text.rstrip() + "\n" + following.text
    return text


class Joiner:
    """Joins the lines of one document; made with all of them, because margins and leading are told by the whole."""

    def __init__(self, items: list[Item], body: float, widths: dict[tuple[int, int, int], float]) -> None:
        self.body = body
        self.layout = Layout(items, widths)

    def paragraphs(self, items: Iterable[Item]) -> list[Paragraph]:
        """All paragraphs in reading order; a footnote comes after the paragraph that it interrupts."""
        done: list[Paragraph] = []
        notes: list[Paragraph] = []
        open_: _Open | None = None
        note: _Open | None = None
        for item in items:
            if item.rows:
                done += [*notes, *(Paragraph([(item.page, row)]) for row in item.rows)]
                notes, open_, note = [], None, None
                continue
            if item.line is None:
                continue
            if item.foot:
                # Notes have no first-line indent to speak of: a new one begins with its sign.
                if note and note.last[0].page == item.page and not FOOTNOTE.match(item.line.text):
                    note.add(item, item.line)
                else:
                    note = _Open(item, item.line)
                    notes.append(note.paragraph)
                continue
            note = None
            if open_ and self._continues(open_, item, item.line):
                open_.add(item, item.line)
            else:
                done += notes
                notes = []
                open_ = _Open(item, item.line)
                done.append(open_.paragraph)
        return done + notes

    def _continues(self, paragraph: _Open, item: Item, line: Line) -> bool:
        """Whether a line goes on with the paragraph before it."""
        last, prev = paragraph.last
        if abs(line.size - prev.size) > 0.1 * prev.size:
            return False
        apart = line.y - prev.y
        if last.page == item.page and last.region == item.region:
            leading = self.layout.leading.get(round(prev.size), 1.9 * prev.size)
            if apart > 1.3 * leading + 1 and not self._is_title(prev):
                return False
        else:
            apart = 0.0
        if self._is_title(prev) and apart and apart <= 2.6 * prev.size and self._goes_on(last, prev, item, line):
            return True
        if _in_cells(prev) or _in_cells(line):
            return False
        if self.layout.far_in(item, line) or self.layout.far_in(*paragraph.first):
            return False  # a signature, a date
        if self.layout.centred(item, line) or not reaches(prev, line, self.layout.of(last).right):
            return False
        return self._stands_as_continuation(paragraph, item, line)

    def _is_title(self, line: Line) -> bool:
        return line.size > 1.1 * self.body

    def _goes_on(self, last: Item, prev: Line, item: Item, line: Line) -> bool:
        """Whether a big centred line is the next line of the title before it."""
        return (
            self.layout.in_the_middle(last, prev)
            and self.layout.in_the_middle(item, line)
            and not has_label(line.text)
            and not has_label(prev.text)
            and not _NUMBER_LINE.match(line.text)
            and not _NUMBER_LINE.match(prev.text)
        )

    def _stands_as_continuation(self, paragraph: _Open, item: Item, line: Line) -> bool:
        _, prev = paragraph.last
        labelled, finished = has_label(line.text), bool(_TERMINAL.search(prev.text))
        fresh = labelled and finished
        here = self.layout.indent(item, line)
        first = self.layout.indent(*paragraph.first)
        if paragraph.second is not None:
            expected = self.layout.indent(*paragraph.second)
            if abs(here - expected) > 0.6:
                return False
            indented = first - expected > 1.2
        elif here <= 0.6 or 1.2 < first - here <= 5:  # also where a page has a margin of its own
            indented = first - here > 1.2
        else:
            hang = (paragraph.hang - self.layout.of(paragraph.first[0]).left) / line.size
            if abs(here - first) <= 0.6:  # a paragraph set in as a whole, or two of one line each
                usual = self.layout.first_indent
                new = usual is not None and abs(here - usual) <= 0.6 and not _UNFINISHED.search(prev.text)
                return not labelled and not finished and not new
            return not labelled and abs(here - hang) <= 0.6
        # After an indented first line a line at the margin goes on, whatever it begins with.
        return not fresh or (indented and not self.layout.flush_labels)


class _Open:
    """A paragraph that may go on."""

    def __init__(self, item: Item, line: Line) -> None:
        self.paragraph = Paragraph([(item.page, line.text.rstrip())])
        self.raw = line.text
        self.first = self.last = (item, line)
        self.second: tuple[Item, Line] | None = None
        at = label_end(line.text)
        self.hang = line.starts[at] if 0 < at < len(line.starts) else line.x0

    def add(self, item: Item, line: Line) -> None:
        """Appends a line."""
        page, text = self.paragraph.pieces[-1]
        kept, between = glue(text + self.raw[len(self.raw.rstrip()) :], line.text)
        self.paragraph.pieces[-1] = (page, kept + between)
        self.paragraph.pieces.append((item.page, line.text.rstrip()))
        self.raw = line.text
        self.last = (item, line)
        self.second = self.second or (item, line)


def _in_cells(line: Line) -> bool:
    """Whether a line is a row of cells with wide gaps, or of a table of contents, and no running text."""
    return "  " in line.text[label_end(line.text) :] or bool(_LEADERS.search(line.text))
