"""Checks that are kept: found by their id alone, for their time, as many as there is room for."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from policy_qa.check import Finding, FindingKind, What
from policy_qa.errors import UsageError
from policy_qa.kept import checks as room
from policy_qa.kept.checks import Checks, Settled

FOUND = Finding(kind=FindingKind.MISSING, what=What.CITATION, start=0, end=4, quote="第九十条", line=1)


@pytest.fixture
def checks(tmp_path: Path) -> Checks:
    return Checks(tmp_path / "desk.sqlite3", 30)


def keep(checks: Checks, visitor: str = "a", draft: bytes = b"x") -> str:
    return checks.keep(visitor, "draft.txt", "zh", draft, "第九十条", (FOUND, FOUND))


def test_what_is_kept_is_what_was_found(checks: Checks) -> None:
    check_id = keep(checks)
    checks.settle(check_id, 1, Settled.ACCEPTED)
    kept = checks.get(check_id)
    assert kept
    assert kept.findings == (FOUND, FOUND)
    assert kept.settled == {1: Settled.ACCEPTED}
    assert kept.accepted == (FOUND,)
    assert kept.pasted
    checks.settle(check_id, 1, None)
    assert checks.get(check_id).settled == {}  # type: ignore[union-attr]
    (listed,) = checks.of("a")
    assert (listed.id, listed.wrong, listed.settled) == (check_id, 2, 0)
    assert checks.of("b") == ()
    checks.delete(check_id)
    assert checks.get(check_id) is None


def test_its_time_is_over(checks: Checks, monkeypatch: pytest.MonkeyPatch) -> None:
    check_id, began = keep(checks), time.time()
    monkeypatch.setattr(time, "time", lambda: began + checks.days * 86400 + 1)
    assert checks.get(check_id) is None
    assert checks.of("a") == ()


def test_the_oldest_of_a_browser_goes_and_no_other(checks: Checks, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "MOST", 2)
    others = keep(checks, "b")
    first, second, third = (keep(checks) for _ in range(3))
    assert [bool(checks.get(one)) for one in (first, second, third, others)] == [False, True, True, True]


def test_there_is_room_for_so_much(checks: Checks, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "MOST_BYTES", 10)
    keep(checks, "a", b"12345678")
    with pytest.raises(UsageError, match="expected room"):
        keep(checks, "b", b"123")
    assert len(checks.of("a")) == 1
