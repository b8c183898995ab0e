"""The lexical side of an index: words of each article, BM25, and the English words of the corpus' own.

Rows are the articles of all documents in index order. Files (all NumPy arrays without pickle, or
JSON): `lexical.json` vocabulary, terms for jieba and row refs; `lexical-*.npy` the row-to-word
matrix in compressed form (CSR), for the text, for the headings, for what names the article itself
(`title`: 「聘任程序：」 in 「第七条 CIO聘任程序：」), for its first words (`head`),
for the document's title (`document`), and for each clause (`clause_rows[i]` is the article that
clause i belongs to, clauses in the order of `clauses_of`);
`english.json` English stem -> Chinese words of the vocabulary; `places.json` names of places that
jieba's dictionary knows.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from policy_qa.clauses import clauses_of
from policy_qa.datamodels import Kind, Passage, Provision, Segmentation
from policy_qa.index.english import english_words
from policy_qa.index.files import from_npy, to_npy
from policy_qa.words import Segmenter, corpus_terms, place_names

IntArray = npt.NDArray[np.int32]
FloatArray = npt.NDArray[np.float32]
Integers = npt.NDArray[np.integer[Any]]

#: Rises whenever the same documents may give other files; an index records it.
VERSION = 5
#: BM25's usual constants (Robertson & Zaragoza 2009, §3.3).
K1, B = 1.5, 0.75
_HEAD_CHARS = 24
#: What the words of an article are counted in, each a matrix.
_TABLES = ("text", "heading", "title", "head", "document", "clause")


@dataclass(frozen=True, slots=True)
class Matrix:
    """Rows of word counts: row i holds words `indices[indptr[i]:indptr[i+1]]`, each once, ascending."""

    indptr: IntArray
    indices: IntArray
    counts: IntArray

    def row(self, i: int) -> IntArray:
        """The word ids of row i, shape (n words,)."""
        return self.indices[self.indptr[i] : self.indptr[i + 1]]


@dataclass(frozen=True, slots=True)
class Postings:
    """BM25 by word: word w adds `impacts[i]` to row `rows[i]`, for each i from `indptr[w]` to `indptr[w + 1]`."""

    size: int
    indptr: Integers
    rows: Integers
    impacts: npt.NDArray[np.floating[Any]]

    @classmethod
    def of(cls, words: Integers, rows: Integers, counts: Integers, held: Integers, size: int) -> Postings:
        """Word `words[i]` stands `counts[i]` times in row `rows[i]` of `size`; `held[w]` rows have word w."""
        lengths = np.bincount(rows, weights=counts, minlength=size)
        norm = K1 * (1 - B + B * lengths / max(float(lengths.mean()) if size else 1.0, 1.0))
        impacts = idf_of(held, size)[words] * counts * (K1 + 1) / (counts + norm[rows])
        order = np.argsort(words, kind="stable")
        return cls(size, np.append(0, np.cumsum(held)), rows[order], impacts[order].astype(np.float32))

    def bm25(self, words: Mapping[int, float]) -> FloatArray:
        """BM25 of every row for weighted query words, shape (size,)."""
        scores = np.zeros(self.size, dtype=np.float32)
        for word, weight in words.items():
            a, b = self.indptr[word], self.indptr[word + 1]
            scores[self.rows[a:b]] += weight * self.impacts[a:b]
        return scores


def idf_of(held: Integers, size: int) -> FloatArray:
    """The inverse document frequency of words that so many rows of `size` have."""
    return np.log1p((size - held + 0.5) / (held + 0.5)).astype(np.float32)


@dataclass(frozen=True, slots=True)
class LexicalIndex:
    """Words of every article. `refs[i]` names row i; `idf[w]` is word w's inverse document frequency."""

    refs: tuple[str, ...]
    vocabulary: Mapping[str, int]
    terms: tuple[str, ...]
    text: Matrix
    heading: Matrix
    title: Matrix
    head: Matrix
    document: Matrix
    clause: Matrix
    clause_rows: IntArray
    places: frozenset[str]
    idf: FloatArray
    english: Mapping[str, Sequence[str]]
    postings: Postings


def dump(segmentations: Sequence[Segmentation], passages: Sequence[Passage]) -> dict[str, bytes]:
    """The files of the lexical side for these documents."""
    terms = corpus_terms(segmentations)
    segmenter = Segmenter(terms)
    vocabulary: dict[str, int] = {}
    refs: list[str] = []
    tables: dict[str, list[Counter[int]]] = {name: [] for name in _TABLES}
    clause_rows: list[int] = []

    def count(table: str, words: str) -> None:
        tables[table].append(Counter(vocabulary.setdefault(w, len(vocabulary)) for w in segmenter.terms_of(words)))

    for segmentation in segmentations:
        for article in segmentation.articles:
            refs.append(article.ref)
            text = segmentation.text_of(article)
            count("text", text)
            count("heading", " ".join(article.headings))
            count("title", own_title(segmentation, article))
            # The first words, where rules name what they are about: 「领导小组办公室设在…」.
            count("head", text.removeprefix(article.label)[:_HEAD_CHARS])
            count("document", segmentation.document.title)
            for clause in clauses_of(segmentation, article):
                count("clause", segmentation.document.text[clause.start : clause.end])
                clause_rows.append(len(refs) - 1)
    meta = {"refs": refs, "terms": terms, "vocabulary": list(vocabulary)}
    out = {
        "lexical.json": json.dumps(meta, ensure_ascii=False).encode(),
        "english.json": json.dumps(english_words(vocabulary), ensure_ascii=False).encode(),
        "places.json": json.dumps(sorted(place_names()), ensure_ascii=False).encode(),
        "lexical-clause-rows.npy": to_npy(np.array(clause_rows, dtype=np.int32)),
    }
    for name, rows in tables.items():
        indptr = np.cumsum([0, *(len(r) for r in rows)], dtype=np.int32)
        indices = np.array([w for r in rows for w in sorted(r)], dtype=np.int32)
        counts = np.array([r[w] for r in rows for w in sorted(r)], dtype=np.int32)
        for part, array in (("indptr", indptr), ("indices", indices), ("counts", counts)):
            out[f"lexical-{name}-{part}.npy"] = to_npy(array)
    return out


def own_title(segmentation: Segmentation, article: Provision) -> str:
    """What names an article: the words that introduce its items, a label before a colon, a short first sentence.

    「CIO聘任程序：」, 「经费保障：」, 「加强组织保障。」; an attachment's first line; else nothing.
    """
    text = segmentation.text_of(article)
    if article.kind is Kind.APPENDIX:
        return text.split("\n", 1)[0]
    body = text[len(article.label) :] if text.startswith(article.label) else text
    if segmentation.children(article, Kind.ITEM):
        lead = body[: max(article.lead - article.start - len(article.label), 0)].strip()
        return lead if len(lead) <= 60 else ""
    match = re.match(r"\s*([^，。；：:\n]{2,16})[：:。\n]", body)
    return match.group(1) if match else ""


def load(files: Mapping[str, bytes]) -> LexicalIndex:
    """The lexical side from its files, as `dump` wrote them."""
    meta = json.loads(files["lexical.json"])
    vocabulary = {w: i for i, w in enumerate(meta["vocabulary"])}
    parts = ("indptr", "indices", "counts")
    tables = {name: Matrix(*(from_npy(files[f"lexical-{name}-{part}.npy"]) for part in parts)) for name in _TABLES}
    text, size = tables["text"], len(meta["refs"])
    held = np.bincount(text.indices, minlength=len(vocabulary))
    rows = np.repeat(np.arange(size, dtype=np.int32), np.diff(text.indptr))
    return LexicalIndex(
        refs=tuple(meta["refs"]),
        vocabulary=vocabulary,
        terms=tuple(meta["terms"]),
        **tables,
        clause_rows=from_npy(files["lexical-clause-rows.npy"]),
        places=frozenset(json.loads(files["places.json"])),
        idf=idf_of(held, size),
        english=json.loads(files["english.json"]),
        postings=Postings.of(text.indices, rows, text.counts, held, size),
    )
