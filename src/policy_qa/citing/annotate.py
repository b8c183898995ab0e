"""A text with something written in the place of its citations: links, names in full, nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol, TypeVar


class Stretch(Protocol):
    """Anything that stands at [start, end) of a text: a mention, a citation, a finding."""

    @property
    def start(self) -> int:
        """Where it begins."""

    @property
    def end(self) -> int:
        """Where it ends."""


S = TypeVar("S", bound=Stretch)


def annotate(
    text: str, stretches: Iterable[S], write: Callable[[S, str], str], between: Callable[[str], str] = str
) -> str:
    """The text with `write(stretch, its words)` in the place of each stretch, and `between` of the words around them.

    Stretches may come in any order; one that overlaps an earlier one is left as it is.

    >>> from policy_qa.citing.find import find
    >>> from policy_qa.citing.grammar import Register
    >>> annotate("见第7条。", find("见第7条。", Register.DRAFT), lambda mention, words: f"[{words}]({mention.shown})")
    '见[第7条](第七条)。'
    """
    out: list[str] = []
    at = 0
    for stretch in sorted(stretches, key=lambda s: (s.start, -s.end)):
        if stretch.start >= at:
            out += (between(text[at : stretch.start]), write(stretch, text[stretch.start : stretch.end]))
            at = stretch.end
    return "".join((*out, between(text[at:])))
