"""A conversation to be taken away, its sources as numbered notes: one shape for print, Word and Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from policy_qa.datamodels import Answer, Document, Line, LineKind, Point, Quotation
from policy_qa.doors.markdown import escaped
from policy_qa.kept.conversations import KeptAnswer
from policy_qa.naming.institutions import column_names
from policy_qa.page.frame import moment_of
from policy_qa.page.inline import one_line, quoted_cells
from policy_qa.page.texts import Texts


class Form(StrEnum):
    """What a paragraph is."""

    NOTICE = "notice"
    POINT = "point"  # the words of one of several points
    LEAD = "lead"
    SOURCE = "source"
    LINE = "line"


@dataclass(frozen=True, kw_only=True, slots=True)
class Paragraph:
    """Words of an answer; `place` names the provision that they quote, `notes` are the numbers of their sources."""

    form: Form
    text: str
    place: str = ""
    notes: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One point of a table; each cell holds its quotations, which are paragraphs."""

    label: str
    cells: tuple[tuple[Paragraph, ...], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Grid:
    """A table: the documents, each with its note, and the rows, whose quotations name their provisions themselves.

    A note a quotation would make more notes than a page has room for below one row of a table.
    """

    head: tuple[Paragraph, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Exchange:
    """A question, when it was asked, and the answer."""

    question: str
    asked: str
    blocks: tuple[Paragraph | Grid, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Transcript:
    """The whole of it; `notes[n - 1]` is the source number n."""

    title: str
    exchanges: tuple[Exchange, ...]
    notes: tuple[str, ...]


def transcribe(title: str, answers: Sequence[KeptAnswer], texts: Texts) -> Transcript:
    """A conversation's answers, each source noted once an answer, with what its document said of itself then."""
    notes: list[str] = []
    exchanges = tuple(_Answer(kept, texts, notes).exchange() for kept in answers)
    return Transcript(title=title, exchanges=exchanges, notes=tuple(notes))


class _Answer:
    """Transcribes one answer, and notes its sources behind those of the answers before it."""

    def __init__(self, kept: KeptAnswer, texts: Texts, notes: list[str]) -> None:
        self._kept, self._texts, self._notes = kept, texts, notes
        self._numbers: dict[tuple[str, int, int], int] = {}

    def exchange(self) -> Exchange:
        answer = self._kept.answer
        asked = moment_of(self._kept.asked)
        blocks: list[Paragraph | Grid] = [
            Paragraph(form=Form.NOTICE, text=f"{self._texts.notice}{self._texts.colon}{notice}")
            for notice in answer.notices
        ]
        for n, point in enumerate(answer.points, start=1):
            if len(answer.points) > 1:
                blocks.append(Paragraph(form=Form.POINT, text=f"{n}. {point.heading}"))
            blocks += self._point(answer, point)
        return Exchange(question=self._kept.question, asked=asked, blocks=tuple(blocks))

    def _point(self, answer: Answer, point: Point) -> list[Paragraph | Grid]:
        table = point.comparison
        grid: list[Paragraph | Grid] = []
        if table:
            rows = [Row(label=r.label, cells=tuple(map(self._cell, r.cells))) for r in table.rows]
            names = zip(column_names(table.documents), table.documents, strict=True)
            head = tuple(
                Paragraph(form=Form.POINT, text=name, notes=(self._note((d.doc_id, 0, 0), self._about(d)),))
                for name, d in names
            )
            grid = [Grid(head=head, rows=tuple(rows))]
        return grid + [p for line in answer.beside_table(point) for p in self._line(answer, line)]

    def _cell(self, quotations: Sequence[Quotation]) -> tuple[Paragraph, ...]:
        quoted = tuple(
            Paragraph(form=Form.LINE, text=f"“{one_line(q.quote)}”", place=q.cite.rpartition("》")[2] or q.cite)
            for q in quotations
        )
        return quoted or (Paragraph(form=Form.LINE, text=self._texts.silent),)

    def _line(self, answer: Answer, line: Line) -> list[Paragraph]:
        """A line a paragraph; the rows of a table in one, told apart as in one line."""
        quoted = line.kind in (LineKind.QUOTE, LineKind.NEAR)
        rows = any(quoted_cells(words) for words in line.text.split("\n"))
        pieces = [one_line(line.text)] if rows else [words for words in line.text.split("\n") if words.strip()]
        form = {LineKind.LEAD: Form.LEAD, LineKind.SOURCE: Form.SOURCE, LineKind.HEADING: Form.SOURCE}.get(line.kind)
        cited = [c for n in line.marks for c in answer.citations if c.n == n]
        notes = tuple(self._note((c.ref, c.start, c.end), self._source(c)) for c in cited)
        return [
            Paragraph(
                form=form or Form.LINE,
                text=words.strip(),
                place=line.place if quoted and not at else "",
                notes=notes if at == len(pieces) - 1 else (),
            )
            for at, words in enumerate(pieces)
        ]

    def _note(self, key: tuple[str, int, int], words: str) -> int:
        if key not in self._numbers:
            self._notes.append(words)
            self._numbers[key] = len(self._notes)
        return self._numbers[key]

    def _source(self, quotation: Quotation) -> str:
        """Provision and words, and what their document says of itself."""
        document = self._document(quotation)
        words = f"{quotation.cite}{self._texts.colon}“{one_line(quotation.quote)}”"
        return words + (self._facts(document) if document else "")

    def _about(self, document: Document) -> str:
        return f"《{document.title}》{self._facts(document)}"

    def _facts(self, document: Document) -> str:
        """In brackets: issuer, number, date and status as far as they are stated."""
        facts = (document.issuer, document.number, document.date, self._texts.of("status", document.status))
        told = self._texts.comma.join(filter(None, facts))
        return self._texts.aside.format(words=told) if told else ""

    def _document(self, quotation: Quotation) -> Document | None:
        doc_ids = [words.ref.partition("#")[0] for words in (quotation, quotation.standing)]
        return next((d for d in self._kept.documents if d.doc_id in doc_ids), None)


def markdown_of(transcript: Transcript, about: str) -> str:
    """A transcript as Markdown, its notes as footnotes; words of documents and questions are never markup."""
    blocks = [f"# {escaped(transcript.title)}", escaped(about)]
    for exchange in transcript.exchanges:
        blocks += [f"## {escaped(' '.join(exchange.question.split()))}", exchange.asked]
        blocks += [_grid(b) if isinstance(b, Grid) else _paragraph(b) for b in exchange.blocks]
    blocks += [f"[^{n}]: {escaped(' '.join(note.split()))}" for n, note in enumerate(transcript.notes, start=1)]
    return "\n\n".join(blocks) + "\n"


def _paragraph(paragraph: Paragraph) -> str:
    words = escaped(paragraph.text)
    words = f"**{words}**" if paragraph.form in (Form.LEAD, Form.POINT, Form.SOURCE) else words
    words = f"> {words}" if paragraph.form is Form.NOTICE else words
    place = f"**{escaped(paragraph.place)}**\u3000" if paragraph.place else ""
    return place + words + "".join(f"[^{n}]" for n in paragraph.notes)


def _grid(grid: Grid) -> str:
    head = [["", *map(_paragraph, grid.head)], ["---"] * (len(grid.head) + 1)]
    body = [[escaped(row.label), *("<br>".join(map(_paragraph, cell)) for cell in row.cells)] for row in grid.rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in head + body)
