"""Titles and numbers of documents as people write them: whole, without their edition, shortened, between 《 and 》."""

from __future__ import annotations

import re
from collections.abc import Iterator

from policy_qa.citing.parts import kind_of
from policy_qa.words import normalize

STATE = "中华人民共和国"
#: What is left of a title without these says what it is about.
_SAYS_NOTHING = re.compile(
    r"若干|问题|适用|法律|的|关于|一般|有关|具体|应用|解释|批复|决定|工作|实施|管理|暂行|[一二三四五六七八九十、\d\s]"
)
#: Words that people put into a title, or leave out of it, without meaning another text.
_SLIM = re.compile(r"工作|实施|管理|暂行|试行")
#: A block of a shortened title that stands in the full one has so many characters at least.
_BLOCK = 2
#: Brackets and dashes of a document's number, marks of a title in a title, in the forms that keyboards have: one for
#: one, so that offsets stay.
_FORMS = str.maketrans("〔【[［〕】]］—–―‐‑−－〈<〉>", "(((())))" + "-" * 7 + "《《》》")
#: 云职财〔2019〕12号, 云职财2019-12号, 〔2019〕12号; on text that `folded` gave.
NUMBER = re.compile(
    r"(?P<body>[\u4e00-\u9fffa-z]{0,16}+)\s*+(?:\(\s*+(?P<year>(?:19|20)\d\d)\s*+\)\s*+第?|(?P<plain>(?:19|20)\d\d)\s*+-\s*+)"
    r"\s*+0*+(?P<count>\d{1,5})\s*+号"
)


def folded(text: str) -> str:
    """A normalised text with one form of brackets, dashes and marks of titles, character for character."""
    return text.translate(_FORMS)


def key(title: str) -> str:
    """A title as it is compared: the same for 《中华人民共和国电信条例》 and 电信条例, （一） and (一)."""
    return re.sub(r"[\W_]", "", normalize(title)).replace(STATE, "")


def says(title: str) -> bool:
    """Whether a title tells one text from others, as 若干问题的解释 and 管理办法 do not."""
    plain = normalize(title)
    return len(_SAYS_NOTHING.sub("", plain.removesuffix(kind_of(plain)))) >= 2


def shown(name: str) -> str:
    """A name of a document as a sentence shows it: a title in 《》, a number as it is."""
    return name if NUMBER.fullmatch(folded(normalize(name))) else f"《{name}》"


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


def left_out(short: str, whole: str) -> bool:
    """Whether what one title says before its kind (both as `key` gives them) is the other's with parts left out.

    公寓 and 学生公寓 of 某学院学生公寓管理: each block that is left has two characters or more; words like 管理 may be
    more or fewer.
    """
    bare = slim(short)
    if len(bare) < _BLOCK:
        return False  # 管理办法 is everybody's
    return _blocks(short, whole) or (len(bare) >= 2 * _BLOCK and bare == slim(whole))


def abbreviates(short: str, whole: str) -> bool:
    """Whether a title keeps characters of another in their order, the first among them: 危化品 of 危险化学品.

    Two are enough only where they are its first and its last: 公车 of 公务用车.
    """
    rest, bare = iter(whole), slim(short)
    if len(bare) < _BLOCK or not whole.startswith(bare[0]) or (len(bare) == _BLOCK and slim(whole)[-1:] != bare[-1]):
        return False
    return all(char in rest for char in bare)


def slim(title: str) -> str:
    """A title without words like 管理 and 试行, which people put in or leave out."""
    return _SLIM.sub("", title)


def _blocks(short: str, title: str) -> bool:
    if not short:
        return True
    for size in range(len(short), _BLOCK - 1, -1):
        if len(short) - size == 1:
            continue
        at = title.find(short[:size])
        while at >= 0:
            if _blocks(short[size:], title[at + size :]):
                return True
            at = title.find(short[:size], at + 1)
    return False
