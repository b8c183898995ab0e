"""What the package imports is declared, and what is declared is imported."""

from __future__ import annotations

import ast
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from samples import ROOT

PACKAGE = ROOT / "src" / "policy_qa"
#: Distributions whose modules bear another name.
MODULES = {
    "faiss-cpu": "faiss",
    "llama-index-llms-openai-like": "llama_index.llms.openai_like",
    "llama-index-core": "llama_index.core",
    "opencc-python-reimplemented": "opencc",
    "opencv-python-headless": "cv2",
    "pillow": "PIL",
    "python-docx": "docx",
    "pyyaml": "yaml",
}
#: Extras meant for users of the package; the others serve those who work on it.
EXTRAS = ("tune", "ocr")


@cache
def imported(folder: Path, own: frozenset[str] = frozenset()) -> dict[str, set[str]]:
    """Module from outside, with dots -> the files under the folder that import it, wherever in them."""
    found: dict[str, set[str]] = {}
    for path in folder.rglob("*.py"):
        for name in _imports(ast.parse(path.read_text("utf-8"))):
            top = name.partition(".")[0]
            if top not in {"policy_qa", *own, *sys.stdlib_module_names}:
                found.setdefault(name, set()).add(path.relative_to(folder).as_posix())
    return found


def _imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def declared(*extras: str) -> dict[str, str]:
    """Module -> distribution, of the dependencies and of some extras."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    lines = [*project["dependencies"], *(line for e in extras for line in project["optional-dependencies"][e])]
    names = [canonicalize_name(Requirement(line).name) for line in lines]
    return {MODULES.get(name, name.replace("-", "_")): name for name in names}


def covers(module: str, name: str) -> bool:
    return name == module or name.startswith(f"{module}.")


def undeclared(found: Mapping[str, set[str]], known: Iterable[str]) -> dict[str, set[str]]:
    return {name: files for name, files in found.items() if not any(covers(module, name) for module in known)}


def test_every_import_is_declared() -> None:
    found = imported(PACKAGE)
    assert len(found) > 30
    assert undeclared(found, declared(*EXTRAS)) == {}


def test_every_declared_package_is_imported() -> None:
    found = imported(PACKAGE)
    idle = [package for module, package in declared(*EXTRAS).items() if not any(covers(module, name) for name in found)]
    assert idle == []


def test_every_import_of_the_tests_is_declared() -> None:
    paths = [path for folder in ("bench", "tests") for path in (ROOT / folder).rglob("*.py")]
    helpers = frozenset({path.stem for path in paths} | {path.parent.name for path in paths})
    found = imported(ROOT / "tests", helpers)
    assert {"pytest", "hypothesis"} <= set(found)
    assert undeclared(found, declared(*EXTRAS, "dev")) == {}


@pytest.mark.parametrize("missing", ["docx", "llama_index.llms.openai_like", "numpy"])
def test_an_undeclared_import_would_be_seen(missing: str) -> None:
    found = imported(PACKAGE)
    seen = undeclared(found, [module for module in declared(*EXTRAS) if module != missing])
    assert {name for name in seen if covers(missing, name)}


def test_the_meta_package_is_not_asked_for() -> None:
    assert "llama-index" not in declared(*EXTRAS).values()
