"""Cells of a table against labels, counted by hand."""

from __future__ import annotations

import pytest

from policy_qa.datamodels import Answer, ComparedRow, Comparison, Quotation
from policy_qa.evaluation.rows import cells, shown_of
from samples import answering, document

JUDGED, ALLOWED = ("x#7", "y#4"), ("x#7", "y#4", "y#5")


def answered(*rows: tuple[bool, list[list[str]]]) -> Answer:
    """Rows of (asked, a list of refs for each of the documents x, y, z)."""
    documents = tuple(document("某校办法\n第一条 甲。\n", doc_id) for doc_id in "xyz")
    made = tuple(
        ComparedRow(
            point="term",
            label="任期",
            cells=tuple(tuple(Quotation(ref=r, cite="", quote="", start=0, end=0) for r in refs) for refs in each),
            differs=True,
            asked=asked,
        )
        for asked, each in rows
    )
    comparison = Comparison(documents=documents, rows=made) if made else None
    return answering(comparison=comparison)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([(True, [["x#7.2"], ["y#4"], []])], (2, 2)),
        ([(True, [["x#7.1"], ["y#4", "y#5"], []])], (2, 2)),  # at article level; `also` may stand beside
        ([(True, [["x#7.2"], [], []])], (1, 2)),  # silent where the label demands a cell
        ([(True, [["x#7.2"], ["y#4", "y#9"], []])], (1, 2)),  # something else in the same cell
        ([(True, [["x#7.2"], ["y#4"], ["z#1"]])], (2, 3)),  # a cell of a document that says nothing on it
        ([(True, [["x#7.2"], ["y#4"], []]), (False, [["x#1"], ["y#1"], ["z#1"]])], (2, 2)),  # a row nobody asked for
        ([], (0, 2)),
    ],
)
def test_cells(rows: list[tuple[bool, list[list[str]]]], expected: tuple[int, int]) -> None:
    shown = shown_of(answered(*rows), lambda ref: ref.partition(".")[0])
    assert cells(JUDGED, ALLOWED, shown) == expected
