"""Attachments: announced, there, mentioned."""

from __future__ import annotations

import pytest
from linted import findings, quotes

from policy_qa.lint import Check, Severity

NOTICE = """某局关于推荐首席信息官的通知
各学校：
现将有关事项通知如下：
一、目标
做好工作。
二、任务
{}
附件：1.推荐表
2.汇总表
某局
2024年3月1日
"""
FORM = "附件{}\n{}\n姓名\n"


def missing(text: str) -> list[str]:
    return quotes(text, Check.MISSING_ATTACHMENT)


def test_announced_and_there() -> None:
    text = NOTICE.format("填写推荐表。") + FORM.format(1, "推荐表") + FORM.format(2, "汇总表")
    assert missing(text) == quotes(text, Check.UNMENTIONED_ATTACHMENT) == []


def test_announced_and_not_there() -> None:
    text = NOTICE.format("填写推荐表。") + FORM.format(1, "推荐表")
    (found,) = [f for f in findings(text) if f.check is Check.MISSING_ATTACHMENT]
    assert (found.quote, found.severity) == ("2.汇总表", Severity.WARNING)


def test_with_no_attachment_at_all_they_are_files_of_their_own() -> None:
    found = [f for f in findings(NOTICE.format("填写推荐表。")) if f.check is Check.MISSING_ATTACHMENT]
    assert [f.severity for f in found] == [Severity.HINT, Severity.HINT]


def test_referred_to_and_not_there() -> None:
    text = NOTICE.format("填写附件3。") + FORM.format(1, "推荐表") + FORM.format(2, "汇总表")
    assert missing(text) == ["附件3"]


@pytest.mark.parametrize("words", ["按照《某办法》附件3办理。", "按照该通知附件3办理。", "通知说：“见附件3。”"])
def test_attachments_of_other_papers(words: str) -> None:
    assert missing(NOTICE.format(words) + FORM.format(1, "推荐表") + FORM.format(2, "汇总表")) == []


RULES = "某校办法\n第一条 {}\n第二条 本办法自发布之日起施行。\n"


def test_there_but_never_mentioned() -> None:
    text = RULES.format("校长负责。") + FORM.format("", "组成名单")
    assert len(quotes(text, Check.UNMENTIONED_ATTACHMENT)) == 1


@pytest.mark.parametrize("words", ["申请人填写附件。", "名单附后。", "人员见组成名单。"])
def test_mentioned_in_some_way(words: str) -> None:
    assert quotes(RULES.format(words) + FORM.format("", "组成名单"), Check.UNMENTIONED_ATTACHMENT) == []


def test_one_of_several_never_mentioned() -> None:
    text = RULES.format("申请人填写附件1。") + FORM.format(1, "申请表") + FORM.format(2, "联络名单")
    assert quotes(text, Check.UNMENTIONED_ATTACHMENT) == ["联络名单"]
