"""What stands beneath an answer on the command line: references inside what it cites, documents side by side."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from policy_qa.datamodels import Comparison, Referred
from policy_qa.naming.institutions import column_names

#: Of what one reference leads to, so many provisions are printed (本章 may hold forty), so many characters of each.
_MOST, _LONG = 4, 100
#: In Chinese and in English.
_WORDS = {
    "within": ("文中所引“{text}”：", "referred to, “{text}”: "),
    "missing": ("没有这一处", "there is none"),
    "more": ("……等共 {count} 处", "… {count} in all"),
    "table": ("各文件对照：", "Side by side:"),
    "differs": ("（有差异）", " (they differ)"),
    "silent": ("未作规定", "says nothing"),
}


def references(found: Sequence[Referred], lang: str) -> list[str]:
    """The references of one provision, indented; a number that is not there is said to be missing."""
    words = {name: both[lang == "en"] for name, both in _WORDS.items()}
    by_text: dict[str, list[Referred]] = {}
    for one in found:
        by_text.setdefault(" ".join(one.text.split()), []).append(one)
    out = []
    for text, each in by_text.items():
        for one in each[:_MOST]:
            what = words["missing"] if one.missing else f"{one.cite}  ({one.ref})  {shorten(one.quote)}"
            out.append(f"    ↳ {words['within'].format(text=text)}{what}")
        if len(each) > _MOST:
            out.append(f"      {words['more'].format(count=len(each))}")
    return out


def shorten(text: str, size: int = _LONG) -> str:
    """The first words of a text, on one line."""
    plain = " ".join(text.split())
    return plain if len(plain) <= size else plain[:size] + "…"


def comparison(table: Comparison, lang: str) -> list[str]:
    """A table as lists: a heading a point, below it a line a quotation, the documents' names aligned."""
    words = {name: both[lang == "en"] for name, both in _WORDS.items()}
    names = column_names(table.documents)
    size = max(map(width, names))
    out = [words["table"]]
    for row in table.rows:
        out.append(f"■ {row.label}{words['differs'] if row.differs else ''}")
        for name, cell in zip(names, row.cells, strict=True):
            lines = [f"{shorten(q.quote)}  ({q.ref})" for q in cell] or [f"— {words['silent']}"]
            for head, line in zip([name, *[""] * len(lines)], lines, strict=False):
                out.append(f"  {head}{' ' * (size - width(head))}  {line}")
    return out


def width(text: str) -> int:
    """How many columns of a terminal a text takes; a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
