"""What the doors take and give, as OpenAPI and MCP tell it. `formats` makes what is given."""

from __future__ import annotations

import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from policy_qa.datamodels import Choice, Kind, Nearest, Part, PointKind, Retrieved, ScopeFrom
from policy_qa.statements import Difference, Verdict

#: Earlier questions that a follow-up may bring.
MOST_TURNS = 40
MOST_QUESTIONS = 1000
DocIds = Annotated[list[str], Field(description="Only these documents; empty: all.", max_length=1000)]
Day = Annotated[datetime.date | None, Field(description="By the texts in force on this day; today where left out.")]
Lang = Annotated[
    Literal["zh", "en"] | None, Field(description="Language of the frame; the question's own if left out.")
]
History = Annotated[
    list[str], Field(description="Earlier questions of the same person, oldest first.", max_length=MOST_TURNS)
]
Text = Annotated[str, Field(description="The question, in Chinese or English.", examples=["谁可以担任CIO？"])]


class _Sent(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SearchRequest(_Sent):
    """A question to search for."""

    question: Text
    history: History = []
    doc_ids: DocIds = []
    on: Day = None
    top: Annotated[int, Field(ge=1, le=100, description="How many provisions.")] = 10
    id: Annotated[str, Field(description="Comes back as it is.")] = ""


class AskRequest(_Sent):
    """A question to answer."""

    question: Text
    history: History = []
    doc_ids: DocIds = []
    lang: Lang = None
    on: Day = None
    id: Annotated[str, Field(description="Comes back as it is.")] = ""
    stream: Annotated[bool, Field(description="As server-sent events; so does Accept: text/event-stream.")] = False


class CheckRequest(_Sent):
    """A draft to check."""

    text: str
    lang: Lang = None


class EvalRequest(_Sent):
    """Labelled questions to ask; the fields of one are those of a line of a question set (eval/README.md)."""

    questions: Annotated[list[dict[str, Any]], Field(min_length=1, max_length=MOST_QUESTIONS)]
    split: Literal["", "fit", "report", "gate", "all"] = ""
    wrong: Annotated[bool, Field(description="List the questions that went wrong.")] = False
    stream: Annotated[bool, Field(description="Progress as server-sent events.")] = False


class Trouble(_Sent):
    """Why there is no answer: what was expected, what was found, what to do."""

    error: str


class Effective(_Sent):
    """That decisions amended a provision: the day, what they say, and of which stretches the words are made."""

    on: str
    by: list[str]
    parts: list[Part]


class Quotation(_Sent):
    """Words cut from a document: `quote` is its text[start:end] in code points, or the parts of `effective`."""

    ref: str
    cite: str
    quote: str
    start: int
    end: int
    effective: Effective | None = None


class Reference(_Sent):
    """Where a reference inside a provision leads."""

    text: str
    ref: str
    cite: str
    quote: str
    missing: bool = False


class Citation(Quotation):
    """A quotation with the number of its mark in the answer; `recognised`: its words were read from a picture."""

    n: int
    references: list[Reference] = []
    recognised: bool = False


class Point(_Sent):
    """One thing that was asked."""

    text: str
    kind: PointKind
    refused: bool
    lead: str
    citations: list[int]
    choices: list[Choice] = []


class Scope(_Sent):
    """The documents that were looked in, and where they come from."""

    doc_ids: list[str]
    origin: Annotated[ScopeFrom, Field(alias="from")]


class Sentence(_Sent):
    """A sentence with its verdict and the words that it rests on."""

    text: str
    verdict: Verdict
    ref: str
    quote: str
    differences: list[Difference]
    n: int = 0
    note: str = ""
    why: str = ""


class Cell(Quotation):
    """What one document says on one point."""

    more: list[Quotation] = []


class Column(_Sent):
    """A document of a table."""

    doc_id: str
    title: str


class Row(_Sent):
    """One point of a table; null where a document is silent."""

    point: str
    label: str
    cells: list[Cell | None]
    differs: bool


class Comparison(_Sent):
    """Documents side by side."""

    documents: list[Column]
    rows: list[Row]


class Answer(_Sent):
    """An answer, as `policy-qa ask --json` prints it."""

    id: str
    question: str
    refused: bool
    mode: str
    answer: str
    citations: list[Citation]
    points: list[Point]
    scope: Scope
    sentences: list[Sentence]
    removed: list[Sentence] = []
    comparison: Comparison | None = None
    retrieved: list[Retrieved]
    nearest: list[Nearest] = []
    notices: list[str]
    timings_ms: dict[str, float]


class Provision(_Sent):
    """A provision of a document."""

    doc_id: str
    ref: str
    kind: Kind
    label: str
    heading: list[str]
    start: int
    end: int
    text: str
    instrument: str = ""
    page: int | None = None


class Shown(Provision):
    """A provision as it reads on the day, as `policy-qa show --json` prints it; `deleted`: a decision took it out."""

    cite: str
    effective: Effective | None = None
    deleted: bool = False


class Document(_Sent):
    """All provisions of a document."""

    doc_id: str
    provisions: list[Provision]


class Hit(Shown):
    """A provision that was found."""

    score: float


class Found(_Sent):
    """What a search found, best first."""

    id: str
    question: str
    retrieved: list[Hit]


class Documents(_Sent):
    """What is on file, each as `policy-qa list --json` prints it."""

    documents: list[dict[str, Any]]


class Findings(_Sent):
    """What a check found, each finding as `policy-qa check --json` prints it; `errors` counts those that are wrong."""

    errors: int
    findings: list[dict[str, Any]]


class Figures(_Sent):
    """The figures of a question set, as `policy-qa eval --json` prints them."""

    overall: dict[str, Any]
    categories: dict[str, Any]
    subjects: dict[str, Any] = {}
    bad_quotes: int
    errors: dict[str, str]
    wrong: list[dict[str, Any]] = []
