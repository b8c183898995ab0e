"""The sentences of a draft and the quotations in them; a quotation is never cut."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from operator import itemgetter
from typing import NamedTuple

from policy_qa.citing.parts import closings
from policy_qa.verify.sentences import sentences_of

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


class Extent(NamedTuple):
    """text[start:end]: a sentence without the white space around it, or a quotation without its marks."""

    start: int
    end: int


class Cut:
    """A draft cut into sentences and outermost quotations, both in order; no sentence ends inside a quotation."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.quotations = list(_quotations(text))
        self.sentences = list(_sentences(text))

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


def _sentences(text: str) -> Iterator[Extent]:
    """「……。（见第七条）」: brackets that name a source stand for the sentence before, whatever follows them."""
    for start, end in sentences_of(text):
        aside = _ASIDE.match(text, start, end)
        if aside and aside.end() < end:
            yield Extent(start, aside.end())
            start = aside.end()
        yield Extent(start, end)
