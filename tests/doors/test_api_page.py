"""Every line of docs/api.md that calls a door works as it stands."""

from __future__ import annotations

import shlex
import shutil
import subprocess

import pytest

from samples import ROOT

LINES = [
    line
    for line in (ROOT / "docs" / "api.md").read_text("utf-8").splitlines()
    if line.startswith("curl ") and "$KEY" not in line
]


def test_each_door_has_a_line() -> None:
    for door in ("ask", "search", "provisions", "documents", "check", "eval"):
        assert any(f"/api/{door}" in line for line in LINES)
    for door in ("/v1/chat/completions", "/v1/models", "/mcp", "/metrics"):
        assert any(line.endswith(door) for line in LINES)


@pytest.mark.parametrize("line", LINES)
def test_a_documented_call_is_answered(address: str, line: str) -> None:
    curl = shutil.which("curl")
    assert curl, "this test needs curl; apt-get install curl"
    help_ = subprocess.run([curl, "--help", "all"], capture_output=True, text=True).stdout
    _, *given = shlex.split(line.replace("http://127.0.0.1:7860", address))
    if "--json" not in help_:  # before 7.82
        given = [
            part for g in given for part in (("-H", "content-type: application/json", "-d") if g == "--json" else (g,))
        ]
    done = subprocess.run([curl, "-sS", "--fail", *given], capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    assert done.stdout
    assert "event: error" not in done.stdout
