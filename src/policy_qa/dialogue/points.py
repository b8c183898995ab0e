"""A turn and what came before -> the points in it, each judged, each with what it carries over."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from policy_qa.datamodels import PointKind
from policy_qa.dialogue.kinds import Judged
from policy_qa.dialogue.split import parts_of

#: A turn that is likelier than this to leave its matter out takes it from what came before. So little is enough, since
#: it is read in its own words alone as well; chosen on the turns of eval/turns/dev.jsonl.
LEANS = 0.08
#: A turn that is as likely as not to stand alone is heard alone where nothing is found otherwise.
SURELY_LEANS = 0.5
#: Talk and other fields are no matter of policies, where a turn is as surely one of them as silences a question.
_OFF = 0.8
#: What is told from what is known of documents, not from their rules.
_OF_DOCUMENTS = (PointKind.HOLDINGS, PointKind.FACT, PointKind.OUTLINE)
#: Courtesy beside a question is no point of its own.
_COURTESY = 0.7
#: So many earlier turns are looked at.
_EARLIER = 6


@dataclass(frozen=True)
class Asked:
    """One point: its own words, what it is, and the earlier points that it takes its matter from, oldest first.

    `beside` tells that it follows another one in its own turn.
    """

    own: str
    judged: Judged
    context: tuple[Asked, ...] = ()
    beside: bool = False

    @property
    def carried(self) -> str:
        """The words of earlier points that it takes its matter from."""
        return self.context[-1].text if self.context else ""

    @cached_property
    def text(self) -> str:
        """The point as it stands alone."""
        return f"{self.carried} {self.own}".lstrip()

    @property
    def chain(self) -> tuple[Asked, ...]:
        """What is understood one after the other: the context, then the point itself."""
        return (*self.context, self)

    def alone(self) -> Asked:
        """The same, with nothing carried over."""
        return Asked(self.own, self.judged, beside=self.beside)


@dataclass(frozen=True, slots=True)
class Turns:
    """Reads turns. `judge` tells what a part is, `one_thing` that 「A和B」 is no two matters."""

    judge: Callable[[str], Judged]
    one_thing: Callable[[str], bool]

    def read(self, turn: str, history: Sequence[str] = ()) -> tuple[Asked, ...]:
        """The points of a turn, in order, at least one."""
        before: tuple[Asked, ...] = ()
        for earlier in history[-_EARLIER:]:
            # Talk and other fields between two questions are heard, and forgotten.
            matter = [a for a in self._points(earlier, before) if _of_policies(a)]
            before = matter[-1].chain if matter else before
        return self._points(turn, before)

    def _points(self, turn: str, before: tuple[Asked, ...]) -> tuple[Asked, ...]:
        parts = [(part, self.judge(part)) for part in parts_of(turn, self.one_thing)]
        if len(parts) > 1:
            parts = [(p, j) for p, j in parts if not _courtesy(j)] or parts[:1]
        out: list[Asked] = []
        for part, judged in parts:
            # What is on file is asked of everything.
            carried = before if judged.leans >= LEANS and not judged.of(PointKind.HOLDINGS) else ()
            if carried and carried[-1].judged.of(*_OF_DOCUMENTS) and not judged.of(*_OF_DOCUMENTS):
                judged = self._continued(carried[-1], part, judged)
            asked = Asked(part, judged, carried, beside=any(map(_of_policies, out)))
            out.append(asked)
            if _of_policies(asked):
                before = asked.chain[-_EARLIER:]
        return tuple(out)

    def _continued(self, before: Asked, part: str, judged: Judged) -> Judged:
        """What a part is after one about documents: 「食堂的有没有」 after 「有哪些文件」 asks what is on file, too."""
        both = self.judge(f"{before.text} {part}")
        kinds = [kind for kind in _OF_DOCUMENTS if before.judged.of(kind) and both.of(kind)]
        return replace(judged, kinds=both.sorted_as(judged).kinds) if kinds else judged


def _of_policies(asked: Asked) -> bool:
    return asked.judged.share(PointKind.TALK, PointKind.OTHER) < _OFF


def _courtesy(judged: Judged) -> bool:
    return judged.share(PointKind.TALK) > _COURTESY and judged.about(PointKind.TALK) != "doubt"
