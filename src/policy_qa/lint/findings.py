"""What a check reports, and how it becomes a finding that quotes the document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from policy_qa.datamodels import Segmentation
from policy_qa.printable import by_language


class Severity(StrEnum):
    """How sure a finding is: `error` is surely wrong, `warning` probably, `hint` worth a look."""

    ERROR = "error"
    WARNING = "warning"
    HINT = "hint"


class Check(StrEnum):
    """What was looked for; the names are part of what other programs read."""

    UNREADABLE = "unreadable"
    UNASSIGNED = "unassigned"
    MISSING_NUMBER = "missing-number"
    REPEATED_NUMBER = "repeated-number"
    DISORDERED_NUMBER = "disordered-number"
    LEFTOVER = "leftover"
    PLACEHOLDER = "placeholder"
    MARKUP = "markup"
    GARBLED = "garbled"
    BROKEN_LINE = "broken-line"
    DOUBLED_WORD = "doubled-word"
    DOUBLED_PUNCTUATION = "doubled-punctuation"
    UNBALANCED = "unbalanced"
    DANGLING_REFERENCE = "dangling-reference"
    MISSING_ATTACHMENT = "missing-attachment"
    UNMENTIONED_ATTACHMENT = "unmentioned-attachment"
    TWO_NAMES = "two-names"
    UNDEFINED_NAME = "undefined-name"
    INSTRUMENT_NAME = "instrument-name"
    IMPOSSIBLE_DATE = "impossible-date"
    DATE_CONFLICT = "date-conflict"
    REVERSED_RANGE = "reversed-range"


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One thing that is wrong in a policy. `quote == document.text[start:end]` always: code cuts it.

    `ref` is the finest provision that holds the place, the `doc_id` alone where none does (a heading).
    `message` says what is wrong, `todo` what to do about it, in the language that was asked for.
    """

    check: Check
    severity: Severity
    ref: str
    start: int
    end: int
    quote: str
    message: str
    todo: str

    @property
    def doc_id(self) -> str:
        """The document that it was found in."""
        return self.ref.partition("#")[0]


@dataclass(frozen=True, slots=True)
class Draft:
    """What a check yields: a place [start, end), and which of the `TEXTS` with which words tells of it."""

    check: Check
    severity: Severity
    span: tuple[int, int]
    text: str = ""
    words: Mapping[str, object] = field(default_factory=dict)


#: What is said: what is wrong, and behind the first semicolon what to do about it; by check where that is all.
TEXTS = by_language(
    {
        Check.UNASSIGNED: (
            "这段文字不属于任何条款；编入有关条款，或删去",
            "these words belong to no provision; put them into one, or delete them",
        ),
        Check.MISSING_NUMBER: (
            "缺少“{gap}”：其后直接是“{here}”；补上“{gap}”，或将其后各项重新编号并核对引用",
            "{gap} is missing: {here} comes instead; add {gap}, or renumber what follows and check references",
        ),
        Check.REPEATED_NUMBER: (
            "编号“{here}”重复出现；将后一处重新编号，或合并两处",
            "the number {here} occurs again; renumber the later one, or merge the two",
        ),
        "repeated for": (
            "编号“{here}”重复出现；按顺序改为“{right}”",
            "the number {here} occurs again; renumber it {right}",
        ),
        Check.DISORDERED_NUMBER: (
            "编号“{here}”不合顺序；移到应在的位置，或按顺序重新编号",
            "the number {here} is out of order; move it to its place, or renumber",
        ),
        "disordered for": (
            "编号“{here}”不合顺序；按顺序改为“{right}”",
            "the number {here} is out of order; renumber it {right}",
        ),
        Check.LEFTOVER: (
            "文字处理软件留下的域代码或书签；删除，或在原文件中更新域后重新导出",
            "a field code or bookmark of the word processor; delete it, or update fields and export again",
        ),
        Check.PLACEHOLDER: (
            "留有没有填写的空白或占位符；填上确定的内容",
            "a blank or placeholder that was never filled; fill it in",
        ),
        Check.MARKUP: (
            "正文中残留 {name} 标记；删除标记，只留文字",
            "{name} markup in the text; delete the mark, keep the words",
        ),
        Check.GARBLED: (
            "乱码或无法显示的字符；对照原件改为正确的文字",
            "garbled or unprintable characters; put the right words in, from the original",
        ),
        Check.BROKEN_LINE: ("句子在行中断开；把两行接成一段", "a sentence broken by a line end; join the two lines"),
        "broken lines": (
            "句子在行末断开，全文共{count}处，疑为逐行转录；从原文件重新导出，使每段成一行",
            "sentences broken at line ends, {count} in this file; export it again, one paragraph a line",
        ),
        Check.DOUBLED_WORD: ("“{word}”重复；删去一个“{word}”", "{word} is written twice; delete one {word}"),
        Check.DOUBLED_PUNCTUATION: (
            "标点重复或相连：“{found}”；只留一个标点",
            "two punctuation marks in a row; keep one of them",
        ),
        "unclosed": (
            "“{mark}”不成对，缺少后一半；补上后一半，或删去它",
            "{mark} has no closing mark; add the other half, or delete it",
        ),
        "unopened": (
            "“{mark}”不成对，缺少前一半；补上前一半，或删去它",
            "{mark} has no opening mark; add the other half, or delete it",
        ),
        Check.DANGLING_REFERENCE: (
            "引用落空：{whose}没有{gone}；核对应引用的条款，改为正确的编号；被引用的条款如有遗漏则补上",
            "the reference leads nowhere: {holder} has no {gone}; correct the number, or add the missing provision",
        ),
        "nothing before": (
            "引用落空：“{found}”之前没有所指的{gone}；写明所指条款的编号，或补上分段",
            "the reference leads nowhere: nothing that {found} could mean stands before it; name the provision meant",
        ),
        "announced": (
            "正文列出了{what}，文件中没有；把{what}补入文件，或删改这一处",
            "{what} is announced, but is not in the file; add {what} to the file, or change this place",
        ),
        "mentioned": (
            "正文提到了{what}，文件中没有；把{what}补入文件，或删改这一处",
            "{what} is referred to, but is not in the file; add {what} to the file, or change this place",
        ),
        Check.UNMENTIONED_ATTACHMENT: (
            "“{name}”在正文中没有提到；在正文有关条款中注明“见附件”，或删去附件",
            "{name} is never mentioned in the text; refer to it where it belongs, or delete it",
        ),
        Check.TWO_NAMES: (
            "“{name}”与“{usual}”疑为同一机构的两种名称；统一用一个名称；确为两个机构的，分别写明",
            "{name} and {usual} seem to be one body; use one name; if they are two, say so",
        ),
        "two offices": (
            "“{name}”与“{usual}”简称都是 {short}，疑为同一职务的两种名称；统一用一个名称",
            "{name} and {usual} share the abbreviation {short}; use one name",
        ),
        Check.UNDEFINED_NAME: (
            "“{name}”没有全称：文中没有设立或介绍过这一机构；写明是哪个{name}，或改为文中已有的机构名称",
            "no {name} was introduced by its full name; name it in full, or use the name the text has for it",
        ),
        "own kind": (
            "标题是“{kind}”，正文自称“本{said}”；改为“本{kind}”",
            "the title says {kind}, the text calls itself 本{said}; write 本{kind}",
        ),
        "own title": (
            "与标题“{title}”不一致；统一为同一标题",
            "this is not the title, which is {title}; use one title",
        ),
        Check.IMPOSSIBLE_DATE: (
            "没有“{found}”这样的日期；改为正确的日期",
            "there is no such date as {found}; correct the date",
        ),
        "far year": ("{year} 年过于遥远；核对年份", "the year {year} is far away; check the year"),
        Check.REVERSED_RANGE: (
            "起止颠倒：“{found}”；核对两个数，小的在前",
            "the range {found} runs backwards; check both numbers, the smaller one first",
        ),
        "reversed days": (
            "截止日期早于起始日期：“{found}”；核对两个日期",
            "the end lies before the beginning; check both dates",
        ),
        "issued": (
            "印发日期早于成文日期（{day}）；核对两个日期",
            "issued before it was signed ({day}); check both dates",
        ),
        "number": (
            "文号年份与成文日期（{day}）不一致；核对文号和日期",
            "the year of the document number is not that of the date ({day}); check both",
        ),
        "effect": (
            "施行日期早于成文日期（{day}）；核对两个日期",
            "takes effect before it was issued ({day}); check both dates",
        ),
        "expiry": (
            "有效期在成文日期之前已届满（{day}）；核对两个日期",
            "expires before it was issued ({day}); check both dates",
        ),
        "deadline": (
            "办理期限早于成文日期（{day}）；核对两个日期",
            "the deadline lies before the date of issue ({day}); check both dates",
        ),
    }
)


def finding(segmentation: Segmentation, draft: Draft, lang: str) -> Finding:
    """The finding of a draft, with the finest provision that holds it whole, else its start."""
    start, end = draft.span
    holder = segmentation.finest(start, end) or segmentation.finest(start)
    message, _, todo = TEXTS[lang][draft.text or draft.check].partition("; " if lang == "en" else "；")
    return Finding(
        check=draft.check,
        severity=draft.severity,
        ref=holder.ref if holder else segmentation.document.doc_id,
        start=start,
        end=end,
        quote=segmentation.document.text[start:end],
        message=message.format(**draft.words),
        todo=todo.format(**draft.words),
    )
