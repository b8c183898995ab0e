"""What each of several rules says on each point, in wordings and shapes of their own: the right clause, or silence."""

from __future__ import annotations

import pytest
from schools import HONGSHI, LVSHUI, QINGSHAN

from policy_qa.clauses import clauses_of
from policy_qa.compare import POINTS, Office, Point, Topic, table
from policy_qa.compare.finder import Policy, prepared
from policy_qa.compare.values import differ
from policy_qa.datamodels import Comparison, Quotation
from samples import cut

OFFICE = frozenset({"首席数据官", "cdo"})


def compared(*texts: str, names: frozenset[str] = OFFICE, own: tuple[bool, ...] = ()) -> Comparison:
    policies: list[Policy] = [prepared(cut(text, f"d{n}")) for n, text in enumerate(texts)]
    offices = [Office(names=names, own=o) for o in own or [True] * len(texts)]
    return table(Topic(points=POINTS), policies, offices, "zh")


def paths(table_: Comparison, point: Point) -> list[list[str]]:
    (row,) = [r for r in table_.rows if r.point == point.value]
    return [[q.ref.partition("#")[2] for q in cell] for cell in row.cells]


THREE = compared(QINGSHAN, LVSHUI, HONGSHI, own=(True, True, False))


@pytest.mark.parametrize(
    ("point", "expected"),
    [
        (Point.WHO, [["3"], ["2"], ["4"]]),
        (Point.CONDITIONS, [["4"], ["3.1", "3.2"], ["4"]]),
        (Point.EXCLUSIONS, [["5"], [], []]),
        (Point.APPOINTMENT, [["6"], ["2"], []]),
        (Point.TERM, [["7"], ["4"], ["4"]]),
        (Point.REAPPOINTMENT, [["7"], [], []]),
        (Point.DUTIES, [["8"], ["5.1", "5.2"], []]),
        (Point.REPORTING, [["9"], [], []]),
        (Point.ASSESSMENT, [["11", "12"], ["6"], []]),
        (Point.REMOVAL, [["12"], [], []]),
    ],
)
def test_three_schools(point: Point, expected: list[list[str]]) -> None:
    assert paths(THREE, point) == expected


def test_every_cell_is_a_quotation_at_clause_level() -> None:
    for n, text in enumerate((QINGSHAN, LVSHUI, HONGSHI)):
        segmentation = cut(text, f"d{n}")
        ends = {c.end for a in segmentation.articles for c in clauses_of(segmentation, a)}
        for row in THREE.rows:
            for q in row.cells[n]:
                assert q.quote == segmentation.document.text[q.start : q.end]
                assert q.end in ends
                assert not q.quote.startswith(("第", "（"))
    (who,) = [r for r in THREE.rows if r.point == "who"]
    assert who.cells[2][0].quote == "学校设首席数据官一名，由教务主任担任，任期36个月。"


@pytest.mark.parametrize(
    ("point", "sentence"),
    [
        (Point.WHO, "网络安全领导小组组长由校长兼任。"),
        (Point.WHO, "首席数据官担任数据委员会副主任委员。"),
        (Point.WHO, "数据管理办公室是首席数据官的办事机构，办公室主任由信息中心主任兼任。"),
        (Point.WHO, "数据委员会由首席数据官担任主任委员。"),
        (Point.TERM, "教师代表任期两年。"),
        (Point.TERM, "首席数据官在任期内每两年参加一次培训。"),
        (Point.TERM, "首席数据官每年向教代会报告工作，代表任期三年。"),
        (Point.REAPPOINTMENT, "校务委员会委员可以连选连任。"),
        (Point.APPOINTMENT, "班主任由校长聘任。"),
        (Point.EXCLUSIONS, "教师不得兼任企业法定代表人。"),
        (Point.REPORTING, "各部门向首席数据官报告数据安全情况。"),
        (Point.ASSESSMENT, "首席数据官组织对各部门数据工作的考核。"),
        (Point.ASSESSMENT, "教师考核由人事处组织。"),
        (Point.REMOVAL, "学生违反规定的，取消其评优资格。"),
    ],
)
def test_what_is_said_of_others_is_silence(point: Point, sentence: str) -> None:
    text = f"某校章程\n第一条 学校设校务委员会。\n第二条 {sentence}\n第三条 本章程自发布之日起施行。\n"
    assert paths(compared(text, own=(False,)), point) == [[]]


@pytest.mark.parametrize(
    ("point", "sentence"),
    [
        (Point.WHO, "学校设立首席数据官，由一名副校长担任。"),
        (Point.WHO, "分管副校长兼任首席数据官。"),
        (Point.WHO, "首席数据官人选从中层正职干部中遴选。"),
        (Point.WHO, "首席数据官应为学校领导班子成员。"),
        (Point.TERM, "首席数据官实行聘任制，聘期为两年。"),
        (Point.TERM, "首席数据官每三年换届一次。"),
        (Point.TERM, "首席数据官的任期与校长任期相同。"),
        (Point.REAPPOINTMENT, "首席数据官聘期届满，经考核合格的可以续聘。"),
        (Point.APPOINTMENT, "首席数据官由校长任命，并报主管部门备案。"),
        (Point.APPOINTMENT, "首席数据官经公开选拔产生。"),
        (Point.EXCLUSIONS, "有违法犯罪记录的人员不得担任首席数据官。"),
        (Point.EXCLUSIONS, "首席数据官不得在企业兼任职务，不得兼任其他行政职务。"),
        (Point.CONDITIONS, "首席数据官应当具有高级职称。"),
        (Point.REPORTING, "首席数据官直接向校长汇报工作。"),
        (Point.REPORTING, "首席数据官在校长领导下开展工作。"),
        (Point.ASSESSMENT, "学校每年对首席数据官进行考核。"),
        (Point.ASSESSMENT, "首席数据官每年度进行述职。"),
        (Point.REMOVAL, "首席数据官不称职的，由学校予以免职。"),
    ],
)
def test_other_ways_to_say_it(point: Point, sentence: str) -> None:
    text = f"某校章程\n第一条 学校设校务委员会，委员任期六年。\n第二条 {sentence}\n第三条 本章程自发布之日起施行。\n"
    assert paths(compared(text, own=(False,)), point) == [["2"]]


def test_members_of_a_body() -> None:
    text = "某条例\n第一条 公司设监事会。\n"
    text += "第二条 监事会成员不得少于三人。监事的任期每届为三年，连选可以连任。\n第三条 经理由董事会聘任，任期五年。\n"
    body = Office(names=frozenset({"监事会"}), members=frozenset({"监事"}))
    found = table(Topic(points=(Point.TERM, Point.REAPPOINTMENT)), [prepared(cut(text))], [body], "zh")
    assert [[q.quote for q in row.cells[0]] for row in found.rows] == [["监事的任期每届为三年，连选可以连任。"]] * 2


def quotation(text: str) -> tuple[Quotation, ...]:
    return (Quotation(ref="", cite="", quote=text, start=0, end=len(text)),) if text else ()


@pytest.mark.parametrize(
    ("point", "one", "other", "expected"),
    [
        (Point.TERM, "任期3年。", "每届任期三年。", False),
        (Point.TERM, "任期3年。", "任期36个月，由校长任命。", False),
        (Point.TERM, "任期3年。", "任期不少于3年。", True),
        (Point.TERM, "任期3年。", "任期5年。", True),
        (Point.TERM, "任期3年。", "", True),
        (Point.TERM, "", "", False),
        (Point.TERM, "经校长办公会审议，任期3年，连任不超过2届。", "任期三年，可以连任。", False),
        (Point.REAPPOINTMENT, "任期3年，连任不超过2届。", "任期5年，连任不得超过两届。", True),
        (Point.REAPPOINTMENT, "任期3年，连任不超过2届。", "任期5年，连任不超过两届。", False),
        (Point.WHO, "由校长担任。", "由 校长\n担任", False),
        (Point.WHO, "由校长担任。", "由副校长担任。", True),
    ],
)
def test_values_are_compared_as_values(point: Point, one: str, other: str, expected: bool) -> None:
    assert differ(point, [quotation(one), quotation(other)]) is expected
