"""Files of several instruments: each with its own title, number, date and status, whatever it is numbered by."""

from __future__ import annotations

import pytest

from policy_qa.datamodels import Segmentation, Status
from policy_qa.index.codec import dump_segmentations, load_segmentations
from policy_qa.provisions.refs import cite
from samples import article_paths, assert_lossless, at, cut, text_at

HANDBOOK = (
    "某某学院学生手册\n目  录\n1. 奖学金评定办法……1\n2. 学生公寓管理办法（试行）……5\n3. 教室使用制度……9\n"
    "奖学金评定办法\n院发〔2024〕5号\n（2024年3月1日校务会通过）\n第一条 甲。\n第二条 乙。\n"
    "学生公寓管理办法（试行）\n院发〔2025〕11号\n第一章 总则\n第一条 丙。\n第二条 丁。\n第三条 戊。\n"
    "教室使用制度\n教室由教务处管理。\n使用完毕应当关灯。\n"
)


def titles(found: Segmentation) -> list[str]:
    return [i.title for i in found.instruments]


def test_each_instrument_of_a_handbook_is_its_own() -> None:
    found = cut(HANDBOOK)
    assert_lossless(found)
    prize, dormitory, rooms = found.instruments
    assert titles(found) == ["奖学金评定办法", "学生公寓管理办法（试行）", "教室使用制度"]
    assert (prize.number, dormitory.number, rooms.number) == ("院发〔2024〕5号", "院发〔2025〕11号", "")
    assert (prize.date, dormitory.date, dormitory.status) == ("2024-03-01", "2025", Status.TRIAL)
    assert [p.path for p in found.articles_in(dormitory)] == ["1~2", "2~2", "3"]
    assert cite(found.document, at(found, "2~2")) == "《学生公寓管理办法（试行）》第二条"
    assert [found.text_of(p) for p in found.articles_in(rooms)] == ["教室由教务处管理。", "使用完毕应当关灯。"]
    assert [found.instrument_of(p) for p in found.articles][-1] == rooms


def test_a_table_of_contents_is_furniture() -> None:
    found = cut(HANDBOOK)
    assert text_at(found, "preamble") == "某某学院学生手册"
    furniture = [found.document.text[s.start : s.end] for s in found.spans if s.kind == "furniture"]
    assert furniture[0].startswith("目")
    assert not [p for p in found.articles if "……" in found.text_of(p)]


@pytest.mark.parametrize("number", ["院发〔2025〕11号", "院发[2025]11号", "（院发〔2025〕11号）", "院发（2025）第11号"])
def test_a_number_below_a_title_is_none_of_it(number: str) -> None:
    found = cut(f"甲办法\n第一条 甲。\n第二条 乙。\n公寓管理办法\n{number}\n第一条 丙。\n第二条 丁。\n")
    assert titles(found) == ["甲办法", "公寓管理办法"]
    assert found.instruments[1].start == found.document.text.index("公寓")


def test_a_cover_is_none_of_the_title_below_it() -> None:
    found = cut("某校规章制度汇编\n地图管理条例\n第一条 甲。\n第二条 乙。\n实验室管理办法\n第一条 丙。\n第二条 丁。\n")
    assert titles(found) == ["地图管理条例", "实验室管理办法"]
    broken = cut("甲办法\n第一条 甲。\n第二条 乙。\n学生公寓管理规定\n实施细则\n第一条 丙。\n第二条 丁。\n")
    assert titles(broken)[1] == "学生公寓管理规定实施细则"


def test_rules_without_articles_under_titles_of_one_kind() -> None:
    found = cut(
        "某校教学制度\n为此制定。\n1、甲。\n2、乙。\n集体备课制度\n1、丙。\n2、丁。\n"
        "听课制度\n一、数量\n1、戊。\n二、要求\n1、己。\n例会制度\n一、庚。\n二、辛。\n"
    )
    assert_lossless(found)
    assert titles(found) == ["某校教学制度", "集体备课制度", "听课制度", "例会制度"]
    assert [[p.path for p in found.articles_in(i)] for i in found.instruments] == [
        ["preamble", "1", "2"],
        ["1~2", "2~2"],
        ["1.1", "2.1"],
        ["1~3", "2~3"],
    ]


def test_a_heading_above_a_list_that_starts_again_is_no_title() -> None:
    found = cut("某校考勤制度\n1. 甲。\n2. 乙。\n考核标准\n1. 丙。\n2. 丁。\n")
    assert titles(found) == ["某校考勤制度"]


def test_articles_that_count_on_below_a_broken_heading() -> None:
    found = cut("某校办法\n第一条 甲。\n第二条 乙。\n业务规则与控制标准\n第一节 一般规定\n第三条 丙。\n第四条 丁。\n")
    assert titles(found) == ["某校办法"]
    assert article_paths(found) == ["preamble", "1", "2", "3", "4"]


FORM = "岗 位 说 明 书\n| 岗位名称 | {} |\n| 序号 | 职责 |\n| 1 | {} |\n| 禁止 | 1. 迟到；\u20032. 早退； |\n"


def test_forms_of_one_title_are_told_apart() -> None:
    found = cut(FORM.format("出纳", "记账") + FORM.format("校长", "管理"))
    assert_lossless(found)
    assert titles(found) == ["岗位说明书（出纳）", "岗位说明书（校长）"]
    row = at(found, "p3~2")
    assert (found.text_of(row), row.headings) == ("| 1 | 管理 |", ("岗位说明书（校长）", "序号 | 职责"))
    assert at(found, "p4~2").headings == ("岗位说明书（校长）",)
    assert [text_at(found, f"p4.{n}") for n in (1, 2)] == ["1. 迟到；", "2. 早退；"]
    assert cite(found.document, at(found, "p4.2")) == "《岗位说明书（出纳）》第四段2."


def test_an_attachment_with_a_title_stands_inside_its_body() -> None:
    found = cut("甲办法\n第一条 甲。\n第二条 乙。\n附件1\n议事规则\n第一条 丙。\n第二条 丁。\n附件2\n名单\n张三\n")
    assert titles(found) == ["甲办法", "议事规则"]
    body, rules = found.instruments
    assert (found.instrument_of(at(found, "appendix-1.2")), found.instrument_of(at(found, "appendix-2"))) == (
        rules,
        body,
    )


def test_a_file_of_one_has_itself_and_an_index_keeps_all() -> None:
    found = cut("甲办法（试行）\n院发〔2024〕5号\n第一条 甲。\n第九条乙。\n")
    (only,) = found.instruments
    assert (only.title, only.number, only.status, only.start, only.end) == (
        "甲办法（试行）",
        "院发〔2024〕5号",
        Status.TRIAL,
        0,
        len(found.document.text),
    )
    assert load_segmentations(dump_segmentations([found, cut(HANDBOOK)])) == (found, cut(HANDBOOK))


def test_an_instrument_behind_the_attachment_of_another() -> None:
    found = cut(
        "甲办法\n第一条 甲。\n第二条 乙。\n附件1\n推荐表\n| 姓名 | 性别 |\n学生安全管理规定\n第一条 丙。\n第二条 丁。\n"
        "附件1\n承诺书\n我承诺。\n"
    )
    assert_lossless(found)
    assert titles(found) == ["甲办法", "学生安全管理规定"]
    assert [p.path for p in found.articles_in(found.instruments[1])] == ["1~2", "2~2", "appendix-1~2"]


def test_an_instrument_in_articles_behind_rules_in_sections() -> None:
    found = cut("教学例会制度\n一、甲。\n二、乙。\n乙办法\n第一条 丙。\n第二条 丁。\n")
    assert titles(found) == ["教学例会制度", "乙办法"]
    assert article_paths(found) == ["preamble", "1", "2", "1~2", "2~2"]


def test_a_further_instrument_begins_with_the_notice_that_issues_it() -> None:
    found = cut(
        "甲办法\n第一条 甲。\n第二条 乙。\n某某学院文件\n院发〔2024〕8号\n"
        "关于印发《乙办法》的通知\n各部门：\n现予印发。\n某某学院\n2024年3月1日\n乙办法\n第一条 丙。\n第二条 丁。\n"
    )
    assert_lossless(found)
    assert titles(found) == ["甲办法", "乙办法"]
    assert (text_at(found, "2"), found.instruments[1].start) == (
        "第二条 乙。",
        found.document.text.index("某某学院文件"),
    )
