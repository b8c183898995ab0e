"""The files of a corpus folder, told apart by name and by hash before any is read as text."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from policy_qa.documents import SUFFIXES, list_sources, open_source
from policy_qa.errors import SourceError
from policy_qa.index.layout import SourceEntry
from policy_qa.printable import doc_id_of, source_name


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """A file and its entry for the manifest; `entry.refused` is set where its name can't be used."""

    path: Path
    entry: SourceEntry


def scan(corpus: Path) -> list[Source]:
    """Return the policy files below `corpus`, sorted by path, each with the hash of its bytes.

    Raises:
        SourceError: there is no such folder, or no policy file in it.
    """
    out: list[Source] = []
    for path in list_sources(corpus):
        source = source_name(path.relative_to(corpus))
        entry = SourceEntry(doc_id=doc_id_of(source), source=source, sha256=_digest(path, source))
        out.append(Source(path=path, entry=entry))
    if not out:
        raise SourceError(
            f"{corpus}: expected policy texts ({' '.join(SUFFIXES)}), found none; put some there, or name another "
            "folder: policy-qa build DIR"
        )
    return out


def same_name(source: str, holder: str) -> str:
    """Why a file is refused whose stem, which is a document's name, a file that is kept has already."""
    return (
        f"{source}: expected a file name that no other policy has, found the same as {holder}, which is kept; "
        "rename one of them"
    )


def _digest(path: Path, source: str) -> str:
    """The SHA-256 of a file; empty for one that will be refused unread anyway."""
    try:
        with open_source(path, source) as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except SourceError:
        return ""
