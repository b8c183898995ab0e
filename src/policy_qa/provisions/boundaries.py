"""Which labels of a document are boundaries, as its own shape decides.

Lines that begin with a label (see labels.py) are candidates. Where 条 run through an
instrument, 条 is the article level and 编, 章 and 节 (or 一、 right above a 条) are headings; elsewhere the
outermost numbering gives the sections (一、) and the next one below it the article level (（一） or 1.).
Nothing here knows a particular document.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from policy_qa.provisions.labels import (
    HEADINGS,
    Label,
    Mark,
    behind_marks,
    decimal,
    ends_sentence,
    is_inline,
    read_lines,
    title_key,
)
from policy_qa.provisions.regions import DAY, Region, issues_another, regions_of, title_right_above


def accepted_articles(text: str, labels: Sequence[Label]) -> list[Label]:
    """The 第X条 labels that open an article, not those that a sentence happens to begin with.

    The successor of the last article always opens one; inside a line only where a space sets it off. Any other number
    wants a finished sentence before it, and either a space behind it or what stands around it: a numbering that starts
    again under a title or a heading, or one that goes on above a gap. Writers who leave out the space do so throughout
    a text, so a number without one is no sign by itself.
    """
    articles = [label for label in labels if label.mark is Mark.ARTICLE]
    ahead = _Ahead(articles)
    accepted: list[Label] = []
    last = resume = (0, 0)  # the last number, and the one before it where the last was out of turn
    spaced = False
    for i, label in enumerate(articles):
        here = (label.number, label.sub)
        set_off = label.rest > label.end or label.rest == label.line_end
        follows = _follow(here, last)
        in_turn = follows or (resume != last and _follow(here, resume))
        if follows and set_off:
            opens = True
        elif is_inline(text, label):
            opens = False
        elif in_turn or not finished_before(text, label.start):
            opens = in_turn
        elif here == (1, 0) and not set_off:
            opens = (
                _is_headed(text, labels, label)
                or title_right_above(text, label.start)
                or (last[0] > 1 and ahead.counts_on(i))
            )
        else:
            goes_on = here > last and (not spaced or _is_headed(text, labels, label)) and not ahead.comes(i, last)
            opens = set_off or goes_on
        if opens:
            accepted.append(label)
            last, resume, spaced = here, here if in_turn or here == (1, 0) else last, set_off
    if len(accepted) == 1 and accepted[0].number != 1:
        return []  # one stray mention makes no document of articles
    return accepted


def _follow(here: tuple[int, int], last: tuple[int, int]) -> bool:
    """Whether 第八条 or 第七条之一 comes behind 第七条."""
    return here[1] == 0 if here[0] == last[0] + 1 else here == (last[0], last[1] + 1)


def _is_headed(text: str, labels: Sequence[Label], label: Label) -> bool:
    """Whether a heading (第二章 附则) stands right above a label."""
    at = bisect_left(labels, label.start, key=lambda x: x.start)
    above = labels[at - 1] if at else None
    return (
        above is not None and above.mark in HEADINGS and not text[above.line_end : label.start].strip(" \t\n\u3000#*-")
    )


class _Ahead:
    """What the 第X条 labels behind one are, up to the next that counts from 1 again."""

    def __init__(self, articles: Sequence[Label]) -> None:
        self._articles = articles

    @cached_property
    def _places(self) -> dict[tuple[int, int], list[int]]:
        places: dict[tuple[int, int], list[int]] = {}
        for i, label in enumerate(self._articles):
            places.setdefault((label.number, label.sub), []).append(i)
        return places

    def counts_on(self, i: int) -> bool:
        """Whether 第二条 comes right behind label `i`."""
        return i + 1 < len(self._articles) and self._articles[i + 1].number == 2

    def comes(self, i: int, last: tuple[int, int]) -> bool:
        """Whether an article that would follow `last` stands behind label `i`."""
        until = self._from((1, 0), i)
        return any(self._from(number, i) < until for number in ((last[0] + 1, 0), (last[0], last[1] + 1)))

    def _from(self, number: tuple[int, int], i: int) -> int:
        places = self._places.get(number, [])
        at = bisect_right(places, i)
        return places[at] if at < len(places) else len(self._articles)


def finished_before(text: str, at: int) -> bool:
    """Whether the text before a line is a finished sentence, a heading or nothing."""
    before = text[max(0, at - 2_000) : at].rstrip(" \t\u3000\xa0\n#*>")
    if not before or before[-1] in "：:）)》”」|" or ends_sentence(before[-8:]):
        return True
    return len(before) - (before.rfind("\n") + 1) <= 40  # a short line without a full stop is a heading


#: Words of a lead-in that a list follows: 「选举委员会的职权是：」, not of a title: 「工作职责：」.
_LEAD_IN = re.compile(r"[，,]|[下以如]下|下列|(?:是|为|包括|应当|要求有|有)[：:]$")
_VISIBLE = re.compile(r"\S")


class Event(NamedTuple):
    """A boundary: a heading line, or the start of a unit at article level."""

    label: Label
    heading: bool


class Part(NamedTuple):
    """One region with its boundaries. `by_article` tells that 条 are its article level.

    `preamble_from` is where its preamble begins: for the first instrument behind a notice that
    issues it, the notice's own start.
    """

    region: Region
    events: tuple[Event, ...]
    by_article: bool
    preamble_from: int


@dataclass(frozen=True, slots=True)
class Layout:
    """The parts of a text in order, its labels by the start of their lines, the stretches of its tables of contents."""

    parts: list[Part]
    labels: dict[int, Label]
    contents: list[tuple[int, int]]


def layout_of(text: str) -> Layout:
    """Which instruments and attachments a text has, and the boundaries inside them."""
    lines = read_lines(text)
    labels = list(lines.labels.values())
    articles = frozenset(label.start for label in accepted_articles(text, labels))
    parts = [_part(text, region) for region in regions_of(text, labels, articles, lines.listed)]
    return Layout(_without_covering_notice(text, parts), lines.labels, lines.contents)


def _part(text: str, region: Region) -> Part:
    labels = list(region.labels)
    articles = [label for label in labels if label.mark is Mark.ARTICLE]
    if len(articles) == 1 and articles[0].number != 1:
        labels, articles = [x for x in labels if x.mark is not Mark.ARTICLE], []  # a stray mention
    events = _article_events(text, labels, articles) if articles else _section_events(text, labels, region.end)
    if region.appendix and not _is_instrument(events, articles):
        events = []
    return Part(region=region, events=tuple(events), by_article=bool(articles), preamble_from=region.heading[1])


def _is_instrument(events: Sequence[Event], articles: Sequence[Label]) -> bool:
    """Whether an attachment is cut like an instrument: it has 条, or sections with points under them."""
    sections = [e for e in events if e.heading]
    return len(articles) > 1 or (len(sections) > 1 and len(events) > len(sections))


def _without_covering_notice(text: str, parts: list[Part]) -> list[Part]:
    """The parts, the notice that issues the first instrument made its preamble: its 一、二、 take no number from it.

    A text before an instrument in 条 that bears no title of its own is one too, whatever it says.
    """
    if len(parts) < 2 or parts[1].region.appendix or parts[0].by_article:
        return parts
    notice, first = parts[0].region, parts[1]
    untitled = first.by_article and not notice.title
    if not untitled and not issues_another(text[: notice.end], first.region.title):
        return parts
    return [Part(first.region, first.events, first.by_article, preamble_from=0), *parts[2:]]


def _article_events(text: str, labels: Sequence[Label], articles: Sequence[Label]) -> list[Event]:
    first = articles[0].start
    headings = [label for label in labels if label.mark in HEADINGS]
    # Before the first article, a heading that comes again later belongs to a table of contents.
    # What is kept is the chain right above the first article, and headings that come only once.
    front = [label for label in headings if label.start < first]
    later = Counter(title_key(text, label) for label in headings)
    chain: list[Label] = []
    for label in reversed(front):
        if not chain or label.mark < chain[-1].mark:
            chain.append(label)
    kept = {id(label) for label in chain}
    contents = {id(h) for h in front if id(h) not in kept and later[title_key(text, h)] > 1}
    # A heading straight after another of its own rank, both before the first article, with nothing
    # between them, is a table of contents as well, whatever its wording.
    for one, two in pairwise(front):
        if id(one) not in kept and one.mark >= two.mark and not text[one.line_end : two.start].strip(" \t\n\u3000#*"):
            contents.add(id(one))
    events = [Event(label, heading=True) for label in headings if id(label) not in contents]
    units = list(articles)
    if commas := [label for label in labels if label.mark is Mark.HAN_COMMA]:
        events += [Event(label, heading=True) for label in _section_headings(text, labels, articles)]
        units += _sections_in_series(text, commas, articles)
    events += [Event(label, heading=False) for label in units]
    return sorted(events, key=lambda e: e.label.start)


def _section_headings(text: str, labels: Sequence[Label], articles: Sequence[Label]) -> list[Label]:
    """一、总则 right above a 条, counted from 1 without a gap: headings where another document has 章."""
    starts = {article.start for article in articles}
    found = [
        one
        for one, two in pairwise(labels)
        if one.mark is Mark.HAN_COMMA
        and two.start in starts
        and _is_heading(text, one)
        and not text[one.line_end : two.start].strip(" \t\n\u3000#*-")
    ]
    numbers = [label.number for label in found]
    return found if len(found) > 1 and numbers == list(range(1, len(found) + 1)) else []


def _sections_in_series(text: str, commas: Sequence[Label], articles: Sequence[Label]) -> list[Label]:
    """一、 and 二、 that count on with the 条: 一、…三、 before 第四条, or 六、 behind 第五条.

    Only where no 第X条 has the number, and no list of items in the article above counts up to it.
    """
    taken = {(a.number, a.sub) for a in articles}
    front = [c for c in commas if c.start < articles[0].start]
    out: list[Label] = []
    if articles[0].number > 1 and [c.number for c in front] == list(range(1, articles[0].number)):
        out += front
    last = articles[-1]
    behind = [c for c in commas if c.start > last.start]
    expected = last.number + 1
    if behind and behind[0].number == expected:
        for label in behind:
            if label.number != expected or (label.number, 0) in taken or not finished_before(text, label.start):
                break
            out.append(label)
            expected += 1
    return out


def _section_events(text: str, labels: Sequence[Label], end: int) -> list[Event]:
    """Boundaries of a document without 条: headings (章), sections (outermost numbering), points (the next one)."""
    if not labels:
        return []
    if decimals := _decimal_events(text, labels, end):
        return decimals
    headings = _chapters(text, [label for label in labels if label.mark in HEADINGS])
    numbered = [label for label in labels if Mark.HAN_COMMA <= label.mark <= Mark.CIRCLED]
    first = {m: label for label in reversed(numbered) if label.number == 1 for m in (label.mark,)}
    if not first:
        return [Event(label, heading=True) for label in headings]
    top = min(first)
    events: list[Event] = []
    expected, second = 1, None
    last: dict[Mark, int] = {}
    floor = min([first[top].start, *(h.start for h in headings)])
    for label in sorted([*headings, *numbered], key=lambda x: x.start):
        if label.start < floor:
            continue
        if label.mark in HEADINGS:
            second = None
            events.append(Event(label, heading=True))
        elif label.mark is top:
            if label.number < expected and label.number != 1:
                continue
            expected, second = label.number + 1, None
            events.append(Event(label, heading=_is_heading(text, label, end)))
        elif label.mark > top and events:
            # Under a section that is only a heading, the first numbering that begins there, or runs on from
            # the section before, is the article level.
            opens = label.number in (1, last.get(label.mark, 0) + 1)
            if second is None and events[-1].heading and opens:
                second = label.mark
            if label.mark is second:
                last[second] = label.number
                events.append(Event(label, heading=False))
    return _with_content(text, events, end)


def _with_content(text: str, events: Sequence[Event], end: int) -> list[Event]:
    """The events, with what is a title only where something stands under it; else it is the provision itself."""
    out = []
    bounds = [event.label.start for event in events[1:]] + [end]
    for event, bound, below in zip(events, bounds, [*events[1:], None], strict=True):
        label = event.label
        if event.heading and label.mark not in HEADINGS:
            has_below = below is not None and (below.label.mark, below.label.sub) > (label.mark, label.sub)
            event = Event(label, has_below or _VISIBLE.search(text, label.line_end, bound) is not None)
        out.append(event)
    return out


def _decimal_events(text: str, labels: Sequence[Label], end: int) -> list[Event]:
    """Boundaries of a plan numbered 1, 1.1, 1.1.1: each number opens a unit, or a heading of those below it.

    Only where the numbers follow each other as such a numbering does, from 1 or 1.1 on, and no 一、 stands
    above them; 「2.0 行动计划」 and 「3.5万元」 at a line's start don't.
    """
    if sum(label.mark is Mark.DECIMAL and label.sub > 0 for label in labels) < 3:
        return []
    found: list[tuple[tuple[int, ...], Label]] = []
    for label in labels:
        if label.mark is Mark.HAN_COMMA and label.number == 1 and not found:
            return []
        if label.mark is Mark.DIGIT_DOT:  # 「1. 总则」 above 「1.1 目的」
            label = label._replace(mark=Mark.DECIMAL)
        if label.mark is not Mark.DECIMAL:
            continue
        here = tuple(int(part) for part in decimal(label).split("."))
        if _follows(found[-1][0] if found else (), here):
            found.append((here, label))
    if sum(len(here) > 1 for here, _ in found) < 3:
        return []
    return _with_content(text, [Event(label, _is_heading(text, label)) for _, label in found], end)


def _follows(last: tuple[int, ...], here: tuple[int, ...]) -> bool:
    """Whether a decimal number comes next after another: 2.1 → 2.1.1, 2.2 or 3."""
    if not last:
        return here in ((1,), (1, 1))
    if len(here) > len(last):
        return here[:-1] == last and here[-1] == 1
    return here[:-1] == last[: len(here) - 1] and here[-1] == last[len(here) - 1] + 1


def _chapters(text: str, headings: Sequence[Label]) -> list[Label]:
    """The 章 of a document without 条, entries of a table of contents left out."""
    last = {title_key(text, label): label.start for label in headings}
    return [label for label in headings if last[title_key(text, label)] == label.start]


def _is_heading(text: str, label: Label, end: int | None = None) -> bool:
    """Whether a section's line is a title of what follows, not a provision in itself."""
    rest = text[label.rest : label.line_end].strip().rstrip("*_")
    if not rest or len(rest) > 40 or "。" in rest or "；" in rest or ends_sentence(rest):
        return False
    if rest[-1] in "：:" and (len(rest) > 20 or _LEAD_IN.search(rest)):
        return False
    return end is None or bool(_VISIBLE.search(text, label.line_end, end))


# How the closing words of an official document begin (《党政机关公文格式》 GB/T 9704): what is asked of the
# receivers, the fixed formulas, the contacts, the announced attachments.
_CLOSING = re.compile(
    r"(?:特此|专此|请各|请(?:认真)?(?:遵照|贯彻)|望各|现(?:予|将).{0,20}印发|以上(?:意见|请示|报告|通知)|妥否|此(?:复|件|通知)|"
    r"联\s*+系\s*+(?:人|电话|方式)|附\s*+件\s*+[0-9０-９一二三四五六七八九十]{0,3}\s*+[:：])"
)
#: The last words of a notice in 一、: 「本通知自印发之日起执行。」; in 条 such a line is a 款 of the last one.
_IN_FORCE = re.compile(r"本[^，。；\s]{2,8}自[^。；\n]{1,40}(?:施行|执行|实施|生效)(?:[，。；]|$)")
_DATE_LINE = re.compile(rf"{DAY}$")


def closing_start(text: str, last: Event, end: int) -> int:
    """Where the closing words begin behind the last boundary; `end` where there are none."""
    label = last.label
    at = text.find("\n", label.line_end)
    while 0 <= at < end:
        begin = at + 1
        at = text.find("\n", begin)
        stop = end if at < 0 else min(at, end)
        begin = behind_marks(text, begin, stop)
        line = text[begin:stop].strip()
        behind_words = not last.heading or text[label.line_end : begin].strip(" \t\u3000\n#>*-")
        if _CLOSING.match(line) or (label.mark is not Mark.ARTICLE and behind_words and _IN_FORCE.match(line)):
            return begin
        if _DATE_LINE.match(line):
            return _signature_start(text, begin, label.line_end)
    return end


def _signature_start(text: str, date_at: int, floor: int) -> int:
    """The start of the signing body's lines above a date: short lines that end no sentence."""
    start = date_at
    for _ in range(3):
        above = text[floor:start].rstrip()
        line_at = floor + above.rfind("\n") + 1
        line = text[line_at : floor + len(above)].strip()
        if line_at <= floor or not line or len(line) > 30 or line[-1] in "，：:," or ends_sentence(line):
            break
        start = line_at
    return start
