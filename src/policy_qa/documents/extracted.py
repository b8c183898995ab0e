"""What every reader of a file format gives: text with one paragraph a line, and where its pages begin."""

from __future__ import annotations

from dataclasses import dataclass, field

from policy_qa.datamodels import Document, Recognised, Status
from policy_qa.facts.head import read_head


@dataclass(frozen=True, kw_only=True, slots=True)
class Extracted:
    """The text of a file, ready for the parser; all offsets of a Document refer to it.

    A paragraph is a line (`\\n`), a row of a table is a line `| cell | cell |` (a `|` inside a cell is
    written `｜`, a line end inside a cell an em space, `CELL_LINE`), a number that a word processor makes by itself is
    written out as it shows on paper (`第三条 …`, `（二）…`).

    `encoding` is the text encoding, or the format (`docx`, `pdf`) where the file is no plain text.
    `pages` holds the offset at which each page begins, ascending, the first at 0; empty where a format
    has no pages. `recognised` are the stretches that were read from pictures. `notes` tell a person what was
    done or left out, in Chinese, a line each.
    """

    text: str = field(repr=False)
    encoding: str = "utf-8"
    pages: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()
    recognised: tuple[Recognised, ...] = ()


#: Parts the lines of a table's cell: white space like any other to whoever reads, and apart from a space in a line.
CELL_LINE = "\u2003"


def table_row(cells: list[str]) -> str:
    """A row of a table as the one line that the parser knows as a row; a cell's lines are parted by `\\n`."""
    return "| " + " | ".join(_cell(cell.replace("|", "｜")) for cell in cells) + " |"


def _cell(text: str) -> str:
    return CELL_LINE.join(" ".join(line.split()) for line in text.split("\n") if line.strip())


def describe(text: str | Extracted, *, doc_id: str, source: str, sha256: str) -> Document:
    """A Document with the title, issuer, 文号, date and status that its own text gives."""
    extracted = text if isinstance(text, Extracted) else Extracted(text=text)
    head = read_head(extracted.text, doc_id=doc_id)
    return Document(
        doc_id=doc_id,
        title=head.title.value if head.title else doc_id,
        issuer=head.issuer.value if head.issuer else "",
        number=head.number.value if head.number else "",
        date=head.issued.value if head.issued else "",
        status=Status(head.status.value) if head.status else Status.UNKNOWN,
        source=source,
        sha256=sha256,
        encoding=extracted.encoding,
        pages=extracted.pages,
        notes=extracted.notes,
        recognised=extracted.recognised,
        text=extracted.text,
    )
