"""Who holds an office, as the rosters say."""

from __future__ import annotations

import pytest

from policy_qa.datamodels import LineKind, PointKind
from policy_qa.dialogue.people import People
from samples import cut

ROSTER = cut("""应急小组名单

组  长：高  远（院长）
副组长：江  南
成  员：白雪梅

专家组

组长：方  正
""")
PEOPLE = People({"x": ROSTER})


@pytest.mark.parametrize(
    ("question", "says"),
    [("应急小组的组长是谁", "高远"), ("专家组组长是谁", "方正"), ("副组长是谁", "江南")],
)
def test_one_office_on_one_list_is_told(question: str, says: str) -> None:
    told = PEOPLE.answer(question, ["x"], "zh", sure=True)
    assert told is not None
    assert (told.kind, told.choices) == (PointKind.PERSON, ())
    assert says in told.lead


def test_one_office_on_two_lists_is_asked_back_and_each_reading_is_told() -> None:
    told = PEOPLE.answer("组长是谁", ["x"], "zh", sure=True)
    assert told is not None
    assert told.kind is PointKind.CLARIFY
    assert [c.label for c in told.choices] == ["应急小组名单组长", "专家组组长"]
    assert [line.text for line in told.lines if line.kind is LineKind.CHOICE] == [c.label for c in told.choices]
    assert len(told.citations) == 2
    for choice, name in zip(told.choices, ("高远", "方正"), strict=True):
        one = PEOPLE.answer(choice.question, ["x"], "zh", sure=True)
        assert one is not None
        assert (one.kind, name in one.lead) == (PointKind.PERSON, True)


def test_a_list_that_a_question_names_answers_without_a_doubt() -> None:
    told = PEOPLE.answer("专家组谁负责", ["x"], "zh", sure=False)
    assert told is not None
    assert "方正" in told.lead
    assert PEOPLE.answer("谁负责评审", ["x"], "zh", sure=False) is None


@pytest.mark.parametrize(
    ("question", "means"), [("他电话呢", True), ("江南呢", False), ("他们的组长呢", False), ("其他成员呢", False)]
)
def test_whom_a_pronoun_means_was_named_before(question: str, means: bool) -> None:
    assert PEOPLE.means_before(question) is means


def test_who_is_asked_for_is_no_name() -> None:
    told = PEOPLE.answer("管车的是谁", ["x"], "zh", sure=True)
    assert told is None or not told.refused


def test_the_people_of_a_list_are_counted() -> None:
    told = PEOPLE.answer("应急小组一共几个人", ["x"], "zh", sure=True)
    assert told is not None
    assert told.lines[0].text == "名单上共3人："


def test_who_has_a_number() -> None:
    people = People({"x": cut("值班表\n\n组长：高  远  电话：0571-6620101\n成员：江  南  电话：0571-6620102\n")})
    told = people.answer("0571-6620102是谁的电话", ["x"], "zh", sure=True)
    assert told is not None
    assert "江南" in told.lead


def test_a_longer_name_is_another_body() -> None:
    other = cut("网络安全规定\n\n第一条 网络安全专家组由院长任组长。\n")
    people = People({"x": ROSTER, "y": other})
    assert people.answer("网络安全专家组组长是谁", ["x", "y"], "zh", sure=True) is None
    assert people.answer("应急专家组组长是谁", ["x", "y"], "zh", sure=True) is not None


TABLE = People(
    {
        "x": cut("""网络安全规定

第一条 各单位设信息员一名。

附件 信息员名单

| 单位 | 姓名 | 职务 | 办公电话 |
|---|---|---|---|
| 图书馆 | 欧阳澜 | 系统部馆员 | 0000-5550155 |
| 化学学院 | 韩屿川 | 院办公室主任 | 0000-5550147 |
| 计算机学院 | 韩屿 | 实验师 | 0000-5550140 |
""")
    }
)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("图书馆信息员的电话", "图书馆、欧阳澜、系统部馆员、0000-5550155"),
        ("韩屿川的职务", "化学学院、韩屿川、院办公室主任、0000-5550147"),
        ("韩屿在哪个学院", "计算机学院、韩屿、实验师、0000-5550140"),
    ],
)
def test_a_row_of_a_table_answers(question: str, says: str) -> None:
    told = TABLE.answer(question, ["x"], "zh", sure=True)
    assert told is not None
    assert (told.kind, told.lead, len(told.citations)) == (PointKind.PERSON, says, 1)
    assert told.citations[0].quote.startswith("| ")


def test_who_is_in_no_row_is_said_to_be_on_no_list() -> None:
    told = TABLE.answer("周琪在信息员名单里吗", ["x"], "zh", sure=True)
    assert told is not None
    assert "周琪" in told.lines[0].text
    assert "信息员名单" in told.lines[0].text
