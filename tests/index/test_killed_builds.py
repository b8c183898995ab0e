"""Builds killed at random moments, alone and while questions are answered: never a mixed or a missing index."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from fake_encoder import FakeEncoder

from policy_qa.datamodels import Answer
from policy_qa.index.store import LoadedIndex, load
from policy_qa.pipeline import build_index
from policy_qa.serve import open_live
from policy_qa.settings import Settings

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is a POSIX signal"),
]
HELPER = Path(__file__).with_name("killed_build.py")
#: Two texts of which every build makes a new edition, both at once.
NAMES = {"banche": "校园班车每日发车{n}次。", "huiyi": "公共会议室每日开放{n}小时。"}


def write_edition(settings: Settings, n: int) -> None:
    for name, rule in NAMES.items():
        filler = "".join(f"第{i}条 后勤处第{n}年第{i}次检查。\n" for i in range(2, 40))
        path = settings.corpus / f"{name}.txt"
        path.write_text(f"江州学院{name}管理办法\n第一条 {rule.format(n=n)}\n{filler}", "utf-8")


def editions(index: LoadedIndex) -> set[int]:
    """The editions that the two texts of an index are of."""
    texts = [index.segmentations[name].document.text for name in NAMES]
    every = range(1, 1000)
    return {
        next(n for n in every if rule.format(n=n) in text) for text, rule in zip(texts, NAMES.values(), strict=True)
    }


@pytest.mark.parametrize("times", [12, pytest.param(200, marks=pytest.mark.long)])
def test_builds_killed_at_random_moments(settings: Settings, times: int) -> None:
    draw = random.Random(times)  # noqa: S311 - when a build is killed, no secret
    command = [sys.executable, str(HELPER), str(settings.home), str(settings.corpus)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:

        def built(after: float | None) -> str:
            print("0" if after is None else f"after {after}", file=process.stdin, flush=True)
            return process.stdout.readline().split()[-1]

        write_edition(settings, 1)
        assert built(None) == "0"
        whole, killed = 1, 0
        began = time.monotonic()
        for n in range(2, times + 2):
            write_edition(settings, n)
            if n == 2:
                longest = 0.0
                assert built(None) == "0"
                longest = time.monotonic() - began
                whole = 2
                continue
            ended = built(draw.uniform(0, longest))
            assert ended in ("0", "-9")
            killed += ended == "-9"
            index = load(settings.index_dir, FakeEncoder())
            (edition,) = editions(index)  # one of both texts
            assert edition in ({n} if ended == "0" else {whole, n})
            assert len(index.passages) == len(index.vectors)
            whole = edition
        assert built(None) == "0"
        assert editions(load(settings.index_dir, FakeEncoder())) == {times + 1}
        assert killed >= times // 3


@pytest.mark.parametrize("times", [2, pytest.param(50, marks=pytest.mark.long)])
def test_builds_killed_while_questions_are_answered(corpus: Path, tmp_path: Path, times: int) -> None:
    settings = Settings(home=tmp_path / "home", corpus=tmp_path / "corpus")
    shutil.copytree(corpus, settings.corpus)
    write_edition(settings, 1)
    build_index(settings)
    source, over = open_live(settings, suggests=False), threading.Event()
    failed: list[object] = []
    seen: set[int] = set()
    newest = 1

    def ask() -> None:
        while not over.is_set():
            answer = list(source.answers("江州学院校园班车每日发车几次？", (), ("banche",), None))[-1]
            said = {n for n in range(1, newest + 1) if isinstance(answer, Answer) and _says(answer, n)}
            if len(said) == 1:
                seen.update(said)
            else:
                failed.append(answer)

    reader = threading.Thread(target=ask)
    reader.start()
    draw, killed = random.Random(times), 0  # noqa: S311 - when a build is killed, no secret
    env = {**os.environ, "POLICY_QA_HOME": str(settings.home), "POLICY_QA_CORPUS": str(settings.corpus)}
    command = [sys.executable, "-m", "policy_qa", "build"]
    began = time.monotonic()
    try:
        for n in range(2, times + 3):
            newest = n
            write_edition(settings, n)
            build = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            if n == 2:
                assert build.wait() == 0
                longest = time.monotonic() - began
                continue
            time.sleep(draw.uniform(0.1, longest))
            build.send_signal(signal.SIGKILL)
            killed += build.wait() == -9
        assert subprocess.run(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0
    finally:
        over.set()
        reader.join()
    assert failed == []
    assert killed >= times // 3
    assert seen >= {1, 2} or times > 2
    (last,) = list(source.answers("江州学院校园班车每日发车几次？", (), ("banche",), None))
    assert isinstance(last, Answer)
    assert _says(last, times + 2)


def _says(answer: Answer, n: int) -> bool:
    return any(NAMES["banche"].format(n=n) in citation.quote for citation in answer.citations)
