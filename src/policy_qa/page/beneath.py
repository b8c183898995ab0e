"""What stands beneath an answer: documents side by side as a table, references inside what is cited."""

from __future__ import annotations

from policy_qa.datamodels import Answer, Citation, Document, Quotation, Referred, Status
from policy_qa.naming.institutions import column_names
from policy_qa.page.inline import escape
from policy_qa.page.library import Library
from policy_qa.page.quoted import locate
from policy_qa.page.source_view import Opening
from policy_qa.page.tables import one_line
from policy_qa.page.texts import Texts

#: Of what one reference leads to, so many provisions are shown (本章 may hold forty).
_MOST = 4


def render_comparison(turn: int, answer: Answer, texts: Texts) -> str:
    """The answer's table as HTML, each quotation a link to its source; nothing where there is no table."""
    if answer.comparison is None:
        return ""
    names = [escape(n) for n in column_names(answer.comparison.documents)]
    head = "".join(
        f'<th scope="col">{n}{_badge(d, texts)}</th>' for n, d in zip(names, answer.comparison.documents, strict=True)
    )
    body = ""
    for r, row in enumerate(answer.comparison.rows):
        mark = f' <span class="pq-differs">{texts.differs}</span>' if row.differs else ""
        cells = ""
        for c, (name, cell) in enumerate(zip(names, row.cells, strict=True)):
            shown = "".join(_quoted(q, f"t:{turn}:{r}:{c}:{k}", texts.open_source) for k, q in enumerate(cell))
            silent = "" if cell else ' class="pq-silent"'
            cells += f'<td data-label="{name}"{silent}>{shown or escape(texts.silent)}</td>'
        body += f'<tr><th scope="row">{escape(row.label)}{mark}</th>{cells}</tr>'
    columns = len(names)
    return (
        f'<h3 class="pq-sub">{texts.side_by_side}<span class="pq-hint">{texts.side_by_side_hint}</span></h3>'
        f'<div class="pq-compare-frame" tabindex="0" role="region" aria-label="{texts.side_by_side}">'
        f'<table class="pq-compare pq-compare-{min(columns, 6)}" aria-label="{texts.side_by_side}">'
        f'<thead><tr><th scope="col">{texts.point}</th>{head}</tr></thead><tbody>{body}</tbody></table></div>'
    )


def _badge(document: Document, texts: Texts) -> str:
    """What keeps a document from being in force, beside its name."""
    shown = texts.status(document.status) if document.status.is_draft or document.status is Status.REPEALED else ""
    return f' <span class="pq-differs">{escape(shown)}</span>' if shown else ""


def _quoted(quotation: Quotation, key: str, label: str) -> str:
    place = quotation.cite.rpartition("》")[2] or quotation.cite
    return (
        f'<a href="#source" class="pq-cell" data-open="{key}"'
        f' aria-label="{escape(label.format(cite=quotation.cite))}">'
        f'<q class="pq-cell-quote">{escape(one_line(quotation.quote))}</q>'
        f'<span class="pq-cell-place">{escape(place)}</span></a>'
    )


def render_references(turn: int, citation: Citation, texts: Texts) -> str:
    """The references inside a cited provision, each a link to what it leads to; nothing where there are none."""
    if not citation.references:
        return ""
    by_text: dict[str, list[tuple[int, Referred]]] = {}
    for k, referred in enumerate(citation.references):
        by_text.setdefault(" ".join(referred.text.split()), []).append((k, referred))
    entries = ""
    for text, each in by_text.items():
        within = f'<span class="pq-within">{escape(texts.within.format(text=text))}</span>'
        links = "".join(_referred(f"x:{turn}:{citation.n}:{k}", r, texts) for k, r in each[:_MOST])
        more = f'<span class="pq-more">{texts.more.format(count=len(each))}</span>' if len(each) > _MOST else ""
        entries += f"<li>{within}{links}{more}</li>"
    return f'<ul class="pq-referred">{entries}</ul>'


def _referred(key: str, referred: Referred, texts: Texts) -> str:
    if referred.missing:
        return f'<span class="pq-missing">{texts.missing}</span>'
    return (
        f'<a href="#source" class="pq-cell" data-open="{key}"'
        f' aria-label="{escape(texts.open_source.format(cite=referred.cite))}">'
        f'<span class="pq-cell-place">{escape(referred.cite)}</span>'
        f'<q class="pq-cell-quote">{escape(one_line(referred.quote))}</q></a>'
    )


def open_beneath(answer: Answer, kind: str, numbers: list[int], library: Library) -> tuple[Opening | None, bool]:
    """What a link of a table (`t`: row, column, quotation) or of a reference (`x`: citation, reference) opens.

    The second value tells whether the answer has what the link names.
    """
    found = _cell(answer, numbers) if kind == "t" else _reference(answer, numbers)
    if found is None:
        return None, False
    found = found.standing if isinstance(found, Quotation) else found
    doc_id = found.ref.partition("#")[0]
    document, place = library.documents.get(doc_id), library.place(found.ref)
    if document is None:
        return None, True
    quoted = locate(
        Citation(n=0, ref=found.ref, cite=found.cite, quote=found.quote, start=found.start, end=found.end),
        document.text,
    )
    opening = Opening(
        doc_id=doc_id,
        shaded=place.article.path if place else "",
        cite=found.cite,
        quoted=(quoted,) if quoted else (),
        stale=quoted is None,
    )
    return opening, True


def _cell(answer: Answer, numbers: list[int]) -> Quotation | None:
    rows = answer.comparison.rows if answer.comparison else ()
    if len(numbers) != 3 or numbers[0] >= len(rows):
        return None
    row, column, quotation = numbers
    cells = rows[row].cells
    return cells[column][quotation] if column < len(cells) and quotation < len(cells[column]) else None


def _reference(answer: Answer, numbers: list[int]) -> Referred | None:
    if len(numbers) != 2:
        return None
    citation = next((c for c in answer.citations if c.n == numbers[0]), None)
    found = citation.references[numbers[1] : numbers[1] + 1] if citation else ()
    return found[0] if found and not found[0].missing else None
