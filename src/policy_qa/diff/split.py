"""One article that became two, and two that became one.

Told only where it is sure: neighbours whose words, put together, are nearly all of the other text
and little else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from policy_qa.datamodels import Provision
from policy_qa.diff.model import Change, ChangeKind
from policy_qa.diff.words import fold

#: Share of a piece's character pairs that the whole must have, and of the whole's that the pieces must have.
_INSIDE, _COVERED = 0.8, 0.75
#: A piece that the text it would have been cut from still holds was copied, not cut.
_STILL_THERE = 0.6
_SHORT = 12
#: More neighbours than this that came or went are another text, not the pieces of one article.
_PIECES = 60


def mark_split_and_merged(changes: Sequence[Change]) -> list[Change]:
    """The changes of one level with splits and mergers named."""
    out = list(changes)
    _mark(out, ChangeKind.SPLIT, ChangeKind.ADDED, ChangeKind.REMOVED, new_side=True)
    _mark(out, ChangeKind.MERGED, ChangeKind.REMOVED, ChangeKind.ADDED, new_side=False)
    return out


def _mark(changes: list[Change], kind: ChangeKind, lone: ChangeKind, gone: ChangeKind, *, new_side: bool) -> None:
    """Find the texts of which neighbouring `lone` ones are pieces. `new_side`: the pieces stand in the new text."""
    here, there = (1, 0) if new_side else (0, 1)
    order = sorted((i for i, c in enumerate(changes) if _side(c, here)), key=lambda i: changes[i].at[here])
    for at, i in enumerate(order):
        if changes[i].kinds != (lone,):
            continue
        first = last = at
        if at and changes[order[at - 1]].kinds == (lone,):
            continue
        while last + 1 < len(order) and changes[order[last + 1]].kinds == (lone,):
            last += 1
        if last - first >= _PIECES:
            continue
        run = order[first : last + 1]
        beside = [order[k] for k in (first - 1, last + 1) if 0 <= k < len(order)]
        _try(changes, run, beside, kind, gone, here, there)


def _try(
    changes: list[Change],
    run: Sequence[int],
    beside: Sequence[int],
    kind: ChangeKind,
    gone: ChangeKind,
    here: int,
    there: int,
) -> None:
    bounds = [changes[i].at[there] for i in beside] or [0]
    missing = [i for i, c in enumerate(changes) if c.kinds == (gone,) and min(bounds) <= c.at[there] <= _upper(bounds)]
    if len(missing) > _PIECES:
        return
    paired = [i for i in beside if ChangeKind.CHANGED in changes[i].kinds]
    for whole in [*paired, *missing]:
        text = _pairs(_text(changes[whole], there))
        kept = _pairs(_text(changes[whole], here)) if whole in paired else frozenset()
        pieces = [
            i
            for i in run
            if changes[i].kinds != (kind,)
            and len(fold(_text(changes[i], here))) >= _SHORT
            and _share(_pairs(_text(changes[i], here)), text) >= _INSIDE
            and _share(_pairs(_text(changes[i], here)), kept) < _STILL_THERE
        ]
        together = kept.union(*(_pairs(_text(changes[i], here)) for i in pieces))
        enough = len(pieces) + (whole in paired) > 1
        if not enough or not pieces or _share(text, together) < _COVERED:
            continue
        if whole in paired and _share(kept, text) < _INSIDE:
            continue
        refs = tuple(p.ref for i in pieces if (p := _side(changes[i], here)))
        own = _side(changes[whole], there)
        kinds = (*changes[whole].kinds, kind) if whole in paired else (kind,)
        changes[whole] = replace(changes[whole], kinds=kinds, related=refs)
        for i in pieces:
            changes[i] = replace(changes[i], kinds=(kind,), related=(own.ref,) if own else ())
        return


def _upper(bounds: Sequence[int]) -> float:
    return max(bounds) if len(bounds) > 1 else float("inf")


def _side(change: Change, side: int) -> Provision | None:
    return change.new if side else change.old


def _text(change: Change, side: int) -> str:
    provision, text = _side(change, side), change.new_text if side else change.old_text
    return text.removeprefix(provision.label) if provision else text


def _pairs(text: str) -> frozenset[str]:
    flat = fold(text)
    return frozenset(flat[i : i + 2] for i in range(len(flat) - 1))


def _share(part: frozenset[str], whole: frozenset[str]) -> float:
    return len(part & whole) / len(part) if part else 0.0
