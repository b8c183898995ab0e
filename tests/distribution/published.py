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
        """Run a script of the environment, away from the checkout, with all state under `home`."""
        home.mkdir(parents=True, exist_ok=True)
        environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH" and not k.startswith("POLICY_QA_")}
        environment |= {"HOME": str(home), "POLICY_QA_HOME": str(home), "PYTHONIOENCODING": "utf-8"}
        script = Path(sysconfig.get_path("scripts", "venv", {"base": str(self.folder)})) / command[0]
        return subprocess.run(
            [str(script), *command[1:]], capture_output=True, encoding="utf-8", cwd=home, env=environment, timeout=300
        )
