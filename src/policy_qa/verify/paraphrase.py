"""Whether a statement in a writer's own words says what a sentence of a provision says, part by part.

Every part of the statement has to have its counterpart in one sentence, its lead or its heading, and every part of the
stretches that it uses has to have one in the statement: a condition, a bound or a name that is left out, and a word
that is added, make it another statement. Order and voice are free as far as they don't change who does what.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

from policy_qa.statements import Difference
from policy_qa.values import Relation, compare
from policy_qa.verify import clause_words as role
from policy_qa.verify.atoms import Kind, atoms_of, words_of
from policy_qa.verify.evidence import Sentence, sentences_in
from policy_qa.verify.names import is_name
from policy_qa.verify.pairing import spelled
from policy_qa.verify.roles import Roles
from policy_qa.verify.source import Source, Stretch

#: Sentences of a provision that are tried, those with most in common first.
_TRIED = 4
#: The share of a statement's characters that a sentence has to have in common with it to be tried.
_COMMON = 0.4
_CLAUSE = re.compile(r"(?<!\d)[，,](?!\d)|[；;。：]|(?<!\d):(?!\d)")
#: The share of a statement that a sentence has to have for the rest to be told from it.
_HALF = 0.5
#: Takes back what stands before it; 其中 and 方可 only go on.
_TAKES_BACK = re.compile(
    r"^(?:但|不过|然而|除|另有|特殊|情况特殊|确有|确需|因特殊|必要时)|除外|例外|不在此限|另有规定|不适用|不包括"
)
#: An exception as a sentence of its own, and the case that 原则上 leaves open.
_EXCEPTED = re.compile(r"(?:除外|例外|不在此限)$")
_SPECIAL = re.compile(r"特殊|情况特殊|确有|确需|因特殊")


@dataclass(frozen=True, slots=True)
class Aligned:
    """The stretches that a statement rests on, in text order."""

    stretches: tuple[Stretch, ...]


def align(said: str, source: Source, places: Sequence[tuple[int, int]], after: str) -> Aligned | None:
    """The stretches that bear a statement whole, or clause by clause; None where some part of it isn't borne."""
    sentences = list(sentences_in(source, places))
    ends = [m.start() for m in _CLAUSE.finditer(said)]
    spans = (said[a:b].strip("，,；;。：: \n") for a, b in pairwise((0, *ends, len(said))))
    clauses = [s for s in spans if re.search(r"\w", s)]
    if not sentences or not clauses:
        return None
    return _Statement(clauses, source, sentences, after).run()


def told_otherwise(
    said: str, source: Source, places: Sequence[tuple[int, int]]
) -> tuple[tuple[Difference, ...], tuple[Stretch, ...]]:
    """What a statement says otherwise than the sentence that it comes nearest to, value for value, name for name.

    Both are empty where it has not even half of its words from one sentence.
    """
    atoms = atoms_of(said, source.aliases, source.pattern)
    best: tuple[float, tuple[Difference, ...], tuple[Stretch, ...]] = (_HALF, (), ())
    for sentence in sentences_in(source, places):
        alignment = _Alignment(said, atoms, sentence)
        share, found, stretches = alignment.otherwise()
        if found and share > best[0]:
            best = share, found, stretches
    return best[1], best[2]


@dataclass(slots=True)
class _Statement:
    clauses: Sequence[str]
    source: Source
    sentences: Sequence[Sentence]
    after: str
    _tried: dict[tuple[int, int], tuple[Stretch, ...]] = field(default_factory=dict)

    def run(self) -> Aligned | None:
        used = self._from(0)
        if used is None:
            return None
        ordered = tuple(sorted(set(used), key=lambda s: s.start))
        return Aligned(ordered) if not self._exception_left_out(ordered) else None

    def _from(self, i: int) -> tuple[Stretch, ...] | None:
        if i == len(self.clauses):
            return ()
        for j in range(len(self.clauses), i, -1):
            if j < len(self.clauses) and role.is_open(self.clauses[j - 1]):
                continue
            if (used := self._borne(i, j)) and (rest := self._from(j)) is not None:
                return used + rest
        return None

    def _borne(self, i: int, j: int) -> tuple[Stretch, ...]:
        if (i, j) not in self._tried:
            text = "，".join(self.clauses[i:j])
            atoms = atoms_of(text, self.source.aliases, self.source.pattern)
            mine = {a.key for a in atoms if a.content}
            ranked = sorted(
                (
                    (sum(a.key in {b.key for b in s.atoms} for a in atoms if a.content), n)
                    for n, s in enumerate(self.sentences)
                ),
                reverse=True,
            )
            found: tuple[Stretch, ...] = ()
            for common, n in ranked[:_TRIED]:
                if common < _COMMON * max(len([a for a in atoms if a.content]), 1) or not mine:
                    break
                aligned = _Alignment(text, atoms, self.sentences[n])
                if aligned.stretches and (j == len(self.clauses) or aligned.stands_alone):
                    found = aligned.stretches
                    break
            self._tried[i, j] = found
        return self._tried[i, j]

    def _exception_left_out(self, used: Sequence[Stretch]) -> bool:
        """Whether an exception that follows in the provision takes something back that the statement says."""
        every = self.source.stretches
        hedged = any(a.kind is Kind.HEDGE for c in self.clauses for a in atoms_of(c, self.source.aliases, None))
        for stretch in used:
            here = every.index(stretch)
            for one, before in zip(every[here + 1 :], every[here:], strict=False):
                apart = one.unit != stretch.unit
                if apart and (one.owner != stretch.owner or (before.whole and not _EXCEPTED.search(one.text))):
                    break
                if hedged and _SPECIAL.match(one.text):
                    continue
                if _TAKES_BACK.search(one.text) and not one.title and one not in used and not one.ends(self.after, 0):
                    return True
                if one.unit != stretch.unit:
                    break
        return False


class _Alignment(Roles):
    """One statement, or some clauses of one, against one sentence."""

    @cached_property
    def stretches(self) -> tuple[Stretch, ...]:
        """The stretches that bear it; empty where they don't."""
        self._blocks()
        self._words_alike()
        self._unlink_known()
        used = self._used()
        if not any(i >= self.sentence.leads for i in used):
            return ()
        good = (
            self._nothing_added()
            and self._nothing_left_out(used)
            and self._same_force(used)
            and self._same_order(used)
            and self._same_junctions(used)
            and self._skips_nothing(used)
        )
        return tuple(self.sentence.stretches[i] for i in sorted(used)) if good else ()

    @property
    def stands_alone(self) -> bool:
        """Whether it says something without what follows it."""
        return any(self._says(i) for i in self._used())

    def otherwise(self) -> tuple[float, tuple[Difference, ...], tuple[Stretch, ...]]:
        """The share of the statement that is found or known, and what stands where the sentence has something else."""
        self._blocks()
        self._words_alike()
        self._unlink_known()
        used = self._used()
        needed = [i for i, a in enumerate(self.said) if a.needed]
        out: list[Difference] = []
        places = set[int]()
        borne = set(self.to)
        for word in words_of(self.said):
            if not self.said[word[0]].needed or any(i in self.to for i in word):
                continue
            if self._known(word):
                borne |= set(word)
            elif theirs := self._instead(word, used):
                one, other = self.said[word[0]], self.held[theirs[0]]
                places.add(self.sentence.at[theirs[0]])
                text = self.sentence.stretches[self.sentence.at[theirs[0]]].text
                kind = "name"
                if one.value and other.value:
                    kind = "bound" if compare(one.value, other.value) is Relation.BOUND else str(one.value.kind)
                out.append(
                    Difference(
                        kind=kind,
                        said=self.text[one.start : self.said[word[-1]].end],
                        found=text[other.start : self.held[theirs[-1]].end],
                    )
                )
                borne |= set(word)
        share = len(borne & set(needed)) / max(len(needed), 1) if self.to else 0.0
        return share, tuple(out), tuple(self.sentence.stretches[i] for i in sorted(places or used))

    def _instead(self, word: Sequence[int], used: set[int]) -> list[int]:
        """The word that a sentence has in the place of one of the statement: of its kind, beside the same words."""
        one = self.said[word[0]]
        left = [w for w in words_of(self.held) if self.sentence.at[w[0]] in used and not any(k in self.back for k in w)]
        if one.value:
            alike = [
                w for w in left if (v := self.held[w[0]].value) and (v.kind, v.unit) == (one.value.kind, one.value.unit)
            ]
            return alike[0] if len(alike) == 1 else []
        if not (one.kind is Kind.NAME or is_name(spelled(self.said, word))):
            return []
        names = [w for w in left if self.held[w[0]].kind is Kind.NAME or is_name(spelled(self.held, w))]
        beside = [w for w in names if self._beside(word, w)]
        return beside[0] if beside else []

    def _beside(self, word: Sequence[int], other: Sequence[int]) -> bool:
        """Whether two words stand right before, or right behind, words that go together."""
        for step, i, k in ((1, word[-1], other[-1]), (-1, word[0], other[0])):
            a, b = i + step, k + step
            while 0 <= a < len(self.said) and not self.said[a].content:
                a += step
            while 0 <= b < len(self.held) and not self.held[b].content:
                b += step
            if a in self.to and self.to[a] == b:
                return True
        return False
