"""Days as Chinese documents write them, and the terms that are counted from them."""

from __future__ import annotations

import calendar
import datetime
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from policy_qa.numerals import HAN_NUMERAL_CHARS, parse_number

_ROC = 1911  # 中華民國 1 is 1912
_MONTH, _DAY = rf"\d{{1,2}}|[{HAN_NUMERAL_CHARS}]{{1,2}}", rf"\d{{1,2}}|[{HAN_NUMERAL_CHARS}]{{1,3}}"
_YEAR = (
    r"(?:(?P<roc>中[华華]民[国國])\s*+)?"
    r"(?P<y>(?:19|20|１９|２０)\d\d|二[〇○零][〇○零一二三四五六七八九]{2}|(?<=民[国國])\d{2,3})\s*+年"
)
#: A day, to the month at least.
DATE = rf"{_YEAR}\s*+(?P<m>{_MONTH})\s*+月(?:\s*+(?P<d>{_DAY})\s*+日)?"
#: A day, to the year at least.
LOOSE_DATE = rf"{_YEAR}(?:\s*+(?P<m>{_MONTH})\s*+月(?:\s*+(?P<d>{_DAY})\s*+日)?)?"


def iso_date(match: re.Match[str]) -> str:
    """A matched date as ISO 8601, to the precision that it has."""
    year, month, day = (parse_number(match.group(g)) if match.group(g) else None for g in ("y", "m", "d"))
    if year and match.group("roc"):
        year += _ROC
    return "-".join(f"{part:04d}" if i == 0 else f"{part:02d}" for i, part in enumerate((year, month, day)) if part)


def later(day: str, months: int) -> str:
    """The last day of a term of so many months from an ISO day on; empty where that isn't exact or possible."""
    try:
        first = datetime.date.fromisoformat(day)
        years, month = divmod(first.month - 1 + months, 12)
        year = first.year + years
        last = calendar.monthrange(year, month + 1)[1]
        end = datetime.date(year, month + 1, min(first.day, last))
    except ValueError:
        return ""
    return (end - datetime.timedelta(days=1) if end.day == first.day else end).isoformat()


def after(day: str) -> str:
    """The day after an ISO day; empty where that is none."""
    try:
        return (datetime.date.fromisoformat(day) + datetime.timedelta(days=1)).isoformat()
    except ValueError:
        return ""


def in_words(day: str) -> str:
    """An ISO day as people write it: 2025年1月1日."""
    return "".join(f"{int(n)}{unit}" for n, unit in zip(day.split("-"), "年月日", strict=False) if n)


_NAMED: ContextVar[datetime.date | None] = ContextVar("day", default=None)


def today() -> datetime.date:
    """The day that `as_of` names, else that of the clock."""
    return _NAMED.get() or datetime.datetime.now().astimezone().date()


@contextmanager
def as_of(day: datetime.date | None) -> Iterator[None]:
    """Inside, `today` is this day (None: no change). Threads that begin inside don't see it."""
    token = _NAMED.set(day or _NAMED.get())
    try:
        yield
    finally:
        _NAMED.reset(token)
