"""Which documents a question names."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

import pytest

from policy_qa.datamodels import Document
from policy_qa.naming.instruments import numbered, titles_of
from policy_qa.naming.scope import OTHER_FORMS, ScopeFinder
from policy_qa.words import place_names
from samples import cut


@pytest.fixture(scope="module")
def finder(documents: tuple[Document, ...]) -> ScopeFinder:
    return ScopeFinder(documents, frozenset(place_names()))


@pytest.mark.parametrize(
    ("question", "doc_ids"),
    [
        ("宜春学院CIO的任期？", ("yichun-cio",)),
        ("宜春的CIO", ("yichun-cio",)),
        ("ＹＩＣＨＵＮ CIO的任期", ("yichun-cio",)),
        ("What does Yichun University say?", ("yichun-cio",)),
        ("贺兰县的首席信息官", ("helan-cio",)),
        ("贺兰呢？", ("helan-cio",)),
        ("Who is the CIO in Helan County?", ("helan-cio",)),
        ("焦作市教育局怎么规定", ("jiaozuo-cio",)),
        ("焦作", ("jiaozuo-cio",)),
        ("Jiaozuo's CIO", ("jiaozuo-cio",)),
        ("焦教文〔2022〕60号说了什么", ("jiaozuo-cio",)),
        ("办发〔2014〕39号", ("it-leading-group",)),
        ("《信息化工作领导小组工作办法》第七条", ("it-leading-group",)),
        ("宜春和贺兰的任期", ("yichun-cio", "helan-cio")),
        ("贺兰和宜春的任期", ("helan-cio", "yichun-cio")),
        ("谁可以担任CIO？", ()),
        ("学校的CIO是谁", ()),
    ],
)
def test_documents_named(finder: ScopeFinder, question: str, doc_ids: tuple[str, ...]) -> None:
    found = finder.find(question)
    assert (found.doc_ids, found.unknown, found.foreign_titles) == (doc_ids, (), ())
    assert not (doc_ids and found.soft)


@pytest.mark.parametrize(
    ("question", "doc_ids"),
    [
        ("宜春学院和领导小组办法的会议多久开一次？", ("yichun-cio", "it-leading-group")),
        ("领导小组办法与宜春制度有什么不同？", ("it-leading-group", "yichun-cio")),
        ("贺兰和学校领导小组的职责有何区别？", ("helan-cio", "it-leading-group")),
        ("宜春学院的领导小组办公室设在哪里？", ("yichun-cio",)),
        ("贺兰要求学校成立领导小组吗？", ("helan-cio",)),
    ],
)
def test_a_second_document_by_the_short_name_that_it_gives_itself(
    finder: ScopeFinder, question: str, doc_ids: tuple[str, ...]
) -> None:
    assert finder.find(question).doc_ids == doc_ids


def test_names_are_no_words_to_search_for(finder: ScopeFinder) -> None:
    rest = finder.find("宜春学院CIO的任期").rest
    assert "宜春" not in rest
    assert "任期" in rest


def test_a_term_that_a_document_defines_points_to_it_softly(finder: ScopeFinder) -> None:
    found = finder.find("领导小组多久开一次会")
    assert (found.doc_ids, found.soft) == (("it-leading-group",), True)
    assert "领导小组" in found.rest


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("清华大学的CIO是谁", "清华大学"),
        ("北京市的CIO任期", "北京市"),
        ("上海的学校呢", "上海"),
        ("请问武汉大学有CIO吗", "武汉大学"),
        ("Who is the CIO of Tsinghua University?", "Tsinghua University"),
    ],
)
def test_institutions_that_are_not_on_file(finder: ScopeFinder, question: str, name: str) -> None:
    found = finder.find(question)
    assert (found.doc_ids, found.unknown) == ((), (name,))


def test_a_latin_name_right_beside_chinese(finder: ScopeFinder) -> None:
    assert finder.find("yichun的CIO任期").doc_ids == ("yichun-cio",)


def test_the_first_word_of_a_question_is_no_part_of_a_name(finder: ScopeFinder) -> None:
    assert finder.find("Does Tsinghua University have a CIO?").unknown == ("Tsinghua University",)


def test_a_school_on_file_in_english_is_no_stranger() -> None:
    document = cut("清河市实验中学访客管理办法\n第一条 访客应当预约。\n", "qinghe").document
    found = ScopeFinder([document], frozenset()).find("Can visitors drive into Qinghe Experimental Middle School?")
    assert (found.doc_ids, found.unknown) == (("qinghe",), ())


def test_a_title_that_is_not_on_file(finder: ScopeFinder) -> None:
    found = finder.find("《网络安全法》第三条是什么")
    assert (found.doc_ids, found.foreign_titles) == ((), ("网络安全法",))


@pytest.mark.parametrize(
    "question",
    [
        "各校CIO的任期",
        "哪些学校规定了任期",
        "三个学校分别怎么规定",
        "两家的任期多长",
        "哪家更长",
        "what does each school say",
    ],
)
def test_all_of_them_on_purpose(finder: ScopeFinder, question: str) -> None:
    found = finder.find(question)
    assert (found.every, found.doc_ids) == (True, ())


@pytest.mark.parametrize(
    "question", ["第三章都有哪几条", "值班都有什么要求", "组长都是谁", "要找哪家医院", "两家供应商比价"]
)
def test_what_lists_the_parts_of_one_thing_asks_not_all_of_them(finder: ScopeFinder, question: str) -> None:
    assert not finder.find(question).every


def test_nothing_here_knows_a_particular_policy() -> None:
    other = [
        cut("海东市教育局文件\n海东市学校数据管理办法\n第一条 甲。\n第二条 乙。\n", "haidong").document,
        cut("南山中学校园网管理规定（试行）\n第一条 甲。\n第二条 乙。\n", "nanshan").document,
    ]
    finder = ScopeFinder(other, frozenset(place_names()))
    assert finder.find("海东怎么规定").doc_ids == ("haidong",)
    assert finder.find("南山中学的规定").doc_ids == ("nanshan",)
    assert finder.find("宜春学院的任期").doc_ids == ()


def test_an_institution_owns_all_its_documents() -> None:
    text = "海东市教育局文件\n海东市学校{}管理办法\n第一条 甲。\n第二条 乙。\n"
    two = [cut(text.format(what), what).document for what in ("数据", "网络")]
    finder = ScopeFinder(two, frozenset(place_names()))
    found = finder.find("海东市教育局怎么规定")
    assert (found.doc_ids, found.several) == (("数据", "网络"), False)
    assert [party.doc_ids for party in found.parties] == [("数据", "网络")]
    assert finder.find("《海东市学校数据管理办法》怎么规定").doc_ids == ("数据",)


LAWS = {
    "电信条例(2016-02-06)": "中华人民共和国电信条例",
    "道路运输条例(2022-03-29)": "中华人民共和国道路运输条例",
    "行政学院工作条例(2009-12-22)": "行政学院工作条例",
    "行政法规制定程序条例(2017-12-22)": "行政法规制定程序条例",
    "解释": "最高人民法院关于适用《中华人民共和国电信条例》若干问题的解释（一）",
}


@pytest.fixture(scope="module")
def of_laws() -> ScopeFinder:
    found = [cut(f"{title}\n第一条 {doc_id}。\n第二条 乙。\n", doc_id) for doc_id, title in LAWS.items()]
    return ScopeFinder([s.document for s in found], frozenset(place_names()))


@pytest.mark.parametrize(
    ("question", "doc_id"),
    [
        ("《中华人民共和国电信条例》第一条", "电信条例(2016-02-06)"),
        ("《电信条例》第一条", "电信条例(2016-02-06)"),
        ("电信条例第一条", "电信条例(2016-02-06)"),
        ("中华人民共和国道路运输条例第一条", "道路运输条例(2022-03-29)"),
        ("《行政法规制定程序条例》第一条", "行政法规制定程序条例(2017-12-22)"),
        ("行政法规制定程序条例第一条", "行政法规制定程序条例(2017-12-22)"),
        ("《最高人民法院关于适用《中华人民共和国电信条例》若干问题的解释（一）》第一条", "解释"),
        ("《最高人民法院关于适用〈电信条例〉若干问题的解释(一)》第一条", "解释"),
        ("最高人民法院关于适用《中华人民共和国电信条例》若干问题的解释（一）第一条", "解释"),
        ("最高人民法院关于适用〈中华人民共和国电信条例〉若干问题的解释（一）第一条", "解释"),
        ("最高人民法院关于适用<中华人民共和国电信条例>若干问题的解释（一）第一条", "解释"),
    ],
)
def test_a_law_by_its_title_whole_or_short(of_laws: ScopeFinder, question: str, doc_id: str) -> None:
    found = of_laws.find(question)
    assert (found.doc_ids, found.foreign_titles) == ((doc_id,), ())


@pytest.mark.parametrize(
    "title",
    ["中华人民共和国刑法", "铁路电信条例", "行政处罚法", "最高人民法院关于适用《中华人民共和国电信条例》的解释"],
)
def test_a_title_that_holds_another_or_the_name_of_the_state_is_not_it(of_laws: ScopeFinder, title: str) -> None:
    assert of_laws.find(f"《{title}》第一条").foreign_titles == (title,)


def test_a_title_inside_a_file() -> None:
    two = cut("某大学采购管理办法\n第一条 甲。\n第二条 乙。\n某大学评标实施细则\n第一条 丙。\n第二条 丁。\n", "采购")
    finder = ScopeFinder([two.document], frozenset(), instruments={"采购": numbered(two)})
    assert finder.find("《某大学评标实施细则》第一条").instruments == (("采购", "某大学评标实施细则"),)
    assert finder.find("《某大学采购管理办法》第一条").instruments == (("采购", "某大学采购管理办法"),)


@pytest.mark.parametrize("issuer", ["某大学", ""])
@pytest.mark.parametrize("marks", ["《{}》", "{}"])
def test_an_older_text_by_its_own_title(issuer: str, marks: str) -> None:
    body = "".join(
        f"第{n}条 学校{n}采购货物、服务和工程，应当公开、公平、公正，接受监督{n}。\n" for n in "一二三四五六七八"
    )
    old = cut(f"{issuer}货物采购暂行管理办法\n{body}某大学\n2015年3月1日\n", "old").document
    new = cut(f"{issuer}货物采购管理办法\n{body}某大学\n2022年3月1日\n", "new").document
    finder = ScopeFinder([old, new], frozenset())
    assert finder.find(marks.format(f"{issuer}货物采购暂行管理办法") + "第一条").doc_ids == ("old",)
    assert finder.find(marks.format(f"{issuer}货物采购管理办法") + "第一条").doc_ids == ("new",)


def rules(*titles: str) -> list[Document]:
    return [
        cut(f"{title}\n第一条 甲{title}。\n第二条 乙。\n第三条 丙。\n", f"d{i}").document
        for i, title in enumerate(titles)
    ]


@pytest.mark.parametrize(
    ("question", "doc_ids"),
    [
        ("数据资源管理办法第三条", ("d0", "d1")),
        ("数据资源管理办法的第3条说了什么", ("d0", "d1")),
        ("请问数据资源管理办法 第三条", ("d0", "d1")),
        ("南山大学数据资源管理办法第三条", ("d0",)),
        ("数据资源管理办法由谁制定", ("d0", "d1")),
        ("数据资源管理第三条", ()),
        ("管理办法第三条", ()),
    ],
)
def test_a_title_without_its_issuer_before_a_number(question: str, doc_ids: tuple[str, ...]) -> None:
    documents = rules("南山大学数据资源管理办法", "北海大学数据资源管理办法", "南山大学印章管理办法")
    assert ScopeFinder(documents, frozenset()).find(question).doc_ids == doc_ids


def test_what_a_title_is_about_is_no_name_of_it() -> None:
    finder = ScopeFinder(rules("广告管理条例", "婚姻登记条例"), frozenset())
    assert finder.find("发布虚假广告怎么处理").doc_ids == ()
    assert finder.find("广告管理条例怎么规定").doc_ids == ("d0",)


def test_the_members_of_a_committee_are_no_name_of_it() -> None:
    law = cut("村民委员会组织法\n第一条 村民自治。\n第二条 村民委员会。\n", "law").document
    finder = ScopeFinder([replace(law, issuer="村民委员会")], frozenset())
    assert finder.find("村民可以转让宅基地吗").doc_ids == ()


def test_other_forms_of_chinese_characters_are_all_known() -> None:
    han = re.compile(r"[\u4e00-\u9fff]")
    other = [c for c in map(chr, range(0x110000)) if not han.match(c) and han.search(unicodedata.normalize("NFKC", c))]
    assert [c for c in other if not OTHER_FORMS.match(c)] == []
    assert not OTHER_FORMS.search("".join(map(chr, range(0x4E00, 0xA000))))


def test_a_name_in_other_forms_is_heard() -> None:
    documents = [cut("某大学章程\n第一条 与\u2f26\u5b8f市合作。\n第二条 乙。\n", "x").document]  # 子 as a radical
    assert ScopeFinder(documents, frozenset({"子宏市"})).find("子宏市怎么规定").aside == ()
    assert ScopeFinder(rules("某大学章程"), frozenset({"子宏市"})).find("子宏市怎么规定").aside == ("子宏市",)


def test_the_end_of_the_own_title_over_an_attachment_is_no_other_title() -> None:
    text = (
        "关于审理某某刑事案件若干问题的解释\n现决定作如下修改：\n一、删除第一条。\n二、增加一条。\n附：\n"
        "关于审理某某刑事案件\n若干问题的解释\n为了依法审理，现解释如下：\n"
        "第一条 具有下列情形之一的：\n（一）甲；\n（二）乙。\n第二条 丙。\n"
    )
    assert titles_of(cut(text, "x")) == ()


def test_a_number_inside_a_file_is_that_of_its_instrument() -> None:
    two = cut("某大学采购管理办法\n第一条 甲。\n第二条 乙。\n某大学评标实施细则\n第一条 丙。\n第二条 丁。\n", "采购")
    inside = {"采购": dict.fromkeys(numbered(two), "") | {"某大学评标实施细则": "某大采〔2024〕7号"}}
    found = ScopeFinder([two.document], frozenset(), instruments=inside).find("某大采[2024]7号第一条")
    assert (found.doc_ids, found.instruments) == (("采购",), (("采购", "某大学评标实施细则"),))
