"""What stands beneath an answer on the command line: references inside what it cites."""

from __future__ import annotations

from collections.abc import Sequence

from policy_qa.datamodels import Referred

#: Of what one reference leads to, so many provisions are printed (本章 may hold forty), so many characters of each.
_MOST, _LONG = 4, 100
_WORDS = {
    "zh": {"within": "文中所引“{text}”：", "missing": "没有这一处", "more": "……等共 {count} 处"},
    "en": {"within": "referred to, “{text}”: ", "missing": "there is none", "more": "… {count} in all"},
}


def references(found: Sequence[Referred], lang: str) -> list[str]:
    """The references of one provision, indented; a number that is not there is said to be missing."""
    words = _WORDS[lang]
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
