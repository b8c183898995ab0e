"""What ships with the package is what was released: each file by its hash, through one door."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from policy_qa import resources
from policy_qa.errors import PackageDamaged


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the data that may be harmed, in the place of the real one."""
    shutil.copytree(resources.FOLDER, tmp_path / "resources", ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(resources, "FOLDER", tmp_path / "resources")
    return tmp_path / "resources"


def test_the_manifest_is_that_of_the_files() -> None:
    """After a change on purpose: python bench/resource_hashes.py."""
    path = resources.FOLDER / resources.MANIFEST
    assert json.loads(path.read_text("utf-8")) == resources.hashes_of(resources.FOLDER)
    assert resources.damaged() == ()


def test_every_file_is_read_as_it_lies_there() -> None:
    for name in resources.hashes_of(resources.FOLDER):
        data = (resources.FOLDER / name).read_bytes()
        assert resources.verified(name) == data
        if not name.endswith(".npz"):
            assert resources.resource(name) == data.decode("utf-8")


@pytest.mark.parametrize("how", ["flip", "cut", "gone"])
def test_a_harmed_file_is_refused_and_the_others_are_not(copy: Path, how: str) -> None:
    path = copy / "ranker.json"
    data = bytearray(path.read_bytes())
    if how == "flip":
        data[-20] ^= 4
    path.write_bytes(data[:-1] if how == "cut" else data)
    if how == "gone":
        path.unlink()
    with pytest.raises(PackageDamaged, match=r"ranker\.json: expected .* found .*; install the package again: .*pip"):
        resources.verified("ranker.json")
    (error,) = resources.damaged()
    assert "ranker.json" in str(error)
    assert "\n" not in str(error)
    assert resources.verified("stopwords.txt")


@pytest.mark.parametrize("text", ["", "{", "[]", "[1]", '{"ranker.json": 1}', "null", "\ufeff{}"])
def test_a_harmed_manifest_is_refused(copy: Path, text: str) -> None:
    (copy / resources.MANIFEST).write_text(text, "utf-8")
    with pytest.raises(PackageDamaged):
        resources.verified("ranker.json")


def test_a_file_that_the_manifest_does_not_know_is_refused(copy: Path) -> None:
    (copy / "planted.txt").write_text("x", "utf-8")
    with pytest.raises(PackageDamaged, match="none in the manifest"):
        resources.verified("planted.txt")


@pytest.mark.parametrize("text", ["", "{}", "null", "[1]"])
def test_doctor_sees_that_the_manifest_is_harmed(copy: Path, text: str) -> None:
    (copy / resources.MANIFEST).write_text(text, "utf-8")
    assert resources.damaged()
