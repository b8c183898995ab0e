"""The model files in the package: which there are, and whether they are what was shipped."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from policy_qa.errors import ModelError

#: Where the files lie; each is named after the first twelve digits of its SHA-256.
FOLDER = Path(__file__).with_name("data")
MANIFEST = "manifest.json"
#: What the manifest has to name.
ROLES = ("tokenizer", "weights", "graph", "reader_weights", "reader")
_MEND = (
    "install the package again: pip install --force-reinstall --no-deps policy-qa (in a checkout: git checkout -- {})"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelFile:
    """One file, and the SHA-256 (hex) that it was shipped with."""

    path: Path
    sha256: str

    def checked(self) -> Path:
        """The path, once the bytes are those that were shipped.

        Raises:
            ModelError: the file is missing or damaged.
        """
        found = _digest(self.path)
        if found != self.sha256:
            raise _damaged(self.path, f"SHA-256 {self.sha256[:12]}…", f"{found[:12]}…" if found else "no such file")
        return self.path


def model_files(folder: Path = FOLDER) -> dict[str, ModelFile]:
    """Role (see ROLES) -> file, as the manifest has them; nothing is read but the manifest.

    Raises:
        ModelError: the manifest is missing or damaged.
    """
    path = folder / MANIFEST
    try:
        known: Any = json.loads(path.read_text("utf-8"))
        files = {
            role: ModelFile(path=folder / Path(known[role]["file"]).name, sha256=str(known[role]["sha256"]))
            for role in ROLES
        }
        for file in files.values():
            if not file.path.stem.endswith(f"-{file.sha256[:12]}") or len(file.sha256) != 64:
                raise ValueError(f"{file.path.name} is not named after its hash")
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise _damaged(
            path, "a file name and a hash for each model file", str(error) or type(error).__name__
        ) from error
    return files


def verify(folder: Path = FOLDER) -> list[Path]:
    """The model files that are missing or damaged; empty where all is well."""
    try:
        files = model_files(folder)
    except ModelError:
        return [folder / MANIFEST]
    return [file.path for file in files.values() if _digest(file.path) != file.sha256]


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def _damaged(path: Path, expected: str, found: str) -> ModelError:
    return ModelError(f"model file {path}: expected {expected}, found {found}; {_MEND.format(path.parent)}")
