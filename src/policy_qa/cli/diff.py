"""`policy-qa diff OLD NEW`: two versions of a policy, article by article. Exit 0 the same, 1 different."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from policy_qa.cli import records
from policy_qa.cli.terminal import add_day, say
from policy_qa.datamodels import Segmentation
from policy_qa.errors import PolicyQAError, SourceError, UnknownRef, UsageError
from policy_qa.settings import Settings


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register the command."""
    diff = commands.add_parser("diff", help="two versions of a policy, article by article; exit 1 where they differ")
    diff.add_argument("old", metavar="OLD", help="the older text: a file, or a doc_id of the index")
    diff.add_argument("new", metavar="NEW", help="the newer text: a file, or a doc_id of the index")
    diff.add_argument("--json", action="store_true", help="print the comparison as one JSON object")
    diff.add_argument("--html", type=Path, metavar="FILE", help="write a page with both texts side by side")
    diff.add_argument("--all", action="store_true", help="name the unchanged provisions as well")
    add_day(diff)
    diff.set_defaults(run=run)


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """`policy-qa diff`."""
    from policy_qa.diff import compare
    from policy_qa.diff.report import record, text_report
    from policy_qa.words import Segmenter

    old, new = (_text(name, settings) for name in (arguments.old, arguments.new))
    diff = compare(old, new, Segmenter())
    if arguments.html:
        from policy_qa.diff.html import page

        _write(arguments.html, page(diff, settings.lang))
        say(f"policy-qa: {arguments.html}", file=sys.stderr)
    if arguments.json:
        say(records.dump(dict(record(diff))))
    elif not arguments.html:
        # Its colours are the only control characters: it writes out those of the texts itself.
        print(text_report(diff, settings.lang, colour=sys.stdout.isatty(), everything=arguments.all))
    return 0 if diff.same else 1


def _text(name: str, settings: Settings) -> Segmentation:
    """The provisions of a file, or of a document of the index."""
    from policy_qa.index.isolated import Reader
    from policy_qa.pipeline import open_stored

    path = Path(name)
    if path.is_file():
        with Reader() as reader:
            found = reader.segment(path, root=path.parent, follow=True)
    elif path.is_dir():
        raise SourceError(f"{name}: expected a policy file or a doc_id, found a folder; name one file in it")
    else:
        try:
            stored = open_stored(settings)
        except PolicyQAError as error:
            raise SourceError(f"{name}: expected a file or a doc_id, found no such file; the index: {error}") from None
        known = {d.doc_id for d in stored.documents}
        if name not in known:
            names = ", ".join(sorted(known))
            raise UnknownRef(
                f"{name}: expected a file or a document of the index ({names}), found neither; check the name"
            )
        found = stored.segmentation(stored.editions.current(name))
    if not found.provisions:
        raise SourceError(f"{name}: expected the text of a policy, found nothing to read in it; check the file")
    return found


def _write(target: Path, text: str) -> None:
    try:
        target.write_text(text, "utf-8")
    except OSError as error:
        raise UsageError(
            f"--html {target}: expected a file that can be written, found: {error.strerror}; name another"
        ) from error
