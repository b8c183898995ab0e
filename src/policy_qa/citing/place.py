"""What a citation names: a provision by its numbers, from the highest level that is said down."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum

from policy_qa.citing.grammar import INNER, LEVELS
from policy_qa.numerals import to_han

#: 第三条第2点 is an item, and so are 第三部分第2点 and 第三部分第2条.
_POINTS = (("条", "点"), *((outer, inner) for outer in ("部分", "点") for inner in ("条", "点")))
_HEADINGS = ("编", "分编", "章", "节")


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """A provision named by number. `kind` is 条, 章, 节, 编, 分编, 部分, 点 or 附件; 0 stands for "not given".

    `number` is -1 where only 款, 项 or 目 are named, of an article that stands elsewhere. `appendix` is the
    attachment that it stands in, `within` the headings that are named above it (`(("章", 3),)` for 第三章第五条),
    `digits` a decimal number (2.1.1), of which `number` is the last.
    """

    kind: str
    number: int
    sub: int = 0
    paragraph: int = 0
    item: int = 0
    subitem: int = 0
    row: int = 0
    appendix: int = 0
    within: tuple[tuple[str, int], ...] = ()
    digits: str = ""

    @property
    def numbers(self) -> dict[str, int]:
        """款, 项, 目 and 行 that are named, from the top down."""
        inner = zip(INNER, (self.paragraph, self.item, self.subitem, self.row), strict=True)
        return {unit: number for unit, number in inner if number}

    @property
    def inner(self) -> bool:
        """Whether something inside an article or an attachment is named, not the whole."""
        return bool(self.numbers)

    @property
    def alone(self) -> bool:
        """Whether the article is not said."""
        return self.number < 0

    @property
    def whole(self) -> Place:
        """The article or attachment that it is or stands in."""
        return replace(self, paragraph=0, item=0, subitem=0, row=0)

    @property
    def shown(self) -> str:
        """The number as a refusal repeats it: 第四条, 第二章, 附件3."""
        out = f"附件{self.appendix}" if self.appendix else ""
        out += "".join(f"第{_han(n)}{kind}" for kind, n in self.within)
        if self.kind == "附件":
            out += f"附件{self.number}"
        elif not self.alone:
            out += self.digits or f"第{_han(self.number)}{self.kind}"
        out += f"之{to_han(self.sub)}" if self.sub else ""
        parts = (f"表格第{n}行" if unit == "行" else f"第{to_han(n)}{unit}" for unit, n in self.numbers.items())
        return out + "".join(parts)

    @property
    def lowest(self) -> str:
        """The unit of the last number."""
        return [self.kind, *self.numbers][-1]

    def inside(self, article: Place) -> Place:
        """The same 款, 项 and 目 of an article that is known."""
        return replace(article, paragraph=self.paragraph, item=self.item, subitem=self.subitem, row=self.row)

    def with_number(self, unit: str, number: int) -> Place:
        """The same with another number for one of its levels, or with a level more."""
        if unit == "款":
            return replace(self, paragraph=number)
        if unit == "项":
            return replace(self, item=number)
        if unit == "目":
            return replace(self, subitem=number)
        return replace(self, row=number) if unit == "行" else replace(self, number=number, sub=0)

    def below(self, unit: str, number: int, sub: int = 0) -> Place | None:
        """What a number names inside this place; None where it names something else."""
        unit = "项" if not self.inner and (self.kind, unit) in _POINTS else unit
        if unit not in LEVELS or LEVELS.index(unit) <= LEVELS.index(self.lowest):
            return None
        if unit == "行":
            return self.with_number(unit, number) if self.kind in ("附件", "条") and not self.inner else None
        if unit in INNER:
            fits = self.kind not in _HEADINGS and (unit != "目" or self.item)
            return self.with_number(unit, number) if fits else None
        if self.kind == "附件" and not self.inner:
            return Place(kind=unit, number=number, sub=sub, appendix=self.number)
        if self.kind not in _HEADINGS:
            return None
        within = (*self.within, (self.kind, self.number))
        return Place(kind=unit, number=number, sub=sub, within=within, appendix=self.appendix)

    def beside(self, unit: str, number: int, sub: int = 0) -> Place | None:
        """What a number names that goes on a list behind this place (第一项、第三项); None where it can't."""
        if unit in INNER:
            if self.kind in _HEADINGS:
                return None
            out = self.with_number(unit, number)
            for lower in INNER[INNER.index(unit) + 1 :]:
                out = out.with_number(lower, 0)
            return out
        if unit == "节" and self.kind == "节":
            return self.with_number(unit, number)
        return Place(kind=unit, number=number, sub=sub, appendix=self.appendix if unit == "条" else 0)

    def up_to(self, unit: str, number: int) -> Iterator[Place]:
        """The places after this one to the end of a range, that end included; of a long one 50 and the end."""
        first = self.numbers.get(unit, self.number)
        for n in dict.fromkeys((*range(first + 1, min(number, first + 50) + 1), number)):
            yield self.with_number(unit, n)


#: The article before which only a 第二款 or 第三项 is said.
UNSAID = Place(kind="条", number=-1)


class Owner(Enum):
    """Whose provision a mention in a policy means."""

    BARE = "bare"  # 第三条, nothing before it: the same document
    SELF = "self"  # 本办法第三条
    HERE = "here"  # 本条第二款
    TITLED = "titled"  # 《…办法》第三条
    OTHER = "other"  # 刑法第三条, 该法第三条


@dataclass(frozen=True, kw_only=True, slots=True)
class Mention:
    """A stretch text[start:end] that names provisions. `begin` is where the words that say whose they are begin.

    `places` are what it names; `ranged` tells that they run from the first to the last. `linked` tells that it goes on
    a list that stands before it; `printed` that it is written as a heading is (四、…), so that only the name of a
    document right before it makes it a citation. `back` counts how many 款, 条 or 项 (`unit`) it goes back (前两款);
    with `unit` alone it is the 章 around it (本章) or all of an attachment without a number. `title` is the other
    document's title, or what the document calls itself (办法 of 本办法).
    """

    start: int
    end: int
    begin: int = -1
    places: tuple[Place, ...] = ()
    ranged: bool = False
    linked: bool = False
    printed: bool = False
    unit: str = ""
    back: int = 0
    owner: Owner = Owner.BARE
    title: str = ""

    @property
    def alone(self) -> bool:
        """Whether no article is said (第二款, 该条第三项), and the one before is meant."""
        return bool(self.places) and self.places[0].alone

    @property
    def only_item(self) -> bool:
        """Whether it names nothing but items of an article that is not said."""
        return self.alone and not any(place.paragraph for place in self.places)

    @property
    def needs_name(self) -> bool:
        """Whether a draft cites by it only right behind a document's name; 三、, 第三章 and 附件2 may be its own."""
        place = self.places[0]
        return self.printed or place.kind in (*_HEADINGS, "附件", "点") or bool(place.row)

    def inside(self, article: Place) -> Mention:
        """The same of an article that is known now (第二款 alone)."""
        return replace(self, places=tuple(p.inside(article) for p in self.places))

    @property
    def shown(self) -> str:
        """What it names, as a person writes it."""
        return "、".join(place.shown for place in self.places)


def _han(number: int) -> str:
    return to_han(number) if number <= 9999 else str(number)
