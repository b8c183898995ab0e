"""Where a tuned model lives: a folder that is complete or not there at all, with a card that says what it is."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from policy_qa.errors import UsageError

CARD = "policy-qa.json"
_NAME = re.compile(r"[0-9A-Za-z\u3400-\u9fff](?:[0-9A-Za-z\u3400-\u9fff._-]{0,62}[0-9A-Za-z\u3400-\u9fff])?")


def folder_of(models_dir: Path, name: str) -> Path:
    """The folder of the model called `name`; UsageError where that is no name for a folder."""
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"--name: expected letters, digits, Chinese characters, and . _ - between them, found {name!r}; "
            "choose another name"
        )
    folder = models_dir / name
    if folder.exists() and not (folder / CARD).is_file():
        raise UsageError(
            f"--name {name}: expected a new name or that of a tuned model, found {folder}, which is neither; "
            "choose another name"
        )
    return folder


def put_in_place(scratch: Path, target: Path, card: Mapping[str, Any]) -> None:
    """Give the finished model in `scratch` its card and its name; an older one of that name goes last."""
    (scratch / CARD).write_text(json.dumps(card, ensure_ascii=False, indent=2) + "\n", "utf-8")
    for path in scratch.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    scratch.chmod(0o755)  # mkdtemp makes it private
    if not target.exists():
        scratch.rename(target)
        return
    old = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    target.rename(old / "old")
    try:
        scratch.rename(target)
    except OSError:
        (old / "old").rename(target)
        raise
    finally:
        shutil.rmtree(old, ignore_errors=True)
