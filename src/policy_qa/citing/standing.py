"""What a mention in a policy names, by where it stands: 本办法第五条, 第二款 of its own article, 前款, 本章, 附件2."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from policy_qa.citing.grammar import Register
from policy_qa.citing.place import Mention, Owner, Place
from policy_qa.citing.resolve import article_number, attachment_of, heading_of, inside, may_hold, number_of, resolve
from policy_qa.datamodels import Kind, Provision, Segmentation

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
            return self._numbered(mention)
        found = [p for place in mention.places for p in self._under(place, article)]
        gone = [p for p in mention.places if (p.kind, p.number) not in self.headings]
        sure = gone and not found and self.headings and mention.owner is Owner.SELF
        return Found(provisions=_unique(found), lacks=gone[0].shown if sure else "")

    def _numbered(self, mention: Mention) -> Found:
        """第五条, 第五条第二款第（一）项, 第七条至第九条; of a text without 条 its sections."""
        places, pool = mention.places, self.articles
        resolved = {place: resolve(self.segmentation, place, pool, _POLICY) for place in places}
        if mention.ranged and not places[0].inner:
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
        for p in resolve(self.segmentation, place, self.articles, _POLICY):
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
