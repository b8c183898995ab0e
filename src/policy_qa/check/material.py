"""The policies as a draft is checked against them: their words folded, and what each clause is about."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter

from policy_qa.citing.clean import Clean, cleaned
from policy_qa.clauses import Clause, clauses_of
from policy_qa.datamodels import Document, Kind, Provision, Segmentation
from policy_qa.diff.words import fold
from policy_qa.numerals import NUMERAL_CHARS
from policy_qa.provisions.refs import cite

_RUN = re.compile(rf"[a-z]+|[^\W\d_a-z{NUMERAL_CHARS}]+")
_MARKS = ",.;:!?、。'\"()"
#: Characters that bind words and say nothing of what a clause is about.
_EMPTY = frozenset("的了在是和与及或等之其由为对将应须并也均各该本以于而所有")


@dataclass(frozen=True, slots=True)
class Place:
    """A stretch of a document: document.text[start:end]."""

    doc_id: str
    start: int
    end: int


class Text:
    """One document on file."""

    def __init__(self, segmentation: Segmentation) -> None:
        self.segmentation = segmentation
        self.document: Document = segmentation.document

    @cached_property
    def folded(self) -> Clean:
        """The whole text, folded."""
        return folded(self.document.text, 0, len(self.document.text))

    def occurrences(self, words: str) -> Iterator[Place]:
        """Where folded words stand in the document."""
        at = self.folded.text.find(words)
        while at >= 0:
            origin = self.folded.origin
            yield Place(self.document.doc_id, origin[at], origin[at + len(words) - 1] + 1)
            at = self.folded.text.find(words, at + 1)


class Material:
    """All documents on file. What takes long is worked out when it is first needed."""

    def __init__(self, segmentations: Mapping[str, Segmentation]) -> None:
        self.texts = {doc_id: Text(s) for doc_id, s in segmentations.items()}

    def cite(self, provision: Provision) -> str:
        """A provision's name for people."""
        return cite(self.texts[provision.doc_id].document, provision)

    def words(self, provision: Provision) -> str:
        """A provision's exact text."""
        return self.texts[provision.doc_id].segmentation.text_of(provision)

    @cached_property
    def _units(self) -> list[tuple[Clause, frozenset[str]]]:
        """Each clause with the terms of it and of what stands above it."""
        out = []
        for text in self.texts.values():
            raw, title = text.document.text, terms(text.document.title)
            for article in text.segmentation.articles:
                if article.kind in (Kind.PREAMBLE, Kind.CLOSING):
                    continue
                cut = clauses_of(text.segmentation, article)
                lead = terms(" ".join((*article.headings, *(raw[c.start : c.end] for c in cut if c.lead))))
                out += [(c, frozenset(terms(raw[c.start : c.end])) | lead | title) for c in cut if not c.lead]
        return out

    @cached_property
    def _by_term(self) -> Mapping[str, list[int]]:
        out: dict[str, list[int]] = {}
        for i, (_, found) in enumerate(self._units):
            for term in found:
                out.setdefault(term, []).append(i)
        return out

    def weight(self, term: str) -> float:
        """How much a term tells: the fewer clauses have it, the more."""
        return math.log(1 + len(self._units) / (1 + len(self._by_term.get(term, ()))))

    def like(self, wanted: Iterable[str], *, doc_ids: Sequence[str] = (), top: int = 5) -> list[tuple[float, Clause]]:
        """(share of the terms' weight that it holds, clause) of the clauses that hold most, best first."""
        terms_ = set(wanted)
        total = sum(map(self.weight, terms_))
        if not total:
            return []
        scores: defaultdict[int, float] = defaultdict(float)
        for term in terms_:
            weight = self.weight(term)
            for i in self._by_term.get(term, ()):
                scores[i] += weight
        allowed = set(doc_ids)
        order = sorted(scores.items(), key=itemgetter(1), reverse=True)
        ranked = (
            (score / total, self._units[i][0])
            for i, score in order[: None if allowed else 40 * top]
            if not allowed or self._units[i][0].ref.partition("#")[0] in allowed
        )
        return [pair for _, pair in zip(range(top), ranked, strict=False)]

    def share(self, wanted: Iterable[str], words: str) -> float:
        """The share of the terms' weight that some words hold."""
        terms_ = set(wanted)
        total = sum(map(self.weight, terms_))
        held = terms(words)
        return sum(self.weight(t) for t in terms_ if t in held) / total if total else 0.0


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
