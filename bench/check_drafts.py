"""Measure `policy-qa check`: faults found and false alarms in drafts made from the policies and from laws.

    python bench/check_drafts.py --data DIR [--seed N] [--each 40] [--style report] [--wrong]

DIR holds `laws/laws.tar.xz`: 1,124 national regulations and judicial interpretations in Markdown, packed
from https://github.com/LawRefBook/Laws (the text of statutes has no copyright). Forty of them and the files of
corpus/ are what the drafts are made from and checked against. In some laws an article is renamed to 第N条之一. A fault
counts as found if an error of the right kind stands at its place, with the right ref where the provision is the
wrong one; a false alarm is a stretch without fault in which an error is reported. Exit 1 where a target is missed.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import tarfile
import tempfile
import time
from collections import Counter
from pathlib import Path

from draft_cases import Case, Fault, Maker
from draft_styles import DEVELOPMENT, REPORT

from policy_qa.check import Checker, Report, Severity
from policy_qa.datamodels import Segmentation
from policy_qa.documents.extracted import describe
from policy_qa.documents.sources import list_sources, read_document
from policy_qa.numerals import to_han
from policy_qa.provisions import segment
from policy_qa.words import Segmenter

CORPUS = Path(__file__).resolve().parents[1] / "corpus"
#: Errors found, and stretches without fault that are reported as wrong.
MIN_FOUND, MAX_FALSE = 0.97, 0.02
_LAWS = 40
_ARTICLE_LINE = re.compile(r"^第([一二三四五六七八九十百]+)条", re.MULTILINE)


def laws(archive: Path, rng: random.Random) -> dict[str, Segmentation]:
    """So many laws of medium length, every third with one article renamed to 第N条之一."""
    out: dict[str, Segmentation] = {}
    with tempfile.TemporaryDirectory() as folder, tarfile.open(archive) as packed:
        packed.extractall(folder, filter="data")
        paths = sorted(Path(folder).rglob("*.md"))
        rng.shuffle(paths)
        for path in paths:
            document = read_document(path)
            if not 3_000 < len(document.text) < 20_000 or len(_ARTICLE_LINE.findall(document.text)) < 15:
                continue
            doc_id = f"law-{len(out) + 1}"
            text = document.text
            if len(out) % 3 == 0:
                number = rng.randint(5, 12)
                label = rf"^第{to_han(number + 1)}条(?=[\s\u3000])"
                text = re.sub(label, f"第{to_han(number)}条之一", text, count=1, flags=re.MULTILINE)
            again = describe(text, doc_id=doc_id, source=path.name, sha256=document.sha256)
            titles = {s.document.title for s in out.values()}
            if again.title not in titles and "》" not in again.title:
                out[doc_id] = segment(again)
            if len(out) == _LAWS:
                break
    return out


def policies() -> dict[str, Segmentation]:
    """The files of corpus/."""
    found = (segment(read_document(path, root=CORPUS)) for path in list_sources(CORPUS))
    return {s.document.doc_id: s for s in found}


def found_in(case: Case, report: Report) -> bool:
    """Whether the fault of a case is reported: at its place, as what it is, with the right provision."""
    return any(
        f.kind.value in case.kinds
        and f.start < case.end
        and case.start < f.end
        and (not case.rights or (f.right is not None and f.right.ref in case.rights))
        for f in report.errors
    )


def false_alarms(case: Case, report: Report) -> int:
    """How many stretches without fault an error is reported in."""
    return sum(any(f.start < b and a < f.end for f in report.errors) for a, b in case.correct)


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--data", type=Path, required=True)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--each", type=int, default=40, help="drafts of each sort")
    arguments.add_argument("--style", choices=("development", "report"), default="report")
    arguments.add_argument("--wrong", action="store_true", help="print what went wrong")
    chosen = arguments.parse_args()
    rng = random.Random(chosen.seed)  # noqa: S311 - to be repeatable
    segmentations = {**policies(), **laws(chosen.data / "laws" / "laws.tar.xz", rng)}
    style = REPORT if chosen.style == "report" else DEVELOPMENT
    checker = Checker(segmentations, Segmenter())
    cases = list(Maker(segmentations=segmentations, style=style, rng=rng).cases(chosen.each))
    totals, hits, correct, alarms, seconds = Counter[Fault](), Counter[Fault](), 0, 0, []
    for number, case in enumerate(cases):
        started = time.perf_counter()
        report = checker.check(describe(case.text, doc_id="draft", source=f"{number}.txt", sha256=""))
        seconds.append(time.perf_counter() - started)
        correct += len(case.correct)
        false = false_alarms(case, report)
        alarms += false
        good = True
        if case.fault is not Fault.NONE:
            totals[case.fault] += 1
            good = found_in(case, report)
            hits[case.fault] += good
        if chosen.wrong and (false or not good):
            show(case, report, good=good, false=false)
    for fault, total in totals.items():
        print(f"{fault.value:20} {hits[fault]:4} / {total:4}  {hits[fault] / total:.3f}")
    found, false_share = sum(hits.values()) / max(sum(totals.values()), 1), alarms / max(correct, 1)
    print(f"{'all faults':20} {sum(hits.values()):4} / {sum(totals.values()):4}  {found:.3f}")
    print(f"{'false alarms':20} {alarms:4} / {correct:4}  {false_share:.3f}")
    median = sorted(seconds)[len(seconds) // 2]
    print(f"{len(cases)} drafts, {len(segmentations)} documents, median {median * 1e3:.0f} ms a draft")
    return 0 if found >= MIN_FOUND and false_share <= MAX_FALSE else 1


def show(case: Case, report: Report, *, good: bool, false: int) -> None:
    """A case that went wrong, for development."""
    missed = "" if good else f"NOT FOUND {sorted(case.kinds)} {sorted(case.rights)}"
    print("=" * 8, case.fault.value, missed, f"false {false}")
    print(case.text)
    print("  expected:", repr(case.text[case.start : case.end]))
    for f in report.findings:
        if f.severity is not Severity.OK or (f.start < case.end and case.start < f.end):
            inside = f.severity is Severity.ERROR and any(f.start < b and a < f.end for a, b in case.correct)
            print(f"  {'!!' if inside else '  '}{f.kind.value} {f.what.value} {f.quote!r} -> {f.message}")


if __name__ == "__main__":
    sys.exit(main())
