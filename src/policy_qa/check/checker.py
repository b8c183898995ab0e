"""A draft held against the policies: every citation, every quotation, every statement with a citation or a number."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import accumulate, chain
from typing import Any

from policy_qa.check.cited import Citations, Cited, bracketed
from policy_qa.check.claims import Claim, claims_of, says_so
from policy_qa.check.findings import Finding, FindingKind, Report, Source, What
from policy_qa.check.material import Material, terms
from policy_qa.check.messages import Maker
from policy_qa.check.quoting import QuotationFindings
from policy_qa.check.sentences import Cut, Extent
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
_Pieces = tuple[tuple[int, int], ...]


class Checker:
    """Checks drafts against documents on file. Immutable but for what it has worked out; needs no model."""

    def __init__(self, segmentations: Mapping[str, Segmentation], words: Words) -> None:
        self.words = words
        self.titles = Titles(segmentations)
        self.material = Material(segmentations)
        self._register = Register(segmentations.values())
        self._editions = Editions(segmentations)
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
        self._checker, self._material, self._text, self._lang = checker, checker.material, draft.text, lang
        self._cut = Cut(draft.text)
        if (count := len(self._cut.quotations)) > MAX_QUOTATIONS:
            raise SourceError(
                f"{draft.source}: expected at most {MAX_QUOTATIONS:,} quotations in a draft, "
                f"found {count:,}; check it in parts"
            )
        self._citations = Citations(draft, self._cut, checker.titles, self._material.segmentations)
        self._cited = self._citations.all
        self._named = self._citations.owners.documents
        self._maker = Maker(self._text, lang)
        self._quotations = QuotationFindings(self._cut, self._cited, self._material, checker.words, self._maker)
        self._judged = {q: found for q in self._cut.quotations if (found := self._quotations.of(q, self._named))}
        self._holes = [(q.start - 1, q.end + 1) for q in self._judged]

    def findings(self) -> Iterator[Finding]:
        """The findings, unordered."""
        yield from self._judged.values()
        moved: dict[int, Source] = {}
        for quotation, found in self._judged.items():
            if found.right:
                moved |= dict.fromkeys(self._quotations.governing(quotation), found.right)
        claims = claims_of(self._cut, [(c.start, c.mention.start, c.end) for c in self._cited])
        for claim in claims:
            if said := self._claim(claim):
                if said.right:
                    moved |= dict.fromkeys(claim.mentions, said.right)
                if all(self._cited[i].provisions or not self._cited[i].held for i in claim.mentions):
                    yield said
        for i, cited in enumerate(self._cited):
            if said := self._citation(cited, moved.get(i)):
                yield said
        begun = {c.start for c in self._cited}
        for start, end, owner in self._citations.owners.unknown:
            if start not in begun:
                yield self._finding(FindingKind.UNKNOWN_DOCUMENT, (start, end), bracketed(owner.title))
        for whole, found in chain(self._of_documents(), self._of_institutions()):
            claims.append(whole)
            yield found
        yield from self._uncited(claims)

    def _finding(self, kind: FindingKind, at: tuple[int, int], shown: str, detail: str = "", **known: Any) -> Finding:
        return self._maker.finding(kind, What.CITATION, *at, detail, shown=shown, **known)

    def _citation(self, cited: Cited, right: Source | None) -> Finding | None:
        """Whether a citation's document is known and has the provision; `right` is where its words stand."""
        at = cited.start, cited.end
        if cited.owner is None:
            if right is None and len(found := self._citations.likely(cited.mention)) == 1:
                right = self._material.source(found[0])
            return self._finding(FindingKind.AMBIGUOUS, at, cited.shown, right=right)
        if cited.held is None:
            return self._finding(FindingKind.UNKNOWN_DOCUMENT, at, cited.shown)
        if cited.missing:
            return self._finding(FindingKind.MISSING, at, cited.shown, cited.instead(self._lang), right=right)
        if cited.owner.own:
            return None
        provision = cited.provisions[0]
        old = self._checker.not_in_force(provision.doc_id, provision.instrument, self._lang)
        kind = FindingKind.SUPERSEDED if old else FindingKind.OK
        return self._finding(kind, at, cited.shown, old, cited=self._material.source(provision))

    def _claim(self, claim: Claim) -> Finding | None:
        """The verdict on what a draft says of provisions; quotations in it are judged by themselves."""
        cited = [self._cited[i] for i in claim.mentions]
        if any(c.held is None or c.owner is None or c.owner.own for c in cited):
            return None
        pieces = self._unquoted(claim.pieces)
        if not pieces:
            return None
        first = bisect_left(self._holes, (claim.start - 1,))
        quoting = first < len(self._holes) and self._holes[first][0] <= claim.end + 39
        provisions = [p for c in cited for p in c.provisions]
        claim = replace(claim, pieces=self._on_topic(pieces, provisions))
        prefer = [*(c.owner.doc_id for c in cited if c.owner), *self._named]
        attributed = claim.attributed and not quoting
        found = self._checker.statements.of(claim.words(self._text), provisions, prefer, attributed=attributed)
        return self._statement(found, claim, provisions, "、".join(c.shown for c in cited)) if found else None

    def _of_documents(self) -> Iterator[tuple[Claim, Finding]]:
        """What is said of documents without a number: that a text is not in force, and that it says so or otherwise."""
        named = self._citations.owners.whole(c.mention.start for c in self._cited)
        for claim in claims_of(self._cut, [(start, start, end) for start, end, _ in named]):
            held = [named[i] for i in claim.mentions]
            for start, end, owner in held if claim.acts or claim.attributed else ():
                if old := self._checker.not_in_force(owner.doc_id, owner.instrument or "", self._lang):
                    yield claim, self._finding(FindingKind.SUPERSEDED, (start, end), self._text[start:end], old)
            words = replace(claim, pieces=self._unquoted(claim.pieces)).words(self._text)
            ids = [owner.doc_id for _, _, owner in held]
            if found := self._checker.statements.without_citation(words, ids, attributed=claim.attributed):
                yield claim, self._statement(found, claim)

    def _of_institutions(self) -> Iterator[tuple[Claim, Finding]]:
        """What is said to be the rule of an institution on file, no text of it named: 贺兰县规定，…."""
        if self._citations.own is not None:
            return
        taken = {self._cut.sentence_at(at) for at in self._citations.owners.ends()}
        taken |= {self._cut.sentence_at(c.start) for c in self._cited}
        named = [
            (start + a, start + b, doc_ids)
            for number, (start, end) in enumerate(self._cut.sentences)
            if number not in taken
            for a, b, doc_ids in self._checker.titles.bodies(self._text[start:end])
            if says_so(self._text, start + b)
        ]
        for claim in claims_of(self._cut, [(a, a, b) for a, b, _ in named]):
            words = replace(claim, pieces=self._unquoted(claim.pieces)).words(self._text)
            ids = [doc_id for i in claim.mentions for doc_id in named[i][2]]
            held = self._checker.statements
            found = held.without_citation(words, ids, attributed=True) or held.unverified(words, ids)
            if found:
                shown = "、".join(self._text[named[i][0] : named[i][1]] for i in claim.mentions)
                yield claim, self._statement(found, claim, shown=shown)

    def _on_topic(self, pieces: _Pieces, provisions: Sequence[Provision]) -> _Pieces:
        """Without the words before a citation that have nothing to do with it: 我们注意到，, 对此，."""
        front = self._text[slice(*pieces[0])]
        held = " ".join(map(self._material.words, provisions))
        if len(pieces) > 1 and len(front) <= 24 and not self._material.share(terms(front), held):
            return pieces[1:]
        return pieces

    def _statement(
        self, found: Stated, at: Claim | Extent, provisions: Sequence[Provision] = (), shown: str = ""
    ) -> Finding:
        cited, right = self._material.source(provisions[0]) if provisions else None, None
        if found.elsewhere:
            right = found.at
        elif found.at and found.kind is not FindingKind.INVENTED:
            cited = found.at
        return self._maker.finding(
            found.kind,
            What.STATEMENT,
            at.start,
            at.end,
            shown=shown,
            cited=cited,
            right=right,
            differences=found.differences,
            stands=found.verdict,
        )

    def _uncited(self, claims: Sequence[Claim]) -> Iterator[Finding]:
        """Sentences with a number that repeat a provision without citing it; the draft's own rules are its own."""
        if self._citations.own is not None:
            return
        held = sorted([(c.start, c.end) for c in self._cited] + [piece for c in claims for piece in c.pieces])
        reach = list(accumulate((b for _, b in held), max))
        for sentence in self._cut.sentences:
            before = bisect_left(held, (sentence.end,))
            if before and reach[before - 1] > sentence.start:
                continue
            words = "，".join(self._text[a:b] for a, b in self._unquoted((sentence,)))
            # It can be about the documents that it names, else those that the draft names, else all.
            meant = self._checker.titles.spoken_of(self._text[slice(*sentence)]) or self._named
            if words and (found := self._checker.statements.without_citation(words, meant)):
                yield self._statement(found, sentence)

    def _unquoted(self, pieces: _Pieces) -> _Pieces:
        """Stretches, in order, without the quotations that are judged by themselves."""
        first = max(bisect_left(self._holes, (pieces[0][0],)) - 1, 0)
        out = list(pieces)
        for a, b in self._holes[first : bisect_left(self._holes, (pieces[-1][1],))]:
            out = [(x, y) for start, end in out for x, y in ((start, min(end, a)), (max(start, b), end)) if x < y]
        return tuple(out)
