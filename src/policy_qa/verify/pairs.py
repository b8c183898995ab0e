"""The parts of a statement and of a sentence of a provision that go together, atom by atom."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from policy_qa.glosses import synonyms
from policy_qa.verify.atoms import Atom, Kind, atoms_of, is_light, spelled, words_of
from policy_qa.verify.names import is_name, tagged
from policy_qa.verify.source import Source, Stretch

#: What, put before or behind a verb, turns it round.
_TURNS = frozenset("不未非免拒反停止撤取消预再重初复补兼代副退")
#: The words by which a lead points to its items.
ASKED = re.compile(r"下列|以下|如下")


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
    for unit in units.values():
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
        # What has a subject of its own speaks of nothing else.
        topic = "" if first.subject else " ".join(before[-1:]).lower()
        atoms: list[Atom] = []
        at: list[int] = []
        for i, stretch in enumerate(own):
            found = atoms_of(stretch.text, source.aliases)
            if i < above:
                # The 以下 of a lead stands for its items.
                found = tuple(a for a in found if not ASKED.fullmatch(a.key))
            atoms += found
            at += [i] * len(found)
        yield Sentence(source, tuple(own), len(chain), above, tuple(atoms), tuple(at), title, context, topic)


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


class Pairs:
    """Some clauses of a statement (`said`) beside a sentence (`held`): `to` and `back` are the pairs of their atoms."""

    def __init__(self, text: str, said: Sequence[Atom], sentence: Sentence) -> None:
        self.text, self.said, self.sentence = text, said, sentence
        self.held = sentence.atoms
        self.to: dict[int, int] = {}
        self.back: dict[int, int] = {}

    def _blocks(self) -> None:
        """Pairs the longest common runs first; a run is cut by no stretch, and one character is a word of its own."""
        at: dict[str, list[int]] = {}
        for k, atom in enumerate(self.held):
            if atom.content:
                at.setdefault(atom.key, []).append(k)
        ours = [i for i, atom in enumerate(self.said) if atom.content]
        following = dict(pairwise(ours))
        behind = dict(pairwise(k for k, atom in enumerate(self.held) if atom.content))
        while True:
            best: tuple[int, int, list[tuple[int, int]]] = (0, 0, [])
            for i in ours:
                if i in self.to:
                    continue
                for k in at.get(self.said[i].key, ()):
                    if k in self.back or (run := self._run(i, k, following, behind)) is None or len(run) < best[0]:
                        continue
                    score = self._follows(i, k)
                    if len(run) > best[0] or score > best[1]:
                        best = len(run), score, run
            for i, k in best[2]:
                self.to[i], self.back[k] = k, i
            if not best[0]:
                return

    def _run(
        self, i: int, k: int, following: Mapping[int, int], behind: Mapping[int, int]
    ) -> list[tuple[int, int]] | None:
        """The pairs of the longest common run from a pair on; None for one character that is no word."""
        place, run = self.sentence.at[k], [(i, k)]
        while self._parted(self.said, i, following) == self._parted(self.held, k, behind):
            i, k = following.get(i, -1), behind.get(k, -1)
            if i < 0 or k < 0 or i in self.to or k in self.back:
                break
            if self.sentence.at[k] != place or self.said[i].key != self.held[k].key:
                break
            run.append((i, k))
        return run if len(run) > 1 or self._stands_alone(*run[0]) else None

    @staticmethod
    def _parted(atoms: Sequence[Atom], i: int, following: Mapping[int, int]) -> bool:
        """Whether 由 or 向 stands between an atom and the next."""
        return any(atoms[x].kind is Kind.ROLE for x in range(i + 1, following.get(i, i)))

    def _follows(self, i: int, k: int) -> int:
        """How well a pair goes with those before and behind it: in the same stretch, in the same order."""
        before = max((x for x in self.to if x < i), default=None)
        behind = min((x for x in self.to if x > i), default=None)
        score = 1 + (self.sentence.at[k] >= self.sentence.leads)
        for other, sign in ((before, 1), (behind, -1)):
            if other is not None:
                there = self.to[other]
                score += 2 * (self.sentence.at[there] == self.sentence.at[k]) + ((k - there) * sign > 0)
        return score

    def _stands_alone(self, i: int, k: int) -> bool:
        if self.said[i].kind is not Kind.CHARACTER:
            return True
        if self._word_size(self.said, i) == 1 or self._word_size(self.held, k) == 1:
            return True
        # 签合同 in 签订合同: one character between it and what goes on.
        return any(
            self.to.get(i + d, -9) == k + 2 * d and self.held[k].word == self.held[k + 2 * d].word for d in (1, -1)
        )

    @staticmethod
    def _word_size(atoms: Sequence[Atom], i: int) -> int:
        word = atoms[i].word
        size = 1
        k = i - 1
        while k >= 0 and atoms[k].word == word and atoms[k].end == atoms[k + 1].start:
            size, k = size + 1, k - 1
        k = i + 1
        while k < len(atoms) and atoms[k].word == word and atoms[k].start == atoms[k - 1].end:
            size, k = size + 1, k + 1
        return size

    def _words_alike(self) -> None:
        """Pairs what is left of words: 召开 with 开, 签订 with 签, and those that mean the same where they stand."""
        for atoms, linked in ((self.said, self.to), (self.held, self.back)):
            for i, atom in enumerate(atoms):
                if atom.kind is not Kind.CHARACTER or i in linked or atom.key in _TURNS:
                    continue
                rest = [k for k, a in enumerate(atoms) if a.word == atom.word and abs(k - i) < 9 and k not in linked]
                if is_light(spelled(atoms, rest)):
                    continue
                for k in (i - 1, i + 1):
                    if 0 <= k < len(atoms) and k in linked and atoms[k].word == atom.word and self._half(atoms, i, k):
                        linked[i] = linked[k]
                        break
        self._synonyms()

    def _half(self, atoms: Sequence[Atom], i: int, k: int) -> bool:
        """Whether an atom only completes the verb that its neighbour is, which is a word in the other text."""
        if abs(atoms[i].start - atoms[k].start) != 1:
            return False
        verb = "".join(atoms[x].key for x in sorted((i, k)))
        other = self.held if atoms is self.said else self.said
        there = (self.to if atoms is self.said else self.back)[k]
        alone = self._word_size(other, there) == 1 or atoms is self.held
        whole = tagged(verb) == [(0, 2, tagged(verb)[0][2])]
        acts = tagged(verb)[0][2].startswith("v") or (
            self._word_size(other, there) == 1 and other[there].tag in ("v", "n")
        )
        return alone and whole and acts

    def _synonyms(self) -> None:
        """Pairs the words that are left and mean the same in a dictionary."""
        left = [w for w in words_of(self.held) if self.held[w[0]].content and not any(k in self.back for k in w)]
        for word in words_of(self.said):
            if not self.said[word[0]].content or any(i in self.to for i in word) or self._is_body(word):
                continue
            other = next((w for w in left if synonyms(spelled(self.said, word), spelled(self.held, w))), None)
            if other:
                left.remove(other)
                self.to |= dict.fromkeys(word, other[0])
                self.back |= dict.fromkeys(other, word[0])

    def _is_body(self, word: Sequence[int]) -> bool:
        return self.said[word[0]].tag != "r" and is_name(spelled(self.said, word))

    def _word_at(self, k: int) -> list[int]:
        stretch, word = self.sentence.at[k], self.held[k].word
        return [x for x in range(len(self.held)) if self.sentence.at[x] == stretch and self.held[x].word == word]

    def _atoms_at(self, i: int) -> list[int]:
        return [k for k in range(len(self.held)) if self.sentence.at[k] == i and self.held[k].content]

    @staticmethod
    def _governed(atoms: Sequence[Atom], i: int) -> int:
        return next((k for k in range(i + 1, len(atoms)) if atoms[k].needed), -1)
