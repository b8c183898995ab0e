"""What a check reports, and how it becomes a finding that quotes the document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from policy_qa.datamodels import Segmentation
from policy_qa.wording import said


class Severity(StrEnum):
    """How sure a finding is: `error` is surely wrong, `warning` probably, `hint` worth a look."""

    ERROR = "error"
    WARNING = "warning"
    HINT = "hint"


class Check(StrEnum):
    """What was looked for; the names are part of what other programs read."""

    UNREADABLE = "unreadable"
    UNASSIGNED = "unassigned"
    MISSING_NUMBER = "missing-number"
    REPEATED_NUMBER = "repeated-number"
    DISORDERED_NUMBER = "disordered-number"
    LEFTOVER = "leftover"
    PLACEHOLDER = "placeholder"
    MARKUP = "markup"
    GARBLED = "garbled"
    BROKEN_LINE = "broken-line"
    DOUBLED_WORD = "doubled-word"
    DOUBLED_PUNCTUATION = "doubled-punctuation"
    UNBALANCED = "unbalanced"
    DANGLING_REFERENCE = "dangling-reference"
    MISSING_ATTACHMENT = "missing-attachment"
    UNMENTIONED_ATTACHMENT = "unmentioned-attachment"
    TWO_NAMES = "two-names"
    UNDEFINED_NAME = "undefined-name"
    INSTRUMENT_NAME = "instrument-name"
    IMPOSSIBLE_DATE = "impossible-date"
    DATE_CONFLICT = "date-conflict"
    REVERSED_RANGE = "reversed-range"


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One thing that is wrong in a policy. `quote == document.text[start:end]` always: code cuts it.

    `ref` is the finest provision that holds the place, the `doc_id` alone where none does (a heading).
    `message` says what is wrong, `todo` what to do about it, in the language that was asked for.
    """

    check: Check
    severity: Severity
    ref: str
    start: int
    end: int
    quote: str
    message: str
    todo: str

    @property
    def doc_id(self) -> str:
        """The document that it was found in."""
        return self.ref.partition("#")[0]


@dataclass(frozen=True, slots=True)
class Draft:
    """What a check yields: a place [start, end), and which of the `TEXTS` with which words tells of it."""

    check: Check
    severity: Severity
    span: tuple[int, int]
    text: str = ""
    words: Mapping[str, object] = field(default_factory=dict)


#: What is said: what is wrong, and behind the first semicolon what to do about it; by check where that is all.
TEXTS = said("lint")


def finding(segmentation: Segmentation, draft: Draft, lang: str) -> Finding:
    """The finding of a draft, with the finest provision that holds it whole, else its start."""
    start, end = draft.span
    holder = segmentation.finest(start, end) or segmentation.finest(start)
    message, _, todo = TEXTS[lang][draft.text or draft.check].partition("; " if lang == "en" else "；")
    return Finding(
        check=draft.check,
        severity=draft.severity,
        ref=holder.ref if holder else segmentation.document.doc_id,
        start=start,
        end=end,
        quote=segmentation.document.text[start:end],
        message=message.format(**draft.words),
        todo=todo.format(**draft.words),
    )
