"""Numbers that a question asserts and the text contradicts."""

from __future__ import annotations

import doctest

import pytest

from policy_qa.answer import premise
from policy_qa.answer.premise import contradicted

QUOTE = "正式聘任并公布，任期3年，可连聘连任，连任不超过2届。"


@pytest.mark.parametrize(
    ("question", "quotes", "expected"),
    [
        ("任期5年是哪一条规定的？", QUOTE, [("5年", "3年")]),
        ("任期五年吗？", QUOTE, [("五年", "3年")]),
        ("任期５年吗？", QUOTE, [("5年", "3年")]),
        ("为什么可以连任3届？", QUOTE, [("3届", "2届")]),
        ("任期5年、连任3届，对吗？", QUOTE, [("5年", "3年"), ("3届", "2届")]),
        ("任期3年吗？", QUOTE, []),
        ("任期三年吗？", QUOTE, []),
        ("任期几年？", QUOTE, []),
        ("2024年的规定里任期多久？", QUOTE, []),
        ("第五条规定的任期", QUOTE, []),
        ("专家组有5人吗？", QUOTE, []),
        ("任期5年吗？", "", []),
        ("", QUOTE, []),
    ],
)
def test_contradicted(question: str, quotes: str, expected: list[tuple[str, str]]) -> None:
    assert contradicted(question, quotes) == expected


def test_the_examples_in_the_docstrings() -> None:
    assert doctest.testmod(premise).failed == 0
