"""Write wheels.json: every package that an installation may bring, with its files for the systems that are served.

The table is the lock that `test_platforms.py` reads. Make it anew whenever a dependency or a pin changes:

    pip install uv
    python tests/distribution/make_wheels.py

uv resolves the project for all systems at once, within constraints.txt, and asks the package index; nothing is
installed. `--pin` writes what it found into constraints.txt as well.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Any

from platforms import served

ROOT = Path(__file__).resolve().parents[2]
TABLE = Path(__file__).with_name("wheels.json")
CONSTRAINTS = ROOT / "constraints.txt"
EXTRAS = ("bench", "dev", "mutants", "ocr")
HEAD = (
    "# What was tested, on Python 3.11, and what the other systems need besides; pip install -c constraints.txt.\n"
    "# Made by: python tests/distribution/make_wheels.py --pin\n"
)


def resolve() -> list[dict[str, Any]]:
    """The packages of a universal lock (PEP 751): name, version, marker, wheels, sdist."""
    with tempfile.TemporaryDirectory() as scratch:
        lock = Path(scratch) / "pylock.toml"
        command = [
            *("uv", "pip", "compile", "--quiet", "--universal", "--python-version", "3.11"),
            *(part for extra in EXTRAS for part in ("--extra", extra)),
            *("-c", CONSTRAINTS.name, "--format", "pylock.toml", "-o", str(lock), "pyproject.toml"),
        ]
        subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        packages: list[dict[str, Any]] = tomllib.loads(lock.read_text("utf-8"))["packages"]
    return packages


def files(package: dict[str, Any]) -> dict[str, int]:
    """Name -> bytes of the wheels that a served system takes; of the source where there is none at all."""
    systems = [system for system in served() if system.needs(package.get("marker", ""))]
    wheels = {wheel["url"].rsplit("/", 1)[-1]: wheel["size"] for wheel in package.get("wheels", [])}
    kept = {name: size for name, size in wheels.items() if any(system.takes(name) for system in systems)}
    if systems and not wheels:
        kept = {package["sdist"]["url"].rsplit("/", 1)[-1]: package["sdist"]["size"]}
    return dict(sorted(kept.items()))


def main() -> int:
    """Write the table, and the pins where that is wanted."""
    packages = {
        package["name"]: {
            "version": package["version"],
            **({"marker": package["marker"]} if "marker" in package else {}),
            "files": files(package),
        }
        for package in resolve()
        if any(system.needs(package.get("marker", "")) for system in served())
    }
    TABLE.write_text(json.dumps(packages, indent=1) + "\n", "utf-8")
    if "--pin" in sys.argv[1:]:
        pins = "".join(f"{name}=={package['version']}\n" for name, package in packages.items())
        CONSTRAINTS.write_text(HEAD + pins, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
