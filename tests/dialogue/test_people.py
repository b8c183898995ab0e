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
