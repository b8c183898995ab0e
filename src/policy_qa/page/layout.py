"""A segmented document -> HTML that reads like the printed policy, all of its words in order.

Every visible character of the text is shown, once, except the marks of the file's own format
(`##`, `---`), which the segmentation names furniture.
"""

from __future__ import annotations

import re
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
    text = segmentation.document.text
    pieces: list[Provision | Span] = sorted(
        [*segmentation.articles, *segmentation.spans], key=lambda piece: (piece.start, piece.end)
    )
    out: list[str] = []
    at = 0
    for piece in pieces:
        start = max(piece.start, at)
        out.append(_lines(segmentation, at, start, highlights))  # nothing, unless a segmentation left text out
        if isinstance(piece, Span):
            out.append(_span(segmentation, piece, start, highlights, texts))
        else:
            out.append(_article(segmentation, piece, start, highlights, shaded))
        at = max(at, piece.end)
    out.append(_lines(segmentation, at, len(text), highlights))
    return "".join(out)


def _span(segmentation: Segmentation, span: Span, start: int, highlights: Highlights, texts: Texts) -> str:
    text = segmentation.document.text
    if span.kind == "heading":
        return f'<h3 class="pq-heading">{render_inline(text, start, span.end, highlights)}</h3>'
    if span.kind == "furniture" and _FORMAT_MARKS.fullmatch(text, start, span.end):
        return ""
    words = render_inline(text, start, span.end, highlights)
    return f'<p class="pq-leftover" title="{escape(texts.leftover)}">{words}</p>'


def _article(segmentation: Segmentation, article: Provision, start: int, highlights: Highlights, shaded: str) -> str:
    here = article.path == shaded
    attributes = 'class="pq-article pq-shaded" aria-current="location"' if here else 'class="pq-article"'
    body = _lines(segmentation, start, article.end, highlights, front=article.kind is Kind.PREAMBLE)
    return f'<section {attributes} data-ref="{escape(article.ref)}">{body}</section>'


def _lines(segmentation: Segmentation, start: int, end: int, highlights: Highlights, *, front: bool = False) -> str:
    """The lines of a stretch as paragraphs; rows of a Markdown table as a table."""
    text = segmentation.document.text
    depths = _depths(segmentation, start, end)
    out: list[str] = []
    in_table = False
    for a, b in _stripped_lines(text, start, end):
        is_row = _TABLE_ROW.fullmatch(text, a, b) is not None
        if is_row != in_table:
            out.append('<table class="pq-table"><tbody>' if is_row else "</tbody></table>")
            in_table = is_row
        if is_row:
            out.append(_row(text, a, b, highlights))
        elif not _FORMAT_MARKS.fullmatch(text, a, b):
            out.append(
                f'<p class="{_line_class(segmentation, a, b, depths, front)}">'
                f"{render_inline(text, a, b, highlights)}</p>"
            )
    if in_table:
        out.append("</tbody></table>")
    return "".join(out)


def _stripped_lines(text: str, start: int, end: int) -> Iterator[Range]:
    """The lines of `text[start:end]` that show something, without white space and Markdown's # around them."""
    for line in _LINE.finditer(text, start, end):
        words = line.group()
        if stripped := words.strip():
            a = line.start() + words.index(stripped)
            mark = _HEADING_MARK.match(stripped)
            yield a + (mark.end() if mark else 0), a + len(stripped)


def _row(text: str, start: int, end: int, highlights: Highlights) -> str:
    """One row of a Markdown table; the rule below the header row shows nothing."""
    if _TABLE_RULE.fullmatch(text, start, end) and "-" in text[start:end]:
        return ""
    cells: list[str] = []
    at = start + 1
    while (bar := text.find("|", at, end)) >= 0:
        cells.append(f"<td>{render_inline(text, at, bar, highlights)}</td>")
        at = bar + 1
    return f"<tr>{''.join(cells)}</tr>"


def _depths(segmentation: Segmentation, start: int, end: int) -> list[tuple[int, int, int]]:
    """(start, end, depth) of the items and sub-items within a stretch, outer before inner."""
    return [
        (p.start, p.end, _DEPTH[p.kind])
        for p in segmentation.provisions
        if p.kind in _DEPTH and not p.article and start <= p.start < end
    ]


def _line_class(
    segmentation: Segmentation, start: int, end: int, depths: list[tuple[int, int, int]], front: bool
) -> str:
    document = segmentation.document
    depth = max((d for a, b, d in depths if a <= start < b), default=0)
    if depth:
        return f"pq-line pq-depth-{depth}"
    if front:
        line = "".join(document.text[start:end].split())
        if line == "".join(document.title.split()):
            return "pq-line pq-title-line"
        if line == "".join(document.number.split()):
            return "pq-line pq-number-line"
    return "pq-line"
