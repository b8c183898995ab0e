"""References to provisions in running text: where they stand, what they name, whose provisions they mean."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from policy_qa.lint.scope import INSTRUMENTS
from policy_qa.numerals import parse_number

_N = "[0-9０-９一二三四五六七八九十百千零〇]{1,7}"
_ITEM_N = rf"[（(]?\s*+{_N}\s*+[）)]?"
_LINK = r"\s*+(?:、|，|和|及|与|或者?|以及|至|到|[-—~～－])\s*+"
_PLACE = re.compile(
    rf"第\s*+(?P<n>{_N})(?:{_LINK}第?\s*+(?P<n2>{_N}))?\s*+(?P<unit>编|章|节|条|款)"
    rf"(?:(?<=条)\s*+之\s*+(?P<sub>[一二三四五六七八九十]{{1,2}}|\d{{1,2}}))?"
    rf"(?:(?<!款)(?:第\s*+(?P<para>{_N})\s*+款))?"
    rf"(?:第?\s*+(?P<items>{_ITEM_N}(?:\s*+项?(?:、|和|及|或者?|至)第?\s*+{_ITEM_N}){{0,30}})\s*+项)?"
)
_OWN = re.compile(rf"本(?P<kind>{INSTRUMENTS})(?:的|之|中)?$")
_TITLED = re.compile(r"《(?P<title>[^《》]*(?:《[^《》]*》[^《》]*)*)》(?:[（(][^（）()]*[)）])?(?:的|之|中)?$")
_OTHER = re.compile(
    rf"(?:{INSTRUMENTS}|公约|协定|协议|合同|议定书|宪法|修正案|总则|分则|附件|附表|附录|民诉法|刑诉法|该|同|前述|上述|所附|[）)〉”\"」])"
    r"(?:[一二三四五六七八九十\d]+|的|之|中|修正前|修订前)?$"
)
_HERE = re.compile(r"本条(?:的|之|中)?(?:第\s*+\S{1,3}\s*+款)?$")
_LINKED = re.compile(rf"(?:(?:的)?规定|所列(?:情形)?|之一)?(?:{_LINK})?(?:第\s*+)?")


_AFTER_PARAGRAPH = re.compile(r"\s*(?:[规的第、和所中至，。；情及或与适除之处）)项办执]|$)")


class Owner(Enum):
    """Whose provision a reference means."""

    SELF = "self"  # 本办法第三条
    BARE = "bare"  # 第三条, nothing before it: the same document
    HERE = "here"  # 本条第二款
    TITLED = "titled"  # 《…办法》第三条
    OTHER = "other"  # 刑法第三条, 该法第三条


@dataclass(frozen=True, kw_only=True, slots=True)
class Mention:
    """One reference: `unit` 第 `numbers`, then 款 and 项 inside; 0 and () where it names none.

    `title` is the other document's title, or what the document calls itself (办法 of 本办法).
    """

    start: int
    end: int
    owner: Owner
    title: str = ""
    unit: str
    numbers: tuple[int, ...]
    sub: int = 0
    paragraph: int = 0
    items: tuple[int, ...] = ()


def mentions(text: str, start: int, end: int) -> Iterator[Mention]:
    """The references of text[start:end], in text order; a list's later members have its owner."""
    owner, title = Owner.BARE, ""
    last_end, article = -1, (0, 0)
    for match in _PLACE.finditer(text, start, end):
        between = text[last_end : match.start()] if last_end >= 0 else None
        if between is None or not _LINKED.fullmatch(between):
            owner, title = _owner(text[max(start, match.start() - 80) : match.start()])
            article = (0, 0)
        last_end = match.end()
        numbers = tuple(n for g in ("n", "n2") if match.group(g) and (n := parse_number(match.group(g))) is not None)
        if not numbers:
            continue
        items = tuple(n for part in re.findall(_N, match.group("items") or "") if (n := parse_number(part)) is not None)
        if match.group("unit") == "款" and not _AFTER_PARAGRAPH.match(text, match.end(), end):
            continue  # 第三款产品
        unit, sub = match.group("unit"), parse_number(match.group("sub") or "") or 0
        paragraph = parse_number(match.group("para") or "") or 0
        if unit == "款" and article[0]:  # 第五条第一款、第三款
            unit, (number, sub), paragraph = "条", article, numbers[-1]
            numbers = (number,)
        article = (numbers[-1], sub) if unit == "条" else (0, 0)
        yield Mention(
            start=match.start(),
            end=match.end(),
            owner=owner,
            title=title,
            unit=unit,
            numbers=numbers,
            sub=sub,
            paragraph=paragraph,
            items=items,
        )


def _owner(before: str) -> tuple[Owner, str]:
    before = before.rstrip(" \u3000\t")
    if _HERE.search(before):
        return Owner.HERE, ""
    if match := _OWN.search(before):
        return Owner.SELF, match.group("kind")
    if match := _TITLED.search(before):
        return Owner.TITLED, match.group("title")
    if _OTHER.search(before):
        return Owner.OTHER, ""
    return Owner.BARE, ""
