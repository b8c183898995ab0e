"""Whether what a draft says of a provision stands there, and where it stands if not."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from policy_qa.check.findings import FindingKind
from policy_qa.check.material import Material, Place, terms
from policy_qa.datamodels import Provision
from policy_qa.verify import Checked, Difference, Judge, Verdict
from policy_qa.verify.values import ValueKind, values_of

#: The share of what a statement is about that a provision has to hold: to be taken for its source although it is
#: not the one cited; for the one that a sentence without citation repeats; to be a summary that nothing speaks against.
SOURCE, REPEATED, SUMMARY = 0.62, 0.8, 0.55
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
_QUANTITIES = frozenset(
    (
        ValueKind.NUMBER,
        ValueKind.DURATION,
        ValueKind.MONEY,
        ValueKind.PERCENT,
        ValueKind.AGE,
        ValueKind.FREQUENCY,
        ValueKind.DATE,
        ValueKind.ORDINAL,
    )
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Stated:
    """What a statement was found to be. `place` are the words that count; `elsewhere` tells that they stand in
    a provision that is not cited."""

    kind: FindingKind
    place: Place | None = None
    provision: Provision | None = None
    elsewhere: bool = False
    differences: tuple[Difference, ...] = field(default=())


class Statements:
    """Judges statements against the policies."""

    def __init__(self, material: Material, judge: Judge) -> None:
        self._material = material
        self._judge = judge

    def of(self, words: str, cited: Sequence[Provision], prefer: Sequence[str], *, attributed: bool) -> Stated | None:
        """The verdict on a statement that cites provisions; None where it says nothing that could be compared."""
        if len(re.sub(r"[\W_]", "", words)) < 4 or not terms(words):
            return None
        acts = bool(_OWN_ACT.search(words))
        if not attributed and (acts or not (_NORM.search(words) or quantities(words))):
            return None
        checked = self._judge.judge(words, cited)
        if checked.stands:
            return self._stated(FindingKind.OK, checked)
        here = max((self._share(words, p) for p in cited), default=0.0)
        other = self._elsewhere(words, cited, prefer)
        if other and other[0] >= max(SOURCE, here + NEARER) and other[1].stands:
            return self._stated(FindingKind.MISPLACED, other[1], elsewhere=True)
        if checked.verdict is Verdict.DIFFERS:
            return self._stated(FindingKind.DIFFERS, checked)
        if other and other[0] >= max(SOURCE, here + NEARER) and other[1].verdict is Verdict.DIFFERS:
            return self._stated(FindingKind.DIFFERS, other[1], elsewhere=True)
        if here >= SUMMARY and not quantities(words):
            return self._stated(FindingKind.OK, checked)
        if not attributed and not _NORM.search(words):
            return None
        return self._stated(FindingKind.INVENTED, checked)

    def without_citation(self, words: str, doc_ids: Sequence[str]) -> Stated | None:
        """The verdict on a sentence with a number that repeats a provision without citing one; None for any other."""
        if not quantities(words) or len(terms(words)) < 3:
            return None
        wanted = terms(words)
        found = [
            (score, clause)
            for score, clause in self._material.like(wanted, doc_ids=doc_ids, top=4)
            if score >= REPEATED
        ]
        best: Stated | None = None
        for _, clause in found:
            provision = self._provision(clause.ref)
            checked = self._judge.judge(words, [provision])
            if checked.stands:
                return self._stated(FindingKind.OK, checked, elsewhere=True)
            if checked.verdict is Verdict.DIFFERS and best is None:
                best = self._stated(FindingKind.DIFFERS, checked, elsewhere=True)
        return best

    def _share(self, words: str, provision: Provision) -> float:
        above = " ".join((*provision.headings, self._material.texts[provision.doc_id].document.title))
        return self._material.share(terms(words), f"{above} {self._material.words(provision)}")

    def _elsewhere(self, words: str, cited: Sequence[Provision], prefer: Sequence[str]) -> tuple[float, Checked] | None:
        """The provision that is nearest to a statement, apart from those cited, with its share and verdict."""
        held = {p.ref for p in cited}
        best: tuple[tuple[bool, bool, float], float, Checked] | None = None
        for score, clause in self._material.like(terms(words), top=8):
            if score < SOURCE or clause.ref in held or clause.article in held:
                continue
            checked = self._judge.judge(words, [self._provision(clause.ref)])
            near = clause.ref.partition("#")[0] in prefer
            rank = (checked.stands, checked.verdict is Verdict.DIFFERS, score + 0.1 * near)
            if best is None or rank > best[0]:
                best = rank, score, checked
        return (best[1], best[2]) if best else None

    def _provision(self, ref: str) -> Provision:
        doc_id, _, path = ref.partition("#")
        return self._material.texts[doc_id].by_path[path]

    def _stated(self, kind: FindingKind, checked: Checked, *, elsewhere: bool = False) -> Stated:
        basis = checked.basis
        if basis is None:
            return Stated(kind=kind, differences=checked.differences, elsewhere=elsewhere)
        doc_id = basis.ref.partition("#")[0]
        return Stated(
            kind=kind,
            place=Place(doc_id, basis.start, basis.end),
            provision=self._provision(basis.ref),
            elsewhere=elsewhere,
            differences=checked.differences,
        )


def quantities(words: str) -> bool:
    """Whether a text has a value that a rule could set otherwise."""
    return any(v.kind in _QUANTITIES for v in values_of(words))
