"""What a place names in a document: a number leads to its provision or to nothing, never to a neighbour."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from policy_qa.citing.grammar import STEP, Register
from policy_qa.citing.place import Mention, Owner, Place
from policy_qa.datamodels import Kind, Provision, Segmentation
from policy_qa.numerals import parse_number, to_han

_ATTACHED = re.compile(r"appendix-(\d+)(?:~\d+)?(?:\.|$)")
_ITEM_LINE = re.compile(r"[\s#>*-]*(?:[（(〔]?(?:[一二三四五六七八九十]+|\d{1,3})[）)〕、.．]|[①-⑳])")
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"


def resolve(
    segmentation: Segmentation,
    place: Place,
    pool: Sequence[Provision] | Pools | None = None,
    register: Register = Register.QUESTION,
) -> list[Provision]:
    """The provisions of one document that a place names; empty where the document has no such number.

    `pool` holds the articles of the instrument that is meant, where a file holds several. In a question a 第二款 may
    be an item, and a text without 条 has none; a draft and a policy call its 二、 the 第二条.
    """
    pools = pool if isinstance(pool, Pools) else Pools(segmentation.articles if pool is None else pool)
    pool = pools.of(place)
    if place.alone:
        return []
    if place.kind == "附件":
        found = [p for p in pool if attachment_of(p) == place.number]
        whole = [p for p in found if not _own(p.path)] or found
        return [q for p in whole for q in inside(segmentation, p, place, register)] if place.inner else found
    if place.kind == "条":
        return _article(segmentation, pool, place, register)
    if place.digits:
        return _decimal(segmentation, pool, place.digits)
    if place.kind in ("部分", "点"):
        return _section(segmentation, pool, place, register)
    headed = (heading_of(h) for p in pool for h in p.headings)
    if place.kind == "章" and not any(heading and heading[0] == "章" for heading in headed):
        # A plan numbered 1, 1.1, 1.1.1: people call its 2 the second chapter.
        return [p for p in pool if p.headings and re.match(rf"{place.number}(?![\d.])", p.headings[0])]
    return [p for p in pool if _under(p, (place.kind, place.number))]


def has_articles(segmentation: Segmentation) -> bool:
    """Whether 条 are the document's article level."""
    return Pool(segmentation.articles).by_article


def numbers_run_through(segmentation: Segmentation) -> bool:
    """Whether the points of a document without 条 are counted through all its sections (1 to 17)."""
    return _runs_through(_counted_points(segmentation.articles))


def attachment_of(provision: Provision) -> int | None:
    """The number of the attachment that a provision is or stands in."""
    match = _ATTACHED.match(provision.path)
    return int(match.group(1)) if match else None


def article_number(provision: Provision) -> tuple[int, int] | None:
    """(120, 1) of 第一百二十条之一, as its printed label has it; None where it is no 条."""
    match = STEP.match(provision.label) if provision.kind is Kind.ARTICLE else None
    number = parse_number(match.group("n")) if match and match.group("unit") == "条" else None
    return None if not match or number is None else (number, parse_number(match.group("sub") or "") or 0)


@lru_cache(maxsize=4096)
def heading_of(heading: str) -> tuple[str, int] | None:
    """(章, 3) of 「第三章 附则」; None where a heading has no such number."""
    match = STEP.match(heading.lstrip())
    number = parse_number(match.group("n")) if match and match.group("n") else None
    return (match.group("unit"), number) if match and number is not None else None


def number_of(provision: Provision) -> int:
    """The last number of a provision's path (2 of `7.2`, `7.p2` and `7.2~2`); -1 where it has none."""
    digits = re.sub(r"~.*", "", provision.path.rpartition(".")[2]).lstrip("p")
    return int(digits) if digits.isdigit() else -1


def inside(
    segmentation: Segmentation, whole: Provision, place: Place, register: Register = Register.QUESTION
) -> list[Provision]:
    """The 款, 项, 目 or row that a place names in an article or an attachment; empty where it has none such."""
    if place.row:
        return [p for p in segmentation.children(whole, Kind.ROW) if p.path == f"{whole.path}.r{place.row}"]
    found = _paragraph_or_item(segmentation, whole, place.paragraph, place.item, register)
    if not place.subitem:
        return found
    below = (p for item in found for p in segmentation.children(item, Kind.SUBITEM))
    return [p for p in below if number_of(p) == place.subitem]


def _paragraph_or_item(
    segmentation: Segmentation, article: Provision, paragraph: int, item: int, register: Register
) -> list[Provision]:
    items = [p for p in segmentation.children(article, Kind.ITEM) if number_of(p) == item]
    if not paragraph:
        return items
    paragraphs = segmentation.children(article, Kind.PARAGRAPH)
    asked = register is Register.QUESTION
    if not paragraphs and paragraph == 1 and article.kind is Kind.ARTICLE:
        # Where an article is one paragraph, that is its first; the （一） below are its items.
        if item:
            return items
        if not asked or not segmentation.children(article, Kind.ITEM):
            return [article]
    found = [p for p in paragraphs if p.path == f"{article.path}.p{paragraph}"]
    if not item:
        # People say 第三款 for the third （三） where an article has items and no paragraphs.
        third = [p for p in segmentation.children(article) if p.path == f"{article.path}.{paragraph}"]
        return found or (third if asked and not paragraphs else [])
    return [p for p in items if found and found[0].start <= p.start < found[0].end]


def may_hold(segmentation: Segmentation, article: Provision, place: Place) -> bool:
    """Whether an article may have a 款 or 项 that the parser doesn't see: people count the lines that bear no number,
    and items inside a sentence."""
    text = segmentation.text_of(article)
    if place.paragraph:
        lines = [line for line in text.split("\n") if line.strip() and not _ITEM_LINE.match(line)]
        if place.paragraph > max(1, len(lines), len(segmentation.children(article, Kind.PARAGRAPH))):
            return False
    if not place.item:
        return True
    if any(number_of(p) == place.item for p in segmentation.within(article) if p.kind is Kind.ITEM):
        return True
    circled = _CIRCLED[place.item - 1 : place.item] if place.item > 0 else ""
    written = rf"(?<![\d一二三四五六七八九十])(?:{to_han(place.item)}|{place.item})\s*[）)〕、.．]"
    return bool(re.search(written + (f"|{circled}" if circled else ""), text))


class Pool(tuple[Provision, ...]):
    """Provisions at article level among which a number is looked for."""

    @cached_property
    def by_article(self) -> bool:
        """Whether 条 are among them."""
        return any(p.kind is Kind.ARTICLE for p in self)

    @cached_property
    def by_path(self) -> Mapping[str, Sequence[Provision]]:
        """The 条 by their paths in their own numbering."""
        out: dict[str, list[Provision]] = defaultdict(list)
        for p in self:
            if p.kind is Kind.ARTICLE:
                out[_own(p.path)].append(p)
        return out


class Pools:
    """What is at the article level of an instrument, as places narrow it; what it has narrowed once it remembers."""

    def __init__(self, articles: Iterable[Provision]) -> None:
        self._articles = Pool(articles)
        self._narrowed: dict[tuple[object, ...], Pool] = {}

    def of(self, place: Place) -> Pool:
        """Those of an attachment where it is named, or where the number is one of 条 and only attachments have such."""
        key = (place.within, place.appendix, place.kind if place.kind in ("附件", "条") else "")
        if key not in self._narrowed:
            self._narrowed[key] = self._narrow(place)
        return self._narrowed[key]

    def _narrow(self, place: Place) -> Pool:
        out = [p for p in self._articles if all(_under(p, heading) for heading in place.within)]
        if place.kind == "附件":
            return Pool(out)
        if place.appendix:
            return Pool(p for p in out if attachment_of(p) == place.appendix)
        own = [p for p in out if attachment_of(p) is None]
        kinds = (Kind.ARTICLE,) if place.kind == "条" else (Kind.ARTICLE, Kind.SECTION, Kind.POINT)
        return Pool(own if any(p.kind in kinds or p.headings for p in own) else out)


def _own(path: str) -> str:
    """A path in its own numbering: `3` of `appendix-2.3`, `5` of `5~2`, nothing of `appendix-2`."""
    return re.sub(r"~\d+", "", _ATTACHED.sub("", path))


def _counted_points(pool: Iterable[Provision]) -> list[Provision]:
    """The points with arabic numbers of a text without 条."""
    return [p for p in pool if p.kind is Kind.POINT and p.label[:1].isdigit() and "." not in p.label.rstrip(".．")]


def _runs_through(points: Sequence[Provision]) -> bool:
    numbers = [number_of(p) for p in points]
    return len(numbers) > 1 and len(set(numbers)) == len(numbers)


def _article(segmentation: Segmentation, pool: Pool, place: Place, register: Register) -> list[Provision]:
    if pool.by_article:
        path = f"{place.number}-{place.sub}" if place.sub else str(place.number)
        found = list(pool.by_path.get(path, ()))
    elif place.sub:
        return []
    elif _runs_through(points := _counted_points(pool)):
        found = [p for p in points if number_of(p) == place.number]
    else:
        found = []
    if not found and register is not Register.QUESTION and not pool.by_article:
        return _section(segmentation, pool, replace(place, kind="部分"), register)
    return [q for a in found for q in inside(segmentation, a, place, register)] if place.inner else found


def _section(segmentation: Segmentation, pool: Pool, place: Place, register: Register) -> list[Provision]:
    if pool.by_article:
        # 第二部分 of a text in 条 is its second chapter.
        under = [p for p in pool if _under(p, ("章", place.number)) or _under(p, ("部分", place.number))]
        return [p for p in under if p.kind is Kind.ARTICLE and number_of(p) == place.item] if place.item else under
    if place.kind == "点" and not place.item and _runs_through(points := _counted_points(pool)):
        return [p for p in points if number_of(p) == place.number]
    kinds = (Kind.SECTION, Kind.POINT)
    found = [p for p in pool if p.kind in kinds and _own(p.path).split(".")[0] == str(place.number)]
    if place.item:
        points = [p for p in found if p.kind is Kind.POINT and number_of(p) == place.item]
        found = points or [p for a in found for p in inside(segmentation, a, replace(place, paragraph=0), register)]
    if place.paragraph:
        return [q for p in found for q in segmentation.children(p) if q.path == f"{p.path}.p{place.paragraph}"]
    return found


def _decimal(segmentation: Segmentation, pool: Pool, digits: str) -> list[Provision]:
    """2.1.1, or all that stands under 2.1."""
    printed = re.compile(rf"{re.escape(digits)}(?![\d.])")
    headed = [p for p in pool if any(printed.match(h) for h in p.headings)]
    found = [p for p in pool if _own(p.path) == digits and (printed.match(p.label) or p in headed)]
    return found or headed or [q for p in pool for q in segmentation.children(p) if printed.match(q.label)]


def _under(provision: Provision, heading: tuple[str, int]) -> bool:
    """Whether a provision stands under a heading of this kind and number."""
    return any(heading_of(h) == heading for h in provision.headings)


_POLICY = Register.POLICY


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """What a mention leads to. `lacks` is what of it is not there, as a person names it; empty where nothing is missing
    or nobody can tell."""

    provisions: tuple[Provision, ...] = ()
    lacks: str = ""


@dataclass(frozen=True, kw_only=True)
class Standing:
    """The articles of one instrument, or of one attachment; `headings` are those printed there, as (章, 3)."""

    segmentation: Segmentation
    articles: tuple[Provision, ...]
    headings: frozenset[tuple[str, int]] = frozenset()

    @cached_property
    def numbered(self) -> tuple[tuple[Provision, tuple[int, int]], ...]:
        """The 条 with their numbers, (120, 1) for 第一百二十条之一."""
        return tuple((p, number) for p in self.articles if (number := article_number(p)))

    @cached_property
    def _pools(self) -> Pools:
        return Pools(self.articles)

    def follow(self, mention: Mention, article: Provision | None = None) -> Found:
        """What a mention names here; `article` is the one in which it stands, None where it stands elsewhere."""
        if mention.back:
            return self._back(mention, article) if article else Found()
        if not mention.places:
            if mention.unit.startswith("附"):
                attached = [p for p in self.segmentation.articles if p.kind is Kind.APPENDIX]
                return Found(provisions=tuple(attached) if len(attached) == 1 else ())
            return self._around(mention.unit, article) if article else Found()
        if mention.alone:
            return self._here(mention, article) if article else Found()
        kind = mention.places[0].kind
        if kind == "附件":
            return self._attached(mention)
        if kind == "条":
            said = (mention.ranged, mention.places)
            if said not in self._followed:
                self._followed[said] = self._numbered(mention.places, ranged=mention.ranged)
            return self._followed[said]
        found = [p for place in mention.places for p in self._under(place, article)]
        gone = [p for p in mention.places if (p.kind, p.number) not in self.headings]
        sure = gone and not found and self.headings and mention.owner is Owner.SELF
        return Found(provisions=_unique(found), lacks=gone[0].shown if sure else "")

    @cached_property
    def _followed(self) -> dict[tuple[bool, tuple[Place, ...]], Found]:
        return {}

    def _numbered(self, places: tuple[Place, ...], *, ranged: bool) -> Found:
        """第五条, 第五条第二款第（一）项, 第七条至第九条; of a text without 条 its sections."""
        pool = self._pools
        resolved = {place: resolve(self.segmentation, place, pool, _POLICY) for place in places}
        if ranged and not places[0].inner:
            first, last = ((p.number, p.sub) for p in (places[0], places[-1]))
            gone = [p for p in (places[0], places[-1]) if not resolved[p]]
            between = [p for p, number in self.numbered if first <= number <= last]
            found = between or [p for one in resolved.values() for p in one]
        else:
            gone = [place for place, one in resolved.items() if not one]
            found = [p for one in resolved.values() for p in one]
        for place in gone:
            wholes = resolve(self.segmentation, place.whole, pool, _POLICY) if place.inner else []
            if not wholes and not self._is_counted(place):
                continue
            if not any(may_hold(self.segmentation, whole, place) for whole in wholes):
                return Found(provisions=_unique(found), lacks=place.shown if wholes else place.whole.shown)
        return Found(provisions=_unique(found))

    def _is_counted(self, place: Place) -> bool:
        """Whether a text is numbered so that a number which is not found is missing."""
        if self.numbered:
            return True
        tail = re.compile(rf"(?:^|\.){place.number}(?:~\d+)?$")
        inner = [p for a in self.articles for p in self.segmentation.within(a)]
        counted = any(p.kind in (Kind.SECTION, Kind.POINT) for p in inner)
        return counted and not any(tail.search(p.path) for p in inner)

    def _here(self, mention: Mention, article: Provision) -> Found:
        """第二款, 第（三）项 of the same article; an item of the 款 in which the words stand where that has such."""
        if article.kind is not Kind.ARTICLE and any(place.paragraph for place in mention.places):
            return Found()
        found: list[Provision] = []
        lacks = ""
        for place in mention.places:
            inner = inside(self.segmentation, article, place, _POLICY)
            around = self._child(article, Kind.PARAGRAPH, mention.start)
            found += [p for p in inner if around and around.start <= p.start and p.end <= around.end] or inner
            if not inner and place.paragraph and not may_hold(self.segmentation, article, place):
                lacks = lacks or place.shown
        return Found(provisions=_unique(p for p in found if p is not article), lacks=lacks)

    def _attached(self, mention: Mention) -> Found:
        pool = [p for p in self.segmentation.articles if p.kind is Kind.APPENDIX]
        numbers = [place.number for place in mention.places]
        found = [p for p in pool if attachment_of(p) in numbers]
        missing = pool and not found and mention.unit == "附件"
        return Found(provisions=tuple(found), lacks=mention.shown if missing else "")

    def _under(self, place: Place, near: Provision | None) -> list[Provision]:
        """The articles below a heading; of several that bear its number, the one beside the article that speaks."""
        key = (place.kind, place.number)
        runs: dict[tuple[str, ...], list[Provision]] = {}
        for p in resolve(self.segmentation, place, self._pools, _POLICY):
            depth = next((i for i, h in enumerate(p.headings) if heading_of(h) == key), 0)
            runs.setdefault(p.headings[: depth + 1], []).append(p)
        if near and len(runs) > 1:
            above = [h for h in near.headings if (heading_of(h) or ("",))[0] != place.kind]
            runs = {k: run for k, run in runs.items() if list(k[:-1]) == above[: len(k) - 1]}
        return [p for run in runs.values() for p in run] if len(runs) == 1 else []

    def _around(self, unit: str, article: Provision) -> Found:
        """The articles of the 章 in which a mention stands."""
        for depth, heading in enumerate(article.headings, start=1):
            if (heading_of(heading) or ("",))[0] == unit:
                above = article.headings[:depth]
                return Found(
                    provisions=tuple(p for p in self.articles if p.headings[:depth] == above and p is not article)
                )
        return Found()

    def _child(self, article: Provision, kind: Kind, at: int) -> Provision | None:
        """The 款 or 项 of an article that holds an offset."""
        return next((p for p in self.segmentation.children(article, kind) if p.start <= at < p.end), None)

    def _back(self, mention: Mention, article: Provision) -> Found:
        """前款, 前两款, 前条第二项, 前项; missing where nothing of the kind stands before it."""
        items = self.segmentation.children(article, Kind.ITEM)
        item = self._child(article, Kind.ITEM, mention.start)
        if mention.unit == "项":
            if item is None:
                return Found()
            wanted = range(number_of(item) - mention.back, number_of(item))
            found = [p for p in items if number_of(p) in wanted and p.start < item.start]
            return Found(provisions=tuple(found), lacks="项" if len(found) < mention.back and item is items[0] else "")
        if article.kind is not Kind.ARTICLE:
            return Found()
        if mention.unit == "条":
            return self._articles_back(mention, article)
        paragraphs = self.segmentation.children(article, Kind.PARAGRAPH)
        # Inside an item, 前款 means the 款 before the one that the item belongs to.
        place = item.start if item else mention.start
        at = next((i for i, p in enumerate(paragraphs) if p.start <= place < p.end), -1)
        if at < mention.back:
            # The parser may see one 款 where people see two lines.
            whole = self.segmentation.document.text[article.start : mention.start].strip()
            return Found(lacks="款" if at > 0 or not re.search(r"[\n。]", whole) else "")
        before = paragraphs[at - mention.back : at]
        numbers = [p.item for p in mention.places if p.item]
        if not numbers:
            return Found(provisions=tuple(before))
        named = [p for p in items if number_of(p) in numbers and p.start < mention.start]
        near = [p for p in named if any(o.start <= p.start and p.end <= o.end for o in before)]
        count = len(set(numbers))
        found = named if len(named) == count != len(near) else near
        return Found(provisions=tuple(found), lacks=mention.shown if items and len(found) < count else "")

    def _articles_back(self, mention: Mention, article: Provision) -> Found:
        at = next((i for i, (p, _) in enumerate(self.numbered) if p is article), -1)
        if at < 0:
            return Found()
        found: list[Provision] = []
        number = self.numbered[at][1]
        for i in range(at - 1, at - 1 - mention.back, -1):
            before, own = self.numbered[i] if i >= 0 else (article, (0, 0))
            follows = own[0] == number[0] - 1 or (own[0] == number[0] and own[1] == number[1] - 1)
            if i < 0 or not follows:
                return Found(provisions=tuple(found[::-1]), lacks="条")
            found.append(before)
            number = own
        inner = [p for p in mention.places if p.inner]
        if len(found) != 1 or not inner:
            return Found(provisions=tuple(found[::-1]))
        below = {place: inside(self.segmentation, found[0], place, _POLICY) for place in inner}
        gone = [p for p, one in below.items() if not one and not may_hold(self.segmentation, found[0], p)]
        return Found(provisions=_unique(p for one in below.values() for p in one), lacks=gone[0].shown if gone else "")


def _unique(provisions: Iterable[Provision]) -> tuple[Provision, ...]:
    return tuple(dict.fromkeys(provisions))
