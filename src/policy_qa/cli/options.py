"""Options that several commands have."""

from __future__ import annotations

import argparse
import datetime


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
