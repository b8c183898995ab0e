"""Characters that Word takes from symbol fonts, as the Unicode characters that look like them."""

from __future__ import annotations

import re

_PRIVATE = 0xF000
#: Symbol fonts put their glyphs into this part of the private use area.
IN_SYMBOL_FONT = re.compile("[\uf020-\uf0ff]")


def _row(first: int, characters: str) -> dict[int, str]:
    return {first + i: character for i, character in enumerate(characters) if character != " "}


_WINGDINGS = {
    **_row(0x6C, "●○■□❑❒◆◆◆❖◆"),
    **_row(0x80, "⓪①②③④⑤⑥⑦⑧⑨⑩⓿❶❷❸❹❺❻❼❽❾❿"),
    **_row(0x9E, "·•"),
    **_row(0xA1, "○○◉◉ ○▪□"),
    **_row(0xDF, "←→↑↓"),
    **_row(0xE7, "←→↑↓"),
    **_row(0xEF, "⇦⇨⇧⇩"),
    **_row(0xFB, "✘✔☒☑"),
    0x28: "☎",
    0x2A: "✉",
    0xAB: "★",
    0xD8: "➢",
}
_WINGDINGS_2 = {
    **_row(0x4F, "✘✔☒☑☒☒"),
    **_row(0x69, "⓪①②③④⑤⑥⑦⑧⑨⑩⓿❶❷❸❹❺❻❼❽❾❿"),
    **_row(0x96, "·●●●"),
    **_row(0x9E, "■■■□□□"),
    0xA3: "□",
}
_SYMBOL = {
    **{code: chr(code) for code in range(0x20, 0x40)},
    **_row(0x41, "ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ"),
    **_row(0x61, "αβχδεφγηιϕκλμνοπθρστυϖωξψζ"),
    **_row(0xA2, "′≤⁄∞ƒ♣♦♥♠↔←↑→↓°±″≥×∝∂•÷≠≡≈…"),
    **_row(0xC4, "⊗⊕∅∩∪⊃⊇⊄⊂⊆∈∉∠"),
    **_row(0xD5, "∏√⋅¬∧∨⇔⇐⇑⇒⇓◊"),
    0x5B: "[",
    0x5D: "]",
    0x5E: "⊥",
    0x7E: "∼",
    0xE5: "∑",
    0xF2: "∫",
}
_FONTS = {"wingdings": _WINGDINGS, "wingdings 2": _WINGDINGS_2, "symbol": _SYMBOL}


def symbol(code: int, font: str) -> str:
    """The character that a symbol font shows for `code`; empty where nothing is known to look like it.

    >>> symbol(0xF0FE, "Wingdings"), symbol(0xB3, "Symbol"), symbol(0x25A1, "宋体"), symbol(0xF0FE, "Nobody's")
    ('☑', '≥', '□', '')
    """
    table = _FONTS.get(font.strip().lower())
    if table is not None:
        return table.get(code - _PRIVATE if code >= _PRIVATE else code, "")
    usable = 0x20 <= code < 0xD800 or 0xF900 <= code < 0xFFFE
    return chr(code) if usable else ""


def plain(text: str, font: str) -> str:
    """A text whose private-use characters are replaced by what its symbol font shows for them."""
    return IN_SYMBOL_FONT.sub(lambda match: symbol(ord(match.group()), font), text)
