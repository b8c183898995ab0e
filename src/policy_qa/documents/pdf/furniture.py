"""What a page says about itself: running heads and feet, page numbers, repeated heads of tables, footnotes."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from policy_qa.documents.pdf.lines import Line, has_label, label_end


@dataclass(kw_only=True, slots=True)
class Item:
    """A line, or a table (`rows`), of one column (`region`) of a page. `key` names columns that share margins."""

    page: int
    region: int
    key: tuple[int, int, int]
    y: float
    line: Line | None = None
    rows: list[str] = field(default_factory=list)
    foot: bool = False


@dataclass(kw_only=True, slots=True)
class View:
    """A page as a reader sees it, or one half of a sheet that carries two."""

    page: int
    width: float
    height: float
    items: list[Item]


_DIGITS = re.compile(r"\d+")
_N = r"(?:\d{1,4}|[ivxlIVXL]{1,6}|[〇零一二三四五六七八九十百]{1,5})"
#: — 3 —, - 3 -, ·3·, 第3页 共10页, 3/10, Page 3 of 10: a page number and nothing else.
_MARKED_NUMBER = re.compile(
    rf"[—–―－\-~～·•.\s]+{_N}[—–―－\-~～·•.\s]+|[\[［(（]?第?\s*{_N}\s*页\s*[,，/|]?\s*(?:[（(]?\s*[共总]\s*{_N}\s*页[)）]?)?[\]］)）]?|"
    rf"共\s*{_N}\s*页\s*[,，/|]?\s*第\s*{_N}\s*页|\d{{1,4}}\s*/\s*\d{{1,4}}|(?i:page\s*\d{{1,4}}(?:\s*(?:of|/)\s*\d{{1,4}})?)"
)
_BARE_NUMBER = re.compile(r"\d{1,4}|[ivxIVX]{1,6}")
_CHAPTER = re.compile(r"第\s*\S{1,5}\s*[编章节]")
#: Heads and feet stand in so much of the page's height, from its edge.
_ZONE = 0.16
#: A line printed over more lines than these is no head.
_DEPTH = 4
#: A head that comes again does so within so many of its own kind.
_NEAR = 12
#: A head as big as text stands so many of its steps from line to line away from it.
_APART = 1.5
#: So many pages are a book.
_BOOK = 12
#: The sign with which a note at the foot of a page begins.
FOOTNOTE = re.compile(r"[①-⑳*＊※†]|[\[［〔(（]\s*\d{1,3}\s*[\]］〕)）]|\d{1,3}\s+\S|注\s*\d*\s*[:：]")


def strip_furniture(views: list[View], body: float) -> list[str]:
    """Takes heads, feet and page numbers out of the pages; returns what was taken out, each wording once."""
    repeated = _repeated(views, body)
    taken: dict[str, None] = {}
    for index, view in enumerate(views):
        for top in (True, False):
            for item, line in list(_edge(view, top=top)):
                text = " ".join(line.text.split())
                if (index, id(item)) in repeated or _is_number(view, item, line, top=top):
                    view.items = [other for other in view.items if other is not item]
                    taken.setdefault(text)
                else:
                    break
    return list(taken)


def _edge(view: View, *, top: bool) -> Iterator[tuple[Item, Line]]:
    """The lines from the edge of a page inwards, each with its item, as far as heads may stand."""
    for item in sorted(view.items, key=lambda i: i.y, reverse=not top)[:_DEPTH]:
        if item.line is None or (item.y > _ZONE * view.height if top else item.y < (1 - _ZONE) * view.height):
            return
        yield item, item.line


def _repeated(views: list[View], body: float) -> set[tuple[int, int]]:
    """The lines at the edges of pages that come again at the same height on others: (index of the page, id)."""
    seen: dict[tuple[bool, str], list[tuple[int, Item, Line]]] = defaultdict(list)
    for index, view in enumerate(views):
        for top in (True, False):
            for item, line in _edge(view, top=top):
                if has_label(line.text) and not _CHAPTER.match(line.text):
                    continue  # a provision that happens to begin the page
                wording = _DIGITS.sub("#", "".join(line.text.split()))
                seen[top, wording].append((index, item, line))
    found: set[tuple[int, int]] = set()
    counted: set[tuple[bool, int, int]] = set()
    for (top, _), places in seen.items():
        for at, (index, item, line) in enumerate(places):
            near = [p for p in places[max(0, at - _NEAR) : at + _NEAR] if p[0] != index and abs(p[1].y - item.y) <= 3]
            others = [p for p in near if _same_head(line.text, p[2].text, p[0] - index)]
            often = len({p[0] for p in others}) + 1
            counts = any(p[2].text != line.text for p in others)
            # Two short pages may begin with the same words of their own; a head is small, counts, or comes often.
            small = len(views) <= 6 and line.size < 0.95 * body
            if often >= 3 or (often == 2 and (counts or (small and not has_label(line.text)))):
                found.add((index, id(item)))
                if counts:
                    counted |= {(top, round(item.y), int(n) - index) for n in _DIGITS.findall(line.text)}
    # The head of a chapter of one page: where other heads stand, with the number that this page must have.
    for (top, _), places in seen.items():
        for index, item, line in places:
            ends = re.match(r"(\d+)\s|.*\s(\d+)$", line.text.strip())
            if ends and (top, round(item.y), int(ends.group(1) or ends.group(2)) - index) in counted:
                found.add((index, id(item)))
    return found - _own_words(views, found, body)


def _own_words(views: list[View], found: set[tuple[int, int]], body: float) -> set[tuple[int, int]]:
    """Those of the repeated lines that are the pages' own first or last words: as big as text, and where text stands.

    A head is smaller than text, or stands apart from it, or on the pages of a whole book: forms and minutes have a
    title on every page as well, but each fills one page only in small files.
    """
    kept = [[item.y for item in view.items if (i, id(item)) not in found] for i, view in enumerate(views)]
    tops, feet = sorted(min(ys) for ys in kept if ys), sorted((max(ys) for ys in kept if ys), reverse=True)
    if not found or not tops:
        return set()
    top, foot = tops[len(tops) // 10] - 2, feet[len(feet) // 10] + 2
    step = _usual_step(views)
    lines = [item.line.size for view in views for item in view.items if item.line]
    text = max(body, median(lines))  # most characters may stand in tables of small print
    own: set[tuple[int, int]] = set()
    apart: dict[tuple[bool, int], list[tuple[bool, tuple[int, int]]]] = defaultdict(list)
    for index, view in enumerate(views):
        heads = {id(item) for item in view.items if (index, id(item)) in found}
        for item in view.items:
            place = (index, id(item))
            if place not in found or item.line is None or item.line.size < 0.95 * body:
                continue
            if top <= item.y <= foot or item.line.size > 1.15 * text:
                own.add(place)
            elif gap := _gap(view, item, heads):
                apart[item.y < view.height / 2, round(item.y / 4)].append((gap >= _APART * step, place))
    for places in apart.values():
        everywhere = len(views) >= _BOOK and len({index for _, (index, _) in places}) >= 0.9 * len(views)
        if not everywhere and sum(far for far, _ in places) < 0.6 * len(places):
            own |= {place for _, place in places}
    return own


def _usual_step(views: list[View]) -> float:
    """The distance from line to line, in points, that is the most common in the file."""
    steps: Counter[float] = Counter()
    for view in views:
        for one, two in pairwise(view.items):
            if one.line and two.line and 0 < two.y - one.y < 4 * one.line.size:
                steps[round((two.y - one.y) * 2) / 2] += 1
    return max(steps, key=lambda s: (steps[s], s)) if steps else 0.0


def _gap(view: View, item: Item, heads: set[int]) -> float:
    """The widest gap from a line at the edge inwards to the first line that is no head; 0 where there is none."""
    top = item.y < view.height / 2
    inwards = sorted(
        (o for o in view.items if (o.y > item.y if top else o.y < item.y)), key=lambda o: abs(o.y - item.y)
    )
    widest, at = 0.0, item.y
    for other in inwards:
        widest, at = max(widest, abs(other.y - at)), other.y
        if id(other) not in heads:
            return widest
    return 0.0


def _same_head(one: str, two: str, pages: int) -> bool:
    """Whether two heads are the same, but for a number that counts the pages."""
    start, start2 = label_end(one), label_end(two)
    if one[:start] != two[:start2]:
        return False  # 附件1, 附件2 begin their pages
    changed = [
        (a, b) for a, b in zip(_DIGITS.findall(one[start:]), _DIGITS.findall(two[start2:]), strict=False) if a != b
    ]
    return all(int(b) - int(a) == pages for a, b in changed)


def _is_number(view: View, item: Item, line: Line, *, top: bool) -> bool:
    """Whether a line at the edge is a page number; a bare one has to stand apart from the text."""
    text = line.text.strip()
    if _MARKED_NUMBER.fullmatch(text):
        return True
    if not _BARE_NUMBER.fullmatch(text):
        return False
    others = [abs(other.y - item.y) for other in view.items if other is not item and not other.rows]
    edge = item.y < 0.12 * view.height if top else item.y > 0.88 * view.height
    return edge and (not others or min(others) > 1.5 * line.size)


def strip_repeated_table_heads(views: list[View]) -> None:
    """Takes out the first row of a table that goes on over a page where it repeats the table's head."""
    head = ""
    for before, after in pairwise(views):
        if not (before.items and after.items and before.items[-1].rows and after.items[0].rows):
            head = ""
            continue
        if len(before.items) > 1 or not head:
            head = before.items[-1].rows[0]
        if len(after.items[0].rows) > 1 and after.items[0].rows[0] == head:
            del after.items[0].rows[0]


def mark_footnotes(views: list[View], body: float) -> None:
    """Marks the small lines at the foot of a page, from the first that begins with a note's sign."""
    for view in views:
        small: list[Item] = []
        for item in reversed(view.items):
            if item.line is None or item.line.size > 0.9 * body or item.y < 0.4 * view.height:
                break
            small.insert(0, item)
        if len(small) == len(view.items):
            continue
        at = next((i for i, item in enumerate(small) if item.line and FOOTNOTE.match(item.line.text)), len(small))
        for item in small[at:]:
            item.foot = True
