"""Corpus file -> Document."""

from policy_qa.documents.extracted import Extracted, describe
from policy_qa.documents.plain import decode
from policy_qa.documents.sources import MAX_BYTES, SUFFIXES, list_sources, open_source, read_bytes, read_document

#: Rises whenever the same file may come out as another text; an index records it.
VERSION = 7

__all__ = [
    "MAX_BYTES",
    "SUFFIXES",
    "VERSION",
    "Extracted",
    "decode",
    "describe",
    "list_sources",
    "open_source",
    "read_bytes",
    "read_document",
]
