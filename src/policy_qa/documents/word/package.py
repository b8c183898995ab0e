"""A Word file as an archive: checked before anything is inflated, and read with a bound on memory."""

from __future__ import annotations

import io
import posixpath
import re
import struct
import zipfile
import zlib
from urllib.parse import unquote

from policy_qa.documents.word.xml import Element, W, parse_xml, refuse_declarations
from policy_qa.errors import SourceError

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
_SAVE_AGAIN = "open the file in Word or WPS and save it again as .docx"
#: What the top folder of another Office file holds.
_OTHERS = {"xl": "a workbook", "ppt": "slides"}
#: Part names used where the relationships name none.
_USUAL = {
    "styles": "styles.xml",
    "numbering": "numbering.xml",
    "footnotes": "footnotes.xml",
    "endnotes": "endnotes.xml",
}


class Package:
    """The XML parts of one Word file, inflated one at a time when asked for.

    `source` is the name for messages; `main` is the name of the part that holds the document.
    """

    def __init__(self, data: bytes, source: str) -> None:
        self.source = source
        self._zip = _open(data, source)
        self._members = self._checked_members()
        self._relations: dict[str, list[tuple[str, str]]] = {}
        self.main = next(iter(self.related("", "officeDocument")), "word/document.xml")
        if self.main.lower() not in self._members:
            raise SourceError(
                f"{source}: expected a Word file (.docx) with word/document.xml, found an archive without it; "
                f"{_SAVE_AGAIN}"
            )

    def document(self) -> Element:
        """The body of the document. Raises SourceError where the main part is none of Word's."""
        root = self.xml(self.main)
        body = root.find(W + "body") if root is not None and root.tag == W + "document" else None
        if body is None:
            raise SourceError(
                f"{self.source}: expected a Word document in {_shown(self.main)}, found "
                f"{_OTHERS.get(self.main.split('/')[0], 'something else')}; {_SAVE_AGAIN}"
            )
        return body

    def xml(self, name: str) -> Element | None:
        """The root of a part, None where there is none of that name."""
        info = self._members.get(name.lower())
        return parse_xml(self._read(info), _shown(name), self.source) if info else None

    def part(self, kind: str) -> Element | None:
        """The root of the part that the document relates to as `kind` (styles, numbering, …), or None."""
        names = self.related(self.main, kind)
        if not names and kind in _USUAL:
            names = [posixpath.join(posixpath.dirname(self.main), _USUAL[kind])]
        return self.xml(names[0]) if names else None

    def related(self, part: str, kind: str) -> list[str]:
        """The parts that `part` (empty: the package) relates to; `kind` is the last word of the relation's type."""
        if part not in self._relations:
            folder, name = posixpath.split(part)
            root = self.xml(posixpath.join(folder, "_rels", f"{name}.rels"))
            found = []
            for relation in root if root is not None else ():
                if relation.get("TargetMode") != "External":
                    target = posixpath.join("/", folder, unquote(relation.get("Target", "")))
                    kind_of = relation.get("Type", "").rpartition("/")[2]
                    found.append((kind_of, posixpath.normpath(target).lstrip("/")))
            self._relations[part] = found
        return [target for found_kind, target in self._relations[part] if found_kind == kind]

    def refuse_declarations(self) -> None:
        """Look through every XML part, also those that are not read, for a DOCTYPE or an entity declaration."""
        for name, info in self._members.items():
            if name.endswith((".xml", ".rels")):
                part = _shown(info.filename)
                refuse_declarations(self._read(info), part, self.source)

    def _checked_members(self) -> dict[str, zipfile.ZipInfo]:
        """Lower-case name -> member, after all that the archive declares has been held against the limits."""
        members: dict[str, zipfile.ZipInfo] = {}
        total = 0
        for info in self._zip.infolist():
            name = info.filename.replace("\\", "/").lstrip("/").lower()
            total += info.file_size
            if not name.endswith((".xml", ".rels")):
                continue
            if name in members:
                raise self._refused("each part once", f"{_shown(info.filename)} twice")
            if info.flag_bits & 1:
                raise SourceError(
                    f"{self.source}: expected a Word file without a password, found {_shown(info.filename)} encrypted; "
                    "take the password off and save it again"
                )
            if info.file_size > _RATIO_FLOOR and info.file_size > MAX_RATIO * max(info.compress_size, 1):
                ratio = info.file_size // max(info.compress_size, 1)
                raise self._refused(
                    f"text that shrinks at most {MAX_RATIO} times",
                    f"{_shown(info.filename)}, which shrinks {ratio} times",
                )
            if info.file_size > MAX_PART:
                raise self._refused(
                    f"at most {_mb(MAX_PART)} of text", f"{_shown(info.filename)} with {_mb(info.file_size)}"
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
                        raise self._refused(f"at most {_mb(MAX_PART)} of text", f"{_shown(info.filename)} with more")
                    pieces.append(piece)
        except _BROKEN as error:
            raise SourceError(
                f"{self.source}: expected a whole Word file, found {_shown(info.filename)} damaged; "
                "get the file again, or repair it in Word or WPS"
            ) from error
        return b"".join(pieces)

    def _refused(self, expected: str, found: str) -> SourceError:
        return SourceError(f"{self.source}: expected {expected} in a Word file, found {found}; {_SAVE_AGAIN}")


def _open(data: bytes, source: str) -> zipfile.ZipFile:
    if data.startswith(_OLE2):
        # A password puts the whole archive into an OLE2 file, in a stream of this name.
        locked = "EncryptedPackage".encode("utf-16-le") in data
        found = "a file locked with a password" if locked else "an old Word file (.doc) or a locked one"
        todo = "take the password off" if locked else "open it in Word or WPS (take a password off)"
        raise SourceError(f"{source}: expected a Word file (.docx), found {found}; {todo} and save it as .docx")
    # The standard library makes an object for every entry, whatever number the archive tells.
    entries = data.count(_CENTRAL_ENTRY)
    if entries > MAX_MEMBERS:
        raise SourceError(
            f"{source}: expected at most {MAX_MEMBERS} parts in a Word file, found {entries}; {_SAVE_AGAIN}"
        )
    try:
        return zipfile.ZipFile(io.BytesIO(data))
    except _BROKEN as error:
        if data.startswith(b"PK\x03\x04"):
            raise SourceError(
                f"{source}: expected a whole Word file (.docx), found an archive that is cut off or damaged; "
                "get the file again"
            ) from error
        raise SourceError(
            f"{source}: expected a Word file (.docx), found no zip archive; {_SAVE_AGAIN}, "
            "or give the file the suffix of what it is"
        ) from error


def _shown(name: str) -> str:
    """A part's name as it may stand in a message: one line, not too long."""
    return re.sub(r"[^\w./\\\[\]() -]", "?", name, flags=re.ASCII)[:80]


def _mb(size: int) -> str:
    return f"{size / 10**6:.0f} MB"
