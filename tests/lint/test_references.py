"""References to what is not there."""

from __future__ import annotations

import pytest
from linted import findings, quotes

from policy_qa.lint import Check, Severity
from samples import cut

RULES = """某校信息化管理办法
第一章 总则
第一条 为规范工作，制定本办法。
第二条 {}
第二章 职责
第三条 校长负责全面工作。
教师配合校长的工作。
第四条 信息官的职责：
（一）规划；
（二）实施；
（三）评估。
第五条 本办法自发布之日起施行。
"""
OTHER = "某校学术委员会章程（试行）\n第一条 为规范工作，制定本章程。\n第二条 委员任期三年。\n"


def dangling(words: str) -> list[str]:
    return quotes(RULES.format(words), Check.DANGLING_REFERENCE, cut(OTHER, "other"))


@pytest.mark.parametrize(
    ("words", "quote"),
    [
        ("依照本办法第三十条办理。", "第三十条"),
        ("依照本办法第12条办理。", "第12条"),
        ("依照第八条的规定办理。", "第八条"),
        ("依照本办法第三条至第九条办理。", "第三条至第九条"),
        ("依照本办法第三条、第七条办理。", "第七条"),
        ("依照本办法第三至八条办理。", "第三至八条"),
        ("依照本办法第三条第三款办理。", "第三条第三款"),
        ("依照本办法第四条第五项办理。", "第四条第五项"),
        ("依照本办法第四条第（一）项、第（四）项办理。", "第（四）项"),
        ("依照本办法第三条之一办理。", "第三条之一"),
        ("依照本办法第六章的规定办理。", "第六章"),
        ("依照本条第二款办理。", "本条第二款"),
        ("前款规定的情形除外。", "前款"),
        ("依照《某校学术委员会章程》第九条办理。", "第九条"),
    ],
)
def test_dangling(words: str, quote: str) -> None:
    (found,) = dangling(words)
    assert found.startswith(quote)


@pytest.mark.parametrize(
    "words",
    [
        "依照本办法第三条第二款、第四条第（二）项办理。",
        "依照本办法第四条第一项至第三项办理。",
        "依照第三条、第四条和第五条的规定办理。",
        "依照本办法第二章的规定办理。",
        "依照前条的规定办理。",
        "依照《某校学术委员会章程（试行）》第二条办理。",
        "依照《中华人民共和国教育法》第八十条、第九十条办理。",
        "依照教育法第八十条的规定办理，违反该法第九十条的，从重处理。",
        "依照《某省条例》第八十条的规定处理；情节严重的，依照第九十条的规定处理。",
        "通知写道：“依照第九十条办理。”",
        "学校共有第一批、第二条线路和第三款产品。",
    ],
)
def test_not_dangling(words: str) -> None:
    assert dangling(words) == []


def test_the_first_article_has_none_before_it() -> None:
    text = "某校办法\n第一条 依照前条的规定办理。\n第二条 依照前条的规定办理。\n"
    assert quotes(text, Check.DANGLING_REFERENCE) == ["前条"]


def test_a_paragraph_before() -> None:
    text = "某校办法\n第一条 校长负责。\n前款规定不适用于分校。\n第二条 本办法自发布之日起施行。\n"
    assert quotes(text, Check.DANGLING_REFERENCE) == []
    assert quotes(text.replace("前款", "前两款"), Check.DANGLING_REFERENCE) == ["前两款"]


def test_what_the_document_says_of_itself_is_surer_than_a_bare_number() -> None:
    severities = {
        words: next(f.severity for f in findings(RULES.format(words)) if f.check is Check.DANGLING_REFERENCE)
        for words in ("依照本办法第三十条办理。", "依照第三十条办理。")
    }
    assert list(severities.values()) == [Severity.ERROR, Severity.WARNING]


def test_the_same_number_in_another_instrument_of_the_file_does_not_help() -> None:
    one = "某校甲办法\n第一条 依照本办法第四条办理。\n第二条 乙。\n第三条 丙。\n"
    two = "某校乙办法\n第一条 甲。\n第二条 乙。\n第三条 丙。\n第四条 丁。\n"
    assert quotes(one + two, Check.DANGLING_REFERENCE) == ["第四条"]


def test_a_document_in_several_versions_needs_the_number_in_one() -> None:
    newer = cut(OTHER + "第三条 本章程自发布之日起施行。\n", "newer")
    text = RULES.format("依照《某校学术委员会章程》第三条办理。")
    assert quotes(text, Check.DANGLING_REFERENCE, cut(OTHER, "other")) == ["第三条"]
    assert quotes(text, Check.DANGLING_REFERENCE, cut(OTHER, "other"), newer) == []


def test_sections_of_a_plan_that_has_no_articles() -> None:
    text = "某校实施方案\n一、目标\n做好工作。\n二、任务\n依照本方案第{}条办理。\n三、保障\n做好保障。\n"
    assert quotes(text.format("三"), Check.DANGLING_REFERENCE) == []
    assert quotes(text.format("七"), Check.DANGLING_REFERENCE) == ["第七条"]


def test_an_amendment_speaks_of_another_instrument() -> None:
    text = "某校关于修改某办法的决定\n第一条 将第三十条修改为：“第三十条 甲。”\n第二条 删去第四十条。\n"
    assert quotes(text, Check.DANGLING_REFERENCE) == []


def test_a_decision_says_what_a_law_shall_say() -> None:
    text = "某会关于修改某法的决定\n一、第五条修改为：依照本法第三十条办理。\n二、本决定自发布之日起施行。\n"
    assert quotes(text, Check.DANGLING_REFERENCE) == []


def test_a_text_without_any_number() -> None:
    assert quotes("某校关于放假的通知\n各部门应当依照本通知第三条做好工作。\n", Check.DANGLING_REFERENCE) == []


def test_an_interpretation_has_numbers_of_its_own() -> None:
    text = "某法院关于民事赔偿的解释\n第一条 依照本解释第九条办理。\n第三条 本解释自公布之日起施行。\n"
    assert [f.quote for f in findings(text)] == ["第九条", "第三条"]
