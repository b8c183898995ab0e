"""A sentence of a provision as evidence: with its leads, what it goes on from, and the words that stand above it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from policy_qa.verify.atoms import Atom, atoms_of
from policy_qa.verify.source import Source, Stretch, tagged


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a provision as evidence: its stretches, those of its leads first, and their atoms.

    The first `lent` stretches only lend words (the sentence goes on from them), those up to `leads` govern it.
    `at[i]` is the stretch of atom i, as its position in `stretches`; `title` and `context` are the words that stand
    above, `topic` those that the sentence before speaks of.
    """

    source: Source
    stretches: tuple[Stretch, ...]
    lent: int
    leads: int
    atoms: tuple[Atom, ...]
    at: tuple[int, ...]
    title: str
    context: str
    topic: str


def sentences_in(source: Source, places: Sequence[tuple[int, int]]) -> Iterator[Sentence]:
    """The sentences of a provision that stand in `places` (offsets of the document), each with what governs it."""
    units: dict[int, list[Stretch]] = {}
    for stretch in source.stretches:
        if any(a <= stretch.start and stretch.end <= b for a, b in places):
            units.setdefault(stretch.unit, []).append(stretch)
    article = source.article
    document = source.segmentation.document
    title = (article.instrument or document.title).lower()
    groups = [*units.values(), *_items_together(source, list(units.values()))]
    for unit in groups:
        first = unit[0]
        leads = _leads(source, first)
        before = [s.subject for s in source.stretches if s.owner == first.owner and s.start < first.start and s.subject]
        titles = [s for s in unit if s.title]
        chain = _chain(source, first)
        above = len(chain) + len(leads)
        own = [*chain, *leads, *(s for s in unit if not s.title)]
        if len(own) == above:
            continue
        context = " ".join((title, *article.headings, *(s.text for s in (*leads, *titles)))).lower()
        topic = " ".join((*before[-1:], _topic_before(source, first))).lower()
        atoms: list[Atom] = []
        at: list[int] = []
        for i, stretch in enumerate(own):
            found = atoms_of(stretch.text, source.aliases, source.pattern)
            atoms += found
            at += [i] * len(found)
        yield Sentence(source, tuple(own), len(chain), above, tuple(atoms), tuple(at), title, context, topic)


def _items_together(source: Source, units: Sequence[list[Stretch]]) -> Iterator[list[Stretch]]:
    """The items of a list as one sentence, since a statement may name several: 由副校长或者职能部门负责人担任."""
    lists: dict[str, list[Stretch]] = {}
    for unit in units:
        if unit[0].item:
            lists.setdefault(_parent(source, unit[0].owner), []).extend(unit)
    for parent, items in lists.items():
        lead = "".join(s.text for s in source.stretches if s.leads and s.owner == parent)
        if len({s.owner for s in items}) > 1 and "之一" not in lead:
            yield items


def _topic_before(source: Source, first: Stretch) -> str:
    """What the sentence before opens with, up to its verb: 准入考试满分100分；不合格的可以补考."""
    earlier = [s for s in source.stretches if s.owner == first.owner and s.unit == first.unit - 1]
    out = ""
    for a, b, tag in tagged(earlier[0].text) if earlier else ():
        if not tag.startswith(("n", "vn", "b", "a", "v")) or (tag == "v" and out):
            break
        out += earlier[0].text[a:b]
    return out


def _chain(source: Source, first: Stretch) -> list[Stretch]:
    """What a sentence behind a semicolon goes on from: 一学期晚归累计3次的，通报批评；累计5次的，给予警告处分."""
    same = [s for s in source.stretches if s.owner == first.owner and s.start < first.start]
    broken = [n for n, s in enumerate(same) if s.whole]
    return same[broken[-1] + 1 if broken else 0 :][:1] if not same or not same[-1].whole else []


def _parent(source: Source, path: str) -> str:
    provision = source.segmentation.at(path)
    return provision.parent if provision and not provision.article else ""


def _leads(source: Source, first: Stretch) -> list[Stretch]:
    """The sentences that introduce the lists in which a sentence stands, the outermost first."""
    out: list[Stretch] = []
    path, text = first.owner, source.segmentation.document.text
    while first.item and (parent := _parent(source, path)):
        start = min(s.start for s in source.stretches if s.item and _parent(source, s.owner) == parent)
        before = [s for s in source.stretches if s.end <= start]
        if before and re.match(r"\s*[：:]", text[before[-1].end :][:4]):
            out = [*(s for s in before if s.unit == before[-1].unit), *out]
        path = parent
    return out
