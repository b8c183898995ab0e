"""Numbers that are missing, repeated or out of order."""

from __future__ import annotations

import pytest
from linted import findings, quotes

from policy_qa.lint import Check, Finding, Severity
from policy_qa.lint.numbers import Entry, judge

NUMBERS = (Check.MISSING_NUMBER, Check.REPEATED_NUMBER, Check.DISORDERED_NUMBER)


def numbering(text: str) -> list[Finding]:
    return [f for f in findings(text) if f.check in NUMBERS]


def articles(*numbers: str) -> str:
    return "某校办法\n" + "".join(f"第{n}条 各部门应当做好本职工作。\n" for n in numbers)


def test_an_article_left_out() -> None:
    (found,) = numbering(articles("一", "二", "四", "五"))
    assert (found.check, found.severity, found.quote, found.ref) == (
        Check.MISSING_NUMBER,
        Severity.ERROR,
        "第四条",
        "x#4",
    )
    assert "第三条" in found.message
    assert "补上“第三条”" in found.todo


def test_several_left_out_are_one_finding() -> None:
    (found,) = numbering(articles("一", "五", "六"))
    assert "第二条至第四条" in found.message


def test_an_article_twice() -> None:
    (found,) = numbering(articles("一", "二", "二", "三"))
    assert (found.check, found.start) == (Check.REPEATED_NUMBER, len(articles("一", "二")))


def test_a_slip_is_named_with_the_number_it_should_have() -> None:
    (found,) = numbering(articles("一", "二", "二", "四", "五"))
    assert found.check is Check.REPEATED_NUMBER
    assert "第三条" in found.todo


def test_two_articles_that_changed_places() -> None:
    assert [f.check for f in numbering(articles("一", "三", "二", "四"))] == [Check.DISORDERED_NUMBER]


@pytest.mark.parametrize(
    "numbers",
    [("一", "二", "三"), ("一", "二", "二之一", "二之二", "三"), ("1", "2", "3"), ("一",)],
)
def test_sound_numbers(numbers: tuple[str, ...]) -> None:
    text = articles(*numbers).replace("二之一条", "二条之一").replace("二之二条", "二条之二")
    assert numbering(text) == []


def test_an_article_between_articles_left_out() -> None:
    text = articles("一", "二之二", "三").replace("二之二条", "二条之二")
    assert any("第二条" in f.message for f in numbering(text))


def test_chapters_and_sections_of_chapters() -> None:
    text = (
        "某校办法\n第一章 总则\n第一条 甲。\n第三章 职责\n第一节 校长\n第二条 乙。\n第三节 教师\n第三条 丙。\n"
        "第四章 附则\n第四条 丁。\n"
    )
    assert [(f.check, f.quote) for f in numbering(text)] == [
        (Check.MISSING_NUMBER, "第三章"),
        (Check.MISSING_NUMBER, "第三节"),
    ]


def test_sections_begin_anew_in_each_chapter() -> None:
    text = (
        "某校办法\n第一章 总则\n第一节 甲\n第一条 甲。\n第二节 乙\n第二条 乙。\n第二章 职责\n第一节 丙\n第三条 丙。\n"
        "第二节 丁\n第四条 丁。\n"
    )
    assert numbering(text) == []


ITEMS = "某校办法\n第一条 校长的职责：\n{}第二条 本办法自发布之日起施行。\n"


@pytest.mark.parametrize(
    ("labels", "check"),
    [
        ("（一）甲；\n（二）乙；\n（四）丁。\n", Check.MISSING_NUMBER),
        ("（一）甲；\n（二）乙；\n（二）丙。\n", Check.REPEATED_NUMBER),
        ("（一）甲；\n（三）乙；\n（二）丙；\n（四）丁。\n", Check.DISORDERED_NUMBER),
        ("（一）甲：\n1.子；\n3.寅；\n（二）乙。\n", Check.MISSING_NUMBER),
        ("（二）甲；\n（三）乙。\n", Check.MISSING_NUMBER),
    ],
)
def test_items(labels: str, check: Check) -> None:
    assert [f.check for f in numbering(ITEMS.format(labels))] == [check]


@pytest.mark.parametrize(
    "labels",
    [
        "（一）甲：\n1.子；\n2.丑；\n（二）乙：\n1.寅；\n2.卯。\n",
        "（一）甲；\n（二）乙。\n教师的职责：\n（一）丙；\n（二）丁。\n",
        "（一）甲；（二）乙；\n（三）丙。\n",  # the second stands inside a line
        "（一）甲；\n（二）乙。\n（一）、（二）项所列情形，由校长决定。\n",
        "（一）甲；\n（二）乙。\n2024 年起执行。\n",
        "“（一）甲；\n（三）乙。”\n",  # quoted from elsewhere
    ],
)
def test_sound_items(labels: str) -> None:
    assert numbering(ITEMS.format(labels)) == []


def test_sections_of_a_notice() -> None:
    text = "关于做好某项工作的通知\n一、目标\n做好工作。\n二、任务\n做好任务。\n四、要求\n做好要求。\n"
    assert [f.quote.strip() for f in numbering(text)] == ["四、"]


def test_points_that_run_on_through_the_sections() -> None:
    text = "某校实施方案\n一、目标\n1.甲工作。\n2.乙工作。\n二、任务\n3.丙工作。\n4.丁工作。\n三、保障\n5.戊工作。\n"
    assert numbering(text) == []


def test_points_that_run_on_and_leave_one_out() -> None:
    text = "某校实施方案\n一、目标\n1.甲工作。\n2.乙工作。\n二、任务\n3.丙工作。\n5.丁工作。\n三、保障\n6.戊工作。\n"
    assert [f.quote for f in numbering(text)] == ["5."]


def test_a_row_of_a_table_is_no_item() -> None:
    assert numbering(ITEMS.format("（一）甲；\n| 3. | 乙 |\n| 7. | 丙 |\n（二）丁。\n")) == []


def test_attachments() -> None:
    body = "某校办法\n第一条 见附件1、附件2、附件3。\n第二条 本办法自发布之日起施行。\n"
    forms = "附件1\n甲表\n姓名\n附件3\n丙表\n姓名\n"
    assert quotes(body + forms, Check.MISSING_NUMBER) == ["附件3"]
    assert quotes(body + forms.replace("附件3", "附件2"), Check.MISSING_NUMBER) == []


def test_two_instruments_in_one_file_have_their_own_numbers() -> None:
    one = "某校甲办法\n第一条 甲。\n第二条 乙。\n第三条 丙。\n"
    two = "某校乙办法\n第一条 甲。\n第二条 乙。\n第三条 丙。\n第四条 丁。\n"
    assert numbering(one + two) == []


def test_judge_on_values_worked_out_by_hand() -> None:
    def kinds(*numbers: int) -> list[Check]:
        entries = [Entry(n, i, i + 1) for i, n in enumerate(numbers)]
        return [d.check for d in judge(entries, lambda n, _: str(n))]

    missing, repeated, disordered = NUMBERS
    assert kinds(1, 2, 3) == []
    assert kinds(1, 2, 1, 2, 3) == []  # two series
    assert kinds(1, 2, 30, 4) == [disordered]  # 30 for 3
    assert kinds(1, 1, 2) == [repeated]
    assert kinds(1, 2, 5) == [missing]
    assert kinds(2, 3) == [missing]
    assert kinds(1, 4, 2, 3, 5) == [disordered, disordered]


CODE = "某某法\n" + "".join(
    f"第{part}编 甲{part}\n第一分编 通则\n第一章 规定\n第{one}条 甲。\n第二分编 丙\n第二章 丁\n第{two}条 乙。\n"
    for part, one, two in (("一", "一", "二"), ("二", "三", "四"))
)


def test_subdivisions_of_a_part_start_again_in_each() -> None:
    assert numbering(CODE) == []
    (found,) = numbering(CODE.replace("第二分编", "第三分编", 1))
    assert (found.check, found.quote) == (Check.MISSING_NUMBER, "第三分编")


def test_an_attachment_numbers_for_itself() -> None:
    body = "某校管理办法\n第一条 为规范，制定本办法。\n第二条 见附件1、附件2。\n第三条 自发布之日起施行。\n"
    untitled = "附件1\n第一章 总则\n第一条 甲方按时到校。\n第三条 丙方按时离校。\n"
    titled = "附件2\n某校考勤守则\n第一条 甲方按时到校，本守则另有规定的除外。\n第二条 乙方按时离校。\n"
    found = findings(body + untitled + titled)
    assert [(f.check, f.ref) for f in found] == [(Check.MISSING_NUMBER, "x#appendix-1.3")]
