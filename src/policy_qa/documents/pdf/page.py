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

from policy_qa.documents.pdf.drawn import Box, Rule, drawn, upright


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


@dataclass(kw_only=True, slots=True)
class Sheet:
    """What is printed upright on a page. `number` counts from 1; `image_share` is in [0, 1]."""

    number: int
    width: float
    height: float
    chars: list[Char]
    rules: list[Rule] = field(default_factory=list)
    turned: str = ""
    unmapped: int = 0
    image_share: float = 0.0


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
