"""Which words of an article are quoted: every length and share at, just above and just below, by hand."""

from __future__ import annotations

import pytest

from policy_qa.answer.quotes import Quote, join, quotes_from, whole
from policy_qa.clauses import Clause, clauses_of
from policy_qa.datamodels import Document, Kind, Provision, Segmentation
from samples import at, cut

RULES = """南山大学车辆管理办法
第一条 车辆由后勤处调度。司机由人事处聘用。油料由财务处核销。
第二条 使用车辆应当符合下列条件：
（一）因公外出的；
（二）经处长批准的；
（三）距离超过十公里的。
第三条 加强调度。每周公布班次。每月公布里程。
"""
CASES = """南山大学车辆管理办法
第一条 有下列情形之一的，当年考核为不合格，并扣发全年的奖励性绩效，两年以内不得再参加任何形式的评先评优活动：
（一）酒后驾驶学校的公务车辆，不论是否造成后果的；
（二）把公务车辆私自借给校外人员使用，造成车辆损坏的；
（三）应当做到每天出车以前检查一次车辆，填写记录，并且交给后勤处的值班人员保管。
第二条 后勤处车辆队的队长和各位副队长在学期中和寒暑假里的工作职责：
（一）每天出车以前检查一次全部车辆，填写记录，并且交给后勤处的值班人员保管一年以上；
（二）每周召集驾驶员开一次安全例会，通报本周发生的事故、违章和投诉，布置下一周的任务。
第三条 公务车辆在任何情况下都不得用来运送：
（一）教职工家庭搬家时的家具、电器和其他私人物品，不论路程远近，也不论是否付费；
（二）易燃易爆物品、剧毒化学品和国家规定需要专门资质才能运输的其他各类危险货物。
"""


@pytest.mark.parametrize(
    ("best", "expected"),
    [("1.2", ["1", "1.2"]), ("1.3", ["1", "1.3"]), ("2.1", ["2.1"]), ("3.2", ["3", "3.2"])],
)
def test_an_item_is_quoted_with_what_is_so_of_it(best: str, expected: list[str]) -> None:
    rules = cut(CASES)
    article = at(rules, best[0])
    clauses = clauses_of(rules, article)
    found = quotes_from(rules, article, clauses, lambda c: 0.9 if c.ref.endswith(f"#{best}") else 0.0, wants_all=False)
    assert [q.ref.partition("#")[2] for q in found] == expected


def quoted(segmentation: Segmentation, quotes: list[Quote]) -> list[tuple[str, str]]:
    return [(q.ref.partition("#")[2], segmentation.document.text[q.start : q.end]) for q in quotes]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("1", "车辆由后勤处调度。司机由人事处聘用。油料由财务处核销。"),
        ("2.2", "经处长批准的；"),
        ("preamble", "南山大学车辆管理办法"),
    ],
)
def test_a_provision_without_its_label(path: str, expected: str) -> None:
    rules = cut(RULES)
    assert quoted(rules, whole(rules, at(rules, path))) == [(path, expected)]


def test_a_provision_that_is_its_label_alone() -> None:
    document = Document(doc_id="x", title="甲", source="x.txt", sha256="0" * 64, text="第一条\n第二条 乙。")
    one = Provision(doc_id="x", path="1", kind=Kind.ARTICLE, label="第一条", start=0, end=3, article=True)
    assert whole(Segmentation(document=document, provisions=(one,)), one) == [Quote(ref="x#1", start=0, end=3)]


@pytest.mark.parametrize(
    ("kept", "expected"),
    [
        # Sentences that follow each other are one quotation; those that don't are two.
        ((0, 1), [("1", "车辆由后勤处调度。司机由人事处聘用。")]),
        ((0, 1, 2), [("1", "车辆由后勤处调度。司机由人事处聘用。油料由财务处核销。")]),
        ((0, 2), [("1", "车辆由后勤处调度。"), ("1", "油料由财务处核销。")]),
        ((2,), [("1", "油料由财务处核销。")]),
        ((), []),
    ],
)
def test_neighbours_are_joined(kept: tuple[int, ...], expected: list[tuple[str, str]]) -> None:
    rules = cut(RULES)
    clauses = clauses_of(rules, at(rules, "1"))
    assert quoted(rules, join(rules, [clauses[i] for i in kept])) == expected


def test_items_stay_apart_each_without_its_label() -> None:
    rules = cut(RULES)
    clauses = clauses_of(rules, at(rules, "2"))
    assert quoted(rules, join(rules, clauses)) == [
        ("2", "使用车辆应当符合下列条件："),
        ("2.1", "因公外出的；"),
        ("2.2", "经处长批准的；"),
        ("2.3", "距离超过十公里的。"),
    ]


def made(
    lengths: list[int], *, items: int = 0, kind: Kind = Kind.ARTICLE
) -> tuple[Segmentation, Provision, list[Clause]]:
    """An article of clauses of these lengths, one after the other, of which the last `items` are items."""
    text = "".join("甲" * (n - 1) + "。" for n in lengths)
    document = Document(doc_id="x", title="甲", source="x.txt", sha256="0" * 64, text=text)
    article = Provision(doc_id="x", path="1", kind=kind, label="", start=0, end=len(text), article=True)
    clauses, start = [], 0
    for n, length in enumerate(lengths):
        number = n - (len(lengths) - items) + 1
        ref = f"x#1.{number}" if number > 0 else "x#1"
        lead = items > 0 and number == 0
        clauses.append(Clause(ref=ref, article="x#1", start=start, end=start + length, lead=lead))
        start += length
    return Segmentation(document=document, provisions=(article,)), article, clauses


@pytest.mark.parametrize(
    ("lengths", "items", "kind", "wants_all", "scores", "expected"),
    [
        # Prose of 110 characters is quoted whole, of 111 no longer; 300 and 301 where all is wanted.
        ([60, 50], 0, Kind.ARTICLE, False, [1, 0], "whole"),
        ([60, 51], 0, Kind.ARTICLE, False, [1, 0], [0]),
        ([60, 51], 0, Kind.ARTICLE, True, [1, 0], "whole"),
        ([200, 100], 0, Kind.ARTICLE, True, [1, 0], "whole"),
        ([200, 101], 0, Kind.ARTICLE, True, [0, 1], [1]),
        # A form is cut, however short, unless all is wanted, up to 700.
        ([60, 50], 0, Kind.APPENDIX, False, [1, 0], [0]),
        ([60, 50], 0, Kind.PREAMBLE, False, [1, 0], [0]),
        ([60, 50], 0, Kind.CLOSING, False, [1, 0], [0]),
        ([600, 100], 0, Kind.APPENDIX, True, [1, 0], "whole"),
        ([600, 101], 0, Kind.APPENDIX, True, [1, 0], [0]),
        # An article with items is cut, unless all is wanted, however long.
        ([100, 100, 200], 2, Kind.ARTICLE, False, [9, 1, 0.5], [1]),
        ([100, 600, 600], 2, Kind.ARTICLE, True, [9, 1, 0.5], "whole"),
        # Beside the best clause stand those that have .8 of its score.
        ([100, 100, 100], 0, Kind.ARTICLE, False, [1, 0.8, 0.79], [0, 1]),
        ([100, 100, 100], 0, Kind.ARTICLE, False, [0.79, 0.8, 1], [1, 2]),
        ([100, 100, 100], 0, Kind.ARTICLE, False, [0, 0, 0], [0, 1, 2]),
        ([100, 100, 100], 0, Kind.ARTICLE, False, [-1, -0.5, -0.9], [1]),
        # Six at most, the first ones.
        ([30] * 8, 0, Kind.ARTICLE, False, [1] * 8, [0, 1, 2, 3, 4, 5]),
        # In 160 characters one item stands alone only with 1.3 times the score of the next.
        ([40, 60, 60], 2, Kind.ARTICLE, False, [9, 1.3, 1], [1]),
        ([40, 60, 60], 2, Kind.ARTICLE, False, [9, 1.29, 1], "whole"),
        ([41, 60, 60], 2, Kind.ARTICLE, False, [9, 1.29, 1], [1]),
        ([41, 60, 60], 2, Kind.ARTICLE, False, [9, 1.25, 1], [1, 2]),
        ([40, 60, 60], 2, Kind.ARTICLE, False, [9, 1, -1], [1]),
        ([40, 60, 60], 2, Kind.ARTICLE, False, [9, -1, -2], "whole"),
        ([40, 60], 1, Kind.ARTICLE, False, [9, 1], [1]),
        ([40, 60, 60, 300], 3, Kind.ARTICLE, False, [9, 1.29, 1, 0], [1]),
        # A lead alone.
        ([200], 0, Kind.ARTICLE, False, [1], [0]),
        # Titles of 14 characters say nothing without what follows; with 15 one does.
        ([14, 100], 0, Kind.ARTICLE, False, [1, 0], [0, 1]),
        ([15, 100], 0, Kind.ARTICLE, False, [1, 0], [0]),
        ([14, 14, 100], 0, Kind.ARTICLE, False, [1, 1, 0], [0, 1, 2]),
        ([14, 15, 100], 0, Kind.ARTICLE, False, [1, 1, 0], [0, 1]),
        # In a form, or as an item, a short line says all.
        ([14, 100], 0, Kind.APPENDIX, False, [1, 0], [0]),
        ([100, 14, 100], 2, Kind.ARTICLE, False, [9, 2, 1], [1]),
    ],
)
def test_what_is_quoted(
    lengths: list[int],
    items: int,
    kind: Kind,
    wants_all: bool,
    scores: list[float],
    expected: str | list[int],
) -> None:
    segmentation, article, clauses = made(lengths, items=items, kind=kind)
    rated = dict(zip(clauses, scores, strict=True))
    found = quotes_from(segmentation, article, clauses, rated.__getitem__, wants_all=wants_all)
    if expected == "whole":
        assert found == [Quote(ref="x#1", start=0, end=sum(lengths))]
    else:
        assert found == join(segmentation, [clauses[int(i)] for i in expected])


def test_an_article_without_clauses_or_with_a_lead_alone() -> None:
    segmentation, article, clauses = made([200, 200])
    assert quotes_from(segmentation, article, [], lambda _: 0.0, wants_all=False) == whole(segmentation, article)
    leads = [Clause(ref=c.ref, article=c.article, start=c.start, end=c.end, lead=True) for c in clauses]
    assert quotes_from(segmentation, article, leads, lambda _: 1.0, wants_all=False) == whole(segmentation, article)


RULE = "车辆由后勤处统一调度，任何部门不得自行安排使用，夜间和节假日一律停放在校内指定的地点。"
EXCEPTION = "但因抢险救灾需要的，可以先使用后报告。"
DRIVERS = (
    "司机由人事处聘用，每年体检一次，体检不合格的不得继续驾驶学校的任何一辆车，也不得在校外以学校的名义驾驶别的车辆。"
)


@pytest.mark.parametrize(
    ("best", "expected"),
    [
        # An exception comes with its rule, a rule with its exception; what follows them by itself.
        (0, RULE + EXCEPTION),
        (1, RULE + EXCEPTION),
        (2, DRIVERS),
    ],
)
def test_an_exception_is_quoted_with_its_rule(best: int, expected: str) -> None:
    rules = cut(f"南山大学车辆管理办法\n第一条 {RULE}{EXCEPTION}{DRIVERS}\n第二条 甲。\n")
    article = at(rules, "1")
    clauses = clauses_of(rules, article)
    found = quotes_from(rules, article, clauses, lambda c: float(c == clauses[best]), wants_all=False)
    assert quoted(rules, found) == [("1", expected)]
