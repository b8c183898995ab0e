"""Which documents a question means: the names in it put together, and which versions of what they name."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from policy_qa.citing.parts import kind_of
from policy_qa.datamodels import Document
from policy_qa.facts.catalogue import Versions
from policy_qa.facts.wanted_versions import asked
from policy_qa.naming.institutions import PLACE_SUFFIX, institutions_of, stem_of
from policy_qa.naming.register import Inside, Named, NameKind, Register, Target
from policy_qa.naming.strangers import english_strangers, strange_titles, strangers
from policy_qa.naming.terms import short_names
from policy_qa.naming.titles import folded, quoted_titles
from policy_qa.words import normalize

_HAN = re.compile(r"[\u4e00-\u9fff]+")
#: What normalising turns into Chinese characters: radicals, numerals of Suzhou, marks in circles and squares,
#: characters for compatibility.
OTHER_FORMS = re.compile(
    "[\u2e80-\u2fdf\u3036-\u303a\u3190-\u319f\u3200-\u33ff\uf900-\ufaff\U0001f200-\U0001f2ff\U0002f800-\U0002fa1f]"
)


class Heard:
    """What some texts speak of. Safe to share between threads."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = texts
        #: Whether any text has a word. Looking it up in the whole corpus takes a while in a large one.
        self.mentioned = lru_cache(maxsize=20_000)(self._mentioned)

    def everywhere(self, word: str) -> bool:
        """Whether most texts have a word; where there is one, none is common."""
        return 2 * sum(word in text for text in self._texts) > max(len(self._texts), 2)

    def _mentioned(self, word: str) -> bool:
        # Chinese characters stay what they are when a text is normalised, and normalising all of a large corpus
        # takes a second: only texts with other forms of them (⾼, ㈱) have to be.
        plain = bool(_HAN.fullmatch(word))
        return any(word in (text if plain else normalize(text)) for text in self._texts) or (
            plain and any(word in normalize(text) for text in self._with_other_forms)
        )

    @cached_property
    def _with_other_forms(self) -> tuple[str, ...]:
        return tuple(text for text in self._texts if OTHER_FORMS.search(text))


#: What sets documents side by side.
COMPARES = re.compile(
    r"对比|比较|相比|区别|不同|异同|差异|差别|一样|更|比一比|\bcompare|\bdiffer|\bversus\b|\bvs\b|\bboth\b|\bthan\b"
)
#: What may stand between an institution and the title of a text of its own.
_ITS = re.compile(r"(?:的|《|现行|最新|新|旧|(?:19|20)\d\d年?|版|\s)*$")


def of_their_own(
    text: str, names: Sequence[Named], strange: Mapping[str, tuple[int, int]]
) -> tuple[list[Named], list[str]]:
    """(the names, a title that several bear narrowed to the institution that is named, titles that it has not).

    An institution with its title is one name; an institution before a title that is another's names a text that is not
    on file, as a stranger before a title does.
    """
    bodies = [n for n in names if n.kind is NameKind.BODY]
    used: set[int] = set()
    out: list[Named] = []
    foreign: list[str] = []
    for named in names:
        if named.kind is NameKind.BODY:
            continue
        before = next(
            (b for b in reversed(bodies) if b.end <= named.start and _ITS.match(text, b.end, named.start)), None
        )
        stranger = next(
            ((a, b) for a, b in strange.values() if 0 <= b <= named.start and _ITS.match(text, b, named.start)), None
        )
        owned = {t.doc_id for b in bodies for t in b.targets}
        own = tuple(t for t in named.targets if t.doc_id in owned)
        # A title that begins with its own institution needs no other.
        its_own = before is not None and any(
            t in before.targets or Target(doc_id=t.doc_id) in before.targets for t in own
        )
        if named.kind is not NameKind.NUMBER and (stranger or (before and not its_own)):
            start = stranger[0] if stranger else before.start if before else named.start
            foreign.append(text[start : named.end].replace("《", "").replace("》", "").replace(" ", ""))
            continue
        if before and its_own:
            held = {t.doc_id for t in before.targets}
            own = tuple(t for t in own if t.doc_id in held)
        out.append(replace(named, targets=own) if own else named)
        used |= {i for i, b in enumerate(bodies) if own and {t.doc_id for t in b.targets} & {t.doc_id for t in own}}
    out += [b for i, b in enumerate(bodies) if i not in used]
    return sorted(out, key=lambda n: n.start), foreign


def instruments_of(names: Sequence[Named]) -> tuple[tuple[str, str], ...]:
    """The instruments that are named, of files that are not named as a whole as well."""
    whole = {t.doc_id for n in names for t in n.targets if not t.instrument}
    pairs = ((t.doc_id, t.instrument) for n in names for t in n.targets if t.instrument and t.doc_id not in whole)
    return tuple(dict.fromkeys(pairs))


def joins(alias: str, rest: str) -> bool:
    """Whether a question sets a short name beside another name: with 和 or the like between the two."""
    name = re.escape(alias)
    if re.search(rf"(?:[和与跟同及、]|以及){name}", rest):
        return True
    if (match := re.search(rf"{name}[\u4e00-\u9fff]{{2,4}}", rest)) and kind_of(match.group()[: len(alias) + 4]):
        return True
    beside = re.search(rf"[和与跟同及、][\u4e00-\u9fff]{{1,5}}{name}|{name}[\u4e00-\u9fff]{{0,4}}[和与跟同及、]", rest)
    return bool(beside) and bool(COMPARES.search(rest) or re.search(r"分别|各[由自是怎如有]|[哪谁都]", rest))


def spans(names: Iterable[Named]) -> list[tuple[int, int]]:
    """Where names stand."""
    return [(n.start, n.end) for n in names]


def overlaps(named: Named, spans: Iterable[tuple[int, int]]) -> bool:
    """Whether a name shares a character with one of some stretches."""
    return any(named.start < b and a < named.end for a, b in spans)


def blanked(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """A text with spaces for what stands in some stretches, character for character."""
    for start, end in spans:
        text = text[:start] + " " * (end - start) + text[end:]
    return text


#: Who asks of every institution means none of them, whatever term he uses.
_EVERY = re.compile(r"各(?:个)?(?:校|地|县|市|家|份|学校|单位|院校|高校)(?!区)")
_ON_PURPOSE = re.compile(
    r"各(?:个)?(?:校|学校|单位|地|县|市|文件|机构|院校|家|份)|哪(?:些|几)(?:个|所|份|家)?(?:学校|单位|地方|机构|文件|制度|政策|县|市)|"
    r"(?:几|三|四|两)(?:个|份|所|家)(?:学校|单位|地方|机构|文件|制度|政策)|(?:几|三|四|两|哪一?)(?:家|所|校)(?=分别|[的都对各哪谁有更最比由按要能可在是怎多几，,、\s]|$)|都(?:有(?!哪|什么|几|多少)|是(?!谁|什么|哪)|怎么)|分别|"
    r"\b(?:each|every|all|both|which) (?:of )?(?:the )?(?:school|institution|polic|document)"
)
_SEVERAL = 2
#: What is left of a question that only names a place: 「上海的呢？」.
_NOTHING_ELSE = re.compile(r"(?:的|中?小?学校?|呢|怎么样|[\s?？。])*+")


@dataclass(frozen=True, kw_only=True, slots=True)
class Party:
    """One thing that a question names, with the documents that it leads to: an institution, a title, a version."""

    name: str
    doc_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Scope:
    """What a question says about where to look.

    `doc_ids` the documents it names, in the order named (empty: none named), of a policy with several
    versions the one that is meant, by default the one in force; `soft` tells that only
    a term defined in the document pointed there, no institution or title; `unknown` institutions
    that it names and that no document belongs to; `rest` the question without the names; `every`
    asks about all documents on purpose (「各校」, 「哪些学校」); `foreign_titles` titles and numbers that no
    document of the corpus has. `named` holds all versions of the policies that it names, `left_out` the
    versions of any policy that aren't meant; `versioned` tells that it says itself which are. `instruments`
    are pairs of document and title, where a title names one of several texts in a file. `parties` are the things
    named, each with its documents: an institution may have hundreds. `aside` are places that it speaks of and that
    no document mentions: worth saying, no reason for silence.
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
    parties: tuple[Party, ...] = ()
    aside: tuple[str, ...] = ()

    @property
    def names_any(self) -> bool:
        """Whether it says where to look, on file or not; a term that points to documents does not."""
        return bool((self.doc_ids and not self.soft) or self.every or self.unknown or self.foreign_titles)

    @property
    def several(self) -> bool:
        """Whether it names two things or more, to be set side by side."""
        return len(self.parties or self.doc_ids) > 1

    @property
    def sides(self) -> list[tuple[str, ...]]:
        """The documents of each thing that it names."""
        return [p.doc_ids for p in self.parties] or [(d,) for d in self.doc_ids]

    @property
    def single(self) -> tuple[str, ...]:
        """The documents that it names each by itself, not as one of an institution's."""
        if not self.parties:
            return self.doc_ids
        return tuple(dict.fromkeys(p.doc_ids[0] for p in self.parties if len(p.doc_ids) == 1))

    def within(self, wanted: Sequence[str]) -> tuple[str, ...]:
        """The documents to look in where a caller wants only some (empty: any); empty for all but `left_out`."""
        return tuple(d for d in self.named if d in wanted) or tuple(wanted) or self.doc_ids

    def without(self, doc_ids: Collection[str]) -> Scope:
        """The same, some documents left out as if they had not been named."""
        if not set(doc_ids).intersection(self.named):
            return self
        kept = (replace(p, doc_ids=tuple(d for d in p.doc_ids if d not in doc_ids)) for p in self.parties)
        return replace(
            self,
            doc_ids=tuple(d for d in self.doc_ids if d not in doc_ids),
            named=tuple(d for d in self.named if d not in doc_ids),
            instruments=tuple(i for i in self.instruments if i[0] not in doc_ids),
            parties=tuple(p for p in kept if p.doc_ids),
        )

    def of(self, parties: Sequence[Party]) -> Scope:
        """The scope of these, where they are two or more; else as it is."""
        if len(parties) < _SEVERAL:
            return self
        named = tuple(dict.fromkeys(d for party in parties for d in party.doc_ids))
        doc_ids = tuple(d for d in named if d not in self.left_out)
        return replace(self, every=False, soft=False, doc_ids=doc_ids, named=named, parties=tuple(parties))

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
            parties=previous.parties if not self.versioned else (),
        )


class ScopeFinder:
    """Finds the documents that a question names. `places` are place names that jieba's dictionary knows."""

    def __init__(
        self,
        documents: Sequence[Document],
        places: frozenset[str],
        versions: Versions | None = None,
        instruments: Inside | None = None,
    ) -> None:
        self._versions = versions or Versions(documents)
        self.register = Register(documents, self._versions, instruments or {})
        self._soft = short_names(documents, self._versions)
        self._texts = {d.doc_id: d.text for d in documents}
        self._places = places
        #: Whether places own rules here: in one school's corpus, 上海 is where somebody travels.
        self._of_places = any(
            PLACE_SUFFIX.search(stem) for d in documents for name in institutions_of(d) if (stem := stem_of(name))
        )
        self._heard = Heard(tuple(self._texts.values()))

    def find(self, question: str) -> Scope:
        """The scope of a question in Chinese or English, as typed (capitals tell names in English)."""
        text = normalize(question).strip()
        names, foreign, rest = self._names(text)
        names, owners, places = self._strangers(question, text, rest, names)
        rest = blanked(rest, spans(n for n in names if n.start >= 0 and n.kind is NameKind.BODY))
        open_text = blanked(text, spans(names))
        names, not_here = of_their_own(text, names, owners)
        foreign += not_here
        for start, end, title in strange_titles(open_text, self._heard.everywhere):
            foreign.append(title)
            rest = blanked(rest, [(start, end)])
        soft = not names and not foreign and not owners
        if soft:
            named = self._softly(text)
            # 「网信委和领导小组各有哪些成员」: the second document goes by no name of its own.
            if _EVERY.search(text) or self._beside_another(text, named):
                named = []
        else:
            # 「宜春学院和领导小组办法」: a second document may go by the short name that it gives itself.
            for alias, doc_ids in self._soft:
                if names and joins(alias, rest):
                    at = rest.find(alias)
                    target = tuple(Target(doc_id=d) for d in doc_ids)
                    found = Named(start=at, end=at + len(alias), text=alias, kind=NameKind.CORE, targets=target)
                    names = sorted([*names, found], key=lambda n: n.start)
                    rest = blanked(rest, [(at, at + len(alias))])
            named = list(dict.fromkeys(t.doc_id for n in names for t in n.targets))
        exact = {d for n in names for d in n.exact}
        members, left_out, words = self._versions_meant(rest, tuple(named), exact)
        for word in (*words, *owners, *places):
            rest = rest.replace(normalize(word), " " * len(word))
        every = bool(_ON_PURPOSE.search(text)) and not members
        doc_ids = tuple(d for d in members if d not in left_out)
        return Scope(
            doc_ids=doc_ids,
            soft=soft and bool(members),
            unknown=tuple(owners),
            rest=rest,
            every=every,
            foreign_titles=tuple(dict.fromkeys(foreign)),
            named=members,
            left_out=left_out,
            versioned=bool(words or exact),
            instruments=instruments_of(names),
            parties=self._parties(names, doc_ids),
            aside=tuple(places),
        )

    def grounded(self, scope: Scope, doc_ids: Sequence[str]) -> Scope:
        """The scope of a question that names no document, asked of these: no two of them are set side by side."""
        policies = {v: None for d in doc_ids for v in self._versions.of_policy(d)}
        left_out = tuple(d for d in dict.fromkeys((*scope.left_out, *policies)) if d not in doc_ids)
        meant = tuple(doc_ids)
        before = replace(
            scope, named=tuple(policies), left_out=left_out, soft=False, parties=(Party(name="", doc_ids=meant),)
        )
        return scope.following(before)

    def named_by(self, question: str, doc_ids: Collection[str]) -> list[str]:
        """The words, normalized, by which a question names any of these documents."""
        names, _, _ = self._names(normalize(question).strip())
        return [n.text for n in names if any(t.doc_id in doc_ids for t in n.targets)]

    def _names(self, text: str) -> tuple[list[Named], list[str], str]:
        """(the names on file in a question, titles in 《》 that are not, the question with both blanked out)."""
        found: list[Named] = []
        foreign: list[str] = []
        taken: list[tuple[int, int]] = []
        for start, end in quoted_titles(text):
            inner = text[start + 1 : end - 1].strip()
            if named := self.register.quoted(inner):
                found.append(replace(named, start=start, end=end))
                taken.append((start, end))
            elif (
                2 <= len(inner) <= 60
                and inner != kind_of(inner)
                and (
                    # It is more than a name on file, as an institution's is.
                    blanked(inner, spans(self.register.names_in(inner))).strip(" 《》")
                )
            ):
                foreign.append(inner)
                taken.append((start, end))
        # A title that holds 《》 itself may be written without marks around the whole.
        whole = [n for n in self.register.names_in(text) if "《" in n.text or not overlaps(n, taken)]
        found = [n for n in found if not overlaps(n, spans(n for n in whole if "《" in n.text))]
        foreign = [f for f in foreign if not any(folded(f) in n.text for n in whole)]
        found += whole
        open_text = blanked(text, [*taken, *spans(found)])
        bodies = [n for n in found if n.kind is NameKind.BODY]
        shortened = [n for n in self.register.shortened_in(open_text, bodies) if not overlaps(n, spans(found))]
        rest = text
        for named in found:
            quoted = text[named.start] == "《" and text[named.end - 1] == "》" and named.end - named.start > 2
            rest = blanked(rest, [(named.start + quoted, named.end - quoted)])
        # Words of a title that is not named as it stands still say what is asked.
        return sorted([*found, *shortened], key=lambda n: n.start), foreign, rest

    def _strangers(
        self, question: str, text: str, rest: str, names: Sequence[Named]
    ) -> tuple[list[Named], dict[str, tuple[int, int]], list[str]]:
        """(the names, institutions that are named and not on file, with where, places that are only spoken of)."""
        names = list(names)
        # What stands before a title owns it; what stands beside a name is one.
        marked = rest
        for named in names:
            if named.kind in (NameKind.TITLE, NameKind.CORE):
                marked = marked[: named.start] + "\x00" * (named.end - named.start) + marked[named.end :]
        out: dict[str, tuple[int, int]] = {}
        aside: list[str] = []
        for found in strangers(marked, self._places, self._heard.mentioned):
            if known := self.register.by_sound(found.text, found.start):
                names = sorted([*names, known], key=lambda n: n.start)
                continue
            only_place = found.place and not _NOTHING_ELSE.fullmatch(marked, found.end)
            if only_place or (PLACE_SUFFIX.search(found.text) and not self._of_places):
                aside.append(found.text)
            else:
                out[found.text] = (found.start, found.end)
        if question.isascii():
            out |= dict.fromkeys(english_strangers(question, rest, self._places), (-1, -1))
        return names, out, aside

    def _softly(self, text: str) -> list[str]:
        """The documents of which a question uses the short name that they give to what they are about."""
        found = [(text.find(alias), d) for alias, doc_ids in self._soft if alias in text for d in doc_ids]
        return list(dict.fromkeys(d for _, d in sorted(found, key=lambda f: f[0])))

    def _beside_another(self, text: str, named: Sequence[str]) -> bool:
        """Whether a question sets a term of the named documents beside something that none of them has."""
        terms = [alias for alias, doc_ids in self._soft if alias in text and set(doc_ids) <= set(named)]
        here = "".join(self._texts[d] for d in named)
        pattern = rf"([\u4e00-\u9fff]{{3,6}})[和与跟同及、][\u4e00-\u9fff]{{0,4}}(?:{'|'.join(map(re.escape, terms))})"
        others = re.findall(pattern, text) if terms else []
        return any(all(o[i : i + 3] not in here for i in range(len(o) - 2)) for o in others)

    def _versions_meant(
        self, rest: str, named: tuple[str, ...], exact: set[str]
    ) -> tuple[tuple[str, ...], tuple[str, ...], list[str]]:
        """(all versions of what is named, the versions that are not meant, the words that say which are).

        Those that the question names are meant, all where it compares them, else the one in force.
        """
        members: dict[str, None] = {}
        for doc_id in named:
            members |= dict.fromkeys(self._versions.of_policy(doc_id))
        left_out: list[str] = []
        words: list[str] = []
        for family in self._versions.on():
            meant = set(exact.intersection(family.doc_ids))
            if not members or members.keys() & set(family.doc_ids):
                said = asked(rest, family, self._versions.document)
                meant |= set(said.doc_ids)
                words += said.words
                # 「…的任期有什么不同」 about one policy alone sets its versions side by side.
                if not meant and members and members.keys() <= set(family.doc_ids) and COMPARES.search(rest):
                    meant = set(family.doc_ids)
            left_out += [d for d in family.doc_ids if d not in (meant or family.doc_ids[:1])]
        return tuple(members), tuple(left_out), words

    def _parties(self, names: Sequence[Named], doc_ids: Sequence[str]) -> tuple[Party, ...]:
        """What is named, in order, without what is named twice; versions of one policy each by itself."""
        out: dict[tuple[str, ...], str] = {}
        for named in names:
            own = {t.doc_id for t in named.targets}
            policy = set(self._versions.of_policy(named.targets[0].doc_id))
            own |= policy if own <= policy else set()
            meant = tuple(d for d in doc_ids if d in own)
            if set(meant) <= policy:
                out |= {(d,): named.text for d in meant if (d,) not in out}
            else:
                out.setdefault(meant, named.text)
        return tuple(Party(name=name, doc_ids=ids) for ids, name in out.items())
