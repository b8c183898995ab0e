"""pdf: what a reader sees on paper -> paragraphs, with the page on which each begins.

PDFium gives characters with their places and drawn lines (page.py); tables (tables.py), columns and lines (lines.py)
are made of them, heads, feet and page numbers are taken out (furniture.py), and lines become paragraphs that run on
over pages (paragraphs.py).
"""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from policy_qa.documents.extracted import Extracted
from policy_qa.documents.pdf.furniture import (
    Item,
    View,
    mark_footnotes,
    strip_furniture,
    strip_repeated_table_heads,
)
from policy_qa.documents.pdf.guard import check_unpacked
from policy_qa.documents.pdf.lines import columns_of, lines_of
from policy_qa.documents.pdf.page import Char, Sheet, read_sheets
from policy_qa.documents.pdf.paragraphs import Joiner, Paragraph, join_cell
from policy_qa.documents.pdf.tables import find_tables, split_off
from policy_qa.errors import SourceError

#: The longest Chinese statute book has some 1,500 pages.
MAX_PAGES = 3_000
#: A page of small print has 4,000 characters.
MAX_PAGE_CHARS = 100_000
#: A slow machine reads some 30 pages a second.
_MAX_SECONDS = 300
#: A page that a picture covers so far and that has so few characters is a scan, whatever is stamped on it.
_SCAN_SHARE, _SCAN_CHARS = 0.5, 30
#: More characters without Unicode than this share make a text that cannot be quoted.
_MAX_UNMAPPED = 0.05
#: Stands for a table among the characters of a page, while columns are told.
_TABLE_MARK = 0xF0000


@dataclass(slots=True)
class _Found:
    """What was met while the pages were read."""

    views: list[View] = field(default_factory=list)
    scanned: list[int] = field(default_factory=list)
    turned: dict[str, None] = field(default_factory=dict)
    sizes: Counter[float] = field(default_factory=Counter)
    characters: int = 0
    unmapped: int = 0


def read_pdf(data: bytes, source: str) -> Extracted:
    """The text of a PDF, one paragraph a line, with the offset at which each page begins.

    Raises SourceError, one line, where it is none, is locked, damaged or too large, or holds no text.
    """
    if b"%PDF-" not in data[:1024]:
        raise SourceError(f"{source}: expected a PDF, found no PDF header; save it as PDF again, or as text")
    if b"%%EOF" not in data[-65536:]:
        raise SourceError(f"{source}: expected a whole PDF, found one cut short (no end mark); copy it again")
    check_unpacked(data, source)
    document = _opened(data, source)
    try:
        count = len(document)
        if not 0 < count <= MAX_PAGES:
            raise SourceError(f"{source}: expected 1 to {MAX_PAGES} pages, found {count}; split it")
        found = _read_pages(document, count, source)
    finally:
        document.close()
    _check_text(found, count, source)
    return _extracted(found, count)


def _opened(data: bytes, source: str) -> Any:
    import pypdfium2

    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise SourceError(
                f"{source}: expected a PDF that opens without a password, found one that asks for it; "
                "save a copy without the password"
            ) from error
        raise SourceError(
            f"{source}: expected a PDF that opens, found a damaged one; copy it again, or print it to a new PDF"
        ) from error


def _read_pages(document: Any, count: int, source: str) -> _Found:
    import pypdfium2

    found = _Found()
    # Chromium's printer moves on over a space and leaves no character for it.
    spaceless = "Skia" in document.get_metadata_value("Producer")
    deadline = time.monotonic() + _MAX_SECONDS
    for number in range(1, count + 1):
        if time.monotonic() > deadline:
            raise SourceError(
                f"{source}: expected pages that read quickly, found {_MAX_SECONDS} s used up by page {number}; split it"
            )
        try:
            page = document[number - 1]
            try:
                sheets = read_sheets(page, number, MAX_PAGE_CHARS)
            finally:
                page.close()
        except OverflowError as error:
            raise SourceError(
                f"{source}: expected at most {MAX_PAGE_CHARS} characters on a page, found {error} on page {number}; "
                "split it"
            ) from error
        except pypdfium2.PdfiumError as error:
            raise SourceError(
                f"{source}: expected pages that open, found page {number} damaged; "
                "copy it again, or print it to a new PDF"
            ) from error
        _note_sheets(found, sheets, number)
        for sheet in sheets:
            found.views += _views(sheet, spaceless=spaceless)
    return found


def _note_sheets(found: _Found, sheets: list[Sheet], number: int) -> None:
    shown = [c for sheet in sheets for c in sheet.chars if not c.text.isspace()]
    found.characters += len(shown)
    found.sizes.update(round(c.size * 2) / 2 for c in shown)
    found.unmapped += sheets[0].unmapped
    if sheets[0].turned:
        found.turned.setdefault(sheets[0].turned)
    if sheets[0].image_share >= _SCAN_SHARE and len(shown) < _SCAN_CHARS:
        found.scanned.append(number)


def _check_text(found: _Found, count: int, source: str) -> None:
    """Raises SourceError where no text came out, or text that cannot be trusted."""
    pages = f"{count} page{'s' * (count > 1)}"
    if len(found.scanned) == count or (found.characters == 0 and found.scanned):
        raise SourceError(
            f"{source}: expected text, found a scanned PDF with no text in it ({pages} of pictures); "
            "run OCR on it and save the result as .txt or .docx"
        )
    if found.characters == 0:
        raise SourceError(
            f"{source}: expected text, found a PDF with no text in it ({pages}: blank, or letters drawn as pictures); "
            "run OCR on it and save the result as .txt or .docx"
        )
    if found.unmapped > max(2, _MAX_UNMAPPED * found.characters):
        raise SourceError(
            f"{source}: expected text, found {found.unmapped} of {found.characters} characters unreadable "
            "(its fonts have no Unicode mapping); save the original as .docx, or run OCR on it"
        )


def _views(sheet: Sheet, *, spaceless: bool) -> list[View]:
    """The page's lines and tables in reading order; two views where it carries two pages side by side."""
    tables = find_tables(sheet.rules)
    chars, written = split_off(
        sheet.chars, tables, lambda chars, right: join_cell(lines_of(chars, spaceless=spaceless), right)
    )
    marks = [
        Char(chr(_TABLE_MARK + i), table.xs[0], table.xs[-1], (table.ys[0] + table.ys[1]) / 2, 10.0)
        for i, table in enumerate(tables)
        if written[i]
    ]
    items: list[Item] = []
    regions = columns_of(chars + marks)
    for region, (column, of, part) in enumerate(regions):
        key = (column, of, round(sheet.width))
        own = [
            Item(page=sheet.number, region=region, key=key, y=line.y, line=line)
            for line in lines_of((c for c in part if ord(c.text[0]) < _TABLE_MARK), spaceless=spaceless)
        ]
        own += [
            Item(page=sheet.number, region=region, key=key, y=c.y, rows=written[ord(c.text) - _TABLE_MARK])
            for c in part
            if ord(c.text[0]) >= _TABLE_MARK
        ]
        items += sorted(own, key=lambda item: item.y)
    halves = len(regions) == 2 and all(of == 2 for _, of, _ in regions) and sheet.width > sheet.height
    parts = [[i for i in items if i.region == r] for r in (0, 1)] if halves else [items]
    return [View(page=sheet.number, width=sheet.width, height=sheet.height, items=part) for part in parts]


def _extracted(found: _Found, count: int) -> Extracted:
    body = max(found.sizes, key=lambda size: (found.sizes[size], size))
    taken = strip_furniture(found.views, body)
    strip_repeated_table_heads(found.views)
    mark_footnotes(found.views, body)
    items = [item for view in found.views for item in view.items]
    widths = {item.key: view.width for view in found.views for item in view.items}
    text, pages = _written(Joiner(items, body, widths).paragraphs(items), count)
    return Extracted(text=text, encoding="pdf", pages=pages, notes=_notes(found, taken, text))


def _written(paragraphs: list[Paragraph], count: int) -> tuple[str, tuple[int, ...]]:
    """(the text, the offset at which each page begins)."""
    out: list[str] = []
    starts: dict[int, int] = {}
    at = 0
    for paragraph in paragraphs:
        for page, text in paragraph.pieces:
            starts.setdefault(page, at)
            out.append(text)
            at += len(text)
        out.append("\n")
        at += 1
    pages = [0] * count
    following = at
    for number in range(count, 0, -1):
        following = min(starts.get(number, following), following)
        pages[number - 1] = following
    pages[0] = 0
    return "".join(out), tuple(pages)


def _notes(found: _Found, taken: list[str], text: str) -> tuple[str, ...]:
    notes = []
    if found.scanned:
        pages = "、".join(map(str, found.scanned[:20])) + ("等" if len(found.scanned) > 20 else "")
        notes.append(
            f"第{pages}页是扫描图片，没有可读的文字，共{len(found.scanned)}页未读入；请对这些页做文字识别（OCR）后重新保存"
        )
    if taken:
        shown = "”“".join(words[:30] for words in taken[:3])
        notes.append(f"已去掉页眉、页脚和页码，如“{shown}”{'等' * (len(taken) > 3)}")
    if found.turned:
        shown = "”“".join(words[:30] for words in list(found.turned)[:3])
        notes.append(f"已略去斜排或转向的文字（多为水印），如“{shown}”{'等' * (len(found.turned) > 3)}")
    if "\ufffd" in text:
        notes.append(f"有{text.count(chr(0xFFFD))}个字符的字体没有对应的编码，以“\ufffd”代替，请核对原文")
    return tuple(notes)
