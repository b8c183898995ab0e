"""Every reader, the citation grammar, the question parser and `/api/check`, on files and texts that nobody meant.

An input may cost 5 s of processor time and 500 MB at most, and no traceback: it is done, or refused in words. What
once did more is kept in `seeds/` and tried in every run; the search for more takes POLICY_QA_FUZZ_SECONDS (60) for
each target: `POLICY_QA_FUZZ_SECONDS=300 python -m pytest -m long tests/fuzz`.
"""

from __future__ import annotations

import hashlib
import itertools
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from fuzz_material import GIVEN
from hypothesis import HealthCheck, Phase, given, seed, settings

from policy_qa.index import store
from policy_qa.index.layout import Maker
from policy_qa.processes import OutOfTime, PastLimit, TaskLimits, Worker, WorkerLost
from samples import CORPUS, cut

SEEDS = Path(__file__).parent / "seeds"
SECONDS = float(os.environ.get("POLICY_QA_FUZZ_SECONDS", "60"))
#: Where a search begins; another number searches elsewhere.
FIRST = int(os.environ.get("POLICY_QA_FUZZ_SEED", "0"))
#: The wall clock is generous, for machines that do something else besides.
LIMITS = TaskLimits(cpu=5, memory=500_000_000, wall=90)


class Tried:
    """Gives inputs to targets in a process with limits, a new one after each that ended it."""

    def __init__(self, index_dir: Path) -> None:
        self._index_dir = str(index_dir)
        self._worker: Worker | None = None

    def wrong(self, target: str, body: bytes) -> str:
        """What is wrong with how a target takes an input; empty where nothing is."""
        if self._worker is None or not self._worker.alive:
            self._worker = Worker("fuzz_targets:Targets", self._index_dir, limits=LIMITS)
        try:
            return str(self._worker.ask({"target": target}, body)[0]["wrong"])
        except (PastLimit, WorkerLost) as error:
            self.end()
            names = {OutOfTime: "more time than it may have", PastLimit: "more time or memory than it may have"}
            return names.get(type(error)) or str(error)

    def end(self) -> None:
        if self._worker:
            self._worker.end()
        self._worker = None


@pytest.fixture(scope="module")
def tried(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tried]:
    home = tmp_path_factory.mktemp("home")
    store.write_generation(
        home / "index",
        segmentations=[cut(path.read_text("utf-8"), path.stem) for path in sorted(CORPUS.glob("*.txt"))],
        passages=[],
        vectors=np.zeros((0, 8), np.float32),
        maker=Maker(package="test", code={}, model="test", fingerprint="test"),
        sources=[],
    )
    sys.path.insert(0, str(Path(__file__).parent))
    made = Tried(home / "index")
    yield made
    made.end()


def _kept() -> list[Path]:
    return sorted(path for path in SEEDS.glob("*/*") if path.is_file())


@pytest.mark.parametrize("path", _kept(), ids=lambda path: f"{path.parent.name}-{path.name}")
def test_what_was_found_stays_mended(tried: Tried, path: Path) -> None:
    assert tried.wrong(path.parent.name, path.read_bytes()) == ""


@pytest.mark.parametrize("target", GIVEN)
def test_each_target_takes_what_is_meant_for_it(tried: Tried, target: str) -> None:
    """A few inputs in every run, so that the search itself stays sound."""
    _search(tried, target, FIRST, 10, time.monotonic() + 2)


@pytest.mark.long
@pytest.mark.parametrize("target", GIVEN)
def test_nothing_that_is_sent_breaks_it(tried: Tried, target: str) -> None:
    end = time.monotonic() + SECONDS
    for number in itertools.count(FIRST):
        if time.monotonic() > end:
            return
        _search(tried, target, number, 200, end)


def _search(tried: Tried, target: str, number: int, examples: int, end: float) -> None:
    """Try inputs of one seed until `end`, by the monotonic clock; the smallest that is wrong is kept."""
    worst: list[bytes] = []

    @seed(number)
    @settings(max_examples=examples, deadline=None, database=None, suppress_health_check=list(HealthCheck),
              phases=(Phase.generate, Phase.shrink))  # fmt: skip
    @given(GIVEN[target])
    def search(body: bytes) -> None:
        if (worst or time.monotonic() < end) and (found := tried.wrong(target, body)):
            worst[:] = [body]
            pytest.fail(found, pytrace=False)

    try:
        search()
    except BaseException:
        for body in worst:
            kept = SEEDS / target / hashlib.sha256(body).hexdigest()[:12]
            kept.parent.mkdir(parents=True, exist_ok=True)
            kept.write_bytes(body)
            print(f"kept: {kept}, of seed {number}")
        raise
