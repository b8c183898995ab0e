"""What a check reports, and how it becomes a finding that quotes the document."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from policy_qa.datamodels import Provision, Segmentation


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


class Draft(NamedTuple):
    """What a check yields: a place [start, end), and (message, todo) in both languages."""

    check: Check
    severity: Severity
    span: tuple[int, int]
    zh: tuple[str, str]
    en: tuple[str, str]


def findings(segmentation: Segmentation, drafts: Sequence[Draft], lang: str) -> Iterator[Finding]:
    """The findings of drafts in text order, each with the shortest provision that holds it, else its start."""
    ahead = deque(sorted(enumerate(segmentation.provisions), key=lambda p: p[1].start))
    around: list[tuple[int, Provision]] = []
    for draft in drafts:
        start, end = draft.span
        while ahead and ahead[0][1].start <= start:
            around.append(ahead.popleft())
        around = [(i, p) for i, p in around if start < p.end]
        whole = [(i, p) for i, p in around if end <= p.end]
        holder = min(whole or around, key=lambda p: (p[1].end - p[1].start, p[0]), default=None)
        message, todo = draft.en if lang == "en" else draft.zh
        yield Finding(
            check=draft.check,
            severity=draft.severity,
            ref=holder[1].ref if holder else segmentation.document.doc_id,
            start=start,
            end=end,
            quote=segmentation.document.text[start:end],
            message=message,
            todo=todo,
        )
