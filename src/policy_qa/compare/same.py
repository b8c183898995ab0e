"""Whether cells of a row say the same: values compared as values (3年, 三年, 36个月), words as words."""

from __future__ import annotations

import re
from collections.abc import Sequence

from policy_qa.datamodels import Quotation
from policy_qa.retrieval.kinds import NOTHING, Wanted
from policy_qa.values import values_in
from policy_qa.words import normalize

_NOT = re.compile(r"不得|不可|不能|不予|不再")
_SENTENCE = re.compile(r"[^，。；：,;:]+")


def differ(cells: Sequence[Sequence[Quotation]], wanted: Wanted = NOTHING) -> bool:
    """Whether the documents differ; one that is silent where another speaks differs from it.

    Where a value is `wanted` (how long a term is) only what has one counts, not what else is quoted with it.
    """
    return len({signature(cell, wanted) for cell in cells}) > 1


def signature(cell: Sequence[Quotation], wanted: Wanted = NOTHING) -> tuple[str, ...]:
    """What a cell says, the same for cells that say the same; empty for a silent one."""
    texts = [re.sub(r"\s+", "", normalize(q.quote)) for q in cell]
    parts = [s for text in texts for s in _SENTENCE.findall(text) if wanted and wanted.given(s)]
    found = {v.key for s in parts for v in wanted.values(s)} | {"not" for s in parts if _NOT.search(s)}
    return tuple(sorted(found)) if found else tuple(re.sub(r"\W+", "", _in_values(text)) for text in texts)


def _in_values(text: str) -> str:
    """A text whose values are replaced by what they mean."""
    out, at = "", 0
    for value in sorted(values_in(text), key=lambda v: v.start):
        if value.start >= at:
            out += text[at : value.start] + value.key
            at = value.end
    return out + text[at:]
