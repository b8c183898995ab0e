"""What a policy's text says about itself: title, issuer, 文号, date, status."""

from __future__ import annotations

import re

from policy_qa.citing.grammar import ordinal
from policy_qa.datamodels import Document, Status
from policy_qa.documents.extracted import Extracted
from policy_qa.numerals import parse_number

_TITLE_SUFFIX = (
    "办法|规定|方案|制度|细则|条例|通知|意见|章程|规则|规程|标准|规范|决定|准则|守则|指南|要点|计划|规划|纲要|公告|"
    "通告|公报|批复|报告|函|令|法|解释|解答|职责|预案|机制|要求|建议|措施|标准|目录|清单|协议|公约|须知|流程|程序|手册|汇编"
)
_VERSION = r"废止|已废止|失效|讨论稿|征求意见稿|送审稿|草案|修订稿|试行|暂行|修订|修正|[^（）()]{0,12}年[^（）()]{0,10}"
_TITLE = re.compile(rf"^.{{2,80}}?(?:{_TITLE_SUFFIX})(?:[（(](?:{_VERSION})[)）])*$")
_ORG = (
    "委员会|人民政府|人民法院|人民检察院|国务院|教育体育局|教育局|教育厅|教育部|局|厅|学院|大学|学校|中学|小学|幼儿园|办公室|办公厅|"
    "领导小组|研究院|中心|集团|党委"
)
_ORG_LINE = re.compile(rf"^[\u4e00-\u9fff]{{2,24}}?(?:{_ORG})$")
_ISSUER_IN_TITLE = re.compile(
    rf"^([\u4e00-\u9fff]{{2,20}}?(?:{_ORG}))(?:、[\u4e00-\u9fff]{{2,20}}?(?:{_ORG}))*(?=关于|[\u4e00-\u9fffA-Za-z])"
)
_NUMBER = re.compile(
    r"^[\u4e00-\u9fffA-Za-z]{1,16}\s*+[〔\[［（(【]\s*+(?:19|20)\d\d\s*+[〕\]］）)】]\s*+第?\s*+\d+\s*+号$"
)
_DATE = re.compile(
    r"(?P<y>(?:19|20)\d\d|二[〇○零][〇○零一二三四五六七八九]{2})\s*+年\s*+"
    r"(?P<m>\d{1,2}|[一二三四五六七八九十]{1,2})\s*+月(?:\s*+(?P<d>\d{1,2}|[一二三四五六七八九十]{1,3})\s*+日)?"
)
_DATE_LINE = re.compile(rf"^[（(]?\s*+{_DATE.pattern}\s*+(?:印发|发布|公布|施行|通过|起施行)?\s*+[)）]?$")
_NEVER_TITLE = re.compile(
    rf"{ordinal('章|节|编|条')}|附\s*[件录表]|根据|为|[一二三四五六七八九十]+\s*[、.．]|[（(][一二三四五六七八九十\d]+[)）]|\d"
)
#: So many lines a title may run over.
_TITLE_LINES = 4
_NO_TITLE = re.compile(
    rf"[。；]|[.…·]{{3}}|^{ordinal('章|节|编|条')}|^[一二三四五六七八九十]+、|[:：]|^<!--|通过$|施行$"
)
_FIRST_ARTICLE = re.compile(rf"^[\s#>*]*{ordinal('条', '[一1１]')}")
_FIRST_SECTION = re.compile(r"^[\s#>*]*(?:一、|[（(]一[)）]|1[.．、])")
_ATTACHMENT = re.compile(r"^[\s#>*]*附\s*+[件录]\s*+[\d一二三四五六七八九十]*+[*\s]*+$")
#: The last dozen lines of a text, with the date of signature among them, stand in so many characters.
_TAIL = 2_000
#: A letterhead, a notice and a title stand in these lines; what is below them is the body.
_HEAD = 200
_HEAD_SHOWN = 60
_WHITE = "".join(char for char in map(chr, range(0x3001)) if char.isspace())
_CJK_SPACE = re.compile(r"(?<=[^\x00-\x7f\s])\s++(?=[^\x00-\x7f])")


def describe(text: str | Extracted, *, doc_id: str, source: str, sha256: str) -> Document:
    """A Document with the title, issuer, 文号, date and status that its own text gives."""
    extracted = text if isinstance(text, Extracted) else Extracted(text=text)
    text = extracted.text
    head = _head_lines(text)
    title = _title(head) or doc_id
    number = next((_tidy(line) for line in head if _NUMBER.match(_tidy(line))), "")
    return Document(
        doc_id=doc_id,
        title=title,
        issuer=_issuer(title, head),
        number=number,
        date=_date(text, head, number),
        status=_status(title, text, head),
        source=source,
        sha256=sha256,
        encoding=extracted.encoding,
        pages=extracted.pages,
        notes=extracted.notes,
        text=text,
    )


def is_title(line: str) -> bool:
    """Whether a line reads as the title of an instrument: it ends in 办法, 制度, 方案 …, and is no sentence."""
    line = _tidy(line)
    return bool(_TITLE.match(line)) and not re.search(r"[。；：:，,]", line) and not _NEVER_TITLE.match(line)


def _tidy(line: str) -> str:
    """A line without Markdown marks, and without the spaces that layout puts between Chinese characters."""
    line = line.lstrip(_WHITE + "#>*_-").rstrip(_WHITE + "*_")
    return line if line.isalnum() else _CJK_SPACE.sub("", line)


def _head_lines(text: str) -> list[str]:
    """The lines before the first numbered provision, joined where a 《 is closed on a later line; at most 60.

    The 一、二、 of a covering notice don't count where the instrument's own 第一条 comes below them and no
    attachment begins in between.
    """
    lines: list[str] = []
    behind_section = False
    kept = 0
    for line in text.split("\n", _HEAD)[:_HEAD]:
        if _FIRST_ARTICLE.match(line) and lines:
            kept = len(lines)
            break
        if behind_section and _ATTACHMENT.match(line):
            break
        if _FIRST_SECTION.match(line) and not lines:
            break  # numbered from its first line on: there is no head
        if _FIRST_SECTION.match(line) and not behind_section:
            kept, behind_section = len(lines), True
        stripped = _tidy(line)
        if not stripped:
            continue
        if lines and lines[-1].count("《") > lines[-1].count("》"):
            lines[-1] = _tidy(lines[-1] + " " + stripped)
        else:
            lines.append(stripped)
    return lines[:kept] if kept else lines[:_HEAD_SHOWN]


def _title(head: list[str]) -> str:
    """The instrument's title: the last line of the head that looks like one and isn't the covering notice."""
    found = [_unwrapped(head, at) for at, line in enumerate(head) if is_title(line)]
    instruments = [line for line in found if not re.search(r"通知$|^目录$", line)]
    if instruments:
        # The title printed right above the first article is the complete one (with 讨论稿, 试行 …).
        return instruments[-1]
    if found:
        return found[0]
    return next((line for line in head if 4 <= len(line) <= 60 and not _NO_TITLE.search(line)), "")


def _unwrapped(head: list[str], at: int) -> str:
    """The title that ends in line `at`, with the lines above that it runs over.

    某某局 / 关于推进校园网络 / 建设的意见 is one title of three lines.
    """
    title = head[at]
    if "关于" not in title:
        for start in range(at - 1, max(at - _TITLE_LINES, -1), -1):
            above = head[start]
            if not _goes_on(above):
                break
            if "关于" in above:
                title = "".join(head[start : at + 1])
                at = start
                break
    if title.startswith("关于") and at:
        bodies = head[at - 1].split()
        if all(_ORG_LINE.match(body) for body in bodies):
            title = "、".join(bodies) + title
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


def _issuer(title: str, head: list[str]) -> str:
    """Who issued it: a letterhead (…文件), a line that is a body's name, or the body that opens the title."""
    for line in head[:8]:
        name = line.removesuffix("文件")
        if name != line and _ORG_LINE.match(name):
            return name
    for line in head:
        if _ORG_LINE.match(line) and line != title:
            return line
    match = _ISSUER_IN_TITLE.match(title)
    # 「信息化工作领导小组工作办法」 is about its body; nobody is named as having issued it.
    # Nor has 「临川县中小学首席信息官实施方案」 been issued by schools.
    if match and not match.group(1).endswith(("领导小组", "中小学", "中小学校")):
        return match.group(1)
    return ""


def _status(title: str, text: str, head: list[str]) -> Status:
    for status in (Status.DRAFT, Status.COMMENT, Status.TRIAL, Status.REPEALED):
        if status.value in title:
            return status
    if re.search(r"草案|送审稿|修订稿", title):
        return Status.DRAFT
    if any(re.search(r"印发.{0,80}通知", line) or _NUMBER.match(line) for line in head):
        return Status.ISSUED
    return Status.ISSUED if re.search(r"^.{0,20}印发\s*+$", text, re.MULTILINE) else Status.UNKNOWN


def _date(text: str, head: list[str], number: str) -> str:
    """ISO date of issue: a line that is a date, else the year of the 文号."""
    tail = [tidy for line in text.rstrip()[-_TAIL:].split("\n") if (tidy := _tidy(line))][-12:]
    for line in [*head, *tail]:
        if match := _DATE_LINE.match(line):
            return iso_date(match)
    year = re.search(r"(?:19|20)\d\d", number)
    return year.group() if year else ""


def iso_date(match: re.Match[str]) -> str:
    """A matched Chinese date as ISO 8601, to the precision that it has."""
    year, month, day = (parse_number(match.group(g)) if match.group(g) else None for g in ("y", "m", "d"))
    return "-".join(f"{part:04d}" if i == 0 else f"{part:02d}" for i, part in enumerate((year, month, day)) if part)
