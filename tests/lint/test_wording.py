"""Words and marks typed twice, marks without their other half."""

from __future__ import annotations

import pytest
from linted import findings, framed

from policy_qa.lint import Check


@pytest.mark.parametrize(
    ("words", "twice"),
    [
        ("联络员制度是是CIO制度的执行层。", "是是"),
        ("由由校长负责。", "由由"),
        ("教师和和学生。", "和和"),
        ("学校的的规定。", "的的"),
        ("在在线平台上公布。", "在在"),
        ("负责信息化工作工作。", "工作工作"),
        ("报学校批准后报学校批准后实施。", "报学校批准后报学校批准后"),
    ],
)
def test_doubled(words: str, twice: str) -> None:
    expected = [] if twice == "在在" else [twice]  # 在|在线 may be meant; what may be meant is left alone
    assert framed(words, Check.DOUBLED_WORD) == expected


@pytest.mark.parametrize(
    "words",
    [
        "以育人为目的的活动。",
        "为了了解情况，对对方的意见，应当听取。",
        "人人参与，时时检查，处处留心，层层负责，常常研究，一一落实，天天打卡，年年总结。",
        "各种各样的活动，逐条逐项落实，高高兴兴参加，多多益善，家家户户知晓。",
        "可以以学校名义开展。",
        "本规定规定的情形。",
        "委员会会议由主任召集，与与会人员协商。",
        "对在校学生和在在建项目工作的人员。",
        "监督管理管理人员。",
        "的的确确需要的，不得不办。",
    ],
)
def test_not_doubled(words: str) -> None:
    assert framed(words, Check.DOUBLED_WORD) == []


@pytest.mark.parametrize("marks", ["。。", "，，", "，。", "；。", "。；", "、，", "： ，"])
def test_marks_in_a_row(marks: str) -> None:
    assert framed(f"校长负责{marks}教师配合。", Check.DOUBLED_PUNCTUATION) == [marks]


@pytest.mark.parametrize("words", ["校长说：“好。”，教师配合……下同。", "教学、科研，等等。（下同）。"])
def test_marks_that_may_meet(words: str) -> None:
    assert framed(words, Check.DOUBLED_PUNCTUATION) == []


@pytest.mark.parametrize(
    ("words", "mark"),
    [
        ("首席信息官（CIO负责。", "（"),
        ("首席信息官CIO）负责。", "）"),
        ("按照《某办法执行。", "《"),
        ("坚持“三全育人的理念。", "“"),
        ("坚持三全育人”的理念。", "”"),
    ],
)
def test_without_the_other_half(words: str, mark: str) -> None:
    assert framed(words, Check.UNBALANCED) == [mark]


@pytest.mark.parametrize(
    "words",
    [
        "首席信息官(CIO）负责《某办法（试行）》的“落实”。",
        "包括：\n1）甲；\n2）乙。",
        "修改为：“第一款。\n“第二款。”",
        "坚持“从‘量’到‘质’”的转变。",
    ],
)
def test_balanced(words: str) -> None:
    assert framed(words, Check.UNBALANCED) == []


def test_english_messages() -> None:
    from policy_qa.lint import lint
    from samples import cut

    text = "某校办法\n第一条 制度是是好的。\n"
    (zh,) = findings(text)
    (en,) = lint(cut(text), lang="en")
    assert (zh.todo, en.todo) == ("删去一个“是”", "delete one 是")
