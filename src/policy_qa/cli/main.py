"""The command line: `policy-qa COMMAND`. Results on standard output, notes and progress on standard error.

Exit codes: 0 done; 1 it ran and the answer is "no"; 2 wrong use or unusable input, with one line that
says what was expected, what was found and what to do.
"""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import policy_qa
from policy_qa.cli import backup, commands, evaluate, lint, tune
from policy_qa.cli.completion import SHELLS, script
from policy_qa.cli.terminal import LogFormatter, add_day, say
from policy_qa.errors import PolicyQAError
from policy_qa.facts.dates import as_of
from policy_qa.models.runtime import one_thread
from policy_qa.settings import Settings

EXIT_OK, EXIT_NO, EXIT_USAGE = 0, 1, 2
Command = Callable[[argparse.Namespace, Settings], int]


def parser() -> argparse.ArgumentParser:
    """All commands with their options."""
    top = argparse.ArgumentParser(
        prog="policy-qa",
        description="Exact, citable answers from school policies. 对学校政策的问答，每句话都附原文条款。",
    )
    top.add_argument("--version", action="version", version=f"policy-qa {policy_qa.__version__}")
    sub = top.add_subparsers(dest="command", metavar="COMMAND", required=True)

    build = sub.add_parser("build", help="bring the index up to date with a folder of policies")
    build.add_argument("corpus", nargs="?", type=Path, help="folder of policy texts (default: corpus/)")
    build.add_argument("--force", action="store_true", help="embed everything again")
    build.add_argument("--json", action="store_true", help="print the report as JSON")
    build.set_defaults(run=commands.build)

    ask = sub.add_parser("ask", help="answer a question with the exact provisions")
    _question(ask, "answer")
    ask.set_defaults(run=commands.ask)

    search = sub.add_parser("search", help="retrieval alone")
    _question(search, "result")
    search.add_argument("--top", type=int, default=10, metavar="N", help="how many provisions (default 10)")
    search.set_defaults(run=commands.search)

    segment = sub.add_parser("segment", help="what the parser sees in files, without an index")
    segment.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="files or folders")
    segment.add_argument("--json", action="store_true", help="print a line per provision")
    segment.add_argument("--all", action="store_true", help="headings and remainders as well")
    segment.set_defaults(run=commands.segment)

    show = sub.add_parser("show", help="a provision in its context")
    show.add_argument("ref", metavar="REF", help="doc_id#path, as in yichun-cio#7.2, or doc_id alone")
    show.add_argument("--json", action="store_true", help="print it as JSON")
    add_day(show)
    show.set_defaults(run=commands.show)

    listing = sub.add_parser("list", help="what is on file: number, dates, standing, what amends and repeals it")
    listing.add_argument("--institution", default="", metavar="NAME", help="only texts of this institution")
    listing.add_argument("--subject", default="", metavar="WORDS", help="only texts with these words in the title")
    listing.add_argument("--json", action="store_true", help="print a line per text, each fact with its place")
    add_day(listing)
    listing.set_defaults(run=commands.list_texts)

    diff = sub.add_parser("diff", help="two versions of a policy, article by article; exit 1 where they differ")
    diff.add_argument("old", metavar="OLD", help="the older text: a file, or a doc_id of the index")
    diff.add_argument("new", metavar="NEW", help="the newer text: a file, or a doc_id of the index")
    diff.add_argument("--json", action="store_true", help="print the comparison as one JSON object")
    diff.add_argument("--html", type=Path, metavar="FILE", help="write a page with both texts side by side")
    diff.add_argument("--all", action="store_true", help="name the unchanged provisions as well")
    add_day(diff)
    diff.set_defaults(run=commands.diff)

    check = sub.add_parser("check", help="a draft's citations, quotations and numbers against the policies")
    check.add_argument("draft", type=Path, metavar="FILE", help="the draft: .docx .txt .md .pdf .html")
    check.add_argument("--json", action="store_true", help="print a line per finding, those that are right included")
    check.add_argument(
        "--docx", type=Path, metavar="OUT", help="write a Word file with the findings as comments at their places"
    )
    check.add_argument("--all", action="store_true", help="show what is right as well")
    add_day(check)
    check.set_defaults(run=commands.check)

    marks = sub.add_parser(
        "marks", help="what people verified at the page, as JSON lines; exit 1 where there is nothing"
    )
    marks.add_argument(
        "--questions", action="store_true", help="the questions that were answered wrongly, for eval and tune"
    )
    marks.set_defaults(run=commands.marks)

    for command in (lint, evaluate, tune, backup):
        command.add(sub)

    serve = sub.add_parser("serve", help="the chat page, the doors for programs and the health check")
    serve.add_argument("--host", help="address to listen on (default 127.0.0.1)")
    serve.add_argument("--port", type=int, help="port (default 7860)")
    serve.add_argument("--open", action="store_true", help="open the page in a browser")
    serve.set_defaults(run=commands.serve)

    tools = sub.add_parser(
        "mcp", help="ask, search, show and check as tools of one MCP client, on standard input and output"
    )
    tools.set_defaults(run=commands.mcp)

    completion = sub.add_parser("completion", help="what a shell reads to complete commands and options")
    completion.add_argument("shell", choices=SHELLS, metavar="SHELL", help="bash, zsh or fish")
    completion.set_defaults(run=_complete)

    doctor = sub.add_parser("doctor", help="what is installed, which model, is every file what was written")
    doctor.add_argument("--mend", action="store_true", help="build a damaged index anew; say how to mend the rest")
    doctor.add_argument("--json", action="store_true", help="print the findings as JSON")
    doctor.set_defaults(run=commands.doctor)
    return top


def _complete(arguments: argparse.Namespace, settings: Settings) -> int:
    print(script(parser(), arguments.shell))
    return EXIT_OK


def _question(command: argparse.ArgumentParser, what: str) -> None:
    command.add_argument(
        "question", nargs="?", metavar="QUESTION", help="the question, in Chinese or English (default: standard input)"
    )
    command.add_argument("--json", action="store_true", help=f"print the {what} as one JSON object")
    command.add_argument(
        "--batch", type=Path, metavar="FILE", help="JSON lines with id, question, history; - for standard input"
    )
    command.add_argument(
        "--doc", action="append", default=[], metavar="DOC_ID", help="only this document; may be repeated"
    )
    add_day(command)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    to_stderr = logging.StreamHandler()
    to_stderr.setFormatter(LogFormatter("%(name)s: %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[to_stderr])
    try:
        arguments = parser().parse_args(argv)
        settings = Settings.from_env()
        if getattr(arguments, "corpus", None):
            settings = replace(settings, corpus=arguments.corpus.absolute())
        run: Command = arguments.run
        with as_of(getattr(arguments, "on", None)):
            return run(arguments, settings)
    except PolicyQAError as error:
        say(f"policy-qa: {error}", file=sys.stderr)
        return EXIT_USAGE
    except BrokenPipeError:
        # The reader of our output (head, less) has gone; Python would complain once more at exit.
        sys.stderr.close()
        return EXIT_OK
    except KeyboardInterrupt:
        print("policy-qa: stopped", file=sys.stderr)
        return 130


def run() -> None:
    """Entry point of the `policy-qa` script."""
    one_thread()
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure:
            # Chinese on a Windows console or under LANG=C must not end in UnicodeEncodeError.
            reconfigure(encoding="utf-8", errors="backslashreplace")
    sys.exit(main())
