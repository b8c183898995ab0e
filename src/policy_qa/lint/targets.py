"""What references can lead to: the provisions of one instrument by number, and which of them are not there."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from policy_qa.datamodels import Kind, Provision, Segmentation
from policy_qa.lint.mentions import Mention
from policy_qa.lint.scope import Part, article_number, parts_of
from policy_qa.numerals import to_han
from policy_qa.provisions.labels import Mark, label_of
from policy_qa.words import normalize

_UNITS = {Mark.PART: "编", Mark.CHAPTER: "章", Mark.SUBCHAPTER: "节"}
_VERSION = re.compile(r"[（(][^（）()]*(?:稿|试行|暂行|修订|修正|草案|年)[^（）()]*[)）]$")
_ITEM_LINE = re.compile(r"[\s#>*-]*(?:[（(〔]?(?:[一二三四五六七八九十]+|\d{1,3})[）)〕、.．]|[①-⑳])")


def _written(number: int) -> str:
    """A pattern for an item's number wherever it stands, as （三）, 三、, 3. or ③."""
    circled = chr(ord("①") + number - 1) if number <= 20 else "①"
    return rf"(?<![\d一二三四五六七八九十])(?:{to_han(number)}|{number})\s*[）)〕、.．]|{circled}"


@dataclass(frozen=True)
class Target:
    """What can be referred to in one instrument, or in what lies below one attachment."""

    text: str
    articles: tuple[Provision, ...]
    all: tuple[Provision, ...]
    headings: frozenset[tuple[str, int]]

    @cached_property
    def numbers(self) -> dict[tuple[int, int], list[Provision]]:
        """(120, 1) -> the 第一百二十条之一 that there are, several where a number occurs twice."""
        out: dict[tuple[int, int], list[Provision]] = {}
        for p in self.articles:
            if number := article_number(p):
                out.setdefault(number, []).append(p)
        return out

    @cached_property
    def starts(self) -> list[int]:
        """Where each provision begins, ascending."""
        return [p.start for p in self.all]

    def below(self, article: Provision) -> list[Provision]:
        """What stands inside an article."""
        first, last = bisect_left(self.starts, article.start), bisect_left(self.starts, article.end)
        return [p for p in self.all[first:last] if p.end <= article.end and p is not article]

    def has_point(self, number: int) -> bool:
        """Whether a document without 条 has a section or point of this number."""
        return any(re.search(rf"(?:^|\.){number}(?:~\d+)?$", p.path) for p in self.all)

    def lacks(self, mention: Mention) -> str:
        """What of a reference is not there, as a person names it; empty where all of it is."""
        if mention.unit in _UNITS.values():
            gone = [n for n in mention.numbers if (mention.unit, n) not in self.headings]
            return f"第{to_han(gone[0])}{mention.unit}" if gone and self.headings else ""
        if not self.articles:
            if not any(p.kind in (Kind.SECTION, Kind.POINT) for p in self.all):
                return ""  # nothing here is numbered, as far as the parser sees
            gone = [n for n in mention.numbers if not self.has_point(n)]
            return f"第{to_han(gone[0])}条" if gone and mention.unit == "条" else ""
        for number in mention.numbers:
            sub = mention.sub if number == mention.numbers[-1] else 0
            if (number, sub) not in self.numbers:
                return f"第{to_han(number)}条" + (f"之{to_han(sub)}" if sub else "")
        found = self.numbers[mention.numbers[-1], mention.sub]
        inner = [self.lacks_inside(p, mention.paragraph, mention.items) for p in found]
        return "" if "" in inner else f"第{to_han(mention.numbers[-1])}条{inner[0]}"

    def lacks_inside(self, article: Provision, paragraph: int, items: Sequence[int]) -> str:
        """The 款 or 项 that an article lacks."""
        below = self.below(article)
        text = self.text[article.start : article.end]
        # People count the lines that bear no number; the parser ends a 款 with a full stop.
        lines = [line for line in text.split("\n") if line.strip() and not _ITEM_LINE.match(line)]
        if paragraph > max(1, len(lines), sum(p.kind is Kind.PARAGRAPH for p in below)):
            return f"第{to_han(paragraph)}款"
        numbers = {n for p in below if p.kind is Kind.ITEM for n in re.findall(r"(?<!\d)(\d+)(?:~\d+)?$", p.path)}
        gone = [n for n in items if str(n) not in numbers and not re.search(_written(n), text)]
        return f"第{to_han(gone[0])}项" if gone else ""


def target_of(segmentation: Segmentation, part: Part) -> Target:
    """What can be referred to in one instrument of a document."""
    text = segmentation.document.text
    start, end = part.start, part.end
    ordered = sorted(segmentation.provisions, key=lambda p: p.start)
    starts = [p.start for p in ordered]
    first, last = bisect_left(starts, start), bisect_left(starts, end)
    inner = tuple(p for p in ordered[first:last] if p.end <= end)
    headings = set()
    for span in part.headings:
        label = label_of(text, span.start, span.end)
        if label and label.mark in _UNITS:
            headings.add((_UNITS[label.mark], label.number))
    articles = tuple(p for p in inner if p.kind is Kind.ARTICLE)
    return Target(text=text, articles=articles, all=inner, headings=frozenset(headings))


def key_of(title: str) -> str:
    """A title as it is compared: no white space, no (试行), no 中华人民共和国, 〈〉 as 《》."""
    title = "".join(normalize(title).split()).replace("〈", "《").replace("〉", "》")
    return _VERSION.sub("", title).removeprefix("中华人民共和国")


def titles_of(corpus: Sequence[Segmentation], wanted: set[str]) -> dict[str, list[Target]]:
    """Title -> what it holds, of the titles that are referred to; several where the corpus has several versions."""
    out: dict[str, list[Target]] = {}
    for segmentation in corpus if wanted else ():
        titles = {segmentation.document.title, *(p.instrument for p in segmentation.articles)}
        if wanted.isdisjoint(map(key_of, titles)):
            continue
        for part in parts_of(segmentation):
            if (key := key_of(part.title)) in wanted:
                out.setdefault(key, []).append(target_of(segmentation, part))
    return out
