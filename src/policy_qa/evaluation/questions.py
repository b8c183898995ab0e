"""A question set: reading it, and what each line means (see eval/README.md)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from policy_qa.errors import UsageError


@dataclass(frozen=True, kw_only=True, slots=True)
class LabelledQuestion:
    """One question with its labels.

    `refs` must all be cited; `also` may be; `facts` must stand in the answer, each a tuple of
    wordings of which one suffices; `refused` tells that the right answer is a refusal.
    """

    id: str
    category: str
    split: str
    question: str
    history: tuple[str, ...]
    refused: bool
    refs: tuple[str, ...]
    also: tuple[str, ...]
    facts: tuple[tuple[str, ...], ...]


def read_questions(path: Path, split: str = "all") -> list[LabelledQuestion]:
    """The questions of a set, or of one split of it (`fit`, `report`); UsageError names a bad line."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: expected a question set (UTF-8 JSON lines), found none to read ({error})") from error
    out = [_question(path, n, line) for n, line in enumerate(lines, start=1) if line.strip()]
    out = [q for q in out if split == "all" or q.split == split]
    if not out:
        raise UsageError(f"{path}: expected questions of split {split}, found none; try --split all")
    return out


def _question(path: Path, number: int, line: str) -> LabelledQuestion:
    try:
        data: Mapping[str, Any] = json.loads(line)
        facts = data.get("facts") or []
        return LabelledQuestion(
            id=str(data["id"]),
            category=str(data.get("category", "all")),
            split=str(data.get("split", "report")),
            question=str(data["question"]),
            history=tuple(map(str, data.get("history") or ())),
            refused=bool(data.get("refused", not data.get("refs"))),
            refs=tuple(map(str, data.get("refs") or ())),
            also=tuple(map(str, data.get("also") or ())),
            facts=tuple(tuple(str(fact).split("|")) for fact in facts),
        )
    except (json.JSONDecodeError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(
            f"{path}:{number}: expected a labelled question with id and question, found {line[:60]!r} ({error})"
        ) from error
