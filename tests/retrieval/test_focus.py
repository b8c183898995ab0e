"""What kind of answer is asked for, and which text shows it."""

from __future__ import annotations

import pytest

from policy_qa.retrieval import focus as focus_module
from policy_qa.retrieval.focus import Focus, focuses_of, holds
from policy_qa.words import normalize


@pytest.mark.parametrize(
    ("question", "focus"),
    [
        ("谁可以担任CIO？", Focus.WHO),
        ("who can serve as CIO?", Focus.WHO),
        ("哪个部门负责", Focus.WHO),
        ("任期是几年？", Focus.DURATION),
        ("how long is the term?", Focus.DURATION),
        ("多久开一次会", Focus.FREQUENCY),
        ("how often do they meet?", Focus.FREQUENCY),
        ("专家组有几人", Focus.COUNT),
        ("津贴多少钱", Focus.MONEY),
        ("什么时候印发的", Focus.DATE),
        ("推荐表最晚哪天前交", Focus.DEADLINE),
        ("办公室设在哪里", Focus.WHERE),
        ("联系电话是多少", Focus.CONTACT),
        ("为什么要设CIO", Focus.PURPOSE),
        ("什么是CIO", Focus.DEFINITION),
        ("任职条件", Focus.CONDITION),
        ("CIO的职责有哪些", Focus.DUTY),
        ("聘任程序是什么", Focus.PROCEDURE),
        ("领导小组成员有哪些", Focus.MEMBERS),
        ("考核不合格怎么办", Focus.PENALTY),
        ("有什么奖励", Focus.REWARD),
        ("由谁负责解释", Focus.INTERPRETATION),
        ("什么时候生效", Focus.EFFECT),
        ("文号是多少", Focus.NUMBER),
    ],
)
def test_triggers(question: str, focus: Focus) -> None:
    assert focus in focuses_of(normalize(question))


@pytest.mark.parametrize("question", ["你好", "讲个笑话", "hello", ""])
def test_no_kind_at_all(question: str) -> None:
    assert focuses_of(question) == ()


def test_a_sum_is_no_count_and_a_frequency_is_none() -> None:
    assert Focus.COUNT not in focuses_of("津贴多少钱")
    assert Focus.COUNT not in focuses_of("每年开几次会")
    assert focuses_of("本办法由谁解释") == (Focus.INTERPRETATION,)


@pytest.mark.parametrize(
    ("text", "focus", "there"),
    [
        ("任期3年，可连任", Focus.DURATION, True),
        ("任期三年", Focus.DURATION, True),
        ("首席信息官是总负责人", Focus.DURATION, False),
        ("津贴每月500元", Focus.MONEY, True),
        ("设立专项经费", Focus.MONEY, False),
        ("每学期至少召开1次", Focus.FREQUENCY, True),
        ("由校长担任", Focus.WHO, True),
        ("电话:2992820", Focus.CONTACT, True),
        ("第十五条", Focus.COUNT, False),
        ("由办公室负责解释", Focus.INTERPRETATION, True),
    ],
)
def test_cues(text: str, focus: Focus, there: bool) -> None:
    assert holds(text, focus) is there


def test_sums_dates_and_telephone_numbers_cannot_be_guessed() -> None:
    assert {f for f in Focus if focus_module.is_hard(f)} == {Focus.MONEY, Focus.DATE, Focus.CONTACT}


def test_units() -> None:
    asked, there = focus_module.asked_units, focus_module.holds_unit
    assert {"人", "名", "位"} <= asked("专家组有几名成员")
    assert "年" in asked("任期多少年")
    assert "years" in asked("how many years is the term")
    assert asked("谁可以担任") == frozenset()
    assert there("由专家5-7人组成", asked("几名"))
    assert there("任期三年", asked("几年"))
    assert not there("第三条 任期另定", asked("几条"))
    assert not there("每学期1次", asked("几年"))


def test_lists_and_comparisons() -> None:
    assert focus_module.asks_for_list("任职条件有哪些")
    assert focus_module.asks_for_list("what are the duties of the cio?")
    assert not focus_module.asks_for_list("谁担任组长")
    assert focus_module.asks_to_compare("宜春和贺兰的任期有什么不同")
    assert not focus_module.asks_to_compare("宜春的任期")


def test_counted_documents_ask_for_no_number() -> None:
    assert Focus.COUNT not in focuses_of("这几份文件的依据有什么不同")
    assert Focus.COUNT not in focuses_of("几份文件里经费分别是怎么写的")
    assert Focus.COUNT in focuses_of("专家组由几个人组成")
    assert Focus.COUNT in focuses_of("有几所学校要设信息官")
