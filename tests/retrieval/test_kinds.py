"""The kinds of answer that a question wants, and what a text gives of them."""

from __future__ import annotations

import pytest

from policy_qa.naming.scope import Scope
from policy_qa.retrieval.focus import Focus, asked_units, focuses_of, holds_unit, is_hard
from policy_qa.retrieval.kinds import Wanted, wanted
from policy_qa.retrieval.question import Question


def asked(text: str) -> Wanted:
    scope = Scope(doc_ids=(), soft=False, unknown=(), rest=text, every=False)
    return wanted(Question(text, "zh", scope, (), focuses_of(text), False, False, (), text))


@pytest.mark.parametrize(
    ("question", "units", "counted", "strict", "broad", "narrow"),
    [
        # A unit says more than the kind that counts it.
        ("任期几年", True, (Focus.DURATION,), (), (), ()),
        ("任期多久", False, (), (Focus.DURATION,), (), ()),
        ("由谁任命", False, (), (), (Focus.WHO,), ()),
        ("津贴多少钱", False, (), (Focus.MONEY,), (), ()),
        # So does a narrow kind, of a count alone.
        ("多少分及格", False, (), (), (), ("score",)),
        ("比例是多少", False, (), (), (), ("percentage",)),
        ("哪一天施行", False, (), (), (Focus.EFFECT,), ("day",)),
        ("什么是数据", False, (), (), (Focus.DEFINITION,), ()),
        ("你好", False, (), (), (), ()),
    ],
)
def test_what_is_wanted(
    question: str,
    units: bool,
    counted: tuple[Focus, ...],
    strict: tuple[Focus, ...],
    broad: tuple[Focus, ...],
    narrow: tuple[str, ...],
) -> None:
    found = asked(question)
    assert (bool(found.units), found.counted, found.strict, found.broad) == (units, counted, strict, broad)
    assert tuple(name for name, _ in found.narrow) == narrow
    assert found.any is (question != "你好")


@pytest.mark.parametrize(
    ("question", "text", "given", "hinted", "lacking"),
    [
        ("任期几年", "任期3年", 1.0, 1.0, []),
        ("任期几年", "任期3个月", 0.0, 1.0, ["duration"]),
        ("几年考核一次", "每3年考核", 1.0, 1.0, []),
        ("多少分及格，哪一天考", "60分及格", 1 / 3, 1.0, ["day", "date"]),
        ("多少分及格，哪一天考", "3月1日考,60分及格", 1.0, 1.0, []),
        ("由谁任命，程序如何", "由校长任命", 1.0, 0.5, ["procedure"]),
        ("由谁任命，程序如何", "程序如下", 1.0, 0.5, ["who"]),
        ("由谁任命，程序如何", "其他", 1.0, 0.0, ["who", "procedure"]),
        ("你好", "其他", 1.0, 1.0, []),
    ],
)
def test_what_a_text_gives(question: str, text: str, given: float, hinted: float, lacking: list[str]) -> None:
    found = asked(question)
    assert found.lacking(text) == lacking
    assert (found.given(text), found.hinted(text)) == (pytest.approx(given), hinted)
    assert found.narrow_missing(text) is any(name in ("day", "score") for name in lacking)


@pytest.mark.parametrize(
    ("question", "text", "holds"),
    [
        ("有几名专家", "由5人组成", True),
        ("有几名专家", "第五人", False),
        ("任期几年", "任期3学年", True),
        ("任期几年", "任期3届", False),
        ("how many people", "由5名专家组成", True),
        ("任期多久", "任期3年", False),
    ],
)
def test_units(question: str, text: str, holds: bool) -> None:
    assert holds_unit(text, asked_units(question)) is holds


def test_kinds_without_which_a_text_cannot_answer() -> None:
    assert {f for f in Focus if is_hard(f)} == {Focus.MONEY, Focus.DATE, Focus.CONTACT}


@pytest.mark.parametrize(
    ("question", "focuses"),
    [
        # Who interprets, alone; when it takes effect is no date; a sum and a rhythm are no count.
        ("由谁负责解释", (Focus.INTERPRETATION,)),
        ("什么时候开始施行", (Focus.EFFECT,)),
        ("施行期限是多久", (Focus.DEADLINE, Focus.EFFECT)),
        ("什么时候", (Focus.DATE,)),
        ("津贴多少", (Focus.MONEY,)),
        ("每年开几次会", (Focus.FREQUENCY,)),
        ("有几个人", (Focus.COUNT,)),
        # What is spoken of is not counted.
        ("这几份文件里由谁任命", (Focus.WHO,)),
        ("这几份文件里有几个人", (Focus.COUNT,)),
    ],
)
def test_kinds_that_give_way(question: str, focuses: tuple[Focus, ...]) -> None:
    assert focuses_of(question) == focuses
