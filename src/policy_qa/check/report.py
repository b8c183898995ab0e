"""Findings for people, in blocks of lines, and for programs, as records."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from policy_qa.check.findings import Finding, Report, Severity, Source
from policy_qa.check.messages import clip, name_of

_MARKS = {Severity.ERROR: "✗", Severity.NOTE: "!", Severity.OK: "✓"}
_LABELS = {
    "zh": {"line": "第{n}行", "said": "文稿", "rule": "原文", "right": "出处"},
    "en": {"line": "line {n}", "said": "draft", "rule": "policy", "right": "found in"},
}
#: A quotation of more characters than this is cut in what people read; `--json` has all of it.
_SHOWN = 120


def text_report(report: Report, lang: str, *, everything: bool = False) -> str:
    """One block a finding: the line, what is said, what the policy says; those that are right only on request."""
    shown = [f for f in report.findings if everything or f.severity is not Severity.OK]
    return "\n".join(line for finding in shown for line in _block(finding, lang))


def _block(finding: Finding, lang: str) -> Iterator[str]:
    labels = _LABELS["en" if lang == "en" else "zh"]
    where = labels["line"].format(n=finding.line)
    yield f"{_MARKS[finding.severity]} {where}  {name_of(finding.kind, lang)}  「{clip(finding.quote, _SHOWN)}」"
    yield f"    {finding.message}"
    source = finding.source
    if source and finding.severity is not Severity.OK and clip(source.words) not in finding.message:
        yield f"    {labels['rule']}：{source.cite}  「{clip(source.words, _SHOWN)}」  ({source.ref})"


def summary(report: Report, lang: str) -> str:
    """How much was found, in one line."""
    errors, notes, right = (report.count(s) for s in (Severity.ERROR, Severity.NOTE, Severity.OK))
    if lang == "en":
        return f"{len(report.findings)} places checked: {errors} errors, {notes} notes, {right} right"
    return f"共核对 {len(report.findings)} 处：错误 {errors} 处，需留意 {notes} 处，相符 {right} 处"


def finding_record(finding: Finding) -> dict[str, Any]:
    """One finding, as `check --json` prints it."""
    return {
        "finding": finding.kind.value,
        "verdict": finding.verdict,
        "what": finding.what.value,
        "severity": finding.severity.value,
        "start": finding.start,
        "end": finding.end,
        "line": finding.line,
        "quote": finding.quote,
        "shown": finding.shown,
        "ref": finding.cited.ref if finding.cited else None,
        "cited": _source(finding.cited),
        "right_ref": finding.right.ref if finding.right else None,
        "right": _source(finding.right),
        "differences": [{"kind": d.kind, "said": d.said, "found": d.found} for d in finding.differences],
        "ops": [{"op": op.op.value, "text": op.text} for op in finding.ops if not op.trivial],
        "message": finding.message,
    }


def _source(source: Source | None) -> dict[str, str] | None:
    return None if source is None else {"ref": source.ref, "cite": source.cite, "words": source.words}
