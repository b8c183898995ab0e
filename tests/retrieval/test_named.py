"""The names that a document goes by, as tables."""

from __future__ import annotations

from dataclasses import replace

import pytest

from policy_qa.datamodels import Document
from policy_qa.facts.catalogue import Versions
from policy_qa.retrieval.names import (
    Titles,
    _key,
    _leading_org,
    _org_names,
    _says,
    aliases,
    cores,
    defined_aliases,
    quoted_titles,
)
from policy_qa.retrieval.scope import Scope, ScopeFinder
from samples import cut

CARS = "南山大学车辆管理办法（试行）\n南大发〔2020〕3号\n第一条 甲。\n第二条 乙。\n"
DATA = "海东市教育局文件\n海东市学校数据管理办法\n第一条 甲。\n第二条 乙。\n"
ADS = "广告管理条例\n第一条 丙。\n第二条 丁。\n"
GROUP = "西山中学安全领导小组工作办法\n第一条 安全领导小组（以下简称领导小组）由校长任组长。\n第二条 戊。\n"


def documents(*texts: str) -> list[Document]:
    return [cut(text, f"d{n}").document for n, text in enumerate(texts)]


@pytest.mark.parametrize(
    ("org", "names"),
    [
        ("宜春学院", "宜春学院 宜春 yichun"),
        ("贺兰县教育局", "贺兰县教育局 贺兰县 贺兰 贺兰县教体局 helan helanxian"),
        ("甲县", "甲县 甲县教育局 甲县教体局 jiaxian"),
        ("海东市", "海东市 海东 海东市教育局 海东市教体局 haidong haidongshi"),
        ("村民委员会", "村民委员会"),
        ("某大学学术委员会", "某大学学术委员会 某大学学术 moudaxuexueshu"),
        ("北京市委员会", "北京市委员会 北京市 北京 北京市教育局 北京市教体局 beijing beijingshi"),
        ("X", ""),
    ],
)
def test_short_forms_of_an_institution(org: str, names: str) -> None:
    assert _org_names(org) == set(names.split())


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
    assert _leading_org(title) == org


@pytest.mark.parametrize(
    ("title", "says"),
    [
        ("管理办法", False),
        ("若干问题的解释", False),
        ("甲办法", False),
        ("甲乙办法", True),
        ("广告管理条例", True),
        ("决定", False),
    ],
)
def test_a_title_that_tells_one_text_from_others(title: str, says: bool) -> None:
    assert _says(title) is says


def test_titles_are_compared_without_marks_and_the_name_of_the_state() -> None:
    assert _key("《中华人民共和国电信条例》（一）") == _key("电信条例(一)") == "电信条例(一)"


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


def test_the_aliases_of_three_documents() -> None:
    found = documents(CARS, DATA, ADS)
    pairs, single = aliases(found, Versions(found))
    by_name = dict(pairs)
    assert by_name.keys() >= {"南山", "南山大学", "nanshan", "南山大学车辆管理办法", "南大发〔2020〕3号", "d0"}
    assert {d for name in ("南山", "nanshan", "南大发〔2020〕3号") for d in by_name[name]} == {"d0"}
    # A text without an institution goes by what its title is about.
    assert (by_name["广告"], by_name["广告管理条例"]) == (("d2",), ("d2",))
    assert "车辆" not in by_name
    assert single == frozenset()
    lengths = [len(name) for name, _ in pairs]
    assert lengths == sorted(lengths, reverse=True)


def test_an_institution_of_two_policies_names_neither_and_a_title_of_two_both() -> None:
    two = documents(CARS, CARS.replace("车辆", "印章").replace("3号", "4号"))
    by_name = dict(aliases(two, Versions(two))[0])
    assert "南山大学" not in by_name
    assert (by_name["南山大学车辆管理办法"], by_name["南山大学印章管理办法"]) == (("d0",), ("d1",))
    same = documents(ADS, "广告管理条例\n第一条 别的内容与前者毫无关系。\n第二条 食堂由后勤处经营。\n")
    by_name = dict(aliases(same, Versions(same))[0])
    assert by_name["广告管理条例"] == ("d0", "d1")


def test_a_short_form_that_stands_in_another_title_names_nobody() -> None:
    two = documents(CARS, "北海大学南山校区管理办法\n第一条 己。\n第二条 庚。\n")
    by_name = dict(aliases(two, Versions(two))[0])
    assert "南山" not in by_name
    assert by_name["南山大学"] == by_name["nanshan"] == ("d0",)


def test_other_names_that_stand_in_another_title_stay() -> None:
    matters = documents(ADS, "互联网广告发布规定\n第一条 乙。\n第二条 戊。\n")
    assert dict(aliases(matters, Versions(matters))[0])["广告"] == ("d0",)
    latin = documents(CARS, "北海大学nanshan校区管理办法\n第一条 乙。\n第二条 戊。\n")
    assert dict(aliases(latin, Versions(latin))[0])["nanshan"] == ("d0",)


def test_a_large_collection_has_neither_matters_nor_defined_terms_as_names() -> None:
    def of(count: int) -> list[Document]:
        more = [replace(documents(ADS)[0], doc_id=f"x{n}", title=f"第{n}种物资调拨规定") for n in range(count - 2)]
        return [*documents(ADS, GROUP), *more]

    for count, named in ((50, True), (51, False)):
        found = of(count)
        assert ("广告" in dict(aliases(found, Versions(found))[0])) is named
        assert (("领导小组", ("d1",)) in defined_aliases(found, Versions(found))) is named


def test_terms_that_documents_define() -> None:
    found = [cut(GROUP, "xishan-safety-group").document, cut(CARS, "cars").document]
    # What its title is about, and what stands behind the first part of its doc_id; not what its title lacks.
    assert defined_aliases(found, Versions(found)) == [
        ("safety group", ("xishan-safety-group",)),
        ("领导小组", ("xishan-safety-group",)),
    ]
    other = [*found, cut(GROUP.replace("西山", "东湖"), "other").document]
    assert "领导小组" not in dict(defined_aliases(other, Versions(other)))
    titled = [*found, cut("东湖中学领导小组章程\n第一条 甲。\n第二条 乙。\n", "other").document]
    assert "领导小组" not in dict(defined_aliases(titled, Versions(titled)))


@pytest.mark.parametrize(
    ("title", "core"),
    [
        ("南山大学车辆管理办法", "车辆管理办法"),
        ("南山大学档案室办法", None),  # five characters
        ("南山大学车辆管理须知", None),
        ("南山大学数据资源办法", "数据资源办法"),
    ],
)
def test_titles_without_their_issuer(title: str, core: str | None) -> None:
    found = documents(f"{title}\n第一条 甲。\n第二条 乙。\n")
    assert [name for name, _ in cores(found)] == ([core] if core else [])


def test_the_longest_core_comes_first_with_all_that_bear_it() -> None:
    found = documents(CARS, DATA, CARS.replace("南山", "北海").replace("南大", "北大"))
    assert cores(found) == [("学校数据管理办法", ("d1",)), ("车辆管理办法", ("d0", "d2"))]


@pytest.mark.parametrize(
    ("quoted", "doc_ids", "exact"),
    [
        ("南山大学车辆管理办法（试行）", {"d0"}, {"d0"}),
        ("南山大学车辆管理办法", {"d0"}, set()),
        ("车辆管理办法", {"d0"}, set()),
        ("海东市学校数据管理办法", {"d1"}, set()),
        ("管理办法", set(), set()),
        ("", set(), set()),
    ],
)
def test_documents_by_a_title_between_marks(quoted: str, doc_ids: set[str], exact: set[str]) -> None:
    found = documents(CARS, DATA)
    by_title, single = Titles(found, Versions(found), {}).find(quoted)
    assert (set(by_title), set(single)) == (doc_ids, exact)


# Where a question points.


@pytest.fixture(scope="module")
def finder() -> ScopeFinder:
    places = frozenset({"上海", "上海市", "青岛", "北京", "南京市", "巴音郭楞蒙", "鄂尔多斯"})
    return ScopeFinder(documents(CARS, DATA, ADS, GROUP), places)


@pytest.mark.parametrize(
    ("question", "doc_ids", "unknown"),
    [
        ("上海的任期", (), ("上海",)),
        ("任期上海", (), ("上海",)),
        ("上海市和青岛市怎么规定", (), ("上海市", "青岛市")),
        ("南山大学和上海大学", ("d0",), ("上海大学",)),
        ("南京市的规定", (), ("南京市",)),
        # A school is a name though its place is none; a county is not.
        ("东方大学的规定", (), ("东方大学",)),
        ("东方学院的规定", (), ("东方学院",)),
        ("东方中学的规定", (), ()),
        ("甲乙县的规定", (), ()),
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
    assert (found.doc_ids, found.unknown) == (doc_ids, unknown)
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
        ("车辆管理办法怎么规定", (), ()),
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
