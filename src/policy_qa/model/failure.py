"""Why a language model gave no usable answer. An outcome, not an error: the quotations stand in for it."""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """What went wrong, as far as a reader can do something about it."""

    UNREACHABLE = "unreachable"
    SLOW = "slow"
    BROKEN_OFF = "broken-off"
    EMPTY = "empty"
    REFUSED = "refused"  # an HTTP status that is no success
    GARBAGE = "garbage"
    STOPPED = "stopped"  # by the reader


class ModelFailed(Exception):
    """Ends a model's answer. `detail` is for the log: it holds neither the key nor what was sent."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(f"{reason.value}: {detail}" if detail else reason.value)
        self.reason, self.detail = reason, detail
