"""Negation and modality: what a rule demands, permits or forbids, and what it denies.

「应当」 and 「必须」 have one force in Chinese rules (立法技术规范（试行）（一）: no difference in
substance), and so have 「不得」, 「禁止」 and 「严禁」. 「不能」 and 「不应」 keep a class of their own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class Polarity(StrEnum):
    """A mark of force; the value names it for people."""

    DUTY = "应当"
    PERMISSION = "可以"
    PROHIBITION = "不得"
    EXEMPTION = "不必"
    NEGATION = "不"
    ABSENCE = "无"
    NOT_YET = "未"


@dataclass(frozen=True, kw_only=True, slots=True)
class Mark:
    """A word of negation or modality at [start, end) of a text."""

    kind: Polarity
    text: str
    start: int
    end: int


#: Words in which 不, 未, 无, 非 deny nothing that the sentence says, or that are names of things.
_NO_NEGATION = (
    "不断|不仅|不但|不只|不光|不单|不同|不少|不久|不论|不管|不时|不定期|不过|不动产|不可抗力|不良|不足|不可避免|不可或缺|"
    "无论|无线|无人机|无障碍|无偿|无形资产|无纸化|未来|未成年|未婚|非常|非遗|非物质|非营利|非法|并非易事|非学历|非全日制|除非|"
    "莫不|不外乎|不限于|不限"
)
_BOUNDS = "不(?:得|应)?(?:少于|低于|超过|多于|高于|大于|小于|迟于|晚于|早于)"
_DOUBLE = "不得不|不能不|不可不|无不|非.{1,6}不可|无非|不无|未必不"
#: A prohibition in one word; also used to compare texts, so it may only hold what has one meaning.
PROHIBITIONS = "不得|不准|不可以|不可(?!抗|避|或|缺|分|能)|不许|不允许|严禁|禁止"
DUTIES = "应当|应该|必须|(?<![无])须(?!知)|(?<![相响适反供效对感回呼因])应(?![用急对变届聘征答试激邀付收])"
PERMISSIONS = "可以|(?<![许认宁不])可(?![能靠行信持见观视谓比控逆])|准许|(?<!不)允许"
_EXEMPTIONS = "不必|无须|无需|毋须|不需要?|不须|不用(?![途作于])"
_MARK = re.compile(
    rf"(?P<skip>{_BOUNDS}|{_NO_NEGATION})|(?P<double>{_DOUBLE})|(?P<PROHIBITION>{PROHIBITIONS})"
    rf"|(?P<EXEMPTION>{_EXEMPTIONS})|(?P<PERMISSION>{PERMISSIONS})|(?P<NOT_YET>未)|(?P<ABSENCE>没有|没|无)"
    rf"|(?P<NEGATION>不|非)|(?P<DUTY>{DUTIES}|(?<![所急必军])需要?(?!求))"
)


def polarity_of(text: str) -> tuple[Mark, ...]:
    """The words of negation and modality in a text, in order; bounds of numbers (不少于) are none.

    A double negation is what it amounts to: 不得不 is a duty, 无不 nothing.

    >>> [[m.kind.value for m in polarity_of(t)] for t in ("可连任", "不可连任", "应当连任", "不断完善，不少于3年")]
    [['可以'], ['不得'], ['应当'], []]
    """
    out = []
    for match in _MARK.finditer(text):
        kind = match.lastgroup or ""
        if kind == "double" and match.group() in ("不得不", "不能不", "不可不"):
            kind = "DUTY"
        if kind in Polarity.__members__:
            out.append(Mark(kind=Polarity[kind], text=match.group(), start=match.start(), end=match.end()))
    return tuple(out)
