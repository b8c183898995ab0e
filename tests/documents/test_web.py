"""Web pages: what a reader of the page sees of the policy, and nothing of the site around it."""

from __future__ import annotations

import contextlib
import re
import socket
import time
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from web_pages import LAYOUTS, PARAGRAPHS, POLICY, TITLE, page

from policy_qa.documents.extracted import Extracted
from policy_qa.documents.sources import read_document
from policy_qa.documents.web.webpage import read_web
from policy_qa.errors import SourceError


def read(markup: str | bytes) -> Extracted:
    return read_web(markup.encode() if isinstance(markup, str) else markup, "a.html")


def lines(markup: str | bytes) -> list[str]:
    return read(markup).text.splitlines()


WORDS = "<p>第一条 首席信息官（CIO）由校长担任，任期3年。</p>"
TEXT = "第一条 首席信息官（CIO）由校长担任，任期3年。\n"
_LINKS = "".join(f"<li><a href=/{n}>{name}</a></li>" for n, name in enumerate(("首页", "学校概况", "机构设置")))


# Encodings


@pytest.mark.parametrize(
    ("declared", "used", "encoding"),
    [
        ("", "utf-8", "utf-8"),
        ("", "gb18030", "gb18030"),
        ("utf-8", "utf-8", "utf-8"),
        ("gb2312", "gbk", "gb18030"),
        ("GBK", "gbk", "gb18030"),
        ("gb18030", "gb18030", "gb18030"),
        ("big5", "big5", "big5hkscs"),
        ("gb2312", "utf-8", "utf-8"),
        ("utf-8", "gbk", "gb18030"),
        ("iso-8859-1", "gbk", "gb18030"),
        ("utf-16", "utf-8", "utf-8"),
        ("no-such-encoding", "gbk", "gb18030"),
        ("", "utf-16-le", "utf-16-le"),
        ("", "utf-16-be", "utf-16-be"),
    ],
)
@pytest.mark.parametrize(
    "form", ['<meta charset="{}">', "<meta http-equiv='Content-Type' content='text/html; charset={}'>"]
)
def test_encodings(form: str, declared: str, used: str, encoding: str) -> None:
    text = "第一條 校長負責資訊工作。" if used == "big5" else TEXT.strip()
    found = read(f"<html><head>{form.format(declared) if declared else ''}</head><p>{text}</p></html>".encode(used))
    assert (found.text, found.encoding) == (text + "\n", encoding)


@pytest.mark.parametrize(
    ("bom", "used"), [(b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")]
)
def test_a_bom_is_stronger_than_what_is_declared(bom: bytes, used: str) -> None:
    found = read(bom + f'<meta charset="gb2312">{WORDS}'.encode(used))
    assert (found.text, found.encoding) == (TEXT, used)


def test_two_bytes_of_gbk_that_utf8_could_be() -> None:
    assert lines('<meta charset="gbk"><p>联通</p>'.encode("gbk")) == ["联通"]


@pytest.mark.parametrize(
    "data",
    [
        WORDS.encode() + b"\xff\xff<p>",
        b"\xef\xbb\xbf" + WORDS.encode("gbk"),
        b"<p>\x81\x20\xff\xff\x80",
        b'<meta charset="utf-8">' + (WORDS * 40).encode() + "条".encode()[:2] + (WORDS * 40).encode(),
    ],
    ids=["noise", "bom before gbk", "nothing", "half a character"],
)
def test_bytes_that_no_encoding_fits(data: bytes) -> None:
    with pytest.raises(SourceError, match=r"^a\.html: expected an HTML page in UTF-8.*, found [^\n]*$"):
        read(data)


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"PK\x03\x04word/document.xml", r"a Word or zip file; .*\.docx"),
        (b"%PDF-1.7\n", r"a PDF; .*\.pdf"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Word file"),
        (b"{\\rtf1\\ansi", "an RTF file"),
        (b'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="x"\r\n\r\n--x\r\n', "a web archive"),
    ],
)
def test_a_file_of_another_format(data: bytes, what: str) -> None:
    with pytest.raises(SourceError, match=rf"^a\.html: expected an HTML page, found {what}"):
        read(data)


@pytest.mark.parametrize("data", [b"", b" \n", b"<html></html>", b"<!-- -->", b"<html><head><title></title></head>"])
def test_nothing_in_it(data: bytes) -> None:
    assert read(data).text.strip() == ""


def test_a_plain_text_keeps_its_lines() -> None:
    assert read("第一条 甲，a<b。\n第二条 乙。\n").text == "第一条 甲，a<b。\n第二条 乙。\n"


def test_both_suffixes_are_read(tmp_path: Path) -> None:
    for name in ("a.html", "b.HTM"):
        (tmp_path / name).write_bytes(WORDS.encode("gbk"))
        found = read_document(tmp_path / name)
        assert (found.text, found.encoding, found.pages) == (TEXT, "gb18030", ())


# What is text


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<p>一<b>二</b><span>三</span></p><div>四</div>五", ["一二三", "四", "五"]),
        ("甲<br>乙<br/>丙<hr>丁", ["甲", "乙", "丙", "丁"]),
        ("<p>&nbsp;&nbsp;&nbsp;&nbsp;总&nbsp;&nbsp;则&nbsp;</p>", ["总 则"]),
        ("<p>　　第一条　甲</p>", ["第一条　甲"]),
        ("<p>首席信\n    息官，\n负责CIO\n制度</p>", ["首席信息官，负责CIO 制度"]),
        ("<p>Chief\nInformation\tOfficer</p>", ["Chief Information Officer"]),
        ("<p><span>第一</span>\n<span>条</span> 甲</p>", ["第一条 甲"]),
        ("<p>第\u200b七\ufeff条</p>", ["第七条"]),
        ("<pre>第一条 甲\n  （一）乙\n\n丙</pre>", ["第一条 甲", "（一）乙", "丙"]),
        ('<div style="white-space: pre-wrap">甲\n乙</div>', ["甲", "乙"]),
        ("<p>10m<sup>2</sup>，H<sub>2</sub>O，<del>旧</del><ins>新</ins><s>划</s></p>", ["10m2，H2O，新划"]),
        ("<p><ruby>信息<rp>（</rp><rt>xìnxī</rt><rp>）</rp></ruby>官</p>", ["信息官"]),
        ("<h2>第一章 总则</h2><dl><dt>甲</dt><dd>乙</dd></dl>", ["第一章 总则", "甲", "乙"]),
        ('<p>甲<img src="a.png" alt="校徽">乙</p>', ["甲乙"]),
        ("<p>&lt;第一条&gt; &amp; &#31532;</p>", ["<第一条> & 第"]),
        ("<p>甲<p>乙<div>丙</p>丁", ["甲", "乙", "丙", "丁"]),
        ("<html><body><p>甲</body></html><p>乙</p></html>丙", ["甲", "乙", "丙"]),
        (
            "<body><div><html><head><title>丁</title></head><body class=x><p>甲</p></body></html>"
            "<p>乙</p></div>丙</body>",
            ["甲", "乙", "丙"],
        ),
    ],
)
def test_lines(markup: str, expected: list[str]) -> None:
    assert lines(markup) == expected


@pytest.mark.parametrize(
    "markup",
    [
        "<script>丙</script>",
        "<style>.a{}</style>",
        "<noscript>丙</noscript>",
        "<template><p>丙</p></template>",
        "<svg><text>丙</text></svg>",
        "<!-- 丙 -->",
        "<!--[if gte mso 9]><xml><w:View>丙</w:View></xml><![endif]-->",
        "<button>丙</button><select><option>丙</option></select><textarea>丙</textarea><input value='丙'>",
        "<p hidden>丙</p>",
        "<p style='color:red; DISPLAY : none'>丙</p>",
        "<span style='visibility:hidden'>丙</span>",
        "<p aria-hidden='true'>丙</p>",
        "<nav>丙</nav>",
        "<header>丙</header>",
        "<footer>丙</footer>",
        "<aside>丙</aside>",
        "<iframe src='http://127.0.0.1:9/'>丙</iframe>",
        "<div style='mso-element:footer'>丙</div>",
    ],
)
def test_what_is_no_text(markup: str) -> None:
    assert lines(f"<p>第一条 甲。</p>{markup}<p>第二条 乙。</p>") == ["第一条 甲。", "第二条 乙。"]


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<ol><li>甲<li>乙</ol>", ["1. 甲", "2. 乙"]),
        ("<ol start=4><li>甲<li value=9>乙<li>丙</ol>", ["4. 甲", "9. 乙", "10. 丙"]),
        ("<ol reversed><li>甲<li>乙</ol>", ["2. 甲", "1. 乙"]),
        ("<ol type=a start=26><li>甲<li>乙</ol>", ["z. 甲", "aa. 乙"]),
        ("<ol type=A><li>甲</ol>", ["A. 甲"]),
        ("<ol type=i start=4><li>乙</ol><ol type=I start=9><li>丙</ol>", ["iv. 乙", "IX. 丙"]),
        ('<ol style="list-style-type: cjk-ideographic" start=10><li>甲<li>乙</ol>', ["十、甲", "十一、乙"]),
        ('<ol style="list-style: simp-chinese-informal inside"><li>甲</ol>', ["一、甲"]),
        ('<ol style="list-style-type:simp-chinese-formal" start=12><li>甲</ol>', ["壹拾贰、甲"]),
        ('<ol style="list-style:none"><li>甲</ol>', ["甲"]),
        ("<ul><li>甲<ol><li>乙</ol><li>丙</ul>", ["甲", "1. 乙", "丙"]),
        ("<ol><li><p>甲</p><p>乙</p><li>丙</ol>", ["1. 甲", "乙", "2. 丙"]),
        ("<ol><li>（一）甲<li>第二条 乙<li>3. 丙<li>4.5米</ol>", ["（一）甲", "第二条 乙", "3. 丙", "4. 4.5米"]),
    ],
)
def test_numbers_of_lists(markup: str, expected: list[str]) -> None:
    assert lines(markup) == expected


def table(*rows: str) -> str:
    return "<table>" + "".join(f"<tr>{row}</tr>" for row in rows) + "</table>"


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        (table("<th>部门<th>职责", "<td>甲<td>乙"), ["| 部门 | 职责 |", "| 甲 | 乙 |"]),
        (table("<td>甲<br>乙<td><p>丙</p><p>丁|戊</p>"), ["| 甲\u2003乙 | 丙\u2003丁｜戊 |"]),
        (table("<td colspan=2>甲<td>乙", "<td>1<td>2<td>3"), ["| 甲 | 乙 |", "| 1 | 2 | 3 |"]),
        (table("<td rowspan=3>甲<td>乙", "<td>丙", "<td>丁"), ["| 甲 | 乙 |", "|  | 丙 |", "|  | 丁 |"]),
        (table("<td>甲<td rowspan=2>乙", "<td>丙"), ["| 甲 | 乙 |", "| 丙 |  |"]),
        (table("<td rowspan=0>甲<td>乙", "<td>丙", "<td>丁"), ["| 甲 | 乙 |", "|  | 丙 |", "|  | 丁 |"]),
        (table("<td><td>甲", "<td><td>"), ["|  | 甲 |"]),
        ("<table><caption>名单</caption><thead><tr><th>甲<th>乙</thead></table>", ["名单", "| 甲 | 乙 |"]),
        (table("<td><p>第一条 甲。</p><p>第二条 乙。</p>"), ["第一条 甲。", "第二条 乙。"]),
        (
            table("<td>导航<td><p>第一条 甲。</p><p>第二条 乙。</p>" + table("<td>丙<td>丁")),
            ["导航", "第一条 甲。", "第二条 乙。", "| 丙 | 丁 |"],
        ),
        (
            table("<td>教务处<td>1.排课；<br>2.考试；<br>3.学籍。", "<td>学工部<td>1.资助。"),
            ["| 教务处 | 1.排课；\u20032.考试；\u20033.学籍。 |", "| 学工部 | 1.资助。 |"],
        ),
    ],
)
def test_tables(markup: str, expected: list[str]) -> None:
    assert lines(markup) == expected


def test_a_page_saved_by_word() -> None:
    markup = """<html xmlns:o="urn:schemas-microsoft-com:office:office"><head>
<meta http-equiv=Content-Type content="text/html; charset=gb2312"><title>附件1</title>
<!--[if gte mso 9]><xml><o:DocumentProperties><o:Author>丙</o:Author></o:DocumentProperties></xml><![endif]-->
<style><!-- p.MsoNormal {margin:0cm;} --></style></head><body lang=ZH-CN><div class=WordSection1>
<p class=MsoNormal align=center><b><span
style='font-size:18.0pt'>校园网络管
理办法<span lang=EN-US><o:p></o:p></span></span></b></p>
<p class=MsoListParagraph style='mso-list:l0 level1 lfo1'><![if !supportLists]><span lang=EN-US
style='mso-list:Ignore'>第一条<span style='font:7.0pt "Times New Roman"'>&nbsp; </span></span><![endif]>首席信息官<span
lang=EN-US>3</span>人。</p>
<p class=MsoListParagraph><!--[if !supportLists]--><span style='mso-list:Ignore'>（一）</span><!--[endif]-->统一
规划。</p>
<table class=MsoTableGrid><tr><td width=50><p class=MsoNormal>部门<o:p></o:p></p></td><td><p>职责</p></td></tr></table>
</div></body></html>"""
    found = read(markup.encode("gbk"))
    assert found.text.splitlines() == [
        "校园网络管理办法",
        "第一条 首席信息官3人。",
        "（一）统一规划。",
        "| 部门 | 职责 |",
    ]
    assert found.notes == ()


# The site around it


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_site_around_the_policy(name: str) -> None:
    assert lines(LAYOUTS[name]) == [TITLE, *POLICY]


def test_what_was_left_out_is_told() -> None:
    (note,) = read(LAYOUTS["TRS"]).notes
    assert re.fullmatch(r"网页正文以外的文字未收录，共\d+字：宁江学院信息公开网 首页 学校概况.{1,30}…", note)
    assert read(LAYOUTS["no wrapper"]).notes == ()


@pytest.mark.parametrize("name", LAYOUTS)
def test_the_hints_of_ids_and_classes_are_not_needed(name: str) -> None:
    markup = re.sub(r'(?:\s(?:id|class)="[^"]*")|(?<=<)/?(?:main|article)(?=>)', "", LAYOUTS[name])
    markup = markup.replace("<>", "")
    found = lines(markup)
    assert [line for line in found if line in POLICY] == list(POLICY)
    assert TITLE in found


def test_names_that_say_menu_do_not_hide_provisions() -> None:
    markup = page(f'<div class="sidebar menu"><aside><nav aria-hidden="true">{PARAGRAPHS}</nav></aside></div>')
    assert lines(markup)[-len(POLICY) :] == list(POLICY)


def test_a_policy_in_two_boxes_with_buttons_between() -> None:
    halves = ["".join(f"<p>{line}</p>" for line in part) for part in (POLICY[:6], POLICY[6:])]
    markup = page(f"<h1>{TITLE}</h1><div>{halves[0]}</div><div><a href='#'>打印</a></div><div>{halves[1]}</div>")
    assert lines(markup) == [TITLE, *POLICY]


def test_a_hidden_copy_is_left_out_and_a_hidden_original_read() -> None:
    assert lines(page(f"{PARAGRAPHS}<div style='display:none'>{PARAGRAPHS}</div>")) == [TITLE, *POLICY]
    found = read(page(f"<p>微信扫一扫关注</p><div style='visibility: hidden'>{PARAGRAPHS}</div>"))
    assert found.text.splitlines() == [TITLE, *POLICY]
    assert found.notes[0] == "正文在网页中处于隐藏状态，已一并读取"


def test_links_to_attachments_stay() -> None:
    links = "".join(f'<p><a href="/f/{n}.docx">附件{n}：登记表{n}</a></p>' for n in (1, 2, 3))
    tools = "<div><a href='javascript:close()'>【关闭】</a></div>"
    for markup in (
        page(f"<div>{PARAGRAPHS}{links}</div>{tools}"),
        page(f"<div>{PARAGRAPHS}</div>{tools}<div>{links}</div>"),
    ):
        assert lines(markup)[-3:] == ["附件1：登记表1", "附件2：登记表2", "附件3：登记表3"]
        assert "【关闭】" not in lines(markup)


def test_a_title_that_the_text_has_is_not_written_twice() -> None:
    title = "关于印发《宁江学院校园网络管理办法》的通知"
    inside = f"<h1>宁江学院{title}</h1><div><p>宁江学院</p><p>{title}</p>{PARAGRAPHS}</div>"
    head = f'<meta name="ArticleTitle" content="{title}"><title>{title}_宁江学院</title>'
    assert sum("关于印发" in line for line in lines(page(inside, head=head))) == 1


def test_a_title_that_the_first_sentence_names_stays() -> None:
    found = lines(f"<h1>{TITLE}</h1><p>为落实《{TITLE}》，制定本细则。</p><p>第一条 甲。</p>")
    assert found[0] == TITLE


def test_a_title_that_the_history_names_is_still_missing() -> None:
    history = f"2021年3月1日校务会通过　2023年8月1日《关于修改〈{TITLE}〉的决定》修订"
    assert lines(page(f"<h1>{TITLE}</h1><p>发布时间：2023-08-02</p><p>{history}</p>{PARAGRAPHS}"))[:2] == [
        TITLE,
        history,
    ]


def test_a_title_above_the_date_and_the_source() -> None:
    title = "关于校园网络管理若干问题的规定（二）"  # unlike other titles, it ends in a number
    inside = f"<div>{title}</div><div>发布时间：2023-08-02 来源：办公室</div><div>{PARAGRAPHS}</div>"
    assert lines(page(inside, head=f"<title>{title}-宁江学院</title>")) == [title, *POLICY]


@pytest.mark.parametrize(
    ("above", "below"),
    [
        pytest.param("<div>发布者：校办　发布时间：2023-08-21　浏览次数：10</div>", "", id="facts of the page"),
        pytest.param("<div>[ 发布日期：2023-08-21 ] [ 阅读：77次 ]</div>", "", id="facts in brackets"),
        pytest.param("<div><span>2023-08-21</span><span>办公室</span><span>356次浏览</span></div>", "", id="a day"),
        pytest.param("<div>宁江发布 08-21 16:00</div>", "", id="an hour"),
        pytest.param("", "<hr><p>本文网址：https://a.example/b.htm</p><p>打印时间：2023-10-08 09:30</p>", id="printed"),
        pytest.param("", "<p>来源 | 办公室</p><p>审核｜王芳</p>", id="who wrote it"),
        pytest.param("", "<div><h3>猜你喜欢</h3><p>学校召开大会，校长讲话。</p></div>", id="a heading of its own"),
        pytest.param(
            "", "".join(f"<li><a href=/{n}>会议通知</a> 2023-08-{n}</li>" for n in range(11, 15)), id="links with days"
        ),
        pytest.param("", f"<p>往期回顾</p>{_LINKS}", id="a list's heading"),
        pytest.param("", f"<div>{_LINKS}</div><div>阅读 1024 点赞 在看</div>", id="below a list"),
        pytest.param("", "<div>展开全文</div>", id="a word"),
        pytest.param(
            "",
            "<div class=comments-area><ol><li><b>李老师：</b><p>外聘教师适用吗？</p></ol></div>",
            id="comments",
        ),
    ],
)
def test_what_sites_write_around_the_text(above: str, below: str) -> None:
    inside = f"<h1>{TITLE}</h1>{above}<div>{PARAGRAPHS}</div>{below}<div>版权所有</div>"
    assert lines(page(f"<ul>{_LINKS}</ul>{inside}")) == [TITLE, *POLICY]


def test_how_an_attachment_is_named() -> None:
    attached = '附件【<a href="/system/_content/download.jsp?id=4">登记表.docx</a>】已下载<span>32</span>次'
    assert lines(page(f"<div>{PARAGRAPHS}</div><p>{attached}</p>"))[-1] == "附件：登记表.docx"


def test_buttons_inside_the_text() -> None:
    buttons = '<div>分享<a href="#">微信</a><a href="javascript:void(0)">QQ空间</a></div>'
    assert lines(f"<p>第一条 甲。</p>{buttons}<p>第二条 乙。</p>") == ["第一条 甲。", "第二条 乙。"]
    term = '<p>第二条 <a href="javascript:show(1)">首席信息官是分管信息化工作的校领导。</a></p>'
    assert lines(f"<p>第一条 甲。</p>{term}")[1] == "第二条 首席信息官是分管信息化工作的校领导。"


@pytest.mark.parametrize("title", [TITLE, "关于校园网络管理若干问题的规定"])
def test_a_title_above_the_facts_of_the_page(title: str) -> None:
    """The `title` element names the column, as a template has it."""
    facts = "<tr><td>作者：办公室　更新时间：2004-9-5</td></tr>"
    crumb = "<tr><td><a href=/>首页</a> → 正文</td></tr>"
    inside = f"{crumb}<tr><td>{title}</td></tr>{facts}<tr><td>{'<br>'.join(POLICY)}</td></tr>"
    assert lines(page(f"<table>{inside}</table>", head="<title>宁江学院--规章制度</title>")) == [title, *POLICY]


def test_a_column_beside_the_text_is_left_out_whole() -> None:
    side = f'<div class="l"><ul>{_LINKS}</ul><div><p>办公地址：人民路2号</p></div></div>'
    assert lines(page(f"{side}<div><h2>{TITLE}</h2><div>{PARAGRAPHS}</div></div>")) == [TITLE, *POLICY]


def test_a_column_that_is_called_like_a_title() -> None:
    inside = f"<h2>规章制度</h2><ul>{_LINKS}</ul><div><h1>{TITLE}</h1><div>{PARAGRAPHS}</div></div>"
    assert lines(page(inside)) == [TITLE, *POLICY]


def test_headings_of_the_text_are_no_end_of_it() -> None:
    """Where a text has headings without numbers, also one in a box of its own at its end."""
    parts = "".join(
        f"<section><h3>{h}</h3><p>{t}</p></section>"
        for h, t in (("第一章 总则", "第一条 甲。"), ("附则", "本办法自发布起施行。"))
    )
    assert lines(f"<p>第二条 乙。</p><p>第三条 丙。</p>{parts}")[-2:] == ["附则", "本办法自发布起施行。"]
    form = "<div><h3>申请表</h3><table><tr><td>姓名<td>职务<tr><td>张三<td>组长</table></div>"
    assert lines(f"<div>{PARAGRAPHS}</div>{form}")[-3:] == ["申请表", "| 姓名 | 职务 |", "| 张三 | 组长 |"]


def test_a_signature_in_a_box_called_bottom() -> None:
    body, signature = ("".join(f"<p>{line}</p>" for line in part) for part in (POLICY[:-2], POLICY[-2:]))
    markup = page(
        f'<h1>{TITLE}</h1><div>{body}</div><div class="bottom">{signature}</div><div class="footer">版权所有</div>'
    )
    assert lines(markup) == [TITLE, *POLICY]


def test_a_signature_in_one_box_with_the_imprint_around_it() -> None:
    body, signature = ("".join(f"<p>{line}</p>" for line in part) for part in (POLICY[:-2], POLICY[-2:]))
    below = f"<div>{signature}<div>版权所有</div></div>"
    assert lines(page(f"<h1>{TITLE}</h1><div>{body}</div>{below}")) == [TITLE, *POLICY]


def test_classes_of_a_design_hide_nothing() -> None:
    inside = f'<div class="border-bottom"><h1 class="position-relative mb-2">{TITLE}</h1></div><div>{PARAGRAPHS}</div>'
    assert lines(page(inside)) == [TITLE, *POLICY]


def test_who_helps_stands_in_the_notice() -> None:
    found = lines(page(f"<div>{PARAGRAPHS}<p>技术支持：信息中心，电话0791-1234567</p></div><div>版权所有</div>"))
    assert found[-1] == "技术支持：信息中心，电话0791-1234567"


def test_a_notice_without_numbers() -> None:
    notice = [
        "关于暑期校园网络维护的通知",
        "各单位：",
        "信息中心将于7月15日至20日对校园网核心设备进行升级维护，届时全校网络间歇性中断。",
        "请提前做好准备。",
        "信息中心",
        "2023年7月10日",
    ]
    body = "".join(f"<p>{line}</p>" for line in notice[1:])
    menu = "".join(f'<li><a href="/{n}">关于第{n}次网络安全检查结果的通报</a></li>' for n in range(9))
    markup = page(
        f"<ul>{menu}</ul><div><div>{notice[0]}</div><div>{body}</div></div><ul>{menu}</ul><div>版权所有</div>"
    )
    assert lines(markup) == notice


def test_a_page_of_links_and_tables_alone_stays() -> None:
    assert lines(page(table("<td>姓名<td>职务", "<td>张三<td>组长"))) == [TITLE, "| 姓名 | 职务 |", "| 张三 | 组长 |"]
    assert lines('<p><a href="/1">学校概况</a></p><p><a href="/2">机构设置</a></p>') != []


# Hostile input


@pytest.mark.parametrize(
    ("markup", "what"),
    [
        ("<div>" * 100_000 + "x", "deeply nested elements"),
        ("<table><tr><td>" * 3_000 + "x", "deeply nested elements"),
        ("<p>" * 6_000_000, "18,000,000"),
        ("<p>" * 400_000, "400,000"),
        ("<p " + " ".join(f"a{n}" for n in range(300_000)) + ">", "300,001"),
        ("<p a='>' " + " ".join(f"a{n}=1" for n in range(100_000)) + ">", r"100,\d{3}"),
        ("<p title='" + "x" * 25_000_000 + "'>", r"25,\d{3},\d{3}"),
    ],
    ids=[
        "depth",
        "depth of tables",
        "20 MB of tags",
        "tags",
        "attributes",
        "attributes behind a quote",
        "a huge value",
    ],
)
def test_beyond_a_limit(markup: str, what: str) -> None:
    started = time.process_time()
    with pytest.raises(SourceError, match=rf"^a\.html: expected an HTML page [^\n]*found {what}[^\n]*; save [^\n]+$"):
        read(markup)
    assert time.process_time() - started < 5


@pytest.mark.parametrize(
    "markup",
    [
        "<p>条" * 20_000,
        "<!--" * 20_000,
        "<table><tr>" + "<td rowspan=65534 colspan=1000>x" * 1_000 + "<tr><td>y" * 1_500,
        "<p title='" + "x" * 4_000_000 + "'>第一条 甲",
        "<script>" * 20_000,
        "<p a=" + "\"'" * 500_000,
        "<p><zz>条</yy></p>" * 10_000,
        "<ol start=99999999999999999999><li value=-5>x" + "<li>" * 20_000,
        "<p>第一条 甲。<p>第二条 乙。<p>第三条 丙。" + "<p>丁" * 40_000,
        "<p>第一条 甲。<p>第二条 乙。<p>第三条 丙。"
        + ("<p><a href=/>戊</a>" * 3 + "<p>己") * 15_000
        + "<p>2023年8月20日",
        "<p>第一条 甲。<p>第二条 乙。<p>第三条 丙。" + "<div><h3>丁</h3>戊</div>" * 20_000 + "<p>2023年8月20日",
    ],
)
def test_within_the_limits_time_and_memory_are_bounded(markup: str) -> None:
    tracemalloc.start()
    started = time.process_time()
    read(markup)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert time.process_time() - started < 20
    assert peak < 200_000_000


def test_formatting_that_is_never_closed() -> None:
    markup = "<div>" + "".join(f"<font size=3><SPAN lang=EN-US>第{n}条 甲。<br>" for n in range(1, 400))
    assert lines(markup) == [f"第{n}条 甲。" for n in range(1, 400)]


def test_embedded_pictures_do_not_count() -> None:
    picture = "data:image/png;base64," + "iVBORw0KGgo" * 1_500_000
    assert lines(f'<p>第一条 甲<img src="{picture}">乙。</p>') == ["第一条 甲乙。"]


def test_nothing_is_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    def connect(*_: object) -> None:
        raise AssertionError("a connection")

    monkeypatch.setattr(socket.socket, "connect", connect)
    monkeypatch.setattr(socket, "getaddrinfo", connect)
    doctype = '<!DOCTYPE html SYSTEM "http://127.0.0.1:9/x.dtd" [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
    found = read(f'{doctype}<base href="http://127.0.0.1:9/"><link rel=stylesheet href=a.css>{WORDS}<p>&e;</p>')
    assert found.text.endswith(TEXT + "&e;\n")


_MARKUP = (
    "< > </ <p> </p> <table> <tr> <td> </table> <ol> <li> </ol> <!-- --> <pre> <ruby><rt> 第一条 （一） &#0; "
    "&nbsp; <nav> <style> <hr> <svg> <select> ]]> <?xml?> <![CDATA[ </html> <frameset> <a\thref=/> <body\thidden> \t"
)
_PIECES = st.sampled_from(_MARKUP.split(" "))


@settings(max_examples=300, deadline=None)
@given(st.lists(_PIECES | st.text(max_size=6), max_size=40).map("".join))
@example("\ufffd")  # in the page itself, not out of a failed decoding
def test_no_markup_breaks_it(markup: str) -> None:
    found = read(markup.replace("\0", "").encode("utf-8", errors="ignore"))
    assert "\0" not in found.text


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_no_bytes_break_it(data: bytes) -> None:
    with contextlib.suppress(SourceError):
        read(data)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from(sorted(LAYOUTS)), min_size=1, max_size=1),
    st.lists(st.text("校园网络管理学院信息安全，；", min_size=1, max_size=40), min_size=3, max_size=12),
)
def test_no_provision_is_lost(layouts: list[str], texts: list[str]) -> None:
    provisions = [f"第{n}条 {text}。" for n, text in enumerate(texts, start=1)]
    own = "".join(f"<p>{line}</p>" for line in provisions)
    layout = LAYOUTS[layouts[0]]
    markup = layout.replace(PARAGRAPHS, own) if PARAGRAPHS in layout else page(f"<div>{own}</div>")
    found = lines(markup)
    assert [line for line in found if line.startswith("第")] == provisions
