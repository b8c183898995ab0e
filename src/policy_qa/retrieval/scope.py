"""Which documents a question means: names mined from titles, issuers and definitions, never a list in code."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property

from policy_qa.citing.grammar import ordinal
from policy_qa.datamodels import Document
from policy_qa.facts.asked import asked
from policy_qa.facts.catalogue import Versions
from policy_qa.retrieval.focus import asks_to_compare
from policy_qa.retrieval.names import (
    ORG_SUFFIX,
    PLACE_SUFFIX,
    Titles,
    aliases,
    cores,
    defined_aliases,
    pinyin,
    quoted_titles,
)
from policy_qa.words import normalize

#: How many words it is remembered of whether the corpus has them.
_HEARD = 20_000
_PLACE_WORD = re.compile(r"[\u4e00-\u9fff]{2,8}?(?:大学|学院|中学|小学|学校|自治区|省|市|县|教育局|教育厅|教体局)")
_NUMBERED = re.compile(rf"[的中里]?\s*{ordinal('编|章|节|条|款|项|部')}")
_HAN = re.compile(r"[\u4e00-\u9fff]+")
#: What normalising turns into Chinese characters: radicals, numerals of Suzhou, marks in circles and squares,
#: characters for compatibility.
OTHER_FORMS = re.compile(
    "[\u2e80-\u2fdf\u3036-\u303a\u3190-\u319f\u3200-\u33ff\uf900-\ufaff\U0001f200-\U0001f2ff\U0002f800-\U0002fa1f]"
)
# Words that open an English question with a capital and belong to no name.
_SCHOOLS = "University|College|County|City|Province|School"
_OPENERS = "Does|Do|Is|Are|Can|Who|What|Which|How|When|Where|Why|At|In|Of|The|For|Has|Have|Should|Must"
#: Who asks of every institution means none of them, whatever term he uses.
_EVERY = re.compile(r"各(?:个)?(?:校|地|县|市|家|份|学校|单位|院校|高校)(?!区)")
#: Ordinary words that look like the name of a place or school.
_NOT_A_NAME = re.compile(
    r"^(?:各|全|本|我|我们|该|贵|你们|咱|咱们|每|哪|哪个|哪些|几|两|三|四|所有|其他|其它|别的|一个|一所|某|同|外|兄弟|不同|上述|这|那|这些|那些|几个|"
    r"在|由|对|和|与|及|请问|问|问下|中|小|市|县|省|区|城|超|[二五六七八九十\d个所家])*"
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
    versions of any policy that aren't meant; `versioned` tells that it says itself which are. `instruments`
    are pairs of document and title, where a title names one of several texts in a file.
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
    instruments: tuple[tuple[str, str], ...] = ()

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
            instruments=previous.instruments,
        )


class ScopeFinder:
    """Finds the documents that a question names. `places` are place names that jieba's dictionary knows."""

    def __init__(
        self,
        documents: Sequence[Document],
        places: frozenset[str],
        versions: Versions | None = None,
        instruments: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        self._versions = versions or Versions(documents)
        self._titles = Titles(documents, self._versions, instruments or {})
        self._aliases, self._exact = aliases(documents, self._versions)
        self._soft = defined_aliases(documents, self._versions)
        self._cores = cores(documents)
        self._texts = tuple(d.text for d in documents)
        self._doc_ids = tuple(d.doc_id for d in documents)
        self._places = places
        # Looking a word up in the whole corpus takes a while in a large one.
        self._heard: dict[str, bool] = {}

    def find(self, question: str) -> Scope:
        """The scope of a question in Chinese or English, as typed (capitals tell names in English)."""
        text = normalize(question).strip()
        at: dict[str, int] = {}
        rest, used = _consume(text, [pair for pair in self._aliases if "《" in pair[0]], at)
        exact: set[str] = set()
        instruments: dict[tuple[str, str], None] = {}
        foreign: list[str] = []
        for start, end in quoted_titles(rest):
            inner = rest[start + 1 : end - 1].strip()
            found, single = self._titles.find(inner)
            if found:
                at |= {d: min(start, at.get(d, start)) for d in found}
                exact |= single
                instruments.update(((d, title), None) for d, title in found.items() if title)
                rest = rest[: start + 1] + " " * (end - start - 2) + rest[end - 1 :]
            elif 2 <= len(inner) <= 60 and _consume(inner, self._aliases, {})[0].strip(" 《》"):
                foreign.append(inner)
        rest, more = _consume(rest, self._aliases, at)
        if not at and (core := self._core_before_a_number(rest)):
            rest, _ = _consume(rest, [core], at)
        used |= more
        named = tuple(sorted(at, key=at.__getitem__))
        soft = not named
        if soft:
            _, terms = _consume(text, self._soft, at)
            named = tuple(sorted(at, key=at.__getitem__))
            if _EVERY.search(text) or self._beside_another(text, terms, named):
                # 「网信委和领导小组各有哪些成员」: the second document goes by no name of its own.
                named, soft = (), False
        else:
            # 「宜春学院和领导小组办法」: a second document may go by the short name that it gives itself.
            joined = [pair for pair in self._soft if _joins(pair[0], rest)]
            rest, _ = _consume(rest, joined, at)
            named = tuple(sorted(at, key=at.__getitem__))
        exact |= {d for alias in used & self._exact for d in self._aliases_of(alias)}
        named, left_out, words = self._versions_meant(rest, named, exact)
        for word in words:
            rest = rest.replace(word, " " * len(word))
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
            foreign_titles=tuple(foreign),
            named=named,
            left_out=left_out,
            versioned=bool(words or exact),
            instruments=tuple(instruments),
        )

    def _beside_another(self, text: str, terms: Iterable[str], named: Sequence[str]) -> bool:
        """Whether a question sets a term of the named documents beside something that none of them has."""
        here = "".join(t for d, t in zip(self._doc_ids, self._texts, strict=True) if d in named)
        pattern = rf"([\u4e00-\u9fff]{{3,6}})[和与跟同及、][\u4e00-\u9fff]{{0,4}}(?:{'|'.join(map(re.escape, terms))})"
        others = re.findall(pattern, text) if terms else []
        return any(all(o[i : i + 3] not in here for i in range(len(o) - 2)) for o in others)

    def _core_before_a_number(self, rest: str) -> tuple[str, tuple[str, ...]] | None:
        """The longest title without issuer that stands before 第三条 or the like."""
        before = [rest[: match.start()] for match in _NUMBERED.finditer(rest)]
        return next((pair for pair in self._cores if any(b.endswith(pair[0]) for b in before)), None)

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
            if _NOT_A_NAME.match(name) or self._mentioned(name):
                continue
            stem = PLACE_SUFFIX.sub("", ORG_SUFFIX.sub("", name))
            known = [p for size in range(len(stem), 1, -1) for p in (stem[-size:],) if p in self._places]
            if known or re.search(r"(?:大学|学院)$", name):
                out[(known[0] if known else stem) + name[len(stem) :]] = None
        for size in (5, 4, 3, 2):
            for at in range(len(rest) - size + 1):
                word = rest[at : at + size]
                if word in self._places and not self._mentioned(word) and not any(word in name for name in out):
                    out[word] = None
        return tuple(out)

    def _mentioned(self, word: str) -> bool:
        """Whether any document has the word."""
        if (known := self._heard.get(word)) is None:
            if len(self._heard) > _HEARD:
                self._heard.clear()
            known = self._heard[word] = self._stands_in_text(word)
        return known

    def _stands_in_text(self, word: str) -> bool:
        # Chinese characters stay what they are when a text is normalised, and normalising all of a large corpus
        # takes a second: only texts with other forms of them (⾼, ㈱) have to be.
        plain = bool(_HAN.fullmatch(word))
        return any(word in (text if plain else normalize(text)) for text in self._texts) or (
            plain and any(word in normalize(text) for text in self._with_other_forms)
        )

    @cached_property
    def _with_other_forms(self) -> tuple[str, ...]:
        return tuple(text for text in self._texts if OTHER_FORMS.search(text))

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


def _joins(alias: str, rest: str) -> bool:
    """Whether a question sets a short name beside another name: with 和 or the like between the two."""
    name = re.escape(alias)
    if re.search(rf"(?:[和与跟同及、]|以及){name}|{name}(?:工作)?(?:办法|规定|章程|方案|细则|条例|规则)", rest):
        return True
    beside = re.search(rf"[和与跟同及、][\u4e00-\u9fff]{{1,5}}{name}|{name}[\u4e00-\u9fff]{{0,4}}[和与跟同及、]", rest)
    return bool(beside) and (asks_to_compare(rest) or bool(re.search(r"分别|各[由自是怎如有]|[哪谁都]", rest)))


@cache
def _place_pinyin(places: frozenset[str]) -> frozenset[str]:
    return frozenset(pinyin(p) for p in places if len(p) <= 3)


def _consume(text: str, aliases: Sequence[tuple[str, tuple[str, ...]]], at: dict[str, int]) -> tuple[str, set[str]]:
    """(the text with the names blanked out, the names), longer ones first; `at` gets where each document is named."""
    used: set[str] = set()
    for alias, doc_ids in aliases:
        if alias not in text:
            continue
        # No \b: there is no word boundary between a Latin letter and a Chinese character.
        pattern = rf"(?<![a-z0-9]){re.escape(alias)}(?:'s)?(?![a-z0-9])" if alias.isascii() else re.escape(alias)
        for match in re.finditer(pattern, text):
            for doc_id in doc_ids:
                at[doc_id] = min(match.start(), at.get(doc_id, match.start()))
            used.add(alias)
            text = text[: match.start()] + " " * len(match.group()) + text[match.end() :]
    return text, used
