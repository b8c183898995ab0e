"""Where a tuned model lives: a folder that is complete or not there at all, with a card that says what it is."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from policy_qa.errors import ModelError, UsageError
from policy_qa.tuning.figures import Change

CARD = "policy-qa.json"
_NAME = re.compile(r"[0-9A-Za-z\u3400-\u9fff](?:[0-9A-Za-z\u3400-\u9fff._-]{0,62}[0-9A-Za-z\u3400-\u9fff])?")
# A scratch folder older than this many seconds belongs to a run that was killed.
_STALE = 24 * 3600


@dataclass(frozen=True, kw_only=True, slots=True)
class Card:
    """What a tuned model came from and what it brought; lies beside its weights."""

    name: str
    base_model: str
    base_fingerprint: str
    made: str
    package: str
    questions: Mapping[str, int]
    training: Mapping[str, float | int | str]
    figures: Mapping[str, Change]

    def as_json(self) -> dict[str, Any]:
        """As it is written, the difference of each figure beside its interval."""
        figures = {name: asdict(c) | {"difference": c.difference} for name, c in self.figures.items()}
        return asdict(self) | {"figures": figures}


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


@contextmanager
def beside(target: Path) -> Iterator[Path]:
    """A scratch folder beside `target`, gone at the end unless `put_in_place` has moved it.

    Raises:
        ModelError: there is no room, or no permission to write.
    """
    scratch: Path | None = None
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _sweep(target)
        scratch = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
        yield scratch
    except OSError as error:
        raise ModelError(
            f"models folder: expected to write about 250 MB to {target}, found: {error}; "
            "make room there or set POLICY_QA_HOME to another folder"
        ) from error
    finally:
        if scratch is not None:
            shutil.rmtree(scratch, ignore_errors=True)


def put_in_place(scratch: Path, target: Path, card: Card) -> None:
    """Give the finished model in `scratch` its card and its name; an older one of that name goes last."""
    text = json.dumps(card.as_json(), ensure_ascii=False, indent=2) + "\n"
    (scratch / CARD).write_text(text, "utf-8")
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


def _sweep(target: Path) -> None:
    for left in target.parent.glob(f".{target.name}.*"):
        if time.time() - left.stat().st_mtime > _STALE:
            shutil.rmtree(left, ignore_errors=True)
