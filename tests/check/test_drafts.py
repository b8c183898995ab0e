"""Drafts as school staff write them: what is wrong is told, with the right provision; what is right is left alone."""

from __future__ import annotations

import re

import pytest

from policy_qa.check import FindingKind, Severity, What

from .conftest import Check, kinds, wrong

Y = "《宜春学院首席信息官（CIO）制度（讨论稿）》"
G = "《信息化工作领导小组工作办法》"
H = "《贺兰县中小学校首席信息官实施方案》"
J = "《焦作市教育局关于在全市中小学设立首席教育信息官（CIO）的通知》"

RIGHT = [
    f"根据{Y}第七条第（二）项，CIO任期为三年，可连任，但不超过两届。",
    f"{Y}规定CIO由校长提名。该制度第八条还规定，CIO负责编制信息化发展中长期规划和年度工作计划。",
    "按照我校CIO制度第7条，首席信息官由校长提名推荐，经校长办公会审议后报党委常委会批准。",
    f"{Y}第五条明确，CIO应当是中共党员，并在学校任职满三年。",
    f"{G}第三条规定组长由校长担任，副组长由分管信息化的校领导担任。",
    f"{G}第六条规定专家组由5到7名校内外专家组成。",
    f"{G}第十二条规定，领导小组每学年至少召开一次全体会议，参会人数超过三分之二即可开会。",
    f"{G}第七条第（一）项至第（五）项规定了领导小组的职责。",
    f"{H}第5条规定，每届任期一般不少于3年，可连任。",
    f"{H}四、岗位管理 5.规定，每届任期一般不少于三年。",
    f"{H}要求每年不少于1次集中培训（第16点）。",
    f"{J}第四部分第（二）项规定，首席信息官每年组织一次测评，每2年对学校信息化工作考核一次。",
    f"{J}附件1是推荐表，附件2是汇总表。",
    f"{Y}第十条：“主持召开学校信息化委员会会议”。",
    f"{Y}第七条第二项规定：“……任期3年，可连聘连任……”",
    "推进“一网通办”“一网统管”建设，落实“一把手”责任。",
    "我校拟于2026年3月1日前选聘CIO，任期自聘任之日起计算。每名候选人须提交3份材料。",
    f"按照{Y}的规定，CIO任期3年。本次选聘名额1名，报名时间为11月1日至11月15日，共15天。",
    f"现根据{Y}第六条，推荐副校长李某为CIO人选，请审议。",
    f"为落实{Y}第十七条要求，我办拟于本学期召开2次委员会会议。",
    f"{Y}第七章规定，本制度自发布之日起施行。",
    f"{Y}第二章规定了任职条件与聘任程序。",
    f"我们建议将{Y}第七条中的任期3年修改为5年。",
    f"{Y}第七条并没有对薪酬作出规定。",
    f"问：CIO任期多长？答：3年（{Y}第七条第二项）。",
    f"| 事项 | 规定 | 依据 |\n| 任期 | 3年 | {Y}第七条 |",
    f"根据{Y}（以下简称《制度》）：\n1.任职条件。按《制度》第五条执行。\n2.任期。《制度》第七条规定为三年。",
]

WRONG = [
    (f"根据{Y}第七条第（二）项，CIO任期为5年。", "differs", "CIO任期为5年", "yichun-cio#7.2"),
    ("宜春学院CIO任期5年，可连聘连任。", "differs", "任期5年", "yichun-cio#7.2"),
    (f"{Y}第五条明确，CIO应当在学校任职满五年。", "differs", "满五年", "yichun-cio#5.4"),
    (f"{G}第十二条规定，领导小组每学期至少召开一次全体会议。", "differs", "每学期", "it-leading-group#12"),
    (f"{G}第三条规定组长由党委书记担任。", "differs", "党委书记", "it-leading-group#3"),
    (f"{G}第六条规定专家组由9至11名校内外专家组成。", "differs", "9至11名", "it-leading-group#6"),
    (f"{H}四、岗位管理 5.规定，每届任期不少于5年。", "differs", "不少于5年", "helan-cio#4.5"),
    (f"{H}第16点要求每年不少于2次集中培训。", "differs", "不少于2次", "helan-cio#7.16"),
    (f"{Y}第十七条规定，委员会会议由校长召集。", "differs", "由校长召集", "yichun-cio#17"),
    (f"{Y}第十九条规定，信息化专项经费不得纳入年度预算。", "differs", "不得纳入", "yichun-cio#19"),
    (f"{G}第四条规定，办公室设在网教中心。", "misplaced", "办公室设在网教中心", "it-leading-group#5"),
    (f"{Y}第八条规定：“由学校校长提名推荐”。", "misplaced", "由学校校长提名推荐", "yichun-cio#7.1"),
    (f"{Y}第三条：“领导小组组长由校长担任”。", "misplaced", "领导小组组长由校长担任", "it-leading-group#3"),
    (f"{Y}第十条：“主持召开学校网络安全委员会会议”。", "misquoted", "主持召开", "yichun-cio#10.1"),
    (f"{Y}第七条规定：“由学校党委书记提名推荐。”", "misquoted", "由学校党委书记", "yichun-cio#7.1"),
    (f"{Y}第十一条规定，CIO可以从社会公开招聘，年薪不低于五十万元。", "invented", "年薪", "yichun-cio#11"),
    (f"{Y}第七条要求，CIO须具有博士学位并发表SCI论文五篇。", "invented", "博士学位", "yichun-cio#7"),
    (f"{Y}第十九条：“专项经费每年不少于五百万元，由财政全额拨付”。", "invented", "专项经费", "yichun-cio#19"),
]

MISSING = [
    (f"{Y}第四条规定了职责。", "第四条", "从第一条到第二十三条，其中缺第四条"),
    (f"{Y}第二十六条规定了职责。", "第二十六条", "第二十三条"),
    (f"{Y}第七条之一规定了职责。", "第七条之一", "只有第七条"),
    (f"{Y}第七条第三项规定了职责。", "第七条第三项", "共2项"),
    (f"{Y}第七条第二款规定了职责。", "第七条第二款", "共1款"),
    (f"{Y}第八章规定了职责。", "第八章", ""),
    (f"{G}第七条第（一）项至第（七）项规定了职责。", "第七条第七项", "共5项"),
    (f"{H}第18条规定了经费。", "第十八条", ""),
    (f"{J}附件3是承诺书。", "附件3", ""),
]


@pytest.mark.parametrize("text", RIGHT)
def test_what_is_right_is_left_alone(text: str, check: Check) -> None:
    """A free paraphrase may be left to the reader; nothing that is right is said to be wrong."""
    assert {f.verdict for f in wrong(check(text))} <= {"unverifiable"}
    assert not check(text).errors


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        (f"{Y}第七条第二项规定，任期3年。", "verbatim"),
        (f"{Y}第七条第二项规定，任期三年。", "supported"),
        (f"{G}第三条规定，校长担任领导小组组长。", "supported"),
        (f"{Y}第十七条规定，委员会原则上每学期至少召开1次会议。", "unverifiable"),
        (f"{Y}第十七条规定，委员会每学期召开1次会议。", "unverifiable"),
        (f"{G}第六条规定，专家组由校内专家5至7人组成。", "unverifiable"),
        (f"{Y}第六条规定，CIO由分管信息化工作的副校长担任。", "unverifiable"),
        (f"{Y}第七条第二项规定，任期5年。", "differs"),
    ],
)
def test_a_statement_agrees_only_where_every_part_is_found(text: str, verdict: str, check: Check) -> None:
    (found,) = [f for f in check(text).findings if f.what is What.STATEMENT]
    assert found.verdict == verdict, found


@pytest.mark.parametrize(("text", "kind", "place", "ref"), WRONG)
def test_what_is_wrong_is_told_with_the_provision(text: str, kind: str, place: str, ref: str, check: Check) -> None:
    (found,) = wrong(check(text))
    assert (found.kind, found.severity) == (kind, Severity.ERROR)
    assert place in found.quote
    assert found.source is not None
    assert found.source.ref == ref


@pytest.mark.parametrize(("text", "shown", "detail"), MISSING)
def test_a_number_that_is_not_there_is_never_a_neighbour(text: str, shown: str, detail: str, check: Check) -> None:
    (found,) = wrong(check(text))
    assert (found.kind, found.what, found.cited) == (FindingKind.MISSING, What.CITATION, None)
    assert shown in found.shown
    assert detail in found.message


@pytest.mark.parametrize(
    ("text", "kind", "ref"),
    [
        ("宜春学院规定，CIO任期5年。", "differs", "yichun-cio#7.2"),
        ("宜春学院规定，CIO任期3年。", "ok", "yichun-cio#7.2"),
        ("据了解，宜春学院明确要求，CIO任期5年。", "differs", "yichun-cio#7.2"),
        # Five years may be what 一般不少于3年 allows: nothing is said to be wrong, and where to look is shown.
        ("贺兰县规定，CIO任期5年。", "unverifiable", "helan-cio#4.5"),
        ("贺兰县规定，CIO须具有博士学位。", "unverifiable", ""),
    ],
)
def test_what_an_institution_is_said_to_rule_is_held_against_its_texts(
    text: str, kind: str, ref: str, check: Check
) -> None:
    (found,) = check(text).findings
    source = found.source or found.cited
    assert (found.kind, source.ref if source else "") == (kind, ref)
    if not source:
        assert found.message == "贺兰县的文件中没有找到这样的规定，请对照原文核实。"


@pytest.mark.parametrize("text", ["我们参观了宜春学院。", "宜春学院规定了很多。", "滨海大学规定，CIO任期5年。"])
def test_an_institution_that_rules_nothing_or_is_not_on_file_is_passed_over(text: str, check: Check) -> None:
    assert check(text).findings == ()


def test_a_missing_number_is_told_where_its_words_stand(check: Check) -> None:
    (found,) = wrong(check(f"{Y}第七条第二款规定，CIO任期3年，可连聘连任。"))
    assert found.kind is FindingKind.MISSING
    assert found.right is not None
    assert found.right.ref == "yichun-cio#7.2"


def test_another_law_is_a_note_and_no_error(check: Check) -> None:
    report = check(f"依据《中华人民共和国教育法》第三十条、{Y}第三条，CIO是学校信息化工作的总负责人。")
    assert kinds(report) == ["unknown_document"]
    assert not report.errors


def test_a_bare_number_in_a_draft_that_names_no_document_is_ambiguous(check: Check) -> None:
    (found,) = wrong(check("首席信息官每届任期三年（见第七条）。"))
    assert (found.kind, found.quote, found.severity) == (FindingKind.AMBIGUOUS, "第七条", Severity.NOTE)


def test_an_inserted_article_is_not_its_base(check: Check) -> None:
    """第一百二十条之一 read as 120 makes the wrong article verify."""
    found = wrong(check(f"{G}第三条之一规定：“领导小组组长由校长担任”。"))
    assert [f.kind for f in found] == [FindingKind.MISSING]
    assert found[0].right is not None
    assert found[0].right.ref == "it-leading-group#3"


def test_part_of_a_false_sentence_is_no_support(check: Check) -> None:
    """A match of the first words of 首席信息官由校长担任 must not verify it."""
    assert kinds(check(f"{J}第一部分规定，首席信息官由校长担任。")) != []


def test_differences_are_shown_word_by_word(check: Check) -> None:
    (found,) = wrong(check(f"{Y}第七条规定：“由学校党委书记提名推荐。”"))
    changed = [(op.op.value, op.text) for op in found.ops if op.op.value != "equal"]
    assert changed == [("delete", "校长"), ("insert", "党委书记")]
    assert "[-校长-]{+党委书记+}" in found.message


def test_another_spelling_of_a_number_in_a_quotation_is_a_note(check: Check) -> None:
    (found,) = wrong(check(f"{Y}第七条第二项规定：“任期三年，可连聘连任，连任不超过两届。”"))
    assert (found.kind, found.severity) == (FindingKind.MISQUOTED, Severity.NOTE)


def test_a_draft_of_rules_may_set_its_own_numbers(check: Check) -> None:
    text = (
        "江州学院首席信息官管理办法\n第一条 为加强信息化工作，制定本办法。\n"
        "第二条 CIO任期5年，可连聘连任，连任不超过3届。\n"
        "第三条 CIO由学校校长提名推荐。\n第四条 本办法第二条自发布之日起施行。\n"
    )
    assert not wrong(check(text))


def test_messages_are_in_the_language_that_is_asked_for(checker: object, check: Check) -> None:
    from policy_qa.check import Checker
    from samples import document

    assert isinstance(checker, Checker)
    text = f"根据{Y}第七条第（二）项，CIO任期为5年。{Y}第二十六条。"
    english = [f.message for f in checker.check(document(text, "draft"), "en").errors]
    assert "Not what" in english[0]
    assert "does not exist" in english[1]
    # What stands behind a missing number is English too; only the name of the citation is the policy's own.
    assert re.search(r"does not exist\. [A-Z][\x20-\x7e]+$", english[1])


def test_lines_are_counted_from_one(check: Check) -> None:
    (found,) = wrong(check(f"请示\n\n{Y}第二十六条"))
    assert found.line == 3


@pytest.mark.parametrize(
    "text", ["", "\n\n", "。", "“", "《》第条", "第零条", "第99999999999条", "（" * 500, "“第七条" * 300]
)
def test_nothing_breaks_it(text: str, check: Check) -> None:
    check(text)
