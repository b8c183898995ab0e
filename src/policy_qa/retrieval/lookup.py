"""Lookup by number: a number resolves to its provision or to nothing, never to a neighbour."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from policy_qa.datamodels import Kind, Provision, Segmentation
from policy_qa.naming import titled
from policy_qa.numerals import NUMERAL_CHARS, parse_number
from policy_qa.retrieval.numbers import NumberRef, numbers_in

_ATTACHED = re.compile(r"appendix-(\d+)(?:~\d+)?(?:\.|$)")
_HEADING_NUMBER = rf"第\s*([{NUMERAL_CHARS}](?:[{NUMERAL_CHARS}\s]*[{NUMERAL_CHARS}])?)\s*"


def resolve(segmentation: Segmentation, ref: NumberRef, instrument: str | None = None) -> list[Provision]:
    """The provisions of one document that a number names; empty where the document has no such number.

    `instrument` is the title of the one that is meant, where a file holds several (None: any).
    """
    pool = _pool(segmentation, ref, instrument)
    if ref.kind == "附件":
        found = [p for p in pool if (m := _ATTACHED.match(p.path)) and int(m.group(1)) == ref.number]
        whole = [p for p in found if not _own(p.path)] or found
        return [q for p in whole for q in _inside(segmentation, p, ref)] if ref.inner else found
    if ref.kind == "条":
        return _article(segmentation, pool, ref)
    if ref.kind == "部分":
        return _section(segmentation, pool, ref)
    if ref.kind == "点":
        return _decimal(segmentation, pool, ref.digits)
    if ref.kind == "章" and not _heads(pool, "章"):
        # A plan numbered 1, 1.1, 1.1.1: people call its 2 the second chapter.
        return [p for p in pool if p.headings and re.match(rf"{ref.number}(?![\d.])", p.headings[0])]
    return [p for p in pool if _under(p, (ref.kind, ref.number))]


def has_articles(segmentation: Segmentation) -> bool:
    """Whether 条 are the document's article level."""
    return _by_article(p for p in segmentation.provisions if p.article)


def numbers_run_through(segmentation: Segmentation) -> bool:
    """Whether the points of a document without 条 are counted through all its sections (1 to 17)."""
    return _runs_through(_counted_points(segmentation.articles))


def inside(segmentation: Segmentation, article: Provision, paragraph: int, item: int) -> list[Provision]:
    """A 款 or 项 of an article by number; empty where it has none such."""
    children = [p for p in segmentation.provisions if p.parent == article.path]
    items = [p for p in children if p.kind is Kind.ITEM and _tail(p) == item]
    if not paragraph:
        return items
    paragraphs = [p for p in children if p.kind is Kind.PARAGRAPH]
    if not paragraphs and paragraph == 1 and article.kind is Kind.ARTICLE:
        # Where an article is one paragraph, that is its first; the （一） below are its items.
        if item:
            return items
        if not any(p.kind is Kind.ITEM for p in children):
            return [article]
    found = [p for p in paragraphs if p.path == f"{article.path}.p{paragraph}"]
    if not item:
        # People say 第三款 for the third （三） where an article has items and no paragraphs.
        return found or [p for p in children if not paragraphs and p.path == f"{article.path}.{paragraph}"]
    return [p for p in items if found and found[0].start <= p.start < found[0].end]


def _pool(segmentation: Segmentation, ref: NumberRef, instrument: str | None) -> list[Provision]:
    """The provisions at article level among which a number is looked for.

    Those of an attachment where it is named, or where the number is one of 条 and only attachments have such.
    """
    everything = segmentation.articles if instrument is None else titled(segmentation, instrument)
    out = [p for p in everything if all(_under(p, heading) for heading in ref.within)]
    if ref.kind == "附件":
        return out
    if ref.appendix:
        return [p for p in out if (m := _ATTACHED.match(p.path)) and int(m.group(1)) == ref.appendix]
    own = [p for p in out if not _ATTACHED.match(p.path)]
    kinds = (Kind.ARTICLE,) if ref.kind == "条" else (Kind.ARTICLE, Kind.SECTION, Kind.POINT)
    return own if any(p.kind in kinds or p.headings for p in own) else out


def _own(path: str) -> str:
    """A path in its own numbering: `3` of `appendix-2.3`, `5` of `5~2`, nothing of `appendix-2`."""
    return re.sub(r"~\d+", "", _ATTACHED.sub("", path))


def _tail(provision: Provision) -> int:
    digits = re.sub(r"~.*", "", provision.path.rpartition(".")[2])
    return int(digits) if digits.isdigit() else -1


def _by_article(pool: Iterable[Provision]) -> bool:
    return any(p.kind is Kind.ARTICLE for p in pool)


def _counted_points(pool: Iterable[Provision]) -> list[Provision]:
    """The points with arabic numbers of a text without 条."""
    return [p for p in pool if p.kind is Kind.POINT and p.label[:1].isdigit() and "." not in p.label.rstrip(".．")]


def _runs_through(points: Sequence[Provision]) -> bool:
    numbers = [_own(p.path).split(".")[-1] for p in points]
    return len(numbers) > 1 and len(set(numbers)) == len(numbers)


def _article(segmentation: Segmentation, pool: list[Provision], ref: NumberRef) -> list[Provision]:
    if _by_article(pool):
        path = f"{ref.number}-{ref.sub}" if ref.sub else str(ref.number)
        articles = [p for p in pool if p.kind is Kind.ARTICLE and _own(p.path) == path]
    elif _runs_through(points := _counted_points(pool)) and not ref.sub:
        articles = [p for p in points if _own(p.path).split(".")[-1] == str(ref.number)]
    else:
        return []
    return [q for a in articles for q in _inside(segmentation, a, ref)] if ref.inner else articles


def _inside(segmentation: Segmentation, whole: Provision, ref: NumberRef) -> list[Provision]:
    """What a number names inside an article or an attachment."""
    if ref.row:
        return [p for p in segmentation.provisions if p.kind is Kind.ROW and p.path == f"{whole.path}.r{ref.row}"]
    found = inside(segmentation, whole, ref.paragraph, ref.item)
    if not ref.subitem:
        return found
    parents = {p.path for p in found}
    return [
        p for p in segmentation.provisions if p.kind is Kind.SUBITEM and p.parent in parents and _tail(p) == ref.subitem
    ]


def _section(segmentation: Segmentation, pool: list[Provision], ref: NumberRef) -> list[Provision]:
    if _by_article(pool):
        return [p for p in pool if _under(p, ("章", ref.number))]
    kinds = (Kind.SECTION, Kind.POINT)
    found = [p for p in pool if p.kind in kinds and _own(p.path).split(".")[0] == str(ref.number)]
    if ref.item:
        points = [p for p in found if p.kind is Kind.POINT and _tail(p) == ref.item]
        return points or [p for a in found for p in inside(segmentation, a, 0, ref.item)]
    return found


def _decimal(segmentation: Segmentation, pool: list[Provision], digits: str) -> list[Provision]:
    """2.1.1, or all that stands under 2.1."""
    printed = re.compile(rf"{re.escape(digits)}(?![\d.])")
    found = [p for p in pool if _own(p.path) == digits and (printed.match(p.label) or _headed(p, printed))]
    if found := found or [p for p in pool if _headed(p, printed)]:
        return found
    refs = {p.path for p in pool}
    return [p for p in segmentation.provisions if p.parent in refs and printed.match(p.label)]


def _headed(provision: Provision, printed: re.Pattern[str]) -> bool:
    return any(printed.match(h) for h in provision.headings)


def _heads(pool: Iterable[Provision], kind: str) -> bool:
    return any(re.match(_HEADING_NUMBER + kind, h) for p in pool for h in p.headings)


def _under(provision: Provision, heading: tuple[str, int]) -> bool:
    """Whether a provision stands under a heading of this kind and number."""
    kind, number = heading
    found = (re.match(_HEADING_NUMBER + kind, h) for h in provision.headings)
    return any(match is not None and parse_number(match.group(1)) == number for match in found)


__all__ = ["NumberRef", "has_articles", "inside", "numbers_in", "numbers_run_through", "resolve"]
