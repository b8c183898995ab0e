"""The quotations of a draft: which citation governs each, and what each was found to be."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from policy_qa.check.cited import Cited
from policy_qa.check.findings import Finding, FindingKind, Severity, Source, What
from policy_qa.check.making import Maker
from policy_qa.check.material import Material
from policy_qa.check.quoting import TELLING, Quoted, judge_quotation
from policy_qa.check.sentences import Quotation, Sentence
from policy_qa.diff.words import Words

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
