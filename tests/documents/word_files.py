"""Makers of Word files for tests: from raw WordprocessingML, or what python-docx saved with a part replaced."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
NAMESPACES = (
    f'xmlns:w="{W}" xmlns:r="{R}" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
)
#: Transitional -> strict (ISO/IEC 29500 Strict).
STRICT = {
    W: "http://purl.oclc.org/ooxml/wordprocessingml/main",
    R: "http://purl.oclc.org/ooxml/officeDocument/relationships",
}
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_PACKAGE_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"


def word_file(
    body: str,
    *,
    numbering: str = "",
    styles: str = "",
    parts: Mapping[str, str | bytes] | None = None,
    related: Sequence[tuple[str, str]] = (),
) -> bytes:
    """A .docx of this body, numbering and styles (the insides of their roots).

    `parts` are further parts by their name below `word/`, or replace one of these; `related` are (kind,
    target) of further relations of the document.
    """
    relations = list(related)
    files: dict[str, str | bytes] = {"document.xml": root("document", f"<w:body>{body}</w:body>")}
    if numbering:
        files["numbering.xml"] = root("numbering", numbering)
        relations.append(("numbering", "numbering.xml"))
    if styles:
        files["styles.xml"] = root("styles", styles)
        relations.append(("styles", "styles.xml"))
    files["_rels/document.xml.rels"] = _relations(relations)
    files.update(parts or {})
    return archive(
        {
            "[Content_Types].xml": _HEAD
            + '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
            "_rels/.rels": _relations([("officeDocument", "word/document.xml")]),
            **{f"word/{name}": content for name, content in files.items()},
        }
    )


def archive(members: Mapping[str, str | bytes]) -> bytes:
    """A zip archive of these members, deflated."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return out.getvalue()


def members(data: bytes) -> dict[str, bytes]:
    """The members of an archive."""
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        return {info.filename: file.read(info) for info in file.infolist()}


def saved(document: Any) -> bytes:
    """The bytes that python-docx writes for a document."""
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def root(name: str, inside: str) -> str:
    """A whole part: its root `w:name` around `inside`."""
    return f"{_HEAD}<w:{name} {NAMESPACES}>{inside}</w:{name}>"


def _relations(pairs: Sequence[tuple[str, str]]) -> str:
    rows = "".join(
        f'<Relationship Id="rId{i}" Type="{R}/{kind}" Target="{target}"/>' for i, (kind, target) in enumerate(pairs)
    )
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE_RELATIONS}">{rows}</Relationships>'


def p(*inside: str, style: str = "", num: str | int = "", level: int | None = None, mark: str = "") -> str:
    """A paragraph. What is no XML becomes a run; `mark` is the rPr of its end mark."""
    number = (f'<w:ilvl w:val="{level}"/>' if level is not None else "") + (
        f'<w:numId w:val="{num}"/>' if num != "" else ""
    )
    properties = (
        (f'<w:pStyle w:val="{style}"/>' if style else "")
        + (f"<w:numPr>{number}</w:numPr>" if number else "")
        + (f"<w:rPr>{mark}</w:rPr>" if mark else "")
    )
    content = "".join(part if part.startswith("<") else r(part) for part in inside)
    return f"<w:p>{f'<w:pPr>{properties}</w:pPr>' if properties else ''}{content}</w:p>"


def r(text: str, properties: str = "") -> str:
    """A run; of XML, or of text."""
    content = text if text.startswith("<") else f'<w:t xml:space="preserve">{escape(text)}</w:t>'
    return f"<w:r>{f'<w:rPr>{properties}</w:rPr>' if properties else ''}{content}</w:r>"


def ins(content: str) -> str:
    return f'<w:ins w:id="1" w:author="a">{content}</w:ins>'


def deleted(text: str) -> str:
    return f'<w:del w:id="2" w:author="a"><w:r><w:delText xml:space="preserve">{text}</w:delText></w:r></w:del>'


def field_mark(kind: str) -> str:
    return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'


def field(instruction: str, result: str) -> str:
    """A complex field with the runs of its result."""
    code = f'<w:r><w:instrText xml:space="preserve">{escape(instruction)}</w:instrText></w:r>'
    return field_mark("begin") + code + field_mark("separate") + result + field_mark("end")


def tc(*blocks: str, properties: str = "") -> str:
    """A cell; what is no XML becomes a paragraph."""
    content = "".join(block if block.startswith("<") else p(block) for block in blocks) or p()
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{content}</w:tc>"


def tr(*cells: str, properties: str = "") -> str:
    row = f"<w:trPr>{properties}</w:trPr>" if properties else ""
    return f"<w:tr>{row}{''.join(cell if cell.startswith('<') else tc(cell) for cell in cells)}</w:tr>"


def tbl(*rows: str) -> str:
    return f"<w:tbl><w:tblPr/><w:tblGrid/>{''.join(rows)}</w:tbl>"


def lvl(
    index: int,
    text: str,
    form: str = "decimal",
    *,
    start: int | None = 1,
    suff: str = "",
    restart: int | None = None,
    more: str = "",
) -> str:
    """A level of a list."""
    return (
        f'<w:lvl w:ilvl="{index}">'
        + (f'<w:start w:val="{start}"/>' if start is not None else "")
        + f'<w:numFmt w:val="{form}"/>'
        + (f'<w:lvlRestart w:val="{restart}"/>' if restart is not None else "")
        + more
        + (f'<w:suff w:val="{suff}"/>' if suff else "")
        + f'<w:lvlText w:val="{escape(text)}"/></w:lvl>'
    )


def abstract(ident: int, *levels: str) -> str:
    return f'<w:abstractNum w:abstractNumId="{ident}">{"".join(levels)}</w:abstractNum>'


def num(ident: int, of: int, overrides: str = "") -> str:
    return f'<w:num w:numId="{ident}"><w:abstractNumId w:val="{of}"/>{overrides}</w:num>'


def start_override(level: int, start: int) -> str:
    return f'<w:lvlOverride w:ilvl="{level}"><w:startOverride w:val="{start}"/></w:lvlOverride>'


def style(ident: str, *, name: str = "", kind: str = "paragraph", based_on: str = "", inside: str = "") -> str:
    default = ' w:default="1"' if ident == "Normal" else ""
    above = f'<w:basedOn w:val="{based_on}"/>' if based_on else ""
    head = f'<w:style w:type="{kind}" w:styleId="{ident}"{default}>'
    return f'{head}<w:name w:val="{name or ident}"/>{above}{inside}</w:style>'


def numbered(num_id: int, level: int | None = None) -> str:
    """The pPr of a style that numbers its paragraphs."""
    depth = f'<w:ilvl w:val="{level}"/>' if level is not None else ""
    return f'<w:pPr><w:numPr>{depth}<w:numId w:val="{num_id}"/></w:numPr></w:pPr>'


def text_box(*blocks: str) -> str:
    """A run with a text box as Word writes it: DrawingML, and VML for programs that know no better."""
    content = f"<w:txbxContent>{''.join(blocks)}</w:txbxContent>"
    return (
        '<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wp:anchor><a:graphic><a:graphicData>'
        f"<wps:wsp><wps:txbx>{content}</wps:txbx></wps:wsp></a:graphicData></a:graphic></wp:anchor></w:drawing>"
        f"</mc:Choice><mc:Fallback><w:pict><v:shape><v:textbox>{content}</v:textbox></v:shape></w:pict>"
        "</mc:Fallback></mc:AlternateContent></w:r>"
    )


def old_text_box(*blocks: str) -> str:
    """A run with a text box in VML alone."""
    content = f"<w:txbxContent>{''.join(blocks)}</w:txbxContent>"
    return f"<w:r><w:pict><v:shape><v:textbox>{content}</v:textbox></v:shape></w:pict></w:r>"


def alternatives(choice: str, fallback: str) -> str:
    return (
        f'<mc:AlternateContent><mc:Choice Requires="x">{choice}</mc:Choice>'
        f"<mc:Fallback>{fallback}</mc:Fallback></mc:AlternateContent>"
    )


PICTURE = (
    "<w:r><w:drawing><wp:inline><a:graphic><a:graphicData><a:blip/></a:graphicData></a:graphic></wp:inline>"
    "</w:drawing></w:r>"
)
