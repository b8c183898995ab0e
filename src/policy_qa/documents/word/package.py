"""A Word file as an archive and the XML in it: checked before anything is inflated, read with a bound on memory,
parsed without ever resolving anything, and walked the way a reader sees it."""

from __future__ import annotations

import codecs
import io
import posixpath
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from lxml import etree

from policy_qa.documents.extracted import UNSEEN
from policy_qa.errors import SourceError

#: An lxml element; lxml ships no types.
Element = Any

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
SPACE = "{http://www.w3.org/XML/1998/namespace}space"
#: Strict OOXML (ISO/IEC 29500 Strict) names the same elements in other namespaces.
_STRICT = {
    "{http://purl.oclc.org/ooxml/wordprocessingml/main}": W,
    "{http://purl.oclc.org/ooxml/officeDocument/math}": M,
}
_DECLARATION = re.compile(rb"<!(?:DOCTYPE|ENTITY)")
_ENCODING = re.compile(rb"""^<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
#: Tags and attributes of one part. A tree takes some 100 to 250 bytes for each; a law of 100,000
#: characters has about 0.2 million.
MAX_MARKUP = 3_000_000


def parse_xml(data: bytes, part: str, source: str) -> Element:
    """The root of one part, in the transitional namespaces, without comments and processing instructions.

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
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise SourceError(
            f"{source}: expected well-formed XML in {part}, found a fault in line {error.lineno or 1}; "
            "open the file in Word or WPS and save it again"
        ) from error
    _to_transitional(root)
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
        f"{source}: expected {part} in UTF-8 or UTF-16, found {found}; open the file in Word or WPS and save it again"
    )


def refuse_declarations(data: bytes, part: str, source: str) -> None:
    """Refuse a DOCTYPE or an entity declaration: no program that writes Word files makes one.

    UTF-16 is UTF-8 with zeros between, as far as the markup goes.
    """
    if _DECLARATION.search(data.replace(b"\0", b"")):
        raise SourceError(
            f"{source}: expected a Word file without document type declarations, found one in {part}; "
            "do not trust this file, or open it in Word or WPS and save it again"
        )


def _to_transitional(root: Element) -> None:
    strict = tuple(_STRICT)
    if not root.tag.startswith(strict):
        return
    for element in root.iter():
        namespace, brace, name = element.tag.rpartition("}")
        element.tag = _STRICT.get(namespace + brace, namespace + brace) + name
        for key, value in element.attrib.items():
            if key.startswith(strict):
                del element.attrib[key]
                element.set(_STRICT[key[: key.index("}") + 1]] + key[key.index("}") + 1 :], value)


def val(parent: Element | None, *path: str) -> str | None:
    """`w:val` of the element below `parent` that `path` leads to; None where either is missing."""
    found = descend(parent, *path)
    return None if found is None else found.get(W + "val")


def descend(parent: Element | None, *path: str) -> Element | None:
    """The element that a path of local names (in `w:`) leads to, or None."""
    for name in path:
        if parent is None:
            return None
        parent = parent.find(W + name)
    return parent


def flag(parent: Element | None, *path: str) -> bool | None:
    """An on/off property: None where it is not there, else whether it is on."""
    found = descend(parent, *path)
    return None if found is None else found.get(W + "val") not in ("0", "false", "off")


def whole(text: str | None) -> int | None:
    """A whole number of an attribute; None where it is none or absurd."""
    return int(text) if text and re.fullmatch(r"-?\d{1,9}", text) else None


def literal(element: Element) -> str:
    """The characters of a `w:t`, with outer white space only where `xml:space` keeps it."""
    text = "".join(element.itertext()).replace("\r", "").replace("\n", " ").translate(UNSEEN)
    if text != text.strip(" \t"):
        kept = element.get(SPACE) or next((a.get(SPACE) for a in element.iterancestors() if a.get(SPACE)), "")
        if kept != "preserve":
            return text.strip(" \t")
    return text


@dataclass(slots=True)
class Seen:
    """What was met on the way and is worth telling: counts of places, or of characters."""

    inserted: int = 0
    deleted: int = 0
    moved: int = 0
    comments: int = 0
    hidden: int = 0
    contents: bool = False
    pictures: int = 0
    symbols: int = 0
    placeholders: int = 0
    embedded: int = 0

    def notes(self) -> list[str]:
        """The notes for people, in Chinese."""
        changes = [("插入", self.inserted), ("删除", self.deleted), ("移动", self.moved)]
        told = "，".join(f"{name}{count}处" for name, count in changes if count)
        lines = [
            (bool(told), f"已按接受全部修订读取（{told}）"),
            (self.comments > 0, f"批注未读入（{self.comments}条）"),
            (self.hidden > 0, f"隐藏文字未读入（{self.hidden}字）"),
            (self.contents, "目录未读入"),
            (self.pictures > 0, f"图片、图表未读入（{self.pictures}个），其中的文字不在文本中"),
            (self.symbols > 0, f"无法对应文字的符号未读入（{self.symbols}个）"),
            (self.placeholders > 0, f"未填写的占位文字未读入（{self.placeholders}处）"),
            (self.embedded > 0, f"嵌入的其他文件未读入（{self.embedded}个）"),
        ]
        return [line for present, line in lines if present]


_OPENED = frozenset(W + name for name in ("customXml", "smartTag", "hyperlink", "dir", "bdo", "ins", "moveTo"))
_WRAPPERS = _OPENED | {W + "sdt", W + "del", W + "moveFrom", W + "fldSimple", MC + "AlternateContent"}
_TOC = re.compile(r"\s*TOC\b", re.IGNORECASE)


def flat(parent: Element, seen: Seen) -> Iterator[Element]:
    """The children of an element as they stand after all revisions are accepted, wrappers opened.

    Content controls, hyperlinks, insertions and the like give their content; deletions give nothing; of
    alternatives one is taken. A table of contents is left out.
    """
    stack: list[Iterator[Element]] = [iter(parent)]
    while stack:
        for element in stack[-1]:
            if element.tag not in _WRAPPERS:
                yield element
            elif (inner := _inside(element, seen)) is not None:
                stack.append(iter(inner))
                break
        else:
            stack.pop()


def _inside(element: Element, seen: Seen) -> Element | None:
    """The element whose children stand in for this wrapper; None where nothing does."""
    tag = element.tag
    if tag in _OPENED:
        seen.inserted += tag == W + "ins" and len(element) > 0
        seen.moved += tag == W + "moveTo" and len(element) > 0
        return element
    if tag == W + "del":
        seen.deleted += len(element) > 0
    elif tag == W + "sdt":
        return _control(element, seen)
    elif tag == W + "fldSimple":
        if not is_contents_field(element.get(W + "instr", "")):
            return element
        seen.contents = True
    elif tag == MC + "AlternateContent":
        return alternative(element)
    return None


def _control(element: Element, seen: Seen) -> Element | None:
    properties = element.find(W + "sdtPr")
    if (val(properties, "docPartObj", "docPartGallery") or "").lower() == "table of contents":
        seen.contents = True
        return None
    if flag(properties, "showingPlcHdr"):
        seen.placeholders += 1
        return None
    return element.find(W + "sdtContent")


def is_contents_field(instruction: str) -> bool:
    """Whether a field's instruction makes a table of contents."""
    return bool(_TOC.match(instruction))


def alternative(element: Element) -> Element | None:
    """The one branch of mc:AlternateContent to read: the first that holds text, else the first."""
    branches = [child for child in element if child.tag in (MC + "Choice", MC + "Fallback")]
    for branch in branches:
        if next(branch.iter(W + "t"), None) is not None:
            return branch
    return branches[0] if branches else None


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
