"""A draft held against the policies: every citation, every quotation, every statement with a citation or a number."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import accumulate

from policy_qa.check.cited import Citations, Cited, bracketed
from policy_qa.check.claims import Claim, claims_of
from policy_qa.check.findings import Finding, FindingKind, Report, Source, What
from policy_qa.check.material import Material, terms
from policy_qa.check.quoting import QuotationFindings
from policy_qa.check.report import Maker
from policy_qa.check.sentences import Quotation, quotations, sentences
from policy_qa.check.statements import Stated, Statements
from policy_qa.datamodels import Document, Provision, Segmentation
from policy_qa.diff.words import Words
from policy_qa.errors import SourceError
from policy_qa.facts.editions import Editions
from policy_qa.facts.model import State
from policy_qa.facts.register import Register
from policy_qa.naming.drafts import Titles
from policy_qa.verify import Judge

#: Some 300 pages. Each sentence is held against every document on file, so a draft must have an end.
MAX_CHARACTERS = 200_000
MAX_QUOTATIONS = 2_000
#: What a draft may no longer rest on.
_SUPERSEDED = (State.REPEALED, State.REPLACED, State.EXPIRED, State.TRIAL_OVER)
_Judged = Mapping[Quotation, Finding]


class Checker:
    """Checks drafts against documents on file. Immutable but for what it has worked out; needs no model."""

    def __init__(self, segmentations: Mapping[str, Segmentation], words: Words) -> None:
        self.segmentations = segmentations
        self.words = words
        self.titles = Titles(segmentations)
        self._register = Register(segmentations.values())
        self._editions = Editions(segmentations)
        self.material = Material(segmentations)
        self.statements = Statements(self.material, Judge(list(segmentations.values())), self._editions.holds)

    def check(self, draft: Document, lang: str = "zh") -> Report:
        """All findings of a draft, in the order of its text; `lang` is that of their messages.

        Raises SourceError where a draft is longer than MAX_CHARACTERS, or cites or quotes too often for one.
        """
        if (size := len(draft.text)) > MAX_CHARACTERS:
            raise SourceError(
                f"{draft.source}: expected a draft of at most {MAX_CHARACTERS:,} characters, found {size:,}; "
                "check it in parts"
            )
        found = dict.fromkeys(self._sourced(f) for f in _Run(self, draft, lang).findings())
        return Report(draft=draft, findings=tuple(sorted(found, key=lambda f: (f.start, f.end))))

    def not_in_force(self, doc_id: str, instrument: str, lang: str) -> str:
        """Why a text can no longer be relied on; empty where it can."""
        if self._editions.current(doc_id) != doc_id:
            return "amended since" if lang == "en" else "已经修改"
        standing = self._register.standing_of(doc_id, instrument)
        if standing.state not in _SUPERSEDED:
            return ""
        return standing.state.name.lower().replace("_", " ") if lang == "en" else standing.why

    def _sourced(self, finding: Finding) -> Finding:
        """The finding with refs of the files."""
        right, cited = (s and replace(s, ref=self._editions.ref(s.ref)) for s in (finding.right, finding.cited))
        return replace(finding, right=right, cited=cited)


class _Run:
    """One draft being checked."""

    def __init__(self, checker: Checker, draft: Document, lang: str) -> None:
        self._checker = checker
        self._text = draft.text
        self._quoted = quotations(self._text)
        if len(self._quoted) > MAX_QUOTATIONS:
            raise SourceError(
                f"{draft.source}: expected at most {MAX_QUOTATIONS:,} quotations in a draft, "
                f"found {len(self._quoted):,}; check it in parts"
            )
        self._sentences = sentences(self._text, self._quoted)
        self._citations = Citations(draft, self._sentences, checker.titles, checker.segmentations)
        self._cited = self._citations.all
        self._lang = lang
        self._mentions = [(c.mention.start, c.mention.end) for c in self._cited]
        self._maker = Maker(self._text, checker.material, lang)
        self._quotations = QuotationFindings(
            self._text, self._sentences, self._quoted, self._cited, checker.material, checker.words, self._maker
        )

    def findings(self) -> Iterator[Finding]:
        """The findings, unordered."""
        named = self._citations.owners.documents
        self._documents = list(named)
        judged = {q: found for q in self._quoted if (found := self._quotations.of(q, named))}
        yield from judged.values()
        moved: dict[int, Source] = {}
        for quotation, found in judged.items():
            if found.right:
                moved |= dict.fromkeys(self._quotations.governing(quotation), found.right)
        starts = [c.start for c in self._cited]
        begun = frozenset(starts)
        self._holes = sorted((q.start - 1, q.end + 1) for q in judged)
        claims = claims_of(self._text, self._sentences, self._mentions, starts, self._quoted)
        for claim in claims:
            if said := self._claim(claim, judged):
                if said.right:
                    moved |= dict.fromkeys(claim.mentions, said.right)
                missing = any(self._cited[i].looked and not self._cited[i].provisions for i in claim.mentions)
                if not missing:
                    yield said
        for i, cited in enumerate(self._cited):
            if found_there := self._citation(cited, moved.get(i)):
                yield found_there
        for start, end, owner in self._citations.owners.unknown:
            if start not in begun:
                yield self._finding(FindingKind.UNKNOWN_DOCUMENT, start, end, bracketed(owner.title))
        for whole, found_whole in self._of_documents():
            claims.append(whole)
            yield found_whole
        yield from self._uncited(claims, judged)

    def _finding(
        self, kind: FindingKind, start: int, end: int, shown: str, right: Source | None = None, detail: str = ""
    ) -> Finding:
        return self._maker.finding(kind, What.CITATION, start, end, shown=shown, right=right, detail=detail)

    def _citation(self, cited: Cited, right: Source | None) -> Finding | None:
        """Whether a citation's document is known and has the provision; `right` is where its words stand."""
        start, end, looked = cited.start, cited.end, cited.looked
        if cited.owner is None:
            if right is None and len(found := self._citations.likely(cited.mention)) == 1:
                right = self._maker.source(found[0])
            return self._finding(FindingKind.AMBIGUOUS, start, end, cited.shown, right)
        if looked is None:
            return self._finding(FindingKind.UNKNOWN_DOCUMENT, start, end, cited.shown)
        if looked.missing:
            return self._finding(FindingKind.MISSING, start, end, looked.shown, right, looked.instead(self._lang))
        if cited.owner.own:
            return None
        provision = cited.provisions[0]
        source = self._maker.source(provision)
        old = self._checker.not_in_force(provision.doc_id, provision.instrument, self._lang)
        kind = FindingKind.SUPERSEDED if old else FindingKind.OK
        return self._maker.finding(kind, What.CITATION, start, end, shown=cited.shown, cited=source, detail=old)

    def _claim(self, claim: Claim, judged: _Judged) -> Finding | None:
        """The verdict on what a draft says of provisions; quotations in it are judged by themselves."""
        cited = [self._cited[i] for i in claim.mentions]
        if any(c.looked is None or c.owner is None or c.owner.own for c in cited):
            return None
        pieces = _without(claim.pieces, self._holes_in(claim.start, claim.end))
        if not pieces:
            return None
        first = bisect_left(self._holes, (claim.start - 1,))
        quoting = first < len(self._holes) and self._holes[first][0] <= claim.end + 39
        provisions = [p for c in cited for p in c.provisions]
        claim = replace(claim, pieces=self._on_topic(pieces, provisions))
        prefer = [*(c.owner.doc_id for c in cited if c.owner), *self._documents]
        attributed = claim.attributed and not quoting
        words = claim.words(self._text)
        found = self._checker.statements.of(words, provisions, prefer, attributed=attributed)
        if found is None:
            return None
        return self._statement(found, claim.start, claim.end, provisions, "、".join(c.shown for c in cited))

    def _of_documents(self) -> Iterator[tuple[Claim, Finding]]:
        """What is said of documents without a number: that a text is not in force, and that it says so or otherwise."""
        named = self._citations.owners.whole(self._mentions)
        spans, starts = [(start, end) for start, end, _ in named], [start for start, _, _ in named]
        for claim in claims_of(self._text, self._sentences, spans, starts, self._quoted):
            held = [named[i] for i in claim.mentions]
            for start, end, owner in held if claim.acts or claim.attributed else ():
                if old := self._checker.not_in_force(owner.doc_id, owner.instrument or "", self._lang):
                    shown = self._text[start:end]
                    yield claim, self._finding(FindingKind.SUPERSEDED, start, end, shown, detail=old)
            pieces = _without(claim.pieces, self._holes_in(claim.start, claim.end))
            words = replace(claim, pieces=pieces).words(self._text)
            ids = [owner.doc_id for _, _, owner in held]
            found = self._checker.statements.without_citation(words, ids, attributed=claim.attributed)
            if found:
                yield claim, self._statement(found, claim.start, claim.end, (), "")

    def _on_topic(
        self, pieces: tuple[tuple[int, int], ...], provisions: Sequence[Provision]
    ) -> tuple[tuple[int, int], ...]:
        """Without the words before a citation that have nothing to do with it: 我们注意到，, 对此，."""
        front = self._text[slice(*pieces[0])]
        held = " ".join(map(self._checker.material.words, provisions))
        if len(pieces) > 1 and len(front) <= 24 and not self._checker.material.share(terms(front), held):
            return pieces[1:]
        return pieces

    def _statement(self, found: Stated, start: int, end: int, provisions: Sequence[Provision], shown: str) -> Finding:
        at = self._maker.words_at(found.place, found.provision)
        cited = self._maker.source(provisions[0]) if provisions else None
        return self._maker.finding(
            found.kind,
            What.STATEMENT,
            start,
            end,
            shown=shown,
            cited=cited if found.elsewhere or at is None or found.kind is FindingKind.INVENTED else at,
            right=at if found.elsewhere else None,
            differences=found.differences,
            stands=found.verdict,
        )

    def _uncited(self, claims: Sequence[Claim], judged: _Judged) -> Iterator[Finding]:
        """Sentences with a number that repeat a provision without citing it; the draft's own rules are its own."""
        if self._citations.own is not None:
            return
        held = sorted([(c.start, c.end) for c in self._cited] + [piece for c in claims for piece in c.pieces])
        reach = list(accumulate((b for _, b in held), max))
        for sentence in self._sentences:
            before = bisect_left(held, (sentence.end,))
            if before and reach[before - 1] > sentence.start:
                continue
            holes = self._holes_in(sentence.start, sentence.end)
            pieces = _without(((sentence.start, sentence.end),), holes)
            words = "，".join(self._text[a:b] for a, b in pieces)
            # It can be about the documents that it names, else those that the draft names, else all.
            meant = self._checker.titles.spoken_of(self._text[sentence.start : sentence.end]) or self._documents
            found = words and self._checker.statements.without_citation(words, meant)
            if found:
                yield self._statement(found, sentence.start, sentence.end, (), "")

    def _holes_in(self, start: int, end: int) -> list[tuple[int, int]]:
        """The judged quotations that a stretch may overlap; they are in order and don't overlap each other."""
        first = max(bisect_left(self._holes, (start,)) - 1, 0)
        return self._holes[first : bisect_left(self._holes, (end,))]


def _without(pieces: Sequence[tuple[int, int]], holes: Sequence[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Stretches without those of the judged quotations."""
    out = list(pieces)
    for a, b in holes:
        out = [part for start, end in out for part in ((start, min(end, a)), (max(start, b), end)) if part[0] < part[1]]
    return tuple(out)
