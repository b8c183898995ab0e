"""The white space and rules between provisions, so that a comparison's ops leave out no character."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence

from policy_qa.diff.model import Change, ChangeKind, Op, What
from policy_qa.diff.words import joined, kept, replaced


def layout_change(old: str, new: str, changes: Sequence[Change]) -> Change | None:
    """All stretches that no other change holds; None where there are none.

    The stretch behind a provision is set against that behind its counterpart, as long as both go
    forward; the rest is deleted and inserted.
    """
    left = _gaps(((c.ops[0].old_start, c.ops[-1].old_end) for c in changes if c.old_text), len(old))
    right = _gaps(((c.ops[0].new_start, c.ops[-1].new_end) for c in changes if c.new_text), len(new))
    if not left and not right:
        return None
    ends = [(c.ops[-1].old_end, c.ops[-1].new_end) for c in changes if c.old_text and c.new_text]
    ops: list[Op] = []
    x = y = 0
    before, after = deque(left), deque(right)
    for a, b in [(0, 0), *ends, (len(old) + 1, len(new) + 1)]:
        if (a or b) and (a <= x or b <= y):
            continue
        ops += _flush(old, before, a, new, after, b)
        x, y = a, b
        if before and after and before[0][0] == a and after[0][0] == b:
            ops += _pair(old, before.popleft(), new, after.popleft())
    return Change(
        what=What.LAYOUT,
        kinds=(ChangeKind.UNCHANGED,),
        old_text="".join(old[a:b] for a, b in left),
        new_text="".join(new[a:b] for a, b in right),
        ops=tuple(joined(ops)),
    )


def _gaps(spans: Iterable[tuple[int, int]], size: int) -> list[tuple[int, int]]:
    """What the spans leave over, ascending."""
    out, at = [], 0
    for start, end in [*sorted(spans), (size, size)]:
        if at < start:
            out.append((at, start))
        at = max(at, end)
    return out


def _flush(
    old: str, before: deque[tuple[int, int]], a: int, new: str, after: deque[tuple[int, int]], b: int
) -> list[Op]:
    """Delete and insert the stretches that begin before the two offsets."""
    ops: list[Op] = []
    while before and before[0][0] < a:
        ops += replaced(old, before.popleft(), new, (min(b, len(new)),) * 2, trivial=True)
    while after and after[0][0] < b:
        ops += replaced(old, (min(a, len(old)),) * 2, new, after.popleft(), trivial=True)
    return ops


def _pair(old: str, x: tuple[int, int], new: str, y: tuple[int, int]) -> list[Op]:
    if old[slice(*x)] == new[slice(*y)]:
        return kept(old, x, new, y)
    return replaced(old, x, new, y, trivial=True)
