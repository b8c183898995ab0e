"""The row of a topic of its own: which quotations each document is shown with, by hand."""

from __future__ import annotations

import pytest

from policy_qa.compare.free import Rated, covered, filled, free_row
from policy_qa.compare.points import Topic
from policy_qa.datamodels import ComparedRow, Quotation
from policy_qa.retrieval.kinds import wanted

TOPIC = Topic(label="数据目录", words=("数据", "目录"))


def rated(row: str, heading: str = "") -> Rated:
    """From 「a .5 …」: the document, the score, the words."""
    doc_id, score, text = row.split(" ", 2)
    quotation = Quotation(ref=f"{doc_id}#1", cite="", quote=text, start=0, end=len(text))
    return Rated(quotation=quotation, score=float(score), heading=heading)


def shown(row: ComparedRow) -> list[list[str]]:
    return [[q.quote for q in cell] for cell in row.cells]


@pytest.mark.parametrize(
    ("words", "text", "share"),
    [
        (("数据", "目录"), "编制数据目录", 1.0),
        (("数据", "目录"), "编制数据", 0.5),
        (("数据", "目录"), "编制预算", 0.0),
        ((), "编制", 1.0),
        # A synonym is as good; what stands behind a colon is none of the word.
        (("考核",), "年度测评", 1.0),
        (("网信办:17",), "网信办负责", 1.0),
        # Parts of three characters and more count in part: 数据, 据目, 目录 of four.
        (("数据目录",), "数据与目录", 2 / 3),
        (("数据目",), "数据", 0.5),
        (("数据",), "数", 0.0),
        (("data",), "dat", 0.0),
        (("ＤＡＴＡ".lower(),), "data", 0.0),
        (("data",), "ＤＡＴＡ", 1.0),
    ],
)
def test_how_far_a_text_has_the_words(words: tuple[str, ...], text: str, share: float) -> None:
    assert covered(words, text) == pytest.approx(share)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        # The best of each document: the score, half a point for the words.
        (["a .5 数据目录", "a .4 数据目录二", "b .1 目录"], [["数据目录"], ["目录"]]),
        (["a .5 目录", "a .3 数据目录"], [["数据目录"], []]),
        (["a .5 目录", "a .2 数据目录"], [["目录"], []]),
        (["a .5 目录甲", "a .5 目录乙"], [["目录甲", "目录乙"], []]),
        # Silent: below nothing, with less than .3 of the words, where another has them all.
        (["a .5 数据目录", "b -.1 预算"], [["数据目录"], []]),
        (["a .5 数据目录", "b 0 预算"], [["数据目录"], ["预算"]]),
        (["a .5 数据目录", "b -.6 目录"], [["数据目录"], ["目录"]]),
        (["a .5 数据", "b -.1 预算"], [["数据"], ["预算"]]),
        (["c .5 数据目录"], [[], []]),
        ([], [[], []]),
    ],
)
def test_the_best_of_each_document(rows: list[str], expected: list[list[str]]) -> None:
    row = free_row(TOPIC, ["a", "b"], [rated(r) for r in rows], "数据目录怎么编制")
    assert shown(row) == expected
    assert (row.point, row.label) == ("topic", "数据目录")


def test_next_to_none_is_less_than_three_tenths() -> None:
    topic = Topic(label="", words=tuple("甲乙丙丁戊己庚辛壬癸"))
    whole, *few = (rated(f"{d} -.9 {t}") for d, t in (("a", "甲乙丙丁戊己庚辛壬癸"), ("b", "甲乙丙"), ("c", "甲乙")))
    row = free_row(topic, ["a", "b", "c"], [whole, *few], "")
    assert shown(row) == [["甲乙丙丁戊己庚辛壬癸"], ["甲乙丙"], []]


def test_a_heading_that_says_the_topic() -> None:
    # Two tenths more, and whatever its score, it is shown.
    under = [rated("a .3 数据目录", "数据目录"), rated("a .45 数据目录乙")]
    assert shown(free_row(TOPIC, ["a"], under, "")) == [["数据目录"]]
    under = [rated("a .2 数据目录", "数据目录"), rated("a .45 数据目录乙")]
    assert shown(free_row(TOPIC, ["a"], under, "")) == [["数据目录", "数据目录乙"]]
    half = [rated("a .3 数据目录", "目录"), rated("a .45 数据目录乙")]
    assert shown(free_row(TOPIC, ["a"], half, "")) == [["数据目录乙"]]


@pytest.mark.parametrize(
    ("asked", "rows", "expected"),
    [
        # 「哪一家」 with a value wants what has that value, whatever its bound.
        ("哪一家每两年更新数据目录", ["a .5 每2年更新", "b .9 每3年更新"], [["每2年更新"], []]),
        ("哪一家满三年更新数据目录", ["a .5 3年及以上", "b .9 五年"], [["3年及以上"], []]),
        ("哪一家更新数据目录", ["a .5 每2年更新", "b .9 每3年更新"], [["每2年更新"], ["每3年更新"]]),
        # Where nobody has it, and where nobody asks which, it is no matter.
        ("哪一家每四年更新数据目录", ["a .5 每2年更新", "b .9 每3年更新"], [["每2年更新"], ["每3年更新"]]),
        ("两校每两年更新数据目录吗", ["a .5 每2年更新", "b .9 每3年更新"], [["每2年更新"], ["每3年更新"]]),
    ],
)
def test_a_value_that_is_asked_for(asked: str, rows: list[str], expected: list[list[str]]) -> None:
    assert shown(free_row(TOPIC, ["a", "b"], [rated(r) for r in rows], asked)) == expected


def test_a_kind_of_answer_that_is_asked_for() -> None:
    rows = [rated("a .5 每年更新"), rated("b .9 更新目录")]
    assert shown(free_row(TOPIC, ["a", "b"], rows, "", wanted("多久更新一次"))) == [["每年更新"], []]
    assert shown(free_row(TOPIC, ["a", "b"], rows, "", wanted("多少钱"))) == [["每年更新"], ["更新目录"]]


def test_whether_the_documents_differ() -> None:
    same = [rated("a .5 数据目录。"), rated("b .5 数据目录")]
    assert not free_row(TOPIC, ["a", "b"], same, "").differs
    assert free_row(TOPIC, ["a", "b"], same[:1], "").differs
    assert free_row(TOPIC, ["a", "b"], [same[0], rated("b .5 目录")], "").differs


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        # An empty cell takes what is .5 sure, the best of it.
        (["b .5 乙", "a .9 别的"], [["甲"], ["乙"]]),
        (["b .49 乙"], [["甲"], []]),
        (["b .6 乙", "b .7 丙", "b .7 丁"], [["甲"], ["丙", "丁"]]),
        (["c .9 丙"], [["甲"], []]),
        ([], [["甲"], []]),
    ],
)
def test_a_point_that_no_cue_shows(rows: list[str], expected: list[list[str]]) -> None:
    full = (rated("a .5 甲").quotation,)
    row = ComparedRow(point="term", label="任期", cells=(full, ()), differs=False, asked=True)
    found = filled(row, ["a", "b"], [rated(r) for r in rows])
    assert shown(found) == expected
    assert found.differs is (expected[1] != [])
