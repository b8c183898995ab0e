"""Rosters as records."""

from __future__ import annotations

import pytest

from policy_qa.records import padded, roster
from samples import cut

ROSTER = """应急小组名单

组  长：高  远（院长）
副组长：江  南
成  员：白雪梅  方  正（保卫处处长）
        欧阳修远（教务处处长）
        和  平
联络员：白  杨，电话：0000-1234567

日常工作：由保卫处负责。
专家组

组长：江  南
"""


def test_a_roster_is_read_line_by_line() -> None:
    segmentation = cut(ROSTER)
    entries = roster(segmentation)
    assert [(e.heading, *e.offices, e.names) for e in entries] == [
        ("应急小组名单", "组长", ("高远",)),
        ("应急小组名单", "副组长", ("江南",)),
        ("应急小组名单", "成员", ("白雪梅", "方正")),
        ("应急小组名单", "成员", ("欧阳修远",)),
        ("应急小组名单", "成员", ("和平",)),
        ("应急小组名单", "联络员", ("白杨",)),
        ("专家组", "组长", ("江南",)),
    ]
    text = segmentation.document.text
    assert [text[e.start : e.end] for e in entries][:2] == ["组  长：高  远（院长）", "副组长：江  南"]


TABLE = """信息化管理办法

第一条 各单位设信息员一名。

## 附件 信息员名单

| 单位 | 姓  名 | 职务 | 电话 |
|---|---|---|---|
| 图书馆 | 欧阳澜 | 系统部馆员 | 0000-1 |
| 教务处 | 贺  满 | 科长 | 0000-2 |
| 合计 | 2人 | | |

| 事项 | 天数 |
|---|---|
| 报修 | 三天 |
"""


def test_a_table_with_a_column_of_names_is_a_roster() -> None:
    segmentation = cut(TABLE)
    entries = roster(segmentation)
    assert [(e.heading, e.offices, e.names) for e in entries] == [
        ("附件 信息员名单", ("图书馆", "系统部馆员"), ("欧阳澜",)),
        ("附件 信息员名单", ("教务处", "科长"), ("贺满",)),
    ]
    assert entries[1].cells == ("教务处", "贺 满", "科长", "0000-2")
    assert segmentation.document.text[entries[0].start : entries[0].end].startswith("| 图书馆 |")


@pytest.mark.parametrize("gap", ["　　", "\t", "   "])
def test_a_table_without_bars_is_a_roster_below_a_head_with_names(gap: str) -> None:
    rows = (
        ("姓  名", "职  务", "电话"),
        ("韩  立", "副院长", "0000-1"),
        ("邹晓雯", "处长", "0000-2"),
        ("以上人员", "须在岗"),
    )
    text = "南山学院值班办法\n第一条 值班。\n附件：值班人员名单\n" + "\n".join(gap.join(row) for row in rows) + "\n"
    assert [(e.names, e.cells) for e in roster(cut(text))] == [
        (("韩立",), ("韩立", "副院长", "0000-1")),
        (("邹晓雯",), ("邹晓雯", "处长", "0000-2")),
    ]


@pytest.mark.parametrize(
    "text", ["日常工作：由保卫处负责。", "注：以上为试行", "第三条 组长由校长担任。", "：" * 5000, "组  " * 3000]
)
def test_sentences_are_no_roster(text: str) -> None:
    assert roster(cut(text)) == ()


def test_a_name_is_found_however_it_is_padded() -> None:
    assert padded("高远").search("组长：高  远")
    assert padded("高  远").search("高远")
    assert not padded("高远").search("高度远")
