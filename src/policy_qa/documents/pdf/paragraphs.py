"""Lines -> paragraphs, by where they stand: margins, indents, gaps, sizes; labels only where these don't tell.

Lengths are told in ems of the line, so that a rule holds for any type size.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise

from policy_qa.documents.pdf.furniture import Item
from policy_qa.documents.pdf.labels import has_label, label_end
from policy_qa.documents.pdf.lines import WIDE, Line
from policy_qa.documents.pdf.margins import Layout, reaches

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
                if note and note.last[0].page == item.page and not has_note_sign(item.line):
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


def has_note_sign(line: Line) -> bool:
    """Whether a small line begins a footnote."""
    return bool(re.match(r"[①-⑳*＊※†]|[\[［〔(（]\s*\d{1,3}\s*[\]］〕)）]|\d{1,3}\s|注\s*\d*\s*[:：]", line.text))


def _in_cells(line: Line) -> bool:
    """Whether a line is a row of cells with wide gaps, or of a table of contents, and no running text."""
    return "  " in line.text[label_end(line.text) :] or bool(_LEADERS.search(line.text))
