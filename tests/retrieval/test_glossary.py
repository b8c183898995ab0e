"""Words that mean the same: those that texts declare, and a school's own list."""

from __future__ import annotations

from pathlib import Path

import pytest

from policy_qa.errors import UsageError
from policy_qa.retrieval.glossary import Glossary, declared, read
from policy_qa.words import Segmenter

GROUPS = Glossary(groups=(("CIO", "首席信息官", "首席教育信息官"),))


@pytest.mark.parametrize(
    ("texts", "groups"),
    [
        (["学校设首席数据官（CDO）。首席数据官由校长担任。"], (("CDO", "首席数据官"),)),
        (["设首席数据官（Chief Data Officer，简称CDO）。首席数据官负责。"], (("CDO", "首席数据官"),)),
        (["使用大语言模型（LLM）的，大语言模型须备案。"], (("LLM", "大语言模型"),)),
        # What stands before the name in one place only is none of it.
        (["推行中小学校首席数据官（CDO）。首席数据官甲，首席数据官乙，首席数据官丙。"], (("CDO", "首席数据官"),)),
        (["校内网络（以下简称“局域网”）按校内网络办法。"], ()),
        (["教学质量监控小组（以下简称“督导”）。教学质量监控小组每月开会。"], (("督导", "教学质量监控小组"),)),
        # A short name that any reader sees in the full one; words that only explain.
        (["信息化工作领导小组（以下简称领导小组）"], ()),
        (["职能部门（如教务处）"], ()),
        (["第一条（一）"], ()),
    ],
)
def test_what_texts_declare(texts: list[str], groups: tuple[tuple[str, ...], ...]) -> None:
    assert declared(texts, Segmenter(["首席数据官", "大语言模型"]).words) == groups


@pytest.mark.parametrize(
    ("question", "text", "worded"),
    [
        ("谁可以担任CIO？", "首席信息官由校长担任", "谁可以担任首席信息官?"),
        ("谁可以担任ｃｉｏ？", "首席信息官由校长担任", "谁可以担任首席信息官?"),
        ("首席信息官任期", "CIO任期3年", "CIO任期"),
        ("谁可以担任CIO？", "首席教育信息官", "谁可以担任首席教育信息官?"),
        # The text has the question's own word; has none; the question has none; another Latin word.
        ("谁可以担任CIO？", "首席信息官（CIO）由", "谁可以担任CIO？"),
        ("谁可以担任CIO？", "校长", "谁可以担任CIO？"),
        ("任期几年？", "首席信息官", "任期几年？"),
        ("precious？", "首席信息官", "precious？"),
    ],
)
def test_a_question_in_the_words_of_a_text(question: str, text: str, worded: str) -> None:
    assert GROUPS.wording(question, text) == worded


def test_what_means_the_same() -> None:
    assert GROUPS.same("cio") == ("首席信息官", "首席教育信息官")
    assert GROUPS.same("任期") == ()


def test_a_schools_own_list(tmp_path: Path) -> None:
    path = tmp_path / "glossary.tsv"
    assert read(path) == ()
    path.write_text("\ufeff# 我校用语\n一把手\t校长\n\n网信办\t 网络安全与信息化办公室\t网办\n", "utf-8")
    assert read(path) == (("一把手", "校长"), ("网信办", "网络安全与信息化办公室", "网办"))


@pytest.mark.parametrize("line", ["一把手", "一把手 校长", "一把手\t", "一把手\t" + "长" * 41])
def test_a_fault_in_it_is_one_clear_line(tmp_path: Path, line: str) -> None:
    path = tmp_path / "glossary.tsv"
    path.write_text("# 用语\n甲\t乙\n" + line + "\n", "utf-8")
    with pytest.raises(UsageError, match="line 3: expected two or more words apart by tabs"):
        read(path)
    path.write_bytes("一把手\t校长".encode("gbk"))
    with pytest.raises(UsageError, match="save it as UTF-8"):
        read(path)
