"""One instrument in each style of numbering: 编 章 节 条 款 项 目, 第X条之Y, 一、（一）1., none at all."""

from __future__ import annotations

from hypothesis import strategies as st
from policies import (
    CHAPTER_NAMES,
    FINISHED,
    LEAD_INS,
    LOOKS,
    REFERENCES,
    SENTENCES,
    TITLES,
    Look,
    Policy,
    Writer,
    item_label,
    item_styles,
    number,
    ordinal,
)

from policy_qa.datamodels import Kind
from policy_qa.numerals import to_han

_SENTENCE = st.sampled_from(SENTENCES)
_FINISHED = st.sampled_from(FINISHED)
_NUMBERS = ("next",) * 5 + ("insert",)


def title_of(draw: st.DrawFn, writer: Writer, mark: str = "") -> None:
    """The title above everything: the preamble."""
    title = draw(st.sampled_from(TITLES))
    writer.begin(mark)
    with writer.provision("preamble", Kind.PREAMBLE):
        writer.text += title


def items_of(draw: st.DrawFn, writer: Writer, path: str, styles: list[str], depth: int = 0, mark: str = "") -> None:
    """Numbered lines below `path`, the last of which may hold more of the next style."""
    count = draw(st.integers(2, 12 if depth == 0 and "①" not in styles[0] else 3))
    for n in range(1, count + 1):
        writer.begin(mark)
        deeper = len(styles) > 1 and depth < 3 and draw(st.integers(0, 5)) == 0
        with writer.provision(f"{path}.{n}", Kind.SUBITEM if depth else Kind.ITEM, article=False):
            if deeper:
                writer.text += item_label(n, styles[0]) + draw(st.sampled_from(LEAD_INS))
                items_of(draw, writer, f"{path}.{n}", styles[1:], depth + 1, mark)
            else:
                writer.text += item_label(n, styles[0]) + draw(_SENTENCE)


def article(draw: st.DrawFn, writer: Writer, path: str, label: str, body: str, *, styles: list[str] | None = None,
            mark: str = "") -> None:  # fmt: skip
    """One 条 with `body` (paragraph, paragraphs, items, items between paragraphs, a reference below)."""
    writer.begin(mark)
    bold = writer.look.bold and not mark.strip()
    writer.text += "**" if bold else ""
    styles = styles or ["（一）", "1."]
    kind = Kind.PARAGRAPH
    with writer.provision(path, Kind.ARTICLE):
        label = f"{label}**" if bold else label
        if body == "paragraph":
            writer.text += label + draw(_SENTENCE)
        elif body == "items":
            writer.text += label + draw(st.sampled_from(LEAD_INS))
            items_of(draw, writer, path, styles, mark=mark)
        else:
            with writer.provision(f"{path}.p1", kind, article=False):
                if body == "items between":
                    writer.text += label + draw(st.sampled_from(LEAD_INS))
                    items_of(draw, writer, path, styles, mark=mark)
                    # The last item has to be finished, or what follows would be its second line.
                    if not writer.text.endswith(FINISHED):
                        writer.finish()
                else:
                    writer.text += label + draw(_FINISHED)
            pool = REFERENCES if body == "references" else FINISHED
            for n in range(2, draw(st.integers(2, 4)) + 1):
                writer.child(f"{path}.p{n}", kind, draw(st.sampled_from(pool)), mark)


BODIES = ("paragraph", "paragraph", "items", "paragraphs", "items between", "references")


def articles_of(draw: st.DrawFn, writer: Writer, *, bodies: tuple[str, ...] = BODIES, first: int = 1, count: int = 0,
                levels: tuple[str, ...] = (), marks: tuple[str, ...] = ("",)) -> None:  # fmt: skip
    """A run of 条 from `first`, under headings of `levels` (编 章 节) that change now and then."""
    counts = [0] * len(levels)
    styles = item_styles(draw)
    runs_on = draw(st.booleans())
    at, sub = first - 1, 0
    for i in range(count or draw(st.integers(2, 7))):
        depth = 0 if i == 0 else draw(st.integers(0, 2 * len(levels))) if levels else 0
        for level in range(depth, len(levels)):
            counts[level] += 1
            counts[level + 1 :] = [0 if not (runs_on and n == 0) else c for n, c in enumerate(counts[level + 1 :])]
            words = f"{ordinal(counts[level], levels[level], writer.look)} {draw(st.sampled_from(CHAPTER_NAMES))}"
            writer.heading(words, level, draw(st.sampled_from(marks)))
        if depth == 0 and levels == ("章",) and draw(st.integers(0, 3)) == 0:
            writer.begin()
            with writer.provision(f"ch{counts[0]}", Kind.CHAPTER):
                writer.text += draw(_FINISHED)
        step = draw(st.sampled_from(_NUMBERS)) if i else "next"
        at, sub = (at, sub + 1) if step == "insert" else (at + 1, 0)
        label = ordinal(at, "条", writer.look) + (f"之{to_han(sub)}" if sub else "") + writer.look.gap
        path = f"{at}-{sub}" if sub else str(at)
        article(
            draw, writer, path, label, draw(st.sampled_from(bodies)), styles=styles, mark=draw(st.sampled_from(marks))
        )


@st.composite
def headings_and_articles(draw: st.DrawFn) -> Policy:
    """编 章 节 above 条 with 款 项 目."""
    writer = Writer(draw(LOOKS))
    title_of(draw, writer)
    levels = draw(st.sampled_from((("章",), ("章", "节"), ("编", "章"), ("编", "章", "节"), ("编", "分编", "章"), ())))
    articles_of(draw, writer, levels=levels)
    return writer.policy(draw(st.sampled_from(("", "\n", "\n\n"))))


@st.composite
def inserted_articles(draw: st.DrawFn) -> Policy:
    """第X条之Y anywhere, also 第一百二十条之十一; numbers up to 1,260."""
    writer = Writer(draw(LOOKS))
    at = draw(st.sampled_from((1, 1, 9, 99, 119, 996, 1250)))
    for _ in range(draw(st.integers(2, 5))):
        subs = draw(st.sampled_from((0, 0, 1, 2, 11)))
        for sub in range(subs + 1):
            tail = f"之{number(sub, 'han')}" if sub else ""
            label = ordinal(at, "条", writer.look) + tail + writer.look.gap
            article(draw, writer, f"{at}-{sub}" if sub else str(at), label, draw(st.sampled_from(BODIES[:4])))
        at += 1
    return writer.policy()


@st.composite
def captioned_articles(draw: st.DrawFn) -> Policy:
    """「第三条（职责）校长…」, 「第三条 【职责】…」, 「第三条 职责 …」, 「第三条：…」, 「第三条 职责」 above a text."""
    look = draw(LOOKS)
    look.bold = False
    writer = Writer(look)
    title_of(draw, writer)
    form = draw(
        st.sampled_from(("（{}）", "【{}】", " 【{}】 ", " （{}） ", " {} ", "\u3000{}\u3000", "：", ":", " {}\n"))
    )
    for n in range(1, draw(st.integers(2, 6)) + 1):
        caption = form.format(draw(st.sampled_from(("职责", "任职条件", "组织机构", "适用范围"))))
        article(draw, writer, str(n), ordinal(n, "条", look) + caption, draw(st.sampled_from(BODIES[:4])))
    return writer.policy()


MARKS = ("", "# ", "### ", "##### ", "- ", "> ", "* ", "+ ", "#")


@st.composite
def wrong_marks(draw: st.DrawFn) -> Policy:
    """Markdown marks that say nothing: a chapter as ###, an article as #, ** around labels, dashes before items."""
    look = draw(LOOKS)
    look.indent = ""
    writer = Writer(look)
    title_of(draw, writer, draw(st.sampled_from(("", "# ", "## "))))
    articles_of(draw, writer, levels=draw(st.sampled_from(((), ("章",), ("章", "节")))), marks=MARKS)
    return writer.policy()


@st.composite
def references_at_line_starts(draw: st.DrawFn) -> Policy:
    """Lines that begin with 第七条规定的… : as 款 of their own, and where a copied line is broken in mid-sentence."""
    writer = Writer(draw(LOOKS))
    title_of(draw, writer)
    for n in range(1, draw(st.integers(2, 6)) + 1):
        label = ordinal(n, "条", writer.look) + writer.look.gap
        if draw(st.booleans()):
            article(draw, writer, str(n), label, "references")
            continue
        writer.begin()
        with writer.provision(str(n), Kind.ARTICLE):
            writer.text += f"{label}校长负责全面工作，但是本办法"
            writer.line(draw(st.sampled_from(REFERENCES)))
    return writer.policy()


@st.composite
def articles_with_sections_inside(draw: st.DrawFn) -> Policy:
    """条 whose items are 一、 二、, with （一） or 1. inside them."""
    writer = Writer(draw(LOOKS))
    title_of(draw, writer)
    for n in range(1, draw(st.integers(2, 5)) + 1):
        label = ordinal(n, "条", writer.look) + writer.look.gap
        styles = ["一、", *item_styles(draw)]
        article(
            draw, writer, str(n), label, draw(st.sampled_from(("items", "items between", "paragraph"))), styles=styles
        )
    return writer.policy()


@st.composite
def unnumbered(draw: st.DrawFn) -> Policy:
    """No numbering at all: paragraphs, counted."""
    look = draw(LOOKS)
    look.bold = False
    writer = Writer(look)
    count = draw(st.integers(1, 12))
    for n in range(1, count + 1):
        writer.begin(draw(st.sampled_from(("", "", "## ", "- "))))
        with writer.provision(f"p{n}", Kind.PARAGRAPH):
            writer.text += draw(st.sampled_from([*SENTENCES, *REFERENCES, *TITLES]))
    return writer.policy()


def long_law(style: str, inner: str) -> Policy:
    """1,260 articles, as the Civil Code has, in chapters of 100."""
    writer = Writer(Look(number=style, inner=inner))
    for n in range(1, 1261):
        if n % 100 == 1:
            writer.heading(f"第{to_han(n // 100 + 1)}章 规定之{to_han(n // 100 + 1)}", 0)
        writer.begin()
        with writer.provision(str(n), Kind.ARTICLE):
            writer.text += f"{ordinal(n, '条', writer.look)} 这是第{n}个规定。"
    return writer.policy()
