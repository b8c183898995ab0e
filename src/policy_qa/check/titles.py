"""Which document on file a name in a draft means: a title, a shortened one, 制度 alone, 刑法 that is not on file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from policy_qa.citing.grammar import INSTRUMENTS
from policy_qa.datamodels import Document, Segmentation
from policy_qa.facts.catalogue import Versions
from policy_qa.facts.same import core_title, without_edition
from policy_qa.retrieval.instruments import titles_of
from policy_qa.retrieval.names import quoted_titles
from policy_qa.retrieval.scope import ScopeFinder
from policy_qa.words import normalize

_KIND = re.compile(rf"({INSTRUMENTS}|宪法|解释|文件|政策)$")
#: 首席信息官（CIO）, 首席信息官（Chief Information Officer，简称CIO）: one thing by two names.
_ABBREVIATED = re.compile(
    r"([\u4e00-\u9fff]{2,10})[（(](?:[A-Za-z ]+[,，、]\s*+)?(?:简称|以下简称)?\s*+[“\"]?([A-Z]{2,8})[”\"]?[)）]"
)
#: What a person puts before a shortened name that says nothing about which document is meant.
_FILLER = re.compile(
    r"^(?:(?:根据|依据|依照|按照|遵照|参照|对照|违反|符合|适用|执行|落实|遵守|结合|见|详见|参见|如|和|与|及|以及|或|是|在|对|由|从|按|依|据|"
    r"也|还|即|了|的|我们?|本|该|此|现行|有关|相关|上述|前述|最新|原|这|那|一|份|个|部|项)|(?:学校|我?校|全校|我?县|我?市|我?局|我?院|单位))+"
)
#: Words that people put into a title, or leave out of it, without meaning another text.
_SLIM = re.compile(r"工作|实施|管理|暂行|试行")
#: A block of a shortened title that stands in the full one has so many characters at least.
_BLOCK = 2


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose provisions a number names. `doc_id` is empty where the document is not on file.

    `instrument` is the title meant where a file holds several; `title` what the draft calls it; `own`
    tells that the draft itself is meant.
    """

    doc_id: str
    title: str
    instrument: str | None = None
    own: bool = False


class Titles:
    """The names of the documents on file. Immutable; safe to share between threads."""

    def __init__(self, segmentations: Mapping[str, Segmentation]) -> None:
        documents = [s.document for s in segmentations.values()]
        self.documents = {d.doc_id: d for d in documents}
        self._versions = Versions(documents)
        instruments = {d: titles_of(s) for d, s in segmentations.items()}
        self._finder = ScopeFinder(documents, frozenset(), self._versions, instruments)
        self._synonyms = _synonyms(d.text for d in documents)
        self._names: dict[str, set[str]] = {}
        for document in documents:
            for title in {document.title, *instruments[document.doc_id]}:
                plain = without_edition(title)
                for name in (title, plain, plain.removeprefix("中华人民共和国")):
                    self._names.setdefault(_key(name), set()).add(document.doc_id)
            self._names.setdefault(_key(core_title(document)), set()).add(document.doc_id)
        self._by_kind: dict[str, list[tuple[str, str]]] = {}
        for key, ids in self._names.items():
            for doc_id in ids:
                self._by_kind.setdefault(kind_of(key), []).append((key, doc_id))
        self.quoted = lru_cache(maxsize=4096)(self._quoted)
        self.shortened = lru_cache(maxsize=16384)(self._shortened)

    def printed(self, document: Document) -> tuple[str, ...]:
        """The titles of a document that are long enough to be found in running text without 《》."""
        plain = without_edition(document.title)
        names = {document.title, plain, core_title(document)}
        return tuple(sorted((n for n in names if len(n) >= 7 and kind_of(n)), key=len, reverse=True))

    def newest(self, doc_id: str) -> str:
        """The text of the same policy that is meant by default."""
        family = self._versions.of(doc_id)
        return family.doc_ids[0] if family else doc_id

    def _quoted(self, title: str, edition: str = "") -> Owner | None:
        """What 《title》 means, with the words of an edition behind it; None where nothing on file is called so."""
        scope = self._finder.find(f"《{title}》{edition}")
        known = scope.doc_ids and not scope.soft and not scope.foreign_titles
        if known and (kind_of(title) or _key(title) in self._names):
            doc_id = scope.doc_ids[0]
            instrument = next((t for d, t in scope.instruments if d == doc_id), None)
            families = {self.newest(d) for d in scope.doc_ids}
            if len(families) == 1:
                return Owner(doc_id, title, instrument)
        if (doc_id := self.shortened(title)) and kind_of(title):
            return Owner(doc_id, title)
        return None

    def exact(self, name: str) -> str:
        """The one document whose title, or title without version and issuer, is exactly this; empty where none is."""
        return self._one(self._names.get(_key(name), set()))

    def _shortened(self, name: str) -> str:
        """The one document whose title is this name with parts left out; empty where it is none, or several."""
        key = _key(name)
        if not key:
            return ""
        if found := self._one(self._names.get(key, set())):
            return found
        kind = kind_of(key)
        content = key.removesuffix(kind)
        if not kind or len(content) < _BLOCK:
            return ""
        slim = _SLIM.sub("", content)
        if len(slim) >= 2 * _BLOCK:
            same = {d for title, d in self._by_kind.get(kind, ()) if _SLIM.sub("", title.removesuffix(kind)) == slim}
            if found := self._one(same):
                return found
        fits = {
            doc_id for title, doc_id in self._by_kind.get(kind, ()) if self._fits(content, title.removesuffix(kind))
        }
        return self._one(fits)

    def _fits(self, short: str, title: str) -> bool:
        forms = {short}
        for a, b in self._synonyms:
            forms |= {f.replace(a, b) for f in forms if a in f}
        return any(_blocks(form, title) for form in forms)

    def of_kind(self, kind: str) -> str:
        """The one policy on file that is a 制度, a 办法 …; empty where there are several or none."""
        return self._one({doc_id for _, doc_id in self._by_kind.get(kind, ())})

    def only(self) -> str:
        """The document, where there is but one policy on file."""
        return self._one(set(self.documents))

    def named(self, words: str) -> str:
        """The one document that words without 《》 name by institution or title; empty where none or several."""
        if not words.strip() or len(words) > 400:
            return ""
        scope = self._finder.find(words)
        return self._one(set(scope.doc_ids)) if not scope.soft else ""

    def _one(self, doc_ids: set[str]) -> str:
        families = {self.newest(d) for d in doc_ids}
        if len(families) != 1:
            return ""
        # A name that only an older text bears means that one.
        return next(iter(doc_ids)) if len(doc_ids) == 1 else next(iter(families))


def kind_of(name: str) -> str:
    """What an instrument of this name is (办法, 制度 …); empty where the name doesn't say."""
    match = _KIND.search(re.sub(r"[（(][^（）()]*[)）]$", "", "".join(name.split())))
    return match.group(1) if match else ""


def without_filler(name: str) -> str:
    """A name without the words before it that don't belong to it: 按照我校CIO制度 -> CIO制度."""
    return _FILLER.sub("", name)


def titles_in(text: str) -> list[tuple[int, int]]:
    """The stretches between outer 《 and 》, marks included, none longer than a title."""
    return [(a, b) for a, b in quoted_titles(text) if b - a <= 122 and "\n" not in text[a:b].strip()]


def _key(title: str) -> str:
    return re.sub(r"[\W_]", "", normalize(title)).replace("中华人民共和国", "")


def _blocks(short: str, title: str) -> bool:
    """Whether `short` is `title` with parts left out, each remaining block being two characters or more."""
    if not short:
        return True
    for size in range(len(short), _BLOCK - 1, -1):
        if len(short) - size == 1:
            continue
        at = title.find(short[:size])
        while at >= 0:
            if _blocks(short[size:], title[at + size :]):
                return True
            at = title.find(short[:size], at + 1)
    return False


def _synonyms(texts: Iterable[str]) -> Sequence[tuple[str, str]]:
    found: dict[tuple[str, str], None] = {}
    for text in texts:
        for match in _ABBREVIATED.finditer(text):
            han, latin = match.group(1), normalize(match.group(2))
            for size in range(4, min(len(han), 8) + 1):
                found[han[-size:], latin] = None
                found[latin, han[-size:]] = None
    return tuple(found)
