"""Which labels of a document are boundaries, as its own shape decides.

Lines that begin with a label (see labels.py) are candidates. Where 条 run through a document, 条 is the
article level and 章 and 节 are headings; elsewhere the outermost numbering gives the sections (一、)
and the next one below it the article level (（一） or 1.). Nothing here knows a particular document.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

from policy_qa.provisions.labels import Label, Mark, label_of

_HEADINGS = (Mark.PART, Mark.CHAPTER, Mark.SUBCHAPTER)
_TERMINAL = "。；;！？!?"


@dataclass(frozen=True, slots=True)
class Event:
    """A boundary: a heading line, or the start of a unit at article level."""

    label: Label
    heading: bool


@dataclass(frozen=True, slots=True)
class Shape:
    """Where a document's parts begin: `events` up to `body_end`, then the attachments with their ends."""

    events: tuple[Event, ...]
    body_end: int
    appendices: tuple[tuple[Label, int], ...]


def shape_of(text: str) -> Shape:
    """The boundaries that a text's own numbering gives it."""
    lines = _lines(text)
    labels = [label for i, (start, end) in enumerate(lines) if (label := label_of(text, start, end, i))]
    articles = _accepted_articles(text, labels)
    events = _article_events(text, labels, articles) if articles else _section_events(text, lines, labels)
    body_end, appendices = _split_appendices(labels, events, len(text), by_article=bool(articles))
    return Shape(tuple(e for e in events if e.label.start < body_end), body_end, tuple(appendices))


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


def _article_events(text: str, labels: list[Label], articles: list[Label]) -> list[Event]:
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
    for one, two in pairwise(front):
        if id(one) not in kept and one.mark >= two.mark and not text[one.line_end : two.start].strip(" \t\n\u3000#*"):
            contents.add(id(one))
    events = [Event(label, heading=True) for label in headings if id(label) not in contents]
    events += [Event(label, heading=False) for label in articles]
    return sorted(events, key=lambda e: e.label.start)


def _section_events(text: str, lines: list[tuple[int, int]], labels: list[Label]) -> list[Event]:
    """Boundaries of a document without 条: sections (outermost numbering) and points (the next one)."""
    numbered = [label for label in labels if Mark.HAN_COMMA <= label.mark <= Mark.CIRCLED]
    first = {m: label for label in reversed(numbered) if label.number == 1 for m in (label.mark,)}
    if not first:
        return []
    top = min(first)
    events: list[Event] = []
    expected, second = 1, None
    for label in numbered:
        if label.start < first[top].start:
            continue
        if label.mark is top:
            if label.number < expected and label.number != 1:
                continue
            expected, second = label.number + 1, None
            events.append(Event(label, heading=_is_heading(text, lines, label)))
        elif label.mark > top and events:
            # Under a section that is only a heading, the first numbering found is the article level.
            if second is None and _opens_points(events):
                second = label.mark
            if label.mark is second:
                events.append(Event(label, heading=False))
    return events


def _opens_points(events: list[Event]) -> bool:
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
    labels: list[Label], events: list[Event], length: int, *, by_article: bool
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
