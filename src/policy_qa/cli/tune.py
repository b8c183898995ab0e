"""`policy-qa tune`: adapt the embedding model to a school's own questions, and keep it only if that helped."""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from policy_qa.cli.terminal import Progress, say
from policy_qa.doors import formats
from policy_qa.errors import UsageError
from policy_qa.settings import Settings
from policy_qa.tuning.trainer import Plan
from policy_qa.wording import said

if TYPE_CHECKING:
    from policy_qa.tuning.tune import TuneReport


def add(commands: Any) -> None:
    """Register the command with its options."""
    command = commands.add_parser(
        "tune", help="adapt the embedding model to your own questions; exit 1 where that brings nothing"
    )
    command.add_argument(
        "pairs", type=Path, metavar="PAIRS", help='JSON lines: {"question", "refs": ["doc#7"]} or {"question", "text"}'
    )
    command.add_argument("--name", default="e5-tuned", metavar="NAME", help="the model's folder (default e5-tuned)")
    command.add_argument("--epochs", type=int, default=4, metavar="N", help="times through the pairs (default 4)")
    command.add_argument("--minutes", type=float, default=0.0, metavar="M", help="stop training after M minutes")
    command.add_argument("--seed", type=int, default=0, metavar="S", help="which questions are held out (default 0)")
    command.add_argument("--use", action="store_true", help="rebuild the index with the new model if it is kept")
    command.add_argument("--json", action="store_true", help="print the report as JSON")
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """`policy-qa tune`: exit 1 where nothing got better and the old model stays."""
    if arguments.epochs < 1 or arguments.minutes < 0 or arguments.seed < 0:
        raise UsageError(
            "tune: expected --epochs of at least 1, --minutes and --seed of at least 0, "
            f"found {arguments.epochs}, {arguments.minutes:g}, {arguments.seed}"
        )
    from policy_qa.pipeline import build_index
    from policy_qa.tuning.collection import read_pairs
    from policy_qa.tuning.tune import tune

    pairs = read_pairs(arguments.pairs)
    plan = Plan(epochs=arguments.epochs, minutes=arguments.minutes, seed=arguments.seed)
    with Progress() as progress:
        report = tune(settings, pairs, arguments.name, plan, progress=progress)
        if report.kept and arguments.use:
            build_index(replace(settings, model=str(report.folder)), progress=progress)
    if arguments.json:
        say(formats.dump(_record(report)))
    else:
        say("\n".join(readable(report, settings.lang)))
        say("\n".join(advice(report, settings.lang, used=arguments.use)), file=sys.stderr)
    return 0 if report.kept else 1


def _record(report: TuneReport) -> dict[str, Any]:
    return {
        "kept": report.kept,
        "folder": str(report.folder) if report.folder else None,
        "questions": dict(report.questions),
        "training": asdict(report.course),
        "figures": {name: c.record() for name, c in report.changes.items()},
    }


def readable(report: TuneReport, lang: str) -> Iterator[str]:
    """The report as people read it, by lines."""
    texts = said("tune")[lang]
    yield texts["questions"].format(**report.questions)
    course = asdict(report.course) | {"ended": said("tune.ended")[lang][report.course.ended]}
    yield texts["course"].format(minutes=report.course.seconds / 60, **course)
    columns = {"zh": ("", "之前", "之后", "差"), "en": ("", "before", "after", "change")}[lang]
    yield texts["head"].format(*columns, report.questions["held_out"])
    for name, c in report.changes.items():
        yield f"{name:<12}{c.before:>8.3f}{c.after:>8.3f}{c.difference:>+9.3f}  [{c.low:+.3f}, {c.high:+.3f}]"
    yield texts["kept"].format(folder=report.folder) if report.kept else texts["dropped"]


def advice(report: TuneReport, lang: str, *, used: bool) -> Iterator[str]:
    """How to use a model that was kept, and what to know about it."""
    from policy_qa.tuning.tune import DECIDES

    if not report.kept:
        return
    texts = said("tune")[lang]
    folder = shlex.quote(str(report.folder))
    if report.changes[DECIDES].low <= 0:
        yield texts["unsure"]
    yield texts["used" if used else "use"].format(folder=folder)
    yield texts["late"]
