"""What the styles of a Word file say about numbering, hidden text and tables of contents."""

from __future__ import annotations

import re
from dataclasses import dataclass

from policy_qa.documents.word.xml import Element, W, descend, flag, val, whole

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


@dataclass(frozen=True, kw_only=True, slots=True)
class StyleNumbering:
    """The numbering that a style gives: the list, and the styles that may be linked to a level, nearest first."""

    num: str | None = None
    level: int | None = None
    chain: tuple[str, ...] = ()


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

    def numbering(self, ident: str | None) -> StyleNumbering:
        """What the paragraph style `ident` (None: the default one) and those it is based on say of numbering."""
        chain = self._chain(ident)
        styles = [self._styles[name] for name in chain]
        return StyleNumbering(
            num=next((style.num for style in styles if style.num is not None), None),
            level=next((style.level for style in styles if style.level is not None), None),
            chain=tuple(chain),
        )

    def hidden(self, ident: str | None) -> bool | None:
        """Whether text in this style is hidden; None where no style says."""
        values = (self._styles[name].hidden for name in self._chain(ident))
        return next((value for value in values if value is not None), None)

    def is_contents(self, ident: str | None) -> bool:
        """Whether a paragraph in this style is a line of a table of contents (`toc 1`, `TOC Heading`, 目录 2)."""
        style = self._styles.get(ident or "")
        return bool(_CONTENTS.fullmatch(style.name if style else ident or ""))

    def _chain(self, ident: str | None) -> list[str]:
        chain: list[str] = []
        name = ident if ident in self._styles else self.default
        while name in self._styles and name not in chain and len(chain) < _MAX_CHAIN:
            chain.append(name)
            name = self._styles[name].parent
        return chain
