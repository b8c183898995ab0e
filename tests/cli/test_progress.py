"""What a log gets of a build's progress: a line a stage."""

from __future__ import annotations

import pytest

from policy_qa.cli.terminal import Progress


def test_a_log_gets_a_line_a_stage(capsys: pytest.CaptureFixture[str]) -> None:
    with Progress() as progress:
        for done in range(0, 301, 3):
            progress("embed", done, 300)
        progress("write", 0, 1)
        progress("write", 1, 1)
    assert capsys.readouterr().err.splitlines() == ["向量 embed: 300", "写入 write: 1"]
