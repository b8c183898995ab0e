"""txt and md: bytes to text in any Chinese encoding; of Markdown, what stands between its marks of emphasis."""

from __future__ import annotations

import re
from dataclasses import replace

from policy_qa.documents.extracted import Extracted
from policy_qa.errors import SourceError


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
    """Bytes to (text, encoding): UTF-8 and UTF-16 with or without BOM, then GB18030.

    Line ends become `\\n`. Raises SourceError where no encoding fits.
    """
    for bom, encoding in ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if data.startswith(bom):
            candidates: tuple[str, ...] = (encoding,)
            data = data[len(bom) :]
            break
    else:
        # UTF-16 without BOM: half the bytes of its ASCII part (line ends, digits) are zero.
        if b"\0" in data:
            even, odd = data[::2].count(0), data[1::2].count(0)
            candidates = ("utf-16-be",) if even > odd else ("utf-16-le",)
        else:
            candidates = ("utf-8", "gb18030")
    for encoding in candidates:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text.replace("\r\n", "\n").replace("\r", "\n"), encoding
    raise SourceError(
        f"{source}: expected UTF-8, UTF-16 or GB18030 text, found bytes that none of them fits; save it as UTF-8"
    )
