"""Amended, repealed and expired texts, asked, looked up and cited in drafts: `python bench/amended.py [--misses]`.

The cases are in eval/amended/cases.jsonl, eval/README.md says what their labels mean. Each set is built as an index of
its own. A wording is *shown as in force* where a quotation has it (or a line that answers, outside the quotations) and
no line of the answer says that this text is repealed, replaced, a draft, deleted, has run out or is to come; a
decision's own words may be quoted. `fit` are the sets in even positions by name, which may be looked into, `report` the
others.
"""

from __future__ import annotations

import argparse
import datetime
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from policy_qa.check import Checker, Finding, FindingKind, Report, Severity, What
from policy_qa.datamodels import Answer, Citation, Quotation
from policy_qa.documents.extracted import describe
from policy_qa.facts.dates import as_of
from policy_qa.facts.model import State
from policy_qa.pipeline import Pipeline, build_index, open_pipeline
from policy_qa.settings import Settings
from policy_qa.words import Segmenter

AMENDED = Path(__file__).resolve().parents[1] / "eval" / "amended"
#: The day on which the cases were written, which "today" is in them.
TODAY = datetime.date(2026, 11, 26)
_OUT = (State.REPEALED, State.REPLACED, State.EXPIRED, State.TRIAL_OVER, State.DRAFT, State.TO_COME)
_DIFFERS = (FindingKind.DIFFERS, FindingKind.MISQUOTED, FindingKind.MISPLACED)

Case = Mapping[str, str | list[str]]


@dataclass(frozen=True, slots=True)
class Row:
    """What became of a case: `fault` is empty where it is right, `shown` what was said."""

    id: str
    set: str
    split: str
    kind: str
    verdict: str
    fault: str
    shown: str


def flat(text: str) -> str:
    """A text without white space."""
    return "".join(text.split())


def in_force(pipeline: Pipeline, answer: Answer) -> tuple[list[str], list[str]]:
    """(what an answer shows as in force, the same without what a decision says), white space left out."""
    cells = [q for row in answer.comparison.rows for cell in row.cells for q in cell] if answer.comparison else []
    said = flat("\n".join((answer.answer, *answer.notices)))
    shown: list[str] = []
    strict: list[str] = []
    excused = ""
    for one in (*answer.citations, *cells):
        words = flat(one.quote)
        if _warned(pipeline, one, said):
            excused += words + "\n"
            continue
        shown.append(words)
        if one.effective is None and pipeline.register.of(one.ref.partition("#")[0]).amends:
            excused += words + "\n"
        else:
            strict.append(words)
    # 「第一条：…」 and the names of documents stand before what is quoted in a line that answers.
    leads = [flat(line) for point in answer.points for line in point.lead.split("\n") if line]
    leads = [words for words in leads if words.rpartition("：")[2] not in excused]
    return shown + leads, strict + leads


def _warned(pipeline: Pipeline, one: Citation | Quotation, said: str) -> bool:
    """Whether the answer says that a quoted text is not in force."""
    doc_id = one.ref.partition("#")[0]
    document = pipeline.segmentation(doc_id).document
    provision = pipeline.segmentation(doc_id).at(one.ref)
    if one.effective is None and provision and pipeline.editions.now(provision) is None:
        return "不再施行，以下是原来的条文" in said
    standing = pipeline.register.standing_of(doc_id, provision.instrument if provision else "")
    if standing.state not in _OUT:
        return False
    older = f"以上引自《{flat(document.title)}》的"
    return flat(standing.why) in said or older in said or f"《{flat(document.title)}》是{document.status.value}" in said


def answered(pipeline: Pipeline, case: Case, day: datetime.date) -> tuple[str, str]:
    """(what is wrong with the answer to a case, the answer)."""
    try:
        answer = pipeline.ask(str(case["question"]), on=day)
    except Exception as error:  # a crash is a wrong answer, and the others are asked all the same
        return f"error: {error!r}", ""
    with as_of(day):
        shown, strict = in_force(pipeline, answer)
    text = "\n".join((answer.answer, *answer.notices))
    missing = [words for words in case["expect"] if not any(flat(words) in one for one in shown)]
    wrong = [words for words in case["refuse_words"] if any(flat(words) in one for one in strict)]
    if wrong:
        return f"shows {wrong[0]}", text
    if missing:
        return f"{'refused, ' if answer.refused else ''}lacks {missing[0]}", text
    return (f"shows {strict[0]}" if not case["expect"] and strict else ""), text


def checked(report: Report, case: Case) -> tuple[str, str]:
    """(what is wrong with the findings of a case, the findings)."""
    findings = report.findings
    text = "\n".join(f"{f.kind.value} {f.what.value}: {f.message}" for f in findings)
    found = verdict_of(findings)
    if found != case["verdict"]:
        return f"{found}, not {case['verdict']}", text
    shown = flat("\n".join(_said(findings)))
    missing = [words for words in case["expect"] if flat(words) not in shown]
    return (f"doesn't show {missing[0]}" if missing else ""), text


def verdict_of(findings: Sequence[Finding]) -> str:
    """The findings of one sentence as a label has it; `nothing` where none judges what it says."""
    kinds = {f.kind for f in findings}
    for kind, verdict in ((FindingKind.SUPERSEDED, "superseded"), (FindingKind.MISSING, "missing")):
        if kind in kinds:
            return verdict
    if kinds.intersection(_DIFFERS):
        return "differs"
    if any(f.severity is Severity.ERROR for f in findings):
        return "other"
    judged = any(f.kind is FindingKind.OK and f.what is not What.CITATION for f in findings)
    return "agrees" if judged else "nothing"


def _said(findings: Sequence[Finding]) -> Iterator[str]:
    for one in findings:
        yield one.message
        yield from (d.found for d in one.differences)
        yield from (s.words for s in (one.right, one.cited) if s)


def run(cases: Sequence[Case], names: Sequence[str]) -> Iterator[Row]:
    """All cases of some sets, in their order."""
    every = sorted({str(c["set"]) for c in cases})
    for name in names:
        split = "fit" if every.index(name) % 2 else "report"
        with tempfile.TemporaryDirectory() as home:
            settings = replace(Settings.from_env(), home=Path(home), corpus=AMENDED / name)
            build_index(settings)
            pipeline = open_pipeline(settings)
        checker = Checker(pipeline.index.segmentations, Segmenter())
        for case in (c for c in cases if c["set"] == name):
            day = datetime.date.fromisoformat(str(case["on"])) if case.get("on") else TODAY
            if case["kind"] == "check":
                draft = describe(str(case["statement"]), doc_id="draft", source="draft.txt", sha256="")
                with as_of(day):
                    fault, shown = checked(checker.check(draft), case)
            else:
                fault, shown = answered(pipeline, case, day)
            yield Row(str(case["id"]), name, split, str(case["kind"]), str(case.get("verdict", "")), fault, shown)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="*", help="by name (default: all)")
    parser.add_argument("--json", type=Path, help="write the rows")
    parser.add_argument("--misses", action="store_true", help="print what is wrong in the sets that may be looked into")
    arguments = parser.parse_args()
    cases: list[Case] = [json.loads(line) for line in (AMENDED / "cases.jsonl").read_text("utf-8").splitlines()]
    names = arguments.sets or sorted({str(c["set"]) for c in cases})
    rows = list(run(cases, names))
    if arguments.json:
        lines = (json.dumps(asdict(row), ensure_ascii=False) for row in rows)
        arguments.json.write_text("\n".join(lines) + "\n", "utf-8")
    for row in rows if arguments.misses else ():
        if row.fault and row.split == "fit":
            print(f"{row.id}\t{row.kind}\t{row.fault}")
    for split in ("fit", "report"):
        held = [r for r in rows if r.split == split]
        all_, right = Counter(r.kind for r in held), Counter(r.kind for r in held if not r.fault)
        parts = "  ".join(f"{kind} {right[kind]}/{all_[kind]}" for kind in sorted(all_))
        if held:
            print(f"{split}: {right.total()} of {len(held)} right ({right.total() / len(held):.3f})  {parts}")


if __name__ == "__main__":
    sys.exit(main())
