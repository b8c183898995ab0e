"""What the questions are asked about: articles and the passages that stand for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from policy_qa.errors import UsageError
from policy_qa.tuning.pairs import Pair

if TYPE_CHECKING:
    from policy_qa.index.store import LoadedIndex

IntArray = npt.NDArray[np.int32]


@dataclass(frozen=True, kw_only=True, slots=True)
class Collection:
    """`passages[i]` is what a model reads; it belongs to article `articles[i]`, numbered from 0.

    `refs` names the first articles, as many as an index has; the others are texts that are in none.
    """

    passages: tuple[str, ...]
    articles: IntArray
    refs: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """How many articles there are."""
        return int(self.articles.max(initial=-1)) + 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """A question with its answer in a collection.

    `positives` are the numbers of the passages that answer, `gold` those of their articles,
    `allowed` articles that are not to be called wrong (`gold` among them).
    """

    question: str
    positives: tuple[int, ...]
    gold: frozenset[int]
    allowed: frozenset[int]


def of_texts(articles: Sequence[str], pairs: Sequence[Pair]) -> tuple[Collection, list[Asked]]:
    """A collection of whole articles, one passage each, and the pairs in it; a text that isn't there joins it."""
    return _joined(list(articles), list(range(len(articles))), pairs, {})


def of_index(index: LoadedIndex, pairs: Sequence[Pair]) -> tuple[Collection, list[Asked]]:
    """The passages of an index, and the pairs in it; a text that no passage has joins them.

    A ref of an item stands for the passage that holds the item, and for the item's own.

    Raises:
        UsageError: a pair names a provision that the index doesn't have; the line is named.
    """
    number: dict[str, int] = {}
    articles = [number.setdefault(p.ref, len(number)) for p in index.passages]
    found: dict[str, tuple[int, ...]] = {}
    for pair in pairs:
        for ref in (*pair.refs, *pair.also):
            if ref not in found:
                found[ref] = _passages_of(ref, index, pair.where)
    collection, asked = _joined([p.embed_text for p in index.passages], articles, pairs, found)
    return replace(collection, refs=tuple(number)), asked


def _joined(
    passages: list[str], articles: list[int], pairs: Sequence[Pair], found: dict[str, tuple[int, ...]]
) -> tuple[Collection, list[Asked]]:
    row_of = {text: row for row, text in reversed(list(enumerate(passages)))}
    asked = []
    for pair in pairs:
        rows = [row for ref in pair.refs for row in found[ref]]
        for text in pair.texts:
            if text not in row_of:
                row_of[text] = len(passages)
                passages.append(text)
                articles.append(max(articles, default=-1) + 1)
            rows.append(row_of[text])
        gold = frozenset(articles[row] for row in rows)
        also = frozenset(articles[row] for ref in pair.also for row in found[ref])
        asked.append(
            Asked(question=pair.question, positives=tuple(dict.fromkeys(rows)), gold=gold, allowed=gold | also)
        )
    return Collection(passages=tuple(passages), articles=np.array(articles, dtype=np.int32)), asked


def _passages_of(ref: str, index: LoadedIndex, where: str) -> tuple[int, ...]:
    """The passages that stand for a provision: those of its article that hold its beginning, and its own clause."""
    doc_id = ref.partition("#")[0]
    segmentation = index.segmentations.get(doc_id)
    provision = segmentation.at(ref) if segmentation else None
    if segmentation is None or provision is None:
        known = ", ".join(index.segmentations)
        what = f"a provision of {doc_id}" if segmentation else f"a document of the index ({known})"
        raise UsageError(f"{where}: expected {what}, found {ref!r}; correct the ref (policy-qa show lists them)")
    article = segmentation.article_of(provision)
    own = [(i, p) for i, p in enumerate(index.passages) if p.ref == article.ref]
    whole = article.path == provision.path
    rows = [i for i, p in own if not p.clause and (whole or p.start <= provision.start < p.end)]
    rows += [i for i, p in own if p.clause and not whole and p.start == provision.start]
    return tuple(rows or [i for i, p in own if not p.clause])
