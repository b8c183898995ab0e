"""Sentences held against the provisions that they cite: verbatim, supported, differs, unsupported."""

from policy_qa.verify.judge import Judge, sentences_of
from policy_qa.verify.verdict import Basis, Checked, Difference, Verdict

__all__ = [
    "Basis",
    "Checked",
    "Difference",
    "Judge",
    "Verdict",
    "sentences_of",
]
