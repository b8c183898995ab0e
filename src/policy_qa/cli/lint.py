"""`policy-qa lint`: what is wrong in the policies themselves, read from their files, without an index."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from policy_qa.cli.commands import no_such_path, segmented
from policy_qa.cli.terminal import say
from policy_qa.datamodels import Segmentation, picked
from policy_qa.doors import formats
from policy_qa.errors import PolicyQAError, SourceError
from policy_qa.lint import Check, Finding, Severity, lint
from policy_qa.printable import doc_id_of, shorten
from policy_qa.settings import Settings

_TO_ANOTHER = re.compile(r"》(?:[（(][^（）()]*[)）])?[的之中]?\s*第")
_MARKS = {Severity.ERROR: "✗", Severity.WARNING: "!", Severity.HINT: "?"}
_NAMES = {
    "zh": {Severity.ERROR: "错误", Severity.WARNING: "疑似", Severity.HINT: "提示"},
    "en": {severity: severity.value for severity in Severity},
}
_FIELDS = ("check", "severity", "doc_id", "ref", "start", "end", "quote", "message", "todo")
#: A quotation of more characters than this is cut in what people read; `--json` has all of it.
_SHOWN = 60


def add(commands: Any) -> None:
    """Register the command with its options."""
    command = commands.add_parser("lint", help="what is wrong in the policies themselves, without an index")
    command.add_argument(
        "paths", nargs="*", type=Path, metavar="PATH", help="files or folders (default: the corpus folder)"
    )
    command.add_argument("--json", action="store_true", help="print a line per finding")
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """`policy-qa lint`: exit 0 nothing found, 1 something found, 2 where no file could be read."""
    files = list(_read(arguments.paths or [settings.corpus]))
    if not files:
        where = "、".join(str(p) for p in arguments.paths or [settings.corpus])
        raise SourceError(f"{where}: expected policies, found no file that is one; name a file or another folder")
    corpus = [found for _, found in files if isinstance(found, Segmentation)]
    context = [*corpus, *_others(corpus, settings)]
    total = 0
    for source, read in files:
        if isinstance(read, Segmentation):
            found = lint(read, context, lang=settings.lang)
        else:
            found = (_refusal(source, str(read), settings.lang),)
        total += len(found)
        if arguments.json:
            for finding in found:
                say(formats.dump(picked(finding, *_FIELDS) | {"source": source}))
        else:
            say("\n".join(_readable(source, found, settings.lang)))
    if not arguments.json:
        say(_summary(len(files), total, settings.lang), file=sys.stderr)
    return 2 if not corpus else 1 if total else 0


def _read(paths: list[Path]) -> Iterator[tuple[str, Segmentation | PolicyQAError]]:
    """The files behind some paths; a path that isn't there is wrong use, a file that can't be read is a finding."""
    for path in paths:
        if not path.exists():
            raise no_such_path(path)
    yield from segmented(paths)


def _others(corpus: list[Segmentation], settings: Settings) -> list[Segmentation]:
    """The rest of the settings' corpus, where a document refers to an article of another one."""
    if not settings.corpus.is_dir() or not any(_TO_ANOTHER.search(s.document.text) for s in corpus):
        return []
    known = {s.document.sha256 for s in corpus}
    others = (found for _, found in _read([settings.corpus]) if isinstance(found, Segmentation))
    return [s for s in others if s.document.sha256 not in known]


def _refusal(source: str, why: str, lang: str) -> Finding:
    """A file that can't be read, as a finding without a place; the message of the error says what to do."""
    found, _, todo = why.partition("; ")
    default = "put a readable file in its place" if lang == "en" else "换成可以读取的文件"
    return Finding(
        check=Check.UNREADABLE,
        severity=Severity.ERROR,
        ref=doc_id_of(source),
        start=0,
        end=0,
        quote="",
        message=(found if lang == "en" else f"文件无法读取：{found}"),
        todo=todo or default,
    )


def _readable(source: str, found: tuple[Finding, ...], lang: str) -> Iterator[str]:
    """One file: its name, then three lines a finding: where, what is wrong, what to do."""
    nothing = "nothing found" if lang == "en" else "没有发现问题"
    count = (f"{len(found)} found" if lang == "en" else f"发现 {len(found)} 处") if found else nothing
    yield f"{source}  {count}"
    for finding in found:
        quote = shorten(finding.quote, _SHOWN)
        where = f"{finding.ref}  「{quote}」" if quote else finding.ref
        yield f"  {_MARKS[finding.severity]} {_NAMES[lang][finding.severity]}  {where}"
        yield f"      {finding.message}"
        yield f"      → {finding.todo}"


def _summary(files: int, findings: int, lang: str) -> str:
    if lang == "en":
        return f"{files} files, {findings} findings"
    return f"共 {files} 个文件，{findings} 处"
