"""The one folding of text: what is written in two ways and means the same, as it is compared."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

#: Characters without width: they are in texts from web pages and from Word, and nobody sees them.
_INVISIBLE = dict.fromkeys([*range(0x200B, 0x2010), 0x2060, 0xFEFF, 0xAD])
_MARKS = str.maketrans({"“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "—": "-", "–": "-", "―": "-", "‐": "-"})


@dataclass(frozen=True, slots=True)
class Clean:
    """A folded text; `origin[i]` is the offset, in the text that it was made of, of the character i."""

    text: str
    origin: tuple[int, ...]


def clean(text: str, *, spaces: bool = True, marks: bool = False, case: bool = False) -> str:
    """A text in one spelling: half width, no characters without width, in lower case unless `case` is kept.

    `spaces=False` leaves out white space, `marks` makes typographic quotes and dashes plain.

    >>> clean("ＣＩＯ（ 第７条 ）", spaces=False)
    'cio(第7条)'
    """
    text = text if text.isascii() else unicodedata.normalize("NFKC", text).translate(_INVISIBLE)
    text = text.translate(_MARKS) if marks else text
    text = text if spaces else "".join(text.split())
    return text if case else text.lower()


def trimmed(text: str, start: int, end: int, around: str | None = None) -> tuple[int, int]:
    """The stretch [start, end) without the white space, or other characters, around it; empty at `end` without more."""
    piece = text[start:end]
    start += len(piece) - len(piece.lstrip(around))
    return start, start + len(piece.strip(around))


def cleaned(
    text: str, start: int = 0, end: int | None = None, *, spaces: bool = True, marks: bool = False, case: bool = False
) -> Clean:
    """text[start:end] as `clean` has it, character by character, with where each character stands in the text."""
    out: list[str] = []
    origin: list[int] = []
    for i in range(start, len(text) if end is None else end):
        folded = _character(text[i], spaces=spaces, marks=marks, case=case)
        out.append(folded)
        origin += [i] * len(folded)
    return Clean("".join(out), tuple(origin))


_character = lru_cache(maxsize=65536)(clean)
