"""Numbers as Chinese rules write them: 七, 十二, 一千二百六十, 〇, 叁, 7, ７, and with spaces between."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {c: i for i, c in enumerate("〇壹贰叁肆伍陆柒捌玖")}
_DIGITS |= {"两": 2, "○": 0, "Ｏ": 0}
#: From here on, characters say no more than digits.
_TOO_LARGE = 100_000_000
_UNITS = {"十": 10, "百": 100, "千": 1000, "拾": 10, "佰": 100, "仟": 1000}

#: The characters that a number may be made of, for use inside a character class; without arabic digits, and with them.
HAN_NUMERAL_CHARS = "".join([*_DIGITS, *_UNITS]) + "万"
NUMERAL_CHARS = "0-9０-９" + HAN_NUMERAL_CHARS


@lru_cache(maxsize=4096)
def parse_number(text: str) -> int | None:
    """The value of a Chinese or arabic whole number of at most 40 characters, or None where it is none.

    Spaces inside are ignored (`二 十`). Digits without units are read one by one (二〇二四 = 2024).

    >>> [parse_number(t) for t in ("七", "十二", "一百零七", "一千二百六十", "１６", "二〇二四", "条")]
    [7, 12, 107, 1260, 16, 2024, None]
    """
    text = "".join(unicodedata.normalize("NFKC", text).split())
    if not text or len(text) > 40:
        return None
    if all(c in _DIGITS for c in text):
        text = "".join(str(_DIGITS[c]) for c in text)
    return int(text) if text.isascii() and text.isdigit() else _in_units(text)


def _in_units(text: str) -> int | None:
    total = section = digit = 0
    for c in text:
        if c in _DIGITS:
            digit = _DIGITS[c]
        elif c in _UNITS:
            section += (digit or 1) * _UNITS[c]
            digit = 0
        elif c == "万":
            total += (section + digit) * 10_000
            section = digit = 0
        elif c.isascii() and c.isdigit():
            digit = digit * 10 + int(c)
        else:
            return None
    return total + section + digit


@lru_cache(maxsize=4096)
def to_han(number: int) -> str:
    """A number in Chinese characters, as article labels have it (107: 一百零七); from 100 million on in digits.

    >>> [to_han(n) for n in (7, 10, 12, 107, 120, 1260)]
    ['七', '十', '十二', '一百零七', '一百二十', '一千二百六十']
    """
    if number < 0:
        raise ValueError(f"expected 0 or more, found {number}")
    if number >= _TOO_LARGE:
        return str(number)
    if number == 0:
        return "零"
    if number > 9999:
        head, rest = divmod(number, 10_000)
        return to_han(head) + "万" + ("零" if 0 < rest < 1000 else "") + (_below_10000(rest) if rest else "")
    out = _below_10000(number)
    return out.removeprefix("一") if out.startswith("一十") else out


def _below_10000(number: int) -> str:
    out, zero = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, unit)
        if digit:
            out += ("零" if zero else "") + "零一二三四五六七八九"[digit] + name
            zero = False
        elif out:
            zero = number > 0
    return out
