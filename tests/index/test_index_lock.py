"""One build at a time; a dead one's lock is nobody's."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from policy_qa.errors import BuildLocked
from policy_qa.index.files import build_lock
from policy_qa.index.layout import LOCK

HOLD = """
import sys, time
from pathlib import Path
from policy_qa.index.files import build_lock
with build_lock(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def holder(tmp_path: Path) -> subprocess.Popen[str]:
    """Another process that holds the lock."""
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.communicate()


def test_a_living_build_is_named_at_once(tmp_path: Path, holder: subprocess.Popen[str]) -> None:
    start = time.monotonic()
    with pytest.raises(BuildLocked, match=rf"found one \(process {holder.pid}\)"), build_lock(tmp_path):
        pass
    assert time.monotonic() - start < 10


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is a POSIX signal")
def test_a_dead_builds_lock_is_taken_over(tmp_path: Path, holder: subprocess.Popen[str]) -> None:
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    assert (tmp_path / LOCK).read_text().strip() == str(holder.pid)
    with build_lock(tmp_path):
        assert (tmp_path / LOCK).read_text().strip() == str(os.getpid())


def test_the_lock_ends_with_the_build(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), build_lock(tmp_path):
        raise RuntimeError
    with build_lock(tmp_path):
        pass


def test_another_index_is_not_locked(tmp_path: Path) -> None:
    with build_lock(tmp_path / "a"), build_lock(tmp_path / "b"):
        pass


def test_the_second_build_of_a_process_is_refused_too(tmp_path: Path) -> None:
    with build_lock(tmp_path), pytest.raises(BuildLocked, match=str(os.getpid())), build_lock(tmp_path):
        pass
