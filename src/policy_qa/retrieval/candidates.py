"""Which articles are in the running: cosines of all passages, and in a large index the fusion that picks some."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from policy_qa.index.bigrams import BigramIndex
from policy_qa.index.lexical import LexicalIndex
from policy_qa.retrieval.asked import AskedBefore
from policy_qa.retrieval.fusion import Fusion, Neighbours, best, pool
from policy_qa.retrieval.question import Question

Floats = npt.NDArray[np.float32]
IntArray = npt.NDArray[np.int32]

#: Passages asked of an index that gives only its best.
_BEST = 4096


class VectorSearch(Protocol):
    """What retrieval needs of a vector index."""

    def search(self, vector: Floats, k: int) -> list[tuple[int, float]]:
        """The k rows with the largest inner product, best first."""


@runtime_checkable
class ExactSearch(Protocol):
    """What it uses of one that holds its vectors here."""

    @property
    def exact(self) -> bool:
        """Whether it gives `cosines`: a graph over very many vectors doesn't."""

    def cosines(self, vector: Floats) -> Floats:
        """The inner product with every row, (rows,)."""

    def matrix(self) -> Floats:
        """All vectors, (rows, dim)."""


class Dense:
    """Compares a question's vector with all passages.

    `rows` and `clauses` tell for each passage its article, and whether it is a clause; `documents` the
    document of each article.
    """

    def __init__(
        self, vectors: VectorSearch, rows: IntArray, clauses: npt.NDArray[np.bool_], documents: IntArray
    ) -> None:
        self._vectors, self._rows, self._whole = vectors, rows, ~clauses
        self._documents = documents
        self._neighbours: Neighbours | None = None

    def mix_neighbours(self) -> None:
        """Make `mixed` ready, where the vectors are here."""
        if isinstance(self._vectors, ExactSearch) and self._vectors.exact and len(self._rows):
            self._neighbours = Neighbours(self._vectors.matrix(), self._documents[self._rows])

    def cosines(self, vector: Floats) -> Floats:
        """The cosine with every passage; that of the last one found for those that the index doesn't give."""
        if isinstance(self._vectors, ExactSearch) and self._vectors.exact:
            return self._vectors.cosines(vector)
        pairs = self._vectors.search(vector, min(len(self._rows), _BEST))
        out = np.full(len(self._rows), min((score for _, score in pairs), default=0.0), dtype=np.float32)
        for row, score in pairs:
            out[row] = score
        return out

    def articles(self, cosines: Floats) -> tuple[Floats, Floats]:
        """z-scores of every article's best passage and best clause against all passages of the index.

        Cosines of this model family lie close together (.75 to .92), and where they lie depends on the
        question; what tells is how far one stands out.
        """
        scores = (cosines - cosines.mean()) / max(float(cosines.std()), 1e-3)
        floor = float(scores.min(initial=0.0))
        article = np.full(len(self._documents), floor, dtype=np.float32)
        clause = np.full(len(self._documents), floor, dtype=np.float32)
        np.maximum.at(article, self._rows[self._whole], scores[self._whole])
        np.maximum.at(clause, self._rows, scores)
        return article, clause

    def nearest(self, cosines: Floats, rows: IntArray) -> float:
        """The best cosine of any passage of the given articles; 0 without any."""
        mask = np.zeros(len(self._documents), dtype=bool)
        mask[rows] = True
        return float(cosines[mask[self._rows]].max(initial=0.0))

    def mixed(self, cosines: Floats) -> Floats:
        """The best cosine of every article's passages, their neighbours' vectors mixed in."""
        if self._neighbours is not None:
            cosines = self._neighbours.scores(cosines)
        out = np.full(len(self._documents), float(cosines.min(initial=0.0)), dtype=np.float32)
        np.maximum.at(out, self._rows, cosines)
        return out


class Fused:
    """The best articles of a large index by fusion; `asked` holds earlier questions, where the model knows any."""

    def __init__(
        self,
        dense: Dense,
        lexical: LexicalIndex,
        bigrams: BigramIndex,
        documents: IntArray,
        fusion: Fusion,
        asked: AskedBefore | None = None,
    ) -> None:
        dense.mix_neighbours()
        self._dense, self._lexical, self._bigrams = dense, lexical, bigrams
        self._documents, self._fusion, self._asked = documents, fusion, asked

    def scores(self, question: Question, cosines: Floats) -> dict[str, Floats]:
        """What each search makes of every article; one that finds nothing is left out."""
        words = {word: strength for term in question.terms for word, strength in term.matches.items()}
        found = {
            "dense": self._dense.mixed(cosines),
            "bigrams": self._bigrams.bm25(question.dense_text),
            "words": self._lexical.postings.bm25(words),
        }
        return {name: scores for name, scores in found.items() if name == "dense" or scores.any()}

    def judged(
        self, question: Question, vector: Floats, cosines: Floats, rows: IntArray, most: int
    ) -> tuple[IntArray, Floats, float]:
        """(at most `most` of the rows, best first; the probability of each; that the question is answered at all)."""
        near, scores = self.best(question, vector, cosines, rows, most)
        answerability = self._fusion.answerability(self._dense.nearest(cosines, rows), question.lang)
        return near, answerability * self._fusion.shares(scores), answerability

    def best(
        self, question: Question, vector: Floats, cosines: Floats, rows: IntArray, most: int
    ) -> tuple[IntArray, Floats]:
        """(at most `most` of the given rows, best first; their scores)."""
        if not len(rows):
            return rows, np.zeros(0, np.float32)
        near, found = self.pool(question, cosines, rows)
        hints = self._asked.hints(vector, near) if self._asked else None
        scores = self._fusion.scores(found, self._documents[near], hints)
        order = best(scores, most)
        return near[order], scores[order]

    def pool(self, question: Question, cosines: Floats, rows: IntArray) -> tuple[IntArray, dict[str, Floats]]:
        """(those of the given rows that are in the running, their z-scores by each search); see `fusion.pool`."""
        also = np.flatnonzero(np.isin(rows, self._asked.rows)) if self._asked else None
        near, found = pool({name: scores[rows] for name, scores in self.scores(question, cosines).items()}, also)
        return rows[near], found
