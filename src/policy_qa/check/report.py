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
from policy_qa.printable import by_language, shorten

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


#: What is said of a kind of finding, and, of what is right, of what was looked at.
_SAID = by_language(
    {
        FindingKind.MISSING: ("{shown}不存在。{detail}{more}", "{shown} does not exist.{detail}{more}"),
        "stands": ("这些文字见{right}。", " The words stand in {right}."),
        FindingKind.UNKNOWN_DOCUMENT: (
            "{shown}未收录，无法核对，请自行核实。",
            "{shown} is not on file, so it can't be checked here; check it yourself.",
        ),
        FindingKind.AMBIGUOUS: (
            "“{shown}”前后没有写明是哪份文件的条款，{more}。",
            "Nothing tells which document's {shown} is meant; {more}.",
        ),
        "likely": ("可能是{right}", "it may be {right}"),
        "unlikely": ("请写明文件名称", "name the document"),
        FindingKind.SUPERSEDED: (
            "{name}存在，但所引的文本{detail}，请核对现行规定。",
            "{name} exists, but this text is not in force ({detail}); check the rules that are.",
        ),
        FindingKind.MISPLACED: ("{more}不在{shown}，而在{name}。", "{more} are not in {shown}, but in {name}."),
        "quoted": ("引文", "These words"),
        "said": ("所述内容", "These words"),
        FindingKind.UNVERIFIABLE: (
            "{name}有相关内容，但不能逐项对上，请对照原文核实。",
            "{name} speaks of this, but not every part of it can be found there; compare the text.",
        ),
        FindingKind.INVENTED: ("{name}没有这样的内容。", "{name} says nothing of the sort."),
        "nowhere": ("已收录的文件中没有这段文字。", "No document on file has these words."),
        FindingKind.MISQUOTED: (
            "引文与{name}的原文不同{more}：{ops}。",
            "The quotation is not what {name} says: {ops}.",
        ),
        "not_there": ("（所引文字不在{shown}）", ""),
        "written": (
            "引文与{name}只有数字写法或标点不同：{ops}。",
            "The quotation differs from {name} only in writing: {ops}.",
        ),
        FindingKind.DIFFERS: ("与{name}不符{more}：{differences}。", "Not what {name} says: {differences}."),
        "elsewhere": ("（有关内容在{right}）", ""),
        "other": ("此处是“{said}”，原文是“{found}”", "“{said}” here, “{found}” there"),
        "added": ("原文没有“{said}”", "“{said}” is not there"),
        "left_out": ("此处缺“{found}”", "“{found}” is missing here"),
        "semicolon": ("；", "; "),
        "reads": ("原文是“{words}”", "“{words}” there"),
        What.QUOTATION: ("引文与{name}逐字相符。", "Quoted word for word from {name}."),
        What.CITATION: ("{name}存在。", "{name} exists."),
        What.STATEMENT: ("与{name}相符。", "Agrees with {name}."),
    }
)


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
