"""The opaque names under which a model gets provisions, and where it uses them in what it writes."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

#: No I, O, Q, S, Z, 0, 1, 2, 5: they are misread for each other.
_LETTERS, _DIGITS = "ABCDEFGHJKLMNPRTUVWXY", "346789"
_SHAPE = r"[A-Za-z]\d[A-Za-z]"
_BEFORE, _AFTER = r"[〔\[［【（(｛{＜<「]", r"[〕\]］】）)｝}＞>」]"
_WORD = r"(?:条文|条款|代号|依据|来源|出处|见|第)?[\s:：]*"
_SEPARATOR = r"[\s、,，;；/和]+"
#: 〔K3F〕, [K3F、M7B], （条文 K3F）; and marks that models write unasked: [9], 【3】. 〔2018〕8号 is a document number.
_GROUP = re.compile(
    rf"{_BEFORE}\s*{_WORD}{_SHAPE}(?:{_SEPARATOR}{_WORD}{_SHAPE})*\s*{_AFTER}"
    rf"|[\[［【]\s*{_WORD}[\d\s,，、^-]{{1,12}}[\]］】]|〔\d{{1,2}}〕"
    r"|[〔\[［【]\s*(?=[0-9]*[A-Za-z])[A-Za-z0-9 :_-]{2,12}\s*[〕\]］】]",
    re.IGNORECASE,
)
_TOKEN = re.compile(rf"(?<![A-Za-z0-9]){_SHAPE}(?![A-Za-z0-9])")
#: What may be the beginning of a group or of a handle: it is waited for.
_UNFINISHED = re.compile(rf"(?:{_BEFORE}[^〕\]］】）)｝}}＞>」\n]{{0,30}}|[A-Za-z0-9]{{1,3}})\Z")
_LOOK_ALIKE = re.compile(rf"[〔\[［【]\s*({_SHAPE}|\d{{1,3}})\s*[〕\]］】]")


@dataclass(frozen=True, slots=True)
class Handles:
    """Handle -> ref, in the order in which the provisions are given."""

    refs: Mapping[str, str]

    @classmethod
    def allot(cls, refs: Sequence[str], texts: Iterable[str]) -> Handles:
        """A random handle for each ref, none of which occurs in any of the texts."""
        taken = {token.upper() for text in texts for token in _TOKEN.findall(text)}
        out: dict[str, str] = {}
        for ref in refs:
            while (handle := "".join(map(secrets.choice, (_LETTERS, _DIGITS, _LETTERS)))) in taken:
                continue
            taken.add(handle)
            out[handle] = ref
        return cls(out)

    def of(self, ref: str) -> str:
        """The handle of a ref."""
        return next(handle for handle, known in self.refs.items() if known == ref)

    def marked(self, text: str, first: int = 0) -> tuple[str, list[Named]]:
        """The text with each use of a handle as `[i]`, counted from `first`, and what these uses name.

        A handle counts with brackets of any kind or, where it is one that was given, without.
        """
        named: list[Named] = []

        def mark(match: re.Match[str]) -> str:
            tokens = [t.upper() for t in _TOKEN.findall(match.group())]
            known = tuple(self.refs[t] for t in tokens if t in self.refs)
            named.append(Named(known, unknown=len(known) < len(tokens) or not tokens))
            return f"[{first + len(named) - 1}]"

        bare = "|".join(self.refs) or r"(?!)"
        pattern = re.compile(rf"{_GROUP.pattern}|(?<![A-Za-z0-9])(?:{bare})(?![A-Za-z0-9])", re.IGNORECASE)
        return pattern.sub(mark, text), named


@dataclass(frozen=True, slots=True)
class Named:
    """One use of handles: the refs that were named, and whether something was named that was not given."""

    refs: tuple[str, ...]
    unknown: bool


def settled(text: str) -> int:
    """How much of a text that is still being written cannot turn into a handle any more."""
    match = _UNFINISHED.search(text)
    return match.start() if match else len(text)


def without_look_alikes(text: str) -> str:
    """A text from outside whose own brackets can't be taken for handles or marks."""
    return _LOOK_ALIKE.sub(r"（\1）", text)
