"""Whether what is said in another order than a provision has it is only said in another order.

Who does what to whom may be told in either voice, and neighbours may change places; 由, 和 and 或 and a step that comes
first keep what they bind.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from policy_qa.verify.atoms import Kind
from policy_qa.verify.names import names_of
from policy_qa.verify.pairs import Pairs

_PLACING = ("向", "对", "给", "在", "至", "到", "与", "将", "把", "从")
#: Verbs of bearing an office.
_BEARS = re.compile("[担兼]任|(?<!主)任|当(?![日月年地])")
#: What ends a clause of a statement; a mark between digits belongs to the number.
CLAUSE = re.compile(r"(?<!\d)[，,](?!\d)|[；;。：]|(?<!\d):(?!\d)")


class Ordered(Pairs):
    """Pairs of atoms, and whether the order of one side means what that of the other does."""

    def _same_order(self, used: set[int]) -> bool:
        """Whether what the statement says in another order than the provision is only said in another order."""
        order = [(i, k) for i, k in sorted(self.to.items()) if self.sentence.at[k] in used]
        runs: list[tuple[int, set[int]]] = []
        for i, k in order:
            place, clause = self.sentence.at[k], len(CLAUSE.findall(self.text, 0, self.said[i].start))
            if place >= self.sentence.leads and not (runs and runs[-1][0] == place):
                runs.append((place, set()))
            if place >= self.sentence.leads:
                runs[-1][1].add(clause)
        seen = [place for place, _ in runs]
        # Ⅰ级实验室，学校每月检查一次: 学校对Ⅰ级实验室每月检查一次.
        inner = {
            n
            for n, (p, clauses) in enumerate(runs)
            if 0 < n < len(runs) - 1 and self.sentence.stretches[p].topic and clauses <= runs[n - 1][1]
        }
        around = [p for n, p in enumerate(seen) if n not in inner]
        around = [p for p, before in zip(around, [None, *around], strict=False) if p != before]
        if len(set(around)) < len(around) or any(seen.count(seen[n]) > 1 for n in inner):
            return False
        stretches = self.sentence.stretches
        for a, b in pairwise(seen):
            if a > b and any(stretches[x].step or stretches[x].goes_on for x in (a, b)):
                return False
        return all(self._ordered(p, [(i, k) for i, k in order if self.sentence.at[k] == p]) for p in set(seen))

    def _same_agents(self) -> bool:
        """Whether 由 stands before the same words: 主任由副校长担任 is no 副校长由主任担任."""
        for i, atom in enumerate(self.said):
            after = self._governed(self.said, i)
            if atom.key != "由" or after not in self.to:
                continue
            k = self.to[after]
            mine = [x for x in range(k) if self.sentence.at[x] == self.sentence.at[k]]
            by = next((x for x in reversed(mine) if self.held[x].key == "由"), k)
            between = self.sentence.stretches[self.sentence.at[k]].text[self.held[by].end : self.held[k].start]
            if by < k and _BEARS.search(between):
                return False
        return True

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
        atoms = ((k, self.held[k]) for _, k in pairs)
        got = [k for k, a in atoms if a.kind is not Kind.HEDGE and not (a.value and a.value.kind == "frequency")]
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

    def _voices(self, place: int) -> Iterator[list[int]]:
        """The orders in which a stretch may be said: as it stands, and X由Y做 as Y做X, and the other way round."""
        mine = [k for k in range(len(self.held)) if self.sentence.at[k] == place]
        yield mine
        by = next((n for n, k in enumerate(mine) if self.held[k].key in ("由", "经由")), None)
        verbs = [n for n, k in enumerate(mine) if self.held[k].tag.startswith("v")]
        if by is not None:
            yield mine[by:] + mine[:by]
            text = self.sentence.stretches[place].text
            if bears := _BEARS.search(text[self.held[mine[by]].end :]):
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

    def _led(self) -> set[int]:
        return set(range(self.sentence.lent, self.sentence.leads))


def _junction(between: str) -> str:
    """Whether words are joined by 或 or by 和."""
    return "or" if "或" in between else "and" if re.search("[和与及]", between) else ""
