"""What an answer from one version of a policy says about the others: that they exist, and where they differ."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from policy_qa.answer.phrases import say
from policy_qa.citing.grammar import ordinal
from policy_qa.datamodels import Provision, Segmentation
from policy_qa.diff import Change, ChangeKind, Diff, Op, OpKind, What, compare
from policy_qa.facts.catalogue import Versions
from policy_qa.facts.dates import in_words
from policy_qa.facts.editions import Editions
from policy_qa.facts.model import Family, State, Version
from policy_qa.facts.register import Register
from policy_qa.facts.same import is_above, level_of
from policy_qa.numerals import NUMERAL_CHARS
from policy_qa.printable import shorten
from policy_qa.provisions.refs import cite, place
from policy_qa.words import Segmenter

#: A notice names so many differences of a provision, each so long; who wants all of them asks for the comparison.
_WORDS, _LONG = 3, 30
#: Differences are told of so many other versions, and of so many provisions.
_OTHERS, _PROVISIONS = 2, 4
_LABEL = re.compile(rf"[（(]?[{NUMERAL_CHARS}]+[)）、.．]?|{ordinal('条')}(?:之[{NUMERAL_CHARS}]+)?")


class VersionNotices:
    """Writes the notices; keeps the comparisons of two texts that it had to make."""

    def __init__(self, versions: Versions, segmentations: Mapping[str, Segmentation], segmenter: Segmenter) -> None:
        self._versions, self._segmentations, self._segmenter = versions, segmentations, segmenter
        self._register = Register(segmentations.values(), versions)
        self._editions = Editions(segmentations)
        self._diffs: dict[tuple[str, str], Diff] = {}

    def about(self, cited: Sequence[Provision], lang: str) -> list[str]:
        """Notices for the provisions that an answer cites, whatever their level; none without other versions."""
        out: list[str] = []
        doc_ids = list(dict.fromkeys(p.doc_id for p in cited))
        for provision in dict.fromkeys(cited):
            out += self.amended(provision, lang) + self.deleted(provision, lang)
        for doc_id in doc_ids:
            family = self._versions.of(doc_id)
            if family is None:
                continue
            others = [m for m in family.members if m.doc_id not in doc_ids and self._versions.akin(doc_id, m.doc_id)]
            if others:
                out.append(self._exists(family, doc_id, others, lang))
            here = list(dict.fromkeys(p for p in cited if p.doc_id == doc_id))[:_PROVISIONS]
            out += [line for o in others[:_OTHERS] for p in here for line in self._differs(p, o, lang)]
        return list(dict.fromkeys(out))

    def by_level(self, doc_ids: Sequence[str], lang: str) -> tuple[list[str], list[str]]:
        """Documents with higher rules before those that they stand above, and a line on each such pair."""
        documents = [self._segmentations[d].document for d in doc_ids]
        pairs = [(a, b) for a in documents for b in documents if is_above(a, b)]
        if not pairs:
            return list(doc_ids), []
        ranked = sorted(documents, key=level_of)
        lines = [say(lang, "levels", high=a.title, title=b.title) for a, b in pairs]
        return [d.doc_id for d in ranked], lines

    def standing(self, provision: Provision, lang: str) -> list[str]:
        """A line before what is cited, where its text is repealed, has run out or is to come; else nothing."""
        found = self._register.standing_of(provision.doc_id, provision.instrument)
        key = {
            State.REPEALED: "repealed",
            State.EXPIRED: "expired",
            State.TRIAL_OVER: "expired",
            State.TO_COME: "to_come",
        }.get(found.state)
        title = provision.instrument or self._segmentations[provision.doc_id].document.title
        return [say(lang, key, title=title, why=found.why)] if key else []

    def amended(self, provision: Provision, lang: str) -> list[str]:
        """What decisions did to a provision of an edition, and what of it could not be done."""
        document = self._segmentations[provision.doc_id].document
        if not document.edition_of:
            return []
        changed = self._editions.sourced(provision.ref, provision.start, provision.end).effective
        out = []
        for key, refs in (
            ("amended", changed.by if changed else ()),
            ("unmerged", self._editions.unmerged(provision.ref)),
        ):
            if refs:
                by = say(lang, "sep").join(self._cited(ref) for ref in refs)
                out.append(say(lang, key, place=place(provision), by=by, since=in_words(document.since)))
        return out

    def deleted(self, provision: Provision, lang: str) -> list[str]:
        """What a decision says that deleted a provision of a file; nothing where it stands."""
        edition = self._segmentations[self._editions.current(provision.doc_id)].document
        if self._editions.now(provision) is not None:
            return []
        titles = [f"《{self._segmentations[d].document.title}》" for d in self._editions.decisions(edition)]
        by = say(lang, "sep").join(titles)
        return [say(lang, "deleted", place=place(provision), by=by, since=in_words(edition.since))]

    def _cited(self, ref: str) -> str:
        segmentation = self._segmentations[ref.partition("#")[0]]
        provision = segmentation.at(ref)
        whole = f"《{segmentation.document.title}》"
        return cite(segmentation.document, provision).rstrip("、") if provision else whole

    def _exists(self, family: Family, doc_id: str, others: Sequence[Version], lang: str) -> str:
        first = family.members[0]
        title = self._segmentations[doc_id].document.title
        if doc_id != first.doc_id:
            own = next(m for m in family.members if m.doc_id == doc_id)
            key = "older_version" if first.in_force else "only_drafts"
            return say(lang, key, title=title, label=own.label, current=first.label)
        labels = [f"{m.label}（{m.why}）" if lang == "zh" else m.label for m in others]
        return say(lang, "other_versions", title=title, labels=say(lang, "sep").join(labels))

    def _differs(self, cited: Provision, other: Version, lang: str) -> list[str]:
        """A line where the counterpart of a cited provision says something else; nothing where it says the same."""
        change = _about(self._diff(other.doc_id, cited.doc_id), cited)
        if change is None or change.same_values:
            return []
        if change.kinds == (ChangeKind.ADDED,):
            return [say(lang, "version_lacks", place=place(cited), label=other.label)]
        words = _words(change, cited, other.label, lang)
        if not words or change.old is None:
            return []
        shown = say(lang, "words_sep").join(words)
        there = place(change.old)
        return [say(lang, "version_differs", place=place(cited), label=other.label, other=there, words=shown)]

    def _diff(self, old: str, new: str) -> Diff:
        if (known := self._diffs.get((old, new))) is None:
            known = compare(self._segmentations[old], self._segmentations[new], self._segmenter)
            self._diffs[old, new] = known
        return known


def _about(diff: Diff, cited: Provision) -> Change | None:
    """The change of the cited provision itself, or of the smallest one around it that has been compared."""
    level: Sequence[Change] = [c for c in diff.changes if c.what is What.ARTICLE]
    found = None
    while True:
        around = [c for c in level if c.new and c.new.start <= cited.start and cited.end <= c.new.end]
        if not around:
            return found
        found = around[0]
        level = found.parts


def _words(change: Change, cited: Provision, label: str, lang: str) -> list[str]:
    """What differs inside the cited provision, as short lines."""
    out: list[str] = []
    waiting: Op | None = None
    for op in change.ops:
        telling = not op.trivial and not _LABEL.fullmatch("".join(op.text.split())) and re.search(r"\w", op.text)
        inside = cited.start <= op.new_start <= op.new_end <= cited.end
        if op.op is OpKind.DELETE:
            if telling and inside:
                waiting = op
            continue
        if op.op is OpKind.INSERT and telling and inside:
            key = "words_replaced" if waiting else "words_only_here"
            there = _short(waiting.text) if waiting else ""
            out.append(say(lang, key, here=_short(op.text), there=there, label=label))
            waiting = None
        elif waiting and not op.trivial:
            out.append(say(lang, "words_only_there", here="", there=_short(waiting.text), label=label))
            waiting = None
    if waiting:
        out.append(say(lang, "words_only_there", here="", there=_short(waiting.text), label=label))
    return out[:_WORDS]


def _short(text: str) -> str:
    return shorten(" ".join(text.split()).strip("，。；、："), _LONG)
