"""The words that close an official document: what is asked of the receivers, signature, date, contacts."""

from __future__ import annotations

import re

from policy_qa.provisions.boundaries import Event
from policy_qa.provisions.labels import LINE_MARKS, Mark, ends_sentence

# How the closing words of an official document begin (《党政机关公文格式》 GB/T 9704): what is asked of the
# receivers, the fixed formulas, the contacts, the announced attachments.
_CLOSING = re.compile(
    r"(?:特此|专此|请各|请(?:认真)?(?:遵照|贯彻)|望各|现(?:予|将).{0,20}印发|以上(?:意见|请示|报告|通知)|妥否|此(?:复|件|通知)|"
    r"联\s*+系\s*+(?:人|电话|方式)|附\s*+件\s*+[0-9０-９一二三四五六七八九十]{0,3}\s*+[:：])"
)
#: The last words of a notice in 一、: 「本通知自印发之日起执行。」; in 条 such a line is a 款 of the last one.
_IN_FORCE = re.compile(r"本[^，。；\s]{2,8}自[^。；\n]{1,40}(?:施行|执行|实施|生效)(?:[，。；]|$)")
_DATE_LINE = re.compile(
    r"[（(]?(?:\d{4}|二[〇○零][〇○零一二三四五六七八九]{2})\s*年\s*\S{1,3}\s*月(?:\s*\S{1,3}\s*日)?[)）]?$"
)


def closing_start(text: str, last: Event, end: int) -> int:
    """Where the closing words begin behind the last boundary; `end` where there are none."""
    label = last.label
    at = text.find("\n", label.line_end)
    while 0 <= at < end:
        begin = at + 1
        at = text.find("\n", begin)
        stop = end if at < 0 else min(at, end)
        marks = LINE_MARKS.match(text, begin, stop)
        begin = marks.end() if marks else begin
        line = text[begin:stop].strip()
        behind_words = not last.heading or text[label.line_end : begin].strip(" \t\u3000\n#>*-")
        if _CLOSING.match(line) or (label.mark is not Mark.ARTICLE and behind_words and _IN_FORCE.match(line)):
            return begin
        if _DATE_LINE.match(line):
            return _signature_start(text, begin, label.line_end)
    return end


def _signature_start(text: str, date_at: int, floor: int) -> int:
    """The start of the signing body's lines above a date: short lines that end no sentence."""
    start = date_at
    for _ in range(3):
        above = text[floor:start].rstrip()
        line_at = floor + above.rfind("\n") + 1
        line = text[line_at : floor + len(above)].strip()
        if line_at <= floor or not line or len(line) > 30 or line[-1] in "，：:," or ends_sentence(line):
            break
        start = line_at
    return start
