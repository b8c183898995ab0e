"""The short name that a document gives to the body that it is about: 领导小组 in 《信息化工作领导小组工作办法》."""

from __future__ import annotations

from collections.abc import Sequence

from policy_qa.datamodels import Document
from policy_qa.naming.institutions import generic_in
from policy_qa.naming.terms import DEFINITION
from policy_qa.versions import Versions
from policy_qa.words import normalize


def short_names(documents: Sequence[Document], versions: Versions) -> list[tuple[str, tuple[str, ...]]]:
    """(short name, the versions of the one policy that goes by it), longest first.

    The title names the body by more than its short name (信息化工作领导小组), and the corpus never uses that for many: 学生,
    教师 and 部门, which rules define as well, are common nouns wherever 各部门 or 每名学生 stands.
    """
    found: dict[str, set[tuple[str, ...]]] = {}
    titles: dict[tuple[str, ...], list[str]] = {}
    for document in documents:
        family = versions.of(document.doc_id)
        everyone = family.doc_ids if family else (document.doc_id,)
        titles.setdefault(everyone, []).append(document.title)
        for match in DEFINITION.finditer(document.text):
            long, short = match["long"], match["short"]
            if "称" in match["declared"] and long.endswith(short) and len(long) > len(short):
                named = long[-len(short) - 2 :]
                if named in document.title and not generic_in(document.text, short):
                    found.setdefault(normalize(short), set()).add(everyone)
    out = []
    for alias, ids in found.items():
        others = sum(any(alias in title for title in group) for group in titles.values())
        if len(ids) == 1 and others <= 1:
            out.append((alias, next(iter(ids))))
    return sorted(out, key=lambda pair: -len(pair[0]))
