"""A file's instruments and attachments: where each begins, what it is called.

A file may hold one instrument, one inside the notice that issues it, several one after another, and
attachments, some of which are instruments themselves. A region starts at an attachment's own heading
(附件1), or at a title behind which the numbering starts again at its first number.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from policy_qa.facts.head import is_title
from policy_qa.provisions.labels import LINE_MARKS, Label, Mark, ends_sentence

_DATE = re.compile(
    r"[（(]?(?:\d{4}|二[〇○Ｏ零][〇○Ｏ零一二三四五六七八九]{2})\s*年\s*\S{1,3}\s*月(?:\s*\S{1,3}\s*日)?[)）]?"
    r"(?:印发|发布|公布)?$"
)
#: What stands in brackets below a title: （2020年3月1日校务会通过）.
_NOTE = re.compile(r"[（(][^（）()]*[)）]$")
_ISSUES = re.compile(r"(?:印发|转发|发布|公布|下发)")
#: Lines between a title and the first number below it: a date of adoption, 文号, a preamble. More is no lead-in.
_MAX_LEAD_IN = 2_000
#: A title of three lines and one of its issuer above it is the most that occurs.
_MAX_TITLE_LINES = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class Region:
    """A stretch [start, end) of a text with a numbering of its own.

    `appendix` is its attachment number, 0 for the body. `heading` is the stretch of its title (or of
    the label 附件1), empty for the first region; `title` the title in one line.
    """

    start: int
    end: int
    appendix: int = 0
    label: str = ""
    heading: tuple[int, int] = (0, 0)
    title: str = ""
    labels: tuple[Label, ...] = ()


def regions_of(text: str, labels: Sequence[Label], articles: frozenset[int]) -> list[Region]:
    """The regions of a text in order, without gaps; the first starts at 0.

    `articles` are the starts of the 第X条 labels that open an article (references left out).
    """
    units = [x for x in labels if x.mark is not Mark.APPENDIX and (x.mark is not Mark.ARTICLE or x.start in articles)]
    starts = [*_attachments(text, labels, units), *_further_instruments(text, units)]
    starts = _in_order(starts)
    first = Region(start=0, end=len(text))
    out = [first, *starts]
    ends = [region.start for region in out[1:]] + [len(text)]
    at = [label.start for label in units]
    return [
        replace(r, end=end, labels=tuple(units[bisect_left(at, max(r.start, r.heading[1])) : bisect_left(at, end)]))
        for r, end in zip(out, ends, strict=True)
    ]


def _in_order(found: list[Region]) -> list[Region]:
    """The regions by start; a title inside an attachment is the attachment's own, not a further instrument."""
    out: list[Region] = []
    for region in sorted(found, key=lambda r: (r.start, not r.appendix)):
        if not region.appendix and out and out[-1].appendix:
            continue
        if out and region.start < out[-1].heading[1]:
            continue
        out.append(region)
    return out


def _attachments(text: str, labels: Sequence[Label], units: Sequence[Label]) -> list[Region]:
    """Attachments at their own headings; not where they are only announced, nor where the body goes on behind.

    Where the body is a bare notice and its first attachment the one instrument of the file, that is no
    attachment either: its articles are the file's.
    """
    found = [label for label in labels if label.mark is Mark.APPENDIX]
    at = [label.start for label in units]
    out: list[Region] = []
    inside: list[Sequence[Label]] = []
    for order, label in enumerate(found):
        end = found[order + 1].start if order + 1 < len(found) else len(text)
        if _is_announced(text[label.line_end : end], text[label.end : label.line_end]):
            continue
        first, last = bisect_left(at, label.start), bisect_left(at, end)
        if not out and first < last and _continues(units[:first], units[first]):
            continue
        number = label.number or len(out) + 1
        out.append(
            Region(start=label.start, end=end, appendix=number, label=label.text, heading=(label.start, label.end))
        )
        inside.append(units[first:last])
    if out and bisect_left(at, out[0].start) == 0:
        for mark in (Mark.ARTICLE, Mark.HAN_COMMA):
            counted = [sum(x.mark is mark for x in labels_inside) > 1 for labels_inside in inside]
            if any(counted):
                return out[1:] if counted[0] and sum(counted) == 1 else out
    return out


def _is_announced(content: str, title: str) -> bool:
    """Whether nothing of an attachment follows its heading: nothing at all, or the signature of the notice."""
    lines = [line.strip() for line in content.split("\n") if re.search(r"\w", line)]
    if not lines:
        return bool(title.strip(" \t\u3000*_"))
    if len(lines) > 6 or not title.strip():
        return False
    return any(_DATE.match(line) for line in lines) and all(
        len(line) <= 30 and not ends_sentence(line) for line in lines
    )


def _continues(before: Sequence[Label], after: Label) -> bool:
    """Whether the numbering of the body goes on behind what looks like an attachment's heading."""
    last = next((u for u in reversed(before) if u.mark is after.mark), None)
    if last is None or after.number == 1:
        return False
    return (after.number, after.sub) in ((last.number + 1, 0), (last.number, last.sub + 1))


def _further_instruments(text: str, units: Sequence[Label]) -> list[Region]:
    """Instruments behind the first: a title, then a numbering that starts at 1 although one has run before."""
    out = []
    run: set[Mark] = set()  # the numberings that have run before
    for above, label in pairwise(units):
        run.add(above.mark)
        if label.number != 1 or label.sub or label.mark > Mark.HAN_COMMA:
            continue
        if _is_same_opening(above, label) or not (label.mark in run or min(run) <= Mark.HAN_COMMA):
            continue
        title = _title_above(text, label, above, strict=label.mark is Mark.HAN_COMMA or above.mark > Mark.HAN_COMMA)
        if title:
            start, end = title
            out.append(Region(start=start, end=end, heading=(start, end), title=_one_line(text[start:end])))
    return out


def _is_same_opening(above: Label, label: Label) -> bool:
    """第一章 over 第一节 over 第一条: one beginning, not three."""
    return above.number == 1 and above.mark < label.mark <= Mark.ARTICLE


def _title_above(text: str, label: Label, above: Label, *, strict: bool) -> tuple[int, int] | None:
    """The stretch of the title line nearest above a label, below the label before it; None without one."""
    floor = max(above.line_end, label.start - _MAX_LEAD_IN)
    lines = _visible_lines(text, floor, label.start)
    while lines and _NOTE.match(text[slice(*lines[-1])]):
        lines.pop()
    for i in range(len(lines) - 1, -1, -1):
        start, end = lines[i]
        words = text[start:end].rstrip("*_ #")
        if not (is_title(words) or (not strict and _may_be_title(words) and i == len(lines) - 1)):
            continue
        if i == 0 and not _is_closed(text, above, floor):
            return None
        if i and not _closes(text[lines[i - 1][0] : lines[i - 1][1]]):
            first = _first_title_line(text, lines, i)
            if first is None:
                return None
            start = first
        return start, start + len(text[start:end].rstrip("*_ #"))
    return None


def _first_title_line(text: str, lines: Sequence[tuple[int, int]], i: int) -> int | None:
    """The start of a title whose lines run up from line `i`; None where they are a sentence broken in lines."""
    at = i
    while at and i - at < _MAX_TITLE_LINES and not _closes(text[lines[at - 1][0] : lines[at - 1][1]]):
        at -= 1
    above_is_closed = at == 0 or _closes(text[lines[at - 1][0] : lines[at - 1][1]])
    return lines[at][0] if above_is_closed and all(b - a <= 40 for a, b in lines[at:i]) and i - at <= 2 else None


def _visible_lines(text: str, start: int, end: int) -> list[tuple[int, int]]:
    out, at = [], start
    for line in text[start:end].split("\n"):
        marks = LINE_MARKS.match(line)
        begin = marks.end() if marks else 0
        if re.search(r"\w", line[begin:]):
            out.append((at + begin, at + len(line.rstrip())))
        at += len(line) + 1
    return out


def _may_be_title(words: str) -> bool:
    return (
        4 <= len(words) <= 40
        and bool(re.search(r"[\u4e00-\u9fff]{2}", words))
        and not re.search(r"[。；;：:，,！？!?|\t]", words)
        and not _DATE.match(words)
    )


def _closes(line: str) -> bool:
    """Whether a line ends what stands before a title: a sentence's end, a date, a table's row, a contact."""
    if line.count("\t") > 1:
        return True
    line = line.strip().rstrip("*_")
    return (
        line[-1:] in tuple("|)）”") or ends_sentence(line) or bool(_DATE.match(line)) or bool(re.search(r"\d$", line))
    )


def _is_closed(text: str, above: Label, floor: int) -> bool:
    """Whether the label's own line, right above a title, is a finished sentence (not a heading or a lead-in)."""
    own = text[above.rest : above.line_end].rstrip()
    return floor > above.line_end or own.endswith((")", "）", "”")) or ends_sentence(own)


def _one_line(title: str) -> str:
    return re.sub(r"(?<=[^\x00-\x7f]) (?=[^\x00-\x7f])", "", " ".join(title.replace("#", " ").replace("*", "").split()))


def issues_another(text: str) -> bool:
    """Whether a text is the notice that issues an instrument: 现将《…办法》印发给你们."""
    return bool(_ISSUES.search(text[:2_000]))
