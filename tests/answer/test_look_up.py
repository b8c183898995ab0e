"""Questions that name a provision by number: what they resolve to, and what is said of what is not there."""

from __future__ import annotations

from dataclasses import replace

import pytest

from policy_qa.answer.lookup import Found, look_up
from policy_qa.datamodels import Segmentation
from policy_qa.naming.scope import Scope
from policy_qa.retrieval.kinds import NOTHING
from policy_qa.retrieval.question import Question, Term, numbers_of
from samples import cut

RULES = {
    "a": cut(
        "南山大学车辆管理办法\n第一条 甲。\n第二条 乙：\n（一）子；\n（二）丑。\n第三条 丙。\n"
        "第五条 戊。\n第九条 己。\n",
        "a",
    ),
    "b": cut("北海大学班车管理办法\n第一条 甲。\n第二条 乙。\n第三条 丙。\n第四条 丁。\n", "b"),
    "plan": cut("西山中学工作方案\n一、总则\n（一）甲。\n（二）乙。\n二、组织\n（一）丙。\n（二）丁。\n", "plan"),
    "steps": cut("东湖学院工作要点\n一、总则\n1.甲。\n2.乙。\n二、组织\n3.丙。\n4.丁。\n", "steps"),
}
#: What is said of the first where a number is missing.
GAPS = "它的条文从第一条到第九条，其中缺第四条、第六条、第七条、第八条。"

#: What else is on file that has the number: offered, never given as the answer.
OTHERS = {
    "第四条": "有第四条的制度另有2份（《北海大学班车管理办法》、《东湖学院工作要点》），如需查看请写明。",
    "第五条": "有第五条的制度另有1份（《南山大学车辆管理办法》），如需查看请写明。",
    "第二条": (
        "有第二条的制度另有3份（《南山大学车辆管理办法》、《北海大学班车管理办法》、《东湖学院工作要点》），"
        "如需查看请写明。"
    ),
    "第九条": "有第九条的制度另有1份（《南山大学车辆管理办法》），如需查看请写明。",
}


def asked(text: str, *doc_ids: str, follows: Question | None = None, terms: tuple[str, ...] = ()) -> Question:
    scope = Scope(doc_ids=doc_ids, soft=False, unknown=(), rest=text, every=False, named=doc_ids)
    words = tuple(Term(t, 1.0, {}) for t in terms)
    return Question(text, "zh", scope, words, NOTHING, False, False, numbers_of(scope), text, follows)


def found(question: Question, *doc_ids: str, lang: str = "zh", rules: dict[str, Segmentation] = RULES) -> Found | None:
    return look_up(question, rules, doc_ids or question.scope.doc_ids, lang)


def refs(result: Found | None) -> list[str]:
    assert result is not None
    return [p.ref for p in result.provisions]


@pytest.mark.parametrize(
    ("text", "doc_ids", "expected"),
    [
        ("第二条", ("a",), ["a#2"]),
        ("第二条", ("b", "a"), ["b#2", "a#2"]),
        ("第二条第二项", ("a",), ["a#2.2"]),
        ("第二条和第二条第一项、第二条", ("a",), ["a#2", "a#2.1"]),
        # In none by name: where 条 are counted; else where points run through.
        ("第二条", (), ["a#2", "b#2"]),
        ("第四条", (), ["b#4"]),
        ("第二部分", ("plan",), ["plan#2.1", "plan#2.2"]),
        ("第三条", ("steps",), ["steps#2.3"]),
        # Pasted refs; a path that is none is nothing.
        ("a#2.1", (), ["a#2.1"]),
        ("看a#2，还有b#3", (), ["a#2", "b#3"]),
        ("a#5.", (), ["a#5"]),
    ],
)
def test_what_a_number_resolves_to(text: str, doc_ids: tuple[str, ...], expected: list[str]) -> None:
    assert refs(found(asked(text, *doc_ids))) == expected


@pytest.mark.parametrize(("text", "by_ref"), [("a#2.1", True), ("xa#2", False), ("第二条", False), ("x-a#2", False)])
def test_refs_name_their_document_themselves(text: str, by_ref: bool) -> None:
    result = found(asked(text))
    assert bool(result and result.by_ref) is by_ref


def test_no_number_is_no_look_up() -> None:
    assert found(asked("任期几年")) is None
    assert found(asked("第二项是什么")) is None
    assert found(asked("a#77")) is None


def test_a_doc_id_of_any_characters_and_the_longest_is_meant() -> None:
    rules = {"办法 (1)": RULES["a"], "(1)": RULES["b"]}
    assert refs(look_up(asked("见 办法 (1)#2"), rules, (), "zh")) == ["a#2"]
    assert refs(look_up(asked("见(1)#2"), rules, (), "zh")) == ["b#2"]


@pytest.mark.parametrize(
    ("text", "doc_ids", "missing"),
    [
        ("第四条", ("a",), [f"《南山大学车辆管理办法》没有第四条。{GAPS}", OTHERS["第四条"]]),
        ("第五条", ("b",), ["《北海大学班车管理办法》没有第五条。它的条文从第一条到第四条。", OTHERS["第五条"]]),
        ("第二条", ("plan",), ["《西山中学工作方案》没有第二条。它不按“条”编号。", OTHERS["第二条"]]),
        ("第九条", ("steps",), ["《东湖学院工作要点》没有第九条。", OTHERS["第九条"]]),
        ("第二章", ("a",), ["《南山大学车辆管理办法》没有第二章。"]),
        ("第二章第四条", ("a",), ["《南山大学车辆管理办法》没有第二章第四条。"]),
        ("附件1第四条", ("a",), ["《南山大学车辆管理办法》没有附件1第四条。"]),
        # Of an article that is there, what it has.
        ("第二条第三项", ("a",), ["《南山大学车辆管理办法》没有第二条第三项。它的第二条共2项。"]),
        ("第一条第三项", ("a",), ["《南山大学车辆管理办法》没有第一条第三项。它的第一条不分项。"]),
        ("第一条第三款", ("a",), ["《南山大学车辆管理办法》没有第一条第三款。它的第一条共1款。"]),
        ("第四条第三款", ("a",), ["《南山大学车辆管理办法》没有第四条第三款。"]),
        ("第二条第一项第一目", ("a",), ["《南山大学车辆管理办法》没有第二条第一项第一目。"]),
        ("第一条表格第2行", ("a",), ["《南山大学车辆管理办法》没有第一条表格第2行。"]),
        # Several documents, a line each; none by name, one line.
        ("第五条", ("a", "b"), []),
        (
            "第六条",
            ("a", "b"),
            [
                f"《南山大学车辆管理办法》没有第六条。{GAPS}",
                "《北海大学班车管理办法》没有第六条。它的条文从第一条到第四条。",
            ],
        ),
        ("第六十条", (), ["已收录的制度都没有第六十条。"]),
    ],
)
def test_what_is_said_of_what_is_not_there(text: str, doc_ids: tuple[str, ...], missing: list[str]) -> None:
    result = found(asked(text, *doc_ids))
    assert result is not None
    assert list(result.missing) == missing
    assert bool(result.provisions) is (missing == [])


def test_gaps_are_named_five_at_most_and_in_english() -> None:
    rules = {"g": cut("某校办法\n第一条 甲。\n第二条 乙。\n第十条 丙。\n", "g")}
    result = found(asked("第三条", "g"), rules=rules)
    assert result is not None
    assert result.missing[0].endswith("其中缺第三条、第四条、第五条、第六条、第七条。")
    english = found(asked("第三条", "g"), rules=rules, lang="en")
    assert english is not None
    assert english.missing == ("《某校办法》 has no 第三条. Its articles run from 1 to 10; missing: 3, 4, 5, 6, 7.",)
    whole = found(asked("第九条", "b"), lang="en")
    assert whole is not None
    assert whole.missing[0].endswith("Its articles run from 1 to 4.")


@pytest.mark.parametrize(
    ("text", "before", "expected"),
    [
        ("下一条呢", ["第二条"], ["a#3"]),
        ("后一条呢", ["第二条"], ["a#3"]),
        ("上一条呢", ["第二条"], ["a#1"]),
        ("前一条呢", ["第二条第一项"], ["a#1"]),
        ("the next article", ["第一条"], ["a#2"]),
        ("the previous one", ["第三条"], ["a#2"]),
        # The last of several; over a question without any.
        ("下一条呢", ["第一条和第二条"], ["a#3"]),
        ("下一条呢", ["第二条", "为什么"], ["a#3"]),
        ("第二项呢", ["第二条"], ["a#2.2"]),
        ("第二项呢", ["第二条第一项"], ["a#2.2"]),
        ("第二项呢", ["第二条", "第一项呢"], ["a#2.2"]),
        ("第二项呢", ["第一条和第二条"], ["a#2.2"]),
        ("第九项呢", ["第二条"], []),
        ("下一条呢", ["第三条"], []),
    ],
)
def test_numbers_that_go_on_from_the_question_before(text: str, before: list[str], expected: list[str]) -> None:
    earlier: Question | None = None
    for each in before:
        earlier = asked(each, "a", follows=earlier)
    assert refs(found(asked(text, "a", follows=earlier))) == expected


def test_an_item_of_the_article_before_in_the_documents_of_then_or_now() -> None:
    then = asked("第二条", "a")
    assert refs(found(asked("第二项呢", follows=then))) == ["a#2.2"]
    assert refs(found(asked("第二项呢", "b", follows=then), "b")) == []
    assert found(asked("下一条呢")) is None
    assert found(asked("第二项呢", follows=asked("为什么", "a"))) is None


def test_a_version_that_is_not_meant_has_no_number() -> None:
    question = asked("第二条")
    without = replace(question, scope=replace(question.scope, left_out=("a",)))
    assert refs(found(without)) == ["b#2"]
    # Named by the caller, it is meant.
    assert refs(found(without, "a")) == ["a#2"]


def test_one_of_several_texts_in_a_file_by_its_title() -> None:
    two = {"x": cut("某大学采购办法\n第一条 甲。\n第二条 乙。\n某大学采购实施细则\n第一条 丙。\n第二条 丁。\n", "x")}
    question = asked("第二条", "x")
    assert refs(found(question, rules=two)) == ["x#2", "x#2~2"]
    titled = replace(question, scope=replace(question.scope, instruments=(("x", "某大学采购实施细则"),)))
    assert refs(found(titled, rules=two)) == ["x#2~2"]


THREE = "《某校0办法》、《某校1办法》、《某校2办法》"


@pytest.mark.parametrize(
    ("count", "terms", "likely", "cited", "line"),
    [
        (10, (), (), 10, ""),
        (11, (), (), 0, f"有第一条的制度共11份（{THREE}等），请写明是哪一份，例如“《某校0办法》第一条”。"),
        (11, ("甲",), ("d3", "d3", "d5", "none"), 2, "另有9份制度也有第一条，未列出；请写明制度名称。"),
        (12, ("甲",), tuple(f"d{n}" for n in range(12)), 10, "另有2份制度也有第一条，未列出；请写明制度名称。"),
        (11, (), ("d3",), 0, "有第一条的制度共11份"),
    ],
)
def test_a_number_of_more_documents_than_can_be_read(
    count: int, terms: tuple[str, ...], likely: tuple[str, ...], cited: int, line: str
) -> None:
    rules = {f"d{n}": cut(f"某校{n}办法\n第一条 甲。\n第二条 乙。\n第三条 丙。\n", f"d{n}") for n in range(count)}
    result = look_up(asked("第一条", terms=terms), rules, (), "zh", likely)
    assert result is not None
    assert len(result.provisions) == cited
    assert "".join(result.missing).startswith(line)
    assert bool(result.missing) is bool(line)
    assert result.asks is (bool(line) and not cited)
