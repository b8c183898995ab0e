"""Sentences held against the provisions that they cite: verbatim, supported, differs, unsupported."""

from policy_qa.statements import Difference, Verdict
from policy_qa.verify.judge import Basis, Checked, Judge
from policy_qa.verify.sentences import sentences_of

__all__ = ["Basis", "Checked", "Difference", "Judge", "Verdict", "sentences_of"]
