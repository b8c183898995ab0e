"""Pages of policies as pictures: typeset as offices do (GB/T 9704: 16 points, 28 characters a line), drawn by Pillow,
laid on the glass askew, with the noise of a scanner."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from formats import Grid, Para, Policy
from PIL import Image, ImageDraw, ImageFilter, ImageFont

#: Debian's fonts-noto-cjk.
FONTS = Path("/usr/share/fonts/opentype/noto")
SONG, BOLD, HEI = (FONTS / f"Noto{name}.ttc" for name in ("SerifCJK-Regular", "SerifCJK-Bold", "SansCJK-Regular"))
#: Index of the simplified Chinese face in the collections.
_SC = 2
#: A4 and its margins (left, top, right, bottom), in points.
_WIDTH, _HEIGHT = 595, 842
_LEFT, _TOP, _RIGHT, _BOTTOM = 79, 105, 74, 99
_LEADING = 28
_NEVER_FIRST = "，。、；：！？）》”’】〕,.;:!?)"
_CENTRED = ("title", "chapter", "section", "caption", "letterhead", "number")


class _Sheet:
    """Pages that fill up from the top."""

    def __init__(self, dpi: int) -> None:
        self.scale = dpi / 72
        self.pages: list[Image.Image] = []
        self.fonts: dict[tuple[Path, float], ImageFont.FreeTypeFont] = {}
        self.turn()

    def turn(self) -> None:
        self.pages.append(Image.new("RGB", (round(_WIDTH * self.scale), round(_HEIGHT * self.scale)), "white"))
        self.draw = ImageDraw.Draw(self.pages[-1])
        self.y = float(_TOP)

    def font(self, path: Path, size: float) -> ImageFont.FreeTypeFont:
        if (path, size) not in self.fonts:
            self.fonts[path, size] = ImageFont.truetype(str(path), round(size * self.scale), index=_SC)
        return self.fonts[path, size]

    def wide(self, text: str, font: ImageFont.FreeTypeFont) -> float:
        return font.getlength(text) / self.scale

    def put(self, text: str, x: float, y: float, font: ImageFont.FreeTypeFont, ink: str = "black") -> None:
        self.draw.text((x * self.scale, y * self.scale), text, font=font, fill=ink)

    def line(self, text: str, x: float, font: ImageFont.FreeTypeFont, leading: float, ink: str = "black") -> None:
        if self.y + leading > _HEIGHT - _BOTTOM:
            self.turn()
        self.put(text, x, self.y, font, ink)
        self.y += leading


def wrapped(text: str, widths: Iterator[float], measure: ImageFont.FreeTypeFont, scale: float) -> Iterator[str]:
    """The lines of a paragraph; no line begins with a closing mark, which takes the character before it along."""
    while text:
        width = next(widths)
        end = 1
        while end < len(text) and measure.getlength(text[: end + 1]) / scale <= width:
            end += 1
        while 1 < end < len(text) and text[end] in _NEVER_FIRST:
            end -= 1
        yield text[:end]
        text = text[end:]


def drawn(policy: Policy, dpi: int = 200) -> list[Image.Image]:
    """The pages of a policy."""
    sheet = _Sheet(dpi)
    room = _WIDTH - _LEFT - _RIGHT
    for part in policy:
        if isinstance(part, Grid):
            _grid(sheet, part)
            continue
        path = {"title": BOLD, "letterhead": BOLD, "chapter": HEI, "section": HEI}.get(part.style, SONG)
        size = 22 if part.style in ("title", "letterhead") else 16
        font = sheet.font(path, size)
        leading = _LEADING * (1.4 if size > 16 else 1)
        ink = "#d01010" if part.style == "letterhead" else "black"
        text = part.line
        indent = 0 if part.style in (*_CENTRED, "signature", "date", "addressee", "appendix") else 2 * size
        first = True
        for line in wrapped(text, _rooms(room, indent), font, sheet.scale):
            x = _LEFT + (indent if first else 0)
            if part.style in _CENTRED:
                x = _LEFT + (room - sheet.wide(line, font)) / 2
            elif part.style in ("signature", "date"):
                x = _WIDTH - _RIGHT - sheet.wide(line, font) - 32
            sheet.line(line, x, font, leading, ink)
            first = False
    for number, page in enumerate(sheet.pages, start=1):
        sheet.draw = ImageDraw.Draw(page)
        sheet.put(f"— {number} —", _WIDTH / 2 - 20, _HEIGHT - _BOTTOM + 25, sheet.font(SONG, 14))
    return sheet.pages


def _rooms(room: float, indent: float) -> Iterator[float]:
    yield room - indent
    while True:
        yield room


def _grid(sheet: _Sheet, grid: Grid) -> None:
    """A table with ruled lines; a row is as high as its longest cell."""
    font, leading = sheet.font(SONG, 12), 18
    left, room = _LEFT, _WIDTH - _LEFT - _RIGHT
    wide = room / len(grid.rows[0])
    cells = list(grid.cells())
    heights = []
    for row in cells:
        lines = [list(wrapped(text, _rooms(wide * across - 8, 0), font, sheet.scale)) for text, _, across in row]
        heights.append(max([1, *map(len, lines)]) * leading + 8)
    if sheet.y + sum(heights) > _HEIGHT - _BOTTOM:
        sheet.turn()
    covered: set[tuple[int, int]] = set()
    y = sheet.y + 4
    for r, row in enumerate(cells):
        column = 0
        for text, down, across in row:
            while (r, column) in covered:
                column += 1
            covered |= {(r + i, column + j) for i in range(down) for j in range(across)}
            x, height = left + column * wide, sum(heights[r : r + down])
            box = [v * sheet.scale for v in (x, y, x + wide * across, y + height)]
            sheet.draw.rectangle(box, outline="black", width=max(1, round(sheet.scale * 0.7)))
            for i, line in enumerate(wrapped(text, _rooms(wide * across - 8, 0), font, sheet.scale)):
                sheet.put(line, x + 4, y + 4 + i * leading, font)
            column += across
        y += heights[r]
    sheet.y = y + 8


def scanned(page: Image.Image, degrees: float = 0.0, noise: float = 0.0, seed: int = 0) -> Image.Image:
    """A page as a scanner gives it: turned by `degrees`, `noise` is the deviation of each dot in grey levels."""
    if degrees:
        page = page.rotate(degrees, resample=Image.Resampling.BICUBIC, fillcolor="white")
    if noise:
        page = page.filter(ImageFilter.GaussianBlur(0.6))
        dots = np.asarray(page, dtype=np.int16)
        grain = np.random.default_rng(seed).normal(-noise / 2, noise, dots.shape[:2])[:, :, None]
        page = Image.fromarray((dots + grain).clip(0, 255).astype(np.uint8))
    return page


def stamped(page: Image.Image, x: float, y: float, dpi: int) -> Image.Image:
    """A round red stamp of 4 cm with its middle at (x, y), in points, printed over what is there."""
    scale = dpi / 72
    ink = Image.new("RGB", page.size, "white")
    draw = ImageDraw.Draw(ink)
    radius = 57 * scale
    cx, cy = x * scale, y * scale
    draw.ellipse((cx - radius, cy - radius, cx + radius, cy + radius), outline="#e02020", width=round(3 * scale))
    font = ImageFont.truetype(str(BOLD), round(15 * scale), index=_SC)
    draw.text((cx, cy + 20 * scale), "信息中心", font=font, fill="#e02020", anchor="mm")
    star = ImageFont.truetype(str(BOLD), round(40 * scale), index=_SC)
    draw.text((cx, cy - 12 * scale), "★", font=star, fill="#e02020", anchor="mm")
    return Image.fromarray(np.minimum(np.asarray(page), np.asarray(ink)))


def as_pdf(pages: Sequence[Image.Image], dpi: int) -> bytes:
    out = io.BytesIO()
    pages[0].save(out, "PDF", save_all=True, append_images=list(pages[1:]), resolution=dpi)
    return out.getvalue()


def as_file(pages: Sequence[Image.Image], form: str) -> bytes:
    """As .tif of several pages, or the first as .png or .jpg."""
    out = io.BytesIO()
    if form == "TIFF":
        pages[0].save(out, form, save_all=True, append_images=list(pages[1:]), compression="tiff_lzw")
    else:
        pages[0].save(out, form)
    return out.getvalue()


def as_docx(pages: Sequence[Image.Image], before: str = "", after: str = "") -> bytes:
    """A Word file that holds pictures of pages, with text before and behind them."""
    import docx
    from docx.shared import Cm

    document = docx.Document()
    if before:
        document.add_paragraph(before)
    for page in pages:
        document.add_picture(io.BytesIO(as_file([page], "PNG")), width=Cm(15))
    if after:
        document.add_paragraph(after)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def policy_of(lines: Sequence[str]) -> Policy:
    """Lines of a regulation as parts: the first is its title, 第X章 a heading."""
    parts = [Para(style="title", text=lines[0])]
    for line in lines[1:]:
        heading = line[:1] == "第" and line[2:6].partition(" ")[0][-1:] in "章节" and len(line) < 30
        parts.append(Para(style="chapter" if heading else "text", text=line))
    return tuple(parts)
