"""What names nothing on file, and what is no name at all, over the four policies of the corpus."""

from __future__ import annotations

import pytest

from policy_qa.datamodels import Document
from policy_qa.naming.scope import ScopeFinder
from policy_qa.words import place_names
from samples import cut


@pytest.fixture(scope="module")
def finder(documents: tuple[Document, ...]) -> ScopeFinder:
    return ScopeFinder(documents, frozenset(place_names()))


@pytest.mark.parametrize(
    ("question", "names"),
    [
        # Whole words where a clause opens, beside another name, before a number or a title.
        ("北京大学的CIO由谁任命", "北京大学"),
        ("请问西湖大学的任期", "西湖大学"),
        ("东湖学院规定的任期", "东湖学院"),
        ("临洲学院的任期", "临洲学院"),
        ("清屏学院的任期", "清屏学院"),
        ("一中和二中的任期", "一中 二中"),
        ("宜春学院和南昌大学的任期", "南昌大学"),
        ("郑州市教育局的汇总表", "郑州市教育局"),
        ("宜春市的CIO", "宜春市"),
        ("上海的呢？", "上海"),
        ("那深圳中小学呢", "深圳"),
        ("市一中第七条", "市一中"),
        ("青山小学的第三条", "青山小学"),
        ("北大第七条", "北大"),
        # No names, whatever the dictionary takes them for.
        *(
            (question, "")
            for question in (
                "东西坏了找谁",
                "初中生能不能参加",
                "能干多久",
                "加多少钱",
                "学校应当怎么做",
                "家离学校5公里行吗",
                "学生可以担任吗",
                "位任期几年",
                "受处分学校会告诉家长吗",
                "停一小时收多少钱",
                "申请费学校给多少",
                "清江大学生能参加吗",
                "同一个学区里换学校",
                "民办学校要设CIO吗",
                "文学院的院长能当CIO吗",
                "二级学院有联络员吗",
                "各校区的任期",
                "老年大学归谁管",
                "国务院的规定",
                "信息中心主任是谁",
                "学校规定第三条",
                "本校制度第七条",
                "新旧办法的第三条",
            )
        ),
        # Spoken of elsewhere.
        ("从清华大学调来的老师能当CIO吗", ""),
        ("我想去上海培训", ""),
    ],
)
def test_strangers(finder: ScopeFinder, question: str, names: str) -> None:
    found = finder.find(question)
    assert (found.unknown, found.aside, found.foreign_titles) == (tuple(names.split()), (), ())


@pytest.mark.parametrize(
    ("question", "titles"),
    [
        ("食堂管理办法第二条", "食堂管理办法"),
        ("请问食堂管理办法的第二条", "食堂管理办法"),
        ("《食堂管理办法》怎么规定", "食堂管理办法"),
        ("办发〔2014〕93号第三条", "办发〔2014〕93号"),
        ("根据办发(2015)39号", "办发(2015)39号"),
        ("宜春学院食堂管理办法第二条", "食堂管理办法"),
        ("宜春学院《食堂管理办法》第二条", "食堂管理办法"),
        ("贺兰县信息化工作领导小组工作办法第三条", "贺兰县信息化工作领导小组工作办法"),
        ("南昌大学信息化工作领导小组工作办法第三条", "南昌大学信息化工作领导小组工作办法"),
        ("食堂有什么管理办法", ""),
        ("《制度》第三条", ""),
    ],
)
def test_titles_and_numbers_that_are_not_on_file(finder: ScopeFinder, question: str, titles: str) -> None:
    found = finder.find(question)
    assert found.foreign_titles == tuple(titles.split())
    assert "it-leading-group" not in found.doc_ids


def test_a_place_stands_aside_where_no_place_owns_rules() -> None:
    one = [cut("云岭学院差旅费管理办法\n第一条 甲。\n第二条 乙。\n", "x").document]
    for documents, unknown, aside in (
        (one, (), ("上海市",)),
        ([*one, cut("贺兰县教育局差旅费管理办法\n第一条 甲。\n第二条 乙。\n", "y").document], ("上海市",), ()),
    ):
        found = ScopeFinder(documents, frozenset(place_names())).find("上海市的住宿费标准")
        assert (found.unknown, found.aside) == (unknown, aside)


@pytest.mark.parametrize("question", ["东海科技大学的密码要求", "東海科技大學的密碼要求", "东海科级大学的密码要求"])
def test_a_name_that_sounds_like_one_on_file(question: str) -> None:
    held = [cut("東海科技大學資訊安全管理要點\n一、甲。\n二、乙。\n", "x").document]
    found = ScopeFinder(held, frozenset(place_names())).find(question)
    assert (found.doc_ids, found.unknown) == (("x",), ())
