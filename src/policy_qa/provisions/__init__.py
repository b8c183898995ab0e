"""Document -> provisions: the exact, citable units of a policy."""

from policy_qa.provisions.parser import VERSION, segment

__all__ = ["VERSION", "segment"]
