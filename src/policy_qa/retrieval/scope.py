"""Which documents a question means: names mined from titles, issuers and definitions, never a list in code."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

from policy_qa.datamodels import Document
from policy_qa.retrieval.focus import asks_to_compare
from policy_qa.versions import Versions, asked
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

    `doc_ids` the documents it names, in the order named (empty: none named), of a policy with several
    versions the one that is meant, by default the one in force; `soft` tells that only
    a term defined in the document pointed there, no institution or title; `unknown` institutions
    that it names and that no document belongs to; `rest` the question without the names; `every`
    asks about all documents on purpose (「各校」, 「哪些学校」); `foreign_titles` titles in 《》 that no
    document of the corpus has. `named` holds all versions of the policies that it names, `left_out` the
    versions of any policy that aren't meant; `versioned` tells that it says itself which are.
    """

    doc_ids: tuple[str, ...]
    soft: bool
    unknown: tuple[str, ...]
    rest: str
    every: bool
    foreign_titles: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    versioned: bool = False

    def within(self, wanted: Sequence[str]) -> tuple[str, ...]:
        """The documents to look in where a caller wants only some (empty: any); empty for all but `left_out`."""
        return tuple(d for d in self.named if d in wanted) or tuple(wanted) or self.doc_ids

    def following(self, previous: Scope) -> Scope:
        """The scope of a question that names no document, after one that did: the same policies, the same versions."""
        left_out = self.left_out if self.versioned else previous.left_out
        doc_ids = tuple(d for d in previous.named if d not in left_out)
        return replace(
            self,
            doc_ids=doc_ids,
            named=previous.named,
            left_out=left_out,
            soft=previous.soft,
            unknown=previous.unknown,
        )


class ScopeFinder:
    """Finds the documents that a question names. `places` are place names that jieba's dictionary knows."""

    def __init__(self, documents: Sequence[Document], places: frozenset[str], versions: Versions | None = None) -> None:
        self._documents = tuple(documents)
        self._versions = versions or Versions(documents)
        self._aliases, self._exact = _aliases(documents, self._versions)
        self._soft = _defined_aliases(documents, self._versions)
        self._corpus = normalize("".join(d.text for d in documents))
        self._places = places

    def find(self, question: str) -> Scope:
        """The scope of a question in Chinese or English, as typed (capitals tell names in English)."""
        text = normalize(question).strip()
        named, rest, used = _consume(text, self._aliases)
        soft = not named
        if soft:
            named, _, _ = _consume(text, self._soft)
        exact = {d for alias in used & self._exact for d in self._aliases_of(alias)}
        named, left_out, words = self._versions_meant(rest, named, exact)
        for word in words:
            rest = rest.replace(word, " " * len(word))
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
            doc_ids=tuple(d for d in named if d not in left_out),
            soft=soft and bool(named),
            unknown=unknown,
            rest=rest,
            every=every and not named,
            foreign_titles=foreign,
            named=named,
            left_out=left_out,
            versioned=bool(words or exact),
        )

    def _aliases_of(self, alias: str) -> tuple[str, ...]:
        return next(ids for name, ids in self._aliases if name == alias)

    def _versions_meant(
        self, rest: str, named: tuple[str, ...], exact: set[str]
    ) -> tuple[tuple[str, ...], tuple[str, ...], list[str]]:
        """(all versions of what is named, the versions that are not meant, the words that say which are).

        Those that the question names are meant, all where it compares them, else the one in force.
        """
        members: dict[str, None] = {}
        for doc_id in named:
            family = self._versions.of(doc_id)
            members.update(dict.fromkeys(family.doc_ids if family else (doc_id,)))
        left_out: list[str] = []
        words: list[str] = []
        for family in self._versions.on():
            meant = set(exact.intersection(family.doc_ids))
            if not members or members.keys() & set(family.doc_ids):
                said = asked(rest, family, self._versions.document)
                meant |= set(said.doc_ids)
                words += said.words
                # 「…的任期有什么不同」 about one policy alone sets its versions side by side.
                if not meant and members and members.keys() <= set(family.doc_ids) and asks_to_compare(rest):
                    meant = set(family.doc_ids)
            left_out += [d for d in family.doc_ids if d not in (meant or family.doc_ids[:1])]
        return tuple(members), tuple(left_out), words

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


def _consume(text: str, aliases: Sequence[tuple[str, tuple[str, ...]]]) -> tuple[tuple[str, ...], str, set[str]]:
    """(documents named, the text with the names blanked out, the names); longer ones first, order as in the text."""
    at: dict[str, int] = {}
    used: set[str] = set()
    for alias, doc_ids in aliases:
        # No \b: there is no word boundary between a Latin letter and a Chinese character.
        pattern = rf"(?<![a-z0-9]){re.escape(alias)}(?:'s)?(?![a-z0-9])" if alias.isascii() else re.escape(alias)
        for match in re.finditer(pattern, text):
            for doc_id in doc_ids:
                at.setdefault(doc_id, match.start())
            used.add(alias)
            text = text[: match.start()] + " " * len(match.group()) + text[match.end() :]
    return tuple(sorted(at, key=at.__getitem__)), text, used


def _aliases(
    documents: Sequence[Document], versions: Versions
) -> tuple[list[tuple[str, tuple[str, ...]]], frozenset[str]]:
    """(alias, documents), longest first, and the aliases that name one version of a policy.

    An alias of one version fits all of them, save what is its own: its number, its doc_id, its title
    with （讨论稿）. One that would fit two policies is left out.
    """
    found: dict[str, dict[str, bool]] = {}
    for document in documents:
        title = _VERSION.sub("", document.title)
        own = {document.doc_id, document.doc_id.replace("-", " "), document.number}
        shared = {title}
        (shared if title == document.title else own).add(document.title)
        for org in filter(None, (document.issuer, _leading_org(title))):
            shared |= _org_names(org)
        if not document.issuer and not _leading_org(title):
            shared.add(_KIND.sub("", title))
        for names, exact in ((own, True), (shared, False)):
            for name in {normalize(n) for n in names}:
                if len(name) >= 2:
                    before = found.setdefault(name, {}).get(document.doc_id, True)
                    found[name][document.doc_id] = before and exact
    out: list[tuple[str, tuple[str, ...]]] = []
    single = set()
    for alias, holders in found.items():
        first = next(iter(holders))
        family = versions.of(first)
        everyone = family.doc_ids if family else (first,)
        if not holders.keys() <= set(everyone):
            continue
        if family and len(holders) == 1 and holders[first]:
            single.add(alias)
            everyone = (first,)
        out.append((alias, everyone))
    return sorted(out, key=lambda pair: (-len(pair[0]), pair[0])), frozenset(single)


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


def _defined_aliases(documents: Sequence[Document], versions: Versions) -> list[tuple[str, tuple[str, ...]]]:
    """Short names that a document gives to what its title is about: 领导小组 in 《信息化工作领导小组工作办法》."""
    found: dict[str, set[tuple[str, ...]]] = {}
    titles: dict[tuple[str, ...], list[str]] = {}
    for document in documents:
        family = versions.of(document.doc_id)
        everyone = family.doc_ids if family else (document.doc_id,)
        titles.setdefault(everyone, []).append(document.title)
        for match in _DEFINED.finditer(document.text):
            if match.group(2) in document.title:
                found.setdefault(match.group(2), set()).add(everyone)
        tail = document.doc_id.replace("-", " ").split(" ", 1)[-1]
        if " " in tail:
            found.setdefault(normalize(tail), set()).add(everyone)
    out = [
        (alias, next(iter(ids)))
        for alias, ids in found.items()
        if len(ids) == 1 and sum(any(alias in t for t in group) for group in titles.values()) <= 1
    ]
    return sorted(out, key=lambda pair: -len(pair[0]))
