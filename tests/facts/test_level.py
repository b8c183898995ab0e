"""Whose rule stands above whose."""

from __future__ import annotations

import pytest

from policy_qa.facts.same import Level, is_above, level_of
from samples import document


def issued_by(body: str, text: str = "为加强管理，制定本办法。") -> str:
    return f"{body}文件\n采购管理办法\n第一条 {text}\n"


@pytest.mark.parametrize(
    ("body", "level"),
    [
        ("教育部", Level.STATE),
        ("国务院办公厅", Level.STATE),
        ("江西省教育厅", Level.PROVINCE),
        ("宁夏回族自治区教育厅", Level.PROVINCE),
        ("上海市教育委员会", Level.PROVINCE),
        ("焦作市教育局", Level.CITY),
        ("贺兰县教育体育局", Level.COUNTY),
        ("宜春学院", Level.SCHOOL),
        ("焦作市第四中学", Level.SCHOOL),
    ],
)
def test_level(body: str, level: Level) -> None:
    assert level_of(document(issued_by(body))) is level


@pytest.mark.parametrize(
    ("high", "low", "text", "above"),
    [
        ("教育部", "宜春学院", "为加强管理，制定本办法。", True),
        ("江西省教育厅", "宜春学院", "根据江西省教育厅有关规定，制定本办法。", True),
        ("江西省教育厅", "宜春学院", "为加强管理，制定本办法。", False),  # nothing says that it is of that province
        ("焦作市教育局", "焦作市第四中学", "为加强管理，制定本办法。", True),
        ("贺兰县教育体育局", "宜春学院", "为加强管理，制定本办法。", False),
        ("宜春学院", "教育部", "为加强管理，制定本办法。", False),
        ("宜春学院", "东湖学院", "为加强管理，制定本办法。", False),
    ],
)
def test_above(high: str, low: str, text: str, above: bool) -> None:
    assert is_above(document(issued_by(high)), document(issued_by(low, text))) == above
