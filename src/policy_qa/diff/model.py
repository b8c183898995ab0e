"""What a comparison of two texts consists of.

The ops of all changes together are both documents, character by character: those that are no
`insert` the old one, those that are no `delete` the new one. A change of `what` `layout` holds the
white space and rules between provisions, so that nothing is missing from that.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from policy_qa.datamodels import Document, Provision


class ChangeKind(StrEnum):
    """What became of a provision; several can be true at once (renumbered and changed)."""

    UNCHANGED = "unchanged"  # but for white space and the width of characters
    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"
    MOVED = "moved"  # its position against the others is another
    RENUMBERED = "renumbered"
    SPLIT = "split"
    MERGED = "merged"


class OpKind(StrEnum):
    """What is done with a stretch of text."""

    EQUAL = "equal"
    DELETE = "delete"
    INSERT = "insert"


class What(StrEnum):
    """What a change is about."""

    ARTICLE = "article"  # a provision at article level
    PART = "part"  # 款, 项, 目 or a table's row inside one
    HEADING = "heading"
    TEXT = "text"  # text that is no provision
    LAYOUT = "layout"  # white space and rules between them


@dataclass(frozen=True, kw_only=True, slots=True)
class Op:
    """One stretch, with its half-open offsets into both documents' texts; `text` is what stands there.

    A delete has an empty range in the new text, an insert one in the old. `trivial` tells that it is
    white space or width alone, or another spelling of the same number in a label.
    """

    op: OpKind
    old_start: int
    old_end: int
    new_start: int
    new_end: int
    text: str
    trivial: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """One provision (or heading) in both texts, or in one where it was added or removed.

    `name` and `new_name` are what people call it (第七条), empty on the side that lacks it. `parts`
    are its 款, 项 and so on, where the provision has changed. `same_values` tells that it has changed
    in writing only: 三年 became 3年. `related` are the refs of the other provisions of a split or merger.
    """

    what: What
    kinds: tuple[ChangeKind, ...]
    old: Provision | None = None
    new: Provision | None = None
    name: str = ""
    new_name: str = ""
    old_text: str = ""
    new_text: str = ""
    ops: tuple[Op, ...] = ()
    parts: tuple[Change, ...] = ()
    same_values: bool = False
    related: tuple[str, ...] = ()

    @property
    def unchanged(self) -> bool:
        """Whether nothing is to be told about it."""
        return self.kinds == (ChangeKind.UNCHANGED,)

    @property
    def at(self) -> tuple[int, int]:
        """(old, new) offset at which it begins."""
        first = self.ops[0]
        return first.old_start, first.new_start


@dataclass(frozen=True, kw_only=True, slots=True)
class FieldChange:
    """A statement of the document about itself that differs: title, issuer, number, date, status."""

    field: str
    old: str
    new: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Diff:
    """Two texts, compared. `changes` in reading order, those without a difference included."""

    old: Document
    new: Document
    fields: tuple[FieldChange, ...]
    changes: tuple[Change, ...]

    @property
    def same(self) -> bool:
        """Whether the texts differ in nothing but white space and width."""
        return not self.fields and all(change.unchanged for change in self.changes)

    @property
    def summary(self) -> Mapping[str, int]:
        """How many provisions at article level are of each kind; one of two kinds counts in both.

        `headings` counts the headings that differ.
        """
        counts = Counter(kind for c in self.changes if c.what is What.ARTICLE for kind in c.kinds)
        headings = sum(c.what is What.HEADING and not c.unchanged for c in self.changes)
        return {**{kind.value: counts[kind] for kind in ChangeKind}, "headings": headings}
