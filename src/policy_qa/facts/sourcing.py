"""Answers that were made on the texts in force, told in refs of the files that people have."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from policy_qa.datamodels import Answer, Citation, Comparison, Nearest, Quotation, Referred, Retrieved
from policy_qa.facts.editions import Editions
from policy_qa.statements import Statement


def sourced_answer(answer: Answer, editions: Editions) -> Answer:
    """The same, each citation, quotation and ref that of a file, with what amended it."""
    comparison = answer.comparison
    return replace(
        answer,
        citations=tuple(_citation(c, editions) for c in answer.citations),
        retrieved=sourced_hits(answer.retrieved, editions),
        nearest=tuple(_nearest(n, editions) for n in answer.nearest),
        sentences=tuple(_statement(s, editions) for s in answer.sentences),
        removed=tuple(_statement(s, editions) for s in answer.removed),
        comparison=_comparison(comparison, editions) if comparison else None,
    )


def sourced_hits(hits: Iterable[Retrieved], editions: Editions) -> tuple[Retrieved, ...]:
    """Retrieved provisions by their refs in the files, each once."""
    out: dict[str, Retrieved] = {}
    for hit in hits:
        ref = editions.ref(hit.ref)
        out.setdefault(ref, replace(hit, ref=ref))
    return tuple(out.values())


def _citation(one: Citation, editions: Editions) -> Citation:
    found = editions.sourced(one.ref, one.start, one.end)
    references = tuple(_referred(r, editions) for r in one.references)
    return replace(
        one, ref=found.ref, start=found.start, end=found.end, effective=found.effective, references=references
    )


def _quotation(one: Quotation, editions: Editions) -> Quotation:
    found = editions.sourced(one.ref, one.start, one.end)
    return replace(one, ref=found.ref, start=found.start, end=found.end, effective=found.effective)


def _referred(one: Referred, editions: Editions) -> Referred:
    if one.missing:
        return one
    found = editions.sourced(one.ref, one.start, one.end)
    return replace(one, ref=found.ref, start=found.start, end=found.end)


def _nearest(one: Nearest, editions: Editions) -> Nearest:
    return replace(one, ref=editions.ref(one.ref))


def _statement(one: Statement, editions: Editions) -> Statement:
    return replace(one, ref=editions.ref(one.ref)) if one.ref else one


def _comparison(one: Comparison, editions: Editions) -> Comparison:
    rows = tuple(
        replace(row, cells=tuple(tuple(_quotation(q, editions) for q in cell) for cell in row.cells))
        for row in one.rows
    )
    return replace(one, rows=rows)
