"""One body or office by one name; an instrument that knows what it is."""

from __future__ import annotations

import pytest
from linted import findings, framed, quotes

from policy_qa.lint import Check, Severity


@pytest.mark.parametrize(
    ("words", "variant"),
    [
        (
            "网络安全和信息化委员会领导工作。学校网络安全与信息化委员会召集会议，网络安全与信息化委员会决定。",
            "网络安全和信息化委员会",
        ),
        ("成立信息化工作领导小组。信息化工作领导小组负责规划。信息化领导小组负责经费。", "信息化领导小组"),
    ],
)
def test_two_names(words: str, variant: str) -> None:
    assert framed(words, Check.TWO_NAMES) == [variant]


def test_a_half_of_the_name_is_a_hint() -> None:
    words = "设立网络安全与信息化委员会。网络安全与信息化委员会召集会议。信息化委员会审议经费。"
    text = f"某校办法\n第一条 {words}\n"
    assert [(f.quote, f.severity) for f in findings(text) if f.check is Check.TWO_NAMES] == [
        ("信息化委员会", Severity.HINT)
    ]


@pytest.mark.parametrize(
    "words",
    [
        "设立学校信息化委员会。信息化委员会审议规划。",
        "设立学术委员会和教学指导委员会。学术委员会审议规划。",
        "教务处和学术委员会负责审议。学术委员会审议规划。",
        "设立网络安全与信息化委员会（以下简称信息化委员会）。网络安全与信息化委员会召集会议。信息化委员会审议经费。",
        "设立信息化工作领导小组和疫情防控领导小组。",
    ],
)
def test_names_of_different_bodies(words: str) -> None:
    assert framed(words, Check.TWO_NAMES) == []


def test_offices_that_share_an_abbreviation() -> None:
    words = "设立首席教育信息官（Chief Officer，简称 CIO）。首席信息官（CIO）由校长担任。首席教育信息官负责规划。"
    assert framed(words, Check.TWO_NAMES) == ["首席信息官"]
    assert framed("设立首席信息官（CIO）和首席数据官（CDO）。首席信息官（CIO）负责。", Check.TWO_NAMES) == []


@pytest.mark.parametrize(
    ("words", "bare"),
    [
        ("办公室作为领导小组的日常办事机构，落实领导小组决策事项。", "领导小组"),
        ("重大事项由委员会审议。", "委员会"),
    ],
)
def test_never_introduced(words: str, bare: str) -> None:
    assert framed(words, Check.UNDEFINED_NAME) == [bare]


@pytest.mark.parametrize(
    "words",
    [
        "成立信息化工作领导小组。落实领导小组决策事项。",
        "学校信息化工作领导小组（以下简称领导小组）是领导机构。由领导小组审议。",
        "成立领导小组，由领导小组审议。",
        "薪酬与提名委员会由委员会成员选举。",
        "由有关方面的专家组成评审机构。",
        "该委员会由校长担任主任。",
        "由清算委员会负责。",
        "根据需要设立相应的工作组，由工作组负责。",
    ],
)
def test_introduced_or_named(words: str) -> None:
    assert framed(words, Check.UNDEFINED_NAME) == []


def instrument(title: str, words: str) -> list[str]:
    return quotes(f"{title}\n第一条 {words}\n第二条 校长负责。\n", Check.INSTRUMENT_NAME)


def test_another_kind_of_instrument_than_the_title_says() -> None:
    assert instrument("某校首席信息官制度", "为规范工作，制定本办法。本办法适用于全校。") == ["本办法"]
    assert instrument("某校信息化管理办法（试行）", "为规范工作，制定本制度。") == ["本制度"]


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("某校信息化管理办法（试行）", "为规范工作，制定本办法。"),
        ("某校章程实施细则", "根据章程，制定本细则。"),
        ("某校管理办法实施细则", "根据《某办法》（以下简称本办法），制定本细则。"),
        ("某校管理条例", "完善成本制度和资本制度、基本规范。"),
        ("某校工作方案", "制定本实施方案，本方案适用于全校。"),
        ("某校管理办法", "按照本标准和本计划执行。"),
        ("某校管理办法", "坚持根本制度，依照基本章程序列办理。"),
    ],
)
def test_the_kind_that_the_title_says(title: str, words: str) -> None:
    assert instrument(title, words) == []


def test_nearly_the_title() -> None:
    said = instrument("某县中小学校首席信息官实施方案", "制定《某县中小学校首席信息官工作实施方案》。")
    assert said == ["某县中小学校首席信息官工作实施方案"]
    assert instrument("某县中小学校首席信息官实施方案", "制定《某县中小学校首席信息官实施方案》。") == []
    assert instrument("某县中小学校首席信息官实施方案", "根据《某省中小学校首席信息官实施方案》制定。") == []
