"""Whether a statement adds nothing to a sentence, and leaves nothing out of it that binds."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import takewhile

from policy_qa.values import Polarity, polarity_of, values_in
from policy_qa.verify import clause_words as role
from policy_qa.verify.atoms import Kind, is_light, words_of
from policy_qa.verify.pairing import Pairing, spelled
from policy_qa.verify.source import Stretch, tagged

_ELEMENT = re.compile(r"、|或者|或|以及|和|与|及|并且?")
_BRACKET = re.compile(r"[（(]([^（）()]*)[）)]")
_OPEN_LIST = re.compile(r"等|组成|构成|包括|包含")
#: Takes back what stands before it; 其中 and 方可 only go on.
_TAKES_BACK = re.compile(
    r"^(?:但|不过|然而|除|另有|特殊|情况特殊|确有|确需|因特殊|必要时)|除外|例外|不在此限|另有规定|不适用|不包括"
)
_SPECIAL = re.compile(r"特殊|情况特殊|确有|确需|因特殊")
#: 按照…执行 beside what has a subject of its own, and the other branch of an alternative, bind nothing else.
_BASIS = re.compile(r"^(?:按照|根据|依照|依据)")
_OR = re.compile(r"^或者?")
_ASKED = re.compile(r"下列|以下|如下")
#: A name may be said by its last part, where so much stands before that: 委员会, never 校长 for 副校长.
_LONG = 4
#: Nor is one of several alternatives longer: 退学, 易制毒; 品行端正 is one of several conditions.
_SHORT = 3
#: What is forbidden or encouraged so is so for everybody.
_OF_ALL = ("提倡", "鼓励", "倡导", "严禁", "禁止")
_THROUGH = re.compile(r"由|经|报|会同|征得|须|凭")


class Binding(Pairing):
    """Adds what has to be there on both sides."""

    def _used(self) -> set[int]:
        """The stretches that the statement takes words from; one that lends its subject or its object alone isn't."""
        own = {self.sentence.at[k] for k in self.back}
        return {i for i in own if not (any(j > i for j in own) and self._lends(i))}

    def _says(self, i: int) -> bool:
        """Whether a stretch is a sentence, and not only what the next one is about: 刻制印章，须经批准."""
        stretch = self.sentence.stretches[i]
        mine = [a for k, a in enumerate(self.held) if self.sentence.at[k] == i]
        return bool(stretch.subject) or stretch.noun or any(a.value or a.kind in (Kind.FORCE, Kind.ROLE) for a in mine)

    def _named_again(self, i: int) -> bool:
        """Whether the statement names a topic by the words of another stretch."""
        written = spelled(self.held, sorted(self.back))
        text = self.sentence.stretches[i].text
        elements = (
            [a for k, a in enumerate(self.held) if self.sentence.at[k] == i and m.start() <= a.start < m.end()]
            for m in re.finditer("[^、]+", text)
        )
        return any("".join(a.key for a in e if a.content) in written for e in elements if any(a.content for a in e))

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
            if not left or is_light(spelled(self.said, left)):
                continue
            if len(left) < len(word) or not self._known(word):
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
                asked = _ASKED.search(stretch.text)
                bound = stretch.condition and not (asked and asked.start() <= self.held[word[0]].start)
                if self.held[word[0]].kind is Kind.HEDGE or bound:
                    return False
            elif len(left) < len(word) or not (
                self._in_context(word) or self._listed(stretch, i, word) or self._in_brackets(stretch, word)
            ):
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

    def _in_brackets(self, stretch: Stretch, word: Sequence[int]) -> bool:
        at = self.held[word[0]].start
        return any(
            m.start() < at < m.end() and role.may_be_left_out(m.group(1)) for m in _BRACKET.finditer(stretch.text)
        )

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
            if _reaches(stretch) and not (own or polarity_of(following.text) or values_in(following.text)):
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
            topical = stretch.topic and not self._named_again(i)
            if topical or (later[0] == i + 1 and following.goes_on and named):
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

    def _led(self) -> set[int]:
        return set(range(self.sentence.lent, self.sentence.leads))


def _reaches(stretch: Stretch) -> bool:
    """Whether a stretch permits or forbids, which may reach on to the next: 可以停业整顿，降低等级."""
    reaching = (Polarity.PERMISSION, Polarity.PROHIBITION, Polarity.EXEMPTION)
    return any(m.kind in reaching for m in polarity_of(stretch.text))
