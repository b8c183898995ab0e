"""Whether a statement says of whom, by whom and with what force what the sentence says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from policy_qa.verify.atoms import Atom, Force, Kind, words_of
from policy_qa.verify.binding import Binding
from policy_qa.verify.names import names_of
from policy_qa.verify.pairing import spelled

_PLACING = ("向", "对", "给", "在", "至", "到", "与", "将", "把", "从")
_FRONTING = ("将", "把", "对", "在", "向")


class Roles(Binding):
    """Adds force, order and what joins the parts."""

    def _same_force(self, used: set[int]) -> bool:
        """Whether negations stand before the same words, and what may be is what may be."""
        left = [k for k, a in enumerate(self.held) if self._weighs(a) and self.sentence.at[k] in (used | self._led())]
        for i, atom in enumerate(self.said):
            if not self._weighs(atom):
                continue
            governed = self._governed(self.said, i)
            found = next((k for k in left if self.held[k].key == atom.key and self._same_scope(i, governed, k)), None)
            if found is None:
                return False
            left.remove(found)
        return not left

    def _same_scope(self, i: int, governed: int, k: int) -> bool:
        """Whether a word of force in the statement governs what one of the sentence does."""
        theirs = self._governed(self.held, k)
        if governed < 0 or governed not in self.to:
            # 一律不能做: the verb only carries what stands before it.
            if governed >= 0:
                word = next(w for w in words_of(self.said) if governed in w)
                return theirs < 0 and self._known(word)
            before = max((x for x in self.to if x < i), default=-1)
            return before >= 0 and self.sentence.at[self.to[before]] == self.sentence.at[k]
        mine = self.to[governed]
        if theirs >= 0 and self._word_at(theirs) == self._word_at(mine):
            return True
        if self.sentence.at[mine] < self.sentence.lent:  # 将数据输入工具的，…；二级以上数据不得输入
            return theirs >= 0 and spelled(self.held, self._word_at(theirs)) == spelled(self.held, self._word_at(mine))
        # 严禁将废液倒入下水道: 废液严禁倒入下水道.
        text = self.sentence.stretches[self.sentence.at[k]].text
        fronted = text[self.held[k].end :].startswith(_FRONTING) and self.sentence.at[k] == self.sentence.at[mine]
        return fronted and k < mine and not any(self._weighs(self.held[x]) for x in range(k + 1, mine))

    @staticmethod
    def _weighs(atom: Atom) -> bool:
        return atom.kind is Kind.FORCE and atom.key != Force.MUST

    @staticmethod
    def _governed(atoms: Sequence[Atom], i: int) -> int:
        return next((k for k in range(i + 1, len(atoms)) if atoms[k].needed), -1)

    def _same_order(self, used: set[int]) -> bool:
        """Whether what the statement says in another order than the provision is only said in another order."""
        order = [(i, k) for i, k in sorted(self.to.items()) if self.sentence.at[k] in used]
        seen: list[int] = []
        for place in (self.sentence.at[k] for _, k in order):
            if place >= self.sentence.leads and not (seen and seen[-1] == place):
                seen.append(place)
        # Ⅰ级实验室，学校每月检查一次: 学校对Ⅰ级实验室每月检查一次.
        around = [p for n, p in enumerate(seen) if not (0 < n < len(seen) - 1 and self.sentence.stretches[p].topic)]
        around = [p for p, before in zip(around, [None, *around], strict=False) if p != before]
        if len(set(around)) < len(around) or any(seen.count(p) > 1 for p in seen if p not in around):
            return False
        stretches = self.sentence.stretches
        for a, b in pairwise(seen):
            if a > b and any(stretches[x].step or stretches[x].goes_on for x in (a, b)):
                return False
        return all(self._ordered(p, [(i, k) for i, k in order if self.sentence.at[k] == p]) for p in set(seen))

    def _same_junctions(self, used: set[int]) -> bool:
        """Whether 和 is no 或 and 或 no 和, and what is said of all is so in the provision."""
        contents = [i for i, a in enumerate(self.said) if a.content]
        for i, j in pairwise(contents):
            if i not in self.to or j not in self.to or self.sentence.at[self.to[i]] != self.sentence.at[self.to[j]]:
                continue
            k, m = sorted((self.to[i], self.to[j]))
            stretch = self.sentence.stretches[self.sentence.at[k]]
            ours = _junction(self.text[self.said[i].end : self.said[j].start])
            if {ours, _junction(stretch.text[self.held[k].end : self.held[m].start])} == {"and", "or"}:
                return False
        places = used | self._led()
        theirs = sum(a.kind is Kind.ALL for k, a in enumerate(self.held) if self.sentence.at[k] in places)
        return sum(a.kind is Kind.ALL and not self._resumes(i) for i, a in enumerate(self.said)) <= theirs

    def _resumes(self, i: int) -> bool:
        """Whether 都 only takes up what several are named: 各部门和教学院都要指定联络员."""
        clause = self.text[: self.said[i].start].rpartition("，")[2]
        after = self.said[i + 1] if i + 1 < len(self.said) else None
        acts = after is not None and (after.kind in (Kind.FORCE, Kind.ROLE) or after.tag == "v")
        return acts and self.text[self.said[i].start] in "都均皆" and bool(re.search("[、和与及各]", clause))

    def _ordered(self, place: int, pairs: Sequence[tuple[int, int]]) -> bool:
        got = [k for _, k in pairs if self.held[k].kind is not Kind.HEDGE and not self._frequency(self.held[k])]
        return self._exchanged(got) or any(self._in_order(got, variant) for variant in self._voices(place))

    @staticmethod
    def _in_order(got: Sequence[int], variant: Sequence[int]) -> bool:
        rank = {k: n for n, k in enumerate(variant)}
        ranks = [rank[k] for k in got if k in rank]
        return ranks == sorted(ranks)

    def _exchanged(self, got: Sequence[int]) -> bool:
        """Whether two neighbouring parts of a stretch have changed places, not both with a name, nor with a value."""
        places = [k for k, before in zip(got, [None, *got], strict=False) if k != before]
        drops = [n for n in range(1, len(places)) if places[n] < places[n - 1]]
        if len(drops) != 1:
            return not drops
        cut = drops[0]
        front = [k for k in places[:cut] if k > min(places[cut:])]
        back = [k for k in places[cut:] if k < max(places[:cut])]
        if max(back) > min(front) or not all(map(self._movable, (front, back))):
            return False
        for one, other in ((front, back), (back, front)):
            told = self._named(other) or self._before(other).endswith("由")
            if self._acts(one) and told and not self._placed(other):
                return False
        return not all(map(self._named, (front, back))) and not all(map(self._counted, (front, back)))

    def _acts(self, part: Sequence[int]) -> bool:
        return any(self.held[k].tag.startswith("v") for k in part)

    def _placed(self, part: Sequence[int]) -> bool:
        """Whether a word before a name says its part, so that its place doesn't: 向校长报告, 由校长任命."""
        said = self.text[: self.said[self.back[part[0]]].start]
        return self._before(part).endswith(_PLACING) or said.endswith(("由", "被"))

    def _before(self, part: Sequence[int]) -> str:
        """What stands before a part in its stretch."""
        return self.sentence.stretches[self.sentence.at[part[0]]].text[: self.held[part[0]].start]

    def _movable(self, part: Sequence[int]) -> bool:
        """Whether a part is more than a character that tells one name from another: 副, 总, 外."""
        atom = self.held[part[0]]
        return len(part) > 1 or atom.kind is not Kind.CHARACTER or atom.tag.startswith("v")

    def _named(self, part: Sequence[int]) -> bool:
        words = "".join(self.held[k].key for k in part if self.held[k].kind is Kind.CHARACTER)
        return any(self.held[k].kind is Kind.NAME for k in part) or bool(names_of(words))

    def _counted(self, part: Sequence[int]) -> bool:
        return any(self.held[k].value for k in part)

    @staticmethod
    def _frequency(atom: Atom) -> bool:
        return atom.value is not None and atom.value.kind == "frequency"

    def _voices(self, place: int) -> Iterator[list[int]]:
        """The orders in which a stretch may be said: as it stands, and X由Y做 as Y做X, and the other way round."""
        mine = [k for k in range(len(self.held)) if self.sentence.at[k] == place]
        yield mine
        by = next((n for n, k in enumerate(mine) if self.held[k].key in ("由", "经由")), None)
        verbs = [n for n, k in enumerate(mine) if self.held[k].tag.startswith("v")]
        if by is not None:
            yield mine[by:] + mine[:by]
            text = self.sentence.stretches[place].text
            if bears := re.search("担任|兼任|任|当", text[self.held[mine[by]].end :]):
                # 委员会由副校长任主任: 委员会主任由副校长担任.
                start = self.held[mine[by]].end + bears.start()
                office = [k for k in mine if self.held[k].start >= start]
                yield [*mine[:by], *office, *(k for k in mine[by:] if k not in office)]
            for n in verbs:
                if n > by:
                    yield [*mine[by:n], *mine[:by], *mine[n:]]
                    end = next(
                        (m for m in range(n, len(mine)) if self.held[mine[m]].word != self.held[mine[n]].word),
                        len(mine),
                    )
                    yield [*mine[by:end], *mine[:by], *mine[end:]]
        elif any(a.key in ("由", "经由") for a in self.said):
            for n in verbs:
                end = next(
                    (m for m in range(n, len(mine)) if self.held[mine[m]].word != self.held[mine[n]].word), len(mine)
                )
                yield [*mine[end:], *mine[:end]]


def _junction(between: str) -> str:
    """Whether words are joined by 或 or by 和."""
    return "or" if "或" in between else "and" if re.search("[和与及]", between) else ""
