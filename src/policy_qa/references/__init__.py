"""References inside a provision (本办法第五条, 前款, 附件2), resolved to the provisions that they mean, one step."""

from policy_qa.references.citations import with_references
from policy_qa.references.resolver import Reference, Resolver, references_of

__all__ = ["Reference", "Resolver", "references_of", "with_references"]
