"""Make sure that there is a Chromium for the browser tests: one that is there, Playwright's own, or Debian's.

And a Chinese font, without which no page looks as it should, and PDF files that embed none come out in boxes. Run by
`make test`; does nothing (and needs no network) where both are found.
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
    if done.returncode != 0 or not find():
        _debian("chromium")


def _debian(*packages: str) -> None:
    """Debian's packages, where this process may install any."""
    if shutil.which("apt-get") and os.geteuid() == 0:
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in (["update"], ["install", "-y", "--no-install-recommends", *packages]):
            subprocess.run(["apt-get", "-qq", *command], check=False, env=environment, stdout=subprocess.DEVNULL)


def _has_chinese_font() -> bool:
    """Whether text in Chinese can be shown; where fontconfig isn't at work, the system has its own."""
    if sys.platform != "linux":
        return True
    listed = shutil.which("fc-list")
    return bool(listed and subprocess.run([listed, ":lang=zh"], capture_output=True, check=False).stdout)


def main() -> int:
    if not find():
        print("no Chromium found: getting one for the browser tests", file=sys.stderr)
        _install()
    if not _has_chinese_font():
        print("no Chinese font found: getting one for the browser and PDF tests", file=sys.stderr)
        _debian("fontconfig", "fonts-wqy-zenhei")
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
