"""Retrieval -> answer: quotations with their provisions, or a refusal that says what is missing."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from policy_qa.answer.definitions import Definitions
from policy_qa.answer.leads import Lead, lead_of
from policy_qa.answer.lookup import Found
from policy_qa.answer.phrases import say
from policy_qa.answer.premise import contradicted
from policy_qa.answer.quotes import Quote, quotes_from, whole
from policy_qa.answer.refusal import missing, nearest_lines, nearest_of, office_line
from policy_qa.answer.select import Thresholds, select
from policy_qa.answer.versions import VersionNotices
from policy_qa.clauses import Clause
from policy_qa.datamodels import (
    Answer,
    Citation,
    Document,
    Kind,
    Line,
    LineKind,
    Point,
    PointKind,
    Provision,
    Retrieved,
    Segmentation,
)
from policy_qa.naming.institutions import institution_of
from policy_qa.naming.titles import shown
from policy_qa.provisions.refs import cite, place
from policy_qa.retrieval.question import Question
from policy_qa.retrieval.retriever import Candidate, Retrieval, Retriever

MODE = "extractive"
#: Candidates beside what was chosen that are read clause by clause.
_BESIDE = 4
#: Where all institutions are asked, each that is silent is named, of so many.
_ALL_NAMED = 8
#: Characters by which quotations have to be longer than the line that answers, for it to stand before them.
_AS_SHORT = 6
# A line that a page break cut in mid-sentence; the citation's quote keeps it, the answer's line doesn't show it.
_BROKEN = re.compile(r"(?<=[\u4e00-\u9fff，、])\n(?=[\u4e00-\u9fff])")


@dataclass(frozen=True, slots=True)
class _Cited:
    """A provision with what is quoted of it, and the line of it that answers."""

    provision: Provision
    quotes: tuple[Quote, ...]
    lead: Lead | None = None
    probability: float = 0.0


class Answerer:
    """Writes answers from what a Retriever found. Stateless but for the index it reads from."""

    def __init__(self, retriever: Retriever, thresholds: Thresholds) -> None:
        self._retriever, self._thresholds = retriever, thresholds
        self._segmentations: Mapping[str, Segmentation] = retriever.segmentations
        self._definitions: Definitions | None = None
        self._versions = VersionNotices(retriever.versions, self._segmentations, retriever.segmenter)

    def answer(self, question: Question, retrieval: Retrieval, found: Found | None, lang: str) -> Answer:
        """The answer to a question; `found` is what its numbers resolved to, None where it names none."""
        unknown = question.scope.unknown
        foreign = question.scope.foreign_titles
        if foreign and (found is not None or not question.terms):
            # 「《…建设规范》第三条」: a number of a document that is not here must not hit one that is.
            names = _join([shown(t) for t in foreign], lang)
            return self._refuse(question, retrieval, lang, say(lang, "refused_unknown_title", names=names))
        if unknown and not question.scope.doc_ids and not (found and found.by_ref):
            return self._refuse(question, retrieval, lang, say(lang, "refused_unknown", names=_join(unknown, lang)))
        if found is not None:
            return self._by_number(question, retrieval, found, lang)
        if defined := self._defined(question):
            return self._compose(question, retrieval, defined, [], lang)
        answerability, answering = retrieval.answerability, retrieval.answering
        chosen = select(question, retrieval.candidates, answerability, self._thresholds, answering)
        if not chosen:
            asked = list(dict.fromkeys(name for name, _ in self._asked(question)))
            said = say(lang, "refused_scope", names=_join(asked, lang)) if asked else say(lang, "refused")
            return self._refuse(question, retrieval, lang, said, why=True)
        cited = [self._cited(question, retrieval, c) for c in self._with_conditions(retrieval, chosen)]
        absent = [shown(t) for t in foreign]
        notices = [say(lang, "unknown_too", names=_join(unknown, lang))] if unknown else []
        notices += [say(lang, "unknown_title_too", names=_join(absent, lang))] if absent else []
        return self._compose(question, retrieval, cited, notices, lang)

    def _by_number(self, question: Question, retrieval: Retrieval, found: Found, lang: str) -> Answer:
        if found.asks:
            lines = tuple(Line(text=line) for line in found.missing)
            return Answer(
                question=question.text,
                refused=False,
                mode=MODE,
                points=(Point(text=question.text, kind=PointKind.CLARIFY, lines=lines),),
                retrieved=self._ranked(retrieval, ())[:10],
                lang=lang,
                timings_ms=retrieval.timings_ms,
            )
        if not found.provisions:
            # What stands near in words is no help to who names a number.
            return self._refuse(question, retrieval, lang, " ".join(found.missing), near=False)
        cited = [
            _Cited(p, tuple(whole(self._segmentations[p.doc_id], p)))
            for p in sorted(found.provisions, key=self._place_in_answer)
        ]
        return self._compose(question, retrieval, cited, list(found.missing), lang, by_number=True)

    def _place_in_answer(self, provision: Provision) -> tuple[str, int, int]:
        """Documents by name, the versions of one policy together, the one in force first."""
        family = self._retriever.versions.of(provision.doc_id)
        if family is None:
            return provision.doc_id, 0, provision.start
        return min(family.doc_ids), family.doc_ids.index(provision.doc_id), provision.start

    def quotes(self, retrieval: Retrieval, candidate: Candidate) -> list[Quote]:
        """The words of a candidate that answer best."""
        return self._quoted(retrieval, candidate, self._rated(retrieval, candidate))

    def _rated(self, retrieval: Retrieval, candidate: Candidate) -> dict[Clause, float]:
        scores = self._retriever.clause_scores(retrieval, candidate.row)
        return dict(zip(self._retriever.clauses(candidate.row), scores, strict=True))

    def _quoted(self, retrieval: Retrieval, candidate: Candidate, scores: Mapping[Clause, float]) -> list[Quote]:
        article = candidate.article
        wants_all = retrieval.question.wants_list or _about_all(article, scores)
        segmentation = self._segmentations[article.doc_id]
        return quotes_from(segmentation, article, list(scores), scores.__getitem__, wants_all=wants_all)

    def _cited(self, question: Question, retrieval: Retrieval, candidate: Candidate) -> _Cited:
        """A candidate with what answers in it, and the line of that which says it."""
        article, scores = candidate.article, self._rated(retrieval, candidate)
        quotes = self._quoted(retrieval, candidate, scores)
        read = bool(self._retriever.hears(retrieval, candidate.row)) and not _about_all(article, scores)
        lead = lead_of(self._segmentations[article.doc_id], question, quotes, list(scores.items()), read=read)
        return _Cited(article, tuple(quotes), lead, candidate.probability)

    def _with_conditions(self, retrieval: Retrieval, chosen: Sequence[Candidate]) -> list[Candidate]:
        """What was chosen, and where no clause of it answers by itself what stands beside it in the same documents and
        does: who may hold an office by one article, and for how long he must have served by another."""
        if any(self._retriever.hears(retrieval, c.row) is not False for c in chosen):
            return list(chosen)
        documents = {c.article.doc_id for c in chosen}
        beside = [c for c in retrieval.candidates[:_BESIDE] if c.article.doc_id in documents and c not in chosen]
        return [*chosen, *(c for c in beside if self._retriever.hears(retrieval, c.row))]

    def _defined(self, question: Question) -> list[_Cited]:
        """The clauses that give a term its other name, where that is asked."""
        self._definitions = self._definitions or Definitions(self._segmentations)
        scope = question.scope
        here = scope.doc_ids or [d for d in self._segmentations if d not in scope.left_out]
        return [_Cited(d.article, (d.quote,), d.lead) for d in self._definitions.asked(question.text, here)]

    def _compose(
        self,
        question: Question,
        retrieval: Retrieval,
        cited: Sequence[_Cited],
        notices: list[str],
        lang: str,
        *,
        by_number: bool = False,
    ) -> Answer:
        citations: list[Citation] = []
        lines: list[Line] = []
        documents = list(dict.fromkeys(c.provision.doc_id for c in cited))
        documents, above = self._versions.by_level(documents, lang)
        # An instrument inside a file answers under its own title.
        texts = list(dict.fromkeys((c.provision.doc_id, c.provision.instrument) for c in cited))
        texts.sort(key=lambda text: documents.index(text[0]))
        if len(texts) > 1:
            lines.append(Line(kind=LineKind.HEADING, text=say(lang, "several")))
        for doc_id, title in texts:
            document = self._segmentations[doc_id].document
            items = [c for c in cited if (c.provision.doc_id, c.provision.instrument) == (doc_id, title)]
            standing = dict.fromkeys(line for c in items for line in self._versions.standing(c.provision, lang))
            lines += [Line(text=line) for line in standing]
            lines.append(Line(kind=LineKind.SOURCE, text=say(lang, "single", title=title or document.title)))
            for item in items:
                lines += self._lines(document, item, citations)
        lines += self._silent(question, documents, lang)
        leads, first = self._leads(question, cited, texts, citations, lang)
        quotes = "\n".join(c.quote for c in citations)
        for asked, right in contradicted(question.text, quotes):
            notices.append(say(lang, "premise", asked=asked, found=right))
        for doc_id in documents:
            document = self._segmentations[doc_id].document
            if document.status.is_draft:
                notices.append(say(lang, "draft", title=document.title, status=document.status.value))
        notices += above + self._versions.about(self._cited_provisions(citations), lang)
        return Answer(
            question=question.text,
            refused=False,
            mode=MODE,
            points=(
                Point(
                    text=question.text,
                    kind=PointKind.CONTENT,
                    lead="\n".join(leads),
                    citations=tuple(c.n for c in citations),
                    lines=(*first, *lines),
                ),
            ),
            citations=tuple(citations),
            retrieved=self._ranked(retrieval, [c.provision for c in cited] if by_number else ())[:10],
            notices=tuple(notices),
            lang=lang,
            timings_ms=retrieval.timings_ms,
        )

    def _leads(
        self,
        question: Question,
        cited: Sequence[_Cited],
        texts: Sequence[tuple[str, str]],
        citations: Sequence[Citation],
        lang: str,
    ) -> tuple[list[str], list[Line]]:
        """(the line of each text that answers, behind its name where there are several; those of them that say it
        shorter than what is quoted, with the marks of their quotations).

        A value may stand in any of the articles; else the likeliest one of a text leads, or none.
        """
        leads: list[str] = []
        first: list[Line] = []
        for doc_id, title in texts:
            segmentation = self._segmentations[doc_id]
            own = [c for c in cited if (c.provision.doc_id, c.provision.instrument) == (doc_id, title)]
            leading = [c for c in own if c.lead] if question.wanted else own
            led = max(leading, key=lambda c: c.probability, default=None)
            if led is None or (lead := led.lead) is None:
                continue
            words = _BROKEN.sub("", " ".join(segmentation.document.text[lead.start : lead.end].split("\n")))
            item = segmentation.at(lead.item) if lead.item else None
            label = f"{place(item)}{say(lang, 'colon')}" if item else ""
            name = f"{title or self._name(doc_id)}{say(lang, 'colon')}" if len(texts) > 1 else ""
            leads.append(f"{name}{label}{words}")
            marks = [c.n for c in citations if c.ref.startswith(f"{doc_id}#") and c.start <= lead.start < c.end]
            longer = sum(q.end - q.start for c in own for q in c.quotes) > (lead.end - lead.start) + _AS_SHORT
            if marks and (longer or len(texts) > 1):
                first.append(Line(kind=LineKind.LEAD, text=leads[-1], marks=(marks[0],)))
        return leads, first

    def _cited_provisions(self, citations: Sequence[Citation]) -> list[Provision]:
        found = (self._segmentations[c.ref.partition("#")[0]].at(c.ref) for c in citations)
        return [p for p in found if p]

    def _lines(self, document: Document, item: _Cited, citations: list[Citation]) -> list[Line]:
        segmentation = self._segmentations[document.doc_id]
        lines = []
        for quote in item.quotes:
            provision = segmentation.at(quote.ref) or item.provision
            text = document.text[quote.start : quote.end]
            citation = Citation(
                n=len(citations) + 1,
                ref=provision.ref,
                cite=cite(document, provision),
                quote=text,
                start=quote.start,
                end=quote.end,
            )
            citations.append(citation)
            shown = "\n".join(line.strip() for line in text.split("\n") if line.strip())
            if provision.kind is not Kind.APPENDIX:
                shown = _BROKEN.sub("", shown)
            lines.append(Line(kind=LineKind.QUOTE, place=place(provision), text=shown, marks=(citation.n,)))
        return lines

    def _silent(self, question: Question, documents: Sequence[str], lang: str) -> list[Line]:
        """What is named and says nothing, where others do: an institution where none of its documents does, a name that
        no document is of, and each institution where all are asked."""
        scope = question.scope
        lines = [Line(text=say(lang, "aside", names=_join(scope.aside, lang)))] if scope.aside else []
        if scope.soft:
            return lines
        asked = self._asked(question)
        if scope.every and not asked:
            every: dict[str, list[str]] = {}
            for doc_id in self._segmentations:
                if doc_id not in scope.left_out:
                    every.setdefault(self._name(doc_id), []).append(doc_id)
            asked = list(every.items()) if len(every) <= _ALL_NAMED else []
        silent = [(name, ids) for name, ids in asked if not set(ids) & set(documents)]
        said = [Line(kind=LineKind.SILENT, text=say(lang, "silent", name=n), ref=ids[0]) for n, ids in silent]
        return [*lines, *said]

    def _asked(self, question: Question) -> list[tuple[str, Sequence[str]]]:
        """What a question names, as an answer calls it, with its documents."""
        held = [[d for d in ids if d in self._segmentations] for ids in question.scope.sides]
        return [(self._name(ids[0]), ids) for ids in held if ids]

    def _name(self, doc_id: str) -> str:
        document = self._segmentations[doc_id].document
        return institution_of(document) or f"《{document.title}》"

    def _refuse(
        self,
        question: Question,
        retrieval: Retrieval,
        lang: str,
        reason: str,
        *,
        why: bool = False,
        near: bool = True,
    ) -> Answer:
        """A refusal for a reason; `why` adds what is missing, where the texts were searched for it, `near` what comes
        nearest."""
        nearest = nearest_of(self._retriever, retrieval, lang) if near else ()
        close = bool(nearest) and retrieval.candidates[0].probability >= self._thresholds.further / 20
        said = missing(self._retriever, question, nearest if close else (), lang) if why else []
        lines = [Line(text=line) for line in (reason, *said)]
        if close:
            lines += nearest_lines(nearest, lang)
            office = office_line(self._retriever, retrieval.candidates[0].article.doc_id, lang)
            lines += [Line(text=office)] if office else []
        return Answer(
            question=question.text,
            refused=True,
            mode=MODE,
            points=(Point(text=question.text, kind=PointKind.CONTENT, refused=True, lines=tuple(lines)),),
            retrieved=self._ranked(retrieval, ())[:10],
            nearest=nearest if close else (),
            lang=lang,
            timings_ms=retrieval.timings_ms,
        )

    def ranked(self, retrieval: Retrieval, found: Found | None) -> tuple[Retrieved, ...]:
        """All candidates as refs with scores, what was looked up by number first."""
        return self._ranked(retrieval, found.provisions if found else ())

    def _ranked(self, retrieval: Retrieval, cited: Sequence[Provision]) -> tuple[Retrieved, ...]:
        out = {self._article_of(p): 1.0 for p in cited}
        for candidate in retrieval.candidates:
            out.setdefault(candidate.article.ref, candidate.probability)
        return tuple(Retrieved(ref=ref, score=round(score, 4)) for ref, score in out.items())

    def _article_of(self, provision: Provision) -> str:
        return self._segmentations[provision.doc_id].article_of(provision).ref


def _about_all(article: Provision, scores: Mapping[Clause, float]) -> bool:
    """Whether what introduces the items answers better than any of them: the question is about all of them."""
    lead = max((score for clause, score in scores.items() if clause.lead), default=0.0)
    items = [score for clause, score in scores.items() if clause.ref != article.ref]
    return bool(items and lead >= max(items))


def _join(names: Sequence[str], lang: str) -> str:
    return say(lang, "sep").join(names)
