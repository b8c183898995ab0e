"""The two archives that are published, made of this tree, and the package installed from one of them."""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
import tarfile
import venv
from pathlib import Path

import pytest
from published import Archives, Installed

from samples import CORPUS, ROOT

#: What lies beside the sources in a checkout that is in use.
STATE = (".git", ".venv", "build", "dist", "*.egg-info", "__pycache__", ".*_cache", ".hypothesis")


def _aside(folder: str, names: list[str]) -> set[str]:
    """What is not copied: state, and what tools leave."""
    state = {"cache", "index", "models"} if Path(folder) == ROOT else set()
    return shutil.ignore_patterns(*STATE)(folder, names) | state


def _done(*command: str | Path, cwd: Path) -> None:
    result = subprocess.run([sys.executable, *map(str, command)], cwd=cwd, capture_output=True, encoding="utf-8")
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.fixture(scope="session")
def archives(tmp_path_factory: pytest.TempPathFactory) -> Archives:
    """Both archives, of a copy of the tree that has been in use; no network."""
    scratch = tmp_path_factory.mktemp("archives")
    source = scratch / "source"
    shutil.copytree(ROOT, source, ignore=_aside)
    for name in ("index/gen-1/words", "models/e5/model.safetensors", "cache/x", "src/policy_qa/__pycache__/x.pyc",
                 "tests/__pycache__/x.pyc", "policy_qa.toml", ".mypy_cache/x"):  # fmt: skip
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_bytes(b"state")
    shutil.copy(ROOT / "index" / ".gitkeep", source / "index")
    make = "import sys; from setuptools import build_meta; build_meta.build_sdist(sys.argv[1])"
    _done("-c", make, scratch, cwd=source)
    (sdist,) = scratch.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        archive.extractall(scratch / "unpacked", filter="data")
    (tree,) = (scratch / "unpacked").iterdir()
    copy = scratch / "built"  # a build leaves files behind; the tree stays as it was unpacked
    shutil.copytree(tree, copy)
    offline = ("--quiet", "--no-index", "--no-build-isolation", "--no-deps")
    _done("-m", "pip", "wheel", *offline, "-w", scratch, copy, cwd=copy)
    (wheel,) = scratch.glob("*.whl")
    return Archives(sdist=sdist, tree=tree, wheel=wheel)


@pytest.fixture(scope="session")
def installed(archives: Archives, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The wheel in an environment of its own; what it depends on is read from this one, so nothing is fetched."""
    folder = tmp_path_factory.mktemp("installed") / "environment"
    venv.create(folder, with_pip=False)
    paths = sysconfig.get_paths("venv", {"base": str(folder), "platbase": str(folder)})
    python = Path(paths["scripts"]) / Path(sys.executable).name
    _done("-m", "pip", "--python", python, "install", "--quiet", "--no-index", "--no-deps", archives.wheel, cwd=folder)
    # A path in a .pth comes after the environment's own, and the .pth files found there are not heeded: the
    # editable install of the package that is being tested stays out of sight.
    lent = Path(paths["purelib"]) / "lent.pth"
    lent.write_text("\n".join({sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}) + "\n", "utf-8")
    return Installed(folder=folder, package=Path(paths["purelib"]) / "policy_qa")


@pytest.fixture(scope="session")
def home(installed: Installed, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose index the installed package built, of the four policies."""
    folder = tmp_path_factory.mktemp("home")
    built = installed.run("policy-qa", "build", str(CORPUS), home=folder)
    assert built.returncode == 0, built.stderr
    assert (folder / "index" / "current").is_file()
    return folder
