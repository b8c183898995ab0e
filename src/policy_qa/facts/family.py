"""A policy with its texts."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Version:
    """One text of a policy. `label` is what people call it (讨论稿, 2022年, 2024年印发), unlike the others'.

    `in_force` tells whether it is the one that applies; `why`, in Chinese, what that rests on. A `decision` is no text
    of the policy, but has amended it.
    """

    doc_id: str
    label: str
    in_force: bool
    why: str
    decision: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Family:
    """The texts of one policy, two or more; the one that answers by default first.

    That is the one in force, or, where none is, the newest draft. `name` is the title without the
    words of its versions.
    """

    name: str
    members: tuple[Version, ...]

    @property
    def doc_ids(self) -> tuple[str, ...]:
        """The documents, the default one first."""
        return tuple(m.doc_id for m in self.members)
