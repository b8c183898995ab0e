"""What a policy says of other provisions: where it stands, what it names, whose it is."""

from __future__ import annotations

import pytest

from policy_qa.citing.annotate import annotate
from policy_qa.citing.clean import clean, cleaned
from policy_qa.citing.find import find
from policy_qa.citing.grammar import Register
from policy_qa.citing.place import Mention, Owner
from policy_qa.citing.resolve import Found, Standing, may_hold
from policy_qa.datamodels import Segmentation
from samples import at, cut


def mentions(text: str) -> list[tuple[str, str, str]]:
    found = find(text, Register.POLICY)
    return [(text[m.begin : m.end], m.shown or f"{m.back or ''}{m.unit}", m.owner.value) for m in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("依照第五条第二款办理", [("第五条第二款", "第五条第二款", "bare")]),
        ("依照本办法第五条办理", [("本办法第五条", "第五条", "self")]),
        ("依照本条第二款办理", [("本条第二款", "第二款", "here")]),
        ("依照《某办法》第五条办理", [("《某办法》第五条", "第五条", "titled")]),
        (
            "依照《关于执行〈某法〉的规定》（试行）第五条",
            [("《关于执行〈某法〉的规定》（试行）第五条", "第五条", "titled")],
        ),
        ("依照刑法第五条", [("第五条", "第五条", "other")]),
        ("该条第二款规定", [("该条第二款", "第二款", "other")]),
        # A list has one owner; a number that stands by itself has none.
        ("依照刑法第三条、第五条的规定", [("第三条", "第三条", "other"), ("第五条", "第五条", "other")]),
        ("依照本办法第三条办理，第五条除外", [("本办法第三条", "第三条", "self"), ("第五条", "第五条", "bare")]),
        ("依照刑法第三条规定、第五条规定", [("第三条", "第三条", "other"), ("第五条", "第五条", "other")]),
        # Ranges and lists.
        ("第三条至第五条", [("第三条至第五条", "第三条、第四条、第五条", "bare")]),
        ("第三条第一款、第三款", [("第三条第一款", "第三条第一款", "bare"), ("第三款", "第三条第三款", "bare")]),
        ("第四条第（一）、（三）项", [("第四条第（一）、（三）项", "第四条第一项、第四条第三项", "bare")]),
        ("第三章第二节", [("第三章第二节", "第三章第二节", "bare")]),
        # By place.
        ("前款规定", [("前款", "1款", "bare")]),
        ("前两款规定", [("前两款", "2款", "bare")]),
        ("前款规定的第（二）项", [("前款规定的第（二）项", "第二项", "bare")]),
        ("前条第一款、第三款", [("前条第一款", "第一款", "bare"), ("第三款", "第三款", "bare")]),
        ("本章规定", [("本章", "章", "bare")]),
        ("目前款项、以前条件、本章程、本节约", []),
        # Attachments: not a heading, not another paper's.
        ("填写附件2", [("附件2", "附件2", "bare")]),
        ("填写附件1、附件3", [("附件1、附件3", "附件1、附件3", "bare")]),
        ("见附件", [("附件", "附件", "self")]),
        ("填写本办法附件2", [("本办法附件2", "附件2", "self")]),
        ("附件2 推荐表", []),
        ("《某办法》附件2", []),
        ("该通知附件2", []),
        # A 款 and an item alone need words behind them that speak of a provision.
        ("第二款规定的情形", [("第二款", "第二款", "bare")]),
        ("第三款产品和第一项工作", []),
        ("第七条件、第三节课、第二项目", []),
    ],
)
def test_what_a_policy_names(text: str, expected: list[tuple[str, str, str]]) -> None:
    assert mentions(text) == expected


@pytest.mark.parametrize(
    ("register", "expected"),
    [
        (Register.QUESTION, ["第一部分第七项"]),
        (Register.DRAFT, ["第七条"]),
        (Register.POLICY, ["第七条"]),
    ],
)
def test_a_heading_is_a_citation_in_a_question_alone(register: Register, expected: list[str]) -> None:
    assert [m.shown for m in find("一、总则，第七条", register)] == expected


def test_offsets_of_a_question_are_those_of_what_was_typed() -> None:
    text = "㈠ＡＲＴＩＣＬＥ ７ 和第\u200b七条"
    assert [text[m.start : m.end] for m in find(text, Register.QUESTION)] == ["ＡＲＴＩＣＬＥ ７", "第\u200b七条"]


RULES = cut("某办法\n第一条 甲。乙方另行规定。\n第二条 子：\n（一）寅；\n（二）卯。\n第三条 丙。\n")


@pytest.mark.parametrize(
    ("words", "path", "provisions", "lacks"),
    [
        ("第二条第二项", "1", ["2.2"], ""),
        ("第一条至第三条", "2", ["1", "2", "3"], ""),
        ("第一条至第九条", "2", ["1", "2", "3"], "第九条"),
        ("第四条第二款", "1", [], "第四条"),
        ("第二条第四项", "1", [], "第二条第四项"),
        ("第（二）项规定", "2", ["2.2"], ""),
        ("前条规定", "1", [], "条"),
        ("前条规定", "3", ["2"], ""),
        # What stands before it in the line may be what the words mean.
        ("前款规定", "1", [], "款"),
    ],
)
def test_where_it_leads(words: str, path: str, provisions: list[str], lacks: str) -> None:
    standing = Standing(segmentation=RULES, articles=RULES.articles)
    (mention,) = find(words, Register.POLICY)
    found = standing.follow(mention, at(RULES, path))
    assert ([p.path for p in found.provisions], found.lacks) == (provisions, lacks)


def at_words(rules: Segmentation, words: str) -> Found:
    """What words that stand in a document lead to, from there."""
    text = rules.document.text
    start = text.index(words)
    mention = next(m for m in find(text, Register.POLICY) if m.start <= start < m.end)
    article = next(a for a in rules.articles if a.start <= start < a.end)
    return Standing(segmentation=rules, articles=rules.articles).follow(mention, article)


PLACED = cut(
    "某办法\n第一章 总则\n第一节 目的\n第一条 甲应当：\n（一）寅；\n（二）卯。\n乙自行决定。\n"
    "有前款第（二）项情形的除外。\n"
    "第二节 范围\n第二条 依照第一节的规定办理。\n第二章 分则\n第一节 职责\n第三条 丙。丁，前款规定除外。\n"
    "第三章 附则\n第四条 见第一节。前款规定除外。\n"
)


@pytest.mark.parametrize(
    ("words", "provisions", "lacks"),
    [
        ("前款第（二）项", ["1.2"], ""),
        # 第一节 of its own chapter; where its chapter has none, nobody can tell.
        ("第一节的规定", ["1"], ""),
        ("第一节。", [], ""),
        # The sentence before may be what 前款 means.
        ("前款规定除外", [], ""),
    ],
)
def test_where_words_of_a_document_lead(words: str, provisions: list[str], lacks: str) -> None:
    found = at_words(PLACED, words)
    assert ([p.path for p in found.provisions], found.lacks) == (provisions, lacks)


def test_a_heading_that_several_chapters_have_leads_nowhere_from_elsewhere() -> None:
    standing = Standing(segmentation=PLACED, articles=PLACED.articles)
    first, second = (find(words, Register.POLICY)[0] for words in ("第一节", "第二节"))
    assert standing.follow(first).provisions == ()
    assert [p.path for p in standing.follow(second).provisions] == ["2"]


def test_people_count_what_the_parser_does_not_see() -> None:
    rules = cut("某办法\n第一条 应当做到一、守时，二、守信。\n第二条 乙。\n")
    (second,) = find("第一条第二项", Register.POLICY)
    (third,) = find("第一条第三项", Register.POLICY)
    first = at(rules, "1")
    assert Standing(segmentation=rules, articles=rules.articles).follow(second).lacks == ""
    assert may_hold(rules, first, second.places[0])
    assert not may_hold(rules, first, third.places[0])


@pytest.mark.parametrize(
    ("given", "options", "expected"),
    [
        ("ＣＩＯ　第７条", {}, "cio 第7条"),
        ("ＣＩＯ　第７条", {"spaces": False}, "cio第7条"),
        ("“甲”——乙", {"marks": True}, '"甲"--乙'),
        ("CIO", {"case": True}, "CIO"),
        ("第\u200b七\ufeff条", {}, "第七条"),
        ("ascii  only", {"spaces": False}, "asciionly"),
    ],
)
def test_one_spelling(given: str, options: dict[str, bool], expected: str) -> None:
    assert clean(given, **options) == expected
    found = cleaned(given, **options)
    assert found.text == expected
    assert [clean(given[i], **options) for i in found.origin] == list(found.text)


def test_something_is_written_in_the_place_of_citations() -> None:
    text = "依照第七条、第八条办理。"
    found = find(text, Register.DRAFT)
    assert annotate(text, reversed(found), lambda m, words: f"[{m.shown}]") == "依照[第七条]、[第八条]办理。"
    whole = Mention(start=0, end=len(text), owner=Owner.BARE)
    assert annotate(text, [*found, whole], lambda m, words: words.upper(), between=lambda w: "") == text
    assert annotate("甲", [], lambda m, words: "", between=lambda w: w * 2) == "甲甲"
