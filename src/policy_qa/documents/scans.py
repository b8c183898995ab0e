"""Pictures of pages -> sheets of characters, read by RapidOCR where it is installed, and so marked.

A picture is set upright (its own note of how it was held, then the slant of its lines, up to 5 degrees), stamps are
taken off, ruled lines found for tables; lines become paragraphs the PDF's way.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from itertools import accumulate, pairwise
from statistics import median
from typing import Any

from policy_qa.documents.extracted import Extracted
from policy_qa.documents.pdf.lines import WIDE
from policy_qa.documents.pdf.page import Char, Rule, Sheet
from policy_qa.documents.pdf.pages import Pages
from policy_qa.errors import SourceError

#: An array of uint8 [height, width, 3] in RGB; numpy is imported where it is needed.
Picture = Any

#: Dots per inch at which a page is drawn to be read: 小五 (9 points) is 25 dots high.
DPI = 200
#: The longest side of a picture that is read (A4 at 200 dpi has 2,339), and what a file may have, in dots.
_LONGEST, _MOST_DOTS = 3_400, 60_000_000
#: A picture in a Word file that has fewer is a logo or a sign.
_PAGE_DOTS = 250_000
#: Pages of pictures in one file, and how long each may take, in seconds.
MAX_PICTURES, PAGE_SECONDS = 500, 40.0
#: Lines that are read with less confidence are marks, hands and stains.
_LEAST = 0.5
#: A gap in a line that is smaller, in ems, is none: where a character stands is told to a few dots.
_GAP = 0.6
#: Type sizes that differ less are one: they are measured.
_SAME_SIZE = 0.12
#: What to do where RapidOCR is missing, and where it reads nothing.
GET = "install what reads it (pip install '.[ocr]'), or run OCR on it and save the result as .txt or .docx"
AGAIN = "scan it again at 200 dpi or more"


class ScanWaits(SourceError):
    """A file has pages to be recognised, which may take as many times PAGE_SECONDS as `pages` says."""

    def __init__(self, source: str, pages: int) -> None:
        super().__init__(
            f"{source}: expected text, found pictures of text (pages: {pages}), which take too long to read here; "
            "put the file into the corpus folder, or save its text as .docx"
        )
        self.pages = pages


_held = False


@contextmanager
def held() -> Iterator[None]:
    """Inside, nothing is recognised: ScanWaits is raised where it would be."""
    global _held
    before, _held = _held, True
    try:
        yield
    finally:
        _held = before


@cache
def available() -> bool:
    """Whether RapidOCR is installed."""
    return all(find_spec(name) is not None for name in ("rapidocr", "cv2", "PIL"))


def begin(source: str, number: int, pages: int) -> None:
    """To be called before the `number`th picture of a file, which has at most `pages`, is recognised.

    Raises ScanWaits where that is held, SourceError for too many.
    """
    if number > MAX_PICTURES:
        raise SourceError(f"{source}: expected at most {MAX_PICTURES} pages of pictures, found more; split the file")
    if _held:
        raise ScanWaits(source, min(pages, MAX_PICTURES))


def read_picture(data: bytes, source: str) -> Extracted:
    """The text of a picture, or of the pages of a .tif. Raises SourceError, one line, where none can be read."""
    if not available():
        raise SourceError(f"{source}: expected text, found a picture of it; {GET}")
    pages = Pages()
    count = 0
    for count, picture in enumerate(_frames(data, source, alone=True), start=1):
        pages.add([recognised(picture, count)])
    if not pages.characters:
        raise SourceError(f"{source}: expected a picture of text, found nothing that can be read in it; {AGAIN}")
    return pages.extracted(count, "ocr")


def _frames(data: bytes, source: str, *, alone: bool = False) -> Iterator[Picture]:
    import numpy as np
    from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(data), formats=("JPEG", "PNG", "TIFF", "BMP")) as opened:
            for number, frame in enumerate(ImageSequence.Iterator(opened), start=1):
                if alone:
                    begin(source, number, getattr(opened, "n_frames", 1))
                if frame.width * frame.height > _MOST_DOTS:
                    raise SourceError(
                        f"{source}: expected at most {_MOST_DOTS // 10**6} megapixels, found "
                        f"{frame.width * frame.height // 10**6}; scan it at 200 dpi"
                    )
                upright = ImageOps.exif_transpose(frame).convert("RGBA")
                paper = Image.new("RGBA", upright.size, "white")
                paper.alpha_composite(upright)
                paper.thumbnail((_LONGEST, _LONGEST))
                yield np.asarray(paper.convert("RGB"))
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError) as error:
        raise SourceError(
            f"{source}: expected a picture (.jpg, .png, .tif), found one that can't be opened; save it again"
        ) from error


def pictures_of(data: bytes, source: str) -> list[Picture]:
    """A picture inside another file, as its frames that are large enough to be pages; none where it can't be opened."""
    try:
        return [frame for frame in _frames(data, source) if frame.shape[0] * frame.shape[1] >= _PAGE_DOTS]
    except SourceError:
        return []


def drawn(page: Any) -> Picture:
    """A page of a PDF as a picture."""
    scale = min(DPI / 72, _LONGEST / max(*page.get_size(), 1))
    return page.render(scale=scale, rev_byteorder=True).to_numpy()[:, :, :3]


def recognised(picture: Picture, number: int, *, width: float = 595.0) -> Sheet:
    """A picture as a sheet `width` points wide (A4). Its `confidence` is 0 where nothing could be read."""
    import numpy as np

    picture = _without_stamps(np.ascontiguousarray(picture))
    picture = _turned(picture, _slant(picture))
    found = _read(picture)
    if len(found) >= 3 and median(_height(box) / max(_width(box), 1) for box, *_ in found) > 1.5:
        # Lines that stand upright: the page lies on its side, on one or the other.
        sides = [np.ascontiguousarray(np.rot90(picture, turns)) for turns in (1, 3)]
        picture, found = max(((side, _read(side)) for side in sides), key=lambda pair: _trust(pair[1]))
    scale = width / max(picture.shape[1], 1)
    kept = [line for line in found if line[2] >= _LEAST]
    lines = [_line(box, text, edges, scale) for box, text, _, edges in kept]
    return Sheet(
        number=number,
        width=width,
        height=picture.shape[0] * scale,
        chars=[char for line, size in zip(lines, _sizes(lines), strict=True) for char in line.placed(size)],
        rules=_rules(picture, scale) if kept else [],
        image_share=0.0 if kept else 1.0,
        confidence=_trust(kept),
        unread=len(found) - len(kept),
    )


#: (corners as four (x, y), text, confidence, (left edge, right edge) of each character but spaces)
_Found = tuple[Any, str, float, list[tuple[float, float]]]
#: Marks that Chinese text sets wide; the models give either.
_OPEN, _CLOSE = "（《〈“‘【〔「『", "，。、；：！？）》〉”’】〕」』"
_SQUARE = {"〔": "〕", "[": "]", "［": "］", "【": "】"}
_WIDE_MARKS = dict(zip(",;:?!()", "，；：？！（）", strict=True))


def _typeset(text: str) -> str:
    """A line with wide marks beside ideographs, and brackets that close as they were opened.

    >>> _typeset("(一)首席信息官(CIO)1名,8:30起;")
    '（一）首席信息官（CIO）1名，8:30起；'
    """
    out = list(text)
    opened: list[str] = []
    for i, char in enumerate(text):
        if char in _SQUARE:
            opened.append(char)
        elif char in _SQUARE.values() and opened:
            out[i] = _SQUARE.get(opened.pop(), char)
        if char not in _WIDE_MARKS and char not in "（）":
            continue
        beside = text[i - 1 : i] + text[i + 1 : i + 2]
        wide = char in "（）" or any(WIDE.match(c) for c in beside)
        if char in "(（":
            opened.append("（" if wide else "(")
        elif char in ")）" and opened:
            wide = opened.pop() == "（" or wide
        if wide:
            out[i] = _WIDE_MARKS.get(char, char)
    return "".join(out)


@cache
def _engine() -> Any:
    from rapidocr import RapidOCR

    return RapidOCR(params={"Global.log_level": "critical", "Global.text_score": 0.0})


def _read(picture: Picture) -> list[_Found]:
    result = _engine()(picture[:, :, ::-1], use_cls=False, return_word_box=True, return_single_char_box=True)
    if result.boxes is None or result.txts is None:
        return []
    found = []
    for box, text, score, words in zip(result.boxes, result.txts, result.scores, result.word_results, strict=True):
        edges = [(min(x for x, _ in at), max(x for x, _ in at)) for word, _, at in words if word.strip()]
        if text.strip():
            found.append((box, _typeset(text), float(score), edges))
    return found


def _width(box: Any) -> float:
    return float(max(x for x, _ in box) - min(x for x, _ in box))


def _height(box: Any) -> float:
    return float(max(y for _, y in box) - min(y for _, y in box))


def _trust(found: list[_Found]) -> float:
    """The mean confidence of what was read, by characters, in [0, 1]."""
    total = sum(len(text) for _, text, *_ in found)
    return sum(score * len(text) for _, text, score, _ in found) / total if total else 0.0


@dataclass(kw_only=True, slots=True)
class _Line:
    """A line in points: (character, where its middle is) of each but spaces, how high its box is and where its middle.

    `spaces` are the places of characters before which a space was read.
    """

    chars: list[tuple[str, float]]
    height: float
    y: float
    spaces: frozenset[int]

    @property
    def pitch(self) -> float:
        """The usual way from one ideograph to the next; 0 where there are too few of them."""
        ways = [b - a for (one, a), (two, b) in pairwise(self.chars) if WIDE.match(one) and WIDE.match(two)]
        usual = [way for way in ways if way < 1.6 * median(ways)]
        return sum(usual) / len(usual) if len(usual) >= 7 else 0.0

    def placed(self, size: float) -> list[Char]:
        """The characters in type of this size, on its baseline; without a gap where it is small."""
        out: list[Char] = []
        for i, (char, middle) in enumerate(self.chars):
            x0, x1 = (middle + side * size * _ems(char) / 2 for side in (-1, 1))
            if out:
                # What a mark's ink fills of its square, and where, differs: beside one, a place tells little.
                marks = any(not c[-1].isalnum() for c in (char, out[-1].text))
                if x0 - out[-1].x1 < (_GAP + 0.5 * marks) * size or (char in _CLOSE and WIDE.match(char)):
                    # As far as ideographs go by themselves; after a mark the way there is by no means measured.
                    edge = max(out[-1].x0 + 0.1 * size, min(x0, out[-1].x1) if not marks else out[-1].x1)
                    x1 = max(x1, edge + size * _ems(char)) if marks and char in _CLOSE else max(x1, edge + 0.1 * size)
                    out[-1], x0 = out[-1]._replace(x1=edge), edge
                if i in self.spaces and not (WIDE.match(char) and WIDE.match(out[-1].text)):
                    out.append(Char(" ", out[-1].x1 - 0.3 * size, x0, self.y, size))
            elif len(self.chars) > 1 and char in _OPEN:
                x0 = min(x0, self.chars[1][1] - 1.5 * size)
            out.append(Char(char, x0, x1, self.y + 0.36 * size, size))
        return out


def _line(box: Any, text: str, edges: list[tuple[float, float]], scale: float) -> _Line:
    shown = [(i, c) for i, c in enumerate(text) if not c.isspace()]
    if len(edges) != len(shown):  # told otherwise than character by character: spread evenly
        left, share = min(x for x, _ in box), _width(box) / max(sum(map(_ems, text)), 0.5)
        ends = [left + share * n for n in accumulate(map(_ems, text), initial=0.0)]
        edges = [(ends[i], ends[i + 1]) for i, _ in shown]
    return _Line(
        chars=[(c, (x0 + x1) / 2 * scale) for (_, c), (x0, x1) in zip(shown, edges, strict=True)],
        height=_height(box) * scale,
        y=sum(y for _, y in box) / 4 * scale,
        spaces=frozenset(n for n, (i, _) in enumerate(shown) if text[i - 1 : i].isspace()),
    )


def _ems(char: str) -> float:
    return 1.0 if WIDE.match(char) else 0.5


def _sizes(lines: list[_Line]) -> list[float]:
    """The size of type of each line, in points; what is nearly one is one.

    The way from ideograph to ideograph tells it; where there are few, the height of the box does, by what those of the
    others are; and where that is next to nothing to go by, the line before.
    """
    pitches = [line.pitch for line in lines]
    ratio = median([p / line.height for p, line in zip(pitches, lines, strict=True) if p] or [0.8])
    sizes: list[float] = []
    for pitch, line in zip(pitches, lines, strict=True):
        size = pitch or line.height * ratio
        if not pitch and sizes and 0.8 < size / sizes[-1] < (1.6 if len(line.chars) <= 3 else 1.25):
            size = sizes[-1]
        sizes.append(size)
    groups: list[list[int]] = []
    for i in sorted(range(len(sizes)), key=lambda i: sizes[i]):
        if groups and sizes[i] <= sizes[groups[-1][0]] * (1 + _SAME_SIZE):
            groups[-1].append(i)
        else:
            groups.append([i])
    for group in groups:
        same = round(median(sizes[i] for i in group) * 2) / 2
        for i in group:
            sizes[i] = same
    return sizes


def _dark(picture: Picture, longest: int) -> Any:
    """A small picture [height, width] of what is dark, 1.0 where it is."""
    import cv2

    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    scale = min(1.0, longest / max(grey.shape))
    small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return (cv2.threshold(small, 0, 1, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU)[1]).astype("float32")


def _slant(picture: Picture) -> float:
    """By how many degrees the lines of a page fall to the right, within 5: the angle at which rows differ most."""
    import numpy as np

    dark = _dark(picture, 1_000)
    if not dark.any():
        return 0.0

    def sharpness(angle: float) -> float:
        rows = _turned(dark, angle, fill=0).sum(axis=1)
        return float(np.square(np.diff(rows)).sum())

    best = max(np.arange(-5, 5.01, 0.5), key=sharpness)
    best = max(np.arange(best - 0.4, best + 0.41, 0.1), key=sharpness)
    return float(best) if abs(best) >= 0.15 else 0.0


def _turned(picture: Picture, angle: float, *, fill: int = 255) -> Picture:
    """A picture turned so that lines which fall by `angle` degrees lie level."""
    if not angle:
        return picture
    import cv2

    height, width = picture.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
    paper = (fill,) * 3
    return cv2.warpAffine(picture, matrix, (width, height), flags=cv2.INTER_CUBIC, borderValue=paper)


def _without_stamps(picture: Picture) -> Picture:
    """A picture without its red stamps; what is printed beneath stays, and so does a red letterhead, which is long."""
    import cv2
    import numpy as np

    red, green, blue = (picture[:, :, i].astype("int16") for i in range(3))
    ink = ((red - np.maximum(green, blue) > 40) & (red > 90)).astype("uint8")
    if ink.mean() < 0.0005:
        return picture
    dots = picture.shape[1] / 8.27  # an inch of A4
    joined = cv2.dilate(ink, np.ones((int(dots * 0.12), int(dots * 0.12)), "uint8"))
    _, _, boxes, _ = cv2.connectedComponentsWithStats(joined)
    picture = picture.copy()
    for x, y, width, height, _ in boxes[1:]:
        if min(width, height) >= 0.7 * dots and max(width, height) <= 1.8 * min(width, height):
            part = picture[y : y + height, x : x + width]
            # Red ink is as bright as paper to a red eye; black is black to any.
            level = float(np.median(part[:, :, 0][ink[y : y + height, x : x + width] > 0]))
            part[:] = (part[:, :, :1] * (255 / level)).clip(0, 255).astype("uint8")
    return picture


def _rules(picture: Picture, scale: float) -> list[Rule]:
    """The lines that are ruled straight across or down, in points."""
    import cv2
    import numpy as np

    dark = cv2.adaptiveThreshold(
        cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 25, 15
    )
    long = max(int(36 / scale), 10)  # half an inch: longer than any stroke of type
    rules = []
    for shape in ((1, long), (long, 1)):
        lines = cv2.dilate(cv2.erode(dark, np.ones(shape, "uint8")), np.ones(shape, "uint8"))
        _, _, boxes, _ = cv2.connectedComponentsWithStats(lines)
        for x, y, width, height, _ in boxes[1:]:
            across = shape[0] == 1
            x0, x1 = (x, x + width) if across else (x + width / 2,) * 2
            y0, y1 = (y + height / 2,) * 2 if across else (y, y + height)
            if min(width, height) * scale < 6:
                rules.append(Rule(*(float(v) * scale for v in (x0, y0, x1, y1))))
    return rules
