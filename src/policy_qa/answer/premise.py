"""Numbers that a question asserts and a provision contradicts: 「任期5年是哪一条规定的」 against 「任期3年」."""

from __future__ import annotations

import re

from policy_qa.numerals import HAN_NUMERAL_CHARS, parse_number
from policy_qa.words import normalize

_UNITS = (
    "年",
    "届",
    "次",
    "人",
    "名",
    "个月",
    "月",
    "天",
    "日",
    "周",
    "学期",
    "万元",
    "元",
    "小时",
    "分钟",
    "份",
    "岁",
)
_QUANTITY = re.compile(
    rf"(?<![\d第])(\d{{1,3}}|[{HAN_NUMERAL_CHARS}]{{1,4}})\s*(?:个)?({'|'.join(sorted(_UNITS, key=len, reverse=True))})"
)
_ASKS = re.compile(r"[几多]")


def contradicted(question: str, quotes: str) -> list[tuple[str, str]]:
    """(what the question says, what the text says) for quantities of one unit that nowhere agree.

    >>> contradicted("任期5年是哪一条？", "任期3年，可连聘连任，连任不超过2届")
    [('5年', '3年')]
    >>> contradicted("任期3年吗？", "任期3年")
    []
    """
    asked, found = _quantities(question), _quantities(quotes)
    out = []
    for unit, (value, shown) in asked.items():
        same_unit = [(v, s) for u, (v, s) in found.items() if u == unit]
        if same_unit and all(v != value for v, _ in same_unit):
            out.append((shown, same_unit[0][1]))
    return out


def _quantities(text: str) -> dict[str, tuple[int, str]]:
    """Unit -> (value, as written), the first of each unit; years of the calendar are none."""
    out: dict[str, tuple[int, str]] = {}
    for match in _QUANTITY.finditer(normalize(text)):
        value = parse_number(match.group(1))
        unit = match.group(2)
        if value is not None and not (unit == "年" and value > 100) and unit not in ("日", "月"):
            out.setdefault(unit, (value, match.group()))
    return out
