"""Answers, provisions and documents as JSON that other programs rely on; and `--batch` files in."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

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
from policy_qa.errors import UsageError
from policy_qa.statements import Statement


@dataclass(frozen=True, kw_only=True, slots=True)
class BatchLine:
    """One question of a `--batch` file."""

    id: str
    question: str
    history: tuple[str, ...] = ()


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
