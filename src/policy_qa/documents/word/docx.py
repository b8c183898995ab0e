"""docx: the text of a Word file as it shows on paper, one paragraph a line.

Revisions are read as accepted, automatic numbers are written out, and what stands beside the text (text
boxes, notes) follows the paragraph that it belongs to. A footnote is a line of its own, `［脚注1］…`, an endnote
`［尾注1］…`; the reference mark itself leaves nothing in the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate, groupby, pairwise

from policy_qa.datamodels import Recognised
from policy_qa.documents import scans
from policy_qa.documents.archive import Element
from policy_qa.documents.extracted import Extracted, table_row
from policy_qa.documents.pdf.pages import Pages
from policy_qa.documents.word.numbering import Counter, Numbering, Styles
from policy_qa.documents.word.package import Package, Seen, W, descend, flag, flat
from policy_qa.documents.word.text import End, Fields, NoteRef, Paragraph, Reader
from policy_qa.errors import SourceError

_WHITE = " \t\n\u3000\xa0"
_NOTE_NAMES = {"footnote": "脚注", "endnote": "尾注"}
_CONTENTS_TITLE = re.compile(r"目\s*[录次]|contents", re.IGNORECASE)
#: What a header or footer holds that is no loss: page numbers in any dress.
_PAGE_NUMBER = re.compile(r"[\d\s第共页/—–－·|~～.-]*")
_QUOTED = 30
#: A file of pictures with fewer characters is a scan, and so are pictures in which as many are read.
_SCAN_CHARACTERS = 30
#: The longest Chinese code has 0.1 million. Automatic numbers can make much text out of little XML.
MAX_CHARACTERS = 20_000_000


def read_word(data: bytes, source: str) -> Extracted:
    """The text of a .docx file, and in notes what was left out of it.

    Raises SourceError, before anything is inflated, for a file that is no Word file, is locked or is far
    larger unpacked than a policy can be; and for a document type declaration, damage or broken XML in it.
    """
    package = Package(data, source)
    package.refuse_declarations()
    try:
        document = _Document(package)
        lines = document.lines()
        notes = [*document.told, *document.seen.notes(), *_margins(package, document.styles)]
    except RecursionError as error:
        raise SourceError(
            f"{source}: expected tables and fields a few levels deep, found hundreds inside each other; "
            "open the file in Word or WPS and save it again"
        ) from error
    if document.seen.pictures and sum(len("".join(line.text.split())) for line in lines) < _SCAN_CHARACTERS:
        little = "next to no" if lines else "no"
        raise SourceError(
            f"{source}: expected text, found a Word file with {little} text in it (pictures: {document.seen.pictures}, "
            f"as of scanned pages); {scans.AGAIN if scans.available() else scans.GET}"
        )
    ends = [*accumulate((len(line.text) + 1 for line in lines), initial=0)]
    pages = groupby(zip(lines, pairwise(ends), strict=True), key=lambda one: one[0].confidence)
    recognised = []
    for confidence, group in pages:
        if confidence:
            places = [place for _, place in group]
            recognised.append(Recognised(start=places[0][0], end=places[-1][1] - 1, confidence=confidence))
    text = "\n".join(line.text for line in lines)
    return Extracted(text=text, encoding="docx", notes=tuple(notes), recognised=tuple(recognised))


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of text. `own` tells whether it is a paragraph of its container, not something anchored in it.

    `picture` names a relation to a picture in its place; `confidence` is that with which the line was read from one.
    """

    text: str
    own: bool = True
    picture: str = ""
    confidence: float = 0.0


@dataclass(slots=True)
class _Story:
    """A text that runs on by itself: the body, a text box, a note."""

    reader: Reader
    counter: Counter


@dataclass(slots=True)
class _Notes:
    """The footnotes or the endnotes of a file, numbered as they are referred to."""

    elements: dict[str, Element]
    fields: Fields
    used: int = 0
    written: set[str] = field(default_factory=set)


class _Document:
    """Walks one document. `seen` collects what is worth a note."""

    def __init__(self, package: Package) -> None:
        self._source, self._package = package.source, package
        self._pictures = package.relations(package.main)
        self._looked_at = 0
        self.told: list[str] = []
        self.seen = Seen()
        self.styles = Styles(package.part("styles"))
        numbering = Numbering(package.part("numbering"), self.styles)
        self._body = package.document()
        self._fields = Fields.of(self._body)
        self._notes = {kind: _notes(package, kind) for kind in _NOTE_NAMES}
        # Word counts the lists of the body, of the text boxes and of the notes apart.
        self._counters = {story: Counter(numbering) for story in ("body", "boxes", *_NOTE_NAMES)}

    def lines(self) -> list[_Line]:
        """The lines of the document, none of them blank; what was read from pictures in their place."""
        story = _Story(Reader(self._fields, self.styles, self.seen), self._counters["body"])
        lines: list[_Line] = []
        pictures: list[str] = []
        length = 0
        for line in self._walk(self._body, story):
            if line.picture:
                pictures.append(line.picture)
                continue
            if pictures and line.text.strip(_WHITE):
                lines += self._recognised(pictures)
                pictures = []
            lines += [_Line(text) for text in _split(line.text)]
            length += len(line.text)
            if length > MAX_CHARACTERS:
                raise SourceError(
                    f"{self._source}: expected at most {MAX_CHARACTERS // 10**6} million characters of text, "
                    "found more; split the document"
                )
        lines += self._recognised(pictures)
        if self.seen.contents:
            title = next((i for i, line in enumerate(lines) if _CONTENTS_TITLE.fullmatch(line.text)), None)
            if title is not None:
                del lines[title]
        return lines

    def _recognised(self, names: list[str]) -> Iterator[_Line]:
        """The lines of pictures that follow each other, as of the pages of a scan."""
        pages = Pages()
        count = 0
        for name in names:
            for picture in scans.pictures_of(self._package.file(self._pictures.get(name, "")), self._source):
                self._looked_at += 1
                scans.begin(self._source, self._looked_at, max(self._looked_at, len(self._pictures)))
                count += 1
                pages.add([scans.recognised(picture, count)])
        if pages.characters < _SCAN_CHARACTERS:
            return  # logos and drawings
        self.seen.pictures -= len(pages.confidence)
        found = pages.extracted(count, "docx")
        self.told += (note.replace("全文", "图片中的", 1) for note in found.notes)
        at = 0
        for text in found.text.split("\n"):
            if text.strip(_WHITE):
                page = next((one for one in reversed(found.recognised) if one.start <= at), None)
                yield _Line(text, confidence=page.confidence if page else 0.0)
            at += len(text) + 1

    def _walk(self, container: Element, story: _Story) -> Iterator[_Line]:
        """The lines of a body, a cell, a text box or a note, in reading order."""
        open_: list[Paragraph] = []
        for block in flat(container, self.seen):
            if block.tag == W + "p":
                open_.append(story.reader.paragraph(block))
                if open_[-1].end is End.KEPT:
                    yield from self._paragraph(open_, story)
                    open_ = []
            elif block.tag == W + "tbl":
                yield from self._paragraph(open_, story)
                open_ = []
                yield from self._table(block, story)
            elif block.tag in (W + "altChunk", W + "subDoc"):
                self.seen.embedded += 1
        yield from self._paragraph(open_, story)

    def _paragraph(self, joined: list[Paragraph], story: _Story) -> Iterator[_Line]:
        """The line of a paragraph, or of several whose end marks were deleted, and what is anchored in it.

        The last mark that is left gives the number: deleted paragraphs are not counted.
        """
        whole, text = "", ""
        for paragraph in joined:
            text += paragraph.text
            if paragraph.end is End.DELETED and paragraph is not joined[-1]:
                continue
            # Nothing is left of a paragraph that is hidden, deleted or a line of the table of contents.
            if text.strip(_WHITE) or not (paragraph.contents or paragraph.end is not End.KEPT):
                whole += story.counter.label(paragraph.properties) + text.strip(_WHITE)
            text = ""
        if whole:
            yield _Line(whole)
        for paragraph in joined:
            if scans.available():
                yield from (_Line("", own=False, picture=name) for name in paragraph.pictures)
            for box in paragraph.boxes:
                inner = _Story(Reader(self._fields, self.styles, self.seen), self._counters["boxes"])
                yield from (_Line(line.text, own=False) for line in self._walk(box, inner))
            for reference in paragraph.notes:
                yield from self._note(reference)

    def _note(self, reference: NoteRef) -> Iterator[_Line]:
        notes = self._notes[reference.kind]
        element = notes.elements.get(reference.ident)
        if not reference.mark:
            notes.used += 1
        if element is None or reference.ident in notes.written:
            return
        number = reference.mark or str(notes.used)
        notes.written.add(reference.ident)
        story = _Story(Reader(notes.fields, self.styles, self.seen), self._counters[reference.kind])
        text = " ".join(" ".join(line.text.split()) for line in self._walk(element, story))
        if text:
            yield _Line(f"［{_NOTE_NAMES[reference.kind]}{number}］{text}", own=False)

    def _table(self, table: Element, story: _Story) -> Iterator[_Line]:
        """A table's rows as lines; a table of one cell is a frame around paragraphs."""
        rows = [cells for row in flat(table, self.seen) if row.tag == W + "tr" and (cells := self._cells(row))]
        if len(rows) == 1 and len(rows[0]) == 1:
            yield from (_Line(line.text, own=False) for line in self._walk(rows[0][0], story))
            return
        for cells in rows:
            texts, after = [], []
            for cell in cells:
                # The lower part of a cell that runs over several rows shows nothing of its own.
                lines = [] if _continues(cell, "vMerge") else list(self._walk(cell, story))
                texts.append("\n".join(line.text for line in lines if line.own))
                after += [line for line in lines if not line.own]
            if any(text.strip() for text in texts):
                yield _Line(table_row(texts), own=False)
            yield from after

    def _cells(self, row: Element) -> list[Element]:
        """The cells of a row that are left after revisions are accepted; none where the row is gone."""
        properties = row.find(W + "trPr")
        if properties is not None:
            self.seen.inserted += properties.find(W + "ins") is not None
            if properties.find(W + "del") is not None:
                self.seen.deleted += 1
                return []
            if flag(properties, "hidden"):
                self.seen.hidden += sum(len(t.text or "") for t in row.iter(W + "t"))
                return []
        cells = [cell for cell in flat(row, self.seen) if cell.tag == W + "tc"]
        gone = [cell for cell in cells if descend(cell, "tcPr", "cellDel") is not None]
        self.seen.deleted += len(gone)
        return [cell for cell in cells if cell not in gone and not _continues(cell, "hMerge")]


def _continues(cell: Element, merge: str) -> bool:
    """Whether a cell belongs to the merged cell above (`vMerge`) or to the left (`hMerge`)."""
    found = descend(cell, "tcPr", merge)
    return found is not None and found.get(W + "val", "continue") == "continue"


def _split(text: str) -> Iterator[str]:
    """The lines of a text that has line breaks in it, without the blank ones."""
    for line in text.split("\n"):
        if line.strip(_WHITE):
            yield line.strip(_WHITE)


def _notes(package: Package, kind: str) -> _Notes:
    root = package.part(f"{kind}s")
    if root is None:
        return _Notes({}, Fields({}, frozenset()))
    found = root.findall(W + kind)
    return _Notes({note.get(W + "id", ""): note for note in found if not note.get(W + "type")}, Fields.of(root))


def _margins(package: Package, styles: Styles) -> list[str]:
    """A note of the headers and footers that hold more than page numbers."""
    texts: list[str] = []
    names = package.related(package.main, "header") + package.related(package.main, "footer")
    for name in dict.fromkeys(name.lower() for name in names):
        root = package.xml(name)
        if root is None:
            continue
        reader = Reader(Fields.of(root), styles, Seen())
        paragraphs = [reader.paragraph(element).text for element in root.iter(W + "p")]
        text = " ".join(" ".join(paragraphs).split())
        if not _PAGE_NUMBER.fullmatch(text) and text not in texts:
            texts.append(text)
    shown = "；".join(text if len(text) <= _QUOTED else f"{text[:_QUOTED]}…" for text in texts)
    return [f"页眉页脚未读入：{shown}"] if texts else []
