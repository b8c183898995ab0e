"""Articles by what stands around a number: without a space, behind a gap, with a comma; what is in doubt."""

from __future__ import annotations

import pytest

from policy_qa.index.layout import check_coverage, coverage, file_report
from samples import article_paths, assert_lossless, at, cut, paths, text_at

_ONE = "某校考勤制度\n第一条为加强考勤，制定本制度。\n第二条各部门上报考勤。\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            f"{_ONE}第三条完。\n某校请假办法\n第一条甲。\n第二条乙。\n", ["1", "2", "3", "1~2", "2~2"], id="title"
        ),
        pytest.param(
            f"{_ONE}某校请假办法\n校发〔2025〕3号\n第一条甲。\n第二条乙。\n", ["1", "2", "1~2", "2~2"], id="number line"
        ),
        pytest.param(f"{_ONE}第二章附则\n第五条完。\n", ["1", "2", "5"], id="gap below a heading"),
        pytest.param(f"{_ONE}第五条本制度自公布之日起施行。\n", ["1", "2", "5"], id="gap"),
        pytest.param("制度\n第一条、宗旨\n甲。\n第二条、职责\n1．乙；\n2．丙。\n", ["1", "2"], id="comma"),
        pytest.param(
            "制度\n第一条甲。\n第二条中国公民乙。\n第三条项目丙。\n", ["1", "2", "3"], id="words of references"
        ),
        pytest.param("制度\n第一條 甲。\n第二條 乙。\n", ["1", "2"], id="traditional"),
        # A misprint out of turn, then the numbers go on where they were.
        pytest.param("制度\n第一条甲。\n第二条乙。\n第九条 丙。\n第三条丁。\n", ["1", "2", "9", "3"], id="out of turn"),
    ],
)
def test_articles_without_a_space(text: str, expected: list[str]) -> None:
    found = cut(text)
    assert_lossless(found)
    assert [path for path in article_paths(found) if not path.startswith("preamble")] == expected
    assert found.doubtful == ()


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("第九条材料应当另附说明。", id="number ahead in a text that has spaces"),
        pytest.param("第一条要求的材料另附。", id="number behind"),
        pytest.param("第99999条 材料另附。", id="no number of an article"),
    ],
)
def test_a_line_that_is_neither_article_nor_reference_is_named(line: str) -> None:
    found = cut(f"制度\n第一条 甲。\n第二条 乙。\n{line}\n第三条 丙。\n第四条 丁。\n")
    assert article_paths(found) == ["preamble", "1", "2", "3", "4"]
    assert [found.document.text[s.start : s.end] for s in found.doubtful] == [line]
    assert [w for w in found.warnings if line[:16] in w]
    assert coverage(found) < 1
    assert coverage(found, sure=False) == 1
    check_coverage(found)  # a doubt keeps no file out of the index


@pytest.mark.parametrize(
    "line",
    [
        "第一条规定的情形除外。",
        "第一条、第二条不适用。",
        "第二条修改为：",
        "第一条第二款的材料另附。",
        "第一条中“学校”含分校。",
    ],
)
def test_a_reference_is_not_named(line: str) -> None:
    found = cut(f"制度\n第一条 甲。\n第二条 乙。\n{line}\n第三条 丙。\n")
    assert article_paths(found) == ["preamble", "1", "2", "3"]
    assert (found.doubtful, coverage(found)) == ((), 1)


def test_a_sentence_broken_before_a_number_is_not_named() -> None:
    found = cut("制度\n第一条 甲。\n第二条 学校应当依照\n第九条办理乙。\n第三条 丙。\n")
    assert article_paths(found) == ["preamble", "1", "2", "3"]
    assert found.doubtful == ()


def test_a_provision_that_holds_half_a_text_is_looked_at() -> None:
    long = "学校应当做好信息化工作。" * 300
    assert cut(f"制度\n第一条 甲。\n第二条 {long}\n").warnings == (
        "第二条占全文100%，其中可能还有未分开的条文，请核对",
    )
    assert cut(f"制度\n第一条 {long}\n第二条 {long}\n第三条 {long}\n").warnings == ()


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("制度\n第一条 甲。\n第二章 附则\n乙。\n", 1),
        ("制度\n一、目标\n（一）甲。\n（二）乙。\n", 2),
        ("说明\n甲。\n", 2),
    ],
)
def test_the_report_counts_articles_not_what_stands_beside_them(text: str, count: int) -> None:
    assert file_report(cut(text)).articles == count


@pytest.mark.parametrize(
    "text",
    [
        "1. Purpose\n1.1 Scope\nAll staff.\n1.2 Terms\nTeachers.\n2. Duties\n2.1 Head\nLeads.\n2.1.1 Deputy leads.\n",
        "1．总则\n1.1．目的\n甲。\n1.2．范围\n乙。\n2．职责\n2.1．校长\n丙。\n2.1.1．副校长丁。\n",
        "1 总则\n1．1 目的\n甲。\n1．2 范围\n乙。\n2 职责\n2．1 校长\n丙。\n2．1．1 副校长丁。\n",
    ],
)
def test_decimals_in_both_languages(text: str) -> None:
    found = cut(f"管理规定\n{text}")
    assert_lossless(found)
    assert article_paths(found) == ["preamble", "1.1", "1.2", "2.1", "2.1.1"]
    assert len(at(found, "2.1.1").headings) == 2


def test_a_text_that_begins_with_a_figure_is_no_part_of_the_number_before() -> None:
    found = cut(
        "管理规定\n1 收费\n1.1 免费开放。\n1.2 65周岁以上半价。\n1.3 1.2米以下儿童免费。\n2 附则\n2.1 17:00后停止。\n"
    )
    assert_lossless(found)
    assert article_paths(found) == ["preamble", "1.1", "1.2", "1.3", "2.1"]
    assert text_at(found, "1.3").endswith("1.2米以下儿童免费。")


@pytest.mark.parametrize("label", ["附表：处分对照表", "附：处分对照表", "### 附：处分对照表", "附件：处分对照表"])
def test_what_is_attached_sticks_to_no_article(label: str) -> None:
    found = cut(f"某校办法\n第一条 甲。\n第二条 乙。\n{label}\n| 行为 | 处分 |\n| 旷课 | 警告 |\n")
    assert_lossless(found)
    assert article_paths(found) == ["preamble", "1", "2", "appendix-1"]
    assert text_at(found, "appendix-1.r2") == "| 旷课 | 警告 |"


def test_an_attachment_before_the_signature() -> None:
    found = cut("某校办法\n第一条 甲。\n附件：名单\n党委印章：张三\n合同印章：李四\n某校办公室\n2022年3月10日\n")
    assert text_at(found, "appendix-1.p3") == "合同印章：李四"
    announced = cut("某校办法\n第一条 甲。\n附件：名单\n某校办公室\n2022年3月10日\n")
    assert article_paths(announced) == ["preamble", "1", "closing"]


def test_words_of_coming_into_force_close_a_notice() -> None:
    found = cut("通知\n一、要求\n1. 甲。\n2. 乙。\n本通知自2024年3月1日起执行，有效期五年。\n")
    assert (text_at(found, "1.2"), text_at(found, "closing")) == ("2. 乙。", "本通知自2024年3月1日起执行，有效期五年。")
    assert "closing" not in paths(cut("通知\n一、要求\n1. 甲。\n2. 乙。\n二、附则\n本通知自2024年3月1日起执行。\n"))
