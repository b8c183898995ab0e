"""Where a draft names provisions by number, and which: 第七条第（二）项, 第七、八条, 四、岗位管理 5., 附件2第三条.

A place is found here; what it means, `retrieval.numbers` says. Lists fall into one mention a member, so that
each is judged by itself; a later member takes from the one before what it doesn't say (、第三项).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from policy_qa.numerals import HAN_NUMERAL_CHARS, NUMERAL_CHARS, parse_number
from policy_qa.retrieval.numbers import NumberRef, numbers_in

_S = r"[ \t\u3000]*+"
#: Longer ones name nothing (`parse_number`).
_N = rf"[{NUMERAL_CHARS}](?:[{NUMERAL_CHARS} ]{{0,60}}[{NUMERAL_CHARS}])?"
_AND = r"(?:、|，|,|和|及|与|以及|或者?)"
_TO = r"(?:至|到|[-—–～~]{1,4})"
_SUB = rf"(?:{_S}之{_S}(?:[{HAN_NUMERAL_CHARS}]{{1,3}}|[0-9０-９]{{1,2}}))"
_ARTICLE = re.compile(
    rf"第{_S}(?P<n>{_N})(?P<more>(?:{_S}(?:{_AND}|{_TO}){_S}第?{_S}{_N}){{0,30}}){_S}条(?P<sub>{_SUB})?(?![件约])"
)
_HEADING = re.compile(rf"第{_S}(?P<n>{_N}){_S}(?P<kind>分编|编|章|节)(?![课堂省约])")
_SECTION = re.compile(rf"第{_S}(?P<n>{_N}){_S}(?P<kind>部分|大?点|大项)")
_PRINTED = re.compile(
    rf"{_S}(?P<n>[{HAN_NUMERAL_CHARS}]{{1,3}})、(?P<title>[^，。；：、（）()《》“”「」\n第]{{0,16}}?)(?={_S}[（(]|{_S}\d{{1,3}}[.．]|[，。；：、）)”」\n规]|第|$)"
)
_APPENDIX = re.compile(rf"附{_S}件{_S}(?P<n>{_N})(?![\d个份页])")
_ROW = re.compile(rf"{_S}(?:的?表格?)?{_S}第{_S}(?P<n>{_N}){_S}行")
_PARAGRAPH = re.compile(rf"{_S}的?{_S}第{_S}(?P<n>{_N}){_S}款")
_ITEM = re.compile(rf"{_S}的?{_S}第?{_S}[（(]?{_S}(?P<n>{_N}){_S}[)）]?{_S}(?:项|小?点)")
_BRACKETED = re.compile(rf"{_S}的?{_S}第?{_S}[（(]{_S}(?P<n>{_N}){_S}[)）]")
_DOTTED = re.compile(rf"{_S}(?P<n>\d{{1,3}})(?=[.．、](?!\d)|{_S}[，。；：）)”」])[.．、]?")
_PASSAGE = re.compile(rf"{_S}的?{_S}第{_S}(?P<n>{_N}){_S}段")
#: A heading of the draft's own, or of a document named before it, that a 第3点 belongs to.
_UNDER_HEADING = re.compile(rf"[{HAN_NUMERAL_CHARS}]{{1,3}}、[^，。；：、\n]{{0,16}}$")
_SUBITEM = re.compile(rf"{_S}的?{_S}第{_S}(?P<n>{_N}){_S}目")
_DECIMAL = re.compile(r"(?<![\d.])\d{1,2}(?:\.\d{1,2}){1,4}(?![\d.]|\s*+[%万亿元年月日度个])")
_LINK = re.compile(rf"{_S}(?P<word>{_AND}|{_TO}){_S}")
_SAME_ARTICLE = re.compile(r"(?:该|同|本|此|上述|前述)条")
_ALONE = re.compile(rf"(?<![{NUMERAL_CHARS}条款项目])第{_S}[（(]?{_S}{_N}{_S}[)）]?{_S}[款项]")
#: What follows a 第二款 that names a provision; 「第二款产品」 does not.
_AFTER_ALONE = re.compile(r"\s*+(?:的?(?:规定|要求|明确|所列|所称|内容)|还|也|则|均|中|[）)，,。；;：:、]|$)")


@dataclass(frozen=True, kw_only=True, slots=True)
class Mention:
    """A stretch of a draft that names provisions. `linked` tells that it goes on a list that stands before it.

    `point` tells that a 第5点 is meant, which may be a section or a point that is counted through them;
    `within` that no article is said (第二款, 该条第三项) and the one before is meant; `printed` that it is
    written as a heading is (四、…), so that only the name of a document right before it makes it a citation;
    `passage` is a 第二段 inside it.
    """

    start: int
    end: int
    refs: tuple[NumberRef, ...]
    linked: bool = False
    point: bool = False
    within: bool = False
    printed: bool = False
    passage: int = 0


def mentions(text: str) -> list[Mention]:
    """All places of a text that name a provision by number, in order."""
    out: list[Mention] = []
    patterns = (_ARTICLE, _HEADING, _SECTION, _APPENDIX, _SAME_ARTICLE, _ALONE)
    # Each pattern's next match; only one that has been passed is looked for again, so that time is linear.
    ahead = {pattern: pattern.search(text) for pattern in patterns}
    while any(ahead.values()):
        match = min((m for m in ahead.values() if m), key=lambda m: (m.start(), -m.end()))
        found = _from(text, match)
        out += found
        at = max(found[-1].end if found else 0, match.start() + 1)
        for pattern, other in ahead.items():
            if other and (other is match or other.start() < at):
                ahead[pattern] = pattern.search(text, at)
    return out


def decimal_at(text: str, at: int) -> Mention | None:
    """A number like 2.1.1 that stands at an offset, right behind the name of a document."""
    match = _DECIMAL.match(text, at)
    return _mention(match.start(), match.end(), f"第{match.group()}条") if match else None


def printed_at(text: str, at: int) -> Mention | None:
    """A place named as a document without 条 prints it (四、岗位管理 5.), right behind the document's name."""
    match = _PRINTED.match(text, at)
    if not match or not parse_number(match.group("n")):
        return None
    start = match.start() + len(match.group()) - len(match.group().lstrip())
    point = _BRACKETED.match(text, match.end()) or _ITEM.match(text, match.end()) or _DOTTED.match(text, match.end())
    said, end = f"第{match.group('n')}部分", match.end()
    if point:
        said, end = f"{said}第{point.group('n')}项", point.end()
    passage = _PASSAGE.match(text, end)
    found = _mention(start, passage.end() if passage else end, said, printed=True)
    return found and replace(found, passage=(parse_number(passage.group("n")) or 0) if passage else 0)


def _from(text: str, match: re.Match[str]) -> list[Mention]:
    """The mentions that begin with a match; none where it is none after all."""
    if match.re is _ARTICLE:
        return _list(text, match)
    if match.re is _SAME_ARTICLE:
        inner, end = _inner(text, match.end(), brackets=False)
        return [_within(match.start(), end, inner), *_parts(text, end, "")[0]] if inner else []
    if match.re is _ALONE:
        inner, end = _inner(text, match.start(), brackets=False)
        return [_within(match.start(), end, inner)] if inner and _AFTER_ALONE.match(text, end) else []
    headed = _headed(text, match)
    return [headed] if headed else []


def _headed(text: str, match: re.Match[str]) -> Mention | None:
    """A chapter, a section or an attachment, and what is named in it."""
    if not parse_number(match.group("n")):
        return None
    said, end = match.group(), match.end()
    if match.re is _SECTION:
        if "点" in match.group() and _UNDER_HEADING.search(text, max(0, match.start() - 24), match.start()):
            return None
        point = _ITEM.match(text, end) or _BRACKETED.match(text, end)
        if point:
            return _mention(match.start(), point.end(), f"第{match.group('n')}部分第{point.group('n')}项")
        found = _mention(match.start(), end, f"第{match.group('n')}部分")
        return found and replace(found, point=match.group("kind") == "点")
    below = re.compile(rf"{_S}的?{_S}").match(text, end)
    article = _ARTICLE.match(text, below.end() if below else end)
    inner_heading = _HEADING.match(text, below.end() if below else end)
    if inner_heading and match.re is _HEADING:
        said, end = said + inner_heading.group(), inner_heading.end()
        article = _ARTICLE.match(text, end)
    if article and not article.group("more"):
        inner, stop = _inner(text, article.end(), brackets=True)
        return _mention(match.start(), stop, said + article.group() + inner)
    if match.re is _APPENDIX:
        if row := _ROW.match(text, end):
            return _mention(match.start(), row.end(), f"{said}第{row.group('n')}行", printed=True)
        item = _ITEM.match(text, end)
        said, end = (f"{said}第{item.group('n')}项", item.end()) if item else (said, end)
    found = _mention(match.start(), end, said)
    return found and replace(found, printed=True)


def _list(text: str, match: re.Match[str]) -> list[Mention]:
    """An article, and what follows it on a list: 第七条第一项、第三项和第八条."""
    out: list[Mention] = []
    further: re.Match[str] | None = match
    while further:
        own, end, article = _article(text, further)
        if own is None:
            break
        inner, end = _parts(text, end, article)
        out += [replace(own, linked=bool(out)), *inner]
        link = _LINK.match(text, end)
        further = _ARTICLE.match(text, link.end()) if link else None
    return out


def _article(text: str, match: re.Match[str]) -> tuple[Mention | None, int, str]:
    """(an article with what is named in it, where that ends, the article's own number as text)."""
    number, sub = match.group("n"), match.group("sub") or ""
    if parse_number(number) is None:
        return None, match.end(), ""
    if more := match.group("more"):
        # 第七、八条; 第七至九条.
        said = f"第{number}条"
        for part in re.finditer(rf"(?P<word>{_AND}|{_TO}){_S}第?{_S}(?P<n>{_N})", more):
            said += f"{'至' if re.fullmatch(_TO, part.group('word')) else '、'}第{part.group('n')}条"
        return _mention(match.start(), match.end(), said + sub), match.end(), ""
    inner, end = _inner(text, match.end(), brackets=True)
    said = f"第{number}条{sub}{inner}"
    link = _LINK.match(text, end)
    last = _ARTICLE.match(text, link.end()) if link and re.fullmatch(_TO, link.group("word")) else None
    if link and last and not inner and not sub:
        said, end = f"{said}至第{last.group('n')}条", last.end()
    elif link and re.fullmatch(_TO, link.group("word")) and inner and (item := _last_item(text, link.end())):
        said, end = f"{said}至第{item.group('n')}项", item.end()
    return _mention(match.start(), end, said), end, f"第{number}条{sub}"


def _last_item(text: str, at: int) -> re.Match[str] | None:
    return _ITEM.match(text, at) or _BRACKETED.match(text, at)


def _inner(text: str, at: int, *, brackets: bool) -> tuple[str, int]:
    """What is named inside an article (第二款第三项), in one spelling, and where that ends."""
    said, end = "", at
    if match := _PARAGRAPH.match(text, end):
        said, end = f"第{match.group('n')}款", match.end()
    item = _ITEM.match(text, end) or (_BRACKETED.match(text, end) if brackets else None)
    if item and parse_number(item.group("n")):
        said, end = f"{said}第{item.group('n')}项", item.end()
        if match := _SUBITEM.match(text, end):
            said, end = f"{said}第{match.group('n')}目", match.end()
    return said, end


def _parts(text: str, at: int, article: str) -> tuple[list[Mention], int]:
    """The later members of a list inside one article (、第三项), and where they end."""
    out: list[Mention] = []
    while link := _LINK.match(text, at):
        inner, end = _inner(text, link.end(), brackets=bool(article))
        if not inner or _ARTICLE.match(text, link.end()):
            break
        later = _mention(link.end(), end, article + inner) if article else _within(link.end(), end, inner)
        if later:
            out.append(replace(later, linked=True))
        at = end
    return out, at


def _mention(start: int, end: int, said: str, *, printed: bool = False) -> Mention | None:
    refs = tuple(numbers_in(said))
    return Mention(start=start, end=end, refs=refs, printed=printed) if refs else None


def _within(start: int, end: int, inner: str) -> Mention:
    """第二款 alone: its article stands before it; 0 is its number until that is known."""
    refs = tuple(replace(ref, number=0) for ref in numbers_in(f"第一条{inner}"))
    return Mention(start=start, end=end, refs=refs, within=True)


__all__ = ["Mention", "decimal_at", "mentions", "printed_at"]
