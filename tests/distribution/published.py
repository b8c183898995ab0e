"""What is published, and what comes of installing it."""

from __future__ import annotations

import os
import subprocess
import sysconfig
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Archives:
    """`tree` is the unpacked source distribution, from which the wheel was made."""

    sdist: Path
    tree: Path
    wheel: Path


@dataclass(frozen=True, kw_only=True)
class Installed:
    """A fresh environment with the wheel in it; `package` is where the package lies there."""

    folder: Path
    package: Path

    def run(self, *command: str, home: Path) -> subprocess.CompletedProcess[str]:
        """Run a script of the environment to its end, away from the checkout, with all state under `home`."""
        with self.start(*command, home=home) as process:
            out, err = process.communicate(timeout=300)
        return subprocess.CompletedProcess(command, process.returncode, out, err)

    def start(self, *command: str, home: Path, **settings: str) -> subprocess.Popen[str]:
        """Start a script of the environment, as `run` does; `settings` are added to its environment."""
        environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH" and not k.startswith("POLICY_QA_")}
        environment |= {"HOME": str(home), "POLICY_QA_HOME": str(home), "PYTHONIOENCODING": "utf-8", **settings}
        script = Path(sysconfig.get_path("scripts", "venv", {"base": str(self.folder)})) / command[0]
        return subprocess.Popen(
            [str(script), *command[1:]],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            cwd=home,
            env=environment,
        )
