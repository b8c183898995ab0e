"""The XML of a Word file, walked the way a reader sees it."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass

from policy_qa.documents.archive import Archive, Element, Form, shown
from policy_qa.errors import SourceError
from policy_qa.printable import UNSEEN

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
SPACE = "{http://www.w3.org/XML/1998/namespace}space"
#: Strict OOXML (ISO/IEC 29500 Strict) names the same elements in other namespaces.
_STRICT = {
    "{http://purl.oclc.org/ooxml/wordprocessingml/main}": W,
    "{http://purl.oclc.org/ooxml/officeDocument/math}": M,
}


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


_FORM = Form(
    name="a Word file",
    suffix=".docx",
    old="an old Word file (.doc) or a locked one",
    again="open the file in Word or WPS and save it again as .docx",
)
#: What the top folder of another Office file holds.
_OTHERS = {"xl": "a workbook", "ppt": "slides"}
#: Part names used where the relationships name none.
_USUAL = {
    "styles": "styles.xml",
    "numbering": "numbering.xml",
    "footnotes": "footnotes.xml",
    "endnotes": "endnotes.xml",
}


class Package(Archive):
    """The XML parts of one Word file, inflated one at a time when asked for.

    `source` is the name for messages; `main` is the name of the part that holds the document.
    """

    def __init__(self, data: bytes, source: str) -> None:
        super().__init__(data, source, _FORM)
        self.main = next(iter(self.related("", "officeDocument")), "word/document.xml")
        if self.main not in self:
            raise SourceError(
                f"{source}: expected a Word file (.docx) with word/document.xml, found an archive without it; "
                f"{_FORM.again}"
            )

    def document(self) -> Element:
        """The body of the document. Raises SourceError where the main part is none of Word's."""
        root = self.xml(self.main)
        body = root.find(W + "body") if root is not None and root.tag == W + "document" else None
        if body is None:
            raise SourceError(
                f"{self.source}: expected a Word document in {shown(self.main)}, found "
                f"{_OTHERS.get(self.main.split('/')[0], 'something else')}; {_FORM.again}"
            )
        return body

    def xml(self, name: str) -> Element | None:
        """The root of a part in the transitional namespaces, None where there is none of that name."""
        root = super().xml(name)
        if root is not None:
            _to_transitional(root)
        return root

    def part(self, kind: str) -> Element | None:
        """The root of the part that the document relates to as `kind` (styles, numbering, …), or None."""
        names = self.related(self.main, kind)
        if not names and kind in _USUAL:
            names = [posixpath.join(posixpath.dirname(self.main), _USUAL[kind])]
        return self.xml(names[0]) if names else None
