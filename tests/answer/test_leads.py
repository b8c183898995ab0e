"""Which line of a quotation answers: cut from the text, or none; and which clause gives a term its other name."""

from __future__ import annotations

import pytest

from policy_qa.answer.definitions import Definitions
from policy_qa.answer.leads import lead_of
from policy_qa.answer.quotes import whole
from policy_qa.clauses import clauses_of
from policy_qa.naming.scope import Scope
from policy_qa.retrieval.kinds import wanted
from policy_qa.retrieval.question import Question, Term
from samples import at, cut

RULES = """南山大学车辆管理办法
第一条 司机由人事处招聘，经体检合格，聘期3年，可续聘，续聘不超过2次。车辆每年检查1次。司机每月培训1次。
第二条 用车超过3日的，押金为200元，还车时退还。未归还的，押金不退。
第三条 下列人员可以用车：
（一）各学院负责人（含主持工作的副职）；
（二）参加学校组织的校外活动并且事先填写了用车申请表的教师。
第四条 车辆由后勤处调度。
第五条 晚还1日以内的，交20元；晚还超过1日不满3日的，交50元；晚还超过3日的，停用1个月。
第六条 公务车辆不得用来运送下列物品：
（一）易燃易爆物品、剧毒化学品和其他各类危险货物；
（二）教职工家庭搬家时的家具和电器。
"""


def asked(text: str, *words: str) -> Question:
    scope = Scope(doc_ids=(), soft=False, unknown=(), rest=text, every=False)
    terms = tuple(Term(word, 2.0, {}) for word in words)
    return Question(text, "zh", scope, terms, wanted(text), "哪些" in text, False, (), text)


@pytest.mark.parametrize(
    ("path", "question", "scores", "read", "lead", "item"),
    [
        # From the part with the value to the end of its sentence; a word of the question says which value.
        ("1", asked("聘期几年", "聘期"), (0.9, 0.1, 0.1), True, "聘期3年，可续聘，续聘不超过2次", ""),
        ("1", asked("续聘几次", "续聘"), (0.9, 0.1, 0.1), True, "续聘不超过2次", ""),
        # A single character says little: 续 doesn't tell whose value it is.
        ("1", asked("聘期能续几次", "聘期", "续"), (0.9, 0.1, 0.1), True, "聘期3年，可续聘，续聘不超过2次", ""),
        # A value stands without a reader; of two clauses that are near, the one with the question's words.
        ("1", asked("司机多久培训几次", "司机", "培训"), (0.1, 0.8, 0.9), False, "司机每月培训1次", ""),
        ("1", asked("车辆检查几次", "车辆", "检查"), (0.1, 0.85, 0.9), False, "车辆每年检查1次", ""),
        # What it depends on stays with it.
        ("2", asked("押金多少元", "押金"), (0.9, 0.1), True, "用车超过3日的，押金为200元，还车时退还", ""),
        # A value that is asked for and not given: nothing else leads.
        ("4", asked("调度几次", "调度"), (0.9,), True, None, ""),
        ("3", asked("可以用车的有几次", "用车"), (0.1, 0.9, 0.1), True, None, ""),
        # Of alternatives, the one that admits what the question states, whatever was read.
        ("5", asked("晚还2天交多少钱", "晚还"), (0.9, 0.5, 0.1), True, "晚还超过1日不满3日的，交50元", ""),
        ("5", asked("晚还半天交多少钱", "晚还"), (0.1, 0.9, 0.1), True, "晚还1日以内的，交20元", ""),
        ("5", asked("晚还2天怎么办", "晚还"), (0.9, 0.1, 0.1), True, "晚还超过1日不满3日的，交50元", ""),
        ("5", asked("晚还两周交多少钱", "晚还"), (0.9, 0.1, 0.1), True, None, ""),
        ("5", asked("晚还2小时交多少钱", "晚还"), (0.9, 0.5, 0.1), True, "晚还1日以内的，交20元", ""),
        # An item of what is forbidden says nothing alone.
        ("6", asked("能运炸药吗", "运送"), (0.1, 0.9, 0.1), True, None, ""),
        # The one clause that answers, with its item; none where it is unlikely, unread, one of several, or a list's.
        ("3", asked("谁可以用车", "用车"), (0.1, 0.9, 0.1), True, "各学院负责人（含主持工作的副职）", "x#3.1"),
        ("3", asked("谁可以用车", "用车"), (0.1, 0.4, 0.1), True, None, ""),
        ("3", asked("谁可以用车", "用车"), (0.1, 0.9, 0.1), False, None, ""),
        ("3", asked("谁可以用车", "用车"), (0.1, 0.9, 0.8), True, None, ""),
        ("3", asked("哪些人可以用车", "用车"), (0.1, 0.9, 0.1), True, None, ""),
        ("4", asked("谁调度", "调度"), (0.9,), True, "车辆由后勤处调度", ""),
        ("4", asked("谁调度", "调度"), (0.1,), True, "车辆由后勤处调度", ""),
    ],
)
def test_the_line_that_answers(
    path: str, question: Question, scores: tuple[float, ...], read: bool, lead: str | None, item: str
) -> None:
    rules = cut(RULES)
    article = at(rules, path)
    rated = list(zip(clauses_of(rules, article), scores, strict=True))
    found = lead_of(rules, question, whole(rules, article), rated, read=read)
    assert (found and rules.document.text[found.start : found.end]) == lead
    assert (found.item if found else "") == item


TERMS = {
    "a": "甲大学数据办法\n第一条 数据主管部门是网络与教育技术中心（以下简称网教中心）。\n第二条 网教中心负责备份。\n",
    "b": "乙大学数据办法\n第一条 设数据官（CDO）。\n第二条 数据官（Chief Data Officer，简称CDO）负责备份。\n",
    "c": "丙大学数据办法\n第一条 本校的数据官（CDO）由校长兼任。\n",
}


@pytest.mark.parametrize(
    ("question", "doc_ids", "leads"),
    [
        ("网教中心全称是什么", (), {"a#1": "网络与教育技术中心（以下简称网教中心）"}),
        ("网络与教育技术中心的简称", (), {"a#1": "网络与教育技术中心（以下简称网教中心）"}),
        ("CDO是什么的缩写", (), {"b#2": "数据官（Chief Data Officer，简称CDO）"}),
        ("What does CDO stand for?", ("c",), {"c#1": "数据官（CDO）"}),
        ("CDO是什么的缩写", ("a",), {}),
        ("CDOX是什么的缩写", (), {}),
        ("网教中心负责什么", (), {}),
        ("学科办的全称", (), {}),
    ],
)
def test_the_other_name_of_a_term(question: str, doc_ids: tuple[str, ...], leads: dict[str, str]) -> None:
    texts = {doc_id: cut(text, doc_id) for doc_id, text in TERMS.items()}
    found = Definitions(texts).asked(question, doc_ids)
    cut_out = {d.quote.ref: texts[d.article.doc_id].document.text[d.lead.start : d.lead.end] for d in found}
    assert cut_out == leads
    assert all(d.quote.start <= d.lead.start < d.lead.end <= d.quote.end for d in found)
