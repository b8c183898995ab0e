"""Provisions named as people name them."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from policy_qa.datamodels import Segmentation
from policy_qa.provisions.refs import cite, place
from samples import at, cut


@pytest.mark.parametrize(
    ("ref", "expected"),
    [
        ("yichun-cio#7", "《宜春学院首席信息官（CIO）制度（讨论稿）》第七条"),
        ("yichun-cio#7.2", "《宜春学院首席信息官（CIO）制度（讨论稿）》第七条第二项"),
        ("yichun-cio#ch7", "《宜春学院首席信息官（CIO）制度（讨论稿）》第七章 附则"),
        ("yichun-cio#preamble", "《宜春学院首席信息官（CIO）制度（讨论稿）》前言"),
        ("helan-cio#4.5", "《贺兰县中小学校首席信息官实施方案》四、岗位管理 5."),
        ("helan-cio#8.1", "《贺兰县中小学校首席信息官实施方案》八、保障措施（一）"),
        ("helan-cio#2", "《贺兰县中小学校首席信息官实施方案》二、实施范围"),
        ("helan-cio#appendix-1", "《贺兰县中小学校首席信息官实施方案》附件1"),
        (
            "jiaozuo-cio#2.1",
            "《焦作市教育局关于在全市中小学设立首席教育信息官（CIO）的通知》二、任职条件（一）",
        ),
        (
            "jiaozuo-cio#closing",
            "《焦作市教育局关于在全市中小学设立首席教育信息官（CIO）的通知》结尾部分",
        ),
    ],
)
def test_the_four_policies(ref: str, expected: str, segmentations: Mapping[str, Segmentation]) -> None:
    segmentation = segmentations[ref.partition("#")[0]]
    assert cite(segmentation.document, at(segmentation, ref.partition("#")[2])) == expected


LAW = """某某学校章程
第一编 总则
第一章 一般规定
第一条 为了办学。
本条第二款：
（一）甲；
（二）乙：
1. 子；
2. 丑。
第一条之一 增加的一条。
第一百零七条 跳过来的一条。
第一百零七条 又一次的一条。
"""


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("1", "第一条"),
        ("1.p2", "第一条第二款"),
        ("1.1", "第一条第一项"),
        ("1.2.1", "第一条第二项第一目"),
        ("1-1", "第一条之一"),
        ("107", "第一百零七条"),
        ("107~2", "第一百零七条（第2处）"),
    ],
)
def test_places(path: str, expected: str) -> None:
    assert place(at(cut(LAW), path)) == expected


def test_an_item_below_a_point() -> None:
    found = cut("工作方案\n一、任务\n（一）建设\n1. 建网；\n2. 建库。\n（二）管理\n办好。\n二、保障\n（一）经费\n")
    assert place(at(found, "1.1.2")) == "一、任务 第1点2."


def test_every_provision_has_a_name_of_its_own(segmentations: Mapping[str, Segmentation]) -> None:
    for segmentation in segmentations.values():
        places = [place(p) for p in segmentation.provisions]
        assert len(set(places)) == len(places), [p for p in places if places.count(p) > 1]
        assert all(places)
