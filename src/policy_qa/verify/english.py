"""English sentences over Chinese rules: only what they quote in Chinese can be held against the text word by word."""

from __future__ import annotations

import re

_QUOTED = re.compile(r"[「『“\"]((?=[^「」『』“”\"\u4e00-\u9fff]*+[\u4e00-\u9fff])[^「」『』“”\"]*+)[」』”\"]")
_WORD = re.compile(r"[A-Za-z]+")
_HAN = re.compile(r"[\u4e00-\u9fff]")
#: What a frame around a quotation may say. Any other word is a claim of its own.
_FRAME_WORDS = """
according to article item section chapter paragraph of the in under as per it this that policy rule rules
document regulation regulations states state stated says say stipulates provides reads read and quote text
original chinese which is following see
"""
_FRAME = frozenset(_FRAME_WORDS.split())


def is_english(sentence: str) -> bool:
    """Whether a sentence is in English, quotations aside."""
    outside = _QUOTED.sub("", re.sub(r"《[^》]*》", "", sentence))
    words, han = len(_WORD.findall(outside)), len(_HAN.findall(outside))
    return (words >= 3 and han <= words) or (words > 0 and not han and bool(_QUOTED.search(sentence)))


def chinese_of(sentence: str) -> str:
    """What an English sentence quotes in Chinese with its article number, if it says nothing else; else empty.

    >>> chinese_of("Article 7 states: 「任期3年」.")
    'article 7「任期3年」'
    """
    quotes = _QUOTED.findall(sentence)
    outside = _QUOTED.sub(" ", sentence)
    titles = re.findall(r"《[^》]*》", outside)
    words = [w.lower() for w in _WORD.findall(re.sub(r"《[^》]*》", " ", outside))]
    if not quotes or any(w not in _FRAME for w in words) or _HAN.search(re.sub(r"《[^》]*》", "", outside)):
        return ""
    numbers = re.findall(r"(?:article|item)\s*\d+(?:\s*\(\d+\))?", outside, re.IGNORECASE)
    if len(re.findall(r"\d+", re.sub(r"\[\d+\]|《[^》]*》", "", outside))) > sum(
        len(re.findall(r"\d+", n)) for n in numbers
    ):
        return ""
    places = ", ".join(n.lower() for n in numbers)
    return "".join(titles) + places + "「" + "".join(quotes) + "」"
