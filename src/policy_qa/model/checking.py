"""A sentence that a model wrote -> a statement with its verdict, judged before anyone sees it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from policy_qa.citing.grammar import ordinal
from policy_qa.datamodels import Segmentation
from policy_qa.model.given import Given, orders
from policy_qa.model.stream import Draft
from policy_qa.statements import Statement, Verdict
from policy_qa.verify import Checked, Judge

#: The note of a statement whose source the model named wrongly and this package rightly.
MENDED = "mended"
_NOT_A_RULE = "所依据的文字不是制度的规定。"
_LEADER_FELL = "它所属的总起句没有通过核对。"
#: 「回答如下：」, the question said again, and the place of a provision without its words state nothing.
_FILLER = re.compile(
    r"(?:您?好[，,！!]?)?[^，。；0-9一二三四五六七八九十不未无非]{0,24}(?:如下|以下(?:几点|内容|规定)?)[：:。]?"
    r"|(?:综上(?:所述)?|总之|希望(?:以上)?[^，。；]{0,12}有(?:所)?帮助|您?好)[，,。！!：:]?"
    r"|[^。；！!\n]*[？?]"
    rf"|(?:根据|依据|见)?(?:《[^》]{{2,60}}》)?(?:{ordinal('章|节|条|款|项')}|"
    r"[一二三四五六七八九十]{1,3}、[^，。]{2,12}|[（(][\d一二三四五六七八九十]{1,3}[）)]|\d{1,2}[.．]|\s)*[：:。]?"
)
_LEADS = re.compile(r"[：:]$")
_ITEM = re.compile(r"[（(][一二三四五六七八九十\d]{1,3}[）)]|[一二三四五六七八九十\d]{1,3}[、.．]")
_GOES_ON = re.compile(r"[；;：:，,]$")


class Checker:
    """Judges the sentences of one answer, in order."""

    def __init__(self, judge: Judge, segmentations: Mapping[str, Segmentation], given: Given) -> None:
        self._judge, self._segmentations, self._given = judge, segmentations, given
        # Where in a list the answer is: under leading words, which fell or not, after an item that goes on.
        self._listing = self._leader_fell = self._listing_goes_on = False

    def check(self, draft: Draft) -> Statement | None:
        """The statement, whether it stands or not; None for words that state nothing."""
        checked, note = self._judged(draft)
        statement = self._statement(draft, checked, note)
        listed = self._listing and (self._listing_goes_on or bool(_ITEM.match(draft.text)))
        if listed and statement.verdict.stands and self._leader_fell:
            # 「下列人员不得担任：」 fell: what it listed would now be said without the 不得.
            statement = _removed(statement, _LEADER_FELL)
        stands = statement.verdict.stands
        if leads := bool(_LEADS.search(draft.text)):
            self._leader_fell = not stands
        self._listing = leads or listed
        self._listing_goes_on = leads or bool(_GOES_ON.search(draft.text))
        return None if not stands and _FILLER.fullmatch(draft.text) else statement

    def _judged(self, draft: Draft) -> tuple[Checked, str]:
        """Against the provisions that the sentence names; failing these, against all that were given."""
        everything = self._given.provisions
        named = [p for p in everything if p.ref in draft.refs]
        first = self._judge.judge(draft.text, named) if named else None
        if first is not None and (first.stands or len(named) == len(everything)):
            return first, MENDED if draft.unknown and first.stands else ""
        other = self._judge.judge(draft.text, everything)
        if other.stands or first is None:
            return other, MENDED if other.stands and (draft.unknown or first is not None) else ""
        return first, ""

    def _statement(self, draft: Draft, checked: Checked, note: str) -> Statement:
        basis = checked.basis
        statement = Statement(
            text=draft.text, verdict=checked.verdict, differences=checked.differences, why=checked.why, note=note
        )
        if basis is None:
            return _removed(statement, checked.why) if statement.verdict.stands else statement
        segmentation = self._segmentations[basis.ref.partition("#")[0]]
        text = segmentation.document.text
        holder = segmentation.finest(basis.start, basis.end)
        ref = holder.ref if holder else basis.ref
        quote = text[basis.start : basis.end]
        statement = replace(statement, ref=ref, quote=quote, start=basis.start, end=basis.end)
        line_start, line_end = text.rfind("\n", 0, basis.start) + 1, text.find("\n", basis.end)
        line_end = line_end if line_end >= 0 else len(text)
        if statement.verdict.stands and any(
            a < basis.end and basis.start < b for a, b in orders(text, line_start, line_end)
        ):
            return _removed(statement, _NOT_A_RULE)
        return statement


def counted(removed: Sequence[Statement]) -> dict[Verdict, int]:
    """How many statements of each verdict were removed."""
    return {v: n for v in (Verdict.DIFFERS, Verdict.UNVERIFIABLE) if (n := sum(s.verdict is v for s in removed))}


def _removed(statement: Statement, why: str) -> Statement:
    return replace(statement, verdict=Verdict.UNVERIFIABLE, why=why, note="")
