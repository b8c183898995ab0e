"""`policy-qa lint`: what it reads, what it prints, how it ends."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from policy_qa.cli.main import main
from samples import CORPUS

SOUND = "某校管理办法\n第一条 为规范工作，制定本办法。\n第二条 本办法自发布之日起施行。\n"
FAULTY = "某校聘任办法\n第一条 为规范工作，制定本办法。\n第三条 制度是是好的。\n"
KEYS = ["check", "severity", "doc_id", "ref", "start", "end", "quote", "message", "todo", "source"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of policies, which is the settings' corpus too."""
    folder = tmp_path / "policies"
    folder.mkdir()
    monkeypatch.setenv("POLICY_QA_CORPUS", str(folder))
    monkeypatch.setenv("POLICY_QA_HOME", str(tmp_path / "home"))
    return folder


def run(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, str, str]:
    capsys.readouterr()
    code = main(["lint", *map(str, arguments)])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def records(out: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.splitlines()]


def test_nothing_found(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "sound.txt").write_text(SOUND, "utf-8")
    code, out, _ = run(capsys)
    assert code == 0
    assert out == "sound.txt  没有发现问题\n"
    assert run(capsys, "--json")[:2] == (0, "")


def test_something_found(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "faulty.txt").write_text(FAULTY, "utf-8")
    (folder / "sound.txt").write_text(SOUND, "utf-8")
    code, out, err = run(capsys, folder)
    assert code == 1
    assert out.splitlines() == [
        "faulty.txt  发现 2 处",
        "  ✗ 错误  faulty#3  「第三条」",
        "      缺少“第二条”：其后直接是“第三条”",
        "      → 补上“第二条”，或将其后各项重新编号并核对引用",
        "  ! 疑似  faulty#3  「是是」",
        "      “是”重复",
        "      → 删去一个“是”",
        "sound.txt  没有发现问题",
    ]
    assert "2 个文件" in err


def test_json(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    below = folder / "sub"
    below.mkdir()
    (below / "faulty.txt").write_text(FAULTY, "utf-8")
    code, out, err = run(capsys, "--json")
    found = records(out)
    assert (code, err) == (1, "")
    assert all(list(record) == KEYS for record in found)
    assert [(r["check"], r["severity"], r["ref"], r["source"]) for r in found] == [
        ("missing-number", "error", "faulty#3", "sub/faulty.txt"),
        ("doubled-word", "warning", "faulty#3", "sub/faulty.txt"),
    ]
    assert all(FAULTY[r["start"] : r["end"]] == r["quote"] for r in found)


def test_english(folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "faulty.txt").write_text(FAULTY, "utf-8")
    monkeypatch.setenv("POLICY_QA_LANG", "en")
    _, out, err = run(capsys)
    assert "faulty.txt  2 found" in out
    assert "→ delete one 是" in out
    assert "1 files, 2 findings" in err
    assert "is missing" in records(run(capsys, "--json")[1])[0]["message"]


def test_a_file_that_cannot_be_read_is_a_finding_and_stops_no_other(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "broken.docx").write_bytes(b"no zip at all")
    (folder / "old.doc").write_bytes(b"\xd0\xcf\x11\xe0")
    (folder / "sound.txt").write_text(SOUND, "utf-8")
    code, out, _ = run(capsys, "--json")
    assert code == 1
    assert [(r["check"], r["severity"], r["source"], r["quote"]) for r in records(out)] == [
        ("unreadable", "error", "broken.docx", ""),
        ("unreadable", "error", "old.doc", ""),
    ]
    assert "save it as .docx" in records(out)[1]["todo"]
    assert "sound.txt  没有发现问题" in run(capsys)[1]


def test_no_file_that_can_be_read(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "old.doc").write_bytes(b"\xd0\xcf\x11\xe0")
    code, out, _ = run(capsys, "--json")
    assert code == 2
    assert records(out)[0]["check"] == "unreadable"


@pytest.mark.parametrize("there", [True, False])
def test_no_policy_at_all(folder: Path, capsys: pytest.CaptureFixture[str], there: bool) -> None:
    code, out, err = run(capsys, folder if there else folder / "nowhere")
    assert (code, out) == (2, "")
    (line,) = err.splitlines()
    assert line.startswith("policy-qa: ")
    assert "expected" in line
    assert "found" in line


def test_one_file_is_checked_against_the_rest_of_the_corpus(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "sound.txt").write_text(SOUND, "utf-8")
    draft = folder.parent / "draft.txt"
    draft.write_text("某校细则\n第一条 依照《某校管理办法》第九条，制定本细则。\n第二条 校长负责。\n", "utf-8")
    code, out, _ = run(capsys, draft, "--json")
    assert code == 1
    assert [(r["check"], r["ref"], r["quote"]) for r in records(out)] == [("dangling-reference", "draft#1", "第九条")]


def test_the_four_policies(capsys: pytest.CaptureFixture[str]) -> None:
    """What a reader finds in them by eye, and little else."""
    _, out, _ = run(capsys, CORPUS, "--json")
    found = {(r["check"], r["ref"], r["quote"]) for r in records(out)}
    assert {
        ("missing-number", "yichun-cio#5", "第五条"),
        ("doubled-word", "yichun-cio#16", "是是"),
        ("undefined-name", "yichun-cio#15", "领导小组"),
        ("two-names", "yichun-cio#14", "学校网络安全和信息化委员会"),
        ("two-names", "yichun-cio#10.1", "学校信息化委员会"),
        ("leftover", "yichun-cio", "[bookmark: _GoBack]"),
        ("two-names", "jiaozuo-cio#1", "首席信息官"),
        ("missing-attachment", "jiaozuo-cio#closing", "2.焦作市首席教育信息官汇总表"),
        ("instrument-name", "helan-cio#preamble", "贺兰县中小学校首席信息官工作实施方案"),
    } <= found
    assert any(c == "broken-line" and "特殊情况下经\n\n学校班子研究授权" in q for c, _, q in found)
    assert len(found) <= 20
