"""What the page reads of a pipeline: its documents, looked up by the refs that answers carry."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from policy_qa.datamodels import Document, Provision, Segmentation
from policy_qa.diff import Diff, compare
from policy_qa.diff.model import Op
from policy_qa.diff.words import word_ops
from policy_qa.facts.model import Family, Version
from policy_qa.facts.shelf import date_of
from policy_qa.lint import Finding, lint
from policy_qa.naming.institutions import institution_of
from policy_qa.page.inline import one_line
from policy_qa.printable import shorten
from policy_qa.provisions.refs import cite
from policy_qa.words import Segmenter

if TYPE_CHECKING:
    from policy_qa.kept.marks import Marks
    from policy_qa.pipeline import Pipeline


#: Characters that are shown of a provision where it is only named.
_OPENING = 120
#: Comparisons that are kept; the one that was made first is let go for another.
KEPT = 32
_Key = tuple[str, str, str, str]


class Comparisons:
    """Compares texts once, whatever the number of readers; a text that has changed is compared anew."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._made: dict[_Key, Diff] = {}

    def of(self, old: Segmentation, new: Segmentation) -> Diff:
        """What differs between two texts."""
        a, b = old.document, new.document
        key = (a.doc_id, a.sha256, b.doc_id, b.sha256)
        # One at a time: two large comparisons at once would only slow each other, and answers, down.
        with self._lock:
            if key not in self._made:
                self._made[key] = compare(old, new, self._words)
                while len(self._made) > KEPT:
                    del self._made[next(iter(self._made))]
            return self._made[key]

    def ops(self, old: str, new: str) -> list[Op]:
        """What turns one text into another, word by word."""
        with self._lock:
            return word_ops(old, (0, len(old)), new, (0, len(new)), self._words)

    @cached_property
    def _words(self) -> Segmenter:
        return Segmenter()


@dataclass(frozen=True)
class Place:
    """A provision with the provision at article level that holds it, and its name for people."""

    segmentation: Segmentation
    provision: Provision
    article: Provision
    cite: str

    @property
    def words(self) -> str:
        """The provision's exact text."""
        return self.segmentation.text_of(self.provision)

    @property
    def opening(self) -> str:
        """Its first words, behind its label, in one line."""
        start, end = self.segmentation.body(self.provision), self.provision.end
        return shorten(one_line(self.segmentation.document.text[start:end]), _OPENING)


@dataclass(frozen=True)
class Library:
    """The documents of one pipeline, with a look-up by ref."""

    source: Pipeline
    comparisons: Comparisons = field(default_factory=Comparisons)
    marks: Marks | None = None
    _institutions: dict[str, str] = field(default_factory=dict, init=False, repr=False)
    _findings: dict[tuple[str, str], tuple[Finding, ...]] = field(default_factory=dict, init=False, repr=False)

    @cached_property
    def documents(self) -> dict[str, Document]:
        """The documents by their ids, in the pipeline's order."""
        return {document.doc_id: document for document in self.source.documents}

    @cached_property
    def examples(self) -> tuple[str, ...]:
        """Questions that these documents answer."""
        return self.source.examples

    @cached_property
    def _places(self) -> dict[str, Place]:
        places: dict[str, Place] = {}
        for doc_id, document in self.documents.items():
            segmentation = self.source.segmentation(doc_id)
            for provision in segmentation.provisions:
                article = segmentation.article_of(provision)
                places[provision.ref] = Place(segmentation, provision, article, cite(document, provision))
        return places

    def segmentation(self, doc_id: str) -> Segmentation:
        """The provisions of a document that is in :attr:`documents`."""
        return self.source.segmentation(doc_id)

    def place(self, ref: str) -> Place | None:
        """Where a ref stands, or None where it names nothing that is on file now."""
        return self._places.get(ref)

    def in_file(self, ref: str) -> str:
        """The ref in the files of what a ref names, of an edition as of a file."""
        return self.source.editions.ref(ref)

    def in_force(self, ref: str) -> Place | None:
        """Where the words of a file's provision stand that are in force today; None where there are none on file."""
        place = self.place(ref)
        now = self.source.editions.now(place.provision) if place else None
        return self.place(now.ref) if now else None

    def family(self, doc_id: str) -> Family | None:
        """All texts of a document's policy, as they stand today; None where there is only one."""
        return self.source.register.versions.of(doc_id)

    def version(self, doc_id: str) -> Version | None:
        """What a document is among the texts of its policy; None where it is the only one."""
        family = self.family(doc_id)
        return next((m for m in family.members if m.doc_id == doc_id), None) if family else None

    def institution(self, doc_id: str) -> str:
        """The school or bureau that a document belongs to; empty where its text names none."""
        if doc_id not in self._institutions:
            self._institutions[doc_id] = institution_of(self.documents[doc_id])
        return self._institutions[doc_id]

    def findings(self, doc_id: str, lang: str) -> tuple[Finding, ...]:
        """What is wrong in a document, looked for once."""
        if (doc_id, lang) not in self._findings:
            others = [self.segmentation(other) for other in self.documents]
            self._findings[doc_id, lang] = lint(self.segmentation(doc_id), others, lang=lang)
        return self._findings[doc_id, lang]

    def comparison(self, one: str, other: str) -> Diff | None:
        """Two texts of one policy compared, the older one first; None for any two others."""
        family = self.family(one)
        if family is None or one == other or other not in family.doc_ids:
            return None
        return self.comparisons.of(*(self.segmentation(doc_id) for doc_id in self._by_age(family, one, other)))

    def _by_age(self, family: Family, one: str, other: str) -> tuple[str, str]:
        """(older, newer): by date; where the dates don't tell, what comes first in the family is newer."""
        dates = date_of(self.documents[one]), date_of(self.documents[other])
        size = min(map(len, dates))
        if dates[0][:size] != dates[1][:size]:
            return (one, other) if dates[0] < dates[1] else (other, one)
        newer, older = sorted((one, other), key=family.doc_ids.index)
        return older, newer

    @property
    def provision_count(self) -> int:
        """How many provisions at article level there are in all documents."""
        return sum(place.provision.article for place in self._places.values())
