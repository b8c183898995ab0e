"""What passes between the commands and a terminal: lines, log, a progress bar, and the option that several have.

What other people wrote is shown there, never obeyed.
"""

from __future__ import annotations

import argparse
import datetime
import logging
import sys
from typing import Any, TextIO

from policy_qa.printable import visible


def add_day(command: argparse.ArgumentParser) -> None:
    """`--on`: the day by whose texts a command goes."""
    command.add_argument(
        "--on", type=_day, metavar="YYYY-MM-DD", help="by the texts in force on this day (default: today)"
    )


def _day(text: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"expected a day like 2024-06-01, found {text!r}; write year, month and day"
        ) from None


_NAMES = {
    "read": "读取 read",
    "embed": "向量 embed",
    "tokens": "词元 tokens",
    "write": "写入 write",
    "mine": "难例 mine",
    "tune": "训练 tune",
    "compare": "比较 compare",
    "ask": "提问 ask",
}


class Progress:
    """Called with (stage, done, total), as the builder reports."""

    def __init__(self) -> None:
        self._bar: Any = None
        self._stage = ""

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *_: object) -> None:
        self._close()

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Show that `done` of `total` is done in a stage."""
        from tqdm import tqdm

        if stage != self._stage:
            self._close()
            self._stage = stage
            name = _NAMES.get(stage, stage)
            # None: on a terminal alone. A log gets a line for the stage, not one for each step.
            self._bar = tqdm(total=total, desc=name, file=sys.stderr, disable=None if total else True, ascii=False)
            if total and not sys.stderr.isatty():
                print(f"{name}: {total}", file=sys.stderr)
        if self._bar is not None:
            self._bar.total = total
            self._bar.update(done - self._bar.n)

    def _close(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None


def say(text: str = "", *, file: TextIO | None = None) -> None:
    """Print a text, or a line of JSON, whose control characters are written out; standard output by default."""
    print(visible(text), file=file or sys.stdout, flush=True)


class LogFormatter(logging.Formatter):
    """A line of a log, which may name files too."""

    def format(self, record: logging.LogRecord) -> str:
        """As the base class, written out."""
        return visible(super().format(record))
