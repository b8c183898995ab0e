"""What is on file: each text with what is known of it, and where it stands on a day."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import fields, replace
from functools import cached_property
from operator import attrgetter, itemgetter

from policy_qa.datamodels import Kind, Segmentation, Status
from policy_qa.facts.catalogue import Versions
from policy_qa.facts.closing import Extension, effective, endings, extensions, term
from policy_qa.facts.dates import in_words, today
from policy_qa.facts.editions import Amendment, amendments, shelf_of
from policy_qa.facts.head import read_head
from policy_qa.facts.model import Fact, Facts, Link, Standing, State, TermKind
from policy_qa.facts.shelf import Shelf, link, number_key, title_key
from policy_qa.words import normalize


def facts_of(segmentation: Segmentation) -> tuple[Facts, ...]:
    """What a file says of itself: one for the file, or for each instrument that it holds, in text order."""
    held = segmentation.instruments
    if len(held) < 2:
        return (_facts(segmentation, "", 0, len(segmentation.document.text)),)
    # What stands above the first one, a letterhead or a covering notice, is of that one.
    return tuple(_facts(segmentation, one.title, one.start if i else 0, one.end) for i, one in enumerate(held))


def _facts(segmentation: Segmentation, instrument: str, start: int, end: int) -> Facts:
    document = segmentation.document
    text, doc_id = document.text, document.doc_id
    head = read_head(text, start, end, doc_id=doc_id)
    begins = effective(text, start, end, head.issued, doc_id)
    since = begins or head.issued
    own = (segmentation.instrument_of(a) if instrument else None for a in segmentation.articles)
    articles = [
        a
        for a, home in zip(segmentation.articles, own, strict=True)
        if start <= a.start < end and (home is None or home.title == instrument)
    ]
    numbered = [a for a in articles if a.kind is Kind.ARTICLE]
    points = [a for a in articles if a.kind in (Kind.SECTION, Kind.POINT)]
    return Facts(
        doc_id=doc_id,
        instrument=instrument,
        start=start,
        end=end,
        **{field.name: getattr(head, field.name) for field in fields(head)},
        effective=begins,
        term=term(text, start, end, since.value if since else "", doc_id),
        articles=len(numbered or points),
    )


class Register:
    """All texts on file. Immutable but for what it has worked out; safe to share between threads.

    Editions are no texts of their own: what amends a text is among its facts.
    """

    def __init__(self, segmentations: Iterable[Segmentation], versions: Versions | None = None) -> None:
        self._segmentations = {s.document.doc_id: s for s in segmentations}
        self._files = [s for s in self._segmentations.values() if not s.document.edition_of]
        self._versions = versions
        self._single: dict[str, tuple[Facts, ...]] = {}

    @cached_property
    def _shelf(self) -> Shelf:
        return shelf_of(self._files)

    @cached_property
    def versions(self) -> Versions:
        """The texts of each policy, and which is in force."""
        return self._versions or Versions([s.document for s in self._segmentations.values()])

    @cached_property
    def _facts(self) -> tuple[Facts, ...]:
        own = [f for s in self._files for f in facts_of(s)]
        amends = sorted(map(_amends, amendments(self._files)), key=attrgetter("on"))
        repeals = sorted((r for facts in own for r in self._repeals(facts)), key=attrgetter("on"))
        found = (
            replace(
                facts,
                amends=tuple(k for k in amends if _does(facts, k)),
                repeals=tuple(k for k in repeals if _does(facts, k)),
                amended_by=tuple(k for k in amends if _suffers(facts, k)),
                repealed_by=tuple(k for k in repeals if _suffers(facts, k)),
            )
            for facts in own
        )
        return tuple(sorted(found, key=attrgetter("day"), reverse=True))

    def _repeals(self, facts: Facts) -> Iterable[Link]:
        by = self._segmentations[facts.doc_id].document
        begins = facts.effective or facts.issued
        for one in endings(by.text, facts.start, facts.end, facts.name, by.doc_id) if not by.status.is_draft else ():
            if one.title or one.number:
                target = self._shelf.find(one.title, one.number, by)
                yield link(one, target, by, one.on or (begins.value if begins else ""), one.source)

    def all(self) -> tuple[Facts, ...]:
        """What is on file, newest first; what has no date last."""
        return self._facts

    def of(self, doc_id: str, instrument: str = "") -> Facts:
        """What is known of a text; of an edition, what is known of the text amended. KeyError for no document."""
        base = self._segmentations[doc_id].document.edition_of or doc_id
        return _named([f for f in self._facts if f.doc_id == base], instrument)

    def ended(self, name: str) -> Link | None:
        """What has ended a text that is not on file, called by its number or title; None where nothing on file has."""
        number, title, day = number_key(name), title_key(name), today().isoformat()
        absent = [k for facts in self._facts for k in facts.repeals if not k.doc_id and k.on <= day]
        found = [k for k in absent if (k.number and number_key(k.number) == number) or title_key(k.title) == title]
        return found[-1] if found else None

    def find(self, institution: str = "", subject: str = "") -> tuple[Facts, ...]:
        """The texts of an institution, on a subject (words of the title), newest first; empty words ask for all."""

        def issued_by(facts: Facts) -> str:
            return normalize((facts.issuer.value if facts.issuer else "") + facts.name)

        wanted, about = normalize(institution), normalize(subject)
        return tuple(f for f in self._facts if wanted in issued_by(f) and about in normalize(f.name))

    def standing_of(self, doc_id: str, instrument: str = "", day: datetime.date | None = None) -> Standing:
        """Where a text stands on a day, for a caller who needs none of its other facts."""
        base = self._segmentations[doc_id].document.edition_of or doc_id
        if base not in self._single:
            self._single[base] = facts_of(self._segmentations[base])
        return self.standing(_named(self._single[base], instrument), day)

    def standing(self, facts: Facts, day: datetime.date | None = None) -> Standing:
        """Where a text stands on a day, by default the present one."""
        iso = (day or today()).isoformat()
        if facts.status and Status(facts.status.value).is_draft:
            return Standing(state=State.DRAFT, why=f"是{facts.status.value}，尚未正式施行", source=facts.status)
        if ended := self._ended(facts, iso):
            return ended
        if facts.effective and facts.effective.value > iso:
            why = f"自{in_words(facts.effective.value)}起施行，尚未施行"
            return Standing(state=State.TO_COME, why=why, source=facts.effective)
        family = None if facts.instrument else self.versions.of(facts.doc_id, day)
        if family and (first := family.members[0]).in_force:
            base = self.versions.document(first.doc_id).edition_of or first.doc_id
            if base != facts.doc_id and not next(m for m in family.members if m.doc_id == facts.doc_id).decision:
                why = f"已有较新的文本（{first.label}）"
                return Standing(state=State.REPLACED, why=why, source=facts.issued)
        until, source = self._until(facts, iso)
        if facts.term and until and until < iso:
            state = State.TRIAL_OVER if facts.term.kind is TermKind.TRIAL else State.EXPIRED
            why = f"{facts.term.kind}已于{in_words(until)}届满"
            return Standing(state=state, why=why, until=until, source=source)
        source = facts.effective or facts.issued
        return Standing(state=State.IN_FORCE, why=_since(facts, iso), until=until, source=source)

    @cached_property
    def _extended(self) -> dict[tuple[str, str], list[tuple[str, Extension]]]:
        """(document, instrument) -> what extends its term, with the day from which that counts, in their order."""
        out: dict[tuple[str, str], list[tuple[str, Extension]]] = defaultdict(list)
        for by in (s.document for s in self._files if not s.document.status.is_draft):
            for one in extensions(by.text, by.doc_id):
                if target := self._shelf.find(one.title, one.number, by):
                    issued = read_head(by.text, doc_id=by.doc_id).issued
                    on = issued.value if issued else ""
                    out[target.document.doc_id, target.instrument].append((on, one))
        return {key: sorted(held, key=itemgetter(0)) for key, held in out.items()}

    def _until(self, facts: Facts, day: str) -> tuple[str, Fact | None]:
        """The last day of a text's trial or validity as it stands on a day, and what says so; empty where none is."""
        if facts.term is None:
            return "", None
        until, source = facts.term.until, facts.term.source
        since = facts.effective or facts.issued
        for on, one in self._extended.get((facts.doc_id, facts.instrument), ()):
            if on <= day and (last := one.last(since.value if since else "", until)):
                until, source = last, one.source
        return until, source

    def _ended(self, facts: Facts, day: str) -> Standing | None:
        """That a text is repealed, and by what; None where it isn't on that day."""
        found = [(link.by, link.on, link.source) for link in facts.repealed_by if not link.on or link.on <= day]
        if not facts.instrument and (repeal := self.versions.repealed(facts.doc_id, datetime.date.fromisoformat(day))):
            found.insert(0, (repeal.by, repeal.on, repeal.source))
        if found:
            by, on, source = found[0]
            since, title = f"自{in_words(on)}起" if on else "", self._segmentations[by].document.title
            return Standing(state=State.REPEALED, why=f"{since}已被《{title}》废止", source=source)
        if facts.status and facts.status.value == Status.REPEALED.value:
            return Standing(state=State.REPEALED, why="标题写明已废止", source=facts.status)
        return None


def _since(facts: Facts, day: str) -> str:
    amended = [link for link in facts.amended_by if not link.on or link.on <= day]
    since = f"自{in_words(facts.effective.value)}起施行" if facts.effective else "文中没有写明施行日期"
    if not amended:
        return since
    return f"{since}，自{in_words(amended[-1].on)}起按修改决定修改" if amended[-1].on else f"{since}，已经修改"


def _named(held: Sequence[Facts], instrument: str) -> Facts:
    """The facts of one instrument of a file, of its first where none is named so."""
    return next((f for f in held if f.instrument == instrument), held[0])


def _amends(change: Amendment) -> Link:
    by, one = change.decision.document, change.told[0]
    source = Fact(value=by.text[one.start : one.end], doc_id=by.doc_id, start=one.start, end=one.end)
    return link(one, change.target, by, change.on, source)


def _does(facts: Facts, done: Link) -> bool:
    return done.by == facts.doc_id and facts.start <= done.source.start < max(facts.end, 1)


def _suffers(facts: Facts, done: Link) -> bool:
    return done.doc_id == facts.doc_id and done.instrument in ("", facts.instrument)
