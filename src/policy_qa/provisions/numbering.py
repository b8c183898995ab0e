"""Is the numbering of a document sound: gaps, repeats, disorder."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from policy_qa.datamodels import Kind, Provision, Segmentation
from policy_qa.numerals import to_han

#: A warning names so many numbers and counts the rest.
_SHOWN = 20
_PATH = re.compile(r"^(?:appendix-\d+(?:~\d+)?\.)?(?:\d+\.)*(\d+)(?:-\d+)?(?:~\d+)?$")
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
        match = re.match(r"(\d+)", _ATTACHED.sub("", p.path))
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


def numbering_warnings(segmentation: Segmentation) -> tuple[str, ...]:
    """One line of Chinese a defect, for the build report."""
    out = [line for series in series_of(segmentation) for line in _warnings(series)]
    if segmentation.articles and all(p.kind is Kind.PARAGRAPH for p in segmentation.articles):
        out.append("没有条款编号，按自然段切分")
    if not segmentation.articles:
        out.append("没有文字")
    return tuple(out)


def _warnings(series: Series) -> list[str]:
    found = _numbering(series.numbers)

    def names(numbers: tuple[int, ...]) -> str:
        shown = "、".join(f"第{to_han(n)}条" if series.by_article else f"“{to_han(n)}、”" for n in numbers[:_SHOWN])
        return shown + (f"等{len(numbers)}处" if len(numbers) > _SHOWN else "")

    where = f"{series.name}：" if series.name else ""
    out = []
    if found.missing:
        out.append(f"{where}缺少{names(found.missing)}")
    if found.repeated:
        out.append(f"{where}编号重复：{names(found.repeated)}")
    if found.disordered:
        out.append(f"{where}编号次序颠倒：{names(found.disordered)}")
    return out
