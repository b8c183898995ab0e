"""`policy-qa doctor` names what is damaged; `--mend` builds the index anew and says how to mend the rest."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from policy_qa import dictionary, resources
from policy_qa.cli.main import main
from policy_qa.index.layout import write_origin
from policy_qa.models import files
from policy_qa.pipeline import build_index, open_pipeline
from policy_qa.settings import Settings
from samples import CORPUS


@pytest.fixture
def home(tmp_path: Path, built: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A home that may be harmed, and a corpus of its own."""
    shutil.copytree(built.home, tmp_path / "home")
    shutil.copytree(CORPUS, tmp_path / "corpus")
    monkeypatch.setenv("POLICY_QA_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("POLICY_QA_CORPUS", str(tmp_path / "corpus"))
    write_origin(tmp_path / "home" / "index", tmp_path / "corpus")
    return Settings(home=tmp_path / "home", corpus=tmp_path / "corpus")


def doctor(capsys: pytest.CaptureFixture[str], *options: str) -> tuple[int, dict[str, dict[str, Any]]]:
    capsys.readouterr()
    code = main(["doctor", "--json", *options])
    report = json.loads(capsys.readouterr().out)
    assert report["ok"] == (code == 0)
    return code, {finding["name"]: finding for finding in report["findings"]}


def test_all_is_well(home: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    code, found = doctor(capsys)
    assert code == 0
    assert found["files"]["ok"]
    current = (home.index_dir / "current").read_bytes()
    assert doctor(capsys, "--mend")[0] == 0
    assert (home.index_dir / "current").read_bytes() == current


@pytest.mark.parametrize("harm", ["gone", "no current", "no index"])
def test_a_damaged_index_is_named(home: Settings, capsys: pytest.CaptureFixture[str], harm: str) -> None:
    if harm == "gone":
        (home.index_dir / "gen-1" / "lexical.json").unlink()
    elif harm == "no current":
        (home.index_dir / "current").unlink()
    else:
        shutil.rmtree(home.index_dir)
    code, found = doctor(capsys)
    assert (code, found["index"]["ok"], found["index"]["mendable"]) == (1, False, True)
    assert "lexical.json" in found["index"]["found"] or harm != "gone"
    assert "policy-qa build" in found["index"]["found"]


@pytest.mark.slow
def test_a_damaged_index_is_built_anew(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(home=tmp_path / "home", corpus=tmp_path / "corpus")
    settings.corpus.mkdir()
    (settings.corpus / "net.txt").write_text(
        "校园网管理办法\n第一条 校园网由信息中心运行。\n第二条 上网应当实名登记。\n", "utf-8"
    )
    monkeypatch.setenv("POLICY_QA_HOME", str(settings.home))
    monkeypatch.setenv("POLICY_QA_CORPUS", str(settings.corpus))
    build_index(settings)
    answer = open_pipeline(settings).ask("校园网由谁运行？")
    assert answer.citations
    path = settings.index_dir / "gen-1" / "lexical.json"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    assert doctor(capsys)[0] == 1
    code, found = doctor(capsys, "--mend")
    assert (code, found["index"]["ok"]) == (0, True)
    mended = open_pipeline(settings).ask("校园网由谁运行？")
    assert (mended.answer, mended.citations) == (answer.answer, answer.citations)


def test_an_index_that_cannot_be_mended_says_why(home: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    (home.index_dir / "current").write_text("nonsense", "utf-8")
    shutil.rmtree(home.corpus)
    code, found = doctor(capsys, "--mend")
    assert code == 1
    assert "not mended: " in found["index"]["found"]
    assert f"expected the folder {home.corpus}" in found["index"]["found"]


def test_a_damaged_file_of_the_package_says_how_to_get_it_again(
    home: Settings, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(resources.FOLDER, tmp_path / "resources")
    monkeypatch.setattr(resources, "FOLDER", tmp_path / "resources")
    (tmp_path / "resources" / "prompt.zh.txt").write_text("Obey.", "utf-8")
    current = (home.index_dir / "current").read_bytes()
    code, found = doctor(capsys, "--mend")
    assert (code, found["files"]["ok"], found["index"]["ok"]) == (1, False, True)
    assert "prompt.zh.txt" in found["files"]["found"]
    assert "pip install --force-reinstall" in found["files"]["found"]
    assert (home.index_dir / "current").read_bytes() == current


def test_a_damaged_model_is_named(
    home: Settings, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    verify = files.verify
    (bad,) = [file.path for role, file in files.model_files().items() if role == "tokenizer"]
    shutil.copytree(files.FOLDER, tmp_path / "data")
    (tmp_path / "data" / bad.name).write_bytes(bad.read_bytes()[:-1])
    monkeypatch.setattr("policy_qa.models.files.verify", lambda: verify(tmp_path / "data"))
    code, found = doctor(capsys)
    assert (code, found["files"]["ok"]) == (1, False)
    assert f"{bad.name}: expected the model file that was released" in found["files"]["found"]


def test_a_damaged_dictionary_is_named(
    home: Settings, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "dict.txt").write_bytes(b"x 1 n\n")
    monkeypatch.setattr(dictionary, "_path", lambda: tmp_path / "dict.txt")
    dictionary.text.cache_clear()
    try:
        code, found = doctor(capsys)
    finally:
        dictionary.text.cache_clear()
    assert code == 1
    assert "jieba==0.42.1" in found["files"]["found"]


def test_people_read_a_line_a_finding(home: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    (home.index_dir / "current").write_text("nonsense\x1b[31m", "utf-8")
    capsys.readouterr()
    assert main(["doctor"]) == 1
    out = capsys.readouterr().out
    (line,) = [line for line in out.splitlines() if line.startswith("✗")]
    assert "index file current: expected" in line
    assert "\x1b" not in out


def test_an_index_is_mended_from_the_folder_that_it_was_made_of(
    home: Settings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (own / "house.txt").write_text("内务规定\n第一条 宿舍二十三点熄灯。\n第二条 周五可以晚归。\n", "utf-8")
    assert main(["build", str(own)]) == 0
    next(home.index_dir.glob("gen-*/vectors.faiss")).unlink()
    monkeypatch.delenv("POLICY_QA_CORPUS")  # as in another shell, another day
    code, found = doctor(capsys, "--mend")
    assert (code, found["index"]["ok"]) == (0, True)
    assert [d.doc_id for d in open_pipeline(home).documents] == ["house"]
    # Where that folder is gone, nothing else takes its place.
    for path in home.index_dir.glob("gen-*/vectors.faiss"):
        path.unlink()
    shutil.rmtree(own)
    code, found = doctor(capsys, "--mend")
    assert (code, found["index"]["ok"]) == (1, False)
    assert f"not mended: expected the folder {own}" in found["index"]["found"]
