"""References that lead nowhere: 本办法第三十条 of an instrument that ends with 第二十条.

A number is looked up, never guessed at. What belongs to an instrument that is not in the corpus is nobody's
business here, and neither is a bare 第X条 beside a reference to another instrument.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from policy_qa.datamodels import Kind, Provision, Segmentation
from policy_qa.lint.findings import Check, Draft, Severity
from policy_qa.lint.mentions import Mention, Owner, mentions
from policy_qa.lint.scope import Part, amends, article_number, inside, lines_of, parts_of, quoted
from policy_qa.numerals import to_han
from policy_qa.provisions.labels import Mark, label_of
from policy_qa.words import normalize

_UNITS = {Mark.PART: "编", Mark.CHAPTER: "章", Mark.SUBCHAPTER: "节"}
#: Instruments about another instrument speak of its articles with nothing before them.
_ABOUT_ANOTHER = re.compile(r"修改|修正|修订|废止|补充规定|《|〈|适用|答复|批复|批准|执行")
_BEFORE = re.compile(r"前(?P<n>[一二两三四五六])?(?P<unit>款|条)(?![件约])")
_VERSION = re.compile(r"[（(][^（）()]*(?:稿|试行|暂行|修订|修正|草案|年)[^（）()]*[)）]$")
_ITEM_LINE = re.compile(r"[\s#>*-]*(?:[（(〔]?(?:[一二三四五六七八九十]+|\d{1,3})[）)〕、.．]|[①-⑳])")


def _written(number: int) -> str:
    """A pattern for an item's number wherever it stands, as （三）, 三、, 3. or ③."""
    circled = chr(ord("①") + number - 1) if number <= 20 else "①"
    return rf"(?<![\d一二三四五六七八九十])(?:{to_han(number)}|{number})\s*[）)〕、.．]|{circled}"


@dataclass(frozen=True)
class _Target:
    """What can be referred to in one instrument, or in what lies below one attachment."""

    text: str
    articles: tuple[Provision, ...]
    all: tuple[Provision, ...]
    headings: frozenset[tuple[str, int]]

    @cached_property
    def numbers(self) -> dict[tuple[int, int], list[Provision]]:
        out: dict[tuple[int, int], list[Provision]] = {}
        for p in self.articles:
            if number := article_number(p):
                out.setdefault(number, []).append(p)
        return out

    @cached_property
    def starts(self) -> list[int]:
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
        numbers = {n for p in below if p.kind is Kind.ITEM for n in re.findall(r"(\d+)(?:~\d+)?$", p.path)}
        gone = [n for n in items if str(n) not in numbers and not re.search(_written(n), text)]
        return f"第{to_han(gone[0])}项" if gone else ""


def check_references(segmentation: Segmentation, corpus: Sequence[Segmentation]) -> Iterator[Draft]:
    """References to provisions that are not there, in the document itself or in another of the corpus."""
    text = segmentation.document.text
    foreign = quoted(text)
    wanted = {_key(m.title) for m in mentions(text, 0, len(text)) if m.owner is Owner.TITLED}
    titles = _titles([segmentation, *(s for s in corpus if s is not segmentation)], wanted)
    for part in parts_of(segmentation):
        own = _target(segmentation, part)
        about_another = bool(_ABOUT_ANOTHER.search(part.title))
        for provision in part.provisions:
            for start, end in lines_of(text, provision.start + len(provision.label), provision.end):
                found = [m for m in mentions(text, start, end) if not inside(foreign, m.start)]
                others = next((m.start for m in found if m.owner in (Owner.OTHER, Owner.TITLED)), end)
                for mention in found:
                    if mention.owner is Owner.BARE and (about_another or mention.start > others):
                        continue
                    # 「本法第九条」 in a 决定 is what it makes a 法 say.
                    if mention.owner is Owner.SELF and _anothers(mention, part):
                        continue
                    yield from _judge(mention, own, provision, titles)
            if not about_another:
                yield from _before(segmentation, own, provision, foreign)


def _anothers(mention: Mention, part: Part) -> bool:
    law = mention.title in ("法", "法典", "条例")
    return amends(part.title) or (law and mention.title not in part.title)


def _judge(mention: Mention, own: _Target, provision: Provision, titles: dict[str, list[_Target]]) -> Iterator[Draft]:
    if mention.owner is Owner.OTHER:
        return
    if mention.owner is Owner.TITLED:
        targets = titles.get(_key(mention.title), [])
        gone = [t.lacks(mention) for t in targets] if mention.unit != "款" else []
        if gone and all(gone):
            yield _dangling(mention, f"《{mention.title}》没有{gone[0]}", f"《{mention.title}》 has no {gone[0]}")
        return
    if mention.unit == "款":
        if provision.kind is Kind.ARTICLE:
            gone_here = own.lacks_inside(provision, max(mention.numbers), mention.items)
            if gone_here:
                yield _dangling(mention, f"本条没有{gone_here}", f"this article has no {gone_here}")
        return
    if mention.owner is Owner.BARE and mention.unit != "条":
        return
    if lacking := own.lacks(mention):
        yield _dangling(mention, f"本文没有{lacking}", f"this document has no {lacking}", sure=own.articles != ())


def _dangling(mention: Mention, zh: str, en: str, *, sure: bool = True) -> Draft:
    certain = sure and mention.owner is not Owner.BARE and not mention.paragraph and not mention.items
    return Draft(
        check=Check.DANGLING_REFERENCE,
        severity=Severity.ERROR if certain else Severity.WARNING,
        start=mention.start,
        end=mention.end,
        zh=(f"引用落空：{zh}", "核对应引用的条款，改为正确的编号；被引用的条款如有遗漏则补上"),
        en=(f"the reference leads nowhere: {en}", "correct the number, or add the provision that is missing"),
    )


def _before(
    segmentation: Segmentation, own: _Target, provision: Provision, foreign: list[tuple[int, int]]
) -> Iterator[Draft]:
    """前款 in a first 款, 前条 in a first 条."""
    if provision.kind is not Kind.ARTICLE:
        return
    text = segmentation.document.text
    below = own.below(provision)
    paragraphs = [p for p in below if p.kind is Kind.PARAGRAPH]
    for match in _BEFORE.finditer(text, provision.start, provision.end):
        if inside(foreign, match.start()) or any(
            p.kind is Kind.ITEM and p.start <= match.start() < p.end for p in below
        ):
            continue
        back = {"两": 2}.get(match.group("n"), "一二三四五六".find(match.group("n")) + 1) if match.group("n") else 1
        if match.group("unit") == "款":
            at = sum(1 for p in paragraphs if p.start <= match.start()) if paragraphs else 1
            missing = "款" if at <= back else ""
        else:
            number = article_number(provision)
            missing = "条" if number is not None and number[1] == 0 and number[0] <= back else ""
        if missing:
            yield Draft(
                check=Check.DANGLING_REFERENCE,
                severity=Severity.WARNING,
                start=match.start(),
                end=match.end(),
                zh=(
                    f"“{match.group()}”落空：其前没有{'这么多' if back > 1 else ''}{missing}",
                    "写明所指条款的编号，或补上分段",
                ),
                en=(
                    f"{match.group()} leads nowhere: nothing of that kind stands before it",
                    "name the provision meant",
                ),
            )


def _target(segmentation: Segmentation, part: Part) -> _Target:
    text = segmentation.document.text
    start, end = part.start, part.end
    inner = tuple(
        sorted((p for p in segmentation.provisions if start <= p.start and p.end <= end), key=lambda p: p.start)
    )
    headings = set()
    for span in part.headings:
        label = label_of(text, span.start, span.end)
        if label and label.mark in _UNITS:
            headings.add((_UNITS[label.mark], label.number))
    articles = tuple(p for p in inner if p.kind is Kind.ARTICLE)
    return _Target(text=text, articles=articles, all=inner, headings=frozenset(headings))


def _key(title: str) -> str:
    """A title as it is compared: no white space, no (试行), no 中华人民共和国, 〈〉 as 《》."""
    title = "".join(normalize(title).split()).replace("〈", "《").replace("〉", "》")
    return _VERSION.sub("", title).removeprefix("中华人民共和国")


def _titles(corpus: Sequence[Segmentation], wanted: set[str]) -> dict[str, list[_Target]]:
    """Title -> what it holds, of the titles that are referred to; several where the corpus has several versions."""
    out: dict[str, list[_Target]] = {}
    for segmentation in corpus if wanted else ():
        titles = {segmentation.document.title, *(p.instrument for p in segmentation.articles)}
        if wanted.isdisjoint(map(_key, titles)):
            continue
        for part in parts_of(segmentation):
            if (key := _key(part.title)) in wanted:
                out.setdefault(key, []).append(_target(segmentation, part))
    return out
