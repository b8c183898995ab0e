"""Answers and drafts fall into sentences."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_qa.verify import sentences_of


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("任期3年。可连任。", ["任期3年。", "可连任。"]),
        ("任期3年[1]。可连任[2]。", ["任期3年[1]。", "可连任[2]。"]),
        ("任期3年。[1][2]可连任；", ["任期3年。[1][2]", "可连任；"]),
        ("第七条第二项。下一句。", ["第七条第二项。", "下一句。"]),
        ("版本3.5已发布。", ["版本3.5已发布。"]),
        ("1. 任期3年\n2. 可连任", ["1. 任期3年", "2. 可连任"]),
        ("《什么是首席信息官？问答》规定如下。", ["《什么是首席信息官？问答》规定如下。"]),
        ("条文是「任期3年。可连任。」，请核对。", ["条文是「任期3年。可连任。」，请核对。"]),
        ("条文说：“任期3年。”下一句。", ["条文说：“任期3年。”", "下一句。"]),
        ("The term is 3 years. See Art. 7. Done!", ["The term is 3 years.", "See Art. 7.", "Done!"]),
        ("- 甲\n\n- 乙\n", ["- 甲", "- 乙"]),
        ("真的吗？！是。", ["真的吗？！", "是。"]),
        (
            "由主要负责人担任（特殊情况下经\n\n学校授权）。下一句。",
            ["由主要负责人担任（特殊情况下经\n\n学校授权）。", "下一句。"],
        ),
        ("", []),
    ],
)
def test_sentences(text: str, expected: list[str]) -> None:
    assert [text[a:b] for a, b in sentences_of(text)] == expected


@given(st.text(alphabet="任期3年。；！？!?.\n「」《》“”[1] a", max_size=60))
def test_spans_are_in_order_and_lose_no_word(text: str) -> None:
    spans = sentences_of(text)
    at = 0
    for start, end in spans:
        assert at <= start < end <= len(text)
        assert not any(c.isalnum() for c in text[at:start])
        at = end
    assert not any(c.isalnum() for c in text[at:])
