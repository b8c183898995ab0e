"""The model files: named after their hashes, and refused where a bit is wrong."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from policy_qa.errors import ModelError
from policy_qa.models.encoder import E5Small, Reader
from policy_qa.models.files import FOLDER, MANIFEST, ROLES, model_files, verify
from policy_qa.models.trainable import trainable_folder


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FOLDER, tmp_path / "data"))


def test_what_ships_is_whole_and_small() -> None:
    assert verify() == []
    files = model_files()
    assert set(files) == set(ROLES)
    assert {file.path.name for file in files.values()} | {MANIFEST} == {p.name for p in FOLDER.iterdir()}
    assert sum(file.path.stat().st_size for file in files.values()) < 95_000_000


def use(folder: Path) -> None:
    """Load every file."""
    E5Small(folder).query("校长")
    Reader(folder).score("校长", ["副校长"])


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("harm", ["flipped", "cut", "gone"])
def test_a_damaged_file_is_found_and_refused_in_one_line(copied: Path, role: str, harm: str) -> None:
    path = model_files(copied)[role].path
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    if harm == "gone":
        path.unlink()
    else:
        path.write_bytes(content if harm == "flipped" else content[:-1])
    assert verify(copied) == [path]
    with pytest.raises(ModelError, match=r"expected SHA-256 .*, found .*; install the package again: pip") as error:
        use(copied)
    assert path.name in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    "harm", ["", "[]", "{", '{"graph": 1}', '{"graph": {"file": "../../etc/passwd", "sha256": "0"}}']
)
def test_a_damaged_manifest_is_refused(copied: Path, harm: str) -> None:
    (copied / MANIFEST).write_text(harm, "utf-8")
    assert verify(copied) == [copied / MANIFEST]
    with pytest.raises(ModelError, match="expected a file name and a hash for each model file"):
        E5Small(copied).query("校长")


def test_every_bit_of_the_manifest_is_harmless_or_found(copied: Path) -> None:
    manifest = copied / MANIFEST
    whole = manifest.read_bytes()
    known = model_files(copied)
    for at in range(len(whole)):
        manifest.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        try:
            found = model_files(copied)
        except ModelError:
            continue
        assert found == known or any(not f.path.is_file() or f.sha256 != known[r].sha256 for r, f in found.items()), at


def test_damaged_weights_are_not_written_out_for_training(
    copied: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = model_files(copied)["weights"].path
    path.write_bytes(path.read_bytes()[:-1])
    monkeypatch.setattr("policy_qa.models.trainable.model_files", lambda: model_files(copied))
    with pytest.raises(ModelError, match="expected SHA-256"):
        trainable_folder(tmp_path / "models")
    assert list((tmp_path / "models").iterdir()) == []
