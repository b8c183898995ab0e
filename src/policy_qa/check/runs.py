"""The characters of a Word file and the runs that they stand in; a run is split without changing how it looks."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_SIGNS = {_W + "tab": "\t", _W + "ptab": "\t", _W + "br": "\n", _W + "cr": "\n", _W + "noBreakHyphen": "-"}
#: What stands in these is not in the text that was read.
_GONE = (_W + "del", _W + "moveFrom", _MC + "Fallback")

# lxml's elements have no types that mypy could read.
Element = Any


@dataclass(frozen=True, slots=True)
class Piece:
    """A line of a paragraph: characters [start, start + len(text)) of it. `boxed` tells that it stands in a text
    box, where Word allows no comment; `paragraph` is then the one that the box is anchored in."""

    paragraph: Element
    start: int
    text: str
    boxed: bool = False


def pieces_of(body: Element) -> list[Piece]:
    """The lines of all paragraphs of a body, in order."""
    out = []
    for paragraph in body.iter(_W + "p"):
        above = [e.tag for e in paragraph.iterancestors()]
        if _MC + "Fallback" in above:
            continue
        text = "".join(_text(run) for run in _runs(paragraph))
        box = next((e for e in paragraph.iterancestors(_W + "txbxContent")), None)
        holder = next(box.iterancestors(_W + "p"), paragraph) if box is not None else paragraph
        at = 0
        for line in text.split("\n"):
            out.append(Piece(holder, at, line, boxed=box is not None))
            at += len(line) + 1
    return out


def runs_between(document: Any, piece: Piece, start: int, end: int) -> list[Any]:
    """The first and the last run of characters [start, end) of a piece, split off from what stands beside them.

    For a piece in a text box, the runs of the whole paragraph that the box is anchored in.
    """
    from docx.text.run import Run

    if piece.boxed:
        found = list(_runs(piece.paragraph))
    else:
        for offset in (piece.start + start, piece.start + end):
            _split_at(piece.paragraph, offset)
        found = [
            run for run, at in _placed(piece.paragraph) if piece.start + start <= at < piece.start + end and _text(run)
        ]
    return [Run(found[i], document) for i in ((0, -1) if len(found) > 1 else (0,))] if found else []


def _runs(paragraph: Element) -> Iterator[Element]:
    """The runs of a paragraph that show, those of text boxes in it left out."""
    for run in paragraph.iter(_W + "r"):
        for above in run.iterancestors():
            if above is paragraph:
                yield run
                break
            if above.tag in _GONE or above.tag in (_W + "txbxContent", _W + "p"):
                break


def _placed(paragraph: Element) -> Iterator[tuple[Element, int]]:
    at = 0
    for run in _runs(paragraph):
        yield run, at
        at += len(_text(run))


def _text(run: Element) -> str:
    return "".join(_shown(child) for child in run)


def _shown(child: Element) -> str:
    return child.text or "" if child.tag == _W + "t" else _SIGNS.get(child.tag, "")


def _split_at(paragraph: Element, offset: int) -> None:
    """Make a run begin at an offset; both halves keep the properties of the whole."""
    for run, at in list(_placed(paragraph)):
        if not at < offset < at + len(_text(run)):
            continue
        right = deepcopy(run)
        run.addnext(right)
        _cut(run, 0, offset - at)
        _cut(right, offset - at, len(_text(right)))
        return


def _cut(run: Element, start: int, end: int) -> None:
    """Leave characters [start, end) of a run, with its properties; what has no characters stays on the left."""
    at = 0
    for child in list(run):
        size = len(_shown(child))
        if child.tag == _W + "rPr":
            continue
        a, b = max(start - at, 0), min(end - at, size)
        if size and a >= b:
            run.remove(child)
        elif size and child.tag == _W + "t":
            child.text = (child.text or "")[a:b]
            child.set(_SPACE, "preserve")
        elif not size and (start > at or (not start and at >= end)):
            run.remove(child)
        at += size


__all__ = ["Piece", "pieces_of", "runs_between"]
