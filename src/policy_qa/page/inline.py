"""Text -> HTML: nothing that a document, a question or an answer holds is ever markup.

All strings that people or files wrote pass through :func:`escape` on their way to the browser.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

#: Characters that HTML can't hold or that would reorder the line around them.
_UNSHOWABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff\u202a-\u202e\u2066-\u2069]"
)

Range = tuple[int, int]


def showable(text: str) -> str:
    """Text, or HTML made of it, with control characters and the like as U+FFFD, one for one."""
    return _UNSHOWABLE.sub("\ufffd", text)


def escape(text: str) -> str:
    """Text as HTML that shows exactly that text, also inside a quoted attribute.

    Control characters, lone surrogates and bidirectional overrides become U+FFFD, one for one.
    """
    return html.escape(showable(text), quote=True)


@dataclass(frozen=True, slots=True)
class Highlights:
    """What to set off in a document, as ranges of its text.

    `quoted` becomes `<mark>`: the words of the citation that was opened. `also` are the other
    citations of the same answer; `labels` are the printed numbers of provisions. `pages` are
    (offset, label) of the pages of the source, ascending: the label is put before that character.
    """

    quoted: tuple[Range, ...] = ()
    also: tuple[Range, ...] = ()
    labels: tuple[Range, ...] = ()
    pages: tuple[tuple[int, str], ...] = ()

    def __post_init__(self) -> None:
        for name in ("quoted", "also", "labels"):
            object.__setattr__(self, name, merge(getattr(self, name)))


def merge(ranges: Sequence[Range]) -> tuple[Range, ...]:
    """The union of ranges, sorted; overlapping and touching ones become one, empty ones vanish."""
    merged: list[Range] = []
    for start, end in sorted(r for r in ranges if r[0] < r[1]):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return tuple(merged)


def render_inline(text: str, start: int, end: int, highlights: Highlights) -> str:
    """HTML for `text[start:end]`, with what lies in it of the highlights set off.

    A quoted stretch is one `<mark>` however many labels or other citations cut through it.
    """
    out: list[str] = []
    at = start
    for mark_start, mark_end in _clip(highlights.quoted, start, end):
        out.append(_unmarked(text, at, mark_start, highlights))
        out.append(f'<mark class="pq-quote">{_unmarked(text, mark_start, mark_end, highlights)}</mark>')
        at = mark_end
    out.append(_unmarked(text, at, end, highlights))
    return "".join(out)


def _unmarked(text: str, start: int, end: int, highlights: Highlights) -> str:
    """HTML for a stretch within or between marks: cut wherever a label, a page or another citation begins or ends."""
    also = _clip(highlights.also, start, end)
    labels = _clip(highlights.labels, start, end)
    pages = highlights.pages[_before(highlights.pages, start) : _before(highlights.pages, end)]
    cuts = sorted({start, end, *(edge for r in (*also, *labels) for edge in r), *(at for at, _ in pages)})
    out: list[str] = []
    for a, b in pairwise(cuts):
        # The label is the style sheet's, not text: it is neither copied nor taken for words of the source.
        out += [f'<span class="pq-page-start" data-page="{escape(label)}"></span>' for at, label in pages if at == a]
        piece = escape(text[a:b])
        if _within(a, labels):
            piece = f'<b class="pq-label">{piece}</b>'
        if _within(a, also):
            piece = f'<span class="pq-also">{piece}</span>'
        out.append(piece)
    return "".join(out)


def _before(pages: Sequence[tuple[int, str]], offset: int) -> int:
    """How many pages begin before an offset."""
    return bisect_left(pages, offset, key=lambda page: page[0])


def _clip(ranges: Sequence[Range], start: int, end: int) -> tuple[Range, ...]:
    """What of merged ranges lies within a stretch; found by halving, as a code has thousands of labels and lines."""
    first = bisect_right(ranges, start, key=lambda r: r[1])
    found: list[Range] = []
    for i in range(first, len(ranges)):
        a, b = ranges[i]
        if a >= end:
            break
        found.append((max(a, start), min(b, end)))
    return tuple(found)


def _within(position: int, ranges: Sequence[Range]) -> bool:
    return any(a <= position < b for a, b in ranges)
