"""References inside a provision (本办法第五条, 前款, 附件2), resolved by number or place, never by likeness."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from policy_qa.citing.clean import clean
from policy_qa.citing.find import find
from policy_qa.citing.grammar import STEP, TITLE, Register
from policy_qa.citing.parts import Part, amends, inside, lines_of, parts_of, quoted
from policy_qa.citing.place import Mention, Owner
from policy_qa.citing.resolve import Found, Standing, attachment_of, heading_of
from policy_qa.datamodels import Citation, Kind, Provision, Referred, Segmentation
from policy_qa.provisions.refs import cite

_TITLES = re.compile(TITLE)
_ABOVE = re.compile(r"(?:上述|前述)的?\Z")
_VERSION = re.compile(r"[（(][^（）()]*(?:稿|试行|暂行|修订|修正|草案|年)[^（）()]*[)）]$")
#: Instruments about another instrument speak of its articles with nothing before them.
_ABOUT_ANOTHER = re.compile(r"修改|修正|修订|废止|补充规定|《|〈|适用|答复|批复|批准|执行")
#: Provisions that one reference may lead to; one to more (a chapter of 40 articles) shows the first.
_MOST = 40
#: 上述第三条 is another document's if one is named so near before it.
_BEFORE = 1_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Reference:
    """One reference; `document.text[start:end] == text`, from the words that say whose number it is on.

    `targets` are refs, in text order; `lacks` says what of it is not there (第三十条): it is never replaced by a
    neighbour, and what is there of a range or a list is in `targets` all the same.
    """

    text: str
    start: int
    end: int
    targets: tuple[str, ...]
    lacks: str
    mention: Mention

    @property
    def missing(self) -> bool:
        """Whether something that it names is not there."""
        return bool(self.lacks)


class _Known(NamedTuple):
    """An instrument with where it begins."""

    part: Part
    start: int
    standing: Standing


class Resolver:
    """Resolves references among the documents on file; what it has looked at once it remembers."""

    def __init__(self, segmentations: Iterable[Segmentation] = ()) -> None:
        self._segmentations = tuple(segmentations)
        self._by_id = {s.document.doc_id: s for s in self._segmentations}
        self._known: dict[str, tuple[Segmentation, list[_Known]]] = {}
        self._titled: dict[str, list[Segmentation]] | None = None

    def references(self, segmentation: Segmentation, provision: Provision) -> Iterator[Reference]:
        """The references inside a provision, in text order."""
        text, start = segmentation.document.text, provision.start
        label = len(provision.label) if text.startswith(provision.label, start) else 0
        if not STEP.search(text, start + label, provision.end):
            return
        part, standing, article = self._home(segmentation, provision)
        if standing is None:
            return
        own = text[start : provision.end]
        titles = [m.span() for m in _TITLES.finditer(own)]
        skip = sorted((start + a, start + b) for a, b in titles + quoted(own))
        about_another = part is not None and bool(_ABOUT_ANOTHER.search(part.title))
        for line, end in lines_of(text, start + label, provision.end):
            mentions = [m for m in find(text, Register.POLICY, line, end) if not inside(skip, m.start)]
            others = next((m.start for m in mentions if m.owner in (Owner.OTHER, Owner.TITLED)), end)
            for mention in mentions:
                bare = mention.owner is Owner.BARE and mention.places and not mention.unit
                if bare and not mention.only_item and (about_another or mention.start > others):
                    continue
                found = self._resolve(segmentation, part, standing, article, mention)
                targets = [p.ref for p in found.provisions if p is not article and p.ref != provision.ref]
                if targets or found.lacks:
                    yield Reference(
                        text=text[mention.begin : mention.end],
                        start=mention.begin,
                        end=mention.end,
                        targets=tuple(targets[:_MOST]),
                        lacks=found.lacks,
                        mention=mention,
                    )

    def referred(self, segmentation: Segmentation, provision: Provision) -> Iterator[tuple[Reference, list[Referred]]]:
        """The references inside a provision, each with the words that it leads to; a missing number as one without."""
        for reference in self.references(segmentation, provision):
            shown = [self._shown(reference.text, ref, segmentation) for ref in reference.targets]
            yield reference, [*shown, Referred(text=reference.text)] if reference.missing else shown

    def _shown(self, words: str, ref: str, own: Segmentation) -> Referred:
        doc_id = ref.partition("#")[0]
        segmentation = own if own.document.doc_id == doc_id else self._by_id[doc_id]
        provision = segmentation.at(ref)
        if provision is None:
            return Referred(text=words)
        start, end = segmentation.body(provision), provision.end
        named, quote = cite(segmentation.document, provision), segmentation.document.text[start:end]
        return Referred(text=words, ref=ref, cite=named, quote=quote, start=start, end=end)

    def _home(self, segmentation: Segmentation, provision: Provision) -> tuple[Part | None, Standing | None, Provision]:
        """(the instrument in which a provision stands, its articles, the article in which it stands)."""
        outer = (provision, *segmentation.above(provision))
        article = next((p for p in outer if p.kind is Kind.ARTICLE), outer[-1])
        if (attachment := attachment_of(article)) is not None:
            pool = (p for p in segmentation.articles if attachment_of(p) == attachment)
            inner = tuple(p for p in pool if p.kind is not Kind.APPENDIX)
            return None, Standing(segmentation=segmentation, articles=inner), article
        known = self._of(segmentation)
        i = bisect_right(known, article.start, key=lambda k: k.start) - 1
        return (known[i].part, known[i].standing, article) if i >= 0 else (None, None, article)

    def _of(self, segmentation: Segmentation) -> Sequence[_Known]:
        known = self._known.get(segmentation.document.doc_id)
        if known is None or known[0] is not segmentation:
            parts = [_Known(p, p.start, _standing(segmentation, p)) for p in parts_of(segmentation)]
            known = self._known[segmentation.document.doc_id] = segmentation, parts
        return known[1]

    def _resolve(
        self, segmentation: Segmentation, part: Part | None, standing: Standing, article: Provision, mention: Mention
    ) -> Found:
        if mention.owner is Owner.OTHER:
            text, floor = segmentation.document.text, max(article.start, mention.start - _BEFORE)
            if not _ABOVE.search(text, floor, mention.start) or any(
                m.owner in (Owner.OTHER, Owner.TITLED) for m in find(text, Register.POLICY, floor, mention.start - 1)
            ):
                return Found()
        if mention.owner is Owner.TITLED:
            tried = [s.follow(mention) for s in self._titles(mention.title, segmentation)]
            return next((f for f in tried if not f.lacks), tried[0] if tried else Found())
        if mention.owner is Owner.SELF and part is not None and _anothers(mention, part):
            return Found()
        return standing.follow(mention, article)

    def _titles(self, title: str, own: Segmentation) -> list[Standing]:
        """The instruments of a title, the newest first; that of the document itself before all others."""
        if self._titled is None:
            self._titled = {}
            for segmentation in self._segmentations:
                for name in {segmentation.document.title, *(p.instrument for p in segmentation.articles)} - {""}:
                    self._titled.setdefault(_key(name), []).append(segmentation)
        key = _key(title)
        on_file = sorted(self._titled.get(key, ()), key=lambda s: s.document.date, reverse=True)
        others = (s for s in on_file if s is not own)
        return [k.standing for s in (own, *others) for k in self._of(s) if _key(k.part.title) == key]


def _standing(segmentation: Segmentation, part: Part) -> Standing:
    text = segmentation.document.text
    headings = frozenset(h for s in part.headings if (h := heading_of(text[s.start : s.end].strip("#* "))))
    return Standing(segmentation=segmentation, articles=part.provisions, headings=headings)


def _anothers(mention: Mention, part: Part) -> bool:
    """Whether 本法 in a 决定 about another instrument means that one."""
    law = mention.title in ("法", "法典", "条例")
    return amends(part.title) or (law and mention.title not in part.title)


def _key(title: str) -> str:
    """A title as it is compared: no white space, no (试行), no 中华人民共和国, 〈〉 as 《》."""
    title = clean(title, spaces=False).replace("〈", "《").replace("〉", "》")
    return _VERSION.sub("", title).removeprefix("中华人民共和国")


def with_references(
    citations: Sequence[Citation], segmentations: Mapping[str, Segmentation], resolver: Resolver
) -> tuple[Citation, ...]:
    """The same citations, each with what the references inside the provision that it cites lead to.

    Of several quotations from one provision, the one that holds a reference has it, else the first of them.
    """
    shown: dict[int, dict[Referred, None]] = {c.n: {} for c in citations}
    for ref in dict.fromkeys(c.ref for c in citations):
        own = [c for c in citations if c.ref == ref]
        segmentation = segmentations[ref.partition("#")[0]]
        provision = segmentation.at(ref)
        for reference, referred in resolver.referred(segmentation, provision) if provision else ():
            holder = next((c for c in own if c.start <= reference.start < c.end), own[0])
            shown[holder.n] |= dict.fromkeys(referred)
    return tuple(replace(c, references=tuple(shown[c.n])) if shown[c.n] else c for c in citations)
