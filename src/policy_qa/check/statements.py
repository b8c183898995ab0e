"""Whether what a draft says of a provision stands there, and where it stands if not."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from policy_qa.check.agreement import contradictions, quantities
from policy_qa.check.findings import FindingKind
from policy_qa.check.material import Material, Place, terms
from policy_qa.check.quoting import nearest
from policy_qa.datamodels import Provision
from policy_qa.diff.words import Words
from policy_qa.verify import Difference, Judge
from policy_qa.verify.values import ValueKind

#: The share of what a statement is about that a provision has to hold: to be taken for its source although it is
#: not the one cited; for the one that a sentence without citation repeats; to be a summary that nothing speaks against;
#: for having to do with it at all.
SOURCE, REPEATED, SUMMARY, RELATED = 0.62, 0.8, 0.55, 0.42
#: The share of characters in common from which a statement is the provision's own wording, and from which it is copied.
VERBATIM, COPIED = 0.97, 0.88
#: By so much another provision has to be nearer than the cited one.
NEARER = 0.15
#: What a rule says, as against what a writer does.
_NORM = re.compile(
    r"应当?|必须|须|不得|不应|不能|不可|禁止|严禁|可以|可(?!行|见|能|靠|持续|视化|信)|有权|无权|由.{1,24}(?:担任|负责|任命|聘任|批准|审批|审议|决定|组成|提名|兼任|主持|召集|承担|解释)"
    r"|任期|不少于|不超过|不低于|不高于|至少|至多|以上|以下|以内|每年|每学期|每学年|每届|享有|取消|追究|处以|给予|免除"
)
#: What the writer does or tells on his own account.
_OWN_ACT = re.compile(
    r"我(?:们|处|部|办|校|局|院|县|市)?(?:现|拟|将|已|认为|建议)|现(?:将|就|提出|推荐|拟|予以|决定|对|制定|公布|报)|拟|特(?:制定|此|通知|申请|报告|提)|兹|经(?:研究|讨论|请示)|"
    r"^(?:本|我|特|现).{0,12}(?:制定|制订|起草|开展|组织|推进|启动|印发|提出|申请|成立)|(?:如下|有关事项|以下方案)|请(?:各|予|批|审|示)|制[定订]$|制[定订]了?本"
)

#: Values that a rule sets; a count of people or a date may as well be the writer's own.
_RULED = (ValueKind.DURATION, ValueKind.MONEY, ValueKind.PERCENT, ValueKind.AGE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Stated:
    """What a statement was found to be. `place` are the words that count; `elsewhere` tells that they stand in
    a provision that is not cited; `sure` is False where a writer may mean the same in other words."""

    kind: FindingKind
    place: Place | None = None
    provision: Provision | None = None
    elsewhere: bool = False
    sure: bool = True
    differences: tuple[Difference, ...] = ()


class Statements:
    """Judges statements against the policies."""

    def __init__(self, material: Material, judge: Judge, words: Words) -> None:
        self._material = material
        self._judge = judge
        self._words = words

    def of(self, said: str, cited: Sequence[Provision], prefer: Sequence[str], *, attributed: bool) -> Stated | None:
        """The verdict on a statement that cites provisions; None where it says nothing that could be compared."""
        if len(re.sub(r"[\W_]", "", said)) < 4 or not terms(said):
            return None
        here = self._held(said, cited, attributed=attributed)
        if here.stands:
            return here.stated(FindingKind.OK)
        other = self._elsewhere(said, cited, prefer)
        nearer = other is not None and other.share >= max(SOURCE, here.share + NEARER)
        if not attributed and (_OWN_ACT.search(said) or not (_NORM.search(said) or quantities(said))):
            # What the writer does himself is no rule, unless he does it in another provision's very words.
            copied = other is not None and nearer and other.agrees and other.likeness >= COPIED
            return other.stated(FindingKind.MISPLACED, elsewhere=True) if other and copied else None
        if other and nearer and other.agrees:
            return other.stated(FindingKind.MISPLACED, elsewhere=True)
        if other and nearer and here.share < SUMMARY:
            return other.stated(FindingKind.DIFFERS, elsewhere=True)
        if here.differences and here.share >= RELATED:
            return here.stated(FindingKind.DIFFERS)
        if here.share >= SUMMARY:
            return here.stated(FindingKind.OK)
        if not attributed and not _NORM.search(said) and not any(v.kind in _RULED for v in quantities(said)):
            return None
        return here.stated(FindingKind.INVENTED, sure=here.share < RELATED)

    def without_citation(self, said: str, doc_ids: Sequence[str]) -> Stated | None:
        """The verdict on a sentence with a number that repeats a provision without citing it; None for any other."""
        if not quantities(said) or len(terms(said)) < 3:
            return None
        best: Stated | None = None
        for score, clause in self._material.like(terms(said), doc_ids=doc_ids, top=4):
            if score < REPEATED:
                break
            held = self._held(said, self._provisions(clause.ref), attributed=False)
            if held.stands or not held.differences:
                return held.stated(FindingKind.OK, elsewhere=True) if held.place else None
            if best is None and any(d.found and d.kind not in ("name", "modality") for d in held.differences):
                best = held.stated(FindingKind.DIFFERS, elsewhere=True)
        return best

    def _held(self, said: str, provisions: Sequence[Provision], *, attributed: bool) -> _Held:
        """A statement held against provisions."""
        checked = self._judge.judge(said, provisions) if provisions else None
        if checked and checked.stands and checked.basis:
            basis = checked.basis
            place = Place(basis.ref.partition("#")[0], basis.start, basis.end)
            return _Held(stands=True, share=1.0, place=place, provision=next(iter(self._provisions(basis.ref)), None))
        near = nearest(said, 0, len(said), provisions, self._material)
        share = max((self._share(said, p) for p in provisions), default=0.0)
        if near is None:
            return _Held(stands=False, share=share)
        held = self._material.texts[near[1].doc_id]
        texts = [self._material.words(p) for p in provisions]
        found = contradictions(said, texts, near, held.document.text, self._words, attributed=attributed)
        return _Held(
            stands=near[0] >= VERBATIM and not found,
            share=max(share, near[0]),
            place=near[1],
            provision=held.segmentation.finest(near[1].start, near[1].end),
            likeness=near[0],
            differences=found,
        )

    def _share(self, said: str, provision: Provision) -> float:
        above = " ".join((*provision.headings, self._material.texts[provision.doc_id].document.title))
        return self._material.share(terms(said), f"{above} {self._material.words(provision)}")

    def _elsewhere(self, said: str, cited: Sequence[Provision], prefer: Sequence[str]) -> _Held | None:
        """The provision that is nearest to a statement, apart from those cited."""
        refs = {p.ref for p in cited}
        best: tuple[tuple[bool, float], _Held] | None = None
        for score, clause in self._material.like(terms(said), top=8):
            if score < SOURCE or clause.ref in refs or clause.article in refs:
                continue
            held = replace(self._held(said, self._provisions(clause.ref), attributed=True), share=score)
            # Where another policy says nearly the same, the one that is cited is meant.
            near = 0.5 if held.likeness >= COPIED else 0.1
            rank = held.agrees, held.likeness + score + near * (clause.ref.partition("#")[0] in prefer)
            if best is None or rank > best[0]:
                best = rank, held
        return best[1] if best else None

    def _provisions(self, ref: str) -> list[Provision]:
        found = self._material.texts[ref.partition("#")[0]].segmentation.at(ref)
        return [found] if found else []


@dataclass(frozen=True, kw_only=True, slots=True)
class _Held:
    """A statement held against provisions: the share of its terms that they hold, its likeness to the nearest words."""

    stands: bool
    share: float
    place: Place | None = None
    provision: Provision | None = None
    likeness: float = 1.0
    differences: tuple[Difference, ...] = ()

    @property
    def agrees(self) -> bool:
        """Whether nothing in the provisions speaks against the statement."""
        return self.stands or not self.differences

    def stated(self, kind: FindingKind, *, elsewhere: bool = False, sure: bool = True) -> Stated:
        return Stated(
            kind=kind,
            place=self.place,
            provision=self.provision,
            elsewhere=elsewhere,
            sure=sure,
            differences=self.differences if kind is FindingKind.DIFFERS else (),
        )
