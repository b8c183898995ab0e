"""Statements in a writer's own words: what each part may look like, and the whole set of eval/statements."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest

from policy_qa.verify import Judge
from samples import ROOT, at, cut

sys.path.append(str(ROOT / "bench"))


def stands(article: str, sentence: str) -> bool:
    """Whether a sentence stands against the first article of a policy made of it."""
    segmentation = cut(f"设备管理办法\n第一条 {article}\n第二条 本办法自发布之日起施行。")
    return Judge([segmentation]).judge(sentence, [at(segmentation, "1")]).stands


@pytest.mark.parametrize(
    ("article", "true", "false"),
    [
        # values and bounds, wherever the bound stands
        ("每人可以借用不超过两台设备。", "每人最多可以借用2台设备。", "每人最少可以借用2台设备。"),
        ("借用人应当在3日内归还设备。", "借用人要在3天内归还设备。", "借用人要归还设备。"),
        ("台账至少保存5年。", "台账保存5年以上。", "台账保存5年。"),
        ("设备处每月盘点一次设备。", "设备处一个月盘点一次设备。", "设备处一周盘点一次设备。"),
        ("借用后5日内归还设备。", "借用后5天之内归还设备。", "借用后5天之后归还设备。"),
        # force
        ("借用人应当按时归还设备。", "借用人必须按时归还设备。", "借用人可以按时归还设备。"),
        ("不得将设备带出校园。", "设备不能带出校园。", "设备可以带出校园。"),
        ("设备处可以收回设备。", "设备处能收回设备。", "设备处必须收回设备。"),
        # voice and order
        ("设备由设备处验收。", "设备处验收设备。", "设备验收设备处。"),
        ("教务处应当向校长办公会报告。", "教务处要报告校长办公会。", "校长办公会要报告教务处。"),
        ("委员会由副校长任主任。", "委员会主任由副校长担任。", "委员会副主任由校长担任。"),
        ("委员会由副校长任主任。", "委员会主任由副校长担任。", "委员会副校长由主任担任。"),
        ("新生入学时，家长应当如实填表。", "新生入学时，家长要如实填表。", "家长入学时，新生要如实填表。"),
        # hedges, conditions, exceptions, the case
        ("设备原则上不得外借。", "原则上设备不能外借。", "设备不能外借。"),
        ("逾期未归还的，暂停借用资格。", "逾期没有归还的，暂停借用资格。", "暂停借用资格。"),
        ("不得拆卸设备。维修人员除外。", "不能拆卸设备，维修人员除外。", "不能拆卸设备。"),
        ("损坏、丢失设备的，应当赔偿。", "丢失设备的，要赔偿。", "设备的，要赔偿。"),
        ("考核优秀、品行端正的，可以续借。", "考核优秀、品行端正的，能续借。", "考核优秀的，可以续借。"),
        ("归还前10天，应当通知设备处。", "归还前10天，要通知设备处。", "要通知设备处。"),
        # lists, joints, universals
        ("验收小组由设备处、财务处和审计处组成。", "验收小组由设备处、审计处组成。", "验收小组由设备处、教务处组成。"),
        ("外借须经院长和处长批准。", "外借必须经院长、处长批准。", "外借必须经院长或处长批准。"),
        ("部门指定一名管理员。", "部门要指定1名管理员。", "部门全部指定1名管理员。"),
        # words
        ("发现故障应当立即报告。", "发现故障要马上报告。", "发现故障要事后报告。"),
        ("设备处每学期召开一次会议。", "设备处每学期开1次会议。", "设备处每学年开1次会议。"),
        ("设备处副处长负责采购。", "由设备处副处长负责采购。", "由设备处处长负责采购。"),
        ("不得将数据输入校外工具。", "数据不能输入校外工具。", "数据不能输入校内工具。"),
        ("聘请校内外专家论证。", "要聘请校内外专家论证。", "要聘请校内专家论证。"),
        ("设备处审核采购申请。", "采购申请由设备处审核。", "采购申请由设备处审批。"),
        ("大型设备，学校每年检查一次。", "学校对大型设备每年检查1次。", "学校每年检查1次。"),
    ],
)
def test_parts_of_a_statement(article: str, true: str, false: str) -> None:
    assert stands(article, true)
    assert not stands(article, false)


@pytest.fixture(scope="module")
def figures() -> dict[str, tuple[int, int]]:
    """Of each kind of statement of the set, and of the second writer's true ones: how many stand, of how many."""
    import statements

    segmentations = statements.policies()
    provisions = {p.ref: p for s in segmentations.values() for p in s.provisions}
    judged: Callable[..., bool] = statements.by_judge(segmentations)
    out = {"true": (0, 0), "false": (0, 0), "stripped": (0, 0), "other": (0, 0)}
    for row in statements.rows(statements.SET, None):
        for kind in out.keys() & row.keys():
            name = "other" if kind == "true" and "other" in row["id"] else kind
            stand, of = out[name]
            out[name] = stand + judged(row[kind], provisions[row["ref"]]), of + 1
    return out


def test_what_is_false_or_stripped_does_not_stand(figures: dict[str, tuple[int, int]]) -> None:
    for kind in ("false", "stripped"):
        stand, of = figures[kind]
        assert of > 200
        assert stand <= 0.01 * of, figures


@pytest.mark.parametrize(("writer", "share"), [("true", 0.75), ("other", 0.23)])
def test_paraphrases_stand(writer: str, share: float, figures: dict[str, tuple[int, int]]) -> None:
    """The second writer changes nearly every word: most of what is true falls as yet (docs/architecture.md)."""
    stand, of = figures[writer]
    assert of > 200
    assert stand >= share * of, figures
