"""txt and md: bytes to text in any Chinese encoding; of Markdown, what stands between its marks of emphasis."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace

from policy_qa.documents.extracted import Extracted
from policy_qa.errors import SourceError
from policy_qa.printable import UNSEEN


def read_plain(data: bytes, source: str) -> Extracted:
    """The text of a plain file, its encoding told. Raises SourceError where no encoding fits."""
    text, encoding = decode(data, source)
    return Extracted(text=text, encoding=encoding)


# Marks of emphasis that open and close within a line, and a mark that is meant as itself (`1\\.`). Heading
# signs, list dashes and bars of tables stay: the parser knows them, and they tell where a line begins.
_EMPHASIS = re.compile(
    r"(?<![*_])(\*\*|__)(?=[^\s*_])([^\n]+?)(?<=[^\s*_])\1(?![*_])|(?<![\w*\\])\*(?=[^\s*])([^*\n]+?)(?<=\S)\*(?![\w*])"
)
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+.!|<>~-])")


def read_markdown(data: bytes, source: str) -> Extracted:
    """The text of a Markdown file without its marks of emphasis. Raises SourceError where no encoding fits."""
    extracted = read_plain(data, source)
    plain = extracted.text
    if "*" in plain or "__" in plain:
        plain = _EMPHASIS.sub(lambda match: match.group(2) or match.group(3), plain)
    if "\\" in plain:
        plain = _ESCAPED.sub(r"\1", plain)
    return replace(extracted, text=plain)


def decode(data: bytes, source: str) -> tuple[str, str]:
    """Bytes to (text, encoding): UTF-8 and UTF-16 with or without BOM, then GB18030 or Big5.

    Line ends become `\\n`, characters that show nothing are left out. Raises SourceError where no encoding fits.
    """
    found = decoded(data, lambda plain: ("utf-8", *_double_byte(plain)))
    if found is None:
        raise SourceError(
            f"{source}: expected UTF-8, UTF-16, GB18030 or Big5 text, found bytes that none of them fits; "
            "save it as UTF-8"
        )
    return found[0].translate(UNSEEN), found[1]


def decoded(data: bytes, guesses: Callable[[bytes], Iterable[str]]) -> tuple[str, str] | None:
    """Bytes to (text, encoding), line ends as `\\n`; None where no encoding fits.

    A BOM decides, then the zeros of UTF-16 without one; else the first of the `guesses` that fits all bytes.
    """
    for bom, encoding in ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if data.startswith(bom):
            candidates: Iterable[str] = (encoding,)
            data = data[len(bom) :]
            break
    else:
        # UTF-16 without BOM: half the bytes of its ASCII part (line ends, digits, markup) are zero.
        if b"\0" in data:
            candidates = ("utf-16-be" if data[::2].count(0) > data[1::2].count(0) else "utf-16-le",)
        else:
            candidates = guesses(data)
    for encoding in candidates:
        try:
            text = data.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
        if "\0" not in text:
            return text.replace("\r\n", "\n").replace("\r", "\n"), encoding
    return None


#: Where the frequent characters of a character set stand: level 1 of GB 2312 and of Big5, by the two bytes of a code.
_FREQUENT = {"gb18030": ("gb2312", 0xB0A1, 0xD7F9), "big5hkscs": ("big5hkscs", 0xA440, 0xC67E)}
#: So many characters tell an encoding.
_SAMPLE = 4_000


def _double_byte(data: bytes) -> tuple[str, ...]:
    """GB18030 and Big5, the likelier first: nearly all bytes of the one fit the other, as characters nobody writes."""
    return tuple(sorted(_FREQUENT, key=lambda encoding: -_frequent(data, encoding)))


def _frequent(data: bytes, encoding: str) -> float:
    """The share of frequent ideographs among those of a text that is decoded so; -1 where the bytes don't fit."""
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return -1.0
    codec, first, last = _FREQUENT[encoding]
    shown = [
        char.encode(codec, "replace") for char in text[:_SAMPLE] if "\u3400" <= char <= "\u9fff" or char > "\ue000"
    ]
    return sum(len(code) == 2 and first <= int.from_bytes(code) <= last for code in shown) / max(len(shown), 1)
