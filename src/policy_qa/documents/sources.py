"""Corpus file -> Document: which files are policies, and which reader a format has.

All cleaning that moves characters (byte order mark, line ends, running heads) happens in the readers,
before offsets exist.
"""

from __future__ import annotations

import hashlib
import importlib
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path, PurePosixPath

from policy_qa.datamodels import Document
from policy_qa.documents.extracted import Extracted, describe
from policy_qa.errors import SourceError
from policy_qa.printable import doc_id_of, source_name

Reader = Callable[[bytes, str], Extracted]
#: What scanners and telephones write.
PICTURES = (".jpg", ".jpeg", ".png", ".tif", ".tiff")
#: Suffix -> the module here and its function that reads it. Imported when the first such file comes.
_READERS = {
    ".txt": ("plain", "read_plain"),
    ".md": ("plain", "read_markdown"),
    ".docx": ("word.docx", "read_word"),
    **dict.fromkeys((".doc", ".wps", ".docm", ".rtf", ".odt"), ("office", "read_office")),
    ".pdf": ("pdf.document", "read_pdf"),
    ".ofd": ("ofd", "read_ofd"),
    **dict.fromkeys(PICTURES, ("scans", "read_picture")),
    ".xlsx": ("tables", "read_workbook"),
    ".csv": ("tables", "read_csv"),
    ".html": ("web.webpage", "read_web"),
    ".htm": ("web.webpage", "read_web"),
}
SUFFIXES = tuple(_READERS)
#: Formats that people drop into a corpus folder and that no reader is there for, with what to do.
_UNREAD = {
    **dict.fromkeys((".xls", ".et"), "save it as .xlsx"),
    **dict.fromkeys((".ppt", ".pptx", ".dps", ".caj", ".mht", ".mhtml"), "save its text as .docx"),
    **dict.fromkeys((".zip", ".rar", ".7z", ".gz"), "unpack it"),
}
#: What a browser puts the pictures of a saved page into: a folder of the page's name with one of these.
_OF_PAGE = ("_files", ".files")
#: A policy of 50 MB is a mistake: the longest Chinese code has 0.1 M characters (0.3 MB).
MAX_BYTES = 50_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Folder:
    """What is in a corpus folder: `files` are meant as policies, `skipped` (path, why) are not; each sorted by path."""

    files: tuple[Path, ...]
    skipped: tuple[tuple[Path, str], ...]


def list_sources(corpus: Path) -> list[Path]:
    """The files of a corpus folder that are meant as policies, as of `look_into`."""
    return list(look_into(corpus).files)


def look_into(corpus: Path) -> Folder:
    """Every file of a corpus folder, those of its folders too; of a folder that is skipped, the folder alone.

    Links, pipes and the like, and folders that can't be looked into, are among the files, unopened:
    `read_document` refuses them by name.
    """
    if not corpus.is_dir():
        raise SourceError(f"{corpus}: expected a folder of policy texts, found none; name one: policy-qa build DIR")
    found: list[Path] = []
    skipped: list[tuple[Path, str]] = []
    folders = [corpus]
    while folders:
        folder = folders.pop()
        try:
            with os.scandir(folder) as listed:
                entries = list(listed)
        except OSError:
            found.append(folder)
            continue
        names = {entry.name for entry in entries}
        for entry in entries:
            path = folder / entry.name
            if why := _no_policy(entry, names):
                skipped.append((path, why))
            elif entry.is_dir(follow_symlinks=False) and not _is_link(entry):
                folders.append(path)
            else:
                found.append(path)
    return Folder(files=tuple(sorted(found)), skipped=tuple(sorted(skipped)))


def _no_policy(entry: os.DirEntry[str], beside: set[str]) -> str:
    """Why a file or folder is not meant as a policy; empty where it is. `beside` are the names in its folder."""
    if entry.name.startswith("~$"):
        return "a file that Word or WPS holds a place with"
    if entry.name.startswith("."):
        return "hidden"
    if entry.is_dir(follow_symlinks=False) and not _is_link(entry):
        page = next((entry.name.removesuffix(end) for end in _OF_PAGE if entry.name.endswith(end)), None)
        ends = (".html", ".htm")
        return "pictures of a saved page" if page and any(f"{page}{end}" in beside for end in ends) else ""
    suffix = PurePosixPath(entry.name).suffix.lower()
    if suffix in SUFFIXES or (_is_link(entry) and _leads_to_folder(entry)):
        return ""
    return f"no format that is read; {_UNREAD[suffix]}" if suffix in _UNREAD else "no format of texts"


def _is_link(entry: os.DirEntry[str]) -> bool:
    junction: Callable[[], bool] = getattr(entry, "is_junction", bool)  # Windows, since Python 3.12
    return entry.is_symlink() or junction()


def _leads_to_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return True  # round in a circle: it is named rather than passed over


def read_document(path: Path, *, root: Path | None = None, follow: bool = False) -> Document:
    """Read one policy. `root` is the folder that `source` is told from; `follow` allows a link, which a person named.

    Raises SourceError where the file holds no text that can be read; the message names it.
    """
    source = source_name(path.relative_to(root) if root and path.is_relative_to(root) else path.name)
    with open_source(path, source, follow=follow) as file:
        _readable(source)
        data = file.read(MAX_BYTES + 1)
    return _document(data, source)


def read_bytes(data: bytes, name: str) -> Document:
    """Read a policy, or a draft, that is in memory; the ending of its name says what format it has.

    Raises SourceError where it holds no text that can be read; the message names it.
    """
    return _document(data, source_name(name))


@contextmanager
def open_source(path: Path, source: str, *, follow: bool = False) -> Iterator[BufferedReader]:
    """Open a file of a corpus: a regular one of at most `MAX_BYTES`, no link unless `follow`.

    Raises SourceError for anything else, without waiting for whoever should write into a pipe.
    """
    flags = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0)
    try:
        _check_kind(path, source, follow=follow)
        handle = os.open(path, flags if follow else flags | getattr(os, "O_NOFOLLOW", 0))
        with os.fdopen(handle, "rb") as file:
            status = os.fstat(handle)
            _check_mode(status.st_mode, source)
            _check_size(status.st_size, source)
            yield file
    except OSError as error:
        raise SourceError(f"{source}: cannot be read ({error.strerror}); check the file and its permissions") from error


def _check_kind(path: Path, source: str, *, follow: bool) -> None:
    try:
        status = path.stat() if follow else path.lstat()
    except OSError as error:
        raise SourceError(f"{source}: cannot be read ({error.strerror}); check the file and its permissions") from error
    _check_mode(status.st_mode, source)


def _check_mode(mode: int, source: str) -> None:
    if stat.S_ISREG(mode):
        return
    if stat.S_ISLNK(mode):
        raise SourceError(f"{source}: expected a file, found a link, which is not followed; put a copy in its place")
    if stat.S_ISDIR(mode):
        raise SourceError(f"{source}: expected a folder that can be looked into, found none; check its permissions")
    what = {stat.S_IFIFO: "a pipe", stat.S_IFSOCK: "a socket"}.get(stat.S_IFMT(mode), "a device")
    raise SourceError(f"{source}: expected a file, found {what}, which is not opened; remove it from the folder")


def _check_size(size: int, source: str) -> None:
    if size > MAX_BYTES:
        raise SourceError(f"{source}: expected at most {MAX_BYTES // 10**6} MB, found {size // 10**6} MB; split it")


def _document(data: bytes, source: str) -> Document:
    suffix = _readable(source)
    _check_size(len(data), source)
    extracted = _reader(suffix)(data, source)
    return describe(extracted, doc_id=doc_id_of(source), source=source, sha256=hashlib.sha256(data).hexdigest())


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
