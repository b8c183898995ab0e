"""Judges sentences against the provisions that they cite.

A sentence stands only if it is made of a provision's own stretches, whole and in their order (`align`), written as
what means the same is written (`normal`), with none of the conditions left out that bind them. No similarity counts:
what isn't understood doesn't stand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from policy_qa.datamodels import Provision, Segmentation
from policy_qa.diff.words import fold
from policy_qa.naming.institutions import institution_of
from policy_qa.naming.terms import abbreviations
from policy_qa.statements import Difference, Verdict
from policy_qa.verify import explain
from policy_qa.verify.align import find
from policy_qa.verify.frame import (
    Claim,
    Framed,
    chinese_of,
    is_english,
    right_document,
    right_places,
    titles_of,
    unframed,
)
from policy_qa.verify.names import subject_of
from policy_qa.verify.normal import Aliases, aliases_of, encode
from policy_qa.verify.paraphrase import align, told_otherwise
from policy_qa.verify.source import Source, Stretch, source_of


@dataclass(frozen=True, kw_only=True, slots=True)
class Basis:
    """The words that a sentence rests on, or comes nearest to: `quote == document.text[start:end]`."""

    ref: str
    quote: str
    start: int
    end: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Checked:
    """A sentence with its verdict.

    `why` is one Chinese sentence for people; empty where the sentence stands.
    """

    text: str
    verdict: Verdict
    basis: Basis | None = None
    differences: tuple[Difference, ...] = ()
    why: str = ""

    @property
    def stands(self) -> bool:
        """Whether the provisions bear the sentence."""
        return self.verdict.stands


_STOPS = "。；;，,！!：:、. "
_PART = re.compile(r"(?<!\d)[，,；;](?!\d)")
_NO_SOURCE = "没有可核对的条款。"
_ENGLISH = "英文句子不能逐字与中文条文核对，请看所引原文。"


@dataclass(frozen=True, slots=True)
class _Hit:
    source: Source
    stretches: tuple[Stretch, ...]
    framed: Framed


class Judge:
    """Tells of a sentence whether the provisions that it cites bear it. Takes articles apart once and keeps them."""

    def __init__(self, segmentations: Sequence[Segmentation]) -> None:
        self._segmentations = {s.document.doc_id: s for s in segmentations}
        self._aliases: dict[str, Aliases] = {}
        self._sources: dict[str, Source] = {}
        self._institutions = tuple(
            dict.fromkeys(
                name for s in segmentations for name in (institution_of(s.document), s.document.issuer) if len(name) > 2
            )
        )
        #: Term -> its abbreviation, as some text on file declares it.
        self.abbreviated = abbreviations(s.document.text for s in segmentations)
        self._titles = tuple({title for s in segmentations for title in titles_of(s.document)})

    def judge(self, sentence: str, provisions: Sequence[Provision]) -> Checked:
        """The verdict on one sentence against these provisions and nothing else.

        A name of a document or a number of a provision that the sentence states has to be the right one.
        """
        whole = Checked(text=sentence, verdict=Verdict.UNVERIFIABLE)
        if not provisions:
            return replace(whole, why=_NO_SOURCE)
        said = sentence
        if is_english(sentence):
            said = chinese_of(sentence)
            if not said:
                return replace(whole, why=_ENGLISH)
        framed = unframed(said, self._institutions, self._titles)
        hits = [*self._hits(framed, provisions)]
        right = next((h for h in hits if not self._wrong(h)), None)
        if right:
            verdict = Verdict.VERBATIM if _is_verbatim(right) else Verdict.SUPPORTED
            return replace(whole, verdict=verdict, basis=_basis(right.source, right.stretches))
        if hits:
            wrong = self._wrong(hits[-1])
            why = explain.in_words(wrong)
            return replace(
                whole,
                verdict=Verdict.DIFFERS,
                basis=_basis(hits[-1].source, hits[-1].stretches),
                differences=wrong,
                why=why,
            )
        for hit in chain(self._in_parts(framed, provisions), self._in_own_words(framed, provisions)):
            return replace(whole, verdict=Verdict.SUPPORTED, basis=_basis(hit.source, hit.stretches))
        return self._explained(whole, framed, provisions)

    def _otherwise(self, whole: Checked, framed: Sequence[Framed], provisions: Sequence[Provision]) -> Checked | None:
        """What a paraphrase says otherwise, value for value and name for name."""
        rest = framed[-1].rest if framed else whole.text
        for provision in provisions:
            source = self._source(provision)
            differences, stretches = told_otherwise(rest, source, _places(source, provision))
            if differences:
                hit = _Hit(source, stretches, framed[-1])
                why = explain.in_words(differences)
                return replace(
                    whole,
                    verdict=Verdict.DIFFERS,
                    basis=_basis(hit.source, hit.stretches),
                    differences=differences,
                    why=why,
                )
        return None

    def _hits(self, framed: Sequence[Framed], provisions: Sequence[Provision]) -> Iterator[_Hit]:
        """Where a sentence stands in the provisions' own words."""
        for frame in framed:
            for provision in provisions:
                source = self._source(provision)
                if found := find(encode(frame.rest, source.aliases), source, _places(source, provision)):
                    yield _Hit(source, found, frame)

    def _in_own_words(self, framed: Sequence[Framed], provisions: Sequence[Provision]) -> Iterator[_Hit]:
        """A paraphrase: every part of it has its counterpart, and nothing that binds is left out."""
        for frame in framed:
            for provision in provisions:
                source = self._source(provision)
                if found := align(frame.rest, source, _places(source, provision)):
                    hit = _Hit(source, found, frame)
                    if not self._wrong(hit):
                        yield hit

    def _in_parts(self, framed: Sequence[Framed], provisions: Sequence[Provision]) -> Iterator[_Hit]:
        """A sentence that joins what two provisions say, where its second part names whom it speaks of."""
        if len(provisions) < 2:
            return
        for frame in framed:
            for cut in _PART.finditer(frame.rest):
                parts = (
                    [Framed(frame.rest[: cut.start()], frame.claims)],
                    unframed(frame.rest[cut.end() :], self._institutions, self._titles),
                )
                first, second = (
                    next((h for h in chain(self._hits(p, provisions), self._in_own_words(p, provisions))), None)
                    for p in parts
                )
                if not first or not second or self._wrong(first) or self._wrong(second):
                    continue
                claimed = any(c.kind in ("document", "institution") for c in second.framed.claims)
                if claimed or subject_of(second.framed.rest):
                    yield first

    def _wrong(self, hit: _Hit) -> tuple[Difference, ...]:
        """What the frame of a sentence says wrongly about the place of its words."""
        return tuple(
            Difference(kind=claim.kind, said=claim.text, found=self._stated(claim, hit))
            for claim in hit.framed.claims
            if not self._holds(claim, hit)
        )

    def _holds(self, claim: Claim, hit: _Hit) -> bool:
        document = hit.source.segmentation.document
        if claim.kind == "document":
            return right_document(claim.text, document, hit.source.article)
        if claim.kind == "institution":
            own = {institution_of(document), document.issuer}
            return any(name and (name in claim.text or claim.text in name) for name in own)
        standing = hit.source.segmentation
        owners = {s.owner for s in hit.stretches if not s.leads} or {s.owner for s in hit.stretches}
        return right_places(claim.text, standing, [p for o in sorted(owners) if (p := standing.at(o))])

    def _stated(self, claim: Claim, hit: _Hit) -> str:
        from policy_qa.provisions.refs import place

        document = hit.source.segmentation.document
        if claim.kind == "document":
            return f"《{hit.source.article.instrument or document.title}》"
        if claim.kind == "institution":
            return institution_of(document)
        owner = hit.source.segmentation.at(hit.stretches[-1].owner)
        return place(owner or hit.source.article)

    def _explained(self, whole: Checked, framed: Sequence[Framed], provisions: Sequence[Provision]) -> Checked:
        sources = list({s.article.ref: s for s in map(self._source, provisions)}.values())
        rest = framed[-1].rest if framed else whole.text
        near = explain.nearest(encode(rest, sources[0].aliases), sources)
        other = self._otherwise(whole, framed, provisions)
        if near is None:
            return other or replace(whole, why="所引条款没有这样的内容。")
        found = explain.differences(rest, near)
        if other:
            # What stands in whose place is surer than what is missing somewhere.
            told = {d.kind for d in other.differences} | {"name"}
            found = (*other.differences, *(d for d in found if d.kind not in told))
        basis = _basis(near.source, near.stretches)
        if explain.means_to_say(near, found):
            why = explain.in_words(found)
            return replace(whole, verdict=Verdict.DIFFERS, basis=basis, differences=found, why=why)
        if other:
            return other
        near_enough = near.share >= explain.MEANT
        return replace(
            whole,
            basis=basis if near_enough else None,
            differences=found if near_enough else (),
            why="所引条款没有这样的内容。",
        )

    def _source(self, provision: Provision) -> Source:
        segmentation = self._segmentations[provision.doc_id]
        article = segmentation.article_of(provision)
        if article.ref not in self._sources:
            document = segmentation.document
            if document.doc_id not in self._aliases:
                self._aliases[document.doc_id] = aliases_of(document, institution_of(document), self.abbreviated)
            self._sources[article.ref] = source_of(segmentation, article, self._aliases[document.doc_id])
        return self._sources[article.ref]


def _places(source: Source, provision: Provision) -> list[tuple[int, int]]:
    """Where a sentence's words may stand: in the provision, and in the leads that govern it."""
    above = [p.path for p in source.segmentation.above(provision)]
    leads = [(s.start, s.end) for path in above for s in source.stretches if s.owner == path and s.leads]
    return [(provision.start, provision.end), *leads]


def _is_verbatim(hit: _Hit) -> bool:
    text = hit.source.segmentation.document.text
    start, end = hit.stretches[0].start, hit.stretches[-1].end
    return _plain(hit.framed.rest) in _plain(text[start:end])


def _plain(text: str) -> str:
    return re.sub(r"[\"'「」『』*#|]", "", fold(text)).strip(_STOPS)


def _basis(source: Source, stretches: Sequence[Stretch]) -> Basis:
    start, end = stretches[0].start, stretches[-1].end
    ref = (source.segmentation.finest(start, end) or source.article).ref
    return Basis(ref=ref, quote=source.segmentation.document.text[start:end], start=start, end=end)
