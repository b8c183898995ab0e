"""Which provision of the new text is which of the old: by what they say, with the number as a tie-breaker.

A chain of pairs in the same order on both sides comes first, the one with the largest sum of
likenesses; what it leaves over is paired by likeness alone and counts as moved.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import takewhile

#: Dice of character pairs from which two provisions in order are one. Unlike articles of one law have .05 to .2.
_ALIKE = 0.4
#: The same where both bear the same number: rewritten in its place.
_ALIKE_NUMBERED = 0.25
#: A moved one has only its words to be known by.
_ALIKE_MOVED = 0.55
#: A pair gives way to one that is so much likelier and the best of both its texts, wherever that stands.
_GIVES_WAY = 0.25
#: What a pair in the chain must be worth more than, so that many poor pairs don't outweigh one good one.
_FLOOR = 0.2
_PRIOR, _NEAR = 0.03, 0.01
#: So few pairs are all weighed; beyond it only those that share rare triples of characters.
_ALL_PAIRS = 1_600
_RARE, _BEST = 24, 6
#: Shorter texts move only where they are the same.
_SHORT = 10


@dataclass(frozen=True)
class Unit:
    """One text to be aligned: folded, without its label. `number` tells its own number with its series, or is empty."""

    text: str
    number: str = ""

    @cached_property
    def pairs(self) -> frozenset[str]:
        """The pairs of characters that follow each other."""
        text = self.text
        return frozenset(text[i : i + 2] for i in range(len(text) - 1)) or frozenset([text])


@dataclass(frozen=True, slots=True)
class Alignment:
    """Pairs (i, j) of positions: `chain` ascending on both sides, `moved` the others; and what has no partner."""

    chain: tuple[tuple[int, int], ...]
    moved: tuple[tuple[int, int], ...]

    @property
    def pairs(self) -> tuple[tuple[int, int], ...]:
        """All pairs, by the old position."""
        return tuple(sorted([*self.chain, *self.moved]))


def likeness(a: Unit, b: Unit) -> float:
    """Dice's coefficient of the character pairs of two texts, in [0, 1]; 1 only where the texts are equal."""
    if a.text == b.text:
        return 1.0
    return min(0.999, 2 * len(a.pairs & b.pairs) / (len(a.pairs) + len(b.pairs)))


def align(old: Sequence[Unit], new: Sequence[Unit]) -> Alignment:
    """Pair the texts of two sequences."""
    head = _alike(zip(old, new, strict=False))
    tail = _alike(zip(reversed(old[head:]), reversed(new[head:]), strict=False))
    left, right = old[head : len(old) - tail], new[head : len(new) - tail]
    scores = {pair: likeness(left[pair[0]], right[pair[1]]) for pair in _candidates(left, right)}
    chain = _chain(left, right, scores)
    moved = tuple((i + head, j + head) for i, j in _moved(left, right, scores, chain))
    before = ((i, i) for i in range(head))
    behind = ((len(old) - i, len(new) - i) for i in range(tail, 0, -1))
    return Alignment(chain=(*before, *((i + head, j + head) for i, j in chain), *behind), moved=moved)


def _alike(sides: Iterable[tuple[Unit, Unit]]) -> int:
    """How many of the first are the same on both sides, their numbers too."""
    return sum(
        1 for _ in takewhile(lambda side: side[0].text == side[1].text and side[0].number == side[1].number, sides)
    )


def _candidates(old: Sequence[Unit], new: Sequence[Unit]) -> Iterator[tuple[int, int]]:
    if len(old) * len(new) <= _ALL_PAIRS:
        yield from ((i, j) for i in range(len(old)) for j in range(len(new)))
        return
    found: set[tuple[int, int]] = set()
    holders: dict[str, list[int]] = defaultdict(list)
    numbered: dict[str, list[int]] = defaultdict(list)
    texts: dict[str, list[int]] = defaultdict(list)
    for j, unit in enumerate(new):
        for gram in _triples(unit.text):
            holders[gram].append(j)
        numbered[unit.number].append(j)
        texts[unit.text].append(j)
    for i, unit in enumerate(old):
        shared: Counter[int] = Counter()
        for gram in _triples(unit.text):
            if len(held := holders.get(gram, ())) <= _RARE:
                shared.update(held)
        found.update((i, j) for j, _ in shared.most_common(_BEST))
        if unit.number:
            found.update((i, j) for j in numbered[unit.number][:3])
        same = texts[unit.text]
        at = bisect_left(same, i)
        near = same[max(0, at - _BEST) : at + _BEST]
        found.update((i, j) for j in sorted(near, key=lambda j: abs(i - j))[:_BEST])
    yield from sorted(found)


def _triples(text: str) -> set[str]:
    return {text[i : i + 3] for i in range(max(len(text) - 2, 1))}


def _chain(old: Sequence[Unit], new: Sequence[Unit], scores: dict[tuple[int, int], float]) -> list[tuple[int, int]]:
    """The pairs, ascending on both sides, with the largest sum of worth: a weighted longest increasing sequence."""
    good = []
    best_old, best_new = _mutual_best(scores)
    for (i, j), score in scores.items():
        if max(best_old.get(i, 0.0), best_new.get(j, 0.0)) > score + _GIVES_WAY:
            continue
        numbered = bool(old[i].number) and old[i].number == new[j].number
        if score >= (_ALIKE_NUMBERED if numbered else _ALIKE):
            size = min(len(old[i].text), len(new[j].text), 400) / 4000
            near = 1 - abs(i / len(old) - j / len(new))
            good.append((i, -j, (score - _FLOOR) * (1 + size) + _PRIOR * numbered + _NEAR * near))
    # Rows ascend and columns descend within a row, so that a row is used once. `best[k]` is the best
    # chain that ends at column `columns[k]`, kept so that columns and sums both ascend.
    columns: list[int] = []
    sums: list[float] = []
    last: list[int] = []
    links: list[tuple[int, int, int]] = []  # i, j, index of the link before
    for i, minus, worth in sorted(good):
        j = -minus
        at = bisect_left(columns, j)
        total = worth + (sums[at - 1] if at else 0.0)
        if at < len(columns) and columns[at] == j and sums[at] >= total:
            continue
        links.append((i, j, last[at - 1] if at else -1))
        stop = at
        while stop < len(columns) and sums[stop] <= total:
            stop += 1
        columns[at:stop], sums[at:stop], last[at:stop] = [j], [total], [len(links) - 1]
    out = []
    link = last[-1] if last else -1
    while link >= 0:
        i, j, link = links[link]
        out.append((i, j))
    return out[::-1]


def _mutual_best(scores: dict[tuple[int, int], float]) -> tuple[dict[int, float], dict[int, float]]:
    """Old and new positions -> the score of the pair that is the best of both its texts, where there is one."""
    rows: dict[int, tuple[float, int]] = {}
    columns: dict[int, tuple[float, int]] = {}
    for (i, j), score in sorted(scores.items()):
        if score > rows.get(i, (0.0, 0))[0]:
            rows[i] = (score, j)
        if score > columns.get(j, (0.0, 0))[0]:
            columns[j] = (score, i)
    mutual = [(i, j, score) for i, (score, j) in rows.items() if columns[j][1] == i]
    return {i: score for i, _, score in mutual}, {j: score for _, j, score in mutual}


def _moved(
    old: Sequence[Unit], new: Sequence[Unit], scores: dict[tuple[int, int], float], chain: Sequence[tuple[int, int]]
) -> list[tuple[int, int]]:
    """Pairs outside the chain, likest first, each text in one."""
    rows, columns = {i for i, _ in chain}, {j for _, j in chain}
    ranked = sorted(
        (-score, old[i].number != new[j].number, abs(i - j), i, j)
        for (i, j), score in scores.items()
        if i not in rows
        and j not in columns
        and score >= (1.0 if min(len(old[i].text), len(new[j].text)) < _SHORT else _ALIKE_MOVED)
    )
    out = []
    for _, _, _, i, j in ranked:
        if i not in rows and j not in columns:
            rows.add(i)
            columns.add(j)
            out.append((i, j))
    return sorted(out)
