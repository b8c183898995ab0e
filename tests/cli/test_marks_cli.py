"""`policy-qa marks`: what people verified, as JSON lines."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from policy_qa.cli.main import main
from policy_qa.kept.corrections import Correction, Corrections
from policy_qa.kept.marks import Marks, Said


def test_what_people_verified_is_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("POLICY_QA_HOME", str(tmp_path))
    assert (main(["marks"]), main(["marks", "--questions"])) == (1, 1)
    Marks(tmp_path / "desk.sqlite3").add("x#1", "《办法》第一条", "第一条", said=Said.WRONG, who="王老师")
    Corrections(tmp_path / "desk.sqlite3").add(Correction(question="任期几年？", refs=("x#1",)), "a")
    assert (main(["marks"]), main(["marks", "--questions"])) == (0, 0)
    mark, question = map(json.loads, capsys.readouterr().out.splitlines())
    assert (mark["ref"], mark["said"], mark["who"]) == ("x#1", "wrong", "王老师")
    assert (question["question"], question["refs"]) == ("任期几年？", ["x#1"])
