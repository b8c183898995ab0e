"""A value and what one says of another: the same, within it, only otherwise bounded, or apart."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction


class ValueKind(StrEnum):
    """What a value is of."""

    NUMBER = "number"
    DATE = "date"
    DURATION = "duration"
    MONEY = "money"
    PERCENT = "percent"
    ORDINAL = "ordinal"
    AGE = "age"
    FREQUENCY = "frequency"
    CLOCK = "clock"
    PROVISION_NUMBER = "provision"


@dataclass(frozen=True, kw_only=True, slots=True)
class Value:
    """A value at [start, end) of a text.

    `value` is comparable within a kind: a Fraction (of a range the pair of its ends), an ISO date (`2024-03-26`,
    `2024`, `--03-26`), a time of day (`23:30`), for a provision its number. `unit` is the unit that it is counted in
    (months for years); `bound` is `ge`, `le`, `gt`, `lt`, two of them joined by `+`, or empty; `marked` is the place of
    a bound that stands apart from its number (最多可以获得两项).
    """

    kind: ValueKind
    value: Fraction | str | tuple[Fraction, Fraction]
    unit: str = ""
    bound: str = ""
    text: str
    start: int
    end: int
    marked: tuple[int, int] | None = None

    @property
    def lower(self) -> Fraction | None:
        """The least amount that it allows; None where there is none, or it is no amount."""
        if isinstance(self.value, str) or (self.bound and self.bound[0] != "g"):
            return None
        return self.value[0] if isinstance(self.value, tuple) else self.value

    @property
    def upper(self) -> Fraction | None:
        """The greatest amount that it allows; None where there is none, or it is no amount."""
        if isinstance(self.value, str) or (self.bound and self.bound[0] != "l"):
            return None
        return self.value[1] if isinstance(self.value, tuple) else self.value

    @property
    def key(self) -> str:
        """The same for values that mean the same, and for no others."""
        kind = ValueKind.NUMBER if self.kind is ValueKind.PERCENT else self.kind
        value = "~".join(map(str, self.value)) if isinstance(self.value, tuple) else str(self.value)
        return f"{kind}:{value}:{self.unit}:{self.bound}"


class Relation(StrEnum):
    """What one value is to another."""

    SAME = "same"
    #: An amount that the other, a range or bounded, allows: 5家 under 不少于3家.
    WITHIN = "within"
    #: The same amount, otherwise bounded: 3年 and 不少于3年.
    BOUND = "bound"
    APART = "apart"
    #: Of other kinds or units: nothing can be said.
    UNLIKE = "unlike"


def compare(said: Value, rule: Value) -> Relation:
    """What a value that somebody states is to the one that a rule sets.

    Shares and plain numbers are one kind (三分之二, 67%); months and days are two units.
    """
    if said.key == rule.key:
        return Relation.SAME
    if (_kind(said), said.unit) != (_kind(rule), rule.unit):
        return Relation.UNLIKE
    if said.value == rule.value:
        return Relation.BOUND
    if isinstance(said.value, str) or isinstance(rule.value, str):
        return Relation.APART
    if said.bound or not (rule.bound or isinstance(rule.value, tuple)):
        return Relation.APART
    low, high = said.value if isinstance(said.value, tuple) else (said.value, said.value)
    over = rule.lower is None or low >= rule.lower
    under = rule.upper is None or high <= rule.upper
    return Relation.WITHIN if over and under else Relation.APART


def _kind(value: Value) -> ValueKind:
    return ValueKind.NUMBER if value.kind is ValueKind.PERCENT else value.kind
