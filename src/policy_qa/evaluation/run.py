"""A question set through the pipeline: a row a question, whatever becomes of it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from policy_qa.datamodels import Answer, Citation, Quotation
from policy_qa.errors import UsageError
from policy_qa.evaluation.corpora import article_finder
from policy_qa.evaluation.questions import LabelledQuestion
from policy_qa.evaluation.rows import Row, row_of, unanswered
from policy_qa.pipeline import Pipeline

_log = logging.getLogger(__name__)


def run_set(
    pipeline: Pipeline, questions: Sequence[LabelledQuestion], progress: Callable[[int], None] | None = None
) -> list[Row]:
    """A row for every question, in order.

    One that the pipeline turns away as none (UsageError) counts as refused. One that ends in another error is logged
    and scored as wrong in everything: a question is never left out.
    """
    article_of = article_finder(pipeline)
    rows = []
    for done, question in enumerate(questions, start=1):
        try:
            answer = pipeline.ask(question.question, question.history)
        except UsageError as error:
            answer = Answer(question=question.question, refused=True, mode="none", answer=str(error))
        except Exception as error:  # one question that breaks the program must not cost the figures of the others
            _log.exception("question %s", question.id)
            rows.append(unanswered(question, repr(error)))
            continue
        rows.append(row_of(question, answer, article_of, _bad_quotes(pipeline, answer)))
        if progress:
            progress(done)
    return rows


def _bad_quotes(pipeline: Pipeline, answer: Answer) -> int:
    texts = {d.doc_id: d.text for d in pipeline.documents}
    rows = answer.comparison.rows if answer.comparison else ()
    cells: tuple[Citation | Quotation, ...] = tuple(q for row in rows for cell in row.cells for q in cell)
    quoted = (*answer.citations, *cells)
    standing = (q.standing for q in quoted)
    return sum(q.quote != texts[q.ref.partition("#")[0]][q.start : q.end] for q in standing)
