"""What a person should look at: numbers that are missing, repeated or out of order, lines that may open an article
and don't, a provision that holds half a text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from policy_qa.datamodels import Kind, Provision, Segmentation, Span
from policy_qa.numerals import to_han
from policy_qa.provisions.boundaries import Layout
from policy_qa.provisions.labels import is_reference
from policy_qa.provisions.refs import place

#: A warning names so many numbers and counts the rest.
_SHOWN = 20
_PATH = re.compile(r"^(?:appendix-\d+(?:~\d+)?\.)?(?:\d+\.)*(\d+)(?:-\d+)?(?:~\d+)?$")
_FIRST = re.compile(r"(?:appendix-\d+(?:~\d+)?\.)?(\d+)")
_ATTACHED = re.compile(r"^appendix-(\d+)(?:~\d+)?\.")


@dataclass(frozen=True, kw_only=True, slots=True)
class Numbering:
    """What is odd about the numbers of a document's 条 (or sections); empty tuples where it is sound."""

    missing: tuple[int, ...] = ()
    repeated: tuple[int, ...] = ()
    disordered: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Series:
    """Provisions at article level that one numbering holds together.

    `name` is empty for the document's first instrument, else the instrument's title or 附件2.
    `by_article` tells that 条 are numbered; otherwise the numbers are those of the sections.
    """

    name: str
    by_article: bool
    provisions: tuple[Provision, ...]
    numbers: tuple[int, ...]


def article_number(provision: Provision) -> int | None:
    """The number of an article-level provision in its own series (`7` of `7`, `120-1`; `5` of `4.5`)."""
    match = _PATH.match(provision.path)
    return int(match.group(1)) if match and provision.article else None


def count_of(segmentation: Segmentation) -> int:
    """How many 条 a document has, its attachments' too; without 条 its numbered provisions, else its paragraphs."""
    for kinds in ((Kind.ARTICLE,), (Kind.SECTION, Kind.POINT)):
        if count := sum(p.kind in kinds for p in segmentation.articles):
            return count
    return len(segmentation.articles)


def series_of(segmentation: Segmentation) -> list[Series]:
    """The numberings of a document: one an instrument and one an attachment that is cut like one."""
    groups: dict[str, list[Provision]] = {}
    first = next((p.instrument for p in segmentation.articles if not _ATTACHED.match(p.path)), "")
    for provision in segmentation.articles:
        attached = _ATTACHED.match(provision.path)
        name = f"附件{attached.group(1)}" if attached else provision.instrument
        groups.setdefault("" if name == first else name, []).append(provision)
    return [series for name, provisions in groups.items() if (series := _series(name, provisions)).numbers]


def _series(name: str, provisions: Sequence[Provision]) -> Series:
    articles = [p for p in provisions if p.kind is Kind.ARTICLE]
    if articles:
        numbers = [article_number(p) or 0 for p in articles if "-" not in p.path.rpartition(".")[2]]
        return Series(name=name, by_article=True, provisions=tuple(articles), numbers=tuple(numbers))
    seen: dict[tuple[str, ...], int] = {}
    for p in provisions:
        match = _FIRST.match(p.path)
        if p.kind in (Kind.SECTION, Kind.POINT) and match:
            seen.setdefault(p.headings[:1] or (p.path,), int(match.group(1)))
    return Series(name=name, by_article=False, provisions=tuple(provisions), numbers=tuple(seen.values()))


def numbering(segmentation: Segmentation) -> Numbering:
    """Gaps, repeats and disorder in the 条 of a document; where it has none, in its sections.

    Each instrument and each attachment is looked at by itself; the findings are put together.
    """
    found = [_numbering(series.numbers) for series in series_of(segmentation)]
    return Numbering(
        missing=tuple(sorted({n for one in found for n in one.missing})),
        repeated=tuple(sorted({n for one in found for n in one.repeated})),
        disordered=tuple(n for one in found for n in one.disordered),
    )


def _numbering(numbers: Sequence[int]) -> Numbering:
    present = Counter(numbers)
    return Numbering(
        missing=tuple(n for n in range(1, max(numbers, default=0)) if n not in present),
        repeated=tuple(sorted(n for n, count in present.items() if count > 1)),
        disordered=tuple(b for a, b in pairwise(numbers) if b < a),
    )


def _warnings(series: Series) -> list[str]:
    found = _numbering(series.numbers)

    def names(numbers: tuple[int, ...]) -> str:
        shown = "、".join(f"第{to_han(n)}条" if series.by_article else f"“{to_han(n)}、”" for n in numbers[:_SHOWN])
        return shown + (f"等{len(numbers)}处" if len(numbers) > _SHOWN else "")

    where = f"{series.name}：" if series.name else ""
    told = (("缺少", found.missing), ("编号重复：", found.repeated), ("编号次序颠倒：", found.disordered))
    return [f"{where}{what}{names(numbers)}" for what, numbers in told if numbers]


_OPENS = re.compile(r"^[ \t\u3000\xa0#>*_+-]{0,20}(第)[^\n]*", re.MULTILINE)
#: What a line ends in whose sentence goes on with the number of an article: 「依照\n第五条办理」.
_GOVERNS = re.compile(
    r"(?:[、，,（(《“]|依照|按照|根据|依据|违反|适用|符合|本[^\s，。]{1,4}|[和或与及至除见由即的以》])$"
)
#: From so many characters on, a provision that holds half of them is looked at.
_LONG = 3_000
#: So many lines are named; the rest is counted.
_LINES_SHOWN, _WORDS = 5, 16


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
    out = [line for series in series_of(segmentation) for line in _warnings(series)]
    if out and segmentation.document.recognised:
        out[-1] += "（文字由识别得到，编号可能识别有误，请对照原件）"
    if not segmentation.articles:
        out.append("没有文字")
    elif all(p.kind is Kind.PARAGRAPH for p in segmentation.articles):
        out.append("没有条款编号，按自然段切分")
    text, doubtful = segmentation.document.text, segmentation.doubtful
    if doubtful:
        shown = "、".join(f"“{' '.join(text[s.start : s.end].split())[:_WORDS]}”" for s in doubtful[:_LINES_SHOWN])
        more = f"等{len(doubtful)}行" if len(doubtful) > _LINES_SHOWN else ""
        out.append(f"以“第X条”开头而未作为条文，也不像引用：{shown}{more}，请核对")
    if len(text) >= _LONG and len(segmentation.articles) > 1:
        half = len(text) // 2
        longest = next((p for p in segmentation.articles if p.end - p.start > half), None)
        if longest and not segmentation.children(longest, Kind.ROW):
            share = (longest.end - longest.start) / len(text)
            out.append(f"{place(longest)}占全文{share:.0%}，其中可能还有未分开的条文，请核对")
    return tuple(out)
