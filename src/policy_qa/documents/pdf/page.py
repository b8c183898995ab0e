"""One page of a PDF as PDFium sees it: characters with their places, ruled lines, how much of it is picture.

Places are told from the top left corner of the text as it is read: a page that is turned, or whose text is,
comes out upright.
"""

from __future__ import annotations

import ctypes
import math
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, NamedTuple

#: A drawing of more paths than this is no table.
_MAX_PATHS = 20_000
_MAX_FORM_DEPTH = 4
#: A rule is at most so thick, in points.
_THICK = 2.5

Box = tuple[float, float, float, float]


class Rule(NamedTuple):
    """A line drawn straight across (`y0 == y1`) or straight down (`x0 == x1`)."""

    x0: float
    y0: float
    x1: float
    y1: float


def upright(direction: int, x: float, y: float, width: float, height: float) -> tuple[float, float]:
    """A point of the page's own space, seen so that text running in `direction` (quarter turns, from 0) is upright."""
    return ((x, height - y), (y, x), (width - x, y), (height - y, width - x))[direction]


def drawn(page: Any, box: Box, direction: int) -> tuple[list[Rule], float]:
    """The straight lines of a page, upright as its text is, and the share of it that pictures cover."""
    from pypdfium2 import PdfMatrix, raw

    left, bottom, width, height = box
    rules: list[Rule] = []
    pictures = 0.0
    budget = _MAX_PATHS
    edges = [ctypes.c_float() for _ in range(4)]
    stack: list[tuple[Any, int, Any]] = [
        (raw.FPDFPage_GetObject(page.raw, i), 0, PdfMatrix())
        for i in reversed(range(min(raw.FPDFPage_CountObjects(page.raw), _MAX_PATHS)))
    ]
    while stack and budget > 0:
        thing, depth, matrix = stack.pop()
        budget -= 1
        kind = raw.FPDFPageObj_GetType(thing)
        if kind == raw.FPDF_PAGEOBJ_FORM and depth < _MAX_FORM_DEPTH:
            inner = _matrix_of(thing).multiply(matrix)
            number = min(raw.FPDFFormObj_CountObjects(thing), budget)
            stack += [(raw.FPDFFormObj_GetObject(thing, i), depth + 1, inner) for i in range(number)]
        elif kind in (raw.FPDF_PAGEOBJ_PATH, raw.FPDF_PAGEOBJ_IMAGE):
            if not raw.FPDFPageObj_GetBounds(thing, *edges):
                continue
            corners = (matrix.on_point(edges[i].value, edges[i + 1].value) for i in (0, 2))
            (xa, ya), (xb, yb) = (upright(direction, x - left, y - bottom, width, height) for x, y in corners)
            x0, x1, y0, y1 = min(xa, xb), max(xa, xb), min(ya, yb), max(ya, yb)
            if kind == raw.FPDF_PAGEOBJ_IMAGE:
                shown = (max(0.0, min(x1, width) - max(x0, 0))) * max(0.0, min(y1, height) - max(y0, 0))
                pictures += shown / max(width * height, 1)
            else:
                rules += _rules(thing, (x0, y0, x1, y1), matrix, box, direction)
    return rules, min(pictures, 1.0)


def _rules(path: Any, bounds: Box, matrix: Any, box: Box, direction: int) -> list[Rule]:
    """The straight lines of one path: itself, where it is thin; else the sides that are stroked."""
    from pypdfium2 import raw

    x0, y0, x1, y1 = bounds
    if y1 - y0 <= _THICK:
        return [Rule(x0, (y0 + y1) / 2, x1, (y0 + y1) / 2)] if x1 - x0 > _THICK else []
    if x1 - x0 <= _THICK:
        return [Rule((x0 + x1) / 2, y0, (x0 + x1) / 2, y1)]
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    raw.FPDFPath_GetDrawMode(path, fill, stroke)
    count = raw.FPDFPath_CountSegments(path)
    if count > 2000 or not (stroke.value or (fill.value and count > 8)):
        return []
    own = _matrix_of(path).multiply(matrix)
    left, bottom, width, height = box
    found: list[Rule] = []
    x, y = ctypes.c_float(), ctypes.c_float()
    first = at = (0.0, 0.0)
    for i in range(count):
        segment = raw.FPDFPath_GetPathSegment(path, i)
        raw.FPDFPathSegment_GetPoint(segment, x, y)
        px, py = own.on_point(x.value, y.value)
        here = upright(direction, px - left, py - bottom, width, height)
        kind = raw.FPDFPathSegment_GetType(segment)
        if kind == raw.FPDF_SEGMENT_MOVETO:
            first = here
        elif kind == raw.FPDF_SEGMENT_LINETO:
            found += straight(at, here)
        at = here
        if raw.FPDFPathSegment_GetClose(segment):
            found += straight(at, first)
    return found


def straight(a: tuple[float, float], b: tuple[float, float]) -> list[Rule]:
    """The rule that a line from one point to another is; none where it is slanted, or short."""
    across, down = abs(a[0] - b[0]), abs(a[1] - b[1])
    if down < 1 and across > _THICK:
        return [Rule(min(a[0], b[0]), a[1], max(a[0], b[0]), a[1])]
    if across < 1 and down > _THICK:
        return [Rule(a[0], min(a[1], b[1]), a[0], max(a[1], b[1]))]
    return []


def _matrix_of(thing: Any) -> Any:
    from pypdfium2 import PdfMatrix, raw

    found = raw.FS_MATRIX()
    return PdfMatrix.from_raw(found) if raw.FPDFPageObj_GetMatrix(thing, found) else PdfMatrix()


class Char(NamedTuple):
    """A character; `y` is its baseline, `size` its font size, all in points.

    `gap` tells that PDFium takes the way from the character before it for a space.
    """

    text: str
    x0: float
    x1: float
    y: float
    size: float
    gap: bool = False


#: A page that a picture covers so far and that has so few characters is a scan, whatever is stamped on it.
_SCAN_SHARE, _SCAN_CHARS = 0.5, 30


@dataclass(kw_only=True, slots=True)
class Sheet:
    """What is printed upright on a page. `number` counts from 1; `image_share` is in [0, 1].

    `confidence`, in (0, 1], is that of a page which was recognised from a picture, 0 where the file holds its text;
    `unread` counts the lines there that could not be read.
    """

    number: int
    width: float
    height: float
    chars: list[Char]
    rules: list[Rule] = field(default_factory=list)
    turned: str = ""
    unmapped: int = 0
    image_share: float = 0.0
    confidence: float = 0.0
    unread: int = 0

    @property
    def is_scan(self) -> bool:
        """Whether the page is a picture with next to no text of its own."""
        return self.image_share >= _SCAN_SHARE and sum(not c.text.isspace() for c in self.chars) < _SCAN_CHARS


#: Turned text of at least so many characters, and this share of the page, is text to read and no stamp.
_TURNED_MIN, _TURNED_SHARE = 30, 0.1
#: Simplified forms among the CJK radicals that NFKC leaves alone; fonts of PDFs map common characters to them.
_RADICALS = str.maketrans(
    "⺌⺟⺠⺮⻁⻃⻄⻅⻆⻉⻋⻌⻍⻎⻑⻓⻔⻘⻙⻚⻛⻜⻝⻟⻠⻢⻣⻤⻥⻦⻧⻨⻩⻬⻮⻰⻳",
    "小母民竹虎西西见角贝车辶辶辶长长门青韦页风飞食食饣马骨鬼鱼鸟卤麦黄齐齿龙龟",
)
#: What the symbol fonts of word processors put into the private area.
_SYMBOLS = {
    **dict.fromkeys((0xB7, 0x6C, 0x6E, 0x75, 0x76, 0xA7, 0xD8, 0x9F), "•"),
    **dict.fromkeys((0xFC, 0x50), "√"),
    **dict.fromkeys((0xA8, 0x6F, 0x71), "□"),
    **dict.fromkeys((0xFE, 0x52), "☑"),
    0xE0: "→",
}


def tidy_char(code: int) -> str:
    """The character that a code stands for on paper: radicals and ligatures as ordinary ones; empty for controls."""
    if code in (0x02, 0xFFFE):  # how PDFium marks a hyphen that ends a line
        return "-"
    if code > 0x10FFFF or 0xD800 <= code <= 0xDFFF:
        return "\ufffd"
    if 0xF020 <= code <= 0xF0FF:
        return _SYMBOLS.get(code - 0xF000, "\ufffd")
    if 0xE000 <= code <= 0xF8FF:
        return "\ufffd"
    text = chr(code)
    if 0x2E80 <= code <= 0x2FD5 or 0xF900 <= code <= 0xFB06 or 0x2F800 <= code <= 0x2FA1F:
        return unicodedata.normalize("NFKC", text.translate(_RADICALS))
    if code == 0xA0:
        return " "
    if code != 0xAD and unicodedata.category(text) in ("Cc", "Cf", "Cn"):
        return " " if text in "\t\n\r\x0b\x0c" else ""
    return text


def read_sheets(page: Any, number: int, max_chars: int) -> list[Sheet]:
    """What stands on a page, the main direction of its text first; text in a slant is only told, in `turned`.

    Raises OverflowError where there are more than `max_chars` characters.
    """
    left, bottom, right, top = page.get_cropbox()
    width, height = right - left, top - bottom
    groups, slanted, unmapped = _chars(page, (left, bottom, width, height), max_chars)
    counts = Counter({d: sum(not c.text.isspace() for c in chars) for d, chars in groups.items()})
    order = [d for d, _ in counts.most_common()] or [0]
    kept = [d for d in order[1:] if counts[d] >= max(_TURNED_MIN, _TURNED_SHARE * counts.total())]
    aside = "".join(c.text for d in order[1:] if d not in kept for c in groups[d])
    rules, image_share = drawn(page, (left, bottom, width, height), order[0])
    sheets = []
    for direction in [order[0], *kept]:
        size = (width, height) if direction % 2 == 0 else (height, width)
        sheets.append(Sheet(number=number, width=size[0], height=size[1], chars=groups.get(direction, []), rules=rules))
        rules = []
    sheets[0].turned = " ".join((slanted + aside).split())
    sheets[0].unmapped, sheets[0].image_share = unmapped, image_share
    return sheets


def _chars(page: Any, box: Box, max_chars: int) -> tuple[dict[int, list[Char]], str, int]:
    """The characters by direction (quarter turns), the slanted ones as text, and how many have no Unicode."""
    from pypdfium2 import raw

    left, bottom, width, height = box
    text_page = page.get_textpage()
    handle = text_page.raw
    count = raw.FPDFText_CountChars(handle)
    if count > max_chars:
        raise OverflowError(count)
    bounds, matrix = raw.FS_RECTF(), raw.FS_MATRIX()
    x, y = ctypes.c_double(), ctypes.c_double()
    groups: dict[int, list[Char]] = {}
    slanted: list[str] = []
    unmapped = 0
    before, direction, size, across, gap = 0, 0, 0.0, 0.0, False
    joined = (-2, 0)
    for i in range(count):
        if raw.FPDFText_IsGenerated(handle, i) == 1:
            gap = True
            continue
        text = tidy_char(raw.FPDFText_GetUnicode(handle, i))
        if raw.FPDFText_HasUnicodeMapError(handle, i) == 1 and text not in ("-", "•"):
            text = "\ufffd"
        if not text:
            continue
        unmapped += text == "\ufffd"
        pointer = ctypes.cast(raw.FPDFText_GetTextObject(handle, i), ctypes.c_void_p).value or 0
        if pointer != before or not pointer:
            raw.FPDFText_GetMatrix(handle, i, matrix)
            before, direction = pointer, _quarter(matrix.a, matrix.b)
            size = raw.FPDFText_GetFontSize(handle, i) * math.hypot(matrix.c, matrix.d)
            across = raw.FPDFText_GetFontSize(handle, i) * math.hypot(matrix.a, matrix.b)
        if direction < 0:
            slanted.append(text)
            continue
        raw.FPDFText_GetCharOrigin(handle, i, x, y)
        raw.FPDFText_GetLooseCharBox(handle, i, bounds)
        here = upright(direction, x.value - left, y.value - bottom, width, height)
        ends = (
            upright(direction, bounds.left - left, bounds.bottom - bottom, width, height)[0],
            upright(direction, bounds.right - left, bounds.top - bottom, width, height)[0],
        )
        wide, high = (width, height) if direction % 2 == 0 else (height, width)
        if not (-2 <= here[0] <= wide + 2 and -2 <= here[1] <= high + 2) or size <= 0:
            continue  # outside the paper, or of no size: not there for a reader
        group = groups.setdefault(direction, [])
        # PDFium gives some ideographs (日, 月) the width of their ink; each is as wide as its font is high.
        least = across if "\u3400" <= text <= "\u9fff" else 0.0
        char = Char(text, here[0], max(here[0] + least, *ends), here[1], size, gap)
        last = group[-1] if group and joined == (i - 1, pointer) else None
        if last and (last.x0, last.y) == (char.x0, char.y):
            group[-1] = char._replace(text=last.text + text)  # the letters of one ligature
        else:
            group.append(char)
        joined, gap = (i, pointer), False
    text_page.close()
    return groups, "".join(slanted), unmapped


def _quarter(a: float, b: float) -> int:
    """The direction of a text matrix in quarter turns, or -1 where it is more than 5 degrees off them all."""
    angle = math.degrees(math.atan2(b, a)) % 360
    nearest = round(angle / 90)
    return nearest % 4 if abs(angle - 90 * nearest) <= 5 else -1
