"""Words of force are told apart, and words that only look like negation are left alone."""

from __future__ import annotations

import pytest

from policy_qa.values import Polarity, polarity_of


def force(text: str) -> list[Polarity]:
    return [m.kind for m in polarity_of(text)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("可连任", "不可连任"),
        ("可连任", "应当连任"),
        ("不可连任", "应当连任"),
        ("不得兼任", "可以兼任"),
        ("应当公布", "不应当公布"),
        ("须经批准", "无须批准"),
        ("经批准", "未经批准"),
    ],
)
def test_force_that_differs(one: str, other: str) -> None:
    assert force(one) != force(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("可以连任", "可连任"),
        ("应当公布", "必须公布"),
        ("须公布", "应公布"),
        ("不得兼任", "禁止兼任"),
        ("严禁兼任", "不准兼任"),
        ("不得不公布", "必须公布"),
    ],
)
def test_force_that_is_the_same(one: str, other: str) -> None:
    assert force(one) == force(other)


@pytest.mark.parametrize(
    "text",
    [
        "不少于3年",
        "不断完善",
        "不仅公布",
        "信息化应用",
        "许可证",
        "相应职责",
        "需求",
        "可靠运行",
        "无线网络",
        "不超过2届",
    ],
)
def test_no_marks(text: str) -> None:
    assert polarity_of(text) == ()


def test_marks_have_their_place() -> None:
    text = "首席信息官不得兼任，但可以连任"
    assert [(m.kind, text[m.start : m.end]) for m in polarity_of(text)] == [
        (Polarity.PROHIBITION, "不得"),
        (Polarity.PERMISSION, "可以"),
    ]
