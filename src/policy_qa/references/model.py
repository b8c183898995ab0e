"""What a reference inside a provision is, and what is shown of what it leads to."""

from __future__ import annotations

from dataclasses import dataclass

from policy_qa.datamodels import Referred


@dataclass(frozen=True, kw_only=True, slots=True)
class Reference:
    """One reference; `document.text[start:end] == text`.

    `targets` are refs, in text order; `missing` tells that a number that it names is not there: it is never
    replaced by a neighbour, and what is there of a range or a list is in `targets` all the same.
    """

    text: str
    start: int
    end: int
    targets: tuple[str, ...]
    missing: bool = False


__all__ = ["Reference", "Referred"]
