"""What value a question asks for, in the kinds and units of `values`: a sum, a period, a number of persons.

Grammar of question words, closed and the same in every subject. Which text answers, the reader has learned; this tells
which value of it to show first, and which one a refusal misses.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from policy_qa.values import UNITS, Value, ValueKind, values_in

#: A kind of value; of plain numbers also what is counted, None for anything.
Given = frozenset[tuple[ValueKind, str | None]]


def _any(*kinds: ValueKind) -> Given:
    return frozenset((kind, None) for kind in kinds)


_AMOUNT = _any(ValueKind.NUMBER, ValueKind.MONEY, ValueKind.PERCENT, ValueKind.DURATION, ValueKind.AGE)
_OFTEN: Given = frozenset({(ValueKind.FREQUENCY, None), (ValueKind.NUMBER, "次")})
_SHARE: Given = frozenset({(ValueKind.PERCENT, None), (ValueKind.NUMBER, "")})
#: Name of a kind (answer.phrases.KINDS), how it is asked for, what gives it; the first of those that overlap counts.
_ASKED: tuple[tuple[str, re.Pattern[str], Given], ...] = tuple(
    (name, re.compile(pattern), given)
    for name, pattern, given in (
        ("frequency", r"多(?:久|长时间|少时间).{0,10}[次回开]|频率|\bhow (?:often|frequent)", _OFTEN),
        ("money", r"多少钱|金额|数额|\bhow much\b", _any(ValueKind.MONEY)),
        ("percentage", r"百分之[几多]|比例|\bper ?cent|\bproportion\b", _SHARE),
        ("age", r"年龄|多大(?:岁数|年纪)|\bhow old\b", _any(ValueKind.AGE)),
        ("duration", r"多久|多长|时长|\bhow long\b", _any(ValueKind.DURATION)),
        (
            "deadline",
            r"截止|最[晚迟]|(?:什么时候|何时|哪天|几号)之?前|\bdeadline\b|\bby (?:what|which|when)\b",
            _any(ValueKind.DATE, ValueKind.DURATION, ValueKind.CLOCK),
        ),
        (
            "date",
            r"什么时候|何时|哪一?[年天日]|几[月号]|几点|日期|\bwhen\b|\bwhat (?:date|day|year|time)\b",
            _any(ValueKind.DATE, ValueKind.CLOCK),
        ),
    )
)
# 「哪几家」 and 「这几份文件」 say what is spoken of and ask for no number.
_HOW_MANY = re.compile(
    r"(?:(?<![这那哪])几|多少)个?(?P<unit>" + "|".join(sorted(map(re.escape, UNITS), key=len, reverse=True)) + ")"
)
_HOW_MANY_EN = re.compile(r"\bhow (?:many|few) (?P<unit>\w+)")
_HOW_MUCH = re.compile(r"多少|(?<![这那哪])几(?=个)|\bhow many\b")
_ENGLISH = {"years": "年", "months": "个月", "weeks": "周", "days": "天", "hours": "小时", "minutes": "分钟"}
_ENGLISH |= {"people": "人", "persons": "人", "members": "人", "experts": "人", "times": "次", "terms": "届"}
#: 次 counts a rhythm too, and 个 whatever there is; names of the kinds of other units than those of plain numbers.
_COUNTS = {"次": _OFTEN, "个": _AMOUNT}
_NAMES = {
    ValueKind.DURATION: "duration",
    ValueKind.MONEY: "money",
    ValueKind.PERCENT: "percentage",
    ValueKind.AGE: "age",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """The kinds of value that a question asks for, by name, each with what gives it; false where it asks for none."""

    kinds: tuple[tuple[str, Given], ...]

    def __bool__(self) -> bool:
        return bool(self.kinds)

    def given(self, text: str) -> bool:
        """Whether a text has a value of any of the kinds."""
        return len(self.lacking(text)) < len(self.kinds)

    def values(self, text: str) -> list[Value]:
        """The values of these kinds in a text."""
        return [
            v for v in values_in(text) if any({(v.kind, v.unit), (v.kind, None)} & given for _, given in self.kinds)
        ]

    def lacking(self, text: str) -> list[str]:
        """The names of the kinds of which a text has no value."""
        found = {(v.kind, unit) for v in values_in(text) for unit in (v.unit, None)}
        return [name for name, given in self.kinds if not given & found]


NOTHING = Wanted(())


def wanted(question: str) -> Wanted:
    """What kinds of value a question (normalised) asks for.

    >>> [name for name, _ in wanted("任期几年，津贴多少钱").kinds]
    ['money', 'duration']
    """
    found: dict[str, Given] = {}
    rest = question
    for name, pattern, given in _ASKED:
        if pattern.search(rest):
            found[name] = given
            rest = pattern.sub("。", rest)
    for match in (*_HOW_MANY.finditer(rest), *_HOW_MANY_EN.finditer(rest)):
        if (unit := _ENGLISH.get(match["unit"], match["unit"])) in UNITS:
            kind, counted, _ = UNITS[unit]
            name = _NAMES.get(kind, "count")
            own = frozenset({(kind, counted)}) if name == "count" else _any(kind)
            found[name] = found.get(name, frozenset()) | _COUNTS.get(counted, own)
    if not found and _HOW_MUCH.search(rest):
        found["count"] = _AMOUNT
    return Wanted(tuple(found.items()))
