"""A question over several documents -> a table: which documents, which rows, what each says, where they differ."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from policy_qa.answer.quotes import Quote, join, whole
from policy_qa.answer.select import Thresholds
from policy_qa.compare.asked import asks_each, asks_for_table, asks_which
from policy_qa.compare.finder import Policy, find, prepared
from policy_qa.compare.office import members_of, office_of_title, offices_in, with_aliases
from policy_qa.compare.points import CARD, LABELS, POINTS, TOPIC, Point, Topic, topic_of
from policy_qa.compare.subject import Office
from policy_qa.compare.values import OF_VALUES, differ
from policy_qa.datamodels import Answer, ComparedRow, Comparison, Kind, Provision, Quotation, Segmentation
from policy_qa.provisions.refs import cite
from policy_qa.retrieval.kinds import NOTHING, Wanted
from policy_qa.retrieval.question import Question
from policy_qa.retrieval.retriever import Candidate, Retrieval, Retriever
from policy_qa.words import normalize

#: More columns than this are no table that somebody reads.
_MOST = 6
#: What a quotation from a preamble, closing words or an attachment loses of its score: they name the matter, give a
#: form for it or say whom to send that to, and seldom rule.
_FRAME, _LOSS = (Kind.PREAMBLE, Kind.CLOSING, Kind.APPENDIX), 1.0
#: From this probability on, what a document says is on the point that is asked, whatever its words.
_SURE = 0.5
Quotes = Callable[[Retrieval, Candidate], list[Quote]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """What a document says to a question, nothing where it is silent, with the probability that the article answers."""

    quotations: tuple[Quotation, ...] = ()
    score: float = 0.0


class Comparer:
    """Makes the tables of one loaded index; a document is made ready when a table first needs it."""

    def __init__(self, retriever: Retriever, quotes: Quotes, thresholds: Thresholds) -> None:
        self._retriever, self._quotes, self._thresholds = retriever, quotes, thresholds
        self._policies: dict[str, Policy] = {}

    def compare(self, question: Question, answer: Answer, doc_ids: Sequence[str] = ()) -> Comparison | None:
        """The table for a question that several documents answer, each for itself; None for any other.

        `doc_ids` are the documents that the caller restricts the question to (empty: all).
        """
        cited = list(dict.fromkeys(c.ref.partition("#")[0] for c in answer.citations))
        if answer.refused or not asks_for_table(question, cited):
            return None
        near = dict.fromkeys((*cited, *question.scope.single))
        texts = [self._retriever.text_of(d) for d in near if d in self._retriever.segmentations]
        asked = offices_in(question.text, [t.text for t in question.terms], texts)
        columns, offices = _columns(question, cited, asked, self._retriever, doc_ids)
        if len(columns) < 2:
            return None
        names = asked.union(*(office.names for office in offices))
        subjects = frozenset(name for office in offices if office.own for name in office.names)
        policies = [self._policy(d) for d in columns]
        asks = _topic(question, names, subjects)
        said = [self._said(question, answer, doc_id, asks.label) for doc_id in columns]
        for topic in (asks, Topic(label=question.dense_text)):
            found = table(topic, policies, offices, answer.lang, said, question.wanted)
            if any(any(row.cells) for row in found.rows if row.asked):
                return found
        return None

    def _said(self, question: Question, answer: Answer, doc_id: str, label: str) -> Said:
        """What a document says: what the answer quotes of its best article, and of others below a heading that has the
        words that are asked about.

        One that the answer leaves out is asked by itself, unless it is named (then it was heard beside the others) or
        the question only looks for those that answer; where it would refuse the question it is silent.
        """
        quotes = [Quote(ref=c.ref, start=c.start, end=c.end) for c in answer.citations]
        scores = {r.ref: r.score for r in answer.retrieved}
        own = [q for q in quotes if q.ref.partition("#")[0] == doc_id]
        scope = question.scope
        heard = self._retriever.reads and scope.several and not scope.soft and doc_id in scope.doc_ids
        if not own and not heard and (question.compares or not asks_which(question.text)):
            retrieval = self._retriever.retrieve(question, [doc_id])
            first = sorted(retrieval.candidates, key=lambda c: _loss(c.article, question) - c.probability)[:1]
            least = self._thresholds.document * max(scores.values(), default=0.0)
            speaks = retrieval.answerability >= self._thresholds.answer and any(c.probability >= least for c in first)
            own = [q for c in first if speaks for q in self._quotes(retrieval, c)]
            scores |= {c.article.ref: c.probability for c in first}
        segmentation = self._policy(doc_id).segmentation
        found = [(segmentation.article_of(p), q) for p, q in _quotations(segmentation, own)]
        if not found:
            return Said()
        rated = {a.ref: scores.get(a.ref, 0.0) - _loss(a, question) for a, _ in found}
        best = max((a for a, _ in found), key=lambda a: rated[a.ref])
        kept = {
            a.ref
            for a, _ in found
            if a.ref == best.ref or (label and a.headings and label in normalize(a.headings[-1]))
        }
        return Said(quotations=tuple(q for a, q in found if a.ref in kept), score=rated[best.ref])

    def _policy(self, doc_id: str) -> Policy:
        if (known := self._policies.get(doc_id)) is None:
            known = self._policies[doc_id] = prepared(self._retriever.segmentations[doc_id])
        return known


def _loss(article: Provision, question: Question) -> float:
    """What an article loses that only frames the rules, save a form where a question means one."""
    form = article.kind is Kind.APPENDIX and question.means_form
    return _LOSS if article.kind in _FRAME and not form else 0.0


def _topic(question: Question, names: frozenset[str], subjects: frozenset[str]) -> Topic:
    """What a question asks about; of a document for which it names no point and no office, its own words."""
    # A word that no text has, often one that was cut wrongly (信息官能), is no topic beside a point.
    known = [(t.text, t.weight) for t in question.terms if t.matches]
    topic = topic_of(question.text, known, names, subjects, compares=question.compares)
    if topic.points:
        return topic
    terms = [(t.text, t.weight) for t in question.terms]
    topic = topic_of(question.text, terms, names, subjects, compares=question.compares)
    return topic if topic.label or names else Topic(label=question.dense_text)


def table(
    topic: Topic,
    policies: Sequence[Policy],
    offices: Sequence[Office],
    lang: str,
    said: Sequence[Said] = (),
    narrow: Wanted = NOTHING,
) -> Comparison:
    """The rows of a topic, each document with the office as it names it.

    What the documents `said`, one after another, is the row of a topic of its own, and what it says surely fills the
    cells of a single point that no cue fills; `narrow` is what a clause on a point has to give (how often they assess),
    where any does.
    """
    labels = LABELS[lang if lang in LABELS else "zh"]
    own = topic.points or (() if topic.label else POINTS)
    points = tuple(dict.fromkeys((*own, *CARD))) if own == (Point.WHO,) else own
    rows = []
    if topic.label:
        cells = tuple(s.quotations for s in said)
        rows.append(ComparedRow(point=TOPIC, label=topic.label, cells=cells, differs=differ(None, cells), asked=True))
    for point in points:
        cells = _cells(point, policies, offices, narrow if point in own else NOTHING)
        if own == (point,):
            sure = [s.quotations if s.score >= _SURE else () for s in said]
            cells = tuple(cell or other for cell, other in zip_longest(cells, sure, fillvalue=()))
        differs, asked = differ(point, cells), point in own
        rows.append(ComparedRow(point=point.value, label=labels[point], cells=cells, differs=differs, asked=asked))
    if not topic.points:
        rows = [row for row in rows if any(row.cells)]
    return Comparison(documents=tuple(p.segmentation.document for p in policies), rows=tuple(rows))


def _columns(
    question: Question, cited: Sequence[str], asked: frozenset[str], retriever: Retriever, wanted: Sequence[str]
) -> tuple[list[str], list[Office]]:
    """The documents of a table with the office as each names it.

    Those that the question names; of an unnamed question those that speak of its office, which are on the
    same subject, in the order of the answer.
    """
    scope = question.scope
    segmentations = retriever.segmentations
    named = [d for d in scope.single if d in segmentations and not scope.soft]
    pool = list(scope.within(wanted)) if not scope.soft else list(wanted)
    pool = [d for d in pool if d in segmentations] or [d for d in segmentations if d not in scope.left_out]
    if len(named) > 1:
        columns = list(dict.fromkeys([*named, *(d for d in cited if d in named)]))
    else:
        names = with_aliases(asked, map(retriever.text_of, [*cited, *named]), retriever.segmenter.words)
        speak = [d for d in pool if names and any(n in retriever.text_of(d) for n in names)]
        open_to_all = scope.every or asks_which(question.text) or asks_each(question.text)
        everyone = pool if open_to_all and len(pool) <= _MOST else []
        further = speak if len(speak) > 1 or not open_to_all else everyone
        columns = list(dict.fromkeys([*named, *cited, *further]))
        on_subject = [d for d in columns if d in named or d in speak]
        columns = (on_subject if len(on_subject) > 1 else columns)[:_MOST]
    names = with_aliases(asked, map(retriever.text_of, columns), retriever.segmenter.words)
    return columns, [_office(segmentations[d], names, retriever) for d in columns]


def _office(segmentation: Segmentation, asked: frozenset[str], retriever: Retriever) -> Office:
    """The office as a document names it: that of the question, else the one that its title is about."""
    words = retriever.segmenter.words
    text = retriever.text_of(segmentation.document.doc_id)
    subject = with_aliases(office_of_title(segmentation.document.title, words), [text], words)
    names = frozenset(n for n in asked if n in text) if asked else subject
    own = bool(subject) and any(n in s or s in n for n in names for s in subject)
    return Office(names=names, members=members_of(names), own=own)


def _cells(
    point: Point, policies: Sequence[Policy], offices: Sequence[Office], narrow: Wanted
) -> tuple[tuple[Quotation, ...], ...]:
    cells = []
    for policy, office in zip(policies, offices, strict=True):
        hits = find(policy, point, office) if office.names or point is Point.PURPOSE else ()
        quotes: list[Quote] = []
        for hit in hits:
            own = (
                whole(policy.segmentation, hit.provision)
                if hit.clause is None
                else join(policy.segmentation, [hit.clause])
            )
            quotes += own
        cells.append(tuple(q for _, q in _quotations(policy.segmentation, quotes)))
    if point not in OF_VALUES and narrow:
        sharp = [tuple(q for q in cell if narrow.given(q.quote)) for cell in cells]
        cells = sharp if any(sharp) else cells
    return tuple(cells)


def _quotations(segmentation: Segmentation, quotes: Iterable[Quote]) -> Iterator[tuple[Provision, Quotation]]:
    document = segmentation.document
    for q in quotes:
        if provision := segmentation.at(q.ref):
            named, quote = cite(document, provision), document.text[q.start : q.end]
            yield provision, Quotation(ref=q.ref, cite=named, quote=quote, start=q.start, end=q.end)
