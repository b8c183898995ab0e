"""docs/reliability.md: its table names a test for each of the 46 faults, and each of these tests is there."""

from __future__ import annotations

import ast
import re
from functools import cache

import pytest

from samples import ROOT

ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in (ROOT / "docs" / "reliability.md").read_text("utf-8").splitlines()
    if re.match(r"\| \d+ \|", line)
]
FAULTS = 46


@cache
def names_in(path: str) -> frozenset[str]:
    """The names of the tests in a module."""
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


def test_every_fault_has_a_line() -> None:
    assert [row[0] for row in ROWS] == [str(n) for n in range(1, FAULTS + 1)]
    assert all(len(row) == 4 and all(row) for row in ROWS)


@pytest.mark.parametrize(("number", "named"), [(row[0], row[3]) for row in ROWS], ids=[row[0] for row in ROWS])
def test_each_test_that_is_named_is_there(number: str, named: str) -> None:
    found = re.findall(r"`([^`]+)::(test_\w+)`", named)
    assert found, f"fault {number} names no test"
    for path, name in found:
        assert name in names_in(path), f"fault {number}: {path} has no {name}"
