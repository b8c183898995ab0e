"""PDF: what a reader sees on paper comes out as paragraphs, rows and pages."""

from __future__ import annotations

import base64
import random
import subprocess
import sys
import zlib
from pathlib import Path

import pytest
from pdf_files import LEFT, RIGHT, SONG, Flow, Paper, deflated, measure, raw_pdf, stream, wrapped

import browser
from policy_qa.documents import scans
from policy_qa.documents.pdf.document import MAX_PAGES, read_pdf
from policy_qa.documents.sources import read_document
from policy_qa.errors import SourceError
from policy_qa.provisions import segment
from samples import POLICIES, ROOT, assert_lossless, at, text_at

LONG = (
    "第一条 为规范学校信息化工作，明确首席信息官（Chief Information Officer，简称CIO）的职责，根据"
    "《教育信息化2.0行动计划》和上级有关规定，结合学校实际，制定本办法，自2024年起在各单位施行。"
)
MORE = (
    "第二条 首席信息官由学校分管信息化工作的校领导担任，任期3年，可以连聘连任，连任不超过2届，任期内因故不能履行"
    "职责的，由校长办公会议研究决定代理人选，代理期限不超过6个月。"
)


def paragraphs(data: bytes) -> list[str]:
    return read_pdf(data, "rule.pdf").text.split("\n")[:-1]


def refusal(data: bytes) -> str:
    with pytest.raises(SourceError) as caught:
        read_pdf(data, "rule.pdf")
    message = str(caught.value)
    assert message.startswith("rule.pdf: expected ")
    assert "\n" not in message
    return message


def one_page(*lines: tuple[float, float, str]) -> bytes:
    paper = Paper()
    for x, y, words in lines:
        paper.text(x, y, words)
    return paper.done()


# ---- lines to paragraphs


@pytest.mark.parametrize("hanging", [False, True], ids=["marks within", "marks hanging"])
@pytest.mark.parametrize("indent", [24, 0], ids=["indented", "flush"])
@pytest.mark.parametrize("name", POLICIES)
def test_a_policy_set_as_pages_comes_back_word_for_word(name: str, indent: float, hanging: bool) -> None:
    words = [" ".join(line.split()) for line in (ROOT / "corpus" / f"{name}.txt").read_text("utf-8").split("\n")]
    # The form at the end of one is a list of cells: its spaces are layout.
    wanted = [line for line in words if line and "|" not in line and "<" not in line][:48]
    flow = Flow(head="规章制度汇编", number="— {} —", indent=indent, hanging=hanging)
    for line in wanted:
        flow.paragraph(line)
    assert paragraphs(flow.done()) == wanted


def test_lines_of_a_paragraph_are_joined_without_spaces_between_chinese_characters() -> None:
    flow = Flow()
    flow.paragraph(LONG)
    flow.paragraph(MORE)
    assert paragraphs(flow.done()) == [LONG, MORE]


@pytest.mark.parametrize("inset", [0, 24, 48])
@pytest.mark.parametrize("signed", ["江南学校", "江南大学附属实验学校", "江南学校信息办"])
def test_a_signature_and_its_date_at_the_right_are_lines_of_their_own(signed: str, inset: float) -> None:
    flow = Flow()
    flow.paragraph(LONG)
    flow.paragraph(MORE)
    for words in (signed, "2023年9月28日"):
        flow.paper.text(RIGHT - inset - measure(words), flow.y, words)
        flow.y -= flow.leading
    flow.flush("抄送：各处室，各年级组。")
    assert paragraphs(flow.done()) == [LONG, MORE, signed, "2023年9月28日", "抄送：各处室，各年级组。"]


def test_a_continued_line_that_begins_with_a_number_is_no_paragraph() -> None:
    text = "第三条 " + "甲" * 29 + "第七条规定的程序办理，" + "（二）项所列人员除外。" + "乙" * 20 + "。"
    flow = Flow()
    flow.paragraph(text)
    flow.paragraph(MORE)
    assert any(line.startswith("第七条") for line in wrapped(text))
    assert paragraphs(flow.done()) == [text, MORE]


def test_short_lines_are_paragraphs_of_their_own() -> None:
    lines = ["第一章 总则", "（一）校长；", "（二）副校长；", "① 其他人员", "附件：推荐表"]
    flow = Flow()
    flow.paragraph(LONG)
    for line in lines:
        flow.flush(line)
    assert paragraphs(flow.done()) == [LONG, *lines]


def test_a_list_of_short_lines_alone_is_not_run_together() -> None:
    lines = ["教务处", "研究生院管理办公室", "信息化管理中心办公室", "学生工作处", "后勤保障处"]
    assert paragraphs(one_page(*((LEFT, 700 - 20 * i, w) for i, w in enumerate(lines)))) == lines


def test_lines_of_a_table_of_contents_stay_apart() -> None:
    titles = ["第一章 总则", "第二章 职责", "第三章 附则", "附件 推荐表"]
    lines = []
    for n, title in enumerate(titles, 1):
        dots = "." * int((RIGHT - LEFT - measure(f"{title}  {n}")) / measure("."))
        lines.append(f"{title} {dots} {n}")
    flow = Flow()
    for line in lines:
        flow.flush(line)
    flow.paragraph(LONG)
    assert paragraphs(flow.done()) == [*lines, LONG]


def test_a_gap_between_full_lines_parts_paragraphs() -> None:
    flow = Flow(indent=0)
    first = "学校设立首席信息官制度领导小组，统筹全校信息化规划、建设、管理与应用工作，负责重大事项决策与督导"
    first = (first * 3)[:70]
    for _ in range(3):
        flow.paragraph(first, gap=14)
    assert paragraphs(flow.done()) == [first] * 3


def test_a_hanging_indent_is_one_paragraph() -> None:
    paper = Paper()
    y = 700.0
    items = [f"{n}. " + ("负责统筹协调全校信息化规划建设管理与应用工作，" * 4) + "并组织实施。" for n in (1, 2, 3)]
    for item in items:
        lines = wrapped(item[3:], width=RIGHT - LEFT - 24, indent=0)
        paper.text(LEFT, y, item[:2])
        for line in lines:
            paper.text(LEFT + 24, y, line)
            y -= 20
    assert paragraphs(paper.done()) == items


def test_english_words_get_their_spaces_and_hyphens_go() -> None:
    lines = [
        "The chief information officer is responsible for the infor-",
        "mation strategy of the school and reports to the principal of",
        "the school every term; the plan for 2024-2027 is part of it.",
    ]
    paper = Paper()
    paper.column(LEFT, 700, lines, font="Helvetica", size=14)
    whole = " ".join(lines).replace("infor- mation", "information")
    assert paragraphs(paper.done()) == [whole]


def test_english_with_a_ragged_edge_is_joined() -> None:
    lines = [
        "The chief information officer reports to the principal of the",
        "school, and for interoperability it is useful for different",
        "programs to use the same plan so that different schools can",
        "agree on what is meant and the information is not written twice.",
    ]
    paper = Paper()
    paper.column(LEFT, 700, lines, font="Helvetica", size=14)
    assert paragraphs(paper.done()) == [" ".join(lines)]


def test_a_title_of_two_lines_is_one_and_the_number_below_stays_apart() -> None:
    flow = Flow()
    flow.title("江南大学附属实验学校", "首席信息官工作管理办法（试行）")
    flow.heading("第一章 总则")
    flow.paragraph(LONG)
    flow.paragraph(MORE)
    found = paragraphs(flow.done())
    assert found == ["江南大学附属实验学校首席信息官工作管理办法（试行）", "第一章 总则", LONG, MORE]


@pytest.mark.parametrize("second", ["2024年信息化工作要点", "信息化工作办法|（2024年修订）"])
def test_a_year_in_a_title_is_part_of_it_and_a_date_is_not(second: str) -> None:
    flow = Flow()
    flow.title("江南大学附属实验学校", *second.split("|"), "2024年3月12日")
    flow.paragraph(LONG)
    flow.paragraph(MORE)
    title = "江南大学附属实验学校" + second.replace("|", "")
    assert paragraphs(flow.done()) == [title, "2024年3月12日", LONG, MORE]


def test_a_title_whose_second_line_fills_the_page_is_one() -> None:
    flow = Flow()
    flow.title("江南大学附属实验学校关于印发", "《首席信息官工作办法（试行）》的通知", size=22)
    flow.paragraph(LONG)
    flow.paragraph(MORE)
    title = "江南大学附属实验学校关于印发《首席信息官工作办法（试行）》的通知"
    assert paragraphs(flow.done()) == [title, LONG, MORE]


# ---- pages


def test_a_paragraph_runs_on_over_a_page_and_heads_and_numbers_go() -> None:
    flow = Flow(head="学校制度汇编 2024", number="第{}页 共5页", leading=21)
    body = [f"第{n}条 " + LONG[4:] for n in ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十")] * 3
    for words in body:
        flow.paragraph(words)
    found = read_pdf(flow.done(), "rule.pdf")
    assert found.text.split("\n")[:-1] == body
    assert any(len(set(pages)) == 2 for _, pages in flow.placed)
    at_ = 0
    for words, pages in flow.placed:
        assert sum(start <= at_ for start in found.pages) == pages[0]
        assert sum(start <= at_ + len(words) - 1 for start in found.pages) == pages[-1]
        at_ += len(words) + 1
    assert found.encoding == "pdf"
    assert len(found.notes) == 1
    assert "学校制度汇编 2024" in found.notes[0]


@pytest.mark.parametrize(
    "number", ["— {} —", "- {} -", "{}", "第{}页", "第 {} 页 共 4 页", "{}/4", "·{}·", "Page {} of 4"]
)
def test_page_numbers_are_no_text(number: str) -> None:
    flow = Flow(number=number)
    body = [LONG, MORE] * 12
    for words in body:
        flow.paragraph(words)
    assert paragraphs(flow.done()) == body


def test_heads_that_take_turns_go() -> None:
    paper = Paper()
    for page in range(1, 7):
        paper.text(LEFT if page % 2 else 430, 790, f"{page} 学生手册" if page % 2 else f"江南大学 {page}", size=9)
        paper.text(LEFT + 24, 700, f"第{page}次会议纪要")
        paper.turn_page()
    assert paragraphs(paper.done()) == [f"第{page}次会议纪要" for page in range(1, 7)]


def test_a_head_that_names_the_chapter_and_counts_goes_also_where_it_comes_once() -> None:
    paper = Paper()
    chapters = ["第一章 总则"] * 3 + ["第二章 职责"] + ["第三章 附则"] * 4
    for page, chapter in enumerate(chapters, 1):
        paper.text(LEFT, 790, chapter, size=9)
        paper.text(500, 790, str(page), size=9)
        paper.text(LEFT + 24, 700, f"第{page}次会议纪要")
        paper.turn_page()
    assert paragraphs(paper.done()) == [f"第{page}次会议纪要" for page in range(1, 9)]


def test_pages_that_begin_with_the_same_words_keep_them() -> None:
    flow = Flow(head="规章制度汇编", number="{}")
    body = []
    for n in range(8):
        words = ["安全责任承诺书"] * (n % 2) + [LONG, MORE]
        for one in words:
            flow.paragraph(one)
        body += words
        if n < 7:
            flow.new_page()
    assert paragraphs(flow.done()) == body


def test_a_title_on_every_page_is_no_running_head() -> None:
    flow = Flow(head="规章制度汇编", number="{}")
    body = []
    for n in range(6):
        flow.title("学生安全责任承诺书")
        flow.paragraph(LONG)
        body += ["学生安全责任承诺书", LONG]
        if n < 5:
            flow.new_page()
    assert paragraphs(flow.done()) == body


def test_minutes_that_begin_every_page_are_no_running_heads() -> None:
    flow = Flow(number="— {} —")
    body = []
    for year in range(2019, 2025):
        words = [f"{year}年信息化工作要点", "校长办公会审定", LONG, MORE]
        for one in words:
            flow.paragraph(one)
        body += words
        if year < 2024:
            flow.new_page()
    assert paragraphs(flow.done()) == body


@pytest.mark.parametrize("size", [9, 12])
def test_a_head_of_two_lines_goes_also_where_it_is_as_big_as_the_text(size: float) -> None:
    flow = Flow(number="— {} —")
    body = [LONG, MORE] * 20
    for words in body:
        flow.paragraph(words)
    pages = flow.page
    data = flow.done()
    assert paragraphs(data) == body
    flow = Flow(number="— {} —")
    for words in body:
        before = flow.page
        flow.paragraph(words)
        if flow.page != before or words is body[0]:
            flow.paper.text(LEFT, 800, "江南大学附属实验学校", size=size)
            flow.paper.text(LEFT, 784, "规章制度汇编", size=size)
    assert pages >= 4
    assert paragraphs(flow.done()) == body


def test_a_head_of_a_book_goes_also_where_it_is_like_a_line_of_the_text() -> None:
    """A word processor's header is as big as the text, and no farther from it than paragraphs are from each other."""
    paper = Paper()
    body = []
    for page in range(14):
        paper.text(LEFT, 760, "江南大学学生手册")
        for line in range(12):
            body.append(f"第{page * 12 + line + 1}条 学校应当管理。")
            paper.text(LEFT, 726 - 26 * line, body[-1])
        paper.turn_page()
    assert paragraphs(paper.done()) == body


def test_attachments_that_begin_pages_are_no_running_heads() -> None:
    paper = Paper()
    wanted = []
    for n in (1, 2, 3, 4):
        wanted += [f"附件{n}", f"推荐表之{'甲乙丙丁'[n - 1]}"]
        paper.text(LEFT, 760, wanted[-2])
        paper.text(LEFT, 700, wanted[-1])
        paper.turn_page()
    assert paragraphs(paper.done()) == wanted


def test_a_footnote_does_not_break_the_paragraph_above_it() -> None:
    flow = Flow(number="— {} —")
    body = [LONG, MORE] * 7
    for i, words in enumerate(body):
        flow.paragraph(words)
        if flow.page == 1 and i == 0:
            flow.paper.text(LEFT, 68, "① 本办法所称信息化工作，包括教学与管理两个方面。", size=9)
    found = paragraphs(flow.done())
    assert [line for line in found if not line.startswith("①")] == body
    assert found.count("① 本办法所称信息化工作，包括教学与管理两个方面。") == 1


def test_blank_pages_keep_their_number() -> None:
    paper = Paper()
    paper.text(LEFT, 700, "第一条 校长担任首席信息官。")
    paper.turn_page()
    paper.turn_page()
    paper.text(LEFT, 700, "第二条 任期三年。")
    found = read_pdf(paper.done(), "rule.pdf")
    second = found.text.index("第二条")
    assert found.pages == (0, second, second)


@pytest.mark.parametrize("shift", [36, -36])
def test_a_book_with_a_wider_inner_margin(shift: float) -> None:
    flow = Flow(number="{}")
    flow.mirror = shift
    body = [LONG, MORE] * 20
    for words in body:
        flow.paragraph(words)
    assert paragraphs(flow.done()) == body


def test_a_page_with_margins_of_its_own() -> None:
    flow = Flow()
    body = [LONG, MORE] * 5
    for words in body:
        flow.paragraph(words)
    flow.new_page()
    own = [LONG, MORE, "第三条 本页的版心较窄。", LONG]
    y = 700.0
    for words in own:
        y = flow.paper.column(LEFT + 40, y, wrapped(words, width=340), indent=24)
    assert paragraphs(flow.done()) == body + own


# ---- columns


def test_two_columns_are_read_one_after_the_other() -> None:
    left = "左栏说明学校信息化工作的组织机构和各单位的职责分工，" * 12
    right = "右栏说明经费保障、队伍建设和监督检查的具体要求，" * 12
    paper = Paper()
    paper.centred(760, "学校信息化工作简报第一期总第二十期编印", size=20)
    for x, words in ((60, left), (315, right)):
        paper.column(x, 700, wrapped(words, width=220, indent=0, size=10), size=10, leading=16)
    assert paragraphs(paper.done()) == ["学校信息化工作简报第一期总第二十期编印", left, right] or paragraphs(
        paper.done()
    ) == ["学校信息化工作简报第一期总第二十期编印", left + right]


def test_two_pages_on_one_sheet_are_read_one_after_the_other() -> None:
    left = ["第一条 " + "甲" * 60 + "。", "第二条 " + "乙" * 60 + "。", "第三条 " + "丙" * 75 + "。"]
    right = ["第四条 " + "丁" * 60 + "。", "第五条 " + "戊" * 60 + "。", "第六条 " + "己" * 75 + "。"]
    paper = Paper(size=(842, 595))
    for x, page, number in ((60, left, "1"), (460, right, "2")):
        y = 520.0
        for words in page:
            y = paper.column(x, y, wrapped(words, width=300), indent=24)
        paper.text(x + 150, 30, f"— {number} —", size=9)
    assert paragraphs(paper.done()) == left + right


def test_a_roster_with_wide_gaps_stays_in_rows() -> None:
    names = ["张三", "李四", "王小五", "赵六", "钱七", "孙八一", "周九", "吴十"]
    paper = Paper()
    for i in range(8):
        for j in range(4):
            paper.text(90 + 110 * j, 700 - 20 * i, names[(i + j) % 8])
    assert paragraphs(paper.done()) == ["  ".join(names[(i + j) % 8] for j in range(4)) for i in range(8)]


# ---- tables

ROWS = [["序号", "职务", "任期"], ["1", "首席信息官", "3年"], ["2", "信息化专员|助理", "2年"]]


def test_a_ruled_table_becomes_rows_and_stands_once() -> None:
    flow = Flow()
    flow.paragraph(LONG)
    flow.table([60, 200, 100], ROWS)
    flow.paragraph(MORE)
    rows = ["| 序号 | 职务 | 任期 |", "| 1 | 首席信息官 | 3年 |", "| 2 | 信息化专员｜助理 | 2年 |"]
    assert paragraphs(flow.done()) == [LONG, *rows, MORE]


def test_lines_down_that_meet_none_across_make_no_table() -> None:
    """A bar at the margin, as beside what was changed, and a rule under the head that doesn't reach it."""
    paper = Paper()
    paper.text(LEFT, 700, "第一条 学校设首席信息官。")
    paper.canvas.line(40, 690, 40, 720)
    paper.canvas.line(LEFT, 760, RIGHT, 760)
    assert paragraphs(paper.done()) == ["第一条 学校设首席信息官。"]


def test_merged_cells_are_written_once() -> None:
    paper = Paper()
    for y in (700, 676, 628):
        paper.canvas.line(90, y, 390, y)
    paper.canvas.line(190, 652, 390, 652)  # the first column goes on over two rows
    for x in (90, 390):
        paper.canvas.line(x, 700, x, 628)
    for x in (190, 290):
        paper.canvas.line(x, 676, x, 628)  # the head goes over all columns
    for x, y, words in (
        (200, 684, "推荐表"),
        (100, 648, "单位"),
        (200, 660, "甲"),
        (300, 660, "乙"),
        (200, 636, "丙"),
        (300, 636, "丁"),
    ):
        paper.text(x, y, words, size=10)
    assert paragraphs(paper.done()) == ["| 推荐表 |", "| 单位 | 甲 | 乙 |", "|  | 丙 | 丁 |"]


@pytest.mark.parametrize(("gap", "expected"), [(0.54, "第一条 为规范"), (0.3, "第一条为规范")])
def test_a_gap_of_half_an_em_is_a_space_though_the_space_is_drawn_elsewhere(gap: float, expected: str) -> None:
    paper = Paper()
    paper.text(LEFT, 700, "第一条")
    paper.text(LEFT + (3 + gap) * 12, 700, "为规范")
    paper.text(LEFT + (6 + gap) * 12, 700, " ")
    assert paragraphs(paper.done()) == [expected]


def test_lines_within_a_cell_are_joined() -> None:
    paper = Paper()
    paper.table(90, 700, [60, 84], [["", ""]], high=60)
    paper.text(94, 680, "职责", size=10)
    for i, words in enumerate(["统筹学校信息化", "规划与建设；", "组织培训。"]):
        paper.text(154, 685 - 14 * i, words, size=10)
    assert paragraphs(paper.done()) == ["| 职责 | 统筹学校信息化规划与建设；\u2003组织培训。 |"]


def test_a_table_that_goes_on_over_a_page_has_its_head_once() -> None:
    paper = Paper()
    head = ["序号", "职务"]
    for page in (0, 1):
        paper.table(90, 700, [60, 200], [head, *[[str(page * 3 + i), f"岗位{page * 3 + i}"] for i in range(3)]])
        paper.centred(50, f"— {page + 1} —", size=9)
        paper.turn_page()
    assert paragraphs(paper.done()) == ["| 序号 | 职务 |", *[f"| {i} | 岗位{i} |" for i in range(6)]]


@pytest.mark.parametrize("top", [True, False])
def test_a_table_whose_edge_the_end_of_the_page_cuts_off(top: bool) -> None:
    paper = Paper()
    for y in (652, 628) if top else (700, 676, 652):
        paper.canvas.line(90, y, 390, y)
    for x in (90, 190, 290, 390):
        paper.canvas.line(x, 676 if top else 700, x, 628)
    for y, words in ((660, "甲乙丙"), (636, "丁戊己")) if top else ((684, "甲乙丙"), (660, "丁戊己"), (636, "庚辛壬")):
        for x, word in zip((100, 200, 300), words, strict=True):
            paper.text(x, y, word, size=10)
    rows = ["| 甲 | 乙 | 丙 |", "| 丁 | 戊 | 己 |", "| 庚 | 辛 | 壬 |"]
    assert paragraphs(paper.done()) == (rows[:2] if top else rows)


def test_the_last_row_of_a_form_without_lines_keeps_its_cells() -> None:
    flow = Flow()
    flow.paragraph(LONG)
    flow.paragraph(MORE)
    for row in (("姓名", "性别", "职务"), ("部门", "电话", "邮箱"), ("填表人：", "审核人：", "日期：")):
        for x, words in zip((LEFT, 230, 380), row, strict=True):
            flow.paper.text(x, flow.y, words)
        flow.y -= flow.leading
    rows = ["姓名  性别  职务", "部门  电话  邮箱", "填表人：  审核人：  日期："]
    assert paragraphs(flow.done()) == [LONG, MORE, *rows]


def test_a_frame_around_text_and_underlines_are_no_table() -> None:
    flow = Flow()
    flow.paragraph(LONG)
    flow.paragraph(MORE)
    flow.paper.canvas.rect(60, 60, 475, 720)
    flow.paper.canvas.line(60, 770, 535, 770)
    flow.paper.canvas.line(LEFT, 697, 300, 697)
    assert paragraphs(flow.done()) == [LONG, MORE]


# ---- characters


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_turned_pages_come_out_upright(turn: int) -> None:
    flow = Flow()
    flow.paper = Paper(size=(842, 595) if turn in (90, 270) else (595, 842))  # reportlab swaps them back
    flow.paper.canvas.setPageRotation(turn)
    flow.paragraph(LONG)
    flow.paragraph(MORE)
    assert paragraphs(flow.done()) == [LONG, MORE]


def test_text_that_runs_up_the_page_is_read() -> None:
    paper = Paper()
    paper.canvas.translate(300, 100)
    paper.canvas.rotate(90)
    paper.text(0, 0, "第一条 横向页面的正文也要读出来。")
    assert paragraphs(paper.done()) == ["第一条 横向页面的正文也要读出来。"]


def test_a_slanted_watermark_is_left_out_and_told() -> None:
    flow = Flow()
    flow.paragraph(LONG)
    flow.paragraph(MORE)
    canvas = flow.paper.canvas
    canvas.saveState()
    canvas.translate(200, 600)
    canvas.rotate(45)
    flow.paper.text(0, 0, "内部资料", size=40)
    canvas.restoreState()
    found = read_pdf(flow.done(), "rule.pdf")
    assert found.text == f"{LONG}\n{MORE}\n"
    assert any("内部资料" in note for note in found.notes)


def test_characters_printed_twice_are_written_once() -> None:
    assert paragraphs(one_page(*((LEFT + shift, 700.0, "第一章 总则") for shift in (0.0, 0.4)))) == ["第一章 总则"]


def test_doubled_characters_of_the_text_itself_stay() -> None:
    assert paragraphs(one_page((LEFT, 700, "天天向上，office 1100 too"))) == ["天天向上，office 1100 too"]


def test_radicals_and_ligatures_become_ordinary_characters() -> None:
    from policy_qa.documents.pdf.page import tidy_char

    odd = "⼀⽉⽇⻚⻓ﬁ豈２①㎡（"
    assert "".join(tidy_char(ord(c)) for c in odd) == "一月日页长fi豈２①㎡（"
    assert [tidy_char(c) for c in (0x7, 0x200B, 0xFEFF, 0x2, 0xF0B7, 0xE123)] == ["", "", "", "-", "•", "\ufffd"]


def test_invisible_text_over_a_scan_is_read() -> None:
    paper = Paper()
    paper.picture(0, 0, 595, 842)
    text = paper.canvas.beginText(LEFT, 700)
    text.setFont(SONG, 12)
    text.setTextRenderMode(3)
    for line in wrapped(LONG, indent=0):
        text.textLine(line)
    paper.canvas.drawText(text)
    assert paragraphs(paper.done()) == [LONG]


# ---- what is refused


def test_fault_8_a_scan_is_named_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scans, "available", lambda: False)
    paper = Paper()
    for page in (1, 2):
        paper.picture(0, 0, 595, 842)
        paper.text(280, 30, f"- {page} -", size=9)
        paper.turn_page()
    message = refusal(paper.done())
    assert "scanned" in message
    assert "no text in it" in message
    assert "2 pages" in message
    assert "OCR" in message


def test_fault_8_scanned_pages_among_others_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scans, "available", lambda: False)
    flow = Flow()
    flow.paragraph(LONG)
    flow.paragraph(MORE)
    flow.new_page()
    flow.paper.picture(0, 0, 595, 842)
    found = read_pdf(flow.done(), "rule.pdf")
    assert found.text == f"{LONG}\n{MORE}\n"
    assert len(found.pages) == 2
    (note,) = found.notes
    assert "第2页" in note
    assert "扫描" in note


def test_fault_8_an_encrypted_pdf_is_refused() -> None:
    paper = Paper(password="secret")  # noqa: S106 - the lock is what is tested
    paper.text(LEFT, 700, "第一条 校长担任首席信息官。")
    assert "a PDF that opens without a password" in refusal(paper.done())


def test_fault_8_one_that_only_its_owner_may_change_is_read() -> None:
    paper = Paper(password="")
    paper.text(LEFT, 700, "第一条 校长担任首席信息官。")
    assert paragraphs(paper.done()) == ["第一条 校长担任首席信息官。"]


def test_fault_8_a_blank_pdf_has_no_text_in_it() -> None:
    paper = Paper()
    paper.turn_page()
    assert "no text in it" in refusal(paper.done())


def test_fonts_without_unicode_are_named() -> None:
    # Codes that the font maps to nothing that Unicode knows.
    table = (
        b"/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <00> <FF> endcodespacerange "
        b"1 beginbfrange <61> <7A> <E000> endbfrange endcmap"
    )
    font = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/ToUnicode 7 0 R>>"
    data = raw_pdf(
        b"BT /F 12 Tf 72 700 Td (abcdefghijklmn) Tj ET",
        packed=False,
        more=[font, stream(table)],
        resources=b"/Font<</F 6 0 R>>",
    )
    assert "no Unicode mapping" in refusal(data)


def test_what_is_no_pdf_or_damaged_is_refused() -> None:
    whole = one_page((LEFT, 700, "第一条 校长担任首席信息官。"))
    assert "no PDF header" in refusal(b"PK\x03\x04 not a PDF at all")
    assert "no PDF header" in refusal(b"")
    assert "cut short" in refusal(whole[: len(whole) // 2])
    assert "damaged" in refusal(b"%PDF-1.7\n" + b"\0" * 500 + b"\n%%EOF\n")


def test_too_many_pages_are_refused() -> None:
    kids = b"<</Type/Pages/Count %d/Kids[%s]>>" % (MAX_PAGES + 1, b"3 0 R " * (MAX_PAGES + 1))
    data = raw_pdf(b"", packed=False).replace(b"<</Type/Pages/Kids[3 0 R]/Count 1>>", kids)
    assert f"at most {MAX_PAGES} pages" in refusal(data) or f"1 to {MAX_PAGES} pages" in refusal(data)


def test_too_many_characters_on_a_page_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("policy_qa.documents.pdf.document.MAX_PAGE_CHARS", 20)
    assert "at most 20 characters on a page, found 28 on page 1" in refusal(one_page((LEFT, 700, "学校信息化工作" * 4)))


def test_drawings_nested_in_drawings_are_refused_before_they_are_drawn() -> None:
    forms = []
    for level in range(12):
        below = b"/XObject<</X %d 0 R>>" % (7 + level) if level < 11 else b""
        forms.append(stream(b"/X Do " * 10, b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<<" + below + b">>"))
    message = refusal(raw_pdf(b"/X Do", packed=False, more=forms, resources=b"/XObject<</X 6 0 R>>"))
    assert "drawings nested in drawings" in message


_MEASURE = """
import resource, sys
from policy_qa.documents.pdf.document import read_pdf
from policy_qa.errors import SourceError
import pypdfium2
data = open(sys.argv[1], "rb").read()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    read_pdf(data, "bomb.pdf")
except SourceError as error:
    print(error)
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="resource measures memory on POSIX systems only")
def test_a_small_file_that_unpacks_to_much_is_refused_with_bounded_memory(tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.pdf"
    bomb.write_bytes(raw_pdf(deflated(b" ", 150)))
    assert bomb.stat().st_size < 400_000
    done = subprocess.run(
        [sys.executable, "-c", _MEASURE, str(bomb)],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        env={"PYTHONPATH": str(ROOT / "src"), "PATH": "/usr/bin:/bin"},
    )
    message, grown = done.stdout.splitlines()
    assert message.startswith("bomb.pdf: expected a text PDF, found data that unpacks to more than 16 MB")
    assert int(grown) < 60  # MB; PDFium alone takes 300
    assert done.stderr == ""


# ---- end to end


def test_provisions_of_a_pdf_have_their_exact_text_and_page(tmp_path: Path) -> None:
    flow = Flow(head="江南学校规章制度汇编", number="— {} —", leading=26)
    flow.title("江南学校首席信息官管理办法（试行）")
    body = ["第一章 总则", LONG, MORE, "第二章 职责", "第三条 首席信息官履行下列职责："]
    body += [
        f"（{n}）" + "组织制定学校信息化发展规划并督促各单位落实年度任务，" * 3 + "定期报告。" for n in "一二三四五六七"
    ]
    body += ["第三章 附则", "第四条 " + "各单位应当按照第三条的要求，配备专职人员，落实专项经费，" * 45 + "不得挪用。"]
    body += ["第五条 本办法自印发之日起施行，由信息化管理中心负责解释。"]
    for words in body:
        if words.startswith("第") and "章 " in words:
            flow.heading(words)
        else:
            flow.paragraph(words)
    flow.new_page()
    flow.flush("附件1")
    flow.table([60, 200, 100], ROWS[:2])
    path = tmp_path / "cio.pdf"
    path.write_bytes(flow.done())

    document = read_document(path)
    assert document.title == "江南学校首席信息官管理办法（试行）"
    found = segment(document)
    assert_lossless(found)
    for number, words in (
        ("1", LONG),
        ("2", MORE),
        ("4", body[-2]),
        ("5", body[-1]),
        ("3.1", body[5]),
        ("3.7", body[11]),
    ):
        assert text_at(found, number) == words
        (pages,) = [pages for placed, pages in flow.placed if placed == words]
        provision = at(found, number)
        assert document.page_of(provision.start) == pages[0]
        assert document.page_of(provision.end - 1) == pages[-1]
    assert document.page_of(at(found, "4").start) != document.page_of(at(found, "4").end - 1)
    appendix = at(found, "appendix-1")
    assert "| 1 | 首席信息官 | 3年 |" in found.text_of(appendix)
    assert document.page_of(appendix.start) == len(document.pages) == flow.page
    assert "制度汇编" not in document.text


_PAGE = """<meta charset=utf-8><style>@page{{size:A4;margin:25mm}} body{{font:12pt serif;margin:0}}
h1,h2{{text-align:center}}
p{{margin:0;text-indent:2em;line-height:1.7;text-align:justify}} table{{border-collapse:collapse;width:100%}}
td{{border:1px solid #000;padding:4px}} {style}</style>{body}"""


@pytest.mark.slow
@pytest.mark.skipif(not browser.find(), reason="no Chromium is there to print")
@pytest.mark.parametrize(
    "style",
    ["", "p{text-indent:0}", "p{text-indent:0;margin-bottom:9px}", "p{font-size:16pt}", "body{column-count:2}"],
)
def test_a_page_printed_by_a_browser_comes_back_word_for_word(style: str, tmp_path: Path) -> None:
    body = [LONG, MORE, "第三条 首席信息官应当熟悉office等办公软件，于3月31日前报送年度计划。"] * 4
    rows = "".join(f"<tr><td>{n}</td><td>{words}</td></tr>" for n, words in enumerate((LONG[4:], "短")))
    marked = "<h1>首席信息官管理办法</h1>" + "".join(f"<p>{words}</p>" for words in body)
    data = _printed(_PAGE.format(style=style, body=f"{marked}<table>{rows}</table><p>第四条 完。</p>"), tmp_path)
    wanted = ["首席信息官管理办法", *body, f"| 0 | {LONG[4:]} |", "| 1 | 短 |", "第四条 完。"]
    assert paragraphs(data) == wanted


_NOTICE_STYLE = """p{font-size:16pt;line-height:28pt} h1{font-size:22pt;font-weight:normal}
@page{margin:37mm 26mm 35mm 28mm;@bottom-center{content:"— " counter(page) " —"}} .flush{text-indent:0}
.right{text-align:right;text-indent:0;padding-right:2em} .two{column-count:2} .two p{font-size:10.5pt}"""


@pytest.mark.slow
@pytest.mark.skipif(not browser.find(), reason="no Chromium is there to print")
def test_a_notice_printed_by_a_browser_comes_back_word_for_word(tmp_path: Path) -> None:
    parts = [
        ("h1", "临江市第三中学关于印发<br>《学生手机管理办法（试行）》的通知"),
        ("p class=flush", "各年级组、各处室："),
        ("p", LONG[4:]),
        ("p", "附件：1．学生手机进校园申请表"),
        ("p style='text-indent:5em'", "2．班级手机保管登记表"),
        ("p class=right", "临江市第三中学"),
        ("p class=right", "2024年8月26日"),
        ("h1", "临江市第三中学学生手机管理办法<br>（2024年修订）"),
        *[("p", words) for words in (LONG, MORE) * 6],
        ("p class=flush", "附件1"),
        ("p class=flush", "填表人：　　　　　　审核人：　　　　　　日期："),
    ]
    marked = "".join(f"<{tag}>{words}</{tag.split()[0]}>" for tag, words in parts)
    rows = "<tr><td>年级<td>时间<td>责任人<tr><td rowspan=2>初中<td>每日7:40前<td>班主任<tr><td>周日<td>生活老师"
    form = "<tr><td>姓名<td><td>班级<td><tr><td>备注<td colspan=3>"
    columns = "".join(f"<p>{words}</p>" for words in (MORE, LONG) * 3)
    body = f"{marked}<table>{rows}</table><table>{form}</table><div class=two style='break-before:page'>{columns}</div>"
    wanted = [
        *(words.replace("<br>", "") for _, words in parts[:-1]),
        "填表人：  审核人：  日期：",
        "| 年级 | 时间 | 责任人 |",
        "| 初中 | 每日7:40前 | 班主任 |",
        "|  | 周日 | 生活老师 |",
        "| 姓名 |  | 班级 |  |",
        "| 备注 |  |",
        *[MORE, LONG] * 3,
    ]
    assert paragraphs(_printed(_PAGE.format(style=_NOTICE_STYLE, body=body), tmp_path)) == wanted


def _printed(page: str, folder: Path) -> bytes:
    """A page as Chromium prints it."""
    (folder / "page.html").write_text(page, "utf-8")
    out = folder / "page.pdf"
    command = [browser.find(), "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer"]
    subprocess.run(
        [*command, f"--print-to-pdf={out}", str(folder / "page.html")], capture_output=True, check=True, timeout=120
    )
    return out.read_bytes()


def test_files_with_bytes_gone_wrong_are_read_or_refused_in_one_line() -> None:
    flow = Flow(head="汇编", number="{}")
    flow.paragraph(LONG)
    flow.table([60, 200, 100], ROWS)
    seeds = [flow.done(), raw_pdf(b"BT /F 12 Tf 72 700 Td (abc) Tj ET 10 10 m 100 10 l S", packed=False)]
    chance = random.Random(8)  # noqa: S311 - repeatable on purpose
    outcomes = set()
    for _ in range(120):
        data = bytearray(chance.choice(seeds))
        for _ in range(chance.choice((1, 3, 10, 40))):
            at_ = chance.randrange(len(data))
            data[at_ : at_ + chance.randrange(3)] = bytes([chance.randrange(256)])
        try:
            read_pdf(bytes(data), "rule.pdf")
            outcomes.add("read")
        except SourceError as error:
            outcomes.add("refused in one line" if "\n" not in str(error) else str(error))
    assert outcomes == {"read", "refused in one line"}


def test_a_bomb_behind_two_packings_is_seen() -> None:
    twice = zlib.compress(deflated(b" ", 100))
    data = raw_pdf(b"BT ET", packed=False, more=[stream(twice, b"/Filter[/FlateDecode/FlateDecode]")])
    assert "unpacks to more than 16 MB" in refusal(data)
    text = base64.a85encode(deflated(b" ", 40)) + b"~>"
    data = raw_pdf(b"BT ET", packed=False, more=[stream(text, b"/Filter[/ASCII85Decode/FlateDecode]")])
    assert "unpacks to more than 16 MB" in refusal(data)


def test_warnings_and_logs_stay_away(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SourceError):
        read_pdf(raw_pdf(b"BT (", packed=False).replace(b"/Root 1 0 R", b"/Root 9 0 R"), "rule.pdf")
    assert capfd.readouterr() == ("", "")
