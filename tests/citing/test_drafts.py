"""Where a draft names provisions by number."""

from __future__ import annotations

import time

import pytest

from policy_qa.citing.find import find, printed_at
from policy_qa.citing.grammar import Register
from policy_qa.citing.place import Mention


def mentions(text: str) -> tuple[Mention, ...]:
    return find(text, Register.DRAFT)


def named(text: str) -> list[tuple[str, str]]:
    return [(text[m.start : m.end], m.shown) for m in mentions(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("见第七条第（二）项。", [("第七条第（二）项", "第七条第二项")]),
        ("第7条第２款规定", [("第7条第２款", "第七条第二款")]),
        ("第 七 条", [("第 七 条", "第七条")]),
        ("第一百二十条之一第一款", [("第一百二十条之一第一款", "第一百二十条之一第一款")]),
        ("第七条（二）", [("第七条（二）", "第七条第二项")]),
        ("第七条第二点", [("第七条第二点", "第七条第二项")]),
        ("第三条第二款第（一）项第2目", [("第三条第二款第（一）项第2目", "第三条第二款第一项第二目")]),
        ("第七条第一项、第三项", [("第七条第一项", "第七条第一项"), ("第三项", "第七条第三项")]),
        ("第七条第一款和第三款", [("第七条第一款", "第七条第一款"), ("第三款", "第七条第三款")]),
        ("第七条、第八条第二项", [("第七条", "第七条"), ("第八条第二项", "第八条第二项")]),
        ("第七、八条", [("第七、八条", "第七条、第八条")]),
        ("第5、7、9条", [("第5、7、9条", "第五条、第七条、第九条")]),
        ("第七至九条", [("第七至九条", "第七条、第八条、第九条")]),
        ("第七条至第九条", [("第七条至第九条", "第七条、第八条、第九条")]),
        (
            "第七条第（一）项至第（三）项",
            [("第七条第（一）项至第（三）项", "第七条第一项、第七条第二项、第七条第三项")],
        ),
        ("第二章第五条", [("第二章第五条", "第二章第五条")]),
        ("附件2第三条", [("附件2第三条", "附件2第三条")]),
        ("第二部分第2点", [("第二部分第2点", "第二部分第二项")]),
        ("附件2第三条、第四条", [("附件2第三条", "附件2第三条"), ("第四条", "附件2第四条")]),
        ("第七条第（一）、（二）项", [("第七条第（一）、（二）项", "第七条第一项、第七条第二项")]),
        # Items that are copied with a rule, those of a 前款, and a list that goes on after a comma are none.
        ("第（一）至（三）项规定的人员", []),
        ("前款第二项规定的情形", []),
        ("第七条，（二）其他", [("第七条", "第七条")]),
        ("合同第三款产品、这一条件、第七条件", []),
    ],
)
def test_numbers_are_found_where_they_stand(text: str, expected: list[tuple[str, str]]) -> None:
    assert named(text) == expected


@pytest.mark.parametrize(
    ("text", "place", "meaning"),
    [
        ("四、岗位管理 5.规定", "四、岗位管理 5.", "第四部分第五项"),
        ("二、任职条件（一）", "二、任职条件（一）", "第二部分第一项"),
        ("二、（二）", "二、（二）", "第二部分第二项"),
        ("八、保障措施，", "八、保障措施", "第八部分"),
    ],
)
def test_a_place_is_read_as_a_document_without_articles_prints_it(text: str, place: str, meaning: str) -> None:
    found = printed_at(text, 0)
    assert found is not None
    assert text[found.start : found.end] == place
    assert found.shown == meaning


def test_a_paragraph_alone_is_that_of_the_article_before() -> None:
    text = "第七条有两项。该条第二款规定"
    inner = mentions(text)[1]
    assert inner.alone
    assert inner.places[0].paragraph == 2


@pytest.mark.alone
def test_a_list_of_any_length_takes_linear_time() -> None:
    assert len(mentions("第七条、" * 5_000)) == 5_000
    started = time.process_time()
    mentions("第七条第一项，" * 4_000)
    once = time.process_time() - started
    started = time.process_time()
    mentions("第七条第一项，" * 8_000)
    assert time.process_time() - started < 4 * once + 0.2
