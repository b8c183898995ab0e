"""An answer as it is put together: lines for people, and quotations that code cuts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from policy_qa.datamodels import Choice, Citation, Line, LineKind, PointKind, Provision, Segmentation
from policy_qa.dialogue.texts import say
from policy_qa.provisions.refs import cite


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """What one point gets: its lines, whose marks are those of its own citations, counted from 1."""

    kind: PointKind
    lines: tuple[Line, ...]
    refused: bool = False
    lead: str = ""
    citations: tuple[Citation, ...] = ()
    choices: tuple[Choice, ...] = ()

    def asked_back(self, choices: tuple[Choice, ...], lang: str) -> Told:
        """The same, with the question which of its readings is meant put first."""
        return replace(self, kind=PointKind.CLARIFY, choices=choices, lines=(*which(choices, lang), *self.lines))


def which(choices: Sequence[Choice], lang: str) -> tuple[Line, ...]:
    """The lines that ask which of several readings is meant."""
    heading = Line(kind=LineKind.HEADING, text=say(lang, "which"))
    return (heading, *(Line(kind=LineKind.CHOICE, text=choice.label) for choice in choices))


@dataclass(slots=True)
class Sheet:
    """Lines and citations of one point; a stretch that is quoted twice keeps its number."""

    segmentations: Mapping[str, Segmentation]
    lines: list[Line] = field(default_factory=list)
    citations: list[Citation] = field(default_factory=list)

    def put(self, text: str, kind: LineKind = LineKind.SAID, *, place: str = "", marks: Sequence[int] = ()) -> None:
        """Add a line."""
        self.lines.append(Line(kind=kind, text=text, place=place, marks=tuple(marks)))

    def quote(self, doc_id: str, start: int, end: int) -> int:
        """Cite a stretch of a document, without the white space at its ends; the number of its mark."""
        segmentation = self.segmentations[doc_id]
        text = segmentation.document.text
        words = text[start:end]
        start += len(words) - len(words.lstrip())
        end = start + len(words.strip())
        for known in self.citations:
            if known.start == start and known.end == end and known.ref.startswith(f"{doc_id}#"):
                return known.n
        provision = holder(segmentation, start, end)
        citation = Citation(
            n=len(self.citations) + 1,
            ref=provision.ref,
            cite=cite(segmentation.document, provision),
            quote=text[start:end],
            start=start,
            end=end,
        )
        self.citations.append(citation)
        return citation.n

    def told(self, kind: PointKind, *, refused: bool = False, lead: str = "") -> Told:
        """What has been put together so far."""
        return Told(kind=kind, lines=tuple(self.lines), refused=refused, lead=lead, citations=tuple(self.citations))


def holder(segmentation: Segmentation, start: int, end: int) -> Provision:
    """The smallest provision that holds a stretch; of a title or heading, the first provision behind its start."""
    found = segmentation.finest(start, end)
    return found or next((p for p in segmentation.articles if p.end > start), segmentation.provisions[-1])


def line_at(text: str, offset: int) -> tuple[int, int]:
    """(start, end) of the line on which the character at `offset` stands."""
    end = text.find("\n", offset)
    return text.rfind("\n", 0, offset) + 1, len(text) if end < 0 else end
