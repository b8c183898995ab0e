"""BM25 over pairs of neighbouring characters: what words miss where jieba cuts a question otherwise than a law.

Only a large index holds it (see `LARGE`): a small one is weighed whole, with features that say more. Files:
`bigrams-pairs.npy` the pairs, ascending, as `first << 32 | second` code points; `bigrams-indptr.npy`,
`bigrams-rows.npy`, `bigrams-impacts.npy` the postings of each: rows and what the pair adds to the BM25 of each.

bm25s would do the same in as much time (0.2 ms for a question over 55,000 articles), and is a package more.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from policy_qa.datamodels import Provision, Segmentation
from policy_qa.index.files import from_npy, to_npy
from policy_qa.index.lexical import FloatArray, Postings
from policy_qa.words import normalize

#: An index of more articles than this is large. From about here on token states, at 200 an article, are more than
#: memory should hold (`tokens.MAX_TOKENS`), and without them the ranker's weights are not what they were fitted for:
#: fusion finds the articles instead. Clauses are no passages of their own there: a third of the vectors does.
LARGE = 1500
#: Rises whenever the same documents may give other files; an index records it.
VERSION = 2
_FILES = ("pairs", "indptr", "rows", "impacts")
# Rows that are counted at once: what is held beside the result.
_SLICE = 4096


@dataclass(frozen=True, slots=True)
class BigramIndex:
    """`pairs[w]` is word w of the postings."""

    pairs: npt.NDArray[np.int64]
    postings: Postings

    def bm25(self, question: str) -> FloatArray:
        """BM25 of every row for the pairs of a question, each once; shape (size,)."""
        asked = np.unique(_pairs(normalize(question))[0])
        at = np.searchsorted(self.pairs, asked)
        known = (int(i) for i, pair in zip(at, asked, strict=True) if i < len(self.pairs) and self.pairs[i] == pair)
        return self.postings.bm25(dict.fromkeys(known, 1.0))


def is_large(segmentations: Iterable[Segmentation]) -> bool:
    """Whether an index of these documents is a large one."""
    return sum(len(s.articles) for s in segmentations) > LARGE


def dump(segmentations: Iterable[Segmentation]) -> dict[str, bytes]:
    """The files, for all articles in index order."""
    texts = [searched(s, a) for s in segmentations for a in s.articles]
    counted = [_counts(texts[start : start + _SLICE], start) for start in range(0, len(texts), _SLICE)]
    pairs, rows, counts = (np.concatenate(parts) for parts in zip(*counted, strict=True))
    known, words, held = np.unique(pairs, return_inverse=True, return_counts=True)
    made = Postings.of(words, rows, counts, held, len(texts))
    arrays: tuple[npt.NDArray[Any], ...] = (
        known,
        made.indptr,
        made.rows.astype(np.int32),
        made.impacts.astype(np.float16),
    )
    return {f"bigrams-{name}.npy": to_npy(array) for name, array in zip(_FILES, arrays, strict=True)}


def load(files: Mapping[str, bytes], size: int) -> BigramIndex | None:
    """The index of `size` articles from its files; None where there are none."""
    if "bigrams-pairs.npy" not in files:
        return None
    pairs, indptr, rows, impacts = (from_npy(files[f"bigrams-{name}.npy"]) for name in _FILES)
    return BigramIndex(pairs, Postings(size, indptr, rows, impacts))


def searched(segmentation: Segmentation, article: Provision) -> str:
    """What is searched of an article: the document's title, the headings and the text, normalised."""
    parts = (segmentation.document.title, *article.headings, segmentation.text_of(article))
    return normalize("\n".join(parts))


def _counts(texts: Sequence[str], first_row: int) -> tuple[npt.NDArray[Any], npt.NDArray[Any], npt.NDArray[Any]]:
    """(pair, row, how often), one for each pair of each text, for rows from `first_row` on."""
    pairs, at = _pairs("\n".join(texts))
    starts = np.cumsum([0, *(len(text) + 1 for text in texts[:-1])])
    rows = np.searchsorted(starts, at, side="right") - 1 + first_row
    order = np.lexsort((pairs, rows))
    pairs, rows = pairs[order], rows[order]
    new = np.flatnonzero(np.r_[True, (pairs[1:] != pairs[:-1]) | (rows[1:] != rows[:-1])] if len(pairs) else [])
    return pairs[new], rows[new], np.diff(np.append(new, len(pairs)))


def _pairs(text: str) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """The pairs of neighbouring letters, digits and Chinese characters, and where each begins."""
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.int64)
    kinds, inverse = np.unique(points, return_inverse=True)
    word = np.array([chr(point).isalnum() for point in kinds.tolist()], dtype=bool)[inverse]
    at = np.flatnonzero(word[:-1] & word[1:])
    return points[at] << 32 | points[at + 1], at
