"""What became of a sentence that was held against the provisions which it cites."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """How far the text of a provision bears a sentence. Only the first two may be shown as the rule's."""

    VERBATIM = "verbatim"
    SUPPORTED = "supported"
    DIFFERS = "differs"
    UNSUPPORTED = "unsupported"


@dataclass(frozen=True, kw_only=True, slots=True)
class Basis:
    """The words that a sentence rests on, or comes nearest to: `quote == document.text[start:end]`."""

    ref: str
    quote: str
    start: int
    end: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """One thing that the sentence says otherwise than the provision.

    `kind` is what differs: a kind of value (`number`, `date`, `duration`, `money`, `percent`, `ordinal`, `age`,
    `frequency`, `provision`), `negation`, `modality`, `name`, `condition`, `document` or `word`. `said` stands in
    the sentence and `found` in the provision; either is empty where the other has nothing in its place.
    """

    kind: str
    said: str
    found: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Checked:
    """A sentence with its verdict; `text` stands at [start, end) of the text that was judged.

    `why` is one Chinese sentence for people; empty where the sentence stands.
    """

    text: str
    start: int
    end: int
    verdict: Verdict
    basis: Basis | None = None
    differences: tuple[Difference, ...] = ()
    why: str = ""

    @property
    def stands(self) -> bool:
        """Whether the provisions bear the sentence."""
        return self.verdict in (Verdict.VERBATIM, Verdict.SUPPORTED)
