"""What a build did, for each file and in all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from policy_qa.datamodels import Segmentation
from policy_qa.errors import SegmentationError
from policy_qa.index.layout import FileReport
from policy_qa.provisions.numbering import count_of, numbering

#: A file of which less comes out as provisions, headings and named remainders doesn't enter the index: what
#: an answer can't cite, nobody would miss in it. The parser assigns everything; this is what holds it to it.
MIN_COVERAGE = 0.99


@dataclass(frozen=True, kw_only=True, slots=True)
class BuildReport:
    """What a build did. `embedded` counts the texts that the model read, `reused` the passages whose
    vector was there already (from the old index, or from an equal passage); `removed` names files that
    are gone, `skipped` (`name: skipped, why`) those of the folder that are no policies.

    `changed` tells whether a generation was written; otherwise `generation` is the one that stood.
    `seconds` is by stage: `scan`, `read`, `embed`, `tokens`, `write`. `notes` are things to know beside the files.
    """

    generation: int
    changed: bool
    files: tuple[FileReport, ...]
    passages: int = 0
    embedded: int = 0
    reused: int = 0
    removed: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    seconds: Mapping[str, float] = field(default_factory=dict)

    @property
    def refused(self) -> tuple[FileReport, ...]:
        """The files that are not in the index."""
        return tuple(file for file in self.files if file.refused)


def file_report(segmentation: Segmentation) -> FileReport:
    """Return the report on a file that was read."""
    document, numbers = segmentation.document, numbering(segmentation)
    return FileReport(
        source=document.source,
        doc_id=document.doc_id,
        sha256=document.sha256,
        articles=count_of(segmentation),
        provisions=len(segmentation.provisions),
        gaps=numbers.missing,
        repeats=numbers.repeated,
        coverage=coverage(segmentation),
        warnings=(*document.notes, *segmentation.warnings),
    )


def check_coverage(segmentation: Segmentation) -> None:
    """Raise SegmentationError where too much of a document has no place; the message names the first words."""
    if (share := coverage(segmentation, sure=False)) >= MIN_COVERAGE:
        return
    document = segmentation.document
    lost = next((document.text[s.start : s.end] for s in segmentation.spans if s.kind == "unassigned"), "")
    raise SegmentationError(
        f"{document.source}: expected at least {MIN_COVERAGE:.0%} of its text in provisions, headings and named "
        f"remainders, found {share:.1%} (left over: {' '.join(lost.split())[:30]!r}); look at it with policy-qa segment"
    )


def coverage(segmentation: Segmentation, *, sure: bool = True) -> float:
    """Return the share of visible characters that stand in a provision, a heading or a named remainder.

    `sure` leaves out the lines that are in doubt: 1.0 means that nothing is. 1.0 for a document without any character.
    """
    text = segmentation.document.text
    assigned = bytearray(len(text))
    stretches = [(article.start, article.end) for article in segmentation.articles]
    stretches += [(span.start, span.end) for span in segmentation.spans if span.kind != "unassigned"]
    for start, end in stretches:
        assigned[start:end] = b"\1" * (end - start)
    for doubt in segmentation.doubtful if sure else ():
        assigned[doubt.start : doubt.end] = bytes(doubt.end - doubt.start)
    visible = [i for i, character in enumerate(text) if not character.isspace()]
    return sum(assigned[i] for i in visible) / len(visible) if visible else 1.0
