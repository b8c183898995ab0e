"""Policies that mix numberings, or that a copy ran together: what is found, and what it is called."""

from __future__ import annotations

import pytest

from policy_qa.datamodels import Kind, Segmentation
from policy_qa.provisions.refs import cite
from samples import article_paths, assert_lossless, at, cut, paths, text_at


def citations(found: Segmentation) -> dict[str, str]:
    return {p.path: cite(found.document, p) for p in found.provisions}


def test_chapters_above_sections_that_start_again() -> None:
    found = cut("某校方案\n第一章 总则\n一、甲做。\n二、乙做。\n第二章 任务\n一、丙做。\n二、丁做。\n")
    assert_lossless(found)
    assert article_paths(found) == ["preamble", "1.1", "1.2", "2.1", "2.2"]
    assert at(found, "2.1").headings == ("第二章 任务",)
    assert citations(found)["2.1"] == "《某校方案》第二章 任务 一、"
    assert found.warnings == ()


def test_parts_above_sections_that_run_on() -> None:
    found = cut(
        "某校方案\n第一部分 要求\n一、思想\n坚持。\n二、目标\n建成。\n第二部分 任务\n"
        "三、建设\n（一）建网。\n（二）建库。\n"
    )
    assert_lossless(found)
    assert article_paths(found) == ["preamble", "1.1", "1.2", "2.3.1", "2.3.2"]
    assert at(found, "2.3.2").headings == ("第二部分 任务", "三、建设")


def test_sections_as_headings_of_articles() -> None:
    found = cut("某校制度\n一、总则\n第一条 甲。\n第二条 乙。\n二、任职\n第三条 丙。\n三、附则\n第四条 丁。\n")
    assert_lossless(found)
    assert article_paths(found) == ["preamble", "1", "2", "3", "4"]
    assert [at(found, n).headings for n in ("2", "3", "4")] == [("一、总则",), ("二、任职",), ("三、附则",)]


def test_sections_and_articles_in_one_series() -> None:
    found = cut("某校制度\n一、甲做。\n二、乙做。\n第三条 丙做。\n第四条 丁做。\n五、戊做。\n六、己做。\n")
    assert_lossless(found)
    assert article_paths(found) == ["preamble", "1", "2", "3", "4", "5", "6"]
    assert {p.kind for p in found.articles[1:]} == {Kind.ARTICLE}
    assert [citations(found)[n] for n in ("2", "3", "5")] == [
        "《某校制度》二、",
        "《某校制度》第三条",
        "《某校制度》五、",
    ]
    assert found.warnings == ()


def test_items_that_reach_the_next_number_are_items_still() -> None:
    found = cut("第一条 甲：\n一、子；\n二、丑。\n第二条 乙：\n一、寅；\n二、卯；\n三、辰。\n")
    assert article_paths(found) == ["1", "2"]
    assert [p for p in paths(found) if "." in p] == ["1.1", "1.2", "2.1", "2.2", "2.3"]


def test_articles_that_a_copy_ran_together() -> None:
    found = cut(
        "某校制度\n第一章 总则 第一条 甲。第二条 乙依照第一条、第三条办理。第三条　丙。\n第二章 附则\n第四条 丁。"
    )
    assert_lossless(found)
    assert {p.path: found.text_of(p) for p in found.articles} == {
        "preamble": "某校制度",
        "1": "第一条 甲。",
        "2": "第二条 乙依照第一条、第三条办理。",
        "3": "第三条　丙。",
        "4": "第四条 丁。",
    }
    assert at(found, "3").headings == ("第一章 总则",)


@pytest.mark.parametrize(
    "line", ["依照本办法。第三条 的规定办理。", "按规定执行（第三条 除外）。", "见第二章 第五条 的规定。"]
)
def test_a_number_inside_a_sentence_cuts_nothing(line: str) -> None:
    found = cut(f"第一条 甲。\n第二条 乙。{line}\n第三条 丙。\n")
    assert article_paths(found) == ["1", "2", "3"]
    assert text_at(found, "2") == f"第二条 乙。{line}"


@pytest.mark.parametrize(
    ("one", "two"), [("（一）", "（二）"), ("(1)", "(2)"), ("1.", "2."), ("1、", "2、"), ("①", "②"), ("（1）", "（2）")]
)
def test_items_in_one_line(one: str, two: str) -> None:
    found = cut(f"第一条 下列人员：{one}校长；{two}副校长。\n第二条 乙。\n")
    assert_lossless(found)
    assert paths(found) == ["1", "1.1", "1.2", "2"]
    assert (text_at(found, "1.1"), text_at(found, "1.2")) == (f"{one}校长；", f"{two}副校长。")
    lead = at(found, "1")
    assert found.document.text[lead.start : lead.lead] == "第一条 下列人员："


@pytest.mark.parametrize(
    "text",
    [
        "依照前款第（一）项、第（二）项的规定办理。",
        "第五条（一）、（二）所列人员除外。",
        "经费为1.5万元，设备2.0版。",
        "版本号为1.2，附图2。",
        "（一）校长负责。",
    ],
)
def test_references_and_figures_in_a_line_are_no_items(text: str) -> None:
    found = cut(f"第一条 甲：{text}\n第二条 乙。\n")
    assert paths(found) == ["1", "2"]


@pytest.mark.parametrize("text", ["所有教师适用本办法。", "情况紧急的，从其规定。"])
def test_an_article_may_begin_with_any_word(text: str) -> None:
    found = cut(f"第一条 甲。\n第二条 {text}\n第三条 丙。\n")
    assert article_paths(found) == ["1", "2", "3"]


@pytest.mark.parametrize("line", ["一、二年级学生由班主任负责。", "三、四级医院。", "一、二类课程。"])
def test_counted_kinds_are_no_labels(line: str) -> None:
    found = cut(f"第一条 甲。\n{line}\n第二条 乙。\n")
    assert "1.1" not in paths(found)
    assert line in text_at(found, "1")


def test_several_instruments_are_told_apart_by_their_titles() -> None:
    found = cut(
        "学生管理办法\n第一条 甲。\n第二条 乙。\n\n教师管理办法\n第一条 丙。\n第一条 又一个丙。\n第二条 丁。\n\n"
        "校园卡使用规定\n（2020年3月1日校务会通过）\n第一章 总则\n第一条 戊。\n"
        "第二章 附则\n第二条 己：\n（一）庚；\n（二）辛。\n"
    )
    assert_lossless(found)
    assert article_paths(found) == ["preamble", "1", "2", "1~2", "1~3", "2~2", "preamble~2", "1~4", "2~3"]
    names = citations(found)
    assert names["1~2"] == "《教师管理办法》第一条"
    assert names["1~3"] == "《教师管理办法》第一条（第2处）"
    assert names["2~3.2"] == "《校园卡使用规定》第二条第二项"
    assert found.warnings == ("教师管理办法：编号重复：第一条",)


@pytest.mark.parametrize("row", ["| 高中 | 30天 |", "高中\t30天\t3册"])
def test_a_further_instrument_right_below_a_table(row: str) -> None:
    found = cut(f"学生管理办法\n第一条 甲。\n第二条 期限如下：\n{row}\n教师管理办法\n第一条 丙。\n第二条 丁。\n")
    assert_lossless(found)
    assert article_paths(found) == ["preamble", "1", "2", "1~2", "2~2"]
    assert text_at(found, "2.r1") == row


def test_a_notice_that_carries_its_instrument_is_its_preamble() -> None:
    found = cut(
        "某校关于印发《网络管理办法》的通知\n各部门：\n现将《网络管理办法》印发。有关要求如下：\n一、加强领导。\n二、按时上报。\n"
        "某校\n2024年3月1日\n网络管理办法\n第一条 甲。\n第二条 乙。\n"
    )
    assert_lossless(found)
    assert paths(found) == ["preamble", "preamble.1", "preamble.2", "1", "2"]
    assert found.document.title == "网络管理办法"


def test_attachments_that_are_instruments_are_cut_and_named() -> None:
    found = cut(
        "网络管理办法\n第一条 甲。\n第二条 乙。\n附件1\n名单\n组长：张三\n副组长：李四\n"
        "| 姓名 | 职务 |\n|---|---|\n| 张三 | 校长 |\n"
        "附件2：议事规则\n第一条 子。\n第二条 丑：\n（一）寅。\n附表一\n| 序号 | 学校 |\n"
    )
    assert_lossless(found)
    assert paths(found)[3:] == [
        *("appendix-1", "appendix-1.p1", "appendix-1.p2", "appendix-1.p3", "appendix-1.r1", "appendix-1.r2"),
        *("appendix-2", "appendix-2.1", "appendix-2.2", "appendix-2.2.1", "appendix-1~2", "appendix-1~2.r1"),
    ]
    names = citations(found)
    assert names["appendix-1.r2"] == "《网络管理办法》附件1表格第2行"
    assert names["appendix-2.2.1"] == "《网络管理办法》附件2第二条第一项"
    assert names["appendix-1~2"].startswith("《网络管理办法》附表一")
    assert at(found, "appendix-1.r2").kind is Kind.ROW


def test_a_bare_notice_whose_only_attachment_is_the_instrument() -> None:
    found = cut("关于印发办法的通知\n现将办法印发。\n附件\n某校办法\n第一条 甲。\n第二条 乙。\n")
    assert article_paths(found) == ["preamble", "1", "2"]
    assert cite(found.document, at(found, "2")) == "《某校办法》第二条"


def test_two_attached_instruments_keep_their_numbers_apart() -> None:
    found = cut(
        "关于印发办法的通知\n现将办法印发。\n附件1\n甲办法\n第一条 甲。\n第二条 乙。\n"
        "附件2\n乙办法\n第一条 丙。\n第二条 丁。\n"
    )
    assert_lossless(found)
    assert article_paths(found) == [
        *("preamble", "appendix-1", "appendix-1.1", "appendix-1.2", "appendix-2", "appendix-2.1", "appendix-2.2")
    ]


def test_attachments_listed_at_the_end_belong_to_the_closing() -> None:
    found = cut("某校办法\n第一条 甲。\n第二条 乙。\n附件1：推荐表\n附件2：流程图\n")
    assert article_paths(found) == ["preamble", "1", "2", "closing"]
    assert text_at(found, "2") == "第二条 乙。"


def test_a_section_without_content_is_a_provision_itself() -> None:
    found = cut("职责\n一、规划\n二、建设\n（1）建网\n（2）建库\n三、维护\n")
    assert_lossless(found)
    assert article_paths(found) == ["preamble", "1", "2.1", "2.2", "3"]
    assert (text_at(found, "1"), text_at(found, "3")) == ("一、规划", "三、维护")


def test_a_table_of_contents_with_articles_and_page_numbers() -> None:
    found = cut(
        "某某办法\n目录\n第一章 总则......1\n第一条 目的......1\n第二条 适用......2\n"
        "第一章 总则\n第一条 目的\n为了。\n第二条 适用\n全校。\n"
    )
    assert_lossless(found)
    assert article_paths(found) == ["preamble", "1", "2"]
    assert text_at(found, "1") == "第一条 目的\n为了。"
    assert at(found, "2").headings == ("第一章 总则",)
