"""Where a reference leads inside one instrument: by number, or so many 款 or 条 back from where it stands."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from policy_qa.datamodels import Kind, Provision, Segmentation
from policy_qa.lint.mentions import Mention
from policy_qa.lint.scope import Part, article_number
from policy_qa.lint.targets import Target
from policy_qa.numerals import parse_number
from policy_qa.references.phrases import Phrase

_HEADING = re.compile(r"第\s*(\S+?)\s*(编|章|节)")


@dataclass(frozen=True)
class Home:
    """Where a reference stands: its instrument, its article, the 款 and 项 in it."""

    segmentation: Segmentation
    part: Part | None
    target: Target
    article: Provision

    def child_at(self, kind: Kind, at: int) -> Provision | None:
        """The 款 or 项 of the article that holds an offset."""
        return next((p for p in self.children(kind) if p.start <= at < p.end), None)

    def children(self, kind: Kind) -> list[Provision]:
        """All 款 or 项 right below the article, in text order."""
        return [p for p in self.target.below(self.article) if p.kind is kind and p.parent == self.article.path]


Found = tuple[list[Provision], bool]
UNKNOWN: Found = ([], False)
MISSING: Found = ([], True)


def by_number(target: Target, phrase: Phrase, mention: Mention) -> Found:
    """第五条, 第五条第二款第（一）项, 第七条至第九条 of one instrument."""
    last = phrase.last
    if mention.unit != "条":
        return under(target.all, mention, phrase.above), False
    if not target.articles:
        return _sections(target, mention)
    first = mention.numbers[0], mention.sub if len(mention.numbers) == 1 else 0
    final = (last.numbers[-1], last.sub) if last else (mention.numbers[-1], mention.sub)
    span = bool(last) or _is_range(target.text, mention)
    numbers = [n for n in target.numbers if first <= n <= final] if span else list(dict.fromkeys((first, final)))
    found = [p for n in sorted(numbers) for p in target.numbers.get(n, ())]
    missing = any(n not in target.numbers for n in (first, final))
    paragraph, items = mention.paragraph, phrase.items
    if not (paragraph or items) or missing or len(found) != 1:
        ends = last and last.paragraph and last.numbers == mention.numbers
        if not ends or len(found) != 1:
            return found, missing
    return _inside(target, found[0], paragraph, items, last.paragraph if last else 0)


def _inside(target: Target, article: Provision, paragraph: int, items: Sequence[int], until: int = 0) -> Found:
    """The 款 and 项 of an article; a 款 that people count otherwise than the parser is left alone."""
    children = [p for p in target.below(article) if p.parent == article.path]
    outer: list[Provision] = [article]
    if paragraph:
        wanted = {f"{article.path}.p{n}" for n in range(paragraph, max(paragraph, until) + 1)}
        outer = [p for p in children if p.path in wanted]
        if not outer and paragraph == 1 and not any(p.kind is Kind.PARAGRAPH for p in children):
            outer = [article]
        if not outer:
            return [], bool(target.lacks_inside(article, paragraph, ()))
    if not items:
        return outer, False
    found = [
        p
        for o in outer
        for p in children
        if p.kind is Kind.ITEM and _number(p) in items and o.start <= p.start and p.end <= o.end
    ]
    gone = set(items) - {_number(p) for p in found}
    return found, any(p.kind is Kind.ITEM for p in children) and bool(gone) and bool(
        target.lacks_inside(article, 0, sorted(gone))
    )


def _number(provision: Provision) -> int:
    digits = re.sub(r"~.*", "", provision.path.rpartition(".")[2])
    return int(digits) if digits.isdigit() else -1


def _is_range(text: str, mention: Mention) -> bool:
    return len(mention.numbers) > 1 and bool(re.search(r"[至到—~～-]", text[mention.start : mention.end]))


def _sections(target: Target, mention: Mention) -> Found:
    """第三条 of a document without 条: the point that runs on to 3, else the section 三、."""
    points = [p for p in target.all if p.article and p.kind is Kind.POINT and p.label[:1].isdigit()]
    tails = [_number(p) for p in points]
    if len(set(tails)) == len(tails) > 1:
        found = [p for p in points if _number(p) in mention.numbers]
    else:
        wanted = {str(n) for n in mention.numbers}
        kinds = (Kind.SECTION, Kind.POINT)
        found = [p for p in target.all if p.article and p.kind in kinds and p.path.split(".")[0] in wanted]
    return found, not found and bool(target.lacks(mention))


def under(
    pool: Sequence[Provision], mention: Mention, above: Mention | None = None, near: Provision | None = None
) -> list[Provision]:
    """The articles below a heading: that of `above` where it is named (第三章第一节), of several that bear
    the number the one beside the article that speaks of it."""
    unit, numbers = mention.unit, mention.numbers
    runs: dict[tuple[str, ...], list[Provision]] = {}
    for p in pool:
        for depth, heading in enumerate(p.headings, start=1):
            match = _HEADING.match(heading)
            if p.article and match and match.group(2) == unit and parse_number(match.group(1)) in numbers:
                runs.setdefault(p.headings[:depth], []).append(p)
    if above is not None:
        runs = {k: v for k, v in runs.items() if any(_is_heading(h, above) for h in k)}
    elif len(runs) > len(set(numbers)) and near is not None:
        own = [h for h in near.headings if not (m := _HEADING.match(h)) or m.group(2) != unit]
        runs = {k: v for k, v in runs.items() if k[: len(k) - 1] == tuple(own)[: len(k) - 1]}
    return [p for run in runs.values() for p in run] if len(runs) <= len(set(numbers)) else []


def _is_heading(heading: str, mention: Mention) -> bool:
    match = _HEADING.match(heading)
    return match is not None and match.group(2) == mention.unit and parse_number(match.group(1)) in mention.numbers


def around_here(home: Home, unit: str) -> list[Provision]:
    """The articles of the 章 in which a reference stands."""
    for depth, heading in enumerate(home.article.headings, start=1):
        if (match := _HEADING.match(heading)) and match.group(2) == unit:
            above = home.article.headings[:depth]
            return [p for p in home.target.all if p.article and p.headings[:depth] == above and p is not home.article]
    return []


def paragraphs_here(home: Home, phrase: Phrase, mention: Mention) -> Found:
    """第二款 of the same article."""
    if home.article.kind is not Kind.ARTICLE:
        return UNKNOWN
    until = phrase.last.numbers[-1] if phrase.last else mention.numbers[-1]
    found, missing = _inside(home.target, home.article, mention.numbers[0], phrase.items, until)
    return [p for p in found if p is not home.article], missing


def items_here(home: Home, phrase: Phrase) -> Found:
    """第（三）项 of the same article, of the 款 in which the words stand where it has such items."""
    items = [p for p in home.children(Kind.ITEM) if _number(p) in phrase.items]
    around = home.child_at(Kind.PARAGRAPH, phrase.start)
    near = [p for p in items if around and around.start <= p.start and p.end <= around.end]
    return (near or items), False


def backward(home: Home, phrase: Phrase) -> Found:
    """前款, 前两款, 前条第二项, 前项; missing where nothing of the kind stands before it."""
    if phrase.unit == "项":
        return _items_before(home, phrase)
    if home.article.kind is not Kind.ARTICLE:
        return UNKNOWN
    if phrase.unit == "条":
        return _articles_before(home, phrase)
    paragraphs = home.children(Kind.PARAGRAPH)
    if (item := home.child_at(Kind.ITEM, phrase.start)) is not None:
        # Inside an item, 前款 means the 款 before the one that the item belongs to.
        at = next((i for i, p in enumerate(paragraphs) if p.start <= item.start < p.end), -1)
    else:
        at = next((i for i, p in enumerate(paragraphs) if p.start <= phrase.start < p.end), -1)
    if at < phrase.back:
        # The parser may see one 款 where people see two lines.
        whole = home.segmentation.document.text[home.article.start : phrase.start].strip()
        return ([], not re.search(r"[\n。]", whole)) if at <= 0 else MISSING
    before = paragraphs[at - phrase.back : at]
    if not phrase.items:
        return list(before), False
    items = [p for p in home.children(Kind.ITEM) if _number(p) in phrase.items and p.start < phrase.start]
    near = [p for p in items if any(o.start <= p.start and p.end <= o.end for o in before)]
    wanted = len(set(phrase.items))
    found = near if len(near) == wanted else items if len(items) == wanted else near
    return found, len(found) < wanted and bool(home.children(Kind.ITEM))


def _items_before(home: Home, phrase: Phrase) -> Found:
    here = home.child_at(Kind.ITEM, phrase.start)
    items = home.children(Kind.ITEM)
    if here is None:
        return UNKNOWN
    wanted = range(_number(here) - phrase.back, _number(here))
    found = [p for p in items if _number(p) in wanted and p.start < here.start]
    return found, len(found) < phrase.back and here is items[0]


def _articles_before(home: Home, phrase: Phrase) -> Found:
    articles = home.target.articles
    at = next((i for i, p in enumerate(articles) if p is home.article or p.path == home.article.path), -1)
    number = article_number(home.article)
    if at < 0 or number is None:
        return UNKNOWN
    found: list[Provision] = []
    for i in range(at - 1, at - 1 - phrase.back, -1):
        before = article_number(articles[i]) if i >= 0 else None
        if before is None or not (
            before[0] == number[0] - 1 or (before[0] == number[0] and before[1] == number[1] - 1)
        ):
            return found[::-1], True
        found.append(articles[i])
        number = before or number
    if len(found) == 1 and (phrase.paragraph or phrase.items):
        return _inside(home.target, found[0], phrase.paragraph, phrase.items)
    return found[::-1], False


def attached(home: Home, phrase: Phrase) -> Found:
    """附件2; 附件 alone where there is but one."""
    pool = [p for p in home.segmentation.articles if p.kind is Kind.APPENDIX]
    if phrase.number:
        found = [p for p in pool if (m := re.match(r"appendix-(\d+)", p.path)) and int(m.group(1)) == phrase.number]
        return found, not found and bool(pool) and phrase.unit == "附件"
    return (pool, False) if len(pool) == 1 else UNKNOWN
