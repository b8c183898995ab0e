"""What is read of documents against what a reader finds in them: `python bench/facts.py [--data DIR] [--misses]`.

Labels are in eval/facts/labels.jsonl, a text a line; null says that the text doesn't tell, a fact that is absent from a
line (`articles`) isn't judged. With --data those of eval/facts/real.jsonl, whose texts are national regulations: DIR
holds 行政法规/ and 司法解释/ of LawRefBook/Laws, or laws/laws.tar.xz with them. Prints the share of facts that are
right, those told and those not told apart, and how many were invented: read where the text doesn't tell them.
"""

from __future__ import annotations

import argparse
import json
import sys
import tarfile
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from policy_qa.documents.sources import read_document
from policy_qa.facts.model import Facts
from policy_qa.facts.register import Register
from policy_qa.provisions import segment

ROOT = Path(__file__).resolve().parents[1]
NAMES = ("title", "issuer", "number", "issued", "effective", "status", "term", "articles", "repeals", "amends")


def found_in(facts: Facts) -> dict[str, Any]:
    """What was read of a text, as labels have it."""
    values = {n: getattr(facts, n) for n in ("title", "issuer", "number", "issued", "effective", "status")}
    return {
        **{name: fact.value if fact else None for name, fact in values.items()},
        "term": [facts.term.kind.value, facts.term.length, facts.term.until] if facts.term else None,
        "articles": facts.articles,
        "repeals": [link.title or link.number for link in facts.repeals],
        "amends": [link.title for link in facts.amends],
    }


def judged(root: Path, label: dict[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    """(name, what a reader found, what was read) of each fact of a text; None where there is nothing."""
    document = read_document(root / label["file"])
    everything = sorted(Register([segment(document)]).all(), key=lambda f: f.start)
    # A line without an instrument is on the file, or on the first text in it.
    held = [f for f in everything if f.instrument == label.get("instrument", "")] or everything
    if label.get("instrument") and not any(f.instrument == label["instrument"] for f in everything):
        held = []
    read = found_in(held[0]) if held else {}
    for name in NAMES:
        if name in label and not (name == "articles" and label[name] is None):
            yield name, label[name] or None, read.get(name) or None


def real(label: dict[str, Any]) -> dict[str, Any]:
    """A label of eval/facts/real.jsonl in the words of the others. Of status it tells only what a title says, so none
    where that is neither 试行 nor 暂行; days of amendment are no fact of their own, and `Facts.articles` counts points
    where a text has no 条."""
    told = {n: label[n] for n in ("file", "title", "issuer", "number", "issued", "effective", "articles", "repeals")}
    trial = [word for word in label["status"] if word in ("试行", "暂行")]
    return {**told, "articles": told["articles"] or None, **({"status": "试行"} if trial else {})}


def unpacked(data: Path, scratch: Path) -> Path:
    """The folder with the regulations, unpacked where it holds the archive."""
    archive = data / "laws" / "laws.tar.xz"
    if not archive.exists():
        return data
    with tarfile.open(archive) as packed:
        packed.extractall(scratch, filter="data")
    return scratch


def main() -> int:
    """Exit 1 where less than .98 is right, or anything is invented."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="the regulations of eval/facts/real.jsonl")
    parser.add_argument(
        "--misses", action="store_true", help="print what is wrong; of regulations, in every second row"
    )
    arguments = parser.parse_args()
    name = "real.jsonl" if arguments.data else "labels.jsonl"
    labels = [json.loads(line) for line in (ROOT / "eval" / "facts" / name).read_text("utf-8").splitlines()]
    labels = [*map(real, labels)] if arguments.data else labels
    with tempfile.TemporaryDirectory() as scratch:
        root = unpacked(arguments.data, Path(scratch)) if arguments.data else ROOT
        facts = [(at, label["file"], fact) for at, label in enumerate(labels) for fact in judged(root, label)]
    for at, file, (what, told, got) in facts if arguments.misses else ():
        if told != got and (at % 2 or not arguments.data):
            print(f"{file} {what}: expected {told}, found {got}")
    halves = {"even rows": 1, "odd rows": 0} if arguments.data else {}
    for half, odd in halves.items():
        own = [fact for at, _, fact in facts if at % 2 == odd]
        wrong = Counter(what for what, told, got in own if told != got)
        print(f"{half}: {sum(t == g for _, t, g in own)} of {len(own)} right; wrong {dict(wrong)}")
    right, all_ = Counter[str](), Counter[str]()
    for _, _, (_, told, got) in facts:
        all_["told" if told else "not told"] += 1
        right["told" if told else "not told"] += told == got
    invented = sum(told is None and got is not None for _, _, (_, told, got) in facts)
    for kind in ("told", "not told"):
        print(f"{kind}: {right[kind]} of {all_[kind]} = {right[kind] / all_[kind]:.3f}")
    share = right.total() / all_.total()
    print(f"{len(labels)} texts, {share:.3f} of {all_.total()} facts right, {invented} invented")
    return 0 if share >= 0.98 and not invented and right["told"] >= 0.98 * all_["told"] else 1


if __name__ == "__main__":
    sys.exit(main())
