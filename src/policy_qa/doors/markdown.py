"""An answer as Markdown, for programs that show it. Words of documents, questions and models are never markup."""

from __future__ import annotations

import re

from policy_qa.datamodels import Answer, Comparison, Point
from policy_qa.naming.institutions import column_names
from policy_qa.page.texts import texts_for
from policy_qa.statements import WRITING

_MARKUP = re.compile(r"[\\`*_{}\[\]<>#|~!&]")
#: What opens a list or underlines a heading; behind it Markdown needs no mark to take a line for something else.
_OPENING = re.compile(r"^([ \t]*)(?:(\d+)([.)])|([-+=]))", re.MULTILINE)
_BREAK = "  \n"


def escaped(text: str) -> str:
    """Text that a Markdown viewer shows as it is, line breaks kept."""
    plain = _MARKUP.sub(r"\\\g<0>", text)
    return _OPENING.sub(lambda m: f"{m[1]}{m[2] or ''}\\{m[3] or m[4]}", plain).replace("\n", _BREAK)


def markdown(answer: Answer) -> str:
    """The points with their tables, below them what the marks stand for, and the notices."""
    blocks = [block for n, point in enumerate(answer.points, 1) for block in _point(answer, point, n)]
    if answer.mode == WRITING:
        return "\n\n".join(blocks)
    if answer.citations:
        blocks.append(_BREAK.join(f"[{c.n}] {escaped(c.cite)} `{c.ref.replace('`', '')}`" for c in answer.citations))
    if answer.notices:
        blocks.append("\n>\n".join(f"> ※ {escaped(' '.join(notice.split()))}" for notice in answer.notices))
    return "\n\n".join(blocks)


def _point(answer: Answer, point: Point, n: int) -> list[str]:
    head = [f"**{n}. {escaped(point.heading)}**"] if len(answer.points) > 1 else []
    table = [_table(point.comparison, answer.lang)] if point.comparison else []
    lines = [_marked(line.plain, line.marks) for line in answer.beside_table(point)]
    return [*head, *table, *([_BREAK.join(lines)] if lines else [])]


def _marked(plain: str, marks: tuple[int, ...]) -> str:
    """A line as text; of its brackets only those of its marks are no words."""
    end = "".join(f"[{n}]" for n in marks)
    return escaped(plain.removesuffix(end)) + end


def _table(comparison: Comparison, lang: str) -> str:
    """A row a point, a column a document; every cell quotes, or says that the document is silent."""
    silent = f"— {texts_for(lang).silent}"
    rows = [["", *column_names(comparison.documents)], ["---"] * (len(comparison.documents) + 1)]
    for row in comparison.rows:
        cells = ["<br>".join(_cell(q.quote) + f" `{q.ref.replace('`', '')}`" for q in cell) for cell in row.cells]
        rows.append([_cell(row.label), *(cell or silent for cell in cells)])
    return "\n".join(f"| {' | '.join(cells)} |" for cells in rows)


def _cell(text: str) -> str:
    return escaped(" ".join(text.split()))
