"""Numbers: missing, repeated, out of order; 编 章 节, 条, sections, points, items, attachments."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import NamedTuple

from policy_qa.citing.parts import Part, amends, inside, lines_of, quoted
from policy_qa.citing.resolve import article_number
from policy_qa.datamodels import Segmentation
from policy_qa.lint.findings import Check, Draft, Severity
from policy_qa.numerals import to_han
from policy_qa.provisions.labels import LIST_MARKS, MAY_OPEN, Label, Mark, label_of

_HEADINGS = {Mark.PART: "编", Mark.SUBPART: "分编", Mark.CHAPTER: "章", Mark.SUBCHAPTER: "节"}
#: 「（二）、（三）项」 at a line's start is a reference, no label.
_REFERENCE = re.compile(r"\s*(?:[、，,和及或至]|项|款|目)")
#: How a list's number is written inside a line.
_INLINE = {
    Mark.CIRCLED: re.compile(r"([①-⑳㉑-㉟])"),
    Mark.HAN_COMMA: re.compile(r"(?<![\u4e00-\u9fff])([\u4e00-\u9fff]{1,9})\s*+[、．.]"),
    Mark.HAN_BRACKET: re.compile(r"[（(〔]\s*+([\u4e00-\u9fff]{1,9})\s*+[）)〕]"),
}
_INLINE_DIGITS = re.compile(r"(?<!\d)(\d+)\s*+[.．、）)]")
#: A number that leaves out more than this is another numbering, or no number at all.
_FAR = 5


class Entry(NamedTuple):
    """One number where it is printed."""

    number: int
    start: int
    end: int
    sub: int = 0


Namer = Callable[[int, int], str]


def check_numbers(segmentation: Segmentation, parts: Sequence[Part]) -> Iterator[Draft]:
    """Every numbering of a document, each in the instrument that it belongs to."""
    text = segmentation.document.text
    foreign = quoted(text)
    for part in parts:
        yield from _headings(text, part)
        if part.articles and not amends(part.title):
            yield from _articles(part)
            for provision in part.articles:
                first = text.find("\n", provision.start, provision.end)
                if first >= 0:
                    labels = _labels(text, first + 1, provision.end, foreign)
                    yield from _lists(labels, _Written(text, provision.start, provision.end))
        elif part.numbered:
            yield from _lists(_loose_labels(text, part, foreign), _Written(text, part.start, part.end))
    yield from _attachments(segmentation)


def _articles(part: Part) -> Iterator[Draft]:
    numbers = ((p, n) for p in part.articles if (n := article_number(p)))
    entries = [Entry(number, p.start, p.start + len(p.label), sub) for p, (number, sub) in numbers]
    yield from judge(entries, partial(_ordinal, "条"))


def _ordinal(unit: str, number: int, sub: int) -> str:
    return f"第{to_han(number)}{unit}" + (f"之{to_han(sub)}" if sub else "")


def _headings(text: str, part: Part) -> Iterator[Draft]:
    """章 run on through the 编 or begin anew in each, 节 in the 章 likewise."""
    open_lists: dict[Mark, list[Entry]] = {}
    done: list[tuple[Mark, list[Entry]]] = []
    for span in part.headings:
        label = label_of(text, span.start, span.end)
        if label is None or label.mark not in _HEADINGS:
            continue
        lower = [mark for mark in open_lists if mark > label.mark]
        done += [(mark, open_lists.pop(mark)) for mark in lower]
        open_lists.setdefault(label.mark, []).append(Entry(label.number, label.start, label.end))
    done += open_lists.items()
    ran_to: dict[Mark, int] = {}
    for mark, entries in sorted(done, key=lambda d: d[1][0].start):
        runs_on = entries[0].number == ran_to.get(mark, 0) + 1
        yield from judge(entries, partial(_ordinal, _HEADINGS[mark]), first=entries[0].number if runs_on else 1)
        ran_to[mark] = entries[-1].number


def _labels(text: str, start: int, end: int, foreign: list[tuple[int, int]]) -> list[Label]:
    """The list labels that lines of text[start:end] begin with, not those of a text that is quoted."""
    found = (
        label
        for first, last in lines_of(text, start, end)
        if text[first] in MAY_OPEN and (label := label_of(text, first, last))
    )
    return [
        label
        for label in found
        if label.mark in LIST_MARKS
        and not _REFERENCE.match(text, label.end, label.line_end)
        and not inside(foreign, label.start)
    ]


def _loose_labels(text: str, part: Part, foreign: list[tuple[int, int]]) -> list[Label]:
    """The labels of an instrument without 条: those of its headings and of the lines of its provisions."""
    spans = sorted([(s.start, s.end) for s in part.headings] + [(p.start, p.end) for p in part.numbered])
    return [label for start, end in spans for label in _labels(text, start, end, foreign)]


def _lists(labels: Sequence[Label], written: _Written) -> Iterator[Draft]:
    """Nested lists: a style that is open already goes on, any other opens a list inside."""
    stack: list[tuple[Mark, list[Entry]]] = []
    ended: dict[Mark, int] = {}  # where a numbering stood when a higher one went on: 1. may run on
    for label in labels:
        depth = next((d for d, (mark, _) in enumerate(stack) if mark is label.mark), None)
        entry = Entry(label.number, label.start, label.end)
        if depth is None:
            stack.append((label.mark, [entry]))
            continue
        for mark, entries in stack[depth + 1 :]:
            yield from _list(mark, entries, ended, written)
        del stack[depth + 1 :]
        entries = stack[depth][1]
        if label.number == 1 and len(entries) > 1:
            yield from _list(label.mark, entries, ended, written)
            stack[depth] = (label.mark, [entry])
        elif abs(label.number - entries[-1].number) <= _FAR:
            entries.append(entry)
    for mark, entries in stack:
        yield from _list(mark, entries, ended, written)


def _list(mark: Mark, entries: list[Entry], ended: dict[Mark, int], written: _Written) -> Iterator[Draft]:
    first = entries[0].number
    runs_on = first == ended.get(mark, 0) + 1
    ended[mark] = entries[-1].number
    # A list whose first number is far from 1 goes on from somewhere that was not seen.
    lone = len(entries) == 1 and first != 1
    if not lone and (first <= 3 or runs_on):
        yield from judge(
            entries,
            lambda n, _: _list_name(mark, n),
            first=first if runs_on else 1,
            stands=lambda n: written.holds(mark, n, entries[-1].end),
        )


def _list_name(mark: Mark, number: int) -> str:
    if mark is Mark.CIRCLED:
        return chr(ord("①") + number - 1)
    return {
        Mark.HAN_COMMA: f"{to_han(number)}、",
        Mark.HAN_BRACKET: f"（{to_han(number)}）",
        Mark.DIGIT_DOT: f"{number}.",
    }.get(mark, f"（{number}）")


class _Written:
    """The numbers of lists in text[floor:end], wherever they stand: 「包括：1.计划；」 with 2. on a line of its own."""

    def __init__(self, text: str, floor: int, end: int) -> None:
        self._text, self._floor, self._end = text, floor, end
        self._found: dict[re.Pattern[str], dict[str, int]] = {}

    def holds(self, mark: Mark, number: int, end: int) -> bool:
        """Whether a number is written before `end`."""
        pattern = _INLINE.get(mark, _INLINE_DIGITS)
        if pattern not in self._found:
            matches = list(pattern.finditer(self._text, self._floor, self._end))
            self._found[pattern] = {m.group(1): m.end() for m in reversed(matches)}
        name = to_han(number) if mark in (Mark.HAN_COMMA, Mark.HAN_BRACKET) else str(number)
        name = _list_name(mark, number) if mark is Mark.CIRCLED else name
        return self._found[pattern].get(name, end + 1) <= end


def judge(
    entries: Sequence[Entry], name: Namer, *, first: int = 1, stands: Callable[[int], bool] = lambda _: False
) -> Iterator[Draft]:
    """What is wrong in numbers that should run on from `first`.

    A 1 with a 2 behind it begins a new series. A number that stands where its neighbours leave room for
    just one other is that other's slip (1 2 2 4: the second 2 should be 3). `stands` tells of a number
    that is there all the same, inside a line.
    """
    last, sub = first - 1, 0
    seen: set[tuple[int, int]] = set()
    left = Counter(e.number for e in entries)
    for i, entry in enumerate(entries):
        n = entry.number
        following = entries[i + 1].number if i + 1 < len(entries) else None
        if entry.sub:
            if n != last or entry.sub > sub + 1:
                gap = name(n, entry.sub - 1) if entry.sub > 1 else name(n, 0)
                if (n, entry.sub - 1) not in seen:
                    yield _missing(entry, gap, name(n, entry.sub))
            elif (n, entry.sub) in seen:
                yield _wrong(Check.REPEATED_NUMBER, entry, name(n, entry.sub))
            last, sub = max(last, n), entry.sub
        elif n == 1 and last > 1 and following == 2:
            seen = set()
            last, sub = 1, 0
        elif n == last + 1:
            last, sub = n, 0
        elif following == last + 2 and n != 1 + last:
            right = name(last + 1, 0)
            again = (n, 0) in seen or n == following
            yield _wrong(Check.REPEATED_NUMBER if again else Check.DISORDERED_NUMBER, entry, name(n, 0), right)
            last, sub = last + 1, 0
        elif n > last + 1:
            gaps = [g for g in range(last + 1, n) if not left[g] and not stands(g)]
            if gaps:
                yield _missing(entry, _range(gaps, name), name(n, 0))
            last, sub = n, 0
        elif (n, 0) in seen:
            yield _wrong(Check.REPEATED_NUMBER, entry, name(n, 0))
        else:
            yield _wrong(Check.DISORDERED_NUMBER, entry, name(n, 0))
        seen.add((n, entry.sub))
        left[n] -= 1


def _range(numbers: list[int], name: Namer) -> str:
    if len(numbers) == 1:
        return name(numbers[0], 0)
    whole = numbers[-1] - numbers[0] + 1 == len(numbers)
    if whole and len(numbers) > 2:
        return f"{name(numbers[0], 0)}至{name(numbers[-1], 0)}"
    shown = "、".join(name(n, 0).rstrip("、") for n in numbers[:10])
    return shown + ("等" if len(numbers) > 10 else "")


def _missing(entry: Entry, gap: str, here: str) -> Draft:
    words = {"gap": gap, "here": here}
    return Draft(Check.MISSING_NUMBER, Severity.ERROR, (entry.start, entry.end), words=words)


def _wrong(check: Check, entry: Entry, here: str, right: str = "") -> Draft:
    """A number that occurs again, or out of order; `right` is the one that it should be, where that is known."""
    text = ("repeated for" if check is Check.REPEATED_NUMBER else "disordered for") if right else ""
    return Draft(check, Severity.ERROR, (entry.start, entry.end), text, {"here": here, "right": right})


def _attachments(segmentation: Segmentation) -> Iterator[Draft]:
    text = segmentation.document.text
    entries = []
    for span in segmentation.spans:
        label = label_of(text, span.start, span.end) if span.kind == "heading" else None
        if label and label.mark is Mark.APPENDIX and label.number:
            entries.append(Entry(label.number, span.start, span.end))
    # The gap before the first is another check's: the attachment may be announced and not in the file.
    if entries:
        yield from judge(entries, lambda n, _: f"附件{n}", first=entries[0].number)
