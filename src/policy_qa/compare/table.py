"""A question over several documents -> a table: which documents, which rows, what each says, where they differ."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from policy_qa.answer.quotes import Quote, join, whole
from policy_qa.answer.select import Thresholds
from policy_qa.compare.asked import asks_each, asks_for_table, asks_which, on_purpose
from policy_qa.compare.finder import Policy, find, prepared
from policy_qa.compare.free import Rated, filled, free_row
from policy_qa.compare.office import members_of, office_of_title, offices_in, with_aliases
from policy_qa.compare.points import CARD, LABELS, POINTS, Point, Topic, joined, topic_of
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
#: What forms are called; an attachment's name stands in so many characters.
_FORM, _NAME = re.compile(r"[表单册书]$|格式|样式|模板"), 40
#: How likely a document has to answer that the question names.
_NAMED = 0.4
_LANGS = ("zh", "en")
Quotes = Callable[[Retrieval, Candidate], list[Quote]]


class Comparer:
    """Makes the tables of one loaded index; a document is made ready when a table first needs it."""

    def __init__(self, retriever: Retriever, quotes: Quotes, thresholds: Thresholds) -> None:
        self._retriever, self._quotes, self._thresholds = retriever, quotes, thresholds
        self._policies: dict[str, Policy] = {}

    def compare(self, question: Question, answer: Answer, doc_ids: Sequence[str] = ()) -> Comparison | None:
        """The table for a question that several documents answer, each for itself; None for any other.

        `doc_ids` are the documents that the caller restricts the question to (empty: all). What the answer
        quotes becomes the row of a topic that is none of the known points.
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
        for topic in _topics(question, names, subjects):
            wanted = topic.label or (topic.points and on_purpose(question))
            quoted = self._each(question, answer, columns, cited_only=not topic.label) if wanted else ()
            found = table(
                topic, policies, offices, answer.lang, quoted=quoted, asked=question.text, narrow=question.wanted
            )
            if any(any(row.cells) for row in found.rows if row.asked):
                return found
        return None

    def _each(
        self, question: Question, answer: Answer, columns: Sequence[str], *, cited_only: bool = False
    ) -> list[Rated]:
        """What each document says on a free topic: what the answer quotes of it, else its own best article.

        That is left out where `cited_only`, and silent where the question, asked of this document alone, would have
        been refused.
        """
        scores = {r.ref: r.score for r in answer.retrieved}
        out = []
        for doc_id in columns:
            policy = self._policy(doc_id)
            cited = [c for c in answer.citations if c.ref.partition("#")[0] == doc_id]
            quotes = [Quote(ref=c.ref, start=c.start, end=c.end) for c in cited]
            if not cited and not cited_only and (question.compares or not asks_which(question.text)):
                retrieval = self._retriever.retrieve(question, [doc_id])
                best = sorted(retrieval.candidates, key=lambda c: self._loss(c.article, question) - c.probability)[:1]
                if not self._speaks(question, doc_id, retrieval.answerability, best, max(scores.values(), default=0.0)):
                    best = []
                scores |= {c.article.ref: c.probability for c in best}
                quotes = [q for c in best for q in self._quotes(retrieval, c)]
            segmentation = policy.segmentation
            for provision, quotation in _quotations(segmentation, quotes):
                article = segmentation.article_of(provision)
                score = scores.get(article.ref, 0.0) - self._loss(article, question)
                out.append(Rated(quotation=quotation, score=score, heading=_heading(article)))
        return out

    def _speaks(
        self, question: Question, doc_id: str, answerability: float, best: Sequence[Candidate], top: float
    ) -> bool:
        """Whether a document that the answer leaves out speaks of the matter; one that is named need be less sure."""
        if doc_id in question.scope.named and not question.scope.soft:
            return answerability >= _NAMED
        least = self._thresholds.document * top
        return answerability >= self._thresholds.answer and any(c.probability >= least for c in best)

    def _loss(self, article: Provision, question: Question) -> float:
        """What an article loses that only frames the rules, save a form that is asked for by its name."""
        if article.kind not in _FRAME:
            return 0.0
        title = normalize(self._retriever.segmentations[article.doc_id].text_of(article))[:_NAME]
        named = article.kind is Kind.APPENDIX and any(_FORM.search(t.text) and t.text in title for t in question.terms)
        return 0.0 if named else _LOSS

    def _policy(self, doc_id: str) -> Policy:
        if (known := self._policies.get(doc_id)) is None:
            known = self._policies[doc_id] = prepared(self._retriever.segmentations[doc_id])
        return known


def _topics(question: Question, names: frozenset[str], subjects: frozenset[str]) -> Iterable[Topic]:
    """What a question asks about, and what it else may where no text speaks of that: its own words."""
    terms = [(t.text, t.weight) for t in question.terms]
    # A word that no text has, often one that was cut wrongly (信息官能), is no topic beside a point.
    known = [(t.text, t.weight) for t in question.terms if t.matches]
    topic = topic_of(question.text, known, names, subjects, compares=question.compares)
    if not topic.points:
        yield topic_of(question.text, terms, names, subjects, compares=question.compares)
        return
    yield topic
    if not on_purpose(question):
        return
    if words := tuple(t for t, weight in known if weight >= 1.0):
        yield Topic(label=joined(question.text, words), words=words)


def table(
    topic: Topic,
    policies: Sequence[Policy],
    offices: Sequence[Office],
    lang: str,
    *,
    quoted: Sequence[Rated] = (),
    asked: str = "",
    narrow: Wanted = NOTHING,
) -> Comparison:
    """The rows of a topic, each document with the office as it names it.

    `quoted` fills the row of a free topic, and the cells of a single point that no cue fills; `narrow` is
    what a clause on a point has to give (how often they assess), where any does.
    """
    rows = []
    if topic.label:
        rows.append(free_row(topic, [p.segmentation.document.doc_id for p in policies], quoted, asked, narrow))
    else:
        own = topic.points or POINTS
        points = tuple(dict.fromkeys((*own, *CARD))) if topic.points == (Point.WHO,) else own
        for point in points:
            row = _row(point, policies, offices, lang, asked=point in own, narrow=narrow if point in own else NOTHING)
            if len(topic.points) == 1 and row.asked:
                row = filled(row, [p.segmentation.document.doc_id for p in policies], quoted)
            if topic.points or any(row.cells):
                rows.append(row)
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


def _row(
    point: Point,
    policies: Sequence[Policy],
    offices: Sequence[Office],
    lang: str,
    *,
    asked: bool,
    narrow: Wanted = NOTHING,
) -> ComparedRow:
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
    return ComparedRow(
        point=point.value,
        label=LABELS[lang if lang in _LANGS else "zh"][point],
        cells=tuple(cells),
        differs=differ(point, cells),
        asked=asked,
    )


def _heading(article: Provision) -> str:
    return article.headings[-1] if article.headings else ""


def _quotations(segmentation: Segmentation, quotes: Iterable[Quote]) -> Iterator[tuple[Provision, Quotation]]:
    document = segmentation.document
    for q in quotes:
        if provision := segmentation.at(q.ref):
            named, quote = cite(document, provision), document.text[q.start : q.end]
            yield provision, Quotation(ref=q.ref, cite=named, quote=quote, start=q.start, end=q.end)
