"""The four policies come out as they were segmented by hand."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from policy_qa.datamodels import Kind, Segmentation
from samples import POLICIES, assert_lossless


@dataclass(frozen=True)
class Gold:
    ref: str
    items: int
    starts: str
    ends: str


GOLD = [
    Gold(**json.loads(line))
    for line in (Path(__file__).parents[1] / "gold" / "provisions.jsonl").read_text("utf-8").splitlines()
]


def test_nothing_is_missing_and_nothing_else_is_there(segmentations: Mapping[str, Segmentation]) -> None:
    assert len(GOLD) == 84
    assert {a.ref for s in segmentations.values() for a in s.articles} == {g.ref for g in GOLD}


@pytest.mark.parametrize("gold", GOLD, ids=lambda g: g.ref)
def test_starts_ends_and_items(gold: Gold, segmentations: Mapping[str, Segmentation]) -> None:
    segmentation = segmentations[gold.ref.partition("#")[0]]
    (article,) = [a for a in segmentation.articles if a.ref == gold.ref]
    text = segmentation.text_of(article)
    assert text.startswith(gold.starts)
    assert text.endswith(gold.ends)
    items = [p for p in segmentation.provisions if p.parent == article.path and p.kind is Kind.ITEM]
    assert [p.ref for p in items] == [f"{gold.ref}.{n}" for n in range(1, gold.items + 1)]


@pytest.mark.parametrize("doc_id", POLICIES)
def test_every_character_has_one_place(doc_id: str, segmentations: Mapping[str, Segmentation]) -> None:
    assert_lossless(segmentations[doc_id])


@pytest.mark.parametrize("doc_id", POLICIES)
def test_nothing_is_left_unassigned(doc_id: str, segmentations: Mapping[str, Segmentation]) -> None:
    segmentation = segmentations[doc_id]
    assert {s.kind for s in segmentation.spans} <= {"heading", "furniture", "leftover"}
    text = segmentation.document.text
    assert [text[s.start : s.end] for s in segmentation.spans if s.kind == "leftover"] == (
        ["[bookmark: _GoBack]"] if doc_id == "yichun-cio" else []
    )
    for span in segmentation.spans:
        if span.kind == "furniture":
            assert not re.search(r"\w", text[span.start : span.end])


def test_defects_are_told(segmentations: Mapping[str, Segmentation]) -> None:
    assert {d: s.warnings for d, s in segmentations.items()} == {
        "helan-cio": (),
        "it-leading-group": (),
        "jiaozuo-cio": (),
        "yichun-cio": ("缺少第四条",),
    }


@pytest.mark.parametrize(
    ("ref", "headings"),
    [
        ("yichun-cio#1", ("第一章 总则",)),
        ("yichun-cio#7", ("第二章 任职条件与聘任程序",)),
        ("yichun-cio#7.2", ("第二章 任职条件与聘任程序",)),
        ("yichun-cio#ch7", ("第七章 附则",)),
        ("helan-cio#4.5", ("四、岗位管理",)),
        ("helan-cio#2", ("二、实施范围",)),
        ("jiaozuo-cio#1", ("一、岗位设置",)),
        ("jiaozuo-cio#5.2", ("五、工作要求",)),
        ("it-leading-group#18", ("第六章 附 则",)),
        ("it-leading-group#appendix-1", ()),
    ],
)
def test_headings(ref: str, headings: tuple[str, ...], segmentations: Mapping[str, Segmentation]) -> None:
    segmentation = segmentations[ref.partition("#")[0]]
    (found,) = [p for p in segmentation.provisions if p.ref == ref]
    assert found.headings == headings
