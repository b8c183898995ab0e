"""A turn -> the questions in it: numbered lists, several sentences, two questions in one sentence, 「A和B」.

This is grammar: marks, numbers, and the closed class of words that ask. Nothing is dropped: the parts together hold
every word of the turn but the numbers of a list and what only joins two questions.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from policy_qa.retrieval.question import language

#: The words that ask are a closed class, in both languages; what they ask about is not looked at.
ASKS = re.compile(
    r"谁|什么|啥|哪|几|多少|多久|多长|多大|多高|多远|多深|多宽|多厚|多重|多早|多晚|多近|怎|咋|如何|为何|何时|何地|是否|能否|可否|有无|是不是|能不能|可不可以|有没有|"
    r"要不要|会不会|用不用|该不该|(?P<again>[\u4e00-\u9fff])[不没](?P=again)|[吗么呢]$"
)
_ASKS_LAST = re.compile(rf"(?:{ASKS.pattern})$")
#: 「啥都不懂」 asks nothing: whoever and whatever.
_WHATEVER = re.compile(r"(?:谁|什么|啥|哪[个里儿]?)(?=[都也])")
_ASKS_EN = re.compile(
    r"(?:who|whom|whose|what|which|when|where|why|how|is|are|was|were|do|does|did|can|could|may|might|must|should|"
    r"shall|will|would|has|have)\b",
    re.IGNORECASE,
)
_HAN = re.compile(r"[\u3400-\u9fff]")
#: The number of an item in a list of questions: 1. 2、 （1） ① 一、 (a). At the start, or set off by a space or a mark.
_ITEM = re.compile(
    r"(?:[（(](?P<bracketed>\d{1,2}|[一二三四五六七八九十])[)）]|(?P<circle>[①-⑳])|(?:^|(?<=[\s。；;？?！!，,、：:]))"
    r"(?:(?P<digit>\d{1,2})(?:[)）.．、](?!\d)|(?=\s))|(?P<han>[一二三四五六七八九十])[)）、.．](?=\S)))\s{0,8}"
)
_SENTENCE = re.compile(r"[^？?；;。！!\n]++[？?；;。！!\n]*+")
#: What stands between two questions of one sentence and belongs to neither.
_JOINS = re.compile(
    r"^(?:以及|并且|而且|还有|另外|此外|同时|然后|再就是|和|及|并|与|(?:and|also|then|plus)\b)[\s，,]{0,4}",
    re.IGNORECASE,
)
_COMMA, _AS_WELL, _PAUSE = re.compile(r"[，,]"), re.compile("以及|还有"), re.compile("、")
#: 「婚假几天 丧假几天」: who types without marks puts a space.
_SPACE = re.compile(r"(?<=[\u3400-\u9fff])\s{1,8}(?=[\u3400-\u9fff])")
#: 「留样呢，要放几天」: what is spoken of from here on, no question where one follows.
_TOPIC = re.compile(r"(?:(?!谁|什么|啥|哪|几|多少|怎|咋|何|[吗么])[^，,。\s]){1,12}呢")
_AND_EN = re.compile(r",?\s{1,8}(?:and|also)\s{1,8}(?=[a-z])|,\s{1,8}(?=[a-z])", re.IGNORECASE)
#: A clause that only says when a question applies, names the other side of a choice, or asks the same of each
#: (「甲和乙各怎么讲」), is no question of its own.
_BOUND = re.compile(
    r"各|分别|^(?:如果|若|假如|要是|当|倘若|万一|无论|不管|不论|除了|对于|关于|根据|按照|还是|或者|或|(?:if|when|or|unless)\b)",
    re.IGNORECASE,
)
_TAIL = (
    r"(?:各自|分别|都|又)?(?:是什么|是怎样的|是多少|是谁|有哪些|怎么规定的?|如何规定的?|怎样规定的?|怎么说|怎么算|怎么样|"
    r"有什么规定|的规定|方面的规定|呢)?[？?。]?$"
)
_PAIR = re.compile(
    r"(?P<head>.{0,60}(?:的|(?<=[学校院县市区局省])))(?P<all>[\u4e00-\u9fff]{2,8}(?:、[\u4e00-\u9fff]{2,8}){0,4}(?:和|与|及|以及|跟)[\u4e00-\u9fff]{2,8}?)(?P<tail>"
    + _TAIL
    + ")"
)
#: 「A和B的期限」 asks for the same of each.
_OWNERS = re.compile(
    r"(?P<head>(?:.{0,60}[，,：:])?)"
    r"(?P<all>[^\W的]{2,8}?(?:、[^\W的]{2,8}?){0,4}(?:和|与|及|以及)[^\W的]{2,8})(?P<tail>的[^，,]{2,40})"
)
_SIDES = re.compile(r"、|以及|和|与|及|跟")
_COMPARES = re.compile(r"不同|区别|差别|差异|异同|对比|比较|相比|关系|一样|冲突|矛盾|之间|互相|相互")

#: What asks for a place, which a citation tells: 「在第几条」, 「哪一条规定」, "which article says".
_WHERE = re.compile(
    r"(?:规定)?(?:是|在|见|出现在|写在)?(?:第几|哪一?)(?:编|章|节|条|款|项){1,2}(?:第几[条款项])?(?:里面?|中)?"
    r"(?:作了|有)?(?:规定|要求|写明|写|讲|说明|说|提到|明确)?(?:的是|了|的|着)?|"
    r"\b(?:in )?which (?:article|chapter|paragraph|section|item)s?\b(?: (?:says|states|covers|mentions|deals with))?",
    re.IGNORECASE,
)


def parts_of(turn: str, one_thing: Callable[[str], bool]) -> tuple[str, ...]:
    """The questions of a turn, in order, at least one; `one_thing` tells that 「A和B」 is no two matters.

    >>> parts_of("1. 谁提名 2. 任期多久", lambda _: False)
    ('谁提名', '任期多久')
    >>> parts_of("文山大学主任的任期和考核", lambda _: False)
    ('文山大学主任的任期', '文山大学主任的考核')
    """
    found = [part for item in _items(turn) for sentence in _sentences(item) for part in _pair(sentence, one_thing)]
    return tuple(found) or (turn,)


def matter_of(question: str) -> str:
    """A question without what asks where its matter stands; as it is where nothing else is left.

    >>> matter_of("住宿标准在第几条？")
    '住宿标准？'
    """
    rest = _WHERE.sub("", question)
    return rest if re.search(r"\w{2}", rest) else question


def _items(turn: str) -> list[str]:
    """The items of a list that counts from one; the turn alone where there is none. What stands before goes along."""
    marks = list(_ITEM.finditer(turn))
    numbers = [_number(m) for m in marks]
    kept: list[re.Match[str]] = []
    for mark, number in zip(marks, numbers, strict=True):
        if number == len(kept) + 1:
            kept.append(mark)
    if len(kept) < 2:
        return [turn]
    before = turn[: kept[0].start()].strip(" ：:，,\n")
    ends = [m.start() for m in kept[1:]] + [len(turn)]
    items = [turn[m.end() : end].strip(" ；;，,、") for m, end in zip(kept, ends, strict=True)]
    items = [i for i in items if re.search(r"\w", i)]
    # 「请问宜春学院CIO：1. …」 is said of each; a whole question before the list is one of its own.
    if before and (before[-1] in "？?。！!" or asks(before)):
        return [before, *items]
    return [f"{before}：{i}" if before and re.search(r"\w", before) else i for i in items]


def _number(mark: re.Match[str]) -> int:
    if circle := mark.group("circle"):
        return ord(circle) - ord("①") + 1
    number = mark.group("bracketed") or mark.group("digit") or mark.group("han")
    return int(number) if number.isdecimal() else "一二三四五六七八九十".index(number) + 1


def _sentences(text: str) -> list[str]:
    """Sentences that ask, each with the statements before it; a clause that asks behind another is its own."""
    out: list[str] = []
    waiting = ""
    for match in _SENTENCE.finditer(text):
        sentence = match.group().strip()
        if not re.search(r"\w", sentence):
            continue
        clauses = _clauses(sentence)
        clauses[0] = waiting + clauses[0]
        waiting = ""
        ended = sentence[-1] in "？?"
        if ended or asks(sentence) or not out:
            out += clauses
            if not ended and not asks(sentence):
                waiting = out.pop()
        else:
            # What follows a question without asking belongs to it: 「能报销吗？我是外聘的。」
            out[-1] += sentence
    if waiting:
        out.append(waiting)
    return out


def asks(text: str) -> bool:
    """Whether a clause has a word that asks."""
    text = text.strip(" 　，,。？?！!；;")
    return bool(ASKS.search(_WHATEVER.sub("", text)) or _ASKS_EN.match(_JOINS.sub("", text)))


def _clauses(sentence: str) -> list[str]:
    """A sentence cut where a clause that asks follows one that does.

    One that compares has its matter before it: 「要满几年，甲和乙一样吗」.
    """
    if language(sentence) == "en":
        return _cut(sentence, _AND_EN)
    parts = [sentence]
    for marks in (_COMMA, _SPACE, _AS_WELL, _PAUSE):
        parts = [piece for part in parts for piece in _cut(part, marks)]
    return parts


def _cut(sentence: str, marks: re.Pattern[str]) -> list[str]:
    out: list[str] = []
    at, gap, last = 0, "", ""
    for mark in (*marks.finditer(sentence), None):
        piece = sentence[at : mark.start() if mark else None].strip()
        if out and asks(piece) and asks(last if gap == "、" else out[-1]) and not _joined(out[-1], gap, piece):
            out.append(_JOINS.sub("", piece))
        elif out:
            out[-1] += gap + piece
        else:
            out.append(piece)
        last = piece
        at, gap = (mark.end(), mark.group()) if mark else (at, gap)
    return out if len(out) > 1 else [sentence]


def _joined(before: str, gap: str, clause: str) -> bool:
    """Whether a clause that asks is none of its own, or the one before it only introduces it: 「不管谁提出」.

    Words that ask in a row ask of one matter: 「由谁、什么时候批准」, but not 「怎么约、多少钱」.
    """
    introduces = re.match(r"(?:无论|不管|不论|whether)", before, re.IGNORECASE)
    in_a_row = gap == "、" and re.match(rf".?(?:{ASKS.pattern})", clause) and _ASKS_LAST.search(before)
    names = _TOPIC.fullmatch(before) and not _TOPIC.fullmatch(clause)
    return bool(introduces or names or in_a_row or _BOUND.search(clause) or _COMPARES.search(clause))


def _pair(sentence: str, one_thing: Callable[[str], bool]) -> list[str]:
    """「X的A和B」 as 「X的A」 and 「X的B」, and 「A和B的X」 as 「A的X」 and 「B的X」.

    It stays whole where it compares them or 「A和B」 is one thing.
    """
    owners = _OWNERS.fullmatch(sentence.strip())
    match = owners if owners and _alike(owners.group("all")) else _PAIR.fullmatch(sentence.strip())
    if not match or _COMPARES.search(sentence) or one_thing(match.group("all")):
        return [sentence]
    words = _SIDES.split(match.group("all"))
    if any(len(word) < 2 for word in words) or ASKS.search(match.group("head") + match.group("all")):
        return [sentence]
    tail = re.sub(r"^(?:各自|分别|都|又)", "", match.group("tail"))
    return [match.group("head") + word + tail for word in words]


def _alike(pair: str) -> bool:
    """Whether what is set side by side has one form: 「A证和B证」, not 「学校和企业签订」."""
    words = _SIDES.split(pair)
    return len({len(word) for word in words}) == 1 or len({word[-1:] for word in words}) == 1
