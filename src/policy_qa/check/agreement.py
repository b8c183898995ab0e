"""Where a statement in a writer's own words contradicts the words of a provision.

A writer may shorten, turn round and leave out; what he may not do is give another value, forbid what is allowed, or
put another body in the place of the one that is named. The first is looked for in any statement, the others in one
that keeps close to the provision's words.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from policy_qa.check.material import Place, terms
from policy_qa.diff.model import Op, OpKind
from policy_qa.diff.words import Words, word_ops
from policy_qa.verify import Difference
from policy_qa.verify.names import is_name
from policy_qa.verify.polarity import Mark, Polarity, polarity_of
from policy_qa.verify.values import Value, ValueKind, values_of

#: The share in common from which a statement keeps close enough to a provision for its force and its names to count.
CLOSE = 0.62
#: Values that a rule sets and that can be compared with another of their kind.
_MEASURED = (ValueKind.DURATION, ValueKind.MONEY, ValueKind.PERCENT, ValueKind.AGE, ValueKind.NUMBER)
_COMPARED = (*_MEASURED, ValueKind.FREQUENCY, ValueKind.DATE)
#: Units that count the parts of a text: 「三个方面」, 「五项条件」.
_OF_TEXT = frozenset(("方面", "项", "款", "类", "种", "个", "条", "点", "件", "处", "等", ""))
_ANY_UNIT = (ValueKind.DURATION, ValueKind.MONEY, ValueKind.PERCENT, ValueKind.AGE)
_NEGATIVE = (Polarity.PROHIBITION, Polarity.NEGATION, Polarity.ABSENCE, Polarity.NOT_YET)
_BY = re.compile(
    r"由(?P<who>[\u4e00-\u9fffA-Za-z（）()、]{2,24}?)(?:进行|予以|共同|统一|具体|牵头|发文|提出|研究|正式|一并|依法)*"
    r"(?P<does>担任|兼任|提名|推荐|批准|审批|审议|审定|负责|任命|聘任|召集|主持|解释|决定|组织|制定|承担|组成|管理|监督)"
)


def quantities(words: str) -> tuple[Value, ...]:
    """The values of a text that a rule could set otherwise."""
    return tuple(v for v in values_of(words) if v.kind in _COMPARED)


def contradictions(
    said: str, held: Sequence[str], near: tuple[float, Place] | None, text: str, words: Words, *, attributed: bool
) -> tuple[Difference, ...]:
    """What a statement says against provisions whose texts are `held`.

    `near` is the stretch of a document's `text` that is most like the statement, with the share in common. Where the
    draft doesn't say that the provision says so, a value that has no counterpart there is the writer's own.
    """
    window = text[near[1].start : near[1].end] if near else ""
    out = [*_values(said, held, window, attributed=attributed), *_agents(said, held)]
    if near and near[0] >= CLOSE:
        out += _force(said, window, near[0])
        if not out:
            out += _names(said, near[1], text, words)
    return tuple(out)


def _values(said: str, held: Sequence[str], window: str, *, attributed: bool) -> Iterator[Difference]:
    """Values that the provisions don't have, each beside the one that they have in its place."""
    ours = quantities(said)
    known = {v.key for text in held for v in values_of(text)}
    near = _left(values_of(window), ours)
    far = _left([v for text in held for v in values_of(text)], ours)
    for value in ours:
        if value.key in known or any(_bound_left_out(value, v, "".join(held)) for v in (*near, *far)):
            continue
        other = _counterpart(value, near) or _counterpart(value, far if len({v.key for v in far}) < 4 else ())
        if other:
            yield Difference(kind=str(value.kind), said=value.text, found=other.text)
        elif attributed and value.kind in _MEASURED and value.unit not in _OF_TEXT:
            yield Difference(kind=str(value.kind), said=value.text, found="")


def _bound_left_out(said: Value, held: Value, text: str) -> bool:
    """满三年 for 满3年及以上: the same number, and no bound against the other's."""
    if (said.kind, said.value, said.unit) != (held.kind, held.value, held.unit):
        return False
    sides = {v.bound[0] for v in (said, held) if v.bound}
    if len(sides) == 2:
        return False
    # 超过应到会成员的三分之二: the bound stands apart from the number.
    apart = re.match(r"[^\d\s]{2,4}", said.text) if said.bound else None
    return not said.bound or (apart is not None and apart.group()[:2] in text) or bool(held.bound)


def _left(others: Sequence[Value], ours: Sequence[Value]) -> list[Value]:
    """The values that are left when each that is said has been taken from them once."""
    taken = Counter(v.key for v in ours)
    out = []
    for value in others:
        taken[value.key] -= 1
        if taken[value.key] < 0:
            out.append(value)
    return out


def _counterpart(value: Value, others: Sequence[Value]) -> Value | None:
    """The value that stands where this one should: of its kind and unit, else of its kind where units may differ."""
    alike = [v for v in others if v.kind is value.kind]
    same_unit = [v for v in alike if v.unit == value.unit]
    if value.kind is ValueKind.NUMBER:
        # A person writes 三分之二 and 百分之六十 of the same thing.
        same_unit += [v for v in others if v.kind is ValueKind.PERCENT and not value.unit]
    if value.kind is ValueKind.FREQUENCY:
        same_unit = same_unit or alike
    same_number = [v for v in same_unit if v.value == value.value]
    if value.kind is ValueKind.PERCENT and not same_unit:
        alike += [v for v in others if v.kind is ValueKind.NUMBER and not v.unit]
    found = same_number or same_unit or (alike if value.kind in _ANY_UNIT else [])
    return found[0] if found else None


def _force(said: str, window: str, share: float) -> Iterator[Difference]:
    """Negation and modality: forbidden what is allowed, 可以 for 应当, a 不 too many or too few."""
    ours, theirs = polarity_of(said), polarity_of(window)
    odd, gone = _without(ours, theirs), [m for m in _without(theirs, ours) if _in_said_clause(m, said, window)]
    negative = [m for m in (*odd, *gone) if m.kind in _NEGATIVE]
    if odd and gone:
        kind = "negation" if negative else "modality"
        yield Difference(kind=kind, said=_texts(odd), found=_texts(gone))
    elif negative and (odd or share >= 0.75):
        yield Difference(kind="negation", said=_texts(odd), found=_texts(gone))


def _in_said_clause(mark: Mark, said: str, window: str) -> bool:
    """Whether the clause of a mark is repeated at all: 「不合格者限期整改」 left out whole denies nothing."""
    start = max((window.rfind(c, 0, mark.start) for c in "，,。；;：:\n"), default=-1) + 1
    end = min((i for c in "，,。；;：:\n" if (i := window.find(c, mark.end)) >= 0), default=len(window))
    wanted = terms(window[start : mark.start]) | terms(window[mark.end : end])
    return bool(wanted) and len(wanted & terms(said)) >= 0.5 * len(wanted)


def _without(marks: Sequence[Mark], others: Sequence[Mark]) -> list[Mark]:
    left = Counter(m.kind for m in others)
    out = []
    for mark in marks:
        if left[mark.kind]:
            left[mark.kind] -= 1
        else:
            out.append(mark)
    return out


def _texts(marks: Sequence[Mark]) -> str:
    return "、".join(m.text for m in marks)


def _agents(said: str, held: Sequence[str]) -> Iterator[Difference]:
    """Who does it: 由党委书记提名 where the provision has 由学校校长提名."""
    theirs = [match.group("who", "does") for text in held for match in _BY.finditer("".join(text.split()))]
    for match in _BY.finditer(said):
        who, does = match.group("who", "does")
        same = [other for other, verb in theirs if verb == does]
        if not same or not is_name(who) or any(_may_mean(who, other) for other in same):
            continue
        if found := next((other for other in same if is_name(other)), ""):
            yield Difference(kind="name", said=who, found=found)


def _may_mean(a: str, b: str) -> bool:
    """Whether two names may be of one body: one shortens the other, or both end alike (主管, 分管…的校领导)."""
    return a == b or (a[-3:] == b[-3:] and len(a) > 3 < len(b)) or _short_for(a, b)


def _names(said: str, place: Place, text: str, words: Words) -> Iterator[Difference]:
    """Bodies and posts that stand where the provision has others."""
    ops = word_ops(text, (place.start, place.end), said, (0, len(said)), words)
    whole = re.sub(r"\s", "", text[place.start : place.end])
    for gone, come in _replaced(ops):
        if is_name(come) and is_name(gone) and come not in whole and gone not in said and not _short_for(come, gone):
            yield Difference(kind="name", said=come, found=gone)


def _replaced(ops: Sequence[Op]) -> Iterator[tuple[str, str]]:
    for a, b in pairwise(ops):
        if a.op is OpKind.DELETE and b.op is OpKind.INSERT and not a.trivial and not b.trivial:
            yield re.sub(r"[\s，,。；;：:、]", "", a.text), re.sub(r"[\s，,。；;：:、]", "", b.text)


def _short_for(a: str, b: str) -> bool:
    """Whether one is the other with characters left out (党委常委会 of 学校党委常委会), not 副校长 of 校长."""
    short, long = sorted((a, b), key=len)
    if short in long:
        return not long.replace(short, "", 1).endswith("副")
    rest = iter(long)
    return all(char in rest for char in short) and len(short) >= 3


__all__ = ["CLOSE", "contradictions", "quantities"]
