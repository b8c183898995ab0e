"""Cut one document into provisions, headings and named remainders, losing nothing.

The text is read line by line. Lines that begin with a label (see labels.py) are candidates; which of
them are boundaries depends on the document's own shape: where 条 run through it, 条 is the article
level and 章 and 节 are headings; elsewhere the outermost numbering gives the sections (一、) and the
next one below it the article level (（一） or 1.). Nothing here knows a particular document.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace

from policy_qa.datamodels import Document, Kind, Provision, Segmentation, Span
from policy_qa.provisions.items import children_of
from policy_qa.provisions.labels import LINE_MARKS, Label, Mark, label_of, visible_end
from policy_qa.provisions.numbering import numbering_warnings

#: Rises whenever the same text may come out differently; an index records it.
VERSION = 2

_HEADINGS = (Mark.PART, Mark.CHAPTER, Mark.SUBCHAPTER)
_KINDS = {Mark.PART: Kind.PART, Mark.CHAPTER: Kind.CHAPTER, Mark.SUBCHAPTER: Kind.SUBCHAPTER}
_PREFIX = {Mark.PART: "pt", Mark.CHAPTER: "ch", Mark.SUBCHAPTER: "s"}
_TERMINAL = "。；;！？!?"
_LEFTOVER = re.compile(r"\[bookmark:[^\]\n]*\]|\{\s*(?:PAGE|TOC)[^}\n]*\}|(?:错误|Error)[！!]\s*未(?:定义|找到)[^。\n]{0,20}。?")
_RULE_LINE = re.compile(r"[ \t]*(?:-{3,}|\*{3,}|_{3,}|={3,})[ \t]*(?:\n|$)")
# How the closing words of an official document begin (《党政机关公文格式》 GB/T 9704): what is asked of the
# receivers, the fixed formulas, the contacts, the announced attachments.
_CLOSING = re.compile(
    r"(?:特此|专此|请各|请(?:认真)?(?:遵照|贯彻)|望各|现(?:予|将).{0,20}印发|以上(?:意见|请示|报告|通知)|妥否|此(?:复|件|通知)|"
    r"联\s*系\s*(?:人|电话|方式)|附\s*件\s*[:：])"
)
_DATE_LINE = re.compile(r"[（(]?(?:\d{4}|二[〇○零][〇○零一二三四五六七八九]{2})\s*年\s*\S{1,3}\s*月(?:\s*\S{1,3}\s*日)?[)）]?$")


@dataclass(frozen=True, slots=True)
class _Event:
    """A boundary: a heading line, or the start of a unit at article level."""

    label: Label
    heading: bool


def segment(document: Document) -> Segmentation:
    """All provisions of a document, in text order, with headings, remainders and warnings."""
    text = document.text
    lines = _lines(text)
    labels = [label for i, (start, end) in enumerate(lines) if (label := label_of(text, start, end, i))]
    articles = _accepted_articles(text, labels)
    if articles:
        events = _article_events(text, labels, articles)
    else:
        events = _section_events(text, lines, labels)
    body_end, appendices = _split_appendices(labels, events, len(text), by_article=bool(articles))
    events = [e for e in events if e.label.start < body_end]
    builder = _Builder(document)
    builder.body(events, body_end)
    builder.appendices(appendices)
    return builder.finish()


def _lines(text: str) -> list[tuple[int, int]]:
    out, at = [], 0
    for line in text.split("\n"):
        out.append((at, at + len(line)))
        at += len(line) + 1
    return out


def _accepted_articles(text: str, labels: list[Label]) -> list[Label]:
    """The 第X条 labels that open an article, not those that a sentence happens to begin with.

    The successor of the last article always opens one. Any other number does when it is set off by
    a space or the end of the line and the sentence before it is finished.
    """
    accepted: list[Label] = []
    last = (0, 0)
    for label in labels:
        if label.mark is not Mark.ARTICLE:
            continue
        here = (label.number, label.sub)
        successor = here in ((last[0] + 1, 0), (last[0], last[1] + 1))
        set_off = label.rest > label.end or label.rest == label.line_end
        if successor or (set_off and _finished_before(text, label.start)):
            accepted.append(label)
            last = here
    if len(accepted) == 1 and accepted[0].number != 1:
        return []  # one stray mention makes no document of articles
    return accepted


def _finished_before(text: str, at: int) -> bool:
    """Whether the text before a line is a finished sentence, a heading or nothing."""
    before = text[:at].rstrip(" \t\u3000\xa0\n#*>")
    if not before or before[-1] in _TERMINAL + ".：:）)》”」|":
        return True
    return len(before) - (before.rfind("\n") + 1) <= 40  # a short line without a full stop is a heading


def _title_key(text: str, label: Label) -> str:
    return "".join(text[label.start : label.line_end].split())


def _article_events(text: str, labels: list[Label], articles: list[Label]) -> list[_Event]:
    first = articles[0].start
    headings = [label for label in labels if label.mark in _HEADINGS]
    # Before the first article, a heading that comes again later belongs to a table of contents.
    # What is kept is the chain right above the first article, and headings that come only once.
    front = [label for label in headings if label.start < first]
    later = Counter(_title_key(text, label) for label in headings)
    chain: list[Label] = []
    for label in reversed(front):
        if not chain or label.mark < chain[-1].mark:
            chain.append(label)
    kept = {id(label) for label in chain}
    contents = {id(h) for h in front if id(h) not in kept and later[_title_key(text, h)] > 1}
    # A heading straight after another of its own rank, both before the first article, with nothing
    # between them, is a table of contents as well, whatever its wording.
    for one, two in zip(front, front[1:], strict=False):
        if id(one) not in kept and one.mark >= two.mark and not text[one.line_end : two.start].strip(" \t\n\u3000#*"):
            contents.add(id(one))
    events = [_Event(label, heading=True) for label in headings if id(label) not in contents]
    events += [_Event(label, heading=False) for label in articles]
    return sorted(events, key=lambda e: e.label.start)


def _section_events(text: str, lines: list[tuple[int, int]], labels: list[Label]) -> list[_Event]:
    """Boundaries of a document without 条: sections (outermost numbering) and points (the next one)."""
    numbered = [label for label in labels if Mark.HAN_COMMA <= label.mark <= Mark.CIRCLED]
    first = {m: label for label in reversed(numbered) if label.number == 1 for m in (label.mark,)}
    if not first:
        return []
    top = min(first)
    events: list[_Event] = []
    expected, second = 1, None
    for label in numbered:
        if label.start < first[top].start:
            continue
        if label.mark is top:
            if label.number < expected and label.number != 1:
                continue
            expected, second = label.number + 1, None
            events.append(_Event(label, heading=_is_heading(text, lines, label)))
        elif label.mark > top and events:
            # Under a section that is only a heading, the first numbering found is the article level.
            if second is None and _opens_points(events):
                second = label.mark
            if label.mark is second:
                events.append(_Event(label, heading=False))
    return events


def _opens_points(events: list[_Event]) -> bool:
    return events[-1].heading


def _is_heading(text: str, lines: list[tuple[int, int]], label: Label) -> bool:
    """Whether a section's line is a title of what follows, not a provision in itself."""
    rest = text[label.rest : label.line_end].strip().rstrip("*_")
    if not rest or len(rest) > 40 or rest[-1] in _TERMINAL or re.search(r"[。；]", rest):
        return False
    if rest[-1] in "：:" and (len(rest) > 20 or re.search("[，,]", rest)):
        return False
    follows = text[label.line_end :].lstrip()
    return bool(follows)


def _split_appendices(
    labels: list[Label], events: list[_Event], length: int, *, by_article: bool
) -> tuple[int, list[tuple[Label, int]]]:
    """(end of the body, [(appendix label, its end)]): attachments start after the last article."""
    units = [e.label.start for e in events if not e.heading]
    if not events:
        return length, []
    floor = units[-1] if by_article and units else events[0].label.start
    found = [label for label in labels if label.mark is Mark.APPENDIX and label.start > floor]
    if not found:
        return length, []
    ends = [label.start for label in found[1:]] + [length]
    return found[0].start, list(zip(found, ends, strict=True))


class _Builder:
    """Collects provisions and spans of one document."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.text = document.text
        self.provisions: list[Provision] = []
        self.spans: list[Span] = []
        self.taken: Counter[str] = Counter()

    def body(self, events: list[_Event], end: int) -> None:
        if not events:
            self._paragraphs(0, end)
            return
        first = events[0].label.start
        self._add("preamble", Kind.PREAMBLE, "", (), 0, self._line_start(first))
        stack: list[tuple[Label, str]] = []
        bounds = [e.label.start for e in events[1:]] + [end]
        closing_from = self._closing_start(events[-1].label, end)
        for event, bound in zip(events, bounds, strict=True):
            limit = min(bound, closing_from) if event.label.start < closing_from else bound
            if event.heading:
                self._heading(event.label, limit, stack)
            else:
                self._unit(event.label, limit, stack)
        if closing_from < end:
            self._add("closing", Kind.CLOSING, "", (), closing_from, end)

    def _heading(self, label: Label, limit: int, stack: list[tuple[Label, str]]) -> None:
        while stack and stack[-1][0].mark >= label.mark:
            stack.pop()
        own_line = label.line_end
        title = " ".join(self.text[label.start : own_line].rstrip("*_# \t：:").split())
        stack.append((label, title))
        self.spans.append(Span(kind="heading", start=label.start, end=label.start + len(self.text[label.start : own_line].rstrip())))
        kind = _KINDS.get(label.mark, Kind.SECTION)
        headings = tuple(t for _, t in stack)
        self._add(self._heading_path(stack), kind, label.text, headings, own_line, limit)

    def _heading_path(self, stack: list[tuple[Label, str]]) -> str:
        return ".".join(f"{_PREFIX.get(label.mark, '')}{label.number}" for label, _ in stack)

    def _unit(self, label: Label, limit: int, stack: list[tuple[Label, str]]) -> None:
        headings = tuple(t for _, t in stack)
        if label.mark is Mark.ARTICLE:
            path = f"{label.number}-{label.sub}" if label.sub else str(label.number)
            kind = Kind.ARTICLE
        else:
            while stack and stack[-1][0].mark >= label.mark:
                stack.pop()
            headings = tuple(t for _, t in stack)
            path = ".".join([*(str(above.number) for above, _ in stack), str(label.number)])
            kind = Kind.POINT if stack else Kind.SECTION
        unit = self._add(path, kind, label.text, headings, label.start, limit)
        if unit:
            lead, children = children_of(self.document, unit, label, paragraphs=kind is Kind.ARTICLE)
            self.provisions[-1] = replace(unit, lead=lead)
            self.provisions += children

    def appendices(self, found: list[tuple[Label, int]]) -> None:
        for order, (label, end) in enumerate(found, start=1):
            tail = self.text[label.end : label.line_end].strip()
            start = label.end if tail else label.line_end
            self.spans.append(Span(kind="heading", start=label.start, end=label.end))
            number = label.number or order
            self._add(f"appendix-{number}", Kind.APPENDIX, label.text, (), start, end)

    def _paragraphs(self, start: int, end: int) -> None:
        """A document without any numbering: its paragraphs, counted."""
        for number, match in enumerate(re.finditer(r"[^\n]*\S[^\n]*", self.text[start:end]), start=1):
            self._add(f"p{number}", Kind.PARAGRAPH, "", (), start + match.start(), start + match.end())

    def _closing_start(self, label: Label, end: int) -> int:
        """Where the closing words begin behind the last numbered provision; `end` where there are none."""
        at = self.text.find("\n", label.line_end)
        while 0 <= at < end:
            begin = at + 1
            at = self.text.find("\n", begin)
            stop = end if at < 0 else min(at, end)
            marks = LINE_MARKS.match(self.text, begin, stop)
            begin = marks.end() if marks else begin
            line = self.text[begin:stop].strip()
            if _CLOSING.match(line):
                return begin
            if _DATE_LINE.match(line):
                return self._signature_start(begin, label.line_end)
        return end

    def _signature_start(self, date_at: int, floor: int) -> int:
        """The start of the signing body's lines above a date: short lines that end no sentence."""
        start = date_at
        for _ in range(3):
            above = self.text[floor:start].rstrip()
            line_at = floor + above.rfind("\n") + 1
            line = self.text[line_at : floor + len(above)].strip()
            if line_at <= floor or not line or len(line) > 30 or line[-1] in _TERMINAL + "，：:,":
                break
            start = line_at
        return start

    def _line_start(self, at: int) -> int:
        return self.text.rfind("\n", 0, at) + 1

    def _add(
        self, path: str, kind: Kind, label: str, headings: tuple[str, ...], start: int, end: int
    ) -> Provision | None:
        """Add an article-level provision over the visible part of [start, end); nothing where it is blank."""
        start, end = self._trim(start, end)
        if start >= end:
            return None
        self.taken[path] += 1
        if self.taken[path] > 1:
            path = f"{path}~{self.taken[path]}"
        provision = Provision(
            doc_id=self.document.doc_id,
            path=path,
            kind=kind,
            label=label,
            headings=headings,
            start=start,
            end=end,
            article=True,
            lead=end,
        )
        self.provisions.append(provision)
        return provision

    def _trim(self, start: int, end: int) -> tuple[int, int]:
        """Leave out white space, Markdown marks, rules and leftovers at both ends."""
        moved = True
        while moved and start < end:
            moved = False
            for pattern in (re.compile(r"\s+"), _RULE_LINE, re.compile(r"#{1,6}[ \t]+|\*\*|[-*+>][ \t]+"), _LEFTOVER):
                match = pattern.match(self.text, start, end)
                if match and match.end() > start:
                    start, moved = match.end(), True
        return start, visible_end(self.text, start, end)

    def finish(self) -> Segmentation:
        spans = sorted([*self.spans, *self._remainders()], key=lambda s: s.start)
        segmentation = Segmentation(document=self.document, provisions=tuple(self.provisions), spans=tuple(spans))
        return replace(segmentation, warnings=numbering_warnings(segmentation))

    def _remainders(self) -> list[Span]:
        """What no provision and no heading holds, named."""
        covered = sorted(
            [(p.start, p.end) for p in self.provisions if p.article] + [(s.start, s.end) for s in self.spans]
        )
        out, at = [], 0
        for start, end in [*covered, (len(self.text), len(self.text))]:
            for match in re.finditer(r"\S+(?:[ \t]+\S+)*", self.text[at:start]):
                piece = match.group()
                kind = "leftover" if _LEFTOVER.search(piece) else "furniture" if not re.search(r"\w", piece) else "unassigned"
                out.append(Span(kind=kind, start=at + match.start(), end=at + match.end()))
            at = max(at, end)
        return out
