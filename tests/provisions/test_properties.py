"""Whatever policy is put together, nothing of it is lost and its numbers are found again."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policy_qa.datamodels import Kind, Segmentation
from policy_qa.numerals import to_han
from samples import assert_lossless, cut, text_at

#: Words that no numbering, heading, date or closing formula is made of.
SENTENCES = (
    "学校应当做好信息化工作。",
    "首席信息官由校长提名，报上级批准。",
    "任期3年，可以连任；连任不超过2届。",
    "Every school has a CIO（首席信息官）.",
    "依照本办法第五条和《教育法》第七条第二款办理。",
    "经费专款专用，不得挪用！",
    "𠮷姓教师👩‍🏫适用本条。",
)
_WIDE = str.maketrans("0123456789", "０１２３４５６７８９")
CIRCLED = "①②③④⑤⑥⑦⑧⑨"


def _number(n: int, style: str) -> str:
    return {"han": to_han(n), "ascii": str(n), "wide": str(n).translate(_WIDE), "spaced": " ".join(to_han(n))}[style]


def _item(n: int, style: str) -> str:
    return {
        "（一）": f"（{to_han(n)}）",
        "(一)": f"({to_han(n)})",
        "1.": f"{n}. ",
        "１．": f"{str(n).translate(_WIDE)}．",
        "（1）": f"（{n}）",
        "1）": f"{n}）",
        "①": CIRCLED[n - 1],
    }[style]


ITEM_STYLES = ("（一）", "(一)", "1.", "１．", "（1）", "1）", "①")


@dataclass(frozen=True)
class Policy:
    """A text with what must be found in it: path -> exact text, at article level and for items."""

    text: str
    articles: dict[str, str]
    items: dict[str, str]


@st.composite
def by_article(draw: st.DrawFn) -> Policy:
    """A policy of 条, some under 章, some with items; numbers may leap, repeat or be inserted (之一)."""
    lines: list[str] = []
    articles: dict[str, str] = {}
    items: dict[str, str] = {}
    sentence = st.sampled_from(SENTENCES)
    title = draw(st.booleans())
    if title:
        lines.append("某某学校信息化管理办法")
        articles["preamble"] = "某某学校信息化管理办法"
    style = draw(st.sampled_from(("han", "ascii", "wide", "spaced")))
    inner = draw(st.sampled_from(("", " ", "\u3000")))
    gap = draw(st.sampled_from((" ", "  ", "\u3000", "\t")))
    mark = draw(st.sampled_from(("", "", "## ", "- ", "> ")))
    item_style = draw(st.sampled_from(ITEM_STYLES))
    blank = draw(st.sampled_from(("\n", "\n\n", "\n \n")))
    number, sub, chapter = draw(st.sampled_from((0, 0, 97, 998))), 0, 0
    for _ in range(draw(st.integers(2, 8))):
        if draw(st.integers(0, 3)) == 0:
            chapter += 1
            lines.append(f"第{to_han(chapter)}章 职责之{to_han(chapter)}")
        step = draw(st.sampled_from(("next",) * 6 + ("leap", "again", "insert")))
        if step == "insert" and number:
            sub += 1
        else:
            number, sub = number + {"leap": 3, "again": 0 if number else 1}.get(step, 1), 0
        label = f"第{inner}{_number(number, style)}{inner}条" + (f"之{to_han(sub)}" if sub else "")
        path = f"{number}-{sub}" if sub else str(number)
        n = sum(key.partition("~")[0] == path for key in articles) + 1
        path = f"{path}~{n}" if n > 1 else path
        body = [f"{label}{gap}{draw(sentence)}"]
        if draw(st.booleans()):
            body = [f"{label}{gap}应当做到："]
            for i in range(1, draw(st.integers(2, 9)) + 1):
                line = f"{_item(i, item_style)}{draw(sentence)}"
                items[f"{path}.{i}"] = line
                body.append(line)
        articles[path] = blank.join(body)
        lines.append(mark + articles[path])
    return Policy(blank.join(lines) + draw(st.sampled_from(("", "\n", "\n\n"))), articles, items)


@st.composite
def by_section(draw: st.DrawFn) -> Policy:
    """A policy without 条: sections 一、 with points （一） or 1., which start again or run on."""
    lines, articles = ["某某市工作方案"], {"preamble": "某某市工作方案"}
    style = draw(st.sampled_from(("（一）", "(一)", "1.", "１．")))
    runs_on = style in ("1.", "１．") and draw(st.booleans())
    mark = draw(st.sampled_from(("", "## ", "**")))
    count = 0
    for section in range(1, draw(st.integers(2, 5)) + 1):
        lines.append(f"{mark}{to_han(section)}、工作之{to_han(section)}" + ("**" if mark == "**" else ""))
        count = count if runs_on else 0
        for _ in range(draw(st.integers(1, 4))):
            count += 1
            line = f"{_item(count, style)}{draw(st.sampled_from(SENTENCES))}" if count < 10 else f"{count}. 统筹推进。"
            if count >= 10 and not runs_on:
                break
            articles[f"{section}.{count}"] = line
            lines.append(line)
    return Policy("\n\n".join(lines) + "\n", articles, {})


def assert_found(policy: Policy) -> Segmentation:
    found = cut(policy.text)
    assert_lossless(found)
    assert {a.path: found.text_of(a) for a in found.articles} == policy.articles
    return found


@given(by_article())
@settings(max_examples=150, deadline=None)
def test_policies_of_articles(policy: Policy) -> None:
    found = assert_found(policy)
    items = {p.path: found.text_of(p) for p in found.provisions if p.kind is Kind.ITEM}
    assert {k: v.split("\n")[0] for k, v in items.items()} == policy.items


@given(by_section())
@settings(max_examples=80, deadline=None)
def test_policies_of_sections(policy: Policy) -> None:
    found = assert_found(policy)
    assert all(a.headings for a in found.articles if a.path != "preamble")


@given(by_article())
@settings(max_examples=40, deadline=None)
def test_attachments_never_change_the_articles(policy: Policy) -> None:
    found = cut(policy.text.rstrip() + "\n附件1\n推荐表\n姓名\n")
    assert_lossless(found)
    assert {a.path: found.text_of(a) for a in found.articles} == {**policy.articles, "appendix-1": "推荐表\n姓名"}


_PIECES = st.sampled_from(
    (
        *SENTENCES,
        *(
            "第一编 总则",
            "第二章 职责",
            "第一节 名称",
            "第三条 甲。",
            "第三条之一 乙。",
            "第 四 条",
            "第４条：丙",
            "第一千条　丁",
        ),
        *(
            "一、目标",
            "二、",
            "（一）子；",
            "(二)丑。",
            "1. 寅",
            "2、卯",
            "（3）辰",
            "4）巳",
            "⑤午",
            "十、",
            "第五条规定的情形",
        ),
        *("附件", "附件1", "附件：表", "附录二：表", "特此通知。", "联系人：张三", "2024年3月1日", "教务处", "目录"),
        *(
            "---",
            "***",
            "#",
            "##",
            "**",
            "- ",
            "> ",
            "| a | b |",
            "[bookmark: _GoBack]",
            "{PAGE}",
            "错误！未找到引用源。",
        ),
        *(
            "\u3000",
            "\t",
            " ",
            "\ufeff",
            "\u200b",
            "\xa0",
            "，",
            "。",
            "：",
            "《",
            "》",
            "\x0c",
            "\u2028",
            "<script>",
            "第",
            "条",
            "之",
        ),
    )
)


@given(st.lists(st.tuples(_PIECES, st.sampled_from(("\n", "\n", "\n\n", "", " "))), max_size=25))
@settings(max_examples=400, deadline=None)
def test_anything_at_all_is_cut_losslessly(pieces: list[tuple[str, str]]) -> None:
    assert_lossless(cut("".join(piece + end for piece, end in pieces)))


@given(st.text(alphabet=st.sampled_from("第一二十条章节、（）()1.２附件#*-> \n\n。：；甲之项A\u3000"), max_size=80))
@settings(max_examples=300, deadline=None)
def test_any_text_of_these_characters_is_cut_losslessly(text: str) -> None:
    assert_lossless(cut(text))


@pytest.mark.parametrize("style", ["han", "ascii", "wide", "spaced"])
def test_every_number_up_to_1260_is_recovered(style: str) -> None:
    found = cut("".join(f"第{_number(n, style)}条 规定。\n" for n in range(1, 1261)))
    assert [a.path for a in found.articles] == [str(n) for n in range(1, 1261)]
    assert text_at(found, "1260") == f"第{_number(1260, style)}条 规定。"
