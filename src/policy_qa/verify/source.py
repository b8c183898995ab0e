"""A provision at article level as what sentences are held against: its stretches between commas, ready to compare.

Each stretch knows how it may be written (brackets that only explain left out) and what it is to its neighbours (a
condition, a step, an exception, a title; whose subject it takes).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from policy_qa.datamodels import Kind, Provision, Segmentation
from policy_qa.values import values_in
from policy_qa.verify import clause_words as role
from policy_qa.verify.names import is_name, subject_of, tagged
from policy_qa.verify.normal import Aliases, encode

_PAIRS = {"（": "）", "(": ")", "《": "》", "“": "”", "「": "」", "〔": "〕", "[": "]"}
_STOPS = "。；;！？!?"
_COMMAS = "，,：:"
_BRACKET = re.compile(r"[（(]([^（）()]*)[）)]")
#: A comma that slipped into a list: 由党委办公室、教务处、保卫处，图书馆等部门组成.
_LISTED = re.compile(r"[^，。；、]{1,20}由[^，。；、]+(?:、[^，。；、]+){2,}，[^，。；、]{2,10}等[^，。；、]{0,12}组成")


@dataclass(frozen=True, kw_only=True, slots=True)
class Stretch:
    """What stands between two commas, at [start, end) of the document; `unit` counts the sentences of the article.

    `owner` is the path of the finest provision that holds it, `leads` tells that it governs that provision's items,
    `item` that its provision is one of a list. `forms` are the ways to write it.
    `subject` is the name that it opens with, as it is compared, and `noun` tells that it opens with a thing of its own.
    `topic` tells that it only names what the next one speaks of: Ⅰ级实验室，学校每月检查一次.
    `whole` tells that a full stop stands behind it.
    """

    text: str
    start: int
    end: int
    unit: int
    owner: str
    leads: bool
    item: bool
    forms: tuple[str, ...]
    subject: str = ""
    noun: bool = False
    condition: bool = False
    step: bool = False
    exception: bool = False
    goes_on: bool = False
    title: bool = False
    topic: bool = False
    whole: bool = False

    def ends(self, said: str, at: int) -> set[int]:
        """Where in `said` this stretch may end if it begins at `at`."""
        return {at + len(form) for form in self.forms if said.startswith(form, at)}


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """A provision at article level, taken apart."""

    segmentation: Segmentation = field(repr=False)
    article: Provision
    aliases: Aliases = field(repr=False)
    stretches: tuple[Stretch, ...]


def source_of(segmentation: Segmentation, article: Provision, aliases: Aliases) -> Source:
    """Takes an article apart."""
    inner = [p for p in segmentation.within(article) if p.end <= article.end and (p is article or not p.article)]
    out: list[Stretch] = []
    unit = 0
    for owner, start, end, leads in _owned(inner):
        whole = segmentation.document.text
        # The first 款 of an article begins where the article does, with its label.
        start += max((len(p.label) for p in inner if p.start == start and whole.startswith(p.label, start)), default=0)
        for a, b, mark, last in _between(whole, start, end, lines=_by_lines(owner)):
            text = whole[a:b]
            if forms := tuple(dict.fromkeys(filter(None, _forms(text, aliases)))):
                stretch = Stretch(
                    text=text,
                    start=a,
                    end=b,
                    unit=unit,
                    owner=owner.path,
                    leads=leads,
                    item=_listed(owner),
                    forms=forms,
                    **_words(text, mark, aliases),
                )
                out.append(stretch)
            unit += last
        unit += 1
    return Source(segmentation=segmentation, article=article, aliases=aliases, stretches=tuple(out))


def _by_lines(owner: Provision) -> bool:
    return owner.unit in (Kind.APPENDIX, Kind.PREAMBLE, Kind.CLOSING) or owner.kind in (Kind.APPENDIX, Kind.ROW)


def _listed(owner: Provision) -> bool:
    return owner.kind in (Kind.ITEM, Kind.SUBITEM, Kind.ROW)


def _owned(inner: list[Provision]) -> Iterator[tuple[Provision, int, int, bool]]:
    """The text in pieces that each belong to one finest provision; its label left out. True where it governs items."""
    edges = sorted({e for p in inner for e in (p.start, p.end)})
    for start, end in pairwise(edges):
        owner = max(
            (p for p in inner if p.start <= start and end <= p.end), key=lambda p: (p.start, -p.end), default=None
        )
        if owner is None:
            continue
        below = [p for p in inner if p.start == end and p.parent == owner.path and _listed(p)]
        yield owner, start, end, bool(below)


def _between(text: str, start: int, end: int, *, lines: bool) -> Iterator[tuple[int, int, str, bool]]:
    """Stretches between commas with the mark behind each, and whether a sentence ends there."""
    at = begin = start
    while at <= end:
        char = text[at] if at < end else ""
        if char in _PAIRS and char:
            stop = text.find(_PAIRS[char], at, min(end, at + 300))
            if stop > 0 and not (lines and "\n" in text[at:stop]):
                at = stop + 1
                continue
        digits = 0 < at < end - 1 and text[at - 1].isdigit() and text[at + 1].isdigit()
        stops = not char or char in _STOPS or (lines and (char in "\n|\t" or text.startswith((":\n", "：\n"), at)))
        if stops or (char in _COMMAS and not digits and not _LISTED.match(text[begin : at + 40])):
            piece = text[begin:at]
            a = begin + len(piece) - len(piece.lstrip(" \t\n\u3000\xa0#*|>-"))
            b = at - (len(piece) - len(piece.rstrip(" \t\n\u3000\xa0#*|")))
            if b > a and re.search(r"\w", text[a:b]):
                yield a, b, char or "。", stops
            begin = at + 1
        at += 1


def _words(text: str, mark: str, aliases: Aliases) -> dict[str, Any]:
    """What the words of a stretch with a mark behind it say of it."""
    bare = _BRACKET.sub("", text).strip()
    step, titled = role.is_step(text), role.is_title(text, mark)
    size = 0 if step else subject_of(bare)
    words = tagged(bare[:12]) if not size else []
    return {
        "subject": encode(bare[:size], aliases) if size else "",
        "noun": bool(size) or bool(words and words[0][2][:1] in "njt" and not step and not titled),
        "condition": role.is_condition(text) and not step and not titled,
        "step": step,
        "exception": role.is_exception(text),
        "goes_on": role.goes_on(text),
        "title": titled and not is_name(text),
        "topic": _names_a_topic(bare),
        "whole": mark not in "；;，,：:",
    }


#: What only names a topic is not longer, and has none of these.
_TOPIC, _PREDICATES = 16, re.compile("[是为系由任]")


def _names_a_topic(text: str) -> bool:
    if len(text) > _TOPIC or _PREDICATES.search(text):
        return False
    words = tagged(text)
    value = bool(values_in(text)) and values_in(text)[-1].end == len(text)
    return bool(words) and not value and not any(tag.startswith("v") and tag != "vn" for _, _, tag in words)


def _forms(text: str, aliases: Aliases) -> Iterator[str]:
    """The ways to write a stretch: whole, and without brackets that only explain."""
    yield encode(text, aliases)
    yield encode(_BRACKET.sub(lambda m: "" if role.may_be_left_out(m.group(1)) else m.group(), text), aliases)
