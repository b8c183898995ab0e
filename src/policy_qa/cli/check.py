"""`policy-qa check FILE`: a draft's citations, quotations and numbers against the policies on file.

Exit 0 where nothing is wrong, 1 where something is, 2 where the draft or the index can't be used.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from policy_qa.cli import records
from policy_qa.cli.terminal import add_day, say
from policy_qa.errors import SourceError
from policy_qa.settings import Settings

if TYPE_CHECKING:
    from policy_qa.datamodels import Document


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register the command."""
    check = commands.add_parser("check", help="a draft's citations, quotations and numbers against the policies")
    check.add_argument("draft", type=Path, metavar="FILE", help="the draft: .docx .txt .md .pdf .html")
    check.add_argument("--json", action="store_true", help="print a line per finding, those that are right included")
    check.add_argument(
        "--docx", type=Path, metavar="OUT", help="write a Word file with the findings as comments at their places"
    )
    check.add_argument("--all", action="store_true", help="show what is right as well")
    add_day(check)
    check.set_defaults(run=run)


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """`policy-qa check`."""
    from policy_qa.check import Checker
    from policy_qa.check.report import finding_record, summary, text_report
    from policy_qa.pipeline import open_stored
    from policy_qa.words import Segmenter

    if arguments.docx:
        from policy_qa.check.comments import check_target

        check_target(arguments.docx, arguments.draft)
    draft = _read(arguments.draft)
    report = Checker(open_stored(settings).index.segmentations, Segmenter()).check(draft, settings.lang)
    if arguments.docx:
        from policy_qa.check.comments import write_commented

        missed = write_commented(report, arguments.draft, arguments.docx, settings.lang)
        say(f"policy-qa: {arguments.docx}", file=sys.stderr)
        if missed:
            told = (
                f"policy-qa: 有 {missed} 处在 Word 中找不到可加批注的位置，已附在文末",
                f"policy-qa: {missed} findings stand where Word holds no place for a comment; they are at the end",
            )
            say(told[settings.lang == "en"], file=sys.stderr)
    if arguments.json:
        for finding in report.findings:
            say(records.dump(finding_record(finding)))
    elif text := text_report(report, settings.lang, everything=arguments.all):
        say(text)
    if not arguments.json:
        say(summary(report, settings.lang), file=sys.stderr)
    return 1 if report.errors else 0


def _read(path: Path) -> Document:
    from policy_qa.index.isolated import Reader

    if not path.is_file():
        found = "a folder" if path.is_dir() else "none"
        raise SourceError(f"{path}: expected a draft to check, found {found}; name one file")
    with Reader() as reader:
        draft = reader.read(path, root=path.parent, follow=True)
    if not draft.text.strip():
        raise SourceError(f"{path}: expected the text of a draft, found nothing to read in it; check the file")
    return draft
