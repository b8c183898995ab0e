"""What a comparison asks about: a known point, a topic of its own, or everything."""

from __future__ import annotations

import pytest

from policy_qa.compare.points import POINTS, Point, topic_of
from policy_qa.words import Segmenter, stop_words

OFFICE = frozenset({"首席数据官", "cdo"})
SEGMENTER = Segmenter(["首席数据官"])


def terms(question: str) -> list[tuple[str, float]]:
    return [(w, 1.5) for w in SEGMENTER.words(question.lower()) if w not in stop_words()]


@pytest.mark.parametrize(
    ("question", "points"),
    [
        ("谁可以担任首席数据官？", {Point.WHO}),
        ("两校的CDO由谁兼任，有何不同？", {Point.WHO}),
        ("处长能不能当首席数据官，两家各怎么规定", {Point.WHO}),
        ("首席数据官由谁任命？", {Point.APPOINTMENT}),
        ("比较两校首席数据官的聘任程序", {Point.APPOINTMENT}),
        ("三家单位首席数据官的任期有何不同？", {Point.TERM}),
        ("首席数据官一任能当多少年，两校一样吗", {Point.TERM}),
        ("是不是每家都让一把手当首席数据官", {Point.WHO}),
        ("首席数据官能否连任，两校规定一样吗？", {Point.REAPPOINTMENT}),
        ("两校首席数据官的任期和连任规定有什么区别", {Point.TERM, Point.REAPPOINTMENT}),
        ("对比两校CDO人选的条件要求", {Point.CONDITIONS}),
        ("哪些人不得担任首席数据官，各校分别怎么规定", {Point.EXCLUSIONS}),
        ("两家首席数据官的岗位职责对比", {Point.DUTIES}),
        ("首席数据官向谁汇报，两校有何差异", {Point.REPORTING}),
        ("两校对首席数据官的考核办法哪里不一样", {Point.ASSESSMENT}),
        ("三家对首席数据官多久考核一次？", {Point.ASSESSMENT}),
        ("两校首席数据官的聘任条件有何不同", {Point.CONDITIONS}),
        ("各校首席数据官制度的目的分别是什么", {Point.PURPOSE}),
        ("首席数据官怎样免职，两校有何不同", {Point.REMOVAL}),
    ],
)
def test_a_known_point(question: str, points: set[Point]) -> None:
    assert set(topic_of(question, terms(question), OFFICE).points) == points


@pytest.mark.parametrize(
    ("question", "label"),
    [
        ("两校在数据安全上的要求有什么不同？", "数据安全"),
        ("比较两校的经费保障", "经费保障"),
        ("两校编制数据目录的职责有何区别", "编制数据目录"),
        ("哪一家要求首席数据官每两年考核一次", "考核"),
    ],
)
def test_a_topic_of_its_own_has_the_words_of_the_question(question: str, label: str) -> None:
    topic = topic_of(question, terms(question), OFFICE, OFFICE)
    assert topic.points == ()
    assert label in topic.label


def test_everything() -> None:
    question = "三地的首席数据官制度有什么不同"
    topic = topic_of(question, terms(question), OFFICE, OFFICE)
    assert (topic.points, topic.label) == ((), "")


def test_points_are_in_the_order_of_the_rows() -> None:
    question = "两校首席数据官的连任和任期规定有什么区别"
    points = topic_of(question, terms(question), OFFICE).points
    assert list(points) == [p for p in POINTS if p in points]
