"""pdf: what a reader sees on paper -> paragraphs, with the page on which each begins.

PDFium gives characters with their places and drawn lines (page.py); tables (tables.py), columns and lines (lines.py)
are made of them, heads, feet and page numbers are taken out (furniture.py), and lines become paragraphs that run on
over pages (paragraphs.py).
"""

from __future__ import annotations

import time
from typing import Any

from policy_qa.documents import scans
from policy_qa.documents.extracted import Extracted
from policy_qa.documents.pdf.guard import check_unpacked
from policy_qa.documents.pdf.page import Sheet, read_sheets
from policy_qa.documents.pdf.pages import Pages
from policy_qa.errors import SourceError

#: The longest Chinese statute book has some 1,500 pages.
MAX_PAGES = 3_000
#: A page of small print has 4,000 characters.
MAX_PAGE_CHARS = 100_000
#: A slow machine reads some 30 pages a second.
_MAX_SECONDS = 300
#: More characters without Unicode than this share make a text that cannot be quoted.
_MAX_UNMAPPED = 0.05


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
    return found.extracted(count, "pdf")


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


def _read_pages(document: Any, count: int, source: str) -> Pages:
    import pypdfium2

    found = Pages()
    # Chromium's printer moves on over a space and leaves no character for it.
    spaceless = "Skia" in document.get_metadata_value("Producer")
    deadline, pictures = time.monotonic() + _MAX_SECONDS, 0
    for number in range(1, count + 1):
        if time.monotonic() > deadline:
            raise SourceError(
                f"{source}: expected pages that read quickly, found {_MAX_SECONDS} s used up by page {number}; split it"
            )
        try:
            page = document[number - 1]
            try:
                sheets = read_sheets(page, number, MAX_PAGE_CHARS)
                if scans.available() and _is_picture(page, sheets[0]):
                    pictures += 1
                    scans.begin(source, pictures, count)
                    deadline += scans.PAGE_SECONDS
                    sheets = [scans.recognised(scans.drawn(page), number, width=sheets[0].width)]
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
        found.add(sheets, spaceless=spaceless and not sheets[0].confidence)
    return found


def _is_picture(page: Any, sheet: Sheet) -> bool:
    """Whether a page shows text that it doesn't hold: as a picture, as drawn letters, in a font without Unicode."""
    from pypdfium2 import raw

    shown = sum(not c.text.isspace() for c in sheet.chars)
    drawn = not shown and raw.FPDFPage_CountObjects(page.raw) > 0
    return sheet.is_scan or drawn or sheet.unmapped > max(2, _MAX_UNMAPPED * shown)


def _check_text(found: Pages, count: int, source: str) -> None:
    """Raises SourceError where no text came out, or text that cannot be trusted."""
    pages = f"{count} page{'s' * (count > 1)}"
    todo = scans.AGAIN if scans.available() else scans.GET
    if len(found.scanned) == count or (found.characters == 0 and found.scanned):
        raise SourceError(
            f"{source}: expected text, found a scanned PDF with no text in it ({pages} of pictures); {todo}"
        )
    if found.characters == 0:
        raise SourceError(
            f"{source}: expected text, found a PDF with no text in it ({pages}: blank, or letters drawn as pictures); "
            f"{todo}"
        )
    if found.unmapped > max(2, _MAX_UNMAPPED * found.characters):
        raise SourceError(
            f"{source}: expected text, found {found.unmapped} of {found.characters} characters unreadable "
            "(its fonts have no Unicode mapping); save the original as .docx, or run OCR on it"
        )
