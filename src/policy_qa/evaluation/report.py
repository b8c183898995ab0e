"""What `policy-qa eval` prints: tables for people, one object for programs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from policy_qa.evaluation.rows import COMPARISON, Row, cells, figures
from policy_qa.evaluation.summary import Change, Mean, by, means

_SHORT = {"citation_precision": "cite-P", "citation_recall": "cite-R", "false_refusal": "false-ref"}
#: A question with less than 1 in one of these went wrong.
_PERFECT = ("hit@1", "citation_precision", "citation_recall", "facts", "cells", "refusal")


def report(rows: Sequence[Row]) -> list[str]:
    """A line a category and a subject, a column a measure; then all with intervals."""
    overall = means(rows)
    lines = list(_table("category", by(rows, "category"), rows, overall))
    if len(subjects := by(rows, "subject")) > 1:
        lines += ["", *_table("subject", subjects, rows, overall)]
    lines.append("")
    lines += [f"{m:<20} {v.value:.3f}  [{v.low:.3f}, {v.high:.3f}]  n={v.n}" for m, v in overall.items()]
    lines.append(f"quotations that are not the document's text at their offsets: {sum(r.bad_quotes for r in rows)}")
    counted = [cells(r.judged, r.allowed, r.shown) for r in rows if r.category == COMPARISON and not r.to_refuse]
    if total := sum(count for _, count in counted):
        right = sum(right for right, _ in counted)
        lines.append(f"comparison cells: {right / total:.3f}  ({right} of {total} with the right ref)")
    if failed := [r for r in rows if r.error]:
        lines.append(f"without an answer, scored as wrong: {len(failed)} {' '.join(r.id for r in failed[:8])}")
    times = sorted(r.milliseconds for r in rows)
    lines.append(f"time per question: median {times[len(times) // 2]:.0f} ms")
    return lines


def _table(
    name: str, parts: Mapping[str, Sequence[Row]], rows: Sequence[Row], overall: Mapping[str, Mean]
) -> Iterator[str]:
    shown = list(overall)
    head = f"{name:<14}{'n':>4}  " + "".join(f"{_SHORT.get(m, m):>10}" for m in shown)
    yield from (head, "-" * len(head))
    for part, here in parts.items():
        found = means(here, samples=1)
        figures_of = "".join(f"{found[m].value:>10.3f}" if m in found else f"{'':>10}" for m in shown)
        yield f"{part or '-':<14}{len(here):>4}  {figures_of}".rstrip()
    yield f"{'all':<14}{len(rows):>4}  " + "".join(f"{overall[m].value:>10.3f}" for m in shown)


def wrong(rows: Sequence[Row]) -> list[str]:
    """Two lines for each question that is not answered perfectly."""
    out = []
    for row in rows:
        if failed := _failed(row):
            history = " / ".join(row.history)
            out.append(f"{row.id} {history and f'({history}) '}{row.question}")
            said = " ".join(f"{_SHORT.get(m, m)}={value:.2f}" for m, value in failed.items())
            cited = " ".join(row.cited) or row.error or ("refused" if row.refused else "nothing")
            out.append(f"     expected {' '.join(row.judged) or 'refusal'}; cited {cited}; {said}")
    return out


def _failed(row: Row) -> dict[str, float]:
    found = figures(row)
    return {m: found[m] for m in _PERFECT if found.get(m, 1.0) < 1.0}


def comparison(changed: Mapping[str, Change], lacking: Sequence[str]) -> list[str]:
    """A line a measure: old, new, difference, p value, which questions got better and worse."""
    lines = ["", f"{'against the earlier run':<24}{'old':>7}{'new':>7}{'change':>9}{'p':>8}{'n':>6}  better, worse"]
    for measure, c in changed.items():
        head = f"{measure:<24}{c.old:>7.3f}{c.new:>7.3f}{c.difference:>+9.3f}{c.p:>8.4f}{c.n:>6}"
        lines.append(f"{head}  better {len(c.better)}, worse {len(c.worse)} {' '.join(c.worse[:8])}".rstrip())
    if lacking:
        lines.append(f"left out, in one of the runs only: {len(lacking)} questions ({' '.join(lacking[:8])})")
    return lines


def as_json(
    rows: Sequence[Row],
    changed: Mapping[str, Change] | None = None,
    lacking: Sequence[str] = (),
    *,
    with_wrong: bool = False,
) -> dict[str, Any]:
    """All figures as one object; `comparison` and `wrong` only where they are asked for."""

    def mean_of(here: Sequence[Row]) -> dict[str, Any]:
        return {measure: asdict(mean) for measure, mean in means(here).items()}

    out: dict[str, Any] = {
        "overall": mean_of(rows),
        "categories": {part: mean_of(here) for part, here in by(rows, "category").items()},
        "bad_quotes": sum(r.bad_quotes for r in rows),
        "errors": {r.id: r.error for r in rows if r.error},
    }
    if len(subjects := by(rows, "subject")) > 1:
        out["subjects"] = {part: mean_of(here) for part, here in subjects.items()}
    if changed is not None:
        out["comparison"] = {measure: asdict(change) for measure, change in changed.items()}
        out["compared_without"] = list(lacking)
    if with_wrong:
        out["wrong"] = [
            {"id": r.id, "question": r.question, "expected": r.judged, "cited": r.cited, "refused": r.refused}
            | {"figures": failed}
            for r in rows
            if (failed := _failed(r))
        ]
    return out
