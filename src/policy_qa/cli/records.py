"""Answers, provisions and documents as JSON that other programs rely on; and `--batch` files in."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from policy_qa.datamodels import (
    Answer,
    Comparison,
    Document,
    Effective,
    Nearest,
    Point,
    Provision,
    Quotation,
    Referred,
    Retrieved,
    Segmentation,
    Span,
)
from policy_qa.errors import UsageError
from policy_qa.statements import Statement


@dataclass(frozen=True, kw_only=True, slots=True)
class BatchLine:
    """One question of a `--batch` file."""

    id: str
    question: str
    history: tuple[str, ...] = ()


def answer_record(answer: Answer, id_: str = "") -> dict[str, Any]:
    """One answer, as `ask --json` prints it."""
    return {
        "id": id_,
        "question": answer.question,
        "refused": answer.refused,
        "mode": answer.mode,
        "answer": answer.answer,
        "citations": [
            {"n": c.n, "ref": c.ref, "cite": c.cite, "quote": c.quote, "start": c.start, "end": c.end}
            | ({"effective": effective_record(c.effective)} if c.effective else {})
            | ({"references": [reference_record(r) for r in c.references]} if c.references else {})
            for c in answer.citations
        ],
        "points": [point_record(p) for p in answer.points],
        "scope": {"doc_ids": list(answer.scope.doc_ids), "from": answer.scope.origin.value},
        "sentences": [statement_record(s) for s in answer.sentences],
        **({"removed": [statement_record(s) for s in answer.removed]} if answer.removed else {}),
        **({"comparison": comparison_record(answer.comparison)} if answer.comparison else {}),
        "retrieved": retrieved_records(answer.retrieved),
        **({"nearest": [nearest_record(n) for n in answer.nearest]} if answer.refused else {}),
        "notices": list(answer.notices),
        "timings_ms": dict(answer.timings_ms),
    }


def effective_record(effective: Effective) -> dict[str, Any]:
    """What amended a provision, and of which stretches of the files its words are made."""
    return {
        "on": effective.on,
        "by": list(effective.by),
        "parts": [{"ref": p.ref, "start": p.start, "end": p.end} for p in effective.parts],
    }


def point_record(point: Point) -> dict[str, Any]:
    """One thing that was asked; `choices` only where it is asked back."""
    record: dict[str, Any] = {
        "text": point.text,
        "kind": point.kind.value,
        "refused": point.refused,
        "lead": point.lead,
        "citations": list(point.citations),
    }
    choices = [{"label": c.label, "question": c.question} for c in point.choices]
    return record | ({"choices": choices} if choices else {})


def statement_record(statement: Statement) -> dict[str, Any]:
    """One sentence with its verdict; `n` and `note` only where it is shown, `why` only where it was removed."""
    record: dict[str, Any] = {
        "text": statement.text,
        "verdict": statement.verdict.value,
        "ref": statement.ref,
        "quote": statement.quote,
        "differences": [{"kind": d.kind, "said": d.said, "found": d.found} for d in statement.differences],
    }
    optional = {"n": statement.n, "note": statement.note, "why": statement.why}
    return record | {name: value for name, value in optional.items() if value}


def comparison_record(comparison: Comparison) -> dict[str, Any]:
    """A table; a cell is its first quotation, with the others of the same document under `more`, or null."""
    return {
        "documents": [{"doc_id": d.doc_id, "title": d.title} for d in comparison.documents],
        "rows": [
            {
                "point": row.point,
                "label": row.label,
                "cells": [_cell(cell) for cell in row.cells],
                "differs": row.differs,
            }
            for row in comparison.rows
        ],
    }


def _cell(cell: Sequence[Quotation]) -> dict[str, Any] | None:
    quoted = [
        {"ref": q.ref, "cite": q.cite, "quote": q.quote, "start": q.start, "end": q.end}
        | ({"effective": effective_record(q.effective)} if q.effective else {})
        for q in cell
    ]
    return {**quoted[0], **({"more": quoted[1:]} if quoted[1:] else {})} if quoted else None


def nearest_record(near: Nearest) -> dict[str, Any]:
    """A provision that comes near without answering, and what it lacks."""
    return {
        "ref": near.ref,
        "cite": near.cite,
        "quote": near.quote,
        "lacks": list(near.lacks),
        "kinds": list(near.kinds),
    }


def reference_record(referred: Referred) -> dict[str, Any]:
    """What a reference inside a provision leads to; `missing` only where it leads nowhere."""
    record: dict[str, Any] = {
        "text": referred.text,
        "ref": referred.ref,
        "cite": referred.cite,
        "quote": referred.quote,
    }
    return record | ({"missing": True} if referred.missing else {})


def retrieved_records(retrieved: Sequence[Retrieved]) -> list[dict[str, Any]]:
    """Provisions with scores, best first."""
    return [{"ref": r.ref, "score": r.score} for r in retrieved]


def provision_record(segmentation: Segmentation, provision: Provision) -> dict[str, Any]:
    """One provision, as `segment --json` prints it; `instrument` only where the file has several, `page` where it has
    pages.
    """
    page = segmentation.document.page_of(provision.start)
    return {
        "doc_id": provision.doc_id,
        "ref": provision.ref,
        "kind": provision.kind.value,
        "label": provision.label,
        "heading": list(provision.headings),
        "start": provision.start,
        "end": provision.end,
        "text": segmentation.text_of(provision),
        **({"instrument": provision.instrument} if provision.instrument else {}),
        **({"page": page} if page else {}),
    }


def span_record(document: Document, span: Span) -> dict[str, Any]:
    """A heading or remainder, as `segment --json --all` prints it: no ref, kind `heading`, `furniture` …"""
    text = document.text[span.start : span.end]
    return {
        "doc_id": document.doc_id,
        "ref": "",
        "kind": span.kind,
        "label": "",
        "heading": [],
        "start": span.start,
        "end": span.end,
        "text": text,
    }


def read_batch(path: Path) -> Iterator[BatchLine]:
    """The questions of a file, in order; UsageError names the line that is none."""
    try:
        text = sys.stdin.read() if str(path) == "-" else path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: expected a UTF-8 file of JSON lines, found none to read ({error})") from error
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            yield _batch_line(path, number, line)


def _batch_line(path: Path, number: int, line: str) -> BatchLine:
    try:
        data = json.loads(line)
    except json.JSONDecodeError as error:
        raise UsageError(f"{path}:{number}: expected a JSON object, found {line[:40]!r} ({error.msg})") from error
    if not isinstance(data, Mapping) or not isinstance(data.get("question"), str):
        raise UsageError(f'{path}:{number}: expected an object with a "question" text, found {line[:40]!r}')
    history = data.get("history") or []
    if not isinstance(history, list) or not all(isinstance(h, str) for h in history):
        raise UsageError(f'{path}:{number}: expected "history" to be a list of earlier questions, found {history!r}')
    return BatchLine(id=str(data.get("id", number)), question=data["question"], history=tuple(history))


def dump(record: Mapping[str, Any]) -> str:
    """One line of JSON, Chinese as it is; to be printed by `say`."""
    return json.dumps(record, ensure_ascii=False)
