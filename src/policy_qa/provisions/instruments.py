"""The instruments of a file, each with what its own stretch says about it."""

from __future__ import annotations

from collections.abc import Sequence

from policy_qa.datamodels import Document, Instrument, Status
from policy_qa.facts.head import is_title, read_head
from policy_qa.provisions.boundaries import Part

#: The title of an attachment stands in its first lines.
_TITLE_LINES = 4


def instruments_of(document: Document, parts: Sequence[Part]) -> tuple[Instrument, ...]:
    """The instruments of a file in text order: one body or several, and inside them the attachments that have a title.

    The first body begins where the file does. A file of one instrument is described as its document is.
    """
    text = document.text
    bodies = [part for part in parts if not part.region.appendix]
    starts = [0, *(part.region.start for part in bodies[1:])]
    found = [
        (start, end, body.region.named_at if body.region.title else start, body.region.title or document.title)
        for body, start, end in zip(bodies, starts, [*starts[1:], len(text)], strict=True)
    ]
    for part in parts:
        region = part.region
        title = _attached_title(text[region.heading[1] : region.end]) if region.appendix else ""
        # The end of the file's own title, which runs over two lines there, begins no other instrument.
        if title and not document.title.endswith(title):
            found.append((region.start, region.end, region.start, title))
    if len(found) == 1:
        return (
            Instrument(
                title=document.title,
                start=0,
                end=len(text),
                number=document.number,
                date=document.date,
                status=document.status,
                issuer=document.issuer,
            ),
        )
    return tuple(_described(text, *one) for one in sorted(found))


def _described(text: str, start: int, end: int, named_at: int, title: str) -> Instrument:
    head = read_head(text, named_at, end)
    number, date, status, issuer = (f.value if f else "" for f in (head.number, head.issued, head.status, head.issuer))
    return Instrument(title=title, start=start, end=end, number=number, date=date, status=Status(status), issuer=issuer)


def _attached_title(text: str) -> str:
    lines = [" ".join(line.strip(" :：.．、#*").split()) for line in text[:500].split("\n") if line.strip()]
    return next((line for line in lines[:_TITLE_LINES] if is_title(line)), "")
