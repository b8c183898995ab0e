"""Typed values of a text (amounts, dates, durations, sums, shares), its words of force, and how they compare."""

from policy_qa.values.force import DUTIES, PERMISSIONS, PROHIBITIONS, Mark, Polarity, polarity_of
from policy_qa.values.reading import UNITS, Relation, Value, ValueKind, admits, compare, fold, values_in

__all__ = [
    "DUTIES",
    "PERMISSIONS",
    "PROHIBITIONS",
    "UNITS",
    "Mark",
    "Polarity",
    "Relation",
    "Value",
    "ValueKind",
    "admits",
    "compare",
    "fold",
    "polarity_of",
    "values_in",
]
