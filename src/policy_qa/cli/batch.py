"""`--batch` files: questions as JSON lines."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from policy_qa.errors import UsageError


@dataclass(frozen=True, kw_only=True, slots=True)
class BatchLine:
    """One question of a `--batch` file."""

    id: str
    question: str
    history: tuple[str, ...] = ()


def read_batch(path: Path) -> Iterator[BatchLine]:
    """The questions of a file, in order; UsageError names the line that is none."""
    try:
        text = sys.stdin.read() if str(path) == "-" else path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: expected a UTF-8 file of JSON lines, found none to read ({error})") from error
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            yield _batch_line(path, number, line)


def _batch_line(path: Path, number: int, line: str) -> BatchLine:
    try:
        data = json.loads(line)
    except json.JSONDecodeError as error:
        raise UsageError(f"{path}:{number}: expected a JSON object, found {line[:40]!r} ({error.msg})") from error
    if not isinstance(data, Mapping) or not isinstance(data.get("question"), str):
        raise UsageError(f'{path}:{number}: expected an object with a "question" text, found {line[:40]!r}')
    history = data.get("history") or []
    if not isinstance(history, list) or not all(isinstance(h, str) for h in history):
        raise UsageError(f'{path}:{number}: expected "history" to be a list of earlier questions, found {history!r}')
    return BatchLine(id=str(data.get("id", number)), question=data["question"], history=tuple(history))
