"""One row per question, with all that its figures are made from: labels, what was retrieved, the answer.

A figure is never stored apart from its row: `figures` makes it anew from what the row holds, so that a file of rows
can be scored again, by this program or another. Everything is compared at article level: a ref of an item counts as
its article, two items of one article as one.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, get_origin, get_type_hints

from policy_qa.citing.clean import clean
from policy_qa.datamodels import Answer, Retrieved
from policy_qa.errors import UsageError
from policy_qa.evaluation.measures import ranking
from policy_qa.evaluation.questions import LabelledQuestion

#: (doc_id, the articles that its cells quote) of the points that a question asks about.
Shown = tuple[tuple[str, tuple[str, ...]], ...]


def shown_of(answer: Answer, article_of: Callable[[str], str]) -> Shown:
    """What each document's cells of an answer quote, in the rows that the question asks about."""
    shown: dict[str, list[str]] = {}
    if answer.comparison:
        for row in answer.comparison.rows:
            for document, cell in zip(answer.comparison.documents, row.cells if row.asked else (), strict=False):
                shown.setdefault(document.doc_id, []).extend(article_of(q.ref) for q in cell)
    return tuple((doc_id, tuple(dict.fromkeys(refs))) for doc_id, refs in shown.items())


def cells(judged: Collection[str], allowed: Collection[str], shown: Shown) -> tuple[int, int]:
    """(right cells, cells that count) of a table.

    A label demands a cell of every document that its refs name (`judged`). A cell is right where it quotes something
    and nothing but what may be cited (`allowed`: refs and `also`), at article level. A cell of another document that
    quotes anything else counts too, and is wrong.
    """
    demanded = {ref.partition("#")[0] for ref in judged}
    wrong = {doc_id for doc_id, refs in shown if set(refs) - set(allowed)}
    right = {doc_id for doc_id, refs in shown if doc_id in demanded and refs and doc_id not in wrong}
    return len(right), len(demanded | wrong)


RANKED = ("hit@1", "hit@3", "recall@3", "recall@5", "recall@10", "mrr", "ndcg@10", "ap")
CITED = ("citation_precision", "citation_recall", "facts")
#: Every figure of a question, in the order of a report.
MEASURES = (*RANKED, *CITED, "cells", "refusal", "false_refusal")
#: Those of which less is better.
ERRORS = frozenset({"false_refusal"})
#: The category whose tables are held against the labels.
COMPARISON = "comparison"


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One question, its labels at article level, and what it got.

    `judged` must be cited, `allowed` may be (`judged` among them), `to_refuse` tells that a refusal is right.
    `retrieved` is everything that the answer came with, best first; `cited` the articles that `citations` name;
    `shown` what the cells of its table quote. `bad_quotes` counts quotations that are not the document's text at
    their offsets. `error` tells why there is no answer at all; then every figure is the worst there is.
    """

    id: str
    category: str
    subject: str
    question: str
    history: tuple[str, ...]
    to_refuse: bool
    judged: tuple[str, ...]
    allowed: tuple[str, ...]
    facts: tuple[tuple[str, ...], ...]
    retrieved: tuple[Retrieved, ...] = ()
    refused: bool = False
    answer: str = ""
    citations: tuple[str, ...] = ()
    cited: tuple[str, ...] = ()
    shown: Shown = ()
    notices: tuple[str, ...] = ()
    bad_quotes: int = 0
    milliseconds: float = 0.0
    error: str = ""


def row_of(question: LabelledQuestion, answer: Answer, article_of: Callable[[str], str], bad_quotes: int) -> Row:
    """The row of one answer. `article_of` takes a ref to the ref of its article."""
    citations = tuple(c.ref for c in answer.citations)
    return replace(
        unanswered(question, "", article_of),
        retrieved=answer.retrieved,
        refused=answer.refused,
        answer=answer.answer,
        citations=citations,
        cited=tuple(dict.fromkeys(map(article_of, citations))),
        shown=shown_of(answer, article_of),
        notices=answer.notices,
        bad_quotes=bad_quotes,
        milliseconds=float(answer.timings_ms.get("total", 0.0)),
    )


def unanswered(question: LabelledQuestion, error: str, article_of: Callable[[str], str] = str) -> Row:
    """The row of a question that got no answer at all."""
    judged = dict.fromkeys(map(article_of, question.refs))
    return Row(
        id=question.id,
        category=question.category,
        subject=question.subject,
        question=question.question,
        history=question.history,
        to_refuse=question.refused,
        judged=tuple(judged),
        allowed=tuple(judged | dict.fromkeys(map(article_of, question.also))),
        facts=question.facts,
        error=error,
    )


def figures(row: Row) -> dict[str, float]:
    """Measure -> the figure of one question; one that doesn't apply to it is absent.

    Citation precision of an answer that cites nothing is 0, as is everything of a question that ended in an error.
    """
    if row.to_refuse:
        return {"refusal": float(row.refused and not row.error)}
    out = ranking(row.judged, [r.ref for r in row.retrieved], RANKED)
    out["citation_precision"] = sum(c in row.allowed for c in row.cited) / len(row.cited) if row.cited else 0.0
    out["citation_recall"] = sum(ref in row.cited for ref in row.judged) / len(row.judged)
    if row.facts:
        out["facts"] = facts_in(row.answer, row.facts)
    if row.category == COMPARISON:
        right, count = cells(row.judged, row.allowed, row.shown)
        out["cells"] = right / count
    out["false_refusal"] = float(row.refused or bool(row.error))
    return out


def facts_in(answer: str, facts: Sequence[Sequence[str]]) -> float:
    """The share of the facts that the answer holds, width and white space aside.

    >>> facts_in("任期 3 年，可连任", [["3年"], ["5年", "五年"]])
    0.5
    """
    text = clean(answer, spaces=False)
    return sum(any(clean(wording, spaces=False) in text for wording in fact) for fact in facts) / len(facts)


def write_rows(path: Path, rows: Iterable[Row]) -> None:
    """A JSON line a row, its figures beside what they are made from."""
    try:
        path.write_text("".join(map(row_line, rows)), "utf-8")
    except OSError as error:
        raise UsageError(f"{path}: expected to write rows there, found: {error.strerror}; name another file") from error


def row_line(row: Row) -> str:
    """A row as a line of JSON."""
    return json.dumps(asdict(row) | {"values": figures(row)}, ensure_ascii=False) + "\n"


def read_rows(path: Path) -> list[Row]:
    """The rows of a file that `write_rows` wrote; UsageError names the line that is none."""
    try:
        lines = path.read_text("utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: expected rows written by policy-qa eval --rows, found none to read") from error
    out = []
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                out.append(_row(json.loads(line)))
            except (ValueError, KeyError, TypeError) as error:
                raise UsageError(
                    f"{path}:{number}: expected a row written by policy-qa eval --rows, found {line[:60]!r} "
                    f"({error!r}); run the set again with --rows"
                ) from error
    if not out or len({row.id for row in out}) < len(out):
        found = "one id twice" if out else "none"
        raise UsageError(f"{path}: expected rows, one for each id, found {found}; run the set again with --rows")
    return out


def _row(data: Mapping[str, Any]) -> Row:
    given: dict[str, Any] = {name: data[name] for name in _TYPES}
    if wrong := [name for name, value in given.items() if not isinstance(value, _TYPES[name])]:
        raise TypeError(f"{wrong[0]} is {given[wrong[0]]!r}")
    given |= {name: tuple(given[name]) for name in given if _TYPES[name] is list}
    given["facts"] = tuple(map(tuple, given["facts"]))
    given["retrieved"] = tuple(Retrieved(ref=r["ref"], score=float(r["score"])) for r in given["retrieved"])
    given["shown"] = tuple((doc_id, tuple(refs)) for doc_id, refs in given["shown"])
    row = Row(**given)
    if not row.to_refuse and not row.judged:
        raise ValueError("nothing to cite and nothing to refuse")
    return row


#: Field of a row -> what JSON makes of it.
_TYPES: dict[str, Any] = {
    name: list if get_origin(type_) is tuple else (int, float) if type_ is float else type_
    for name, type_ in get_type_hints(Row).items()
}
