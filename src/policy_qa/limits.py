"""Limits that a process sets itself: memory and processor time, where the platform has them (Windows has not).

Only the soft limits move, so that a process may lift its own again. None of them replaces the clock of whoever
waits for it.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_log = logging.getLogger(__name__)
_STATM = Path("/proc/self/statm")


def limit_memory(size: int) -> None:
    """Address space of at most `size` bytes from now on, and no core dump when it is passed."""
    if sys.platform != "win32":
        import resource

        _set(resource.RLIMIT_CORE, 0)
        _set(resource.RLIMIT_AS, size)


def limit_processor(seconds: float) -> None:
    """At most so many seconds of processor time, counted from now: the system then ends the process."""
    if sys.platform != "win32":
        import resource

        used = resource.getrusage(resource.RUSAGE_SELF)
        _set(resource.RLIMIT_CPU, int(used.ru_utime + used.ru_stime + seconds) + 1)


@contextmanager
def limited(seconds: float, memory: int) -> Iterator[None]:
    """Inside: `seconds` of processor time, and `memory` bytes of address space on top of what is taken already.

    Without /proc there is no telling what is taken, and memory is left alone.
    """
    if sys.platform == "win32":
        yield
        return
    import resource

    before = {what: resource.getrlimit(what)[0] for what in (resource.RLIMIT_CPU, resource.RLIMIT_AS)}
    limit_processor(seconds)
    if _STATM.exists():
        limit_memory(int(_STATM.read_text().split()[0]) * resource.getpagesize() + memory)
    try:
        yield
    finally:
        for what, soft in before.items():
            resource.setrlimit(what, (soft, resource.getrlimit(what)[1]))


def _set(what: int, limit: int) -> None:
    if sys.platform != "win32":
        import resource

        hard = resource.getrlimit(what)[1]
        try:
            resource.setrlimit(what, (limit if hard == resource.RLIM_INFINITY else min(limit, hard), hard))
        except (OSError, ValueError):
            _log.debug("limit %s is not to be had here", what)
