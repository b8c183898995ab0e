"""Whether what a draft says of a provision stands there, and where it stands if not: as the verifier has it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from operator import itemgetter

from policy_qa.check.findings import FindingKind, Source
from policy_qa.check.material import Material, terms
from policy_qa.clauses import Clause
from policy_qa.datamodels import Provision
from policy_qa.statements import Verdict
from policy_qa.values import ValueKind, polarity_of, values_in
from policy_qa.verify import Checked, Difference, Judge
from policy_qa.words import alone

#: The share of what a statement is about that a provision has to hold: to be taken for its source although it is
#: not the one cited; to be what a sentence without citation repeats; for having to do with it at all.
SOURCE, REPEATED, RELATED = 0.62, 0.8, 0.42
#: Values that a rule could set otherwise.
_SET = (
    ValueKind.DURATION, ValueKind.MONEY, ValueKind.PERCENT, ValueKind.AGE, ValueKind.NUMBER, ValueKind.FREQUENCY,
    ValueKind.DATE, ValueKind.CLOCK,
)  # fmt: skip
#: What a rule says, as against what a writer does, where no word of force and no value tells.
_NORM = re.compile(
    r"有权|无权|由.{1,24}(?:担任|负责|任命|聘任|批准|审批|审议|决定|组成|提名|兼任|主持|召集|承担|解释)|享有|取消|追究|处以|给予|免除"
)
#: What the writer does or tells on his own account.
_OWN_ACT = re.compile(
    r"我(?:们|处|部|办|校|局|院|县|市)?(?:现|拟|将|已|认为|建议)|现(?:将|就|提出|推荐|拟|予以|决定|对|制定|公布|报)|拟|特(?:制定|此|通知|申请|报告|提)|兹|经(?:研究|讨论|请示)|"
    r"^(?:本|我|特|现).{0,12}(?:制定|制订|起草|开展|组织|推进|启动|印发|提出|申请|成立)|(?:如下|有关事项|以下方案)|请(?:各|予|批|审|示)|(?:修改|修订|调整|改)为|制[定订]$|制[定订]了?本"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Stated:
    """What a statement was found to be. `at` are the words that count; `elsewhere` tells that they stand in
    a provision that is not cited."""

    kind: FindingKind
    verdict: Verdict
    at: Source | None = None
    elsewhere: bool = False
    differences: tuple[Difference, ...] = ()


class Statements:
    """Judges statements against the policies."""

    def __init__(self, material: Material, judge: Judge, holds: Callable[[str], bool]) -> None:
        """`holds` tells of a document whether it is the edition of its file that is in force today."""
        self._material, self._judge, self._holds = material, judge, holds

    def of(self, said: str, cited: Sequence[Provision], prefer: Sequence[str], *, attributed: bool) -> Stated | None:
        """The verdict on a statement that cites provisions; None where it says nothing that could be compared."""
        if len(re.sub(r"[\W_]", "", said)) < 4 or not terms(said):
            return None
        checked = self._judge.judge(said, cited) if cited else None
        if checked and checked.stands:
            return self._stated(FindingKind.OK, checked)
        share = max((self._share(said, p) for p in cited), default=0.0)
        own = not attributed and (bool(_OWN_ACT.search(said)) or not _rules(said))
        other = self._elsewhere(said, cited, prefer)
        if other and other.stands and not (own and other.verdict is not Verdict.VERBATIM):
            if checked and checked.basis and other.basis and not self._holds(other.basis.ref.partition("#")[0]):
                # The text as it was, or is to become: what is cited says otherwise today.
                return self._stated(FindingKind.DIFFERS, checked, checked.differences)
            return self._stated(FindingKind.MISPLACED, other, elsewhere=True)
        if own or (not _rules(said) and share >= RELATED):
            return None  # what the writer does himself, and what a provision is about, is no rule
        differs = checked and self._told(checked, attributed=attributed)
        if checked and differs:
            return self._stated(FindingKind.DIFFERS, checked, differs)
        if other and (differs := self._told(other, attributed=attributed)) and share < RELATED:
            return self._stated(FindingKind.DIFFERS, other, differs, elsewhere=True)
        if share < RELATED and not attributed and not values_in(said):
            return None
        kind = FindingKind.INVENTED if share < RELATED else FindingKind.UNVERIFIABLE
        return Stated(kind=kind, verdict=Verdict.UNVERIFIABLE)

    def without_citation(self, said: str, doc_ids: Sequence[str], *, attributed: bool = False) -> Stated | None:
        """The verdict on a sentence that repeats a provision without citing it; None for any other. It has a value, or
        the draft says that the documents say so (`attributed`)."""
        if not (attributed or any(v.kind in _SET for v in values_in(said))) or len(terms(said)) < (
            2 if attributed else 3
        ):
            return None
        best: Stated | None = None
        for clause in self._near(said, doc_ids):
            if not self._holds(clause.ref.partition("#")[0]):
                continue
            checked = self._judge.judge(said, self._provisions(clause.ref))
            if checked.stands:
                return self._stated(FindingKind.OK, checked, elsewhere=True)
            said_otherwise = (d for d in checked.differences if d.said and d.found)
            differs = tuple(d for d in said_otherwise if d.kind not in ("name", "modality", "word"))
            if best is None and differs:
                best = self._stated(FindingKind.DIFFERS, checked, differs, elsewhere=True)
        return best

    def unverified(self, said: str, doc_ids: Sequence[str]) -> Stated | None:
        """The verdict on a rule that nothing in some documents settles, with what is nearest to it there, if anything
        is; None where no rule is stated."""
        if not _rules(said):
            return None
        near = next((p for clause in self._near(said, doc_ids) for p in self._provisions(clause.ref)), None)
        at = self._material.source(near) if near else None
        return Stated(kind=FindingKind.UNVERIFIABLE, verdict=Verdict.UNVERIFIABLE, at=at)

    def _near(self, said: str, doc_ids: Sequence[str]) -> list[Clause]:
        """The clauses that are about what a statement is about, nearest first."""
        ranked = (self._material.like(terms(one), doc_ids=doc_ids, top=4) for one in self._written(said))
        found = sorted(chain(*ranked), key=itemgetter(0), reverse=True)
        return [clause for score, clause in found if score >= REPEATED]

    def _written(self, said: str) -> Iterator[str]:
        """A statement as it stands, and with an abbreviation in it (CIO) written in full as texts on file have it."""
        yield said
        for name, short in self._judge.abbreviated.items():
            if not name.isascii() and short in said.lower():
                yield re.sub(alone(short), f"，{name}，", said, flags=re.IGNORECASE)  # marks end a run of terms

    def _told(self, checked: Checked, *, attributed: bool) -> tuple[Difference, ...]:
        """What is surely said otherwise: a value, a negation or a name that stands where the provision has another."""
        said = [d for d in checked.differences if d.said and d.kind not in ("word", "condition", "modality")]
        # 满三年 for 3年及以上 leaves a bound out, and may be meant.
        sure = [d for d in said if d.kind != "bound" or any(v.bound for v in values_in(d.said))]
        return tuple(d for d in sure if d.found or (attributed and d.kind != "name"))

    def _stated(
        self, kind: FindingKind, checked: Checked, differences: tuple[Difference, ...] = (), *, elsewhere: bool = False
    ) -> Stated:
        basis = checked.basis
        found = self._provisions(basis.ref) if basis else []
        return Stated(
            kind=kind,
            verdict=Verdict.DIFFERS if kind is not FindingKind.OK else checked.verdict,
            at=self._material.source(found[0], basis.start, basis.end) if basis and found else None,
            elsewhere=elsewhere,
            differences=differences,
        )

    def _share(self, said: str, provision: Provision) -> float:
        above = " ".join((*provision.headings, self._material.segmentations[provision.doc_id].document.title))
        return self._material.share(terms(said), f"{above} {self._material.words(provision)}")

    def _elsewhere(self, said: str, cited: Sequence[Provision], prefer: Sequence[str]) -> Checked | None:
        """The verdict of the provision that is nearest to a statement, apart from those cited."""
        refs = {p.ref for p in cited}
        ranked: list[tuple[tuple[bool, bool, bool, float], Checked]] = []
        for score, clause in self._material.like(terms(said), top=8):
            if score < SOURCE or clause.ref in refs or clause.article in refs:
                continue
            checked = self._judge.judge(said, self._provisions(clause.ref))
            # Where another policy says nearly the same, the one that is cited is meant, as it reads today.
            doc_id = clause.ref.partition("#")[0]
            ranked.append(((checked.stands, self._holds(doc_id), doc_id in prefer, score), checked))
        return max(ranked, key=itemgetter(0))[1] if ranked else None

    def _provisions(self, ref: str) -> list[Provision]:
        found = self._material.segmentations[ref.partition("#")[0]].at(ref)
        return [found] if found else []


def _rules(said: str) -> bool:
    """Whether a statement says what a rule says: what must or may be, how much, who does it."""
    return bool(polarity_of(said) or _NORM.search(said) or any(v.kind in _SET for v in values_in(said)))
