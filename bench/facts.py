"""What is read of documents against what a reader finds in them: `python bench/facts.py [--misses]`.

Labels are in eval/facts/labels.jsonl, a text a line; null says that the text doesn't tell, a fact that is absent from a
line (`articles`) isn't judged. Prints the share of facts that are right, those told and those not told apart, and how
many were invented: read where the text doesn't tell them.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from policy_qa.documents import read_document
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


def main() -> int:
    """Exit 1 where less than .98 is right, or anything is invented."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--misses", action="store_true", help="print what is wrong")
    arguments = parser.parse_args()
    right, all_, invented = Counter[str](), Counter[str](), 0
    lines = (ROOT / "eval" / "facts" / "labels.jsonl").read_text("utf-8").splitlines()
    for label in map(json.loads, lines):
        document = read_document(ROOT / label["file"])
        register = Register([segment(document)])
        held = [f for f in register.all() if f.instrument == label["instrument"]]
        read = found_in(held[0]) if held else {}
        for name in NAMES:
            if name == "articles" and label[name] is None:
                continue
            told, got = label[name] or None, read.get(name) or None
            kind = "told" if told else "not told"
            all_[kind] += 1
            right[kind] += told == got
            invented += got is not None and told is None
            if arguments.misses and told != got:
                print(f"{label['file']} {label['instrument']} {name}: expected {told}, found {got}")
    for kind in ("told", "not told"):
        print(f"{kind}: {right[kind]} of {all_[kind]} = {right[kind] / all_[kind]:.3f}")
    share = right.total() / all_.total()
    print(f"{len(lines)} texts, {share:.3f} of {all_.total()} facts right, {invented} invented")
    return 0 if share >= 0.98 and not invented and right["told"] >= 0.98 * all_["told"] else 1


if __name__ == "__main__":
    sys.exit(main())
