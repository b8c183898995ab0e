"""A text as it is compared: what may be written in two ways and means the same is written in one.

Values, words of force and names that the document itself declares to be one become marks in ⟦ ⟧; particles that
carry no claim and all punctuation but 、 are left out. Everything else stays, character by character: two
texts say the same here only if nothing was added, changed or moved.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial

from policy_qa.citing.annotate import annotate
from policy_qa.citing.clean import clean
from policy_qa.datamodels import Document
from policy_qa.naming.terms import DEFINITION
from policy_qa.values import DUTIES, PERMISSIONS, PROHIBITIONS, values_in
from policy_qa.words import alone

#: Particles, copulas and connectives without a claim of their own. 只, 仅, 都, 均, 一般, 原则上 are none.
_EMPTY = "而且|并且|同时|其中|此外|另外|以上是|的|了|并|且|是|为|即"
_AND = "、|以及|和|与|及"
#: A space between two Latin words parts them; anywhere else it is layout.
_PLAIN = re.compile(
    rf"(?P<duty>{DUTIES}|需要(?!求)|(?<![所急必军亟无不毋])需(?![求要]))|(?P<ban>{PROHIBITIONS})|(?P<may>{PERMISSIONS})"
    rf"|(?P<exempt>无须|无需|毋须|不必|不需要?)|(?P<orelse>或者|或是|或)|(?P<and>{_AND})|(?P<empty>{_EMPTY})|(?P<drop>[^\w⟦⟧/+、]+|_+)"
)
_MARKS = {
    "duty": "⟦应⟧",
    "ban": "⟦不得⟧",
    "may": "⟦可⟧",
    "exempt": "⟦不必⟧",
    "orelse": "或",
    "and": "、",
    "empty": "",
    "drop": "",
}
_LATIN_GAP = re.compile(r"(?<=[A-Za-z])[\s\-.]+(?=[A-Za-z])")
#: A short name that is the end of a longer one: beyond so many characters more than a name stands before it.
_LONG_NAME = 16
#: Before these words a name begins; what stands before them is no part of it.
_BEFORE_NAME = re.compile(
    r".*(?:设立|成立|下设|设置|设|建立|推行|实行|由|对|向|在|为|的|各|和|与|及|是|关于|中|任)(?=.{3})"
)


@dataclass(frozen=True)
class Aliases:
    """Names that are one: as written, in lower case, -> the mark that stands for them."""

    names: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def pattern(self) -> re.Pattern[str] | None:
        """Matches any of the names, the longest first."""
        if not self.names:
            return None
        words = sorted(self.names, key=len, reverse=True)
        return re.compile("|".join(map(alone, words)), re.IGNORECASE)


def aliases_of(document: Document, institution: str = "", abbreviated: Mapping[str, str] | None = None) -> Aliases:
    """The names that the document declares to be one: 学校信息化工作领导小组（以下简称领导小组）.

    A school's own name means the same as 学校, 我校 and 本校 in its rules; `abbreviated` are terms with the
    abbreviation that some document on file declares.
    """
    names = dict(abbreviated or {})
    for match in DEFINITION.finditer(document.text):
        short = " ".join(match.group("short").lower().split())
        long = _begun(match.group("long"), short)
        if "称" not in match["declared"] or long == short or not long:
            continue
        mark = names.get(short, short)
        names |= {short: mark, long.lower(): names.get(long.lower(), mark)}
        if latin := match.group("latin"):
            names.setdefault(" ".join(latin.lower().split()), mark)
    if institution.endswith(("大学", "学院", "学校", "中学", "小学", "幼儿园")):
        names |= dict.fromkeys((institution.lower(), "我校", "本校", "学校"), "学校")
    return Aliases(names)


def _begun(long: str, short: str) -> str:
    """The long name without the words before it; empty where it can't be told from them.

    A Chinese short name begins as the long one does (网络与教育技术中心: 网教中心), or is its end.
    """
    if short.isascii():
        match = _BEFORE_NAME.match(long)
        return long[match.end() :] if match else long
    rest = iter(long)
    if long.startswith(short[0]) and all(char in rest for char in short):
        return long
    return long if long.endswith(short) and len(long) <= _LONG_NAME and not _BEFORE_NAME.match(long) else ""


def encode(text: str, aliases: Aliases) -> str:
    """The text as it is compared."""
    words = partial(_words, aliases=aliases)
    # 首席信息官（CIO） names one thing once.
    return _TWICE.sub(r"\1", annotate(text, values_in(text), lambda value, _: f"⟦{value.key}⟧", between=words))


def _words(text: str, aliases: Aliases) -> str:
    plain = _LATIN_GAP.sub(" ", clean(text)).replace("⟦", "").replace("⟧", "")
    if aliases.pattern is None:
        return _PLAIN.sub(_plain, plain)
    out: list[str] = []
    at = 0
    for match in aliases.pattern.finditer(plain):
        name = aliases.names.get(match.group(), match.group())
        out += (_PLAIN.sub(_plain, plain[at : match.start()]), f"⟦={name}⟧")
        at = match.end()
    out.append(_PLAIN.sub(_plain, plain[at:]))
    return "".join(out)


def _plain(match: re.Match[str]) -> str:
    return _MARKS[match.lastgroup or "drop"]


_TWICE = re.compile(r"(⟦=[^⟧]+⟧)(?:(?:以下)?(?:简称|统称)?\1)+")


def atoms(encoded: str) -> Sequence[str]:
    """The marks and characters of an encoded text, one each."""
    return re.findall(r"⟦[^⟧]*⟧|.", encoded)
