"""Numbers that name provisions, as people write them: 第七条, 第7条第（二）项, 附件2第三条, 2.1.1, Article 7."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from policy_qa.numerals import HAN_NUMERAL_CHARS, NUMERAL_CHARS, parse_number, to_han
from policy_qa.words import normalize

_N = rf"([{NUMERAL_CHARS}](?:[{NUMERAL_CHARS}\s]*[{NUMERAL_CHARS}])?)"
_ITEM = rf"(?:\s*+的?\s*+第?\s*+[（(]?\s*+{_N}\s*+[)）]?\s*+项(?:\s*+的?\s*+第\s*+{_N}\s*+目)?)"
_ARTICLE = re.compile(
    rf"第\s*+{_N}\s*+条(?:\s*+之\s*+([{HAN_NUMERAL_CHARS}]{{1,3}}|\d+))?(?:\s*+的?\s*+第\s*+{_N}\s*+款)?{_ITEM}?"
)
_RANGE = re.compile(rf"\s*+[至到—～~-]+\s*+(?:第\s*+)?{_N}\s*+条")
#: 第七、八条 and 第一、三项 are short for 第七条、第八条 and 第一项、第三项.
_ENUMERATED = re.compile(rf"第\s*+({_N}(?:\s*+[、,和及与]\s*+{_N})+)\s*+([条款项])")
_BARE_APPENDIX = re.compile(
    r"^(?:[\u4e00-\u9fff\s]{0,12}的)?[\s,，]*附\s*+件[里中的内上]*(?:是|有|写|说|了|讲|什么|哪些|内容|呢|啥|\s)*[?？。]?\s*+$"
)
_MORE = re.compile(rf"\s*+(至|到|[-—～~、，,和及与])\s*+第?\s*+[（(]?\s*+{_N}\s*+[)）]?\s*+项")
_HEADING = re.compile(rf"第\s*+{_N}\s*+(分编|编|章|节)")
_SECTION = re.compile(
    rf"第\s*+{_N}\s*+(?:部分|大?点|大项|大条)|(?:^|[^\u4e00-\u9fff第])([{HAN_NUMERAL_CHARS}]{{1,3}})(?:、|(?=\s*+[（(]))"
)
# The point of a section, a few words after it: 「三、任职要求」里的第2项, 二、（二）.
_POINT = re.compile(
    rf"^[^。？?（(第]{{0,14}}(?:第?\s*+[（(]\s*+{_N}\s*+[)）]|第\s*+{_N}\s*+(?:项|点|条|款|小点))|^\s*+(\d{{1,3}})\s*+[.．]?\s*+(?:$|[?？呢是])"
)
_APPENDIX = re.compile(rf"(?:附\s*+件\s*+{_N}|第\s*+{_N}\s*+个?附件){_ITEM}?")
_ROW = re.compile(rf"(?:表格?|名单|清单)?\s*+[里中的内上]*\s*+第\s*+{_N}\s*+行")
_ONLY_ITEM = re.compile(rf"第\s*+[（(]?\s*+{_N}\s*+[)）]?\s*+[项款点]")
# 2.1.1 in a plan numbered so. With one dot it may as well be a quantity: then something has to say what it is.
_DECIMAL = re.compile(
    r"(?<![\d.a-z])(?:第\s*+)?(\d{1,2}(?:\.\d{1,2}){2,4})(?![\d.]|\s*+[%万亿元年月日度])|"
    r"第\s*+(\d{1,2}\.\d{1,2})\s*+(?:条|款|节|项|点|部分|章)|"
    r"(?<![\d.a-z])(\d{1,2}\.\d{1,2})(?:\s*+(?:小节|节|条|款|部分)|(?=\s*+(?:的内容|的规定|规定了?什么|写了?什么|说了?什么|讲了?什么|是什么)))|"
    r"^\W*(\d{1,2}\.\d{1,2})\W*$"
)
_EN = re.compile(
    r"\b(article|art\.?|clause|chapter|section|part|item|paragraph|appendix|annex|attachment)\s*+(?:no\.?\s*+)?"
    r"(\d{1,4}|[ivx]{1,5})\b(?!\.\d)(?:-(\d{1,2})\b)?(?:\s*+[,(]?\s*+(item|paragraph|point|\()\s*+(\d{1,3})\)?)?"
)
_EN_ORDINAL = re.compile(r"\b(\d{1,3})(?:st|nd|rd|th)\s+(article|chapter|section|item)\b")
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7, "viii": 8, "ix": 9, "x": 10}
#: What may stand between 附件2 and the 第三条 of it, 第三章 and the 第二节 of it.
_JOINED = re.compile(r"\s*+(?:里面|当中|[的里中内])?\s*+的?\s*+")
_LEVELS = ("编", "分编", "章", "节", "条")


@dataclass(frozen=True, kw_only=True, slots=True)
class NumberRef:
    """A provision named by number. `kind` is 条, 章, 节, 编, 分编, 部分, 点, 附件 or 项; 0 stands for "not given".

    `appendix` is the attachment that it stands in, `within` the headings that are named above it
    (`(("章", 3),)` for 第三章第五条), `digits` a decimal number (2.1.1), of which `number` is the last.
    """

    kind: str
    number: int
    sub: int = 0
    paragraph: int = 0
    item: int = 0
    subitem: int = 0
    row: int = 0
    appendix: int = 0
    within: tuple[tuple[str, int], ...] = ()
    digits: str = ""

    @property
    def inner(self) -> bool:
        """Whether something inside an article or an attachment is named, not the whole."""
        return bool(self.paragraph or self.item or self.subitem or self.row)

    @property
    def whole(self) -> NumberRef:
        """The article or attachment that it is or stands in."""
        return replace(self, paragraph=0, item=0, subitem=0, row=0)

    @property
    def shown(self) -> str:
        """The number as a refusal repeats it: 第四条, 第二章, 附件3."""
        out = f"附件{self.appendix}" if self.appendix else ""
        out += "".join(f"第{_han(n)}{kind}" for kind, n in self.within)
        if self.kind == "附件":
            out += f"附件{self.number}"
        else:
            out += self.digits or f"第{_han(self.number)}{self.kind}"
        out += f"之{to_han(self.sub)}" if self.sub else ""
        out += f"第{to_han(self.paragraph)}款" if self.paragraph else ""
        out += f"第{to_han(self.item)}项" if self.item and self.kind != "项" else ""
        out += f"第{to_han(self.subitem)}目" if self.subitem else ""
        return out + (f"表格第{self.row}行" if self.row else "")


def _han(number: int) -> str:
    return to_han(number) if number <= 9999 else str(number)


@dataclass(frozen=True, slots=True)
class _Hit:
    start: int
    end: int
    ref: NumberRef


def numbers_in(question: str) -> list[NumberRef]:
    """The provisions that a question names by number, in order."""
    text = _ENUMERATED.sub(_spelled_out, normalize(question))
    hits = _sections(text)
    for found in (_articles(text), _headings(text), _decimals(text), _appendices(text), _english(text)):
        taken = [(h.start, h.end) for h in hits]
        hits += [h for h in found if not any(a < h.end and h.start < b for a, b in taken)]
    if _BARE_APPENDIX.match(text):
        hits.append(_Hit(0, 0, NumberRef(kind="附件", number=1)))
    if not hits:
        for match in _ONLY_ITEM.finditer(text):
            if number := parse_number(match.group(1)):
                hits.append(_Hit(match.start(), match.end(), NumberRef(kind="项", number=number, item=number)))
    joined = _join(sorted(hits, key=lambda h: h.start), text)
    return list(dict.fromkeys(joined))


def _spelled_out(match: re.Match[str]) -> str:
    numbers = re.split(r"\s*[、,和及与]\s*", match.group(1))
    return "、".join(f"第{n}{match.groups()[-1]}" for n in numbers)


def _sections(text: str) -> list[_Hit]:
    out = []
    for match in _SECTION.finditer(text):
        if number := parse_number(match.group(1) or match.group(2)):
            inner = _POINT.match(text[match.end() :])
            item = parse_number(next(g for g in inner.groups() if g)) if inner else 0
            end = match.end() + (inner.end() if inner else 0)
            out.append(_Hit(match.start(), end, NumberRef(kind="部分", number=number, item=item or 0)))
    return out


def _articles(text: str) -> list[_Hit]:
    out = []
    for match in _ARTICLE.finditer(text):
        number, sub, paragraph, item, subitem = (parse_number(g) or 0 if g else 0 for g in match.groups())
        if parse_number(match.group(1)) is None:
            continue
        first = NumberRef(kind="条", number=number, sub=sub, paragraph=paragraph, item=item, subitem=subitem)
        rest = text[match.end() :]
        refs = [first, *(replace(first, number=n, sub=0) for n in _range_end(rest, number))]
        refs += [replace(first, item=more, subitem=0) for more in _more_items(rest, item)]
        out += [_Hit(match.start(), match.end(), ref) for ref in refs]
    return out


def _headings(text: str) -> list[_Hit]:
    return [
        _Hit(m.start(), m.end(), NumberRef(kind=m.group(2), number=number))
        for m in _HEADING.finditer(text)
        if (number := parse_number(m.group(1))) is not None
    ]


def _decimals(text: str) -> list[_Hit]:
    out = []
    for match in _DECIMAL.finditer(text):
        digits = ".".join(str(int(n)) for n in next(g for g in match.groups() if g).split("."))
        ref = NumberRef(kind="点", number=int(digits.rpartition(".")[2]), digits=digits)
        out.append(_Hit(match.start(), match.end(), ref))
    return out


def _appendices(text: str) -> list[_Hit]:
    out = []
    for match in _APPENDIX.finditer(text):
        if (number := parse_number(match.group(1) or match.group(2))) is not None:
            item, subitem = (parse_number(g) or 0 if g else 0 for g in match.groups()[2:])
            ref = NumberRef(kind="附件", number=number, item=item, subitem=subitem)
            out.append(_Hit(match.start(), match.end(), ref))
    return out


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


def _english(text: str) -> list[_Hit]:
    out = []
    hits = [(m, m.group(1), m.group(2), m.group(3), m.group(4), m.group(5)) for m in _EN.finditer(text)]
    hits += [(m, m.group(2), m.group(1), None, None, None) for m in _EN_ORDINAL.finditer(text)]
    for match, word, digits, sub, what, inside in hits:
        number = int(digits) if digits.isdigit() else _ROMAN.get(digits, 0)
        kind = {"chapter": "章", "section": "部分", "part": "部分", "item": "项", "paragraph": "项"}.get(word, "条")
        if word in ("appendix", "annex", "attachment"):
            kind = "附件"
        if number:
            ref = NumberRef(kind=kind, number=number, sub=int(sub or 0) if kind == "条" else 0)
            if kind == "项":
                ref = replace(ref, item=number)
            elif inside:
                ref = replace(ref, paragraph=int(inside)) if what == "paragraph" else replace(ref, item=int(inside))
            out.append(_Hit(match.start(), match.end(), ref))
    return out


def _join(hits: list[_Hit], text: str) -> list[NumberRef]:
    """附件2第三条 is one place, not two; so are 第三章第二节 and 附件1表格第2行."""
    out: list[_Hit] = []
    for hit in hits:
        if out and (below := _below(out[-1].ref, hit.ref)) and _JOINED.fullmatch(text[out[-1].end : hit.start]):
            out[-1] = _Hit(out[-1].start, hit.end, below)
        else:
            out.append(hit)
    for i, hit in enumerate(out):
        joined = _JOINED.match(text, hit.end)
        row = _ROW.match(text, joined.end() if joined else hit.end)
        if row and hit.ref.kind in ("附件", "条"):
            out[i] = replace(hit, ref=replace(hit.ref, row=parse_number(row.group(1)) or 0))
    return [hit.ref for hit in out]


def _below(outer: NumberRef, inner: NumberRef) -> NumberRef | None:
    """What the second names inside the first; None where it names something else."""
    if outer.inner:
        return None
    if outer.kind == "附件" and inner.kind in (*_LEVELS, "部分", "点") and not inner.appendix:
        return replace(inner, appendix=outer.number)
    levels = [_LEVELS.index(r.kind) if r.kind in _LEVELS else -1 for r in (outer, inner)]
    if -1 < levels[0] < levels[1] and outer.kind != "条" and not inner.within:
        above = (*outer.within, (outer.kind, outer.number))
        return replace(inner, within=above, appendix=outer.appendix)
    return None
