"""The short name that a document gives to the body that it is about: 领导小组 in 《信息化工作领导小组工作办法》."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from policy_qa.datamodels import Document
from policy_qa.facts.catalogue import Versions
from policy_qa.naming.institutions import generic_in
from policy_qa.naming.terms import DEFINITION
from policy_qa.words import normalize

#: What a body has, and no common noun: members, a head, meetings, an office of its own.
_OF_A_BODY = r"的?(?:成员|组成|组长|副组长|主任|副主任|主席|委员|办公室|会议|下设|由[^，。；\n]{1,20}组成)"


def body_names(documents: Sequence[Document], versions: Versions) -> dict[str, tuple[str, ...]]:
    """Name of a body, as a title has it (信息化工作领导小组) -> the versions of the one policy that is about it."""
    found: dict[str, set[tuple[str, ...]]] = {}
    for document in documents:
        family = versions.of(document.doc_id)
        for long, short in _defined(document):
            start = next(i for i in range(len(long)) if long[i:] in document.title)
            if len(long) - start >= len(short) + 2:
                name = normalize(long[start:])
                found.setdefault(name, set()).add(family.doc_ids if family else (document.doc_id,))
    return {name: next(iter(ids)) for name, ids in found.items() if len(ids) == 1}


def short_names(documents: Sequence[Document], versions: Versions) -> list[tuple[str, tuple[str, ...]]]:
    """(short name, the versions of the one policy that goes by it), longest first.

    The title names the body by more than its short name (信息化工作领导小组), the text speaks of it as of a body,
    and most of where the corpus has the name is there, none of it for many: 学生, 教师 and 部门, which rules define
    as well, are common nouns (每名学生, 各部门).
    """
    found: dict[str, set[tuple[str, ...]]] = {}
    titles: dict[tuple[str, ...], list[str]] = {}
    for document in documents:
        family = versions.of(document.doc_id)
        everyone = family.doc_ids if family else (document.doc_id,)
        titles.setdefault(everyone, []).append(document.title)
        for _, short in _defined(document):
            found.setdefault(normalize(short), set()).add(everyone)
        tail = normalize(document.doc_id.replace("-", " ").partition(" ")[2])
        if " " in tail:
            found.setdefault(tail, set()).add(everyone)  # it-leading-group: leading group
    out = []
    for alias, ids in found.items():
        others = sum(any(alias in title for title in group) for group in titles.values())
        own = next(iter(ids))
        here, elsewhere = (sum(d.text.count(alias) for d in documents if (d.doc_id in own) is w) for w in (True, False))
        if len(ids) == 1 and others <= 1 and (here > elsewhere or alias.isascii()):
            out.append((alias, own))
    return sorted(out, key=lambda pair: -len(pair[0]))


def _defined(document: Document) -> Iterator[tuple[str, str]]:
    """(name before the brackets, short name) of the bodies that a document is about."""
    for match in DEFINITION.finditer(document.text):
        long, short = match["long"], match["short"]
        if "称" in match["declared"] and long.endswith(short) and long[-len(short) - 2 :] in document.title:
            speaks = re.search(re.escape(short) + _OF_A_BODY, document.text)
            if len(long) > len(short) and speaks and not generic_in(document.text, short):
                yield long, short
