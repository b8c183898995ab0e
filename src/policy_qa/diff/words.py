"""What differs between two stretches of text, in whole words.

Compared is the folded text: full and half width, typographic quotes and white space don't count.
Numbers with their unit, dates, references and words of obligation are one word each, so that
「3年」 → 「5年」 and 「应当」 → 「不得」 are marked whole; jieba cuts the rest.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Protocol

from policy_qa.citing.clean import clean, cleaned
from policy_qa.citing.grammar import ordinal
from policy_qa.diff.model import Op, OpKind
from policy_qa.numerals import HAN_NUMERAL_CHARS, parse_number

#: No number that means anything is longer.
_HAN = f"[{HAN_NUMERAL_CHARS}]{{1,20}}"
_NUMBER = rf"(?:\d+(?:[.,]\d+)*[万亿]?|{_HAN}亿?)"
_UNIT = (
    "个?(?:工作日|自然日|小时|分钟|学期|学年|月|周|星期)|万元|平方米|公里|学时|课时|学分|周岁|"
    "[年日天元名人位次届岁级倍门项条款目章节编点分份件所台场期轮]"
)
_WHOLE = re.compile(
    rf"(?:\d{{4}}|二[〇零○]{_HAN})年(?:{_NUMBER}月(?:{_NUMBER}日)?)?"
    rf"|{ordinal('条|款|项|目|章|节|编')}(?:(?<=条)之{_HAN})?"
    rf"|百分之{_NUMBER}|{_NUMBER}分之{_NUMBER}|\d+(?:\.\d+)?[%‰]"
    rf"|{_NUMBER}(?:(?:-|~|至|到){_NUMBER})?(?:{_UNIT})|\d+(?:[.,:]\d+)*"
    r"|不得|应当|必须|不应|可以|不可|不能|不予|不宜|不准|禁止|严禁|有权|无权|除外|以上|以下|以内|以外|不少于|不超过|不低于|不高于|至少"
    r"|[A-Za-z]+"
)
_VALUE = re.compile(rf"(?P<digits>\d+(?:[.,]\d+)*)(?P<scale>[万亿]?)|(?P<han>{_HAN})")
_SCALES = {"": 1, "万": 10_000, "亿": 100_000_000}
#: Beyond so many words difflib may skip the commonest ones; else an attachment of 50,000 characters takes minutes.
_EXACT = 2_500
#: Stretches of more characters are not cut into words.
MAX_COMPARED = 20_000
#: An island of so few characters between two changes is marked with them: 「的」 alone can't be read.
_ISLAND = 1


class Words(Protocol):
    """What cuts text into words; `policy_qa.words.Segmenter` does."""

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Half-open offsets of the words of `text`; together they are all of it."""


@dataclass(frozen=True, slots=True)
class Token:
    """A word. `key` is compared; `value` is the key with its numbers as digits; [start, end) of the raw text.

    Tokens tile the text: white space belongs to the word before it.
    """

    key: str
    value: str
    start: int
    end: int


def fold(text: str) -> str:
    """The text as it is compared: without white space, in half width, plain quotes and dashes."""
    return clean(text, spaces=False, marks=True, case=True)


def tokens(text: str, start: int, end: int, words: Words) -> list[Token]:
    """The words of `text[start:end]`, with offsets into `text`."""
    chars: list[str] = []
    origin: list[int] = []
    folded = cleaned(text, start, end, spaces=False, marks=True, case=True)
    for char, i in zip(folded.text, folded.origin, strict=True):
        # A space between two Latin words parts them; anywhere else it is layout.
        gap = origin and i > origin[-1] + 1
        if gap and chars[-1].isascii() and chars[-1].isalnum() and char.isascii():
            chars.append(" ")
            origin.append(i)
        chars.append(char)
        origin.append(i)
    flat = "".join(chars)
    found = [(a, b) for a, b in _cut(flat, words) if flat[a:b] != " "]
    starts = [start, *(origin[a] for a, _ in found[1:]), end]
    return [
        Token(flat[a:b], value_of(flat[a:b]), at, to) for (a, b), (at, to) in zip(found, pairwise(starts), strict=False)
    ]


def _cut(flat: str, words: Words) -> Iterator[tuple[int, int]]:
    at = 0
    for match in [*_WHOLE.finditer(flat), None]:
        stop = match.start() if match else len(flat)
        if at < stop:
            yield from ((at + a, at + b) for a, b in words.spans(flat[at:stop]))
        if match:
            yield match.span()
            at = match.end()


def value_of(word: str) -> str:
    """A word with its numbers in digits where it is a number: 三年 is 3年, 二〇二四年 2024年, 3万元 30000元."""
    return _VALUE.sub(_digits, word) if _WHOLE.fullmatch(word) else word


def _digits(match: re.Match[str]) -> str:
    if han := match.group("han"):
        number = parse_number(han)
        return match.group() if number is None else str(number)
    scale = _SCALES[match.group("scale")]
    return f"{float(match.group('digits').replace(',', '')) * scale:g}" if scale > 1 else match.group()


def same_values(old: Sequence[Token], new: Sequence[Token]) -> bool:
    """Whether two texts differ in nothing but how they write their numbers."""
    return [t.value for t in old] == [t.value for t in new]


def word_ops(old: str, x: tuple[int, int], new: str, y: tuple[int, int], words: Words) -> list[Op]:
    """The ops that turn the stretch `x` of the old text into the stretch `y` of the new one."""
    if old[slice(*x)] == new[slice(*y)]:
        return kept(old, x, new, y)
    if max(x[1] - x[0], y[1] - y[0]) > MAX_COMPARED:
        return _long_ops(old, x, new, y, words)
    a, b = tokens(old, *x, words), tokens(new, *y, words)
    if not a or not b:
        return replaced(old, x, new, y)
    old_edges, new_edges = [*(t.start for t in a), x[1]], [*(t.start for t in b), y[1]]
    ops: list[Op] = []
    i = j = 0
    for left, right, size in [*_matches([t.key for t in a], [t.key for t in b]), (len(a), len(b), 0)]:
        ops += replaced(old, (old_edges[i], old_edges[left]), new, (new_edges[j], new_edges[right]))
        i, j = left + size, right + size
        for s, t in zip(a[left:i], b[right:j], strict=True):
            ops += kept(old, (s.start, s.end), new, (t.start, t.end))
    return joined(ops)


def _long_ops(old: str, x: tuple[int, int], new: str, y: tuple[int, int], words: Words) -> list[Op]:
    """The ops of stretches too long for words: the same sentences at both ends are kept, what is between compared.

    What is longer than MAX_COMPARED even so is replaced whole.
    """
    before, after = old[slice(*x)], new[slice(*y)]
    same = _common(before, after)
    head = max(before.rfind(mark, 0, same) for mark in "。；\n") + 1
    room = min(len(before), len(after)) - head
    same = _common(before[len(before) - room :][::-1], after[len(after) - room :][::-1])
    ends = [at for mark in "。；\n" if (at := before.find(mark, len(before) - same)) >= 0]
    tail = len(before) - min(ends) - 1 if same and ends else 0
    inner = (x[0] + head, x[1] - tail), (y[0] + head, y[1] - tail)
    ops = kept(old, (x[0], inner[0][0]), new, (y[0], inner[1][0])) if head else []
    if max(b - a for a, b in inner) > MAX_COMPARED:
        ops += replaced(old, inner[0], new, inner[1])
    else:
        ops += word_ops(old, inner[0], new, inner[1], words)
    ops += kept(old, (inner[0][1], x[1]), new, (inner[1][1], y[1])) if tail else []
    return joined(ops)


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    """How many characters, or words, two texts begin with alike."""
    return next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _matches(a: list[str], b: list[str]) -> list[tuple[int, int, int]]:
    """(i, j, size) of the runs of words that both have, in order, islands between changes left out."""
    head = _common(a, b)
    tail = _common(a[head:][::-1], b[head:][::-1])
    x, y = a[head : len(a) - tail], b[head : len(b) - tail]
    matcher = SequenceMatcher(None, x, y, autojunk=len(x) + len(y) > _EXACT)
    inner = [(i + head, j + head, n) for i, j, n in matcher.get_matching_blocks() if n]
    inner = [m for m in inner if sum(map(len, a[m[0] : m[0] + m[2]])) > _ISLAND]
    return [(0, 0, head)] * bool(head) + inner + [(len(a) - tail, len(b) - tail, tail)] * bool(tail)


def replaced(old: str, x: tuple[int, int], new: str, y: tuple[int, int], *, trivial: bool = False) -> list[Op]:
    """A delete and an insert for two stretches; nothing for an empty one. White space alone is trivial."""
    sides = ((OpKind.DELETE, old[slice(*x)], x, (y[0], y[0])), (OpKind.INSERT, new[slice(*y)], (x[1], x[1]), y))
    return [_op(op, text, a, b, trivial=trivial or not text.strip()) for op, text, a, b in sides if text]


def _op(op: OpKind, text: str, x: tuple[int, int], y: tuple[int, int], *, trivial: bool = False) -> Op:
    return Op(op=op, old_start=x[0], old_end=x[1], new_start=y[0], new_end=y[1], text=text, trivial=trivial)


def kept(old: str, x: tuple[int, int], new: str, y: tuple[int, int]) -> list[Op]:
    """Ops for two stretches that fold to the same: equal where they are, the rest trivial."""
    text = old[slice(*x)][: _common(old[slice(*x)], new[slice(*y)])]
    at, to = x[0] + len(text), y[0] + len(text)
    same = [_op(OpKind.EQUAL, text, (x[0], at), (y[0], to))] if text else []
    return same + replaced(old, (at, x[1]), new, (to, y[1]), trivial=True)


def joined(ops: Sequence[Op]) -> list[Op]:
    """The ops with neighbours of one sort made one."""
    runs: list[list[Op]] = []
    for op in ops:
        last = runs[-1][-1] if runs else None
        follows = last and (last.old_end, last.new_end) == (op.old_start, op.new_start)
        if last and follows and (last.op, last.trivial) == (op.op, op.trivial):
            runs[-1].append(op)
        else:
            runs.append([op])
    return [
        replace(run[0], old_end=run[-1].old_end, new_end=run[-1].new_end, text="".join(op.text for op in run))
        if len(run) > 1
        else run[0]
        for run in runs
    ]
