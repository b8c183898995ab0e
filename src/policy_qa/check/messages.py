"""Findings for people, in blocks of lines, and for programs, as records."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from policy_qa.check.findings import Finding, FindingKind, Report, Severity, What
from policy_qa.datamodels import picked
from policy_qa.diff.model import Op, OpKind
from policy_qa.printable import shorten
from policy_qa.wording import said

#: So much of a provision is shown in a message; the record and the comment hold all of it.
SHOWN = 80

#: What a kind of finding is called; what is said of it, and, of what is right, of what was looked at.
_NAMES, _SAID = said("check.kind"), said("check")


def name_of(kind: FindingKind, lang: str) -> str:
    """What a kind of finding is called."""
    return _NAMES["en" if lang == "en" else "zh"][kind]


def _message(finding: Finding, lang: str, detail: str) -> str:
    """One line on a finding."""
    said = _SAID["en" if lang == "en" else "zh"]
    kind, cited, right, quoting = finding.kind, finding.cited, finding.right, finding.what is What.QUOTATION
    form, more = str(kind), ""
    if kind is FindingKind.OK:
        form = finding.what
    elif kind is FindingKind.INVENTED and not cited:
        form = "nowhere"
    elif kind is FindingKind.MISQUOTED and finding.written:
        form = "written"
    elif kind is FindingKind.UNVERIFIABLE and not finding.source:
        form = "unsettled"
    elif kind is FindingKind.MISPLACED:
        more = "quoted" if quoting else "said"
    elif kind is FindingKind.AMBIGUOUS:
        more = "likely" if right else "unlikely"
    elif kind is FindingKind.MISSING and right:
        more = "stands"
    elif kind in (FindingKind.MISQUOTED, FindingKind.DIFFERS) and right and cited:
        more = "not_there" if quoting else "elsewhere"
    words = {
        "shown": finding.shown,
        "name": finding.source.cite if finding.source else finding.shown,
        "right": right.cite if right else "",
        "detail": f" {detail}" if detail and kind is FindingKind.MISSING and lang == "en" else detail,
        "ops": shown_ops(finding.ops),
        "differences": _differences(finding, said),
    }
    return said[form].format(**words, more=more and said[more].format(**words))


def _differences(finding: Finding, said: Mapping[str, str]) -> str:
    forms = ((d, "left_out" if not d.said else "other" if d.found else "added") for d in finding.differences)
    parts = [said[form].format(said=d.said, found=d.found) for d, form in forms]
    if not parts and finding.source:
        parts = [said["reads"].format(words=shorten(finding.source.words, SHOWN))]
    return said["semicolon"].join(parts)


def shown_ops(ops: tuple[Op, ...]) -> str:
    """Differences word by word: 任期[-3年-]{+5年+}, with some words around each."""
    out = []
    for i, op in enumerate(ops):
        words = " ".join(op.text.split())
        if op.trivial:
            continue
        if op.op is OpKind.DELETE:
            out.append(f"[-{words}-]")
        elif op.op is OpKind.INSERT:
            out.append(f"{{+{words}+}}")
        elif len(words) <= 16:
            out.append(words)
        else:
            head = words[:6] if i else ""
            tail = words[-6:] if i + 1 < len(ops) else ""
            out.append(f"{head}…{tail}")
    return "".join(out)


class Maker:
    """Makes the findings of one draft, with messages in one language."""

    def __init__(self, text: str, lang: str) -> None:
        self._text, self._lang = text, lang
        self._lines = [m.end() for m in re.finditer("\n", text)]

    def finding(self, kind: FindingKind, what: What, start: int, end: int, detail: str = "", **known: Any) -> Finding:
        """A finding at [start, end) with what else is `known` of it, by the names of its fields.

        `detail` is what a document has instead of a number that is missing, or why a text is not in force.
        """
        line, quote = bisect_right(self._lines, start) + 1, self._text[start:end]
        found = Finding(kind=kind, what=what, start=start, end=end, quote=quote, line=line, **known)
        return replace(found, message=_message(found, self._lang, detail))


_MARKS = {Severity.ERROR: "✗", Severity.NOTE: "!", Severity.OK: "✓"}
#: A quotation of more characters than this is cut in what people read; `--json` has all of it.
_SHOWN = 120


def text_report(report: Report, lang: str, *, everything: bool = False) -> str:
    """One block a finding: the line, what is said, what the policy says; those that are right only on request."""
    shown = [f for f in report.findings if everything or f.severity is not Severity.OK]
    return "\n".join(line for finding in shown for line in _block(finding, lang))


def _block(finding: Finding, lang: str) -> Iterator[str]:
    where, rule = (f"line {finding.line}", "policy") if lang == "en" else (f"第{finding.line}行", "原文")
    yield f"{_MARKS[finding.severity]} {where}  {name_of(finding.kind, lang)}  「{shorten(finding.quote, _SHOWN)}」"
    yield f"    {finding.message}"
    source = finding.source
    if source and finding.severity is not Severity.OK and shorten(source.words, SHOWN) not in finding.message:
        yield f"    {rule}：{source.cite}  「{shorten(source.words, _SHOWN)}」  ({source.ref})"


def summary(findings: Sequence[Finding], lang: str) -> str:
    """How much was found, in one line."""
    counts = Counter(finding.severity for finding in findings)
    errors, notes, right = counts[Severity.ERROR], counts[Severity.NOTE], counts[Severity.OK]
    if lang == "en":
        return f"{len(findings)} places checked: {errors} errors, {notes} notes, {right} right"
    return f"共核对 {len(findings)} 处：错误 {errors} 处，需留意 {notes} 处，相符 {right} 处"


def finding_record(finding: Finding) -> dict[str, Any]:
    """One finding, as `check --json` prints it."""
    return {
        "finding": finding.kind.value,
        **picked(finding, "verdict", "what", "severity", "start", "end", "line", "quote", "shown"),
        "ref": finding.cited.ref if finding.cited else None,
        "cited": asdict(finding.cited) if finding.cited else None,
        "right_ref": finding.right.ref if finding.right else None,
        "right": asdict(finding.right) if finding.right else None,
        "differences": [asdict(d) for d in finding.differences],
        "ops": [picked(op, "op", "text") for op in finding.ops if not op.trivial],
        "message": finding.message,
    }
