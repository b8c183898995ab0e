"""How a finding is made: the place cut out of the draft, the provision named, the message said."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import replace

from policy_qa.check.findings import Finding, FindingKind, Severity, Source, What
from policy_qa.check.material import Material, Place
from policy_qa.check.messages import message
from policy_qa.datamodels import Provision
from policy_qa.diff.model import Op
from policy_qa.statements import Verdict
from policy_qa.verify import Difference

_USUAL = {
    FindingKind.OK: Severity.OK,
    FindingKind.UNKNOWN_DOCUMENT: Severity.NOTE,
    FindingKind.AMBIGUOUS: Severity.NOTE,
    FindingKind.SUPERSEDED: Severity.NOTE,
    FindingKind.UNVERIFIABLE: Severity.NOTE,
}


class Maker:
    """Makes the findings of one draft, with messages in one language."""

    def __init__(self, text: str, material: Material, lang: str) -> None:
        self._text, self._material, self._lang = text, material, lang
        self._lines = [m.end() for m in re.finditer("\n", text)]

    def finding(
        self,
        kind: FindingKind,
        what: What,
        start: int,
        end: int,
        *,
        shown: str = "",
        cited: Source | None = None,
        right: Source | None = None,
        differences: tuple[Difference, ...] = (),
        ops: tuple[Op, ...] = (),
        severity: Severity | None = None,
        detail: str = "",
        stands: Verdict | None = None,
    ) -> Finding:
        """A finding at [start, end); `detail` is what a document has instead of a number that is missing."""
        found = Finding(
            kind=kind,
            what=what,
            severity=severity or _USUAL.get(kind, Severity.ERROR),
            start=start,
            end=end,
            quote=self._text[start:end],
            line=self.line(start),
            shown=shown,
            cited=cited,
            right=right,
            differences=differences,
            ops=ops,
            stands=stands,
        )
        return replace(found, message=message(found, self._lang, detail))

    def line(self, offset: int) -> int:
        """The number, from 1, of the line that an offset stands in."""
        return bisect_right(self._lines, offset) + 1

    def source(self, provision: Provision) -> Source:
        """A whole provision."""
        return Source(ref=provision.ref, cite=self._material.cite(provision), words=self._material.words(provision))

    def words_at(self, place: Place | None, provision: Provision | None) -> Source | None:
        """Some words of a provision; None where there is no such place."""
        if place is None or provision is None:
            return None
        words = self._material.texts[place.doc_id].document.text[place.start : place.end]
        return Source(ref=provision.ref, cite=self._material.cite(provision), words=words)
