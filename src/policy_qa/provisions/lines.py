"""The lines of a document that may open a provision: real ones, and those that a copy ran together.

Text copied from a page or a PDF often has a heading and its first article, or all articles, in one
paragraph; such a line is cut before each label that stands where a line of its own would begin.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

from policy_qa.numerals import HAN_NUMERAL_CHARS, NUMERAL_CHARS, parse_number
from policy_qa.provisions.labels import LINE_MARKS, MAY_OPEN, Label, Mark, label_of

_N = rf"[{NUMERAL_CHARS}](?:[{NUMERAL_CHARS} \u3000]{{0,12}}[{NUMERAL_CHARS}])?"
_HEADING_LINE = re.compile(rf"第\s?{_N}\s?[编編章节節][\s\u3000]")
_AFTER_HEADING = re.compile(rf"(?<=[\s\u3000])第\s?{_N}\s?[章节節条條](?=[\s\u3000（(])")
# Between sentences, and set off by a space as a printed label is: 「……办理。第七条　校长……」.
_AFTER_SENTENCE = re.compile(rf"(?<=[。；！”」）])[ \t\u3000]*(第\s?{_N}\s?[条條])(?=[ \t\u3000])")
_CONTENTS = re.compile(r"[\s#*]*(?:目\s*[录錄次]|CONTENTS|Contents)[\s*:：]*")
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
    marks = LINE_MARKS.match(text, start, end)
    begin = marks.end() if marks else start
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
    labels = {start: label for start, end in lines if text[start] in MAY_OPEN and (label := label_of(text, start, end))}
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
    heads = [i for i, (a, b) in enumerate(lines) if b - a <= 20 and _CONTENTS.fullmatch(text, a, b)]
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
    line = text.rfind("\n", 0, label.start) + 1
    marks = LINE_MARKS.match(text, line, label.start + 1)
    return (marks.end() if marks else line) < label.start


_BRACKETED = rf"[（(]\s?([{HAN_NUMERAL_CHARS}]{{1,3}}|\d{{1,2}})\s?[）)]"
_ITEM = re.compile(rf"{_BRACKETED}|([①-⑳])|(?<![\d.．第])([0-9０-９]{{1,2}})[.．、](?![\d０-９])")


_FIRST_ITEM = re.compile(r"[（(]\s?[一1１]\s?[）)]|①|(?<![\d.．第])[1１][.．、]")


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
        number, style = _value(match)
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


def _value(match: re.Match[str]) -> tuple[int, str]:
    bracketed, circled, digits = match.groups()
    if circled:
        return ord(circled) - ord("①") + 1, "①"
    if digits:
        return parse_number(digits) or 0, "1."
    return parse_number(bracketed) or 0, "(1)" if bracketed[0].isascii() else "（一）"
