"""Which texts are one policy, and which of them is in force."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

import pytest

from policy_qa.datamodels import Document
from policy_qa.facts.catalogue import Versions, tell_apart
from policy_qa.facts.model import Family
from samples import cut

TODAY = datetime.date(2026, 6, 1)
RULES = (
    "为加强学校信息化建设，提高管理水平，制定本办法。",
    "首席信息官由校长提名，经校长办公会审议通过，报党委常委会批准后聘任。",
    "首席信息官任期3年，可以连任，连任不超过2届。",
    "信息化经费列入学校年度预算，专款专用，不得挪用。",
    "各部门应当指定一名信息化联络员，负责本部门的信息化工作。",
)
OTHER_RULES = (
    "研究生招生工作坚持公平、公正、公开的原则，择优录取。",
    "复试小组由五名以上教师组成，实行组长负责制和回避制度。",
    "考生对录取结果有异议的，可以在公示期内书面申诉。",
)


def policy(
    doc_id: str, title: str, rules: Sequence[str] = RULES, *, head: str = "", number: str = "", end: str = ""
) -> Document:
    lines = [line for line in (head, number, title) if line]
    numbers = "一二三四五六七八九十"
    lines += [f"第{n}条 {rule}" for n, rule in zip(numbers, [*rules, *([end] if end else [])], strict=False)]
    return cut("\n".join(lines) + "\n", doc_id).document


def found(*documents: Document, today: datetime.date = TODAY) -> list[list[str]]:
    """The doc_ids of the families, the one in force first."""
    return [list(f.doc_ids) for f in Versions(documents).on(today)]


def only(*documents: Document, today: datetime.date = TODAY) -> Family:
    (family,) = Versions(documents).on(today)
    return family


def test_the_four_policies_are_four(documents: tuple[Document, ...]) -> None:
    assert Versions(documents).on(TODAY) == ()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("东湖学院信息化管理办法（讨论稿）", "东湖学院信息化管理办法"),
        ("东湖学院信息化管理办法（征求意见稿）", "东湖学院信息化管理办法"),
        ("东湖学院信息化管理办法（第二次征求意见稿）", "东湖学院信息化管理办法"),
        ("东湖学院信息化管理办法（试行）", "东湖学院信息化管理办法"),
        ("东湖学院信息化管理暂行办法", "东湖学院信息化管理办法"),
        ("东湖学院信息化管理办法(2022年修订)", "东湖学院信息化管理办法（2024年修订）"),
        ("东湖学院信息化管理办法（2022年）", "东湖学院信息化管理办法（2024年9月修订版）"),
        ("东湖学院信息化管理办法", "信息化管理办法（讨论稿）"),
        ("关于印发《东湖学院信息化管理办法》的通知", "东湖学院信息化管理办法（讨论稿）"),
        ("东湖学院信息化管理办法（修订）", "东湖学院 信息化管理办法"),
        ("东湖学院信息化管理办法", "东湖学院信息化建设管理办法"),
    ],
)
def test_one_policy(one: str, other: str) -> None:
    assert [sorted(ids) for ids in found(policy("a", one), policy("b", other))] == [["a", "b"]]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("宜春学院首席信息官制度", "东湖学院首席信息官制度"),  # the same words, another school
        ("贺兰县首席信息官实施方案", "宜春学院首席信息官实施方案"),
        ("东湖学院信息化管理办法", "东湖学院附属中学信息化管理办法"),
        ("东湖学院信息化管理办法", "东湖学院信息化管理办法实施细则"),
        ("东湖学院信息化管理办法", "《东湖学院信息化管理办法》政策解读"),
        ("东湖学院信息化管理办法", "东湖学院信息化管理规定"),
        ("东湖学院信息化管理办法", "东湖学院信息化管理办法附件"),
    ],
)
def test_never_one_policy_though_the_words_are_the_same(one: str, other: str) -> None:
    assert found(policy("a", one), policy("b", other)) == []


def test_different_matters_under_one_name() -> None:
    two = [policy("a", "东湖学院2022年实施方案"), policy("b", "东湖学院2024年实施方案", OTHER_RULES)]
    assert found(*two) == []
    assert found(policy("a", "实施方案"), policy("b", "实施方案", OTHER_RULES)) == []


def test_without_an_issuer_what_they_say_decides() -> None:
    assert found(policy("a", "信息化管理办法"), policy("b", "信息化管理办法（试行）")) == [["a", "b"]]
    assert found(policy("a", "信息化管理办法"), policy("b", "信息化管理办法", OTHER_RULES)) == []


def test_a_text_without_an_issuer_joins_no_two_schools() -> None:
    three = [
        policy("a", "东湖学院信息化管理办法"),
        policy("b", "信息化管理办法"),
        policy("c", "西山学院信息化管理办法"),
    ]
    assert len(found(*three)) == 1
    assert len(found(*three)[0]) == 2


def test_letterheads_and_numbers_tell_schools_apart() -> None:
    one = policy("a", "信息化管理办法", head="东湖县教育局文件", number="东教发〔2022〕3号")
    other = policy("b", "信息化管理办法", head="西山县教育局文件", number="西教发〔2022〕3号")
    assert found(one, other) == []
    same = policy("b", "信息化管理办法", head="东湖县教育体育局文件", number="东教体发〔2024〕3号")
    assert found(one, same) == [["b", "a"]]


def test_an_issued_text_comes_before_a_newer_draft() -> None:
    family = only(
        policy("draft", "东湖学院信息化管理办法（征求意见稿）", number="东院发〔2025〕9号"),
        policy("issued", "东湖学院信息化管理办法", number="东院发〔2022〕9号"),
    )
    assert family.name == "东湖学院信息化管理办法"
    assert [(m.doc_id, m.label, m.in_force) for m in family.members] == [
        ("issued", "2022年印发", True),
        ("draft", "征求意见稿", False),
    ]
    assert family.members[1].why == "未施行"


def test_the_newest_issued_text_is_in_force() -> None:
    years = ("2019", "2024", "2022")
    texts = [policy(f"y{y}", "东湖学院信息化管理办法", number=f"东院发〔{y}〕9号") for y in years]
    assert found(*texts) == [["y2024", "y2022", "y2019"]]
    assert [m.in_force for m in only(*texts).members] == [True, False, False]


def test_dates_come_from_titles_and_closing_words_too() -> None:
    assert found(
        policy("a", "东湖学院信息化管理办法（2022年修订）"), policy("b", "东湖学院信息化管理办法（2024年修订）")
    ) == [["b", "a"]]
    assert found(
        policy("a", "东湖学院信息化管理办法", end="本办法自2019年9月1日起施行。"),
        policy("b", "东湖学院信息化管理办法", end="本办法自二〇二一年九月一日起施行。"),
    ) == [["b", "a"]]


def test_of_drafts_alone_the_newest_answers_and_none_is_in_force() -> None:
    family = only(
        policy("a", "东湖学院信息化管理办法（讨论稿）", end="2023年3月1日"),
        policy("b", "东湖学院信息化管理办法（征求意见稿）", end="本办法自2024年9月1日起施行。"),
    )
    assert family.doc_ids[0] == "b"
    assert not any(m.in_force for m in family.members)


def test_a_text_to_come_waits_for_its_day() -> None:
    old = policy("old", "东湖学院信息化管理办法", number="东院发〔2022〕9号", end="本办法自2022年9月1日起施行。")
    new = policy(
        "new",
        "东湖学院信息化管理办法",
        number="东院发〔2026〕9号",
        end="本办法自2026年9月1日起施行，原《东湖学院信息化管理办法》同时废止。",
    )
    assert found(old, new, today=datetime.date(2026, 8, 31)) == [["old", "new"]]
    assert found(old, new, today=datetime.date(2026, 9, 1)) == [["new", "old"]]
    assert "尚未施行" in only(old, new, today=datetime.date(2026, 8, 31)).members[1].why


def test_a_text_that_ends_another_settles_it() -> None:
    old = policy("a", "东湖学院信息化管理办法（试行）")
    new = policy(
        "b", "东湖学院信息化管理办法", end="本办法自发布之日起施行，《东湖学院信息化管理办法（试行）》同时废止。"
    )
    family = only(old, new)
    assert (family.doc_ids, family.members[0].in_force) == (("b", "a"), True)
    assert "废止" in family.members[1].why


def test_a_repealed_text_never_comes_first() -> None:
    ended = policy("a", "东湖学院信息化管理办法（废止）", end="本办法自2024年9月1日起施行。")
    assert found(ended, policy("b", "东湖学院信息化管理办法", end="本办法自2022年9月1日起施行。")) == [["b", "a"]]


def test_labels_differ() -> None:
    texts = [policy(i, "东湖学院信息化管理办法（讨论稿）") for i in ("a", "b", "c")]
    labels = [m.label for m in only(*texts).members]
    assert len(set(labels)) == 3


def test_the_order_of_files_does_not_matter() -> None:
    texts = [
        policy("a", "东湖学院信息化管理办法（讨论稿）"),
        policy("b", "东湖学院信息化管理办法", number="东院发〔2022〕9号"),
        policy("c", "东湖学院信息化管理办法", number="东院发〔2024〕9号"),
    ]
    assert found(*texts) == found(*reversed(texts)) == [["c", "b", "a"]]


def test_texts_of_one_title_are_cited_apart() -> None:
    texts = {
        y: cut(f"东院发〔{y}〕9号\n东湖学院信息化管理办法\n第一条 {RULES[0]}\n第二条 {RULES[1]}\n", y)
        for y in ("2022", "2024")
    }
    assert {i: s.document.edition for i, s in tell_apart(texts).items()} == {"2022": "2022年版", "2024": "2024年版"}
    draft = {
        "d": cut(f"东湖学院信息化管理办法（讨论稿）\n第一条 {RULES[0]}\n第二条 {RULES[1]}\n", "d"),
        "2022": texts["2022"],
    }
    assert not any(s.document.edition for s in tell_apart(draft).values())
