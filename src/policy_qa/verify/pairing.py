"""Which words of a statement and of a sentence go together."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise

from policy_qa.glosses import synonyms
from policy_qa.verify.atoms import Atom, Kind, is_light, words_of
from policy_qa.verify.evidence import Sentence
from policy_qa.verify.names import is_name
from policy_qa.verify.source import tagged

#: What, put before or behind a verb, turns it round.
_TURNS = frozenset("不未非免拒反停止撤取消预再重初复补兼代副退")


class Pairing:
    """Some clauses of a statement (`said`) beside a sentence (`held`): `to` and `back` are the pairs of their atoms."""

    def __init__(self, text: str, said: Sequence[Atom], sentence: Sentence) -> None:
        self.text, self.said, self.sentence = text, said, sentence
        self.held = sentence.atoms
        self.to: dict[int, int] = {}
        self.back: dict[int, int] = {}

    def _link(self, i: int, k: int) -> None:
        self.to[i], self.back[k] = k, i

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
                self._link(i, k)
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

    def _unlink_known(self) -> None:
        """Words that stand above need no stretch that has them by chance."""
        for place in range(self.sentence.leads, len(self.sentence.stretches)):
            mine = self._atoms_at(place)
            linked = [k for k in mine if k in self.back]
            words = [w for w in words_of(self.said) if any(self.to.get(i) in linked for i in w)]
            known = all(self._known(w) and all(self.to.get(i) in linked for i in w) for w in words)
            others = any(self.said[w[0]].needed and w not in words for w in words_of(self.said))
            if known and others and len(linked) < len(mine):
                self.back = {k: i for k, i in self.back.items() if k not in linked}
                self.to = {i: k for i, k in self.to.items() if k not in linked}

    def _word_at(self, k: int) -> list[int]:
        stretch, word = self.sentence.at[k], self.held[k].word
        return [x for x in range(len(self.held)) if self.sentence.at[x] == stretch and self.held[x].word == word]

    def _atoms_at(self, i: int) -> list[int]:
        return [k for k in range(len(self.held)) if self.sentence.at[k] == i and self.held[k].content]

    def _known(self, word: Sequence[int]) -> bool:
        """Whether what stands above the sentence has a word."""
        written = spelled(self.said, word)
        if self.said[word[0]].kind is not Kind.NAME and self.said[word[0]].tag[:1] not in "nslvja":
            return False
        first = min(self.to, default=0)
        after = next((w for w in words_of(self.said) if w[0] > word[-1] and self.said[w[0]].content), None)
        joined = after is not None and self.text[self.said[word[-1]].end : self.said[after[0]].start] in (
            "",
            "的",
            "（",
        )
        modifies = joined and after is not None and self.said[after[0]].tag[:1] in ("n", "v", "")
        if after is not None and after[0] in self.to and self.said[after[0]].tag.startswith("n"):
            # 信息化项目 of a stretch before is the 项目 of this one.
            earlier = self.sentence.stretches[: self.sentence.at[self.to[after[0]]]]
            if written + spelled(self.said, after) in "，".join(s.text for s in earlier):
                return True
        if joined and self._replaces(after):
            return False
        passed = range(self.sentence.leads, min((self.sentence.at[k] for k in self.back), default=0))
        if any(written in self.sentence.stretches[i].text for i in passed):
            return False
        if written in self.sentence.context and (word[-1] < first or modifies):
            return True
        opening = re.split("[，,；;]", self.text[: self.said[word[0]].start])[-1] + written
        if opening in self.sentence.topic:
            return True
        return written in self.sentence.title and self._complete()

    def _complete(self) -> bool:
        """Whether nothing is left of the stretches that are used."""
        places = {self.sentence.at[k] for k in self.back}
        return all(k in self.back for k, a in enumerate(self.held) if a.needed and self.sentence.at[k] in places)

    def _linked_at(self, i: int) -> bool:
        return any(self.sentence.at[k] == i for k in self.back)

    def _replaces(self, after: Sequence[int] | None) -> bool:
        """Whether a word stands where the sentence has another: 部门印章 for 学校印章."""
        if after is None or after[0] not in self.to:
            return False
        k = self.to[after[0]]
        return (
            k > 0
            and self.sentence.at[k - 1] == self.sentence.at[k]
            and self.held[k - 1].content
            and k - 1 not in self.back
        )


def spelled(atoms: Sequence[Atom], word: Sequence[int]) -> str:
    """The keys of some atoms as one word."""
    return "".join(atoms[i].key for i in word)
