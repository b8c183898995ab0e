"""The Dockerfile: what it copies is there and is enough, it ends as nobody special, and what it starts starts."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from published import Archives, Installed

from policy_qa.cli.main import parser
from policy_qa.serve import check_reach
from policy_qa.settings import Settings
from samples import ROOT


def instructions() -> list[tuple[str, str]]:
    """(instruction, what it says), continued lines joined, comments left out."""
    lines = [line for line in (ROOT / "Dockerfile").read_text("utf-8").splitlines() if not line.startswith("#")]
    joined = re.sub(r"\\\n\s*", " ", "\n".join(lines))
    return [(name, rest) for name, _, rest in (line.partition(" ") for line in joined.splitlines() if line.strip())]


def said(name: str) -> list[str]:
    return [rest for instruction, rest in instructions() if instruction == name]


def copied() -> list[str]:
    """The sources of every COPY, as paths in the checkout."""
    return [source for rest in said("COPY") for source in rest.split()[:-1]]


def environment() -> dict[str, str]:
    return dict(pair.split("=", 1) for rest in said("ENV") for pair in rest.split())


def test_what_is_copied_is_there_and_not_ignored() -> None:
    assert {"src", "corpus", "constraints.txt", "pyproject.toml"} <= set(copied())
    kept = {line[1:] for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if line.startswith("!")}
    for source in copied():
        assert (ROOT / source).exists(), source
        assert source in kept, f"{source} is left out by .dockerignore"


def test_it_runs_as_a_user_who_may_write_its_state_only() -> None:
    names = [name for name, _ in instructions()]
    (user,) = said("USER")
    assert user not in ("root", "0")
    build = instructions().index(("RUN", "policy-qa build"))
    assert names.index("USER") < build, "the index would belong to root"
    assert not any("pip install" in rest for _, rest in instructions()[names.index("USER") :])
    assert f"install -d -o {user} -g {user} {environment()['POLICY_QA_HOME']}" in " ".join(said("RUN"))


def test_the_versions_are_those_that_were_tested() -> None:
    installs = [rest for rest in said("RUN") if "pip install" in rest]
    assert len(installs) == 2
    assert all("-c constraints.txt" in rest for rest in installs)
    (base,) = said("FROM")
    assert re.fullmatch(r"python:3\.\d+-slim", base)


def test_the_port_and_the_command_fit_together() -> None:
    settings = Settings.from_env(environment())
    assert said("EXPOSE") == [str(settings.port)]
    assert settings.host == "0.0.0.0"  # noqa: S104 - the container's own; README publishes it on 127.0.0.1 alone
    check_reach(settings)
    (health,) = said("HEALTHCHECK")
    assert f"http://127.0.0.1:{settings.port}/healthz" in health
    (script,) = json.loads(said("ENTRYPOINT")[0])
    assert script in tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["scripts"]
    assert parser().parse_args(json.loads(said("CMD")[0])).command == "serve"
    for page in ("README.md", "README.zh-CN.md"):
        assert f"-p 127.0.0.1:{settings.port}:{settings.port}" in (ROOT / page).read_text("utf-8")


@pytest.mark.slow
def test_what_is_copied_is_enough_to_build_the_package(archives: Archives, tmp_path: Path) -> None:
    context = tmp_path / "context"
    for source in copied():
        target = context / source
        target.parent.mkdir(parents=True, exist_ok=True)
        found = archives.tree / source
        if found.is_dir():
            shutil.copytree(found, target)
        else:
            shutil.copy(found, target)
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-index", "--no-build-isolation", "--no-deps"]
    subprocess.run([*pip, "-w", tmp_path, "."], cwd=context, check=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as built, zipfile.ZipFile(archives.wheel) as published:
        assert set(built.namelist()) == set(published.namelist())


@pytest.mark.slow
def test_what_it_starts_is_healthy(installed: Installed, home: Path) -> None:
    command = [*json.loads(said("ENTRYPOINT")[0]), *json.loads(said("CMD")[0])]
    settings = {**environment(), "POLICY_QA_HOME": str(home), "POLICY_QA_HOST": "127.0.0.1", "POLICY_QA_PORT": "0"}
    (health,) = said("HEALTHCHECK")
    check = json.loads(health.partition("CMD ")[2])
    with installed.start(*command, home=home, **settings) as server:
        try:
            assert server.stdout
            port = re.search(r"http://127\.0\.0\.1:(\d+)", server.stdout.readline())
            assert port
            asked = [part.replace("127.0.0.1:7860", f"127.0.0.1:{port[1]}") for part in check]
            assert installed.run(*asked, home=home).returncode == 0
        finally:
            server.terminate()
            server.communicate(timeout=30)
    assert installed.run(*asked, home=home).returncode != 0, "the check passes where nothing listens"
