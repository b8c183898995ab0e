"""Names and texts of other people, made fit for a ref and for a terminal.

A file name may hold anything but `/` and NUL: a line end, an escape sequence that moves the cursor, a mark that turns
the direction of what follows, bytes that are no text. None of it may get into a ref, a report or a terminal as it is.
"""

from __future__ import annotations

import os
import re
from pathlib import PurePath, PurePosixPath

#: Control and format characters, line and paragraph separators, what stands for bytes that are no text; and a `%`
#: that reads as an escape already, so that two names never become one.
_UNFIT = re.compile(
    r"[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff"
    r"\U000e0000-\U000e007f]|%(?=[0-9A-Fa-f]{2})"
)
#: Characters that show nothing (soft hyphens, zero-width spaces, joiners, byte order marks, tags, selectors of a glyph)
#: or turn the direction of what follows. Words can be hidden in them, or behind them, from whoever reads a text.
UNSEEN = dict.fromkeys(
    (
        *(0xAD, 0x61C, 0x180E, 0xFEFF, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070)),
        *(*range(0xFE00, 0xFE10), *range(0xFFF9, 0xFFFC), *range(0xE0000, 0xE0080), *range(0xE0100, 0xE01F0)),
    )
)
#: What a terminal obeys instead of showing it, line ends and tabs aside. Zero-width joiners build emoji and stay.
_OBEYED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def source_name(path: str | PurePath) -> str:
    """A path below a corpus as it is told and stored: forward slashes, every unfit character as `%XX` of its bytes.

    >>> source_name("rules/a\\nb.txt")
    'rules/a%0Ab.txt'
    """
    text = path if isinstance(path, str) else path.as_posix()
    return _UNFIT.sub(lambda match: "".join(f"%{byte:02X}" for byte in _bytes(match.group())), text)


def doc_id_of(source: str) -> str:
    """The doc_id of a source name: its stem, so written that `doc_id#path` can be taken apart and typed.

    >>> doc_id_of("rules/通知#3.txt")
    '通知%233'
    """
    stem = PurePosixPath(source).stem.replace("#", "%23")
    return f"%2D{stem[1:]}" if stem.startswith("-") else stem


def visible(text: str) -> str:
    """A text, or a line of JSON, as a terminal may have it: what it would obey is written `\\uXXXX`."""
    return _OBEYED.sub(lambda match: f"\\u{ord(match.group()):04x}", text)


def _bytes(character: str) -> bytes:
    return os.fsencode(character) if "\udc80" <= character <= "\udcff" else character.encode("utf-8", "surrogatepass")


def shorten(text: str, size: int) -> str:
    """The first words of a text, on one line."""
    plain = " ".join(text.split())
    return plain if len(plain) <= size else plain[:size] + "…"
