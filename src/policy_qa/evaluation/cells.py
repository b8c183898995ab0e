"""Tables against labels: which cells of a comparison quote what the label demands, document by document."""

from __future__ import annotations

from collections.abc import Callable, Collection

from policy_qa.datamodels import Answer

#: (doc_id, the articles that its cells quote) of the points that a question asks about.
Shown = tuple[tuple[str, tuple[str, ...]], ...]


def shown_of(answer: Answer, article_of: Callable[[str], str]) -> Shown:
    """What each document's cells of an answer quote, in the rows that the question asks about."""
    shown: dict[str, list[str]] = {}
    if answer.comparison:
        for row in answer.comparison.rows:
            for document, cell in zip(answer.comparison.documents, row.cells if row.asked else (), strict=False):
                shown.setdefault(document.doc_id, []).extend(article_of(q.ref) for q in cell)
    return tuple((doc_id, tuple(dict.fromkeys(refs))) for doc_id, refs in shown.items())


def cells(judged: Collection[str], allowed: Collection[str], shown: Shown) -> tuple[int, int]:
    """(right cells, cells that count) of a table.

    A label demands a cell of every document that its refs name (`judged`). A cell is right where it quotes something
    and nothing but what may be cited (`allowed`: refs and `also`), at article level. A cell of another document that
    quotes anything else counts too, and is wrong.
    """
    demanded = {ref.partition("#")[0] for ref in judged}
    wrong = {doc_id for doc_id, refs in shown if set(refs) - set(allowed)}
    right = {doc_id for doc_id, refs in shown if doc_id in demanded and refs and doc_id not in wrong}
    return len(right), len(demanded | wrong)
