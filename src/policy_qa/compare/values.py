"""Whether cells of a row say the same: values compared as values (3年, 三年, 36个月), words as words."""

from __future__ import annotations

import re
from collections.abc import Sequence

from policy_qa.compare import cues
from policy_qa.compare.finder import plain
from policy_qa.compare.points import Point
from policy_qa.datamodels import Quotation
from policy_qa.values import ValueKind, values_in

#: Points that a value answers: only the words around it count, not what else the clause says.
OF_VALUES = (Point.TERM, Point.REAPPOINTMENT)
_NOT = re.compile(r"不得|不可|不能|不予|不再")
_SENTENCE = re.compile(r"[^，。；：]+")


def differ(point: Point | None, cells: Sequence[Sequence[Quotation]]) -> bool:
    """Whether the documents differ on a point; one that is silent where another speaks differs from it."""
    return len({signature(point, cell) for cell in cells}) > 1


def signature(point: Point | None, cell: Sequence[Quotation]) -> tuple[str, ...]:
    """What a cell says, the same for cells that say the same; empty for a silent one."""
    texts = [plain(q.quote) for q in cell]
    if point in OF_VALUES and point is not None:
        parts = [s for t in texts for s in _SENTENCE.findall(t) if any(r.search(s) for r, _ in cues.CUES[point])]
        found = {v.key for s in parts for v in values_in(s) if v.kind is not ValueKind.FREQUENCY} | {
            "not" for s in parts if _NOT.search(s)
        }
        if found:
            return tuple(sorted(found))
    return tuple(re.sub(r"\W+", "", _in_values(t)) for t in texts)


def _in_values(text: str) -> str:
    """A text whose values are replaced by what they mean."""
    out, at = "", 0
    for value in sorted(values_in(text), key=lambda v: v.start):
        if value.start >= at:
            out += text[at : value.start] + value.key
            at = value.end
    return out + text[at:]
