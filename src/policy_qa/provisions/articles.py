"""Which 第X条 at a line's start opens an article, by what stands around it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from functools import cached_property

from policy_qa.provisions.labels import HEADINGS, Label, Mark, ends_sentence
from policy_qa.provisions.lines import is_inline
from policy_qa.provisions.titles import title_right_above


def accepted_articles(text: str, labels: Sequence[Label]) -> list[Label]:
    """The 第X条 labels that open an article, not those that a sentence happens to begin with.

    The successor of the last article always opens one; inside a line only where a space sets it off. Any other number
    wants a finished sentence before it, and either a space behind it or what stands around it: a numbering that starts
    again under a title or a heading, or one that goes on above a gap. Writers who leave out the space do so throughout
    a text, so a number without one is no sign by itself.
    """
    articles = [label for label in labels if label.mark is Mark.ARTICLE]
    ahead = _Ahead(articles)
    accepted: list[Label] = []
    last = resume = (0, 0)  # the last number, and the one before it where the last was out of turn
    spaced = False
    for i, label in enumerate(articles):
        here = (label.number, label.sub)
        set_off = label.rest > label.end or label.rest == label.line_end
        in_turn = here in _next(last) or (resume != last and here in _next(resume))
        if is_inline(text, label):
            opens = here in _next(last) and set_off
        elif in_turn or not finished_before(text, label.start):
            opens = in_turn
        elif here == (1, 0) and not set_off:
            opens = (
                _is_headed(text, labels, label)
                or title_right_above(text, label.start)
                or (last[0] > 1 and ahead.counts_on(i))
            )
        else:
            goes_on = here > last and (not spaced or _is_headed(text, labels, label)) and not ahead.comes(i, last)
            opens = set_off or goes_on
        if opens:
            accepted.append(label)
            last, resume, spaced = here, here if in_turn or here == (1, 0) else last, set_off
    if len(accepted) == 1 and accepted[0].number != 1:
        return []  # one stray mention makes no document of articles
    return accepted


def _next(last: tuple[int, int]) -> tuple[tuple[int, int], tuple[int, int]]:
    return (last[0] + 1, 0), (last[0], last[1] + 1)


def _is_headed(text: str, labels: Sequence[Label], label: Label) -> bool:
    """Whether a heading (第二章 附则) stands right above a label."""
    at = bisect_left(labels, label.start, key=lambda x: x.start)
    above = labels[at - 1] if at else None
    return (
        above is not None and above.mark in HEADINGS and not text[above.line_end : label.start].strip(" \t\n\u3000#*-")
    )


class _Ahead:
    """What the 第X条 labels behind one are, up to the next that counts from 1 again."""

    def __init__(self, articles: Sequence[Label]) -> None:
        self._articles = articles

    @cached_property
    def _places(self) -> dict[tuple[int, int], list[int]]:
        places: dict[tuple[int, int], list[int]] = {}
        for i, label in enumerate(self._articles):
            places.setdefault((label.number, label.sub), []).append(i)
        return places

    def counts_on(self, i: int) -> bool:
        """Whether 第二条 comes right behind label `i`."""
        return i + 1 < len(self._articles) and self._articles[i + 1].number == 2

    def comes(self, i: int, last: tuple[int, int]) -> bool:
        """Whether an article that would follow `last` stands behind label `i`."""
        until = self._from((1, 0), i)
        return any(self._from(number, i) < until for number in _next(last))

    def _from(self, number: tuple[int, int], i: int) -> int:
        places = self._places.get(number, [])
        at = bisect_right(places, i)
        return places[at] if at < len(places) else len(self._articles)


def finished_before(text: str, at: int) -> bool:
    """Whether the text before a line is a finished sentence, a heading or nothing."""
    before = text[max(0, at - 2_000) : at].rstrip(" \t\u3000\xa0\n#*>")
    if not before or before[-1] in "：:）)》”」|" or ends_sentence(before[-8:]):
        return True
    return len(before) - (before.rfind("\n") + 1) <= 40  # a short line without a full stop is a heading
