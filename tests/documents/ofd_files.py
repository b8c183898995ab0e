"""OFD files as programs write them: of the pages of a PDF, character by character, or by hand."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from html import escape
from itertools import pairwise

import pypdfium2

from policy_qa.documents.pdf.page import Char, Rule, read_sheets

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
NS = 'xmlns:ofd="http://www.ofdspec.org/2016"'
MM = 25.4 / 72
ROOT = (
    f'{HEAD}<ofd:OFD {NS} DocType="OFD" Version="1.0"><ofd:DocBody><ofd:DocInfo/>'
    "<ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>"
)


def page(content: str, area: str = "", template: str = "") -> str:
    return (
        f"{HEAD}<ofd:Page {NS}>{area}{template}<ofd:Content><ofd:Layer ID='1' Type='Body'>{content}</ofd:Layer>"
        "</ofd:Content></ofd:Page>"
    )


def ofd(pages: Sequence[str], templates: Mapping[str, str] | None = None, size: str = "0 0 210 297") -> bytes:
    """An archive of these pages and templates (by their ids), each the XML of one."""
    templates = templates or {}
    listed = "".join(f'<ofd:Page ID="{i + 10}" BaseLoc="Pages/Page_{i}/Content.xml"/>' for i in range(len(pages)))
    known = "".join(f'<ofd:TemplatePage ID="{name}" BaseLoc="Tpls/{name}/Content.xml"/>' for name in templates)
    document = (
        f"{HEAD}<ofd:Document {NS}><ofd:CommonData><ofd:PageArea><ofd:PhysicalBox>{size}</ofd:PhysicalBox>"
        f"</ofd:PageArea>{known}</ofd:CommonData><ofd:Pages>{listed}</ofd:Pages></ofd:Document>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("OFD.xml", ROOT)
        packed.writestr("Doc_0/Document.xml", document)
        for i, one in enumerate(pages):
            packed.writestr(f"Doc_0/Pages/Page_{i}/Content.xml", one)
        for name, one in templates.items():
            packed.writestr(f"Doc_0/Tpls/{name}/Content.xml", one)
    return out.getvalue()


def of_pdf(data: bytes) -> bytes:
    """A PDF as an OFD file: a text object a line of type, as converters write it."""
    document = pypdfium2.PdfDocument(data)
    pages = []
    for number in range(len(document)):
        (sheet,) = read_sheets(document[number], number + 1, 100_000)
        lines: dict[tuple[float, float], list[Char]] = {}
        for char in sheet.chars:
            lines.setdefault((round(char.y, 1), char.size), []).append(char)
        content = "".join(_line(line) for line in lines.values()) + "".join(map(_rule, sheet.rules))
        box = f"0 0 {sheet.width * MM:.3f} {sheet.height * MM:.3f}"
        pages.append(page(content, f"<ofd:Area><ofd:PhysicalBox>{box}</ofd:PhysicalBox></ofd:Area>"))
    document.close()
    return ofd(pages)


def _line(chars: list[Char]) -> str:
    first = chars[0]
    steps = " ".join(f"{(b.x0 - a.x0) * MM:.4f}" for a, b in pairwise(chars))
    size = first.size * MM
    box = f"{first.x0 * MM:.4f} {first.y * MM - size:.4f} {(chars[-1].x1 - first.x0) * MM:.4f} {size * 1.2:.4f}"
    text = escape("".join(c.text for c in chars))
    return (
        f'<ofd:TextObject ID="2" Boundary="{box}" Font="3" Size="{size:.4f}">'
        f'<ofd:TextCode X="0" Y="{size:.4f}" DeltaX="{steps}">{text}</ofd:TextCode></ofd:TextObject>'
    )


def _rule(rule: Rule) -> str:
    path = f"M 0 0 L {(rule.x1 - rule.x0) * MM:.4f} {(rule.y1 - rule.y0) * MM:.4f}"
    box = f"{rule.x0 * MM:.4f} {rule.y0 * MM:.4f} {(rule.x1 - rule.x0) * MM:.4f} {(rule.y1 - rule.y0) * MM:.4f}"
    return f'<ofd:PathObject ID="4" Boundary="{box}"><ofd:AbbreviatedData>{path}</ofd:AbbreviatedData></ofd:PathObject>'
