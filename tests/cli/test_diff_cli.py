"""`policy-qa diff`: files and documents of the index, exit codes, errors in one line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from policy_qa.cli.main import main
from policy_qa.settings import Settings
from samples import CORPUS

OLD = "东湖学院信息化管理办法（讨论稿）\n第一条 为推进信息化建设，制定本办法。\n第二条 任期3年，可以连任。\n"
NEW = "东湖学院信息化管理办法\n第一条 为推进信息化建设，制定本办法。\n第二条 任期5年，可以连任。\n"


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("POLICY_QA_HOME", str(tmp_path / "home"))
    (tmp_path / "old.txt").write_text(OLD, "utf-8")
    (tmp_path / "new.txt").write_text(NEW, "gb18030")
    monkeypatch.chdir(tmp_path)


def test_two_files_that_differ(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", "old.txt", "new.txt"]) == 1
    shown = capsys.readouterr()
    assert "任期[-3年-]{+5年+}" in shown.out
    assert shown.err == ""


def test_two_files_that_say_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "copy.md").write_text(OLD.replace("，", ",").replace("\n", "\n\n"), "utf-8")
    assert main(["diff", "old.txt", "copy.md"]) == 0
    assert "内容相同" in capsys.readouterr().out


def test_json_is_one_object(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", "old.txt", "new.txt", "--json"]) == 1
    (line,) = capsys.readouterr().out.splitlines()
    data: dict[str, Any] = json.loads(line)
    assert data["summary"]["changed"] == 2
    assert {"old", "new", "summary", "changes"} <= data.keys()
    assert [(c["old_ref"], c["new_ref"]) for c in data["changes"] if c["kinds"] == ["unchanged"] and c["old_ref"]] == [
        ("old#1", "new#1")
    ]


def test_a_page_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", "old.txt", "new.txt", "--html", "diff.html"]) == 1
    assert capsys.readouterr().out == ""
    assert "<ins>5年</ins>" in (tmp_path / "diff.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("arguments", "parts"),
    [
        (["nowhere", "new.txt"], ["nowhere: expected a file or a doc_id", "policy-qa build"]),
        (["old.txt", "."], [".: expected a policy file", "found a folder"]),
        (["old.txt", "empty.txt"], ["empty.txt: expected the text of a policy"]),
        (["old.txt", "scan.png"], ["scan.png: expected", "a picture"]),
        (["old.txt", "new.txt", "--html", "no/such/folder.html"], ["--html no/such/folder.html: expected"]),
    ],
)
def test_what_cannot_be_compared(
    arguments: list[str], parts: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty.txt").write_text(" \n\n", "utf-8")
    (tmp_path / "scan.png").write_bytes(b"\x89PNG")
    assert main(["diff", *arguments]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    (line,) = shown.err.splitlines()
    assert all(part in line for part in parts), line


def test_documents_of_the_index(
    built: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("POLICY_QA_HOME", str(built.home))
    assert main(["diff", "yichun-cio", str(CORPUS / "yichun-cio.txt")]) == 0
    capsys.readouterr()
    assert main(["diff", "yichun-cio", "nowhere"]) == 2
    assert "nowhere: expected a file or a document of the index (helan-cio" in capsys.readouterr().err
