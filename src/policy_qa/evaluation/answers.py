"""What another system answered to the questions of a set, as rows that the same measures score.

A file of JSON lines, with the fields of `policy-qa ask --json`, of which only these are read:

| field | meaning |
|---|---|
| `id` or `question` | which question of the set |
| `answer` | the text |
| `refused` | whether it says that it has found nothing; without it, where there is no text |
| `citations` | what it cites, each a ref, a citation in people's words (《…》第七条), or the words that it cites |
| `retrieved` | what it found, best first, in the same forms; without it, what it cites |
| `timings_ms` | optional: `total` |

An entry is a text or an object with `ref` or `quote`. Words count as a citation of every article of which they hold a
part: whoever cites half a document cites all of it. In the ranking, the wanted ones among the articles of one entry
come first: a piece of text has one place, and whoever reads it finds them there. An entry that names nothing on file is
a wrong citation.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import cached_property

from pydantic import BaseModel, Field, ValidationError

from policy_qa.citing.clean import Clean, clean, cleaned
from policy_qa.datamodels import Retrieved, Segmentation
from policy_qa.errors import PolicyQAError, UsageError
from policy_qa.evaluation.questions import LabelledQuestion, Says, faulty
from policy_qa.evaluation.rows import Row, unanswered
from policy_qa.evaluation.run import article_finder, finder
from policy_qa.pipeline import Pipeline

#: What a text has to look like to be a name of a provision; any other is words.
_NAME = re.compile(r"\S+#\S+|《[^》]+》.{0,40}")
#: A line this short (folded) may stand anywhere, and says nothing of where the words are from.
_TELLING = 6


class Entry(BaseModel):
    """What is cited or was found: a ref or a citation in people's words, or the words of a provision."""

    ref: str = ""
    quote: str = ""


class Given(BaseModel):
    """A line of the file."""

    id: str | int = ""
    question: str = ""
    answer: str
    refused: bool | None = None
    citations: list[str | Entry] = []
    retrieved: list[str | Entry] | None = None
    timings_ms: dict[str, float] = Field(default_factory=dict)


def rows_of(
    pipeline: Pipeline, questions: Sequence[LabelledQuestion], name: str, data: bytes, lang: str = "en"
) -> list[Row]:
    """A row for every question, in order; one that the file doesn't answer scores the worst of everything.

    Raises UsageError, which names every line of the file `name` that is no answer, in a language.
    """
    given, places = _by_id(questions, name, data, lang), Places(pipeline)
    return [
        _row(question, given[question.id], places)
        if question.id in given
        else unanswered(question, "no answer", places.article_of)
        for question in questions
    ]


def _by_id(questions: Sequence[LabelledQuestion], name: str, data: bytes, lang: str) -> dict[str, Given]:
    say = Says(lang)
    try:
        lines = data.decode("utf-8-sig").split("\n")
    except UnicodeDecodeError as error:
        raise UsageError(say("answers_not_utf8", name=name)) from error
    ids = {q.question: q.id for q in questions} | {q.id: q.id for q in questions}
    faults: list[str] = []
    found: dict[str, Given] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            given = Given.model_validate_json(line)
        except ValidationError as error:
            fault = error.errors()[0]
            where = ".".join(map(str, fault["loc"]))
            kind = {"missing": "answer_missing", "json_invalid": "answer_line"}.get(fault["type"], "answer_other")
            faults.append(f"{name}:{number}: {say(kind, where=where or 'line', why=fault['msg'])}")
            continue
        if (id_ := ids.get(str(given.id)) or ids.get(given.question)) in found:
            faults.append(f"{name}:{number}: {say('answer_twice', id=repr(id_))}")
        elif id_:
            found[id_] = given
    if faults:
        raise faulty(name, "answers", faults, lang)
    if not found:
        raise UsageError(say("answers_of_none", name=name))
    return found


def _row(question: LabelledQuestion, given: Given, places: Places) -> Row:
    row = unanswered(question, "", places.article_of)
    cited = places.articles(given.citations, row.judged)
    retrieved = cited if given.retrieved is None else places.articles(given.retrieved, row.judged)
    return replace(
        row,
        retrieved=tuple(Retrieved(ref=ref, score=0.0) for ref in retrieved),
        refused=not given.answer.strip() if given.refused is None else given.refused,
        answer=given.answer,
        citations=cited,
        cited=cited,
        milliseconds=given.timings_ms.get("total", 0.0),
    )


class Places:
    """Where names and words stand, at article level."""

    def __init__(self, pipeline: Pipeline) -> None:
        self._segmentations: Sequence[Segmentation] = list(pipeline.index.segmentations.values())
        self._find, self.article_of = finder(pipeline), article_finder(pipeline)

    def articles(self, entries: Sequence[str | Entry], wanted: Collection[str] = ()) -> tuple[str, ...]:
        """The refs of the articles of some entries, each once, in their order; of one that is nowhere, its text.

        Of the articles of one entry the wanted come first, then those that come first in the text.
        """
        found: dict[str, None] = {}
        for entry in entries:
            name, words = (entry.ref, entry.quote) if isinstance(entry, Entry) else _either(entry)
            refs = (name and self._named(name)) or (words and self.holding(words)) or (name or words,)
            found |= dict.fromkeys(sorted(refs, key=lambda ref: ref not in wanted))
        return tuple(found)

    def _named(self, name: str) -> tuple[str, ...]:
        try:
            return (self.article_of(self._find(name)),)
        except PolicyQAError:
            return ()

    def holding(self, words: str) -> tuple[str, ...]:
        """The articles that hold a part of some words, in the order of the texts, white space and width aside.

        Words that stand nowhere as a whole are looked for by their lines, and are those of the document that has most.
        """
        whole = [ref for number in range(len(self._segmentations)) for ref in self._in(number, words)]
        if whole:
            return tuple(dict.fromkeys(whole))
        lines = [line for line in words.splitlines() if len(clean(line, spaces=False)) >= _TELLING]
        by_document = [[line for line in lines if self._in(n, line)] for n in range(len(self._segmentations))]
        most = max(by_document, key=lambda held: sum(map(len, held)), default=[])
        if not most:
            return ()
        number = by_document.index(most)
        return tuple(dict.fromkeys(ref for line in most for ref in self._in(number, line)))

    def _in(self, number: int, words: str) -> list[str]:
        """The articles of one document of which some words hold a part, wherever they stand there."""
        text, segmentation = self._texts[number], self._segmentations[number]
        folded, at, out = clean(words, spaces=False), -1, []
        while folded and (at := text.text.find(folded, at + 1)) >= 0:
            start, end = text.origin[at], text.origin[at + len(folded) - 1] + 1
            out += [article.ref for article in segmentation.articles if article.start < end and start < article.end]
        return out

    @cached_property
    def _texts(self) -> list[Clean]:
        return [cleaned(segmentation.document.text, spaces=False) for segmentation in self._segmentations]


def _either(text: str) -> tuple[str, str]:
    """(name, "") or ("", words)."""
    return (text, "") if _NAME.fullmatch(text.strip()) else ("", text)
