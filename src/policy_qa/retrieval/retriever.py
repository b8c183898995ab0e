"""Question -> articles, each with the probability that it answers: dense and lexical evidence, weighed."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt

from policy_qa.clauses import Clause, clauses_of
from policy_qa.datamodels import Kind, Passage, Provision, Segmentation
from policy_qa.facts.catalogue import Versions
from policy_qa.index.bigrams import BigramIndex
from policy_qa.index.lexical import LexicalIndex
from policy_qa.index.tokens import TokenIndex
from policy_qa.naming.instruments import numbered, outside
from policy_qa.naming.scope import ScopeFinder
from policy_qa.passages import clause_texts, pieces_of
from policy_qa.retrieval.asked import AskedBefore
from policy_qa.retrieval.candidates import Dense, Fused, VectorSearch
from policy_qa.retrieval.features import NAMES, coverage, features, strengths_of
from policy_qa.retrieval.forms import is_blank_form
from policy_qa.retrieval.fusion import Fusion
from policy_qa.retrieval.glossary import Glossary, declared
from policy_qa.retrieval.late import Late, clause_late, late_scores, nothing, token_weights
from policy_qa.retrieval.question import Analyzer, Question
from policy_qa.retrieval.ranker import Ranker
from policy_qa.retrieval.reading import CLAUSES, PIECE, SILENT, Weights, WordedReader, log_odds, probability, read
from policy_qa.words import Segmenter, bodies_of, normalize

if TYPE_CHECKING:
    from policy_qa.models import Reranker, StateEncoder
    from policy_qa.models.encoder import TokenStates
    from policy_qa.models.remembered import Remembered

FloatArray = npt.NDArray[np.float32]
IntArray = npt.NDArray[np.int32]

#: How many articles a document contributes to the second stage, by dense score and by BM25 each.
_CANDIDATES = 24
_ALL_BELOW = 400  # a corpus of so few articles is weighed whole
#: What a large index gives, and of how many of these the features are computed: answers look at those of the best.
_KEPT, _DESCRIBED = 200, 10
#: How many articles a reranker reads for a question.
_RERANKED = 20
#: Of the log-odds of a question that takes its matter over, the share of those of its own words alone.
_OWN = 0.6
#: So many things that a question names are asked each by itself at most; where it means all, so many of the nearest.
_NAMED, _SIDES = 12, 6


class QueryEncoder(Protocol):
    """What retrieval needs of an embedding model."""

    @property
    def states(self) -> StateEncoder | None:
        """Its token states, if it gives any."""

    @property
    def remembered(self) -> Remembered | None:
        """The questions that it was tuned on, if it was."""

    def query(self, text: str) -> FloatArray:
        """The unit vector of a question, shape (dim,)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """An article in the running. `probability` that it answers, `features` as in features.NAMES.

    In a large index `features` are zero beyond the first ten.
    """

    row: int
    article: Provision
    probability: float
    features: FloatArray


@dataclass(frozen=True, kw_only=True, slots=True)
class Retrieval:
    """All candidates for one question, best first, with the time of each step in milliseconds.

    `answerability` is the probability that the documents answer it at all, `answering` that each of those that were
    asked side by side does, by its name.

    `similarity` is that of every token of the index to each of the question's, None without token states.
    """

    question: Question
    candidates: tuple[Candidate, ...]
    timings_ms: dict[str, float]
    similarity: FloatArray | None = None
    answerability: float = 0.0
    answering: Mapping[str, float] = field(default_factory=dict)


def side_by_side(parties: Sequence[Retrieval]) -> Retrieval:
    """What each of several found by itself, put together; `answering` tells how likely each document answers."""
    found = [c for party in parties for c in party.candidates]
    return replace(
        parties[0],
        candidates=tuple(sorted(found, key=lambda c: -c.probability)),
        timings_ms={name: sum(p.timings_ms[name] for p in parties) for name in parties[0].timings_ms},
        answerability=max(p.answerability for p in parties),
        answering={doc_id: p.answerability * share for p in parties for doc_id, share in _shares(p).items()},
    )


def _shares(party: Retrieval) -> dict[str, float]:
    """How near the best article of each document comes to the best of all."""
    best: dict[str, float] = {}
    for candidate in party.candidates:
        best.setdefault(candidate.article.doc_id, candidate.probability)
    most = max(best.values(), default=1.0) or 1.0
    return {doc_id: probability / most for doc_id, probability in best.items()}


def blended(joined: Retrieval, alone: Retrieval) -> Retrieval:
    """The log-odds of a question as `joined` with what it follows and in its own words `alone`, weighed; a candidate
    that one of them hasn't counts there as its worst."""
    own = {c.row: log_odds(np.float32(c.probability)) for c in alone.candidates}
    worst = min(own.values(), default=log_odds(np.float32(0.0)))
    weighed = [
        replace(c, probability=float(_weighed(own.get(c.row, worst), log_odds(np.float32(c.probability)))))
        for c in joined.candidates
    ]
    answers = (log_odds(np.float32(r.answerability)) for r in (alone, joined))
    return replace(
        joined,
        candidates=tuple(sorted(weighed, key=lambda c: -c.probability)),
        timings_ms={name: ms + alone.timings_ms.get(name, 0.0) for name, ms in joined.timings_ms.items()},
        answerability=float(_weighed(*answers)),
    )


def _weighed(own: FloatArray, joined: FloatArray) -> FloatArray:
    return probability(_OWN * own + (1 - _OWN) * joined)


class Retriever:
    """Searches one loaded index. Immutable after construction; safe to share between threads."""

    def __init__(
        self,
        segmentations: Sequence[Segmentation],
        passages: Sequence[Passage],
        vectors: VectorSearch,
        lexical: LexicalIndex,
        encoder: QueryEncoder,
        ranker: Ranker,
        segmenter: Segmenter,
        tokens: TokenIndex | None = None,
        bigrams: BigramIndex | None = None,
        reader: Reranker | None = None,
        reranker: Reranker | None = None,
        glossary: Glossary | None = None,
    ) -> None:
        self._tokens = tokens if tokens is not None and encoder.states is not None else None
        self._lexical, self._encoder, self._ranker, self._reranker = lexical, encoder, ranker, reranker
        self.segmentations = {s.document.doc_id: s for s in segmentations}
        row_of = {ref: i for i, ref in enumerate(lexical.refs)}
        self._articles: list[Provision] = [a for s in segmentations for a in s.articles]
        self._document_of = np.array([i for i, s in enumerate(segmentations) for _ in s.articles], dtype=np.int32)
        self._doc_ids = [s.document.doc_id for s in segmentations]
        passage_rows = np.array([row_of[p.ref] for p in passages], dtype=np.int32)
        passage_clauses = np.array([p.clause for p in passages], dtype=bool)
        self._dense = Dense(vectors, passage_rows, passage_clauses, self._document_of)
        self._fused: Fused | None = None
        if bigrams:
            asked = AskedBefore.of(encoder.remembered, row_of, self._document_of)
            self._fused = Fused(self._dense, lexical, bigrams, self._document_of, Fusion.shipped(), asked)
        self._furniture = np.array(
            [a.kind in (Kind.PREAMBLE, Kind.CLOSING, Kind.APPENDIX) for a in self._articles], dtype=bool
        )
        self._blank = np.array([is_blank_form(s, a) for s in segmentations for a in s.articles], dtype=bool)
        self._clause_start = np.searchsorted(lexical.clause_rows, np.arange(len(self._articles) + 1)).astype(np.int32)
        self._texts: list[str | None] = [None] * len(self._articles)
        self._pieces: list[list[str] | None] = [None] * len(self._articles)
        self._reading = Weights.shipped()
        self._whole: dict[str, str] = {}
        self._clauses: list[list[Clause] | None] = [None] * len(self._articles)
        documents = [s.document for s in segmentations]
        self.versions = Versions(documents)
        self.segmenter = segmenter
        instruments = {s.document.doc_id: numbered(s) for s in segmentations}
        scopes = ScopeFinder(documents, lexical.places, self.versions, instruments)
        self._own_glossary = glossary or Glossary()
        self.analyzer = Analyzer(lexical, segmenter, scopes, lambda: bodies_of(segmentations), lambda: self.glossary)
        self._reader = WordedReader(reader, lambda: self.glossary) if reader else None

    @property
    def reads(self) -> bool:
        """Whether the best articles are read, and not only searched."""
        return self._reader is not None

    def clauses(self, row: int) -> list[Clause]:
        """The clauses of an article, in text order."""
        if (found := self._clauses[row]) is None:
            article = self._articles[row]
            found = self._clauses[row] = clauses_of(self.segmentations[article.doc_id], article)
        return found

    def retrieve(self, question: Question, doc_ids: Sequence[str] = ()) -> Retrieval:
        """Articles for a question, best first; `doc_ids` restricts the documents (empty: the question's own scope).

        What a question sets side by side is asked each by itself, as if it alone were meant.
        """
        parties: Sequence[tuple[str, ...]] = self._named_beside(question, doc_ids)
        found = None if parties else self._asked(question, doc_ids)
        if found and self.reads and question.scope.every:
            parties = [(d,) for d in dict.fromkeys(c.article.doc_id for c in found.candidates)][:_SIDES]
        if len(parties) > 1:
            return side_by_side([self._asked(question, ids) for ids in parties])
        return found or self._asked(question, doc_ids)

    def _named_beside(self, question: Question, doc_ids: Sequence[str]) -> list[tuple[str, ...]]:
        """The documents of each thing that a question names, where it sets some side by side."""
        scope = question.scope
        if not self.reads or scope.soft or not scope.several:
            return []
        here = set(scope.within(doc_ids)).intersection(self.segmentations)
        held = (tuple(d for d in ids if d in here) for ids in scope.sides)
        sides = [ids for ids in held if ids]
        return sides if len(sides) <= _NAMED else []

    def _asked(self, question: Question, doc_ids: Sequence[str]) -> Retrieval:
        """One that takes its matter over is heard with it and in its own words alone: 「本科生呢」 after
        「教职工借几本」 says who is meant."""
        found = self._retrieved(question, doc_ids)
        return blended(found, self._retrieved(question.alone, doc_ids)) if question.alone else found

    def _retrieved(self, question: Question, doc_ids: Sequence[str]) -> Retrieval:
        started = time.perf_counter()
        vector, asked = self._read(question.dense_text)
        encoded = time.perf_counter()
        cosines = self._dense.cosines(vector)
        dense = self._dense.articles(cosines)
        rows = self._rows(question, doc_ids)
        late, similarity = nothing(len(self._articles)), None
        answerability = 0.0
        if self._fused is not None:
            rows, probabilities, answerability = self._fused.judged(question, vector, cosines, rows, _KEPT)
            probabilities, answerability = self._reread(question, rows, probabilities, answerability)
            probabilities = self._reranked(question, rows, probabilities)
            best = np.argsort(-probabilities, kind="stable")
            rows, probabilities = rows[best], probabilities[best]
            matrix = np.zeros((len(rows), len(NAMES)), dtype=np.float32)
            matrix[:_DESCRIBED] = self.features(question, rows[:_DESCRIBED], dense, late)
        else:
            rows = self._shortlist(rows, dense, question)
            if self._tokens is not None and asked is not None:
                weights = token_weights(question.dense_text, asked.offsets, question.terms)
                late, similarity = late_scores(self._tokens, asked.states, weights)
            matrix = self.features(question, rows, dense, late)
            probabilities = self._ranker.probabilities(matrix, self._document_of[rows], apart=question.sets_apart)
            likeliest = float(probabilities.max(initial=0.0))
            probabilities, answerability = self._reread(question, rows, probabilities, likeliest)
            probabilities = self._reranked(question, rows, probabilities)
        order = np.argsort(-probabilities, kind="stable")
        candidates = tuple(
            Candidate(
                row=int(rows[i]),
                article=self._articles[int(rows[i])],
                probability=float(probabilities[i]),
                features=matrix[i],
            )
            for i in order
        )
        done = time.perf_counter()
        timings = {"encode": (encoded - started) * 1e3, "search": (done - encoded) * 1e3}
        return Retrieval(
            question=question,
            candidates=candidates,
            timings_ms=timings,
            similarity=similarity,
            answerability=answerability,
        )

    @cached_property
    def glossary(self) -> Glossary:
        """The words that mean the same in this corpus: the school's own list, and what the texts declare."""
        texts = [s.document.text for s in self.segmentations.values()]
        return Glossary(groups=(*self._own_glossary.groups, *declared(texts, self.segmenter.words)))

    def _read(self, text: str) -> tuple[FloatArray, TokenStates | None]:
        """(the vector of a question, its token states where the index has any to compare them with)."""
        states = self._encoder.states if self._tokens is not None else None
        if states is None:
            return self._encoder.query(text), None
        asked = states.encode(text, query=True)
        return asked.vector, asked

    def _reread(
        self, question: Question, rows: IntArray, probabilities: FloatArray, answerability: float
    ) -> tuple[FloatArray, float]:
        """Probabilities, and that anything answers, after the reader has read the best articles, where there is one."""
        if self._reader is None:
            return probabilities, answerability
        found = read(
            self._reader,
            question.dense_text,
            probabilities,
            self._document_of[rows],
            lambda position: self._pieces_of(int(rows[position])),
            self._reading,
        )
        return found.probabilities, found.answerability

    def _pieces_of(self, row: int) -> list[str]:
        if (found := self._pieces[row]) is None:
            article = self._articles[row]
            found = self._pieces[row] = pieces_of(self.segmentations[article.doc_id], article, PIECE)
        return found

    def _reranked(self, question: Question, rows: IntArray, probabilities: FloatArray) -> FloatArray:
        """The probabilities of the best articles, dealt out again in the order in which the reranker has them."""
        if self._reranker is None or len(rows) < 2:
            return probabilities
        best = np.argsort(-probabilities, kind="stable")[:_RERANKED]
        scores = self._reranker.score(question.dense_text, [self._in_context(int(rows[i])) for i in best])
        out = probabilities.copy()
        out[best[np.argsort(-scores, kind="stable")]] = probabilities[best]
        return out

    def _in_context(self, row: int) -> str:
        """An article as a model reads it: title and headings, then its text."""
        article = self._articles[row]
        whole = self.segmentations[article.doc_id]
        return " ".join([whole.document.title, *article.headings]) + "\n" + whole.text_of(article)

    def text_of(self, doc_id: str) -> str:
        """The text of a document, normalised."""
        if (found := self._whole.get(doc_id)) is None:
            found = self._whole[doc_id] = normalize(self.segmentations[doc_id].document.text)
        return found

    def clause_scores(self, retrieval: Retrieval, row: int) -> list[float]:
        """How well each clause of an article answers, in text order: a probability where a reader finds one that does,
        else by words and late interaction."""
        searched = self._searched(retrieval, row)
        heard = self._heard(retrieval, row, searched)
        if max(heard.values(), default=SILENT) <= SILENT:
            return searched
        return [float(probability(heard[i])) if i in heard else 0.0 for i in range(len(searched))]

    def hears(self, retrieval: Retrieval, row: int) -> bool | None:
        """Whether a reader that reads an article clause by clause finds one that answers; None without a reader."""
        heard = self._heard(retrieval, row, self._searched(retrieval, row))
        return max(heard.values(), default=SILENT) > SILENT if self._reader else None

    def _heard(self, retrieval: Retrieval, row: int, searched: Sequence[float]) -> dict[int, float]:
        """The reader's log-odds of the clauses of an article that the search has for the best, by position."""
        if self._reader is None:
            return {}
        kept = sorted(sorted(range(len(searched)), key=lambda i: -searched[i])[:CLAUSES])
        segmentation = self.segmentations[self._articles[row].doc_id]
        texts = clause_texts(segmentation, self.clauses(row), self._articles[row])
        question, shown = retrieval.question, [texts[i] for i in kept]
        scores = self._reader.score(question.dense_text, shown)
        if question.alone:
            own = self._reader.score(question.alone.dense_text, shown)
            scores = [_OWN * a + (1 - _OWN) * b for a, b in zip(own, scores, strict=True)]
        return dict(zip(kept, scores, strict=True))

    def _searched(self, retrieval: Retrieval, row: int) -> list[float]:
        question = retrieval.question
        strengths, weights = strengths_of(question, len(self._lexical.vocabulary))
        first, last = int(self._clause_start[row]), int(self._clause_start[row + 1])
        covered = coverage(self._lexical.clause, np.arange(first, last, dtype=np.int32), strengths, weights)
        near = np.zeros(last - first, dtype=np.float32)
        if self._tokens is not None and retrieval.similarity is not None:
            near = clause_late(self._tokens, retrieval.similarity, first, last, row)
            near = (near - near.mean()) * 10
        return [float(score) for score in covered + near]

    def lacking(self, question: Question, weight: float, row: int | None = None) -> list[str]:
        """Words of the question of at least this weight that nothing in its scope matches, heaviest first.

        With `row`, those that this article doesn't have, its headings and its document's title included.
        """
        wanted = np.zeros(len(self._articles), dtype=bool)
        wanted[self._rows(question, ())] = row is None
        present = np.zeros(len(self._lexical.vocabulary), dtype=bool)
        for matrix in (self._lexical.text, self._lexical.heading, self._lexical.document):
            words = matrix.indices[np.repeat(wanted, np.diff(matrix.indptr))] if row is None else matrix.row(row)
            present[words] = True
        missing = [
            t for t in question.terms if t.weight >= weight and not t.carried and not any(present[w] for w in t.matches)
        ]
        return [t.text for t in sorted(missing, key=lambda t: -t.weight)]

    def features(
        self, question: Question, rows: IntArray, dense: tuple[FloatArray, FloatArray], late: Late
    ) -> FloatArray:
        """The features of the given rows, shape (len(rows), len(NAMES))."""
        return features(
            question,
            self._lexical,
            rows,
            self._document_of[rows],
            [self._text(int(r)) for r in rows],
            self._furniture[rows],
            (dense[0][rows], dense[1][rows]),
            late.take(rows),
            lambda d: np.flatnonzero(self._document_of == d).astype(np.int32),
            lambda r: (int(self._clause_start[r]), int(self._clause_start[r + 1])),
        )

    def _text(self, row: int) -> str:
        """The text of an article without its label, normalised."""
        if (found := self._texts[row]) is None:
            article = self._articles[row]
            whole = self.segmentations[article.doc_id].text_of(article)
            found = self._texts[row] = normalize(whole.removeprefix(article.label))
        return found

    def _rows(self, question: Question, doc_ids: Sequence[str]) -> IntArray:
        scope = question.scope
        keep = set(scope.within(doc_ids)) or set(self._doc_ids).difference(scope.left_out)
        mask = np.array([d in keep for d in self._doc_ids], dtype=bool)
        rows = np.flatnonzero(mask[self._document_of]).astype(np.int32)
        if not question.means_form:
            rows = rows[~self._blank[rows]]
        if not scope.instruments:
            return rows
        left_out = outside(scope.instruments, self.segmentations)
        return np.array([r for r in rows if self._articles[int(r)].ref not in left_out], dtype=np.int32)

    def _shortlist(self, rows: IntArray, dense: tuple[FloatArray, FloatArray], question: Question) -> IntArray:
        if len(rows) <= _ALL_BELOW:
            return rows
        words = {w: s for t in question.terms for w, s in t.matches.items()}
        bm25 = self._lexical.postings.bm25(words)[rows]
        best = np.maximum(dense[0], dense[1])[rows]
        keep = np.union1d(np.argsort(-best)[: _CANDIDATES * 4], np.argsort(-bm25)[: _CANDIDATES * 4])
        return rows[keep]
