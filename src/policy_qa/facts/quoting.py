"""A decision's text with each quotation as one character, so that a grammar sees its frame alone; and its sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

Span = tuple[int, int]
#: A quotation longer than this is a text of its own.
_LONGEST = 5_000
_FIRST, _LAST = 0xE000, 0xF8FF
_MOST = 2_000
_MARKS = {"“": "”", "「": "」", "『": "』", '"': '"'}
_MARK = re.compile('[“”「」『』"\n]')
Q, P = "[\ue000-\uf8ff]", "[^\ue000-\uf8ff]"
TO = r"(?:修改|修正|修订|调整|替换|变更|更改|更换|改|表述)(?:为|成|作)"
MORE = r"(?:增加|新增|增设|增写|增补|补充|插入|加入|加上|添加)"
#: What new text follows, be it quoted or not.
_NEW_TEXT = re.compile(rf"(?:{TO}|{MORE}{P}{{1,24}})$")
#: A quotation has ended with its own full stop, and the next sentence begins behind its mark.
_NEXT = re.compile(rf"(?<={Q})\s*+(?=原|将|其|以下|以后|相应|条文|序号|同时|后续|此后|第)")


@dataclass(frozen=True, slots=True)
class Masked:
    """A text whose quotations are one character each, with where its characters come from."""

    raw: str
    text: str
    origin: tuple[int, ...]
    quoted: tuple[tuple[Span, ...], ...]

    def spans(self, marks: str) -> list[tuple[Span, ...]]:
        """The quotations among some characters, each by its paragraphs."""
        return [self.quoted[ord(c) - _FIRST] for c in marks if _FIRST <= ord(c) <= _LAST]

    def paragraphs(self, marks: str) -> tuple[Span, ...]:
        """The paragraphs of all quotations among some characters."""
        return tuple(span for quotation in self.spans(marks) for span in quotation)

    def words(self, quotation: tuple[Span, ...]) -> str:
        """The words of a quotation."""
        return self.raw[quotation[0][0] : quotation[-1][1]] if quotation else ""


def mask(text: str) -> Masked:
    """Each outer quotation as one character, and what stands unquoted behind 修改为： to the end of its line.

    A paragraph inside a quotation may open with a mark of its own.
    """
    out: list[str] = []
    origin: list[int] = []
    quoted: list[tuple[Span, ...]] = []
    closed = _quotations(text)
    at = 0
    while at < len(text):
        char = text[at]
        span: Span | None = None
        if len(quoted) < _MOST:
            if char in _MARKS:
                span = (at + 1, closed[at]) if at in closed else None
            elif at and text[at - 1] in ":：" and _NEW_TEXT.search("".join(out[-40:-1])):
                end = text.find("\n", at)
                end = len(text) if end < 0 else end
                bare = text[at:end].strip()
                span = (at, end) if bare and bare[0] not in _MARKS else None
        origin.append(at)
        if span is None:
            out.append(" " if _FIRST <= ord(char) <= _LAST else char)
            at += 1
            continue
        out.append(chr(_FIRST + len(quoted)))
        quoted.append(tuple(_paragraphs(text, *span, char)))
        at = max(span[1] + (char in _MARKS), at + 1)
    origin.append(len(text))
    return Masked(text, "".join(out), tuple(origin), tuple(quoted))


def _quotations(text: str) -> dict[int, int]:
    """Where each quotation that opens is closed; a mark that opens a line inside one of its kind goes on with it."""
    out: dict[int, int] = {}
    open_: dict[str, list[int]] = {closes: [] for closes in _MARKS.values()}
    line = 0
    for match in _MARK.finditer(text):
        at, mark = match.start(), match.group()
        if mark == "\n":
            line = at + 1
            open_['"'].clear()
        elif mark == '"' and not open_[mark]:
            open_[mark].append(at)
        elif mark in open_:
            if open_[mark]:
                first = open_[mark].pop()
                if at - first < _LONGEST:
                    out[first] = at
        elif not open_[_MARKS[mark]] or text[line:at].strip():
            open_[_MARKS[mark]].append(at)
    return out


def _paragraphs(text: str, start: int, end: int, opens: str) -> Iterator[Span]:
    """The paragraphs of a quotation without the marks that open them again."""
    at = start
    for line in text[start:end].split("\n"):
        plain = line.strip()
        first = at + len(line) - len(line.lstrip())
        if opens in _MARKS and plain.startswith(opens) and at > start:
            first, plain = first + 1, plain[1:]
        if plain:
            yield first, first + len(plain)
        at += len(line) + 1


def sentences(text: str) -> Iterator[Span]:
    """The sentences of a masked text. A line that ends in a colon goes on with the quotations below it."""
    lines: list[Span] = []
    at = 0
    goes_on = False
    for line in text.split("\n"):
        if line.strip():
            if goes_on and re.match(rf"\s*{Q}", line):
                lines[-1] = lines[-1][0], at + len(line)
            else:
                lines.append((at, at + len(line)))
                goes_on = line.rstrip().endswith((":", "："))
        at += len(line) + 1
    for start, end in lines:
        for match in re.finditer(r"[^。；;！]+", text[start:end]):
            at = match.start()
            for more in _NEXT.finditer(match.group()):
                yield start + at, start + match.start() + more.start()
                at = match.start() + more.start()
            if text[start + at : start + match.end()].strip():
                yield start + at, start + match.end()
