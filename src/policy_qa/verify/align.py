"""Whether a sentence is a run of a provision's own stretches: whole, nothing left out that binds them."""

from __future__ import annotations

from collections.abc import Sequence

from policy_qa.values import polarity_of, values_in
from policy_qa.verify import clause_words as role
from policy_qa.verify.source import Source, Stretch


def find(said: str, source: Source, places: Sequence[tuple[int, int]]) -> tuple[Stretch, ...]:
    """The stretches inside `places` (offsets of the document) that `said` is made of; none where it isn't."""
    run = source.stretches
    inside = [any(a <= s.start and s.end <= b for a, b in places) for s in run]

    def made_of(at: int, i: int) -> tuple[Stretch, ...]:
        """The stretches from i on that the sentence is made of from `at` on; none where it isn't."""
        for end in run[i].ends(said, at) if inside[i] else ():
            if end == len(said) and _may_end(run, i):
                return (run[i],)
            for k in range(i + 1, len(run)) if end < len(said) else ():
                if (k == i + 1 or _introduces(run[i], run[i + 1 : k + 1])) and (rest := made_of(end, k)):
                    return (run[i], *rest)
        return ()

    for i, stretch in enumerate(run if said else ()):
        before = [s for s in run[:i] if s.unit == stretch.unit]
        if (found := made_of(0, i)) and _may_begin(before, stretch, run):
            return found
    return ()


def _introduces(lead: Stretch, items: Sequence[Stretch]) -> bool:
    """Whether a stretch introduces the items that follow, so that the last of them may stand right behind it."""
    begins = items[-1].unit != items[-2].unit
    return begins and lead.leads and all(s.item for s in items) and not (lead.condition and role.is_open(lead.text))


def _may_begin(skipped: Sequence[Stretch], kept: Stretch, run: Sequence[Stretch]) -> bool:
    """Whether what stands before a stretch in its sentence doesn't bind it."""
    if not skipped:
        return True
    if any(s.condition or (s.topic and not s.title) for s in skipped) or kept.goes_on:
        return False
    text = [s for s in skipped if not s.title]
    behind = [s for s in run if s.unit == kept.unit and s.start >= kept.start]
    if text and any(role.is_case(s.text) for s in behind):
        return False
    if text and not kept.subject and not kept.noun:
        if role.is_bare_subject(text[-1].text) or text[-1].text == text[-1].subject:
            return False
        if any(role.reaches_on(s.text) for s in text) and not (polarity_of(kept.text) or values_in(kept.text)):
            return False
    steps = [i for i, s in enumerate(skipped) if s.step]
    # A step ends with the act that it leads to; only another subject shows that what follows is something else.
    return not steps or any(s.subject or s.noun for s in [*skipped[steps[-1] + 1 :], kept][1:])


def _may_end(run: Sequence[Stretch], last: int) -> bool:
    """Whether nothing behind the last stretch takes back what it says."""
    own, following = run[last], run[last + 1 :]
    hedged = any(w in own.text for w in ("原则上", "一般"))
    for i, stretch in enumerate(following):
        if stretch.unit != own.unit and (stretch.owner != own.owner or (following[i - 1] if i else own).whole):
            break
        if stretch.exception and not stretch.title and not (hedged and stretch.text.startswith("特殊")):
            return False
        if stretch.unit != own.unit:
            break
    # A condition that goes on behind the stretch says nothing alone.
    return not (own.condition and role.is_open(own.text) and following and following[0].unit == own.unit)
