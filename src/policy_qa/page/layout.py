"""A segmented document -> HTML that reads like the printed policy, all of its words in order.

Every visible character of the text is shown, once, except the marks of the file's own format
(`##`, `---`), which the segmentation names furniture.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping

from policy_qa.datamodels import Document, Kind, Provision, Segmentation, Span
from policy_qa.page.inline import Highlights, Range, cells_of, escape, is_rule, render_inline, render_table
from policy_qa.page.texts import Texts

_LINE = re.compile(r"[^\n]+")
_FORMAT_MARKS = re.compile(r"[\s#*_=\-]*")
_HEADING_MARK = re.compile(r"#{1,6}[ \t]+")
#: What a page may begin with that isn't shown.
_UNSHOWN = re.compile(r"[\s|]*")
_ATTACHED = re.compile(r"附[件表录]")
#: What an attachment is called stands in its first line: a few words that are no sentence and no row.
_CAPTION = re.compile(r"[^\n|\t]{2,40}(?<![。；;，,：:])(?:\n|$)")
_DEPTH = {Kind.ITEM: 1, Kind.SUBITEM: 2}


def label_ranges(segmentation: Segmentation) -> tuple[Range, ...]:
    """Where the printed numbers of the provisions stand (第七条, （二）, 5.), each once."""
    text = segmentation.document.text
    return tuple(
        (p.start, p.start + len(p.label))
        for p in segmentation.provisions
        if p.label and p.kind is not Kind.APPENDIX and text.startswith(p.label, p.start)
    )


def page_starts(document: Document, texts: Texts) -> tuple[tuple[int, str], ...]:
    """(offset, label) of each page's first character that is shown; the first page begins with the text."""
    found = [_UNSHOWN.match(document.text, at) for at in document.pages[1:]]
    return tuple((m.end(), texts.page.format(n=n)) for n, m in enumerate(found, start=2) if m)


def anchor_of(article: Provision) -> str:
    """What an address says behind `#` to lead to a provision at article level."""
    return f"p-{article.path}"


def render_text(
    segmentation: Segmentation,
    highlights: Highlights,
    shaded: str,
    texts: Texts,
    beside: Mapping[str, str] | None = None,
) -> str:
    """The whole document as HTML; the provision at article level whose path is `shaded` is set off.

    `beside` is HTML that stands beside a provision at article level, by its path, and is none of its words.
    """
    return _Setter(segmentation, highlights, shaded, texts, beside or {}).document()


class _Setter:
    """Sets one document."""

    def __init__(
        self,
        segmentation: Segmentation,
        highlights: Highlights,
        shaded: str,
        texts: Texts,
        beside: Mapping[str, str],
    ) -> None:
        self._beside = beside
        self._segmentation = segmentation
        self._text = segmentation.document.text
        self._highlights = highlights
        self._shaded = shaded
        self._texts = texts
        # (start, end, depth) of items and sub-items, outer before inner, to be searched by their start.
        self._items = sorted(
            (p.start, p.end, _DEPTH[p.kind]) for p in segmentation.provisions if p.kind in _DEPTH and not p.article
        )
        named = {segmentation.document.title, *(p.instrument for p in segmentation.articles)}
        self._titles = {"".join(title.split()) for title in named} - {""}
        attachments = [p for p in segmentation.articles if p.kind is Kind.APPENDIX]
        self._captions = {p.start for p in attachments if _CAPTION.match(self._text, p.start, p.end)}

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
            return f'<h3 class="{self._heading_form(start, span.end)}">{self._words(start, span.end)}</h3>'
        if span.kind == "furniture" and _FORMAT_MARKS.fullmatch(self._text, start, span.end):
            return ""
        return f'<p class="pq-leftover" title="{escape(self._texts.leftover)}">{self._words(start, span.end)}</p>'

    def _article(self, article: Provision, start: int) -> str:
        here = article.path == self._shaded
        attributes = 'class="pq-article pq-shaded" aria-current="location"' if here else 'class="pq-article"'
        body = self._lines(start, article.end, front=article.kind in (Kind.PREAMBLE, Kind.PARAGRAPH, Kind.APPENDIX))
        name = f'id="{anchor_of(article)}" data-ref="{escape(article.ref)}"'
        told = f'<p class="pq-beside">{html}</p>' if (html := self._beside.get(article.path)) else ""
        return f"<section {attributes} {name}>{told}{body}</section>"

    def _heading_form(self, start: int, end: int) -> str:
        """A further instrument in the same file and an attachment begin anew; a chapter goes on."""
        words = "".join(self._text[start:end].split())
        return "pq-heading pq-instrument" if words in self._titles or _ATTACHED.match(words) else "pq-heading"

    def _words(self, start: int, end: int) -> str:
        return render_inline(self._text, start, end, self._highlights)

    def _lines(self, start: int, end: int, *, front: bool = False) -> str:
        """The lines of a stretch as paragraphs; rows that follow each other as a table."""
        out: list[str] = []
        rows: list[list[Range]] = []
        items = self._items[bisect_left(self._items, (start,)) : bisect_left(self._items, (end,))]
        for a, b in _stripped_lines(self._text, start, end):
            if cells := cells_of(self._text, a, b, start, inside=bool(rows)):
                rows.append(cells)
                continue
            if is_rule(self._text, a, b):
                continue
            out.append(render_table(self._text, rows, self._highlights))
            rows = []
            if not _FORMAT_MARKS.fullmatch(self._text, a, b):
                depth = max((depth for item, stop, depth in items if item <= a < stop), default=0)
                form = f" pq-depth-{depth}" if depth else self._front_form(a, b) if front else ""
                out.append(f'<p class="pq-line{form}">{self._words(a, b)}</p>')
        out.append(render_table(self._text, rows, self._highlights))
        return "".join(out)

    def _front_form(self, start: int, end: int) -> str:
        """How a line before the first article is set: titles and the 文号 stand in the middle."""
        line = "".join(self._text[start:end].split())
        if line in self._titles or start in self._captions:
            return " pq-title-line"
        return " pq-number-line" if line == "".join(self._segmentation.document.number.split()) else ""


def _stripped_lines(text: str, start: int, end: int) -> Iterator[Range]:
    """The lines of `text[start:end]` that show something, without white space and Markdown's # around them."""
    for line in _LINE.finditer(text, start, end):
        words = line.group()
        if stripped := words.strip():
            a = line.start() + words.index(stripped)
            mark = _HEADING_MARK.match(stripped)
            yield a + (mark.end() if mark else 0), a + len(stripped)
