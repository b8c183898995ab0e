"""Words that were read from pictures are marked wherever they are cited, and a notice says so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from policy_qa.answer.phrases import say
from policy_qa.datamodels import Answer, Quotation, Segmentation


def with_recognised(answer: Answer, segmentations: Mapping[str, Segmentation]) -> Answer:
    """An answer whose refs are those of files, its citations marked where their words were recognised."""
    if not any(s.document.recognised for s in segmentations.values()):
        return answer
    citations = tuple(replace(c, recognised=_is_recognised(c, segmentations)) for c in answer.citations)
    cells = [q for p in answer.points if p.comparison for row in p.comparison.rows for cell in row.cells for q in cell]
    quoted = [c.ref for c in citations if c.recognised] + [q.ref for q in cells if _is_recognised(q, segmentations)]
    titles = dict.fromkeys(segmentations[ref.partition("#")[0]].document.title for ref in quoted)
    notices = [say(answer.lang, "recognised", title=title) for title in titles]
    return replace(answer, citations=citations, notices=tuple(dict.fromkeys([*answer.notices, *notices])))


def _is_recognised(one: Quotation, segmentations: Mapping[str, Segmentation]) -> bool:
    parts = one.effective.parts if one.effective else ()
    places = [(p.ref, p.start, p.end) for p in parts] or [(one.ref, one.start, one.end)]
    for ref, start, end in places:
        found = segmentations.get(ref.partition("#")[0])
        if found and found.document.is_recognised(start, end):
            return True
    return False
