"""Dates that are none, dates that contradict each other, ranges that run backwards."""

from __future__ import annotations

import calendar
import datetime
import re
from collections.abc import Iterator

from policy_qa.citing.parts import lines_with
from policy_qa.datamodels import Kind, Segmentation
from policy_qa.facts.dates import DATE, iso_date
from policy_qa.lint.findings import Check, Draft, Severity
from policy_qa.numerals import parse_number

_Y = r"(?P<y>[12]\d{3}|[一二][〇○零一二三四五六七八九]{3})"
_DAY = re.compile(
    rf"(?<!\d)(?:{_Y}\s*+年\s*+)?(?P<m>\d{{1,2}}|[一二三四五六七八九十]{{1,3}})\s*+月\s*+"
    r"(?P<d>\d{1,2}|[一二三四五六七八九十]{1,3})\s*+[日号](?!线)"
)
_MONTH = re.compile(rf"(?<!\d){_Y}\s*+年\s*+(?P<m>\d{{1,2}})\s*+月(?!内)")
_SHORT = re.compile(r"(?<![\d.\-/])(?P<y>(?:19|20)\d\d)(?P<sep>[-/.])(?P<m>\d{1,2})(?P=sep)(?P<d>\d{1,2})(?![\d.\-/])")
_FAR = re.compile(r"(?<![\d.第])(?P<y>2[1-9]\d\d)\s*+年(?=\s*+\d{1,2}\s*+月|底|前|起|度|内|以[前后])")
_YEARS = re.compile(
    r"(?<![\d.])(?P<a>(?:19|20)\d\d)\s*+年?\s*+(?:-|—{1,2}|–|－|~|～|至)\s*+(?P<b>(?:19|20)\d\d)\s*+(?:学?年)"
)
_RANGE = re.compile(
    r"(?<![\d.\-—－~～/〔第])(?P<a>\d{1,4})\s*+(?P<u1>人|名|天|年|个|次|篇|万元|元|周|岁|倍|%|％|分)?\s*+(?:-|—{1,2}|–|－|~|～|至)\s*+(?P<b>\d{1,4})\s*+"
    r"(?P<unit>人|名|天|年|个(?:月|工作日)?|次|篇|万元|元|周岁?|岁|倍|%|％|分(?!钟))(?![\d\-—])"
)
_HAN_RANGE = re.compile(
    r"(?<![一二三四五六七八九十百千万第])(?P<a>[一二三四五六七八九十]{1,3})至(?P<b>[一二三四五六七八九十]{1,3})(?P<unit>人|名|年|个月|倍|天)"
)
_TO = re.compile("[-—–－~～至]")
_A_YEAR = re.compile("年")
_FULL = re.compile(DATE)
_PLAIN = re.sub(r"\?P<\w+>", "?:", DATE)
_SPAN = re.compile(rf"自?(?P<from>{_PLAIN})\s*+(?:起)?\s*+(?:至|到|-|—{{1,2}}|~|～)\s*+(?P<to>{_PLAIN})")
_NUMBER_YEAR = re.compile(r"[〔\[［（(【]\s*+((?:19|20)\d\d)\s*+[〕\]］）)】]")
_ISSUED_LINE = re.compile(r"(?:印发|发布|公布)\s*+$")
_EFFECT = re.compile(r"自\s*+(?P<date>[^，。；\n]{6,16}?日)\s*+起\s*+(?:施行|实施|执行|生效)")
_EXPIRY = re.compile(r"有效期(?:限)?(?:至|到|截至)\s*+(?P<date>[^，。；\n]{6,16}?日)")
_DEADLINE = re.compile(
    r"(?:请|务必|并|须|应|截止时间为?|截至)\s*+[于在]?\s*+(?P<date>(?:\d{4}|二[〇○零])[^，。；\n]{4,14}?日)\s*+(?:之?前|以前|止)[^，。；\n]{0,30}?(?:报送|上报|提交|完成|报|交|反馈|发送)"
)
_BACKDATED = re.compile(r"溯及|追溯|补发|补行")


def check_dates(segmentation: Segmentation) -> Iterator[Draft]:
    """Impossible dates anywhere, contradictions between a document's own dates, reversed ranges."""
    text = segmentation.document.text
    seen: set[int] = set()
    for pattern in (_DAY, _SHORT, _MONTH):
        for match in pattern.finditer(text):
            if match.start() not in seen and not _possible(match):
                seen.add(match.start())
                yield Draft(Check.IMPOSSIBLE_DATE, Severity.ERROR, match.span(), words={"found": match.group()})
    for match in _FAR.finditer(text):
        yield Draft(Check.IMPOSSIBLE_DATE, Severity.WARNING, match.span(), "far year", {"year": match["y"]})
    yield from _ranges(text)
    yield from _contradictions(segmentation)


def _possible(match: re.Match[str]) -> bool:
    told = {"y": "2024", "d": "1"} | {part: n for part, n in match.groupdict().items() if n}
    # Without a year, 29 February may be meant; what is no number after all isn't judged.
    year, month, day = (parse_number(told[part]) for part in "ymd")
    if year is None or month is None or day is None:
        return True
    return 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1]


def _ranges(text: str) -> Iterator[Draft]:
    for start, end in lines_with(_TO, text, 0, len(text)):
        for pattern in (_YEARS, _RANGE, _HAN_RANGE):
            for match in pattern.finditer(text, start, end):
                a, b = parse_number(match.group("a")), parse_number(match.group("b"))
                unit = match.groupdict().get("unit") or ""
                first = match.groupdict().get("u1")
                if a is None or b is None or a <= b or (first and first != unit):
                    continue
                # Marks and shares are graded from the top: 优秀（100-90分）.
                severity = Severity.HINT if unit in ("分", "%", "％") else Severity.WARNING
                if unit.startswith("万") and not first:
                    continue  # 5000至1万元
                if unit == "年" and len(match.group("b")) == 2 and a > 1900:
                    continue  # 1998-99年
                yield Draft(Check.REVERSED_RANGE, severity, match.span(), words={"found": match.group()})
    for match in _SPAN.finditer(text):
        begin, stop = _day(match.group("from")), _day(match.group("to"))
        if begin and stop and stop < begin:
            words = {"found": match.group()}
            yield Draft(Check.REVERSED_RANGE, Severity.WARNING, match.span(), "reversed days", words)


def _day(text: str) -> datetime.date | None:
    """The first full date of a text; None where it has none, or an impossible one."""
    match = next((m for m in _FULL.finditer(text) if m["d"]), None)
    try:
        return datetime.date.fromisoformat(iso_date(match)) if match else None
    except ValueError:
        return None


def _contradictions(segmentation: Segmentation) -> Iterator[Draft]:
    text = segmentation.document.text
    signed, issued = _signatures(segmentation)
    if signed and issued and issued[0] < signed[0]:
        yield Draft(Check.DATE_CONFLICT, Severity.WARNING, issued[1], "issued", {"day": signed[0]})
    own = signed or issued
    if own is None:
        return
    day = own[0]
    number = segmentation.document.number
    year = _NUMBER_YEAR.search(number)
    at = text.find(number) if number else -1
    # A paper of last year's numbering may be dated in the first days of January.
    if year and at >= 0 and int(year.group(1)) != day.year and (int(year.group(1)), 1) != (day.year - 1, day.month):
        yield Draft(Check.DATE_CONFLICT, Severity.WARNING, (at, at + len(number)), "number", {"day": day})
    backdated = bool(_BACKDATED.search(text))
    for pattern, severity, told in (
        (_EFFECT, Severity.HINT, "effect"),
        (_EXPIRY, Severity.WARNING, "expiry"),
        (_DEADLINE, Severity.WARNING, "deadline"),
    ):
        for match in pattern.finditer(text):
            found = _day(match.group("date"))
            if found and found < day and not (pattern is _EFFECT and backdated):
                yield Draft(Check.DATE_CONFLICT, severity, match.span("date"), told, {"day": day})


_Dated = tuple[datetime.date, tuple[int, int]]


def _signatures(segmentation: Segmentation) -> tuple[_Dated | None, _Dated | None]:
    """(date of signature, date of 印发): lines of the document's frame that hold a date and hardly anything else.

    Where several lines could be the signature (a history of amendments), none is taken.
    """
    text = segmentation.document.text
    signed: list[_Dated] = []
    issued: list[_Dated] = []
    for provision in segmentation.articles:
        if provision.kind in (Kind.APPENDIX, Kind.ARTICLE):
            continue
        for start, end in lines_with(_A_YEAR, text, provision.start, provision.end):
            line = text[start:end].strip(" \t\u3000*_#（()）")
            match = _FULL.search(line)
            day = _day(line)
            if not match or day is None or len(line) > len(match.group()) + 30 or "。" in line:
                continue
            at = text.find(match.group(), start)
            dated = (day, (at, at + len(match.group())))
            if _ISSUED_LINE.search(line):
                issued.append(dated)
            elif line == match.group():
                signed.append(dated)
    days = {d for d, _ in signed}
    return (signed[0] if len(days) == 1 else None, issued[0] if len({d for d, _ in issued}) == 1 else None)
