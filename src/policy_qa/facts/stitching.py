"""A text put together from stretches of several: what an edit leaves, and what it puts in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from policy_qa.datamodels import Amended, Document, Stretch


@dataclass(frozen=True, slots=True)
class Piece:
    """Some characters; from where in which document, unless they are numbers or line ends."""

    text: str
    doc_id: str = ""
    start: int = 0


@dataclass(frozen=True, slots=True)
class Edit:
    """[start, end) of the old text gives way to `pieces`. `of` is the stretch that is amended by it, if not these."""

    start: int
    end: int
    pieces: tuple[Piece, ...]
    by: str
    of: tuple[int, int] | None = None
    told: bool = True


def stitched(base: Document, edits: Sequence[Edit], unmerged: Sequence[Amended], doc_id: str, since: str) -> Document:
    """The edition of a document (a file or an earlier edition) after some edits that don't overlap.

    `unmerged` are places of `base` that could not be edited as wanted.
    """
    out: list[Piece] = []
    marks: list[tuple[Edit, int, int]] = []
    at = size = 0
    moved: list[tuple[int, int]] = []
    for edit in sorted(edits, key=lambda e: (e.start, e.end)):
        kept = list(_pieces_of(base, at, edit.start))
        moved.append((at, size))
        out += kept
        size += edit.start - at
        first = size
        out += edit.pieces
        size += sum(len(p.text) for p in edit.pieces)
        lead = len(edit.pieces[0].text) if edit.pieces and edit.pieces[0].text == "\n" else 0
        marks.append((edit, first + lead, size - (edit.pieces[-1:] == (Piece("\n"),))))
        at = edit.end
    moved.append((at, size))
    out += _pieces_of(base, at, len(base.text))

    def there(offset: int) -> int:
        old, new = next((pair for pair in reversed(moved) if pair[0] <= offset), (0, 0))
        limit = next((n for o, n in moved if o > old), None)
        return new + offset - old if limit is None else min(new + offset - old, limit)

    amended = [
        Amended(start=there(e.of[0]), end=there(e.of[1]), by=e.by) if e.of else Amended(start=start, end=end, by=e.by)
        for e, start, end in marks
        if e.told
    ]
    kept_marks = [replace(a, start=there(a.start), end=there(a.end)) for a in (*base.amended, *unmerged)]
    stretches: list[Stretch] = []
    offset = 0
    for piece in out:
        if piece.doc_id and piece.text:
            _append(
                stretches,
                Stretch(at=offset, doc_id=piece.doc_id, start=piece.start, end=piece.start + len(piece.text)),
            )
        offset += len(piece.text)
    return replace(
        base,
        doc_id=doc_id,
        edition_of=base.edition_of or base.doc_id,
        since=since,
        text="".join(p.text for p in out),
        stretches=tuple(stretches),
        amended=tuple(sorted({*amended, *kept_marks}, key=lambda a: (a.start, a.end, a.by))),
        pages=(),
    )


def _append(stretches: list[Stretch], new: Stretch) -> None:
    """Add a stretch, to the last one where it goes on there."""
    if stretches:
        last = stretches[-1]
        if (last.doc_id, last.end, last.at + last.end - last.start) == (new.doc_id, new.start, new.at):
            stretches[-1] = replace(last, end=new.end)
            return
    stretches.append(new)


def _pieces_of(document: Document, start: int, end: int) -> Iterator[Piece]:
    """A stretch of a document by where its words come from; of a file, itself."""
    text = document.text
    if not document.edition_of:
        yield Piece(text[start:end], document.doc_id, start)
        return
    at = start
    for one in document.stretches:
        first, last = max(one.at, start), min(one.at + one.end - one.start, end)
        if first < last:
            if at < first:
                yield Piece(text[at:first])
            yield Piece(text[first:last], one.doc_id, one.start + first - one.at)
            at = last
    if at < end:
        yield Piece(text[at:end])
