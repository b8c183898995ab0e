"""jieba's dictionary, a character at a time: 349,046 words in order, of which a question needs a few hundred.

jieba itself reads all of them into one dictionary (half a second, 60 MB), or keeps that as `marshal` in a folder that
all users share. The text that comes with jieba is sorted, so the words that begin with one character are found in it
by bisection; nothing is written, and the text is verified by its hash before it is searched.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from policy_qa.errors import PackageDamaged

#: Of `dict.txt` in jieba 0.42.1, the last release.
_SHA256 = "7197c3211ddd98962b036cdf40324d1ea2bfaa12bd028e68faa70111a88e12a8"
#: The frequencies of all words together, as jieba adds them up.
TOTAL = 60_101_967
_REINSTALL = "reinstall it: python -m pip install --force-reinstall --no-deps jieba==0.42.1"
#: Before these come some 50 words with Latin letters and digits (AA制, 阿Q), which are not in order.
_FIRST_CHINESE = "一"


@dataclass(frozen=True, kw_only=True, slots=True)
class Words:
    """The words that begin with one character: `frequency` as jieba holds it, 0 for what only begins words; `tag`."""

    frequency: Mapping[str, int]
    tag: Mapping[str, str]


@cache
def words_from(character: str) -> Words:
    """The dictionary's words that begin with a character; they are shared, never to be changed.

    Raises PackageDamaged where the dictionary is not there or not the one that jieba 0.42.1 has.
    """
    return _parsed(_lines_from(character), character)


@cache
def tagged(*tags: str) -> frozenset[str]:
    """All words of the dictionary that have one of some tags."""
    pattern = re.compile(rb"^(\S+) \d+ (?:" + b"|".join(re.escape(tag.encode()) for tag in tags) + rb")$", re.MULTILINE)
    return frozenset(match.group(1).decode("utf-8") for match in pattern.finditer(text()))


@cache
def text() -> bytes:
    """The dictionary as it comes with jieba: a line a word, with frequency and part of speech. Raises as above."""
    path = _path()
    try:
        data = path.read_bytes()
    except OSError as error:
        raise PackageDamaged(
            f"{path}: expected jieba's dictionary, found none ({error.strerror}); {_REINSTALL}"
        ) from None
    if (found := hashlib.sha256(data).hexdigest()) != _SHA256:
        raise PackageDamaged(f"{path}: expected SHA-256 {_SHA256}, found {found}; {_REINSTALL}")
    return data


def _path() -> Path:
    spec = find_spec("jieba")
    if spec is None or spec.origin is None:
        raise PackageDamaged(f"jieba: expected the package, found none; {_REINSTALL}")
    return Path(spec.origin).with_name("dict.txt")


def _lines_from(character: str) -> bytes:
    data = text()
    head = data[: _line_at(data, _FIRST_CHINESE)]
    if character < _FIRST_CHINESE:
        return head
    return head + data[_line_at(data, character) : _line_at(data, chr(ord(character) + 1))]


@cache
def _line_at(data: bytes, character: str) -> int:
    """The offset of the first line that begins with `character` or one behind it, in the part that is in order."""
    if character == _FIRST_CHINESE:
        return data.index(f"\n{character}".encode()) + 1
    wanted = character.encode("utf-8", "surrogatepass")
    low, high = _line_at(data, _FIRST_CHINESE), len(data)
    while low < high:
        start = data.rfind(b"\n", low, (low + high) // 2)
        start = low if start < 0 else start + 1
        end = data.index(b"\n", start) + 1
        if data[start:end] < wanted:
            low = end
        else:
            high = start
    return low


def _parsed(lines: bytes, character: str) -> Words:
    frequency: dict[str, int] = {}
    tag: dict[str, str] = {}
    for line in lines.decode("utf-8").splitlines():
        if not line.startswith(character):
            continue
        word, count, tag[word] = line.split(" ")
        frequency[word] = int(count)
        for end in range(1, len(word)):
            frequency.setdefault(word[:end], 0)
    return Words(frequency=frequency, tag=tag)
