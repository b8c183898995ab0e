"""Policies put together at random, each with exactly what must be found in it.

A `Writer` writes a text and notes, beside it, every provision by its path (DESIGN: refs), kind and
stretch. The strategies of policies_numbered.py (one instrument, every style of numbering) and
policies_files.py (notices, several instruments, attachments) draw from here.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from policy_qa.datamodels import Kind
from policy_qa.numerals import to_han
from samples import assert_lossless, cut

_WIDE = str.maketrans("0123456789", "０１２３４５６７８９")

#: Sentences that end a paragraph or an item and begin with no label.
SENTENCES = (
    "学校应当做好信息化工作。",
    "首席信息官由校长提名，报上级批准。",
    "任期3年，可以连任；连任不超过2届。",
    "Every school has a CIO（首席信息官）.",
    "本办法第五条和《中华人民共和国教育法》第七条第二款另有规定的，从其规定。",
    "经费专款专用，不得挪用！",
    "𠮷姓教师适用“第三条”的规定。",
    "有关表格见附件1。",
    "2024年3月1日前完成，完成率不低于98.5%。",
    "校训是“明德、博学、笃行。”",
    "其他事项由校务会议决定",
)
#: Those of them behind which another paragraph can begin.
FINISHED = tuple(s for s in SENTENCES if s != "其他事项由校务会议决定")
#: Words under which numbered lines stand.
LEAD_INS = ("应当履行下列职责：", "下列人员不得担任：", "具体要求如下：", "学校应当做到:")
#: Lines that begin with the number of an article and are none, as a paragraph of their own.
REFERENCES = (
    "第七条规定的情形除外。",
    "第二条所称人员，是指在编教师。",
    "第三条第二款的规定同样适用。",
    "第二条、第三条不适用于外聘人员。",
    "第四条的规定，由校长解释。",
    "第三条中的“学校”包括分校。",
    "第二条和第三条另行规定。",
    "第二条至第四条所列材料应当归档。",
    "第二章规定的程序不变。",
    "依照第五条办理的，应当报备。",
    "本办法第三条自次年起施行。",
    "附件1所列学校先行试点。",
    "前款规定的情形除外。",
    "一、二年级学生由班主任负责。",
    "《教育法》第九条另有规定的，从其规定。",
)
TITLES = (
    "某某学校信息化管理办法",
    "某某学院首席信息官（CIO）制度（试行）",
    "某某市中小学网络安全实施细则",
    "某某大学数据资产管理规定（征求意见稿）",
    "某某县教育系统信息化工作方案",
)
CHAPTER_NAMES = ("总则", "总　则", "职责与分工", "任职条件与聘任程序", "考核、奖惩", "监督检查", "附  则")


@dataclass(frozen=True, kw_only=True)
class Expected:
    """One provision that must be found. `headings` and `instrument` are None where they are not looked at."""

    path: str
    kind: Kind
    text: str
    article: bool
    headings: tuple[str, ...] | None
    instrument: str | None


@dataclass(frozen=True, kw_only=True)
class Policy:
    """A text, all provisions in it in text order, and stretches that must be spans called `heading`."""

    text: str
    expected: tuple[Expected, ...]
    titles: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"cut({self.text!r}) must give {[e.path for e in self.expected]}"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """What a failing test has to show is the text, in one line that can be copied."""
        printer.text(repr(self))


@dataclass(kw_only=True)
class Look:
    """How one policy is printed; the same throughout it."""

    number: str = "han"
    inner: str = ""
    gap: str = " "
    separator: str = "\n"
    indent: str = ""
    bold: bool = False


@dataclass
class Writer:
    """Writes a text; `provision` notes that what is written inside it is one."""

    look: Look
    text: str = ""
    found: list[tuple[int, int, str, Kind, bool, tuple[str, ...] | None, str | None]] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)
    headings: list[str] = field(default_factory=list)
    #: Whether the headings above what is written are looked at.
    sees_headings: bool = True
    #: The title of the instrument being written, where a file holds several; None: not looked at.
    instrument: str | None = ""

    def line(self, words: str, mark: str = "") -> None:
        """A line of its own, behind a Markdown mark that belongs to nothing."""
        self.begin(mark)
        self.text += words

    def begin(self, mark: str = "") -> None:
        """Begin a line."""
        if self.text:
            self.text += self.look.separator
        self.text += self.look.indent + mark

    def above(self) -> tuple[str, ...] | None:
        """The headings above what is written next."""
        return tuple(self.headings) if self.sees_headings else None

    @contextmanager
    def provision(self, path: str, kind: Kind, *, article: bool = True) -> Iterator[None]:
        """What is written inside is the provision `path`; begin its line first."""
        start = len(self.text)
        headings = self.above()
        yield
        self.found.append((start, len(self.text.rstrip()), path, kind, article, headings, self.instrument))

    def child(self, path: str, kind: Kind, words: str, mark: str = "") -> None:
        """A line that is a provision below an article."""
        self.begin(mark)
        with self.provision(path, kind, article=False):
            self.text += words

    def finish(self) -> None:
        """Put a full stop behind the last sentence and into the provisions that end with it."""
        end = len(self.text)
        self.text += "。"
        self.found = [(a, end + 1 if b == end else b, *rest) for a, b, *rest in self.found]  # type: ignore[misc]  # mypy does not follow the rest of a tuple

    def heading(self, words: str, depth: int, mark: str = "") -> None:
        """A heading line of this depth, from 0."""
        self.begin(mark)
        self.text += f"**{words}**" if self.look.bold else words
        self.headings[depth:] = [" ".join(words.split())]

    def policy(self, end: str = "\n") -> Policy:
        order = sorted(self.found, key=lambda f: (f[0], -f[1], not f[4]))
        expected = tuple(
            Expected(path=p, kind=k, text=self.text[a:b], article=article, headings=h, instrument=i)
            for a, b, p, k, article, h, i in order
        )
        return Policy(text=self.text + end, expected=expected, titles=tuple(self.titles))


LOOKS = st.builds(
    Look,
    number=st.sampled_from(("han", "han", "ascii", "wide", "spaced")),
    inner=st.sampled_from(("", "", " ", "\u3000")),
    gap=st.sampled_from((" ", "  ", "\u3000", "\u3000\u3000", "\t")),
    separator=st.sampled_from(("\n", "\n\n", "\n \n", "\n\n\n")),
    indent=st.sampled_from(("", "", "\u3000\u3000", "    ", "\t", "\xa0")),
    bold=st.booleans(),
)


def number(n: int, style: str) -> str:
    """`n` in one of the styles of a label."""
    return {"han": to_han(n), "ascii": str(n), "wide": str(n).translate(_WIDE), "spaced": " ".join(to_han(n))}[style]


def ordinal(n: int, unit: str, look: Look) -> str:
    """第七条, 第 7 条, 第　七　章 …"""
    return f"第{look.inner}{number(n, look.number)}{look.inner}{unit}"


#: Styles of items, outermost first, as 立法技术规范 and 党政机关公文格式 order them.
_LEVELS = (
    ("（一）", "(一)", "（ 一 ）", "（一） "),
    ("1.", "１．", "1、", "1. "),
    ("（1）", "1）", "（１）", "(1)"),
    ("①", "① "),
)


def item_styles(draw: st.DrawFn, *, first: int = 0) -> list[str]:
    """One style a level, going inwards; the outermost levels may be left out."""
    return [draw(st.sampled_from(level)) for level in _LEVELS[draw(st.integers(first, 2)) :]]


def item_label(n: int, style: str) -> str:
    """The label of item `n`: the style's own example has 一, 1, １ or ①."""
    for one, here in (("一", to_han(n)), ("1", str(n)), ("１", str(n).translate(_WIDE)), ("①", chr(ord("①") + n - 1))):
        if one in style:
            return style.replace(one, here)
    raise AssertionError(style)


def check(policy: Policy) -> None:
    """The parser finds exactly what was written: paths in order, kinds, texts, headings, instruments."""
    found = cut(policy.text)
    assert_lossless(found)
    assert [p.path for p in found.provisions] == [e.path for e in policy.expected]
    for got, wanted in zip(found.provisions, policy.expected, strict=True):
        assert (got.path, found.text_of(got)) == (wanted.path, wanted.text)
        assert (got.path, got.kind, got.article) == (wanted.path, wanted.kind, wanted.article)
        if wanted.headings is not None:
            assert (got.path, got.headings) == (wanted.path, wanted.headings)
        if wanted.instrument is not None:
            assert (got.path, got.instrument) == (wanted.path, wanted.instrument)
    spans = [found.document.text[s.start : s.end] for s in found.spans if s.kind == "heading"]
    assert [title for title in policy.titles if title not in spans] == []
