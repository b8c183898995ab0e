"""Whether a stretch of text gives the very kind of answer that a question asks for: a number of years, a sum, a grade.

A Focus (see focus.py) is broad. What is here is narrow enough that words about the matter without it don't answer:
who asks how many experts there are isn't helped by a sentence on experts without a number.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from policy_qa.retrieval.focus import Focus, asked_units, holds, holds_unit
from policy_qa.retrieval.question import Question
from policy_qa.words import normalize

#: Kinds of answer narrower than a Focus: how people ask for one, and what a text has to show that gives it.
_NARROW = tuple(
    (name, re.compile(asked), re.compile(shown))
    for name, asked, shown in (
        ("percentage", r"百分之(?:几|多少)|比例|占.{0,8}(?:多少|几)|\bper ?cent|\bproportion\b", r"%|百分之|分之|比例"),
        ("score", r"多少分|几分|总分|分数|及格线|\bscore\b", r"\d\s*分(?!之)|[一二三四五六七八九十百]分(?!之)"),
        ("rank", r"第?几级|哪一?级|什么级别|等级|职称|职级|\brank\b", r"级|职称"),
        ("age", r"年龄|多少岁|几岁|多大岁数|\bage\b|\bhow old\b", r"岁|年龄|\bage\b"),
        (
            "name",
            r"(?:现在|目前|现任|如今|当前).{0,8}(?:谁|哪位|何人)|叫什么|姓名|名字|(?:是|姓)哪位|\bname of the\b",
            r"姓名|同志|先生|女士|联系人",
        ),
        ("day", r"哪一?天|几月几[日号]|几号|哪年哪月|具体日期|\bwhat (?:day|date)\b", r"\d\s*月\s*\d{1,2}\s*日"),
        ("website", r"网址|网站地址|链接|公众号|下载|官网|\bwebsite\b|\burl\b", r"http|www|网址|公众号|网站"),
        ("postcode", r"邮编|邮政编码|\bpostcode\b|\bzip code\b", r"(?<!\d)\d{6}(?!\d)"),
    )
)
#: Kinds of Focus that are as narrow: text without them doesn't answer.
_STRICT = frozenset(
    {
        Focus.DURATION,
        Focus.FREQUENCY,
        Focus.COUNT,
        Focus.MONEY,
        Focus.DATE,
        Focus.DEADLINE,
        Focus.CONTACT,
        Focus.INTERPRETATION,
        Focus.NUMBER,
    }
)
#: What a unit says more exactly.
_COUNTED = frozenset({Focus.DURATION, Focus.FREQUENCY, Focus.COUNT})


@dataclass(frozen=True, slots=True)
class Wanted:
    """The kinds of answer that a question asks for: units of a number (of what: `counted`), strict and broad ones.

    `narrow` holds names and what a text has to show.
    """

    units: frozenset[str]
    counted: tuple[Focus, ...]
    strict: tuple[Focus, ...]
    broad: tuple[Focus, ...]
    narrow: tuple[tuple[str, re.Pattern[str]], ...]

    @property
    def any(self) -> bool:
        """Whether it asks for a kind that is known at all."""
        return bool(self.units or self.strict or self.broad or self.narrow)

    def given(self, text: str) -> float:
        """Share of the strict and narrow kinds that a text (normalised) gives; 1 where none is asked for."""
        found = [holds(text, f) for f in self.strict] + [bool(p.search(text)) for _, p in self.narrow]
        if self.units:
            found.append(holds_unit(text, self.units))
        return sum(found) / len(found) if found else 1.0

    def hinted(self, text: str) -> float:
        """Share of the broad kinds that a text shows; 1 where none is asked for."""
        return sum(holds(text, f) for f in self.broad) / len(self.broad) if self.broad else 1.0

    def narrow_missing(self, text: str) -> bool:
        """Whether a narrow kind is asked for that the text doesn't give."""
        return any(not p.search(text) for _, p in self.narrow)

    def lacking(self, text: str) -> list[str]:
        """The kinds that are asked for and that a text doesn't give, by name: the narrow ones first."""
        found = [name for name, p in self.narrow if not p.search(text)]
        if self.units and not holds_unit(text, self.units):
            found += [f.value for f in self.counted] or [Focus.COUNT.value]
        return found + [f.value for f in (*self.strict, *self.broad) if not holds(text, f)]


def wanted(question: Question) -> Wanted:
    """What kinds of answer a question asks for."""
    asked = normalize(question.text)
    units = asked_units(asked)
    narrow = tuple((name, shown) for name, trigger, shown in _NARROW if trigger.search(asked))
    said = _COUNTED if units else {Focus.COUNT} if narrow else frozenset()
    strict = [f for f in question.focuses if f in _STRICT and f not in said]
    return Wanted(
        units=units,
        counted=tuple(f for f in question.focuses if units and f in _COUNTED),
        strict=tuple(strict),
        broad=tuple(f for f in question.focuses if f not in _STRICT),
        narrow=narrow,
    )
