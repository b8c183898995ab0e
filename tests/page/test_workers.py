"""The processes that check drafts, through a real server: limits, a bounded queue, readers and servers that leave."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import time
import urllib.parse
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from policy_qa.page.live import LivePipeline
from policy_qa.page.texts import EN, ZH
from policy_qa.page.workers import WorkLimits
from policy_qa.serve import create_app
from samples import ROOT

from .conftest import FakePipeline, fake_settings, issued_document, real_documents, served, write_index

pytestmark = [pytest.mark.slow, pytest.mark.alone]  # each starts processes that read the index

Y = "《宜春学院首席信息官（CIO）制度（讨论稿）》"
LINE = f"根据{Y}第七条第（二）项，CIO任期为5年。“任期3年，可连聘连任”，该制度第二十六条另有规定。\n"
SMALL = {"text": LINE}
PLAIN = "我校今年安排首席信息官培训12次，每次不少于3天，经费共计45000元，由网络安全与信息化工作办公室承办。\n"
#: A draft of 360 kB that keeps a worker busy for many seconds, with nearly as many citations as one may have.
LARGE = {"text": LINE * 950 + PLAIN * ((360_000 - 950 * len(LINE.encode())) // len(PLAIN.encode()))}


@pytest.fixture
def home(tmp_path: Path, real_index: Path) -> Path:
    """A home with an index of the real policies."""
    return Path(shutil.copytree(real_index, tmp_path / "home"))


@contextlib.contextmanager
def page(home: Path, limits: WorkLimits) -> Iterator[str]:
    pipeline = FakePipeline(real_documents())
    app = create_app(fake_settings(home), LivePipeline(lambda: pipeline, lambda: 1), work_limits=limits)
    with served(app) as address:
        yield address
    assert gone(workers_of(os.getpid())), "workers outlived their server"


def workers_of(parent: int) -> list[psutil.Process]:
    found = []
    for process in psutil.Process(parent).children(recursive=True):
        with contextlib.suppress(psutil.Error):
            if "policy_qa.page.drafts:Drafts" in process.cmdline():
                found.append(process)
    return found


def gone(processes: list[psutil.Process]) -> bool:
    """Whether they end within seconds. Not by waiting for them: their exit status is their parent's to read."""
    return wait_for(lambda: not any(map(alive, processes)), 10)


def alive(process: psutil.Process) -> bool:
    with contextlib.suppress(psutil.NoSuchProcess):
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False


def spent(processes: list[psutil.Process]) -> float:
    """Seconds of processor that these processes have used."""
    total = 0.0
    for process in processes:
        with contextlib.suppress(psutil.Error):
            times = process.cpu_times()
            total += times.user + times.system
    return total


def connect(address: str) -> http.client.HTTPConnection:
    return http.client.HTTPConnection(urllib.parse.urlsplit(address).netloc, timeout=200)


def start(address: str, asked: dict[str, str], path: str = "/api/check") -> http.client.HTTPConnection:
    connection = connect(address)
    connection.request("POST", path, json.dumps(asked).encode(), {"content-type": "application/json"})
    return connection


def check(address: str, asked: dict[str, str], path: str = "/api/check") -> tuple[int, dict[str, object]]:
    connection = start(address, asked, path)
    answer = connection.getresponse()
    body = json.loads(answer.read())
    connection.close()
    return answer.status, body


def wait_for(what: Callable[[], bool], seconds: float = 120) -> bool:
    end = time.monotonic() + seconds
    while not what():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def hold(address: str) -> http.client.HTTPConnection:
    """The connection that waits for a large draft, at which a worker that has read the index is now at work."""
    assert check(address, SMALL)[0] == 200
    before = spent(workers_of(os.getpid()))
    held = start(address, LARGE)
    assert wait_for(lambda: spent(workers_of(os.getpid())) > before + 0.3)
    return held


@pytest.mark.parametrize(
    "limits", [WorkLimits(cpu=2), WorkLimits(wall=1), WorkLimits(memory=20_000_000), WorkLimits(reply=20_000)]
)
def test_a_draft_past_a_limit_is_told_so_and_the_next_is_checked(home: Path, limits: WorkLimits) -> None:
    with page(home, limits) as address:
        assert check(address, LARGE) == (413, {"error": ZH.check.too_long})
        status, body = check(address, SMALL)
        assert (status, body["errors"]) == (200, 2)


def test_a_form_past_a_limit_is_told_so_on_the_page(home: Path) -> None:
    body = urllib.parse.urlencode(LARGE).encode()
    with page(home, WorkLimits(cpu=2)) as address:
        connection = connect(address)
        connection.request("POST", "/check?lang=en", body, {"content-type": "application/x-www-form-urlencoded"})
        answer = connection.getresponse()
        assert (answer.status, EN.check.too_long in answer.read().decode()) == (413, True)
        connection.close()


def test_one_more_than_may_wait_is_told_to_come_back_at_once(home: Path) -> None:
    with page(home, WorkLimits(workers=1, waiting=1, queue=300)) as address:
        held = [hold(address), start(address, LARGE)]
        before = spent(workers_of(os.getpid()))
        assert wait_for(lambda: spent(workers_of(os.getpid())) > before + 0.5)  # meanwhile the second comes to wait
        began = time.monotonic()
        assert check(address, SMALL) == (503, {"error": ZH.check.busy})
        assert time.monotonic() - began < 5
        for connection in held:
            connection.close()
        assert check(address, SMALL)[0] == 200


def test_waiting_has_an_end(home: Path) -> None:
    with page(home, WorkLimits(workers=1, queue=0.3)) as address:
        held = hold(address)
        assert check(address, SMALL) == (503, {"error": ZH.check.busy})
        held.close()


def test_work_ends_when_its_sender_leaves(home: Path) -> None:
    with page(home, WorkLimits(workers=1)) as address:
        held = hold(address)
        working = workers_of(os.getpid())
        held.close()
        assert gone(working)
        assert check(address, SMALL)[0] == 200


def test_a_worker_that_is_killed_costs_one_draft(home: Path) -> None:
    with page(home, WorkLimits(workers=1)) as address:
        held = hold(address)
        for worker in workers_of(os.getpid()):
            worker.terminate()
        answer = held.getresponse()
        assert (answer.status, json.loads(answer.read())) == (503, {"error": ZH.check.worker_lost})
        held.close()
        assert check(address, SMALL)[0] == 200
        idle = workers_of(os.getpid())
        for worker in idle:
            worker.kill()
        assert gone(idle)
        time.sleep(0.3)
        assert check(address, SMALL)[0] == 200


def test_a_worker_reads_the_index_that_a_build_has_made(home: Path) -> None:
    newer = {"text": f"根据{Y.replace('（讨论稿）', '')}第七条第（二）项，CIO任期为5年。"}
    with page(home, WorkLimits(workers=1)) as address:
        assert "任期3年" in str(check(address, newer)[1])
        (worker,) = workers_of(os.getpid())
        write_index(home, [issued_document()])
        assert "任期4年" in str(check(address, newer)[1])
        assert workers_of(os.getpid()) == [worker]


def test_a_form_that_is_opened_starts_a_worker_and_no_more(home: Path) -> None:
    with page(home, WorkLimits()) as address:
        for _ in range(3):
            connection = connect(address)
            connection.request("GET", "/check")
            assert connection.getresponse().status == 200
            connection.close()
        assert wait_for(lambda: len(workers_of(os.getpid())) == 1)
        assert check(address, SMALL)[0] == 200
        assert len(workers_of(os.getpid())) == 1


def test_twenty_large_drafts_leave_the_server_well(home: Path) -> None:
    """Health answers within half a second; seconds after the clients left nothing works any more."""

    def health() -> float:
        began = time.monotonic()
        connection = connect(address)
        connection.request("GET", "/healthz")
        assert connection.getresponse().status == 200
        connection.close()
        return time.monotonic() - began

    def idle() -> bool:
        before = spent(workers_of(os.getpid()))
        time.sleep(0.5)
        return spent(workers_of(os.getpid())) - before < 0.02

    with page(home, WorkLimits()) as address, ThreadPoolExecutor(20) as senders:
        assert check(address, SMALL)[0] == 200
        held = list(senders.map(lambda _: start(address, LARGE), range(20)))
        took = []
        for _ in range(25):
            took.append(health())
            time.sleep(0.1)
        # A machine that is shared lets one of them wait; a server that is not well lets all.
        assert statistics.median(took) <= 0.5, f"health took {max(took):.2f} s, median {statistics.median(took):.3f}"
        busy = 0
        for connection in held:
            connection.sock.settimeout(0.05)
            with contextlib.suppress(TimeoutError):
                busy += connection.getresponse().status == 503
            connection.close()
        assert busy == 20 - WorkLimits().workers - WorkLimits().waiting
        assert wait_for(idle, 10)
        assert check(address, SMALL)[0] == 200


@pytest.mark.parametrize("how", ["SIGINT", "SIGTERM", "SIGKILL"])
def test_workers_end_with_the_server(home: Path, how: str) -> None:
    env = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "POLICY_QA_HOME": str(home), "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, "-m", "policy_qa", "serve", "--port", "0"]
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        assert server.stdout is not None
        address = server.stdout.readline().split()[-1]
        assert check(address, SMALL)[0] == 200
        held = start(address, LARGE)
        working = workers_of(server.pid)
        assert len(working) == 1
        before = spent(working)
        assert wait_for(lambda: spent(working) > before + 0.5)
        server.send_signal(getattr(signal, how))
        server.wait(timeout=20)
        assert gone(working)
        held.close()
