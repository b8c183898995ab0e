"""The names of what is on file: titles, numbers and institutions with the texts that each leads to."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache

from policy_qa.citing.parts import kind_of
from policy_qa.datamodels import Document
from policy_qa.facts.catalogue import Versions
from policy_qa.facts.same import core_title, without_edition
from policy_qa.naming.institutions import (
    ASKS,
    PLACE_SUFFIX,
    SELF,
    STEM,
    generic_in,
    institutions_of,
    is_school,
    leading,
    own_name,
    pinyin,
    short_forms,
    shortens,
    stem_of,
    tells_apart,
    whole_name,
)
from policy_qa.naming.terms import body_names, other_names
from policy_qa.naming.titles import NUMBER, STATE, abbreviates, folded, key, left_out, says, slim
from policy_qa.numerals import HAN_NUMERAL_CHARS
from policy_qa.words import common_words, normalize


class NameKind(StrEnum):
    """What sort of name it is."""

    NUMBER = "number"
    TITLE = "title"
    CORE = "core"  # a title without the institution, or shortened
    BODY = "body"


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """A text on file: a document, or where `instrument` is set, the one of this title in its file."""

    doc_id: str
    instrument: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Named:
    """A name at [start, end) of a text, with the texts that it leads to.

    `exact` are the documents of which it names one version and no other.
    """

    start: int
    end: int
    text: str
    kind: NameKind
    targets: tuple[Target, ...]
    exact: frozenset[str] = frozenset()


#: A shortened title names its document in running text by so many characters beside what kind of text it is.
_LEAST = 4
#: A number behind a title: 第三条, 四（二）.
_NUMBERED = re.compile(rf"的?\s*+(?:第|[{HAN_NUMERAL_CHARS}]{{1,3}}(?:、|\s*+[（(]))")
#: Where a shortened title may stand.
_RUN = re.compile(r"[\u4e00-\u9fffa-z0-9]{2,30}")


class Shortened:
    """Finds the texts that a shortened title names. `synonyms` are pairs of terms that mean one thing in the corpus.

    `policy` gives the text that is meant by default of those of the same policy, `core` its title without the issuer.
    """

    def __init__(
        self,
        titles: Iterable[tuple[str, Target]],
        synonyms: Sequence[tuple[str, str]],
        policy: Callable[[Target], Target],
        core: Callable[[Target], str],
    ) -> None:
        self._synonyms, self._policy, self._core = synonyms, policy, core
        self._by_kind: dict[str, dict[str, dict[Target, None]]] = defaultdict(lambda: defaultdict(dict))
        for title, target in titles:
            name = key(title)
            self._by_kind[kind_of(name)][name.removesuffix(kind_of(name))][target] = None
        self._ends = {kind: "\n".join((*map(slim, contents), "")) for kind, contents in self._by_kind.items()}
        self.find = lru_cache(maxsize=16384)(self._find)

    def _find(self, name: str, owned: frozenset[str] = frozenset()) -> tuple[Target, ...]:
        """The texts (of these documents, where some are given) whose title is this name with parts left out.

        None where several titles are. One title of several institutions is one: which is meant is said beside it.
        """
        short = key(name)
        kind = kind_of(short)
        content = short.removesuffix(kind)
        if not kind or not content:
            return ()
        forms = {content}
        for a, b in self._synonyms:
            forms |= {f.replace(a, b) for f in forms if a in f}
        held = self._by_kind.get(kind, {})
        for fits in (left_out, abbreviates):
            found = [ids for whole, ids in held.items() if any(fits(form, whole) for form in forms)]
            targets = [t for t in dict.fromkeys(t for ids in found for t in ids) if not owned or t.doc_id in owned]
            if targets:
                return tuple(targets) if len({self._core(self._policy(t)) for t in targets}) == 1 else ()
        return ()

    def find_in(self, text: str, bodies: Sequence[Named]) -> Iterator[tuple[int, int, tuple[Target, ...]]]:
        """The shortened titles in running text (normalised): (start, end, the texts).

        `bodies` are the institutions that it names: theirs come first, and right behind one a word or two are enough.
        """
        owned = frozenset(t.doc_id for body in bodies for t in body.targets)
        behind = {body.end + (text[body.end : body.end + 1] == "的") for body in bodies}
        for run in _RUN.finditer(text):
            for end in range(run.start() + 3, run.end() + 1):
                kind = kind_of(text[run.start() : end])
                if not kind or (end < run.end() and kind_of(text[run.start() : end + 1])):
                    continue
                before_a_number = bool(_NUMBERED.match(text, end))
                for start in range(run.start(), end - len(kind) - 1):
                    name = text[start:end]
                    if not (before_a_number or start in behind or self._stands_alone(name, kind)):
                        continue
                    # Those of an institution that is named come first; a whole name may as well be another's.
                    if targets := self.find(name, owned) or (() if start in behind else self.find(name)):
                        if start in behind or self._begins(text, run.start(), start, end):
                            yield start, end, targets
                        break

    def _begins(self, text: str, opens: int, start: int, end: int) -> bool:
        """Whether nothing before a name belongs to it: 公寓办法 is no name in 实习公寓办法."""
        whole, name = whole_name(text, opens, end, verbs=True)
        before = re.sub(rf"^(?:{ASKS})*+", "", name[: max(start - whole, 0)])
        return not before or bool(SELF.fullmatch(before))

    def _stands_alone(self, name: str, kind: str) -> bool:
        """Whether a name is plain enough without an institution or a number beside it.

        It is a title shortened from its front, or by words like 管理; other parts of a title are ordinary words.
        """
        content = key(name).removesuffix(kind)
        return len(content) >= _LEAST and slim(content) + "\n" in self._ends.get(kind, "")

    def of_kind(self, kind: str) -> frozenset[Target]:
        """The texts on file that are a 制度, a 办法 …"""
        return frozenset(t for targets in self._by_kind.get(kind, {}).values() for t in targets)


#: A title without its issuer that names its documents in running text has at least so many characters.
_CORE = 6
#: A short name of so many characters may be part of a word.
_SHORT = 3
#: A name that people shorten keeps so many characters at most.
_SHORTENED = 8
#: Of so many characters on, names that sound alike are one: a traditional character, a slip of the input method.
_SOUNDS = 4
#: A date behind the name of a file: 条例(2021-07-27), 制度_2022.
_FILE_DATE = re.compile(r"[\s_（(-]*(?:19|20)\d\d(?:[-.年]?\d{1,2}){0,2}[日月年]?[)）]?$")
#: What may stand behind the name of a place and belongs to it: 贺兰县 + 教育局.
_GOES_ON = re.compile(r"(?:教育|体育|文化|人民){0,3}(?:局|厅|政府|委员会)(?:办公室)?")
#: doc_id -> the titles inside the file, where there are several, each with its number where that is known.
Inside = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class _Entry:
    kind: NameKind
    targets: dict[Target, bool]


class Register:
    """All names of some documents; `instruments` are the titles inside a file. Immutable; safe to share."""

    def __init__(self, documents: Sequence[Document], versions: Versions, instruments: Inside) -> None:
        self._versions = versions
        self._entries: dict[str, _Entry] = {}
        self._numbers: dict[tuple[str, int], list[tuple[str, Target]]] = defaultdict(list)
        self._titles: dict[str, _Entry] = {}
        self._bodies: dict[str, dict[Target, None]] = defaultdict(dict)
        self._short: dict[str, set[str]] = defaultdict(set)
        self._cores: dict[Target, str] = {}
        self._sounds: dict[str, dict[Target, bool]] = {}
        self._stems: dict[str, list[str]] = defaultdict(list)
        alone = _titled_alone(documents, versions)
        texts = [(d.doc_id, normalize(d.text)) for d in documents]
        for document in documents:
            inside = instruments.get(document.doc_id, {})
            for title in dict.fromkeys((document.title, *inside)):
                target = Target(doc_id=document.doc_id, instrument=title if title in inside else "")
                self._add_titles(replace(document, title=title), target, own=document.doc_id in alone)
                if target.instrument and (name := leading(title, document.text)):
                    self._add_body(name, "", target)
            self._add_document(document, own=document.doc_id in alone)
            for title, number in (inside or {"": document.number}).items():
                if match := NUMBER.fullmatch(folded(normalize(number))):
                    held = self._numbers[match["year"] or match["plain"], int(match["count"])]
                    held.append((match["body"], Target(doc_id=document.doc_id, instrument=title)))
        self._add_bodies(texts)
        for name, doc_ids in body_names(documents, versions).items():
            for doc_id in doc_ids:
                self._add(name, NameKind.BODY, Target(doc_id=doc_id))
        self._first: dict[str, list[str]] = defaultdict(list)
        for name in sorted(self._entries, key=len, reverse=True):
            self._first[name[:2]].append(name)
        synonyms = [(a, b) for a, names in other_names(d.text for d in documents).items() for b in names]
        titles = ((title, target) for title, entry in self._titles.items() for target in entry.targets)
        self.shortened = Shortened(titles, synonyms, self.policy, self._cores.__getitem__)

    def _add(self, name: str, kind: NameKind, target: Target, *, exact: bool = False) -> None:
        name = folded(normalize(name))
        if len(name) >= 2:
            targets = self._entries.setdefault(name, _Entry(kind, {})).targets
            targets[target] = targets.get(target, True) and exact

    def _add_titles(self, text: Document, target: Target, *, own: bool) -> None:
        title, bare = text.title, without_edition(text.title)
        core = self._cores[target] = core_title(text)
        if says(title):
            # A title that one version alone bears, or that says its edition, names that version.
            self._add(title, NameKind.TITLE, target, exact=own or key(title) != key(bare))
            for name in (bare, bare.replace(STATE, "")):
                self._add(name, NameKind.TITLE, target, exact=own and key(title) == key(bare))
        if len(core) >= _CORE and kind_of(core) and says(core):
            # A title without an issuer is its own core, and no less exact for that.
            self._add(core, NameKind.CORE, target, exact=own and key(core) == key(title))
        for rank, name in enumerate((title, bare, core)):
            if rank == 0 or says(name):
                entry = self._titles.setdefault(key(name), _Entry(NameKind.TITLE if rank < 2 else NameKind.CORE, {}))
                exact = own or key(title) != key(bare)
                entry.targets[target] = entry.targets.get(target, False) or (rank == 0 and exact)

    def _add_document(self, document: Document, *, own: bool) -> None:
        whole = Target(doc_id=document.doc_id)
        # The text that is meant by default of a policy may be a file of several, whose titles are its instruments'.
        self._cores.setdefault(whole, core_title(document))
        for name in (document.doc_id, document.doc_id.replace("-", " ")):
            self._add(name, NameKind.TITLE, whole, exact=True)
        if says(name := _FILE_DATE.sub("", document.doc_id)):
            self._add(name, NameKind.TITLE, whole, exact=own or key(name) != key(without_edition(name)))
            self._titles.setdefault(key(name), _Entry(NameKind.TITLE, {})).targets.setdefault(whole, False)
        for name in institutions_of(document):
            self._add_body(name, document.number, whole)

    def _add_body(self, name: str, number: str, target: Target) -> None:
        name = normalize(name)
        self._bodies[name][target] = None
        self._short[name] |= short_forms(name, normalize(number))

    def _add_bodies(self, texts: Sequence[tuple[str, str]]) -> None:
        """The institutions by name and short form, none that the corpus uses as a common noun."""
        titles = [(name, {t.doc_id for t in e.targets}) for name, e in self._entries.items()]
        for name, targets in self._bodies.items():
            own = {t.doc_id for t in targets}
            if not _owner(name, own, texts):
                continue
            self._sounds[pinyin(name)] = dict.fromkeys(targets, False)
            self._stems[name[:STEM]].append(name)
            for form in (name, *self._short[name]):
                # 南山 names nobody where another institution has rules for its 南山校区.
                elsewhere = (
                    form != name and not form.isascii() and any(form in t and not ids <= own for t, ids in titles)
                )
                if not elsewhere:
                    for target in targets:
                        self._add(form, NameKind.BODY, target)

    def names_in(self, text: str) -> list[Named]:
        """The names that stand in a text (normalised), in order; of two that overlap the longer one."""
        text = folded(text)
        numbers = [m.span() for m in NUMBER.finditer(text)]
        # 苍院 is no institution in 苍院发〔2018〕7号, on file or not: its letters are the number's.
        literal = [n for n in self._literal(text) if not any(a < n.end <= b and n.end > b - 20 for a, b in numbers)]
        found = [*self._numbered(text), *literal]
        out: list[Named] = []
        for named in sorted(found, key=lambda n: (n.start - n.end, n.start)):
            if all(named.end <= other.start or other.end <= named.start for other in out):
                out.append(named)
        return sorted(out, key=lambda n: n.start)

    def _literal(self, text: str) -> list[Named]:
        out = list(self._people_shorten(text))
        doubtful: list[Named] = []
        for start in range(len(text) - 1):
            for name in self._first.get(text[start : start + 2], ()):
                end = start + len(name)
                if not text.startswith(name, start):
                    continue
                entry = self._entries[name]
                body = entry.kind is NameKind.BODY
                if name.isascii():
                    # No \b: there is no word boundary between a Latin letter and a Chinese character.
                    if re.match(r"[a-z0-9]", text[start - 1 : start]) or re.match(r"[a-z0-9]", text[end : end + 1]):
                        continue
                    end += 2 if text.startswith("'s", end) else 0
                elif body and PLACE_SUFFIX.search(name) and (more := _GOES_ON.match(text, end)):
                    end = more.end()
                short = body and len(name) <= _SHORT and not name.isascii()
                (doubtful if short else out).append(self._named(start, end, name, entry))
        if doubtful:
            # 北大 is no part of 东北大学: a short name begins and ends where words or other names do.
            edges = {edge for span in common_words().spans(text) for edge in span} | {
                edge for n in out for edge in (n.start, n.end)
            }
            out += [n for n in doubtful if n.start in edges and n.end in edges]
        return out

    def _people_shorten(self, text: str) -> Iterator[Named]:
        """Bodies by names shortened as people do it: 江洲医专 of 江洲医学高等专科学校, where no other fits."""
        starts = [start for start in range(len(text) - STEM) if text[start : start + STEM] in self._stems]
        # Cutting a draft of a megabyte into words takes a second.
        edges = {edge for span in common_words().spans(text) for edge in span} if starts else set()
        for start in starts:
            names = self._stems[text[start : start + STEM]]
            for end in range(min(start + _SHORTENED, len(text)), start + STEM + 1, -1):
                short = text[start:end]
                fits = [n for n in names if end in edges and shortens(short, n) and tells_apart(short, n)]
                if len(fits) == 1:
                    yield self._named(start, end, short, self._entries[fits[0]])
                    break

    def _named(self, start: int, end: int, text: str, entry: _Entry) -> Named:
        """A name with the versions of what it names: all of them, save where it is one version's own."""
        single = all(entry.targets.values())
        targets = dict.fromkeys(entry.targets)
        for target in () if single else entry.targets:
            if not target.instrument:
                targets.update((Target(doc_id=d), None) for d in self._versions.of_policy(target.doc_id))
        exact = frozenset(t.doc_id for t in targets) if single else frozenset()
        return Named(start=start, end=end, text=text, kind=entry.kind, targets=tuple(targets), exact=exact)

    def by_sound(self, name: str, start: int) -> Named | None:
        """The institution on file whose name sounds like one that isn't: 东海科技大学, on file as 東海科技大學."""
        found = self._sounds.get(pinyin(name)) if len(name) >= _SOUNDS else None
        return self._named(start, start + len(name), name, _Entry(NameKind.BODY, found)) if found else None

    def _numbered(self, text: str) -> Iterable[Named]:
        for match in NUMBER.finditer(text):
            body = match["body"]
            held = self._numbers.get((match["year"] or match["plain"], int(match["count"])), [])
            own = [(b, t) for b, t in held if body.endswith(b) or not body]
            best = max((len(b) for b, _ in own), default=0)
            targets = {t: True for b, t in own if len(b) == best}
            if targets:
                start = match.start("body") + len(body) - (best if body else 0)
                yield self._named(start, match.end(), text[start : match.end()], _Entry(NameKind.NUMBER, targets))

    def quoted(self, title: str) -> Named | None:
        """What a title between 《 and 》 names, whole or shortened; None where nothing on file is called so."""
        for name in dict.fromkeys((key(title), key(without_edition(title)))):
            if name and (entry := self._titles.get(name)):
                return self._named(0, len(title), title, entry)
        targets = self.shortened.find(title)
        entry = _Entry(NameKind.CORE, dict.fromkeys(targets, False))
        return self._named(0, len(title), title, entry) if targets else None

    def policy(self, target: Target) -> Target:
        """The text that is meant by default of those of the same policy."""
        return target if target.instrument else Target(doc_id=self._versions.of_policy(target.doc_id)[0])

    def shortened_in(self, text: str, bodies: Sequence[Named]) -> Iterable[Named]:
        """The shortened titles in running text (normalised), beside the institutions that it names."""
        for start, end, targets in self.shortened.find_in(text, bodies):
            yield self._named(start, end, text[start:end], _Entry(NameKind.CORE, dict.fromkeys(targets, False)))

    def is_title(self, name: str) -> frozenset[Target]:
        """The texts whose title, or title without version and issuer, is exactly this."""
        entry = self._titles.get(key(name))
        return frozenset(entry.targets) if entry else frozenset()


def _titled_alone(documents: Sequence[Document], versions: Versions) -> frozenset[str]:
    """The documents whose title, words of a version left out, no other version of the policy bears."""
    keys = {d.doc_id: key(without_edition(d.title)) for d in documents}
    policies = ((d, ids) for d in keys if len(ids := versions.of_policy(d)) > 1)
    return frozenset(d for d, ids in policies if [keys[i] for i in ids].count(keys[d]) == 1)


def _owner(name: str, own: set[str], texts: Sequence[tuple[str, str]]) -> bool:
    """Whether a name is that of an institution: a school or a place, no department and no common noun.

    A school of ordinary words (阳光小学, but 高等学校 as well) is one where no other's text speaks of it.
    """
    by_its_words = is_school(name) and stem_of(name) and not any(name in t for d, t in texts if d not in own)
    named = own_name(name) or bool(by_its_words)
    return named and not any(generic_in(text, name) for doc_id, text in texts if doc_id in own)
