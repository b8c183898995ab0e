"""Tables against labels: which cells of a comparison quote what the label demands, document by document."""

from __future__ import annotations

from collections.abc import Callable

from policy_qa.datamodels import Answer
from policy_qa.evaluation.questions import LabelledQuestion


def cells(question: LabelledQuestion, answer: Answer, article_of: Callable[[str], str]) -> tuple[int, int]:
    """(right cells, cells that count) of the points that a question asks about.

    A label demands a cell of every document that its `refs` name. A cell is right where it quotes something and
    nothing but what `refs` and `also` name, at article level. A cell of another document that quotes anything
    else counts too, and is wrong.
    """
    allowed = {article_of(r) for r in (*question.refs, *question.also)}
    demanded = {r.partition("#")[0] for r in question.refs}
    shown: dict[str, set[str]] = {}
    if answer.comparison:
        for row in answer.comparison.rows:
            for document, cell in zip(answer.comparison.documents, row.cells if row.asked else (), strict=False):
                shown.setdefault(document.doc_id, set()).update(article_of(q.ref) for q in cell)
    wrong = {doc_id for doc_id, refs in shown.items() if refs - allowed}
    right = {doc_id for doc_id in demanded if shown.get(doc_id) and doc_id not in wrong}
    return len(right), len(demanded | wrong)
