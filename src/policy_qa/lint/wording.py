"""Words typed twice (制度是是), and marks typed twice or left open."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from policy_qa.citing.parts import lines_with
from policy_qa.datamodels import Kind, Provision, Segmentation
from policy_qa.lint.findings import Check, Draft, Severity
from policy_qa.words import common_words

#: Characters that carry grammar, not content, and never stand twice in a row on purpose.
_GRAMMAR = "的了和是在与及或为对向由将把被就也都而且并于以从其该应所到给按经需须不再可"
_TWICE = re.compile(rf"([{_GRAMMAR}])\1")
#: Four characters and more that come again at once are no reduplication.
_PHRASE = (4, 30)
_PAIR = re.compile(r"([\u4e00-\u9fff]{2,3})\1")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_MARKS = re.compile(r"([，、；：。,;])[ \t\u3000]*\1+|[，、；：,;][ \t\u3000]*[。；，、,;]|。[ \t\u3000]*[，、；：,;]")
_VISIBLE = re.compile(r"\S")
_PAIRS = {"（": "）", "《": "》", "“": "”", "‘": "’", "「": "」", "『": "』", "【": "】", "〔": "〕", "〈": "〉"}
_CLOSING = {right: left for left, right in _PAIRS.items()}
_HALF = re.compile(f"[{''.join([*_PAIRS, *_CLOSING])}()]")
_WIDE = str.maketrans("()", "（）")
_LABEL = re.compile(r"[ \t\u3000]*(?:\d{1,3}|[a-zA-Z]|[一二三四五六七八九十]{1,3})[)）]")
#: 「本规定规定的」: an instrument's name and the verb of the same form.
_NAMES_AND_VERBS = ("规定", "决定", "通知", "解释", "要求", "计划", "规划")
#: A word of the dictionary may have so many characters.
_LONGEST = 5


def check_wording(segmentation: Segmentation) -> Iterator[Draft]:
    """Doubled words and marks, brackets and quotation marks without their other half."""
    text = segmentation.document.text
    yield from _doubled(text)
    for start, end in lines_with(_MARKS, text, 0, len(text)):
        for match in _MARKS.finditer(text, start, end):
            yield Draft(Check.DOUBLED_PUNCTUATION, Severity.ERROR, match.span(), words={"found": match.group()})
    pieces = [p for p in segmentation.articles if p.kind not in (Kind.APPENDIX, Kind.PREAMBLE, Kind.CLOSING)]
    pieces = [p for p in pieces if _HALF.search(text, p.start, p.end)]
    halves = [half for provision in pieces if (half := _unbalanced(text, [provision]))]
    # What an amendment quotes may begin in one provision and end in another.
    if halves and _unbalanced(text, pieces):
        for at, mark in halves:
            text = "unclosed" if mark.translate(_WIDE) in _PAIRS else "unopened"
            yield Draft(Check.UNBALANCED, Severity.WARNING, (at, at + 1), text, {"mark": mark})


def _doubled(text: str) -> Iterator[Draft]:
    for start, end in _phrases_twice(text):
        if not any(common_words().frequency(text[a:end]) for a in range(start, end - 1)):
            yield _word((start, end), text[start : (start + end) // 2])
    for match in _TWICE.finditer(text):
        at = match.start()
        if not _belongs(text[max(0, at - _LONGEST) : at + _LONGEST + 2], min(at, _LONGEST)):
            yield _word(match.span(), match.group(1))
    lines: dict[int, frozenset[tuple[int, int]]] = {}
    for match in _PAIR.finditer(text):
        word = match.group(1)
        if len(set(word)) == 1 or word in _NAMES_AND_VERBS or not common_words().frequency(word):
            continue
        start = text.rfind("\n", 0, match.start()) + 1
        if start not in lines:
            end = text.find("\n", match.end())
            lines[start] = frozenset(common_words().spans(text[start : end if end >= 0 else len(text)]))
        if _same_word_twice(text, match, start, lines[start]):
            yield _word(match.span(), match.group(1))


def _phrases_twice(text: str) -> Iterator[tuple[int, int]]:
    """The stretches that hold a phrase twice, leftmost and longest first, as a pattern with
    a back reference would have them.

    It would try every length at every character; here a text is set against itself once a length.
    """
    import numpy as np

    chars = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    han = (chars >= 0x4E00) & (chars <= 0x9FFF)
    longest = np.zeros(len(chars), dtype=np.int32)
    for size in range(_PHRASE[0], min(_PHRASE[1], len(chars) // 2) + 1):
        same = han[:-size] & (chars[:-size] == chars[size:])
        counted = np.concatenate(([0], np.cumsum(same)))
        starts = np.flatnonzero(counted[size:] - counted[:-size] == size)
        longest[starts] = size
    at = 0
    for start in np.flatnonzero(longest).tolist():
        if start >= at:
            at = start + 2 * int(longest[start])
            yield start, at


def _word(span: tuple[int, int], word: str) -> Draft:
    return Draft(Check.DOUBLED_WORD, Severity.WARNING, span, words={"word": word})


@lru_cache(maxsize=4096)
def _belongs(text: str, at: int) -> bool:
    """Whether one of two equal characters is part of a word: 目的|的, 为了|了解, 在|在校, or both: 每每."""
    known = common_words().frequency
    for size in range(2, _LONGEST + 1):
        for start in range(max(0, at + 1 - size), at + 2):
            word = text[start : start + size]
            if len(word) == size and all(_HAN.match(c) for c in word) and known(word):
                return True
    return False


def _same_word_twice(text: str, match: re.Match[str], left: int, spans: frozenset[tuple[int, int]]) -> bool:
    """Whether a word of the dictionary stands twice, neither half being part of another word of its line."""
    size = len(match.group(1))
    start = match.start() - left
    if not {(start, start + size), (start + size, start + 2 * size)} <= spans:
        return False
    # 「监督管理管理机构」: two nouns may meet; a sentence that goes on with a mark or a particle has one too many.
    after = text[match.end() : match.end() + 1]
    return not _HAN.match(after) or after in "的和与在"


def _unbalanced(text: str, pieces: Sequence[Provision]) -> tuple[int, str] | None:
    """(offset, mark) of the first mark without its other half. Rows, and labels like 1）, have none to begin with."""
    open_marks: list[tuple[str, int]] = []
    for start, end in (line for p in pieces for line in lines_with(_HALF, text, p.start, p.end)):
        label = _LABEL.match(text, start, end)
        visible = _VISIBLE.search(text, start, end)
        for half in _HALF.finditer(text, label.end() if label else start, end):
            at, mark = half.start(), half.group().translate(_WIDE)
            if mark in _PAIRS:
                if open_marks and open_marks[-1][0] == mark == "“" and visible and at <= visible.start():
                    continue  # every paragraph of a long quotation opens it again
                open_marks.append((mark, at))
            elif mark in _CLOSING:
                if not open_marks or open_marks[-1][0] != _CLOSING[mark]:
                    return at, text[at]
                open_marks.pop()
    return (open_marks[0][1], text[open_marks[0][1]]) if open_marks else None
