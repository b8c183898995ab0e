"""Sentences held against the provisions that they cite: verbatim, supported, differs, unsupported."""

from policy_qa.verify.judge import Judge, sentences_of
from policy_qa.verify.polarity import polarity_of
from policy_qa.verify.values import Value, ValueKind, same, values_of
from policy_qa.verify.verdict import Basis, Checked, Difference, Verdict

__all__ = [
    "Basis",
    "Checked",
    "Difference",
    "Judge",
    "Value",
    "ValueKind",
    "Verdict",
    "polarity_of",
    "same",
    "sentences_of",
    "values_of",
]
