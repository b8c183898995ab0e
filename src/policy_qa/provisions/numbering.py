"""Is the numbering of a document sound: gaps, repeats, disorder."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from policy_qa.datamodels import Kind, Provision, Segmentation
from policy_qa.numerals import to_han

#: A warning names so many numbers and counts the rest.
_SHOWN = 20
_PATH = re.compile(r"^(?:(\d+)\.)?(\d+)(?:-(\d+))?(?:~(\d+))?$")


@dataclass(frozen=True, kw_only=True, slots=True)
class Numbering:
    """What is odd about the numbers of a document's 条 (or sections); empty tuples where it is sound."""

    missing: tuple[int, ...]
    repeated: tuple[int, ...]
    disordered: tuple[int, ...]


def article_number(provision: Provision) -> int | None:
    """The number of an article-level provision in its own series (`7` of `7`, `120-1`; `5` of `4.5`)."""
    match = _PATH.match(provision.path)
    return int(match.group(2)) if match and provision.article else None


def numbering(segmentation: Segmentation) -> Numbering:
    """Gaps, repeats and disorder in the 条 of a document; where it has none, in its sections."""
    articles = [p for p in segmentation.articles if p.kind is Kind.ARTICLE]
    if articles:
        numbers = [article_number(p) or 0 for p in articles if "-" not in p.path]
    else:
        seen: dict[tuple[str, ...], int] = {}
        for p in segmentation.articles:
            match = re.match(r"(\d+)", p.path)
            if p.kind in (Kind.SECTION, Kind.POINT) and match:
                seen.setdefault(p.headings[:1] or (p.path,), int(match.group(1)))
        numbers = list(seen.values())
    present = set(numbers)
    return Numbering(
        missing=tuple(n for n in range(1, max(numbers, default=0)) if n not in present),
        repeated=tuple(sorted({n for n in numbers if numbers.count(n) > 1})) if len(present) < len(numbers) else (),
        disordered=tuple(b for a, b in pairwise(numbers) if b < a),
    )


def numbering_warnings(segmentation: Segmentation) -> tuple[str, ...]:
    """One line of Chinese a defect, for the build report."""
    found = numbering(segmentation)
    by_article = any(p.kind is Kind.ARTICLE for p in segmentation.articles)

    def names(numbers: tuple[int, ...]) -> str:
        shown = "、".join(f"第{to_han(n)}条" if by_article else f"“{to_han(n)}、”" for n in numbers[:_SHOWN])
        return shown + (f"等{len(numbers)}处" if len(numbers) > _SHOWN else "")

    out = []
    if found.missing:
        out.append("缺少" + names(found.missing))
    if found.repeated:
        out.append("编号重复：" + names(found.repeated))
    if found.disordered:
        out.append("编号次序颠倒：" + names(found.disordered))
    if segmentation.articles and all(p.kind is Kind.PARAGRAPH for p in segmentation.articles):
        out.append("没有条款编号，按自然段切分")
    if not segmentation.articles:
        out.append("没有文字")
    return tuple(out)
