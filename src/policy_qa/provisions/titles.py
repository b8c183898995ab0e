"""Titles of instruments: the line or lines above a first number that name what begins there."""

from __future__ import annotations

import re
from collections.abc import Sequence

from policy_qa.facts.head import is_title
from policy_qa.provisions.labels import HEADINGS, LINE_MARKS, Label, ends_sentence

DATE = re.compile(
    r"[（(]?(?:\d{4}|二[〇○Ｏ零][〇○Ｏ零一二三四五六七八九]{2})\s*年\s*\S{1,3}\s*月(?:\s*\S{1,3}\s*日)?[)）]?"
    r"(?:印发|发布|公布)?$"
)
_NUMBER = r"[^。；\n]{0,20}[〔\[［（(【]\s?(?:19|20)\d\d\s?[〕\]］）)】]\s?第?\s?\d{1,5}\s?号[^。；\n]{0,20}"
#: The 文号 below a title, a line of its own: 信工学〔2025〕11号; the line (group 1) with the line ends before it.
NUMBER_LINE = re.compile(rf"\s{{0,40}}?({_NUMBER})(?=\n|\Z)")
#: What stands below a title and is none: a note in brackets (（2020年3月1日校务会通过）), the 文号, a date.
_NOTE = re.compile(rf"[（(][^（）()]{{0,200}}[)）]$|{_NUMBER}$|{DATE.pattern}")
#: Lines between a title and the first number below it: a date of adoption, 文号, a preamble. More is no lead-in.
_MAX_LEAD_IN = 2_000
#: The title of a notice that issues what stands below it.
_NOTICE = re.compile(r"^[^。；，\n]{0,80}(?:印发|转发|发布|公布|下发)[^。；\n]{0,80}(?:通知|决定|公告|令)$")
#: A letterhead has a body's name and a 文号.
_MAX_LETTERHEAD = 3
#: A line so short holds no title by itself: 实施细则, 暂行办法.
_BARE_KIND = 4
#: A title of three lines and one of its issuer above it is the most that occurs.
_MAX_TITLE_LINES = 3


def title_above(text: str, label: Label, above: Label | None, *, strict: bool) -> tuple[int, int] | None:
    """The stretch of the title line nearest above a label, below the label before it; None without one."""
    floor = max(above.line_end if above else 0, label.start - _MAX_LEAD_IN)
    lines = visible_lines(text, floor, label.start)
    while lines and _NOTE.match(text[slice(*lines[-1])]):
        lines.pop()
    for i in range(len(lines) - 1, -1, -1):
        start, end = lines[i]
        words = text[start:end].rstrip("*_ #")
        if not (is_title(words) or (not strict and may_be_title(words) and i == len(lines) - 1)):
            continue
        if i == 0 and above and not _is_closed(text, above, floor):
            return None
        if i and not _closes(text[lines[i - 1][0] : lines[i - 1][1]]):
            first = _first_title_line(text, lines, i)
            if first is None and (strict or not is_title(words)):
                return None
            start = start if first is None else first
        return start, start + len(text[start:end].rstrip("*_ #"))
    return None


def title_right_above(text: str, at: int) -> bool:
    """Whether the line above one that begins at `at` is a title; notes, 文号 and dates between them left out."""
    lines = visible_lines(text, max(text.rfind("\n", 0, max(0, at - 400)), 0), at)
    while lines and _NOTE.match(text[slice(*lines[-1])]):
        lines.pop()
    return bool(lines) and is_title(text[slice(*lines[-1])].rstrip("*_ #"))


def covered_from(text: str, floor: int, title: int) -> tuple[int, int]:
    """(where the notice or letterhead above a title begins, the end of its first line); the title without one.

    A collection holds each instrument as it was issued: 某某学院文件, 文号, 关于印发《…》的通知, its text, signature.
    """
    lines = visible_lines(text, max(floor, title - _MAX_LEAD_IN), title)
    at = next((i for i, line in enumerate(lines) if _NOTICE.search(text[slice(*line)])), len(lines))
    for i in range(at - 1, max(at - 1 - _MAX_LETTERHEAD, -1), -1):
        words = text[slice(*lines[i])]
        headed = i + 1 == at < len(lines) or (i + 1 < len(lines) and NUMBER_LINE.match(text, lines[i + 1][0] - 1))
        if not NUMBER_LINE.match(words) and not (
            headed and len(words) <= 30 and may_be_title(words) and not _closes(words)
        ):
            break
        at = i
    return lines[at] if at < len(lines) else (title, title)


def _first_title_line(text: str, lines: Sequence[tuple[int, int]], i: int) -> int | None:
    """The start of a title whose lines run up from line `i`; None where they are a sentence broken in lines."""
    at = i
    whole = lines[i][1] - lines[i][0] > _BARE_KIND
    while at and i - at < _MAX_TITLE_LINES and not _closes(above := text[lines[at - 1][0] : lines[at - 1][1]]):
        if whole and is_title(above):  # 学生手册 above 公寓管理办法: two titles
            return lines[at][0]
        at -= 1
    above_is_closed = at == 0 or _closes(text[lines[at - 1][0] : lines[at - 1][1]])
    return lines[at][0] if above_is_closed and all(b - a <= 40 for a, b in lines[at:i]) and i - at <= 2 else None


def visible_lines(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The lines of text[start:end] that hold a word or a number, without marks and white space around it."""
    out, at = [], start
    for line in text[start:end].split("\n"):
        marks = LINE_MARKS.match(line)
        begin = marks.end() if marks else 0
        if re.search(r"\w", line[begin:]):
            out.append((at + begin, at + len(line.rstrip())))
        at += len(line) + 1
    return out


def may_be_title(words: str) -> bool:
    """Whether a line may be a title for all that its marks and its length say."""
    return (
        4 <= len(words) <= 40
        and bool(re.search(r"[\u4e00-\u9fff]{2}", words))
        and not re.search(r"[。；;：:，,！？!?|\t]", words)
        and not DATE.match(words)
    )


def _closes(line: str) -> bool:
    """Whether a line ends what stands before a title: a sentence's end, a date, a table's row, a contact."""
    if line.count("\t") > 1:
        return True
    line = line.strip().rstrip("*_")
    return (
        line[-1:] in tuple("|)）”")
        or ends_sentence(line)
        or bool(NUMBER_LINE.match(line))
        or bool(DATE.match(line))
        or bool(re.search(r"\d$", line))
    )


def _is_closed(text: str, above: Label, floor: int) -> bool:
    """Whether the label's own line, right above a title, is a finished sentence (not a heading or a lead-in)."""
    own = text[above.rest : above.line_end].rstrip()
    if not own and above.mark in HEADINGS:
        return False  # 第四章 on one line, its name on the next
    return floor > above.line_end or own.endswith((")", "）", "”")) or ends_sentence(own)


def one_line(title: str) -> str:
    """A title without line ends, Markdown marks and the spaces that layout puts between Chinese characters."""
    return re.sub(r"(?<=[^\x00-\x7f]) (?=[^\x00-\x7f])", "", " ".join(title.replace("#", " ").replace("*", "").split()))
