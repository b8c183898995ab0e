"""`policy-qa eval`: run a question set through the pipeline and report."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from policy_qa.datamodels import Answer, Citation, Quotation
from policy_qa.errors import PolicyQAError, UsageError
from policy_qa.evaluation.metrics import MEASURES, Mean, Row, means, score
from policy_qa.evaluation.questions import LabelledQuestion, read_questions
from policy_qa.pipeline import Pipeline, open_pipeline
from policy_qa.settings import Settings

#: The measures that --fail-under holds against its threshold.
GUARDED = ("hit@1", "facts", "citation_precision", "citation_recall", "refusal")


def main(arguments: argparse.Namespace, settings: Settings) -> int:
    """Run, print, compare; exit 1 where `--fail-under` is missed or a quotation is not the text."""
    path = arguments.set or settings.corpus.parent / "eval" / "questions.jsonl"
    questions = read_questions(path, arguments.split)
    rows = run_set(open_pipeline(settings), questions)
    if arguments.rows:
        _write_rows(arguments.rows, rows)
    overall = means(rows)
    bad = sum(r.bad_quotes for r in rows)
    if arguments.json:
        print(json.dumps(_as_json(rows, overall, bad), ensure_ascii=False))
    else:
        print("\n".join(report(rows, overall, bad)))
        if arguments.wrong:
            print("\n".join(wrong(rows, questions)))
    if arguments.compare:
        print("\n".join(compare(rows, _read_rows(arguments.compare))))
    missed = [m for m in GUARDED if arguments.fail_under and m in overall and overall[m].value < arguments.fail_under]
    for measure in missed:
        print(
            f"policy-qa: {measure}: expected at least {arguments.fail_under}, found {overall[measure].value:.3f}",
            file=sys.stderr,
        )
    return 1 if missed or bad else 0


def run_set(
    pipeline: Pipeline, questions: Sequence[LabelledQuestion], progress: Callable[[int], None] | None = None
) -> list[Row]:
    """A row for every question, in order; one that ends in an error counts as refused."""
    article_of = article_finder(pipeline)
    rows = []
    for question in questions:
        try:
            answer = pipeline.ask(question.question, question.history)
        except PolicyQAError as error:
            answer = Answer(question=question.question, refused=True, mode="none", answer=str(error))
        rows.append(score(question, answer, article_of, _bad_quotes(pipeline, answer)))
        if progress:
            progress(1)
    return rows


def article_finder(pipeline: Pipeline) -> Callable[[str], str]:
    """A function from a ref to the ref of its article; a ref that names nothing stays as it is."""
    above: dict[str, str] = {}
    for document in pipeline.documents:
        for p in pipeline.segmentation(document.doc_id).provisions:
            above[p.ref] = f"{p.doc_id}#{p.parent}" if p.parent else p.ref

    def article_of(ref: str) -> str:
        while ref in above and above[ref] != ref:
            ref = above[ref]
        return ref

    return article_of


def _bad_quotes(pipeline: Pipeline, answer: Answer) -> int:
    texts = {d.doc_id: d.text for d in pipeline.documents}
    rows = answer.comparison.rows if answer.comparison else ()
    cells: tuple[Citation | Quotation, ...] = tuple(q for row in rows for cell in row.cells for q in cell)
    quoted = (*answer.citations, *cells)
    return sum(q.quote != texts[q.ref.partition("#")[0]][q.start : q.end] for q in quoted)


def report(rows: Sequence[Row], overall: Mapping[str, Mean], bad_quotes: int) -> list[str]:
    """A table: a line a category, a column a measure; then all with intervals."""
    shown = [m for m in MEASURES if m in overall]
    head = f"{'category':<14}{'n':>4}  " + "".join(f"{_short(m):>9}" for m in shown)
    lines = [head, "-" * len(head)]
    for category in dict.fromkeys(r.category for r in rows):
        here = [r for r in rows if r.category == category]
        figures = means(here, samples=1)
        cells = "".join(f"{figures[m].value:>9.3f}" if m in figures else f"{'':>9}" for m in shown)
        lines.append(f"{category:<14}{len(here):>4}  {cells}")
    lines.append(f"{'all':<14}{len(rows):>4}  " + "".join(f"{overall[m].value:>9.3f}" for m in shown))
    lines.append("")
    lines += [
        f"{m:<20} {overall[m].value:.3f}  [{overall[m].low:.3f}, {overall[m].high:.3f}]  n={overall[m].n}"
        for m in shown
    ]
    lines.append(f"quotations that are not the document's text at their offsets: {bad_quotes}")
    if total := sum(r.cells[1] for r in rows):
        right = sum(r.cells[0] for r in rows)
        lines.append(f"comparison cells: {right / total:.3f}  ({right} of {total} with the right ref)")
    times = sorted(r.milliseconds for r in rows)
    lines.append(f"time per question: median {times[len(times) // 2]:.0f} ms")
    return lines


def _short(measure: str) -> str:
    return {"citation_precision": "cite-P", "citation_recall": "cite-R", "false_refusal": "false-ref"}.get(
        measure, measure
    )


def wrong(rows: Sequence[Row], questions: Sequence[LabelledQuestion]) -> list[str]:
    """Two lines for each question that is not answered perfectly."""
    by_id = {q.id: q for q in questions}
    out = []
    for row in rows:
        measures = ("hit@1", "citation_precision", "citation_recall", "facts", "refusal")
        failed = [f"{_short(m)}={row.values[m]:.2f}" for m in measures if row.values.get(m, 1.0) < 1.0]
        if failed:
            expected = " ".join(by_id[row.id].refs) or "refusal"
            cited = " ".join(row.cited) or "refused"
            history = " / ".join(by_id[row.id].history)
            out.append(f"{row.id} {history and f'({history}) '}{row.question}")
            out.append(f"     expected {expected}; cited {cited}; {' '.join(failed)}")
    return out


def compare(rows: Sequence[Row], earlier: Mapping[str, Mapping[str, float]]) -> list[str]:
    """What got better and worse against an earlier run, question by question, on the questions of both."""
    lines = [""]
    for measure in MEASURES:
        pairs = [
            (r.id, earlier[r.id][measure], r.values[measure])
            for r in rows
            if measure in r.values and measure in earlier.get(r.id, {})
        ]
        if pairs:
            better = sum(new > old for _, old, new in pairs)
            worse = [i for i, old, new in pairs if new < old]
            change = sum(new - old for _, old, new in pairs) / len(pairs)
            lines.append(
                f"{measure:<20} {change:+.3f}  better {better}, worse {len(worse)} {' '.join(worse[:8])}".rstrip()
            )
    return lines


def _write_rows(path: Path, rows: Sequence[Row]) -> None:
    path.write_text("".join(json.dumps(asdict(r), ensure_ascii=False) + "\n" for r in rows), "utf-8")


def _read_rows(path: Path) -> dict[str, dict[str, float]]:
    try:
        lines = [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
        return {line["id"]: line["values"] for line in lines}
    except (OSError, json.JSONDecodeError, KeyError, TypeError) as error:
        raise UsageError(f"{path}: expected rows written by policy-qa eval --rows, found {error!r}") from error


def _as_json(rows: Sequence[Row], overall: Mapping[str, Mean], bad_quotes: int) -> dict[str, object]:
    by_category = {
        category: {m: asdict(v) for m, v in means([r for r in rows if r.category == category]).items()}
        for category in dict.fromkeys(r.category for r in rows)
    }
    return {"overall": {m: asdict(v) for m, v in overall.items()}, "categories": by_category, "bad_quotes": bad_quotes}
