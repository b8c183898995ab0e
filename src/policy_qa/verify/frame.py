"""What an answer puts around a rule: 根据《…》第七条规定，, [1], （第七条）. It claims nothing but the rule's place."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from policy_qa.citing.find import places_in
from policy_qa.citing.grammar import PLACES, Register
from policy_qa.citing.resolve import resolve
from policy_qa.datamodels import Document, Provision, Segmentation
from policy_qa.facts.same import without_edition
from policy_qa.verify.names import subject_of
from policy_qa.words import normalize

_QUOTED = re.compile(r"[「『“\"]((?=[^「」『』“”\"\u4e00-\u9fff]*+[\u4e00-\u9fff])[^「」『』“”\"]*+)[」』”\"]")
_WORD = re.compile(r"[A-Za-z]+")
_HAN = re.compile(r"[\u4e00-\u9fff]")
#: What a frame around a quotation may say. Any other word is a claim of its own.
_FRAME_WORDS = """
according to article item section chapter paragraph of the in under as per it this that policy rule rules
document regulation regulations states state stated says say stipulates provides reads read and quote text
original chinese which is following see
"""
_FRAME = frozenset(_FRAME_WORDS.split())


def is_english(sentence: str) -> bool:
    """Whether a sentence is in English, quotations aside."""
    outside = _QUOTED.sub("", re.sub(r"《[^》]*》", "", sentence))
    words, han = len(_WORD.findall(outside)), len(_HAN.findall(outside))
    return (words >= 3 and han <= words) or (words > 0 and not han and bool(_QUOTED.search(sentence)))


def chinese_of(sentence: str) -> str:
    """What an English sentence quotes in Chinese with its article number, if it says nothing else; else empty.

    >>> chinese_of("Article 7 states: 「任期3年」.")
    'article 7「任期3年」'
    """
    quotes = _QUOTED.findall(sentence)
    outside = _QUOTED.sub(" ", sentence)
    titles = re.findall(r"《[^》]*》", outside)
    words = [w.lower() for w in _WORD.findall(re.sub(r"《[^》]*》", " ", outside))]
    if not quotes or any(w not in _FRAME for w in words) or _HAN.search(re.sub(r"《[^》]*》", "", outside)):
        return ""
    numbers = re.findall(r"(?:article|item)\s*\d+(?:\s*\(\d+\))?", outside, re.IGNORECASE)
    if len(re.findall(r"\d+", re.sub(r"\[\d+\]|《[^》]*》", "", outside))) > sum(
        len(re.findall(r"\d+", n)) for n in numbers
    ):
        return ""
    places = ", ".join(n.lower() for n in numbers)
    return "".join(titles) + places + "「" + "".join(quotes) + "」"


_TITLE = r"《[^《》]{2,80}(?:《[^《》]{2,60}》[^《》]{0,20})?》\s*(?:[（(][^（）()]{2,12}[）)])?"
_SAYS = (
    r"(?:(?:的|中|里)?\s*(?:明确|也|还|均)?\s*"
    r"(?:规定|要求|明确|指出|提出|写明|写道|载明|显示|说明|内容(?:为|是)?|原文(?:为|是)?|如下|可知))"
)
_BASED = (
    r"(?:根据|依据|按照|依照|遵照|按|据|参照|参见|见|在|"
    r"according\s+to|under|as\s+stated\s+in|per|pursuant\s+to|based\s+on)"
)
_THIS = (
    r"(?:该|本|此|上述|这份|这一|其)(?:制度|办法|规定|方案|文件|通知|条款?|细则|条例|政策|校规定|条规定|the\s+policy)"
)
_END = r"\s*+[，,：:]?\s*+"
_LEADING = (
    re.compile(
        r"\s*+(?:[-*•·●>▪]|#{1,6}|\d{1,2}(?:[.．](?!\d)|[、)）])|[（(][\d一二三四五六七八九十]{1,3}[)）]|[①-⑳])\s*+"
    ),
    re.compile(
        r"\s*+(?:因此|所以|综上(?:所述)?|总之|也就是说|换言之|具体来说|具体而言|具体如下|另外|此外|同时|其中|即|其次|首先|最后|再次|答案?|回答|注"
        r"|也?就是|简而言之)\s*+[，,：:]\s*+"
    ),
    re.compile(
        rf"\s*+(?:{_BASED}\s*+)?(?:the\s+)?(?:(?P<title>{_TITLE})\s*+的?\s*+(?:中|里)?\s*+(?P<places>{PLACES})?"
        rf"|(?:{_THIS})?\s*+的?\s*+(?P<only>{PLACES})|{_THIS})"
        rf"\s*+(?:of\s+(?:the\s+)?\w+\s*+)?(?:{_SAYS})?{_END}",
        re.IGNORECASE,
    ),
)
_TRAILING = (
    re.compile(r"(?<!\s)\s*+[\[【［]\d{1,3}[\]】］]\s*+[。；;.，,]?\s*+$"),
    re.compile(
        rf"(?<!\s)\s*+[（(]\s*+(?:{_BASED}|来源|出处|依据|引自)?\s*+[：:]?\s*+(?P<title>{_TITLE})?\s*+的?\s*+(?P<places>{PLACES})?\s*+[）)]\s*+[。；;]?\s*+$"
    ),
    re.compile(rf"(?<!\s)\s*+(?<!—)—++\s*+(?P<title>{_TITLE})\s*+(?P<places>{PLACES})?\s*+[。；;]?\s*+$"),
)
_MARK = re.compile(r"(?<!\s)\s*+[\[【［]\d{1,3}[\]】］]")


@dataclass(frozen=True, slots=True)
class Claim:
    """What a frame says about where a rule stands: `kind` is `document`, `provision` or `institution`."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Framed:
    """A sentence without (part of) its frame: the rest, and what the frame claims."""

    rest: str
    claims: tuple[Claim, ...]


def unframed(sentence: str, institutions: Sequence[str], titles: Sequence[str] = ()) -> list[Framed]:
    """The sentence as it stands, and with less and less frame around it, each with the claims of what was taken off.

    `institutions` are names that may stand alone before a colon or 规定 (宜春学院：…, 根据宜春学院的规定，…), `titles`
    those of documents that may stand without 《》.
    """
    plain = _MARK.sub("", sentence).strip()
    out = [Framed(plain, ())]
    rest, claims = plain, []
    for _ in range(6):
        taken = _from_the_end(rest) or _from_the_front(rest, institutions, titles)
        if not taken:
            break
        rest, found = taken
        claims += found
        out.append(Framed(rest, tuple(claims)))
    return [f for f in out if re.search(r"\w", f.rest)]


def _claims(match: re.Match[str]) -> list[Claim]:
    groups = match.groupdict()
    kinds = (("title", "document"), ("places", "provision"), ("only", "provision"), ("body", "institution"))
    return [Claim(kind, groups[name].strip()) for name, kind in kinds if groups.get(name)]


def titles_of(document: Document) -> set[str]:
    """A document's title as people write it without 《》: whole, without its edition, without （CIO）."""
    title = document.title
    return {
        t for t in (title, without_edition(title), re.sub(r"[（(][A-Za-z .]+[）)]", "", without_edition(title))) if t
    }


def _from_the_front(text: str, institutions: Sequence[str], titles: Sequence[str]) -> tuple[str, list[Claim]] | None:
    for pattern in _LEADING:
        match = pattern.match(text)
        if match and match.end() and match.group().strip():
            return text[match.end() :], _claims(match)
    if titles:
        names = "|".join(map(re.escape, sorted(titles, key=len, reverse=True)))
        named = rf"\s*(?:{_BASED}\s*)?(?P<title>{names})\s*(?:的|中)?\s*"
        named += rf"(?P<places>{PLACES})?(?P<says>{_SAYS})?(?P<stop>{_END})"
        match = re.match(named, text)
        if match and (match.group("says") or match.group("stop").strip() or match.group("places")):
            return text[match.end() :], _claims(match)
    if institutions:
        names = "|".join(map(re.escape, sorted(institutions, key=len, reverse=True)))
        for written in (
            rf"\s*(?P<body>{names})\s*[：:]\s*",
            rf"\s*(?:{_BASED}\s*)(?P<body>{names})\s*(?:的|中)?\s*(?:有关|相关)?(?:{_SAYS}|制度|文件|方案|办法)?\s*[，,]\s*",
            rf"\s*(?P<body>{names})\s*(?:的)?(?:制度|方案|办法|文件)?\s*{_SAYS}\s*[，,：:]?\s*",
        ):
            match = re.match(written, text)
            if match:
                return text[match.end() :], _claims(match)
        # 宜春学院首席信息官任期3年: whose it is, before what has a subject of its own.
        match = re.match(rf"(?P<body>{names})的?", text)
        if match and subject_of(text[match.end() :]):
            return text[match.end() :], _claims(match)
    return None


def _from_the_end(text: str) -> tuple[str, list[Claim]] | None:
    for pattern in _TRAILING:
        match = pattern.search(text)
        if match and match.start() and (pattern is _TRAILING[0] or _claims(match)):
            return text[: match.start()], _claims(match)
    return None


def right_document(said: str, document: Document, provision: Provision) -> bool:
    """Whether a title in 《》 is this document's or its instrument's; institution and edition may be left out."""
    name = re.sub(r"[《》\s]", "", re.sub(r"》\s*[（(].*", "", said))
    return any(title and _titles_agree(name, title) for title in (provision.instrument, document.title))


def _titles_agree(said: str, title: str) -> bool:
    a, b = (_bare(t) for t in (said, title))
    if not a or not b:
        return False
    # A title may lose its institution at the front, not the words that tell it from others.
    return a == b or (len(a) >= 6 and b.endswith(a)) or (len(b) >= 6 and a.endswith(b) and len(a) <= len(b) + 14)


def _bare(title: str) -> str:
    text = without_edition(normalize(re.sub(r"\s+", "", title)))
    return re.sub(r"[（(][A-Za-z .]+[）)]|[《》]", "", text)


def right_places(said: str, segmentation: Segmentation, owners: Sequence[Provision]) -> bool:
    """Whether the places that a frame names are where provisions stand: each of both has one of the others."""
    named = [resolve(segmentation, place, register=Register.DRAFT) for place in places_in(said)]
    fits = [[any(p.start <= o.start and o.end <= p.end for p in found) for o in owners] for found in named]
    return bool(named) and all(map(any, fits)) and all(map(any, zip(*fits, strict=True)))
