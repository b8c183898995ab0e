"""Whether a quotation is what the policy says, and where else its words stand."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import chain
from operator import itemgetter

from policy_qa.check.cited import Cited
from policy_qa.check.findings import Finding, FindingKind, Source, What
from policy_qa.check.material import Material, Place, folded, terms, trim
from policy_qa.check.messages import Maker
from policy_qa.check.sentences import Cut, Extent
from policy_qa.citing.clean import Clean
from policy_qa.datamodels import Provision
from policy_qa.diff.model import Op
from policy_qa.diff.words import Words, same_values, tokens, word_ops

#: Punctuation at a quotation's ends belongs to the sentence that quotes.
_ELLIPSIS = re.compile(r"(?:…+|\.{3,}|。{3,}|\[[.…]+\])")
_CLAUSE_END = re.compile(r"[,.;:!?、。]+")
#: The share of characters that two stretches have in common, in order, from which one is an altered form of the
#: other: inside the provision that is cited, and anywhere.
ALTERED, ALTERED_ELSEWHERE = 0.6, 0.72
#: A shorter quotation may stand in several policies by chance; it is no evidence of where it was taken from.
TELLING = 8


#: Words before an opening mark that give what follows as the words of a rule.
_SAYS = re.compile(r"规定|明确|要求|指出|提出|载明|写明|强调|约定|写道|称|表述|原文|[：:]\s*+$")
_DEFINES = re.compile(r"简称(?:为|作)?\s*+[《]?\s*+$|所谓\s*+$|统称(?:为)?\s*+$")
#: A quotation that no citation governs and that is not verbatim is an altered one only if it is this long.
_LONG = 12


@dataclass(frozen=True, kw_only=True, slots=True)
class Quoted:
    """What a quotation was found to be. `at` are the words that it is, or that it changes; None where it is made up.

    `exact` tells that it is verbatim; `written` that only the writing of numbers or punctuation differs;
    `here` that the words lie in what is cited.
    """

    at: Source | None = None
    exact: bool = False
    written: bool = False
    here: bool = False
    ops: tuple[Op, ...] = ()


class QuotationFindings:
    """Judges the quotations of one draft."""

    def __init__(self, cut: Cut, cited: Sequence[Cited], material: Material, words: Words, maker: Maker) -> None:
        self._cut, self._text, self._cited = cut, cut.text, cited
        self._places = [c.mention.start for c in cited]
        self._material, self._words, self._maker = material, words, maker

    def governing(self, quotation: Extent) -> list[int]:
        """The citations that a quotation is given as the words of, by number: those of its sentence, nearest first."""
        at = self._cut.sentence_at(quotation.start)
        sentence = self._cut.sentences[at]
        here = [i for i in self._between(sentence) if not quotation.start <= self._places[i] < quotation.end]
        before = [i for i in here if self._cited[i].end <= quotation.start]
        after = [i for i in here if self._cited[i].start >= quotation.end]
        if after and re.match(r"[”」』’\"＂]?[。，,]?\s*[（(]", self._text[quotation.end : quotation.end + 4]):
            return after[:1]
        if not self._text[sentence.start : quotation.start].strip('“「『‘"＂ ') and (opening := self._opening(at)):
            return opening
        if not before:
            following = bisect_left(self._cut.quotations, (quotation.end, 0))
            stop = min(sentence.end, self._cited[after[0]].start + 1) if after else 0
            if after and not any(q.start < stop for q in self._cut.quotations[following : following + 1]):
                return after[:1]
            return self._opening(at)
        run = [before[-1]]
        while run[0] > before[0] and self._cited[run[0]].mention.linked:
            run.insert(0, run[0] - 1)
        return run

    def _opening(self, at: int) -> list[int]:
        """The citation of the sentence before, where that ends by opening a quotation: 第七条规定如下："""
        before = self._cut.sentences[at - 1] if at else None
        if not before or not re.search(r"[：:]\s*$|如下[。：:]?$", self._text[slice(*before)]):
            return []
        return list(self._between(before)[-1:])

    def _between(self, sentence: Extent) -> range:
        """The citations in a sentence, by number."""
        return range(*(bisect_left(self._places, edge) for edge in sentence))

    def of(self, quotation: Extent, named: Sequence[str]) -> Finding | None:
        """What a quotation was found to be; None where it is no quotation of a rule. `named`: documents named."""
        start, end = quotation
        governing = [self._cited[i] for i in self.governing(quotation)]
        provisions = [p for c in governing for p in c.provisions]
        unknown = any(c.owner is not None and not c.owner.doc_id for c in governing)
        if _DEFINES.search(self._text[max(0, start - 10) : start - 1]) or (unknown and not provisions):
            return None
        words = re.sub(r"[\W_]", "", self._text[start:end])
        term = len(words) < TELLING and not re.search(r"[，。；：,;:]", self._text[start:end])
        if term and not (provisions and _SAYS.search(self._text[max(0, start - 8) : start - 1])):
            return None
        prefer = [c.owner.doc_id for c in governing if c.owner and c.owner.doc_id] or list(named)
        found = self._judged(quotation, provisions, prefer)
        cited, right = self._material.source(provisions[0]) if provisions else None, found.at
        if not provisions:
            kind = self._free(quotation, found, governing)
        elif found.here:
            kind = FindingKind.OK if found.exact else FindingKind.MISQUOTED
            cited, right = right, None
        else:
            altered = FindingKind.MISQUOTED if found.at else FindingKind.INVENTED
            kind = FindingKind.MISPLACED if found.exact else altered
        if kind is None:
            return None
        return self._maker.finding(
            kind,
            What.QUOTATION,
            start,
            end,
            shown="、".join(c.shown for c in governing),
            cited=cited,
            right=right if kind is not FindingKind.INVENTED else None,
            ops=found.ops,
            written=found.written,
        )

    def _free(self, quotation: Extent, found: Quoted, governing: Sequence[Cited]) -> FindingKind | None:
        """Of a quotation that no provision which is there governs: told where it is found, else left alone."""
        long = quotation.end - quotation.start
        if found.exact and long >= TELLING:
            return FindingKind.OK
        if found.at and long >= _LONG:
            return FindingKind.MISQUOTED
        return FindingKind.INVENTED if long >= TELLING and any(c.held for c in governing) else None

    def _judged(self, quotation: Extent, cited: Sequence[Provision], prefer: Sequence[str]) -> Quoted:
        """What a quotation is in the provisions cited, or else anywhere on file.

        `prefer` are the documents that are looked at first where several hold the words.
        """
        parts = self._parts(quotation)
        if found := self._verbatim(parts, cited):
            return Quoted(at=self._source(found), exact=True, here=True)
        telling = quotation.end - quotation.start >= TELLING
        own = self._nearest(quotation, cited)
        altered = self._compared(own[1], quotation, here=True) if own and own[0] >= ALTERED else None
        if altered and altered.written:
            return altered
        found = self._anywhere(parts, prefer)
        if found and not (own and own[0] >= 0.9 and not telling):
            return Quoted(at=self._source(found), exact=True)
        if altered:
            return altered
        near = self._like(quotation, prefer) if telling else None
        return self._compared(near, quotation, here=False) if near else Quoted()

    def _parts(self, quotation: Extent) -> list[Clean]:
        """The quotation folded, in the parts between its ellipses."""
        cuts = [m.span() for m in _ELLIPSIS.finditer(self._text, *quotation)]
        edges = [quotation.start, *chain(*cuts), quotation.end]
        parts = (trim(folded(self._text, a, b)) for a, b in zip(edges[::2], edges[1::2], strict=True))
        return [part for part in parts if part.text]

    def _verbatim(self, parts: Sequence[Clean], cited: Sequence[Provision]) -> Place | None:
        """Where the parts stand in one of the provisions, in their order."""
        for provision in cited if parts else ():
            held = self._material.held(provision)
            at, first = 0, -1
            for part in parts:
                if (found := held.text.find(part.text, at)) < 0:
                    break
                first = found if first < 0 else first
                at = found + len(part.text)
            else:
                return Place(provision.doc_id, held.origin[first], held.origin[at - 1] + 1)
        return None

    def _anywhere(self, parts: Sequence[Clean], prefer: Sequence[str]) -> Place | None:
        longest = max((p.text for p in parts), key=len, default="")
        for doc_id in dict.fromkeys((*prefer, *self._material.segmentations)) if parts else ():
            held = self._material.segmentations[doc_id]
            for place in self._material.occurrences(doc_id, longest):
                provision = held.finest(place.start, place.end)
                if len(parts) == 1 and provision:
                    return place
                if provision and (found := self._verbatim(parts, [held.article_of(provision)])):
                    return found
        return None

    def _source(self, place: Place) -> Source | None:
        holder = self._material.segmentations[place.doc_id].finest(place.start, place.end)
        return self._material.source(holder, place.start, place.end) if holder else None

    def _nearest(self, quotation: Extent, cited: Sequence[Provision]) -> tuple[float, Place] | None:
        """The stretch of what is cited that is most like the quotation, with the share in common."""
        quote = trim(folded(self._text, *quotation)).text
        found = ((p.doc_id, near) for p in cited if (near := _window(quote, self._material.held(p))))
        places = ((share, Place(doc_id, start, end)) for doc_id, (share, start, end) in found)
        return max(places, key=itemgetter(0), default=None)

    def _like(self, quotation: Extent, prefer: Sequence[str]) -> Place | None:
        """The stretch of any policy that the quotation is an altered form of."""
        found = []
        for _, clause in self._material.like(terms(self._text[slice(*quotation)]), top=8):
            doc_id = clause.ref.partition("#")[0]
            article = self._material.segmentations[doc_id].at(clause.article)
            near = self._nearest(quotation, [article]) if article else None
            if near and near[0] >= ALTERED_ELSEWHERE:
                found.append((near[0] + 0.05 * (doc_id in prefer), near[1]))
        return max(found, key=itemgetter(0))[1] if found else None

    def _compared(self, place: Place, quotation: Extent, *, here: bool) -> Quoted:
        raw = self._material.segmentations[place.doc_id].document.text
        trimmed = trim(folded(self._text, *quotation))
        a, b = trimmed.origin[0], trimmed.origin[-1] + 1
        ops = word_ops(raw, (place.start, place.end), self._text, (a, b), self._words)
        sides = tokens(raw, place.start, place.end, self._words), tokens(self._text, a, b, self._words)
        bare = [[t for t in side if re.search(r"\w", t.key)] for side in sides]
        return Quoted(at=self._source(place), written=same_values(*bare), here=here, ops=tuple(ops))


def _window(quote: str, held: Clean) -> tuple[float, int, int] | None:
    """(share in common, start, end) of the run of clauses that is most like the quotation."""
    if not quote or not held.text:
        return None
    edges = [0, *(m.end() for m in _CLAUSE_END.finditer(held.text)), len(held.text)]
    edges = list(dict.fromkeys(edges))
    matcher = SequenceMatcher(None, autojunk=False)
    matcher.set_seq2(quote)
    best, where = 0.0, (0, 0)
    for i, a in enumerate(edges):
        for b in edges[i + 1 :]:
            if 2 * min(b - a, len(quote)) <= best * (b - a + len(quote)):
                if b - a > len(quote):
                    break
                continue
            matcher.set_seq1(held.text[a:b])
            if matcher.quick_ratio() > best and (ratio := matcher.ratio()) > best:
                best, where = ratio, (a, b)
    a, b = where
    if a == b:
        return None
    matcher.set_seq1(held.text[a:b])
    blocks = [block for block in matcher.get_matching_blocks() if block.size]
    # Where the quotation begins or ends inside a clause, so do the words that it is compared with.
    end = a + blocks[-1].a + blocks[-1].size if blocks[-1].b + blocks[-1].size == len(quote) else b
    start = a + blocks[0].a if not blocks[0].b and blocks[0].size > 1 else a
    kept = trim(Clean(held.text[start:end], held.origin[start:end]))
    if not kept.text:
        return None
    share = 2 * sum(block.size for block in blocks) / (len(kept.text) + len(quote))
    return share, kept.origin[0], kept.origin[-1] + 1
