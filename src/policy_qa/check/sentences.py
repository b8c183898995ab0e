"""The sentences of a draft and the quotations in them; a quotation is never cut."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from operator import itemgetter
from typing import NamedTuple

from policy_qa.citing.parts import closings

_PAIRS = {"“": "”", "「": "」", "『": "』", "‘": "’", '"': '"', "＂": "＂"}
#: A quotation is no longer than this; an opening mark without a closing one must not swallow the draft.
_LONGEST = 2_000
#: Fewer characters (punctuation aside) are a word in quotation marks, not a quotation.
SHORTEST = 4
_OPENING = re.compile('[“「『‘"＂]')
_ASIDE = re.compile(
    r"[ \t]*[（(](?:见|详见|参见|参阅|依据|根据|来源|出处|摘自|引自|出自|《|第|该|上述|本)"
    r"[^（）()\n]{1,60}(?:[（(][^（）()\n]{1,20}[)）][^（）()\n]{0,40}){0,3}[)）]"
)
_GOES_ON = re.compile(r"[ \t]*[，,、；;：:的）)（(]")
_CLOSING = '）)】］」』”’"》'


class Extent(NamedTuple):
    """text[start:end]: a sentence without the white space around it, or a quotation without its marks."""

    start: int
    end: int


class Cut:
    """A draft cut into sentences and outermost quotations, both in order; no sentence ends inside a quotation."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.quotations = list(_quotations(text))
        self.sentences = list(_sentences(text, self.quotations))

    def sentence_at(self, offset: int) -> int:
        """Which sentence an offset stands in, or the one before it; the first where there is none."""
        return max(bisect_right(self.sentences, offset, key=itemgetter(0)) - 1, 0)


def _quotations(text: str) -> Iterator[Extent]:
    at = 0
    partners = closings(text)
    while match := _OPENING.search(text, at):
        end = _closing(text, match.start(), partners)
        if end >= 0 and len(re.sub(r"[\W_]", "", text[match.end() : end])) >= SHORTEST:
            yield Extent(match.end(), end)
        at = end + 1 if end >= 0 else match.end()


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


def _sentences(text: str, quoted: Sequence[Extent]) -> Iterator[Extent]:
    """They end at 。！？； and at a line's end, outside quotations and brackets."""
    at = depth = 0
    for match in re.finditer(r"[。！？；;!?\n（(）)]", text):
        start, end, mark = *match.span(), match.group()
        if start < at:
            continue
        around = quoted[max(bisect_right(quoted, start, key=itemgetter(0)) - 1, 0) :][:1]
        if around and around[0].start <= start < around[0].end:
            # 「…。」 at the end of a line or before another sentence ends the one that it stands in.
            if end == around[0].end and mark in "。！？" and not _GOES_ON.match(text, end + 1, end + 5):
                yield from _trimmed(text, at, end + 1)
                at, depth = end + 1, 0
        elif mark in "（(":
            depth += 1
        elif mark in "）)":
            depth = max(depth - 1, 0)
        elif not depth or mark == "\n":
            while end < len(text) and text[end] in _CLOSING and mark != "\n":
                end += 1
            yield from _trimmed(text, at, end)
            # 「……。（见第七条）」: the brackets stand for the sentence before, whatever follows them.
            at, depth = end, 0
            if aside := _ASIDE.match(text, at):
                yield from _trimmed(text, at, aside.end())
                at = aside.end()
    yield from _trimmed(text, at, len(text))


def _trimmed(text: str, start: int, end: int) -> Iterator[Extent]:
    piece = text[start:end]
    if words := piece.strip():
        first = start + piece.index(words)
        yield Extent(first, first + len(words))
