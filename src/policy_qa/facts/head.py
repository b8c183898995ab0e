"""What a policy's text says about itself in its head and at its end: title, issuer, 文号, date, status."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from policy_qa.citing.grammar import ordinal
from policy_qa.datamodels import Status
from policy_qa.facts.dates import DATE, iso_date
from policy_qa.facts.model import Fact, Head

_TITLE_SUFFIX = (
    "办法|规定|方案|制度|细则|条例|通知|意见|章程|规则|规程|标准|规范|决定|准则|守则|指南|要点|计划|规划|纲要|公告|"
    "通告|公报|批复|报告|函|令|法|解释|解答|职责|预案|机制|要求|建议|措施|标准|目录|清单|协议|公约|须知|流程|程序|手册|汇编"
)
_VERSION = r"废止|已废止|失效|讨论稿|征求意见稿|送审稿|草案|修订稿|试行|暂行|修订|修正|[^（）()]{0,12}年[^（）()]{0,10}"
#: Such a word on a line of its own, above or below the title.
_VERSION_LINE = re.compile(rf"[（(](?:{_VERSION})[)）]|讨论稿|征求意见稿|送审稿|草案|修订稿")
_TITLE = re.compile(rf"^.{{2,80}}?(?:{_TITLE_SUFFIX})(?:[（(](?:{_VERSION})[)）])*$")
_ORG = (
    "委员会|人民政府|人民法院|人民检察院|国务院|教育体育局|教育局|教育厅|教育部|局|厅|学院|大学|学校|中学|小学|幼儿园|办公室|办公厅|"
    "领导小组|研究院|中心|集团|党委|學院|大學|學校|中學|小學|幼兒園"
)
_STATE = "教育部|国务院"  # the only bodies among these that stand without a name before them
_ORG_LINE = re.compile(rf"^(?:[\u4e00-\u9fff]{{2,24}}?(?:{_ORG})|(?:{_STATE})(?:办公厅)?)$")
#: 白鹭镇中心学校 is one name, and no 中心; 教育局办公室关于… speaks for itself.
_BODY = rf"(?:{_STATE}|[\u4e00-\u9fff]{{2,20}}?(?:{_ORG}))(?!学校|小学|中学|幼儿园)(?:办公[室厅](?=关于))?"
_ISSUER_IN_TITLE = re.compile(rf"^({_BODY}(?:、{_BODY})*)(?=关于|[“\u4e00-\u9fffA-Za-z])")
#: A 文号: who, the year, which one.
NUMBER = r"[\u4e00-\u9fffA-Za-z]{1,16}\s*+[〔\[［（(【]\s*+(?:19|20)\d\d\s*+[〕\]］）)】]\s*+第?\s*+\d{1,5}\s*+号"
_NUMBER = re.compile(rf"^[（(]?({NUMBER})(?:[\s，,]++{DATE}[^。；\n]{{0,60}}?)?[)）]?(?:\s*+签发人.{{0,20}})?$")
_DATE = re.compile(DATE)
_DATE_LINE = re.compile(rf"^[（(]?\s*+{DATE}\s*+(?:印发|发布|公布)?\s*+[)）]?$")
#: 2003年7月21日中华人民共和国国务院令第385号公布: when, who and by which order.
_AUTHORITY = rf"(?:{_STATE}|[\u4e00-\u9fff]{{2,20}}?(?:{_ORG}|部|军委|署|银行))"
_ORDER_LINE = re.compile(
    rf"^[（(]?\s*+{DATE}\s*+(?P<number>(?:中华人民共和国)?(?P<issuer>{_AUTHORITY}(?:、{_AUTHORITY})*)"
    r"(?P<order>令\s*第?\s*\d{1,4}\s*号)?)(?:公告)?\s*+(?:公布|发布|颁布|印发)\s*+[)）]?$"
)
#: 2024年3月5日院长办公会审议通过: the day of a text that bears no other.
_PASSED_LINE = re.compile(
    rf"^[（(]?\s*+(?:{NUMBER}[\s，,]++)?(?:经|于)?\s*+{DATE}[^。；\n]{{0,60}}?(?:通[过過]|批准|印发|发布|公布|修[订訂正])\s*+[)）]?$"
)
_NEVER_TITLE = re.compile(
    rf"{ordinal('章|节|编|条')}|附\s*[件录表]|根据|为|[一二三四五六七八九十]+\s*[、.．]|[（(][一二三四五六七八九十\d]+[)）]|\d"
)
#: So many lines a title may run over.
_TITLE_LINES = 4
_NO_TITLE = re.compile(
    rf"[。；]|[.…·]{{3}}|^{ordinal('章|节|编|条')}|^[一二三四五六七八九十]+、|[:：]|^<!--|通过$|施行$"
)
_FIRST_ARTICLE = re.compile(rf"^[\s#>*]*{ordinal('[条條]', '[一1１]')}")
_FIRST_SECTION = re.compile(r"^[\s#>*]*(?:一、|[（(]一[)）]|1[.．、])")
_ATTACHMENT = re.compile(r"^[\s#>*]*附\s*+[件录]\s*+[\d一二三四五六七八九十]*+[*\s]*+$")
#: The last dozen lines of a text, with the date of signature among them, stand in so many characters.
_TAIL = 2_000
#: A letterhead, a notice and a title stand in these lines; what is below them is the body.
_HEAD = 200
_HEAD_SHOWN = 60
_WHITE = "".join(char for char in map(chr, range(0x3001)) if char.isspace())
_CJK_SPACE = re.compile(r"(?<=[^\x00-\x7f\s])\s++(?=[^\x00-\x7f])")
#: 《关于废止…的通知》 is none that is repealed.
_REPEALED = re.compile(r"[（(]\s*已?(?:废止|失效)[^）)]{0,12}[)）]")
_ISSUES = re.compile(r"印发.{0,80}通知|现[将予].{0,80}(?:印发|公布|发布)")
_PRINTED = re.compile(r"^.{0,20}印发\s*+$", re.MULTILINE)


class _Line(NamedTuple):
    """A line of a text, tidied, with its offsets; several where a title runs over them."""

    text: str
    start: int
    end: int


def read_head(text: str, start: int = 0, end: int | None = None, *, doc_id: str = "") -> Head:
    """The title, issuer, 文号, date and status that the text of [start, end) gives of itself."""
    end = len(text) if end is None else end
    head = _head_lines(text, start, end)
    cut = max(start, end - _TAIL)
    tail = [line for _, line in _lines(text, cut, len(text[:end].rstrip()), _TAIL) if line.text][-12:]
    title = _title(head)
    number = next((_Line(m.group(1), h.start, h.end) for h in head if (m := _NUMBER.match(h.text))), None)
    order = _order(head)
    number = number or order.get("number")
    status = _status(title, text, start, end, head)

    def fact(found: _Line | None) -> Fact | None:
        return Fact(value=found.text, doc_id=doc_id, start=found.start, end=found.end) if found else None

    return Head(
        title=fact(title),
        issuer=fact(order["issuer"] if order else _issuer(title, head, tail)),
        number=fact(number),
        issued=fact(order["issued"] if order else _issued(head, tail, number)),
        status=fact(status),
    )


def is_title(line: str) -> bool:
    """Whether a line reads as the title of an instrument: it ends in 办法, 制度, 方案 …, and is no sentence."""
    line = _tidy(line)
    return bool(_TITLE.match(line)) and not re.search(r"[。；：:，,]", line) and not _NEVER_TITLE.match(line)


def is_issuer(line: str) -> bool:
    """Whether a line is the name of a body that issues rules, and nothing else."""
    return bool(_ORG_LINE.match(_tidy(line)))


def _tidy(line: str) -> str:
    """A line without Markdown marks, and without the spaces that layout puts between Chinese characters."""
    line = line.lstrip(_WHITE + "#>*_-").rstrip(_WHITE + "*_")
    return line if line.isalnum() else _CJK_SPACE.sub("", line)


def _lines(text: str, start: int, end: int, most: int) -> Iterable[tuple[str, _Line]]:
    """The first lines of a stretch: as printed, and tidied with the offsets of what is printed."""
    at = start
    for raw in text[start:end].split("\n", most)[:most]:
        lead = len(raw) - len(raw.lstrip())
        yield raw, _Line(_tidy(raw), at + lead, at + max(lead, len(raw.rstrip())))
        at += len(raw) + 1


def _head_lines(text: str, start: int, end: int) -> list[_Line]:
    """The lines before the first numbered provision, joined where a 《 is closed on a later line; at most 60.

    The 一、二、 of a covering notice don't count where the instrument's own 第一条 comes below them and no
    attachment begins in between.
    """
    lines: list[_Line] = []
    behind_section = False
    kept = 0
    for raw, line in _lines(text, start, end, _HEAD):
        if _FIRST_ARTICLE.match(raw):
            if not lines:
                return []  # numbered from its first line on: there is no head
            kept = len(lines)
            break
        if behind_section and _ATTACHMENT.match(raw):
            break
        if _FIRST_SECTION.match(raw) and not lines:
            break  # numbered from its first line on: there is no head
        if _FIRST_SECTION.match(raw) and not behind_section:
            kept, behind_section = len(lines), True
        if not line.text:
            continue
        if lines and lines[-1].text.count("《") > lines[-1].text.count("》"):
            lines[-1] = _Line(_tidy(lines[-1].text + " " + line.text), lines[-1].start, line.end)
        else:
            lines.append(line)
    return lines[:kept] if kept else lines[:_HEAD_SHOWN]


def _title(head: Sequence[_Line]) -> _Line | None:
    """The instrument's title: the last line of the head that looks like one and isn't the covering notice."""
    found = [_unwrapped(head, at) for at, line in enumerate(head) if is_title(line.text)]
    instruments = [line for line in found if not re.search(r"通知$|^目录$", line.text)]
    if instruments:
        # The title printed right above the first article is the complete one (with 讨论稿, 试行 …).
        return instruments[-1]
    if found:
        return found[0]
    return next((line for line in head if 4 <= len(line.text) <= 60 and not _NO_TITLE.search(line.text)), None)


def _unwrapped(head: Sequence[_Line], at: int) -> _Line:
    """The title that ends in line `at`, with the lines above that it runs over.

    某某局 / 关于推进校园网络 / 建设的意见 is one title of three lines.
    """
    title = head[at]
    if "关于" not in title.text:
        for start in range(at - 1, max(at - _TITLE_LINES, -1), -1):
            above = head[start]
            if not _goes_on(above.text):
                break
            if "关于" in above.text:
                title = _Line("".join(line.text for line in head[start : at + 1]), above.start, head[at].end)
                at = start
                break
    if title.text.startswith("关于") and at:
        bodies = head[at - 1].text.split()
        if all(_ORG_LINE.match(body) for body in bodies):
            title = _Line("、".join(bodies) + title.text, head[at - 1].start, title.end)
    return title


def _goes_on(line: str) -> bool:
    """Whether a line of a head may be the beginning of a title that goes on below."""
    return (
        not re.search(r"[。；：:！？]$|文件$|^目\s*录$", line)
        and not _NUMBER.match(line)
        and not _DATE_LINE.match(line)
        and not is_title(line)
        and not _NEVER_TITLE.match(line)
        and len(line) <= 60
    )


def _issuer(title: _Line | None, head: Sequence[_Line], tail: Sequence[_Line]) -> _Line | None:
    """Who issued it: a letterhead (…文件), a line that is a body's name, the body that opens the title, or signs."""
    for line in head[:8]:
        name = line.text.removesuffix("文件")
        if name != line.text and _ORG_LINE.match(name):
            return line._replace(text=name)
    for line in head:
        if _ORG_LINE.match(line.text) and line != title:
            return line
    match = _ISSUER_IN_TITLE.match(title.text) if title else None
    # 「信息化工作领导小组工作办法」 is about its body; nobody is named as having issued it.
    # Nor has 「临川县中小学首席信息官实施方案」 been issued by schools.
    if title and match and not match.group(1).endswith(("领导小组", "中小学", "中小学校")):
        return title._replace(text=match.group(1))
    # Signed at the end, above the date.
    signed = (a for a, b in pairwise(tail) if _DATE_LINE.match(b.text) and _ORG_LINE.match(a.text))
    return next(signed, None)


def _order(head: Sequence[_Line]) -> dict[str, _Line]:
    """Who issued a text, when and by which order (`issuer`, `issued`, `number`), where a line of its head tells it, or
    two lines on which two bodies stand."""
    for line, below in pairwise((*head, _Line("", 0, 0))):
        for words, end in ((line.text, line.end), (f"{line.text}、{below.text}", below.end)):
            if told := _ORDER_LINE.match(words):
                found = {"issuer": told["issuer"], "issued": iso_date(told)}
                found |= {"number": told["number"]} if told["order"] else {}
                return {name: _Line(text, line.start, end) for name, text in found.items()}
    return {}


def _status(title: _Line | None, text: str, start: int, end: int, head: Sequence[_Line]) -> _Line | None:
    for line in (*([title] if title else []), *(h for h in head if _VERSION_LINE.fullmatch(h.text))):
        for status in (Status.DRAFT, Status.COMMENT, Status.TRIAL):
            if status.value in line.text:
                return line._replace(text=status.value)
        if _REPEALED.search(line.text):
            return line._replace(text=Status.REPEALED.value)
        if re.search(r"草案|送审稿|修订稿", line.text):
            return line._replace(text=Status.DRAFT.value)
    for line in head:
        if _ISSUES.search(line.text) or _NUMBER.match(line.text):
            return line._replace(text=Status.ISSUED.value)
    printed = _PRINTED.search(text, start, end)
    return _Line(Status.ISSUED.value, printed.start(), printed.end()) if printed else None


def _issued(head: Sequence[_Line], tail: Sequence[_Line], number: _Line | None) -> _Line | None:
    """The day of issue as an ISO date: a line that is a date, else the year of the 文号."""
    for line in (*head, *tail):
        if match := _DATE_LINE.match(line.text):
            return line._replace(text=iso_date(match))
    for line in (*head, *tail):
        if _PASSED_LINE.match(line.text):
            # 2021年9月2日通过，2024年6月12日修订: the last one is that of this text.
            return line._replace(text=iso_date([*_DATE.finditer(line.text)][-1]))
    year = re.search(r"(?:19|20)\d\d", number.text) if number else None
    return number._replace(text=year.group()) if number and year else None
