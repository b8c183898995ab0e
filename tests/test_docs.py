"""The documents say what is there: commands parse, links lead somewhere, the generated page is not stale."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from policy_qa.cli.main import parser

ROOT = Path(__file__).resolve().parent.parent
READMES = [ROOT / "README.md", ROOT / "README.zh-CN.md"]
PAGES = [*READMES, ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"!?\[[^\]\n]*\]\(([^)\s]+)\)")


def shell_lines(page: Path) -> list[str]:
    return [line for kind, body in FENCE.findall(page.read_text("utf-8")) if kind == "sh" for line in body.splitlines()]


def command_lines(page: Path) -> list[str]:
    """Every `policy-qa …` of the page's shell blocks and of its prose."""
    prose = re.findall(r"`(policy-qa [^`\n]+)`", FENCE.sub("", page.read_text("utf-8")))
    return [line for line in [*shell_lines(page), *prose] if line.startswith("policy-qa ")]


def anchors(page: Path) -> set[str]:
    """The ids that a Markdown viewer gives to the headings."""
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", page.read_text("utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def test_commands_page_is_what_the_parser_says() -> None:
    script = ROOT / "docs" / "make_commands.py"
    done = subprocess.run([sys.executable, script, "--check"], capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_links_and_images_lead_somewhere(page: Path) -> None:
    for target in LINK.findall(FENCE.sub("", page.read_text("utf-8"))):
        if re.match(r"https?://", target):
            continue
        name, _, anchor = target.partition("#")
        file = page.parent / name if name else page
        assert file.exists(), f"{page.name}: {target}"
        if anchor:
            assert anchor in anchors(file), f"{page.name}: {target}"


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_documented_commands_parse(page: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for line in command_lines(page):
        try:
            parser().parse_args(shlex.split(line, comments=True)[1:])
        except SystemExit:
            pytest.fail(f"{page.name}: {line}\n{capsys.readouterr().err}")


def test_both_readmes_show_the_same_commands() -> None:
    english, chinese = ([line.split(" # ")[0].strip() for line in shell_lines(page)] for page in READMES)
    assert english == chinese
    assert len([line for line in english if line.startswith("policy-qa ")]) > 10


def windows_lines(page: Path) -> list[str]:
    blocks = [body for kind, body in FENCE.findall(page.read_text("utf-8")) if kind == "bat"]
    return [line.replace("\\", "/") for body in blocks for line in body.splitlines() if line]


def test_the_steps_for_windows_are_those_of_make() -> None:
    english, chinese = map(windows_lines, READMES)
    assert english == chinese
    run = [line.removeprefix(".venv/Scripts/python ") for line in english]
    makefile = (ROOT / "Makefile").read_text("utf-8")
    assert run[0].endswith("-m venv .venv")
    assert run[1] == '-m pip install -c constraints.txt -e ".[dev]"'
    for line in run[2:]:
        if line.startswith("-m policy_qa "):
            parser().parse_args(shlex.split(line)[2:])
        else:
            assert line in makefile
    assert len(run) == 6


@pytest.mark.parametrize("page", READMES, ids=lambda p: p.name)
def test_make_targets_exist(page: Path) -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    shown = "\n".join([*shell_lines(page), *re.findall(r"`[^`\n]+`", page.read_text("utf-8"))])
    for target in re.findall(r"\bmake ([a-z]+(?:-[a-z]+)*)\b", shown):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), f"{page.name}: make {target}"


@pytest.mark.parametrize("page", READMES, ids=lambda p: p.name)
def test_every_setting_is_in_the_table(page: Path) -> None:
    read = set(re.findall(r'"(POLICY_QA_[A-Z_]+)"', (ROOT / "src" / "policy_qa" / "settings.py").read_text("utf-8")))
    table = set(re.findall(r"^\| `(POLICY_QA_[A-Z_]+)` \|", page.read_text("utf-8"), re.MULTILINE))
    assert read
    assert read <= table


def test_the_count_of_questions_holds() -> None:
    questions = (ROOT / "eval" / "questions.jsonl").read_text("utf-8").splitlines()
    assert f"{len(questions)} questions" in (ROOT / "CHANGELOG.md").read_text("utf-8")
