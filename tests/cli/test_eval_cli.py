"""`policy-qa eval`: figures, thresholds, comparison with an earlier run, sets with corpora of their own."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from policy_qa.cli.main import main
from policy_qa.datamodels import Answer
from policy_qa.evaluation.questions import Finder
from policy_qa.evaluation.rows import read_rows
from policy_qa.evaluation.run import finder
from policy_qa.pipeline import Pipeline
from policy_qa.settings import Settings

LOOKUP = {"id": "a", "category": "lookup", "question": "宜春学院第七条", "refs": ["yichun-cio#7"], "facts": ["3年"]}
REFUSAL = {"id": "b", "category": "off_topic", "question": "今天天气怎么样？", "refused": True}
TERM = {
    "id": "c",
    "category": "fact",
    "question": "宜春学院CIO的任期是几年？",
    "refs": ["yichun-cio#7.2"],
    "facts": ["3年"],
}


class Ran:
    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, built: Settings, tmp_path: Path) -> Any:
    monkeypatch.setenv("POLICY_QA_HOME", str(built.home))
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str | Path) -> Ran:
        capsys.readouterr()
        code = main(["eval", *map(str, arguments)])
        captured = capsys.readouterr()
        return Ran(code, captured.out, captured.err)

    return call


def write(path: Path, *lines: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), "utf-8")
    return path


def test_figures_and_a_threshold(run: Any, tmp_path: Path) -> None:
    path = write(tmp_path / "set.jsonl", LOOKUP, REFUSAL)
    ran = run(path, "--fail-under", "1")
    assert (ran.code, ran.err) == (0, "")
    head, rule, *_ = ran.out.splitlines()
    assert rule == "-" * len(head)
    assert head.split().count("hit@1") == 1
    assert "hit@1                1.000" in ran.out
    assert "refusal              1.000" in ran.out
    write(path, {**LOOKUP, "facts": ["9年"]})
    missed = run(path, "--fail-under", "0.5", "--wrong")
    assert missed.code == 1
    assert missed.err.splitlines() == ["policy-qa: facts: expected at least 0.5, found 0.000"]
    assert "expected yichun-cio#7; cited yichun-cio#7; facts=0.00" in missed.out


def test_json_stands_alone_whatever_is_asked_for(run: Any, tmp_path: Path) -> None:
    path, rows = write(tmp_path / "set.jsonl", LOOKUP, REFUSAL, {**TERM, "facts": ["9年"]}), tmp_path / "rows.jsonl"
    first = run(path, "--rows", rows, "--json")
    assert json.loads(first.out)["overall"]["hit@1"]["value"] == 1.0
    ran = run(path, "--json", "--wrong", "--compare", rows, "--gate", "--fail-under", "0.9")
    found = json.loads(ran.out)
    assert (ran.code, found["bad_quotes"], found["errors"]) == (1, 0, {})
    assert [w["id"] for w in found["wrong"]] == ["c"]
    assert found["comparison"]["hit@1"]["difference"] == 0
    assert found["comparison"]["hit@1"]["p"] == 1
    assert ran.err.startswith("policy-qa: facts: ")


def test_figures_from_rows_are_the_same_and_need_no_index(run: Any, tmp_path: Path, monkeypatch: Any) -> None:
    path, rows = write(tmp_path / "set.jsonl", LOOKUP, REFUSAL, TERM), tmp_path / "rows.jsonl"
    ran = run(path, "--rows", rows)
    monkeypatch.setenv("POLICY_QA_HOME", str(tmp_path / "nowhere"))
    assert run("--from-rows", rows).out == ran.out
    assert run(path, "--from-rows", rows).out == ran.out
    # A question of the set that has no row is scored, as wrong.
    write(path, LOOKUP, REFUSAL, TERM, {**TERM, "id": "d"})
    short = run(path, "--from-rows", rows, "--json")
    found = json.loads(short.out)
    assert (short.code, found["errors"]) == (1, {"d": "no row"})
    assert found["overall"]["recall@3"]["value"] == pytest.approx(2 / 3)
    assert found["overall"]["false_refusal"]["value"] == pytest.approx(1 / 3)


def test_the_gate_fails_where_a_figure_fell(run: Any, tmp_path: Path) -> None:
    path, rows = write(tmp_path / "set.jsonl", LOOKUP, REFUSAL, TERM), tmp_path / "rows.jsonl"
    assert run(path, "--rows", rows).code == 0
    ran = run(path, "--compare", rows, "--gate")
    assert (ran.code, ran.err) == (0, "")
    lines = [json.loads(line) for line in rows.read_text("utf-8").splitlines()]
    # As if the new run had refused what the baseline answers.
    worse = write(tmp_path / "worse.jsonl", *({**line, "refused": True, "cited": []} for line in lines))
    ran = run("--from-rows", worse, "--compare", rows, "--gate")
    assert ran.code == 1
    told = [line.split(":")[1].strip() for line in ran.err.splitlines()]
    assert told == ["citation_precision", "citation_recall", "false_refusal"]
    assert run("--from-rows", rows, "--compare", worse, "--gate").code == 0


def test_gate_without_a_baseline_and_a_baseline_of_another_set(run: Any, tmp_path: Path) -> None:
    path, rows = write(tmp_path / "set.jsonl", LOOKUP), tmp_path / "rows.jsonl"
    ran = run(path, "--gate")
    assert (ran.code, ran.out) == (2, "")
    assert "--gate: expected --compare FILE" in ran.err
    run(path, "--rows", rows)
    write(path, TERM)
    ran = run(path, "--compare", rows)
    assert ran.code == 0
    ran = run(path, "--compare", rows, "--gate")
    assert (ran.code, "expected the same questions" in ran.err) == (2, True)


@pytest.mark.parametrize(
    ("lang", "head", "faults"),
    [
        (
            "zh",
            "：题集有 5 处错误，请改正；没有评分",
            [
                "2: refs（答案条款）：应为若干文字的列表，现为 'yichun-cio#7'",
                "3: refs（答案条款）：yichun-cio#99：没有这一条；应为一处条款，如 yichun-cio#7.2 或《…》第七条第二项",
                "3: also（可引）：nobody#1：没有这一条；应为一处条款，如 yichun-cio#7.2 或《…》第七条第二项",
                "4: refused（应拒答）：应为 true 或 false，现为 'true'",
                "4: refs（答案条款）：应填能回答的条款，或者注明应拒答，现在两者都没有",
            ],
        ),
        (
            "en",
            ": expected a sound question set, found 5 faults; mend them, nothing was scored",
            ["2: refs:", "3: refs: yichun-cio#99:", "3: also: nobody:", "4: refused:", "4: refs:"],
        ),
    ],
)
def test_a_faulty_set_is_not_scored(
    run: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, lang: str, head: str, faults: list[str]
) -> None:
    monkeypatch.setenv("POLICY_QA_LANG", lang)
    path = write(
        tmp_path / "set.jsonl",
        LOOKUP,
        {**TERM, "refs": "yichun-cio#7"},
        {**TERM, "id": "d", "refs": ["yichun-cio#99"], "also": ["nobody#1"]},
        {**REFUSAL, "refused": "true"},
    )
    ran = run(path, "--rows", tmp_path / "rows.jsonl", "--json")
    assert (ran.code, ran.out, (tmp_path / "rows.jsonl").exists()) == (2, "", False)
    first, *told = ran.err.splitlines()
    assert first == f"policy-qa: {path}{head}"
    assert [fault.removeprefix(f"{path}:").split(" expected")[0] for fault in told] == faults


@pytest.mark.parametrize("name", ["none.jsonl", "none.csv", "none.xlsx"])
def test_a_set_that_is_not_there(run: Any, tmp_path: Path, name: str) -> None:
    ran = run(tmp_path / name)
    assert (ran.code, ran.out) == (2, "")
    (line,) = ran.err.splitlines()
    assert "读不到这个题集" in line


def test_rows_that_are_none(run: Any, tmp_path: Path) -> None:
    path = write(tmp_path / "set.jsonl", LOOKUP)
    for option in ("--compare", "--from-rows"):
        ran = run(path, option, path)
        assert (ran.code, ran.out) == (2, "")
        assert f"{path}:1: expected a row written by policy-qa eval --rows" in ran.err


def test_a_question_that_breaks_the_program_is_scored(
    run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    whole = Pipeline.ask

    def ask(self: Pipeline, question: str, history: Any = (), **options: Any) -> Answer:
        if question == TERM["question"]:
            raise ZeroDivisionError("boom")
        return whole(self, question, history, **options)

    monkeypatch.setattr(Pipeline, "ask", ask)
    path, rows = write(tmp_path / "set.jsonl", LOOKUP, TERM), tmp_path / "rows.jsonl"
    ran = run(path, "--json", "--rows", rows)
    found = json.loads(ran.out)
    assert (ran.code, found["errors"]) == (1, {"c": "ZeroDivisionError('boom')"})
    assert found["overall"]["citation_recall"] == {"value": 0.5, "low": 0.0, "high": 1.0, "n": 2}
    assert found["overall"]["false_refusal"]["value"] == 0.5
    assert [r.error for r in read_rows(rows)] == ["", "ZeroDivisionError('boom')"]
    assert "question c" in caplog.text


def test_a_question_that_is_none_is_turned_away_as_it_should_be(run: Any, tmp_path: Path) -> None:
    path = write(tmp_path / "set.jsonl", {**REFUSAL, "question": "？？？"})
    found = json.loads(run(path, "--json").out)
    assert (found["overall"]["refusal"]["value"], found["errors"]) == (1.0, {})


def test_a_set_with_corpora_of_its_own(run: Any, tmp_path: Path) -> None:
    for name, text in (
        ("one/leave", "请假办法\n第一条 婚假为十天。"),
        ("two/travel", "差旅办法\n第一条 住宿费每天350元。"),
    ):
        (tmp_path / name).parent.mkdir()
        (tmp_path / f"{name}.txt").write_text(f"某学校{text}\n第二条 本办法自发布之日起施行。\n", "utf-8")
    path = write(
        tmp_path / "set.jsonl",
        {"id": "a", "question": "婚假有几天？", "refs": ["leave#1"], "subject": "leave", "split": "gate"},
        {"id": "b", "question": "住宿费每天多少元？", "refs": ["travel#1"], "subject": "travel", "split": "gate"},
    )
    home = tmp_path / "home"
    given = (path, "--corpus", tmp_path / "one", "--corpus", tmp_path / "two", "--home", home)
    found = json.loads(run(*given, "--json").out)
    assert found["overall"]["hit@1"]["value"] == 1.0
    assert set(found["subjects"]) == {"leave", "travel"}
    assert "subject " in run(*given).out
    # What is taken out of a folder is gone from the index.
    (tmp_path / "two" / "travel.txt").unlink()
    (tmp_path / "two" / "rest.txt").write_text("某学校休假办法\n第一条 年假为五天。\n", "utf-8")
    assert "travel#1" in run(*given).err or "travel: expected a document" in run(*given).err
    (tmp_path / "two" / "leave.txt").write_text("某学校休假办法\n第一条 年假为五天。\n", "utf-8")
    assert "expected a name that no file of another --corpus has" in run(*given).err


@pytest.fixture(scope="module")
def find(pipeline: Pipeline) -> Finder:
    return finder(pipeline)


@pytest.mark.parametrize(
    ("label", "ref"),
    [
        ("yichun-cio#7", "yichun-cio#7"),
        ("yichun-cio#7.2", "yichun-cio#7.2"),
        ("《宜春学院首席信息官（CIO）制度（讨论稿）》第七条", "yichun-cio#7"),
        ("《宜春学院首席信息官（CIO）制度》第7条第二项", "yichun-cio#7.2"),
        ("宜春学院第七条第（二）项", "yichun-cio#7.2"),
    ],
)
def test_labels_as_people_cite(find: Finder, label: str, ref: str) -> None:
    assert find(label) == ref


@pytest.mark.parametrize(
    "label",
    [
        "yichun-cio#99",
        "nobody#1",
        "yichun-cio#",
        "yichun-cio",
        "第七条",
        "《宜春学院首席信息官（CIO）制度（讨论稿）》第九十九条",
        "《宜春学院首席信息官（CIO）制度（讨论稿）》第七条、第八条",
        "《没有的办法》第七条",
        "任期",
        "？",
    ],
)
def test_labels_that_name_no_provision_or_several(find: Finder, label: str) -> None:
    from policy_qa.errors import PolicyQAError

    with pytest.raises(PolicyQAError):
        find(label)


def test_a_page_of_its_own(run: Any, tmp_path: Path) -> None:
    lunch = {"id": "b", "category": "fact", "question": REFUSAL["question"], "refs": ["yichun-cio#9"]}
    path, rows, page = write(tmp_path / "set.jsonl", TERM, lunch), tmp_path / "rows.jsonl", tmp_path / "page.html"
    run(path, "--rows", rows)
    ran = run(path, "--html", page, "--compare", rows)
    assert ran.code == 0
    html = page.read_text("utf-8")
    for shown in ("set.jsonl", "citation_recall", "两次评测的比较", "该回答却拒答了", REFUSAL["question"]):
        assert shown in html, shown
    assert "《宜春学院首席信息官（CIO）制度（讨论稿）》第九条" in html
    assert not re.search(r'(?:src|href|action)="(?!#|data:)|url\(|@import|<script', html)
    # Without an index there are the refs.
    assert run("--from-rows", rows, "--html", page).code == 0
    assert "yichun-cio#9" in page.read_text("utf-8")
    nowhere = run("--from-rows", rows, "--html", tmp_path / "no" / "page.html")
    assert (nowhere.code, "expected to write a page there" in nowhere.err) == (2, True)


def test_answers_of_another_system(run: Any, tmp_path: Path) -> None:
    path = write(tmp_path / "set.jsonl", LOOKUP, REFUSAL, TERM)
    theirs = write(
        tmp_path / "theirs.jsonl",
        {"id": "a", "answer": "任期3年", "citations": [{"quote": "任期3年，可连聘连任"}]},
        {"id": "b", "answer": "", "refused": True},
        {"id": "c", "answer": "任期五年", "citations": ["yichun-cio#9"]},
    )
    found = json.loads(run(path, "--answers", theirs, "--json").out)["overall"]
    told = {name: found[name]["value"] for name in ("hit@1", "citation_precision", "facts", "refusal", "false_refusal")}
    assert told == {"hit@1": 0.5, "citation_precision": 0.5, "facts": 0.5, "refusal": 1.0, "false_refusal": 0.0}
    both = run(path, "--answers", theirs, "--from-rows", theirs)
    assert (both.code, "--answers: expected without --from-rows" in both.err) == (2, True)
    assert run(path, "--answers", write(theirs, {"id": "a"})).err.startswith(f"policy-qa: {theirs}：答案文件有 1 处")
