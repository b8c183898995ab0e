"""The styles of a Word file, and its automatic numbers, counted and written out as Word shows them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from policy_qa.documents.archive import Element
from policy_qa.documents.number_forms import number_text
from policy_qa.documents.word.package import W, descend, flag, val, whole

_CONTENTS = re.compile(r"(?:toc|contents|目录)\s*(?:[1-9]|heading|标题)?", re.IGNORECASE)
#: Styles based on one another; people make chains of three or four.
_MAX_CHAIN = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class _Style:
    """`num` and `level` are its own numPr, `hidden` its own w:vanish; None where it says nothing."""

    name: str
    parent: str
    num: str | None
    level: int | None
    hidden: bool | None


class Styles:
    """The styles of one file; of a file without styles, none."""

    def __init__(self, root: Element | None) -> None:
        self._styles: dict[str, _Style] = {}
        self.default = ""
        for element in root.findall(W + "style") if root is not None else ():
            ident = element.get(W + "styleId", "")
            numbering = descend(element, "pPr", "numPr")
            self._styles[ident] = _Style(
                name=val(element, "name") or "",
                parent=val(element, "basedOn") or "",
                num=val(numbering, "numId"),
                level=whole(val(numbering, "ilvl")),
                hidden=flag(element, "rPr", "vanish"),
            )
            if element.get(W + "type") == "paragraph" and element.get(W + "default") in ("1", "true", "on"):
                self.default = ident

    def told(self, ident: str | None, what: str) -> Any:
        """What the style `ident` (None: the default one), or the nearest that it is based on, says of `num`, `level` or
        `hidden`; None where none does."""
        values = (getattr(self._styles[name], what) for name in self.chain(ident))
        return next((value for value in values if value is not None), None)

    def is_contents(self, ident: str | None) -> bool:
        """Whether a paragraph in this style is a line of a table of contents (`toc 1`, `TOC Heading`, 目录 2)."""
        style = self._styles.get(ident or "")
        return bool(_CONTENTS.fullmatch(style.name if style else ident or ""))

    def chain(self, ident: str | None) -> list[str]:
        """The style `ident` and those that it is based on, nearest first."""
        chain: list[str] = []
        name = ident if ident in self._styles else self.default
        while name in self._styles and name not in chain and len(chain) < _MAX_CHAIN:
            chain.append(name)
            name = self._styles[name].parent
        return chain


#: After these the glyph's own white half is the gap.
_NO_GAP_AFTER = tuple("、）．：】〕")
_OFF = "0"
_LEVELS = range(9)
#: Word's own limit for the pattern of a level, held for the label as well.
_MAX_LABEL = 255
#: A list names a list style, which names a list: one step in files that a program made.
_MAX_LINKS = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Level:
    """One level of a list.

    `text` is the pattern (`第%1条`), `form` the format of its own number, `gap` what stands between label and
    text. `restart` is the level (1-based) whose use makes this one start again, with every level above it;
    0 for never. `legal` turns all numbers of the pattern into decimals; `style` is the linked style.
    """

    start: int = 0
    form: str = "decimal"
    text: str = ""
    gap: str = " "
    restart: int
    legal: bool = False
    hidden: bool = False
    style: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class _List:
    """A `w:num`: the abstract list whose count it shares, its levels, and the levels that it starts anew."""

    abstract: str
    levels: dict[int, Level]
    restarted: dict[int, int]


class Numbering:
    """The lists of one file, and which paragraph belongs to which."""

    def __init__(self, root: Element | None, styles: Styles) -> None:
        self._styles = styles
        found = root if root is not None else ()
        self._abstracts = {e.get(W + "abstractNumId", ""): e for e in found if e.tag == W + "abstractNum"}
        self._nums = {e.get(W + "numId", ""): e for e in found if e.tag == W + "num"}
        self._list_of = cache(self._read)

    def place(self, properties: Element | None) -> tuple[str, int, _List] | None:
        """(numId, level from 0, the list) of a paragraph by its properties and style; None where it isn't numbered."""
        own = descend(properties, "numPr")
        style = val(properties, "pStyle")
        own_num, level = val(own, "numId"), whole(val(own, "ilvl"))
        num = own_num if own_num is not None else self._styles.told(style, "num")
        found = self._list_of(num) if num and num != _OFF else None
        if num is None or found is None:
            return None
        if level is None:
            chain = self._styles.chain(style)
            linked = [i for name in chain for i, one in found.levels.items() if one.style == name]
            level = linked[0] if linked else self._styles.told(style, "level")
        return (num, level or 0, found) if (level or 0) in found.levels else None

    def _read(self, num: str) -> _List | None:
        """The list that a numId names; None where it names none."""
        element = self._nums.get(num)
        abstract = self._abstract(element)
        if element is None or abstract is None:
            return None
        levels = _levels(self._abstracts[abstract])
        restarted: dict[int, int] = {}
        for override in element.findall(W + "lvlOverride"):
            index = _index(override)
            if index is None:
                continue
            level = override.find(W + "lvl")
            if level is not None:
                levels[index] = _level(level, index)
            start = whole(val(override, "startOverride"))
            if start is not None:
                restarted[index] = start
                if index in levels:
                    levels[index] = replace(levels[index], start=start)
        return _List(abstract=abstract, levels=levels, restarted=restarted)

    def _abstract(self, num: Element | None) -> str | None:
        """The abstract list of a `w:num`; through a list style where it only names one."""
        visited: set[str] = set()
        while num is not None:
            ident = val(num, "abstractNumId") or ""
            if ident not in self._abstracts or ident in visited or len(visited) == _MAX_LINKS:
                return None
            visited.add(ident)
            style = val(self._abstracts[ident], "numStyleLink")
            if style is None:
                return ident
            num = self._nums.get(self._styles.told(style, "num") or "")
        return None


def _levels(abstract: Element) -> dict[int, Level]:
    found = ((_index(element), element) for element in abstract.findall(W + "lvl"))
    return {index: _level(element, index) for index, element in found if index is not None}


def _index(element: Element) -> int | None:
    """The level, from 0, that an element is for; None where Word has no such level."""
    index = whole(element.get(W + "ilvl"))
    return index if index in _LEVELS else None


def _level(element: Element, index: int) -> Level:
    # The newer formats stand in mc:AlternateContent, the best one first.
    formats = [(one.get(W + "val", "decimal"), one.get(W + "format", "")) for one in element.iter(W + "numFmt")]
    form, pattern = formats[0] if formats else ("decimal", "")
    if form == "custom":
        form = f"custom:{pattern}"
    text_element = element.find(W + "lvlText")
    text = "" if text_element is None else text_element.get(W + "val", "")[:_MAX_LABEL]
    restart = whole(val(element, "lvlRestart"))
    return Level(
        start=whole(val(element, "start")) or 0,
        form=form,
        text=_bullet(text) if form == "bullet" else text,
        gap="" if val(element, "suff") == "nothing" else " ",
        restart=index if restart is None or restart > index else restart,
        legal=flag(element, "isLgl") is True,
        hidden=flag(element, "rPr", "vanish") is True,
        style=val(element, "pStyle") or "",
    )


def _bullet(text: str) -> str:
    """A bullet's sign; those of symbol fonts, which mean nothing in another font, become •."""
    return "•" if not text.strip() or text == "o" or any("\ue000" <= c <= "\uf8ff" for c in text) else text


class Counter:
    """The running counts of all lists in one story of the text (the body, the notes, the text boxes)."""

    def __init__(self, numbering: Numbering) -> None:
        self._numbering = numbering
        self._counts: dict[str, dict[int, int]] = {}
        self._begun: set[tuple[str, int]] = set()

    def label(self, properties: Element | None) -> str:
        """The label of the next paragraph with these properties, with its gap; empty where it has none."""
        place = self._numbering.place(properties)
        if place is None:
            return ""
        num, index, found = place
        level = found.levels[index]
        counts = self._advance(found, num, index)
        written = "" if level.hidden else _written(found.levels, level, index, counts)
        text = written.strip()[:_MAX_LABEL]
        if not text or text.endswith(_NO_GAP_AFTER):
            return text
        # A pattern may bring its own space (「第%1条　」 and nothing after it).
        return text + (" " if written[-1].isspace() else level.gap)

    def _advance(self, found: _List, num: str, index: int) -> dict[int, int]:
        """Count one paragraph. Lists of one abstract list share its counts, as in Word."""
        counts = self._counts.setdefault(found.abstract, {})
        levels = found.levels
        # A level above that wasn't used yet counts as used once (Microsoft KB Q110380).
        for above in range(index):
            if above not in counts and above in levels:
                counts[above] = levels[above].start
        if index in found.restarted and (num, index) not in self._begun:
            counts[index] = found.restarted[index]
        elif index in counts:
            counts[index] += 1
        else:
            counts[index] = levels[index].start
        self._begun.add((num, index))
        for deeper in [i for i in counts if i > index]:
            if deeper not in levels or index < levels[deeper].restart:
                del counts[deeper]
        return counts


def _written(levels: dict[int, Level], level: Level, index: int, counts: dict[int, int]) -> str:
    """The label's text: the pattern with the numbers of this level and those above in their own formats."""
    if level.form == "bullet":
        return level.text

    def number(match: re.Match[str]) -> str:
        which = int(match.group(1)) - 1
        if which > index or which not in levels:
            return ""
        form = levels[which].form
        return "" if form == "bullet" else number_text(counts[which], "decimal" if level.legal else form)

    return re.sub(r"%([1-9])", number, level.text)
