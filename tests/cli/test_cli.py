"""The command line: exit codes, one-line errors, the JSON that others rely on."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

import policy_qa
from policy_qa.cli.main import main
from policy_qa.datamodels import Segmentation
from policy_qa.settings import Settings
from samples import CORPUS, POLICIES, ROOT

ANSWER_KEYS = ["id", "question", "refused", "mode", "answer", "citations", "retrieved", "timings_ms"]
#: What an answer has beside these, some of it only where there is something to say.
FURTHER_KEYS = ("notices", "points", "scope", "sentences", "removed", "comparison", "nearest")


class Ran:
    """What a command printed and how it ended."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    @property
    def records(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Any:
    def call(*arguments: str | Path) -> Ran:
        capsys.readouterr()
        try:
            code = main([str(a) for a in arguments])
        except SystemExit as stop:
            code = int(stop.code or 0)
        captured = capsys.readouterr()
        return Ran(code, captured.out, captured.err)

    return call


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An empty home."""
    monkeypatch.setenv("POLICY_QA_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def indexed(monkeypatch: pytest.MonkeyPatch, built: Settings, tmp_path: Path) -> None:
    """The home with the index, and another working directory."""
    monkeypatch.setenv("POLICY_QA_HOME", str(built.home))
    monkeypatch.chdir(tmp_path)


def assert_refused(ran: Ran, *expected: str) -> None:
    """Exit 2, nothing on standard output, one line that says what and what to do."""
    assert ran.code == 2
    assert ran.out == ""
    (line,) = ran.err.splitlines()
    assert line.startswith("policy-qa: ")
    assert all(part in line for part in expected), line


def test_version_and_help(run: Any) -> None:
    assert run("--version").out.strip() == f"policy-qa {policy_qa.__version__}"
    shown = run("--help")
    assert shown.code == 0
    assert all(name in shown.out for name in ("build", "ask", "search", "segment", "show", "eval", "serve", "doctor"))


@pytest.mark.parametrize("arguments", [[], ["nonsense"], ["ask", "--nonsense"], ["search", "x", "--top", "many"]])
def test_wrong_use(run: Any, arguments: list[str]) -> None:
    ran = run(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err


@pytest.mark.parametrize("command", ["ask", "search"])
def test_neither_question_nor_batch_and_both(
    run: Any, home: Path, command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(" \n"))
    assert_refused(run(command), "expected a question or --batch FILE", "found neither")
    assert_refused(run(command, "x", "--batch", tmp_path / "f"), "found both")


@pytest.mark.parametrize("arguments", [["ask", "任期？"], ["search", "任期？"], ["show", "yichun-cio#7"]])
def test_no_index_yet(run: Any, home: Path, arguments: list[str]) -> None:
    assert_refused(run(*arguments), "policy-qa build")
    assert not home.exists()


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[]",
        '"x"',
        "{}",
        '{"question": 1}',
        '{"question": "x", "history": "y"}',
        '{"question": "x", "history": [1]}',
    ],
)
def test_a_batch_line_that_is_no_question_is_named(run: Any, home: Path, tmp_path: Path, line: str) -> None:
    path = tmp_path / "batch.jsonl"
    path.write_text('{"id": "a", "question": "任期？"}\n' + line, "utf-8")
    assert_refused(run("ask", "--batch", path), "batch.jsonl:2: expected")


def test_a_batch_file_that_cannot_be_read(run: Any, home: Path, tmp_path: Path) -> None:
    assert_refused(run("ask", "--batch", tmp_path / "none.jsonl"), "none.jsonl: expected")
    (tmp_path / "gbk.jsonl").write_bytes("任期".encode("gbk"))
    assert_refused(run("ask", "--batch", tmp_path / "gbk.jsonl"), "gbk.jsonl: expected a UTF-8 file")


def test_a_bad_environment_is_one_line(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POLICY_QA_PORT", "x")
    assert_refused(run("doctor"), "POLICY_QA_PORT: expected a number")


def test_top_and_port_are_checked(run: Any, home: Path) -> None:
    assert_refused(run("search", "任期？", "--top", "0"), "--top: expected 1 or more, found 0")
    assert_refused(run("serve", "--port", "70000"), "--port: expected a number from 0 to 65535, found 70000")


def test_segment_json(run: Any, segmentations: Mapping[str, Segmentation]) -> None:
    ran = run("segment", CORPUS, "--json")
    assert (ran.code, ran.err) == (0, "")
    assert all(list(r) == ["doc_id", "ref", "kind", "label", "heading", "start", "end", "text"] for r in ran.records)
    assert [r["ref"] for r in ran.records] == [p.ref for s in segmentations.values() for p in s.provisions]
    for record in ran.records:
        text = segmentations[record["doc_id"]].document.text
        assert record["text"] == text[record["start"] : record["end"]]
    (seven,) = [r for r in ran.records if r["ref"] == "yichun-cio#7.2"]
    assert (seven["kind"], seven["label"], seven["heading"]) == ("项", "（二）", ["第二章 任职条件与聘任程序"])


def test_segment_json_with_everything_covers_the_text(run: Any, segmentations: Mapping[str, Segmentation]) -> None:
    records = run("segment", CORPUS / "yichun-cio.txt", "--json", "--all").records
    assert {"heading", "leftover"} <= {r["kind"] for r in records}
    text = segmentations["yichun-cio"].document.text
    held = {i for r in records for i in range(r["start"], r["end"])}
    assert not [i for i, char in enumerate(text) if not char.isspace() and i not in held]


def test_segment_for_people(run: Any) -> None:
    ran = run("segment", CORPUS / "yichun-cio.txt")
    assert "《宜春学院首席信息官（CIO）制度（讨论稿）》" in ran.out
    assert "缺少第四条" in ran.out
    assert "\n    yichun-cio#7.2  " in ran.out


def test_segment_of_bad_files(run: Any, tmp_path: Path) -> None:
    (tmp_path / "good.txt").write_text("第一条 甲。\n第二条 乙。\n", "utf-8")
    (tmp_path / "bad.txt").write_bytes(b"\x81\x20\xff")
    ran = run("segment", tmp_path, "--json")
    assert ran.code == 1
    assert [r["ref"] for r in ran.records] == ["good#1", "good#2"]
    assert ran.err.splitlines() == [ran.err.strip()]
    assert ran.err.startswith("policy-qa: bad.txt: expected")
    assert_refused(run("segment", tmp_path / "bad.txt"), "bad.txt: expected")
    assert_refused(run("segment", tmp_path / "none"), "expected a file or folder of policies, found none")


def test_segment_of_an_empty_file_says_so(run: Any, tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_text("\n", "utf-8")
    ran = run("segment", tmp_path / "empty.txt")
    assert ran.code == 0
    assert "没有文字" in ran.out


def test_build_from_no_folder(run: Any, home: Path, tmp_path: Path) -> None:
    assert_refused(run("build", tmp_path / "none"), "expected a folder of policy texts, found none")


@pytest.mark.parametrize(
    "question",
    ["谁可以担任CIO？", "宜春学院第七条第二项", "宜春学院第四条", "What does Article 7 of Yichun University say?"],
)
@pytest.mark.usefixtures("indexed")
def test_ask_json(run: Any, question: str, segmentations: Mapping[str, Segmentation]) -> None:
    ran = run("ask", question, "--json")
    assert ran.code == 0
    (record,) = ran.records
    assert [key for key in record if key not in FURTHER_KEYS] == ANSWER_KEYS
    assert ("comparison" in record) == (question == "谁可以担任CIO？")
    assert (record["question"], record["mode"]) == (question, "extractive")
    assert isinstance(record["refused"], bool)
    assert record["refused"] == (not record["citations"])
    for n, citation in enumerate(record["citations"], start=1):
        assert list(citation) == ["n", "ref", "cite", "quote", "start", "end"]
        text = segmentations[citation["ref"].partition("#")[0]].document.text
        assert (citation["n"], citation["quote"]) == (n, text[citation["start"] : citation["end"]])
    assert len(record["retrieved"]) == 10
    assert all(list(hit) == ["ref", "score"] for hit in record["retrieved"])
    assert list(record["timings_ms"]) == ["encode", "search", "answer", "total"]


@pytest.mark.usefixtures("indexed")
def test_ask_for_people(run: Any) -> None:
    ran = run("ask", "宜春学院第七条第二项")
    assert ran.code == 0
    assert "任期3年，可连聘连任，连任不超过2届。[1]" in ran.out
    assert "[1] 《宜春学院首席信息官（CIO）制度（讨论稿）》第七条第二项  (yichun-cio#7.2)" in ran.out
    assert "尚未正式施行" in ran.out
    refused = run("ask", "宜春学院第四条")
    assert (refused.code, refused.err) == (0, "")
    assert "没有第四条" in refused.out


@pytest.mark.usefixtures("indexed")
def test_a_question_that_is_none(run: Any) -> None:
    assert_refused(run("ask", ""), "expected a question")
    assert_refused(run("ask", "x" * 10_000), "expected at most")
    assert_refused(run("ask", "任期？", "--doc", "nowhere"), "nowhere: expected a document of the index")


@pytest.mark.parametrize("command", ["ask", "search"])
@pytest.mark.usefixtures("indexed")
def test_batch_keeps_order_and_one_bad_line_costs_no_other(run: Any, command: str, tmp_path: Path) -> None:
    lines = [
        {"id": "b", "question": "宜春学院第七条"},
        {"id": "a", "question": "   "},
        {"question": "宜春学院第八条"},
        {"id": 7, "question": "第二项呢？", "history": ["宜春学院第七条"]},
        {"id": "c", "question": "x" * 3000},
    ]
    path = tmp_path / "batch.jsonl"
    path.write_text("\ufeff" + "\n\n".join(json.dumps(line, ensure_ascii=False) for line in lines), "utf-8")
    ran = run(command, "--batch", path)
    assert ran.code == 0
    assert [r["id"] for r in ran.records] == ["b", "a", "5", "7", "c"]
    assert [r["question"] for r in ran.records] == [line["question"] for line in lines]
    assert ran.records[0]["retrieved"][0]["ref"] == "yichun-cio#7"
    assert ran.records[2]["retrieved"][0]["ref"] == "yichun-cio#8"
    if command == "ask":
        assert [[c["ref"] for c in r["citations"]] for r in ran.records] == [
            ["yichun-cio#7"],
            [],
            ["yichun-cio#8"],
            ["yichun-cio#7.2"],
            [],
        ]
        assert all([k for k in r if k not in FURTHER_KEYS] == ANSWER_KEYS for r in ran.records)
    else:
        assert all(list(r) == ["id", "question", "retrieved"] for r in ran.records)


@pytest.mark.usefixtures("indexed")
def test_batch_from_standard_input(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO('{"id": "a", "question": "宜春学院第七条"}\n'))
    assert [r["id"] for r in run("ask", "--batch", "-").records] == ["a"]


@pytest.mark.usefixtures("indexed")
def test_a_question_from_standard_input(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("宜春学院第七条\n"))
    assert [r["question"] for r in run("ask", "--json").records] == ["宜春学院第七条"]


@pytest.mark.usefixtures("indexed")
def test_search_holds_as_many_as_asked_for(run: Any) -> None:
    for top in (1, 3, 30):
        (record,) = run("search", "任职条件有哪些？", "--top", str(top), "--json").records
        assert list(record) == ["id", "question", "retrieved"]
        assert len(record["retrieved"]) == top
    assert len(run("search", "任职条件有哪些？", "--top", "3").out.splitlines()) == 3


@pytest.mark.usefixtures("indexed")
def test_show(run: Any) -> None:
    ran = run("show", "yichun-cio#7.2")
    assert ran.code == 0
    assert ran.out.splitlines()[0] == "《宜春学院首席信息官（CIO）制度（讨论稿）》第七条第二项"
    assert "任期3年" in ran.out
    (record,) = run("show", "yichun-cio#7.2", "--json").records
    assert record["ref"] == "yichun-cio#7.2"
    assert run("show", "yichun-cio").out == (CORPUS / "yichun-cio.txt").read_text("utf-8") + "\n"
    assert_refused(run("show", "yichun-cio#4"), "yichun-cio#4: expected a provision")
    assert_refused(run("show", "nowhere#1"), "nowhere: expected a document of the index", *POLICIES)


@pytest.mark.slow
def test_the_script_prints_chinese_wherever_it_runs(tmp_path: Path) -> None:
    env = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    env["POLICY_QA_HOME"] = str(tmp_path)
    command = [sys.executable, "-m", "policy_qa", "segment", str(CORPUS)]
    result = subprocess.run(command, capture_output=True, env=env, cwd=tmp_path)
    assert result.returncode == 0
    assert "宜春学院" in result.stdout.decode("utf-8")
    asked = subprocess.run([*command[:3], "ask", "任期？"], capture_output=True, env=env, cwd=tmp_path)
    assert asked.returncode == 2
    assert asked.stderr.decode("utf-8").count("\n") == 1


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("se", "segment serve search"),
        ("ask --b", "--batch"),
        ("serve --", "--help --host --port --open"),
        ("nix -", ""),
    ],
)
def test_bash_completes_commands_and_options(run: Any, typed: str, offered: str) -> None:
    bash = shutil.which("bash")
    if not bash:
        pytest.skip("bash is not installed, and only bash reads its completions")
    words = f"COMP_WORDS=(policy-qa {typed}); COMP_CWORD={len(typed.split())}; _policy_qa; echo ${{COMPREPLY[@]}}"
    shell = subprocess.run([bash, "-c", f"{run('completion', 'bash').out}\n{words}"], capture_output=True, text=True)
    assert (shell.stderr, set(shell.stdout.split())) == ("", set(offered.split()))


def test_other_shells_are_told_the_same(run: Any) -> None:
    assert run("completion", "zsh").out.endswith(run("completion", "bash").out)
    fish = run("completion", "fish").out
    assert "complete -c policy-qa -n __fish_use_subcommand -a ask -d 'answer a question" in fish
    assert "'__fish_seen_subcommand_from ask' -l batch -d 'JSON lines" in fish
    assert run("completion", "cmd").code == 2
