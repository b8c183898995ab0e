"""What a decision that amends another text wants done there: words to replace, provisions to delete, add, renumber.

Only the frame is read, never what stands between quotation marks: each quotation is one character of the private use
area while the grammar looks at a sentence. Numbers are read as in questions. The verbs are the fixed formulas of such
decisions (立法技术规范（试行）（二）), a closed grammar like that of numbers: what is in none of them is said to be not
understood.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise

from policy_qa.citing.find import places_in
from policy_qa.citing.grammar import ordinal
from policy_qa.citing.parts import QUOTES, closings
from policy_qa.citing.place import Place
from policy_qa.facts.closing import CITED
from policy_qa.numerals import NUMERAL_CHARS, parse_number

Span = tuple[int, int]
_FIRST, _LAST = 0xE000, 0xF8FF
_MOST = 2_000
Q, P = "[\ue000-\uf8ff]", "[^\ue000-\uf8ff]"
TO = r"(?:修改|修正|修订|调整|替换|变更|更改|更换|改|表述)(?:为|成|作)"
MORE = r"(?:增加|新增|增设|增写|增补|补充|插入|加入|加上|添加)"
#: What new text follows, be it quoted or not.
_NEW_TEXT = re.compile(rf"(?:{TO}|{MORE}{P}{{1,24}})$")
#: A heading that is quoted to say whose item is meant: “三、报名办法”第（一）项.
_HEADING = re.compile(rf"(?:第\s*+)?(?P<n>[{NUMERAL_CHARS}]{{1,3}})(?:、|部分)[^。；\n]{{0,40}}$")
_ITS_PART = re.compile(rf"\s*+[中的]?第\s*+[（(]?[{NUMERAL_CHARS}]")
#: A quotation has ended with its own full stop, and the next sentence begins behind its mark.
_NEXT = re.compile(rf"(?<={Q})\s*+(?=原|将|其|以下|以后|相应|条文|序号|同时|后续|此后|第)")


@dataclass(frozen=True, slots=True)
class Masked:
    """A text whose quotations are one character each, with where its characters come from."""

    raw: str
    text: str
    origin: tuple[int, ...]
    quoted: tuple[tuple[Span, ...], ...]

    def spans(self, marks: str) -> list[tuple[Span, ...]]:
        """The quotations among some characters, each by its paragraphs."""
        return [self.quoted[ord(c) - _FIRST] for c in marks if _FIRST <= ord(c) <= _LAST]

    def paragraphs(self, marks: str) -> tuple[Span, ...]:
        """The paragraphs of all quotations among some characters."""
        return tuple(span for quotation in self.spans(marks) for span in quotation)

    def words(self, quotation: tuple[Span, ...]) -> str:
        """The words of a quotation."""
        return self.raw[quotation[0][0] : quotation[-1][1]] if quotation else ""


def mask(text: str) -> Masked:
    """Each outer quotation as one character, and what stands unquoted behind 修改为： to the end of its line.

    A paragraph inside a quotation may open with a mark of its own. A heading whose item is meant is 第三部分.
    """
    out: list[str] = []
    origin: list[int] = []
    quoted: list[tuple[Span, ...]] = []
    closed = closings(text)
    at = 0
    while at < len(text):
        char = text[at]
        span: Span | None = None
        if len(quoted) < _MOST:
            if char in QUOTES:
                span = (at + 1, closed[at]) if at in closed else None
            elif at and text[at - 1] in ":：" and _NEW_TEXT.search("".join(out[-40:-1])):
                end = text.find("\n", at)
                end = len(text) if end < 0 else end
                bare = text[at:end].strip()
                span = (at, end) if bare and bare[0] not in QUOTES else None
        if span and (heading := _HEADING.match(text, *span)) and _ITS_PART.match(text, span[1] + 1):
            named = f"第{heading.group('n')}部分"
            out += named
            origin += [at] * len(named)
            at = span[1] + 1
            continue
        origin.append(at)
        if span is None:
            out.append(" " if _FIRST <= ord(char) <= _LAST else char)
            at += 1
            continue
        out.append(chr(_FIRST + len(quoted)))
        quoted.append(tuple(_paragraphs(text, *span, char)))
        at = max(span[1] + (char in QUOTES), at + 1)
    origin.append(len(text))
    return Masked(text, "".join(out), tuple(origin), tuple(quoted))


def _paragraphs(text: str, start: int, end: int, opens: str) -> Iterator[Span]:
    """The paragraphs of a quotation without the marks that open them again."""
    for line in re.compile(r"\S[^\n]*").finditer(text, start, end):
        first, last = line.start(), line.start() + len(line.group().rstrip())
        again = opens in QUOTES and text[first] == opens and "\n" in text[start:first]
        if first + again < last:
            yield first + again, last


def sentences(text: str) -> Iterator[Span]:
    """The sentences of a masked text. A line that ends in a colon goes on with the quotations below it."""
    lines: list[Span] = []
    goes_on = False
    for line in re.finditer(r"[^\n]*\S[^\n]*", text):
        if goes_on and re.match(rf"\s*{Q}", line.group()):
            lines[-1] = lines[-1][0], line.end()
        else:
            lines.append(line.span())
            goes_on = line.group().rstrip().endswith((":", "："))
    for start, end in lines:
        for match in re.compile(r"[^。；;！]+").finditer(text, start, end):
            edges = [match.start(), *(m.start() for m in _NEXT.finditer(text, *match.span())), match.end()]
            yield from ((a, b) for a, b in pairwise(edges) if text[a:b].strip())


_N = f"[{NUMERAL_CHARS}]"
_QS = rf"{Q}(?:\s*+[、和及与或]?\s*+{Q}){{0,20}}+"
_GONE = r"(?:删去|删除|删掉|去掉|取消|废止)"
_EACH = r"(?:均|都|分别|统一|相应|全部|一律|予以|一并|同时|依次|顺次)*+"
_CALLED = r"(?:一词|字样|的?表述|的?规定|的?内容)?\s*+"
_WORDS = re.compile(rf"(?P<old>{_QS}){_CALLED}{_EACH}{TO}\s*+[:：]?\s*+(?P<new>{_QS})")
_GONE_WORDS = re.compile(rf"{_GONE}(?P<where>{P}{{0,60}})(?P<old>{_QS})")
_WORDS_GONE = re.compile(rf"(?P<where>{P}{{0,60}})(?P<old>{_QS}){_CALLED}{_EACH}{_GONE}")
_BESIDE = re.compile(rf"(?P<mark>{Q}){_CALLED}之?(?P<side>[后前])面?\s*+{MORE}{P}{{0,8}}(?P<new>{Q})")
_ADD = re.compile(
    rf"^(?P<where>.{{0,60}}?){MORE}\s*+(?P<count>[{NUMERAL_CHARS}两]{{1,3}})?\s*+个?(?P<unit>条|款|项|目|章|节)(?:规定|内容)?"
    rf"\s*+[，,]?\s*+(?:(?:作为|列为|编为|为|即)(?P<as>(?:(?![:：]){P}){{1,30}}))?\s*+[:：]?\s*+(?P<new>{_QS})?"
)
_APPEND = re.compile(
    rf"^(?P<where>.{{2,40}}?)(?:的?(?:末尾|最后|句末|结尾|之后|后面|后|中))?\s*+{MORE}"
    rf"(?:(?![条款项目]){P}){{0,10}}\s*+(?P<new>{_QS})"
)
_RENUMBER = re.compile(rf"^(?P<old>{P}{{0,60}}?){_EACH}(?:{TO}|顺延为|作为)\s*+(?P<new>{P}{{2,60}})$")
_REPLACE = re.compile(rf"^(?P<where>{P}{{0,60}}?)(?:的?(?:内容|条文|全文|规定))?\s*+{TO}\s*+[:：]?\s*+(?P<new>{_QS})")
_DELETE = re.compile(rf"^(?P<where>{P}{{0,60}}?){_EACH}{_GONE}(?P<where2>{P}{{0,60}})$")
_SHIFT = re.compile(
    r"(?:条|款|项|序号|顺序|编号)[^，。]{0,12}?"
    r"(?:顺延|递延|递推|后移|前移|依次类推|(?:依次|相应|顺次|一并|作)[^，。]{0,4}?调整|重新编号)"
)
_EVERYWHERE = re.compile(r"全文|通篇|文中|各条|所有|全部|统一|(?:办法|规定|制度|细则|规则|章程)中")
_DOES = re.compile(rf"{TO}|{_GONE}|{MORE}|顺延|调整|[条款项]作为")
_AMENDS = re.compile(r"修改|修正|修订|调整|补充|增加|删去|删除|废止")
_LABEL = re.compile(rf"[\s#>*-]*+(?:[（(]?{_N}{{1,4}}(?:[)）、.．]))?\s*+")
_TITLED = re.compile(
    r"(?:修改|修订|修正|调整|补充|变更|更正).{0,80}(?:决定|通知|公告|通告|意见|函|办法)(?:[（(][^）)]{1,8}[）)])?$"
)
#: 关于修改《…》等三个文件的决定 names one of those that it amends.
_SEVERAL = re.compile(r"》等.{1,8}[件个部项份]")
_RESTS_ON = re.compile(r"(?:根据|依据|按照|依照|贯彻|落实|执行|遵照|符合|参照)[^，。对将把]{0,10}$")
#: What a text that is no decision must say for it to amend another.
_PLAINLY = re.compile(rf"》[^。\n]{{0,30}}第[^。\n]{{1,40}}(?:{TO}|{MORE})")
_OPENING = re.compile(r"^\s*+(?:并|同时|其中|决定|现)*+[，,]?\s*+(?:将|把|对|在|原)?(?=.)\s*+")
_NUMBERED = re.compile(rf"第\s*[（(]?{_N}")
_ARTICLE = re.compile(ordinal("条|部分|章|节|编"))
_BELOW = re.compile(rf"[、，,和及与以]\s*(?=第\s*+[（(]?{_N}{{1,4}}[)）]?\s*+[款项目])")
_BRACKETED = re.compile(rf"[（(]\s*({_N}{{1,4}})\s*[)）](?!\s*项)")
_BESIDES = re.compile(
    rf"(?:[第之]\s*+)?[（(]?{_N}++[)）]?\s*+(?:分编|部分|[条款项目章节编点])?|附件|的?(?:内容|全文|条文|规定)|[第的原将和及与至到、，,—～-]"
)
_COUNT = {"两": 2, "": 1}


class Act(StrEnum):
    """What is to be done."""

    WORDS = "replace words"
    INSERT = "insert words"
    REPLACE = "replace"
    DELETE = "delete"
    ADD = "add"
    RENUMBER = "renumber"
    SHIFT = "number anew"
    UNREAD = "not understood"


_PLAIN_ACTS = (Act.WORDS, Act.REPLACE, Act.INSERT, Act.ADD)


@dataclass(frozen=True, kw_only=True, slots=True)
class Instruction:
    """One thing that a decision wants done in the text `title` (`number`), said at [start, end) of the decision.

    `where` are the places meant (empty: the whole text), in the numbering before the decision. `old` are the words
    there that are replaced or deleted, or beside which `new` is put (`after` tells on which side; without `old`, at
    the end of the place). `new` are stretches of the decision, paragraphs of one quotation; `to` the numbers that
    something gets, `unit` and `count` what is added.
    """

    act: Act
    title: str = ""
    number: str = ""
    start: int = 0
    end: int = 0
    where: tuple[Place, ...] = ()
    old: str = ""
    new: tuple[Span, ...] = ()
    to: tuple[Place, ...] = ()
    unit: str = ""
    count: int = 1
    after: bool = True


def instructions(text: str, title: str) -> Iterator[Instruction]:
    """What a text of this title wants done in others, in its order."""
    titled = bool(_TITLED.search(title))
    if not titled and not _PLAINLY.search(text):
        return
    masked = mask(text)
    own = CITED.search(title) if titled and not _SEVERAL.search(title) else None
    target = (own.group("title"), own.group("number") or "") if own else None
    place: Place | None = None
    for start, end in sentences(masked.text):
        if masked.text[start:end].strip(" \u3000#*") == title:
            continue
        label = _LABEL.match(masked.text, start, end)
        at = label.end() if label else start
        named = _target(masked.text, at, end, titled=titled)
        if named:
            # 《解释》 may be short for what the title names in full.
            if target is None or named.group("title") not in target[0] or named.group("number"):
                target = (named.group("title"), named.group("number") or "")
            place, at = None, named.end()
        if target is None or not (titled or named):
            continue
        lead = len(masked.text[start:end]) - len(masked.text[start:end].lstrip())
        source = masked.origin[start + lead], masked.origin[end]
        for act in _acts(masked.text[at:end], place, masked):
            if not titled and act.act not in _PLAIN_ACTS:
                continue
            if act.where and act.where[-1].kind in ("条", "部分", "点"):
                place = act.where[-1]
            yield replace(act, title=target[0], number=target[1], start=source[0], end=source[1])


def _target(text: str, start: int, end: int, *, titled: bool) -> re.Match[str] | None:
    """The title in a sentence whose text is amended: 对《…》作如下修改, or a place of it and a verb.

    What a decision rests on (根据《…》) is another text, whatever is said behind it.
    """
    if titled and (alone := CITED.fullmatch(text, start, len(text[:end].rstrip(" \u3000:：")))):
        return alone  # above what is changed in it
    for match in reversed(list(CITED.finditer(text, start, end))):
        if _RESTS_ON.search(text[max(start, match.start() - 12) : match.start()]):
            continue
        before = max(start, match.start() - 8)
        if titled and (_AMENDS.search(text, match.end(), end) or _AMENDS.search(text, before, match.start())):
            return match
        place = _NUMBERED.search(text, match.end(), min(match.end() + 8, end))
        if place and _DOES.search(text, place.end(), end):
            return match
    return None


def _chunks(sentence: str) -> Iterator[str]:
    """A sentence by its verbs: 「第十二条改为第十三条，第一款修改为…」 does two things, 「增加一条，作为…」 one."""
    held, does = "", False
    for part in re.split(r"[，,]|(?<=[条款项\ue000-\uf8ff])并(?=将|删|增|在|把|修)", sentence):
        if held and (not does or re.match(r"\s*+(?:作为|列为|编为|即)", part)):
            held = f"{held}，{part}"
        else:
            if held:
                yield held
            held, does = part, False
        does = does or bool(_DOES.search(part))
    if held:
        yield held


def _acts(sentence: str, place: Place | None, masked: Masked) -> Iterator[Instruction]:
    for chunk in _chunks(sentence):
        for act in _act(_OPENING.sub("", chunk), place, masked):
            if act.where:
                place = act.where[-1]
            yield act


def _act(chunk: str, place: Place | None, masked: Masked) -> Iterator[Instruction]:
    """What one chunk wants; nothing where it wants nothing."""
    if pairs := list(_WORDS.finditer(chunk)):
        before = chunk[: pairs[0].start()]
        where = _where(before, None if _EVERYWHERE.search(before) else place)
        for pair in pairs:
            olds, news = masked.spans(pair.group("old")), masked.spans(pair.group("new"))
            for old, new in zip(olds, news * len(olds) if len(news) == 1 else news, strict=False):
                yield Instruction(act=Act.WORDS, where=where, old=masked.words(old), new=new)
    elif found := _BESIDE.search(chunk):
        where = _where(chunk[: found.start()], place)
        (mark,), (new,) = masked.spans(found.group("mark")), masked.spans(found.group("new"))
        after = found.group("side") == "后"
        yield Instruction(act=Act.INSERT, where=where, old=masked.words(mark), new=new, after=after)
    elif found := _ADD.match(chunk):
        yield _added(found, place, masked)
    elif _SHIFT.search(chunk) and not re.search(Q, chunk):
        yield Instruction(act=Act.SHIFT, unit="项" if "项" in chunk and "条" not in chunk else "条")
    elif (found := _RENUMBER.match(chunk)) and (to := _where(found.group("new"), place)):
        where = _where(found.group("old"), place)
        act = Act.RENUMBER if len(where) == len(to) else Act.UNREAD
        yield Instruction(act=act, where=where, to=to)
    elif (found := _REPLACE.match(chunk)) and (where := _whole(found.group("where"), place)):
        yield Instruction(act=Act.REPLACE, where=where, new=masked.paragraphs(found.group("new")))
    elif found := _GONE_WORDS.search(chunk) or _WORDS_GONE.search(chunk):
        where = _where(chunk[: found.start()] + found.group("where"), place)
        for old in masked.spans(found.group("old")):
            yield Instruction(act=Act.WORDS, where=where, old=masked.words(old))
    elif (found := _DELETE.match(chunk)) and (where := _whole(found.group("where2") or found.group("where"), place)):
        yield Instruction(act=Act.DELETE, where=where)
    elif (found := _APPEND.match(chunk)) and (where := _where(found.group("where"), place)):
        yield Instruction(act=Act.INSERT, where=where, new=masked.paragraphs(found.group("new")))
    elif _DOES.search(chunk) and (where := _where(chunk, None)):
        yield Instruction(act=Act.UNREAD, where=where)


def _added(found: re.Match[str], place: Place | None, masked: Masked) -> Instruction:
    unit, told, before = found.group("unit"), found.group("count") or "", found.group("where")
    within = None if unit in "条章节" else place
    where = _where(before, within)
    to = _where(found.group("as") or "", None if unit in "条章节" else where[-1] if where else place)
    new = masked.paragraphs(found.group("new") or "")
    return Instruction(
        act=Act.ADD if new else Act.UNREAD,
        where=where,
        new=new,
        to=to if found.group("as") else (),
        unit=unit,
        count=_COUNT.get(told) or parse_number(told) or 1,
        after=not re.search(r"前面?\s*+[，,]?$", before.strip()),
    )


def _whole(words: str, place: Place | None) -> tuple[Place, ...]:
    """As `_where`, of words that say nothing else: 「第五条关于保证金的规定」 is no place, but a part of one."""
    return () if _BESIDES.sub("", words).strip() else _where(words, place)


def _where(words: str, place: Place | None) -> tuple[Place, ...]:
    """The places that words name, in order; what stands in no article, or in none that is named, stands in `place`."""
    words = _BRACKETED.sub(r"第\1项", words)
    out: list[Place] = []
    for part in _BELOW.split(words):
        outer = out[-1] if out else place
        if outer and not _ARTICLE.search(part) and re.search("[款项目]", part) and "第" in part:
            inside = outer.whole
            if "款" not in part:
                inside = replace(inside, paragraph=outer.paragraph)
            part = inside.shown + part[part.index("第") :]
        out += [n for n in places_in(part) if n not in out]
    if not out and place and not _NUMBERED.search(words):
        out = [place]
    return tuple(out)
