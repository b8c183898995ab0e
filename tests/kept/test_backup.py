"""One file with everything in it: whole or not taken, and back as it was while others read and write."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from page.conftest import real_documents, write_index
from policy_qa.cli.main import main
from policy_qa.errors import BuildLocked, UsageError
from policy_qa.index.files import build_lock
from policy_qa.index.layout import read_pointer, write_origin
from policy_qa.index.store import read_generation
from policy_qa.kept.backup import backup, restore
from policy_qa.kept.changes import Action, Changes
from policy_qa.kept.corpus import CorpusFolder
from policy_qa.kept.store import Store
from policy_qa.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A home with an index, a trail and an archived file."""
    settings = Settings(home=tmp_path / "home", corpus=tmp_path / "corpus")
    settings.corpus.mkdir()
    for document in real_documents():
        (settings.corpus / document.source).write_text(document.text, "utf-8")
    write_index(settings.home, real_documents())
    write_origin(settings.index_dir, settings.corpus)
    folder = CorpusFolder(settings)
    folder.put("new.txt", b"as it was")
    folder.put("new.txt", b"as it is")
    Changes(settings.desk_file).settle(folder.digests(), "李老师", Action.ADD)
    (settings.home / "glossary.tsv").write_text("CIO\t首席信息官\n", "utf-8")
    return settings


def state(settings: Settings) -> tuple[object, ...]:
    folder = CorpusFolder(settings)
    generation = read_generation(settings.index_dir)
    trail = [(r.who, r.source, r.old, r.new) for r in Changes(settings.desk_file).all()]
    return folder.digests(), folder.archived(), generation.files, trail, (settings.home / "glossary.tsv").read_text()


def test_everything_comes_back_elsewhere(tmp_path: Path, settings: Settings) -> None:
    before = state(settings)
    made = backup(settings, tmp_path / "b.tar.gz")
    assert (made.policies, made.index, made.archived, made.desk) == (5, True, 1, True)
    other = Settings(home=tmp_path / "other", corpus=tmp_path / "elsewhere")
    assert restore(other, tmp_path / "b.tar.gz") == made
    assert state(other) == before


def test_what_was_done_since_is_undone_and_not_forgotten(tmp_path: Path, settings: Settings) -> None:
    backup(settings, tmp_path / "b.tar.gz")
    before, pointer = state(settings), read_pointer(settings.index_dir)
    folder, changes = CorpusFolder(settings), Changes(settings.desk_file)
    folder.put("new.txt", b"changed since")
    folder.put("newer.txt", b"added since")
    changes.settle(folder.digests(), "王老师", Action.REPLACE)
    restore(settings, tmp_path / "b.tar.gz")
    assert state(settings)[0] == before[0]
    assert state(settings)[2] == before[2]
    assert read_pointer(settings.index_dir).generation > pointer.generation  # a running page sees another index
    trail = [(r.who, r.action, r.source) for r in changes.all()]
    assert trail[-4:] == [
        ("王老师", Action.REPLACE, "new.txt"),
        ("王老师", Action.REPLACE, "newer.txt"),
        ("policy-qa restore", Action.RESTORE, "new.txt"),
        ("policy-qa restore", Action.RESTORE, "newer.txt"),
    ]
    assert {b"changed since", b"added since"} <= {folder.kept(digest) for digest in folder.archived()}


def test_who_reads_and_writes_meanwhile_goes_on(tmp_path: Path, settings: Settings) -> None:
    store = Store(settings.desk_file)
    with store.reading() as connection:
        assert len(connection.execute("SELECT * FROM changes").fetchall()) == 5
        backup(settings, tmp_path / "b.tar.gz")
    restore(settings, tmp_path / "b.tar.gz")
    with store.writing() as connection:
        connection.execute(
            "INSERT INTO changes (at, who, action, source, old, new) VALUES ('', '', 'found', 'x', '', '')"
        )
    assert len(Changes(settings.desk_file).all()) == 6


def repacked(path: Path, change: Callable[[dict[str, bytes]], object]) -> None:
    with tarfile.open(path) as tar:
        files = {m.name: tar.extractfile(m).read() for m in tar}  # type: ignore[union-attr]
    change(files)
    with tarfile.open(path, "w:gz") as tar:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))


def escaping(files: dict[str, bytes]) -> None:
    files["corpus/../../out.txt"] = b"x"


FAULTS: dict[str, Callable[[Path], object]] = {
    "cut": lambda p: p.write_bytes(p.read_bytes()[:-200]),
    "flipped": lambda p: p.write_bytes(p.read_bytes()[:3000] + b"\0\0\0\0" + p.read_bytes()[3004:]),
    "no archive": lambda p: p.write_bytes(b"not a backup"),
    "gzip alone": lambda p: p.write_bytes(gzip.compress(b"not a backup")),
    "empty": lambda p: p.write_bytes(b""),
    "other bytes": lambda p: repacked(p, lambda files: files.update({"corpus/new.txt": b"another"})),
    "one missing": lambda p: repacked(p, lambda files: files.pop("corpus/new.txt")),
    "one more": lambda p: repacked(p, lambda files: files.update({"corpus/more.txt": b"x"})),
    "escaping": lambda p: repacked(p, escaping),
    "no list": lambda p: repacked(p, lambda files: files.update({"MANIFEST.json": b"[]"})),
    "a later format": lambda p: repacked(
        p, lambda files: files.update({"MANIFEST.json": json.dumps({"format": 9, "made": "", "files": {}}).encode()})
    ),
    "gone": lambda p: p.unlink(),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_is_no_whole_backup_changes_nothing(tmp_path: Path, settings: Settings, fault: str) -> None:
    path = tmp_path / "b.tar.gz"
    backup(settings, path)
    before = state(settings)
    FAULTS[fault](path)
    with pytest.raises(UsageError, match=r"^[^\n]*expected a (?:whole )?backup[^\n]*$"):
        restore(settings, path)
    assert state(settings) == before
    assert not list(settings.home.glob(".restore-*"))
    assert not (tmp_path / "out.txt").exists()


def test_not_while_a_build_is_at_work(tmp_path: Path, settings: Settings) -> None:
    with build_lock(settings.index_dir), pytest.raises(BuildLocked):
        backup(settings, tmp_path / "b.tar.gz")
    assert list(tmp_path.glob("*.tar.gz*")) == []


def test_the_commands(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("POLICY_QA_HOME", str(settings.home))
    monkeypatch.setenv("POLICY_QA_CORPUS", str(settings.corpus))
    path = str(tmp_path / "b.tar.gz")
    assert main(["backup", path]) == 0
    assert (tmp_path / "b.tar.gz").stat().st_mode & 0o077 == 0
    assert main(["restore", path]) == 0
    assert capsys.readouterr().out.count("5 policies, 1 replaced files, index, conversations, marks and changes") == 2
    assert main(["backup", path]) == 2
    assert "expected a new file" in capsys.readouterr().err
