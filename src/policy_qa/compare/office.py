"""Which office or body a comparison is about, and under which names a document speaks of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from policy_qa.words import normalize

#: The heads of names of offices and bodies, as general Chinese has them.
POST = (
    r"(?:信息官|主任委员|主任|主席|组长|会长|理事长|董事长|秘书长|秘书|委员会|委员|理事会|理事|监事会|监事|董事会|董事|联络员|专员|专家组|专家|成员"
    r"|辅导员|班主任|部长|处长|科长|负责人|办公室|领导小组|工作组|小组|中心|代表人|代表|校长|院长|书记|督导|导师|仲裁员|审计员|顾问|经理|官|教师)"
)
_HEAD = re.compile(rf"{POST}$")
_TAKES = re.compile(r"(?:担任|兼任|出任|当选|当上|当|任命|聘任|任|做|成为|产生|选|聘)(?:为|的)?\s*$")
_PAREN = re.compile(r"([\u4e00-\u9fff]{2,20})\s*[（(]([^（）()]{1,60})[）)]")
_SHORT = re.compile(r"简称(?:为|[：:])?\s*[“\"「]?([a-z\u4e00-\u9fff]{2,10})")
_MEMBERS = {"监事会": "监事", "理事会": "理事", "董事会": "董事", "委员会": "委员"}


def offices_in(question: str, words: Sequence[str], texts: Sequence[str] = ()) -> frozenset[str]:
    """The offices that a question names (`words`: its content words); those that somebody is to take, if it says so.

    Words side by side are one office where one of the texts (normalised) has that: 办公室主任.
    """
    text = normalize(question)
    words = _joined(text, words, texts)
    # An abbreviation is an office where it is written as one: CIO, not cio in an English word (no \b beside Chinese).
    named = [w for w in words if _HEAD.search(w) or (w.isascii() and w.isalpha() and _abbreviates(w, question))]
    taken = [w for w in named if any(_TAKES.search(text[: m.start()]) for m in re.finditer(re.escape(w), text))]
    return frozenset(taken or named)


def _joined(text: str, words: Sequence[str], texts: Sequence[str]) -> list[str]:
    """The words, heads of offices that follow each other joined."""
    out: list[str] = []
    for word in words:
        before = out[-1] + word if out and _HEAD.search(out[-1]) and _HEAD.search(word) else ""
        if before and before in text and any(before in t for t in texts):
            out[-1] = before
        else:
            out.append(word)
    return out


def _abbreviates(word: str, question: str) -> bool:
    return bool(re.search(rf"(?<![A-Za-z]){word.upper()}s?(?![A-Za-z])", question))


def office_of_title(title: str, words: Callable[[str], list[str]]) -> frozenset[str]:
    """The office or body that a policy's title names: 首席信息官 of 《…首席信息官实施方案》."""
    return frozenset(w for w in words(normalize(title)) if len(w) > 2 and _HEAD.search(w))


def with_aliases(names: frozenset[str], texts: Iterable[str], words: Callable[[str], list[str]]) -> frozenset[str]:
    """The names together with those that the texts (normalised) give the same office: 首席信息官（CIO）."""
    known = set(names)
    pairs = [(m.group(1), a) for t in texts for m in _PAREN.finditer(t) if (a := _alias(m.group(2)))] if names else []
    # Twice: a name may be found by an alias that another document gave.
    for before, alias in pairs * 2:
        if any(before.endswith(n) for n in known):
            known.add(alias)
        elif alias in known:
            known.update(w for w in [w for w in words(before) if len(w) > 1][-1:] if _HEAD.search(w))
    return frozenset(known)


def _alias(inside: str) -> str:
    """The short name that brackets give: CIO of （Chief Information Officer，简称CIO）."""
    if short := _SHORT.search(inside):
        return short.group(1)
    return inside.strip() if re.fullmatch(r"[a-z]{2,8}", inside.strip()) else ""


def members_of(names: frozenset[str]) -> frozenset[str]:
    """How the persons of a body are called: 监事 of a 监事会."""
    return frozenset(member for name in names for body, member in _MEMBERS.items() if name.endswith(body))
