"""The sentences of a draft and the quotations in them; a quotation is never cut."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_PAIRS = {"“": "”", "「": "」", "『": "』", "‘": "’", '"': '"', "＂": "＂"}
#: A quotation is no longer than this; an opening mark without a closing one must not swallow the draft.
_LONGEST = 2_000
#: Fewer characters (punctuation aside) are a word in quotation marks, not a quotation.
SHORTEST = 4
_OPENING = re.compile('[“「『‘"＂]')
_CURLY = re.compile("[“”「」『』]")
_ASIDE = re.compile(
    r"[ \t]*[（(](?:见|详见|参见|参阅|依据|根据|来源|出处|摘自|引自|出自|《|第|该|上述|本)"
    r"[^（）()\n]{1,60}(?:[（(][^（）()\n]{1,20}[)）][^（）()\n]{0,40}){0,3}[)）]"
)
_CLOSING = '）)】］」』”’"》'


@dataclass(frozen=True, slots=True)
class Quotation:
    """Words between quotation marks: text[start:end] without the marks, which stand right outside."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Sentence:
    """text[start:end], white space around it left out."""

    start: int
    end: int


def quotations(text: str) -> list[Quotation]:
    """The outermost quotations, in order; of four characters or more."""
    out = []
    at = 0
    partners = _partners(text)
    while match := _OPENING.search(text, at):
        end = _closing(text, match.start(), partners)
        if end < 0:
            at = match.end()
            continue
        if len(re.sub(r"[\W_]", "", text[match.end() : end])) >= SHORTEST:
            out.append(Quotation(match.end(), end))
        at = end + 1
    return out


def _partners(text: str) -> dict[int, int]:
    """Where each of “「『 is closed by its own mark, others of its kind nested in between; those that are."""
    open_marks: dict[str, list[int]] = {closing: [] for closing in "”」』"}
    out = {}
    for match in _CURLY.finditer(text):
        mark = match.group()
        if mark in open_marks:
            if open_marks[mark]:
                out[open_marks[mark].pop()] = match.start()
        else:
            open_marks[_PAIRS[mark]].append(match.start())
    return out


def _closing(text: str, start: int, partners: Mapping[int, int]) -> int:
    """Where the quotation that opens at `start` closes; -1 where it doesn't."""
    opening, closing = text[start], _PAIRS[text[start]]
    if opening == closing or opening == "‘":
        # Straight marks look the same on both sides, and ’ may be an apostrophe: such a quotation ends in its line.
        line = text.find("\n", start)
        end = text.find(closing, start + 1, line if line >= 0 else len(text))
        return end if end - start <= _LONGEST else -1
    end = partners.get(start, -1)
    return end if end < start + _LONGEST and text.find("\n\n\n", start, end + 2) < 0 else -1


def sentences(text: str, quoted: Sequence[Quotation]) -> list[Sentence]:
    """The sentences of a text, in order: they end at 。！？； and at a line's end, outside quotations and brackets."""
    out: list[Sentence] = []
    starts = [q.start for q in quoted]
    at = depth = 0
    for match in re.finditer(r"[。！？；;!?\n（(）)]", text):
        if match.start() < at:
            continue
        i = bisect_right(starts, match.start()) - 1
        if i >= 0 and quoted[i].start <= match.start() < quoted[i].end:
            # 「…。」 at the end of a line or before another sentence ends the one that it stands in.
            if match.end() == quoted[i].end and match.group() in "。！？" and not _goes_on(text, match.end() + 1):
                _add(out, text, at, match.end() + 1)
                at, depth = match.end() + 1, 0
            continue
        if match.group() in "（(":
            depth += 1
        elif match.group() in "）)":
            depth = max(depth - 1, 0)
        elif not depth or match.group() == "\n":
            end = match.end()
            while end < len(text) and text[end] in _CLOSING and match.group() != "\n":
                end += 1
            if end > at:
                _add(out, text, at, end)
                at, depth = end, 0
                # 「……。（见第七条）」: the brackets stand for the sentence before, whatever follows them.
                if aside := _ASIDE.match(text, at):
                    _add(out, text, at, aside.end())
                    at = aside.end()
    _add(out, text, at, len(text))
    return out


def _goes_on(text: str, at: int) -> bool:
    return bool(re.match(r"[ \t]*[，,、；;：:的）)（(]", text[at : at + 4]))


def _add(out: list[Sentence], text: str, start: int, end: int) -> None:
    piece = text[start:end]
    a = start + len(piece) - len(piece.lstrip())
    b = end - (len(piece) - len(piece.rstrip()))
    if a < b:
        out.append(Sentence(a, b))
