"""The day for which everything is asked: the present one, or another that a caller names. Only here it is known."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

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
