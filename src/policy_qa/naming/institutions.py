"""Institutions: which one a text belongs to, the short forms of its name, and what is no name but a common noun."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise, takewhile

from policy_qa.datamodels import Document
from policy_qa.facts.same import issuer_of
from policy_qa.naming.titles import STATE
from policy_qa.words import common_words, pieces

SCHOOL = r"大[学學]|[学學]院|[学學]校|中[学學]|小[学學]|幼[儿兒][园園]|中[专專]|技校|[党黨]校"
_OFFICE = (
    r"教育体育局|教育文化体育局|教育局|教体局|教育厅|教育部|教育委员会|"
    r"人民政府(?:办公室|办公厅)?|委员会|办公室|办公厅|局|厅"
)
_AREA = r"自治区|自治州|自治县|省|市|县|区|旗|州|盟"
ORG_SUFFIX = re.compile(rf"(?:{_OFFICE}|(?:职业技术|职业|师范)?(?:{SCHOOL})){{1,6}}$")
PLACE_SUFFIX = re.compile(rf"(?:{_AREA})$")
_LEADING = re.compile(rf"[\u4e00-\u9fff]{{2,14}}?(?:{SCHOOL}|{_AREA})(?=[\u4e00-\u9fffa-zA-Z])")
#: A school right behind the name of its place, told apart by more than what it is; what a notice is about is no name.
_OF_PLACE = re.compile(rf"(?:(?!关于|關於)[\u4e00-\u9fff]){{2,8}}?(?:{SCHOOL})(?=[\u4e00-\u9fffa-zA-Z])")
#: The name of a place has so many characters at most, with what kind of place it is.
_PLACE = 6
#: The last word of a body's name (办公室, 专科学校), and what any short form of it begins with.
_LAST_WORD, STEM = 4, 2
#: 市一中, 南山县第二中学: a school by its number.
_BY_NUMBER = re.compile(
    r"(?P<place>.*?)第(?P<count>[一二三四五六七八九十百]{1,3})(?P<kind>[高初]?[级等]?[中小幼职]).*$"
)
#: jieba's tags of names, and how often a word so tagged, or any other of two characters, stands in its text collection
#: before it is an ordinary one (普通 is tagged as a name, 焦作 as a noun).
_NAME_TAGS, _COMMON_NAME, _COMMON = ("ns", "nr", "nt", "nz"), 1500, 100
#: Whoever is told apart by one of these is one of many (各学校, 每名学生, 部分高校).
_QUANTIFIED = "各|每|全体|所有|任何|部分|其他|其它|有关|相关|等|类|名|位|所|个"


#: How people call what is theirs, and its editions: 我校规定, 学院制度, 新旧办法.
SELF = re.compile(rf"(?:(?:本|我|我们|全|该)?(?:{SCHOOL}|[校院局县市]|单位))?(?:新|旧|老|原|现行|最新|修订|版)*+")
#: How a question opens before a name: courtesies, prepositions, conjunctions.
ASKS = (
    "请问|问一?下|想问|我想|想|知道|了解|查一?下|查询|看一?下|解释一?下|告诉我|帮我|那么?|还有|另外|以及|如果|"
    "根据|依据|依照|按照?|关于|对于|至于|对|在|与|和|跟|同|及|比较|对比|相比"
)
#: Words that no name holds: particles, prepositions, pronouns, auxiliary verbs and what asks.
_FUNCTION_TAGS = ("p", "c", "u", "r", "y", "e", "d", "m")
_FUNCTION = frozenset(
    "的在对和与及跟同由从按给把被让问去到来离距是有为向请就你我他她它这那哪谁各每某本该说查看讲要想能会可应须"
)


@lru_cache(maxsize=8192)
def proper(stem: str) -> bool:
    """Whether a name without its suffix is a name of its own: 宜春, 云岭, but not 高等, 自然保护, 信息工程."""
    cut = pieces(stem)
    return len(stem) >= 2 and not all(_common(word) for word in cut)


def _common(word: str) -> bool:
    often, tag = common_words().frequency(word), common_words().tag(word)
    if len(word) < 2 or not often or tag == "ns":
        return False
    if tag.startswith(_NAME_TAGS):
        return often >= _COMMON_NAME or (tag == "nz" and len(word) > 2)
    return often >= _COMMON or len(word) > 2


def own_name(name: str) -> bool:
    """Whether an institution is called by a name of its own, not by what sort it is: 青山县教育局, not 自然保护区."""
    bare = PLACE_SUFFIX.sub("", stem_of(name))
    return (
        proper(bare)
        or common_words().tag(name) in ("nt", "ns")
        or (len(bare) == 1 and bool(PLACE_SUFFIX.search(stem_of(name))))
    )


def stem_of(name: str) -> str:
    """An institution's name without what kind of institution it is: 宜春 of 宜春学院, 贺兰县 of 贺兰县教育局."""
    return ORG_SUFFIX.sub("", name)


def institution_of(document: Document) -> str:
    """The school or bureau that a document belongs to, as its title or its head names it; empty where neither does."""
    return leading(document.title, document.text) or (
        document.issuer if re.search(r"[\u4e00-\u9fff]{3,}", document.issuer) else ""
    )


def institutions_of(document: Document) -> Iterator[str]:
    """The names of the institution that a text belongs to: in its title, its head, its signature."""
    found = (leading(document.title, document.text), document.issuer, issuer_of(document))
    names = dict.fromkeys(name for n in found if (name := n.removeprefix(STATE)))
    # Of 南山市第一中学 the title's 南山市 is only where it lies.
    yield from (name for name in names if not any(other != name and other.startswith(name) for other in names))


def leading(title: str, text: str = "") -> str:
    """The institution that a title begins with; empty where it begins with none.

    A school behind the name of a place is the place's unless `text` speaks of it by no other name: 南山市实验学校, but
    南山市 of 南山市民办学校管理办法.
    """
    title = title.removeprefix(STATE)
    match = _LEADING.match(title)
    name = match.group() if match else ""
    if PLACE_SUFFIX.search(name) and (school := _OF_PLACE.match(title, len(name))):
        kind = school.group()
        if text.count(kind) == text.count(name + kind) > 0:
            return name + kind
    # 中国公民因私事往来香港地区 ends as a place does, and is longer than any.
    return name if is_school(name) or len(name) <= _PLACE or "自治" in name else ""


def is_school(name: str) -> bool:
    """Whether a name ends as that of a school does."""
    return bool(re.search(rf"(?:{SCHOOL})$", name))


def short_forms(name: str, number: str = "") -> set[str]:
    """What people call an institution beside its name, as far as the name or a document's number licenses it.

    宜春 of 宜春学院, 市一中 of 南山市第一中学, 南大 where a number begins 南大发; pinyin; what `shortens` tells is not
    listed. A stem of ordinary words (阳光小学, 信息学院) is no name of its own.
    """
    place = stem_of(name)
    bare = PLACE_SUFFIX.sub("", place)
    cut = pieces(bare)
    own = "".join(word for i, word in enumerate(cut) if not any(map(_common, cut[: i + 1])))
    own = "" if common_words().tag(own) == "ns" else own  # 北京理工大学 is not 北京
    out = {form for form in (place, bare, own) if len(form) >= 2 and own_name(name)}
    out |= {pinyin(form) for form in out}
    if match := _BY_NUMBER.match(name):
        tail = match["count"] + match["kind"][-1]
        town = PLACE_SUFFIX.sub("", match["place"])
        area = match["place"][len(town) :]
        out |= {match["place"] + tail, town + tail, area + tail, tail}
    out |= _shorter(name)
    if licensed := _licensed(name, number):
        out.add(licensed)
    return {form for form in out if len(form) >= 2} - {name}


def _shorter(name: str) -> set[str]:
    """A school without what kind of place its place is: 平湖实验中学 of 平湖县实验中学; the place alone, where people
    know of one school there."""
    place = leading(name)
    town = PLACE_SUFFIX.sub("", place)
    if not is_school(name) or town == place or not proper(town):
        return set()
    return {town, pinyin(town), town + name[len(place) :]}


def _licensed(name: str, number: str) -> str:
    """The institution's own abbreviation, as the number of a document of its begins: 云职 of 云职财〔2019〕12号."""
    short = number[:2]
    at = name.find(short[1:], 1) if len(short) == 2 and name.startswith(short[0]) else -1
    return short if at > 0 and not name.startswith(short) else ""


def shortens(short: str, name: str) -> bool:
    """Whether a body's name is shortened as people do it: characters of it in their order, the first at its head, the
    last in its last word.

    >>> shortens("江洲医专", "江洲医学高等专科学校"), shortens("网信办", "网络安全与信息化工作办公室")
    (True, True)
    """
    at = [name.find(short[0])]
    for char in short[1:-1]:
        at.append(name.find(char, at[-1] + 1))
    ends = name.find(short[-1], max(at[-1] + 1, len(name) - _LAST_WORD))
    return at[0] == 0 and all(a < b for a, b in pairwise(at)) and ends >= 0


def tells_apart(short: str, name: str) -> bool:
    """Whether a shortened name keeps more than where a body lies and what it is: 江洲医专; 江洲学院 may be another."""
    alike = takewhile(lambda pair: pair[0] == pair[1], zip(reversed(short), reversed(name), strict=False))
    kind = sum(1 for _ in alike)
    return len(short) > STEM + max(kind, 1)


def generic_in(text: str, noun: str) -> bool:
    """Whether a text uses a noun for many, as 各学校 and 每名学生 do."""
    return bool(re.search(rf"(?:{_QUANTIFIED}){re.escape(noun)}|{re.escape(noun)}(?:们|等)", text))


@lru_cache(maxsize=8192)
def pinyin(name: str) -> str:
    """A name in Latin letters, without tones and spaces."""
    from pypinyin import lazy_pinyin

    return "".join(lazy_pinyin(name))


def whole_name(text: str, start: int, end: int, *, verbs: bool = False) -> tuple[int, str]:
    """Where the name that ends at `end` begins, and the name: back over words to one that no name holds.

    Titles hold `verbs` (食堂管理办法), institutions don't.
    """
    at = end
    for word in reversed(pieces(text[start:end])):
        tag = common_words().tag(word)
        if (word in _FUNCTION or tag.startswith(_FUNCTION_TAGS)) and not re.search(r"[一二三四五六七八九十]", word):
            break
        if not verbs and len(word) > 1 and tag.startswith("v") and not ORG_SUFFIX.search(word):
            break
        at -= len(word)
    return at, text[at:end]


def column_names(documents: Sequence[Document]) -> list[str]:
    """What documents side by side are called: the institution where that tells them apart, else title and edition."""
    issuers = [d.issuer for d in documents]
    return [d.issuer if d.issuer and issuers.count(d.issuer) == 1 else f"《{d.title}》{d.edition}" for d in documents]
