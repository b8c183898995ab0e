"""The names by which people call a document: its title with and without frame, its issuer, what it defines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from policy_qa.datamodels import Document
from policy_qa.facts.catalogue import Versions
from policy_qa.facts.same import core_title, without_edition
from policy_qa.words import normalize

ORG_SUFFIX = re.compile(
    r"(?:教育体育局|教育文化体育局|教育局|教体局|教育厅|教育部|教育委员会|人民政府(?:办公室|办公厅)?|委员会|办公室|办公厅|"
    r"职业技术学院|职业学院|师范学院|师范大学|学院|大学|学校|中学|小学|幼儿园|局|厅)+$"
)
PLACE_SUFFIX = re.compile(r"(?:自治区|自治州|自治县|省|市|县|区|旗|州|盟)$")
_VERSION = re.compile(r"[（(](?:讨论稿|征求意见稿|送审稿|草案|试行|暂行|修订|修订稿|\d{4}年?.{0,6})[)）]$")
_KIND = re.compile(r"(?:工作|实施|管理|暂行)*(?:办法|规定|方案|制度|细则|条例|通知|意见|章程|规则|规程)$")
_SCHOOL = re.compile(r"大学|学院|学校|中学|小学|幼儿园")
_DEFINED = re.compile(r"([\u4e00-\u9fff]{2,16})[（(]\s*以下简称\s*[“\"「]?([\u4e00-\u9fff]{2,8})[”\"」]?\s*[)）]")
_STATE = "中华人民共和国"
#: A title without its issuer that names its documents has at least so many characters.
_CORE = 6
#: Up to so many documents, what a title is about tells one from the others (首席信息官, 领导小组). In a larger
#: collection such words are everybody's: 广告, 个体工商户 and 软件 stand in many laws beside the one named after them.
_FEW = 50
#: A date behind the name of a file: 条例(2021-07-27), 制度_2022.
_FILE_DATE = re.compile(r"[\s_（(-]*(?:19|20)\d\d(?:[-.年]?\d{1,2}){0,2}[日月年]?[)）]?$")
#: What is left of a title without these says what it is about.
_SAYS_NOTHING = re.compile(
    r"若干|问题|适用|法律|的|关于|一般|有关|具体|应用|解释|批复|决定|[一二三四五六七八九十、\d\s]"
)


class Titles:
    """Documents by the titles that people write between 《 and 》; `instruments` are those inside a file."""

    def __init__(
        self, documents: Sequence[Document], versions: Versions, instruments: Mapping[str, Sequence[str]]
    ) -> None:
        alone = _titled_alone(documents, versions)
        self._whole: dict[str, dict[str, str]] = {}
        self._short: dict[str, dict[str, str]] = {}
        self._own: set[tuple[str, str]] = set()
        for document in documents:
            doc_id, title = document.doc_id, _VERSION.sub("", document.title)
            inside = instruments.get(doc_id, ())
            for name in (document.title, _FILE_DATE.sub("", doc_id)):
                self._whole.setdefault(_key(name), {})[doc_id] = document.title if document.title in inside else ""
            for name in inside:
                self._whole.setdefault(_key(name), {})[doc_id] = name
            for name in (title, core_title(document)):
                if _says(name):
                    self._short.setdefault(_key(name), {}).setdefault(doc_id, "")
            if title != document.title or doc_id in alone:
                self._own.add((_key(document.title), doc_id))

    def find(self, quoted: str) -> tuple[Mapping[str, str], frozenset[str]]:
        """(documents with the instrument that is meant, if there are several; those whose version it names)."""
        for key in dict.fromkeys((_key(quoted), _key(without_edition(quoted)))):
            found = self._whole.get(key) or self._short.get(key)
            if key and found:
                return found, frozenset(d for d in found if (key, d) in self._own)
        return {}, frozenset()


def quoted_titles(text: str) -> Iterator[tuple[int, int]]:
    """The stretches between outer 《 and 》, marks included: one in 《关于适用《甲法》的解释》."""
    depth = start = 0
    for match in re.finditer("[《》]", text):
        if match.group() == "《":
            start, depth = (match.start(), 1) if depth == 0 else (start, depth + 1)
        elif depth:
            depth -= 1
            if not depth:
                yield start, match.end()


def _key(title: str) -> str:
    """A title as it is compared: the same for 《中华人民共和国电信条例》 and 电信条例, （一） and (一)."""
    return re.sub(r"[^\w()]|_", "", normalize(title)).replace(_STATE, "")


def _titled_alone(documents: Sequence[Document], versions: Versions) -> frozenset[str]:
    """The documents whose title, words of a version left out, no other version of the policy bears."""
    keys = {d.doc_id: _key(_VERSION.sub("", d.title)) for d in documents}
    families = ((d.doc_id, family) for d in documents if (family := versions.of(d.doc_id)))
    return frozenset(i for i, f in families if not any(keys[m] == keys[i] for m in f.doc_ids if m != i))


def _says(title: str) -> bool:
    """Whether a title tells one text from others, as 若干问题的解释 and 管理办法 do not."""
    return len(_SAYS_NOTHING.sub("", _KIND.sub("", normalize(title)))) >= 2


def aliases(
    documents: Sequence[Document], versions: Versions
) -> tuple[list[tuple[str, tuple[str, ...]]], frozenset[str]]:
    """(alias, documents), longest first, and the aliases that name one version of a policy.

    An alias of one version fits all of them, save what is its own: its number, its doc_id, its title
    with （讨论稿）. A title fits all policies that bear it; another name that would fit two is left out,
    and so is the short form of an institution that stands in another policy's title.
    """
    found: dict[str, dict[str, bool]] = {}
    names_of_titles: set[str] = set()
    short: set[str] = set()
    alone = _titled_alone(documents, versions)
    for document in documents:
        title = _VERSION.sub("", document.title)
        own = {document.doc_id, document.doc_id.replace("-", " "), document.number}
        titles = {title, title.replace(_STATE, "")}
        for name in (document.title, _FILE_DATE.sub("", document.doc_id)):
            (own if _VERSION.search(name) or document.doc_id in alone else titles).add(name)
        shared = set()
        for org in filter(None, (document.issuer, _leading_org(title))):
            names = _org_names(org)
            shared |= names
            short |= {normalize(n) for n in names - {org}}
        if not document.issuer and not _leading_org(title) and len(documents) <= _FEW:
            shared.add(_KIND.sub("", title))
        titles = {t for t in titles if _says(t)}
        names_of_titles |= {normalize(t) for t in (*titles, document.title) if _says(t)}
        for group, exact in ((own, True), ((shared | titles) - own, False)):
            for name in {normalize(n) for n in group}:
                if len(name) >= 2:
                    before = found.setdefault(name, {}).get(document.doc_id, True)
                    found[name][document.doc_id] = before and exact
    by_title = {d.doc_id: normalize(d.title) for d in documents}
    out: list[tuple[str, tuple[str, ...]]] = []
    single = set()
    for alias, holders in found.items():
        first = next(iter(holders))
        family = versions.of(first)
        everyone = family.doc_ids if family else (first,)
        if not holders.keys() <= set(everyone):
            if alias not in names_of_titles:
                continue
            families = [versions.of(d) for d in holders]
            each = [f.doc_ids if f else (d,) for d, f in zip(holders, families, strict=True)]
            everyone = tuple(dict.fromkeys(i for ids in each for i in ids))
        elif family and len(holders) == 1 and holders[first]:
            single.add(alias)
            everyone = (first,)
        if alias in short and alias not in names_of_titles and not alias.isascii():
            others = (title for d, title in by_title.items() if d not in everyone)
            if any(alias in title for title in others):
                continue
        out.append((alias, everyone))
    return sorted(out, key=lambda pair: (-len(pair[0]), pair[0])), frozenset(single)


def cores(documents: Sequence[Document]) -> list[tuple[str, tuple[str, ...]]]:
    """(title without its issuer, documents that bear it), longest first, where it says what it is and about what.

    Before a number (数据资源管理办法第三条) it names them, as it would in 《》.
    """
    found: dict[str, list[str]] = {}
    for document in documents:
        core = core_title(document)
        if len(core) >= _CORE and _KIND.search(core) and _says(core):
            found.setdefault(core, []).append(document.doc_id)
    return sorted(((core, tuple(ids)) for core, ids in found.items()), key=lambda pair: (-len(pair[0]), pair[0]))


def _leading_org(title: str) -> str:
    title = title.removeprefix(_STATE)
    match = re.match(r"[\u4e00-\u9fff]{2,12}?(?:大学|学院|学校|中学|小学|省|市|县|区)(?=[\u4e00-\u9fff])", title)
    return match.group() if match else ""


def _org_names(org: str) -> set[str]:
    """An institution's name and the short forms that people use, with their pinyin: 宜春学院, 宜春, yichun."""
    place = ORG_SUFFIX.sub("", org)
    if org.endswith("委员会") and not PLACE_SUFFIX.search(place) and not _SCHOOL.search(org):
        return {org}  # 村民 is no name of 村民委员会
    short = PLACE_SUFFIX.sub("", place)
    names = {n for n in (org, place, short) if len(n) >= 2}
    names |= {place + suffix for suffix in ("教育局", "教体局") if place.endswith(("市", "县", "区")) and place}
    for name in (place, short):
        if len(name) >= 2:
            names.add(pinyin(name))
    return {n for n in names if n}


def pinyin(name: str) -> str:
    """A name in Latin letters, without tones and spaces."""
    from pypinyin import lazy_pinyin

    return "".join(lazy_pinyin(name))


def defined_aliases(documents: Sequence[Document], versions: Versions) -> list[tuple[str, tuple[str, ...]]]:
    """Short names that a document gives to what its title is about: 领导小组 in 《信息化工作领导小组工作办法》.

    None in a large collection.
    """
    if len(documents) > _FEW:
        return []
    found: dict[str, set[tuple[str, ...]]] = {}
    titles: dict[tuple[str, ...], list[str]] = {}
    for document in documents:
        family = versions.of(document.doc_id)
        everyone = family.doc_ids if family else (document.doc_id,)
        titles.setdefault(everyone, []).append(document.title)
        for match in _DEFINED.finditer(document.text):
            if match.group(2) in document.title:
                found.setdefault(match.group(2), set()).add(everyone)
        tail = document.doc_id.replace("-", " ").split(" ", 1)[-1]
        if " " in tail:
            found.setdefault(normalize(tail), set()).add(everyone)
    out = [
        (alias, next(iter(ids)))
        for alias, ids in found.items()
        if len(ids) == 1 and sum(any(alias in t for t in group) for group in titles.values()) <= 1
    ]
    return sorted(out, key=lambda pair: -len(pair[0]))
