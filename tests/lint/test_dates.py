"""Dates that are none, that contradict each other, ranges that run backwards."""

from __future__ import annotations

import pytest
from linted import findings, framed, quotes

from policy_qa.lint import Check, Severity


@pytest.mark.parametrize(
    "date",
    [
        "2023年2月29日",
        "2024年2月30日",
        "2024年13月1日",
        "二〇二四年四月三十一日",
        "6月31日",
        "2024-02-30",
        "2024年13月",
    ],
)
def test_impossible(date: str) -> None:
    assert framed(f"于{date}以前完成。", Check.IMPOSSIBLE_DATE) == [date]


@pytest.mark.parametrize(
    "words",
    [
        "2024年2月29日",
        "2月29日",
        "二〇二四年十二月三十一日",
        "2024.12.31",
        "电话 2024-13-45-6",
        "版本 3.14.15",
        "10月内",
        "网址 1/2/3",
    ],
)
def test_possible(words: str) -> None:
    assert framed(f"于{words}完成。", Check.IMPOSSIBLE_DATE) == []


def test_far_away() -> None:
    assert framed("自2204年1月起施行。", Check.IMPOSSIBLE_DATE) == ["2204"] or framed(
        "自2204年1月起施行。", Check.IMPOSSIBLE_DATE
    ) == ["2204年"]
    assert framed("共2400年课时，2035年1月前完成。", Check.IMPOSSIBLE_DATE) == []


@pytest.mark.parametrize(
    "words",
    [
        "专家组由7-5人组成。",
        "行动计划（2027-2023年）。",
        "任期五至三年。",
        "每学期3至1次。",
        "自2024年9月1日至2024年3月1日试行。",
    ],
)
def test_backwards(words: str) -> None:
    assert len(framed(words, Check.REVERSED_RANGE)) == 1


@pytest.mark.parametrize(
    "words",
    [
        "专家组由5-7人组成，行动计划（2023-2027年），任期三至五年。",
        "电话2992820-3人工台，文号〔2024〕5-3号。",
        "2023-2024学年，9月至次年3月。",
        "自2024年3月1日至2024年9月1日试行。",
        "奖金5000至1万元，第五至三号楼，1998-99年。",
        "第九条至第七条。",
    ],
)
def test_forwards(words: str) -> None:
    assert framed(words, Check.REVERSED_RANGE) == []


def test_grades_run_from_the_top() -> None:
    text = "某校办法\n第一条 优秀（100-90分）。\n"
    assert [f.severity for f in findings(text) if f.check is Check.REVERSED_RANGE] == [Severity.HINT]


NOTICE = """某局文件
某教〔{number}〕60号
某局关于推荐首席信息官的通知
各学校：
一、目标
{words}
二、任务
做好任务。
某局
{signed}
某局办公室{issued}印发
"""


def conflicts(
    *, number: str = "2022", words: str = "做好。", signed: str = "2022年7月18日", issued: str = ""
) -> list[str]:
    text = NOTICE.format(number=number, words=words, signed=signed, issued=issued or "2022年7月20日")
    return quotes(text, Check.DATE_CONFLICT)


def test_no_conflict() -> None:
    assert conflicts() == []
    assert conflicts(words="请于2022年10月10日前将推荐表报送我局。") == []
    assert conflicts(words="本通知自2022年9月1日起施行，有效期至2025年8月31日。") == []
    assert conflicts(words="2019年5月1日前已经报送的，不再报送。") == []
    assert conflicts(number="2021", signed="2022年1月3日", issued="2022年1月4日") == []


def test_conflicts() -> None:
    assert conflicts(number="2021") == ["某教〔2021〕60号"]
    assert conflicts(issued="2022年7月1日") == ["2022年7月1日"]
    assert conflicts(words="请于2021年10月10日前将推荐表报送我局。") == ["2021年10月10日"]
    assert conflicts(words="本通知自2021年9月1日起施行。") == ["2021年9月1日"]
    assert conflicts(words="本通知有效期至2021年8月31日。") == ["2021年8月31日"]


def test_taking_effect_before_the_date_is_only_a_hint_and_none_where_the_text_says_so() -> None:
    text = NOTICE.format(
        number="2022", words="本通知自2022年7月1日起施行。", signed="2022年7月18日", issued="2022年7月20日"
    )
    assert [f.severity for f in findings(text) if f.check is Check.DATE_CONFLICT] == [Severity.HINT]
    assert conflicts(words="本通知自2022年7月1日起施行，溯及以前的聘任。") == []
