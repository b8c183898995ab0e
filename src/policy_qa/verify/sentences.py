"""Text -> sentences, as an answer or a draft has them: Chinese and English marks, lines, items of a list."""

from __future__ import annotations

import re

from policy_qa.citing.grammar import ordinal

_OPEN = {"《": "》", "「": "」", "『": "』", "“": "”", "〈": "〉"}
_END = "。！？!?；;"
#: What belongs to the sentence that has just ended: closing marks, and the number of a citation.
_TAIL = re.compile(r"[”’」』）)》]*(?:\s*(?:\[\d{1,3}\]|【\d{1,3}】|［\d{1,3}］))*[”’」』）)》]*")
#: A page or a line that breaks in the middle of a sentence: a long line without a mark at its end, and no label below.
_BROKEN = re.compile(r"[^\n]{24,}[\u4e00-\u9fffA-Za-z0-9]\s*$")
_GOES_ON = re.compile(rf"\s*(?!{ordinal('章|节|条')}|[一二三四五六七八九十]{{1,3}}、|附件)[\u4e00-\u9fff]")
#: So much before a line's end tells whether it breaks a sentence.
_NEAR = 400
#: Words that end in a dot of their own.
_SHORTENED = re.compile("art|no|vol|e|i|g|p|pp|dr|mr|ms|cf|vs|sec|para", re.IGNORECASE)
#: No sentence is so long; an opening mark whose other half is further away has none.
_FAR = 600


def sentences_of(text: str) -> tuple[tuple[int, int], ...]:
    """Half-open spans of the sentences of `text`, white space around them left out.

    A sentence ends at 。！？； or a full stop before white space, and at the end of a line; never inside 《》, 「」 or
    “”, and not at the dot of 3.5, of 「1.」 at a line's head or of Art. 7. Its mark [1] belongs to it.

    >>> text = "任期3年。[1]可连任；见第七条第二项。"
    >>> [text[a:b] for a, b in sentences_of(text)]
    ['任期3年。[1]', '可连任；', '见第七条第二项。']
    """
    out: list[tuple[int, int]] = []
    start = at = 0
    while at < len(text):
        char = text[at]
        if char in _OPEN and (stop := _closing(text, at)):
            # 「…。」 ends the sentence where its own last character does.
            ended = text[stop - 1] in _END
            at = stop + 1
            if not (ended and _begins_anew(text, at)):
                continue
            at = _tail(text, at)
        elif char in "（(" and (stop := _bracket(text, at)):
            at = stop
            continue
        elif char == "\n":
            at += 1
            if _BROKEN.search(text, max(start, at - _NEAR), at) and _GOES_ON.match(text, at):
                continue
        elif char in _END or (char == "." and _full_stop(text, start, at)):
            at += 1
            while at < len(text) and text[at] in _END:
                at += 1
            at = _tail(text, at)
        else:
            at += 1
            continue
        _add(out, text, start, at)
        start = at
    _add(out, text, start, len(text))
    return tuple(out)


def _closing(text: str, at: int) -> int:
    """Where the mark that opens at `at` is closed, in the same paragraph; 0 where it isn't."""
    stop = text.find(_OPEN[text[at]], at + 1, at + _FAR)
    return stop if stop > 0 and "\n\n" not in text[at:stop] else 0


def _bracket(text: str, at: int) -> int:
    """Behind the bracket that opens at `at`, where a line breaks inside it; 0 where none does."""
    stop = text.find("）" if text[at] == "（" else ")", at, at + _FAR // 3)
    inside = text[at:stop]
    return (
        stop + 1 if stop > 0 and "\n" in inside and not re.search(r"[。！？!?；;]|\n[^\S\n]*+[-*•（(\d]", inside) else 0
    )


def _begins_anew(text: str, at: int) -> bool:
    """Whether another sentence begins at `at`, so that a quotation's own full stop ended the one before."""
    return not re.match(r"[\s]*[，,、；;。:：）)的和与及]", text[at : at + 4])


def _tail(text: str, at: int) -> int:
    match = _TAIL.match(text, at)
    return match.end() if match else at


def _full_stop(text: str, start: int, at: int) -> bool:
    """Whether the dot at `at` ends an English sentence."""
    if at + 1 < len(text) and not text[at + 1].isspace() and text[at + 1] not in "\"'”’)」[":
        return False
    word = re.search(r"(?<![A-Za-z0-9])[A-Za-z0-9]*+$", text[start:at])
    before = word.group() if word else ""
    if before.isdigit() and not text[start : at - len(before)].strip(" \t-*•#"):
        return False  # the number of a list's item
    return not _SHORTENED.fullmatch(before)


def _add(out: list[tuple[int, int]], text: str, start: int, end: int) -> None:
    piece = text[start:end]
    begin = start + len(piece) - len(piece.lstrip())
    stop = end - (len(piece) - len(piece.rstrip()))
    if stop <= begin:
        return
    if not re.search(r"\w", re.sub(r"\[\d{1,3}\]", "", text[begin:stop])) and out:
        out[-1] = (out[-1][0], stop)  # a mark or a stop on its own belongs to the sentence before
    elif re.search(r"\w", text[begin:stop]):
        out.append((begin, stop))
