"""A question over several documents -> a table: which documents, what each says on what is asked, where they differ.

Each document was asked by itself (`Retriever.retrieve`), so a cell is what the answer quotes of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from policy_qa.answer.answerer import MODE
from policy_qa.answer.phrases import say
from policy_qa.answer.quotes import Quote
from policy_qa.answer.select import Thresholds
from policy_qa.compare.asked import asks_each, asks_for_table, asks_which
from policy_qa.compare.same import differ
from policy_qa.compare.topic import subject_of, topic_of
from policy_qa.datamodels import (
    Answer,
    Citation,
    ComparedRow,
    Comparison,
    Kind,
    Line,
    LineKind,
    Provision,
    Quotation,
    Segmentation,
    picked,
)
from policy_qa.provisions.refs import cite, heading_words, place
from policy_qa.retrieval.question import Question
from policy_qa.retrieval.retriever import Candidate, Retrieval, Retriever
from policy_qa.words import normalize

#: More columns than this are no table that somebody reads, nor more rows of texts that are compared as a whole; so many
#: of their headings are asked, each of every column.
_MOST, _ROWS, _HEADINGS = 6, 8, 12
#: What a quotation from a preamble, closing words or an attachment loses of its score: they name the matter, give a
#: form for it or say whom to send that to, and seldom rule.
_FRAME, _LOSS = (Kind.PREAMBLE, Kind.CLOSING, Kind.APPENDIX), 1.0
Quotes = Callable[[Retrieval, Candidate], list[Quote]]
Cell = tuple[Quotation, ...]


class Comparer:
    """Makes the tables of one loaded index."""

    def __init__(self, retriever: Retriever, quotes: Quotes, thresholds: Thresholds) -> None:
        self._retriever, self._quotes, self._thresholds = retriever, quotes, thresholds
        self._segmentations = retriever.segmentations

    def beside(self, question: Question, answer: Answer, doc_ids: Sequence[str] = ()) -> Answer:
        """The answer with its table, where several documents answer, each for itself; else as it is.

        Documents that are compared as a whole get a table whatever a search for the question found. `doc_ids` are those
        that the caller restricts the question to (empty: all).
        """
        cited = list(dict.fromkeys(c.ref.partition("#")[0] for c in answer.citations))
        columns = self._columns(question, cited, doc_ids) if asks_for_table(question, cited) else []
        if len(columns) < 2:
            return answer
        documents = tuple(self._segmentations[d].document for d in columns)
        topic = topic_of(question, self._meanings(question), [d.title for d in documents])
        if not topic and len(columns) <= _MOST and (rows := self._rows(columns)):
            return self._whole(answer, Comparison(documents=documents, rows=tuple(rows)))
        cells = tuple(self._cell(question, answer, d) for d in columns)
        if answer.refused or not any(cells):
            return answer
        row = _row("topic", topic or question.dense_text, cells, question)
        return _with_table(answer, Comparison(documents=documents, rows=(row,)))

    def _columns(self, question: Question, cited: Sequence[str], wanted: Sequence[str]) -> list[str]:
        """The documents of a table: those that the question names; of one that names none those that answer it, in the
        order of the answer, and where all are asked the others on the subject of their titles, though silent."""
        scope = question.scope
        named = [d for d in scope.single if d in self._segmentations and not scope.soft]
        if len(named) > 1:
            return list(dict.fromkeys([*named, *(d for d in cited if d in named)]))
        columns = list(dict.fromkeys([*named, *cited]))
        if scope.every or asks_which(question.text) or asks_each(question.text):
            within = wanted if scope.soft else scope.within(wanted)
            pool = [d for d in within or self._segmentations if d in self._segmentations and d not in scope.left_out]
            subject = subject_of(self._meanings(question), [self._segmentations[d].document.title for d in columns])
            beside = [d for d in pool if all(self._speaks_of(d, words) for words in subject.values())]
            columns += [d for d in beside if len(beside) <= _MOST and d not in columns]
        return columns[:_MOST]

    def _meanings(self, question: Question) -> list[list[str]]:
        return self._retriever.analyzer.meanings(question)

    def _speaks_of(self, doc_id: str, words: Sequence[str]) -> bool:
        return any(word in self._retriever.text_of(doc_id) for word in words)

    def _cell(self, question: Question, answer: Answer, doc_id: str) -> Cell:
        """What the answer quotes of the best article of a document, and of others below a heading that is asked for."""
        segmentation = self._segmentations[doc_id]
        own = [Quote(ref=c.ref, start=c.start, end=c.end) for c in answer.citations if c.ref.startswith(f"{doc_id}#")]
        found = [(segmentation.article_of(p), q) for p, q in _quotations(segmentation, own)]
        scores = {r.ref: r.score for r in answer.retrieved}
        rated = {a.ref: scores.get(a.ref, 0.0) - _loss(a, question) for a, _ in found}
        best = max(rated, key=rated.__getitem__, default="")
        return tuple(q for a, q in found if a.ref == best or self._heads(question, a))

    @staticmethod
    def _heads(question: Question, article: Provision) -> bool:
        """Whether the words of a question make up half of the heading above an article: 职责 of 工作职责."""
        heading = normalize(heading_words(article.headings[-1])) if article.headings else ""
        said = sum(len(t.text) for t in question.terms if t.text in heading)
        return bool(heading) and 2 * said >= len(heading)

    def _rows(self, columns: Sequence[str]) -> list[ComparedRow]:
        """Documents compared as a whole: the matters that one of them has as headings and another rules as well."""
        articles = [self._segmentations[d].articles for d in columns]
        headings = [list(dict.fromkeys(a.headings[-1] for a in own if a.headings)) for own in articles]
        rows: list[ComparedRow] = []
        for heading in max(headings, key=len)[:_HEADINGS]:
            if len(rows) == _ROWS:
                break
            question = self._retriever.analyzer.analyze(heading_words(heading))
            cells = tuple(self._on(question, d, heading) for d in columns)
            if sum(map(bool, cells)) > 1:
                rows.append(_row("heading", heading_words(heading), cells, question))
        return rows

    def _on(self, question: Question, doc_id: str, heading: str) -> Cell:
        """What a document says on a matter, of the articles below a heading of that name if it has one."""
        retrieval = self._retriever.retrieve(question, [doc_id])
        below = [c for c in retrieval.candidates if heading in c.article.headings]
        ruling = [c for c in retrieval.candidates if c.article.kind not in _FRAME]
        speaks = below or (ruling if retrieval.answerability >= self._thresholds.answer else [])
        quotes = [q for c in speaks[:1] for q in self._quotes(retrieval, c)]
        return tuple(q for _, q in _quotations(self._segmentations[doc_id], quotes))

    def _whole(self, answer: Answer, table: Comparison) -> Answer:
        """An answer that is nothing but its table: each of its quotations once."""
        citations: dict[Quotation, Citation] = {}
        lines: list[Line] = []
        for row in table.rows:
            lines.append(Line(kind=LineKind.HEADING, text=row.label))
            for document, cell in zip(table.documents, row.cells, strict=True):
                source = Line(kind=LineKind.SOURCE, text=say(answer.lang, "single", title=document.title))
                lines += [source] if cell else []
                for q in cell:
                    named = picked(q, "ref", "cite", "quote", "start", "end")
                    held = citations.setdefault(q, Citation(n=len(citations) + 1, **named))
                    provision = self._segmentations[document.doc_id].at(q.ref)
                    where = place(provision) if provision else ""
                    lines.append(Line(kind=LineKind.QUOTE, place=where, text=q.quote, marks=(held.n,)))
        told = tuple(citations.values())
        numbers = tuple(c.n for c in told)
        point = replace(answer.points[0], refused=False, lead="", citations=numbers, lines=tuple(lines))
        answer = replace(answer, refused=False, mode=MODE, points=(point,), citations=told, nearest=())
        return _with_table(answer, table)


def _with_table(answer: Answer, table: Comparison) -> Answer:
    return replace(answer, points=(replace(answer.points[0], comparison=table),))


def _row(point: str, label: str, cells: tuple[Cell, ...], question: Question) -> ComparedRow:
    return ComparedRow(point=point, label=label, cells=cells, differs=differ(cells, question.wanted))


def _loss(article: Provision, question: Question) -> float:
    """What an article loses that only frames the rules, save a form where a question means one."""
    form = article.kind is Kind.APPENDIX and question.means_form
    return _LOSS if article.kind in _FRAME and not form else 0.0


def _quotations(segmentation: Segmentation, quotes: Iterable[Quote]) -> Iterator[tuple[Provision, Quotation]]:
    document = segmentation.document
    for q in quotes:
        if provision := segmentation.at(q.ref):
            named, quote = cite(document, provision), document.text[q.start : q.end]
            yield provision, Quotation(ref=q.ref, cite=named, quote=quote, start=q.start, end=q.end)
