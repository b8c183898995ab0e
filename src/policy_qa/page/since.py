"""What became of the words that an answer cites: the texts as they were when it was given beside those on file now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum
from functools import lru_cache

from policy_qa.datamodels import Answer, Citation, Document, Quotation, Referred, Segmentation
from policy_qa.page.inline import Range
from policy_qa.page.library import Library
from policy_qa.provisions import segment

Quoted = Citation | Quotation | Referred


class Fate(StrEnum):
    """What became of a provision since it was cited."""

    SAME = "same"
    CHANGED = "changed"
    GONE = "gone"


def cited_words(answer: Answer) -> Iterator[Quoted]:
    """All words that an answer quotes: its citations, the cells of its tables, what references lead to."""
    for citation in answer.citations:
        yield citation.standing
        yield from (referred for referred in citation.references if not referred.missing)
    for point in answer.points:
        for row in point.comparison.rows if point.comparison else ():
            yield from (quotation.standing for cell in row.cells for quotation in cell)


def cited_documents(answer: Answer, library: Library) -> tuple[Document, ...]:
    """The documents that an answer quotes; one that was read anew since, and has other words there, is left out."""
    found: dict[str, Document] = {}
    for words in cited_words(answer):
        document = library.documents.get(_doc_id(words))
        if document and _stands(words, document.text, words.start):
            found[document.doc_id] = document
    return tuple(found.values())


@lru_cache(maxsize=16)
def segmentation_then(document: Document) -> Segmentation:
    """The provisions of a text that may no longer be on file."""
    return segment(document)


def text_then(words: Quoted, documents: Sequence[Document]) -> Document | None:
    """Of the documents that an answer cites, the one that holds these words."""
    return next((document for document in documents if document.doc_id == _doc_id(words)), None)


def look_up(words: Quoted, documents: Sequence[Document], library: Library) -> tuple[Fate, Range | None]:
    """What became of the provision that is quoted, and where the words stand now, if it is the same.

    `documents` are those that the answer cites, as they were. Without that of the words, they have to stand where they
    did.
    """
    place = library.place(words.ref)
    if place is None:
        return Fate.GONE, None
    now, then = place.segmentation, text_then(words, documents)
    if then is None or then.text == now.document.text:
        at = words.start
    else:
        was = segmentation_then(then).at(words.ref)
        if was is None or then.text[was.start : was.end] != now.text_of(place.provision):
            return Fate.CHANGED, None
        at = words.start + place.provision.start - was.start
    if not _stands(words, now.document.text, at):
        return Fate.CHANGED, None
    return Fate.SAME, (at, at + len(words.quote))


def _stands(words: Quoted, text: str, at: int) -> bool:
    return text.startswith(words.quote, at)


def _doc_id(words: Quoted) -> str:
    return words.ref.partition("#")[0]
