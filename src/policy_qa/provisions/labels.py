"""The lines of a policy that may open a provision, and what they begin with: 第二章, 第七条, 二、, （三）, 4., ①.

Text copied from a page or a PDF often has a heading and its first article, or all articles, in one paragraph; such a
line is cut before each label that stands where a line of its own would begin.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from itertools import accumulate
from typing import NamedTuple

from policy_qa.citing.clean import clean
from policy_qa.numerals import HAN_NUMERAL_CHARS, NUMERAL_CHARS, parse_number


class Mark(IntEnum):
    """Numbering styles, outermost first."""

    PART = 0  # 第一编
    SUBPART = 1  # 第一分编
    CHAPTER = 2  # 第一章
    SUBCHAPTER = 3  # 第一节
    ARTICLE = 4  # 第一条
    HAN_COMMA = 5  # 一、
    HAN_BRACKET = 6  # （一）
    DIGIT_DOT = 7  # 1.
    DIGIT_BRACKET = 8  # （1） or 1）
    CIRCLED = 9  # ①
    APPENDIX = 10  # 附件1
    DECIMAL = 11  # 1 总则, 1.1 编制目的, 2.1.1 …


#: What stands above 条.
HEADINGS = (Mark.PART, Mark.SUBPART, Mark.CHAPTER, Mark.SUBCHAPTER)
#: What numbers the parts of an article, or of a text without 条.
LIST_MARKS = (Mark.HAN_COMMA, Mark.HAN_BRACKET, Mark.DIGIT_DOT, Mark.DIGIT_BRACKET, Mark.CIRCLED)


class Label(NamedTuple):  # not a dataclass: a law has thousands, and a frozen one costs three times as much
    """The number at the head of a line.

    `number` is its value (of a decimal label the last part), `sub` the Y of 第X条之Y, or how many dots a
    decimal label has (else 0); `text` is the label as printed;
    `start` and `end` are its offsets in the document, `rest` the offset of the first character after
    it and its spaces, `line_end` the end of the line.
    """

    mark: Mark
    number: int
    sub: int
    text: str
    start: int
    end: int
    rest: int
    line_end: int


_N = rf"[{NUMERAL_CHARS}](?:[{NUMERAL_CHARS}\s]*[{NUMERAL_CHARS}])?"
_H = rf"[{HAN_NUMERAL_CHARS}]{{1,5}}"
#: Marks that Markdown puts before a line's text; they are no part of it.
LINE_MARKS = re.compile(r"[ \t\u3000\xa0\ufeff]*(?:#{1,6}[ \t]*|>[ \t]*|[-*+][ \t]+|\*\*|__)*[ \t\u3000\xa0]*")
_DOTS = re.compile(r"[.．]")
#: The Civil Code has 1,260 articles; 「第20000条」 is a slip, and the gap before it would be no help to anybody.
_MAX_NUMBER = 9999
#: A line of nothing but Markdown: a rule, or the marks of a line whose text comes later.
_MARKS_ONLY = re.compile(r"[ \t\u3000\xa0#*+>_=-]*")
_STYLES: tuple[tuple[Mark, re.Pattern[str]], ...] = (
    (Mark.PART, re.compile(rf"第\s*({_N})\s*(?:[编編]|部分)(?=[\s　:：]|$|[\u4e00-\u9fff])")),
    (Mark.SUBPART, re.compile(rf"第\s*({_N})\s*分[编編](?=[\s　:：]|$|[\u4e00-\u9fff])")),
    (Mark.CHAPTER, re.compile(rf"第\s*({_N})\s*章")),
    (Mark.SUBCHAPTER, re.compile(rf"第\s*({_N})\s*[节節]")),
    (
        Mark.ARTICLE,
        re.compile(
            rf"第\s*({_N})\s*[条條](?:\s*之\s*([{HAN_NUMERAL_CHARS}]{{1,3}}|\d+)(?![{HAN_NUMERAL_CHARS}\u4e00-\u9fff]))?"
        ),
    ),
    (Mark.HAN_COMMA, re.compile(rf"({_H})\s*[、．.]")),
    (Mark.HAN_BRACKET, re.compile(rf"[（(〔]?\s*({_H}|[㈠-㈩])(?:(?<=[㈠-㈩])|\s*[）)〕])")),
    # Not the year in 「2024.」, not a decimal (「2.0 行动计划」): at most three digits, and behind the dot no digit
    # but a year's (「2.2024年底前」); behind 、 a number that no list goes on from (not 「1、2年级」, 「1、2、3号楼」).
    (
        Mark.DIGIT_DOT,
        re.compile(
            r"([0-9０-９]{1,3}|[⒈-⒛])(?:(?<=[⒈-⒛])|\s*(?:[.．](?:(?![0-9０-９])|(?=(?:19|20)\d\d\s*年))"
            r"|、(?!\d+\s*[、，,和至及~—-])(?!\d{1,2}\s*年级)))"
        ),
    ),
    (Mark.DIGIT_BRACKET, re.compile(r"[（(]?\s*([0-9０-９]{1,3}|[⑴-⒇])(?:(?<=[⑴-⒇])|\s*[）)])")),
    (Mark.CIRCLED, re.compile(r"([①-⑳㉑-㉟])")),
    (
        Mark.DECIMAL,
        re.compile(
            r"(\d{1,2}(?:[.．]\d{1,2}){0,3})(?:(?<=[.．]\d)[.．、]|(?<=[.．]\d\d)[.．、])?"
            r"(?:(?:[ \t\u3000]+|(?<=[.．]\d)|(?<=[.．]\d\d)|(?<=\d[.．、]))(?=[\u4e00-\u9fffA-Za-z《“（(])"
            # 「3.4 65周岁以上」: a text may begin with a figure behind a space.
            r"|(?:(?<=[.．]\d)|(?<=[.．]\d\d))[ \t\u3000]+(?=\d))"
        ),
    ),
    (
        Mark.APPENDIX,
        re.compile(r"附\s*(?:[件录錄表]\s*([0-9０-９一二三四五六七八九十]{0,3})\s*[:：.．、]?|[:：])"),
    ),
)
_ARTICLE = dict(_STYLES)[Mark.ARTICLE]
#: 「2.」 before a text that begins with a figure: 「2.5万元以上的，…」.
_BEFORE_A_FIGURE = re.compile(r"(\d{1,2})[.．](?=\d+(?:\.\d+)?[\u4e00-\u9fff])")
_DIGITS = "0123456789０１２３４５６７８９"
#: Numbers that are one character: ⑴, ⒈, ㈠, ①.
_BRACKETED, _DOTTED, _HAN_BRACKETED, _CIRCLED = (
    "".join(map(chr, (*range(a, b + 1), *range(c, d + 1))))
    for a, b, c, d in (
        (0x2474, 0x2487, 1, 0),
        (0x2488, 0x249B, 1, 0),
        (0x3220, 0x3229, 1, 0),
        (0x2460, 0x2473, 0x3251, 0x325F),
    )
)
_ONE_CHARACTER = frozenset(_BRACKETED + _DOTTED + _HAN_BRACKETED + _CIRCLED)
_ORDINALS = (Mark.ARTICLE, Mark.CHAPTER, Mark.SUBCHAPTER, Mark.PART, Mark.SUBPART)  # the most frequent first
_OPENED_BY: tuple[tuple[str, tuple[Mark, ...]], ...] = (
    ("第", _ORDINALS),
    ("附", (Mark.APPENDIX,)),
    ("（(", (Mark.HAN_BRACKET, Mark.DIGIT_BRACKET)),
    ("〔", (Mark.HAN_BRACKET,)),
    (HAN_NUMERAL_CHARS, (Mark.HAN_COMMA, Mark.HAN_BRACKET)),
    (_BRACKETED, (Mark.DIGIT_BRACKET,)),
    (_DOTTED, (Mark.DIGIT_DOT,)),
    (_HAN_BRACKETED, (Mark.HAN_BRACKET,)),
    (_DIGITS, (Mark.DIGIT_DOT, Mark.DIGIT_BRACKET, Mark.DECIMAL)),
    (_CIRCLED, (Mark.CIRCLED,)),
)
#: First character -> the styles that it may begin; most lines are ruled out by it.
_OPENINGS: dict[str, tuple[tuple[Mark, re.Pattern[str]], ...]] = {
    char: tuple((mark, dict(_STYLES)[mark]) for mark in marks) for chars, marks in _OPENED_BY for char in chars
}
#: The characters that LINE_MARKS may begin with.
_MARK_CHARS = frozenset(" \t\u3000\xa0\ufeff#>-*+_")
#: A line that begins with anything else has no label.
MAY_OPEN = _MARK_CHARS | _OPENINGS.keys()
_STOPS = tuple("。；;！？!?.")
#: Characters at which nothing has to be moved back, the common ends of a provision beside words.
_PLAIN_ENDS = frozenset("。；：，、！？”’）》;:,!?")
# What follows 第七条 in running text that happens to stand at a line's start: 「第七条规定的…」, 「第五条、第六条」,
# 「第五条修改为…」; 「第七条、附则」 is a label with a title, 「第七条中国公民」 and 「第七条项目」 are articles
# without a space.
_REFERENCE_TAIL = re.compile(
    r"(?:所[称稱列指规規述定涉说說载載]|的|之规定|之規定|规定|規定|中(?=[的所“「‘，,规規])|第\s*[一二三四五六七八九十百\d]+\s*[条條款项項]|[款项項](?!目)|[，,；;。]|和第|或第|及第|至第|与第|"
    r"以及第|情形|修改为|改为|删[去除]|增加[一二两三四五六七八九十])"
    r"|\s*、\s*(?:第|附\s*[件表录]|[一二三四五六七八九十百\d]{1,5}\s*[条條])"
    r"|\s+(?:的(?:规定|要求|情形|人员)|[和或及至与]\s*第|第\s*[一二三四五六七八九十百\d]+\s*[款项])"
)
_ATTACHMENT_TAIL = re.compile(r"[0-9]|[和至、及的与或中内里所规载见为]|第\s*[一二三四五六七八九十\d]+\s*[条款项页]")
_NEXT_OF_KIND = re.compile(rf"({_H})\s*(?:年级|[年等级类期线楼层审产号班本流]|把手)")
_HEADING_TAIL = re.compile(r"(?:所|的|规定|中的|第|[、，,；;。]|和|或者|及|至)")


def decimal(label: Label) -> str:
    """The number of a decimal label with plain dots: 2.1 of 「２．１」 or 「2.1.」."""
    return ".".join(_DOTS.split(clean(label.text).rstrip(".、")))


def behind_marks(text: str, start: int, end: int) -> int:
    """Where a line's own text begins, behind white space and Markdown's marks."""
    marks = LINE_MARKS.match(text, start, end) if text[start : start + 1] in _MARK_CHARS else None
    return marks.end() if marks else start


def ends_sentence(text: str) -> bool:
    """Whether a stretch ends in a full stop or the like, quotation marks and brackets behind it left out."""
    return text.rstrip().rstrip("”’」』）)》*_").endswith(_STOPS)


def visible_end(text: str, start: int, end: int) -> int:
    """`end` moved back over white space, Markdown rules, and the marks of a line that begins after it."""
    while start < end and text[end - 1] in " \n\t\u3000":
        end -= 1
    if start < end and ((last := text[end - 1]) in _PLAIN_ENDS or last.isalnum()):
        return end
    before, line, marks = -1, end + 1, 0
    while end != before and end > start:
        before = end
        while end > start and text[end - 1].isspace():
            end -= 1
        if line > end:  # once a line, however many marks are taken off it
            line = max(text.rfind("\n", start, end) + 1, start)
            match = _MARKS_ONLY.match(text, line, end)
            marks = match.end() if match else line
        hashes = end
        while hashes > line and text[hashes - 1] == "#":
            hashes -= 1
        if line > start and marks >= end:
            end = line
        elif text.endswith((" ", "\t"), line, hashes):  # 「## 第二章 ##」
            end = hashes
        elif text.endswith("**", line, end):
            end -= 2
    return end


def label_of(text: str, start: int, end: int) -> Label | None:
    """The label that the line `text[start:end]` begins with, or None."""
    begin = behind_marks(text, start, end)
    for mark, pattern in _OPENINGS.get(text[begin : begin + 1], ()):
        match = pattern.match(text, begin, end)
        if not match:
            continue
        number = _value(mark, match.group(1))
        if number is None or number > _MAX_NUMBER:
            continue
        sub = 0
        if mark is Mark.ARTICLE and match.group(2):
            sub = parse_number(match.group(2)) or 0
        elif mark is Mark.DECIMAL:
            sub = len(_DOTS.findall(match.group(1)))
        rest = after = match.end()
        if mark is Mark.ARTICLE and _REFERENCE_TAIL.match(text, after, end):
            return None
        if mark in HEADINGS and (_HEADING_TAIL.match(text, after, end) or end - after > 60):
            return None
        if mark is Mark.HAN_COMMA and _counts_on(text, after, end, number):
            continue
        if mark is Mark.APPENDIX and not _is_appendix_line(match.group(), text[after:end]):
            return None
        behind = "\u3000\xa0 \t*_:：、" if mark is Mark.ARTICLE else "\u3000\xa0 \t*_:："
        while rest < end and text[rest] in behind:
            rest += 1
        label = text[begin:after].rstrip(":：. 、．") if mark is Mark.APPENDIX else text[begin:after]
        return Label(mark, number, sub, " ".join(label.split()), begin, after, rest, end)
    return None


def is_reference(text: str, start: int, end: int) -> bool | None:
    """Whether the 第X条 at the head of the line `text[start:end]` is a reference by what follows; None without one."""
    if not (match := _ARTICLE.match(text, behind_marks(text, start, end), end)):
        return None
    return _REFERENCE_TAIL.match(text, match.end(), end) is not None


def _counts_on(text: str, at: int, end: int, number: int) -> bool:
    """Whether a numeral and 、, which end at `at`, are the beginning of 「一、二年级」 or 「三、四级」, no label."""
    match = _NEXT_OF_KIND.match(text, at, end)
    return match is not None and parse_number(match.group(1)) == number + 1


def _value(mark: Mark, digits: str | None) -> int | None:
    if mark is Mark.APPENDIX:
        return parse_number(digits) if digits and digits.strip() else 0
    digits = digits or ""  # only an attachment has a label without a number
    if digits in _ONE_CHARACTER:
        return int(unicodedata.numeric(digits))
    if mark is Mark.DECIMAL:
        return int(_DOTS.split(digits)[-1])
    return parse_number(digits)


def _is_appendix_line(label: str, tail: str) -> bool:
    """Whether 「附件…」 stands alone on its line, as an attachment's own heading does.

    「附件：1.推荐表」 in a notice only announces it; whether 「附件：推荐表」 does, what follows tells (regions.py).
    """
    tail = tail.strip(" \t\u3000*_")
    if not tail:
        return True
    # 「附件1 首席信息官推荐表」, 「附表：处分对照表」 or 「附件 信息员名单」: a number, a colon or a gap, and a title;
    # a sentence is none.
    marked = bool(re.search(r"[0-9０-９一二三四五六七八九十:：]|\s$", label))
    return marked and len(tail) <= 50 and not re.search(r"[。；，]", tail) and not _ATTACHMENT_TAIL.match(tail)


_IN_LINE = rf"[{NUMERAL_CHARS}](?:[{NUMERAL_CHARS} \u3000]{{0,12}}[{NUMERAL_CHARS}])?"
_HEADING_LINE = re.compile(rf"第\s?{_IN_LINE}\s?[编編章节節][\s\u3000]")
_AFTER_HEADING = re.compile(rf"(?<=[\s\u3000])第\s?{_IN_LINE}\s?[章节節条條](?=[\s\u3000（(])")
# Between sentences, and set off by a space as a printed label is: 「……办理。第七条　校长……」.
_AFTER_SENTENCE = re.compile(rf"(?<=[。；！”」）])[ \t\u3000]*(第\s?{_IN_LINE}\s?[条條])(?=[ \t\u3000])")
_CALLED_CONTENTS = re.compile(r"目\s*[录錄次]|CONTENTS|Contents")
_CONTENTS = re.compile(rf"[\s#*]*(?:{_CALLED_CONTENTS.pattern})[\s*:：]*")
#: The number of a page, and what leads to it: 「总则…………（12）」.
_PAGE = re.compile(r"[（(]?\d{1,4}[)）]?$")
_LEADERS = ".·…．—-"
#: So many tables of contents are looked for; a file of more instruments than that is a book.
_MAX_CONTENTS = 20
#: 「附件：1.推荐表」 and the lines 2. 3. below it: a list of what is attached, no points of the rules.
_ANNOUNCED = re.compile(
    r"^[ \t\u3000>*#-]*附\s{0,3}件\s{0,3}[:：][ \t\u3000]*1[ \t]*[.．、][^\n]*"
    r"(?:(?:\n[ \t\u3000]*)+\d{1,2}[ \t]*[.．、][^\n]*)+",
    re.MULTILINE,
)
_FULL_STOP = re.compile(r"[。；;！？!?]")


def lines_of(text: str) -> Iterator[tuple[int, int]]:
    """The stretches [start, end) of a text that may begin with a label, in order; no line ends, no empty ones."""
    at = 0
    for line in text.split("\n"):
        if not line:
            at += 1
            continue
        end = at + len(line)
        start = at
        first = line.find("第")
        # One 第 at the head of a line is its label; only another one, or one behind text, can be inside.
        if first >= 0 and ((first and not line[first - 1].isspace()) or line.find("第", first + 1) > 0):
            for cut in _cuts(text, at, end):
                yield start, cut
                start = cut
        yield start, end
        at = end + 1


def _cuts(text: str, start: int, end: int) -> list[int]:
    begin = behind_marks(text, start, end)
    cuts = [match.start(1) for match in _AFTER_SENTENCE.finditer(text, begin + 1, end)]
    if _HEADING_LINE.match(text, begin, end):
        first = cuts[0] if cuts else end
        # A heading's title is short: what follows a sentence is running text that names a chapter.
        stop = _FULL_STOP.search(text, begin, first)
        cuts += [match.start() for match in _AFTER_HEADING.finditer(text, begin + 2, stop.start() if stop else first)]
    return sorted(set(cuts))


@dataclass(frozen=True, slots=True)
class Lines:
    """What the lines of a text are.

    `labels` are those of its body by the start of the lines that they open; `contents` the stretches of its tables of
    contents; `listed` the lines without a label that such a table names, in text order.
    """

    labels: dict[int, Label]
    contents: list[tuple[int, int]]
    listed: list[tuple[int, int]]


def read_lines(text: str) -> Lines:
    """Labels and tables of contents; labels of those, and of the attachments that a notice announces, are left out."""
    lines = list(lines_of(text))
    labels = _labels(text, lines)
    contents = _contents(text, lines, list(labels.values()))
    skipped = [(one.start, one.again) for one in contents] + [m.span() for m in _ANNOUNCED.finditer(text)]
    if not skipped:
        return Lines(labels, [], [])
    skipped.sort()
    ends = list(accumulate((b for _, b in skipped), max))
    starts = [a for a, _ in skipped]
    kept = {
        at: label
        for at, label in labels.items()
        if not (before := bisect_right(starts, label.start)) or label.start >= ends[before - 1]
    }
    listed = [line for one in contents for line in one.listed if line[0] not in labels]
    return Lines(kept, [(one.start, one.end) for one in contents], sorted(set(listed)))


def _labels(text: str, lines: list[tuple[int, int]]) -> dict[int, Label]:
    """The labels by the start of their lines, in order.

    「2.5万元以上的…」 behind 「1.…；」 is the second of a list, whose text begins with a figure, and no 2.5.
    """
    labels: dict[int, Label] = {}
    listed = 0  # the number of the last 「1.」 of the list that goes on
    for start, end in lines:
        if text[start] not in MAY_OPEN:
            continue
        begin = behind_marks(text, start, end)
        figure = _BEFORE_A_FIGURE.match(text, begin, end) if listed else None
        if figure and int(figure.group(1)) == listed + 1 and ends_sentence(text[max(start - 8, 0) : start]):
            label: Label | None = Label(
                Mark.DIGIT_DOT, listed + 1, 0, figure.group(), begin, figure.end(), figure.end(), end
            )
        else:
            label = label_of(text, start, end)
        if label:
            labels[start] = label
            if label.mark is Mark.DIGIT_DOT:
                listed = label.number
            elif label.mark < Mark.DIGIT_DOT or label.mark >= Mark.APPENDIX:
                listed = 0
    return labels


def title_key(text: str, label: Label) -> str:
    """A label's line as it is compared: no spaces, no dot leaders and page number."""
    return _key(text, label.start, label.line_end)


def _key(text: str, start: int, end: int) -> str:
    line = text[start:end].rstrip()
    page = _PAGE.search(line, max(0, len(line) - 6))
    words = "".join((line[: page.start()] if page else line).split())
    return words.rstrip(_LEADERS).rstrip("*#_")


@dataclass(frozen=True, slots=True)
class _Contents:
    """A table of contents up to its last entry, where the first entry comes again, the lines below that are entries."""

    start: int
    end: int
    again: int
    listed: list[tuple[int, int]]


def _contents(text: str, lines: list[tuple[int, int]], labels: list[Label]) -> list[_Contents]:
    """A line 「目录」 with lines behind it that come again below, labels (第一章 总则) or titles."""
    out: list[_Contents] = []
    called = {bisect_right(lines, (m.start(), len(text))) - 1 for m in _CALLED_CONTENTS.finditer(text)}
    heads = [i for i in sorted(called) if lines[i][1] - lines[i][0] <= 20 and _CONTENTS.fullmatch(text, *lines[i])]
    printed = [_key(text, a, b).strip("#*> :：") for a, b in lines] if heads else []
    keys = [_entry(text, *line, key) for line, key in zip(lines, printed, strict=True)] if heads else []
    begun = 0
    for head in heads[:_MAX_CONTENTS]:
        if head < begun:
            continue
        end = lines[head][1]
        again = _again_by_line(printed, head)
        if again is None:
            at = _again_by_label(text, [label for label in labels if label.start > end])
            again = bisect_right(lines, (at, len(text))) - 1 if at is not None else _again_by_line(keys, head)
        if again is None or _FULL_STOP.search(text, end, lines[again][0]):
            continue
        below = set(keys[again:]) - {""}
        labelled = {label.start for label in labels if end < label.start < lines[again][0]}
        last = next(
            i for i in range(again - 1, head - 1, -1) if i == head or keys[i] in below or lines[i][0] in labelled
        )
        entries = {key for i in range(head + 1, last + 1) if (key := keys[i])}
        listed = [lines[i] for i in range(again, len(lines)) if keys[i] in entries]
        out.append(_Contents(lines[head][0], lines[last][1], lines[again][0], listed))
        begun = again
    return out


def _entry(text: str, start: int, end: int, key: str) -> str:
    """A line's key without the number before a title, which a table of contents may have for itself."""
    label = label_of(text, start, end)
    return _key(text, label.rest, end).strip("#*> :：") if label and label.mark > Mark.ARTICLE else key


def _again_by_line(keys: list[str], head: int) -> int | None:
    """The line that repeats the first or second entry below a line 「目录」, if most entries come again as well."""
    shown = [i for i in range(head + 1, min(head + 6, len(keys))) if keys[i]]
    for first in shown[:2]:
        try:
            again = keys.index(keys[first], first + 1)
        except ValueError:
            continue
        entries, below = [key for key in keys[head + 1 : again] if key], set(keys[again:])
        if len(entries) > 1 and 2 * sum(key in below for key in entries) > len(entries):
            return again
    return None


def _again_by_label(text: str, following: list[Label]) -> int | None:
    if not following:
        return None
    first = title_key(text, following[0])
    again = next((o for o in following[1:] if title_key(text, o).startswith(first)), None)
    if again is None and following[0].mark <= Mark.ARTICLE:
        one = following[0]
        again = next((o for o in following[1:] if (o.mark, o.number, o.sub) == (one.mark, one.number, one.sub)), None)
    return again.start if again else None


def is_inline(text: str, label: Label) -> bool:
    """Whether a label stands inside a line, behind other text."""
    if text.endswith("\n", 0, label.start):
        return False
    line = text.rfind("\n", 0, label.start) + 1
    return behind_marks(text, line, label.start + 1) < label.start


_ITEM_BRACKETS = rf"[（(]\s?([{HAN_NUMERAL_CHARS}]{{1,3}}|\d{{1,2}})\s?[）)]"
_ITEM = re.compile(rf"{_ITEM_BRACKETS}|([①-⑳])|(?<![\d.．第])([0-9０-９]{{1,2}})[.．、](?![\d０-９])")


# Begins with a set of characters: so it is looked for ten times as fast as one that begins with alternatives.
_FIRST_ITEM = re.compile(r"[（(①1１](?:(?<=①)|(?<=[（(])\s?[一1１]\s?[）)]|(?<=[1１])(?<![\d.．第].)[.．、])")


def inline_items(text: str, start: int, end: int) -> list[int]:
    """Where numbered items begin that stand in one line: 「下列人员：（一）校长；（二）副校长。」.

    A series counts from 1 without a gap, two items at least; its first stands behind a colon or a
    sentence's end, each other behind a stop. Offsets of the labels, ascending; the one at `start` left out.
    """
    first = _FIRST_ITEM.search(text, start, end)
    if not first or not _ITEM.search(text, first.end(), end):
        return []
    found: dict[str, list[tuple[int, int]]] = {}
    for match in _ITEM.finditer(text, start, end):
        number, style = _item_value(match)
        at = match.start()
        while at > start and text[at - 1].isspace():
            at -= 1
        before = text[at - 1 : at] if at > start else ""
        series = found.setdefault(style, [])
        if number == 1 and len(series) < 2 and (not before or before in "：:；;。*#>-|"):
            series[:] = [(1, match.start())]
        elif series and number == series[-1][0] + 1 and before in "；;。，,、！!？?":
            series.append((number, match.start()))
    return sorted(at for series in found.values() if len(series) > 1 for _, at in series if at > start)


def _item_value(match: re.Match[str]) -> tuple[int, str]:
    bracketed, circled, digits = match.groups()
    if circled:
        return ord(circled) - ord("①") + 1, "①"
    if digits:
        return parse_number(digits) or 0, "1."
    return parse_number(bracketed) or 0, "(1)" if bracketed[0].isascii() else "（一）"
