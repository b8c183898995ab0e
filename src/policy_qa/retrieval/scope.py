"""Which documents a question means: names mined from titles, issuers and definitions, never a list in code."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from policy_qa.datamodels import Document
from policy_qa.words import normalize

_ORG_SUFFIX = re.compile(
    r"(?:教育体育局|教育文化体育局|教育局|教体局|教育厅|教育部|教育委员会|人民政府(?:办公室|办公厅)?|委员会|办公室|办公厅|"
    r"职业技术学院|职业学院|师范学院|师范大学|学院|大学|学校|中学|小学|幼儿园|局|厅)+$"
)
_PLACE_SUFFIX = re.compile(r"(?:自治区|自治州|自治县|省|市|县|区|旗|州|盟)$")
_VERSION = re.compile(r"[（(](?:讨论稿|征求意见稿|送审稿|草案|试行|暂行|修订|修订稿|\d{4}年?.{0,6})[)）]$")
_KIND = re.compile(r"(?:工作|实施|管理|暂行)*(?:办法|规定|方案|制度|细则|条例|通知|意见|章程|规则|规程)$")
_DEFINED = re.compile(r"([\u4e00-\u9fff]{2,16})[（(]\s*以下简称\s*[“\"「]?([\u4e00-\u9fff]{2,8})[”\"」]?\s*[)）]")
_PLACE_WORD = re.compile(r"[\u4e00-\u9fff]{2,8}?(?:大学|学院|中学|小学|学校|自治区|省|市|县|教育局|教育厅|教体局)")
# Words that open an English question with a capital and belong to no name.
_SCHOOLS = "University|College|County|City|Province|School"
_OPENERS = "Does|Do|Is|Are|Can|Who|What|Which|How|When|Where|Why|At|In|Of|The|For|Has|Have|Should|Must"
#: Ordinary words that look like the name of a place or school.
_NOT_A_NAME = re.compile(
    r"^(?:各|全|本|我|我们|该|贵|你们|咱|咱们|每|哪|哪个|哪些|几|两|三|四|所有|其他|其它|别的|一个|一所|某|同|外|兄弟|不同|上述|这|那|这些|那些|几个|"
    r"在|由|对|和|与|及|请问|问|问下|中|小|市|县|省|区|城|超)*"
    r"(?:大学|学院|中学|小学|中小学|学校|省|市|县|教育局|教育厅|教体局|院校|高校)$"
)


@dataclass(frozen=True, slots=True)
class Scope:
    """What a question says about where to look.

    `doc_ids` the documents it names, in the order named (empty: none named); `soft` tells that only
    a term defined in the document pointed there, no institution or title; `unknown` institutions
    that it names and that no document belongs to; `rest` the question without the names; `every`
    asks about all documents on purpose (「各校」, 「哪些学校」); `foreign_titles` titles in 《》 that no
    document of the corpus has.
    """

    doc_ids: tuple[str, ...]
    soft: bool
    unknown: tuple[str, ...]
    rest: str
    every: bool
    foreign_titles: tuple[str, ...] = ()


class ScopeFinder:
    """Finds the documents that a question names. `places` are place names that jieba's dictionary knows."""

    def __init__(self, documents: Sequence[Document], places: frozenset[str]) -> None:
        self._documents = tuple(documents)
        self._aliases = _aliases(documents)
        self._soft = _defined_aliases(documents)
        self._corpus = normalize("".join(d.text for d in documents))
        self._places = places

    def find(self, question: str) -> Scope:
        """The scope of a question in Chinese or English, as typed (capitals tell names in English)."""
        text = normalize(question).strip()
        named, rest = _consume(text, self._aliases)
        soft = not named
        if soft:
            named, _ = _consume(text, self._soft)
        foreign = tuple(t.strip() for t in re.findall(r"《([^《》]{2,60})》", rest) if t.strip())
        unknown = self._unknown(rest) if not named or not foreign else ()
        if question.isascii():
            unknown += self._unknown_english(question, rest)
        for name in unknown:
            rest = rest.replace(normalize(name), " ")
        every = bool(
            re.search(
                r"各(?:个)?(?:校|学校|单位|地|县|市|文件|机构|院校|家|份)|哪(?:些|几)(?:个|所|份|家)?(?:学校|单位|地方|机构|文件|制度|政策|县|市)|"
                r"(?:几|三|四|两)(?:个|份|所|家)(?:学校|单位|地方|机构|文件|制度|政策)|都(?:有|是|怎么)|分别|"
                r"\b(?:each|every|all|both|which) (?:of )?(?:the )?(?:school|institution|polic|document)",
                text,
            )
        )
        return Scope(
            doc_ids=named,
            soft=soft and bool(named),
            unknown=unknown,
            rest=rest,
            every=every and not named,
            foreign_titles=foreign,
        )

    def _unknown(self, rest: str) -> tuple[str, ...]:
        """Names of places or schools in what is left of the question that the corpus never mentions."""
        out: dict[str, None] = {}
        for match in _PLACE_WORD.finditer(rest):
            name = match.group()
            if _NOT_A_NAME.match(name) or name in self._corpus:
                continue
            stem = _PLACE_SUFFIX.sub("", _ORG_SUFFIX.sub("", name))
            known = [p for size in range(len(stem), 1, -1) for p in (stem[-size:],) if p in self._places]
            if known or re.search(r"(?:大学|学院)$", name):
                out[(known[0] if known else stem) + name[len(stem) :]] = None
        for size in (5, 4, 3, 2):
            for at in range(len(rest) - size + 1):
                word = rest[at : at + size]
                if word in self._places and word not in self._corpus and not any(word in name for name in out):
                    out[word] = None
        return tuple(out)

    def _unknown_english(self, question: str, rest: str) -> tuple[str, ...]:
        """Names like Tsinghua University or Shanghai: capitalised, and a school's name or a place in pinyin."""
        out: dict[str, None] = {}
        for match in re.finditer(
            rf"\b((?!(?:{_OPENERS})\b)[A-Z][a-z]+(?: [A-Z][a-z]+)*?) ({_SCHOOLS})\b",
            question,
        ):
            if normalize(match.group(1).split()[-1]) in rest.split():
                out[match.group()] = None
        for match in re.finditer(r"(?<=[a-z,] )([A-Z][a-z]{4,})\b", question):
            word = normalize(match.group(1))
            if word in rest and word in _place_pinyin(self._places) and not any(match.group(1) in name for name in out):
                out[match.group(1)] = None
        return tuple(out)


@cache
def _place_pinyin(places: frozenset[str]) -> frozenset[str]:
    return frozenset(_pinyin(p) for p in places if len(p) <= 3)


def _consume(text: str, aliases: Sequence[tuple[str, str]]) -> tuple[tuple[str, ...], str]:
    """(documents named, the text with the names blanked out); longer names first, order as in the text."""
    at: dict[str, int] = {}
    for alias, doc_id in aliases:
        # No \b: there is no word boundary between a Latin letter and a Chinese character.
        pattern = rf"(?<![a-z0-9]){re.escape(alias)}(?:'s)?(?![a-z0-9])" if alias.isascii() else re.escape(alias)
        for match in re.finditer(pattern, text):
            at.setdefault(doc_id, match.start())
            text = text[: match.start()] + " " * len(match.group()) + text[match.end() :]
    return tuple(sorted(at, key=at.__getitem__)), text


def _aliases(documents: Sequence[Document]) -> list[tuple[str, str]]:
    """(alias, doc_id), longest first; an alias that would fit two documents is left out."""
    found: list[tuple[str, str]] = []
    for document in documents:
        names = {document.doc_id, document.doc_id.replace("-", " ")}
        title = _VERSION.sub("", document.title)
        names |= {document.title, title}
        if document.number:
            names.add(document.number)
        for org in filter(None, (document.issuer, _leading_org(title))):
            names |= _org_names(org)
        if not document.issuer and not _leading_org(title):
            names.add(_KIND.sub("", title))
        found += [(n, document.doc_id) for n in {normalize(n) for n in names} if len(n) >= 2]
    counts = Counter(alias for alias, _ in found)
    unique = [(alias, doc_id) for alias, doc_id in found if counts[alias] == 1]
    return sorted(unique, key=lambda pair: (-len(pair[0]), pair[0]))


def _leading_org(title: str) -> str:
    match = re.match(r"[\u4e00-\u9fff]{2,12}?(?:大学|学院|学校|中学|小学|省|市|县|区)(?=[\u4e00-\u9fff])", title)
    return match.group() if match else ""


def _org_names(org: str) -> set[str]:
    """An institution's name and the short forms that people use, with their pinyin: 宜春学院, 宜春, yichun."""
    place = _ORG_SUFFIX.sub("", org)
    short = _PLACE_SUFFIX.sub("", place)
    names = {n for n in (org, place, short) if len(n) >= 2}
    names |= {place + suffix for suffix in ("教育局", "教体局") if place.endswith(("市", "县", "区")) and place}
    for name in (place, short):
        if len(name) >= 2:
            names.add(_pinyin(name))
    return {n for n in names if n}


def _pinyin(name: str) -> str:
    from pypinyin import lazy_pinyin

    return "".join(lazy_pinyin(name))


def _defined_aliases(documents: Sequence[Document]) -> list[tuple[str, str]]:
    """Short names that a document gives to what its title is about: 领导小组 in 《信息化工作领导小组工作办法》."""
    found: dict[str, set[str]] = {}
    for document in documents:
        for match in _DEFINED.finditer(document.text):
            if match.group(2) in document.title:
                found.setdefault(match.group(2), set()).add(document.doc_id)
        tail = document.doc_id.replace("-", " ").split(" ", 1)[-1]
        if " " in tail:
            found.setdefault(normalize(tail), set()).add(document.doc_id)
    titles = [d.title for d in documents]
    out = [(a, next(iter(ids))) for a, ids in found.items() if len(ids) == 1 and sum(a in t for t in titles) <= 1]
    return sorted(out, key=lambda pair: -len(pair[0]))
