"""Findings for people, in blocks of lines, and for programs, as records."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import asdict, replace
from typing import Any

from policy_qa.check.findings import Finding, FindingKind, Report, Severity, Source, What
from policy_qa.check.material import Material, Place
from policy_qa.datamodels import Provision, picked
from policy_qa.diff.model import Op, OpKind
from policy_qa.printable import by_language, shorten
from policy_qa.statements import Verdict
from policy_qa.verify import Difference

#: So much of a provision is shown in a message; the record and the comment hold all of it.
SHOWN = 80

_NAMES = by_language(
    {
        FindingKind.OK: ("相符", "right"),
        FindingKind.MISSING: ("条款不存在", "no such provision"),
        FindingKind.UNKNOWN_DOCUMENT: ("文件未收录", "document not on file"),
        FindingKind.DIFFERS: ("与原文不符", "differs from the provision"),
        FindingKind.MISQUOTED: ("引文有改动", "quotation altered"),
        FindingKind.MISPLACED: ("条款号有误", "wrong provision"),
        FindingKind.INVENTED: ("查无此规定", "not in the policies"),
        FindingKind.SUPERSEDED: ("不是现行规定", "no longer in force"),
        FindingKind.UNVERIFIABLE: ("无法核对", "can't be verified"),
        FindingKind.AMBIGUOUS: ("未写明文件", "no document named"),
    }
)


def name_of(kind: FindingKind, lang: str) -> str:
    """What a kind of finding is called."""
    return _NAMES["en" if lang == "en" else "zh"][kind]


def message(finding: Finding, lang: str, detail: str = "") -> str:
    """One line on a finding. `detail` is what the document has instead of a missing number."""
    return _english(finding, detail) if lang == "en" else _chinese(finding, detail)


def _chinese(finding: Finding, detail: str) -> str:
    kind, cited, right = finding.kind, finding.cited, finding.right
    quoting = finding.what is What.QUOTATION
    where = cited.cite if cited else finding.shown
    if kind is FindingKind.MISSING:
        found = f"这些文字见{right.cite}。" if right else ""
        return f"{finding.shown}不存在。{detail}{found}"
    if kind is FindingKind.UNKNOWN_DOCUMENT:
        return f"{finding.shown}未收录，无法核对，请自行核实。"
    if kind is FindingKind.AMBIGUOUS:
        found = f"可能是{right.cite}。" if right else "请写明文件名称。"
        return f"“{finding.shown}”前后没有写明是哪份文件的条款，{found}"
    if kind is FindingKind.SUPERSEDED:
        return f"{where}存在，但所引的文本{detail}，请核对现行规定。"
    if kind is FindingKind.MISPLACED:
        subject = "引文" if quoting else "所述内容"
        return f"{subject}不在{finding.shown or where}，而在{right.cite if right else ''}。"
    if kind is FindingKind.UNVERIFIABLE:
        return f"{where}有相关内容，但不能逐项对上，请对照原文核实。"
    if kind is FindingKind.INVENTED:
        return f"{where}没有这样的内容。" if cited else "已收录的文件中没有这段文字。"
    if kind is FindingKind.MISQUOTED:
        source = right or cited
        name = source.cite if source else where
        if finding.severity is Severity.NOTE:
            return f"引文与{name}只有数字写法或标点不同：{shown_ops(finding.ops)}。"
        moved = f"（所引文字不在{finding.shown}）" if right and cited else ""
        return f"引文与{name}的原文不同{moved}：{shown_ops(finding.ops)}。"
    if kind is FindingKind.DIFFERS:
        moved = f"（有关内容在{right.cite}）" if right and cited else ""
        source = right or cited
        return f"与{source.cite if source else where}不符{moved}：{_differences(finding)}。"
    source = right or cited
    if source is None:
        return "相符。"
    if quoting:
        return f"引文与{source.cite}逐字相符。"
    return f"{source.cite}存在。" if finding.what is What.CITATION else f"与{source.cite}相符。"


def _differences(finding: Finding) -> str:
    parts = []
    for d in finding.differences:
        if d.said and d.found:
            parts.append(f"此处是“{d.said}”，原文是“{d.found}”")
        elif d.said:
            parts.append(f"原文没有“{d.said}”")
        else:
            parts.append(f"此处缺“{d.found}”")
    source = finding.source
    return "；".join(parts) or (f"原文是“{shorten(source.words, SHOWN)}”" if source else "内容不同")


def _english(finding: Finding, detail: str) -> str:
    kind, cited, right = finding.kind, finding.cited, finding.right
    source = right or cited
    name = source.cite if source else finding.shown
    if kind is FindingKind.MISSING:
        found = f" The words stand in {right.cite}." if right else ""
        return f"{finding.shown} does not exist.{' ' + detail if detail else ''}{found}"
    if kind is FindingKind.UNKNOWN_DOCUMENT:
        return f"{finding.shown} is not on file, so it can't be checked here; check it yourself."
    if kind is FindingKind.AMBIGUOUS:
        found = f"it may be {right.cite}" if right else "name the document"
        return f"Nothing tells which document's {finding.shown} is meant; {found}."
    if kind is FindingKind.SUPERSEDED:
        return f"{name} exists, but this text is not in force ({detail}); check the rules that are."
    if kind is FindingKind.MISPLACED:
        return f"These words are not in {finding.shown}, but in {name}."
    if kind is FindingKind.UNVERIFIABLE:
        return f"{name} speaks of this, but not every part of it can be found there; compare the text."
    if kind is FindingKind.INVENTED:
        return f"{name} says nothing of the sort." if cited else "No document on file has these words."
    if kind is FindingKind.MISQUOTED:
        if finding.severity is Severity.NOTE:
            return f"The quotation differs from {name} only in writing: {shown_ops(finding.ops)}."
        return f"The quotation is not what {name} says: {shown_ops(finding.ops)}."
    if kind is FindingKind.DIFFERS:
        parts = [f"“{d.said}” here, “{d.found}” there" for d in finding.differences]
        return f"Not what {name} says: {'; '.join(parts) or (shorten(source.words, SHOWN) if source else '')}."
    if finding.what is What.QUOTATION:
        return f"Quoted word for word from {name}."
    return f"{name} exists." if finding.what is What.CITATION else f"Agrees with {name}."


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
        **picked(finding, "verdict", "what", "severity", "start", "end", "line", "quote", "shown"),
        "ref": finding.cited.ref if finding.cited else None,
        "cited": asdict(finding.cited) if finding.cited else None,
        "right_ref": finding.right.ref if finding.right else None,
        "right": asdict(finding.right) if finding.right else None,
        "differences": [asdict(d) for d in finding.differences],
        "ops": [picked(op, "op", "text") for op in finding.ops if not op.trivial],
        "message": finding.message,
    }
