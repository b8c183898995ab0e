"""Values in a text: numbers with their unit and bound, dates, durations, sums, shares, ordinals, provision numbers.

Two texts agree in a value when they mean the same, however it is written: 三年, 3年, 叁年 and 36个月 are one
duration, 2024年3月26日 and 2024-03-26 one date. What bounds a number belongs to it: 不少于3年 is not 3年.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from functools import cache

from policy_qa.numerals import HAN_NUMERAL_CHARS, parse_number


class ValueKind(StrEnum):
    """What a value is of."""

    NUMBER = "number"
    DATE = "date"
    DURATION = "duration"
    MONEY = "money"
    PERCENT = "percent"
    ORDINAL = "ordinal"
    AGE = "age"
    FREQUENCY = "frequency"
    CLOCK = "clock"
    PROVISION_NUMBER = "provision"


@dataclass(frozen=True, kw_only=True, slots=True)
class Value:
    """A value at [start, end) of a text.

    `value` is comparable within a kind: a Fraction (of a range the pair of its ends), an ISO date (`2024-03-26`,
    `2024`, `--03-26`), a time of day (`23:30`), for a provision its number. `unit` is the unit that it is counted in
    (months for years); `bound` is `ge`, `le`, `gt`, `lt`, two of them joined by `+`, or empty; `marked` is the place of
    a bound that stands apart from its number (最多可以获得两项).
    """

    kind: ValueKind
    value: Fraction | str | tuple[Fraction, Fraction]
    unit: str = ""
    bound: str = ""
    text: str
    start: int
    end: int
    marked: tuple[int, int] | None = None

    @property
    def lower(self) -> Fraction | None:
        """The least amount that it allows; None where there is none, or it is no amount."""
        if isinstance(self.value, str) or (self.bound and self.bound[0] != "g"):
            return None
        return self.value[0] if isinstance(self.value, tuple) else self.value

    @property
    def upper(self) -> Fraction | None:
        """The greatest amount that it allows; None where there is none, or it is no amount."""
        if isinstance(self.value, str) or (self.bound and self.bound[0] != "l"):
            return None
        return self.value[1] if isinstance(self.value, tuple) else self.value

    @property
    def key(self) -> str:
        """The same for values that mean the same, and for no others."""
        kind = ValueKind.NUMBER if self.kind is ValueKind.PERCENT else self.kind
        value = "~".join(map(str, self.value)) if isinstance(self.value, tuple) else str(self.value)
        return f"{kind}:{value}:{self.unit}:{self.bound}"


class Relation(StrEnum):
    """What one value is to another."""

    SAME = "same"
    #: An amount that the other, a range or bounded, allows: 5家 under 不少于3家.
    WITHIN = "within"
    #: The same amount, otherwise bounded: 3年 and 不少于3年.
    BOUND = "bound"
    APART = "apart"
    #: Of other kinds or units: nothing can be said.
    UNLIKE = "unlike"


def compare(said: Value, rule: Value) -> Relation:
    """What a value that somebody states is to the one that a rule sets.

    Shares and plain numbers are one kind (三分之二, 67%); months and days are two units.
    """
    if said.key == rule.key:
        return Relation.SAME
    if (_measure(said), said.unit) != (_measure(rule), rule.unit):
        return Relation.UNLIKE
    if said.value == rule.value:
        return Relation.BOUND
    if isinstance(said.value, str) or isinstance(rule.value, str):
        return Relation.APART
    if said.bound or not (rule.bound or isinstance(rule.value, tuple)):
        return Relation.APART
    low, high = said.value if isinstance(said.value, tuple) else (said.value, said.value)
    over = rule.lower is None or low >= rule.lower
    under = rule.upper is None or high <= rule.upper
    return Relation.WITHIN if over and under else Relation.APART


def admits(rule: Value, said: Value) -> bool | None:
    """Whether the amounts that a rule speaks of have one that somebody states; None where they are of other kinds.

    >>> [admits(*values_in(t)) for t in ("10分钟以内，5分钟", "超过10分钟，10分钟", "不满3年，5年", "3年，3天")]
    [True, False, False, None]
    """
    relation = compare(said, rule)
    if relation is Relation.UNLIKE or isinstance(rule.value, str):
        return None
    if relation is Relation.BOUND:
        return said.bound[:1] == rule.bound[:1] if said.bound else rule.bound not in ("gt", "lt")
    return relation is not Relation.APART


def _measure(value: Value) -> ValueKind:
    return ValueKind.NUMBER if value.kind is ValueKind.PERCENT else value.kind


_HAN = f"[{HAN_NUMERAL_CHARS}]"
_ARABIC = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
_N = (
    rf"(?:{_ARABIC}(?:\s*+[十百千万亿]+(?:\d+[十百千万]+){{0,8}})?"
    rf"|[{HAN_NUMERAL_CHARS}亿](?:\s*+[{HAN_NUMERAL_CHARS}亿])*(?:点{_HAN}+)?|[俩半])"
)
_TO = r"\s*+(?:-|~|～|—+|–|至|到)\s*+"
_BEFORE = {
    "ge": "不少于|不低于|不得少于|不得低于|不应少于|不应低于|不小于|不短于|大于等于|至少|最少|起码|最低|最短",
    "le": "不超过|不多于|不高于|不得超过|不得多于|不得高于|不应超过|不大于|不得大于|不长于|小于等于"
    "|至多|最多|最高|最长",
    "gt": "超过|多于|大于|高于|超出",
    "lt": "少于|低于|小于|不足|不满|未满|不到",
}
_AFTER = {"ge": "(?:及|或|或者|和)?其?以上", "le": "(?:及|或|或者|和)?其?(?:以下|以内|之内)"}
#: Unit as written -> (kind, unit that it is counted in, how many of those it is).
UNITS: dict[str, tuple[ValueKind, str, Fraction]] = {}
for _kind, _to, _times, _names in (
    (ValueKind.DURATION, "month", 12, "年|周年|个年头"),
    (ValueKind.DURATION, "month", 1, "个月|个自然月"),
    (ValueKind.DURATION, "day", 7, "周|个?星期"),
    (ValueKind.DURATION, "day", 1, "日|天|个?自然日"),
    (ValueKind.DURATION, "workday", 1, "个?工作日|个?工作天"),
    (ValueKind.DURATION, "minute", 60, "个?小时|个?钟头"),
    (ValueKind.DURATION, "minute", 1, "分钟"),
    (ValueKind.DURATION, "term", 1, "个?学期"),
    (ValueKind.DURATION, "schoolyear", 1, "个?学年"),
    (ValueKind.DURATION, "quarter", 1, "个?季度"),
    (ValueKind.MONEY, "元", 1, "元|块钱|元人民币"),
    (ValueKind.MONEY, "美元", 1, "美元"),
    (ValueKind.PERCENT, "", Fraction(1, 100), "%"),
    (ValueKind.PERCENT, "", Fraction(1, 1000), "‰"),
    (ValueKind.NUMBER, "百分点", 1, "个?百分点"),
    (ValueKind.AGE, "周岁", 1, "周岁"),
    (ValueKind.AGE, "岁", 1, "岁"),
    (ValueKind.NUMBER, "人", 1, "名|位|人"),
    (ValueKind.NUMBER, "倍", 1, "倍"),
):
    for _name in _names.split("|"):
        for _written in (_name.replace("个?", ""), _name.replace("个?", "个")):
            UNITS[_written] = (_kind, _to, Fraction(_times))
_COUNTED = (
    "次|回|届|份|个|件|项|篇|门|学分|学时|课时|分|级|所|台|场|期|轮|条|页|字|层|间|平方米|平方公里|公里|千米|厘米|毫米|米|吨|"
    "千克|公斤|公顷|亩|克|升|户|家|本|册|部|套|批|支|张|票|种|类|号|方面|日元|港元|欧元|度|千瓦|伏|艘|辆|头|枚|株|座|处|款|等"
)
for _name in _COUNTED.split("|"):
    UNITS.setdefault(_name, (ValueKind.NUMBER, "次" if _name == "回" else _name, Fraction(1)))
_UNIT = "|".join(sorted(map(re.escape, UNITS), key=len, reverse=True))
_YEAR = rf"(?:[12]\d{{3}}|[一二][{HAN_NUMERAL_CHARS}○]{{3}})"
_N2 = rf"(?:\d{{1,2}}|{_HAN}{{1,3}})"
_PERIOD = "半年|学年度?|学期|年度|年|季度|个?月份?|周|个?星期|天|日|次|届|人"
_ORDINALUNITS = "届|名|次|批|期|轮|学期|学年|季度|年|个|位|等|级|志愿|类|种|方|天|日|周|阶段|步|线|代|责任人|副|作者"
_PATTERN = re.compile(
    r"(?<![\d:第.])(?P<h>\d{1,2})(?:\s*+[:：]\s*+(?P<min>[0-5]\d)(?![\d:])|时(?![候间长期])|点(?=钟|整|[前后]|以[前后]|之[前后]|至|到))"
    rf"|(?P<y1>{_YEAR})\s*+(?:年\s*+)?{_TO}(?P<y2>{_YEAR})\s*+年"
    rf"|(?P<y>{_YEAR})\s*+年(?!级|代)(?:\s*+(?P<m>{_N2})\s*+月(?:\s*+(?P<d>{_N2})\s*+[日号])?)?"
    r"|(?<![\d.-])(?P<iy>[12]\d{3})(?P<sep>[-/.])(?P<im>\d{1,2})(?P=sep)(?P<id>\d{1,2})(?![\d.-])"
    rf"|(?P<m2>{_N2})\s*+月\s*+(?P<d2>{_N2})\s*+[日号]"
    rf"|附\s*+[件表录]\s*+(?P<app>\d{{1,3}}|{_HAN}{{1,3}})"
    rf"|第\s*+[（(]?\s*+(?P<pn>{_N})\s*+[）)]?\s*+(?P<pu>条|款|项|目|章|节|编|部分)(?:\s*+之\s*+(?P<sub>{_HAN}{{1,3}}|\d{{1,2}}))?"
    rf"|第\s*+(?P<on>{_N})\s*+(?P<ou>{_ORDINALUNITS})"
    rf"|每\s*+(?P<fn>{_N})?\s*+(?P<fu>{_PERIOD})"
    rf"|(?:(?P<before>{'|'.join(b for v in _BEFORE.values() for b in v.split('|'))})\s*+)?(?:人民币\s*+)?(?:"
    rf"百分之\s*+(?P<pc>{_N})(?:{_TO}(?:百分之)?\s*+(?P<pc2>{_N}))?"
    rf"|(?P<den>{_HAN}+|\d+)\s*+分之\s*+(?P<num>{_HAN}+|\d+)"
    r"|(?<![\d/])(?P<a>\d{1,3})/(?P<b>\d{1,3})(?![\d/])"
    rf"|(?P<n1>{_N})(?:{_TO}(?P<n2>{_N}))?\s*+(?P<u>{_UNIT})(?P<half>半)?(?![级代龄薪](?!以))"
    rf"|(?P<bare>(?<![A-Za-z\d.]){_ARABIC}(?:\s*+[万亿])?)(?:{_TO}(?P<bare2>{_ARABIC}))?"
    rf")\s*+(?P<after>{'|'.join(_AFTER.values())})?"
)
#: More digits than any quantity has, as `parse_number` has it.
_ENDLESS = re.compile(
    r"\d{41,}+(?:[.,]\d++)*+|\d{1,3}(?:,\d{3}){13,}+"
    rf"|[{HAN_NUMERAL_CHARS}亿](?:\s*+[{HAN_NUMERAL_CHARS}亿]){{40,}}+"
)
_BOUND = {written: bound for bound, words in _BEFORE.items() for written in words.split("|")}
#: Kinds that are no amount of anything, so that nothing bounds them.
_UNBOUNDED = (ValueKind.DATE, ValueKind.ORDINAL, ValueKind.PROVISION_NUMBER, ValueKind.FREQUENCY, ValueKind.CLOCK)
_BOUND_APART = re.compile("|".join(sorted(_BOUND, key=len, reverse=True)))
_CLAUSE_END = re.compile(r"[，。；：,;:!?！？\n]")
#: No bound is further from its number than this.
_APART = 14


@cache
def _half_width(char: str) -> str:
    plain = unicodedata.normalize("NFKC", char)
    return plain if len(plain) == 1 else char


def fold(text: str) -> str:
    """The text in half width, character by character, so that offsets stay."""
    return "".join(map(_half_width, text))


def values_in(text: str) -> tuple[Value, ...]:
    """The values in a text, in order; they don't overlap.

    >>> [(v.kind.value, v.key) for v in values_in("任期叁年，连任不超过2届，自2024年3月26日起")]  # doctest: +ELLIPSIS
    [('duration', 'duration:36:month:'), ('number', 'number:2:届:le'), ('date', 'date:2024-03-26::')]
    """
    plain = _ENDLESS.sub(lambda match: "\0" * len(match.group()), fold(text))
    out = []
    for match in _PATTERN.finditer(plain):
        found = _read(match)
        if found:
            kind, value, unit, bound = found
            start, end = match.span()
            while plain[start].isspace():
                start += 1
            while plain[end - 1].isspace():
                end -= 1
            out.append(
                Value(kind=kind, value=value, unit=unit, bound=bound, text=text[start:end], start=start, end=end)
            )
    return tuple(_bounded_from_afar(plain, out))


def _bounded_from_afar(plain: str, values: list[Value]) -> Iterator[Value]:
    """A bound may stand before the verb: 最多可以获得两项, 至少召开1次."""
    begin = 0
    for value in values:
        amount = value.kind not in _UNBOUNDED
        if amount and not value.bound:
            for match in _BOUND_APART.finditer(plain, max(begin, value.start - _APART), value.start):
                if not _CLAUSE_END.search(plain, match.end(), value.start):
                    value = replace(value, bound=_BOUND[match.group()], marked=match.span())
        begin = value.end if amount else begin
        yield value


_Read = tuple[ValueKind, Fraction | str | tuple[Fraction, Fraction], str, str]


def _read(match: re.Match[str]) -> _Read | None:
    g = match.groupdict()
    if g["h"]:
        return ValueKind.CLOCK, f"{int(g['h']):02d}:{g['min'] or '00'}", "", ""
    if g["y1"]:
        return ValueKind.DATE, f"{_int(g['y1'])}/{_int(g['y2'])}", "", ""
    if g["y"]:
        return ValueKind.DATE, _date(g["y"], g["m"], g["d"]), "", ""
    if g["iy"]:
        return ValueKind.DATE, _date(g["iy"], g["im"], g["id"]), "", ""
    if g["m2"]:
        return ValueKind.DATE, _date("", g["m2"], g["d2"]), "", ""
    if g["app"]:
        return ValueKind.PROVISION_NUMBER, str(_int(g["app"])), "附件", ""
    if g["pn"]:
        sub = f"-{_int(g['sub'])}" if g["sub"] else ""
        return ValueKind.PROVISION_NUMBER, f"{_int(g['pn'])}{sub}", g["pu"], ""
    if g["on"]:
        return ValueKind.ORDINAL, _number(g["on"]), g["ou"], ""
    if g["fu"]:
        unit = g["fu"].removeprefix("个").removesuffix("度" if g["fu"] != "季度" else "无").removesuffix("份")
        count = Fraction(1)
        if unit == "半年":
            unit, count = "月", Fraction(6)
        return ValueKind.FREQUENCY, (_number(g["fn"]) if g["fn"] else Fraction(1)) * count, f"每{unit}", ""
    return _quantity(g)


def _quantity(g: dict[str, str | None]) -> _Read | None:
    bound = _BOUND.get(g["before"] or "", "")
    if g["after"]:
        own = "ge" if g["after"].endswith("上") else "le"
        bound = own if bound in ("", own) else f"{bound}+{own}"
    if g["pc"]:
        return ValueKind.PERCENT, _range(g["pc"], g["pc2"], Fraction(1, 100)), "", bound
    if g["den"] or g["a"]:
        over, under = (g["num"], g["den"]) if g["den"] else (g["a"], g["b"])
        below = _number(under or "")
        return (ValueKind.NUMBER, _number(over or "") / below, "", bound) if below else None
    if g["n1"]:
        unit = g["u"] or ""
        if unit not in UNITS:
            return None
        kind, to, times = UNITS[unit]
        value = _range(g["n1"], g["n2"], times)
        if g["half"] and not isinstance(value, tuple):
            value += times / 2
        return kind, value, to, bound
    return ValueKind.NUMBER, _range(g["bare"] or "", g["bare2"], Fraction(1)), "", bound


def _range(low: str, high: str | None, times: Fraction) -> Fraction | tuple[Fraction, Fraction]:
    if high is None:
        return _number(low) * times
    # 3-5万: the scale behind the second belongs to both.
    if high[-1] in "万亿" and low[-1] not in "万亿" and low[-1].isdigit():
        low += high[-1]
    return _number(low) * times, _number(high) * times


def _date(year: str, month: str | None, day: str | None) -> str:
    parts = [str(_int(year)) if year else "-"]
    if month:
        parts.append(f"{_int(month):02d}")
    if day:
        parts.append(f"{_int(day):02d}")
    return "-".join(parts)


def _int(text: str) -> int:
    return int(_number(text))


def _number(text: str) -> Fraction:
    """The value of a number as a rule writes it: 1,000, 3.5万, 三点五, 一亿二千万, 半."""
    text = "".join(text.replace(",", "").split())
    if text in ("半", "俩"):
        return Fraction(1, 2) if text == "半" else Fraction(2)
    if "亿" in text:
        head, _, rest = text.partition("亿")
        return _number(head or "1") * 100_000_000 + (_number(rest) if rest else 0)
    if match := re.fullmatch(r"(\d+\.\d+|\d+)([十百千万]*)", text):
        out = Fraction(match.group(1))
        for scale in match.group(2):
            out *= {"十": 10, "百": 100, "千": 1000, "万": 10_000}[scale]
        return out
    if "点" in text:
        whole, _, digits = text.partition("点")
        tail = "".join(str(parse_number(d) or 0) for d in digits)
        return Fraction(f"{parse_number(whole) or 0}.{tail}")
    return Fraction(parse_number(text) or 0)
