"""The concepts that the whole package speaks in.

Offsets are half-open and count Unicode code points of the document's text. Everything here is
frozen; a module that needs another value makes a new one (`dataclasses.replace`).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from typing import Any, Self

from policy_qa.statements import Statement


class Status(StrEnum):
    """The standing of a policy, as its own text declares it."""

    DRAFT = "讨论稿"
    COMMENT = "征求意见稿"
    TRIAL = "试行"
    ISSUED = "印发"
    REPEALED = "废止"
    UNKNOWN = ""

    @property
    def is_draft(self) -> bool:
        """Whether an answer from it needs a notice that it is not in force."""
        return self in (Status.DRAFT, Status.COMMENT)


class Kind(StrEnum):
    """The kind of a node in a document's tree."""

    PART = "编"
    CHAPTER = "章"
    SUBCHAPTER = "节"
    ARTICLE = "条"
    SECTION = "部分"  # 一、 in a document without 条
    POINT = "点"  # （一） or 1. at article level, in a document without 条
    PARAGRAPH = "款"
    ITEM = "项"
    SUBITEM = "目"
    PREAMBLE = "前言"
    CLOSING = "结尾"
    APPENDIX = "附件"
    ROW = "行"  # of a table


@dataclass(frozen=True, kw_only=True, slots=True)
class Stretch:
    """Words of another document: `text[at : at + (end - start)]` here is its `text[start:end]`."""

    at: int
    doc_id: str
    start: int
    end: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Amended:
    """Words [start, end) of an edition that a decision changed, `by` being the ref of what it says there.

    A provision that holds all of them is amended. `merged` is false where the decision speaks of these words and what
    it wants could not be carried out: they may not be in force.
    """

    start: int
    end: int
    by: str
    merged: bool = True


#: Said of whatever was read from a picture.
RECOGNISED = "文字由识别得到，请对照原件"


@dataclass(frozen=True, kw_only=True, slots=True)
class Recognised:
    """Words [start, end) of a document that were read from a picture; `confidence`, in (0, 1], is that page's mean."""

    start: int
    end: int
    confidence: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Document:
    """One policy text with what it says about itself.

    `date` is ISO 8601 (`2022-07-18`, `2022-07`, `2022`) or empty; `number` is the 文号 as printed or
    empty; `source` is the path below the corpus folder, with forward slashes. `pages` holds the offset
    at which each page begins, ascending, for a format that has pages; `recognised` are the stretches that
    were read from pictures (OCR) and have to be held against them; `notes` are what its reader says
    about the file, in Chinese. `edition` is set where another text of the same policy bears the very
    same title (`2022年版`), so that citations can be told apart; the text doesn't say it.

    An *edition* is no file: it is the text of the document `edition_of` as decisions have amended it, from the day
    `since` (ISO) on. `stretches`, ascending, say of which words of which files it is made; what lies between them
    are numbers and line ends. `amended` are the places that the decisions changed.
    """

    doc_id: str
    title: str
    issuer: str = ""
    number: str = ""
    date: str = ""
    status: Status = Status.UNKNOWN
    source: str
    sha256: str
    encoding: str = "utf-8"
    pages: tuple[int, ...] = field(default=(), repr=False)
    notes: tuple[str, ...] = ()
    recognised: tuple[Recognised, ...] = field(default=(), repr=False)
    edition: str = ""
    edition_of: str = ""
    since: str = ""
    stretches: tuple[Stretch, ...] = field(default=(), repr=False)
    amended: tuple[Amended, ...] = field(default=(), repr=False)
    text: str = field(repr=False)

    def page_of(self, offset: int) -> int | None:
        """The page, from 1, on which the character at `offset` stands; None where there are no pages."""
        return bisect_right(self.pages, offset) if self.pages else None

    def is_recognised(self, start: int, end: int) -> bool:
        """Whether any of these words was read from a picture."""
        return any(one.start < end and start < one.end for one in self.recognised)


@dataclass(frozen=True, kw_only=True, slots=True)
class Provision:
    """One node of a document's tree; `document.text[start:end]` is its text.

    `path` is the part of the ref after `#` (`7.2`, `ch7`, `preamble`, `3.p2`, `5~2`).
    `headings` are the titles above it, outermost first (`第二章 任职条件与聘任程序`).
    `article` tells whether it stands at article level, the level that retrieval ranks;
    `parent` is the path of the provision that contains it, empty at article level; `unit` is the kind
    of the provision at article level that it is or stands in.
    `lead` is the end of the provision's own text before its first child; equal to `end` without one.
    `instrument` is the title of the instrument that it stands in, where a file holds several; empty
    where that is the document's title. `occurrence` counts, from 1, the provisions at article level
    that have this number in their own instrument (a misprint has two); a further instrument begins anew.
    """

    doc_id: str
    path: str
    kind: Kind
    label: str
    headings: tuple[str, ...] = ()
    start: int
    end: int
    article: bool = False
    parent: str = ""
    unit: Kind = Kind.ARTICLE
    lead: int = -1
    instrument: str = ""
    occurrence: int = 1

    @property
    def ref(self) -> str:
        """`doc_id#path`, the name that machines use."""
        return f"{self.doc_id}#{self.path}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """A stretch of a document that is no provision: a heading, or a named remainder.

    `kind` is `heading` or says what the remainder is (`furniture`, `leftover`).
    """

    kind: str
    start: int
    end: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Instrument:
    """A text with its own title inside a file, `document.text[start:end]`: one of a handbook's rules, a notice's annex.

    The facts are those that its own stretch states, empty where it states none; `title` is in one line, without the
    文号 below it. Forms of one title bear what tells them apart: 岗位说明书（出纳）.
    """

    title: str
    start: int
    end: int
    number: str = ""
    date: str = ""
    status: Status = Status.UNKNOWN
    issuer: str = ""


@dataclass(frozen=True, kw_only=True)
class Segmentation:
    """All provisions of one document in text order, its headings and remainders, and the defects.

    Provisions at article level and spans together hold every visible character exactly once. What a provision stands
    in and what stands in it is asked here; nobody else walks the tree. `instruments` are those of the file in text
    order; a file of one has that one, which is the document itself. `doubtful` are lines inside provisions that open
    with 第X条 and are neither taken for a 条 nor read as a reference; the warnings name them.
    """

    document: Document = field(repr=False)
    provisions: tuple[Provision, ...]
    spans: tuple[Span, ...] = ()
    warnings: tuple[str, ...] = ()
    instruments: tuple[Instrument, ...] = ()
    doubtful: tuple[Span, ...] = ()

    @cached_property
    def articles(self) -> tuple[Provision, ...]:
        """The provisions at article level, in text order."""
        return tuple(p for p in self.provisions if p.article)

    def text_of(self, provision: Provision) -> str:
        """The exact text of a provision of this document."""
        return self.document.text[provision.start : provision.end]

    @cached_property
    def _by_path(self) -> dict[str, Provision]:
        return {p.path: p for p in self.provisions}

    @cached_property
    def _children(self) -> dict[str, list[Provision]]:
        out: dict[str, list[Provision]] = {}
        for provision in self.provisions:
            out.setdefault(provision.parent, []).append(provision)
        return out

    @cached_property
    def _outer_first(self) -> list[Provision]:
        return sorted(self.provisions, key=lambda p: (p.start, -p.end))

    @cached_property
    def _longer_before(self) -> list[int]:
        """For each provision of `_outer_first` the nearest before it that ends behind it; -1 without one."""
        out: list[int] = []
        for i, provision in enumerate(self._outer_first):
            at = i - 1
            while at >= 0 and self._outer_first[at].end <= provision.end:
                at = out[at]
            out.append(at)
        return out

    def at(self, path: str) -> Provision | None:
        """The provision of a path (`7.2`) or of a ref of this document (`yichun-cio#7.2`); None where there is none."""
        doc_id, mark, inner = path.rpartition("#")
        return self._by_path.get(inner) if not mark or doc_id == self.document.doc_id else None

    def instrument_of(self, provision: Provision) -> Instrument | None:
        """The instrument in whose stretch a provision begins, an attachment's own before the one that it belongs to."""
        for instruments in (self.instruments, self._bodies):
            last = bisect_right(instruments, provision.start, key=lambda i: i.start)
            if last and provision.start < instruments[last - 1].end:
                return instruments[last - 1]
        return None

    @cached_property
    def _bodies(self) -> tuple[Instrument, ...]:
        """The instruments that stand in no other."""
        out: list[Instrument] = []
        for instrument in self.instruments:
            if not out or instrument.start >= out[-1].end:
                out.append(instrument)
        return tuple(out)

    def articles_in(self, instrument: Instrument) -> tuple[Provision, ...]:
        """The provisions at article level of one instrument, in text order."""
        first = bisect_left(self.articles, instrument.start, key=lambda p: p.start)
        last = bisect_left(self.articles, instrument.end, lo=first, key=lambda p: p.start)
        return self.articles[first:last]

    def above(self, provision: Provision) -> tuple[Provision, ...]:
        """What a provision stands in, innermost first, its article last; empty for an article."""
        out: list[Provision] = []
        while not provision.article and (outer := self._by_path.get(provision.parent)):
            out.append(outer)
            provision = outer
        return tuple(out)

    def article_of(self, provision: Provision) -> Provision:
        """The provision at article level that it is or stands in."""
        return (provision, *self.above(provision))[-1]

    def children(self, provision: Provision, kind: Kind | None = None) -> tuple[Provision, ...]:
        """The provisions right below another, in text order; of one kind where that is given."""
        return tuple(p for p in self._children.get(provision.path, ()) if kind is None or p.kind is kind)

    def within(self, provision: Provision) -> tuple[Provision, ...]:
        """The provisions that begin in the stretch of another, that one included, in text order."""
        first = bisect_left(self.provisions, provision.start, key=lambda p: p.start)
        last = bisect_left(self.provisions, provision.end, lo=first, key=lambda p: p.start)
        return self.provisions[first:last]

    def body(self, provision: Provision) -> int:
        """The offset at which a provision's text begins behind its label and the space after it.

        A provision that is nothing but its label begins with that.
        """
        start = provision.start
        if not provision.label or not self.document.text.startswith(provision.label, start):
            return start
        rest = self.document.text[start + len(provision.label) : provision.end]
        spaces = len(rest) - len(rest.lstrip())
        return start + len(provision.label) + spaces if spaces < len(rest) else start

    def stem_of(self, item: Provision) -> tuple[int, int] | None:
        """(start, end) of the words that introduce an item (「应当具备下列条件：」), without the label before them.

        They are the own text of what the item stands in; None for a provision that stands in nothing, or in something
        that has no words of its own.
        """
        for outer in self.above(item):
            start = self.body(outer)
            end = min((p.start for p in self.children(outer)), default=outer.end)
            if self.document.text[start:end].strip():
                return start, start + len(self.document.text[start:end].rstrip())
        return None

    def finest(self, start: int, end: int | None = None) -> Provision | None:
        """The smallest provision that holds a stretch whole (of one character where `end` is left out)."""
        end = start + 1 if end is None else end
        i = bisect_right(self._outer_first, start, key=lambda p: p.start) - 1
        while i >= 0 and self._outer_first[i].end < end:
            i = self._longer_before[i]
        return self._outer_first[i] if i >= 0 else None


@dataclass(frozen=True, kw_only=True, slots=True)
class Passage:
    """The unit that is embedded: an article, a part of a long one, or one clause of it.

    `embed_text` is what the model reads (title and headings before the text); `start` and `end` are
    the stretch of the document's text that it stands for; `ref` names the provision at article
    level that it belongs to. `clause` tells whether it is one clause (several of them overlap the
    passage of the whole article) or a part of the article (parts follow each other, from 0).
    """

    ref: str
    part: int
    clause: bool = False
    start: int
    end: int
    embed_text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Referred:
    """What a reference inside a cited provision leads to: 前款 with the words of that 款.

    `text` is the reference as it stands there. `quote == document.text[start:end]` of the document that `ref`
    names, the whole provision without its label. A number that is not there has an empty `ref` and `quote`.
    """

    text: str
    ref: str = ""
    cite: str = ""
    quote: str = ""
    start: int = 0
    end: int = 0

    @property
    def missing(self) -> bool:
        """Whether the reference leads nowhere."""
        return not self.ref


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """A stretch of a file that words in force are taken from; `ref` names its finest provision there."""

    ref: str
    start: int
    end: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Effective:
    """That decisions amended a provision: what is quoted is its text on the day `on` (ISO), made of `parts` in order.

    `by` are the refs of what the decisions say. `edition`, `start` and `end` name these words in the text as amended.
    """

    on: str
    by: tuple[str, ...]
    parts: tuple[Part, ...]
    edition: str
    start: int
    end: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Quotation:
    """Words of one document: `quote == document.text[start:end]` always: code cuts them, no model writes them.

    `ref` names their provision, `cite` as a person writes it. With `effective`, the quotation is its parts put
    together, and `start` and `end` are what stood there before (of a new provision: the words that add it).
    """

    ref: str
    cite: str
    quote: str
    start: int
    end: int
    effective: Effective | None = None

    @property
    def standing(self) -> Self:
        """The same words where they stand in one text: in the edition, of a provision that was amended."""
        one = self.effective
        return replace(self, ref=one.edition, start=one.start, end=one.end, effective=None) if one else self

    def overlaps(self, quotation: Quotation) -> bool:
        """Whether a quotation holds any of these words."""
        own, other = self.standing, quotation.standing
        same = own.ref.partition("#")[0] == other.ref.partition("#")[0]
        return same and other.start < own.end and own.start < other.end


@dataclass(frozen=True, kw_only=True, slots=True)
class Citation(Quotation):
    """A quotation with the number of its mark in the answer, `n`, from 1.

    `references` are those inside the provision, one step. `recognised` tells that its words were read from a picture,
    and have to be held against it.
    """

    n: int
    references: tuple[Referred, ...] = ()
    recognised: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class ComparedRow:
    """One point of a comparison; `cells[i]` holds what document i says on it, in text order, empty where it is silent.

    `point` names it for machines, `label` for people. `asked` tells that the question asks about it,
    `differs` that the documents do not say the same, values compared as values.
    """

    point: str
    label: str
    cells: tuple[tuple[Quotation, ...], ...]
    differs: bool
    asked: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Comparison:
    """Documents side by side: a column each, a row a point."""

    documents: tuple[Document, ...]
    rows: tuple[ComparedRow, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Retrieved:
    """A provision at article level with its score in [0, 1]: the estimated probability of answering."""

    ref: str
    score: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Nearest:
    """A provision that comes near a question without answering it: its best clause, and what it lacks.

    `lacks` holds words of the question that it doesn't have, `kinds` the kinds of answer (a sum, a date) that
    it doesn't give, both in the words of the answer's language; both may be empty.
    """

    ref: str
    cite: str
    quote: str
    lacks: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()


class PointKind(StrEnum):
    """What is wanted in one point of a turn."""

    TALK = "talk"  # greeting, thanks, doubt, help
    HOLDINGS = "holdings"  # what is on file
    FACT = "fact"  # of a document: number, date, issuer, status, count of articles, versions
    OUTLINE = "outline"  # what a document is about
    NUMBER = "number"  # a provision by its number
    PERSON = "person"  # a line of a roster
    CONTENT = "content"  # what the rules say
    CLARIFY = "clarify"  # asked back
    OTHER = "other"  # no matter for policies, or no language at all


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """One reading of a question that has several: what a person reads, and the question that has only this one."""

    label: str
    question: str


class LineKind(StrEnum):
    """What a line of an answer is."""

    SAID = "said"  # words about the texts
    HEADING = "heading"  # opens a list: of sources, of nearest provisions, a chapter's articles
    LEAD = "lead"  # the line that answers, before its proof
    SOURCE = "source"  # names the text that the next lines quote
    QUOTE = "quote"  # words of a provision
    STATED = "stated"  # a sentence of a language model
    ENTRY = "entry"  # one of a list
    SILENT = "silent"  # what a document does not say
    NEAR = "near"  # a provision that comes near
    CHOICE = "choice"  # a reading that can be asked for


_SET_IN = (LineKind.ENTRY, LineKind.CHOICE)
#: What a table makes needless: it answers, and it opens what follows.
_FRAME = (LineKind.LEAD, LineKind.HEADING)


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One line of an answer; words of a document keep that document's line breaks.

    `place` names the provision that is quoted or comes near, `ref` names it for machines (of a silent document: its
    doc_id). `marks` are the numbers of the citations that it rests on. `statement` is the verdict on what a language
    model wrote.
    """

    text: str
    kind: LineKind = LineKind.SAID
    place: str = ""
    ref: str = ""
    marks: tuple[int, ...] = ()
    statement: Statement | None = None

    @property
    def plain(self) -> str:
        """The line as text, its marks as `[n]`."""
        before = {LineKind.NEAR: f"· {self.place} "}.get(self.kind, "\u3000" if self.kind in _SET_IN else "")
        before = before or (f"{self.place}\u3000" if self.place else "")
        return before + self.text + "".join(f"[{n}]" for n in self.marks)


@dataclass(frozen=True, kw_only=True, slots=True)
class Point:
    """One thing that a turn asks, and what it gets.

    `text` stands alone: what a follow-up leaves out is filled in; `asked` are its own words, empty where these are all.
    `citations` are the numbers of its quotations in the answer; `lead` is the line that answers, cut from one of them,
    empty where the text has to be read whole. `choices` are there where it is asked back. `comparison` sets several
    documents side by side where the point does; its quotations are not among the citations.
    """

    text: str
    kind: PointKind
    asked: str = ""
    refused: bool = False
    lead: str = ""
    citations: tuple[int, ...] = ()
    choices: tuple[Choice, ...] = ()
    lines: tuple[Line, ...] = ()
    comparison: Comparison | None = None

    @property
    def heading(self) -> str:
        """What stands over it among others: its own words."""
        return self.asked or self.text

    def repeated(self, citation: Citation) -> bool:
        """Whether the table quotes a citation, or what of it is to the point."""
        rows = self.comparison.rows if self.comparison else ()
        return any(citation.overlaps(q) for row in rows for cell in row.cells for q in cell)


class ScopeFrom(StrEnum):
    """Where the documents that an answer looked in come from."""

    QUESTION = "question"
    HISTORY = "history"
    FILTER = "filter"
    ALL = "all"


@dataclass(frozen=True, kw_only=True, slots=True)
class AnswerScope:
    """The documents that an answer looked in; none are named where it looked in all."""

    doc_ids: tuple[str, ...] = ()
    origin: ScopeFrom = ScopeFrom.ALL


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What one question gets: the things that were asked, each with its lines, in order.

    A refusal has `refused=True` and no citations; `retrieved` is filled all the same, and `nearest` says how near
    the texts come.
    `notices` are warnings to show beside the answer (a source that is a draft, a premise that the
    text contradicts); `lang` is the language of the frame, `zh` or `en`. `mode` is `extractive`, or `model` where a
    language model wrote the sentences. `sentences` are those that are shown, each with its verdict; `removed` are
    those of a model that did not pass. `scope` are the documents that were looked in.
    """

    question: str
    refused: bool
    mode: str
    points: tuple[Point, ...] = ()
    citations: tuple[Citation, ...] = ()
    retrieved: tuple[Retrieved, ...] = ()
    nearest: tuple[Nearest, ...] = ()
    notices: tuple[str, ...] = ()
    lang: str = "zh"
    sentences: tuple[Statement, ...] = ()
    removed: tuple[Statement, ...] = ()
    scope: AnswerScope = field(default_factory=AnswerScope)
    timings_ms: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def saying(cls, words: str, *, question: str = "", mode: str = "none", refused: bool = True) -> Answer:
        """An answer that is nothing but words: to what is no question there is no search."""
        lines = tuple(Line(text=line) for line in words.split("\n"))
        point = Point(text=question, kind=PointKind.OTHER, refused=refused, lines=lines)
        return cls(question=question, refused=refused, mode=mode, points=(point,))

    @property
    def answer(self) -> str:
        """All lines as text with marks `[n]`, each point under its own words where there are several."""
        said = ["\n".join(line.plain for line in point.lines) for point in self.points]
        if len(said) > 1:
            said = [f"{n}. {p.heading}\n{t}" for n, (p, t) in enumerate(zip(self.points, said, strict=True), start=1)]
        return "\n\n".join(said)

    @property
    def comparison(self) -> Comparison | None:
        """The first table of the answer."""
        return next((p.comparison for p in self.points if p.comparison), None)

    def beside_table(self, point: Point) -> tuple[Line, ...]:
        """The lines of a point that do not repeat its table, where it has one: each quotation is read once."""
        if point.comparison is None:
            return point.lines
        told = {c.n for c in self.citations if point.repeated(c)}
        silent = {d.doc_id for d in point.comparison.documents}
        out: list[Line] = []
        for line in reversed(point.lines):
            if line.kind is LineKind.SOURCE:
                kept = bool(out) and out[-1].kind in (LineKind.QUOTE, LineKind.STATED)
            else:
                kept = line.kind not in _FRAME and line.ref not in silent and not told.intersection(line.marks)
            if kept:
                out.append(line)
        return tuple(reversed(out))


def picked(one: object, *names: str) -> dict[str, Any]:
    """Some attributes of an object by their names; a tuple as a list."""
    values = ((name, getattr(one, name)) for name in names)
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values}
