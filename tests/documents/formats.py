"""One policy, written as txt, md, docx, pdf and html as people write them in these formats."""

from __future__ import annotations

import html
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

#: Styles that carry a number, outermost first.
NUMBERED = ("chapter", "section", "article", "comma", "bracket", "item", "subitem")


@dataclass(frozen=True, kw_only=True, slots=True)
class Para:
    """A paragraph: its style, the number that opens it (with the space behind it, if any), its text.

    `typed` keeps the number typed where a format would make it by itself; `restart` begins the numbering anew.
    """

    style: str
    label: str = ""
    text: str = ""
    typed: bool = False
    restart: bool = False

    @property
    def line(self) -> str:
        return self.label + self.text


@dataclass(frozen=True, kw_only=True, slots=True)
class Grid:
    """A table: its rows, and the merged cells as (row, column, rows, columns); what a merge covers is empty.

    In text, a cell over several columns is written once, and one over several rows leaves empty cells below.
    """

    rows: tuple[tuple[str, ...], ...]
    merged: tuple[tuple[int, int, int, int], ...] = ()

    def lines(self) -> list[str]:
        """The rows with pipes."""
        beside = {(r, c + j) for r, c, _, columns in self.merged for j in range(1, columns)}
        return [
            "| " + " | ".join(text for c, text in enumerate(row) if (r, c) not in beside) + " |"
            for r, row in enumerate(self.rows)
        ]

    def cells(self) -> Iterator[list[tuple[str, int, int]]]:
        """For each row its cells (text, rows, columns), the covered ones left out."""
        span = {(row, column): (rows, columns) for row, column, rows, columns in self.merged}
        covered = {
            (row + i, column + j)
            for row, column, rows, columns in self.merged
            for i in range(rows)
            for j in range(columns)
            if i or j
        }
        for r, row in enumerate(self.rows):
            yield [(text, *span.get((r, c), (1, 1))) for c, text in enumerate(row) if (r, c) not in covered]


Policy = tuple[Para | Grid, ...]


def plain_text(policy: Policy) -> str:
    """Paragraphs indented by two full-width spaces, a table as rows of pipes."""
    out = []
    for part in policy:
        if isinstance(part, Grid):
            out += part.lines()
        elif part.style in ("article", "text", "comma", "bracket", "item", "subitem"):
            out.append("　　" + part.line)
        else:
            out.append(part.line)
    return "\n".join(out) + "\n"


def write_txt(policy: Policy) -> bytes:
    return plain_text(policy).encode("utf-8")


def write_gb(policy: Policy) -> bytes:
    return plain_text(policy).replace("\n", "\r\n").encode("gb18030")


def write_md(policy: Policy) -> bytes:
    """Headings with #, bold numbers, pipe tables, a blank line between paragraphs."""
    out = []
    for part in policy:
        if isinstance(part, Grid):
            rows = part.lines()
            rows.insert(1, "|" + " --- |" * len(part.rows[0]))
            out.append("\n".join(rows))
        elif part.style in ("title", "chapter", "section", "appendix", "caption"):
            depth = {"title": 1, "chapter": 2, "section": 3, "appendix": 2, "caption": 2}[part.style]
            out.append("#" * depth + " " + part.line)
        elif part.style == "article" and part.label:
            out.append(f"**{part.label.strip()}** {part.text}")
        else:
            out.append(part.line)
    return ("\n\n".join(out) + "\n").encode("utf-8")


_SITE_HEAD = """<!DOCTYPE html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>{title}-规章制度-学校网站</title>
<meta name="keywords" content="规章制度"><link rel="stylesheet" href="http://127.0.0.1:9/site.css">
<script>var a = "第一条 不是正文"; if (1 < 2) document.write("<p>第二条 也不是</p>");</script></head>
<body onload="load()"><div class="wrap"><div class="header"><a href="/"><img src="/logo.png" alt="校徽"></a></div>
<ul class="mainmenu"><li><a href="/">首页</a></li><li><a href="/xxgk">学校概况</a>
<ul><li><a href="/xxgk/xrld">现任领导</a></li></ul></li>
<li><a href="/jgsz">机构设置</a></li><li><a href="/gzzd">规章制度</a></li></ul>
<div class="dqwz">当前位置：<a href="/">首页</a>&nbsp;&gt;&nbsp;<a href="/gzzd">规章制度</a>&nbsp;&gt;&nbsp;正文</div>
<form action="/search"><input name="q" value="请输入关键字"><button>搜索</button></form>
<div class="main"><h1>{title}</h1>
<div class="info">发布时间：2024-05-22&nbsp;&nbsp;来源：信息中心&nbsp;&nbsp;浏览次数：<span id="hits">1024</span></div>
<div id="zoom" class="v_news_content">
"""
_SITE_TAIL = """
</div><div class="btns"><a href="javascript:window.print()">【打印本页】</a>
<a href="javascript:close()">【关闭窗口】</a></div>
<p>上一篇：<a href="1001.htm">关于做好2024年暑期值班工作的通知</a></p>
<p>下一篇：<a href="1003.htm">关于开展网络安全周活动的通知</a></p></div>
<div class="bq">版权所有&copy;学校信息中心&nbsp;地址：教育路1号&nbsp;邮编：330000&nbsp;赣ICP备12345678号</div>
</div></body></html>
"""


def write_html(policy: Policy) -> bytes:
    """A page of a school's site; the numbers 1. 2. of 目 are an ordered list's."""
    titles = [part.line for part in policy if isinstance(part, Para) and part.style == "title"]
    out, listing = [_SITE_HEAD.replace("{title}", titles[0] if titles else "规章制度")], False
    for part in policy:
        in_list = isinstance(part, Para) and part.style == "subitem" and not part.typed and bool(part.label)
        if in_list and ((isinstance(part, Para) and part.label.startswith("1.")) or not listing):
            out.append(("</ol>" if listing else "") + "<ol>")
        elif listing and not in_list:
            out.append("</ol>")
        listing = in_list
        out.append(_html_grid(part) if isinstance(part, Grid) else _html_para(part, in_list))
    if listing:
        out.append("</ol>")
    out.append(_SITE_TAIL)
    return "\n".join(out).encode("utf-8")


def _html_para(part: Para, in_list: bool) -> str:
    text, label = html.escape(part.text), html.escape(part.label.rstrip())
    gap = "&nbsp;&nbsp;" if part.label != part.label.rstrip() else ""
    if in_list:
        return f"<li>{text}</li>"
    if part.style in ("title", "chapter", "section", "appendix", "caption"):
        inside = f'<strong><span style="font-size: 18px">{label}{gap}{text}</span></strong>'
        return f'<p style="text-align: center">{inside}</p>'
    if part.style in ("signature", "date"):
        return f'<p style="text-align: right">{text}</p>'
    # An editor breaks its source lines anywhere; between Chinese characters that is no space.
    half = len(text) // 2
    chinese = len(text) > 2 and all("\u4e00" <= char <= "\u9fff" for char in text[half - 1 : half + 1])
    broken = text[:half] + "\n    " + text[half:] if chinese else text
    return f'<p style="text-indent: 2em"><strong>{label}</strong>{gap}<span lang="zh">{broken}</span></p>'


def _html_grid(grid: Grid) -> str:
    rows = []
    for row in grid.cells():
        cells = []
        for text, down, across in row:
            spans = (f' rowspan="{down}"' if down > 1 else "") + (f' colspan="{across}"' if across > 1 else "")
            cells.append(f"<td{spans}><p>{html.escape(text)}</p></td>")
        rows.append("<tr>" + "".join(cells) + "</tr>")
    return '<table border="1"><tbody>\n' + "\n".join(rows) + "\n</tbody></table>"


def write_docx(policy: Policy, *, automatic: bool = False) -> bytes:
    """A Word file; `automatic` leaves the numbers to Word, in one multi-level list linked to the paragraphs."""
    import docx

    document = docx.Document()
    numbers = _Numbers(document)
    for part in policy:
        if isinstance(part, Grid):
            _docx_grid(document, part)
            continue
        style = {"title": "Title", "chapter": "Heading 1", "section": "Heading 2"}.get(part.style, "Normal")
        number = automatic and part.style in NUMBERED and not part.typed and bool(part.label)
        paragraph = document.add_paragraph(style=style)
        if number:
            numbers.put(paragraph, part)
        else:
            paragraph.add_run(part.label).bold = True
        # Word cuts a paragraph into runs wherever it was edited.
        third = len(part.text) // 3
        for run in (part.text[:third], part.text[third:]):
            paragraph.add_run(run)
    if isinstance(policy[-1], Grid):
        document.add_paragraph()  # as Word has it behind a table that ends the text
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def write_docx_automatic(policy: Policy) -> bytes:
    return write_docx(policy, automatic=True)


def _docx_grid(document: Any, grid: Grid) -> None:
    table = document.add_table(rows=len(grid.rows), cols=len(grid.rows[0]), style="Table Grid")
    for row, column, rows, columns in grid.merged:
        table.cell(row, column).merge(table.cell(row + rows - 1, column + columns - 1))
    for r, row in enumerate(grid.rows):
        for c, text in enumerate(row):
            if text:
                table.cell(r, c).text = text


class _Numbers:
    """Automatic numbering: 第一章, 第一节, 第一条 (which runs on through the chapters), 一、, （一）, 1."""

    LEVELS = (
        ("chapter", "第%1章", "chineseCountingThousand", "space"),
        ("section", "第%2节", "chineseCountingThousand", "space"),
        ("article", "第%3条", "chineseCountingThousand", "space"),
        ("comma", "%4、", "chineseCountingThousand", "nothing"),
        ("item", "（%5）", "chineseCountingThousand", "nothing"),
        ("subitem", "%6.", "decimal", "nothing"),
    )

    def __init__(self, document: Any) -> None:
        self.numbering = document.part.numbering_part.element
        self.num = 0

    def put(self, paragraph: Any, part: Para) -> None:
        from docx.oxml import parse_xml
        from docx.oxml.ns import nsdecls

        if part.restart or not self.num:
            self._instance()
        names = [name for name, *_ in self.LEVELS]
        level = names.index("item" if part.style == "bracket" else part.style)
        properties = paragraph._p.get_or_add_pPr()
        properties.append(
            parse_xml(f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{level}"/><w:numId w:val="{self.num}"/></w:numPr>')
        )

    def _instance(self) -> None:
        """A list of its own: the second instrument in a file begins at 第一条 again."""
        from docx.oxml import parse_xml
        from docx.oxml.ns import nsdecls

        taken = [int(n.get(n.nsmap and f"{{{n.nsmap['w']}}}numId") or 0) for n in self.numbering.num_lst]
        self.num = max([100, *taken]) + 1
        levels = []
        for i, (name, text, style, gap) in enumerate(self.LEVELS):
            restart = '<w:lvlRestart w:val="0"/>' if name == "article" else ""
            levels.append(
                f'<w:lvl w:ilvl="{i}"><w:start w:val="1"/><w:numFmt w:val="{style}"/>{restart}<w:suff w:val="{gap}"/>'
                f'<w:lvlText w:val="{text}"/><w:lvlJc w:val="left"/></w:lvl>'
            )
        abstract = parse_xml(
            f'<w:abstractNum {nsdecls("w")} w:abstractNumId="{self.num}"><w:multiLevelType w:val="multilevel"/>'
            + "".join(levels)
            + "</w:abstractNum>"
        )
        first = self.numbering.num_lst[0] if self.numbering.num_lst else None
        if first is None:
            self.numbering.append(abstract)
        else:
            first.addprevious(abstract)
        self.numbering.append(
            parse_xml(f'<w:num {nsdecls("w")} w:numId="{self.num}"><w:abstractNumId w:val="{self.num}"/></w:num>')
        )


def write_pdf(policy: Policy) -> bytes:
    """Small pages with a running head and page numbers, so that articles run over page ends."""
    from reportlab.lib import colors
    from reportlab.lib.enums import TA_CENTER, TA_RIGHT
    from reportlab.lib.pagesizes import A5
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table

    font = "STSong-Light"
    pdfmetrics.registerFont(UnicodeCIDFont(font))
    body = ParagraphStyle("body", fontName=font, fontSize=11, leading=18, firstLineIndent=22, wordWrap="CJK")
    centred = ParagraphStyle("centred", parent=body, firstLineIndent=0, alignment=TA_CENTER)
    styles = {
        "title": ParagraphStyle("title", parent=centred, fontSize=14, leading=24, spaceAfter=8),
        "chapter": ParagraphStyle("chapter", parent=centred, fontSize=12, spaceBefore=8, spaceAfter=6),
        "section": centred,
        "caption": centred,
        "letterhead": centred,
        "number": centred,
        "signature": ParagraphStyle("signature", parent=body, firstLineIndent=0, alignment=TA_RIGHT),
        "date": ParagraphStyle("date", parent=body, firstLineIndent=0, alignment=TA_RIGHT),
        "addressee": ParagraphStyle("addressee", parent=body, firstLineIndent=0),
        "appendix": ParagraphStyle("appendix", parent=body, firstLineIndent=0, spaceBefore=12),
    }
    cell = ParagraphStyle("cell", parent=body, firstLineIndent=0, fontSize=10, leading=14)

    def furniture(canvas: Any, template: Any) -> None:
        canvas.setFont(font, 9)
        canvas.drawCentredString(A5[0] / 2, A5[1] - 28, "学校规章制度汇编")
        canvas.drawCentredString(A5[0] / 2, 24, f"— {template.page} —")

    story: list[Any] = []
    for part in policy:
        if isinstance(part, Grid):
            rows = [[Paragraph(html.escape(text), cell) for text in row] for row in part.rows]
            spans = [("SPAN", (c, r), (c + across - 1, r + down - 1)) for r, c, down, across in part.merged]
            width = (A5[0] - 100) / len(part.rows[0])
            table = Table(rows, colWidths=width, style=[("GRID", (0, 0), (-1, -1), 0.7, colors.black), *spans])
            story += [Spacer(1, 6), table, Spacer(1, 6)]
        else:
            story.append(Paragraph(html.escape(part.line), styles.get(part.style, body)))
    out = io.BytesIO()
    template = SimpleDocTemplate(out, pagesize=A5, leftMargin=50, rightMargin=50, topMargin=50, bottomMargin=50)
    template.build(story, onFirstPage=furniture, onLaterPages=furniture)
    return out.getvalue()


WRITERS: dict[str, tuple[str, Callable[[Policy], bytes]]] = {
    "txt": ("txt", write_txt),
    "txt in GB18030": ("txt", write_gb),
    "md": ("md", write_md),
    "docx": ("docx", write_docx),
    "docx, automatic numbers": ("docx", write_docx_automatic),
    "pdf": ("pdf", write_pdf),
    "html": ("html", write_html),
}


def write(policy: Policy, folder: Path, form: str) -> Path:
    """The policy as a file of this form (a key of WRITERS)."""
    suffix, writer = WRITERS[form]
    path = folder / f"policy.{suffix}"
    path.write_bytes(writer(policy))
    return path


def typed(policy: Policy) -> Policy:
    """The policy with all its numbers typed."""
    return tuple(part if isinstance(part, Grid) else replace(part, typed=True) for part in policy)
