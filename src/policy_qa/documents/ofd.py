"""ofd (GB/T 33190): the `TextCode`s of each page with their places -> paragraphs, as of a PDF."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from itertools import islice, pairwise

from policy_qa.documents.archive import Archive, Element, Form
from policy_qa.documents.extracted import Extracted
from policy_qa.documents.pdf.document import MAX_PAGE_CHARS, MAX_PAGES
from policy_qa.documents.pdf.lines import WIDE
from policy_qa.documents.pdf.page import Char, Rule, Sheet, straight, tidy_char
from policy_qa.documents.pdf.pages import Pages
from policy_qa.errors import SourceError
from policy_qa.printable import UNSEEN

_FORM = Form(name="an OFD file", suffix=".ofd", again="export it as .pdf in an OFD reader")
#: Millimetres, which OFD counts in, as points.
_POINTS = 72 / 25.4
_NUMBER = re.compile(r"-?\d{0,9}\.?\d+(?:[eE][+-]?\d{1,2})?")
_STEP = re.compile(r"[ML][^A-Za-z]*|[A-Za-z]")

_Matrix = tuple[float, float, float, float, float, float]


def read_ofd(data: bytes, source: str) -> Extracted:
    """The text of an OFD file, one paragraph a line, with the offset at which each page begins.

    Raises SourceError, one line, where it is none, is locked, damaged or too large, or holds no text.
    """
    archive = Archive(data, source, _FORM)
    pages = Pages()
    count = 0
    for number, page in enumerate(_pages(archive), start=1):
        if number > MAX_PAGES:
            raise SourceError(f"{source}: expected at most {MAX_PAGES} pages, found more; split it")
        sheet = _sheet(page, number)
        if len(sheet.chars) > MAX_PAGE_CHARS:
            raise SourceError(
                f"{source}: expected at most {MAX_PAGE_CHARS} characters on a page, found {len(sheet.chars)} on page "
                f"{number}; split it"
            )
        pages.add([sheet])
        count = number
    if not count:
        raise SourceError(f"{source}: expected an OFD file with pages, found none in it; {_FORM.again}")
    if not pages.characters:
        raise SourceError(
            f"{source}: expected text, found an OFD file with no text in it (pages: {count}, as of scans); "
            "export it as .pdf and put that in its place"
        )
    return pages.extracted(count, "ofd")


def _pages(archive: Archive) -> Iterator[tuple[Element, list[Element], Element]]:
    """(its own content, that of its templates, the size that holds where it tells none) of each page, in order."""
    root = archive.xml("OFD.xml")
    for place in root.iterfind("{*}DocBody/{*}DocRoot") if root is not None else ():
        name = _within("", place.text)
        document = archive.xml(name)
        if document is None:
            continue
        size = document.find("{*}CommonData/{*}PageArea")
        templates = {
            one.get("ID"): _within(name, one.get("BaseLoc")) for one in document.iterfind(".//{*}TemplatePage")
        }
        for one in document.iterfind("{*}Pages/{*}Page"):
            page = archive.xml(_within(name, one.get("BaseLoc")))
            if page is not None:
                used = [templates.get(t.get("TemplateID"), "") for t in page.iterfind("{*}Template")]
                yield page, [t for t in map(archive.xml, used) if t is not None], size


def _within(base: str, place: str | None) -> str:
    """A part's name, told from the folder of the part that names it."""
    return posixpath.normpath(posixpath.join("/", posixpath.dirname(base), (place or "").strip())).lstrip("/")


def _sheet(page: tuple[Element, list[Element], Element], number: int) -> Sheet:
    own, templates, usual = page
    box = next((b for area in (own.find("{*}Area"), usual) if (b := _numbers(_text(area, "PhysicalBox")))), [])
    left, _, width, height = box if len(box) == 4 else (0.0, 0.0, 210.0, 297.0)
    sheet = Sheet(number=number, width=width * _POINTS, height=height * _POINTS, chars=[])
    turned: list[str] = []
    for content in (*templates, own):
        for thing in content.iterfind(".//{*}Layer//{*}TextObject"):
            chars = [] if thing.get("Visible") == "false" else list(islice(_chars(thing), MAX_PAGE_CHARS + 1))
            matrix = _matrix(thing)
            if abs(matrix[1]) > 0.1 * abs(matrix[0]) or matrix[0] < 0:  # not from left to right: a watermark, a stamp
                turned += (c.text for c in chars)
            else:
                sheet.chars += chars
            if len(sheet.chars) > MAX_PAGE_CHARS:
                return sheet  # to be refused
        for thing in content.iterfind(".//{*}Layer//{*}PathObject"):
            sheet.rules += _rules(thing)
    inside = [c for c in sheet.chars if left - 1 <= c.x0 / _POINTS <= left + width and 0 <= c.y <= sheet.height + 2]
    sheet.chars, sheet.turned = inside, " ".join("".join(turned).split())
    return sheet


def _text(parent: Element | None, name: str) -> str:
    found = None if parent is None else parent.find(f"{{*}}{name}")
    return "" if found is None else found.text or ""


def _numbers(text: str | None) -> list[float]:
    return [float(n) for n in _NUMBER.findall(text or "")]


def _matrix(thing: Element) -> _Matrix:
    """An object's own space in that of the page."""
    a, b, c, d, e, f = found if len(found := _numbers(thing.get("CTM"))) == 6 else (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
    x, y = found[:2] if len(found := _numbers(thing.get("Boundary"))) == 4 else (0.0, 0.0)
    return a, b, c, d, e + x, f + y


def _place(matrix: _Matrix, x: float, y: float) -> tuple[float, float]:
    a, b, c, d, e, f = matrix
    return (a * x + c * y + e) * _POINTS, (b * x + d * y + f) * _POINTS


def _chars(thing: Element) -> Iterator[Char]:
    """The characters of a text object, each where its `TextCode` puts it."""
    matrix = _matrix(thing)
    size = next(iter(_numbers(thing.get("Size"))), 0.0)
    wide = size * next(iter(_numbers(thing.get("HScale"))), 1.0)
    high = size * (matrix[2] ** 2 + matrix[3] ** 2) ** 0.5 * _POINTS
    x = y = 0.0
    for code in thing.iterfind("{*}TextCode"):
        x, y = (next(iter(_numbers(code.get(name))), before) for name, before in (("X", x), ("Y", y)))
        text = "".join(code.itertext())
        right, down = (_steps(code.get(name), len(text)) for name in ("DeltaX", "DeltaY"))
        at_x, at_y = x, y
        for i, char in enumerate(text):
            width = wide if WIDE.match(char) else 0.55 * wide
            step = right[i] if i < len(right) else width
            x0, baseline = _place(matrix, at_x, at_y)
            x1, _ = _place(matrix, at_x + (min(width, step) if step > 0 else width), at_y)
            if (shown := tidy_char(ord(char)).translate(UNSEEN)) and high > 0:
                yield Char(shown, x0, max(x0, x1), baseline, high)
            at_x += step if right else width
            at_y += down[i] if i < len(down) else 0.0


def _steps(text: str | None, most: int) -> list[float]:
    """The distances of `DeltaX`; `g 5 3.2` stands for five times 3.2."""
    out: list[float] = []
    parts = iter((text or "").split())
    for part in parts:
        times, value = (next(parts, "0"), next(parts, "0")) if part == "g" else ("1", part)
        if len(out) < most and times.isdecimal():
            out += [next(iter(_numbers(value)), 0.0)] * min(int(times[:6]), most - len(out))
    return out


def _rules(thing: Element) -> Iterator[Rule]:
    """The lines of a path that run straight across or down; of a curve none."""
    matrix = _matrix(thing)
    points: list[tuple[float, float]] = []
    for step in islice(_STEP.finditer(_text(thing, "AbbreviatedData")), 2_000):
        if step.group()[0] == "M":
            points.clear()
        if step.group()[0] in "ML" and len(place := _numbers(step.group())) == 2:
            points.append(_place(matrix, *place))
            for one, two in pairwise(points[-2:]):
                yield from straight(one, two)
