"""The answers to the points of a turn -> one answer, each quotation once."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from policy_qa.datamodels import Answer, AnswerScope, Citation, Retrieved
from policy_qa.dialogue.texts import say

_MARK = re.compile(r"\[(\d{1,4})\]")
#: So many provisions are told as retrieved.
_RETRIEVED = 10


def merged(turn: str, answers: Sequence[tuple[str, Answer]]) -> Answer:
    """One answer to a turn from (point's words, its answer), at least one; marks are counted through."""
    if len(answers) == 1:
        return replace(answers[0][1], question=turn)
    citations: list[Citation] = []
    lines, points = [], []
    for n, (words, answer) in enumerate(answers, start=1):
        numbers = {c.n: _number(citations, c) for c in answer.citations}
        text = _renumbered(answer.answer, numbers)
        lines.append(say(answer.lang, "point", n=str(n), text=words.strip()) + f"\n{text}")
        points += [replace(p, citations=tuple(numbers[c] for c in p.citations)) for p in answer.points]
    every = [a for _, a in answers]
    scopes = list(dict.fromkeys(a.scope for a in every))
    return Answer(
        question=turn,
        refused=all(a.refused for a in every),
        mode=every[0].mode,
        answer="\n\n".join(lines),
        citations=tuple(citations),
        retrieved=_retrieved(every),
        nearest=next((a.nearest for a in every if a.nearest), ()) if all(a.refused for a in every) else (),
        notices=tuple(dict.fromkeys(n for a in every for n in a.notices)),
        lang=every[0].lang,
        comparison=next((a.comparison for a in every if a.comparison), None),
        points=tuple(points),
        scope=scopes[0] if len(scopes) == 1 else _joined(scopes),
        timings_ms={k: round(sum(a.timings_ms.get(k, 0.0) for a in every), 1) for k in every[0].timings_ms},
    )


def _renumbered(text: str, numbers: Mapping[int, int]) -> str:
    return _MARK.sub(lambda mark: f"[{numbers.get(int(mark.group(1)), mark.group(1))}]", text)


def _number(citations: list[Citation], found: Citation) -> int:
    """The number of a quotation in the whole answer, where it is put in if it is not there yet."""
    for known in citations:
        if (known.ref, known.start, known.end) == (found.ref, found.start, found.end):
            return known.n
    citations.append(replace(found, n=len(citations) + 1))
    return len(citations)


def _retrieved(answers: Sequence[Answer]) -> tuple[Retrieved, ...]:
    best: dict[str, float] = {}
    for hit in (h for a in answers for h in a.retrieved):
        best[hit.ref] = max(hit.score, best.get(hit.ref, 0.0))
    order = sorted(best, key=lambda ref: -best[ref])
    return tuple(Retrieved(ref=ref, score=best[ref]) for ref in order[:_RETRIEVED])


def _joined(scopes: Sequence[AnswerScope]) -> AnswerScope:
    """The documents of several points together; all of them where one point looks in all."""
    if not all(s.doc_ids for s in scopes):
        return AnswerScope()
    return AnswerScope(doc_ids=tuple(dict.fromkeys(d for s in scopes for d in s.doc_ids)), origin=scopes[-1].origin)
