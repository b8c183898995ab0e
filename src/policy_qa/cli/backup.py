"""`policy-qa backup` and `policy-qa restore`: everything that a school would miss in one file, and back."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from policy_qa.cli.terminal import say
from policy_qa.settings import Settings


def add(commands: Any) -> None:
    """Register both commands with their options."""
    told = (
        ("backup", "policies, index, what people keep and replaced files into one file, while the page is served"),
        ("restore", "put everything back as a backup has it, while the page is served; verified first"),
    )
    for name, does in told:
        command = commands.add_parser(name, help=does)
        command.add_argument("file", type=Path, metavar="FILE.tar.gz", help="the backup")
        command.set_defaults(run=run)


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Either of them."""
    from policy_qa.kept.backup import backup, restore

    work = backup if arguments.command == "backup" else restore
    found = work(settings, arguments.file)
    parts = [f"{found.policies} policies", f"{found.archived} replaced files"]
    parts += ["index"] if found.index else []
    parts += ["conversations, marks and changes"] if found.desk else []
    say(f"{arguments.file}: {', '.join(parts)} of {found.made}")
    return 0
