"""What a check of a draft reports: each place with what is said there, and what the policies say."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from policy_qa.datamodels import Document
from policy_qa.diff.model import Op
from policy_qa.statements import Difference, Verdict


class FindingKind(StrEnum):
    """What became of a citation, a quotation or a statement; other programs read these names."""

    OK = "ok"
    MISSING = "missing"  # the document has no such provision
    UNKNOWN_DOCUMENT = "unknown_document"  # its title is not on file
    DIFFERS = "differs"  # the provision says something else
    MISQUOTED = "misquoted"  # the words of the quotation are not those of the provision
    MISPLACED = "misplaced"  # right words, wrong provision
    INVENTED = "invented"  # the provision is there and says nothing of the sort
    SUPERSEDED = "superseded"  # it is there, in a text that is repealed, replaced or has run out
    UNVERIFIABLE = "unverifiable"  # the provision is about it, and not every part of it can be found there
    AMBIGUOUS = "ambiguous"  # a number, and no document named whose number it is


class What(StrEnum):
    """What was looked at."""

    CITATION = "citation"
    QUOTATION = "quotation"
    STATEMENT = "statement"


class Severity(StrEnum):
    """What a finding asks of the writer: `error` to mend it, `note` to look at it, `ok` nothing."""

    OK = "ok"
    NOTE = "note"
    ERROR = "error"


_SEVERITIES = {
    FindingKind.OK: Severity.OK,
    FindingKind.UNKNOWN_DOCUMENT: Severity.NOTE,
    FindingKind.AMBIGUOUS: Severity.NOTE,
    FindingKind.SUPERSEDED: Severity.NOTE,
    FindingKind.UNVERIFIABLE: Severity.NOTE,
}
_CITATION = {FindingKind.OK: "exists", FindingKind.MISSING: "missing", FindingKind.SUPERSEDED: "superseded"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """The provision that a finding rests on: its ref, its name for people, the words that count."""

    ref: str
    cite: str
    words: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One place of a draft. `quote == draft.text[start:end]` always: code cuts it.

    `cited` is the provision that the draft cites, None where it cites none that is there; `right` the one
    that the words are to be found in, where that is another. `shown` is the citation as the draft means it
    (第七条第二项), whether it exists or not. `ops` turn the provision's words into the quotation's, `written` tells
    that these differ in numbers' writing or punctuation only.
    `message` is one line, in the language that was asked for.
    """

    kind: FindingKind
    what: What
    start: int
    end: int
    quote: str
    line: int
    shown: str = ""
    cited: Source | None = None
    right: Source | None = None
    differences: tuple[Difference, ...] = ()
    ops: tuple[Op, ...] = ()
    written: bool = False
    message: str = ""
    stands: Verdict | None = None

    @property
    def severity(self) -> Severity:
        """What it asks of the writer."""
        if self.kind is FindingKind.MISQUOTED and self.written:
            return Severity.NOTE
        return _SEVERITIES.get(self.kind, Severity.ERROR)

    @property
    def verdict(self) -> str:
        """`exists` or `missing` (a citation), `verbatim`, `supported` or `differs` (words), `unverifiable` (either)."""
        if self.what is What.CITATION:
            return _CITATION.get(self.kind, Verdict.UNVERIFIABLE.value)
        if self.kind is FindingKind.OK:
            return (self.stands or Verdict.VERBATIM).value
        wrong = (FindingKind.DIFFERS, FindingKind.MISQUOTED, FindingKind.MISPLACED)
        return (Verdict.DIFFERS if self.kind in wrong else Verdict.UNVERIFIABLE).value

    @property
    def source(self) -> Source | None:
        """Where the right words stand: in another provision than the cited one, or in that."""
        return self.right or self.cited


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """All findings of one draft, in the order of its text."""

    draft: Document
    findings: tuple[Finding, ...]

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that something is to be mended for."""
        return tuple(f for f in self.findings if f.severity is Severity.ERROR)
