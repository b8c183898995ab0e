"""What a draft would have to say instead: the changes that mend a finding, where its policy gives the very words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from policy_qa.check.findings import Finding, FindingKind
from policy_qa.diff.model import OpKind


@dataclass(frozen=True, slots=True)
class Edit:
    """Characters [start, end) of a draft, at least one, become `words`."""

    start: int
    end: int
    words: str


def edits_of(finding: Finding) -> tuple[Edit, ...]:
    """The changes that mend a finding, in the order of the text; none where only its writer can mend it.

    The words of a quotation become those of the policy, a value that differs becomes the policy's, a number that is
    not there becomes that of the provision in which the words stand. Words that stand in another provision than the
    one cited are left: which of the two is meant, the writer has to say.
    """
    if finding.cited and finding.right:
        return ()
    made = {
        FindingKind.MISQUOTED: _of_quotation,
        FindingKind.DIFFERS: _of_values,
        FindingKind.MISSING: _of_citation,
    }.get(finding.kind)
    return tuple(_widened(finding, edit) for edit in _joined(made(finding))) if made else ()


def corrected(text: str, edits: Iterable[Edit]) -> str:
    """The text with these changes; of two that overlap, the first."""
    out, at = [], 0
    for edit in apart(edits):
        out += [text[at : edit.start], edit.words]
        at = edit.end
    return "".join([*out, text[at:]])


def apart(edits: Iterable[Edit]) -> list[Edit]:
    """The changes in the order of the text, without those that overlap an earlier one."""
    out: list[Edit] = []
    for edit in sorted(edits, key=lambda e: (e.start, e.end)):
        if not out or edit.start >= out[-1].end:
            out.append(edit)
    return out


def _of_quotation(finding: Finding) -> Iterator[Edit]:
    for op in finding.ops:
        if op.trivial or op.op is OpKind.EQUAL:
            continue
        # A line end of the policy's file is no part of its words.
        words = "".join(map(str.strip, op.text.split("\n"))) if op.op is OpKind.DELETE else ""
        yield Edit(op.new_start, op.new_end, words)


def _of_values(finding: Finding) -> Iterator[Edit]:
    found = []
    for difference in finding.differences:
        if not difference.said or not difference.found or finding.quote.count(difference.said) != 1:
            return  # half a correction would look like a whole one
        start = finding.start + finding.quote.index(difference.said)
        found.append(Edit(start, start + len(difference.said), difference.found))
    yield from sorted(found, key=lambda e: e.start)


def _of_citation(finding: Finding) -> Iterator[Edit]:
    if finding.right and finding.quote.startswith("《"):
        yield Edit(finding.start, finding.end, finding.right.cite)
    elif finding.right and finding.quote.startswith("第"):
        yield Edit(finding.start, finding.end, finding.right.cite.rpartition("》")[2])


def _joined(edits: Iterable[Edit]) -> list[Edit]:
    """Neighbours as one: what goes out and what comes in at the same place."""
    out: list[Edit] = []
    for edit in edits:
        if out and out[-1].end == edit.start:
            last = out.pop()
            edit = Edit(last.start, edit.end, last.words + edit.words)
        out.append(edit)
    return out


def _widened(finding: Finding, edit: Edit) -> Edit:
    """With a character beside it where nothing but new words come in, so that it has a place."""
    if edit.start < edit.end:
        return edit
    at = edit.start - finding.start
    if at:
        return Edit(edit.start - 1, edit.end, finding.quote[at - 1] + edit.words)
    return Edit(edit.start, edit.end + 1, edit.words + finding.quote[at])
