"""Documents side by side: a column each, in each row what they say on one matter, quoted."""

from policy_qa.compare.table import Comparer

__all__ = ["Comparer"]
