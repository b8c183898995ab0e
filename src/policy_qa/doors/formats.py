"""Answers, provisions and documents as JSON that other programs rely on, whichever door they come by."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from policy_qa.datamodels import (
    Answer,
    Comparison,
    Document,
    Effective,
    Point,
    Provision,
    Quotation,
    Referred,
    Retrieved,
    Segmentation,
    Span,
    picked,
)
from policy_qa.provisions.refs import cite
from policy_qa.statements import Statement

if TYPE_CHECKING:
    from policy_qa.facts.model import Facts
    from policy_qa.facts.register import Register
    from policy_qa.pipeline import Stored

#: What a quotation is.
_PLACE = ("ref", "cite", "quote", "start", "end")


def answer_record(answer: Answer, id_: str = "") -> dict[str, Any]:
    """One answer, as `ask --json` prints it."""
    return {
        "id": id_,
        **picked(answer, "question", "refused", "mode", "answer"),
        "citations": [
            picked(c, "n", *_PLACE)
            | ({"effective": effective_record(c.effective)} if c.effective else {})
            | ({"recognised": True} if c.recognised else {})
            | ({"references": [_reference(r) for r in c.references]} if c.references else {})
            for c in answer.citations
        ],
        "points": [_point(p) for p in answer.points],
        "scope": {"doc_ids": list(answer.scope.doc_ids), "from": answer.scope.origin},
        "sentences": [_statement(s) for s in answer.sentences],
        **({"removed": [_statement(s) for s in answer.removed]} if answer.removed else {}),
        **({"comparison": _comparison(answer.comparison)} if answer.comparison else {}),
        "retrieved": retrieved_records(answer.retrieved),
        **(
            {"nearest": [picked(n, "ref", "cite", "quote", "lacks", "kinds") for n in answer.nearest]}
            if answer.refused
            else {}
        ),
        "notices": list(answer.notices),
        "timings_ms": dict(answer.timings_ms),
    }


def effective_record(effective: Effective) -> dict[str, Any]:
    """What amended a provision, and of which stretches of the files its words are made."""
    return picked(effective, "on", "by") | {"parts": [picked(p, "ref", "start", "end") for p in effective.parts]}


def _point(point: Point) -> dict[str, Any]:
    """One thing that was asked; `choices` only where it is asked back."""
    choices = [asdict(c) for c in point.choices]
    return picked(point, "text", "kind", "refused", "lead", "citations") | ({"choices": choices} if choices else {})


def _statement(statement: Statement) -> dict[str, Any]:
    """One sentence with its verdict; `n` and `note` only where it is shown, `why` only where it was removed."""
    record = picked(statement, "text", "verdict", "ref", "quote")
    record["differences"] = [asdict(d) for d in statement.differences]
    return record | {name: value for name, value in picked(statement, "n", "note", "why").items() if value}


def _comparison(comparison: Comparison) -> dict[str, Any]:
    """A table; a cell is its first quotation, with the others of the same document under `more`, or null."""
    return {
        "documents": [picked(d, "doc_id", "title") for d in comparison.documents],
        "rows": [
            {**picked(row, "point", "label"), "cells": [_cell(cell) for cell in row.cells], "differs": row.differs}
            for row in comparison.rows
        ],
    }


def _cell(cell: Sequence[Quotation]) -> dict[str, Any] | None:
    quoted = [picked(q, *_PLACE) | ({"effective": effective_record(q.effective)} if q.effective else {}) for q in cell]
    return {**quoted[0], **({"more": quoted[1:]} if quoted[1:] else {})} if quoted else None


def _reference(referred: Referred) -> dict[str, Any]:
    """What a reference inside a provision leads to; `missing` only where it leads nowhere."""
    return picked(referred, "text", "ref", "cite", "quote") | ({"missing": True} if referred.missing else {})


def retrieved_records(retrieved: Sequence[Retrieved]) -> list[dict[str, Any]]:
    """Provisions with scores, best first."""
    return [asdict(r) for r in retrieved]


def provision_record(segmentation: Segmentation, provision: Provision) -> dict[str, Any]:
    """One provision, as `segment --json` prints it; `instrument` only where the file has several, `page` where it has
    pages.
    """
    page = segmentation.document.page_of(provision.start)
    return {
        **picked(provision, "doc_id", "ref", "kind", "label"),
        "heading": list(provision.headings),
        **picked(provision, "start", "end"),
        "text": segmentation.text_of(provision),
        **({"instrument": provision.instrument} if provision.instrument else {}),
        **({"page": page} if page else {}),
    }


def span_record(document: Document, span: Span) -> dict[str, Any]:
    """A heading or remainder, as `segment --json --all` prints it: no ref, kind `heading`, `furniture` …"""
    return {
        "doc_id": document.doc_id,
        "ref": "",
        "kind": span.kind,
        "label": "",
        "heading": [],
        **picked(span, "start", "end"),
        "text": document.text[span.start : span.end],
    }


def shown_record(stored: Stored, ref: str) -> dict[str, Any]:
    """A provision as it reads today, as `show --json` prints it, under the ref of the file.

    `effective` only where a decision amended it, `deleted` only where one took it out; raises UnknownRef.
    """
    named = stored.provision(ref)
    now = stored.editions.now(named)
    provision = now or named
    segmentation = stored.segmentation(provision.doc_id)
    place = stored.editions.sourced(provision.ref, provision.start, provision.end)
    return {
        **provision_record(segmentation, provision),
        "cite": cite(segmentation.document, provision),
        **{"doc_id": place.ref.partition("#")[0], "ref": place.ref, "start": place.start, "end": place.end},
        **({"effective": effective_record(place.effective)} if place.effective else {}),
        **({} if now else {"deleted": True}),
    }


def shown_records(stored: Stored, doc_id: str) -> list[dict[str, Any]]:
    """All provisions of a document as it reads today, in text order; raises UnknownRef."""
    stored.segmentation(doc_id)
    segmentation = stored.segmentation(stored.editions.current(doc_id))
    provisions = sorted(segmentation.provisions, key=lambda p: (p.start, -p.end))
    return [provision_record(segmentation, provision) for provision in provisions]


def found_records(stored: Stored, hits: Sequence[Retrieved]) -> list[dict[str, Any]]:
    """Provisions with scores, best first, each with what `shown_record` tells."""
    return [{"score": hit.score, **shown_record(stored, hit.ref)} for hit in hits]


def known_record(facts: Facts, register: Register) -> dict[str, Any]:
    """What is known of a text; a fact as its value and the stretch of the file that says it, null where none does."""
    pages = register.versions.document(facts.doc_id).recognised
    recognised = {"recognised": min(page.confidence for page in pages)} if pages else {}
    return {**asdict(facts), "standing": asdict(register.standing(facts)), **recognised}


def dump(record: Mapping[str, Any]) -> str:
    """One line of JSON, Chinese as it is; to be printed by `say`."""
    return json.dumps(record, ensure_ascii=False)
