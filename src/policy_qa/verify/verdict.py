"""What became of a sentence that was held against the provisions which it cites."""

from __future__ import annotations

from dataclasses import dataclass

from policy_qa.statements import Difference, Verdict

__all__ = ["Basis", "Checked", "Difference", "Verdict"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Basis:
    """The words that a sentence rests on, or comes nearest to: `quote == document.text[start:end]`."""

    ref: str
    quote: str
    start: int
    end: int


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
        return self.verdict.stands
