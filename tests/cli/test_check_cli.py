"""`policy-qa check`: findings for people and programs, exit codes, errors in one line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import docx
import pytest

from policy_qa.cli.main import main
from policy_qa.settings import Settings
from samples import ROOT

Y = "《宜春学院首席信息官（CIO）制度（讨论稿）》"
WRONG = f"请示\n根据{Y}第七条第（二）项，CIO任期为5年。\n该制度第二十六条、《教育法》第三十条。\n"
RIGHT = f"根据{Y}第七条第（二）项，CIO任期为3年。\n"


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, built: Settings) -> None:
    monkeypatch.setenv("POLICY_QA_HOME", str(built.home))
    (tmp_path / "wrong.txt").write_text(WRONG, "gb18030")
    (tmp_path / "right.md").write_text(RIGHT, "utf-8")
    monkeypatch.chdir(tmp_path)


def test_a_block_for_each_finding(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "wrong.txt"]) == 1
    shown = capsys.readouterr()
    assert "✗ 第2行  与原文不符  「CIO任期为5年。」" in shown.out
    assert "此处是“5年”，原文是“3年”" in shown.out
    assert "(yichun-cio#7.2)" in shown.out
    assert "✗ 第3行  条款不存在  「该制度第二十六条」" in shown.out
    assert "! 第3行  文件未收录  「《教育法》第三十条」" in shown.out
    assert "错误 2 处，需留意 1 处" in shown.err


def test_nothing_wrong_is_exit_0(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "right.md"]) == 0
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "错误 0 处" in shown.err
    assert main(["check", "right.md", "--all"]) == 0
    assert "✓ 第1行  相符" in capsys.readouterr().out


def test_json_has_a_line_for_each_finding(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "wrong.txt", "--json"]) == 1
    shown = capsys.readouterr()
    assert shown.err == ""
    rows: list[dict[str, Any]] = [json.loads(line) for line in shown.out.splitlines()]
    assert [r["finding"] for r in rows] == ["ok", "differs", "missing", "unknown_document"]
    assert all(r["quote"] == WRONG[r["start"] : r["end"]] for r in rows)
    differs = rows[1]
    assert (differs["severity"], differs["ref"], differs["line"]) == ("error", "yichun-cio#7.2", 2)
    assert differs["differences"] == [{"kind": "duration", "said": "5年", "found": "3年"}]
    assert rows[2]["ref"] is None


def test_a_commented_word_file_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "wrong.txt", "--docx", "out.docx"]) == 1
    assert "out.docx" in capsys.readouterr().err
    assert len(list(docx.Document(str(tmp_path / "out.docx")).comments)) == 3


def test_english_on_request(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("POLICY_QA_LANG", "en")
    assert main(["check", "wrong.txt"]) == 1
    shown = capsys.readouterr()
    assert "line 2  differs from the provision" in shown.out
    assert "2 errors, 1 notes" in shown.err


@pytest.mark.parametrize(
    ("arguments", "parts"),
    [
        (["nowhere.txt"], ["nowhere.txt: expected a draft to check, found none"]),
        (["."], ["expected a draft to check, found a folder"]),
        (["empty.txt"], ["empty.txt: expected the text of a draft"]),
        (["draft.doc"], ["expected a file of Word or WPS (.doc)", "found something else"]),
        (["bomb.docx"], ["bomb.docx"]),
        (["wrong.txt", "--docx", "out.txt"], ["--docx out.txt: expected a name that ends in .docx"]),
        (["same.docx", "--docx", "same.docx"], ["expected another file, found the draft itself"]),
        (["wrong.txt", "--docx", "nowhere/out.docx"], ["a folder that doesn't exist"]),
    ],
)
def test_wrong_use_is_one_line_and_exit_2(
    arguments: list[str], parts: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty.txt").write_text(" \n", "utf-8")
    (tmp_path / "draft.doc").write_bytes(b"x")
    docx.Document().save(str(tmp_path / "same.docx"))
    if "bomb.docx" in arguments:
        with zipfile.ZipFile(tmp_path / "bomb.docx", "w", zipfile.ZIP_DEFLATED) as packed:
            packed.writestr("word/document.xml", b" " * 200_000_000)
    assert main(["check", *arguments]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.count("\n") == 1
    assert all(part in shown.err for part in parts)


def test_without_an_index_it_is_said_what_to_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("POLICY_QA_HOME", str(tmp_path / "empty"))
    assert main(["check", "right.md"]) == 2
    assert "policy-qa build" in capsys.readouterr().err


def test_it_loads_no_model(built: Settings, tmp_path: Path) -> None:
    code = (
        "import sys\nfrom policy_qa.cli.main import main\nassert main(['check', 'right.md']) == 0\n"
        "heavy = ('torch', 'gradio', 'llama_index', 'onnxruntime', 'sentence_transformers')\n"
        "sys.exit(3 if any(m in sys.modules for m in heavy) else 0)"
    )
    env = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "POLICY_QA_HOME": str(built.home)}
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=env, check=False)
    assert done.returncode == 0
