"""How far statements about policies are judged rightly: true paraphrases that stand, and false or stripped ones.

    python bench/statements.py [--part fit|report] [--check] [--wrong]

The set is eval/statements/statements.jsonl: a true paraphrase of a provision, the same with one word made false, and,
where the provision has a condition or a bound, the same without it. `--check` puts each into a draft that cites the
article and counts those that `check` says to agree.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from policy_qa.check import Checker, FindingKind, What
from policy_qa.datamodels import Provision, Segmentation
from policy_qa.documents.extracted import describe
from policy_qa.documents.sources import list_sources, read_document
from policy_qa.provisions import segment
from policy_qa.provisions.refs import cite
from policy_qa.verify import Judge
from policy_qa.words import Segmenter

ROOT = Path(__file__).resolve().parents[1]
SET = ROOT / "eval" / "statements" / "statements.jsonl"
FOLDERS = (ROOT / "corpus", ROOT / "eval" / "gate" / "corpus", ROOT / "eval" / "reader" / "policies")
#: True paraphrases that must stand, and false or stripped ones that may.
MIN_TRUE, MAX_FALSE = 0.90, 0.01
Stands = Callable[[str, Provision], bool]


def policies() -> dict[str, Segmentation]:
    """All policies that the set speaks of."""
    found = (segment(read_document(path, root=folder)) for folder in FOLDERS for path in list_sources(folder))
    return {s.document.doc_id: s for s in found}


def rows(path: Path, part: str | None) -> Iterator[dict[str, str]]:
    """The lines of a set."""
    for line in path.read_text("utf-8").splitlines():
        row = json.loads(line)
        if part in (None, row["part"]):
            yield row


def by_judge(segmentations: Mapping[str, Segmentation]) -> Stands:
    """Whether the judge lets a statement stand."""
    judge = Judge(list(segmentations.values()))
    return lambda said, provision: judge.judge(said, [provision]).stands


def by_check(segmentations: Mapping[str, Segmentation]) -> Stands:
    """Whether a draft that says it of the provision is told that it agrees."""
    checker = Checker(segmentations, Segmenter())

    def stands(said: str, provision: Provision) -> bool:
        place = cite(segmentations[provision.doc_id].document, provision)
        draft = describe(f"关于有关规定的说明\n\n{place}规定，{said}\n", doc_id="draft", source="draft.txt", sha256="")
        found = [f for f in checker.check(draft).findings if f.what is What.STATEMENT]
        return bool(found) and all(f.kind is FindingKind.OK for f in found)

    return stands


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--set", type=Path, default=SET)
    arguments.add_argument("--part", choices=("fit", "report"))
    arguments.add_argument("--check", action="store_true", help="as statements of a draft")
    arguments.add_argument("--wrong", action="store_true", help="print what went wrong")
    chosen = arguments.parse_args()
    segmentations = policies()
    provisions = {p.ref: p for s in segmentations.values() for p in s.provisions}
    stands = (by_check if chosen.check else by_judge)(segmentations)
    counts: dict[str, list[bool]] = {"true": [], "false": [], "stripped": []}
    started = time.perf_counter()
    for row in rows(chosen.set, chosen.part):
        for kind in counts.keys() & row.keys():
            found = stands(row[kind], provisions[row["ref"]])
            counts[kind].append(found)
            if chosen.wrong and found != (kind == "true"):
                print(f"{row['id']} {row['ref']} {kind}: {row[kind]}")
    seconds = time.perf_counter() - started
    for kind, found in counts.items():
        print(f"{kind:9} stand {sum(found):4} / {len(found):4}  {sum(found) / max(len(found), 1):.3f}")
    print(f"{1e3 * seconds / max(sum(map(len, counts.values())), 1):.1f} ms a statement")
    good = sum(counts["true"]) >= MIN_TRUE * len(counts["true"])
    false = counts["false"] + counts["stripped"]
    return 0 if good and sum(false) <= MAX_FALSE * len(false) else 1


if __name__ == "__main__":
    sys.exit(main())
