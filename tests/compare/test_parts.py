"""The parts of a comparison, each as a table: who asks for one, what it is about, whether cells say the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from policy_qa.answer.quotes import Quote
from policy_qa.citing.place import Place
from policy_qa.compare.asked import asks_each, asks_for_table, asks_which, on_purpose
from policy_qa.compare.same import differ, signature
from policy_qa.compare.table import _quotations
from policy_qa.compare.topic import joined, subject_of, topic_of
from policy_qa.datamodels import Quotation
from policy_qa.naming.institutions import column_names
from policy_qa.naming.scope import COMPARES, Party, Scope
from policy_qa.retrieval.kinds import NOTHING, wanted
from policy_qa.retrieval.question import Question, Term
from samples import at, cut

RULES = ("甲校办法\n第一条 任期三年。\n", "乙校办法\n第一条 任期五年。\n")


def asked(text: str, *doc_ids: str, every: bool = False, compares: bool = False, number: int = 0) -> Question:
    scope = Scope(doc_ids=doc_ids, soft=False, unknown=(), rest=text, every=every)
    numbers = (Place(kind="条", number=number),) if number else ()
    return Question(text, "zh", scope, (), NOTHING, False, compares, numbers, text)


@pytest.mark.parametrize(
    ("question", "cited", "side_by_side"),
    [
        (asked("任期几年"), ["a", "b"], True),
        (asked("任期几年"), ["a"], False),
        (asked("任期几年"), [], False),
        (asked("任期几年", "a"), ["a"], False),
        (asked("任期几年", "a"), [], False),
        (asked("任期几年", "a"), ["a", "b"], True),
        (asked("任期几年", "a"), ["b"], False),
        (asked("任期几年", "a", "b"), ["a"], True),
        (asked("任期几年", every=True), ["a"], True),
        (asked("任期几年", compares=True), ["a"], True),
        (asked("任期几年", "a", compares=True), ["a"], False),
        (asked("哪一家规定了任期"), ["a"], True),
        (asked("各由谁任命"), ["a"], True),
        (asked("第七条", number=7), ["a", "b"], False),
    ],
)
def test_whether_documents_are_set_side_by_side(question: Question, cited: list[str], side_by_side: bool) -> None:
    assert asks_for_table(question, cited) is side_by_side


def test_the_documents_of_one_institution_are_no_two_sides() -> None:
    parties = (Party(name="南山大学", doc_ids=("a", "b")), Party(name="北海大学", doc_ids=("c",)))
    alone, both = asked("由谁任命", "a", "b"), asked("由谁任命", "a", "b", "c")
    alone = replace(alone, scope=replace(alone.scope, parties=parties[:1]))
    both = replace(both, scope=replace(both.scope, parties=parties))
    assert (asks_for_table(alone, ["a", "b"]), on_purpose(alone), alone.scope.single) == (False, False, ())
    assert (asks_for_table(both, ["a", "c"]), on_purpose(both), both.scope.single) == (True, True, ("c",))


@pytest.mark.parametrize(
    ("text", "each", "which"),
    [
        ("各由谁任命", True, False),
        ("三家单位的任期", True, False),
        ("分别怎么规定", True, False),
        ("哪一家规定了任期", False, True),
        ("谁提到了任期", False, True),
        ("Which school has a term?", False, True),
        ("任期几年", False, False),
    ],
)
def test_each_and_which(text: str, each: bool, which: bool) -> None:
    assert (asks_each(text), asks_which(text), on_purpose(asked(text))) == (each, which, each or which)


def about(text: str, *words: str) -> Question:
    terms = tuple(Term(word, 2.0, {}) for word in words)
    return replace(asked(text, compares=bool(COMPARES.search(text))), terms=terms)


TITLES = ("甲校首席数据官办法", "乙校首席数据官（CDO）办法")


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        (about("任期几年", "任期"), "任期"),
        (about("任期有何不同", "任期", "不同"), "任期"),
        (about("首席数据官的任期有何不同", "首席数据官", "任期", "不同"), "首席数据官的任期"),
        # Of what all are about, whatever it is called, nothing is told by its name: all of it is compared.
        (about("首席数据官有何不同", "首席数据官", "不同"), ""),
        (about("CDO办法有何不同", "cdo", "办法", "不同"), ""),
        (about("两家的办法比较", "两家", "办法", "比较"), ""),
        (about("副校长有何不同", "副校长", "不同"), "副校长"),
        # What compares nothing asks for what it names.
        (about("哪一家设了首席数据官", "首席数据官"), "首席数据官"),
        (replace(about("How long is a term"), lang="en"), "How long is a term"),
    ],
)
def test_what_a_question_compares_by(question: Question, topic: str) -> None:
    meanings = [[t.text, *(("首席数据官",) if t.text == "cdo" else ())] for t in question.terms]
    assert topic_of(question, meanings, TITLES) == topic


@pytest.mark.parametrize(
    ("titles", "subject"),
    [(TITLES, {"cdo"}), (TITLES[1:], {"cdo", "乙校"}), ((*TITLES, "车辆办法"), set()), ((), set())],
)
def test_the_subject_of_titles(titles: Sequence[str], subject: set[str]) -> None:
    assert set(subject_of([["cdo", "首席数据官"], ["乙校"], ["经费"]], titles)) == subject


@pytest.mark.parametrize(
    ("text", "terms", "label"),
    [
        ("数据目录的编制", ["数据", "目录", "编制"], "数据目录的编制"),
        ("数据目录如何编制", ["数据", "目录", "编制"], "数据目录、编制"),
        ("编制数据目录", ["目录", "数据"], "数据目录"),
        ("数据和目录", ["数据", "目录"], "数据和目录"),
        ("数据目录", ["数据目", "目录"], "数据目"),
        ("数据目录的编制", ["数据目", "目录", "编制"], "数据目、编制"),
        ("职责", ["数据", "目录"], "数据、目录"),
        ("数据", ["数据", "数据"], "数据"),
    ],
)
def test_the_label_of_a_topic(text: str, terms: list[str], label: str) -> None:
    assert joined(text, terms) == label


def test_quotations_name_their_provision_and_its_article() -> None:
    rules = cut("某校办法\n第一章 总则\n第一条 条件：\n（一）甲；\n（二）乙。\n第二条 丙。\n", "d0")
    item = at(rules, "1.2")
    ((provision, quotation),) = _quotations(rules, [Quote(ref="d0#1.2", start=item.start, end=item.end)])
    assert provision == item
    assert (quotation.ref, quotation.cite) == ("d0#1.2", "《某校办法》第一条第二项")
    assert quotation.quote == rules.document.text[quotation.start : quotation.end]


def quotation(text: str) -> tuple[Quotation, ...]:
    return (Quotation(ref="", cite="", quote=text, start=0, end=len(text)),) if text else ()


@pytest.mark.parametrize(
    ("question", "one", "other", "expected"),
    [
        ("任期几年", "任期3年。", "每届任期三年。", False),
        ("任期几年", "任期3年。", "任期36个月，由校长任命。", False),
        ("任期几年", "任期3年。", "任期不少于3年。", True),
        ("任期几年", "任期3年。", "任期5年。", True),
        ("任期几年", "任期3年。", "", True),
        ("任期几年", "", "", False),
        ("任期几年", "经校长办公会审议，任期3年。", "任期三年，校长任命。", False),
        ("任期几年", "不得少于3年。", "3年。", True),
        # Where no value is asked for, words count, and values in them as values.
        ("任期怎么规定", "任期3年，由校长任命。", "任期三年，由 校长\n任命", False),
        ("任期怎么规定", "任期3年，由校长任命。", "任期三年，由书记任命。", True),
        ("由谁担任", "由校长担任。", "由 校长\n担任", False),
        ("由谁担任", "由校长担任。", "由副校长担任。", True),
    ],
)
def test_values_are_compared_as_values(question: str, one: str, other: str, expected: bool) -> None:
    assert differ([quotation(one), quotation(other)], wanted(question)) is expected


def test_of_what_is_asked_for_as_a_value_only_that_counts() -> None:
    cell = quotation("任期3年，每年考核一次，由校长任命。")
    assert len(signature(cell, wanted("任期几年"))) == 1
    assert signature(cell, NOTHING) == signature(cell)
    assert "由校长任命" in signature(cell)[0]


def test_columns_are_institutions_where_that_tells_them_apart() -> None:
    one, two = (cut(t).document for t in RULES)
    issuers, editions = ("甲", "甲", "乙", ""), ("", "2022年版", "", "")
    named = [replace(d, issuer=i, edition=e) for d, i, e in zip((one, two, one, two), issuers, editions, strict=True)]
    assert column_names(named) == [f"《{one.title}》", f"《{two.title}》2022年版", "乙", f"《{two.title}》"]
