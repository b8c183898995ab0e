"""The names that a document goes by, as tables."""

from __future__ import annotations

import re

import pytest

from policy_qa.datamodels import Document
from policy_qa.facts.catalogue import Versions
from policy_qa.naming.institutions import leading, short_forms, shortens, tells_apart
from policy_qa.naming.instruments import numbered
from policy_qa.naming.register import Register
from policy_qa.naming.scope import Scope, ScopeFinder
from policy_qa.naming.terms import short_names
from policy_qa.naming.titles import abbreviates, key, left_out, quoted_titles, says
from policy_qa.words import normalize
from samples import cut

CARS = "南山大学车辆管理办法（试行）\n南大发〔2020〕3号\n第一条 甲。\n第二条 乙。\n"
DATA = "海东市教育局文件\n海东市学校数据管理办法\n第一条 甲。\n第二条 乙。\n"
ADS = "广告管理条例\n第一条 丙。\n第二条 丁。\n"
GROUP = (
    "西山中学安全领导小组工作办法\n第一条 安全领导小组（以下简称领导小组）由校长任组长。\n"
    "第二条 领导小组会议每月一次。\n"
)


def documents(*texts: str) -> list[Document]:
    return [cut(text, f"d{n}").document for n, text in enumerate(texts)]


@pytest.mark.parametrize(
    ("name", "forms"),
    [
        ("宜春学院", "宜春 yichun"),
        ("贺兰县教育局", "贺兰县 贺兰 helan helanxian"),
        ("贺兰县教育体育局", "贺兰县 贺兰 helan helanxian"),
        ("甲县", "jiaxian"),
        ("海东市", "海东 haidong haidongshi"),
        ("村民委员会", ""),
        ("希望小学", ""),
        ("信息工程学院", ""),
        ("南山市实验中学", "南山 nanshan 南山实验中学"),
        ("南山市第一中学", "一中 市一中 南山市一中 南山一中 南山第一中学"),
        ("南山县实验初级中学", "南山实验初级中学"),
        ("南山职业技术学院", "南山"),
        ("X", ""),
    ],
)
def test_short_forms_of_an_institution(name: str, forms: str) -> None:
    assert short_forms(name) >= set(forms.split())
    if not re.search("第|实验|技术", name):
        assert short_forms(name) == set(forms.split())


@pytest.mark.parametrize(
    ("short", "name", "yes"),
    [
        ("江洲医专", "江洲医学高等专科学校", True),
        ("南山职院", "南山职业技术学院", True),
        ("南山实验初中", "南山县实验初级中学", True),
        ("贺兰县教体局", "贺兰县教育体育局", True),
        ("江洲学院", "江洲理工学院", False),  # may be another
        ("北山中学", "北山县第二中学", False),
        ("江洲学生", "江洲理工学院", False),
        ("洲医专科", "江洲医学高等专科学校", False),
        ("江洲专医", "江洲医学高等专科学校", False),
    ],
)
def test_a_name_shortened_as_people_do(short: str, name: str, yes: bool) -> None:
    assert (shortens(short, name) and tells_apart(short, name)) is yes


@pytest.mark.parametrize(
    ("question", "parties"),
    [
        ("江洲医专的车怎么停", ["江洲医专"]),
        ("江洲医专和江洲理工的车怎么停", ["江洲医专", "江洲理工"]),
        ("江洲医学高等专科学校的车", ["江洲医学高等专科学校"]),
        ("江洲医学专业的车", []),
    ],
)
def test_a_shortened_name_leads_to_its_institution(question: str, parties: list[str]) -> None:
    rules = "车辆管理办法\n第一条 车停在东门。\n第二条 乙。\n"
    held = documents("江洲医学高等专科学校" + rules, "江洲理工学院" + rules)
    assert [p.name for p in ScopeFinder(held, frozenset()).find(question).parties] == parties


def test_a_name_that_two_may_be_shortened_to_names_none() -> None:
    rules = "车辆管理办法\n第一条 车停在东门。\n第二条 乙。\n"
    held = documents("江洲医学高等专科学校" + rules, "江洲医药专科学校" + rules)
    assert "江洲医专" not in [p.name for p in ScopeFinder(held, frozenset()).find("江洲医专的车").parties]


@pytest.mark.parametrize(
    ("name", "number", "form"),
    [
        ("南山大学", "南大发〔2020〕3号", "南大"),
        ("云岭职业技术学院", "云职财〔2019〕12号", "云职"),
        ("南山大学", "校发〔2020〕3号", ""),
        ("南山大学", "", ""),
    ],
)
def test_an_abbreviation_that_a_number_licenses(name: str, number: str, form: str) -> None:
    assert short_forms(name, number) - short_forms(name) == ({form} if form else set())


@pytest.mark.parametrize(
    ("body", "org"),
    [
        ("南山市实验学校的食堂由后勤处管理。", "南山市实验学校"),
        ("食堂由实验学校的后勤处管理。", "南山市"),
        ("食堂由后勤处管理。", "南山市实验学校"),
        ("各学校的食堂由实验学校办。", "南山市"),
    ],
)
def test_a_school_of_a_place_is_told_from_schools_of_that_kind(body: str, org: str) -> None:
    title = "南山市实验学校食堂管理办法"
    assert leading(title, f"{title}\n第一条 {body}\n") == org


def test_what_a_bureau_writes_of_is_no_part_of_its_name() -> None:
    title = "南山县教育局关于规范中小学课后服务工作的通知"
    assert leading(title, f"{title}\n一、各小学自愿开展。\n") == "南山县"


@pytest.mark.parametrize(
    ("title", "org"),
    [
        ("南山大学车辆管理办法", "南山大学"),
        ("海东市学校数据管理办法", "海东市"),
        ("中华人民共和国海东市数据条例", "海东市"),
        ("广告管理条例", ""),
        ("大学章程", ""),
        ("南山大学", ""),
    ],
)
def test_the_institution_that_a_title_begins_with(title: str, org: str) -> None:
    assert leading(title) == org


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("管理办法", False),
        ("若干问题的解释", False),
        ("甲办法", False),
        ("甲乙办法", True),
        ("广告管理条例", True),
        ("决定", False),
    ],
)
def test_a_title_that_tells_one_text_from_others(title: str, expected: bool) -> None:
    assert says(title) is expected


def test_titles_are_compared_without_marks_and_the_name_of_the_state() -> None:
    assert key("《中华人民共和国电信条例》（一）") == key("电信条例(一)") == "电信条例一"


@pytest.mark.parametrize(
    ("short", "whole", "expected"),
    [
        ("公寓管理", "某学院学生公寓管理", True),
        ("公寓", "某学院学生公寓管理", True),
        ("学生公寓工作管理", "学生公寓管理", True),
        ("校园", "某学院学生公寓管理", False),
        ("", "某学院学生公寓管理", False),
        ("学寓", "某学院学生公寓管理", False),  # blocks of one character
    ],
)
def test_a_title_with_parts_left_out(short: str, whole: str, expected: bool) -> None:
    assert left_out(short, whole) is expected


@pytest.mark.parametrize(
    ("short", "whole", "expected"),
    [
        ("危化品管理", "危险化学品与危险废物管理", True),
        ("危化", "危险化学品管理", False),
        ("公车管理", "公务用车管理", True),  # first and last
        ("化学品", "危险化学品管理", False),
        ("危品化", "危险化学品管理", False),
    ],
)
def test_a_title_by_some_of_its_characters(short: str, whole: str, expected: bool) -> None:
    assert abbreviates(short, whole) is expected


@pytest.mark.parametrize(
    ("question", "doc_ids"),
    [
        ("车辆办法第一条", ("d0",)),
        ("车辆办法怎么规定", ()),  # two characters by themselves
        ("南山大学的车辆办法怎么规定", ("d0",)),
        # Beside an institution it may be another's, where it is told without one.
        ("海东市和南山大学车辆办法怎么规定", ("d1", "d0")),
        ("南山大学和学校数据办法怎么规定", ("d0", "d1")),
        ("校数据管理办法怎么规定", ("d1",)),
        ("学校数据办法怎么规定", ("d1",)),
        ("学校管理办法怎么规定", ()),  # parts of it, and not its end
        ("学校管理办法第一条", ("d1",)),
        ("车辆规定第一条", ()),
        ("车辆办法一（二）", ("d0",)),
        ("车辆办法一共几条", ()),
    ],
)
def test_a_shortened_title_in_a_question(question: str, doc_ids: tuple[str, ...]) -> None:
    assert ScopeFinder(documents(CARS, DATA, ADS), frozenset()).find(question).doc_ids == doc_ids


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("《甲》和《乙》", ["《甲》", "《乙》"]),
        ("《关于《甲》的解释》", ["《关于《甲》的解释》"]),
        ("《关于《甲》和《乙》的解释》丙", ["《关于《甲》和《乙》的解释》"]),
        ("》甲《乙》", ["《乙》"]),
        ("《甲", []),
        ("《甲》》《乙》", ["《甲》", "《乙》"]),
    ],
)
def test_outer_titles(text: str, found: list[str]) -> None:
    assert [text[a:b] for a, b in quoted_titles(text)] == found


def names_of(held: list[Document], question: str) -> list[tuple[str, list[str]]]:
    found = Register(held, Versions(held), {}).names_in(normalize(question))
    return [(n.text, [t.doc_id for t in n.targets]) for n in found]


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("南山大学车辆管理办法", [("南山大学车辆管理办法", ["d0"])]),
        ("南山和海东市", [("南山", ["d0"]), ("海东市", ["d1"])]),
        ("nanshan与haidong", [("nanshan", ["d0"]), ("haidong", ["d1"])]),
        ("南大发[2020]3号", [("南大发(2020)3号", ["d0"])]),
        ("根据南大发（2020）第003号文", [("南大发(2020)第003号", ["d0"])]),
        ("南大发2020-3号", [("南大发2020-3号", ["d0"])]),
        ("〔2020〕3号", [("(2020)3号", ["d0"])]),
        ("南大发〔2020〕13号", []),
        ("广告", []),
        ("广告管理条例", [("广告管理条例", ["d2"])]),
        ("车辆", []),
        # 南大 is licensed by a number, but 东南大门 has not the word.
        ("南大的规定", [("南大", ["d0"])]),
        ("河南大学的规定", []),
    ],
)
def test_names_in_a_question(question: str, names: list[tuple[str, list[str]]]) -> None:
    assert names_of(documents(CARS, DATA, ADS), question) == names


def test_an_institution_of_two_policies_names_both_and_a_title_of_two_both() -> None:
    two = documents(CARS, CARS.replace("车辆", "印章").replace("3号", "4号"))
    assert names_of(two, "南山大学") == [("南山大学", ["d0", "d1"])]
    assert names_of(two, "南山大学印章管理办法") == [("南山大学印章管理办法", ["d1"])]
    same = documents(ADS, "广告管理条例\n第一条 别的内容与前者毫无关系。\n第二条 食堂由后勤处经营。\n")
    assert names_of(same, "广告管理条例") == [("广告管理条例", ["d0", "d1"])]


def test_a_short_form_that_stands_in_another_title_names_nobody() -> None:
    two = documents(CARS, "北海大学南山校区管理办法\n第一条 己。\n第二条 庚。\n")
    assert names_of(two, "南山") == []
    assert names_of(two, "南山大学") == [("南山大学", ["d0"])]


@pytest.mark.parametrize("common", ["高等学校", "自然保护区", "计算机学院"])
def test_a_common_noun_that_opens_a_title_is_no_institution(common: str) -> None:
    other = f"南山大学车辆管理办法\n第一条 {common}的车辆。\n第二条 各{common}应当登记。\n"
    assert names_of(documents(f"{common}工作条例\n第一条 甲。\n第二条 乙。\n", other), common) == []


def test_a_school_of_ordinary_words_goes_by_its_full_name() -> None:
    held = documents("希望小学车辆管理办法\n第一条 甲。\n第二条 乙。\n", DATA)
    assert names_of(held, "希望小学怎么规定") == [("希望小学", ["d0"])]
    assert names_of(held, "希望下的活动怎么规定") == []


def test_short_names_that_documents_give_to_their_bodies() -> None:
    found = [cut(GROUP, "xishan-safety-group").document, cut(CARS, "cars").document]
    # What its title is about, and what stands behind the first part of its doc_id; not what its title lacks.
    assert dict(short_names(found, Versions(found))) == dict.fromkeys(
        ("safety group", "领导小组"), ("xishan-safety-group",)
    )
    other = [*found, cut(GROUP.replace("西山", "东湖"), "other").document]
    assert "领导小组" not in dict(short_names(other, Versions(other)))
    titled = [*found, cut("东湖中学领导小组章程\n第一条 甲。\n第二条 乙。\n", "other").document]
    assert "领导小组" not in dict(short_names(titled, Versions(titled)))


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("西山中学学生管理办法", "第一条 全日制在校学生（以下简称学生）应当守时。\n第二条 每名学生都应守时。"),
        ("西山中学部门考核办法", "第一条 职能部门（以下简称部门）每年考核。\n第二条 各部门按时报送。"),
        ("西山中学教师聘用办法", "第一条 专任教师（以下简称教师）实行聘用。\n第二条 戊。"),
        ("西山中学学校章程", "第一条 西山中学（以下简称学校）是中学。\n第二条 戊。"),
    ],
)
def test_a_common_noun_is_no_short_name(title: str, text: str) -> None:
    found = [cut(f"{title}\n{text}\n", "x").document, cut(CARS, "cars").document]
    assert short_names(found, Versions(found)) == []


@pytest.mark.parametrize(
    ("quoted", "doc_ids", "exact"),
    [
        ("南山大学车辆管理办法（试行）", {"d0"}, {"d0"}),
        ("南山大学车辆管理办法", {"d0"}, set()),
        ("车辆管理办法", {"d0"}, set()),
        ("车辆办法", {"d0"}, set()),
        ("海东市学校数据管理办法", {"d1"}, set()),
        ("管理办法", set(), set()),
        ("", set(), set()),
    ],
)
def test_documents_by_a_title_between_marks(quoted: str, doc_ids: set[str], exact: set[str]) -> None:
    held = documents(CARS, DATA)
    found = Register(held, Versions(held), {}).quoted(quoted)
    assert {t.doc_id for t in found.targets} == doc_ids if found else not doc_ids
    assert (set(found.exact) if found else set()) == exact


# Where a question points.


@pytest.fixture(scope="module")
def finder() -> ScopeFinder:
    places = frozenset({"上海", "上海市", "青岛", "北京", "北京市", "南京市", "巴音郭楞蒙", "鄂尔多斯", "东西"})
    return ScopeFinder(documents(CARS, DATA, ADS, GROUP), places)


@pytest.mark.parametrize(
    ("question", "doc_ids", "unknown"),
    [
        ("上海的任期", (), ("上海",)),
        ("任期上海", (), ()),
        ("从上海调来的人员", (), ()),
        ("上海户口的学生", (), ()),
        ("上海市和青岛市怎么规定", (), ("上海市", "青岛市")),
        ("南山大学和上海大学", ("d0",), ("上海大学",)),
        ("南京市的规定", (), ("南京市",)),
        # A school is a name though its place is none; a county is not.
        ("清江大学的规定", (), ("清江大学",)),
        ("清江学院的规定", (), ("清江学院",)),
        ("信息学院的规定", (), ()),
        ("实验中学的规定", (), ()),
        ("东西的规定", (), ()),
        ("上海中学的规定", (), ("上海中学",)),
        # Five characters at most, the longest of them; two at least.
        ("巴音郭楞蒙的规定", (), ("巴音郭楞蒙",)),
        ("鄂尔多斯的规定", (), ("鄂尔多斯",)),
        # Ordinary words that end so.
        *(
            (f"{word}怎么规定", (), ())
            for word in (
                "各大学",
                "哪些学校",
                "三所大学",
                "两个学院",
                "10家学校",
                "其他学院",
                "贵校",
                "全市",
                "我们学校",
            )
        ),
        # In what is left of the question alone, and not what stands in a text.
        ("海东市怎么规定", ("d1",), ()),
        ("校长任组长的学校", (), ()),
        # English names.
        ("Who is CIO in Shanghai?", (), ("Shanghai",)),
        ("What does Shanghai University say in Beijing?", (), ("Shanghai University", "Beijing")),
        ("Is Nanshan on file?", ("d0",), ()),
        ("Who is CIO in Springfield?", (), ()),
    ],
)
def test_names_that_are_on_file_and_that_are_not(
    finder: ScopeFinder, question: str, doc_ids: tuple[str, ...], unknown: tuple[str, ...]
) -> None:
    found = finder.find(question)
    assert (found.doc_ids, found.unknown + found.aside) == (doc_ids, unknown)
    for name in unknown:
        assert name.lower() not in found.rest


@pytest.mark.parametrize(
    ("question", "doc_ids", "soft", "every"),
    [
        ("领导小组由谁任组长", ("d3",), True, False),
        ("南山车辆怎么调度", ("d0",), False, False),
        ("南山和领导小组各由谁负责", ("d0", "d3"), False, False),
        ("领导小组和南山各由谁负责", ("d3", "d0"), False, False),
        ("南山有没有领导小组", ("d0",), False, False),
        # Beside something that its text has not, and for everybody, it names nothing.
        ("网信委和领导小组各有哪些成员", (), False, False),
        ("校长和领导小组各有哪些职责", ("d3",), True, False),
        ("请问谁由校长和领导小组任命", ("d3",), True, False),
        ("各校的领导小组", (), False, True),
        ("各校区的领导小组", ("d3",), True, False),
        ("哪些学校有规定", (), False, True),
        ("三家单位分别怎么规定", (), False, True),
        ("南山和海东分别怎么规定", ("d0", "d1"), False, False),
        ("海东和南山分别怎么规定", ("d1", "d0"), False, False),
    ],
)
def test_softly_and_on_purpose(
    finder: ScopeFinder, question: str, doc_ids: tuple[str, ...], soft: bool, every: bool
) -> None:
    found = finder.find(question)
    assert (found.doc_ids, found.soft, found.every) == (doc_ids, soft, every)


@pytest.mark.parametrize(
    ("question", "doc_ids", "foreign"),
    [
        ("《南山大学车辆管理办法》和《某某法》", ("d0",), ("某某法",)),
        ("《车辆管理办法》第一条", ("d0",), ()),
        ("《学校数据管理办法》与《南山大学车辆管理办法》", ("d1", "d0"), ()),
        # One character is no title, nor are sixty-one.
        ("《法》第一条", (), ()),
        ("《法律》第一条", (), ("法律",)),
        (f"《{'法' * 60}》", (), ("法" * 60,)),
        (f"《{'法' * 61}》", (), ()),
        # Of a title that is not on file, the institution is none.
        ("《南山大学》的规定", ("d0",), ()),
        # A document's own name without marks, its number, and what stands before a number.
        ("南大发〔2020〕3号第一条", ("d0",), ()),
        ("车辆管理办法第二条", ("d0",), ()),
        ("车辆管理办法怎么规定", ("d0",), ()),
    ],
)
def test_titles_and_numbers(
    finder: ScopeFinder, question: str, doc_ids: tuple[str, ...], foreign: tuple[str, ...]
) -> None:
    found = finder.find(question)
    assert (found.doc_ids, found.foreign_titles) == (doc_ids, foreign)


def test_names_are_blanked_out_where_they_stand(finder: ScopeFinder) -> None:
    assert finder.find("南山大学的车辆").rest == "    的车辆"
    assert finder.find("《车辆管理办法》第一条").rest == "《      》第一条"
    # A Latin name inside a word, or with an s of its own.
    assert finder.find("nanshanese cars").doc_ids == ()
    assert finder.find("nanshan's cars").rest == "          cars"


# The versions that a question means.

AIM, MONEY = "第一条 为加强数据管理，制定本办法。", "第三条 经费列入预算。"
OLD = f"东湖学院数据管理办法\n东院发〔2022〕9号\n{AIM}\n第二条 任期三年。\n{MONEY}\n"
NEW = (
    f"东湖学院数据管理办法\n东院发〔2024〕16号\n{AIM}\n第二条 任期五年。\n{MONEY}\n"
    "第四条 《东湖学院数据管理办法》（东院发〔2022〕9号）同时废止。\n"
)


@pytest.mark.parametrize(
    ("question", "doc_ids", "left_out", "versioned"),
    [
        ("东湖学院的任期", ("new",), ("old",), False),
        ("东院发〔2022〕9号的任期", ("old",), ("new",), True),
        ("东湖学院2022年印发的任期", ("old",), ("new",), True),
        # Compared with itself, all of them.
        ("东湖学院的任期有什么不同", ("new", "old"), (), False),
        ("东湖学院和南山大学的任期有什么不同", ("new", "cars"), ("old",), False),
        ("任期有什么不同", (), ("old",), False),
        ("南山大学的任期", ("cars",), ("old",), False),
    ],
)
def test_which_of_several_texts_is_meant(
    question: str, doc_ids: tuple[str, ...], left_out: tuple[str, ...], versioned: bool
) -> None:
    texts = {"old": OLD, "new": NEW, "cars": CARS}
    found = ScopeFinder([cut(t, i).document for i, t in texts.items()], frozenset()).find(question)
    assert (found.doc_ids, found.left_out, found.versioned) == (doc_ids, left_out, versioned)
    assert not doc_ids or set(doc_ids) <= set(found.named)


PREVIOUS = Scope(
    doc_ids=("new",),
    soft=True,
    unknown=("某校",),
    rest="",
    every=False,
    named=("new", "old"),
    left_out=("old",),
    instruments=(("new", "细则"),),
)


@pytest.mark.parametrize(
    ("versioned", "left_out", "doc_ids"),
    [(False, (), ("new",)), (True, (), ("new", "old")), (True, ("new",), ("old",))],
)
def test_what_a_follow_up_is_about(versioned: bool, left_out: tuple[str, ...], doc_ids: tuple[str, ...]) -> None:
    own = Scope(doc_ids=(), soft=False, unknown=(), rest="那呢", every=False, left_out=left_out, versioned=versioned)
    found = own.following(PREVIOUS)
    assert found.doc_ids == doc_ids
    assert found.left_out == (left_out if versioned else ("old",))
    assert (found.named, found.soft, found.unknown) == (("new", "old"), True, ("某校",))
    assert (found.instruments, found.rest) == ((("new", "细则"),), "那呢")


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ((), ("new",)),
        (("old",), ("old",)),
        (("x",), ("x",)),
        (("old", "x"), ("old",)),
        (("old", "new"), ("new", "old")),
    ],
)
def test_what_a_caller_restricts(wanted: tuple[str, ...], expected: tuple[str, ...]) -> None:
    assert PREVIOUS.within(wanted) == expected


def test_a_body_that_a_document_is_about_names_it() -> None:
    held = documents(GROUP, CARS)
    found = ScopeFinder(held, frozenset()).find("安全领导小组的成员有哪些")
    assert (found.doc_ids, found.soft, found.rest.strip()) == (("d0",), False, "的成员有哪些")
    assert ScopeFinder(held, frozenset()).find("消防领导小组的成员有哪些").soft


def test_a_policy_whose_default_text_is_a_file_of_several() -> None:
    rules = "第一条 为规范宿舍，制定本办法。\n第二条 学生应当按时归宿，不得外宿。\n第三条 宿舍由后勤处管理。\n"
    more = "云岭学院公寓水电管理办法\n第一条 水电按月计量。\n第二条 超出的部分由学生交费。\n"
    title = "云岭学院学生公寓管理办法\n"
    held = {n: cut(title + text, n) for n, text in (("a", rules + more), ("b", rules))}
    inside = {doc_id: numbered(s) for doc_id, s in held.items()}
    finder = ScopeFinder([s.document for s in held.values()], frozenset(), None, inside)
    assert finder.find("学生公寓办法第5条").doc_ids == ("a",)
