"""Files of more than one instrument: notices, several instruments, attachments with forms, rosters and tables."""

from __future__ import annotations

from hypothesis import strategies as st
from policies import FINISHED, LOOKS, TITLES, Look, Policy, Writer, ordinal
from policies_numbered import BODIES, article, articles_of, title_of
from policies_sections import closing_of, sections_of

from policy_qa.datamodels import Kind
from policy_qa.numerals import to_han

_SIMPLE = BODIES[:4]
_LEVELS = st.sampled_from(((), (), ("章",), ("章", "节")))


def looks(draw: st.DrawFn) -> Look:
    look = draw(LOOKS)
    look.bold = False
    return look


def notice_of(draw: st.DrawFn, writer: Writer, title: str, *, points: bool) -> None:
    """Letterhead, 文号, 关于印发…的通知, 各…：, 现…印发…, its own 一、二、, signature, date. Inside a preamble."""
    writer.text += draw(st.sampled_from(("某某市教育局文件", "某某学院文件", "某某市教育局")))
    if draw(st.booleans()):
        writer.line(draw(st.sampled_from(("某教发〔2024〕12号", "某校〔2023〕 8 号", "办发[2014]39号"))))
    writer.line(f"关于印发《{title}》的通知")
    writer.line(draw(st.sampled_from(("各县（市、区）教育局，市直各学校：", "各处室、各学院：", "各中小学:"))))
    asks = (
        "，并提出以下要求，请一并落实。" if points else draw(st.sampled_from(("，请认真贯彻执行。", "，请遵照执行。")))
    )
    writer.line(f"现将《{title}》印发给你们{asks}")
    for n in range(1, draw(st.integers(2, 4)) + 1 if points else 1):
        writer.child(f"preamble.{n}", Kind.ITEM, f"{to_han(n)}、{draw(st.sampled_from(FINISHED))}")
    if draw(st.booleans()):
        writer.line("特此通知。")
    if draw(st.booleans()):
        writer.line(draw(st.sampled_from(("某某市教育局", "某某学院"))))
        writer.line(draw(st.sampled_from(("2024年3月1日", "2024 年 3 月 1 日", "二〇二四年三月一日"))))
        if draw(st.booleans()):
            writer.line("（此件公开发布）")


def adopted(draw: st.DrawFn) -> str:
    """What may stand between a title and its 第一条; empty for nothing."""
    return draw(
        st.sampled_from(
            ("", "（2024年1月5日校务会议通过）", "为了规范管理，保障安全，根据有关规定，结合学校实际，制定本办法。")
        )
    )


@st.composite
def issued_by_notice(draw: st.DrawFn) -> Policy:
    """An instrument inside the notice that issues it; the notice may have 一、二、 where the instrument has 条."""
    writer = Writer(looks(draw))
    by_article = draw(st.booleans())
    title = draw(st.sampled_from(TITLES))
    writer.begin()
    with writer.provision("preamble", Kind.PREAMBLE):
        notice_of(draw, writer, title, points=by_article and draw(st.booleans()))
        writer.line(title)
        if lead_in := adopted(draw):
            writer.line(lead_in)
    if by_article:
        articles_of(draw, writer, levels=draw(_LEVELS))
    else:
        sections_of(draw, writer, numbering=draw(st.sampled_from(("again", "runs on"))))
    return writer.policy()


@st.composite
def several_instruments(draw: st.DrawFn) -> Policy:
    """Two or three instruments one after another, each with its own title, without 附件 labels."""
    writer = Writer(looks(draw))
    titles = draw(st.permutations(TITLES[:4]))[: draw(st.integers(2, 3))]
    taken: dict[str, int] = {}
    for order, title in enumerate(titles, start=1):
        writer.instrument = title
        del writer.headings[:]
        lead_in = adopted(draw)
        writer.begin(draw(st.sampled_from(("", "# "))) if not writer.look.indent else "")
        if order == 1:
            with writer.provision("preamble", Kind.PREAMBLE):
                if draw(st.booleans()):
                    notice_of(draw, writer, "》《".join(titles), points=draw(st.booleans()))
                    writer.line(title)
                else:
                    writer.text += title
                if lead_in:
                    writer.line(lead_in)
        else:
            writer.titles.append(title)
            writer.text += title
            if lead_in:
                taken["preamble"] = taken.get("preamble", 1) + 1
                writer.begin()
                with writer.provision(f"preamble~{taken['preamble']}", Kind.PREAMBLE):
                    writer.text += lead_in
        by_chapter = draw(st.booleans())
        for n in range(1, draw(st.integers(2, 5)) + 1):
            if by_chapter and n in (1, 3):
                writer.heading(f"{ordinal(n // 2 + 1, '章', writer.look)} {'总则' if n == 1 else '管理'}", 0)
            taken[str(n)] = taken.get(str(n), 0) + 1
            path = f"{n}~{taken[str(n)]}" if taken[str(n)] > 1 else str(n)
            label = ordinal(n, "条", writer.look) + writer.look.gap
            article(draw, writer, path, label, draw(st.sampled_from(_SIMPLE)))
        if not writer.text.endswith(FINISHED):
            writer.finish()
        if draw(st.integers(0, 2)) == 0:
            taken["closing"] = taken.get("closing", 0) + 1
            closing_of(draw, writer, f"closing~{taken['closing']}" if taken["closing"] > 1 else "closing")
    return writer.policy()


FORM = ("姓名\t\t性别\t", "出生年月\t\t民族\t", "工作单位\t\t\t", "推荐意见\t（盖章）\t年 月 日")
ROSTER = ("组长：张三", "副组长：李四、王五", "成员：赵六 钱七 孙八", "办公室设在信息中心", "联络员：周九")
TABLE = ("| 序号 | 学校 | 姓名 |", "| 1 | 第一中学 | 张三 |", "| 2 | 第二中学 | 李四、王五 |", "| 合计 | 2 | 3 |")


def rows_of(draw: st.DrawFn, writer: Writer, path: str, rows: tuple[str, ...]) -> None:
    """A table: rows of | cells |, with or without Markdown's separator row, or of tabs; children `path.rN`."""
    # A blank line between two rows is no table in Markdown, and a form copied from Word has none.
    for n, row in enumerate(rows, start=1):
        writer.text += "\n"
        start = len(writer.text)
        writer.text += row
        end = start + len(row.rstrip())
        writer.found.append((start, end, f"{path}.r{n}", Kind.ROW, False, writer.above(), writer.instrument))
        if n == 1 and row.startswith("|") and draw(st.booleans()):
            writer.text += "\n" + draw(st.sampled_from(("|---|---|---|", "| --- | :---: | ---: |", "|-|-|-|")))


@st.composite
def articles_with_tables(draw: st.DrawFn) -> Policy:
    """Rows of a table inside an article: children of it, before or without another paragraph."""
    writer = Writer(looks(draw))
    title_of(draw, writer)
    for n in range(1, draw(st.integers(2, 5)) + 1):
        label = ordinal(n, "条", writer.look) + writer.look.gap
        if draw(st.booleans()):
            article(draw, writer, str(n), label, draw(st.sampled_from(_SIMPLE)))
            continue
        rows = draw(st.sampled_from((TABLE, TABLE[:2], FORM[:2])))
        more = draw(st.booleans())
        writer.begin()
        with writer.provision(str(n), Kind.ARTICLE):
            start = len(writer.text)
            writer.text += f"{label}名额分配如下："
            rows_of(draw, writer, str(n), rows)
            if more:
                first = (start, len(writer.text.rstrip()), f"{n}.p1", Kind.PARAGRAPH, False, (), "")
                writer.found.append(first)
                writer.child(f"{n}.p2", Kind.PARAGRAPH, draw(st.sampled_from(FINISHED)))
    return writer.policy()


CONTENTS = ("form", "roster", "table", "list", "articles", "articles", "text")


#: What opens an attachment; {} is its number. 附录 and 附表 are named in the headings, 附件 is not.
NUMBERED = ("附件{}", "附件 {}", "附件{}：", "附 件 {}", "附件{}:", "附录{}", "附表{}：")
UNNUMBERED = ("附件", "附件：", "附 件", "附录")


def attachment_of(
    draw: st.DrawFn,
    writer: Writer,
    order: int,
    contents: tuple[str, ...] = CONTENTS,
    labels: tuple[str, ...] = NUMBERED,
) -> None:
    """An attachment with its label and one kind of content; its title may stand beside the label."""
    del writer.headings[:]
    writer.instrument = None
    path = f"appendix-{order}"
    label = draw(st.sampled_from(labels))
    writer.sees_headings = label.replace(" ", "").startswith("附件")
    content = draw(st.sampled_from(contents))
    writer.line(label.format(draw(st.sampled_from((str(order), to_han(order))))))
    # Without a number, 条 below a title beside the label are an instrument's own.
    if content != "text" and ("{" in label or content != "articles") and draw(st.integers(0, 3)) == 0:
        writer.text += "" if label[-1] in "：:" else " "
    else:
        writer.begin()
    if content == "articles":
        with writer.provision(path, Kind.APPENDIX):
            writer.text += "首席信息官选聘实施细则"
        levels = draw(st.sampled_from(((), ("章",))))
        for n in range(1, draw(st.integers(2, 4)) + 1):
            if levels and n in (1, 3):
                writer.heading(f"{ordinal(n // 2 + 1, '章', writer.look)} 总则", 0)
            one = ordinal(n, "条", writer.look) + writer.look.gap
            article(draw, writer, f"{path}.{n}", one, draw(st.sampled_from(_SIMPLE)))
        return
    with writer.provision(path, Kind.APPENDIX):
        if content == "list":
            writer.text += "首席信息官承诺书"
            for n in range(1, draw(st.integers(2, 5)) + 1):
                writer.child(f"{path}.{n}", Kind.ITEM, f"{to_han(n)}、{draw(st.sampled_from(FINISHED))}")
        elif content in ("form", "table"):
            writer.text += "首席信息官推荐表"
            rows_of(draw, writer, path, FORM if content == "form" else TABLE)
        elif content == "text":
            writer.text += "本表一式三份。"
        else:
            lines = ("领导小组成员名单", *ROSTER[: draw(st.integers(2, 5))])
            for n, words in enumerate(lines, start=1):
                if n > 1:
                    writer.begin()
                with writer.provision(f"{path}.p{n}", Kind.PARAGRAPH, article=False):
                    writer.text += words


@st.composite
def attachments(draw: st.DrawFn) -> Policy:
    """Forms, rosters, tables, lists and whole instruments behind 附件 labels."""
    writer = Writer(looks(draw))
    title_of(draw, writer)
    if draw(st.booleans()):
        articles_of(draw, writer, bodies=_SIMPLE, levels=draw(_LEVELS))
    else:
        sections_of(draw, writer, numbering="again")
    if not writer.text.endswith(FINISHED):
        writer.finish()
    if draw(st.booleans()):
        closing_of(draw, writer)
    labels = draw(st.sampled_from((NUMBERED, NUMBERED, UNNUMBERED)))
    for order in range(1, draw(st.integers(1, 4)) + 1):
        attachment_of(draw, writer, order, labels=labels)
    return writer.policy()


@st.composite
def instruments_attached_to_bare_notice(draw: st.DrawFn) -> Policy:
    """A notice without numbering and two instruments attached to it: none of them has the plain numbers."""
    writer = Writer(looks(draw))
    writer.begin()
    with writer.provision("preamble", Kind.PREAMBLE):
        notice_of(draw, writer, "》《".join(TITLES[:2]), points=False)
    for order in range(1, draw(st.integers(2, 3)) + 1):
        attachment_of(draw, writer, order, ("articles",), NUMBERED[:5])
    return writer.policy()


@st.composite
def attached_to_bare_notice(draw: st.DrawFn) -> Policy:
    """A notice without 条 or 一、 whose only attachment with 条 is the instrument: plain numbers; a form may follow."""
    writer = Writer(looks(draw))
    title = draw(st.sampled_from(TITLES))
    writer.begin()
    with writer.provision("preamble", Kind.PREAMBLE):
        notice_of(draw, writer, title, points=False)
        writer.line(draw(st.sampled_from(("附件", "附件：", "附件1", "附件1：", "附件一"))))
        writer.line(title)
        if lead_in := adopted(draw):
            writer.line(lead_in)
    writer.instrument = None
    articles_of(draw, writer, bodies=_SIMPLE, levels=draw(_LEVELS))
    if draw(st.booleans()):
        attachment_of(draw, writer, 2, CONTENTS[:4])
    return writer.policy()
