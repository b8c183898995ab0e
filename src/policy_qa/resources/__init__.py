"""Data that ships with the package: word lists, the glossary, fitted weights, and a manifest of their hashes.

Nothing else in the package opens these files. `python bench/resource_hashes.py` writes the manifest after one of them
was changed on purpose.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path

from policy_qa.errors import PackageDamaged

FOLDER = Path(__file__).parent
MANIFEST = "manifest.json"
#: What brings back a file that came with the package.
REINSTALL = (
    "install the package again: python -m pip install --force-reinstall --no-deps policy-qa "
    "(in a checkout: git checkout -- src/policy_qa)"
)


@cache
def resource(name: str) -> str:
    """The text of a file, read and verified once.

    Raises PackageDamaged where it is missing, or its bytes are not those of the manifest.
    """
    return verified(name).decode("utf-8")


def verified(name: str) -> bytes:
    """The bytes of a file as it lies there now. Raises as `resource`."""
    expected = _hashes().get(name, "")
    data = _read(name)
    if (found := hashlib.sha256(data).hexdigest()) != expected:
        raise PackageDamaged(
            f"{FOLDER / name}: expected SHA-256 {expected or '(none in the manifest)'}, found {found}; {REINSTALL}"
        )
    return data


def damaged() -> tuple[PackageDamaged, ...]:
    """What is wrong with each file that is not the one that was shipped; of a damaged manifest, that alone."""
    try:
        names = sorted({*_hashes(), *hashes_of(FOLDER)})
    except PackageDamaged as error:
        return (error,)
    found = []
    for name in names:
        try:
            verified(name)
        except PackageDamaged as error:
            found.append(error)
    return tuple(found)


def hashes_of(folder: Path) -> dict[str, str]:
    """File name -> SHA-256 (hex) of all data in a folder, as the manifest has them."""
    data = (path for path in sorted(folder.iterdir()) if path.is_file() and path.suffix != ".py")
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in data if path.name != MANIFEST}


def _hashes() -> dict[str, str]:
    try:
        return dict(json.loads(_read(MANIFEST)))
    except (ValueError, TypeError) as error:
        raise PackageDamaged(f"{FOLDER / MANIFEST}: expected a hash a file, found: {error}; {REINSTALL}") from error


def _read(name: str) -> bytes:
    try:
        return (FOLDER / name).read_bytes()
    except OSError as error:
        raise PackageDamaged(f"{FOLDER / name}: expected a file, found none ({error.strerror}); {REINSTALL}") from None
