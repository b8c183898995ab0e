"""The stretches that an answer quotes."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest

from policy_qa.clauses import clauses_of
from policy_qa.datamodels import Segmentation
from samples import POLICIES, at, cut


def pieces(text: str, path: str) -> list[tuple[str, str, bool]]:
    """(path of the finest provision, text, whether it introduces items) of each clause."""
    found = cut(text)
    whole = found.document.text
    return [(c.ref.removeprefix("x#"), whole[c.start : c.end], c.lead) for c in clauses_of(found, at(found, path))]


def test_sentences_of_an_article() -> None:
    assert pieces("第一条 学校设首席信息官。任期三年；可以连任！谁来任命？由校长任命。\n第二条 乙。\n", "1") == [
        ("1", "第一条 学校设首席信息官。", False),
        ("1", "任期三年；", False),
        ("1", "可以连任！", False),
        ("1", "谁来任命？", False),
        ("1", "由校长任命。", False),
    ]


def test_items_and_what_introduces_them() -> None:
    assert pieces("第一条 条件如下：\n（一）党员；\n（二）下列之一：\n1. 教授；\n2. 处长。\n第二条 乙。\n", "1") == [
        ("1", "第一条 条件如下：", True),
        ("1.1", "（一）党员；", False),
        ("1.2", "（二）下列之一：\n1. 教授；\n2. 处长。", False),
    ]


def test_a_sentence_after_the_items() -> None:
    assert pieces("第一条 条件如下：\n（一）党员；\n（二）教授。\n不合格的取消任命。\n第二条 乙。\n", "1")[-1] == (
        "1",
        "不合格的取消任命。",
        False,
    )


def test_a_sentence_broken_by_a_page_is_one() -> None:
    (found,) = pieces(
        "一、岗位设置\n首席信息官由主要负责人担任（特殊情况下经\n\n班子授权，由副职担任）。\n二、条件\n（一）甲\n", "1"
    )
    assert found[1] == "首席信息官由主要负责人担任（特殊情况下经\n\n班子授权，由副职担任）。"


def test_each_line_of_a_roster_stands_alone() -> None:
    roster = "组长：张三\n成员：李四 王五"
    found = pieces(f"某某办法\n第一条 甲。\n第二条 乙。\n附件1\n{roster}\n", "appendix-1")
    assert [text for _, text, _ in found] == roster.split("\n")


def test_a_closing_quotation_mark_stays_with_its_sentence() -> None:
    assert [t for _, t, _ in pieces("第一条 校训是“勤奋。”师生应当遵守。\n第二条 乙。\n", "1")] == [
        "第一条 校训是“勤奋。”",
        "师生应当遵守。",
    ]


@pytest.mark.parametrize("doc_id", POLICIES)
def test_clauses_follow_each_other_and_hold_every_word(doc_id: str, segmentations: Mapping[str, Segmentation]) -> None:
    segmentation = segmentations[doc_id]
    text = segmentation.document.text
    refs = {p.ref: p for p in segmentation.provisions}
    for article in segmentation.articles:
        end = article.start
        held: set[int] = set()
        for clause in clauses_of(segmentation, article):
            assert clause.article == article.ref
            assert end <= clause.start < clause.end <= article.end
            assert refs[clause.ref].start <= clause.start < clause.end <= refs[clause.ref].end
            assert text[clause.start : clause.end].strip() == text[clause.start : clause.end]
            end = clause.end
            held.update(range(clause.start, clause.end))
        lost = [i for i in range(article.start, article.end) if i not in held and re.match(r"\w", text[i])]
        assert not lost, (article.ref, "".join(text[i] for i in lost))
