"""Two versions of a policy -> what differs, provision by provision and word by word."""

from policy_qa.diff.compare import compare
from policy_qa.diff.model import Change, ChangeKind, Diff, FieldChange, Op, OpKind, What

__all__ = ["Change", "ChangeKind", "Diff", "FieldChange", "Op", "OpKind", "What", "compare"]
