"""A parsed page to the lines that a reader sees, each with the element that it stands in.

Lists are numbered as a browser does it. Tables that are tables become rows, those that only arrange the page its
paragraphs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from policy_qa.citing.grammar import ordinal
from policy_qa.documents.extracted import table_row
from policy_qa.documents.number_forms import number_text
from policy_qa.printable import UNSEEN

_STYLE = re.compile(r"list-style(?:-type)?\s*:([^;]*)")
#: Styles of numbers in CSS, behind their first word, and the formats of Word that are the same.
_FORMS = {
    "ideographic": "chineseCountingThousand",
    "chinese-informal": "chineseCountingThousand",
    "informal": "chineseCountingThousand",
    "decimal": "ideographDigital",
    "chinese-formal": "chineseLegalSimplified",
    "heavenly-stem": "ideographTraditional",
    "earthly-branch": "ideographZodiac",
    "leading-zero": "decimalZero",
    "roman": "lowerRoman",
}
_KNOWN = re.compile(
    r"(?:cjk-(?:ideographic|decimal|heavenly-stem|earthly-branch)|japanese-informal|(?:simp|trad)-chinese-(?:in)?formal|"
    r"decimal-leading-zero|decimal|(?:lower|upper)-(?:alpha|latin|roman)|none|disc|circle|square)(?![\w-])"
)
_TYPES = {"1": "decimal", "a": "lower-alpha", "A": "upper-alpha", "i": "lower-roman", "I": "upper-roman"}
_WHOLE = re.compile(r"\s*([+-]?\d{1,6})")
#: A number that a text brings along: a page that numbers by hand in a list hides the list's own in its stylesheet.
_OWN = re.compile(
    rf"\s*(?:{ordinal('编|章|节|条|款|项')}|"
    r"[（(]\s*[\d一二三四五六七八九十百]{1,4}\s*[）)]|"
    r"[一二三四五六七八九十百]{1,4}\s*[、．.]|\d{1,3}\s*(?:[、．)）]|\.(?!\d))|[①-⑳])"
)


@dataclass(slots=True)
class ListNumbers:
    """One list while it is read: the style of its numbers, the next one, and the step from one to another."""

    style: str
    next: int = 1
    step: int = 1

    def marker(self, value: str | None, style: str) -> str:
        """What stands before the next item; empty for a list without numbers. `value` is the item's own number."""
        own = whole(value)
        if own is not None:
            self.next = own
        number = self.next
        self.next += self.step
        return _written(number, style or self.style)


def whole(text: str | None) -> int | None:
    """The whole number that an attribute gives, or None."""
    match = _WHOLE.match(text or "")
    return int(match.group(1)) if match else None


def list_style(style: str, kind: str | None) -> str:
    """The style of numbers that a `style` (in lower case) or a `type` attribute asks for; empty where none does."""
    for value in reversed(_STYLE.findall(style)):
        if match := _KNOWN.search(value):
            return match.group()
    return _TYPES.get((kind or "").strip(), "")


def brings_its_own(text: str) -> bool:
    """Whether a list item's text begins with a number of its own."""
    return _OWN.match(text) is not None


def _written(number: int, style: str) -> str:
    if style in ("none", "disc", "circle", "square"):
        return ""
    if style.endswith(("alpha", "latin")) and number > 0:
        text = _letters(number)
    else:
        # Browsers know Roman numerals below 4,000.
        form = "decimal" if "roman" in style and number >= 4000 else _FORMS.get(style.partition("-")[2], "decimal")
        text = number_text(number, form)
    return f"{text.upper() if style.startswith('upper') else text}{'. ' if text.isascii() else '、'}"


def _letters(number: int) -> str:
    out = ""
    while number:
        number, digit = divmod(number - 1, 26)
        out = chr(ord("a") + digit) + out
    return out


#: No printed table has more cells beside each other that all reach into the row below.
MAX_COLUMNS = 60
_MAX_SPAN = 1000  # as browsers have it
_UNIT = re.compile(rf"{ordinal('编|章|节|条')}|[一二三四五六七八九十]{{1,3}}\s*、")
#: So many lines in one cell are paragraphs of a page, not the content of a cell.
_PARAGRAPHS = 8
_SHARE = 0.7


@dataclass(slots=True)
class Cell:
    """A cell's lines and the columns and rows that it covers."""

    lines: list[Line]
    columns: int
    rows: int


@dataclass(slots=True)
class Table:
    """A table while it is read. `single` tells that the page itself says it is layout."""

    single: bool = False
    grid: list[list[Cell]] = field(default_factory=list)

    def new_row(self) -> None:
        """Begin a row."""
        self.grid.append([])

    def new_cell(self, lines: list[Line], columns: int | None, rows: int | None) -> None:
        """Begin a cell whose lines are going to be added to `lines`; a rowspan of 0 reaches to the table's end."""
        if not self.grid:
            self.new_row()
        rows = 65534 if rows == 0 else max(rows or 1, 1)
        self.grid[-1].append(Cell(lines, min(max(columns or 1, 1), _MAX_SPAN), rows))

    def cells(self) -> Iterator[Cell]:
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

    def rows(self) -> Iterator[tuple[str, list[Cell]]]:
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


_BLOCK_NAMES = (
    "address article aside blockquote body caption center dd details dialog dir div dl dt fieldset figcaption figure "
    "footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav noframes ol p pre search section "
    "summary table tbody td tfoot th thead tr ul"
)
_BLOCKS = frozenset(_BLOCK_NAMES.split())
#: What shows no text of the page: code, controls of forms, media, the readings above ruby text, deleted text.
_SKIPPED_NAMES = (
    "script style noscript template head title svg select option datalist button input textarea iframe object embed "
    "applet audio video canvas map xml rt rp del"
)
_SKIPPED = frozenset(_SKIPPED_NAMES.split())
#: `mso-element` marks what Word prints in the margin of a page.
_HIDDEN = re.compile(
    r"(?:^|[;\s])(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|mso-hide\s*:\s*all|"
    r"mso-element\s*:\s*(?:header|footer|comment-list))"
)
_BLOCK_STYLE = re.compile(r"(?:^|[;\s])display\s*:\s*(?:block|flex|grid|list-item|table)\b")
_PRE_STYLE = re.compile(r"(?:^|[;\s])white-space\s*:\s*(?:pre|break-spaces)")
_WHITE = re.compile(r"[ \t\n\r\f]+")
#: Scripts without spaces between words, their punctuation, and full-width forms (the wide ones of UAX #11).
_WIDE = re.compile(r"[\u2e80-\ua4cf\uac00-\ud7ff\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\U00020000-\U0003ffff“”‘’…—]")
#: Control characters show nothing either.
_UNSEEN = UNSEEN | dict.fromkeys([*range(9), 11, *range(14, 32), 0x7F])


@dataclass(frozen=True, kw_only=True, slots=True)
class Block:
    """A block element: the index of the one that holds it (-1 for the page), its tag, its id and classes."""

    parent: int
    tag: str
    names: str


@dataclass(kw_only=True, slots=True)
class Line:
    """One line of the page. `block` is the index of the element that it stands in.

    `linked` counts the characters of it that are links within the site, those to a document to download aside;
    `pressed` those of them that lead nowhere, as buttons do.
    """

    text: str
    block: int
    linked: int = 0
    pressed: int = 0
    row: bool = False


@dataclass(kw_only=True, slots=True)
class Page:
    """All lines of a page in order, and its block elements; an element comes before those inside it.

    `hides` tells that hidden elements were left out.
    """

    lines: list[Line] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    hides: bool = False


_BUTTON = re.compile(r"#?$|javascript:", re.IGNORECASE)
_FILE_LINK = re.compile(r"\.(?:docx?|wps|pdf|xlsx?|et|zip|rar|7z|ofd|rtf|pptx?)(?:$|[?&#])|^#.|download", re.IGNORECASE)


def lines_of(root: Any, *, hidden: bool = False) -> Page:
    """The lines of a parsed page (an lxml element); `hidden` reads hidden elements as well.

    The tree is walked without recursion, so that no depth of nesting can hurt.
    """
    from lxml import etree

    reader = _Reader()
    walker = etree.iterwalk(root, events=("start", "end"))
    skipped: Any = None
    for event, element in walker:
        if event == "start":
            tag = element.tag.lower() if isinstance(element.tag, str) else ""
            style = (element.get("style") or "").lower()
            concealed = not hidden and _is_hidden(element, style)
            if tag in _SKIPPED or not tag or concealed:
                skipped = element
                reader.page.hides |= concealed
                walker.skip_subtree()
            else:
                reader.open(element, tag, style)
                reader.text(element.text)
        else:
            if element is skipped:
                skipped = None
            else:
                reader.close(element.tag.lower())
            if element is not root:
                reader.text(element.tail)
    reader.flush()
    return reader.page


def _is_hidden(element: Any, style: str) -> bool:
    return (bool(style) and _HIDDEN.search(style) is not None) or element.get("hidden") is not None


def collapsed(text: str) -> str:
    """Text with its white space as a browser shows it.

    The end of a source line between two Chinese characters is nothing (CSS Text 3, 4.1.2), elsewhere it is a space.
    """

    def space(match: re.Match[str]) -> str:
        if "\n" in match.group():
            before, after = text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
            if _WIDE.match(before) and _WIDE.match(after):
                return ""
        return " "

    text = text.translate(_UNSEEN)
    return re.sub(" {2,}", " ", _WHITE.sub(space, text).replace("\xa0", " ")).strip(" \u3000\u2002\u2003")


class _Reader:
    """Collects lines while elements open and close."""

    def __init__(self) -> None:
        self.page = Page()
        self.sinks: list[list[Line]] = [self.page.lines]
        self.open_blocks: list[int] = [-1]
        #: For each open element: (whether it is a block, keeps line ends, is a link, is a button).
        self.elements: list[tuple[bool, bool, bool, bool]] = []
        self.lists: list[ListNumbers | None] = []
        self.tables: list[Table] = []
        self.buffer: list[str] = []
        self.linked = self.links = self.pressed = self.buttons = self.kept_ends = 0
        self.marker = ""

    def open(self, element: Any, tag: str, style: str) -> None:
        block = tag in _BLOCKS or (bool(style) and _BLOCK_STYLE.search(style) is not None)
        keeps = tag == "pre" or (bool(style) and _PRE_STYLE.search(style) is not None)
        href = element.get("href") if tag == "a" else None
        link = href is not None and _FILE_LINK.search(href.strip()) is None
        button = href is not None and _BUTTON.match(href.strip()) is not None
        self.elements.append((block, keeps, link, button))
        self.kept_ends += keeps
        self.links += link
        self.buttons += button
        if block:
            self.flush()
            names = f"{element.get('id') or ''} {element.get('class') or ''}".strip()
            if element.get("aria-hidden") == "true":
                names += " aria-hidden"
            self.page.blocks.append(Block(parent=self.open_blocks[-1], tag=tag, names=names[:200]))
            self.open_blocks.append(len(self.page.blocks) - 1)
        if tag in ("br", "hr"):
            self.flush()
        elif tag in ("ol", "ul", "menu", "dir"):
            self.lists.append(_numbers(element, style) if tag == "ol" else None)
        elif tag == "li":
            numbers = self.lists[-1] if self.lists else None
            own = list_style(style, element.get("type"))
            self.marker = numbers.marker(element.get("value"), own) if numbers else ""
        elif tag == "table":
            self.tables.append(Table(single=element.get("role") in ("presentation", "none")))
            self.sinks.append([])
        elif tag == "tr" and self.tables:
            self.tables[-1].new_row()
        elif tag in ("td", "th"):
            self.sinks.append([])
            if self.tables:
                self.tables[-1].new_cell(self.sinks[-1], whole(element.get("colspan")), whole(element.get("rowspan")))

    def close(self, tag: str) -> None:
        block, keeps, link, button = self.elements.pop()
        if block:
            self.flush()
        self.kept_ends -= keeps
        self.links -= link
        self.buttons -= button
        if tag in ("ol", "ul", "menu", "dir"):
            self.lists.pop()
        if tag in ("ol", "ul", "menu", "dir", "li"):
            self.marker = ""
        elif tag in ("td", "th"):
            cell = self.sinks.pop()
            if not self.tables:  # a cell outside any table is a block
                self.sinks[-1] += cell
        elif tag == "table":
            around = self.sinks.pop()
            self.sinks[-1] += around + self._table(self.tables.pop())
        if block:
            self.open_blocks.pop()

    def _table(self, table: Table) -> list[Line]:
        if table.is_layout():
            return [line for cell in table.cells() for line in cell.lines]
        out = []
        for text, row in table.rows():
            linked = sum(line.linked for cell in row for line in cell.lines)
            out.append(Line(text=text, block=self.open_blocks[-1], linked=linked, row=True))
        return out

    def text(self, text: str | None) -> None:
        if not text:
            return
        if not self.kept_ends:
            self._add(text)
            return
        first, *more = text.split("\n")
        self._add(first)
        for line in more:
            self.flush()
            self._add(line)

    def _add(self, text: str) -> None:
        self.buffer.append(text)
        if self.links:
            visible = sum(not char.isspace() for char in text)
            self.linked += visible
            self.pressed += visible if self.buttons else 0

    def flush(self) -> None:
        """End the line."""
        if not self.buffer:
            return
        text = collapsed("".join(self.buffer))
        if text:
            if self.marker and not brings_its_own(text):
                text = self.marker + text
                self.linked += len(self.marker) if self.linked else 0
            self.marker = ""
            line = Line(text=text, block=self.open_blocks[-1], linked=self.linked, pressed=self.pressed)
            self.sinks[-1].append(line)
        self.buffer.clear()
        self.linked = self.pressed = 0


def _numbers(element: Any, style: str) -> ListNumbers:
    backwards = element.get("reversed") is not None
    start = whole(element.get("start"))
    if start is None:
        start = sum(1 for _ in element.iterchildren("li")) if backwards else 1
    return ListNumbers(
        style=list_style(style, element.get("type")) or "decimal", next=start, step=-1 if backwards else 1
    )
