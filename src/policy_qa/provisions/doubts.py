"""What a person should look at: lines that may open an article and don't, and a provision that holds half a text."""

from __future__ import annotations

import re

from policy_qa.datamodels import Kind, Segmentation, Span
from policy_qa.provisions.boundaries import Layout
from policy_qa.provisions.labels import is_reference
from policy_qa.provisions.numbering import numbering_warnings
from policy_qa.provisions.refs import place

_OPENS = re.compile(r"^[ \t\u3000\xa0#>*_+-]{0,20}(第)[^\n]*", re.MULTILINE)
#: What a line ends in whose sentence goes on with the number of an article: 「依照\n第五条办理」.
_GOVERNS = re.compile(
    r"(?:[、，,（(《“]|依照|按照|根据|依据|违反|适用|符合|本[^\s，。]{1,4}|[和或与及至除见由即的以》])$"
)
#: From so many characters on, a provision that holds half of them is looked at.
_LONG = 3_000
#: So many lines are named; the rest is counted.
_SHOWN, _WORDS = 5, 16


def doubtful_lines(text: str, layout: Layout) -> tuple[Span, ...]:
    """The lines that open with 第X条, are no boundary, no entry of a table of contents, and don't read as a reference.

    A reference goes on as one does (第五条规定的), or the line above stops where only a number can follow.
    """
    opening = {event.label.start for part in layout.parts for event in part.events}
    out = []
    for match in _OPENS.finditer(text):
        start = match.start(1)
        if start in opening or is_reference(text, match.start(), match.end()) is not False:
            continue
        if any(a <= start < b for a, b in layout.contents) or _GOVERNS.search(
            text[max(0, match.start() - 20) : match.start()].rstrip()
        ):
            continue
        out.append(Span(kind="doubtful", start=start, end=match.end()))
    return tuple(out)


def warnings_of(segmentation: Segmentation) -> tuple[str, ...]:
    """One line of Chinese a defect, for the build report: numbers, lines in doubt, a provision too long to be one."""
    out = list(numbering_warnings(segmentation))
    text, doubtful = segmentation.document.text, segmentation.doubtful
    if doubtful:
        shown = "、".join(f"“{' '.join(text[s.start : s.end].split())[:_WORDS]}”" for s in doubtful[:_SHOWN])
        more = f"等{len(doubtful)}行" if len(doubtful) > _SHOWN else ""
        out.append(f"以“第X条”开头而未作为条文，也不像引用：{shown}{more}，请核对")
    if len(text) >= _LONG and len(segmentation.articles) > 1:
        half = len(text) // 2
        longest = next((p for p in segmentation.articles if p.end - p.start > half), None)
        if longest and not segmentation.children(longest, Kind.ROW):
            share = (longest.end - longest.start) / len(text)
            out.append(f"{place(longest)}占全文{share:.0%}，其中可能还有未分开的条文，请核对")
    return tuple(out)
