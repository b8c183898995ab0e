"""Which document on file a name in a draft means: a title, a shortened one, 制度 alone, 刑法 that is not on file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from policy_qa.citing.parts import kind_of
from policy_qa.datamodels import Segmentation
from policy_qa.facts.catalogue import Versions
from policy_qa.facts.dates import today
from policy_qa.facts.same import core_title, without_edition
from policy_qa.naming.instruments import numbered
from policy_qa.naming.register import Target
from policy_qa.naming.scope import Scope, ScopeFinder
from policy_qa.naming.titles import quoted_titles


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
        self._instruments = {d: numbered(s) for d, s in segmentations.items()}
        self._finder = ScopeFinder(documents, frozenset(), self._versions, self._instruments)
        self._register = self._finder.register
        self._known = lru_cache(maxsize=4096)(lambda title, edition, _day: self._quoted(title, edition))

    def printed(self) -> Iterable[tuple[str, Owner]]:
        """The titles on file that are long enough to be found in running text without 《》, with what they mean."""
        for doc_id, document in self.documents.items():
            inside = self._instruments[doc_id]
            for title in dict.fromkeys((document.title, *inside)):
                plain = without_edition(title)
                for name in dict.fromkeys((title, plain, *(() if title in inside else (core_title(document),)))):
                    if len(name) >= 7 and kind_of(name):
                        yield name, Owner(doc_id, name, title if title in inside else None)

    def newest(self, doc_id: str) -> str:
        """The text of the same policy that is meant by default."""
        return self._versions.of_policy(doc_id)[0]

    def quoted(self, title: str, edition: str = "") -> Owner | None:
        """What 《title》 means today, with the words of an edition behind it; None where nothing is called so."""
        return self._known(title, edition, today())

    def _quoted(self, title: str, edition: str) -> Owner | None:
        scope = self._finder.find(f"《{title}》{edition}")
        named = bool(kind_of(title) or self._register.is_title(title)) and not scope.soft and not scope.foreign_titles
        if named and len({self.newest(d) for d in scope.doc_ids}) == 1 and len(scope.instruments) <= 1:
            return Owner(scope.doc_ids[0], title, next((t for _, t in scope.instruments), None))
        return None

    def exact(self, name: str) -> Owner | None:
        """The one text whose title, or title without version and issuer, is exactly this; None where none is."""
        return self._one(name, self._register.is_title(name))

    def shortened(self, name: str) -> Owner | None:
        """The one text whose title is this name, whole or with parts left out; None where it is none, or several."""
        return self.exact(name) or self._one(name, self._register.shortened.find(name))

    def of_kind(self, kind: str) -> Owner | None:
        """The one policy on file that is a 制度, a 办法 …; None where there are several or none."""
        return self._one(kind, self._register.shortened.of_kind(kind))

    def only(self) -> str:
        """The document, where there is but one policy on file."""
        found = self._one("", {Target(doc_id=d) for d in self.documents})
        return found.doc_id if found else ""

    def named(self, words: str) -> Owner | None:
        """The one text that words without 《》 name by institution or title; None where none or several."""
        scope = self._scope(words)
        titles = dict(scope.instruments) if scope else {}
        return self._one("", {Target(doc_id=d, instrument=titles.get(d, "")) for d in scope.doc_ids}) if scope else None

    def spoken_of(self, words: str) -> tuple[str, ...]:
        """The documents that words without 《》 name; all of an institution that has several."""
        scope = self._scope(words)
        return scope.doc_ids if scope else ()

    def bodies(self, words: str) -> list[tuple[int, int, tuple[str, ...]]]:
        """The institutions on file that words name: [start, end) and its documents, in order."""
        scope = self._scope(words)
        found = [(words.find(p.name), p) for p in scope.parties if p.name] if scope else []
        return sorted((at, at + len(p.name), p.doc_ids) for at, p in found if at >= 0 and p.doc_ids)

    def _scope(self, words: str) -> Scope | None:
        scope = self._finder.find(words) if words.strip() and len(words) <= 400 else None
        return scope if scope and not scope.soft else None

    def _one(self, name: str, targets: Iterable[Target]) -> Owner | None:
        targets = list(targets)
        policies = {self._register.policy(t) for t in targets}
        if len(policies) != 1:
            return None
        # A name that only an older text bears means that one.
        target = targets[0] if len(targets) == 1 else next(iter(policies))
        return Owner(target.doc_id, name, target.instrument or None)


def titles_in(text: str) -> list[tuple[int, int]]:
    """The stretches between outer 《 and 》, marks included, none longer than a title."""
    return [(a, b) for a, b in quoted_titles(text) if b - a <= 122 and "\n" not in text[a:b].strip()]
