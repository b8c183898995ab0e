"""Blank forms name fields and say nothing of them: nothing but a question about the form is answered by one."""

from __future__ import annotations

from pathlib import Path

import pytest
from docx import Document as WordDocument

from policy_qa.documents.sources import read_document
from policy_qa.provisions import segment
from policy_qa.retrieval.forms import is_blank_form, means_form
from samples import cut
from small_index import retriever_of, weighing

RULES = "河湾学院护林员办法\n第一条 护林员由后勤处聘用。\n第二条 护林员每月领取补贴200元。\n"
#: As a copy from Word leaves a form, and as Markdown.
TABS = "附件\n护林员登记表\n姓名\t\t性别\t\t照片\t\n学历\t\t奖励情况\t\t\t\n工作经历\t\t\t\t\t\n"
PIPES = "附件\n护林员登记表\n| 姓名 | | 性别 | |\n| 学历 | | 奖励情况 | |\n| 工作经历 | | | |\n"
ROSTER = "附件\n护林员名单\n| 姓名 | 性别 | 学历 |\n| 王林 | 男 | 本科 |\n| 李森 | 女 | |\n"
MATRIX = "附件\n分工表\n| 事项 | 后勤处 | 保卫处 | 教务处 |\n| 巡查 | √ | | |\n| 报告 | | √ | |\n| 培训 | | | √ |\n"


@pytest.mark.parametrize(
    ("attachment", "blank"),
    [(TABS, True), (PIPES, True), (ROSTER, False), (MATRIX, False), ("附件\n护林员须知\n学历为本科。\n", False)],
)
def test_what_a_blank_form_is(attachment: str, blank: bool) -> None:
    segmentation = cut(RULES + attachment)
    assert [is_blank_form(segmentation, a) for a in segmentation.articles if a.path == "appendix-1"] == [blank]
    assert not any(is_blank_form(segmentation, a) for a in segmentation.articles if a.path != "appendix-1")


def test_a_form_that_word_wrote(tmp_path: Path) -> None:
    made = WordDocument()
    for line in (*RULES.split("\n"), "附件", "护林员登记表"):
        made.add_paragraph(line)
    table = made.add_table(rows=0, cols=4)
    for first, second in (("姓名", "性别"), ("学历", "奖励情况")):
        cells = table.add_row().cells
        cells[0].text, cells[2].text = first, second
    last = table.add_row().cells
    last[0].text = "工作经历"
    last[1].merge(last[3])
    made.save(str(tmp_path / "form.docx"))
    segmentation = segment(read_document(tmp_path / "form.docx"))
    assert [a.path for a in segmentation.articles if is_blank_form(segmentation, a)] == ["appendix-1"]


@pytest.mark.parametrize(
    ("question", "meant"),
    [
        ("登记表上有哪些栏目？", True),
        ("附件里有什么", True),
        ("学历那里填什么", True),
        ("What does the form ask for?", True),
        ("护林员要什么学历？", False),
        ("职工代表的学历", False),
        ("表彰哪些护林员", False),
        ("对学校的信息有什么要求", False),
        ("What information is needed?", False),
    ],
)
def test_whether_a_question_means_a_form(question: str, meant: bool) -> None:
    assert means_form(question) is meant


@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize("form", [TABS, PIPES])
def test_fields_answer_only_who_asks_for_the_form(form: str, large: bool) -> None:
    retriever = retriever_of(weighing(bm25=4.0), texts={"x": RULES + form}, large=large)

    def found(*turns: str) -> list[str]:
        question = retriever.analyzer.analyze(turns[-1], turns[:-1])
        return [c.article.path for c in retriever.retrieve(question).candidates]

    assert "appendix-1" not in found("护林员要什么学历？")
    assert "appendix-1" in found("登记表上要填学历吗？")
    # What goes on from a question about the form is one, too.
    assert "appendix-1" in found("登记表上要填学历吗？", "奖励呢？")


def test_what_only_a_blank_form_has_is_missing() -> None:
    retriever = retriever_of(weighing(bm25=4.0), texts={"x": RULES + PIPES})
    assert retriever.lacking(retriever.analyzer.analyze("护林员要什么学历？"), 0.1) == ["学历"]
    assert retriever.lacking(retriever.analyzer.analyze("护林员领取补贴"), 0.1) == []
