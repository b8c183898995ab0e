"""What an answer from one text of a policy says of its other texts."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import pytest

from policy_qa.answer.versions import VersionNotices, _about, _short, _words
from policy_qa.datamodels import Kind, Provision, Segmentation
from policy_qa.diff import Change, ChangeKind, Op, OpKind, What, compare
from policy_qa.facts.catalogue import Versions, tell_apart
from policy_qa.words import Segmenter
from samples import at, cut

BODY = "第一条 为加强信息化建设，提高信息化管理水平，根据国家有关规定，制定本办法。\n"
MONEY = "信息化经费列入学校年度预算，专款专用，不得挪用。\n"
#: By doc_id: a draft, an issued text, the one that repeals it.
TEXTS = {
    "a": f"东湖学院信息化管理办法（讨论稿）\n{BODY}第二条 信息官任期2年，可以连任。\n第三条 {MONEY}",
    "b": f"东湖学院信息化管理办法\n东院发〔2022〕9号\n{BODY}第二条 信息官任期三年，可以连任。\n第三条 {MONEY}",
    "c": (
        f"东湖学院信息化管理办法\n东院发〔2024〕16号\n{BODY}第二条 信息化工作遵循统一规划、资源共享的原则。\n"
        f"第三条 信息官任期3年，可以连任。\n第四条 {MONEY}"
        "第五条 本办法自印发之日起施行，《东湖学院信息化管理办法》（东院发〔2022〕9号）同时废止。\n"
    ),
}
DRAFTS = {
    "a": TEXTS["a"],
    "z": TEXTS["a"].replace("（讨论稿）", "（征求意见稿）").replace("2年", "4年") + "2021年5月1日\n",
}


@cache
def notices(drafts: bool = False) -> tuple[VersionNotices, dict[str, Segmentation]]:
    texts = DRAFTS if drafts else TEXTS
    segmentations = tell_apart({doc_id: cut(text, doc_id) for doc_id, text in texts.items()})
    versions = Versions([s.document for s in segmentations.values()])
    return VersionNotices(versions, segmentations, Segmenter()), segmentations


def about(*refs: str, lang: str = "zh", drafts: bool = False) -> list[str]:
    made, segmentations = notices(drafts)
    return made.about([at(segmentations[ref[0]], ref[2:]) for ref in refs], lang)


OTHERS = (
    "《东湖学院信息化管理办法》另有讨论稿（未施行）、2022年印发（已被2024年印发的文本废止），如需查看，请在问题中写明。"
)


@pytest.mark.parametrize(
    ("refs", "expected"),
    [
        # The text in force: that there are others; nothing of a provision that is the same everywhere.
        (["c#1"], [OTHERS]),
        (["c#4"], [OTHERS]),
        # 3年 against 三年 is no difference, against 2年 it is one.
        (["c#3"], [OTHERS, "第三条与讨论稿的第二条不同：此处是“3年”，讨论稿是“2年”。"]),
        (["c#2"], [OTHERS, "第二条在讨论稿中没有相应的条款。", "第二条在2022年印发中没有相应的条款。"]),
        # A text that is not in force says so, and what the one in force has.
        (
            ["a#2"],
            [
                "以上引自《东湖学院信息化管理办法（讨论稿）》的讨论稿，不是现行文本；现行的是2024年印发。",
                "第二条与2024年印发的第三条不同：此处是“2年”，2024年印发是“3年”。",
                "第二条与2022年印发的第二条不同：此处是“2年”，2022年印发是“三年”。",
            ],
        ),
        # Each notice once, provisions in the order cited; what is cited of another text is no other any more.
        (["c#3", "c#3", "c#1"], [OTHERS, "第三条与讨论稿的第二条不同：此处是“3年”，讨论稿是“2年”。"]),
        (
            ["c#1", "a#1"],
            [
                "《东湖学院信息化管理办法》另有2022年印发（已被2024年印发的文本废止），如需查看，请在问题中写明。",
                "以上引自《东湖学院信息化管理办法（讨论稿）》的讨论稿，不是现行文本；现行的是2024年印发。",
            ],
        ),
        # Each text's own provisions behind it.
        (
            ["b#2", "c#2"],
            [
                "以上引自《东湖学院信息化管理办法》的2022年印发，不是现行文本；现行的是2024年印发。",
                "第二条与讨论稿的第二条不同：此处是“三年”，讨论稿是“2年”。",
                "《东湖学院信息化管理办法》另有讨论稿（未施行），如需查看，请在问题中写明。",
                "第二条在讨论稿中没有相应的条款。",
            ],
        ),
        # All texts cited: no other.
        (
            ["c#1", "a#1", "b#1"],
            [],
        ),
        ([], []),
    ],
)
def test_notices(refs: list[str], expected: list[str]) -> None:
    assert about(*refs) == expected


def test_notices_in_english() -> None:
    assert about("c#3", lang="en") == [
        "There are other versions of 《东湖学院信息化管理办法》: 讨论稿, 2022年印发."
        " Name one in the question to see it.",
        "第三条 differs from 第二条 of the version 讨论稿: here “3年”, in 讨论稿 “2年”.",
    ]


def test_drafts_alone() -> None:
    (older,) = about("a#1", drafts=True)
    assert older == "以上引自《东湖学院信息化管理办法（讨论稿）》的讨论稿，较新的一稿是征求意见稿。"
    (newer,) = about("z#1", drafts=True)
    assert newer.startswith("《东湖学院信息化管理办法（征求意见稿）》另有讨论稿（")


def test_four_provisions_are_compared_at_most() -> None:
    found = about("c#1", "c#4", "c#preamble", "c#2", "c#3")
    assert any(line.startswith("第二条") for line in found)
    assert not any(line.startswith("第三条") for line in found)


def test_a_policy_of_one_text_has_no_notice() -> None:
    one = cut(TEXTS["a"], "a")
    made = VersionNotices(Versions([one.document]), {"a": one}, Segmenter())
    assert made.about(list(one.articles), "zh") == []


# What differs, as short lines.

CITED = Provision(doc_id="x", path="1", kind=Kind.ARTICLE, label="第一条", start=10, end=50, article=True)


def ops(*steps: str) -> tuple[Op, ...]:
    """From 「+甲」, 「-乙」, 「=丙」, 「~丁」 (equal), with ! for trivial; the new text begins at 10."""
    out, new = [], 10
    for step in steps:
        trivial = step.startswith("!")
        kind, text = step.lstrip("!")[0], step.lstrip("!")[1:]
        op = {"+": OpKind.INSERT, "-": OpKind.DELETE, "=": OpKind.EQUAL}[kind]
        end = new if op is OpKind.DELETE else new + len(text)
        out.append(Op(op=op, old_start=0, old_end=0, new_start=new, new_end=end, text=text, trivial=trivial))
        new = end
    return tuple(out)


def differing(steps: Sequence[str], cited: Provision = CITED) -> list[str]:
    change = Change(what=What.ARTICLE, kinds=(ChangeKind.CHANGED,), ops=ops(*steps))
    return _words(change, cited, "旧稿", "zh")


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        (["=任期", "-三年", "+五年", "=。"], ["此处是“五年”，旧稿是“三年”"]),
        (["=任期", "+五年", "=。"], ["旧稿没有“五年”"]),
        (["=任期", "-三年", "=。"], ["旧稿多出“三年”"]),
        (["=任期", "-三年"], ["旧稿多出“三年”"]),
        # Marks, labels and what is trivial tell nothing.
        (["=任期", "-，", "+、", "=。"], []),
        (["-第三条", "+第四条", "=任期"], []),
        (["-（一）", "+（二）", "=任期"], []),
        (["=任期", "!-三年", "!+3年", "=。"], []),
        # What was taken away waits over what is trivial, not over other words.
        (["-三年", "!=  ", "+五年"], ["此处是“五年”，旧稿是“三年”"]),
        (["-三年", "=任期", "+五年"], ["旧稿多出“三年”", "旧稿没有“五年”"]),
        (["-三年", "+五年", "+六年"], ["此处是“五年”，旧稿是“三年”", "旧稿没有“六年”"]),
        # A delete before an insert that tells nothing.
        (["-三年", "+、", "=任期"], ["旧稿多出“三年”"]),
        # Three at most.
        (["+甲", "=一", "+乙", "=二", "+丙", "=三", "+丁"], ["旧稿没有“甲”", "旧稿没有“乙”", "旧稿没有“丙”"]),
        (["=任期"], []),
    ],
)
def test_what_differs(steps: list[str], expected: list[str]) -> None:
    assert differing(steps) == expected


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (10, 14, ["旧稿没有“甲甲”", "旧稿没有“乙乙”"]),
        (11, 14, ["旧稿没有“乙乙”"]),
        (10, 13, ["旧稿没有“甲甲”"]),
        (12, 14, ["旧稿没有“乙乙”"]),
        (14, 20, []),
    ],
)
def test_only_what_lies_in_the_cited_provision(start: int, end: int, expected: list[str]) -> None:
    cited = Provision(doc_id="x", path="1", kind=Kind.ARTICLE, label="", start=start, end=end)
    assert differing(["+甲甲", "+乙乙"], cited) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("字" * 30, "字" * 30), ("字" * 31, "字" * 30 + "…"), ("，甲 \n 乙。", "甲 乙"), ("：；、", "")],
)
def test_long_words_are_cut(text: str, expected: str) -> None:
    assert _short(text) == expected


def test_the_smallest_change_around_a_provision() -> None:
    old = cut("某校办法\n第一条 成员：\n（一）校长；\n（二）处长。\n第二条 乙。\n", "old")
    new = cut("某校办法\n第一条 成员：\n（一）校长；\n（二）院长。\n第二条 乙。\n", "new")
    found = compare(old, new, Segmenter())
    whole, item = _about(found, at(new, "1")), _about(found, at(new, "1.2"))
    assert (whole and whole.what, whole and whole.new) == (What.ARTICLE, at(new, "1"))
    assert (item and item.what, item and item.new) == (What.PART, at(new, "1.2"))
    nowhere = Provision(doc_id="new", path="9", kind=Kind.ARTICLE, label="", start=0, end=999)
    assert _about(found, nowhere) is None
