"""Labelled questions: what each field means (see eval/README.md), and that every label is one.

A label that is wrong makes a figure wrong without a word. So nothing is guessed: every fault of a set is named with
its line, and a set with one is not scored at all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from policy_qa.errors import PolicyQAError, UsageError
from policy_qa.evaluation.sets import Record, records
from policy_qa.pipeline import MAX_QUESTION

SPLITS = ("fit", "report", "gate")
_LANGUAGES = ("zh", "en")
#: Faults that are shown of one set.
_SHOWN = 20
#: A ref as a label has it -> the ref; raises PolicyQAError where it names no provision, or several.
Finder = Callable[[str], str]


@dataclass(frozen=True, kw_only=True, slots=True)
class LabelledQuestion:
    """One question with its labels.

    `refs` must all be cited; `also` may be; `facts` must stand in the answer, each a tuple of
    wordings of which one suffices; `refused` tells that the right answer is a refusal. `subject` is what the policies
    that it is asked of are about, where a set has several.
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
    lang: str = "zh"
    subject: str = ""


def read_questions(path: Path, split: str = "", find: Finder | None = None) -> list[LabelledQuestion]:
    """The questions of a set, or of one split of it; without one named, `report` where the set has it, else all.

    `find` resolves what stands in `refs` and `also`; without it, refs are taken as they are. UsageError names every
    fault with its line, the first 20 where there are more, of whatever split.
    """
    faults: list[str] = []
    first: dict[str, int] = {}
    out = []
    read = records(path)
    for record in read:
        question, found = _question(record, find)
        if question and question.id in first:
            found.append(f"id: expected one of its own, found {question.id!r} of line {first[question.id]} again")
        elif question:
            first[question.id] = record.line
            out.append(question)
        faults += [f"{path}:{record.line}: {fault}" for fault in found]
    if faults:
        more = [f"… and {len(faults) - _SHOWN} more"] if len(faults) > _SHOWN else []
        count = f"{len(faults)} fault{'s' * (len(faults) > 1)}"
        said = f"{path}: expected a sound question set, found {count}; mend them, nothing was scored"
        raise UsageError("\n".join([said, *faults[:_SHOWN], *more]))
    if not split:
        split = "report" if any(q.split == "report" for q in out) else "all"
    chosen = [q for q in out if split in ("all", q.split)]
    if not chosen:
        raise UsageError(f"{path}: expected questions of split {split}, found none; try --split all")
    return chosen


def _question(record: Record, find: Finder | None) -> tuple[LabelledQuestion | None, list[str]]:
    """A record as a question, with its faults; None where it hasn't an id to go by."""
    fields = _Fields(record.fields, list(record.faults))
    if fields.faults and not record.fields:
        return None, fields.faults
    id_ = fields.id()
    refs, also = fields.refs("refs", find), fields.refs("also", find)
    refused = fields.truth("refused", default=not refs)
    facts = tuple(tuple(part.strip() for part in fact.split("|")) for fact in fields.texts("facts"))
    question = LabelledQuestion(
        id=id_,
        category=fields.text("category", default="all"),
        split=fields.one_of("split", SPLITS, default="report"),
        question=fields.text("question"),
        history=fields.texts("history"),
        refused=refused,
        refs=refs,
        also=also,
        facts=facts,
        lang=fields.one_of("lang", _LANGUAGES, default="zh"),
        subject=fields.text("subject", default=""),
    )
    fields.text("note", default="")
    fields.faults += _contradictions(question, record.fields)
    return (question if id_ else None), fields.faults


def _contradictions(question: LabelledQuestion, given: Mapping[str, Any]) -> list[str]:
    out = []
    if given.get("refused") is True and given.get("refs"):
        out.append("refs: expected none where refused is true, found some; leave out one of both")
    elif given.get("refused") is True and (given.get("also") or given.get("facts")):
        out.append("also, facts: expected none where refused is true, found some; leave out one of both")
    if not given.get("refs") and given.get("refused") is not True:
        out.append("refs: expected the provisions that answer, or refused true, found neither")
    if any(not wording for fact in question.facts for wording in fact):
        out.append("facts: expected words on either side of |, found none")
    out += [
        f"question, history: expected at most {MAX_QUESTION} characters, found {len(text)}"
        for text in (question.question, *question.history)
        if len(text) > MAX_QUESTION
    ]
    if both := sorted(set(question.refs) & set(question.also)):
        out.append(f"also: expected none of refs, found {both[0]!r} in both")
    return out


class _Fields:
    """Reads fields by their type; each that has another is a fault, and gets a harmless value in its place."""

    def __init__(self, given: Mapping[str, Any], faults: list[str]) -> None:
        self._given, self.faults = given, faults

    def id(self) -> str:
        value = self._given.get("id")
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        return self.text("id")

    def text(self, name: str, default: str | None = None) -> str:
        if name not in self._given:
            if default is None:
                self.faults.append(f"{name}: expected a text, found none")
            return default or ""
        value = self._given[name]
        if isinstance(value, str) and (value.strip() or default == ""):
            return value
        self._wrong(name, "a text", value)
        return ""

    def one_of(self, name: str, choices: tuple[str, ...], default: str) -> str:
        value = self._given.get(name, default)
        if value not in choices:
            self._wrong(name, " or ".join(choices), value)
            return default
        return str(value)

    def truth(self, name: str, default: bool) -> bool:
        value = self._given.get(name, default)
        if not isinstance(value, bool):
            self._wrong(name, "true or false", value)
            return default
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        value = self._given.get(name, [])
        if not isinstance(value, list):
            self._wrong(name, "a list of texts", value)
            return ()
        out = []
        for part in value:
            if not isinstance(part, str) or not part.strip():
                self._wrong(name, "a list of texts", part)
            elif part in out and name != "history":
                self.faults.append(f"{name}: expected each once, found {part!r} twice")
            else:
                out.append(part)
        return tuple(out)

    def refs(self, name: str, find: Finder | None) -> tuple[str, ...]:
        """The refs of a field, those that people wrote as they cite among them, resolved."""
        out: list[str] = []
        for part in self.texts(name):
            try:
                ref = find(part) if find else part
            except PolicyQAError as error:
                self.faults.append(f"{name}: {error}")
                continue
            if ref in out:
                self.faults.append(f"{name}: expected each once, found {ref!r} twice")
            out.append(ref)
        return tuple(out)

    def _wrong(self, name: str, expected: str, value: object) -> None:
        shown = repr(value)
        self.faults.append(f"{name}: expected {expected}, found {shown[:60]}{'…' if len(shown) > 60 else ''}")
