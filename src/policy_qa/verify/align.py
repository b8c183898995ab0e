"""Whether a sentence is made of a provision's own stretches: whole, in order, nothing left out that binds them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from policy_qa.datamodels import Kind
from policy_qa.values import Polarity, polarity_of, values_in
from policy_qa.verify import clause_words as role
from policy_qa.verify.normal import encode
from policy_qa.verify.source import Source, Stretch, asks_for_list

#: Nouns that name a side of their subject, so that CIO任期3年 says what 任期3年 says of the CIO.
_SIDES = ("任期", "聘期", "届期", "任职年限", "服务期", "每届任期", "每届")
_DUTIES = re.compile(r"(?:职责|职能|任务|权限|权利|义务|条件|要求|程序)$")
_LISTS = re.compile(r"下列|以下|如下")
#: 应当具备下列条件: the items are what is demanded, word for word.
_TO_MEET = re.compile(r"(?:具备|具有|符合|满足|履行)(?:下列|以下|如下)")
_GOVERNS = re.compile(r"不|未|禁|除|无|之一|若|如(?!下)|的，|时，|者，|经")


@dataclass(frozen=True, slots=True)
class Found:
    """The stretches that a sentence is made of, in text order, and the name that it puts before them."""

    stretches: tuple[Stretch, ...]
    opening: str = ""

    @property
    def names_whom(self) -> bool:
        """Whether the sentence itself says whom it speaks of."""
        return bool(self.opening or self.stretches[0].subject)


def find(
    said: str, source: Source, places: Sequence[tuple[int, int]], openings: Sequence[str], after: str = ""
) -> Found | None:
    """The stretches inside `places` (offsets of the document) that `said` is made of; None where it isn't.

    `openings` are the encoded names of the document's institution, which may stand before a subject; `after` is the
    sentence that follows, encoded: an exception that comes there isn't left out.
    """
    if not said:
        return None
    return _Search(said, source, places, openings, after).run()


class _Search:
    def __init__(
        self, said: str, source: Source, places: Sequence[tuple[int, int]], openings: Sequence[str], after: str
    ) -> None:
        self.said, self.source, self.openings, self.after = said, source, openings, after
        self.all = source.stretches
        self.inside = [any(a <= s.start and s.end <= b for a, b in places) for s in self.all]
        self.dead: set[tuple[int, int]] = set()

    def run(self) -> Found | None:
        for i, stretch in enumerate(self.all):
            if not self.inside[i]:
                continue
            for opening, closing in self._openings(i):
                if not self.said.startswith(opening) or not self.said.endswith(closing):
                    continue
                body = self.said[: len(self.said) - len(closing)] if closing else self.said
                for end in stretch.ends(body, len(opening)):
                    if path := self._go_on(body, end, i):
                        return Found(tuple(self.all[k] for k in path), opening)
        return None

    def _go_on(self, said: str, at: int, last: int) -> list[int] | None:
        """The stretches from the one just used on, if the rest of the sentence is made of what follows it."""
        if at == len(said):
            return [last] if self._may_end(last) else None
        if (at, last) in self.dead:
            return None
        for i in range(last + 1, len(self.all)):
            if not self.inside[i]:
                continue
            ends = self.all[i].ends(said, at)
            if ends and self._may_follow(last, i):
                for end in ends:
                    if path := self._go_on(said, end, i):
                        return [last, *path]
        self.dead.add((at, last))
        return None

    def _may_end(self, last: int) -> bool:
        """Whether nothing behind the last stretch takes back what it says."""
        own = self.all[last]
        hedged = any(w in own.text for w in ("原则上", "一般"))
        following = self.all[last + 1 :]
        for i, stretch in enumerate(following):
            if stretch.unit != own.unit and (stretch.owner != own.owner or (following[i - 1] if i else own).whole):
                break
            taken = (hedged and stretch.text.startswith("特殊")) or stretch.ends(self.after, 0)
            if stretch.exception and not stretch.title and not taken:
                return False
            if stretch.unit != own.unit:
                break
        # A condition that goes on behind the stretch says nothing alone.
        return not (own.condition and role.is_open(own.text) and following and following[0].unit == own.unit)

    def _may_follow(self, a: int, b: int) -> bool:
        """Whether the stretches between two that a sentence joins may be left out."""
        one, two, skipped = self.all[a], self.all[b], self.all[a + 1 : b]
        if not self._units_join(one, two, skipped):
            return False
        if any(s.unit == one.unit and s.exception for s in skipped):
            return False
        if skipped and one.condition and (one.unit == two.unit or role.is_open(one.text)):
            return False
        if one.leads and any(s.leads and s.unit == one.unit for s in skipped):
            return False
        if one.unit == two.unit and skipped and not self._says_of_itself(skipped, two):
            return False
        if one.unit != two.unit and any(s.unit == two.unit and not s.title for s in skipped):
            return False
        near = [s for s in skipped if s.unit in (one.unit, two.unit)]
        if any(s.subject or s.noun for s in near) and not (two.subject or two.noun):
            return False
        return self._may_skip([s for s in skipped if s.unit == two.unit], two)

    @staticmethod
    def _says_of_itself(skipped: Sequence[Stretch], two: Stretch) -> bool:
        """Whether a stretch needs nothing of those between it and the one that a sentence puts before it."""
        if two.step or any(role.is_bare_subject(s.text) for s in skipped):
            return False
        return bool(two.subject or values_in(two.text) or (not any(s.noun for s in skipped) and polarity_of(two.text)))

    def _units_join(self, one: Stretch, two: Stretch, skipped: Sequence[Stretch]) -> bool:
        """Whether two stretches stand in one sentence, in neighbouring ones, or in items of one list."""
        units = {s.unit for s in skipped} - {one.unit, two.unit}
        owners = (one.owner, two.owner)
        return all(s.item and two.item and s.owner not in owners for s in skipped if s.unit in units)

    def _may_skip(self, skipped: Sequence[Stretch], kept: Stretch) -> bool:
        """Whether what stands before a stretch in its sentence doesn't bind it."""
        if not skipped:
            return True
        if any(s.condition or (s.topic and not s.title) for s in skipped) or kept.goes_on:
            return False
        text = [s for s in skipped if not s.title]
        behind = [s for s in self.all if s.unit == kept.unit and s.start >= kept.start]
        if text and any(role.is_case(s.text) for s in behind):
            return False
        if text and not kept.subject and not kept.noun:
            if role.is_bare_subject(text[-1].text) or text[-1].text == text[-1].subject:
                return False
            if any(role.reaches_on(s.text) for s in text) and not (polarity_of(kept.text) or values_in(kept.text)):
                return False
        steps = [i for i, s in enumerate(skipped) if s.step]
        if not steps:
            return True
        # A step ends with the act that it leads to; only another subject shows that what follows is something else.
        after = [*skipped[steps[-1] + 1 :], kept]
        return any(s.subject or s.noun for s in after[1:])

    def _openings(self, i: int) -> Iterator[tuple[str, str]]:
        """What may stand before and behind a stretch that a sentence begins with: names, and the words of its lead."""
        stretch = self.all[i]
        before = [s for s in self.all[:i] if s.unit == stretch.unit]
        if not self._may_skip(before, stretch):
            return
        yield "", ""
        if stretch.subject:
            yield from ((opening, "") for opening in self.openings)
        for topic in self._topics(i, before):
            yield topic, ""
            yield from ((opening + topic, "") for opening in self.openings)
        if stretch.item and not before:
            yield from self._lead_forms(i)

    def _topics(self, i: int, before: Sequence[Stretch]) -> Iterator[str]:
        """The names that a stretch without a subject speaks of: its sentence's, or that of the lead that governs it."""
        stretch = self.all[i]
        side = stretch.text.startswith(_SIDES)
        if any(s.noun and not s.subject and not s.step for s in before):
            return
        if stretch.subject or stretch.title:
            return
        named = [s for s in before if s.subject]
        if any(role.is_bare_subject(s.text) for s in named):
            return
        by = stretch.text.startswith("由") and not re.search(r"[担兼]任$", stretch.text)
        if by and not all("由" in s.text for s in named):
            return  # 机构应当移送机关，由机关处理: what the agent gets isn't the subject of the first part
        if named:
            if (side or not stretch.noun) and len({s.subject for s in named}) == 1:
                yield from _names(named[0].subject)
            return
        lead = self._lead(i)
        whole = "，".join(s.text for s in lead)
        if lead and (side or not stretch.noun) and not _GOVERNS.search(whole + "，"):
            names = _names(lead[0].subject) if lead[0].subject else ()
            duty = {m.kind for m in polarity_of(whole)} == {Polarity.DUTY}
            if duty and _TO_MEET.search(whole):
                yield from (name + "⟦应⟧" for name in names)
            elif not polarity_of(whole) and _DUTIES.search(whole) and not _LISTS.search(whole):
                yield from names
        if not any(s.subject for s in lead) and (side or not stretch.noun):
            yield from self._term(lead)

    def _term(self, lead: Sequence[Stretch]) -> Iterator[str]:
        """The one term that the title defines, for the items of a list of duties or conditions that name nobody."""
        source = self.source
        above = lead[-1].text if lead else (source.article.headings or ("",))[-1]
        listed = bool(lead) or source.article.kind is Kind.POINT
        title = encode(source.article.instrument or source.segmentation.document.title, source.aliases, source.pattern)
        terms = set(re.findall(r"⟦=[^⟧]*⟧", title)) - {"⟦=学校⟧"}
        if listed and len(terms) == 1 and _DUTIES.search(above) and not _GOVERNS.search(above):
            yield from terms

    def _lead(self, i: int) -> list[Stretch]:
        """The stretches that introduce the list in which a stretch stands: the last sentence of its lead."""
        stretch = self.all[i]
        if not stretch.item:
            return []
        owner = self.source.segmentation.at(stretch.owner)
        lead = [s for s in self.all[:i] if owner and s.leads and s.owner == owner.parent]
        return [s for s in lead if s.unit == lead[-1].unit]

    def _lead_forms(self, i: int) -> Iterator[tuple[str, str]]:
        """「CIO一般由以下人员担任」 with the item in place of 以下人员."""
        lead = self._lead(i)
        if len(lead) != 1 or not (match := asks_for_list(lead[0].text)):
            return
        source = self.source
        head, tail = (
            encode(t, source.aliases, source.pattern)
            for t in (lead[0].text[: match.start()], lead[0].text[match.end() :])
        )
        if tail.startswith("之一"):
            return
        yield head, tail
        for verb in ("具备", "具有", "履行"):
            if head.endswith(verb):
                yield head.removesuffix(verb), tail


def _names(subject: str) -> Iterator[str]:
    """A subject as it may be repeated: whole, or the defined term that it ends in."""
    yield subject
    match = re.search(r"⟦=[^⟧]*⟧$", subject)
    if match and match.start():
        yield match.group()
