"""Builds on the real policies: only what changed is embedded, nothing is lost without a word."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fake_encoder import FakeEncoder

from policy_qa.datamodels import Segmentation
from policy_qa.errors import BuildFailed, BuildLocked, IndexMissing, ModelError, SourceError
from policy_qa.index import builder, files, layout
from policy_qa.index.builder import build
from policy_qa.index.files import build_lock
from policy_qa.index.layout import FileReport
from policy_qa.index.store import LoadedIndex, load
from policy_qa.settings import Settings

pytestmark = pytest.mark.usefixtures("light")
POLICIES = ("helan-cio", "it-leading-group", "jiaozuo-cio", "yichun-cio")


def opened(settings: Settings) -> LoadedIndex:
    return load(settings.index_dir, FakeEncoder())


def is_sound(index: LoadedIndex) -> bool:
    """Whether every passage's vector is that of its text, and its stretch lies in its document."""
    rows = index.vectors.matrix()
    encoder = FakeEncoder()
    return all(
        np.allclose(row, encoder.query(p.embed_text)) for p, row in zip(index.passages, rows, strict=True)
    ) and all(
        0 <= p.start < p.end <= len(index.segmentations[p.ref.partition("#")[0]].document.text) for p in index.passages
    )


def write(settings: Settings, name: str, text: str) -> Path:
    path = settings.corpus / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def report_of(files: tuple[FileReport, ...], source: str) -> FileReport:
    return next(file for file in files if file.source == source)


def test_a_first_build(settings: Settings, encoder: FakeEncoder) -> None:
    report = build(settings, encoder=encoder)
    assert (report.generation, report.changed, report.reused, report.notes) == (
        1,
        True,
        report.passages - report.embedded,
        (),
    )
    assert report.embedded == len(encoder.embedded) == len(set(encoder.embedded)) >= 84
    assert [file.doc_id for file in report.files] == list(POLICIES)
    assert set(report.seconds) == {"scan", "read", "embed", "tokens", "write"}
    yichun = report_of(report.files, "yichun-cio.txt")
    assert (yichun.articles, yichun.gaps, yichun.repeats, yichun.refused) == (22, (4,), (), "")
    assert all(file.coverage > 0.99 for file in report.files)
    index = opened(settings)
    assert is_sound(index)
    assert tuple(index.segmentations) == POLICIES
    for doc_id, segmentation in index.segmentations.items():
        assert segmentation.document.text == (settings.corpus / f"{doc_id}.txt").read_text("utf-8").replace(
            "\r\n", "\n"
        )


def test_an_unchanged_corpus_is_left_alone(settings: Settings, encoder: FakeEncoder) -> None:
    first = build(settings, encoder=encoder)
    before = {p: p.stat().st_mtime_ns for p in settings.index_dir.rglob("*") if p.name != "build.lock"}
    encoder.embedded.clear()
    second = build(settings, encoder=encoder)
    assert (second.changed, second.generation, second.embedded) == (False, 1, 0)
    assert second.files == first.files
    assert second.reused == second.passages == first.passages
    assert encoder.embedded == []
    assert {p: p.stat().st_mtime_ns for p in settings.index_dir.rglob("*") if p.name != "build.lock"} == before


def test_an_unchanged_build_imports_nothing_heavy(settings: Settings, encoder: FakeEncoder) -> None:
    build(settings, encoder=encoder)
    code = f"""
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
sys.path.insert(0, {str(Path(__file__).parent)!r})
from fake_encoder import FakeEncoder
from policy_qa.index.builder import build
from policy_qa.settings import Settings
settings = Settings(home=Path({str(settings.home)!r}), corpus=Path({str(settings.corpus)!r}))
report = build(settings, encoder=FakeEncoder())
print(report.changed, [m for m in ("torch", "faiss", "jieba", "transformers", "gradio") if m in sys.modules])"""
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "False []"


def test_one_changed_article_embeds_its_passages_only(settings: Settings, encoder: FakeEncoder) -> None:
    first = build(settings, encoder=encoder)
    path = settings.corpus / "it-leading-group.txt"
    text = path.read_text("utf-8")
    old, new = "信息化工作领导小组每学期", "信息化工作领导小组每季度"
    changed = text.replace(old, new) if old in text else text.replace("会议", "例会", 1)
    assert changed != text
    path.write_text(changed, encoding="utf-8")
    encoder.embedded.clear()
    second = build(settings, encoder=encoder)
    assert second.changed
    assert 1 <= second.embedded == len(encoder.embedded) <= 6
    assert second.reused == second.passages - second.embedded
    assert second.passages == first.passages
    assert is_sound(opened(settings))


def test_a_file_that_has_not_changed_is_not_read_again(
    settings: Settings, encoder: FakeEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Unless the code, or what helps it to read, has changed, or everything shall be made anew."""
    from policy_qa.index import builder, isolated

    read: list[str] = []
    segment = isolated.Reader.segment

    def noted(self: isolated.Reader, path: Path, **more: Any) -> Segmentation:
        read.append(path.name)
        return segment(self, path, **more)

    monkeypatch.setattr(isolated.Reader, "segment", noted)
    (settings.corpus / "broken.docx").write_bytes(b"x")
    build(settings, encoder=encoder)
    before, every = opened(settings).segmentations, sorted(read)
    assert len(every) == 5
    read.clear()
    (settings.corpus / "new.txt").write_text("某某办法\n第一条 甲。\n第二条 乙。\n", "utf-8")
    build(settings, encoder=encoder)
    assert sorted(read) == ["broken.docx", "new.txt"]
    after = opened(settings).segmentations
    assert {doc_id: after[doc_id] for doc_id in before} == before
    monkeypatch.setattr(builder, "helpers", lambda: {"libreoffice": 7})
    read.clear()
    assert build(settings, encoder=encoder).embedded == 0
    assert sorted(read) == sorted([*every, "new.txt"])
    read.clear()
    build(settings, encoder=encoder, force=True)
    assert len(read) == 6


def test_what_is_no_policy_is_named(settings: Settings, encoder: FakeEncoder) -> None:
    (settings.corpus / "all.zip").write_bytes(b"PK")
    for _ in range(2):
        report = build(settings, encoder=encoder)
        assert report.skipped == ("all.zip: skipped, no format that is read; unpack it",)


def test_a_deleted_file_vanishes_and_is_named(settings: Settings, encoder: FakeEncoder) -> None:
    build(settings, encoder=encoder)
    (settings.corpus / "helan-cio.txt").unlink()
    report = build(settings, encoder=encoder)
    assert (report.removed, report.embedded) == (("helan-cio.txt",), 0)
    index = opened(settings)
    assert "helan-cio" not in index.segmentations
    assert not any(p.ref.startswith("helan-cio#") for p in index.passages)
    assert is_sound(index)


def test_a_new_file_is_added(settings: Settings, encoder: FakeEncoder) -> None:
    build(settings, encoder=encoder)
    write(settings, "sub/食堂.md", "学校食堂管理办法\n第一条 食堂每周公布菜谱。\n第二条 食堂应当保持清洁。\n")
    report = build(settings, encoder=encoder)
    assert report_of(report.files, "sub/食堂.md").articles >= 2
    assert 2 <= report.embedded <= 5
    assert {p.ref for p in opened(settings).passages} >= {"食堂#1", "食堂#2"}


def test_equal_texts_are_embedded_once(settings: Settings, encoder: FakeEncoder) -> None:
    for path in settings.corpus.iterdir():
        path.unlink()
    text = "食堂管理办法\n第一条 食堂每周公布菜谱。\n"
    write(settings, "a.txt", text)
    write(settings, "b.txt", text)
    report = build(settings, encoder=encoder)
    assert len(encoder.embedded) == report.passages // 2
    assert is_sound(opened(settings))


# --- files that are refused -------------------------------------------------------------------


def test_a_file_that_cannot_be_read_is_refused_and_the_others_go_on(settings: Settings, encoder: FakeEncoder) -> None:
    (settings.corpus / "broken.txt").write_bytes(b"\xff\xff\xff\x80\x81" * 50)
    report = build(settings, encoder=encoder)
    (refused,) = report.refused
    assert refused.source == "broken.txt"
    assert "broken.txt: expected" in refused.refused
    assert len(opened(settings).segmentations) == 4
    again = build(settings, encoder=encoder)  # it isn't tried again until it changes
    assert (again.changed, again.refused) == (False, report.refused)


def test_a_file_that_turns_unreadable_leaves_the_index(settings: Settings, encoder: FakeEncoder) -> None:
    build(settings, encoder=encoder)
    path = settings.corpus / "helan-cio.txt"
    sound = path.read_bytes()
    path.write_bytes(b"\xff\xff\xff\x80\x81" * 50)
    report = build(settings, encoder=encoder)
    (refused,) = report.refused
    assert "helan-cio.txt" in refused.refused
    assert "its provisions have left the index" in refused.refused
    assert "helan-cio" not in opened(settings).segmentations
    path.write_bytes(sound)
    assert build(settings, encoder=encoder).refused == ()
    assert "helan-cio" in opened(settings).segmentations


def test_of_two_files_with_one_name_the_second_is_refused(settings: Settings, encoder: FakeEncoder) -> None:
    write(settings, "zz/helan-cio.md", "食堂管理办法\n第一条 食堂每周公布菜谱。\n")
    report = build(settings, encoder=encoder)
    (refused,) = report.refused
    assert refused.source == "zz/helan-cio.md"
    assert "found the same as helan-cio.txt" in refused.refused
    assert "贺兰县" in opened(settings).segmentations["helan-cio"].document.title
    (settings.corpus / "helan-cio.txt").unlink()
    assert build(settings, encoder=encoder).refused == ()
    assert "食堂" in opened(settings).segmentations["helan-cio"].document.title


@pytest.mark.parametrize("corpus", ["absent", "empty", "blank", "unreadable"])
def test_nothing_to_index_is_an_error_and_the_old_index_stays(
    settings: Settings, encoder: FakeEncoder, corpus: str
) -> None:
    build(settings, encoder=encoder)
    shutil.rmtree(settings.corpus)
    if corpus != "absent":
        settings.corpus.mkdir()
    if corpus == "blank":
        write(settings, "blank.txt", " \n\n")
    if corpus == "unreadable":
        (settings.corpus / "x.txt").write_bytes(b"\xff\xff\xff\x80\x81" * 50)
    with pytest.raises(SourceError, match="expected"):
        build(settings, encoder=encoder)
    assert tuple(opened(settings).segmentations) == POLICIES


# --- what makes a rebuild ---------------------------------------------------------------------


def test_another_model_embeds_everything(settings: Settings, encoder: FakeEncoder) -> None:
    first = build(settings, encoder=encoder)
    for other in (FakeEncoder("other", "other-1", dim=48), FakeEncoder("other", "other-2", dim=48)):
        report = build(settings, encoder=other)
        assert (report.changed, report.embedded) == (True, first.embedded)
    assert opened_by(settings, other).manifest.dimension == 48


def opened_by(settings: Settings, encoder: FakeEncoder) -> LoadedIndex:
    return load(settings.index_dir, encoder)


@pytest.mark.parametrize("module", ["policy_qa.provisions", "policy_qa.passages"])
def test_another_version_of_the_code_rebuilds_without_embedding(
    settings: Settings, encoder: FakeEncoder, monkeypatch: pytest.MonkeyPatch, module: str
) -> None:
    build(settings, encoder=encoder)
    monkeypatch.setattr(sys.modules[module], "VERSION", 999)
    report = build(settings, encoder=encoder)
    assert (report.changed, report.embedded) == (True, 0)
    assert not build(settings, encoder=encoder).changed


def test_force_makes_all_vectors_anew(settings: Settings, encoder: FakeEncoder) -> None:
    build(settings, encoder=encoder)
    report = build(settings, encoder=encoder, force=True)
    assert (report.changed, report.embedded, report.generation) == (True, len(set(encoder.embedded)), 2)


@pytest.mark.parametrize("name", ["manifest.json", "vectors.faiss", "current"])
def test_a_damaged_index_is_built_anew_and_it_is_said(settings: Settings, encoder: FakeEncoder, name: str) -> None:
    build(settings, encoder=encoder)
    path = settings.index_dir / name if name == "current" else settings.index_dir / "gen-1" / name
    data = bytearray(path.read_bytes())
    data[20] ^= 4
    path.write_bytes(data)
    report = build(settings, encoder=encoder)
    assert (report.changed, report.embedded) == (True, len(set(encoder.embedded)))
    assert "the old index was not used" in report.notes[0]
    assert is_sound(opened(settings))
    assert not build(settings, encoder=encoder).changed


def test_progress_is_told_by_stage(settings: Settings, encoder: FakeEncoder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(builder, "_BATCH", 50)
    told: list[tuple[str, int, int]] = []
    report = build(settings, encoder=encoder, progress=lambda *step: told.append(step))
    assert list(dict.fromkeys(stage for stage, _, _ in told)) == ["read", "embed", "write"]
    embedded = [(done, total) for stage, done, total in told if stage == "embed"]
    assert embedded[0] == (0, report.embedded)
    assert embedded[-1] == (report.embedded, report.embedded)
    assert embedded == sorted(embedded)
    assert len(embedded) > 3


# --- what goes wrong on the way ---------------------------------------------------------------


def test_an_interrupted_build_goes_on_where_it_was(
    settings: Settings, encoder: FakeEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(builder, "_BATCH", 50)
    calls = []

    def stop() -> None:
        calls.append(1)
        if len(calls) == 4:
            raise KeyboardInterrupt

    encoder.before_passages = stop
    with pytest.raises(KeyboardInterrupt):
        build(settings, encoder=encoder)
    with pytest.raises(IndexMissing):
        opened(settings)
    assert len(encoder.embedded) == 150
    encoder.before_passages = lambda: None
    report = build(settings, encoder=encoder)
    assert len(encoder.embedded) == len(set(encoder.embedded)) == 150 + report.embedded  # none twice
    assert is_sound(opened(settings))
    assert not (settings.index_dir / layout.PARTIAL).exists()


@pytest.mark.parametrize("harm", ["bit", "cut", "no json", "bad json", "other model", "other count"])
def test_a_damaged_batch_is_embedded_again(
    settings: Settings, encoder: FakeEncoder, monkeypatch: pytest.MonkeyPatch, harm: str
) -> None:
    monkeypatch.setattr(builder, "write_generation", lambda *a, **k: (_ for _ in ()).throw(OSError(5, "I/O error")))
    monkeypatch.setattr(builder, "_BATCH", 50)
    with pytest.raises(BuildFailed):
        build(settings, encoder=encoder)
    monkeypatch.undo()
    monkeypatch.setattr("policy_qa.index.lexical.dump", lambda segmentations, passages: {})
    partial = settings.index_dir / layout.PARTIAL
    array, notes = partial / "000001.npy", partial / "000001.json"
    if harm == "bit":
        data = bytearray(array.read_bytes())
        data[-3] ^= 1
        array.write_bytes(data)
    elif harm == "cut":
        array.write_bytes(array.read_bytes()[:200])
    elif harm == "no json":
        notes.unlink()
    elif harm == "bad json":
        notes.write_text("{")
    elif harm == "other model":
        notes.write_text(notes.read_text().replace("fake-1", "fake-2"))
    else:
        notes.write_text(notes.read_text().replace('"texts": [', '"texts": ["0", '))
    report = build(settings, encoder=encoder)
    assert report.embedded == 50  # the first batch; the rest was sound
    assert is_sound(opened(settings))


@pytest.mark.parametrize("nth", [1, 2, 3, 5, 8, 9])
def test_a_full_disk_leaves_the_old_index_whole(
    settings: Settings, encoder: FakeEncoder, monkeypatch: pytest.MonkeyPatch, nth: int
) -> None:
    build(settings, encoder=encoder)
    write(settings, "食堂.txt", "食堂管理办法\n第一条 食堂每周公布菜谱。\n")
    calls = []
    sync = os.fsync

    def full(handle: int) -> None:
        calls.append(handle)
        if len(calls) == nth:
            raise OSError(errno.ENOSPC, "No space left on device")
        sync(handle)

    monkeypatch.setattr(files.os, "fsync", full)
    with pytest.raises(BuildFailed, match=r"No space left.*the index is as it was before"):
        build(settings, encoder=encoder)
    monkeypatch.setattr(files.os, "fsync", sync)
    assert tuple(opened(settings).segmentations) == POLICIES
    assert layout.generations(settings.index_dir) == [1]
    assert list(settings.index_dir.glob(".*")) == []
    assert build(settings, encoder=encoder).changed
    assert "食堂" in opened(settings).segmentations


@pytest.mark.skipif(sys.platform == "win32", reason="RLIMIT_FSIZE is a POSIX limit")
def test_a_file_size_limit_ends_a_build_in_one_line(settings: Settings) -> None:
    code = f"""
import resource, signal, sys
from pathlib import Path
sys.path.insert(0, {str(Path(__file__).parent)!r})
from fake_encoder import FakeEncoder
from policy_qa.errors import PolicyQAError
from policy_qa.index import lexical
from policy_qa.index.builder import build
from policy_qa.settings import Settings
lexical.dump = lambda segmentations, passages: {{}}
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
try:
    build(Settings(home=Path({str(settings.home)!r}), corpus=Path({str(settings.corpus)!r})), encoder=FakeEncoder())
except PolicyQAError as error:
    print(type(error).__name__, error)"""
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.startswith("BuildFailed index ")
    assert "File too large" in result.stdout
    assert layout.generations(settings.index_dir) == []


def test_a_model_that_fails_leaves_the_old_index(settings: Settings, encoder: FakeEncoder) -> None:
    build(settings, encoder=encoder)
    write(settings, "食堂.txt", "食堂管理办法\n第一条 食堂每周公布菜谱。\n")

    def fail() -> None:
        raise ModelError("the model is gone")

    encoder.before_passages = fail
    with pytest.raises(ModelError):
        build(settings, encoder=encoder)
    assert tuple(opened(settings).segmentations) == POLICIES


def test_a_second_build_stops_at_once(settings: Settings, encoder: FakeEncoder) -> None:
    with build_lock(settings.index_dir), pytest.raises(BuildLocked, match="expected no other build"):
        build(settings, encoder=encoder)
    assert encoder.embedded == []
    assert build(settings, encoder=encoder).changed


def test_readers_see_whole_indexes_while_builds_go_on(settings: Settings) -> None:
    build(settings, encoder=FakeEncoder())
    done, seen, failed = threading.Event(), set(), []

    def read() -> None:
        while not done.is_set():
            try:
                index = opened(settings)
                seen.add((index.generation, len(index.passages) == len(index.vectors)))
                done.wait(0.01)
            except Exception as error:  # whatever a reader meets is what the test is about
                failed.append(error)

    reader = threading.Thread(target=read)
    reader.start()
    for i in range(6):
        write(settings, "食堂.txt", f"食堂管理办法\n第一条 食堂每周{i}次公布菜谱。\n")
        build(settings, encoder=FakeEncoder())
    done.set()
    reader.join()
    assert failed == []
    assert len(seen) > 2
    assert all(whole for _, whole in seen)


KILLED = Path(__file__).with_name("killed_build.py")


@pytest.fixture
def builds(settings: Settings) -> Iterator[Callable[[int], str]]:
    """A function that builds until a step, at which the build is killed, and says how that ended."""
    command = [sys.executable, str(KILLED), str(settings.home), str(settings.corpus)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:

        def killed_at(step: int) -> str:
            print(step, file=process.stdin, flush=True)
            return process.stdout.readline().strip()

        yield killed_at


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is a POSIX signal")
@pytest.mark.parametrize("every", [3, pytest.param(1, marks=pytest.mark.long)])
def test_kill_9_at_any_step_leaves_the_old_index_or_the_new(
    settings: Settings, builds: Callable[[int], str], tmp_path: Path, every: int
) -> None:
    assert build(settings, encoder=FakeEncoder()).generation == 1
    text = "".join(f"第{i}条 食堂每周第{i}天公布菜谱。\n" for i in range(1, 90))
    write(settings, "食堂.txt", "食堂管理办法\n" + text)
    pristine = tmp_path / "pristine"
    shutil.copytree(settings.index_dir, pristine)
    steps, ended = map(int, builds(0).split())
    full = len(opened(settings).passages)
    assert (ended, steps > 20) == (0, True)
    kept = 0
    for step in range(1, steps + 1, every):
        shutil.rmtree(settings.index_dir)
        shutil.copytree(pristine, settings.index_dir)
        assert builds(step) == "-9", step
        index = opened(settings)
        assert is_sound(index)
        assert len(index.segmentations) in (4, 5)
        encoder = FakeEncoder()
        report = build(settings, encoder=encoder)
        kept += report.changed and 0 < len(encoder.embedded) < 89
        assert len(opened(settings).passages) == full
        assert is_sound(opened(settings))
        assert len(layout.generations(settings.index_dir)) <= 2
        assert list(settings.index_dir.glob(".*")) == []
        assert not (settings.index_dir / layout.PARTIAL).exists()
    assert kept > 0  # some of them went on where they were


def test_a_file_that_cannot_be_read_takes_no_name(settings: Settings, encoder: FakeEncoder) -> None:
    (settings.corpus / "rule.docx").write_bytes(b"no zip")
    (settings.corpus / "rule.txt").write_text("内务规定\n第一条 宿舍二十三点熄灯。\n第二条 周五可以晚归。\n", "utf-8")
    files = {file.source: file for file in build(settings, encoder=encoder).files}
    assert "zip" in files["rule.docx"].refused.lower() or "docx" in files["rule.docx"].refused
    assert files["rule.txt"].refused == ""
