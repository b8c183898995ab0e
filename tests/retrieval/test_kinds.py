"""What value a question asks for, and which texts have one."""

from __future__ import annotations

import pytest

from policy_qa.retrieval.kinds import wanted
from policy_qa.words import normalize


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("任期几年", ["duration"]),
        ("任期多久", ["duration"]),
        ("how long is the term?", ["duration"]),
        ("how many years is the term", ["duration"]),
        ("津贴多少钱", ["money"]),
        ("罚几元", ["money"]),
        ("how much is it", ["money"]),
        # A rhythm is no period, whatever its words.
        ("多久开一次会", ["frequency"]),
        ("how often do they meet?", ["frequency"]),
        ("每年开几次会", ["count"]),
        ("有几名专家", ["count"]),
        ("有几个人", ["count"]),
        ("how many people", ["count"]),
        ("比例是多少", ["percentage"]),
        ("满多少岁", ["age"]),
        ("什么时候印发的", ["date"]),
        ("哪一天", ["date"]),
        ("推荐表最晚哪天前交", ["deadline"]),
        ("任期几年，津贴多少钱", ["money", "duration"]),
        ("需要多少", ["count"]),
        # What is spoken of is not counted.
        ("这几份文件由谁任命", []),
        ("哪几家有食堂", []),
        ("由谁任命", []),
        ("你好", []),
        ("", []),
    ],
)
def test_what_is_wanted(question: str, names: list[str]) -> None:
    found = wanted(normalize(question))
    assert [name for name, _ in found.kinds] == names
    assert bool(found) is bool(names)


@pytest.mark.parametrize(
    ("question", "text", "lacking"),
    [
        ("任期几年", "任期3年", []),
        ("任期几年", "每届4个学期", []),
        ("任期几年", "由3人组成", ["duration"]),
        ("有几名专家", "由5人组成", []),
        ("有几名专家", "由5-7名专家组成", []),
        ("how many people", "由5名专家组成", []),
        ("第几条", "第十五条", ["count"]),
        ("每年开几次会", "每学期召开", []),
        ("每年开几次会", "召开2次", []),
        ("多久考核一次", "任期3年", ["frequency"]),
        ("一天报多少钱", "每人每天350元", []),
        ("一天报多少钱", "每人3份", ["money"]),
        ("需要多少", "每人每天350元", []),
        ("比例多少", "三分之二以上", []),
        ("几点关门", "22:00关门", []),
        ("任期几年，津贴多少钱", "任期3年", ["money"]),
        ("由谁任命", "由校长任命", []),
    ],
)
def test_what_a_text_lacks(question: str, text: str, lacking: list[str]) -> None:
    found = wanted(normalize(question))
    assert found.lacking(text) == lacking
    assert found.given(text) is (len(lacking) < len(found.kinds))
