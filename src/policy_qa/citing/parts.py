"""Which stretches of a document belong together: its instruments, its prose, its lines."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from policy_qa.citing.grammar import INSTRUMENTS
from policy_qa.citing.resolve import attachment_of
from policy_qa.datamodels import Instrument, Kind, Provision, Segmentation, Span

#: What a text may call itself, beside the kinds of instruments: the last word of a title says what it is.
_ENDING = re.compile(
    rf"({INSTRUMENTS}|宪法|文件|政策|清单|名单|流程|手册|须知|指引|公约|措施|机制|说明)(?:[（(][^（）()]*[)）])*$"
)
_AMENDS = re.compile("修改|修正|修订《|废止|常务委员会关于.+的解释$")
_MARKS = {"“": "”", "「": "」"}
_OPENING = re.compile(r'[“「]|"[^"\n]*"')
#: Quotation marks that can't be taken for others; a quotation longer than so many characters is a text of its own.
QUOTES = {"“": "”", "「": "」", "『": "』", '"': '"'}
_QUOTE = re.compile('[“”「」『』"\n]')
_LONGEST = 5_000
_FRAME = (Kind.PREAMBLE, Kind.CLOSING, Kind.APPENDIX)


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """One instrument of a document: what stands at article level under one title, without attachments."""

    title: str
    provisions: tuple[Provision, ...]
    headings: tuple[Span, ...]

    @property
    def numbered(self) -> tuple[Provision, ...]:
        """Without preamble and closing words."""
        return tuple(p for p in self.provisions if p.kind not in _FRAME)

    @property
    def articles(self) -> tuple[Provision, ...]:
        """The 条."""
        return tuple(p for p in self.provisions if p.kind is Kind.ARTICLE)

    @property
    def start(self) -> int:
        """Where it begins."""
        return min([p.start for p in self.provisions] + [s.start for s in self.headings])

    @property
    def end(self) -> int:
        """Where it ends."""
        return max(p.end for p in self.provisions)


def parts_of(segmentation: Segmentation) -> tuple[Part, ...]:
    """The instruments of a document, and its attachments in 条, in text order; most documents hold one."""
    runs: dict[tuple[int, int | None], list[Provision]] = {}
    named: dict[int, Instrument | None] = {}
    for provision in segmentation.articles:
        if provision.kind is not Kind.APPENDIX:
            one = segmentation.instrument_of(provision)
            named[id(one)] = one
            runs.setdefault((id(one), attachment_of(provision)), []).append(provision)
    spans = [s for s in segmentation.spans if s.kind == "heading"]
    out: list[Part] = []
    for (key, attachment), run in runs.items():
        one = named[key]
        title = one.title if one else segmentation.document.title
        if attachment is not None and (key, None) in runs:
            title = ""  # an attachment without a title is not what it is attached to
        first, last = (bisect_left(spans, at, key=lambda s: s.start) for at in (out[-1].end if out else 0, run[-1].end))
        out.append(Part(title=title, provisions=tuple(run), headings=tuple(spans[first:last])))
    return tuple(out)


def kind_of(title: str) -> str:
    """What a text of this title is (办法, 制度 …); empty where the title doesn't say."""
    match = _ENDING.search("".join(title.split()))
    return match.group(1).removeprefix("实施") if match else ""


def amends(title: str) -> bool:
    """Whether an instrument of this title says what another one shall say: its numbers are the other's."""
    return bool(_AMENDS.search(title)) and not re.match(r".*关于(?:审理|适用|办理)", title)


def lines_of(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """(start, end) of the lines of text[start:end] that are no rows of a table."""
    at = start
    while at < end:
        stop = text.find("\n", at, end)
        stop = end if stop < 0 else stop
        if not is_row(text[at:stop]):
            yield at, stop
        at = stop + 1


def lines_with(sought: re.Pattern[str], text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Those of `lines_of` that hold something; what is sought runs over no line's end."""
    at = start
    while match := sought.search(text, at, end):
        first = max(text.rfind("\n", at, match.start()) + 1, at)
        stop = text.find("\n", match.end(), end)
        stop = end if stop < 0 else stop
        if not is_row(text[first:stop]):
            yield first, stop
        at = stop + 1


def is_row(line: str) -> bool:
    """Whether a line belongs to a table or a form: cells, or tabs between its words."""
    return ("|" in line and line.lstrip().startswith("|")) or ("\t" in line and "\t" in line.strip())


def quoted(text: str) -> list[tuple[int, int]]:
    """The stretches in quotation marks, marks included: what another text says, not this one."""
    last = {mark: text.rfind(closing) for mark, closing in _MARKS.items()}
    out, at = [], 0
    while match := _OPENING.search(text, at):
        start, mark = match.start(), match.group()
        if closing := _MARKS.get(mark):
            # One that is never closed must not be looked for at each mark that opens.
            end = text.find(closing, start) + 1 if last[mark] > start else start
        else:
            end = match.end()
        if end > start:
            out.append((start, end))
        at = max(end, start + 1)
    return out


def closings(text: str) -> dict[int, int]:
    """Where each quotation that opens is closed, by its own kind of mark; straight ones in their line.

    A mark that opens a line inside a quotation of its kind goes on with it, as printers have it.
    """
    out: dict[int, int] = {}
    open_marks: dict[str, list[int]] = {closes: [] for closes in QUOTES.values()}
    line = 0
    for match in _QUOTE.finditer(text):
        at, mark = match.start(), match.group()
        if mark == "\n":
            line = at + 1
            open_marks['"'].clear()
        elif open_marks.get(mark):
            first = open_marks[mark].pop()
            if at - first < _LONGEST:
                out[first] = at
        elif mark in QUOTES and (not open_marks[QUOTES[mark]] or text[line:at].strip()):
            open_marks[QUOTES[mark]].append(at)
    return out


def inside(stretches: Sequence[tuple[int, int]], at: int) -> bool:
    """Whether an offset lies in one of some stretches, which are in text order."""
    i = bisect_right(stretches, (at, at)) - 1
    return bool(stretches) and any(start <= at < end for start, end in stretches[max(i, 0) : i + 2])
