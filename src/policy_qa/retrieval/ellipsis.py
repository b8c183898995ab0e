"""A follow-up that puts something in the place of what stood in the question before: 「五天呢」, 「病假呢」."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from policy_qa.values import Relation, Value, ValueKind, compare, values_in

#: Words of so many characters end in what they are: 婚假 and 病假, 橙色 and 红色.
_WORD = 2


def substituted(before: str, words: Sequence[str], own: str, own_words: Sequence[str]) -> tuple[str, set[str]]:
    """`before` with what `own` says instead put in its place, and the words of `own` that were put there.

    A value stands for one of its kind, a word for one that ends in the same character, as Chinese compounds end in what
    they are; `words` are those of `before`, `own_words` the words of `own` that it is about.
    """
    put: set[str] = set()
    told, said = values_in(before), values_in(own)
    pairs = [(old, new) for new in said for old in told if _alike(old, new)]
    if len(pairs) == 1:
        ((old, new),) = pairs
        before = before[: old.start] + new.text + before[old.end :]
        put.add(new.text)
    for word in own_words:
        if len(word) < _WORD or word.isascii() or word in before or any(word in value.text for value in said):
            continue
        rest = own.replace(word, " ")
        places = {w for w in words if len(w) >= _WORD and w[-1] == word[-1] and w in before and w not in rest}
        if len(places) == 1:
            before = before.replace(places.pop(), word)
            put.add(word)
    return before, put


def _alike(one: Value, other: Value) -> bool:
    """Whether two values answer one question: of a kind, in units that can be compared."""
    same = one.kind is other.kind is not ValueKind.PROVISION_NUMBER
    return same and (one.kind is ValueKind.DATE or compare(one, other) is not Relation.UNLIKE)


def left_over(text: str, put: Collection[str]) -> str:
    """A follow-up without what was put in an earlier question's place."""
    for word in sorted(put, key=len, reverse=True):
        text = text.replace(word, " ")
    return text
