"""Turns after others -> points, with what they carry over."""

from __future__ import annotations

import pytest

from policy_qa.datamodels import PointKind
from policy_qa.dialogue.kinds import Judged
from policy_qa.dialogue.points import Asked, Turns

LEANING = {"那超了呢": 0.9, "多久？": 0.1, "由谁审批？": 0.02, "差旅的呢": 0.9}


def judge(text: str) -> Judged:
    """谢谢 and 你好 are talk, 天气 is another field, all else asks of the rules."""
    label = "talk.thanks" if text in ("谢谢", "你好") else "talk.doubt" if text == "不对吧" else "content"
    label = "other" if "天气" in text else "holdings" if "哪些文件" in text else label
    return Judged(
        kinds=((label, 0.95), ("content" if label != "content" else "other", 0.05)), leans=LEANING.get(text, 0.0)
    )


TURNS = Turns(judge, lambda _: False)


def read(turn: str, *history: str) -> list[Asked]:
    return list(TURNS.read(turn, history))


def test_a_turn_that_stands_alone_starts_afresh() -> None:
    (asked,) = read("印章由谁保管", "住宿标准多少")
    assert asked.context == ()
    assert asked.text == "印章由谁保管"


def test_a_turn_that_leaves_its_matter_out_takes_it() -> None:
    (asked,) = read("那超了呢", "住宿标准多少")
    assert [a.own for a in asked.context] == ["住宿标准多少"]
    assert asked.text == "住宿标准多少 那超了呢"


def test_a_turn_after_one_about_documents_is_heard_with_it() -> None:
    (asked,) = read("差旅的呢", "有哪些文件")
    assert asked.judged.of(PointKind.HOLDINGS)
    (asked,) = read("差旅的呢", "住宿标准多少")
    assert asked.judged.of(PointKind.CONTENT)


def test_which_fact_is_wanted_its_own_words_say_as_well() -> None:
    both = Judged(kinds=(("fact.number", 0.5), ("fact.effective", 0.4), ("content", 0.1)), leans=0.0)
    own = Judged(kinds=(("content", 0.6), ("fact.effective", 0.38), ("fact.number", 0.02)), leans=0.3)
    found = both.sorted_as(own)
    assert (found.about(PointKind.FACT), found.leans) == ("effective", 0.0)
    # How likely it is a fact at all stays: .9, of which .152 to .01.
    assert dict(found.kinds) == pytest.approx(
        {"fact.effective": 0.8444, "content": 0.1, "fact.number": 0.0556}, abs=1e-3
    )
    assert both.sorted_as(Judged(kinds=(("content", 1.0),), leans=0.0)) is both


def test_talk_and_other_fields_between_are_forgotten() -> None:
    (asked,) = read("那超了呢", "住宿标准多少", "谢谢", "今天天气怎么样")
    assert [a.own for a in asked.context] == ["住宿标准多少"]


def test_a_chain_goes_back_to_what_stood_alone() -> None:
    (asked,) = read("那超了呢", "印章由谁保管", "住宿标准多少", "多久？")
    assert [a.own for a in asked.context] == ["住宿标准多少", "多久？"]


def test_every_part_of_a_turn_is_a_point() -> None:
    assert [a.own for a in read("住宿标准多少？由谁审批？印章由谁保管？")] == [
        "住宿标准多少？",
        "由谁审批？",
        "印章由谁保管？",
    ]


def test_courtesy_beside_a_question_is_no_point_and_alone_is_one() -> None:
    assert [a.own for a in read("1. 你好 2. 住宿标准多少")] == ["住宿标准多少"]
    assert [a.own for a in read("谢谢")] == ["谢谢"]


def test_doubt_beside_a_question_is_kept() -> None:
    assert [a.own for a in read("1. 不对吧 2. 住宿标准多少")] == ["不对吧", "住宿标准多少"]
