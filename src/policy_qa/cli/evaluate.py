"""`policy-qa eval`: figures of a question set, against an earlier run where there is one."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from policy_qa.cli.terminal import Progress
from policy_qa.doors import formats
from policy_qa.errors import UsageError
from policy_qa.settings import Settings

if TYPE_CHECKING:
    from policy_qa.evaluation.rows import Row
    from policy_qa.evaluation.summary import Change
    from policy_qa.pipeline import Pipeline

#: The measures that --fail-under holds against its threshold.
GUARDED = ("hit@1", "facts", "citation_precision", "citation_recall", "refusal")


def add(sub: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The command with its options."""
    command = sub.add_parser("eval", help="run a question set and print the figures by category")
    command.add_argument(
        "set", nargs="?", type=Path, help="questions: .jsonl, .csv or .xlsx (default: eval/questions.jsonl)"
    )
    command.add_argument(
        "--split",
        choices=("fit", "report", "gate", "all"),
        default="",
        help="which part (default report; all of a set that has none)",
    )
    command.add_argument(
        "--corpus",
        dest="corpora",
        action="append",
        type=Path,
        default=[],
        metavar="DIR",
        help="ask the policies of this folder, in an index of their own; may be repeated",
    )
    command.add_argument("--home", type=Path, metavar="DIR", help="where the index of --corpus lives (default: cache)")
    command.add_argument("--rows", type=Path, metavar="FILE", help="write a JSON line per question")
    command.add_argument(
        "--from-rows", type=Path, metavar="FILE", help="ask nothing: make the figures anew from written rows"
    )
    command.add_argument(
        "--answers", type=Path, metavar="FILE", help="ask nothing: score another system's answers (see eval/README.md)"
    )
    command.add_argument("--html", type=Path, metavar="FILE", help="write figures, plots and misses as one page")
    command.add_argument("--compare", type=Path, metavar="FILE", help="rows of an earlier run to compare with")
    command.add_argument(
        "--gate",
        action="store_true",
        help="with --compare: exit 1 where a figure fell by more than .02, or significantly (p < .05)",
    )
    command.add_argument(
        "--fail-under",
        type=float,
        metavar="X",
        help="exit 1 where hit@1, facts, citation precision, citation recall or refusal fall under X",
    )
    command.add_argument("--json", action="store_true", help="print the figures as one JSON object")
    command.add_argument("--wrong", action="store_true", help="list the questions that went wrong")
    command.set_defaults(run=evaluate)


def evaluate(arguments: argparse.Namespace, settings: Settings) -> int:
    """Run, print, compare; exit 1 where a threshold or the gate is missed, a quotation is not the text, or a
    question got no answer."""
    from policy_qa.evaluation import report
    from policy_qa.evaluation.rows import read_rows, write_rows
    from policy_qa.evaluation.summary import changes, fallen, means

    if arguments.gate and not arguments.compare:
        raise UsageError("--gate: expected --compare FILE beside it, found none; name the rows of the baseline")
    if arguments.answers and arguments.from_rows:
        raise UsageError("--answers: expected without --from-rows, found both; leave one out")
    # Read before anything is asked: a wrong name shouldn't cost a run.
    earlier = read_rows(arguments.compare) if arguments.compare else None
    rows, pipeline = _from_rows(arguments, settings) if arguments.from_rows else _asked(arguments, settings)
    if arguments.rows:
        write_rows(arguments.rows, rows)
    changed = None if earlier is None else changes(rows, earlier)
    if arguments.html:
        _write_page(arguments, settings, rows, pipeline, changed)
    lacking = sorted({r.id for r in rows} ^ {r.id for r in earlier or rows})
    if arguments.json:
        print(formats.dump(report.as_json(rows, changed, lacking, with_wrong=arguments.wrong)))
    else:
        lines = report.report(rows)
        lines += report.wrong(rows) if arguments.wrong else []
        lines += report.comparison(changed, lacking) if changed else []
        print("\n".join(lines))
    overall = means(rows, samples=1)
    missed = [
        f"{m}: expected at least {arguments.fail_under}, found {overall[m].value:.3f}"
        for m in GUARDED
        if arguments.fail_under and m in overall and overall[m].value < arguments.fail_under
    ]
    if arguments.gate and earlier is not None:
        missed += [
            f"{m}: expected {c.old:.3f} as in the baseline, found {c.new:.3f} (p = {c.p:.3f}); "
            f"worse: {' '.join(c.worse[:8])}"
            for m, c in fallen(rows, earlier).items()
        ]
    for line in missed:
        print(f"policy-qa: {line}", file=sys.stderr)
    return 1 if missed or any(r.bad_quotes or r.error for r in rows) else 0


def _write_page(
    arguments: argparse.Namespace,
    settings: Settings,
    rows: Sequence[Row],
    pipeline: Pipeline | None,
    changed: Mapping[str, Change] | None,
) -> None:
    from policy_qa.desk.run_view import html_file
    from policy_qa.page.library import Library
    from policy_qa.page.texts import texts_for

    place_of = Library(pipeline).place if pipeline else lambda ref: None
    name = Path(arguments.answers or arguments.set or arguments.from_rows or _usual_set(settings)).name
    page = html_file(name, rows, place_of, texts_for(settings.lang), changed)
    try:
        arguments.html.write_text(page, "utf-8", "replace")
    except OSError as error:
        raise UsageError(
            f"{arguments.html}: expected to write a page there, found: {error.strerror}; name another file"
        ) from error


def _usual_set(settings: Settings) -> Path:
    return settings.corpus.parent / "eval" / "questions.jsonl"


def _from_rows(arguments: argparse.Namespace, settings: Settings) -> tuple[Sequence[Row], None]:
    """The rows of a file; with a set, in its order, and a question of it that has no row as one without an answer."""
    from policy_qa.evaluation.questions import read_questions
    from policy_qa.evaluation.rows import read_rows, unanswered

    rows = read_rows(arguments.from_rows)
    if not arguments.set:
        return rows, None
    written = {row.id: row for row in rows}
    questions = read_questions(arguments.set, arguments.split, lang=settings.lang)
    return [written.get(q.id) or unanswered(q, "no row") for q in questions], None


def _asked(arguments: argparse.Namespace, settings: Settings) -> tuple[Sequence[Row], Pipeline]:
    """What the pipeline answers, or another system has answered, and the pipeline."""
    from policy_qa.evaluation.answers import rows_of
    from policy_qa.evaluation.questions import read_questions, read_set
    from policy_qa.evaluation.run import finder, open_corpora, run_set
    from policy_qa.pipeline import open_pipeline

    path = arguments.set or _usual_set(settings)
    theirs = read_set(arguments.answers, settings.lang) if arguments.answers else None
    with Progress() as progress:
        if arguments.corpora:
            pipeline = open_corpora(settings, arguments.corpora, arguments.home, progress)
        else:
            own = replace(settings, home=arguments.home.absolute()) if arguments.home else settings
            pipeline = open_pipeline(own)
        questions = read_questions(path, arguments.split, finder(pipeline, settings.lang), settings.lang)
        if theirs is not None:
            return rows_of(pipeline, questions, str(arguments.answers), theirs, settings.lang), pipeline
        # A bar is for whoever waits at a terminal; in a log it is a thousand lines.
        shown = (lambda rows: progress("ask", len(rows), len(questions))) if sys.stderr.isatty() else None
        return run_set(pipeline, questions, shown), pipeline
