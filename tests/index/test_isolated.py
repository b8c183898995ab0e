"""One file can cost no more than itself: readers that raise, crash, never end, eat memory or talk nonsense."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from fake_encoder import FakeEncoder

from policy_qa.cli.main import main
from policy_qa.documents.sources import list_sources, read_document
from policy_qa.errors import SourceError
from policy_qa.index.builder import build
from policy_qa.index.isolated import Reader
from policy_qa.index.store import load
from policy_qa.provisions import segment
from policy_qa.settings import Settings

PDF = b"%PDF-1.4\n%%EOF\n"
FAULTS = {
    "raises": ("raise ValueError('min() iterable argument is empty')", "fails on (ValueError: min() iterable argument"),
    "raises no Exception": ("raise SystemExit(3)", "fails on (SystemExit: 3)"),
    "leaves": ("import os; os._exit(0)", "ends its reader"),
    "crashes": ("import ctypes; ctypes.string_at(0)", "ends its reader"),
    "talks": ("import os; os.write(1, b'{}\\n'); print('[]'); raise ValueError", "fails on (ValueError)"),
    "recurses": ("f = lambda: f()\nf()", "fails on (RecursionError: "),
    "two lines": ("raise ValueError('a\\nb\\x1b[31m')", "(ValueError: a b\\u001b[31m)"),
}
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="the limit is the system's")


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Put another library in the place of the one that reads PDFs, in this process and those that it starts."""
    folder = tmp_path / "libraries"
    folder.mkdir()
    monkeypatch.syspath_prepend(str(folder))

    def put(code: str) -> None:
        (folder / "pypdfium2.py").write_text(code, "utf-8")

    return put


@pytest.mark.parametrize("fault", FAULTS)
def test_fault_31_a_reader_that_fails_costs_its_file_only(
    settings: Settings,
    encoder: FakeEncoder,
    light: None,
    library: Callable[[str], None],
    capsys: pytest.CaptureFixture[str],
    fault: str,
) -> None:
    code, found = FAULTS[fault]
    library(code)
    (settings.corpus / "bad.pdf").write_bytes(PDF)
    (settings.corpus / "more.txt").write_text("某某办法\n第一条 甲。\n第二条 乙。\n", "utf-8")
    report = build(settings, encoder=encoder)
    (refused,) = report.refused
    assert refused.source == "bad.pdf"
    assert refused.refused.startswith("bad.pdf: expected a file that can be read, found one that ")
    assert "\n" not in refused.refused
    assert "save it again" in refused.refused
    assert set(load(settings.index_dir).segmentations) == {
        *("helan-cio", "it-leading-group", "jiaozuo-cio", "yichun-cio"),
        "more",
    }
    assert main(["segment", str(settings.corpus)]) == 1
    shown = capsys.readouterr()
    (line,) = shown.err.splitlines()
    assert found in line
    assert "more#2" in shown.out


@pytest.mark.slow
def test_a_reader_that_never_ends_is_ended(library: Callable[[str], None], tmp_path: Path, corpus: Path) -> None:
    library("while True: pass")
    (tmp_path / "slow.pdf").write_bytes(PDF)
    with Reader(seconds=6) as reader:
        with pytest.raises(SourceError, match=r"slow\.pdf: expected .* found 6 s used up"):
            reader.segment(tmp_path / "slow.pdf", root=tmp_path)
        assert reader.segment(corpus / "helan-cio.txt", root=corpus).articles


@pytest.mark.slow
@LINUX
def test_a_reader_whose_maker_is_gone_ends_by_itself(library: Callable[[str], None], tmp_path: Path) -> None:
    import subprocess
    import time

    library("while True: pass")
    (tmp_path / "slow.pdf").write_bytes(PDF)
    code = (
        "import os, sys, threading; from pathlib import Path; from policy_qa.index.isolated import Reader\n"
        f"sys.path.insert(0, {str(tmp_path / 'libraries')!r}); reader = Reader(seconds=2)\n"
        "def die():\n    import time\n    time.sleep(1)\n"
        "    print(reader._worker._process.pid, flush=True)\n    os._exit(9)\n"
        f"threading.Thread(target=die).start(); reader.segment(Path({str(tmp_path)!r}, 'slow.pdf'), root=Path('/'))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert run.returncode == 9, run.stderr
    orphan = Path("/proc", run.stdout.strip(), "stat")
    for _ in range(1000):
        if not orphan.exists() or orphan.read_text().rpartition(")")[2].split()[0] == "Z":
            return
        time.sleep(0.1)
    pytest.fail("the reader is still at work")


@LINUX
def test_a_reader_that_eats_memory_is_refused_it(library: Callable[[str], None], tmp_path: Path, corpus: Path) -> None:
    library("held = []\nwhile True: held.append(bytearray(50_000_000))")
    (tmp_path / "fat.pdf").write_bytes(PDF)
    with Reader(memory=600_000_000) as reader:
        with pytest.raises(SourceError, match=r"fat\.pdf: expected .* more memory than it may have"):
            reader.segment(tmp_path / "fat.pdf", root=tmp_path)
        assert reader.segment(corpus / "helan-cio.txt", root=corpus).articles


def test_what_earlier_files_left_behind_is_not_held_against_the_next(
    library: Callable[[str], None], tmp_path: Path
) -> None:
    """The second file ends a process that has read one before, and none that is new."""
    library("import os, policy_qa\nif hasattr(policy_qa, 'used'): os._exit(1)\npolicy_qa.used = 1\nraise ValueError")
    for name in ("a.pdf", "b.pdf"):
        (tmp_path / name).write_bytes(PDF)
    with Reader() as reader:
        for name in ("a.pdf", "b.pdf"):
            with pytest.raises(SourceError, match="fails on"):
                reader.segment(tmp_path / name, root=tmp_path)


def test_the_provisions_are_those_that_are_read_here(corpus: Path) -> None:
    with Reader() as reader:
        for path in list_sources(corpus):
            document = read_document(path, root=corpus)
            assert reader.segment(path, root=corpus) == segment(document)
            assert reader.read(path, root=corpus) == document


def test_a_refusal_keeps_its_words(tmp_path: Path) -> None:
    (tmp_path / "bad.docx").write_bytes(b"no zip")
    with pytest.raises(SourceError) as here:
        read_document(tmp_path / "bad.docx")
    with Reader() as reader, pytest.raises(SourceError) as there:
        reader.segment(tmp_path / "bad.docx", root=tmp_path)
    assert str(there.value) == str(here.value)
