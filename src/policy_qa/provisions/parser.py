"""Cut one document into provisions, headings and named remainders, losing nothing.

Where its boundaries lie is decided in boundaries.py; here what stands between them becomes provisions,
and instruments with what their own stretch says about them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from policy_qa.datamodels import Document, Instrument, Kind, Provision, Segmentation, Span, Status
from policy_qa.facts.head import is_title, read_head
from policy_qa.processes import uncollected
from policy_qa.provisions.boundaries import Layout, Part, closing_start, layout_of
from policy_qa.provisions.items import Blocks, cell_items, children_of, headers_of
from policy_qa.provisions.labels import HEADINGS, Label, Mark, decimal, visible_end
from policy_qa.provisions.numbering import doubtful_lines, warnings_of
from policy_qa.provisions.regions import NUMBER_LINE

#: The title of an attachment stands in its first lines.
_TITLE_LINES = 4


def instruments_of(document: Document, parts: Sequence[Part]) -> tuple[Instrument, ...]:
    """The instruments of a file in text order: one body or several, and inside them the attachments that have a title.

    The first body begins where the file does. A file of one instrument is described as its document is.
    """
    text = document.text
    bodies = [part for part in parts if not part.region.appendix]
    starts = [0, *(part.region.start for part in bodies[1:])]
    found = [
        (start, end, body.region.named_at if body.region.title else start, body.region.title or document.title)
        for body, start, end in zip(bodies, starts, [*starts[1:], len(text)], strict=True)
    ]
    for part in parts:
        region = part.region
        title = _attached_title(text[region.heading[1] : region.end]) if region.appendix else ""
        # The end of the file's own title, which runs over two lines there, begins no other instrument.
        if title and not document.title.endswith(title):
            found.append((region.start, region.end, region.start, title))
    if len(found) == 1:
        return (
            Instrument(
                title=document.title,
                start=0,
                end=len(text),
                number=document.number,
                date=document.date,
                status=document.status,
                issuer=document.issuer,
            ),
        )
    return tuple(_described(text, *one) for one in sorted(found))


def _described(text: str, start: int, end: int, named_at: int, title: str) -> Instrument:
    head = read_head(text, named_at, end)
    number, date, status, issuer = (f.value if f else "" for f in (head.number, head.issued, head.status, head.issuer))
    return Instrument(title=title, start=start, end=end, number=number, date=date, status=Status(status), issuer=issuer)


def _attached_title(text: str) -> str:
    lines = [" ".join(line.strip(" :：.．、#*").split()) for line in text[:500].split("\n") if line.strip()]
    return next((line for line in lines[:_TITLE_LINES] if is_title(line)), "")


#: Rises whenever the same text may come out differently; an index records it.
VERSION = 6

_KINDS = {Mark.PART: Kind.PART, Mark.SUBPART: Kind.PART, Mark.CHAPTER: Kind.CHAPTER, Mark.SUBCHAPTER: Kind.SUBCHAPTER}
_PREFIX = {Mark.PART: "pt", Mark.SUBPART: "sp", Mark.CHAPTER: "ch", Mark.SUBCHAPTER: "s"}
_LEFTOVER = re.compile(
    r"\[bookmark:[^\]\n]{0,200}\]|\{\s*+(?:PAGE|TOC)[^}\n]{0,200}\}|(?:错误|Error)[！!]\s*未(?:定义|找到)[^。\n]{0,20}。?"
)
_NOISE = re.compile(
    r"(?:\s++|(?:-{3,}+|\*{3,}+|_{3,}+|={3,}+)[ \t]*+(?:\n|$)|#{1,6}[ \t]*|\*\*|[-*+>][ \t]+"
    rf"|{_LEFTOVER.pattern})*+"
)
_WORD = re.compile(r"\w")
_RUN = re.compile(r"\S+(?:[ \t]+\S+)*")
_LINE = re.compile(r"[^\n]+")


@uncollected()
def segment(document: Document) -> Segmentation:
    """All provisions of a document, in text order, with headings, remainders and warnings."""
    layout = layout_of(document.text)
    builder = _Builder(document, layout)
    parts = layout.parts
    attached = any(part.region.appendix and part.events for part in parts)
    several = sum(not part.region.appendix for part in parts) > 1
    for part in parts:
        if part.region.appendix:
            builder.attachment(part)
        else:
            title = (part.region.title or document.title) if several else ""
            builder.instrument(part, title, covers=attached)
    found = replace(
        builder.finish(), instruments=instruments_of(document, parts), doubtful=doubtful_lines(document.text, layout)
    )
    return replace(found, warnings=warnings_of(found))


@dataclass(kw_only=True, slots=True)
class _Series:
    """What the provisions of one numbering share: the head of their paths, their instrument's title.

    `taken` counts the paths that it has given.
    """

    prefix: str = ""
    title: str = ""
    by_article: bool = True
    taken: dict[str, int] = field(default_factory=dict)


def _close(stack: list[tuple[Label, str]], label: Label) -> None:
    """Leave the headings that a label of their rank or above ends; among decimals, more dots stand below."""
    while stack and (stack[-1][0].mark, stack[-1][0].sub) >= (label.mark, label.sub):
        stack.pop()


class _Builder:
    """Collects provisions and spans of one document."""

    def __init__(self, document: Document, layout: Layout) -> None:
        self.document = document
        self.labels = layout.labels
        self.contents = layout.contents
        self.text = document.text
        self.provisions: list[Provision] = []
        self.spans: list[Span] = []
        self.taken: dict[str, int] = {}
        self.series = _Series()

    def instrument(self, part: Part, title: str, *, covers: bool) -> None:
        """One instrument: preamble, units, closing. `covers` tells that the file's attachments are instruments."""
        self.series = _Series(title=title, by_article=part.by_article)
        if part.preamble_from:  # else the title stands in the notice's preamble
            self._title_span(part.region.heading)
        if not part.events and covers:
            self._add("preamble", Kind.PREAMBLE, "", (), part.preamble_from, part.region.end)
            return
        if not part.events:
            self._paragraphs(part.preamble_from, part.region.end)
            return
        end = part.region.end
        closing_from = closing_start(self.text, part.events[-1], end)
        for begin, stop in self._without_contents(self._below_title(part), self._first_line(part)):
            if preamble := self._add("preamble", Kind.PREAMBLE, "", (), begin, stop):
                self._children(preamble, preamble.start, Blocks.NONE)
        self._units(part, end, closing_from)
        if closing_from < end:
            self._add("closing", Kind.CLOSING, "", (), closing_from, end)

    def attachment(self, part: Part) -> None:
        """One attachment: whole with its rows and lines, or cut like an instrument where it is one."""
        region = part.region
        path = f"appendix-{region.appendix}"
        self.series = _Series()
        self._title_span(region.heading)
        end = self._first_line(part) if part.events else region.end
        # 附件 is what a path says by itself; 附表 and 附录 are kept for whoever cites a line below them.
        name = () if region.label.replace(" ", "").startswith("附件") else (region.label,)
        if found := self._add(path, Kind.APPENDIX, region.label, name, region.heading[1], end):
            self._children(found, found.start, Blocks.LINES)
            path = found.path
        if part.events:
            self.series = _Series(prefix=f"{path}.", by_article=part.by_article)
            self._units(part, region.end, region.end)

    def _title_span(self, heading: tuple[int, int]) -> None:
        if heading[0] < heading[1]:
            self.spans.append(Span(kind="heading", start=heading[0], end=heading[1]))

    def _below_title(self, part: Part) -> int:
        """Where the preamble begins below the title of a further instrument and its 文号, which is no preamble."""
        start = part.preamble_from
        while start and (number := NUMBER_LINE.match(self.text, start)):
            self._title_span(number.span(1))
            start = number.end()
        return start

    def _without_contents(self, start: int, end: int) -> list[tuple[int, int]]:
        """The stretches of [start, end) that are no table of contents."""
        inside = [(a, b) for a, b in self.contents if start <= a and b <= end]
        return list(zip([start, *(b for _, b in inside)], [*(a for a, _ in inside), end], strict=True))

    def _first_line(self, part: Part) -> int:
        line = self.text.rfind("\n", 0, part.events[0].label.start) + 1
        return max(line, part.region.heading[1], part.preamble_from)

    def _units(self, part: Part, end: int, closing_from: int) -> None:
        stack: list[tuple[Label, str]] = []
        bounds = [e.label.start for e in part.events[1:]] + [end]
        for event, bound in zip(part.events, bounds, strict=True):
            limit = min(bound, closing_from) if event.label.start < closing_from else bound
            if event.heading:
                self._heading(event.label, limit, stack)
            else:
                self._unit(event.label, limit, stack)

    def _heading(self, label: Label, limit: int, stack: list[tuple[Label, str]]) -> None:
        _close(stack, label)
        own_line = label.line_end
        printed = self.text[label.start : own_line].rstrip()
        title = " ".join(printed.rstrip("*_# \t：:").split())
        stack.append((label, title))
        self.spans.append(Span(kind="heading", start=label.start, end=label.start + len(printed)))
        kind = _KINDS.get(label.mark, Kind.SECTION)
        found = self._add(self._heading_path(stack), kind, label.text, tuple([t for _, t in stack]), own_line, limit)
        if found:
            self._children(found, found.start, Blocks.PARAGRAPHS)

    def _heading_path(self, stack: list[tuple[Label, str]]) -> str:
        if stack[-1][0].mark is Mark.DECIMAL:
            return decimal(stack[-1][0])
        if not self.series.by_article and stack[-1][0].mark not in HEADINGS:
            return ".".join(str(label.number) for label, _ in stack)
        # Beside 条, a section's number needs a letter: 一、 must not be taken for 第一条.
        other = "s" if self.series.by_article else ""
        return ".".join(f"{_PREFIX.get(label.mark, other)}{label.number}" for label, _ in stack)

    def _unit(self, label: Label, limit: int, stack: list[tuple[Label, str]]) -> None:
        if self.series.by_article:
            path = f"{label.number}-{label.sub}" if label.sub else str(label.number)
            kind = Kind.ARTICLE
        else:
            _close(stack, label)
            path = ".".join([str(above.number) for above, _ in stack] + [str(label.number)])
            path = decimal(label) if label.mark is Mark.DECIMAL else path
            kind = Kind.POINT if stack else Kind.SECTION
        unit = self._add(path, kind, label.text, tuple([t for _, t in stack]), label.start, limit)
        if unit:
            self._children(unit, label.rest, Blocks.PARAGRAPHS)

    def _children(self, unit: Provision, begin: int, blocks: Blocks) -> None:
        """Add what is inside the provision that was added last."""
        lead, children = children_of(self.document, unit, begin, self.labels, blocks=blocks)
        if lead != unit.lead:
            self.provisions[-1] = replace(unit, lead=lead)
        self.provisions += children

    def _paragraphs(self, start: int, end: int) -> None:
        """A document without any numbering: its paragraphs, counted; a table's row is one, below form and header."""
        number = 0
        form = (self.series.title,) if self.series.title else ()
        lines = [m.span() for m in _LINE.finditer(self.text, start, end) if not m.group().isspace()]
        headers = headers_of([self.text[a:b] for a, b in lines])
        for (a, b), header in zip(lines, headers, strict=True):
            headings = (*form, header) if header else form if header is not None else ()
            found = self._add(f"p{number + 1}", Kind.PARAGRAPH, "", headings, a, b)
            number += found is not None
            if found and header is not None:
                self.provisions += cell_items(self.text, found)

    def _add(
        self, path: str, kind: Kind, label: str, headings: tuple[str, ...], start: int, end: int
    ) -> Provision | None:
        """Add an article-level provision over the visible part of [start, end); nothing where it is blank."""
        start, end = self._trim(start, end)
        if start >= end:
            return None
        path = self.series.prefix + path
        self.series.taken[path] = occurrence = self.series.taken.get(path, 0) + 1
        self.taken[path] = times = self.taken.get(path, 0) + 1
        path = f"{path}~{times}" if times > 1 else path
        provision = Provision(
            doc_id=self.document.doc_id,
            path=path,
            kind=kind,
            unit=kind,
            label=label,
            headings=headings,
            start=start,
            end=end,
            article=True,
            lead=end,
            instrument=self.series.title,
            occurrence=occurrence,
        )
        self.provisions.append(provision)
        return provision

    def _trim(self, start: int, end: int) -> tuple[int, int]:
        """Leave out white space, Markdown marks, rules and leftovers at both ends."""
        if start < end and (not self.text[start].isalnum() or self.text[start] in "错E"):
            noise = _NOISE.match(self.text, start, end)
            start = noise.end() if noise else start
        return start, visible_end(self.text, start, end)

    def finish(self) -> Segmentation:
        spans = sorted([*self.spans, *self._remainders()], key=lambda s: s.start)
        return Segmentation(document=self.document, provisions=tuple(self.provisions), spans=tuple(spans))

    def _remainders(self) -> list[Span]:
        """What no provision and no heading holds, named."""
        covered = sorted(
            [(p.start, p.end) for p in self.provisions if p.article] + [(s.start, s.end) for s in self.spans]
        )
        out: list[Span] = []
        at = 0
        for start, end in [*covered, (len(self.text), len(self.text))]:
            if at < start and not self.text[at:start].isspace():
                out += [self._remainder(*match.span()) for match in _RUN.finditer(self.text, at, start)]
            at = max(at, end)
        return out

    def _remainder(self, start: int, end: int) -> Span:
        if not _WORD.search(self.text, start, end):
            return Span(kind="furniture", start=start, end=end)
        kind = "furniture" if any(a <= start < b for a, b in self.contents) else "unassigned"
        return Span(kind="leftover" if _LEFTOVER.search(self.text, start, end) else kind, start=start, end=end)
