"""Terms that have two names by the corpus' own definitions: 首席信息官（CIO）, 大数据中心（以下简称信息中心）."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from policy_qa.datamodels import Document
from policy_qa.facts.catalogue import Versions
from policy_qa.naming.institutions import generic_in
from policy_qa.words import AND, common_words, normalize, pieces

#: What stands in brackets behind a name: another name in Latin capitals or in full, and what it is called in short.
DEFINITION = re.compile(
    r"(?P<long>[\u4e00-\u9fffA-Za-z]{2,24})\s*+[（(](?:(?P<latin>[A-Za-z][A-Za-z .\-]{3,60})[，,、]\s*+)?"
    r"(?P<declared>(?:以下|下文)?(?:统一)?(?:简称|统称|称)?(?:为|[：:])?)\s*+[“\"「]?(?P<short>[\u4e00-\u9fffA-Za-z]{2,14})[”\"」]?[）)]"
)
_LATIN = re.compile(r"[A-Z][A-Za-z]{1,7}")
#: jieba's tags of what a name is made of: nouns, names, places, nominal verbs, abbreviations, words it doesn't know.
_NOMINAL = ("n", "vn", "an", "j", "b", "s", "l", "x", "eng")


def other_names(texts: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
    """Term -> its other names, all normalised, as the texts themselves define them, both ways.

    Of several that go by one abbreviation (首席信息官 and 宜春学院首席信息官) the shorter is the term.
    """
    defined: dict[str, dict[str, str]] = defaultdict(dict)
    for text in texts:
        for match in DEFINITION.finditer(text):
            short = normalize(match["short"])
            if match["declared"] or _LATIN.fullmatch(match["short"]):
                long = _begun(normalize(match["long"]), short)
                if long and long != short:
                    defined[short].setdefault(long, normalize(match["latin"] or "").strip())
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for short, longs in defined.items():
        for long, latin in longs.items():
            if any(long != other and long.endswith(other) for other in longs):
                continue
            for other in filter(None, (short, latin)):
                found[long][other] = None
                found[other][long] = None
    return {term: tuple(names) for term, names in found.items()}


def abbreviations(texts: Iterable[str]) -> Mapping[str, str]:
    """Term -> its abbreviation in Latin letters, both normalised, the abbreviation itself included."""
    out: dict[str, str] = {}
    for term, names in other_names(texts).items():
        for latin in (n for n in names if n.isascii() and not term.isascii()):
            short = min((n for n in names if n.isascii()), key=len)
            out |= {term: short, latin: short, short: short}
    return out


def _begun(long: str, short: str) -> str:
    """The name that ends a run of characters; empty where none can be told.

    A Chinese short name keeps characters of the long one in their order (是指信息化与大数据中心: 信息中心). Otherwise
    the name goes back over nouns (构建和实行首席信息官).
    """
    if not short.isascii():
        for start in range(len(long) - len(short)):
            rest = iter(long[start:])
            if long[start] == short[0] and all(char in rest for char in short):
                return long[start:]
    at = len(long)
    cut = pieces(long)
    for i in reversed(range(len(cut))):
        joins = cut[i] in AND and i and common_words().tag(cut[i - 1]).startswith(_NOMINAL)
        if not joins and not common_words().tag(cut[i]).startswith(_NOMINAL):
            break
        at -= len(cut[i])
    return long[at:]


#: What a body has, and no common noun: members, a head, meetings, an office of its own.
_OF_A_BODY = r"的?(?:成员|组成|组长|副组长|主任|副主任|主席|委员|办公室|会议|下设|由[^，。；\n]{1,20}组成)"


def body_names(documents: Sequence[Document], versions: Versions) -> dict[str, tuple[str, ...]]:
    """Name of a body, as a title has it (信息化工作领导小组) -> the versions of the one policy that is about it."""
    found: dict[str, set[tuple[str, ...]]] = {}
    for document in documents:
        for long, short in _defined(document):
            start = next(i for i in range(len(long)) if long[i:] in document.title)
            if len(long) - start >= len(short) + 2:
                name = normalize(long[start:])
                found.setdefault(name, set()).add(versions.of_policy(document.doc_id))
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
        everyone = versions.of_policy(document.doc_id)
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
