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
from itertools import pairwise, takewhile

from policy_qa.statements import Difference
from policy_qa.values import Relation, compare, polarity_of, values_in
from policy_qa.verify import clause_words as role
from policy_qa.verify.atoms import SIDES, Atom, Force, Kind, atoms_of, is_light, spelled, words_of
from policy_qa.verify.names import is_name, tagged
from policy_qa.verify.normal import Aliases
from policy_qa.verify.order import CLAUSE, Ordered
from policy_qa.verify.pairs import ASKED, Sentence, sentences_in
from policy_qa.verify.source import Source, Stretch

_ELEMENT = re.compile(r"、|或者|或|以及|和|与|及|并且?")
_OPEN_LIST = re.compile(r"等|组成|构成|包括|包含")
#: Takes back what stands before it; 其中 and 方可 only go on.
_TAKES_BACK = re.compile(
    r"^(?:但|不过|然而|除|另有|特殊|情况特殊|确有|确需|因特殊|必要时)|除外|例外|不在此限|另有规定|不适用|不包括"
)
_SPECIAL = re.compile(r"特殊|情况特殊|确有|确需|因特殊")
#: 按照…执行 beside what has a subject of its own, and the other branch of an alternative, bind nothing else.
_BASIS = re.compile(r"^(?:按照|根据|依照|依据)")
_OR = re.compile(r"^或者?")
_PLACES = frozenset("内下")
#: A name may be said by its last part, where so much stands before that: 委员会, never 校长 for 副校长.
_LONG = 4
#: Nor is one of several alternatives longer: 退学, 易制毒; 品行端正 is one of several conditions.
_SHORT = 3
#: What is forbidden or encouraged so is so for everybody.
_OF_ALL = ("提倡", "鼓励", "倡导", "严禁", "禁止")
_THROUGH = re.compile(r"由|经|报|会同|征得|须|凭")
_FRONTING = ("将", "把", "对", "在", "向")
#: Sentences of a provision that are tried, those with most in common first.
_TRIED = 4
#: The share of a statement's characters that a sentence has to have in common with it to be tried.
_COMMON = 0.4
#: The share of a statement that a sentence has to have for the rest to be told from it.
_HALF = 0.5
#: An exception as a sentence of its own, and the case that 原则上 leaves open.
_EXCEPTED = re.compile(r"(?:除外|例外|不在此限)$")


def align(said: str, source: Source, places: Sequence[tuple[int, int]]) -> tuple[Stretch, ...]:
    """The stretches that bear a statement whole, or clause by clause, in text order; none where a part isn't borne."""
    sentences = list(sentences_in(source, places))
    ends = [m.start() for m in CLAUSE.finditer(said)]
    spans = (said[a:b].strip("，,；;。：: \n") for a, b in pairwise((0, *ends, len(said))))
    clauses = [s for s in spans if re.search(r"\w", s)]
    if not sentences or not clauses:
        return ()
    return _Statement(clauses, source, sentences).run()


def told_otherwise(
    said: str, source: Source, places: Sequence[tuple[int, int]]
) -> tuple[tuple[Difference, ...], tuple[Stretch, ...]]:
    """What a statement says otherwise than the sentence that it comes nearest to, value for value, name for name.

    Both are empty where it has not even half of its words from one sentence.
    """
    atoms = atoms_of(said, source.aliases)
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
    _tried: dict[tuple[int, int], tuple[Stretch, ...]] = field(default_factory=dict)

    def run(self) -> tuple[Stretch, ...]:
        ordered = tuple(sorted(set(self._from(0) or ()), key=lambda s: s.start))
        return () if self._exception_left_out(ordered) else ordered

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
            atoms = atoms_of(text, self.source.aliases)
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
        hedged = any(a.kind is Kind.HEDGE for c in self.clauses for a in atoms_of(c, Aliases()))
        for stretch in used:
            here = every.index(stretch)
            for one, before in zip(every[here + 1 :], every[here:], strict=False):
                apart = one.unit != stretch.unit
                if apart and (one.owner != stretch.owner or (before.whole and not _EXCEPTED.search(one.text))):
                    break
                if hedged and _SPECIAL.match(one.text):
                    continue
                if _TAKES_BACK.search(one.text) and not one.title and one not in used:
                    return True
                if one.unit != stretch.unit:
                    break
        return False


class _Alignment(Ordered):
    """Some clauses of a statement (`said`) beside a sentence (`held`), and whether it bears all of them."""

    def _unlink_known(self) -> None:
        """Words that stand above need no stretch that has them by chance."""
        for place in range(self.sentence.leads, len(self.sentence.stretches)):
            mine = self._atoms_at(place)
            linked = [k for k in mine if k in self.back]
            words = [w for w in words_of(self.said) if any(self.to.get(i) in linked for i in w)]
            known = all(self._known(w) and all(self.to.get(i) in linked for i in w) for w in words)
            others = any(self.said[w[0]].needed and w not in words for w in words_of(self.said))
            if known and others and len(linked) < len(mine) and not self._lends(place):
                self.back = {k: i for k, i in self.back.items() if k not in linked}
                self.to = {i: k for i, k in self.to.items() if k not in linked}

    def _known(self, word: Sequence[int]) -> bool:
        """Whether what stands above the sentence has a word."""
        written = spelled(self.said, word)
        if self.said[word[0]].kind is not Kind.NAME and self.said[word[0]].tag[:1] not in "nslvja":
            return False
        if SIDES.fullmatch(written):
            return False
        first = min(self.to, default=0)
        after = next((w for w in words_of(self.said) if w[0] > word[-1] and self.said[w[0]].content), None)
        between = self.text[self.said[word[-1]].end : self.said[after[0]].start] if after else "，"
        joined = between in ("", "的", "（", "）")
        modifies = joined and after and self.said[after[0]].tag[:1] in ("n", "v", "")
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

    def _used(self) -> set[int]:
        """The stretches that the statement takes words from; one that lends its subject or its object alone isn't."""
        own = {self.sentence.at[k] for k in self.back}
        return {i for i in own if not (any(j > i for j in own) and self._lends(i))}

    def _says(self, i: int) -> bool:
        """Whether a stretch is a sentence, and not only what the next one is about: 刻制印章，须经批准."""
        stretch = self.sentence.stretches[i]
        mine = [a for k, a in enumerate(self.held) if self.sentence.at[k] == i]
        return bool(stretch.subject) or stretch.noun or any(a.value or a.kind in (Kind.FORCE, Kind.ROLE) for a in mine)

    def _lends(self, i: int) -> bool:
        """Whether the statement takes nothing from a stretch but a name: what it opens with, or what it ends in."""
        mine = [k for k in self._atoms_at(i) if self.held[k].needed]
        taken = [k for k in mine if k in self.back]
        stretch = self.sentence.stretches[i]
        following = next((s for s in self.sentence.stretches[i + 1 :]), None)
        passive = any(self.held[k].key == "由" for k in range(len(self.held)) if self.sentence.at[k] == i)
        if not taken or len(taken) == len(mine) or i < self.sentence.leads or following is None:
            return False
        if following.subject and not passive:
            return False
        first, last = mine.index(taken[0]), mine.index(taken[-1])
        if stretch.condition or stretch.topic or last - first + 1 > len(taken):
            return False
        words, subject = spelled(self.held, taken), re.sub(r"⟦=|⟧", "", stretch.subject)
        if subject and (words == subject or (subject.endswith(words) and len(subject) - len(words) >= _LONG)):
            return True
        if not first:
            after = taken[-1] + 1
            beside = self.held[after] if after < len(self.held) and self.sentence.at[after] == i else None
            goes_on = beside is not None and (beside.kind in (Kind.FORCE, Kind.ROLE) or beside.tag == "v")
            copula = stretch.text[self.held[taken[-1]].end :].startswith(("是", "为"))
            # 经校长办公会审议通过: a name behind a preposition is no subject.
            opens = not stretch.text[: self.held[taken[0]].start].strip()
            return opens and self.held[taken[0]].tag != "v" and (goes_on or copula)
        return last == len(mine) - 1 and self.held[mine[first - 1]].tag == "v"

    def _nothing_added(self) -> bool:
        for word in words_of(self.said):
            left = [i for i in word if self.said[i].needed and i not in self.to]
            whole = len(left) == len(word)
            # What is left of 校内 beside 校外 is not light.
            if not left or (is_light(spelled(self.said, left)) and (whole or spelled(self.said, left) not in _PLACES)):
                continue
            if not whole or not self._known(word):
                return False
        return True

    def _nothing_left_out(self, used: set[int]) -> bool:
        for word in words_of(self.held):
            i = self.sentence.at[word[0]]
            left = [k for k in word if self.held[k].needed and k not in self.back]
            if not left or i not in used or is_light("".join(self.held[k].key for k in left)):
                continue
            stretch = self.sentence.stretches[i]
            if i < self.sentence.lent:
                continue
            if i < self.sentence.leads:
                asked = ASKED.search(stretch.text)
                # 应当具备下列条件 is a demand, 有下列情形之一的 is a case.
                demands = asked and (stretch.text.endswith("条件") or asked.start() <= self.held[word[0]].start)
                bound = stretch.condition and not demands
                if self.held[word[0]].kind is Kind.HEDGE or bound:
                    return False
            elif len(left) < len(word) or not (self._in_context(word) or self._listed(stretch, i, word)):
                return False
        leads = (k for k in range(len(self.held)) if self.sentence.at[k] in self._led())
        return all(k in self.back for k in leads if self.held[k].kind is Kind.HEDGE)

    def _in_context(self, word: Sequence[int]) -> bool:
        """Whether a word only says again what the title or an earlier stretch has said."""
        atom = self.held[word[0]]
        written = "".join(self.held[k].key for k in word)
        stretch = self.sentence.stretches[self.sentence.at[word[0]]]
        if stretch.text[: atom.start].endswith("本"):
            return True
        if written == "学校":
            return not self._told_apart(stretch.text[self.held[word[-1]].end :])
        if atom.tag[:1] in "nvj" and len(written) > 1 and written in self.sentence.title:
            return True
        return self._said_again(word)

    def _told_apart(self, rest: str) -> bool:
        """Whether what 学校 stands before is told from others by it: 学校印章, 部门印章."""
        head = next((rest[a:b] for a, b, tag in tagged(rest[:8]) if tag.startswith("n")), "")
        text = self.sentence.source.segmentation.text_of(self.sentence.source.article)
        return (
            bool(head)
            and rest.startswith(head)
            and bool(re.search(rf"(?<!学校)(?<=[门院级部分位]){re.escape(head)}", text))
        )

    def _said_again(self, word: Sequence[int]) -> bool:
        """Whether a stretch opens with what an earlier one has named: 可以给予路程假，路程假不超过4天."""
        place = self.sentence.at[word[0]]
        mine = [k for k in self._atoms_at(place) if self.held[k].needed]
        if self.held[word[0]].kind not in (Kind.CHARACTER, Kind.NAME):
            return False
        head = list(takewhile(lambda k: k not in self.back, mine))
        said = spelled(self.held, [k for k in sorted(self.back) if self.sentence.at[k] < place])
        if word[0] in head and spelled(self.held, head) in said:
            return True
        # 给予路程假，路程假不超过4天: what it ends in is what the next one opens with.
        tail = list(takewhile(lambda k: k not in self.back, reversed(mine)))[::-1]
        opening = [k for k in self._atoms_at(place + 1) if self.held[k].needed][: len(tail)]
        again = spelled(self.held, tail) == spelled(self.held, opening) and all(k in self.back for k in opening)
        if word[0] in tail and again:
            return True
        lent = [k for k in sorted(self.back) if self.sentence.at[k] < self.sentence.lent]
        return spelled(self.held, word) in spelled(self.held, lent)

    def _listed(self, stretch: Stretch, i: int, word: Sequence[int]) -> bool:
        """Whether a word stands in elements of a list that are left out while one beside them is named."""
        mine = self._atoms_at(i)
        first = last = mine.index(word[0])
        while first and mine[first - 1] not in self.back:
            first -= 1
        while last + 1 < len(mine) and mine[last + 1] not in self.back:
            last += 1
        before = self.held[mine[first - 1]].end if first else -1
        behind = self.held[mine[last + 1]].start if last + 1 < len(mine) else -1
        start, end = self.held[mine[first]].start, self.held[mine[last]].end
        cut = before >= 0 and _ELEMENT.search(stretch.text, before, start)
        if cut and behind >= 0 and "的" in stretch.text[end:behind]:
            return False
        cut = cut or (behind >= 0 and _ELEMENT.search(stretch.text, end, behind))
        if not cut and behind >= 0:
            # 党委印章和行政印章: the first 印章 may be the one that is named.
            inner = _ELEMENT.search(stretch.text, start, end)
            cut = inner if inner and stretch.text.startswith(stretch.text[start : inner.start()], behind) else None
        if not cut:
            return False
        if role.is_case(stretch.text):
            return cut.group() in ("或", "或者") or (cut.group() == "、" and self._alternatives(stretch, start, end))
        return not _THROUGH.search(stretch.text[: cut.start()]) or bool(_OPEN_LIST.search(stretch.text))

    def _alternatives(self, stretch: Stretch, start: int, end: int) -> bool:
        """Whether the elements of a case are alternatives: 毕业、退学、休学的; 满一学期、表现良好的 are not."""
        pieces = list(re.finditer("[^、]+", stretch.text))
        gone = [m for m in pieces if m.start() < end and start < m.end()]
        kept = [m for m in pieces if m not in gone]
        units = [{v.unit for v in values_in(m.group())} - {""} for m in (*gone, *kept)]
        alike = all(units) and len(set().union(*units)) == 1
        left = [w for w in words_of(self.held) if w[0] not in self.back]
        here = [w for w in left if self.sentence.stretches[self.sentence.at[w[0]]] is stretch]
        lost = [[w for w in here if m.start() <= self.held[w[0]].start < m.end()] for m in gone]
        return alike or all(len(w) == 1 and len(w[0]) <= _SHORT for w in lost)

    def _skips_nothing(self, used: set[int]) -> bool:
        """Whether no condition, step, topic or subject that binds a stretch is passed over."""
        stretches = self.sentence.stretches
        for i in range(self.sentence.leads, len(stretches)):
            stretch = stretches[i]
            taken = [j for j in range(len(stretches)) if any(self.sentence.at[k] == j for k in self.back)]
            if i in taken or not any(stretches[j].unit == stretch.unit for j in taken):
                continue
            special = _SPECIAL.match(stretch.text) and any(a.kind is Kind.HEDGE for a in self.said)
            takes_back = _TAKES_BACK.search(stretch.text) and not special
            if takes_back and any(self.sentence.leads <= j < i for j in used):
                return False
            later = [j for j in taken if j > i and stretches[j].unit == stretch.unit]
            if not later:
                continue
            following = stretches[later[0]]
            own = following.subject or following.noun
            if role.reaches_on(stretch.text) and not (own or polarity_of(following.text) or values_in(following.text)):
                return False
            alternative = (i - 1 in taken and _OR.match(stretch.text)) or (
                i + 1 in taken and _OR.match(stretches[i + 1].text)
            )
            basis = _BASIS.match(stretch.text) and (own or tagged(stretch.text)[-1][2].startswith("v"))
            between = any(j < i and role.is_case(stretches[j].text) for j in used if j >= self.sentence.leads)
            if between and not any(a.kind is Kind.FORCE for k, a in enumerate(self.held) if self.sentence.at[k] == i):
                return False
            cased = any(role.is_case(stretches[j].text) for j in later)
            # A step ends with the act that it leads to; what has a subject of its own behind that is something else.
            act = i + 1 + next((n for n, x in enumerate(stretches[i + 1 :]) if not x.step), 0)
            done = stretch.step and any(x.subject or x.noun for x in stretches[act + 1 : later[0] + 1])
            if (stretch.condition or stretch.step or cased) and not done and not alternative and not basis:
                return False
            named = stretch.subject or stretch.noun
            if stretch.topic or (later[0] == i + 1 and following.goes_on and named):
                return False
            parallel = "由" in stretch.text and "由" in following.text[1:]
            own = own or parallel or following.text.startswith(_OF_ALL)
            forced = (
                next((a.kind for k, a in enumerate(self.held) if self.sentence.at[k] == later[0]), None) is Kind.FORCE
            )
            if forced and later[0] == i + 1 and not self._says(i):
                return False
            if not own and (stretch.subject or stretch.noun) and not alternative:
                return False
        return True

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
        if theirs >= 0 and self._beside_or_same(theirs, mine):
            return True
        if self.sentence.at[mine] < self.sentence.lent:  # 将数据输入工具的，…；二级以上数据不得输入
            return theirs >= 0 and spelled(self.held, self._word_at(theirs)) == spelled(self.held, self._word_at(mine))
        # 严禁将废液倒入下水道: 废液严禁倒入下水道.
        text = self.sentence.stretches[self.sentence.at[k]].text
        fronted = text[self.held[k].end :].startswith(_FRONTING) and self.sentence.at[k] == self.sentence.at[mine]
        return fronted and k < mine and not any(self._weighs(self.held[x]) for x in range(k + 1, mine))

    def _beside_or_same(self, one: int, other: int) -> bool:
        """Whether two characters stand in one word or in neighbouring ones: 不作毕业要求, 毕业不作要求."""
        a, b = sorted((one, other))
        if self.sentence.at[a] != self.sentence.at[b]:
            return False
        between = self.sentence.stretches[self.sentence.at[a]].text[self.held[a].end : self.held[b].start]
        last = self._word_at(a)[-1]
        return b <= last + 1 and "的" not in between

    @staticmethod
    def _weighs(atom: Atom) -> bool:
        return atom.kind is Kind.FORCE and atom.key != Force.MUST

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
            and self._same_agents()
            and self._same_junctions(used)
            and self._skips_nothing(used)
        )
        return tuple(self.sentence.stretches[i] for i in sorted(used) if not self._only_named(i)) if good else ()

    def _only_named(self, i: int) -> bool:
        """Whether a stretch is a lead of which a statement has nothing but a name."""
        return i < self.sentence.leads and all(
            self.held[k].kind is Kind.NAME for k in self._atoms_at(i) if k in self.back
        )

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
