"""The files of a corpus folder, told apart by name and by hash before any is read as text."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from policy_qa.documents import MAX_BYTES, SUFFIXES, list_sources
from policy_qa.errors import SourceError
from policy_qa.index.layout import SourceEntry


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """A file and its entry for the manifest; `entry.refused` is set where its name can't be used."""

    path: Path
    entry: SourceEntry


def scan(corpus: Path) -> list[Source]:
    """Return the policy files below `corpus`, sorted by path, each with the hash of its bytes.

    A file whose stem another one has already is refused here: the stem is the document's name.

    Raises:
        SourceError: there is no such folder, or no policy file in it.
    """
    out: list[Source] = []
    first: dict[str, str] = {}
    for path in list_sources(corpus):
        source, doc_id = path.relative_to(corpus).as_posix(), path.stem
        holder = first.setdefault(doc_id, source)
        refused = "" if holder == source else _same_name(source, holder)
        entry = SourceEntry(doc_id=doc_id, source=source, sha256=_digest(path), refused=refused)
        out.append(Source(path=path, entry=entry))
    if not out:
        raise SourceError(
            f"{corpus}: expected policy texts ({' '.join(SUFFIXES)}), found none; put some there, or name another "
            "folder: policy-qa build DIR"
        )
    return out


def _same_name(source: str, holder: str) -> str:
    return (
        f"{source}: expected a file name that no other policy has, found the same as {holder}, which is kept; "
        "rename one of them"
    )


def _digest(path: Path) -> str:
    """The SHA-256 of a file; a size, or nothing, for one that will be refused unread anyway."""
    try:
        if (size := path.stat().st_size) > MAX_BYTES:
            return f"size:{size}"
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""
