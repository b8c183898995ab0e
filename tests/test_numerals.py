"""Numbers as rules write them."""

from __future__ import annotations

import doctest

import pytest

from policy_qa import numerals
from policy_qa.numerals import parse_number, to_han


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("一", 1),
        ("十", 10),
        ("十二", 12),
        ("二十", 20),
        ("九十九", 99),
        ("一百", 100),
        ("一百零七", 107),
        ("一百一十", 110),
        ("一百二十", 120),
        ("一千", 1000),
        ("一千零一", 1001),
        ("一千二百六十", 1260),
        ("一万二千", 12_000),
        ("两", 2),
        ("两百", 200),
        ("〇", 0),
        ("二〇二四", 2024),
        ("二○二四", 2024),
        ("一一", 11),
        ("叁拾伍", 35),
        ("贰佰", 200),
        ("7", 7),
        ("07", 7),
        ("７", 7),
        ("１２", 12),
        ("1２", 12),
        ("十2", 12),
        (" 十\u3000二 ", 12),
        ("1 2", 12),
        ("", None),
        (" ", None),
        ("条", None),
        ("第七", None),
        ("七条", None),
        ("1.5", None),
        ("-1", None),
        ("²", 2),
        ("99999999", 99_999_999),
        ("100000000", 100_000_000),
        ("九" * 5000, None),
        ("9" * 5000, None),
        ("万" * 5000, None),
    ],
)
def test_parse(text: str, value: int | None) -> None:
    assert parse_number(text) == value


def test_every_number_of_an_article_is_read_back() -> None:
    assert [parse_number(to_han(n)) for n in range(20_000)] == list(range(20_000))


@pytest.mark.parametrize(
    ("number", "han"),
    [
        (0, "零"),
        (10, "十"),
        (11, "十一"),
        (101, "一百零一"),
        (110, "一百一十"),
        (1001, "一千零一"),
        (1010, "一千零一十"),
        (10_000, "一万"),
        (10_001, "一万零一"),
        (10_010, "一万零一十"),
        (21_000, "二万一千"),
        (100_000, "十万"),
        (12_345_678, "一千二百三十四万五千六百七十八"),
    ],
)
def test_to_han(number: int, han: str) -> None:
    assert to_han(number) == han


def test_to_han_has_a_range() -> None:
    with pytest.raises(ValueError, match="expected 0 or more, found -1"):
        to_han(-1)
    assert to_han(100_000_000) == "100000000"


def test_the_examples_in_the_docstrings() -> None:
    assert doctest.testmod(numerals).failed == 0
