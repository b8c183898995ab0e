"""Statements that stand -> an answer: a line each under its document, with the quotation that it rests on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from policy_qa.answer.phrases import say as say_frame
from policy_qa.datamodels import Answer, Citation, Line, LineKind, Provision, Segmentation
from policy_qa.model.checking import counted
from policy_qa.model.client import Reason
from policy_qa.provisions.refs import cite
from policy_qa.statements import MODEL, WRITING, Statement, Verdict
from policy_qa.wording import said


def say(lang: str, key: str, **values: str) -> str:
    """A line in a language, `zh` or `en`."""
    return said("model")[lang][key].format(**values)


def verbatim(citations: Sequence[Citation]) -> tuple[Statement, ...]:
    """The statements of an extractive answer: its quotations, word for word."""
    return tuple(
        Statement(text=c.quote, verdict=Verdict.VERBATIM, n=c.n, ref=c.ref, quote=c.quote, start=c.start, end=c.end)
        for c in citations
    )


class Composition:
    """An answer as it grows. `extractive` is the answer that it takes the place of, or falls back to."""

    def __init__(self, extractive: Answer, segmentations: Mapping[str, Segmentation]) -> None:
        self._extractive, self._segmentations = extractive, segmentations
        self._point = extractive.points[0]
        self._citations: list[Citation] = []
        self._lines: list[Line] = []
        self._document = ""
        self._unread: set[int] = set()
        self.shown: list[Statement] = []
        self.removed: list[Statement] = []

    def leave(self, given: Sequence[Provision]) -> None:
        """What the extractive answer quotes of other articles than these is quoted in any case."""
        for citation in self._extractive.citations:
            inside = (p for p in given if p.doc_id == citation.ref.partition("#")[0])
            if not any(p.start <= citation.start and citation.end <= p.end for p in inside):
                self._unread.add(citation.n)

    def add(self, statement: Statement) -> bool:
        """Take a statement in, or put it aside; whether it is shown."""
        if not statement.verdict.stands:
            self.removed.append(statement)
            return False
        if any(s.text == statement.text and s.ref == statement.ref for s in self.shown):
            return False  # models repeat themselves
        self._put(statement, Line(kind=LineKind.STATED, text=statement.text))
        return True

    def so_far(self) -> Answer:
        """What can be shown now."""
        numbers = tuple(c.n for c in self._citations)
        point = replace(self._point, citations=numbers, lines=tuple(self._lines))
        return replace(
            self._extractive,
            mode=WRITING,
            points=(point,),
            citations=tuple(self._citations),
            sentences=tuple(self.shown),
            removed=tuple(self.removed),
        )

    def finished(self, *, cut: bool = False, stopped: bool = False) -> Answer:
        """The whole answer; what no statement speaks of is quoted, and it is said what was removed."""
        lang = self._extractive.lang
        if not self.shown:
            key = "stopped_early" if stopped else "nothing_left" if self.removed else "fell_back"
            return self.fallen_back(say(lang, key, removed=self._counts(), why=say(lang, Reason.EMPTY)))
        self._quote_the_rest()
        notices = [*self._extractive.notices]
        if self.removed:
            notices.append(say(lang, "removed", removed=self._counts()))
        notices += [say(lang, key) for key, told in (("cut", cut), ("stopped", stopped)) if told]
        return replace(self.so_far(), mode=MODEL, notices=tuple(notices))

    def fallen_back(self, notice: str) -> Answer:
        """The extractive answer, labelled."""
        notices = (*self._extractive.notices, notice)
        return replace(self._extractive, notices=notices, removed=tuple(self.removed))

    def failed(self, reason: Reason) -> Answer:
        """The extractive answer, with why the model gave none."""
        lang = self._extractive.lang
        return self.fallen_back(say(lang, "fell_back", why=say(lang, reason)))

    def _counts(self) -> str:
        lang = self._extractive.lang
        said = [say(lang, verdict.value, count=str(n)) for verdict, n in counted(self.removed).items()]
        return say(lang, "sep").join(said)

    def _put(self, statement: Statement, line: Line) -> None:
        """The line of a statement, under its document's name."""
        segmentation = self._segmentations[statement.ref.partition("#")[0]]
        document = segmentation.document
        if document.doc_id != self._document:
            self._document = document.doc_id
            source = say_frame(self._extractive.lang, "single", title=document.title)
            self._lines.append(Line(kind=LineKind.SOURCE, text=source))
        n = self._cited(statement, segmentation)
        self.shown.append(replace(statement, n=n))
        self._lines.append(replace(line, marks=(n,), statement=self.shown[-1]))

    def _cited(self, statement: Statement, segmentation: Segmentation) -> int:
        place = (statement.ref, statement.start, statement.end)
        for known in self._citations:
            if (known.ref, known.start, known.end) == place:
                return known.n
        provision = segmentation.at(statement.ref)
        n = len(self._citations) + 1
        named = cite(segmentation.document, provision) if provision else ""
        ref, start, end = place
        self._citations.append(Citation(n=n, ref=ref, cite=named, quote=statement.quote, start=start, end=end))
        return n

    def _quote_the_rest(self) -> None:
        """What the extractive answer says of documents on whose quotations no statement rests, or says rightly.

        Where a sentence was removed that is about a quotation, the reader gets that quotation in its place.
        """
        lines = {n: line for line in self._point.lines if line.kind is LineKind.QUOTE for n in line.marks}
        for doc_id in dict.fromkeys(c.ref.partition("#")[0] for c in self._extractive.citations):
            own = [c for c in self._extractive.citations if c.ref.partition("#")[0] == doc_id]
            silent_on = not any(_overlap(s, c) for s in self.shown for c in own)
            differing = (s for s in self.removed if s.verdict is Verdict.DIFFERS and s.ref)
            wrong = [s for s in differing if not any(_overlap(s, t) for t in self.shown)]
            for citation in own:
                if not (silent_on or citation.n in self._unread or any(_overlap(s, citation) for s in wrong)):
                    continue
                (statement,) = verbatim([citation])
                self._put(statement, lines[citation.n])
        self._lines += [line for line in self._point.lines if line.kind is LineKind.SILENT]


def _overlap(one: Statement, other: Statement | Citation) -> bool:
    """Whether two rest on some of the same words."""
    same = one.ref.partition("#")[0] == other.ref.partition("#")[0]
    return same and one.start < other.end and other.start < one.end
