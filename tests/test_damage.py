"""A flipped bit, a cut, a missing file, anywhere in what is loaded: it is found and said, or nothing changes."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import jieba
import pytest

import policy_qa
from policy_qa.settings import Settings

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the cases are forks of one process")
SCRIPT = Path(__file__).with_name("damaged.py")


def cases(built: Settings, folder: Path, seed: int, count: int) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """What is answered while all is sound, and the cases of `damaged.py`."""
    home, site = folder / "home", folder / "site"
    shutil.copytree(built.home, home)
    for package in (policy_qa, jieba):
        source = Path(package.__file__ or "").parent
        shutil.copytree(source, site / source.name, ignore=shutil.ignore_patterns("__pycache__"))
    run = subprocess.run(
        [sys.executable, "-W", "ignore", str(SCRIPT), str(home), str(site), str(seed), str(count)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(site), "OMP_NUM_THREADS": "1"},
    )
    assert run.returncode == 0, run.stderr
    first, *rest = [json.loads(line) for line in run.stdout.splitlines()]
    assert len(rest) == count
    return first["sound"], rest


def check(sound: dict[str, Any], found: list[dict[str, Any]]) -> Counter[str]:
    """Every case is refused in a line or answered as before; what is loaded and harmed is said by `doctor` as well."""
    assert sound["doctor"] == []
    assert sound["answers"]
    count: Counter[str] = Counter()
    for case in found:
        told = {key: case[key] for key in ("group", "file", "how")}
        assert "crashed" not in case, (told, case["crashed"])
        lines = [*case["doctor"], *([case["refused"]] if "refused" in case else [])]
        assert all("\n" not in line and ": expected " in line and "; " in line for line in lines), (told, lines)
        if "refused" in case:
            count["refused"] += 1
        else:
            assert case["answers"] == sound["answers"], told
            assert case["scores"] == sound["scores"], told
            # What no question needs (prompt, style) is left to `doctor`. Only a manifest has a byte to spare: its last.
            assert case["doctor"] or (case["how"] == "cut" and case["file"].endswith("manifest.json")), told
            count["said by doctor" if case["doctor"] else "harmless"] += 1
    return count


@pytest.mark.slow
def test_fault_38_sixty_harms_give_no_wrong_answer(built: Settings, tmp_path: Path) -> None:
    sound, found = cases(built, tmp_path, seed=38, count=60)
    count = check(sound, found)
    assert count["refused"] >= 40


@pytest.mark.slow
@pytest.mark.long
def test_fault_38_four_hundred_harms_give_no_wrong_answer(built: Settings, tmp_path: Path) -> None:
    sound, found = cases(built, tmp_path, seed=400, count=400)
    print(check(sound, found), Counter((case["group"], case["how"]) for case in found))
