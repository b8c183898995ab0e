"""Names that are not on file, where a question names something: a school, a place, a title, a number.

A name is a whole word in a naming place: where a clause opens, beside a name that is on file, right before a number
or a title. Elsewhere a word is part of what is asked, whatever jieba's dictionary takes it for (东西 and 加多 are
places there).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from policy_qa.citing.grammar import ordinal
from policy_qa.citing.parts import kind_of
from policy_qa.naming.institutions import (
    ASKS,
    PLACE_SUFFIX,
    SCHOOL,
    SELF,
    own_name,
    pinyin,
    proper,
    stem_of,
    whole_name,
)
from policy_qa.naming.titles import NUMBER, folded, says, slim
from policy_qa.words import common_words, normalize, pieces

_HAN = "\u4e00-\u9fff"
#: What ends a name of an institution: what it is, or a school's number (市一中, 南山二小).
_INSTITUTION = re.compile(
    rf"[{_HAN}]{{2,14}}?(?:(?:{SCHOOL})(?<!中小[学學])(?<!中小[学學]校)|教育局|教体局|教育厅|教育体育局)|"
    rf"[{_HAN}]{{0,4}}?第?[一二三四五六七八九十]{{1,2}}[中小幼](?!学)"
)
#: What may stand before a name at the opening of a clause, and between two names: grammar, closed classes.
_OPENS = re.compile(rf"(?:^|[\s,，。；;：:？?！!、（(“\"])(?:{ASKS}|\s)*+$")
_BESIDE = re.compile(r"(?:[和与跟同及、]|以及)$")
#: What follows the name of a place that is asked about, and not one that is only spoken of (上海户口, 北京出差).
_OF = re.compile(
    rf"[市县省]?(?:的|呢|[和与跟及、]|怎么|如何|有没有|对|规定|{SCHOOL}|中小学|教育|[a-z]|[？?。！!]|\s*$)"
)
#: What stands between a name and the number or the title that it owns.
_ANY_NUMBER, _NUMBERED = ordinal("编|章|节|条|款|项|部"), ordinal("编|章|条")
_OWNS = re.compile(rf"(?:的|里|中|现行|最新|\s)*+(?:{_ANY_NUMBER}|《|\x00)")
_NAME_TAGS = ("ns", "nr", "nt", "nz", "nrt", "x")
#: What runs into the letters of a number from before.
_BEFORE_NUMBER = re.compile(r"(?:.*(?:根据|依据|依照|按照|参照|请问|关于|文件|通知|的|和|与|及|按|见|对|在))?")
_BEFORE_A_NUMBER = re.compile(rf"(?P<run>[{_HAN}]{{2,24}}?)(?=的?\s*+{_NUMBERED})")
_ENGLISH_SCHOOL = "University|College|County|City|Province|School"
# Words that open an English question with a capital and belong to no name.
_ENGLISH_OPENERS = "Does|Do|Is|Are|Can|Who|What|Which|How|When|Where|Why|At|In|Of|The|For|Has|Have|Should|Must"


@dataclass(frozen=True, kw_only=True, slots=True)
class Stranger:
    """A name at [start, end) that leads to nothing on file; `place`: a place without what makes it an institution."""

    start: int
    end: int
    text: str
    place: bool = False


def strangers(text: str, places: frozenset[str], mentioned: Callable[[str], bool]) -> list[Stranger]:
    """The names of institutions and places in what is left of a question (normalised, names on file blanked out).

    `places` are place names of jieba's dictionary; what the corpus itself speaks of (`mentioned`) is a stranger only
    where it is said to own a number or a title. A title that was found is NUL characters.
    """
    out: list[Stranger] = []
    edges = {edge for span in common_words().spans(text) for edge in span}
    for match in _INSTITUTION.finditer(text):
        if match.end() not in edges:
            continue  # 停一小时
        start, name = whole_name(text, match.start(), match.end())
        owns = bool(_OWNS.match(text, match.end()))
        if not name or not (_is_name(name) or (owns and not stem_of(name))):
            continue
        if not (owns or _in_naming_place(text, start, out)) or (mentioned(name) and not owns):
            continue
        if stem_of(name):
            out.append(Stranger(start=start, end=match.end(), text=name))
    for match in _BEFORE_A_NUMBER.finditer(text):
        # 北大第七条: an abbreviation that the dictionary has for a body's name.
        word = pieces(match["run"])[-1]
        if len(word) > 1 and common_words().tag(word) in ("j", "nt", "nz") and not mentioned(word):
            out.append(Stranger(start=match.end("run") - len(word), end=match.end("run"), text=word))
    out += _places(text, places, mentioned, out)
    return sorted(out, key=lambda s: s.start)


def _is_name(name: str) -> bool:
    """Whether a word that ends as names of institutions do is the name of one: 清江学院, 市一中, but not 文学院.

    It opens with a name that the dictionary has, or with two characters of which it makes no word (临洲); one character
    before an ordinary word is what happens to somebody (受处分学校).
    """
    stem = stem_of(name)
    if stem == name or not stem:
        return bool(stem)  # a school by its number
    first, *more = pieces(PLACE_SUFFIX.sub("", stem) or stem)
    if len(first) == 1:
        return (bool(more) and len(more[0]) == 1) or (not more and bool(PLACE_SUFFIX.search(stem)))
    # One rare word may be a name whatever it is tagged (清屏学院); before other words it is a slip of the pen.
    return own_name(name) and proper(first) and (not more or common_words().tag(first) in _NAME_TAGS)


def _in_naming_place(text: str, start: int, before: Sequence[Stranger]) -> bool:
    return bool(_OPENS.search(text[:start])) or bool(
        (_BESIDE.search(text[:start]))
        and (not text[:start].strip("和与跟同及、 ") or any(s.end < start for s in before))
    )


def _places(
    text: str, places: frozenset[str], mentioned: Callable[[str], bool], others: Sequence[Stranger]
) -> list[Stranger]:
    out: list[Stranger] = []
    for size in (5, 4, 3, 2):
        for start in range(len(text) - size + 1):
            word = text[start : start + size]
            end = start + size
            area = re.match(r"[市县省]", text[end : end + 1])
            # jieba lists institutions as well (国务院, 文学院); the tag tells them apart.
            if word not in places or common_words().tag(word) == "nt" or not (area or _is_place(word, places)):
                continue
            if any(word in s.text for s in (*others, *out)):
                continue
            name = word + (area.group() if area and not PLACE_SUFFIX.search(word[2:]) else "")
            if mentioned(name) or mentioned(word) or not _OF.match(text, end):
                continue
            if _in_naming_place(text, start, (*others, *out)):
                owns = bool(_OWNS.match(text, start + len(name)))
                place = not owns and not PLACE_SUFFIX.search(name[2:])
                out.append(Stranger(start=start, end=start + len(name), text=name, place=place))
    return out


def _is_place(word: str, places: frozenset[str]) -> bool:
    """Whether a word is a place beyond doubt: jieba's dictionary has 东西 and 加多 for places, but not 东西市."""
    return len(word) > 2 or any(word + area in places for area in "市县省")


def strange_titles(text: str, everywhere: Callable[[str], bool]) -> list[tuple[int, int, str]]:
    """Titles and numbers of documents in running text that are not on file, where a number of theirs is asked for.

    What most documents speak of (`everywhere`) makes no title: 学校规定第三条 is that of any.
    """
    out = []
    for match in _BEFORE_A_NUMBER.finditer(text):
        start, name = whole_name(text, match.start("run"), match.end("run"), verbs=True)
        said = re.match(rf"(?:{ASKS})*+", name)
        start, name = start + (said.end() if said else 0), name[said.end() if said else 0 :]
        content = slim(name.removesuffix(kind_of(name)))
        if kind_of(name) and says(name) and not SELF.fullmatch(content) and not everywhere(content):
            out.append((start, match.end("run"), name))
    for match in NUMBER.finditer(folded(text)):
        start = match.start() + len(_BEFORE_NUMBER.match(match["body"]).group())  # type: ignore[union-attr]  # may be empty
        out.append((start, match.end(), text[start : match.end()]))
    return out


def english_strangers(question: str, rest: str, places: frozenset[str]) -> list[str]:
    """Names like Tsinghua University or Shanghai: capitalised, and a school's name or a place in pinyin."""
    out: dict[str, None] = {}
    for match in re.finditer(
        rf"\b((?!(?:{_ENGLISH_OPENERS})\b)[A-Z][a-z]+(?: [A-Z][a-z]+)*?) ({_ENGLISH_SCHOOL})\b", question
    ):
        # What tells a school apart comes first, Qinghe of Qinghe Experimental Middle School; on file it is no stranger.
        if normalize(match.group(1).split()[0]) in rest.split():
            out[match.group()] = None
    for match in re.finditer(r"(?<=[a-z,] )([A-Z][a-z]{4,})\b", question):
        word = normalize(match.group(1))
        if word in rest and word in _place_pinyin(places) and not any(match.group(1) in name for name in out):
            out[match.group(1)] = None
    return list(out)


@cache
def _place_pinyin(places: frozenset[str]) -> frozenset[str]:
    return frozenset(pinyin(p) for p in places if len(p) <= 3 and _is_place(p, places))
