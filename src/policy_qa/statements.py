"""Sentences of an answer, and how far the text of a provision bears them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

#: The mode of an answer that a language model wrote, and of one that it is still writing.
MODEL, WRITING = "model", "writing"


class Verdict(StrEnum):
    """How far the text of a provision bears a sentence. Only the first two may be shown as the rule's."""

    VERBATIM = "verbatim"
    SUPPORTED = "supported"
    DIFFERS = "differs"
    UNVERIFIABLE = "unverifiable"

    @property
    def stands(self) -> bool:
        """Whether the provision bears the sentence."""
        return self in (Verdict.VERBATIM, Verdict.SUPPORTED)


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
class Statement:
    """One sentence of an answer with its verdict and the words that it rests on, or comes nearest to.

    `quote == document.text[start:end]` of the document that `ref` names; both are empty where there is no such
    text. `n` is the number of its citation, 0 where it was removed. `why` says, for people, why it was; `note` is
    `mended` where the source that a model named for it does not exist or does not say so, and this one does.
    """

    text: str
    verdict: Verdict
    n: int = 0
    ref: str = ""
    quote: str = ""
    start: int = 0
    end: int = 0
    differences: tuple[Difference, ...] = ()
    why: str = ""
    note: str = ""
