"""A number looked up in the document that it is said to be of: its provisions, or what that document has instead."""

from __future__ import annotations

from dataclasses import dataclass

from policy_qa.answer.lookup import TEXT_SEP, what_there_is
from policy_qa.citing.grammar import Register
from policy_qa.citing.place import Mention, Place
from policy_qa.citing.resolve import resolve
from policy_qa.datamodels import Provision, Segmentation
from policy_qa.naming.drafts import Owner
from policy_qa.naming.instruments import titled


@dataclass(frozen=True, kw_only=True, slots=True)
class Looked:
    """What a mention names in its document. `missing` are the numbers that are not there; `detail` says, in a
    sentence, what numbers there are; `shown` is the citation in full, as the draft means it."""

    provisions: tuple[Provision, ...]
    missing: tuple[Place, ...]
    shown: str
    detail: str = ""


def look_up(segmentation: Segmentation, mention: Mention, owner: Owner, lang: str) -> Looked:
    """Resolve a mention; a number that is not there resolves to nothing, never to a neighbour."""
    pool = titled(segmentation, owner.instrument) if owner.instrument is not None else None
    found = {place: resolve(segmentation, place, pool, Register.DRAFT) for place in mention.places}
    missing = tuple(place for place, provisions in found.items() if not provisions)
    title = owner.instrument or segmentation.document.title
    return Looked(
        provisions=tuple(dict.fromkeys(p for provisions in found.values() for p in provisions)),
        missing=missing,
        shown=f"《{title}》{TEXT_SEP['zh'].join(place.shown for place in missing or mention.places)}",
        detail=what_there_is(missing[0], segmentation, lang) if missing else "",
    )


__all__ = ["Looked", "look_up"]
