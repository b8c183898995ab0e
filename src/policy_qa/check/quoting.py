"""Whether a quotation is what the policy says, and where else its words stand."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from policy_qa.check.cited import Cited
from policy_qa.check.findings import Finding, FindingKind, Severity, Source, What
from policy_qa.check.material import Material, Place, folded, terms, trim
from policy_qa.check.report import Maker
from policy_qa.check.sentences import Quotation, Sentence
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


@dataclass(frozen=True, kw_only=True, slots=True)
class Quoted:
    """What a quotation was found to be. `place` are the words that it is, or that it changes; None where it is made up.

    `exact` tells that it is verbatim; `written` that only the writing of numbers or punctuation differs;
    `here` that the place lies in what is cited.
    """

    place: Place | None = None
    provision: Provision | None = None
    exact: bool = False
    written: bool = False
    here: bool = False
    ops: tuple[Op, ...] = ()


def judge_quotation(
    text: str, start: int, end: int, cited: Sequence[Provision], prefer: Sequence[str], material: Material, words: Words
) -> Quoted:
    """What draft text[start:end], without its marks, is in the provisions cited, or else anywhere on file.

    `prefer` are the documents that are looked at first where several hold the words.
    """
    if found := _verbatim(text, start, end, cited, material):
        return Quoted(place=found, provision=_holder(found, material), exact=True, here=True)
    own = nearest(text, start, end, cited, material)
    if own and own[0] >= ALTERED:
        compared = _compared(own[1], text, start, end, material, words, here=True)
        if compared.written:
            return compared
    found = _anywhere(text, start, end, prefer, material)
    if found and not (own and own[0] >= 0.9 and end - start < TELLING):
        return Quoted(place=found, provision=_holder(found, material), exact=True)
    if own and own[0] >= ALTERED:
        return _compared(own[1], text, start, end, material, words, here=True)
    if end - start >= TELLING and (near := _like(text, start, end, prefer, material)):
        return _compared(near, text, start, end, material, words, here=False)
    return Quoted()


def _parts(text: str, start: int, end: int) -> list[Clean]:
    """The quotation folded, in the parts between its ellipses."""
    cuts = [(m.start(), m.end()) for m in _ELLIPSIS.finditer(text, start, end)]
    edges = [start, *(edge for cut in cuts for edge in cut), end]
    parts = [folded(text, a, b) for a, b in zip(edges[::2], edges[1::2], strict=True)]
    return [part for part in (trim(p) for p in parts) if part.text]


def _verbatim(text: str, start: int, end: int, cited: Sequence[Provision], material: Material) -> Place | None:
    parts = _parts(text, start, end)
    for provision in cited:
        raw = material.texts[provision.doc_id].document.text
        if place := _in_order(parts, folded(raw, provision.start, provision.end), provision.doc_id):
            return place
    return None


def _in_order(parts: Sequence[Clean], held: Clean, doc_id: str) -> Place | None:
    at, first = 0, -1
    for part in parts:
        found = held.text.find(part.text, at)
        if found < 0:
            return None
        first = found if first < 0 else first
        at = found + len(part.text)
    return Place(doc_id, held.origin[first], held.origin[at - 1] + 1) if parts else None


def _anywhere(text: str, start: int, end: int, prefer: Sequence[str], material: Material) -> Place | None:
    parts = _parts(text, start, end)
    if not parts:
        return None
    longest = max((p.text for p in parts), key=len)
    for doc_id in dict.fromkeys((*prefer, *material.texts)):
        held = material.texts[doc_id]
        places = list(held.occurrences(longest))
        for place in places:
            provision = held.segmentation.finest(place.start, place.end)
            if len(parts) == 1 and provision:
                return place
            article = held.segmentation.article_of(provision) if provision else None
            if article and (found := _verbatim(text, start, end, [article], material)):
                return found
    return None


def _holder(place: Place, material: Material) -> Provision | None:
    return material.texts[place.doc_id].segmentation.finest(place.start, place.end)


def nearest(
    text: str, start: int, end: int, cited: Sequence[Provision], material: Material
) -> tuple[float, Place] | None:
    """The stretch of what is cited that is most like the quotation, with the share in common."""
    quote = trim(folded(text, start, end))
    found = []
    for provision in cited:
        raw = material.texts[provision.doc_id].document.text
        if near := _window(quote.text, folded(raw, provision.start, provision.end)):
            found.append((near[0], Place(provision.doc_id, near[1], near[2])))
    return max(found, key=lambda pair: pair[0], default=None)


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


def _like(text: str, start: int, end: int, prefer: Sequence[str], material: Material) -> Place | None:
    """The stretch of any policy that the quotation is an altered form of."""
    best: tuple[float, Place] | None = None
    for _, clause in material.like(terms(text[start:end]), top=8):
        doc_id = clause.ref.partition("#")[0]
        held = material.texts[doc_id]
        article = held.segmentation.at(clause.article)
        near = nearest(text, start, end, [article], material) if article else None
        if near and near[0] >= ALTERED_ELSEWHERE:
            score = near[0] + 0.05 * (doc_id in prefer)
            if best is None or score > best[0]:
                best = score, near[1]
    return best[1] if best else None


def _compared(place: Place, text: str, start: int, end: int, material: Material, words: Words, *, here: bool) -> Quoted:
    raw = material.texts[place.doc_id].document.text
    trimmed = trim(folded(text, start, end))
    a, b = trimmed.origin[0], trimmed.origin[-1] + 1
    ops = word_ops(raw, (place.start, place.end), text, (a, b), words)
    old, new = tokens(raw, place.start, place.end, words), tokens(text, a, b, words)
    bare = [[t for t in side if re.search(r"\w", t.key)] for side in (old, new)]
    return Quoted(
        place=place,
        provision=_holder(place, material),
        written=same_values(*bare),
        here=here,
        ops=tuple(ops),
    )


#: Words before an opening mark that give what follows as the words of a rule.
_SAYS = re.compile(r"规定|明确|要求|指出|提出|载明|写明|强调|约定|写道|称|表述|原文|[：:]\s*+$")
_DEFINES = re.compile(r"简称(?:为|作)?\s*+[《]?\s*+$|所谓\s*+$|统称(?:为)?\s*+$")
#: A quotation that no citation governs and that is not verbatim is an altered one only if it is this long.
_LONG = 12


class QuotationFindings:
    """Judges the quotations of one draft."""

    def __init__(
        self,
        text: str,
        sentences: Sequence[Sentence],
        quoted: Sequence[Quotation],
        cited: Sequence[Cited],
        material: Material,
        words: Words,
        maker: Maker,
    ) -> None:
        self._text, self._sentences, self._quoted, self._cited = text, sentences, quoted, cited
        self._starts = [s.start for s in sentences]
        self._places = [c.mention.start for c in cited]
        self._quotation_starts = [q.start for q in quoted]
        self._material, self._words, self._maker = material, words, maker

    def governing(self, quotation: Quotation) -> list[int]:
        """The citations that a quotation is given as the words of, by number: those of its sentence, nearest first."""
        at = max(bisect_right(self._starts, quotation.start) - 1, 0)
        sentence = self._sentences[at]
        here = [
            i
            for i in self._between(sentence.start, sentence.end)
            if not quotation.start <= self._places[i] < quotation.end
        ]
        before = [i for i in here if self._cited[i].end <= quotation.start]
        after = [i for i in here if self._cited[i].start >= quotation.end]
        if after and re.match(r"[”」』’\"＂]?[。，,]?\s*[（(]", self._text[quotation.end : quotation.end + 4]):
            return after[:1]
        if not self._text[sentence.start : quotation.start].strip('“「『‘"＂ ') and (opening := self._opening(at)):
            return opening
        if not before:
            nearest = bisect_left(self._quotation_starts, quotation.end)
            stop = min(sentence.end, self._cited[after[0]].start + 1) if after else 0
            if after and not any(s < stop for s in self._quotation_starts[nearest : nearest + 1]):
                return after[:1]
            return self._opening(at)
        run = [before[-1]]
        while run[0] > before[0] and self._cited[run[0]].mention.linked:
            run.insert(0, run[0] - 1)
        return run

    def _opening(self, at: int) -> list[int]:
        """The citation of the sentence before, where that ends by opening a quotation: 第七条规定如下："""
        before = self._sentences[at - 1] if at else None
        if not before or not re.search(r"[：:]\s*$|如下[。：:]?$", self._text[before.start : before.end]):
            return []
        return list(self._between(before.start, before.end)[-1:])

    def _between(self, start: int, end: int) -> range:
        """The citations in a stretch, by number."""
        return range(bisect_left(self._places, start), bisect_left(self._places, end))

    def of(self, quotation: Quotation, named: Sequence[str]) -> Finding | None:
        """What a quotation was found to be; None where it is no quotation of a rule. `named`: documents named."""
        start, end = quotation.start, quotation.end
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
        found = judge_quotation(self._text, start, end, provisions, prefer, self._material, self._words)
        shown = "、".join(c.shown for c in governing)
        at = self._maker.words_at(found.place, found.provision)
        if not provisions:
            return self._free(quotation, found, at, governing, shown)
        cited = self._maker.source(provisions[0])
        if found.here:
            return self._finding(FindingKind.OK if found.exact else FindingKind.MISQUOTED, quotation, found, shown, at)
        kind = FindingKind.MISPLACED if found.exact else FindingKind.MISQUOTED if found.place else FindingKind.INVENTED
        return self._finding(kind, quotation, found, shown, cited, at)

    def _free(
        self, quotation: Quotation, found: Quoted, at: Source | None, governing: Sequence[Cited], shown: str
    ) -> Finding | None:
        """A quotation that no provision which is there governs: told where it is found, left alone where it isn't."""
        long = quotation.end - quotation.start
        if found.exact and long >= TELLING:
            return self._finding(FindingKind.OK, quotation, found, shown, None, at)
        if found.place and long >= _LONG:
            return self._finding(FindingKind.MISQUOTED, quotation, found, shown, None, at)
        if any(c.looked for c in governing) and long >= TELLING:
            return self._finding(FindingKind.INVENTED, quotation, found, shown)
        return None

    def _finding(
        self,
        kind: FindingKind,
        quotation: Quotation,
        found: Quoted,
        shown: str,
        cited: Source | None = None,
        right: Source | None = None,
    ) -> Finding:
        written = kind is FindingKind.MISQUOTED and found.written
        return self._maker.finding(
            kind,
            What.QUOTATION,
            quotation.start,
            quotation.end,
            shown=shown,
            cited=cited,
            right=right,
            ops=found.ops,
            severity=Severity.NOTE if written else None,
        )
