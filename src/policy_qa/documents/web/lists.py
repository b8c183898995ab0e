"""The numbers that a browser puts before the items of a list."""

from __future__ import annotations

import re
from dataclasses import dataclass

from policy_qa.citing.grammar import ordinal
from policy_qa.numerals import to_han

_STYLE = re.compile(r"list-style(?:-type)?\s*:([^;]*)")
_FORMAL = str.maketrans("零一二三四五六七八九十百千", "零壹贰叁肆伍陆柒捌玖拾佰仟")
_HAN = "cjk-ideographic|(?:simp|trad)-chinese-informal|cjk-decimal|japanese-informal"
_KNOWN = re.compile(
    rf"(?:{_HAN}|(?:simp|trad)-chinese-formal|cjk-heavenly-stem|cjk-earthly-branch|decimal-leading-zero|decimal|"
    r"(?:lower|upper)-(?:alpha|latin|roman)|none|disc|circle|square)(?![\w-])"
)
_TYPES = {"1": "decimal", "a": "lower-alpha", "A": "upper-alpha", "i": "lower-roman", "I": "upper-roman"}
_WHOLE = re.compile(r"\s*([+-]?\d{1,6})")
#: A number that a text brings along: a page that numbers by hand in a list hides the list's own in its stylesheet.
_OWN = re.compile(
    rf"\s*(?:{ordinal('编|章|节|条|款|项')}|"
    r"[（(]\s*[\d一二三四五六七八九十百]{1,4}\s*[）)]|"
    r"[一二三四五六七八九十百]{1,4}\s*[、．.]|\d{1,3}\s*(?:[、．)）]|\.(?!\d))|[①-⑳])"
)


@dataclass(slots=True)
class ListNumbers:
    """One list while it is read: the style of its numbers, the next one, and the step from one to another."""

    style: str
    next: int = 1
    step: int = 1

    def marker(self, value: str | None, style: str) -> str:
        """What stands before the next item; empty for a list without numbers. `value` is the item's own number."""
        own = whole(value)
        if own is not None:
            self.next = own
        number = self.next
        self.next += self.step
        return _written(number, style or self.style)


def whole(text: str | None) -> int | None:
    """The whole number that an attribute gives, or None."""
    match = _WHOLE.match(text or "")
    return int(match.group(1)) if match else None


def list_style(style: str, kind: str | None) -> str:
    """The style of numbers that a `style` (in lower case) or a `type` attribute asks for; empty where none does."""
    for value in reversed(_STYLE.findall(style)):
        if match := _KNOWN.search(value):
            return match.group()
    return _TYPES.get((kind or "").strip(), "")


def brings_its_own(text: str) -> bool:
    """Whether a list item's text begins with a number of its own."""
    return _OWN.match(text) is not None


def _written(number: int, style: str) -> str:
    if style in ("none", "disc", "circle", "square"):
        return ""
    if re.fullmatch(_HAN, style) and number >= 0:
        return f"{_digits(number) if style == 'cjk-decimal' else to_han(number)}、"
    if style.endswith("chinese-formal") and number >= 0:
        return f"{re.sub('^十', '一十', to_han(number)).translate(_FORMAL)}、"
    cycle = {"cjk-heavenly-stem": "甲乙丙丁戊己庚辛壬癸", "cjk-earthly-branch": "子丑寅卯辰巳午未申酉戌亥"}.get(
        style, ""
    )
    if 0 < number <= len(cycle):
        return f"{cycle[number - 1]}、"
    if style.endswith(("alpha", "latin")) and number > 0:
        return _cased(_letters(number), style) + ". "
    if style.endswith("roman") and 0 < number < 4000:
        return _cased(_roman(number), style) + ". "
    return f"{number:02d}. " if style == "decimal-leading-zero" else f"{number}. "


def _cased(text: str, style: str) -> str:
    return text.upper() if style.startswith("upper") else text


def _digits(number: int) -> str:
    return "".join("〇一二三四五六七八九"[int(digit)] for digit in str(number))


def _letters(number: int) -> str:
    out = ""
    while number:
        number, digit = divmod(number - 1, 26)
        out = chr(ord("a") + digit) + out
    return out


def _roman(number: int) -> str:
    out = ""
    for value, sign in zip(
        (1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1),
        ("m", "cm", "d", "cd", "c", "xc", "l", "xl", "x", "ix", "v", "iv", "i"),
        strict=True,
    ):
        out += sign * (number // value)
        number %= value
    return out
