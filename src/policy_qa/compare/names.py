"""What the columns of a table are called."""

from __future__ import annotations

from collections.abc import Sequence

from policy_qa.datamodels import Document


def column_names(documents: Sequence[Document]) -> list[str]:
    """The institution where that tells the documents apart, else the title, with its edition where there is one."""
    issuers = [d.issuer for d in documents]
    return [d.issuer if d.issuer and issuers.count(d.issuer) == 1 else f"《{d.title}》{d.edition}" for d in documents]
