"""The source distribution runs its tests; the wheel, alone, answers."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tarfile
import zipfile
from email import message_from_bytes
from email.message import Message
from pathlib import Path

import pytest
from published import Archives, Installed

import policy_qa
from samples import CORPUS, ROOT

pytestmark = pytest.mark.slow
#: Folders and files that the source distribution holds whole, as the checkout has them.
WHOLE = ("bench", "corpus", "docs", "eval", "src/policy_qa", "tests")
SINGLE = ("CHANGELOG.md", "Dockerfile", "LICENSE", "Makefile", "NOTICE", "README.md", "README.zh-CN.md", "app.py",
          "constraints.txt", "pyproject.toml", "index/.gitkeep")  # fmt: skip
TRACES = re.compile(r"__pycache__|\.py[cod]$|_cache/|\.hypothesis|/gen-|policy_qa\.toml$")
MODEL = sorted((ROOT / "src" / "policy_qa" / "models" / "data").glob("*"))
LIMIT = 100_000_000  # bytes: what PyPI takes of one file unless asked


def sources(folder: str) -> set[str]:
    """The files under a folder of the checkout, without what running leaves there."""
    names = (path.relative_to(ROOT).as_posix() for path in (ROOT / folder).rglob("*") if path.is_file())
    return {name for name in names if not TRACES.search(name) and "egg-info" not in name}


def metadata(wheel: Path) -> Message:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = [n for n in archive.namelist() if n.endswith(".dist-info/METADATA")]
        return message_from_bytes(archive.read(name))


def test_the_source_distribution_is_whole(archives: Archives) -> None:
    with tarfile.open(archives.sdist) as archive:
        held = {member.name.partition("/")[2] for member in archive.getmembers() if member.isfile()}
    wanted = {name for folder in WHOLE for name in sources(folder)} | set(SINGLE)
    assert len(wanted) > 400
    assert wanted - held == set()
    assert {name for name in held if TRACES.search(name)} == set()
    assert not {name for name in held if name.startswith(("index/", "models/", "cache/"))} - {"index/.gitkeep"}


def test_the_wheel_holds_the_package_and_nothing_else(archives: Archives) -> None:
    with zipfile.ZipFile(archives.wheel) as archive:
        held = set(archive.namelist())
    package = {name.removeprefix("src/") for name in sources("src/policy_qa")}
    assert {name for name in held if ".dist-info/" not in name} == package
    assert {"policy_qa/py.typed", "policy_qa/resources/ranker.json", "policy_qa/page/static/page.js"} <= held
    assert {name.rpartition("/")[2] for name in held} >= {"LICENSE", "NOTICE", "METADATA", "entry_points.txt"}
    assert archives.wheel.stat().st_size < LIMIT


def test_the_metadata_says_what_it_is(archives: Archives) -> None:
    said = metadata(archives.wheel)
    assert said["Name"] == "policy-qa"
    assert said["Version"] == policy_qa.__version__
    assert said["License-Expression"] == "MIT"
    assert said["Description-Content-Type"] == "text/markdown"


def test_the_index_page_has_no_link_into_the_repository(archives: Archives) -> None:
    text = metadata(archives.wheel).get_payload()
    assert isinstance(text, str)
    assert "policy-qa ask" in text
    assert [link for link in re.findall(r"\]\(([^)]+)\)|<img", text) if not link.startswith("https://")] == []


def test_the_tests_run_from_the_source_distribution(archives: Archives) -> None:
    run_tests(archives.tree, "--collect-only")
    done = run_tests(archives.tree, "tests/lint", "tests/test_docs.py", "-m", "not slow and not long")
    assert re.search(r"\d{2,} passed", done)


@pytest.mark.long
def test_all_tests_pass_from_the_source_distribution(archives: Archives) -> None:
    run_tests(archives.tree, "--ignore=tests/distribution")


def run_tests(tree: Path, *arguments: str) -> str:
    environment = {**os.environ, "PYTHONPATH": str(tree / "src"), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments]
    done = subprocess.run(command, cwd=tree, env=environment, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


def test_the_installed_package_answers(installed: Installed, home: Path) -> None:
    where = installed.run("python", "-c", "import policy_qa; print(policy_qa.__file__)", home=home)
    assert Path(where.stdout.strip()).parent == installed.package

    asked = installed.run("policy-qa", "ask", "谁可以担任CIO？", "--json", home=home)
    assert asked.returncode == 0, asked.stderr
    answer = json.loads(asked.stdout)
    assert answer["refused"] is False
    assert answer["citations"]
    for citation in answer["citations"]:
        text = (CORPUS / f"{citation['ref'].partition('#')[0]}.txt").read_text("utf-8")
        assert citation["quote"] in text

    module = installed.run("python", "-m", "policy_qa", "show", answer["citations"][0]["ref"], home=home)
    assert module.returncode == 0, module.stderr
    assert answer["citations"][0]["quote"] in module.stdout


@pytest.mark.parametrize("lost", ["resources/ranker.json", *(f"models/data/{path.name}" for path in MODEL)])
def test_a_file_that_the_wheel_lacks_is_noticed(installed: Installed, home: Path, lost: str) -> None:
    file = installed.package / lost
    data = file.read_bytes()
    file.unlink()
    try:
        # The reader is no part of an answer unless it is asked for, but of what `doctor` looks at.
        assert Path(lost).name in installed.run("policy-qa", "doctor", home=home).stdout
        if "reader" not in lost:
            assert installed.run("policy-qa", "ask", "谁可以担任CIO？", home=home).returncode
    finally:
        file.write_bytes(data)
