"""The text as it is set: pages, tables, instruments, attachments, and marks that still stand on their words."""

import re
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from policy_qa.datamodels import Citation, Document, Kind
from policy_qa.documents.extracted import describe
from policy_qa.page.answer_view import render_points
from policy_qa.page.inline import Highlights, one_line
from policy_qa.page.layout import page_starts, render_text
from policy_qa.page.library import Library
from policy_qa.page.source_view import Opening, render_pages, render_source
from policy_qa.page.steps import Session, conversation_html
from policy_qa.page.texts import EN, ZH
from policy_qa.provisions import segment
from samples import answering, quoting

from .conftest import FakePipeline
from .test_inline import marked, shown
from .test_source_view import visible

TWO = """滨江中学图书借阅规定
第一条 学生凭校园卡借书，每次不超过3册。
第二条 借期和册数如下：
学段\t册数\t天数
初中\t3册\t30天
\t5册\t<b>45天</b>
第三条 本规定自发布之日起施行。
滨江中学
2024年9月1日
滨江中学阅览室管理规定
第一条 阅览室内保持安静。
第二条 违反本规定的，依照附件1处理。
附件1
违规处理细则
第一条 处理标准：
| 行为 | 处理 |
| --- | --- |
| 喧哗 | 提醒 |
| 饮食 | 请出 |
"""


def document(text: str = TWO) -> Document:
    return describe(text, doc_id="two", source="two.txt", sha256="5" * 64)


def set_as(text: str, quoted: str = "") -> str:
    at = text.index(quoted)
    highlights = Highlights(quoted=((at, at + len(quoted)),) if quoted else ())
    return render_text(segment(document(text)), highlights, "", ZH)


def rows(markup: str) -> list[list[str]]:
    found = re.findall(r"<tr[^>]*>(.*?)</tr>", markup)
    return [[shown(cell).strip() for cell in re.findall(r"<td[^>]*>(.*?)</td>", row)] for row in found]


def test_rows_of_tabs_and_of_bars_are_tables_whole_with_empty_cells() -> None:
    markup = set_as(TWO)
    assert rows(markup) == [
        ["学段", "册数", "天数"],
        ["初中", "3册", "30天"],
        ["", "5册", "<b>45天</b>"],
        ["行为", "处理"],
        ["喧哗", "提醒"],
        ["饮食", "请出"],
    ]
    assert markup.count("<table") == 2
    assert visible(shown(markup)) == visible(TWO)


def test_a_quoted_row_is_set_off_and_marked_word_for_word() -> None:
    for row in ("初中\t3册\t30天", "| 喧哗 | 提醒 |"):
        markup = set_as(TWO, row)
        assert "".join("".join(marked(markup)).split()) == re.sub(r"[\s|]", "", row)
        assert len(re.findall(r'<tr class="pq-row-quoted">', markup)) == 1


def test_every_row_that_the_parser_names_is_marked_in_one_row_of_a_table() -> None:
    segmentation = segment(document())
    named = [p for p in segmentation.provisions if p.kind is Kind.ROW]
    assert named
    for row in named:
        markup = render_text(segmentation, Highlights(quoted=((row.start, row.end),)), "", ZH)
        assert markup.count("pq-row-quoted") == 1


def test_a_line_that_tabs_push_to_the_right_is_no_table() -> None:
    markup = set_as("办法\n第一条 学生凭卡借书。\n\t\t\t滨江中学\n\t\t2024年9月1日\n")
    assert "<table" not in markup
    assert "滨江中学" in markup


def test_a_row_with_fewer_cells_fills_the_table() -> None:
    markup = set_as("办法\n第一条 如下：\n| 甲 | 乙 | 丙 |\n| 合计 | 5 |\n")
    assert '<td colspan="2"> 5 </td>' in markup


def test_further_instruments_and_attachments_begin_anew() -> None:
    markup = set_as(TWO)
    assert [shown(h) for h in re.findall(r'<h3 class="pq-heading pq-instrument">(.*?)</h3>', markup)] == [
        "滨江中学阅览室管理规定",
        "附件1",
    ]
    titles = [shown(t) for t in re.findall(r'<p class="pq-line pq-title-line">(.*?)</p>', markup)]
    assert titles == ["滨江中学图书借阅规定", "违规处理细则"]


def paged(*starts: str) -> Document:
    return replace(document(), pages=(0, *(TWO.index(word) for word in starts)))


def test_pages_are_told_where_they_begin_and_add_no_words() -> None:
    source = paged("3册。", "第三条", "| 喧哗")
    segmentation = segment(source)
    markup = render_text(segmentation, Highlights(pages=page_starts(source, ZH)), "", ZH)
    assert re.findall(r'data-page="(.*?)"></span>(?:<b[^>]*>)?\s*(.{2})', markup) == [
        ("第2页", "3册"),
        ("第3页", "第三"),
        ("第4页", "喧哗"),
    ]
    assert visible(shown(markup)) == visible(TWO)


@given(st.lists(st.integers(0, len(TWO)), max_size=6).map(sorted), st.integers(0, len(TWO)), st.integers(0, 60))
def test_pages_leave_text_and_marks_as_they_are(starts: list[int], at: int, size: int) -> None:
    source = replace(document(), pages=(0, *starts))
    segmentation = segment(source)
    plain = Highlights(quoted=((at, at + size),))
    with_pages = Highlights(quoted=((at, at + size),), pages=page_starts(source, ZH))
    a, b = (render_text(segmentation, h, "", ZH) for h in (plain, with_pages))
    assert re.sub(r'<span class="pq-page-start"[^>]*></span>', "", b) == a


def test_the_page_of_a_quotation() -> None:
    source = paged("第三条")
    start = TWO.index("借期")
    assert render_pages(source, (start, start + 2), ZH) == "第1页"
    assert render_pages(source, (start, TWO.index("自发布")), ZH) == "第1至2页"
    assert render_pages(source, (start, TWO.index("自发布")), EN) == "pages 1–2"
    assert render_pages(source, (start, TWO.index("第三条")), ZH) == "第1页"
    assert render_pages(document(), (start, start + 2), ZH) == ""


def test_the_citation_and_the_panel_tell_the_page() -> None:
    pipeline = FakePipeline([paged("第三条")])
    library = Library(pipeline)
    citation: Citation = pipeline.citation(1, "two#3", "本规定自发布之日起施行")
    answer = answering("发布之日", question="何时施行？", citations=(citation,))
    session = Session("zh")
    asked = session.conversation.asked("何时施行？").settled(answer=answer)
    markup = conversation_html(Session("zh", asked), library)
    assert '<span class="pq-page">第2页</span>' in markup
    opening = Opening(doc_id="two", cite=citation.cite, quoted=((citation.start, citation.end),))
    assert "第三条（第2页）" in shown(render_source(library.segmentation("two"), opening, ZH, "c:1:1", library))


def test_what_the_reader_did_is_told_small() -> None:
    source = replace(document(), notes=("已按接受全部修订读取（插入1处）", "<b>批注</b>未读入"))
    markup = render_source(segment(source), Opening(doc_id="two"), ZH, "d:two")
    assert re.findall(r"<li>(.*?)</li>", markup) == ["已按接受全部修订读取（插入1处）", "&lt;b&gt;批注&lt;/b&gt;未读入"]
    assert "pq-notes" not in render_source(segment(document()), Opening(doc_id="two"), ZH, "d:two")


def test_quoted_rows_are_a_table_in_the_answer_too() -> None:
    pipeline = FakePipeline([document()])
    citation = pipeline.citation(1, "two#2", "学段")
    quote = "标准：\n| 行为 | <i>处理</i> |\n|---|---|\n| 喧哗 | 提醒\n学段\t册数\t天数\n初中\t3册\t天"
    markup = render_points(1, answering(quoting(quote, 1, "第一条"), citations=(citation,)), ZH, None, last=True)
    assert "---" not in markup
    assert rows(markup) == [
        ["行为", "<i>处理</i>"],
        ["喧哗", "提醒"],
        ["学段", "册数", "天数"],
        ["初中", "3册", "天[1]"],
    ]
    assert 'data-open="c:1:1"' in markup
    markup = render_points(1, answering(quoting("| 喧哗 | 提醒 |", 1, "附件1表格第2行")), ZH, None, last=True)
    assert "<p><b>附件1表格第2行</b></p><div" in markup


def test_a_quotation_in_one_line_tells_rows_apart() -> None:
    assert one_line("标准如下：\n| 喧哗 | 提醒 |\n| 饮食 | 请出 |") == "标准如下： / 喧哗 | 提醒 / 饮食 | 请出"
    assert one_line("经学校\n\n　　班子研究") == "经学校班子研究"
