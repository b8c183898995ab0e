"""Numbered provisions that follow each other, and the numbers that they get when some come and go."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from policy_qa.datamodels import Provision
from policy_qa.facts.instructions import Instruction
from policy_qa.numerals import parse_number, to_han

DIGITS = re.compile(r"[0-9０-９]+|[〇○零一二三四五六七八九十百千]+")
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"


@dataclass(frozen=True, slots=True)
class New:
    """Provisions that are added, `count` of them from `number` on: behind so many old ones, where that is told."""

    after: int | None
    number: int
    count: int
    sub: int
    new: tuple[tuple[int, int], ...]
    instruction: Instruction


@dataclass(slots=True)
class Series:
    """Numbered provisions that follow each other, and what becomes of their numbers."""

    old: tuple[Provision, ...]
    gone: set[str] = field(default_factory=set)
    renumbered: dict[str, tuple[int, Instruction]] = field(default_factory=dict)
    added: list[New] = field(default_factory=list)
    shifts: bool = False
    item: bool = False


def placed(series: Series) -> Iterator[New]:
    """What is added, each behind the old provisions whose number comes before its own in the end."""
    shift = 0
    for new in sorted(series.added, key=lambda n: (n.number, n.sub)):
        if new.after is None:
            told = series.renumbered
            finals = [told[p.path][0] if p.path in told else number_of(p) + shift for p in series.old]
            yield replace(new, after=sum(final < new.number for final in finals))
        else:
            yield new
        shift += 0 if new.sub else new.count


def key_of(provision: Provision) -> tuple[int, int]:
    """The number of an article (120, 1) or an item, as its path has it."""
    number, _, sub = re.sub(r"~.*", "", provision.path.rpartition(".")[2]).partition("-")
    return int(number) if number.isdigit() else 0, int(sub) if sub.isdigit() else 0


def number_of(provision: Provision) -> int:
    """The number of an article or an item, without what stands behind 之."""
    return key_of(provision)[0]


def relabelled(label: str, number: int) -> str:
    """A label with another number, written as the old one is."""
    if label in _CIRCLED and number <= len(_CIRCLED):
        return _CIRCLED[number - 1]
    match = DIGITS.search(label)
    if not match or parse_number(match.group()) is None:
        return label
    new = str(number) if match.group()[0].isascii() else to_han(number)
    return label[: match.start()] + new + label[match.end() :]
