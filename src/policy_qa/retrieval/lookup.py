"""Lookup by number: 第七条, 第7条第（二）项, 第三章, 三、, 附件1, Article 7.

A number resolves to its provision or to nothing, never to a neighbour.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from policy_qa.datamodels import Kind, Provision, Segmentation
from policy_qa.numerals import HAN_NUMERAL_CHARS, NUMERAL_CHARS, parse_number, to_han
from policy_qa.words import normalize

_N = rf"([{NUMERAL_CHARS}](?:[{NUMERAL_CHARS}\s]*[{NUMERAL_CHARS}])?)"
_ITEM = rf"(?:\s*的?\s*第?\s*[（(]?\s*{_N}\s*[)）]?\s*项)"
_ARTICLE = re.compile(
    rf"第\s*{_N}\s*条(?:\s*之\s*([{HAN_NUMERAL_CHARS}]{{1,3}}|\d+))?(?:\s*的?\s*第\s*{_N}\s*款)?{_ITEM}?"
)
_RANGE = re.compile(rf"\s*[至到—～~-]+\s*(?:第\s*)?{_N}\s*条")
_BARE_APPENDIX = re.compile(
    r"^(?:[\u4e00-\u9fff\s]{0,12}的)?[\s,，]*附\s*件[里中的内上]*(?:是|有|写|说|了|讲|什么|哪些|内容|呢|啥|\s)*[?？。]?\s*$"
)
_MORE = re.compile(rf"\s*(至|到|[-—～~、，,和及与])\s*第?\s*[（(]?\s*{_N}\s*[)）]?\s*项")
_CHAPTER = re.compile(rf"第\s*{_N}\s*(章|节|编)")
_SECTION = re.compile(
    rf"第\s*{_N}\s*(?:部分|大?点|大项|大条)|(?:^|[^\u4e00-\u9fff第])([{HAN_NUMERAL_CHARS}]{{1,3}})(?:、|(?=\s*[（(]))"
)
# The point of a section, a few words after it: 「三、任职要求」里的第2项, 二、（二）.
_POINT = re.compile(
    rf"^[^。？?（(第]{{0,14}}(?:第?\s*[（(]\s*{_N}\s*[)）]|第\s*{_N}\s*(?:项|点|条|款|小点))|^\s*(\d{{1,3}})\s*[.．]?\s*(?:$|[?？呢是])"
)
_APPENDIX = re.compile(rf"附\s*件\s*{_N}|第\s*{_N}\s*个?附件")
_ONLY_ITEM = re.compile(rf"第\s*[（(]?\s*{_N}\s*[)）]?\s*[项款点]")
_EN = re.compile(
    r"\b(article|art\.?|clause|chapter|section|part|item|paragraph|appendix|annex|attachment)\s*(?:no\.?\s*)?"
    r"(\d{1,4}|[ivx]{1,5})\b(?:\s*[,(]?\s*(?:item|paragraph|point|\()\s*(\d{1,3})\)?)?"
)
_EN_ORDINAL = re.compile(r"\b(\d{1,3})(?:st|nd|rd|th)\s+(article|chapter|section|item)\b")
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7, "viii": 8, "ix": 9, "x": 10}


@dataclass(frozen=True, kw_only=True, slots=True)
class NumberRef:
    """A provision named by number. `kind` is 条, 章, 节, 编, 部分, 附件 or 项; 0 stands for "not given".

    `shown` is how a refusal repeats it: 第四条, 第二章, 附件3.
    """

    kind: str
    number: int
    sub: int = 0
    paragraph: int = 0
    item: int = 0

    @property
    def shown(self) -> str:
        """The number as a refusal repeats it."""
        number = to_han(self.number) if self.number <= 9999 else str(self.number)
        if self.kind == "附件":
            return f"附件{self.number}"
        out = f"第{number}{self.kind}"
        out += f"之{to_han(self.sub)}" if self.sub else ""
        out += f"第{to_han(self.paragraph)}款" if self.paragraph else ""
        out += f"第{to_han(self.item)}项" if self.item and self.kind != "项" else ""
        return out


def numbers_in(question: str) -> list[NumberRef]:
    """The provisions that a question names by number, in order."""
    text = normalize(question)
    found: list[tuple[int, NumberRef]] = []
    taken: list[tuple[int, int]] = []

    def take(match: re.Match[str], ref: NumberRef, end: int | None = None) -> None:
        span = (match.start(), end or match.end())
        if not any(a < span[1] and span[0] < b for a, b in taken):
            taken.append(span)
            found.append((match.start(), ref))

    for match in _SECTION.finditer(text):
        digits = match.group(1) or match.group(2)
        number = parse_number(digits)
        if number:
            inner = _POINT.match(text[match.end() :])
            item = parse_number(next(g for g in inner.groups() if g)) if inner else 0
            end = match.end() + (inner.end() if inner else 0)
            take(match, NumberRef(kind="部分", number=number, item=item or 0), end)
    for match in _ARTICLE.finditer(text):
        number, sub, paragraph, item = (parse_number(g) if g else 0 for g in match.groups())
        if number is not None:
            ref = NumberRef(kind="条", number=number, sub=sub or 0, paragraph=paragraph or 0, item=item or 0)
            take(match, ref)
            found += [(match.start(), replace(ref, number=n)) for n in _range_end(text[match.end() :], number)]
            found += [(match.start(), replace(ref, item=more)) for more in _more_items(text[match.end() :], ref.item)]
    for match in _CHAPTER.finditer(text):
        if (number := parse_number(match.group(1))) is not None:
            take(match, NumberRef(kind=match.group(2), number=number))
    for match in _APPENDIX.finditer(text):
        if (number := parse_number(match.group(1) or match.group(2))) is not None:
            take(match, NumberRef(kind="附件", number=number))
    if _BARE_APPENDIX.match(text):
        found.append((0, NumberRef(kind="附件", number=1)))
    found += _english(text)
    if not found:
        for match in _ONLY_ITEM.finditer(text):
            if number := parse_number(match.group(1)):
                take(match, NumberRef(kind="项", number=number, item=number))
    return list(dict.fromkeys(ref for _, ref in sorted(found, key=lambda pair: pair[0])))


def _range_end(rest: str, first: int) -> range:
    """The articles after the first in 「第一条至第三条」, 50 at most."""
    match = _RANGE.match(rest)
    last = parse_number(match.group(1)) if match else None
    return range(first + 1, min(last, first + 50) + 1) if last else range(0)


def _more_items(rest: str, first: int) -> list[int]:
    """The items after the first in 「第一项至第四项」 and 「第一项、第三项」; a range counts 50 at most."""
    out: list[int] = []
    last = first
    while last and (match := _MORE.match(rest)):
        number = parse_number(match.group(2)) or 0
        ranged = match.group(1) in "至到-—～~"
        out += range(last + 1, min(number, last + 50) + 1) if ranged else [number]
        last, rest = number, rest[match.end() :]
    return out


def _english(text: str) -> list[tuple[int, NumberRef]]:
    out = []
    hits = [(m.start(), m.group(1), m.group(2), m.group(3)) for m in _EN.finditer(text)]
    hits += [(m.start(), m.group(2), m.group(1), None) for m in _EN_ORDINAL.finditer(text)]
    for at, word, digits, item in hits:
        number = int(digits) if digits.isdigit() else _ROMAN.get(digits, 0)
        kind = {"chapter": "章", "section": "部分", "part": "部分", "item": "项", "paragraph": "项"}.get(word, "条")
        if word in ("appendix", "annex", "attachment"):
            kind = "附件"
        if number:
            inner = int(item) if item else number if kind == "项" else 0
            out.append((at, NumberRef(kind=kind, number=number, item=inner)))
    return out


def resolve(segmentation: Segmentation, ref: NumberRef) -> list[Provision]:
    """The provisions of one document that a number names; empty where the document has no such number."""
    if ref.kind == "附件":
        return [p for p in segmentation.articles if p.path.split("~")[0] == f"appendix-{ref.number}"]
    if ref.kind in ("章", "节", "编"):
        return _under_heading(segmentation, rf"第\s*({_N})\s*{ref.kind}", ref.number)
    if ref.kind == "部分":
        return _section(segmentation, ref)
    if ref.kind == "条":
        return _article(segmentation, ref)
    return []


def has_articles(segmentation: Segmentation) -> bool:
    """Whether 条 are the document's article level."""
    return any(p.kind is Kind.ARTICLE for p in segmentation.articles)


def _counted_points(segmentation: Segmentation) -> list[Provision]:
    """The points with arabic numbers of a document without 条."""
    return [p for p in segmentation.articles if p.kind is Kind.POINT and p.label[:1].isdigit()]


def numbers_run_through(segmentation: Segmentation) -> bool:
    """Whether the points of a document without 条 are counted through all its sections (1 to 17)."""
    numbers = [p.path.split(".")[-1] for p in _counted_points(segmentation)]
    return len(numbers) > 1 and len(set(numbers)) == len(numbers)


def inside(segmentation: Segmentation, article: Provision, paragraph: int, item: int) -> list[Provision]:
    """A 款 or 项 of an article by number; empty where it has none such."""
    children = [p for p in segmentation.provisions if p.parent == article.path]
    if paragraph:
        found = [p for p in children if p.path == f"{article.path}.p{paragraph}"]
        if not item:
            # People say 第三款 for the third （三） where an article has items and no paragraphs.
            return found or [p for p in children if p.path == f"{article.path}.{paragraph}"]
        if found:
            a, b = found[0].start, found[0].end
            return [p for p in children if p.kind is Kind.ITEM and a <= p.start < b and _tail(p) == item]
        return []
    return [p for p in children if p.kind is Kind.ITEM and _tail(p) == item]


def _tail(provision: Provision) -> int:
    digits = re.sub(r"~.*", "", provision.path).split(".")[-1]
    return int(digits) if digits.isdigit() else -1


def _article(segmentation: Segmentation, ref: NumberRef) -> list[Provision]:
    if has_articles(segmentation):
        path = f"{ref.number}-{ref.sub}" if ref.sub else str(ref.number)
        articles = [p for p in segmentation.articles if p.kind is Kind.ARTICLE and p.path.split("~")[0] == path]
    elif numbers_run_through(segmentation) and not ref.sub:
        articles = [p for p in _counted_points(segmentation) if p.path.split(".")[-1] == str(ref.number)]
    else:
        return []
    if not (ref.paragraph or ref.item):
        return articles
    return [p for a in articles for p in inside(segmentation, a, ref.paragraph, ref.item)]


def _section(segmentation: Segmentation, ref: NumberRef) -> list[Provision]:
    if has_articles(segmentation):
        return _under_heading(segmentation, rf"第\s*({_N})\s*章", ref.number)
    found = [
        p
        for p in segmentation.articles
        if p.kind in (Kind.SECTION, Kind.POINT) and re.sub(r"~.*", "", p.path).split(".")[0] == str(ref.number)
    ]
    if ref.item:
        points = [p for p in found if p.kind is Kind.POINT and _tail(p) == ref.item]
        return points or [p for a in found for p in inside(segmentation, a, 0, ref.item)]
    return found


def _under_heading(segmentation: Segmentation, pattern: str, number: int) -> list[Provision]:
    def matches(heading: str) -> bool:
        match = re.match(pattern, heading)
        return match is not None and parse_number(match.group(1)) == number

    return [p for p in segmentation.articles if any(matches(h) for h in p.headings)]


def known_numbers(segmentations: Sequence[Segmentation], kind: str) -> dict[str, int]:
    """doc_id -> the highest number of that kind that it has, for a refusal that tells what there is."""
    out = {}
    for segmentation in segmentations:
        if kind == "条":
            numbers = [
                int(p.path.split("-")[0].split("~")[0])
                for p in segmentation.articles
                if p.kind is Kind.ARTICLE and p.path[:1].isdigit()
            ]
            if numbers:
                out[segmentation.document.doc_id] = max(numbers)
    return out
