"""The families of an index: found once, put in order for the day on which a question is asked."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from policy_qa.datamodels import Document, Segmentation
from policy_qa.facts.family import Family
from policy_qa.facts.force import family_of
from policy_qa.facts.same import groups


def families(documents: Sequence[Document], today: datetime.date | None = None) -> tuple[Family, ...]:
    """The policies of which there are two texts or more, in the order of their first documents.

    `today` decides which texts have come into force; by default the present day.
    """
    return Versions(documents).on(today)


class Versions:
    """The families of some documents. Immutable but for what it has worked out; safe to share between threads."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self._documents = {d.doc_id: d for d in documents}
        self._groups = groups(documents)
        # A server runs for months: a text comes into force while it does. One day is kept, as one value.
        self._known: tuple[str, tuple[Family, ...], Mapping[str, Family]] = ("", (), {})

    def on(self, today: datetime.date | None = None) -> tuple[Family, ...]:
        """All families as they are on a day, by default the present one."""
        return self._at(today)[0]

    def of(self, doc_id: str, today: datetime.date | None = None) -> Family | None:
        """The family of a document; None where it is the only text of its policy."""
        return self._at(today)[1].get(doc_id) if self._groups else None

    def document(self, doc_id: str) -> Document:
        """A document that a family names."""
        return self._documents[doc_id]

    def _at(self, today: datetime.date | None) -> tuple[tuple[Family, ...], Mapping[str, Family]]:
        if not self._groups:
            return (), {}
        day = (today or datetime.datetime.now().astimezone().date()).isoformat()
        known = self._known
        if known[0] != day:
            found = tuple(family_of([self._documents[i] for i in ids], day) for ids in self._groups)
            known = self._known = (day, found, {i: f for f in found for i in f.doc_ids})
        return known[1], known[2]


def tell_apart(segmentations: Mapping[str, Segmentation]) -> dict[str, Segmentation]:
    """The same, with `Document.edition` set where two texts of one policy bear the very same title."""
    out = dict(segmentations)
    for family in families([s.document for s in segmentations.values()]):
        titles = Counter("".join(out[i].document.title.split()) for i in family.doc_ids)
        for member in family.members:
            document = out[member.doc_id].document
            if titles["".join(document.title.split())] > 1:
                label = member.label.removesuffix("印发")
                edition = f"{label}版" if label.endswith(("年", "月", "日")) else label
                out[member.doc_id] = replace(out[member.doc_id], document=replace(document, edition=edition))
    return out
