"""Which texts are texts of one policy.

The same body gave them the same title, versions' words left out, and what they say is alike; texts of
two bodies never are. Where a body is unknown, what they say decides.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from enum import IntEnum
from functools import lru_cache
from itertools import combinations

from policy_qa.citing.parts import kind_of
from policy_qa.datamodels import Document
from policy_qa.words import normalize

#: Share of the shorter text's runs of four characters that the other has: with the same title from the same
#: body; where a body or what the title is about is unknown; with a title that is only nearly the same.
_SAME, _UNKNOWN, _NEAR = 0.08, 0.4, 0.7
#: So many characters that titles share name a matter; two are mostly 学生, 信息, 安全.
_MATTER = 3
#: What a draft calls itself.
DRAFT_WORDS = (
    "讨论稿|征求意见稿|公开征求意见稿|征询意见稿|送审稿|审议稿|报批稿|草案|修订草案|修订稿|修改稿|初稿|草稿|意见稿"
)
_EDITION_WORDS = (
    rf"{DRAFT_WORDS}|试行|暂行|修订|修正|修改|新修订|正式稿|定稿|终稿|印发稿|发布稿|现行|废止|已废止|旧版|新版|旧|新"
)
_YEAR = r"(?:19|20)\d\d\s*年?(?:\d{1,2}月)?(?:\d{1,2}日)?"
_BRACKETED = re.compile(
    rf"[（(\[〔【]\s*+(?:第?[一二三四五六七八九十\d]+(?:次稿?|稿|版)|{_YEAR})?\s*+"
    rf"(?:第[一二三四五六七八九十\d]+次)?(?:{_EDITION_WORDS}|年?版|版|印发|发布|公布|制定|通过|第?[一二三四五六七八九十\d]+稿|稿)*\s*+[)）\]〕】]"
)
_BARE = re.compile(rf"(?:{DRAFT_WORDS}|修订版|修正版|正式稿|定稿|(?:19|20)\d\d年?版|[vV]\d+(?:\.\d+)*)$")
_TRIAL = re.compile(r"(?:试行|暂行)(?=办法|规定|细则|条例|制度|方案|规程|规则|准则|守则)")
_PLAIN_YEAR = re.compile(r"(?<![\d—~至-])(?:19|20)\d\d(?:[—~至-](?:19|20)?\d\d)?\s*(?:学年|年度|年)?(?!\d)")
_NOTICE = re.compile(r"^(?:.{0,40}?关于)?(?:印发|发布|公布|颁布|下发|实施)《?(.+?)》?的?\s*+(?:通知|公告|决定|通告)$")
_KIND = re.compile(
    r"(?:实施细则|实施办法|实施方案|工作方案|管理办法|管理规定|细则|办法|规定|方案|制度|条例|通知|意见|章程|规则|规程|标准|规范|决定|"
    r"准则|守则|指南|要点|计划|规划|纲要|法|解释|解读|说明|问答|预案|机制|流程|清单|目录|表|附件)$"
)
#: What makes a text another one, however like the titles are: about the policy, beside it, one of a series.
_ABOUT = re.compile(
    r"\([一二三四五六七八九十]+\)|补充|解读|图解|问答|说明|附件|附表|答记者问|废止|修改.{0,20}的决定|宣传|汇编"
)
_SCHOOL = re.compile(r"大学|学院|学校|中学|小学|幼儿园|附[中小属]|医院")
_ANYBODY = re.compile(
    r"^(?:各|全国?|本|我|中等?|小|市|县|区|省|某|高等|职业|普通)*"
    r"(?:中小学校?|学校|学院|大学|高校|中学|小学|幼儿园|教育局|教体局|教育厅|办公室|委员会|中心|局|厅)?$"
)
_BUREAU = re.compile(r"教育(?:和|与)?体育局|教体局|教育文化体育局")
_ORG_HEAD = re.compile(r"[\u4e00-\u9fff]{2,12}?(?:大学|学院|学校|中学|小学|省|市|县|区)(?=[\u4e00-\u9fff])")
_SIGNED = re.compile(r"^[\u4e00-\u9fff]{2,20}(?:大学|学院|学校|中学|小学|幼儿园|局|厅|委员会|人民政府)$")


def groups(documents: Sequence[Document]) -> tuple[tuple[str, ...], ...]:
    """The doc_ids that are texts of one policy, two or more each; needs no day."""
    group = {d.doc_id: [d] for d in documents}
    for a, b in _pairs(documents):
        one, other = group[a.doc_id], group[b.doc_id]
        # A text without an issuer must not bring those of two bodies together.
        if one is not other and _one_policy(a, b) and all(_bodies(p, q) != "two" for p in one for q in other):
            one += other
            group.update((d.doc_id, one) for d in other)
    order = {doc_id: i for i, doc_id in enumerate(group)}
    several = {id(held): held for held in group.values() if len(held) > 1}
    return tuple(tuple(sorted((d.doc_id for d in held), key=order.__getitem__)) for held in several.values())


def _pairs(documents: Sequence[Document]) -> Iterator[tuple[Document, Document]]:
    """Pairs whose titles may be one: the same, first, and then those of one kind that share most characters."""
    by_core: dict[str, list[Document]] = defaultdict(list)
    for document in documents:
        if core := core_title(document):
            by_core[core].append(document)
    for same in by_core.values():
        yield from combinations(same, 2)
    cores: dict[str, list[tuple[str, Counter[str]]]] = defaultdict(list)
    for core in by_core:
        cores[kind_of(core)].append((core, Counter(core)))
    for alike in cores.values():
        alike.sort(key=lambda entry: len(entry[0]))
        for at, (core, letters) in enumerate(alike):
            for other, others in alike[at + 1 :]:
                if len(other) > len(core) + max(2, len(core) // 3):
                    break
                if _alike(core, letters, other, others):
                    yield from ((a, b) for a in by_core[core] for b in by_core[other])


def _alike(a: str, letters: Counter[str], b: str, others: Counter[str]) -> bool:
    """Whether the shorter title's characters stand in the longer one in order, or all but a few are shared."""
    # The first test is implied by the second and decides nearly all pairs in a tenth of its time.
    if len(letters.keys() - others.keys()) > 1 or (letters & others).total() < len(a) - 1:
        return False
    rest = iter(b)
    return len(a) >= 6 and all(char in rest for char in a)


def without_edition(title: str) -> str:
    """A title without 「关于印发…的通知」 and the words of a version at its end: （讨论稿）, （2022年修订）."""
    text = re.sub(r"\s+", "", title).strip("《》")
    if match := _NOTICE.match(text):
        text = match.group(1).strip("《》")
    before = ""
    while before != text:
        before = text
        text = _BARE.sub("", _BRACKETED.sub("", text))
    return text


@lru_cache(maxsize=4096)
def _core(title: str, issuer: str) -> str:
    text = without_edition(normalize(title))
    text = _PLAIN_YEAR.sub("", _TRIAL.sub("", text))
    place = place_of(issuer)
    for name in filter(None, (normalize(issuer), place, re.sub(r"[省市县区]$", "", place) if len(place) > 2 else "")):
        if text.startswith(name) and len(text) > len(name) + 1:
            text = text[len(name) :]
            break
    return text.removeprefix("关于").strip("的《》")


def core_title(document: Document, title: str = "") -> str:
    """The title (or another one in the document) without the words of a version, years, 「关于印发…的通知」 and the
    issuer; normalised."""
    return _core(title or document.title, issuer_of(document))


def subject_of(document: Document) -> str:
    """What a document's title says that it is about: 公务用车 of 某学院公务用车管理办法."""
    return _KIND.sub("", core_title(document))


def one_matter(documents: Sequence[Document]) -> bool:
    """Whether over two thirds of documents' titles, of whatever body, share what they are about: 首席信息官."""
    subjects = [subject_of(document) for document in documents]
    runs = (s[at : at + _MATTER] for s in subjects for at in range(len(s) - _MATTER + 1))
    return any(3 * sum(run in subject for subject in subjects) > 2 * len(subjects) for run in runs)


def issuer_of(document: Document) -> str:
    """Who issued it, as far as the text tells: its head, its title, its signature; empty where that is anybody."""
    found = [document.issuer]
    if match := _ORG_HEAD.match(without_edition(document.title)):
        found.append(match.group())
    lines = [line for raw in document.text[-400:].split("\n")[1:] if (line := "".join(raw.split()))]
    found += [line for line in lines[-4:] if _SIGNED.match(line)]
    return next((name for name in found if name and not _ANYBODY.match(name)), "")


def place_of(issuer: str) -> str:
    """The place or school that a body belongs to: 贺兰县 of 贺兰县教育体育局."""
    return re.sub(
        r"(?:中共)?(.*?)(?:教育和?体育局|教育文化体育局|教育局|教体局|教育厅|人民政府(?:办公室|办公厅)?|委员会|办公室|办公厅)$",
        r"\1",
        issuer,
    )


def _bodies(a: Document, b: Document) -> str:
    """Whether two texts come from `one` body, from `two`, or that is `unknown`."""
    x, y = (_BUREAU.sub("教育局", normalize(issuer_of(d))).removeprefix("中共") for d in (a, b))
    if not x or not y:
        x, y = (re.sub(r"[〔\[（(].*", "", d.number)[:1] for d in (a, b))
        return "two" if x and y and x != y else "unknown"
    short, long = sorted((x, y), key=len)
    if short == long:
        return "one"
    rest = long.replace(short, "", 1)
    return "one" if short in long and not _SCHOOL.search(rest) else "two"


def _one_policy(a: Document, b: Document) -> bool:
    x, y = core_title(a), core_title(b)
    if kind_of(x) != kind_of(y) or _ABOUT.findall(x) != _ABOUT.findall(y):
        return False
    bodies = _bodies(a, b)
    if bodies == "two":
        return False
    if x != y:
        least = _NEAR
    elif bodies == "one" and len(_KIND.sub("", x)) >= 2 and not _yearly(a) and not _yearly(b):
        # 实施方案 and 管理办法 alone are titles that any policy may have.
        least = _SAME
    else:
        least = _UNKNOWN
    return overlap(a, b) >= least


def _yearly(document: Document) -> bool:
    """Whether a year belongs to the matter, as in 《2023年招生工作方案》, and doesn't name a version."""
    return bool(_PLAIN_YEAR.search(_BARE.sub("", _BRACKETED.sub("", re.sub(r"\s+", "", normalize(document.title))))))


def overlap(a: Document, b: Document) -> float:
    """Share of the shorter text's runs of four characters that the other has, in [0, 1]."""
    x, y = sorted((_grams(a.text), _grams(b.text)), key=len)
    return len(x & y) / len(x) if x else 0.0


@lru_cache(maxsize=64)
def _grams(text: str) -> frozenset[str]:
    flat = re.sub(r"[^\w]+", "", normalize(text))
    return frozenset(flat[i : i + 4] for i in range(len(flat) - 3))


class Level(IntEnum):
    """The level of who issued a text, the highest first."""

    STATE = 0
    PROVINCE = 1
    CITY = 2
    COUNTY = 3
    SCHOOL = 4
    UNKNOWN = 5


# The levels of the constitution's Article 30 by the words that end their names; grammar of names, no list of places.
_LEVELS = (
    (Level.SCHOOL, re.compile(r"大学|学院|学校|中学|小学|幼儿园|医院")),
    (Level.STATE, re.compile(r"^(?:中华人民共和国|中共中央|全国|国务院|国家)|^[\u4e00-\u9fff]{2,8}部(?:办公厅)?$")),
    (Level.PROVINCE, re.compile(r"^[\u4e00-\u9fff]{2,8}?(?:省|自治区)|^(?:北京|上海|天津|重庆)市|厅$")),
    (Level.COUNTY, re.compile(r"^[\u4e00-\u9fff]{2,8}?[县旗区]")),
    (Level.CITY, re.compile(r"^[\u4e00-\u9fff]{2,8}?[市州盟]")),
)


def level_of(document: Document) -> Level:
    """The level of the body that issued a text."""
    issuer = issuer_of(document)
    return next((level for level, pattern in _LEVELS if pattern.search(issuer)), Level.UNKNOWN)


def is_above(high: Document, low: Document) -> bool:
    """Whether a text is a higher rule to another: of the state, or of the place that the other speaks of."""
    levels = level_of(high), level_of(low)
    if Level.UNKNOWN in levels or levels[0] >= levels[1]:
        return False
    place = re.sub(r"(?:省|市|县|区|自治区)$", "", place_of(issuer_of(high)))
    return levels[0] is Level.STATE or (len(place) >= 2 and place in issuer_of(low) + low.text)
