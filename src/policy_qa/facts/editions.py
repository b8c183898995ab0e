"""The texts in force: every text on file that a decision amends, as it reads from that day on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, cast

from policy_qa.citing.clean import trimmed
from policy_qa.datamodels import (
    Amended,
    Answer,
    Document,
    Effective,
    Part,
    Provision,
    Quotation,
    Referred,
    Retrieved,
    Segmentation,
)
from policy_qa.facts.amending import Consolidation
from policy_qa.facts.dates import in_words, today
from policy_qa.facts.instructions import Instruction, instructions
from policy_qa.facts.shelf import Shelf, Shelved, begins, date_of
from policy_qa.naming.instruments import titles_of
from policy_qa.provisions import segment

#: Rises whenever the same files may give other editions; an index records it.
VERSION = 3
#: New words of so many characters that stand in a text already are no accident.
_TELLING = 10


@dataclass(frozen=True, kw_only=True, slots=True)
class Amendment:
    """What one document wants done in another, None where that is not on file.

    `told` is never empty. It counts from the day `on` (ISO, as precise as it is told; empty: not told).
    """

    decision: Segmentation
    target: Shelved | None
    on: str
    told: tuple[Instruction, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Sourced:
    """Where words stand in the files: their provision's ref, their offsets there, and what amended it, if anything."""

    ref: str
    start: int
    end: int
    effective: Effective | None = None


def shelf_of(files: Iterable[Segmentation]) -> Shelf:
    """The texts on file by title and number, the instruments of collections each by its own."""
    entries: list[Shelved] = []
    for one in files:
        document, titles = one.document, titles_of(one)
        numbers = {i.title: i.number for i in one.instruments}
        for name in titles if document.title in titles else ("", *titles):
            number = numbers.get(name) or (document.number if name in ("", document.title) else "")
            entries.append(Shelved(document=document, instrument=name, title=name or document.title, number=number))
    return Shelf(entries)


def amendments(files: Sequence[Segmentation]) -> list[Amendment]:
    """What the documents want done in others, in the order of their days; drafts want nothing."""
    shelf = shelf_of(files)
    out: list[Amendment] = []
    for decision in files:
        document = decision.document
        if document.status.is_draft:
            continue
        held: dict[tuple[str, str], list[Instruction]] = defaultdict(list)
        for one in instructions(document.text, document.title):
            held[one.title, one.number].append(one)
        for (title, number), told in held.items():
            target, on = shelf.find(title, number, document), begins(document)
            out.append(Amendment(decision=decision, target=target, on=on, told=tuple(told)))
    return sorted(out, key=lambda a: (a.on, date_of(a.decision.document)))


def editions_of(files: Sequence[Segmentation]) -> tuple[Segmentation, ...]:
    """The editions of all files that are amended, one a file and day, each with all that was amended by then."""
    by_id = {s.document.doc_id: s for s in files}
    out: dict[str, Segmentation] = {}
    latest: dict[str, Segmentation] = {}
    for change in amendments(files):
        if not change.target:
            continue
        file = change.target.document.doc_id
        base = latest.get(file, by_id[file])
        if _has_it(base, change):
            continue
        work = Consolidation(base, change.target.instrument, change.decision)
        work.carry_out(change.told)
        title = change.decision.document.title
        notes = [f"《{title}》没有并入（{by}）：{why}" for by, why in work.failed]
        if work.changed:
            notes.insert(0, f"已并入《{title}》" + (f"（自{in_words(change.on)}起）" if change.on else ""))
        if notes:
            doc_id = f"{file}@{change.on or '0'}"
            document = replace(work.document(doc_id, change.on), notes=(*base.document.notes, *notes))
            out[doc_id] = latest[file] = segment(document)
    return tuple(out.values())


def _has_it(base: Segmentation, change: Amendment) -> bool:
    """Whether a file is the amended text already: it has the words that the decision puts in, or most of them."""
    text, decision = base.document.text, change.decision.document.text
    new = [decision[a:b].strip("。；， ") for one in change.told for a, b in one.new if b - a >= _TELLING]
    return bool(new) and sum(words in text for words in new) > len(new) / 2


class Editions:
    """The editions among loaded documents: which is in force on a day, and where its words stand in the files."""

    def __init__(self, segmentations: Mapping[str, Segmentation]) -> None:
        self._all = segmentations
        self._of: dict[str, list[Segmentation]] = defaultdict(list)
        for one in segmentations.values():
            if one.document.edition_of:
                self._of[one.document.edition_of].append(one)
        for held in self._of.values():
            held.sort(key=lambda s: s.document.since, reverse=True)

    def current(self, doc_id: str) -> str:
        """The edition of a file that is in force today; the file itself where it has none, or for an edition."""
        day = today().isoformat()
        return next((s.document.doc_id for s in self._of.get(doc_id, ()) if s.document.since <= day), doc_id)

    def holds(self, doc_id: str) -> bool:
        """Whether a file or an edition is the text of its file that is in force today."""
        return self.current(self._all[doc_id].document.edition_of or doc_id) == doc_id

    def decisions(self, edition: Document) -> tuple[str, ...]:
        """The documents that amended an edition."""
        return tuple(dict.fromkeys(a.by.partition("#")[0] for a in edition.amended))

    def now(self, provision: Provision) -> Provision | None:
        """What has become of a provision of a file by today; itself where nothing has, None where it is deleted."""
        edition = self._all[self.current(provision.doc_id)]
        if edition.document.doc_id == provision.doc_id:
            return provision
        there = [
            (s.at + max(s.start, provision.start) - s.start, s.at + min(s.end, provision.end) - s.start)
            for s in edition.document.stretches
            if s.doc_id == provision.doc_id and s.start < provision.end and provision.start < s.end
        ]
        if not there:  # replaced whole, or deleted
            same = edition.at(provision.path)
            return same if same and _touching(edition, same) else None
        found = edition.finest(there[0][0], there[-1][1])
        return edition.article_of(found) if found and provision.article else found

    def sourced(self, ref: str, start: int, end: int) -> Sourced:
        """Where words [start, end) of a provision stand in the files; of a file, where they are."""
        doc_id, _, path = ref.partition("#")
        whole = self._all.get(doc_id)
        provision = whole.at(path) if whole else None
        if whole is None or provision is None or not whole.document.edition_of:
            return Sourced(ref=ref, start=start, end=end)
        by = tuple(dict.fromkeys(a.by for a in _touching(whole, provision)))
        parts = tuple(self._parts(whole, start, end))
        home, first, last = self._home(whole, provision)
        if not by and len(parts) == 1:
            return Sourced(ref=home, start=parts[0].start, end=parts[0].end)
        now = Effective(on=today().isoformat(), by=by, parts=parts, edition=ref, start=start, end=end)
        return Sourced(ref=home, start=first, end=last, effective=now)

    def file(self, doc_id: str) -> str:
        """The file that a document is an edition of; a file as it is."""
        return self._all[doc_id].document.edition_of or doc_id

    def ref(self, ref: str) -> str:
        """The ref in the files of what a ref of an edition names; a ref of a file as it is."""
        whole = self._all.get(ref.partition("#")[0])
        provision = whole.at(ref) if whole and whole.document.edition_of else None
        return self._home(whole, provision)[0] if whole and provision else ref

    def unmerged(self, ref: str) -> tuple[str, ...]:
        """The refs of what decisions say of a provision and could not be put into it."""
        whole = self._all[ref.partition("#")[0]]
        provision = whole.at(ref)
        if provision is None:
            return ()
        left = (a for a in whole.document.amended if not a.merged)
        return tuple(dict.fromkeys(a.by for a in left if a.start < provision.end and provision.start < a.end))

    def _parts(self, whole: Segmentation, start: int, end: int) -> Iterator[Part]:
        for one in whole.document.stretches:
            first, last = max(one.at, start), min(one.at + one.end - one.start, end)
            if first >= last:
                continue
            a, b = one.start + first - one.at, one.start + last - one.at
            source = self._all[one.doc_id]
            start_of_words, end_of_words = trimmed(source.document.text, a, b)
            if start_of_words < end_of_words:
                found = source.finest(start_of_words, end_of_words) or source.finest(start_of_words)
                yield Part(ref=found.ref if found else one.doc_id, start=a, end=b)

    def _home(self, whole: Segmentation, provision: Provision) -> tuple[str, int, int]:
        """The provision of the file that an edition's provision has been: of a new one, that of the decision."""
        parts = list(self._parts(whole, provision.start, provision.end))
        base = whole.document.edition_of
        own = [p for p in parts if p.ref.partition("#")[0] == base] or parts[:1]
        if not own:
            return provision.ref, provision.start, provision.end
        source = self._all[own[0].ref.partition("#")[0]]
        first, last = trimmed(source.document.text, own[0].start, own[-1].end)
        found = source.finest(first, last) or source.finest(first)
        if found is None:
            return provision.ref, provision.start, provision.end
        if provision.article:
            found = source.article_of(found)
        if source.document.doc_id == base:
            return found.ref, found.start, found.end
        return found.ref, first, last


def _touching(whole: Segmentation, provision: Provision) -> list[Amended]:
    """What changed a provision: words in it, or the number of its article."""
    article = whole.article_of(provision)
    label = article.start, article.start + len(article.label)
    return [
        a
        for a in whole.document.amended
        if (provision.start <= a.start and a.end <= provision.end) or (article.label and (a.start, a.end) == label)
    ]


def sourced_answer(answer: Answer, editions: Editions) -> Answer:
    """The same, each citation, quotation and ref that of a file, with what amended it."""
    scope = replace(answer.scope, doc_ids=tuple(dict.fromkeys(map(editions.file, answer.scope.doc_ids))))
    told: Answer = _sourced(replace(answer, scope=scope), editions)
    return replace(told, retrieved=sourced_hits(answer.retrieved, editions))


def _sourced(one: Any, editions: Editions) -> Any:
    """Whatever an answer is made of, and all that stands in it, by refs and offsets of the files."""
    if isinstance(one, tuple):
        return tuple(_sourced(each, editions) for each in one)
    if not is_dataclass(one) or isinstance(one, Document):
        return one
    told = {field.name: _sourced(getattr(one, field.name), editions) for field in fields(one)}
    if isinstance(one, Quotation | Referred) and one.ref:
        found = editions.sourced(one.ref, one.start, one.end)
        told |= {"ref": found.ref, "start": found.start, "end": found.end}
        told |= {"effective": found.effective} if isinstance(one, Quotation) else {}
    elif "ref" in told:
        told["ref"] = editions.ref(told["ref"])
    return replace(cast(Any, one), **told)


def sourced_hits(hits: Iterable[Retrieved], editions: Editions) -> tuple[Retrieved, ...]:
    """Retrieved provisions by their refs in the files, each once."""
    out: dict[str, Retrieved] = {}
    for hit in hits:
        ref = editions.ref(hit.ref)
        out.setdefault(ref, replace(hit, ref=ref))
    return tuple(out.values())
