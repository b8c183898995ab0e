"""Instruments without 条: sections 一、 with points （一） or 1., tables of contents, closing words."""

from __future__ import annotations

import re

from hypothesis import strategies as st
from policies import FINISHED, LOOKS, SENTENCES, Policy, Writer, item_label
from policies_numbered import LEAD_INS, articles_of, items_of, title_of

from policy_qa.datamodels import Kind
from policy_qa.numerals import to_han

SECTION_NAMES = ("总体目标", "岗位设置", "任职条件", "工作职责（试行）", "组织保障", "实施步骤：", "考核与激励")
POINT_STYLES = ("（一）", "(一)", "（ 一 ）", "1.", "１．", "1、", "（1）", "1）")
_POINTS = ("again", "runs on", "two styles")
SECTION_BODIES = ("points", "points", "points", "text", "lead and points", "sentence")
CLOSINGS = (
    ("特此通知。",),
    ("请各校结合实际，认真贯彻执行。",),
    ("联系人：张三，电话：0951-1234567",),
    ("联 系 人：李四", "联系电话：13800000000"),
    ("某某市教育局", "2024年3月26日"),
    ("特此通知。", "某某大学", "二〇二四年三月二十六日"),
    ("某某学院党委办公室", "某某学院校长办公室", "2024 年 3 月 26 日"),
    ("附件：1.推荐表", "2.汇总表", "某某县教育体育局", "2024年3月26日", "（联系人：王五，联系电话：1234567）"),
)


def sections_of(
    draw: st.DrawFn, writer: Writer, *, numbering: str, mark: str = "", bodies: tuple[str, ...] = SECTION_BODIES
) -> None:
    """Sections that are headings with points, with text alone or with both, and sections that are sentences."""
    styles = [draw(st.sampled_from(POINT_STYLES))]
    if numbering == "two styles":
        styles.append(draw(st.sampled_from([s for s in POINT_STYLES if s[0] != styles[0][0]])))
    count = 0
    for n in range(1, draw(st.integers(2, 6)) + 1):
        style = styles[n % len(styles)]
        body = draw(st.sampled_from(bodies))
        if body == "sentence":
            section_of_sentences(draw, writer, n, mark)
            continue
        writer.heading(f"{to_han(n)}、{draw(st.sampled_from(SECTION_NAMES))}", 0, mark)
        # A heading's colon is not part of its name.
        writer.headings[0] = writer.headings[0].rstrip("：")
        if body != "points":
            writer.begin()
            with writer.provision(str(n), Kind.SECTION):
                writer.text += draw(st.sampled_from(FINISHED))
        if body == "text":
            continue
        count = count if numbering == "runs on" else 0
        for _ in range(draw(st.integers(1, 4))):
            count += 1
            point(draw, writer, f"{n}.{count}", item_label(count, style), inner_of(style), mark)


def inner_of(style: str) -> tuple[str, ...]:
    """The styles below a point of this style, as 党政机关公文格式 orders them."""
    return ("1.", "①") if "一" in style else ("①",) if style in ("（1）", "1）") else ("（1）", "①")


def section_of_sentences(draw: st.DrawFn, writer: Writer, n: int, mark: str) -> None:
    """A section that is a provision in itself, with or without items."""
    del writer.headings[:]
    writer.begin(mark)
    with writer.provision(str(n), Kind.SECTION):
        if draw(st.booleans()):
            writer.text += f"{to_han(n)}、{draw(st.sampled_from(FINISHED))}"
        else:
            writer.text += f"{to_han(n)}、各校要切实加强领导，健全工作机制，明确责任分工，做到以下几点："
            items_of(draw, writer, str(n), ["（一）", "1."], mark=mark)


def point(draw: st.DrawFn, writer: Writer, path: str, label: str, inner: tuple[str, ...], mark: str) -> None:
    """A point at article level, with or without items."""
    writer.begin(mark)
    with writer.provision(path, Kind.POINT):
        if draw(st.integers(0, 3)):
            writer.text += label + draw(st.sampled_from(SENTENCES))
        else:
            writer.text += label + draw(st.sampled_from(LEAD_INS))
            items_of(draw, writer, path, list(inner), mark=mark)


@st.composite
def sections(draw: st.DrawFn) -> Policy:
    """一、 with points of one style that start again or run on, or of two styles."""
    writer = Writer(draw(LOOKS))
    title_of(draw, writer)
    sections_of(draw, writer, numbering=draw(st.sampled_from(_POINTS)))
    return writer.policy()


@st.composite
def marked_sections(draw: st.DrawFn) -> Policy:
    """The same as Markdown, with marks that say nothing."""
    look = draw(LOOKS)
    look.indent = ""
    writer = Writer(look)
    title_of(draw, writer, "# ")
    sections_of(
        draw, writer, numbering=draw(st.sampled_from(_POINTS)), mark=draw(st.sampled_from(("## ", "- ", "# ", "> ")))
    )
    return writer.policy()


@st.composite
def flat_points(draw: st.DrawFn) -> Policy:
    """One numbering alone: 1. 2. 3. or （一）（二）（三）, each a provision."""
    writer = Writer(draw(LOOKS))
    title_of(draw, writer)
    style = draw(st.sampled_from(POINT_STYLES))
    for n in range(1, draw(st.integers(2, 15)) + 1):
        writer.begin()
        with writer.provision(str(n), Kind.SECTION):
            writer.text += item_label(n, style) + draw(st.sampled_from(FINISHED))
    return writer.policy()


def closing_of(draw: st.DrawFn, writer: Writer, path: str = "closing") -> None:
    """Closing words, signature, contacts."""
    del writer.headings[:]
    first, *more = draw(st.sampled_from(CLOSINGS))
    writer.begin()
    with writer.provision(path, Kind.CLOSING):
        writer.text += first
        for words in more:
            writer.line(words)


@st.composite
def closings(draw: st.DrawFn) -> Policy:
    """Signatures and contacts at the end of either kind of instrument."""
    look = draw(LOOKS)
    look.bold = False
    writer = Writer(look)
    title_of(draw, writer)
    if draw(st.booleans()):
        articles_of(draw, writer, levels=draw(st.sampled_from(((), ("章",)))))
    else:
        sections_of(draw, writer, numbering="again")
    if not writer.text.endswith(FINISHED):
        writer.finish()
    closing_of(draw, writer)
    return writer.policy()


_LABEL = re.compile(r"第[^条]+条(?:之[一二三四五六七八九十]+)?")
_LEADERS = ("", "\t1", "……1", " ........ 1", "………………（1）", " 1")


@st.composite
def contents(draw: st.DrawFn) -> Policy:
    """A table of contents before the text, of 章, 章 and 节, 一、 or 条, with or without page numbers."""
    look = draw(LOOKS)
    look.bold, look.indent = False, ""
    body = Writer(look)
    kind = draw(st.sampled_from(("章", "章节", "一、", "条")))
    if kind == "一、":
        # A table of contents names headings: no sections that are sentences.
        sections_of(draw, body, numbering="again", bodies=SECTION_BODIES[:-1])
    else:
        articles_of(
            draw, body, levels={"章": ("章",), "章节": ("章", "节"), "条": ()}[kind], count=draw(st.integers(3, 7))
        )
    heads = list(dict.fromkeys(h for f in sorted(body.found) if f[4] for h in f[5] or ()))
    if kind == "条":
        printed = [body.text[f[0] : f[1]] for f in sorted(body.found) if f[4]]
        heads = [label.group() + " 适用范围" for words in printed if (label := _LABEL.match(words))]
    writer = Writer(look)
    leaders = draw(st.sampled_from(_LEADERS[1:] if kind == "条" else _LEADERS))
    writer.begin()
    with writer.provision("preamble", Kind.PREAMBLE):
        writer.text += "某某学校信息化管理办法"
    writer.line(draw(st.sampled_from(("目录", "目  录", "目\u3000录", "**目录**"))))
    for head in heads:
        writer.line(head + leaders)
    shift = len(writer.text + look.separator)
    writer.text += look.separator + body.text
    writer.found += [(a + shift, b + shift, *rest) for a, b, *rest in body.found]  # type: ignore[misc]  # mypy does not follow the rest of a tuple
    return writer.policy()
