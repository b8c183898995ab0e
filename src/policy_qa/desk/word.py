"""A transcript as a Word file, its notes as Word's own footnotes.

python-docx makes no footnotes; their part is written here, as Office Open XML has it (ECMA-376, part 1, 17.11).
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

from policy_qa.desk.transcript import Form, Grid, Paragraph, Transcript
from policy_qa.page.inline import showable

if TYPE_CHECKING:
    from docx.document import Document as WordDocument
    from docx.text.paragraph import Paragraph as WordParagraph

_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
#: The two that Word draws its lines from; notes are numbered behind them.
_LINES = (("separator", 0), ("continuationSeparator", 1))
_FONT = "宋体"


def word_file(transcript: Transcript, about: str) -> bytes:
    """The file; `about` is the line below its title."""
    import docx
    from docx.oxml.ns import qn
    from docx.shared import Pt

    document = docx.Document()
    style = document.styles["Normal"]
    style.font.size = Pt(11)
    style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), _FONT)
    _Writer(document).write(transcript, about)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


class _Writer:
    """Writes one document."""

    def __init__(self, document: WordDocument) -> None:
        self._document = document
        self._noted: set[int] = set()

    def write(self, transcript: Transcript, about: str) -> None:
        self._heading(transcript.title, 1)
        self._document.add_paragraph(showable(about))
        for exchange in transcript.exchanges:
            self._heading(exchange.question, 2)
            self._document.add_paragraph(exchange.asked)
            for block in exchange.blocks:
                if isinstance(block, Grid):
                    self._grid(block)
                else:
                    self._words(self._document.add_paragraph(), block)
        self._notes(transcript.notes)

    def _heading(self, words: str, level: int) -> None:
        from docx.oxml.ns import qn

        run = self._document.add_heading(level=level).add_run(showable(" ".join(words.split())))
        run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), _FONT)

    def _grid(self, grid: Grid) -> None:
        table = self._document.add_table(rows=1, cols=len(grid.head) + 1, style="Table Grid")
        for cell, name in zip(table.rows[0].cells[1:], grid.head, strict=True):
            cell.paragraphs[0].add_run(showable(name)).bold = True
        for row in grid.rows:
            cells = table.add_row().cells
            cells[0].paragraphs[0].add_run(showable(row.label)).bold = True
            for cell, quoted in zip(cells[1:], row.cells, strict=True):
                for n, paragraph in enumerate(quoted):
                    self._words(cell.add_paragraph() if n else cell.paragraphs[0], paragraph)
        self._document.add_paragraph()

    def _words(self, into: WordParagraph, paragraph: Paragraph) -> None:
        if paragraph.place:
            into.add_run(showable(paragraph.place) + "\u3000").bold = True
        run = into.add_run(showable(paragraph.text))
        run.bold = paragraph.form in (Form.LEAD, Form.POINT, Form.SOURCE) or None
        run.italic = paragraph.form is Form.NOTICE or None
        for n in paragraph.notes:
            self._mark(into, n)

    def _mark(self, into: WordParagraph, n: int) -> None:
        """A footnote where a source is first cited, its number where it is again."""
        from docx.oxml import OxmlElement
        from docx.oxml.ns import qn

        run = into.add_run()
        run.font.superscript = True
        if n in self._noted:
            run.text = str(n)
            return
        self._noted.add(n)
        reference = OxmlElement("w:footnoteReference")
        reference.set(qn("w:id"), str(n + 1))
        run._r.append(reference)

    def _notes(self, notes: Sequence[str]) -> None:
        from docx.opc.packuri import PackURI
        from docx.opc.part import Part
        from lxml import etree

        root = etree.Element(f"{{{_W}}}footnotes", nsmap={"w": _W})

        def add(into: etree._Element, name: str, **attributes: str) -> etree._Element:
            return etree.SubElement(into, f"{{{_W}}}{name}", {f"{{{_W}}}{key}": v for key, v in attributes.items()})

        for kind, number in _LINES:
            note = add(root, "footnote", id=str(number), type=kind)
            add(add(add(note, "p"), "r"), kind)
        for number, words in enumerate(notes, start=len(_LINES)):
            paragraph = add(add(root, "footnote", id=str(number)), "p")
            mark = add(paragraph, "r")
            add(add(mark, "rPr"), "vertAlign", val="superscript")
            add(mark, "footnoteRef")
            text = add(add(paragraph, "r"), "t")
            text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
            text.text = f" {showable(words)}"
        blob = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
        part = Part(PackURI("/word/footnotes.xml"), _TYPE, blob, self._document.part.package)
        self._document.part.relate_to(part, _RELATION)
