"""PDFs made for tests: set line by line, so that it is known where everything stands."""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Sequence

from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

SONG = "STSong-Light"
WIDTH, HEIGHT = 595.0, 842.0
LEFT, RIGHT, TOP, BOTTOM = 90.0, 510.0, 740.0, 90.0  # 420 points of text: 35 characters of 12 points
_CLOSERS = "，。、；：！？）》”〕"


class Paper:
    """A canvas with a Chinese font. Heights are PDF's own: from the foot of the page."""

    def __init__(self, *, size: tuple[float, float] = (WIDTH, HEIGHT), password: str | None = None) -> None:
        pdfmetrics.registerFont(UnicodeCIDFont(SONG))
        self._out = io.BytesIO()
        locked = StandardEncryption(password, "owner") if password is not None else None
        self.canvas = Canvas(self._out, pagesize=size, encrypt=locked)
        self.size = size

    def text(self, x: float, y: float, words: str, *, size: float = 12, font: str = SONG) -> None:
        self.canvas.setFont(font, size)
        self.canvas.drawString(x, y, words)

    def centred(self, y: float, words: str, *, size: float = 12, font: str = SONG) -> None:
        self.text((self.size[0] - measure(words, size, font)) / 2, y, words, size=size, font=font)

    def column(
        self,
        x: float,
        y: float,
        lines: Sequence[str],
        *,
        size: float = 12,
        leading: float = 20,
        indent: float = 0,
        font: str = SONG,
    ) -> float:
        """Lines under each other, the first indented; returns the height of the next line."""
        for i, words in enumerate(lines):
            self.text(x + (indent if i == 0 else 0), y, words, size=size, font=font)
            y -= leading
        return y

    def table(
        self, x: float, y: float, widths: Sequence[float], rows: Sequence[Sequence[str]], *, high: float = 24
    ) -> float:
        """A table with all its lines; returns the height of its lower edge."""
        edges = [x + sum(widths[:i]) for i in range(len(widths) + 1)]
        for i in range(len(rows) + 1):
            self.canvas.line(edges[0], y - i * high, edges[-1], y - i * high)
        for edge in edges:
            self.canvas.line(edge, y, edge, y - len(rows) * high)
        for i, row in enumerate(rows):
            for j, words in enumerate(row):
                self.text(edges[j] + 4, y - i * high - high + 8, words, size=10)
        return y - len(rows) * high

    def picture(self, x: float, y: float, width: float, height: float) -> None:
        from PIL import Image
        from reportlab.lib.utils import ImageReader

        self.canvas.drawImage(ImageReader(Image.new("L", (40, 60), 200)), x, y, width, height)

    def turn_page(self) -> None:
        self.canvas.showPage()

    def done(self) -> bytes:
        self.canvas.save()
        return self._out.getvalue()


def measure(words: str, size: float = 12, font: str = SONG) -> float:
    return float(pdfmetrics.stringWidth(words, font, size))


def wrapped(
    words: str,
    *,
    width: float = RIGHT - LEFT,
    size: float = 12,
    indent: float = 24,
    font: str = SONG,
    hanging: bool = False,
) -> list[str]:
    """A paragraph as lines: words whole, no closing mark at a line's start, the first line indented.

    `hanging` lets the closing mark that ends a line stand out over the edge.
    """
    tokens = re.findall(rf"(?:[A-Za-z0-9.,()\-]+|.)[{_CLOSERS}]*\s*", words)
    lines, line = [], ""
    for token in tokens:
        room = width - (indent if not lines else 0)
        end = re.sub(rf"[{_CLOSERS}]$", "", (line + token).rstrip()) if hanging else (line + token).rstrip()
        if line and measure(end, size, font) > room:
            lines.append(line)
            line = ""
        line += token
    return [*lines, line]


class Flow:
    """Paragraphs over as many pages as they need, with a head and a page number on each."""

    def __init__(
        self, *, head: str = "", number: str = "", leading: float = 20, indent: float = 24, hanging: bool = False
    ) -> None:
        self.paper = Paper()
        self.hanging = hanging
        self.head, self.number, self.leading, self.indent = head, number, leading, indent
        self.page, self.y = 1, TOP
        #: How far even pages are moved to the right.
        self.mirror = 0.0
        #: (paragraph, pages on which its lines stand)
        self.placed: list[tuple[str, list[int]]] = []

    def title(self, *lines: str, size: float = 18) -> None:
        for words in lines:
            self.paper.centred(self.y, words, size=size)
            self.y -= size * 1.6
        self.y -= 10

    def heading(self, words: str) -> None:
        self._room()
        self.paper.centred(self.y, words)
        self.placed.append((words, [self.page]))
        self.y -= self.leading

    def paragraph(self, words: str, *, gap: float = 0) -> None:
        pages = []
        for i, line in enumerate(wrapped(words, indent=self.indent, hanging=self.hanging)):
            self._room()
            pages.append(self.page)
            left = LEFT + (self.mirror if self.page % 2 == 0 else 0)
            self.paper.text(left + (self.indent if i == 0 else 0), self.y, line)
            self.y -= self.leading
        self.y -= gap
        self.placed.append((words, pages))

    def flush(self, words: str) -> None:
        self._room()
        self.paper.text(LEFT, self.y, words)
        self.placed.append((words, [self.page]))
        self.y -= self.leading

    def table(self, widths: Sequence[float], rows: Sequence[Sequence[str]]) -> None:
        self.y = self.paper.table(LEFT, self.y + 10, widths, rows) - 24

    def new_page(self) -> None:
        self._furnish()
        self.paper.turn_page()
        self.page += 1
        self.y = TOP

    def _room(self) -> None:
        if self.y < BOTTOM:
            self.new_page()

    def _furnish(self) -> None:
        if self.head:
            self.paper.centred(790, self.head, size=9)
        if self.number:
            self.paper.centred(50, self.number.format(self.page), size=9)

    def done(self) -> bytes:
        self._furnish()
        self.paper.turn_page()
        return self.paper.done()


def raw_pdf(
    content: bytes, *, packed: bool = True, more: Sequence[bytes] = (), resources: bytes = b"/Font<</F 5 0 R>>"
) -> bytes:
    """One page whose content stream is given as it is; `more` are further objects, from number 6."""
    kind = b"/Filter/FlateDecode" if packed else b""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<<" + resources + b">>>>",
        stream(content, kind),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        *more,
    ]
    out = b"%PDF-1.4\n"
    for i, body in enumerate(objects, 1):
        out += b"%d 0 obj\n" % i + body + b"\nendobj\n"
    return out + b"trailer<</Root 1 0 R/Size %d>>\n%%%%EOF\n" % (len(objects) + 1)


def stream(content: bytes, entries: bytes = b"") -> bytes:
    return b"<<" + entries + b"/Length %d>>stream\n" % len(content) + content + b"\nendstream"


def deflated(unit: bytes, megabytes: int) -> bytes:
    """So many megabytes of a repeated unit, packed."""
    packer = zlib.compressobj(9)
    block = unit * (2**20 // len(unit))
    return b"".join(packer.compress(block) for _ in range(megabytes)) + packer.flush()
