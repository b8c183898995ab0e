"""What is told of a document itself."""

from __future__ import annotations

import pytest

from policy_qa.dialogue.documents import absent_told, facts_told
from policy_qa.dialogue.sheet import Sheet
from policy_qa.facts.register import Register
from samples import cut

ARTICLES = "第{}条 学生应当按时到校。\n"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (f"第一章 总则\n{ARTICLES.format('一')}第二章 附则\n{ARTICLES.format('二')}", "共2条，分2章。"),
        (ARTICLES.format("一") + ARTICLES.format("二"), "共2条。"),
        ("一、总则\n（一）学生应当按时到校。\n二、附则\n（一）学生应当请假。\n", "，分2部分。最后一条是（一）"),
        ("一、学生应当按时到校。\n二、学生应当请假。\n三、学生应当穿校服。\n\n特此通知。\n", "最后一条是三、"),
    ],
)
def test_articles_and_what_they_stand_in_are_counted(text: str, says: str) -> None:
    segmentation = cut(f"南山大学考勤管理办法\n{text}")
    doc_id = segmentation.document.doc_id
    told = facts_told(Sheet({doc_id: segmentation}), Register([segmentation]), "count", [doc_id], "zh")
    assert says in told.lines[0].text


ENDS = (
    "南山大学资助办法\n第一条　为做好资助工作，制定本办法。\n第二条　本办法自2024年9月1日起施行。"
    "《南山大学助学金管理办法》（南大学〔2020〕18号）同时废止。\n"
)


@pytest.mark.parametrize(
    ("name", "says", "refused"),
    [
        ("南大学〔2020〕18号", "自2024年9月1日起，它已被《南山大学资助办法》废止", False),
        ("南山大学助学金管理办法", "没有收录《南山大学助学金管理办法》；自2024年9月1日起", False),
        ("南大学〔2020〕19号", "没有收录南大学〔2020〕19号，不能作答", True),
        ("南山大学宿舍管理办法", "没有收录《南山大学宿舍管理办法》，不能作答", True),
    ],
)
def test_of_a_text_that_is_not_on_file_its_end_is_told(name: str, says: str, refused: bool) -> None:
    segmentation = cut(ENDS)
    sheet = Sheet({segmentation.document.doc_id: segmentation})
    told = absent_told(sheet, Register([segmentation]), [name], "zh")
    assert says in told.lines[0].text
    assert told.refused is refused
    assert bool(told.citations) is not refused


@pytest.mark.parametrize(
    ("head", "says"),
    [
        ("南大学〔2025〕17号\n（2025年8月20日校务委员会审议通过）", "于2025年8月20日通过"),
        ("南大学〔2025〕17号\n（2025年8月18日校务委员会审议通过，2025年8月20日印发）", "印发于2025年8月20日"),
        ("南大学〔2025〕17号\n2025年8月20日印发", "印发于2025年8月20日"),
    ],
)
@pytest.mark.parametrize("about", ["date", "about"])
def test_the_day_of_passing_is_not_said_to_be_that_of_issue(head: str, says: str, about: str) -> None:
    segmentation = cut(f"南山大学访客办法\n{head}\n第一条　访客应当预约。\n")
    doc_id = segmentation.document.doc_id
    told = facts_told(Sheet({doc_id: segmentation}), Register([segmentation]), about, [doc_id], "zh")
    assert says in "".join(line.text for line in told.lines)


def test_what_is_to_end_has_not_ended() -> None:
    segmentation = cut(ENDS.replace("2024年", "2099年"))
    doc_id = segmentation.document.doc_id
    sheet, register = Sheet({doc_id: segmentation}), Register([segmentation])
    assert absent_told(sheet, register, ["南大学〔2020〕18号"], "zh").refused
    assert not any("废止了" in line.text for line in facts_told(sheet, register, "status", [doc_id], "zh").lines)


def test_where_a_text_stands_is_told_with_what_it_repeals() -> None:
    segmentation = cut(ENDS)
    doc_id = segmentation.document.doc_id
    told = facts_told(Sheet({doc_id: segmentation}), Register([segmentation]), "status", [doc_id], "zh")
    assert "现行有效" in told.lines[0].text
    assert told.lines[1].text == "《南山大学资助办法》废止了《南山大学助学金管理办法》南大学〔2020〕18号。"
    assert told.lines[1].marks
