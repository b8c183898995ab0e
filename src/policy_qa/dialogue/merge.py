"""The answers to the points of a turn -> one answer, each quotation once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from policy_qa.datamodels import Answer, AnswerScope, Citation, LineKind, Point, Retrieved, ScopeFrom
from policy_qa.dialogue.texts import say
from policy_qa.statements import Statement

#: So many provisions are told as retrieved.
_RETRIEVED = 10


def merged(turn: str, every: Sequence[Answer]) -> Answer:
    """One answer to a turn from those to its points, at least one; marks are counted through."""
    if len(every) == 1:
        return replace(every[0], question=turn)
    citations: list[Citation] = []
    points: list[Point] = []
    sentences: dict[Statement, None] = {}
    for answer in every:
        shown = len(citations)
        numbers = {c.n: _number(citations, c) for c in answer.citations}
        points += [_renumbered(p, numbers, shown, answer.lang) for p in answer.points]
        sentences.update(dict.fromkeys(replace(s, n=numbers[s.n]) for s in answer.sentences))
    scopes = list(dict.fromkeys(a.scope for a in every))
    return Answer(
        question=turn,
        refused=all(a.refused for a in every),
        mode=every[0].mode,
        citations=tuple(citations),
        retrieved=_retrieved(every),
        nearest=next((a.nearest for a in every if a.nearest), ()) if all(a.refused for a in every) else (),
        notices=tuple(dict.fromkeys(n for a in every for n in a.notices)),
        lang=every[0].lang,
        points=tuple(points),
        sentences=tuple(sentences),
        scope=scopes[0] if len(scopes) == 1 else _joined(scopes),
        timings_ms={k: round(sum(a.timings_ms.get(k, 0.0) for a in every), 1) for k in every[0].timings_ms},
    )


def _renumbered(point: Point, numbers: Mapping[int, int], shown: int, lang: str) -> Point:
    """A point with the numbers of the whole answer, of which the first `shown` are quoted by the points before."""
    lines = []
    for line in point.lines:
        marks = tuple(numbers[n] for n in line.marks)
        line = replace(line, marks=marks)
        if line.kind is LineKind.QUOTE and marks and max(marks) <= shown:
            line = replace(line, kind=LineKind.SAID, text=say(lang, "above"))
        lines.append(line)
    return replace(point, lines=tuple(lines), citations=tuple(dict.fromkeys(numbers[n] for n in point.citations)))


def _number(citations: list[Citation], found: Citation) -> int:
    """The number of a quotation in the whole answer, where it is put in if no other holds its words yet."""
    document = found.ref.partition("#")[0]
    for known in citations:
        if known.ref.partition("#")[0] == document and known.start <= found.start and found.end <= known.end:
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
    """The documents of several points together; all of them where one point looks in all.

    What the turn itself names it has not from earlier turns, whatever a later point takes over from an earlier one.
    """
    if not all(s.doc_ids for s in scopes):
        return AnswerScope()
    named = next((s.origin for s in scopes if s.origin is ScopeFrom.QUESTION), scopes[-1].origin)
    return AnswerScope(doc_ids=tuple(dict.fromkeys(d for s in scopes for d in s.doc_ids)), origin=named)
