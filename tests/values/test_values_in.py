"""Values mean the same however they are written, and nothing else."""

from __future__ import annotations

import pytest

from policy_qa.numerals import to_han
from policy_qa.values import Relation, Value, ValueKind, compare, values_in


def same(one: Value, other: Value) -> bool:
    return compare(one, other) is Relation.SAME


def only(text: str) -> Value:
    (value,) = values_in(text)
    return value


@pytest.mark.parametrize(
    "texts",
    [
        ("三年", "3年", "叁年", "三 年", "３年", "36个月", "三十六个月"),
        (
            "2024年3月26日",
            "2024-03-26",
            "二〇二四年三月二十六日",
            "2024/3/26",
            "２０２４年３月２６日",
            "2024 年 3 月 26 日",
        ),
        ("1-2名", "1至2名", "一至二名", "1～2人"),
        ("不少于3年", "3年以上", "至少三年", "不低于3年", "3年及以上"),
        ("不超过2届", "不多于两届", "2届以下", "不得超过2届"),
        ("5万元", "50000元", "五万元", "50,000元", "人民币5万元"),
        ("百分之五十", "50%", "二分之一", "1/2"),
        ("三分之二", "2/3"),
        ("半年", "6个月", "六个月"),
        ("一年半", "18个月"),
        ("第三届", "第3届"),
        ("第七条", "第7条", "第７条", "第 七 条"),
        ("第二项", "第（二）项", "第2项"),
        ("附件2", "附件二"),
        ("第一百二十条之一", "第120条之一"),
        ("每2年", "每两年"),
        ("一亿二千万元", "12000万元"),
    ],
)
def test_one_value_in_many_notations(texts: tuple[str, ...]) -> None:
    first = only(texts[0])
    for text in texts:
        assert same(only(text), first), (text, only(text).key, first.key)
        assert only(text).text == text


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("3年", "5年"),
        ("3年", "3个月"),
        ("不少于3年", "3年"),
        ("不超过2届", "不少于2届"),
        ("不超过2届", "超过2届"),
        ("3年以上", "3年以下"),
        ("每年", "每学期"),
        ("每2年", "每年"),
        ("2024年3月26日", "2024年3月27日"),
        ("2024年3月", "2024年3月26日"),
        ("5万元", "5元"),
        ("50%", "50个百分点"),
        ("第三届", "3届"),
        ("第七条", "第七款"),
        ("第一百二十条之一", "第一百二十条"),
        ("5个工作日", "5日"),
        ("1至2名", "2名"),
        ("18周岁", "18人"),
        ("1学期", "1学年"),
    ],
)
def test_different_values_differ(one: str, other: str) -> None:
    assert not same(only(one), only(other))


@pytest.mark.parametrize(
    ("said", "rule", "relation"),
    [
        ("5家", "不少于3家", Relation.WITHIN),
        ("2家", "不少于3家", Relation.APART),
        ("3家", "不少于3家", Relation.BOUND),
        ("不少于3家", "3家", Relation.BOUND),
        ("不超过3家", "不少于3家", Relation.BOUND),
        ("不少于5家", "不少于3家", Relation.APART),
        ("5家", "3至7家", Relation.WITHIN),
        ("8家", "3至7家", Relation.APART),
        ("3万元", "不足5万元", Relation.WITHIN),
        ("5家", "5人", Relation.UNLIKE),
        ("60天", "2个月", Relation.UNLIKE),
        ("60%", "三分之二", Relation.APART),
        ("50%", "二分之一", Relation.SAME),
        ("2024年3月26日", "2024年3月27日", Relation.APART),
        ("22:30", "23:00", Relation.APART),
        ("最多可以获得两项", "不超过2项", Relation.SAME),
        ("至少召开1次", "不少于1次", Relation.SAME),
        ("最多说明一下，共2项", "2项", Relation.SAME),
        ("23点以后", "23:00", Relation.SAME),
    ],
)
def test_what_one_value_is_to_another(said: str, rule: str, relation: Relation) -> None:
    assert compare(only(said), only(rule)) is relation


@pytest.mark.parametrize(
    ("text", "lower", "upper"),
    [("不少于3年", 36, None), ("超过3年", 36, None), ("2届以下", None, 2), ("5至7人", 5, 7), ("3次", 3, 3)],
)
def test_what_a_value_allows(text: str, lower: int | None, upper: int | None) -> None:
    assert (only(text).lower, only(text).upper) == (lower, upper)


def test_bounds_and_frequencies_are_read_in_place() -> None:
    text = "原则上每学期至少召开1次，任期一般不少于3年，连任不超过2届"
    found = values_in(text)
    assert [v.kind for v in found] == [
        ValueKind.FREQUENCY,
        ValueKind.NUMBER,
        ValueKind.DURATION,
        ValueKind.NUMBER,
    ]
    assert [v.bound for v in found] == ["", "ge", "ge", "le"]
    assert all(text[v.start : v.end] == v.text for v in found)


@pytest.mark.parametrize("text", ["一般情况", "一致同意", "统一管理", "万无一失", "三年级学生", "第一书记", "一网通办"])
def test_words_with_numerals_in_them_are_no_values(text: str) -> None:
    assert values_in(text) == ()


@pytest.mark.parametrize("number", [1, 2, 10, 12, 20, 36, 99, 100, 101, 365, 1200])
def test_every_number_agrees_with_itself_in_characters(number: int) -> None:
    assert same(only(f"{number}天"), only(f"{to_han(number)}天"))
    assert not same(only(f"{number}天"), only(f"{to_han(number + 1)}天"))
