"""A segmented document -> HTML that reads like the printed policy, all of its words in order.

Every visible character of the text is shown, once, except the marks of the file's own format
(`##`, `---`), which the segmentation names furniture.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator

from policy_qa.datamodels import Kind, Provision, Segmentation, Span
from policy_qa.page.inline import Highlights, Range, escape, render_inline
from policy_qa.page.texts import Texts

_LINE = re.compile(r"[^\n]+")
_FORMAT_MARKS = re.compile(r"[\s#*_=\-]*")
_HEADING_MARK = re.compile(r"#{1,6}[ \t]+")
_TABLE_ROW = re.compile(r"\|.*\|")
_TABLE_RULE = re.compile(r"\|[\s:|\-]+\|")
_DEPTH = {Kind.ITEM: 1, Kind.SUBITEM: 2}


def label_ranges(segmentation: Segmentation) -> tuple[Range, ...]:
    """Where the printed numbers of the provisions stand (第七条, （二）, 5.), each once."""
    text = segmentation.document.text
    return tuple(
        (p.start, p.start + len(p.label))
        for p in segmentation.provisions
        if p.label and p.kind is not Kind.APPENDIX and text.startswith(p.label, p.start)
    )


def render_text(segmentation: Segmentation, highlights: Highlights, shaded: str, texts: Texts) -> str:
    """The whole document as HTML; the provision at article level whose path is `shaded` is set off."""
    return _Setter(segmentation, highlights, shaded, texts).document()


class _Setter:
    """Sets one document."""

    def __init__(self, segmentation: Segmentation, highlights: Highlights, shaded: str, texts: Texts) -> None:
        self._segmentation = segmentation
        self._text = segmentation.document.text
        self._highlights = highlights
        self._shaded = shaded
        self._texts = texts
        # (start, end, depth) of items and sub-items, outer before inner, to be searched by their start.
        self._items = sorted(
            (p.start, p.end, _DEPTH[p.kind]) for p in segmentation.provisions if p.kind in _DEPTH and not p.article
        )

    def document(self) -> str:
        pieces: list[Provision | Span] = [*self._segmentation.articles, *self._segmentation.spans]
        out: list[str] = []
        at = 0
        for piece in sorted(pieces, key=lambda piece: (piece.start, piece.end)):
            start = max(piece.start, at)
            out.append(self._lines(at, start))  # nothing, unless a segmentation left text out
            out.append(self._span(piece, start) if isinstance(piece, Span) else self._article(piece, start))
            at = max(at, piece.end)
        out.append(self._lines(at, len(self._text)))
        return "".join(out)

    def _span(self, span: Span, start: int) -> str:
        if span.kind == "heading":
            return f'<h3 class="pq-heading">{self._words(start, span.end)}</h3>'
        if span.kind == "furniture" and _FORMAT_MARKS.fullmatch(self._text, start, span.end):
            return ""
        return f'<p class="pq-leftover" title="{escape(self._texts.leftover)}">{self._words(start, span.end)}</p>'

    def _article(self, article: Provision, start: int) -> str:
        here = article.path == self._shaded
        attributes = 'class="pq-article pq-shaded" aria-current="location"' if here else 'class="pq-article"'
        body = self._lines(start, article.end, front=article.kind is Kind.PREAMBLE)
        return f'<section {attributes} data-ref="{escape(article.ref)}">{body}</section>'

    def _words(self, start: int, end: int) -> str:
        return render_inline(self._text, start, end, self._highlights)

    def _lines(self, start: int, end: int, *, front: bool = False) -> str:
        """The lines of a stretch as paragraphs; rows of a Markdown table as a table."""
        out: list[str] = []
        in_table = False
        items = self._items[bisect_left(self._items, (start,)) : bisect_left(self._items, (end,))]
        for a, b in _stripped_lines(self._text, start, end):
            is_row = _TABLE_ROW.fullmatch(self._text, a, b) is not None
            if is_row != in_table:
                out.append('<table class="pq-table"><tbody>' if is_row else "</tbody></table>")
                in_table = is_row
            if is_row:
                out.append(self._row(a, b))
            elif not _FORMAT_MARKS.fullmatch(self._text, a, b):
                depth = max((depth for item, stop, depth in items if item <= a < stop), default=0)
                form = f" pq-depth-{depth}" if depth else self._front_form(a, b) if front else ""
                out.append(f'<p class="pq-line{form}">{self._words(a, b)}</p>')
        if in_table:
            out.append("</tbody></table>")
        return "".join(out)

    def _row(self, start: int, end: int) -> str:
        """One row of a Markdown table; the rule below the header row shows nothing."""
        if _TABLE_RULE.fullmatch(self._text, start, end) and "-" in self._text[start:end]:
            return ""
        cells: list[str] = []
        at = start + 1
        while (bar := self._text.find("|", at, end)) >= 0:
            cells.append(f"<td>{self._words(at, bar)}</td>")
            at = bar + 1
        return f"<tr>{''.join(cells)}</tr>"

    def _front_form(self, start: int, end: int) -> str:
        """How a line before the first article is set: the title and the 文号 stand in the middle."""
        document = self._segmentation.document
        line = "".join(self._text[start:end].split())
        if line == "".join(document.title.split()):
            return " pq-title-line"
        return " pq-number-line" if line == "".join(document.number.split()) else ""


def _stripped_lines(text: str, start: int, end: int) -> Iterator[Range]:
    """The lines of `text[start:end]` that show something, without white space and Markdown's # around them."""
    for line in _LINE.finditer(text, start, end):
        words = line.group()
        if stripped := words.strip():
            a = line.start() + words.index(stripped)
            mark = _HEADING_MARK.match(stripped)
            yield a + (mark.end() if mark else 0), a + len(stripped)
