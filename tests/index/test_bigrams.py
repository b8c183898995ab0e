"""BM25 over pairs of characters: by hand, and against brute force on the four policies."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from itertools import pairwise

import pytest

from policy_qa.datamodels import Segmentation
from policy_qa.index import bigrams
from policy_qa.index.bigrams import BigramIndex, searched
from policy_qa.index.lexical import K1, B
from samples import cut


def of(*segmentations: Segmentation) -> BigramIndex:
    index = bigrams.load(bigrams.dump(segmentations), sum(len(s.articles) for s in segmentations))
    assert index is not None
    return index


def pairs_of(text: str) -> list[str]:
    runs = "".join(c if c.isalnum() else " " for c in text).split()
    return [a + b for run in runs for a, b in pairwise(run)]


def test_against_brute_force(segmentations: Mapping[str, Segmentation]) -> None:
    index = of(*segmentations.values())
    rows = [Counter(pairs_of(searched(s, a))) for s in segmentations.values() for a in s.articles]
    mean = sum(row.total() for row in rows) / len(rows)
    for question in ("首席信息官（ＣＩＯ）的任期是几年？", "领导小组多久开会", "zzz"):
        expected = [0.0] * len(rows)
        for pair in set(pairs_of(question.replace("ＣＩＯ", "cio"))):
            held = sum(pair in row for row in rows)
            idf = math.log1p((len(rows) - held + 0.5) / (held + 0.5))
            for i, row in enumerate(rows):
                norm = K1 * (1 - B + B * row.total() / mean)
                expected[i] += idf * row[pair] * (K1 + 1) / (row[pair] + norm)
        assert index.bm25(question) == pytest.approx(expected, rel=2e-3)  # impacts have three digits


def test_a_pair_does_not_reach_over_a_mark_nor_into_the_next_article() -> None:
    index = of(cut("某大学办法\n第一条 甲乙，丙丁\n第二条 戊己\n"))
    assert index.bm25("甲乙").nonzero()[0].tolist() == [list(index.bm25("甲乙") > 0).index(True)]
    for absent in ("乙丙", "丁第", "丁戊"):
        assert not index.bm25(absent).any()


def test_the_title_is_searched_with_every_article() -> None:
    index = of(cut("某大学采购办法\n第一条 甲。\n第二条 乙。\n"))
    assert (index.bm25("采购") > 0).all()


@pytest.mark.parametrize("question", ["", "，。", "a"])
def test_nothing_to_search_for(question: str) -> None:
    assert not of(cut("第一条 甲乙。\n第二条 丙丁。\n")).bm25(question).any()


def test_a_small_index_holds_none() -> None:
    assert bigrams.load({}, 3) is None
