"""Turns as people type them, asked and scored: right in whole or not at all, by kind and by subject.

    python bench/asked.py                                   # eval/asked: its corpus, turns.jsonl and questions.jsonl
    python bench/asked.py SET.jsonl --corpus FOLDER --misses

The fields of a line are described in eval/asked/README.md. A turn is right where each group of `want` is cited (at that
level, above or below it), one string of each group of `says` stands in the answer and none of `not_says`, and where it
is refused as it should be. *false refusal*: questions that have an answer and were refused; *silence kept*: questions
without one that were.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from policy_qa.datamodels import Answer
from policy_qa.errors import UsageError
from policy_qa.pipeline import Pipeline, build_index, open_pipeline
from policy_qa.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
ASKED = ROOT / "eval" / "asked"


def fault(line: Mapping[str, Any], answer: Answer) -> str:
    """What is wrong with an answer; empty where it is right."""
    refs, text = [c.ref for c in answer.citations], _folded("\n".join([answer.answer, *answer.notices]))
    if line.get("refuse"):
        return "" if answer.refused else f"answered with {', '.join(refs[:4]) or 'no citation'}"
    if line.get("nocite"):
        return f"cites {', '.join(refs[:4])}" if refs else "refused" if answer.refused else ""
    if answer.refused and line.get("refuse") is not None:
        return "refused"
    for group in line.get("want", ()):
        if not any(_same(ref, wanted) for ref in refs for wanted in group):
            return f"cites {', '.join(refs[:4]) or 'nothing'}, wanted {' or '.join(group)}"
    for group in line.get("says", ()):
        if not any(_folded(words) in text for words in group):
            return f"doesn't say {' or '.join(group)}"
    said = [words for words in line.get("not_says", ()) if _folded(words) in text]
    return f"says {said[0]}" if said else ""


def _same(ref: str, wanted: str) -> bool:
    return ref == wanted or ref.startswith(f"{wanted}.") or wanted.startswith(f"{ref}.")


def _folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split()).lower()


def ask_all(pipeline: Pipeline, lines: Sequence[Mapping[str, Any]]) -> list[tuple[Mapping[str, Any], Answer]]:
    """(line, the answer to it) of each line."""
    return [(line, _asked(pipeline, line["question"], line.get("history", ()))) for line in lines]


def _asked(pipeline: Pipeline, question: str, history: Sequence[str]) -> Answer:
    try:
        return pipeline.ask(question, history)
    except UsageError as error:  # what holds no word at all gets a message
        return Answer.saying(str(error), question=question)


def shares(name: str, asked: Iterable[tuple[Mapping[str, Any], Answer]]) -> str:
    """One line a group: how many of how many are right."""
    groups: dict[str, list[bool]] = defaultdict(list)
    for line, answer in asked:
        groups[str(line.get(name, ""))].append(not fault(line, answer))
    return "  ".join(f"{group} {sum(right)}/{len(right)}" for group, right in sorted(groups.items()))


def report(title: str, asked: Sequence[tuple[Mapping[str, Any], Answer]], *, misses: bool) -> None:
    """Print the figures of one set."""
    right = sum(not fault(line, answer) for line, answer in asked)
    print(f"{title}: {right} of {len(asked)} right ({right / len(asked):.3f})")
    print(f"  by kind     {shares('kind', asked)}\n  by subject  {shares('subject', asked)}")
    content = [(line, answer) for line, answer in asked if line.get("kind", "content") == "content"]
    silent = [answer.refused for line, answer in content if line.get("refuse")]
    has = [answer.refused for line, answer in content if line.get("want")]
    wrong = [
        not any(_same(c.ref, w) for group in line["want"] for w in group)
        for line, answer in content
        for c in answer.citations
        if line.get("want")
    ]
    print(f"  content: false refusal {_share(has)}, silence kept {_share(silent)}, beside the point {_share(wrong)}")
    for line, answer in asked if misses else ():
        if why := fault(line, answer):
            print(f"    {line.get('id')}\t{line.get('kind', '')}\t{line['question']}\t{why}")


def _share(flags: Sequence[bool]) -> str:
    return f"{sum(flags) / len(flags):.3f} (n={len(flags)})" if flags else "—"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="*", type=Path, default=[ASKED / "turns.jsonl", ASKED / "questions.jsonl"])
    parser.add_argument("--corpus", type=Path, default=ASKED / "corpus")
    parser.add_argument("--home", type=Path, help="keeps the index (default: a folder that goes)")
    parser.add_argument("--misses", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        settings = replace(Settings.from_env(), home=arguments.home or Path(scratch), corpus=arguments.corpus)
        build_index(settings)
        pipeline = open_pipeline(settings)
        for path in arguments.sets:
            lines = [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
            report(path.name, ask_all(pipeline, lines), misses=arguments.misses)


if __name__ == "__main__":
    main()
