"""What is known of a text, each thing with the line that says so."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, kw_only=True, slots=True)
class Fact:
    """Something that a text says: `value`, and the line [start, end) of document `doc_id` that says it.

    Days are ISO 8601, as precise as they are told; a status is the value of a `Status`.
    """

    value: str
    doc_id: str
    start: int
    end: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Head:
    """What a text says about itself, None where it doesn't."""

    title: Fact | None
    issuer: Fact | None
    number: Fact | None
    issued: Fact | None
    status: Fact | None


class TermKind(StrEnum):
    """What runs out."""

    TRIAL = "试行期"
    VALIDITY = "有效期"


@dataclass(frozen=True, kw_only=True, slots=True)
class Term:
    """How long a text is on trial or valid. `length` is empty where only the end is told, `until` (the last day, ISO)
    where the day is not known from which the length counts."""

    kind: TermKind
    length: str
    until: str
    source: Fact


@dataclass(frozen=True, kw_only=True, slots=True)
class Link:
    """One text amends or repeals another.

    `title` and `number` are as printed, those of the text that it is done to; `doc_id` is that text (empty: not on
    file), `by` the document that does it, `on` the day from which it counts (ISO; empty: not told), `source` the
    sentence that does it. `instrument` is the title of the target inside a file that holds several.
    """

    title: str
    number: str
    doc_id: str
    by: str
    on: str
    source: Fact
    instrument: str = ""


class State(StrEnum):
    """Where a text stands on a day."""

    IN_FORCE = "现行有效"
    TO_COME = "尚未施行"
    DRAFT = "草案"
    REPEALED = "已废止"
    REPLACED = "已被取代"
    EXPIRED = "有效期已满"
    TRIAL_OVER = "试行期已满"


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """Where a text stands on a day; `why` is a sentence in Chinese, `source` the line that it rests on.

    `until` is the last day of a trial or of validity, empty where there is none.
    """

    state: State
    why: str
    until: str = ""
    source: Fact | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts(Head):
    """What is known of one instrument; None and empty where its text doesn't say. Nothing is guessed.

    It is the stretch [start, end) of the document; `instrument` is its title where the file holds several, empty
    where it is the file's own. `articles` counts its 条 (where it has none, its points).
    """

    doc_id: str
    instrument: str
    start: int
    end: int
    effective: Fact | None
    term: Term | None
    articles: int
    amends: tuple[Link, ...] = ()
    repeals: tuple[Link, ...] = ()
    amended_by: tuple[Link, ...] = ()
    repealed_by: tuple[Link, ...] = ()

    @property
    def name(self) -> str:
        """The title; the doc_id where the text has none."""
        return self.title.value if self.title else self.instrument or self.doc_id

    @property
    def day(self) -> str:
        """The day by which it is older or newer: that of issue, else that of coming into force."""
        return next((f.value for f in (self.issued, self.effective) if f), "")


@dataclass(frozen=True, kw_only=True, slots=True)
class Version:
    """One text of a policy. `label` is what people call it (讨论稿, 2022年, 2024年印发), unlike the others'.

    `in_force` tells whether it is the one that applies; `why`, in Chinese, what that rests on. A `decision` is no text
    of the policy, but has amended it.
    """

    doc_id: str
    label: str
    in_force: bool
    why: str
    decision: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Family:
    """The texts of one policy, two or more; the one that answers by default first.

    That is the one in force, or, where none is, the newest draft. `name` is the title without the
    words of its versions.
    """

    name: str
    members: tuple[Version, ...]

    @property
    def doc_ids(self) -> tuple[str, ...]:
        """The documents, the default one first."""
        return tuple(m.doc_id for m in self.members)
