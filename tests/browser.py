"""Make sure that there is a Chromium for the browser tests: one that is there, Playwright's own, or Debian's.

Run by `make test`; does nothing (and needs no network) where one is found.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find() -> str:
    """The path of a Chromium: POLICY_QA_CHROMIUM, one on PATH, or Playwright's; empty where there is none."""
    if named := os.environ.get("POLICY_QA_CHROMIUM"):
        return named
    for name in NAMES:
        if path := shutil.which(name):
            return path
    return _playwrights()


def _playwrights() -> str:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if path and Path(path).exists() else ""


def _install() -> None:
    """Playwright's own download first; where that host is out of reach, Debian's package."""
    done = subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], capture_output=True, timeout=600)
    if done.returncode == 0 and find():
        return
    if shutil.which("apt-get") and os.geteuid() == 0:
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "update", "-qq"], check=False, env=environment, stdout=subprocess.DEVNULL)
        subprocess.run(
            ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"],
            check=False,
            env=environment,
            stdout=subprocess.DEVNULL,
        )


def main() -> int:
    if not find():
        print("no Chromium found: getting one for the browser tests", file=sys.stderr)
        _install()
    path = find()
    if not path:
        print(
            "browser tests: expected a Chromium, found none; install the package chromium, or set POLICY_QA_CHROMIUM",
            file=sys.stderr,
        )
        return 1
    print(f"browser: {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
