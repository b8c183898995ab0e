"""The one way out to a terminal: what other people wrote is shown there, never obeyed."""

from __future__ import annotations

import logging
import sys
from typing import TextIO

from policy_qa.printable import visible


def say(text: str = "", *, file: TextIO | None = None) -> None:
    """Print a text, or a line of JSON, whose control characters are written out; standard output by default."""
    print(visible(text), file=file or sys.stdout, flush=True)


class LogFormatter(logging.Formatter):
    """A line of a log, which may name files too."""

    def format(self, record: logging.LogRecord) -> str:
        """As the base class, written out."""
        return visible(super().format(record))
