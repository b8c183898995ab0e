"""Corpus file -> Document: which files are policies, and which reader a format has.

All cleaning that moves characters (byte order mark, line ends, running heads) happens in the readers,
before offsets exist.
"""

from __future__ import annotations

import hashlib
import importlib
from collections.abc import Callable
from pathlib import Path, PurePosixPath

from policy_qa.datamodels import Document
from policy_qa.documents.describe import describe
from policy_qa.documents.extracted import Extracted
from policy_qa.errors import SourceError

Reader = Callable[[bytes, str], Extracted]
#: Suffix -> the module or package here and its function that reads it. Imported when the first such file comes.
_READERS = {
    ".txt": ("plain", "read_plain"),
    ".md": ("plain", "read_markdown"),
    ".docx": ("word", "read_word"),
    ".pdf": ("pdf", "read_pdf"),
    ".html": ("web", "read_web"),
    ".htm": ("web", "read_web"),
}
SUFFIXES = tuple(_READERS)
#: Formats that people drop into a corpus folder and that no reader is there for, with what to do.
_UNREAD = {
    ".doc": "open it in Word or WPS and save it as .docx",
    ".wps": "open it in WPS and save it as .docx",
    ".rtf": "open it in Word or WPS and save it as .docx",
    ".ofd": "open it in an OFD reader and export it as .pdf",
}
KNOWN_SUFFIXES = (*SUFFIXES, *_UNREAD)
#: A policy of 50 MB is a mistake: the longest Chinese code has 0.1 M characters (0.3 MB).
MAX_BYTES = 50_000_000


def list_sources(corpus: Path) -> list[Path]:
    """The files of a corpus folder that are meant as policies, sorted by path; hidden files are not."""
    if not corpus.is_dir():
        raise SourceError(f"{corpus}: expected a folder of policy texts, found none; name one: policy-qa build DIR")
    return sorted(
        path
        for path in corpus.rglob("*")
        if path.is_file()
        and path.suffix.lower() in KNOWN_SUFFIXES
        and not any(part.startswith((".", "~$")) for part in path.relative_to(corpus).parts)
    )


def read_document(path: Path, *, root: Path | None = None) -> Document:
    """Read one policy. `root` is the folder that `source` is told from.

    Raises SourceError where the file holds no text that can be read; the message names it.
    """
    source = path.relative_to(root).as_posix() if root and path.is_relative_to(root) else path.name
    _readable(source)
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise SourceError(f"{source}: expected at most {MAX_BYTES // 10**6} MB, found {size // 10**6} MB; split it")
        data = path.read_bytes()
    except OSError as error:
        raise SourceError(f"{source}: cannot be read ({error.strerror}); check the file and its permissions") from error
    return read_bytes(data, source)


def read_bytes(data: bytes, source: str) -> Document:
    """Read a policy, or a draft, that is in memory; the ending of its name says what format it has.

    Raises SourceError where it holds no text that can be read; the message names it.
    """
    suffix = _readable(source)
    if (size := len(data)) > MAX_BYTES:
        raise SourceError(f"{source}: expected at most {MAX_BYTES // 10**6} MB, found {size // 10**6} MB; split it")
    extracted = _reader(suffix)(data, source)
    stem = PurePosixPath(source).stem
    return describe(extracted, doc_id=stem, source=source, sha256=hashlib.sha256(data).hexdigest())


def _readable(source: str) -> str:
    """The ending of a file's name; SourceError where no reader is there for such a format."""
    printed = PurePosixPath(source).suffix
    suffix = printed.lower()
    if suffix not in SUFFIXES:
        todo = _UNREAD.get(suffix, "save it as text")
        raise SourceError(f"{source}: expected {', '.join(SUFFIXES)}, found {printed or 'no suffix'}; {todo}")
    return suffix


def _reader(suffix: str) -> Reader:
    module, function = _READERS[suffix]
    reader: Reader = getattr(importlib.import_module(f"policy_qa.documents.{module}"), function)
    return reader
