"""References inside a provision: what they lead to, and what they do not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_qa.datamodels import Citation
from policy_qa.numerals import to_han
from policy_qa.references import Reference, Resolver, with_references
from samples import at, cut

RULES = """某校信息化管理办法
第一章 总则
第一条 为规范工作，制定本办法。
第二条 {}
第二章 职责
第三条 校长负责全面工作。
教师配合校长的工作。
学生可以提出建议。
第四条 信息官的职责：
（一）规划；
（二）实施；
（三）评估。
第四条之一 信息官可以设副职。
第五条 本办法自发布之日起施行。
附件1 名单
张三
附件2 表格
李四
"""
OTHER = "某校学术委员会章程（试行）\n第一条 为规范工作，制定本章程。\n第二条 委员任期三年。\n"


def found(words: str, path: str = "2") -> tuple[Reference, ...]:
    segmentation = cut(RULES.format(words))
    return tuple(Resolver([cut(OTHER, "other")]).references(segmentation, at(segmentation, path)))


def targets(words: str, path: str = "2") -> list[tuple[str, list[str]]]:
    return [(r.text, [t.removeprefix("x#") for t in r.targets]) for r in found(words, path)]


@pytest.mark.parametrize(
    ("words", "text", "paths"),
    [
        ("依照本办法第三条办理。", "本办法第三条", ["3"]),
        ("依照第5条的规定办理。", "第5条", ["5"]),
        ("依照第四条之一办理。", "第四条之一", ["4-1"]),
        ("依照本办法第三条第二款办理。", "本办法第三条第二款", ["3.p2"]),
        ("依照本办法第四条第（二）项办理。", "本办法第四条第（二）项", ["4.2"]),
        ("依照本办法第四条第一项至第三项办理。", "本办法第四条第一项至第三项", ["4.1", "4.2", "4.3"]),
        ("依照本办法第四条第（一）、（三）项办理。", "本办法第四条第（一）、（三）项", ["4.1", "4.3"]),
        ("依照本办法第三条至第五条办理。", "本办法第三条至第五条", ["3", "4", "4-1", "5"]),
        ("依照第三至五条办理。", "第三至五条", ["3", "4", "4-1", "5"]),
        ("依照第三条第一款至第三款办理。", "第三条第一款至第三款", ["3.p1", "3.p2", "3.p3"]),
        ("依照前条的规定办理。", "前条", ["1"]),
        ("依照本办法第二章的规定办理。", "本办法第二章", ["3", "4", "4-1", "5"]),
        ("名单见附件1。", "附件1", ["appendix-1"]),
        ("填写本办法附件2。", "本办法附件2", ["appendix-2"]),
        ("上述第四条的规定适用于分校。", "第四条", ["4"]),
    ],
)
def test_leads_to(words: str, text: str, paths: list[str]) -> None:
    assert targets(words) == [(text, paths)]


def test_another_document_on_file_and_one_that_is_not() -> None:
    (reference,) = found("依照《某校学术委员会章程》第二条和《某校人事办法》第三条办理。")
    assert (reference.text, reference.targets) == ("《某校学术委员会章程》第二条", ("other#2",))


def test_in_text_order_and_at_their_offsets() -> None:
    segmentation = cut(RULES.format("依照第五条、第三条和本办法附件2办理，前条另有规定的除外。"))
    own = tuple(Resolver().references(segmentation, at(segmentation, "2")))
    assert [r.targets for r in own] == [("x#5",), ("x#3",), ("x#appendix-2",), ("x#1",)]
    assert all(segmentation.document.text[r.start : r.end] == r.text for r in own)
    assert [r.start for r in own] == sorted(r.start for r in own)


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("依照本办法第三十条办理。", "本办法第三十条"),
        ("依照本办法第四条之二办理。", "本办法第四条之二"),
        ("依照本办法第三条第五款办理。", "本办法第三条第五款"),
        ("依照本办法第四条第（五）项办理。", "本办法第四条第（五）项"),
        ("前款规定的情形除外。", "前款"),
        ("填写附件3。", "附件3"),
    ],
)
def test_what_is_not_there_is_missing_never_a_neighbour(words: str, text: str) -> None:
    (reference,) = found(words)
    assert (reference.text, reference.targets, reference.missing) == (text, (), True)


@given(st.integers(1, 12), st.integers(1, 40), st.sampled_from(["第{}条", "本办法第{}条", "上述第{}条"]))
def test_a_number_leads_to_itself_or_nowhere(count: int, number: int, form: str) -> None:
    body = "".join(f"第{to_han(n)}条 事项{to_han(n)}由学校办理。\n" for n in range(1, count + 1))
    text = f"某校办法\n{body}第{to_han(count + 1)}条 依照{form.format(to_han(number))}的规定办理。\n"
    segmentation = cut(text)
    own = tuple(Resolver().references(segmentation, at(segmentation, str(count + 1))))
    if number <= count:
        assert [(r.targets, r.missing) for r in own] == [((f"x#{number}",), False)]
    elif number == count + 1:
        assert own == ()
    else:
        assert [(r.targets, r.missing) for r in own] == [((), True)]


@pytest.mark.parametrize(
    "words",
    [
        "依照刑法第三条、第五条的规定办理。",
        "依照刑法第三百零七条之一前三款的规定办理。",
        "该办法第三条另有规定。",
        "通知写道：“依照第五条办理。”",
        "第一批、第二项目和第三款产品目前款项已付。",
        "本章程另行制定，本条例外处理。",
        "电子邮件附件不得超过二十兆，《某校合同》附件2除外。",
        "依照《某省条例》第三条的规定处理；情节严重的，依照第五条的规定处理。",
    ],
)
def test_not_a_reference_of_ours(words: str) -> None:
    assert targets(words) == []


FORM = """某校办法
第一章 总则
第一条 有下列情形之一的，不得担任：
（一）受过处分；
（二）未满三年，但有前项情形的除外；
（三）其他。
前款规定的情形，由学校认定；有前款第（二）项情形的，从其规定。
有前两款情形的，依照第一款和第（三）项办理。
第二条 依照前条第二款和本章的规定办理，前条第一款、第三款除外。
第二章 附则
第三条 依照本条第一款、第二款办理。
本条所称学校，指本校。
第五条 依照前条办理。
"""


def test_by_place() -> None:
    segmentation = cut(FORM)

    def at_path(path: str) -> list[tuple[str, list[str], bool]]:
        own = tuple(Resolver().references(segmentation, at(segmentation, path)))
        return [(r.text, [t.removeprefix("x#") for t in r.targets], r.missing) for r in own]

    assert at_path("1.2") == [("前项", ["1.1"], False)]
    assert at_path("1.p2") == [("前款", ["1.p1"], False), ("前款第（二）项", ["1.2"], False)]
    assert at_path("1.p3") == [
        ("前两款", ["1.p1", "1.p2"], False),
        ("第一款", ["1.p1"], False),
        ("第（三）项", ["1.3"], False),
    ]
    assert at_path("2") == [
        ("前条第二款", ["1.p2"], False),
        ("本章", ["1"], False),
        ("前条第一款", ["1.p1"], False),
        ("第三款", ["1.p3"], False),
    ]
    assert at_path("3")[1:] == [("第二款", ["3.p2"], False)]
    # 第四条 is missing: 前条 of 第五条 is not 第三条.
    assert at_path("5") == [("前条", [], True)]


def test_sections_without_articles() -> None:
    segmentation = cut("某校实施方案\n一、目标\n做好工作。\n二、任务\n依照本方案第三条办理。\n三、保障\n做好保障。\n")
    (reference,) = Resolver().references(segmentation, at(segmentation, "2"))
    assert reference.targets == ("x#3",)


def test_inside_an_attachment_its_own_articles_count() -> None:
    text = "某校通知\n第一条 甲。\n第二条 乙。\n附件1\n某校细则\n第一条 丙。\n第二条 依照第一条办理。\n"
    segmentation = cut(text)
    path = next(
        p.path
        for p in segmentation.provisions
        if p.path.startswith("appendix-1") and "依照第一条" in segmentation.text_of(p) and p.path.endswith("2")
    )
    (reference,) = Resolver().references(segmentation, at(segmentation, path))
    assert reference.targets == ("x#appendix-1.1",)


def test_an_interpretation_speaks_of_its_own_articles_by_name_only() -> None:
    text = "某院关于适用《某法》的解释\n第一条 甲。\n"
    text += "第二条 依照本解释第一条办理，符合第三条的除外。\n第三条 依照第一条办理。\n"
    segmentation = cut(text)
    assert [r.text for r in Resolver().references(segmentation, at(segmentation, "2"))] == ["本解释第一条"]
    assert not list(Resolver().references(segmentation, at(segmentation, "3")))


def test_citations_carry_what_is_referred_to() -> None:
    segmentation = cut(RULES.format("依照本办法第四条第（二）项办理，依照第三十条的除外。"))
    text = segmentation.document.text
    start = text.index("依照第三十条")
    whole = at(segmentation, "2")
    citations = [
        Citation(n=1, ref="x#2", cite="", quote=text[whole.start : start], start=whole.start, end=start),
        Citation(n=2, ref="x#2", cite="", quote=text[start : whole.end], start=start, end=whole.end),
        Citation(n=3, ref="x#5", cite="", quote="", start=0, end=0),
    ]
    one, two, three = with_references(citations, {"x": segmentation}, Resolver([segmentation]))
    (referred,) = one.references
    assert referred.cite == "《某校信息化管理办法》第四条第二项"
    assert (referred.text, referred.ref, referred.quote) == ("本办法第四条第（二）项", "x#4.2", "实施；")
    assert text[referred.start : referred.end] == referred.quote
    assert [(r.text, r.missing) for r in two.references] == [("第三十条", True)]
    assert three.references == ()
