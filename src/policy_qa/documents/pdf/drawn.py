"""What is drawn on a page of a PDF: ruled lines, from which tables are told, and how much of it is picture."""

from __future__ import annotations

import ctypes
from typing import Any, NamedTuple

#: A drawing of more paths than this is no table.
_MAX_PATHS = 20_000
_MAX_FORM_DEPTH = 4
#: A rule is at most so thick, in points.
_THICK = 2.5

Box = tuple[float, float, float, float]
_Matrix = tuple[float, float, float, float, float, float]


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
    from pypdfium2 import raw

    left, bottom, width, height = box
    rules: list[Rule] = []
    pictures = 0.0
    budget = _MAX_PATHS
    edges = [ctypes.c_float() for _ in range(4)]
    stack: list[tuple[Any, int, _Matrix]] = [
        (raw.FPDFPage_GetObject(page.raw, i), 0, (1, 0, 0, 1, 0, 0))
        for i in reversed(range(min(raw.FPDFPage_CountObjects(page.raw), _MAX_PATHS)))
    ]
    while stack and budget > 0:
        thing, depth, matrix = stack.pop()
        budget -= 1
        kind = raw.FPDFPageObj_GetType(thing)
        if kind == raw.FPDF_PAGEOBJ_FORM and depth < _MAX_FORM_DEPTH:
            inner = _times(_matrix_of(thing), matrix)
            number = min(raw.FPDFFormObj_CountObjects(thing), budget)
            stack += [(raw.FPDFFormObj_GetObject(thing, i), depth + 1, inner) for i in range(number)]
        elif kind in (raw.FPDF_PAGEOBJ_PATH, raw.FPDF_PAGEOBJ_IMAGE):
            if not raw.FPDFPageObj_GetBounds(thing, *edges):
                continue
            corners = [
                upright(direction, x - left, y - bottom, width, height)
                for x, y in (_at(edges[0].value, edges[1].value, matrix), _at(edges[2].value, edges[3].value, matrix))
            ]
            (xa, ya), (xb, yb) = corners
            x0, x1, y0, y1 = min(xa, xb), max(xa, xb), min(ya, yb), max(ya, yb)
            if kind == raw.FPDF_PAGEOBJ_IMAGE:
                shown = (max(0.0, min(x1, width) - max(x0, 0))) * max(0.0, min(y1, height) - max(y0, 0))
                pictures += shown / max(width * height, 1)
            else:
                rules += _rules(thing, (x0, y0, x1, y1), matrix, box, direction)
    return rules, min(pictures, 1.0)


def _rules(path: Any, bounds: Box, matrix: _Matrix, box: Box, direction: int) -> list[Rule]:
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
    own = _times(_matrix_of(path), matrix)
    left, bottom, width, height = box
    found: list[Rule] = []
    x, y = ctypes.c_float(), ctypes.c_float()
    first = at = (0.0, 0.0)
    for i in range(count):
        segment = raw.FPDFPath_GetPathSegment(path, i)
        raw.FPDFPathSegment_GetPoint(segment, x, y)
        px, py = _at(x.value, y.value, own)
        here = upright(direction, px - left, py - bottom, width, height)
        kind = raw.FPDFPathSegment_GetType(segment)
        if kind == raw.FPDF_SEGMENT_MOVETO:
            first = here
        elif kind == raw.FPDF_SEGMENT_LINETO:
            found += _straight(at, here)
        at = here
        if raw.FPDFPathSegment_GetClose(segment):
            found += _straight(at, first)
    return found


def _straight(a: tuple[float, float], b: tuple[float, float]) -> list[Rule]:
    across, down = abs(a[0] - b[0]), abs(a[1] - b[1])
    if down < 1 and across > _THICK:
        return [Rule(min(a[0], b[0]), a[1], max(a[0], b[0]), a[1])]
    if across < 1 and down > _THICK:
        return [Rule(a[0], min(a[1], b[1]), a[0], max(a[1], b[1]))]
    return []


def _matrix_of(thing: Any) -> _Matrix:
    from pypdfium2 import raw

    m = raw.FS_MATRIX()
    return (m.a, m.b, m.c, m.d, m.e, m.f) if raw.FPDFPageObj_GetMatrix(thing, m) else (1, 0, 0, 1, 0, 0)


def _times(m: _Matrix, n: _Matrix) -> _Matrix:
    """First `m`, then `n`."""
    return (
        m[0] * n[0] + m[1] * n[2],
        m[0] * n[1] + m[1] * n[3],
        m[2] * n[0] + m[3] * n[2],
        m[2] * n[1] + m[3] * n[3],
        m[4] * n[0] + m[5] * n[2] + n[4],
        m[4] * n[1] + m[5] * n[3] + n[5],
    )


def _at(x: float, y: float, m: _Matrix) -> tuple[float, float]:
    return m[0] * x + m[2] * y + m[4], m[1] * x + m[3] * y + m[5]
