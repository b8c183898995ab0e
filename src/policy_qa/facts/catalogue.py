"""The families of an index: found once, put in order for the day on which a question is asked."""

from __future__ import annotations

import datetime
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from policy_qa.datamodels import Document, Segmentation
from policy_qa.facts.closing import ENDED, endings
from policy_qa.facts.dates import today
from policy_qa.facts.force import begins, family_of
from policy_qa.facts.model import Family, Link
from policy_qa.facts.same import groups
from policy_qa.facts.shelf import Shelf, Shelved, link

#: A text that does nothing but end others takes the place of none of them.
_ONLY_ENDS = re.compile(r"(?:废止|失效|清理).{0,60}(?:决定|通知|公告|通告|目录)")


class Versions:
    """The families of some documents. Immutable but for what it has worked out; safe to share between threads."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self._documents = {d.doc_id: d for d in documents}
        files = [d for d in documents if not d.edition_of]
        group_of = {doc_id: ids for ids in groups(files) for doc_id in ids}
        self._group: dict[str, tuple[str, ...]] = {d.doc_id: group_of.get(d.doc_id, (d.doc_id,)) for d in files}
        for edition in (d for d in documents if d.edition_of in self._group):
            ids = (*self._group[edition.edition_of], edition.doc_id)
            self._group.update(dict.fromkeys(ids, ids))
        self._all_repeals = self._repeals(files)
        self._beside = self._decisions(documents)
        # A server runs for months: a text comes into force while it does. One day is kept.
        self._at = lru_cache(maxsize=1)(self._families)

    def on(self, day: datetime.date | None = None) -> tuple[Family, ...]:
        """The policies of which there are two texts or more as they are on a day, by default the present one.

        They are in the order of their first documents.
        """
        return tuple(dict.fromkeys(self._at(day or today()).values()))

    def of(self, doc_id: str, day: datetime.date | None = None) -> Family | None:
        """The family of a document; None where it is the only text of its policy."""
        return self._at(day or today()).get(doc_id)

    def document(self, doc_id: str) -> Document:
        """A document that a family names."""
        return self._documents[doc_id]

    def akin(self, one: str, other: str) -> bool:
        """Whether two documents are texts of one policy, and not one that took the place of the other."""
        return other in self._group.get(one, ())

    def repealed(self, doc_id: str, day: datetime.date | None = None) -> Link | None:
        """What has ended a document by a day; None where nothing on file has."""
        base = self._documents[doc_id].edition_of or doc_id
        return self._ended((day or today()).isoformat()).get(base)

    def _repeals(self, files: Sequence[Document]) -> Sequence[Link]:
        """What the documents end, by title, number or as their own former texts; drafts end nothing."""
        shelf = Shelf([Shelved(document=d, instrument="", title=d.title, number=d.number) for d in files])
        out: dict[str, Link] = {}
        for by in files:
            if by.status.is_draft or not ENDED.search(by.text):
                continue
            since = begins(by)
            for one in endings(by.text, 0, len(by.text), by.title, by.doc_id):
                named = [shelf.find(one.title, one.number, by)] if one.title or one.number else []
                for target in filter(None, named or shelf.former(by, self._group[by.doc_id])):
                    out.setdefault(target.document.doc_id, link(one, target, by, one.on or since, one.source))
        # Two texts that keep the same closing words end each other; then the dates decide.
        return [r for r in out.values() if r.by not in out or out[r.by].by != r.doc_id]

    def _decisions(self, documents: Sequence[Document]) -> dict[str, tuple[str, ...]]:
        """A group's texts -> the decisions that have been put into them whole."""
        out: dict[str, tuple[str, ...]] = {}
        taken: set[str] = set()
        left = {a.by.partition("#")[0] for d in documents for a in d.amended if not a.merged}
        for edition in (d for d in documents if d.edition_of in self._group):
            by = dict.fromkeys(a.by.partition("#")[0] for a in edition.amended)
            fit = [d for d in by if d in self._group and d not in taken | left and len(self._group[d]) == 1]
            taken.update(fit)
            for doc_id in self._group[edition.edition_of]:
                out[doc_id] = (*out.get(doc_id, ()), *fit)
        return out

    def _ended(self, day: str) -> dict[str, Link]:
        return {r.doc_id: r for r in self._all_repeals if not r.on or r.on <= day}

    def _families(self, day: datetime.date) -> dict[str, Family]:
        """Documents -> their families, in the order of the families' first documents."""
        ended = self._ended(day.isoformat())
        by_doc = {doc_id: repeal.by for doc_id, repeal in ended.items()}
        for old in self._documents.values():
            if old.edition_of in by_doc:
                by_doc.setdefault(old.doc_id, by_doc[old.edition_of])
        parent = {doc_id: ids[0] for doc_id, ids in self._group.items()}

        def root(doc_id: str) -> str:
            while parent[parent[doc_id]] != parent[doc_id]:
                doc_id = parent[doc_id]
            return parent[doc_id]

        for repeal in ended.values():
            standing = [i for i in self._group[repeal.doc_id] if self._stands(i) and i not in by_doc]
            if not standing and not _ONLY_ENDS.search(self._documents[repeal.by].title) and self._stands(repeal.by):
                parent[root(repeal.doc_id)] = root(repeal.by)
        members: dict[str, list[str]] = defaultdict(list)
        for doc_id in self._documents:
            if doc_id in parent:
                members[root(doc_id)].append(doc_id)
        beside = {d for ids in self._beside.values() for d in ids}
        out: dict[str, Family] = {}
        for ids in members.values():
            own = [self._documents[i] for i in ids if i not in beside]
            decisions = dict.fromkeys(d for i in ids for d in self._beside.get(i, ()))
            if own and len(own) + len(decisions) > 1:
                family = family_of(own, day.isoformat(), by_doc, [self._documents[d] for d in decisions])
                out.update(dict.fromkeys(family.doc_ids, family))
        return out

    def _stands(self, doc_id: str) -> bool:
        return not self._documents[doc_id].status.is_draft


def tell_apart(segmentations: Mapping[str, Segmentation]) -> dict[str, Segmentation]:
    """The same, with `Document.edition` set where two texts of one policy bear the very same title."""
    out = dict(segmentations)
    for family in Versions([s.document for s in segmentations.values()]).on():
        titles = Counter("".join(out[i].document.title.split()) for i in family.doc_ids)
        for member in family.members:
            document = out[member.doc_id].document
            if titles["".join(document.title.split())] > 1:
                label = member.label.removesuffix("印发")
                edition = f"{label}版" if label.endswith(("年", "月", "日")) else label
                out[member.doc_id] = replace(out[member.doc_id], document=replace(document, edition=edition))
    return out
