"""What is told of a document itself."""

from __future__ import annotations

import pytest

from policy_qa.dialogue.documents import facts_told
from policy_qa.dialogue.sheet import Sheet
from policy_qa.facts.register import Register
from samples import cut

ARTICLES = "第{}条 学生应当按时到校。\n"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (f"第一章 总则\n{ARTICLES.format('一')}第二章 附则\n{ARTICLES.format('二')}", "共2条，分2章。"),
        (ARTICLES.format("一") + ARTICLES.format("二"), "共2条。"),
        ("一、总则\n（一）学生应当按时到校。\n二、附则\n（一）学生应当请假。\n", "，分2部分。"),
    ],
)
def test_articles_and_what_they_stand_in_are_counted(text: str, says: str) -> None:
    segmentation = cut(f"南山大学考勤管理办法\n{text}")
    doc_id = segmentation.document.doc_id
    told = facts_told(Sheet({doc_id: segmentation}), Register([segmentation]), "count", [doc_id], "zh")
    assert says in told.lines[0].text
