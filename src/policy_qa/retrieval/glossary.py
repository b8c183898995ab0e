"""Words that mean the same: those that the corpus itself declares, 首席信息官（CIO）, and those of a school's own list.

They are data of a corpus: found in its texts, or written down by the school in `glossary.tsv` under `POLICY_QA_HOME`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from policy_qa.citing.clean import clean
from policy_qa.errors import UsageError
from policy_qa.naming.terms import DEFINITION
from policy_qa.words import alone, normalize, stop_words

#: The file's name, and the characters of a word in it.
NAME, _MOST = "glossary.tsv", 40
_LATIN = re.compile("[A-Za-z]{2,8}")
#: A name of so many characters is one; a single word before a bracket may be less.
_NAME = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class Glossary:
    """Groups of words that mean the same, as they are written."""

    groups: tuple[tuple[str, ...], ...] = ()

    def same(self, word: str) -> tuple[str, ...]:
        """What means the same as a word; all normalised."""
        groups = [tuple(map(normalize, group)) for group in self.groups]
        return tuple(dict.fromkeys(w for group in groups if word in group for w in group if w != word))

    def wording(self, question: str, text: str) -> str:
        """The question in the words of a text: where that has another word of a group, and not the question's."""
        asked, shown = clean(question, case=True), normalize(text) if self.groups else ""
        said = asked
        for group in self.groups:
            word = next((w for w in group if _pattern(w).search(asked)), "")
            if not word or any(normalize(w) in shown for w in group if normalize(w) in normalize(asked)):
                continue
            if other := max((w for w in group if normalize(w) in shown), key=len, default=""):
                asked = _pattern(word).sub(other.replace("\\", ""), asked)
        return asked if asked != said else question


@cache
def _pattern(word: str) -> re.Pattern[str]:
    return re.compile(alone(word), re.IGNORECASE)


def declared(texts: Iterable[str], words: Callable[[str], Sequence[str]]) -> tuple[tuple[str, ...], ...]:
    """The groups that texts declare; `words` cuts a stretch into words.

    Only short names that share nothing with the full one: 领导小组 for 信息化领导小组 any reader sees for himself.
    """
    found: dict[str, Counter[str]] = {}
    for text in (clean(text, case=True) for text in texts):
        for match in DEFINITION.finditer(text):
            before, short = match["long"], match["short"]
            named = bool(match["declared"] or _LATIN.fullmatch(short)) and not set(short) & set(before)
            if named and (name := _name(words(before), text)):
                found.setdefault(short, Counter())[name] += 1
    # 中小学校首席信息官 is 首席信息官 with something before it.
    own = {s: [n for n in c if not any(n != m and n.endswith(m) for m in c)] for s, c in found.items()}
    return tuple((short, *sorted(names, key=lambda n: -found[short][n])) for short, names in own.items())


def _name(words: Sequence[str], text: str) -> str:
    """The name that words before a bracket end with: as many as stand together wherever the last ones do."""
    best, seen = "", 0
    for at in range(len(words) - 1, -1, -1):
        name = "".join(words[at:])
        count = text.count(name)
        if words[at] in stop_words() or (best and count < seen and 2 * count <= seen):
            break
        if len(name) >= _NAME:
            best, seen = name, count
    return best


def read(path: Path) -> tuple[tuple[str, ...], ...]:
    """The groups of a school's glossary: a line each, two or more words apart by tabs; `#` begins a remark.

    None where there is no such file. Raises UsageError, with the line, for one that cannot be read.
    """
    try:
        lines = path.read_text("utf-8-sig").splitlines()
    except FileNotFoundError:
        return ()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: expected a text file in UTF-8, found: {error}; save it as UTF-8") from error
    out = []
    for number, line in enumerate(lines, start=1):
        if not line.strip() or line.startswith("#"):
            continue
        group = tuple(dict.fromkeys(w for cell in line.split("\t") if (w := cell.strip())))
        if len(group) < 2 or max(map(len, group)) > _MOST:
            raise UsageError(
                f"{path}, line {number}: expected two or more words apart by tabs, {_MOST} characters each at most, "
                f"found {line[:60]!r}; correct the line or begin it with #"
            )
        out.append(group)
    return tuple(out)
