"""Turns -> the questions in them."""

from __future__ import annotations

import pytest

from policy_qa.dialogue.split import asks, matter_of, parts_of

ONE = "权利和义务"
PARTS = [
    ("谁审批？多久？报到哪里？", ("谁审批？", "多久？", "报到哪里？")),
    ("1. 谁审批 2. 期限多久 3. 超期怎么办", ("谁审批", "期限多久", "超期怎么办")),
    ("一、谁审批；二、期限多久", ("谁审批", "期限多久")),
    ("请问：（1）谁审批（2）多久", ("请问：谁审批", "请问：多久")),
    ("①能借几本②借多久", ("能借几本", "借多久")),
    ("文山大学差旅费的标准和期限", ("文山大学差旅费的标准", "文山大学差旅费的期限")),
    ("印章的保管、借用和销毁分别怎么规定", ("印章的保管怎么规定", "印章的借用怎么规定", "印章的销毁怎么规定")),
    ("A证和B证的有效期多长", ("A证的有效期多长", "B证的有效期多长")),
    ("文山大学：教师和学生的借期", ("文山大学：教师的借期", "文山大学：学生的借期")),
    ("盘点什么时候做、丢了怎么赔", ("盘点什么时候做", "丢了怎么赔")),
    ("按几倍认定以及伪造时长怎么处理", ("按几倍认定", "伪造时长怎么处理")),
    ("标准多少，甲校、乙校由谁审批？", ("标准多少", "甲校、乙校由谁审批？")),
    ("婚假几天 丧假几天 产假几天", ("婚假几天", "丧假几天", "产假几天")),
    ("场地怎么约、多少钱、爽约几次会被停", ("场地怎么约", "多少钱", "爽约几次会被停")),
    ("红色谁定停课，水多深不让走", ("红色谁定停课", "水多深不让走")),
    ("初中呢 高中呢", ("初中呢", "高中呢")),
    ("研学几号出发，下雨咋办，高三去不去", ("研学几号出发", "下雨咋办", "高三去不去")),
    ("What is the fee and who pays it at 文山大学?", ("What is the fee", "who pays it at 文山大学?")),
    ("住宿标准多少，超了怎么办，由谁审批？", ("住宿标准多少", "超了怎么办", "由谁审批？")),
    ("Who signs the contract and how long is it valid?", ("Who signs the contract", "how long is it valid?")),
    ("Is there a limit, and can it be extended?", ("Is there a limit", "can it be extended?")),
]
WHOLE = [
    "留样呢 要放几天",  # what it is about from here on, no question of its own
    "留样呢，要放几天",
    "我刚来啥都不懂，谁也不认识，想问宿舍几点关门",
    "学生的权利和义务有哪些",  # one thing in the texts
    "甲校和乙校的标准有什么不同",  # compared, not asked one by one
    "甲校的住宿和伙食标准有什么区别",
    "要满几年才能报名，甲校和乙校一样吗？",  # of what is before it
    "如果迟到三次，怎么处理",
    "我是外聘教师。能报销吗？",
    "能报销吗？我是外聘的。",
    "是校长批准，还是书记批准？",
    "不管谁提出，都要几天内答复？",
    "3.5万的设备怎么买？",
    "第2条和第3条",
    "2023年的标准",
    "任期",
    "教师、学生和家长",
    "校长、书记和主任谁批准",
    "学生和老师的区别",
    "其中和安全有关的是哪些",
    "学校和企业签订的合同由谁保管",
    "校医和医生的比例，甲校、乙校分别多少？",
    "两所学校（甲校、乙校）怎么说？",
    "由谁、什么时候批准",
    "申请由谁、在什么时候批准",
    "哪些人和事的记录要保存",
    "教师以及学生怎么申请",
    "外地 学生 怎么申请",
    "宜春学院 任期",
]


@pytest.mark.parametrize(("turn", "parts"), PARTS, ids=[p[0] for p in PARTS])
def test_several_questions_are_told_apart(turn: str, parts: tuple[str, ...]) -> None:
    assert parts_of(turn, lambda words: words == ONE) == parts


@pytest.mark.parametrize("turn", WHOLE)
def test_one_question_stays_whole(turn: str) -> None:
    assert parts_of(turn, lambda words: words == ONE) == (turn,)


def test_a_pair_is_cut_where_the_texts_do_not_have_it_together() -> None:
    assert len(parts_of("学生的权利和义务有哪些", lambda _: False)) == 2


@pytest.mark.parametrize("turn", ["？！。", "，", "1.", "。。。" * 600, "1. " * 600, "和" * 1500, "谁，" * 600])
def test_odd_turns_lose_nothing_and_end(turn: str) -> None:
    assert parts_of(turn, lambda _: False)


@pytest.mark.parametrize(
    ("text", "expected"), [("由谁批准", True), ("能不能报", True), ("任期", False), ("可以吗", True)]
)
def test_words_that_ask(text: str, expected: bool) -> None:
    assert asks(text) is expected


@pytest.mark.parametrize(
    ("question", "matter"),
    [
        ("住宿标准在第几条？", "住宿标准？"),
        ("哪一条规定了回避", "回避"),
        ("第几条讲的是验收", "验收"),
        ("第几款第几项", "第几款第几项"),
        ("印章由谁保管", "印章由谁保管"),
        ("哪些条件", "哪些条件"),
        ("which article covers leave", " leave"),
    ],
)
def test_where_something_stands_is_not_its_matter(question: str, matter: str) -> None:
    assert matter_of(question) == matter
