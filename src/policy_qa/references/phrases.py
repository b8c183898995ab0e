"""The words that refer to another provision, as they stand in a text: 第五条第二款, 前款第（三）项, 本章, 附件2."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum

from policy_qa.lint.mentions import Mention, Owner, mentions
from policy_qa.lint.scope import INSTRUMENTS
from policy_qa.numerals import parse_number

_N = "[0-9０-９一二三四五六七八九十百零〇]{1,4}"
_ITEMS = (
    rf"第\s*+[（(]?\s*+{_N}\s*+[）)]?"
    rf"(?:\s*+项?\s*+(?:、|和|及|或者?|至|到)\s*+第?\s*+[（(]?\s*+{_N}\s*+[）)]?){{0,30}}\s*+项"
)
#: 前条第一款、第二款: the second is not of this article.
_OF_BEFORE = re.compile(r"前条[^，。；\n]{0,40}[款项][、和及与或]第?$|前条$")
#: What shows that 第一项 without brackets is an item, not 第一项工作.
_GOES_ON = re.compile(r"规定|所[列称述指]|情形|的(?:规定|情形)|之[一外]|[、和及或与至]\s*+第")
_BACK = re.compile(
    r"(?:(?<=本条)|(?<![以目之提此先当日年月超条]))(?<!条之.)前(?P<back>[一二两三四五六])?(?P<unit>款|条|项)(?![件约例文目物式费额])"
    rf"(?:第\s*+(?P<para>{_N})\s*+款)?(?P<items>{_ITEMS})?"
)
_ITEM = re.compile(rf"(?<![条款目编章节分])(?P<own>本[条款])?(?P<items>{_ITEMS})(?!目)")
_HERE = re.compile(r"本(?P<unit>编|章|节)(?![程节约省目]|第.{1,3}[章节])")
_ATTACHED = re.compile(
    r"(?P<own>本[\u4e00-\u9fff]{2,4}的?|[见按如照依据]|见本[\u4e00-\u9fff]{2,4}的?)?(?P<word>附件|附表|附录)\s*"
    rf"(?P<n>{_N})?(?![\d、.．：:])"
)
#: Words that make it somebody else's: 《…》附件2, 电子邮件附件, 该附件.
_ANOTHERS = re.compile(r"[》〉”\"」该其所的]$|邮件$")
_OWN_BEFORE = re.compile(
    rf"(?:本(?:{INSTRUMENTS}|条)|《[^《》]*(?:《[^《》]*》[^《》]*)*》(?:[（(][^（）()]*[)）])?)(?:的|之|中)?$"
)
_TO = re.compile(r"\s*+(?:至|到|[-—~～－])\s*+(?:第\s*+)?")


class Way(Enum):
    """How a phrase names what it means."""

    NUMBER = "number"  # 第五条, 本办法第五条第二款
    BACK = "back"  # 前款, 前两款, 前条第（二）项
    ITEM = "item"  # 第（三）项, of the same article
    HERE = "here"  # 本章
    ATTACHED = "attached"  # 附件2


@dataclass(frozen=True, kw_only=True, slots=True)
class Phrase:
    """One reference in a text. `mention` and `last` (the end of a range) only where it names a number.

    `unit` 款 条 项 of 前…, 章 of 本章, 附件 …; `back` how many; `number` of an attachment, 0 for none; `above` the
    第三章 of 第三章第一节.
    """

    start: int
    end: int
    way: Way
    mention: Mention | None = None
    last: Mention | None = None
    unit: str = ""
    back: int = 0
    number: int = 0
    paragraph: int = 0
    items: tuple[int, ...] = ()
    above: Mention | None = None


def phrases(text: str, start: int, end: int) -> list[Phrase]:
    """The references of text[start:end], in text order, none inside another."""
    out = list(_backward(text, start, end))
    for found in (_numbered(text, start, end), _items(text, start, end), _others(text, start, end)):
        taken = sorted((p.start, p.end) for p in out)
        out += [p for p in found if not _overlaps(taken, p)]
    return sorted(out, key=lambda p: p.start)


def _overlaps(taken: list[tuple[int, int]], phrase: Phrase) -> bool:
    """Whether a phrase shares a character with one of some stretches, none of which overlaps another."""
    i = bisect_left(taken, (phrase.end,))
    return i > 0 and taken[i - 1][1] > phrase.start


def numbers_of(items: str) -> tuple[int, ...]:
    """The numbers of 第（一）项、第（三）项 and 第一至三项, ranges spelled out."""
    out: list[int] = []
    for match in re.finditer(rf"(?P<to>[至到][^0-9０-９一二三四五六七八九十百零〇至到]*+)?(?P<n>{_N})", items):
        number = parse_number(match.group("n"))
        if number is None:
            continue
        out += range(out[-1] + 1, number + 1) if match.group("to") and out and number - out[-1] < 30 else [number]
    return tuple(out)


def _numbered(text: str, start: int, end: int) -> Iterator[Phrase]:
    before: Phrase | None = None
    for mention in mentions(text, start, end):
        if mention.unit == "款" and _OF_BEFORE.search(text, max(start, mention.start - 20), mention.start):
            continue
        if before and before.mention and not before.last:
            earlier, between = before.mention, text[before.end : mention.start]
            if _TO.fullmatch(between) and mention.unit == earlier.unit:
                before = _phrase(text, earlier, mention, start)
                continue
            if between in ("", "的") and "编章节".find(earlier.unit) < "编章节".find(mention.unit):
                inner = replace(mention, owner=earlier.owner)
                before = replace(before, end=mention.end, mention=inner, above=earlier)
                continue
        if before:
            yield before
        before = _phrase(text, mention, None, start)
    if before:
        yield before


def _phrase(text: str, mention: Mention, last: Mention | None, floor: int) -> Phrase:
    begin = mention.start
    if mention.owner in (Owner.SELF, Owner.HERE, Owner.TITLED):
        own = _OWN_BEFORE.search(text[max(floor, begin - 80) : begin].rstrip())
        begin = begin - (len(text[max(floor, begin - 80) : begin]) - own.start()) if own else begin
    return Phrase(
        start=begin,
        end=(last or mention).end,
        way=Way.NUMBER,
        mention=mention,
        last=last,
        items=numbers_of(match.group())
        if mention.items and (match := re.search(_ITEMS, text[mention.start : mention.end]))
        else mention.items,
    )


def _backward(text: str, start: int, end: int) -> Iterator[Phrase]:
    for match in _BACK.finditer(text, start, end):
        back = match.group("back")
        yield Phrase(
            start=match.start(),
            end=match.end(),
            way=Way.BACK,
            unit=match.group("unit"),
            back=1 if not back else 2 if back == "两" else "一二三四五六".index(back) + 1,
            paragraph=parse_number(match.group("para") or "") or 0,
            items=numbers_of(match.group("items") or ""),
        )


def _items(text: str, start: int, end: int) -> Iterator[Phrase]:
    for match in _ITEM.finditer(text, start, end):
        items = match.group("items")
        if match.group("own") or re.search("[（(]", items) or _GOES_ON.match(text, match.end()):
            yield Phrase(start=match.start(), end=match.end(), way=Way.ITEM, items=numbers_of(items))


def _others(text: str, start: int, end: int) -> Iterator[Phrase]:
    for match in _HERE.finditer(text, start, end):
        yield Phrase(start=match.start(), end=match.end(), way=Way.HERE, unit=match.group("unit"))
    for match in _ATTACHED.finditer(text, start, end):
        number = parse_number(match.group("n") or "") or 0
        at_line_start = not text[text.rfind("\n", start, match.start()) + 1 : match.start()].strip(" \u3000#*-（(")
        own = match.group("own") or ""
        if (not own and (not number or _ANOTHERS.search(text[max(start, match.start() - 3) : match.start()]))) or (
            at_line_start and not own
        ):
            continue
        begin = match.start("own") if own.startswith("本") else match.start("word")
        yield Phrase(start=begin, end=match.end(), way=Way.ATTACHED, unit=match.group("word"), number=number)
