"""A number that many documents have: not all of them are cited."""

from __future__ import annotations

import pytest

from policy_qa.answer.lookup import Found, look_up
from policy_qa.naming.scope import ScopeFinder
from policy_qa.numerals import to_han
from policy_qa.retrieval.kinds import NOTHING
from policy_qa.retrieval.question import Question, Term, numbers_of
from samples import cut

SUBJECTS = ["采购", "考勤", "档案", "印章", "车辆", "会议", "财务", "消防", "门禁", "图书", "实验", "食堂"]
MANY = {
    name: cut(f"某大学{name}管理办法\n第一条 {name}甲。\n第二条 {name}乙。\n第三条 {name}丙。\n", name)
    for name in SUBJECTS
}


def asked(text: str, likely: tuple[str, ...] = (), few: int = len(SUBJECTS), *terms: str) -> Found:
    documents = dict(list(MANY.items())[:few])
    scope = ScopeFinder([s.document for s in documents.values()], frozenset()).find(text)
    question = Question(
        text=text,
        lang="zh",
        scope=scope,
        terms=tuple(Term(term, 1.0, {}) for term in terms),
        wanted=NOTHING,
        wants_list=False,
        compares=False,
        numbers=numbers_of(scope),
        dense_text=text,
    )
    found = look_up(question, documents, scope.doc_ids, "zh", likely)
    assert found is not None
    return found


def test_a_bare_number_of_many_documents_is_asked_back() -> None:
    found = asked("第二条", tuple(SUBJECTS))
    assert found.provisions == ()
    (line,) = found.missing
    assert "共12份" in line
    assert "《某大学采购管理办法》第二条" in line


def test_of_many_documents_those_that_the_rest_of_the_question_fits_are_cited() -> None:
    found = asked("第二条对付款怎么说", ("会议", "印章", "会议", "没有这份"), 12, "付款")
    assert {p.doc_id for p in found.provisions} == {"会议", "印章"}
    assert [line for line in found.missing if "另有10份" in line]


def test_at_most_ten_of_them() -> None:
    found = asked("第二条对付款怎么说", tuple(SUBJECTS), 12, "付款")
    assert [p.doc_id for p in found.provisions] == SUBJECTS[:10]


def test_few_documents_are_all_cited() -> None:
    found = asked("第二条", (), 10)
    assert [p.doc_id for p in found.provisions] == SUBJECTS[:10]
    assert found.missing == ()


@pytest.mark.parametrize("number", [7, 300])
def test_a_number_that_none_has_is_missing_still(number: int) -> None:
    found = asked(f"第{to_han(number)}条", tuple(SUBJECTS))
    assert (found.provisions, len(found.missing)) == ((), 1)
    assert "都没有" in found.missing[0]


def test_a_number_of_an_institution_with_many_documents() -> None:
    held = [cut(f"东湖大学{n}管理办法\n第一条 {n}甲。\n第二条 {n}乙。\n", n) for n in SUBJECTS]
    finder = ScopeFinder([s.document for s in held], frozenset())

    def of(text: str, few: int) -> Found:
        scope = finder.find(text)
        question = Question(text, "zh", scope, (), NOTHING, False, False, numbers_of(scope), text)
        found = look_up(question, {s.document.doc_id: s for s in held}, scope.doc_ids[:few], "zh")
        assert found is not None
        return found

    assert (of("东湖大学第二条", 12).provisions, len(of("东湖大学第二条", 12).missing)) == ((), 1)
    assert of("东湖大学第九条", 12).missing == ("所问的12份文件都没有第九条。",)
    assert len(of("东湖大学第二条", 3).provisions) == len(of("东湖大学第九条", 3).missing) == 3
