"""A name in a text, and what it leads to."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class NameKind(StrEnum):
    """What sort of name it is."""

    NUMBER = "number"
    TITLE = "title"
    CORE = "core"  # a title without the institution, or shortened
    BODY = "body"


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """A text on file: a document, or where `instrument` is set, the one of this title in its file."""

    doc_id: str
    instrument: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Named:
    """A name at [start, end) of a text, with the texts that it leads to.

    `exact` are the documents of which it names one version and no other.
    """

    start: int
    end: int
    text: str
    kind: NameKind
    targets: tuple[Target, ...]
    exact: frozenset[str] = frozenset()
