"""Archives of XML, as Word, Excel and OFD files are: checked before anything is inflated, read with a bound on memory,
parsed without ever resolving anything."""

from __future__ import annotations

import codecs
import io
import posixpath
import re
import struct
import zipfile
import zlib
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from lxml import etree

from policy_qa.errors import SourceError

#: An lxml element; lxml ships no types.
Element = Any

_DECLARATION = re.compile(rb"<!(?:DOCTYPE|ENTITY)")
_ENCODING = re.compile(rb"""^<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
#: Tags and attributes of one part. A tree takes some 100 to 250 bytes for each; a law of 100,000
#: characters has about 0.2 million.
MAX_MARKUP = 3_000_000


def parse_xml(data: bytes, part: str, source: str) -> Element:
    """The root of one part, without comments and processing instructions.

    Raises SourceError for a DOCTYPE or an entity declaration, an encoding other than UTF-8 and UTF-16, more
    markup than a policy can have, and XML that is not well-formed.
    """
    data = _as_utf8(data, part, source)
    refuse_declarations(data, part, source)
    markup = data.count(b"<") + data.count(b"=")
    if markup > MAX_MARKUP:
        raise SourceError(
            f"{source}: expected a policy, found {part} with {markup / 10**6:.1f} million tags and attributes "
            f"(limit {MAX_MARKUP // 10**6}); split the document"
        )
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root: Element = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise SourceError(
            f"{source}: expected well-formed XML in {part}, found a fault in line {error.lineno or 1}; "
            "open the file in the program that made it and save it again"
        ) from error
    return root


def _as_utf8(data: bytes, part: str, source: str) -> bytes:
    """A part's bytes in UTF-8. What is checked is then exactly what is parsed, whatever the part declares."""
    try:
        if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return data.decode("utf-16").encode()
        if data[:4].replace(b"\0", b"").startswith(b"<") and b"\0" in data[:4]:
            return data.decode("utf-16-le" if data[1:2] == b"\0" else "utf-16-be").encode()
        data = data.removeprefix(codecs.BOM_UTF8)
        declared = _ENCODING.match(data)
        if not declared or declared.group(1).lower() in (b"utf-8", b"utf8", b"us-ascii"):
            return data
        found = declared.group(1).decode()
    except UnicodeError:
        found = "broken UTF-16"
    raise SourceError(
        f"{source}: expected {part} in UTF-8 or UTF-16, found {found}; "
        "open the file in the program that made it and save it again"
    )


def refuse_declarations(data: bytes, part: str, source: str) -> None:
    """Refuse a DOCTYPE or an entity declaration: no program that writes such files makes one.

    UTF-16 is UTF-8 with zeros between, as far as the markup goes.
    """
    if _DECLARATION.search(data.replace(b"\0", b"")):
        raise SourceError(
            f"{source}: expected a file without document type declarations, found one in {part}; "
            "do not trust this file, or open it in the program that made it and save it again"
        )


MAX_MEMBERS = 5_000
#: All members together, as the archive declares them.
MAX_TOTAL = 200_000_000
#: One XML part. The longest Chinese code (0.1 M characters) takes about 5 MB as Word writes it.
MAX_PART = 40_000_000
#: An XML part above _RATIO_FLOOR that shrinks more than this is no text: Word's own XML shrinks 10 to 50 times,
#: an empty form of 20,000 equal cells (4 MB) 195 times, a bomb 1,000 times.
MAX_RATIO = 150
_RATIO_FLOOR = 5_000_000
_CHUNK = 1 << 18
_CENTRAL_ENTRY = b"PK\x01\x02"
_OLE2 = b"\xd0\xcf\x11\xe0"
#: What the standard library raises for an archive that is damaged.
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,  # a method of compression that zipfile does not know
    RuntimeError,
    OSError,
    ValueError,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Form:
    """A format in messages: what a file of it is (`a Word file`), its suffix, what an old one is, what helps."""

    name: str
    suffix: str
    old: str = "something else"
    again: str


class Archive:
    """The XML parts of one file, inflated one at a time when asked for. `source` is the name for messages.

    Raises SourceError, before anything is inflated, where the file is no such archive, is locked or is far larger
    unpacked than a policy can be.
    """

    def __init__(self, data: bytes, source: str, form: Form) -> None:
        self.source, self.form = source, form
        self._zip = _open(data, source, form)
        self._others: dict[str, zipfile.ZipInfo] = {}
        self._members = self._checked_members()
        self._relations: dict[str, list[tuple[str, str, str]]] = {}

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._members

    def xml(self, name: str) -> Element | None:
        """The root of a part, None where there is none of that name."""
        info = self._members.get(name.lower())
        return parse_xml(self._read(info), shown(name), self.source) if info else None

    def file(self, name: str) -> bytes:
        """The bytes of a part that is no XML, a picture; empty where there is none of that name, or it is damaged."""
        info = self._others.get(name.lower())
        try:
            return self._read(info) if info else b""
        except SourceError:
            return b""

    def related(self, part: str, kind: str) -> list[str]:
        """The parts that `part` (empty: the package) relates to; `kind` is the last word of the relation's type."""
        return [target for found, _, target in self._related(part) if found == kind]

    def relations(self, part: str) -> dict[str, str]:
        """The parts that `part` relates to, by the relation's own name (`rId3`)."""
        return {name: target for _, name, target in self._related(part)}

    def _related(self, part: str) -> list[tuple[str, str, str]]:
        if part not in self._relations:
            folder, name = posixpath.split(part)
            root = self.xml(posixpath.join(folder, "_rels", f"{name}.rels"))
            found = []
            for relation in root if root is not None else ():
                if relation.get("TargetMode") != "External":
                    target = posixpath.join("/", folder, unquote(relation.get("Target", "")))
                    kind = relation.get("Type", "").rpartition("/")[2]
                    found.append((kind, relation.get("Id", ""), posixpath.normpath(target).lstrip("/")))
            self._relations[part] = found
        return self._relations[part]

    def refuse_declarations(self) -> None:
        """Look through every XML part, also those that are not read, for a DOCTYPE or an entity declaration."""
        for name, info in self._members.items():
            if name.endswith((".xml", ".rels")):
                part = shown(info.filename)
                refuse_declarations(self._read(info), part, self.source)

    def _checked_members(self) -> dict[str, zipfile.ZipInfo]:
        """Lower-case name -> member, after all that the archive declares has been held against the limits."""
        members: dict[str, zipfile.ZipInfo] = {}
        total = 0
        for info in self._zip.infolist():
            name = info.filename.replace("\\", "/").lstrip("/").lower()
            total += info.file_size
            if not name.endswith((".xml", ".rels")):
                self._others.setdefault(name, info)
                continue
            if name in members:
                raise self._refused("each part once", f"{shown(info.filename)} twice")
            if info.flag_bits & 1:
                raise SourceError(
                    f"{self.source}: expected {self.form.name} without a password, "
                    f"found {shown(info.filename)} encrypted; take the password off and save it again"
                )
            if info.file_size > _RATIO_FLOOR and info.file_size > MAX_RATIO * max(info.compress_size, 1):
                ratio = info.file_size // max(info.compress_size, 1)
                raise self._refused(
                    f"text that shrinks at most {MAX_RATIO} times",
                    f"{shown(info.filename)}, which shrinks {ratio} times",
                )
            if info.file_size > MAX_PART:
                raise self._refused(
                    f"at most {_mb(MAX_PART)} of text", f"{shown(info.filename)} with {_mb(info.file_size)}"
                )
            members[name] = info
        if total > MAX_TOTAL:
            raise self._refused(f"at most {_mb(MAX_TOTAL)} unpacked", _mb(total))
        return members

    def _read(self, info: zipfile.ZipInfo) -> bytes:
        """Inflate one member. The declared size may be a lie, so the limit holds while it is read."""
        pieces, size = [], 0
        try:
            with self._zip.open(info) as file:
                while piece := file.read(_CHUNK):
                    size += len(piece)
                    if size > MAX_PART:
                        raise self._refused(f"at most {_mb(MAX_PART)} of text", f"{shown(info.filename)} with more")
                    pieces.append(piece)
        except _BROKEN as error:
            raise SourceError(
                f"{self.source}: expected all of {self.form.name}, found {shown(info.filename)} damaged; "
                "get the file again, or repair it in the program that made it"
            ) from error
        return b"".join(pieces)

    def _refused(self, expected: str, found: str) -> SourceError:
        return SourceError(f"{self.source}: expected {expected} in {self.form.name}, found {found}; {self.form.again}")


def _open(data: bytes, source: str, form: Form) -> zipfile.ZipFile:
    if data.startswith(_OLE2):
        # A password puts the whole archive into an OLE2 file, in a stream of this name.
        locked = "EncryptedPackage".encode("utf-16-le") in data
        found = "a file locked with a password" if locked else form.old
        todo = "take the password off" if locked else "open it in the program that made it (take a password off)"
        raise SourceError(
            f"{source}: expected {form.name} ({form.suffix}), found {found}; {todo} and save it as {form.suffix}"
        )
    # The standard library makes an object for every entry, whatever number the archive tells.
    entries = data.count(_CENTRAL_ENTRY)
    if entries > MAX_MEMBERS:
        raise SourceError(
            f"{source}: expected at most {MAX_MEMBERS} parts in {form.name}, found {entries}; {form.again}"
        )
    try:
        return zipfile.ZipFile(io.BytesIO(data))
    except _BROKEN as error:
        if data.startswith(b"PK\x03\x04"):
            raise SourceError(
                f"{source}: expected all of {form.name} ({form.suffix}), found an archive that is cut off or damaged; "
                "get the file again"
            ) from error
        raise SourceError(
            f"{source}: expected {form.name} ({form.suffix}), found no zip archive; {form.again}, "
            "or give the file the suffix of what it is"
        ) from error


def shown(name: str) -> str:
    """A part's name as it may stand in a message: one line, not too long."""
    return re.sub(r"[^\w./\\\[\]() -]", "?", name, flags=re.ASCII)[:80]


def _mb(size: int) -> str:
    return f"{size / 10**6:.0f} MB"
