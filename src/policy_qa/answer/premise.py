"""Values that a question asserts and a provision contradicts: 「任期5年是哪一条规定的」 against 「任期3年」.

Two values are compared only where their kind and unit are one (`values.compare`) and where they are about one matter:
the words right beside them, 任期 or 住宿费, have to meet. A value that somebody counts by (一年几次), or tells of
his own case (请假5天要谁批), asserts nothing. A wrong warning is worse than none, so every doubt is for silence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from policy_qa.values import Relation, Value, ValueKind, compare, fold, values_in

#: Kinds of value that are no amount of anything, and the kind of amount that needs no unit.
_NO_AMOUNT = frozenset({ValueKind.DATE, ValueKind.ORDINAL, ValueKind.PROVISION_NUMBER, ValueKind.FREQUENCY})
_BARE = frozenset({ValueKind.PERCENT})
_SENTENCE = re.compile(r"[。；！？;!?\n]")
_CLAUSE = re.compile(r"[，。；：！？,;:!?\n（）()、“”\"]")
#: Who asks for the ground of a rule, or whether it is so, takes what he says for the rule.
_ASSERTS = re.compile(
    r"为什么|为何|为啥|凭什么|怎么(?:就)?(?:只|要|能)|哪一?条|第几[章条款项]|条款|哪里写|写在|出自|规定|依据|对吗|对不对|对吧|是吗|是吧|是不是|"
    r"真的|没错|不是说|听说|据说|既然|明明|吗[？?]?\s*$|吧[？?]?\s*$"
)
#: One's own case, or a supposed one: the rule is asked for, not told.
_SUPPOSES = re.compile(
    r"如果|假如|要是|假设|我们?|本人|自己|已经?|刚|才(?!能)|还差|不止|并非|不是(?!说|吗)|怎么办|怎么算|够不够|算不算|算.{0,6}吗"
)
#: Words that stand beside values of any matter.
_GENERAL = re.compile(
    r"不得|不能|不超过|应当|必须|可以|可|能|需要|需|要|规定|标准|一律|原则上|一般|最多|最少|最高|最低|至少|至多|上限|下限|额度|数额|"
    r"只|就|都|也|还|仅|为什么|为何|为|是|满|达到|达|共|约|每人|每位|每名|每天|每日|每年|每次|每学期|每|按|以|由|内|的|地|了|过|吗|吧|呢|有|在|"
    r"给予|给|和|与|或者|或|及|之|其|该|本|从|自|起|计|间|时间|期间|期限|时限|制度|办法|学校|学院|老师|教师|学生|人员|职工"
)
#: Characters on either side of a value that tell what it is of.
_REACH = 14
#: What must follow a value at once to be its matter: 5年以上工作经历, 2名导师.
_BEHIND = 6


@dataclass(frozen=True, slots=True)
class _Amount:
    """A value with the words before and behind it, general ones blanked, and what it is counted per (每学期)."""

    value: Value
    before: str
    behind: str
    per: frozenset[str]


def contradicted(question: str, quotes: str) -> list[tuple[str, str]]:
    """(what the question says, what the text says) where the text gives another value for the same matter.

    >>> contradicted("任期5年是哪一条？", "任期3年，可连聘连任，连任不超过2届")
    [('5年', '3年')]
    >>> contradicted("工作满5年就能当，对吗？", "任期3年，可连聘连任")
    []
    """
    if not _ASSERTS.search(question) or _SUPPOSES.search(question):
        return []
    found = list(_amounts(quotes))
    out = []
    for asked in _amounts(question):
        near = [(_nearness(asked, a), a) for a in found if _comparable(asked, a)]
        best = max((n for n, _ in near), default=0)
        same_matter = {a.value.key: a.value for n, a in near if n and n == best}
        # Several values for the matter (a rate for each rank): which is meant isn't said.
        agrees = any(compare(asked.value, a.value) is not Relation.APART for n, a in near if n)
        if len(same_matter) == 1 and not agrees:
            out.append((asked.value.text, next(iter(same_matter.values())).text))
    return out


def _amounts(text: str) -> Iterator[_Amount]:
    plain = fold(text)
    values = values_in(text)
    amounts = [v for v in values if v.kind not in _NO_AMOUNT and (v.unit or v.kind in _BARE) and not _loose(v, plain)]
    for number, value in enumerate(amounts):
        start = amounts[number - 1].end if number else 0
        end = amounts[number + 1].start if number + 1 < len(amounts) else len(plain)
        clauses = _CLAUSE.split(_SENTENCE.split(plain[start : value.start])[-1])
        before = _GENERAL.sub(" ", clauses[-1][-_REACH:])
        behind = _GENERAL.sub(" ", _CLAUSE.split(plain[value.end : min(end, value.end + _BEHIND)])[0])
        if len(clauses) > 1 and not (before + behind).strip():
            # 「伙食补助费按天计算，每人每天100元」: the clause before says what of.
            before = _GENERAL.sub(" ", clauses[-2][:_REACH])
        per = {v.unit for v in values if v.kind is ValueKind.FREQUENCY and 0 <= value.start - v.end <= _BEHIND}
        yield _Amount(value, before, behind, frozenset(per))


def _loose(value: Value, text: str) -> bool:
    """Whether a value is 一次, 一年, as often "a" as "one"; not with a bound, and not in 满一年."""
    return fold(value.text)[:1] == "一" and not value.bound and text[: value.start].rstrip()[-1:] not in tuple("满期")


def _comparable(a: _Amount, b: _Amount) -> bool:
    if (a.value.kind, a.value.unit) != (b.value.kind, b.value.unit):
        return False
    return not (a.per and b.per and a.per.isdisjoint(b.per))


def _nearness(a: _Amount, b: _Amount) -> int:
    """How many characters of matter two values have in common; 0 where they aren't about the same."""
    return max(
        _shared(a.before, b.before),
        _shared(a.behind, b.behind),
        _shared(a.before, b.behind),
        _shared(a.behind, b.before),
    )


def _shared(one: str, other: str) -> int:
    """The characters of the longest words, of two Chinese characters at least, that stand in both."""
    pairs = {one[i : i + 2] for i in range(len(one) - 1)} & {other[i : i + 2] for i in range(len(other) - 1)}
    return len([p for p in pairs if p.isalnum()])
