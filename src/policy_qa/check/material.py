"""The policies as a draft is checked against them: their words folded, and what each clause is about."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from functools import cached_property
from heapq import nlargest
from operator import itemgetter
from typing import NamedTuple

from policy_qa.check.findings import Source
from policy_qa.citing.clean import Clean, cleaned
from policy_qa.clauses import Clause, clauses_of
from policy_qa.datamodels import Kind, Provision, Segmentation
from policy_qa.diff.words import fold
from policy_qa.numerals import NUMERAL_CHARS
from policy_qa.provisions.refs import cite

_RUN = re.compile(rf"[a-z]+|[^\W\d_a-z{NUMERAL_CHARS}]+")
_MARKS = ",.;:!?、。'\"()"
#: Characters that bind words and say nothing of what a clause is about.
_EMPTY = frozenset("的了在是和与及或等之其由为对将应须并也均各该本以于而所有")


class Place(NamedTuple):
    """A stretch of a document: document.text[start:end]."""

    doc_id: str
    start: int
    end: int


class Material:
    """All documents on file. What takes long is worked out when it is first needed."""

    def __init__(self, segmentations: Mapping[str, Segmentation]) -> None:
        self.segmentations = segmentations
        self._folded: dict[str, Clean] = {}

    def words(self, provision: Provision) -> str:
        """A provision's exact text."""
        return self.segmentations[provision.doc_id].text_of(provision)

    def source(self, provision: Provision, start: int | None = None, end: int | None = None) -> Source:
        """A whole provision, or the words [start, end) of it."""
        document = self.segmentations[provision.doc_id].document
        words = self.words(provision) if start is None else document.text[start:end]
        return Source(ref=provision.ref, cite=cite(document, provision), words=words)

    def held(self, provision: Provision) -> Clean:
        """A provision's text, folded."""
        return folded(self.segmentations[provision.doc_id].document.text, provision.start, provision.end)

    def occurrences(self, doc_id: str, words: str) -> Iterator[Place]:
        """Where folded words stand in a document."""
        if doc_id not in self._folded:
            text = self.segmentations[doc_id].document.text
            self._folded[doc_id] = folded(text, 0, len(text))
        held = self._folded[doc_id]
        at = held.text.find(words)
        while at >= 0:
            yield Place(doc_id, held.origin[at], held.origin[at + len(words) - 1] + 1)
            at = held.text.find(words, at + 1)

    @cached_property
    def _units(self) -> list[tuple[Clause, frozenset[str]]]:
        """Each clause with the terms of it and of what stands above it."""
        out = []
        for one in self.segmentations.values():
            raw, title = one.document.text, terms(one.document.title)
            for article in one.articles:
                if article.kind in (Kind.PREAMBLE, Kind.CLOSING):
                    continue
                cut = clauses_of(one, article)
                lead = terms(" ".join((*article.headings, *(raw[c.start : c.end] for c in cut if c.lead))))
                out += [(c, frozenset(terms(raw[c.start : c.end])) | lead | title) for c in cut if not c.lead]
        return out

    @cached_property
    def _by_term(self) -> Mapping[str, list[int]]:
        out: defaultdict[str, list[int]] = defaultdict(list)
        for i, (_, found) in enumerate(self._units):
            for term in found:
                out[term].append(i)
        return out

    def weight(self, term: str) -> float:
        """How much a term tells: the fewer clauses have it, the more."""
        return math.log(1 + len(self._units) / (1 + len(self._by_term.get(term, ()))))

    def like(self, wanted: Set[str], *, doc_ids: Sequence[str] = (), top: int) -> list[tuple[float, Clause]]:
        """(share of the terms' weight that it holds, clause) of the clauses that hold most, best first."""
        scores: dict[int, float] = defaultdict(float)
        for term in wanted:
            weight = self.weight(term)
            for i in self._by_term.get(term, ()):
                scores[i] += weight
        if doc_ids:
            scores = {i: s for i, s in scores.items() if self._units[i][0].ref.partition("#")[0] in doc_ids}
        total = sum(map(self.weight, wanted))
        best = nlargest(top, scores.items(), key=itemgetter(1))
        return [(score / total, self._units[i][0]) for i, score in best]

    def share(self, wanted: Set[str], words: str) -> float:
        """The share of the terms' weight that some words hold."""
        total = sum(map(self.weight, wanted))
        return sum(map(self.weight, wanted & terms(words))) / total if total else 0.0


def terms(text: str) -> frozenset[str]:
    """What a text is about: pairs of neighbouring characters, Latin words; numbers and particles left out."""
    out: set[str] = set()
    for run in _RUN.findall(fold(text).lower()):
        if run.isascii():
            out.add(run)
            continue
        out.update(run[i : i + 2] for i in range(len(run) - 1) if not _EMPTY & {run[i], run[i + 1]})
    return frozenset(out)


def folded(text: str, start: int, end: int) -> Clean:
    """text[start:end] as it is compared, with the offsets of its characters."""
    return cleaned(text, start, end, spaces=False, marks=True, case=True)


def trim(folded: Clean) -> Clean:
    """Without the marks at its ends."""
    a = len(folded.text) - len(folded.text.lstrip(_MARKS))
    b = len(folded.text.rstrip(_MARKS))
    return Clean(folded.text[a:b], folded.origin[a:b]) if a < b else Clean("", ())
