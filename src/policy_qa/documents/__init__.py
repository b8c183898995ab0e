"""Corpus file -> Document."""

from policy_qa.documents.extracted import Extracted, describe
from policy_qa.documents.office import libreoffice
from policy_qa.documents.plain import decode
from policy_qa.documents.scans import available
from policy_qa.documents.sources import (
    MAX_BYTES,
    PICTURES,
    SUFFIXES,
    list_sources,
    look_into,
    open_source,
    read_bytes,
    read_document,
)

#: Rises whenever the same file may come out as another text; an index records it.
VERSION = 10


def helpers() -> dict[str, int]:
    """Which of the programs that read more formats are here (1) or not (0); where that changes, files may read anew."""
    return {"libreoffice": int(libreoffice() is not None), "ocr": int(available())}


__all__ = [
    "MAX_BYTES",
    "PICTURES",
    "SUFFIXES",
    "VERSION",
    "Extracted",
    "decode",
    "describe",
    "helpers",
    "list_sources",
    "look_into",
    "open_source",
    "read_bytes",
    "read_document",
]
