"""What the embedding model reads: never too long, never half a word, never without its provision."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policy_qa.datamodels import Passage, Segmentation
from policy_qa.passages import passages_of
from policy_qa.words import Segmenter
from samples import POLICIES, cut


def tokens(text: str) -> int:
    """A model that reads a token a character, and four beside."""
    return len(text) + 4


def parts_of(found: list[Passage], ref: str) -> list[Passage]:
    return [p for p in found if p.ref == ref and not p.clause]


def assert_whole(segmentation: Segmentation, found: list[Passage], limit: int, count: Callable[[str], int]) -> None:
    """Parts are numbered, follow each other, hold all visible text of their article, and fit."""
    text = segmentation.document.text
    for article in segmentation.articles:
        parts = parts_of(found, article.ref)
        assert [p.part for p in parts] == list(range(len(parts)))
        assert parts[0].start == article.start
        assert parts[-1].end == article.end
        for one, two in pairwise(parts):
            assert one.end <= two.start
            assert not text[one.end : two.start].strip()
        for part in parts:
            assert "".join(text[part.start : part.end].split()) in "".join(part.embed_text.split())
    assert {p.ref for p in found} == {a.ref for a in segmentation.articles}
    assert all(count(p.embed_text) <= limit for p in found)


@pytest.mark.parametrize("doc_id", POLICIES)
@pytest.mark.parametrize("limit", [140, 512])
def test_the_four_policies(doc_id: str, limit: int, segmentations: Mapping[str, Segmentation]) -> None:
    segmentation = segmentations[doc_id]
    assert_whole(segmentation, passages_of(segmentation, count_tokens=tokens, limit=limit), limit, tokens)


def test_title_and_headings_come_before_the_text() -> None:
    found = passages_of(cut("某某学校管理办法\n第二章 职责\n第一条  校长\n负责。\n"), count_tokens=tokens, limit=512)
    (passage,) = parts_of(found, "x#1")
    assert passage.embed_text == "某某学校管理办法 第二章 职责\n第一条校长负责。"


def test_clauses_can_be_left_out() -> None:
    segmentation = cut("某某学校管理办法\n第一条 任职条件：\n（一）中共党员；\n（二）教授职称。\n")
    whole = passages_of(segmentation, count_tokens=tokens, limit=512)
    assert passages_of(segmentation, count_tokens=tokens, limit=512, clauses=False) == [
        p for p in whole if not p.clause
    ]


def test_a_clause_carries_what_introduces_it() -> None:
    segmentation = cut("某某学校管理办法\n第一条 任职条件：\n（一）中共党员；\n（二）教授职称。\n")
    found = passages_of(segmentation, count_tokens=tokens, limit=512)
    clauses = [(p.embed_text, segmentation.document.text[p.start : p.end]) for p in found if p.clause]
    assert clauses == [
        ("第一条任职条件：（一）中共党员；", "（一）中共党员；"),
        ("第一条任职条件：（二）教授职称。", "（二）教授职称。"),
    ]
    assert all(p.ref == "x#1" for p in found if p.clause)


def test_parts_break_at_items_before_sentences_and_at_sentences_before_words() -> None:
    item = "（一）负责学校信息化工作的规划。"
    segmentation = cut(
        "某某学校管理办法\n第一条 职责：\n" + item + "\n（二）负责学校网络安全工作。负责数据。\n第二条 乙。\n"
    )
    text = segmentation.document.text
    found = parts_of(passages_of(segmentation, count_tokens=tokens, limit=40), "x#1")
    assert [text[p.start : p.end] for p in found] == [
        f"第一条 职责：\n{item}",
        "（二）负责学校网络安全工作。负责数据。",
    ]


def test_no_part_ends_inside_a_word() -> None:
    long = "首席信息官统筹全校信息化发展战略规划与网络安全和数据资源配置" * 8
    segmentation = cut(f"某某学校管理办法\n第一条 {long}。\n第二条 乙。\n")
    text = segmentation.document.text
    parts = parts_of(passages_of(segmentation, count_tokens=tokens, limit=60), "x#1")
    assert len(parts) > 5
    words = Segmenter().spans(text[parts[0].start : parts[-1].end])
    edges = {parts[0].start + a for a, _ in words} | {parts[-1].end}
    assert {p.start for p in parts} <= edges
    assert {p.end for p in parts} <= edges


def test_fifty_thousand_characters() -> None:
    long = "学校应当做好信息化工作，保障网络安全，" * 2632
    segmentation = cut(f"某某学校管理办法\n第一条 甲。\n第二条 {long}\n第三条 丙。\n")
    calls = 0

    def counted(text: str) -> int:
        nonlocal calls
        calls += 1
        return tokens(text)

    found = passages_of(segmentation, count_tokens=counted, limit=512)
    assert len(parts_of(found, "x#2")) > 100
    assert_whole(segmentation, found, 512, tokens)
    assert calls < 5_000


def test_a_single_word_that_does_not_fit_stands_alone() -> None:
    segmentation = cut("某某学校管理办法\n第一条 甲方" + "a" * 300 + "乙方。\n第二条 丙。\n")
    parts = parts_of(passages_of(segmentation, count_tokens=tokens, limit=80), "x#1")
    text = segmentation.document.text
    assert [text[p.start : p.end] for p in parts if tokens(p.embed_text) > 80] == ["a" * 300]


@given(
    st.lists(
        st.sampled_from(("学校", "做好", "工作。", "\n", "，", "CIO ", "（一）", "\n（一）甲；", "\n（二）乙。")),
        max_size=60,
    )
)
@settings(max_examples=60, deadline=None)
def test_any_article_comes_out_whole(words: list[str]) -> None:
    segmentation = cut("办法\n第一条 甲" + "".join(words) + "乙\n第二条 丙。\n")
    assert_whole(segmentation, passages_of(segmentation, count_tokens=tokens, limit=48), 48, tokens)
