"""What word processors, converters and templates leave behind: fields, blanks, tags, garbled text, broken lines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from policy_qa.citing.grammar import ordinal
from policy_qa.citing.parts import inside, is_row, quoted
from policy_qa.datamodels import Kind, Provision, Segmentation
from policy_qa.lint.findings import Check, Draft, Severity

_FIELD = re.compile(
    r"\[bookmark:[^\]\[\n]*\]"
    r"|(?:错误|Error)\s*[！!]\s*(?:未(?:定义|找到)[^。\n]{0,12}|(?:Bookmark|Reference)[^.\n]{0,40})[。.]?"
    r"|\{\s*(?:PAGE|NUMPAGES|TOC|REF|PAGEREF|HYPERLINK|MERGEFIELD|DATE|SEQ|INCLUDEPICTURE)\b[^}\n]{0,200}\}"
    r"|(?<![A-Za-z])(?:PAGEREF|HYPERLINK|MERGEFIELD|REF)[ \t]+(?:_\w+|\"[^\"\n]*\")(?:[ \t]*\\\w)*"
    r"|\\\*[ \t]*MERGEFORMAT"
    r"|(?<![A-Za-z0-9])_(?:GoBack|Toc\d+|Ref\d+|Hlk\d+)"
)
_TAG = re.compile(
    r"</?(?:p|br|div|span|table|tbody|thead|td|th|tr|b|i|u|em|strong|font|a|img|h[1-6]|ul|ol|li|sup|sub|center|script|style|o:p)"
    r"(?:\s++[a-zA-Z:-]+\s*+=[^<>\n]*)?(?<!\s)\s*+/?>|<!--(?:(?!<!--).)*?-->|&(?:nbsp|amp|lt|gt|quot|ldquo|rdquo|mdash|hellip|middot|#\d{2,5}|#x[0-9a-fA-F]{2,4});",
    re.IGNORECASE | re.DOTALL,
)
# Marks at a line's start are the parser's business; these stand in the middle of words.
_MARKDOWN = re.compile(
    r"(?<=[\u4e00-\u9fff，。；：、])(?:#{2,6}(?!\w)|```+|~~)|(?<=[\u4e00-\u9fff])\\[_*#\[\]()]|!?\[[^\]\n]{1,60}\]\((?:https?|/)[^)\n]{0,500}\)"
)
_STARS = re.compile(r"(?<=[\u4e00-\u9fff，。；：、）])(?:\*\*|__)(?=[\u4e00-\u9fff，。；：、（])")
_GARBLED = re.compile(
    r"[\ufffd\ue000-\uf8ff]+|[\x00-\x08\x0b\x0e-\x1f\x7f]+|锟斤拷|烫烫烫|屯屯屯|ï»¿|(?:[ÃÂâäåæçèé][\x80-\xbf€™œžŸ¡-¿]){2,}"
    r"|(?:[锛銆鈥][\u4e00-\u9fff€?])"
)
_BLANKS = re.compile(
    r"(?<![A-Za-z0-9])(?:[xXＸｘ]{2,}|[×╳✕]{2,})(?![A-Za-z0-9])|[_＿]{3,}|lorem\s+ipsum|(?<![A-Za-z])(?:TODO|TBD|FIXME)(?![A-Za-z])"
    r"|[【［\[〔（(](?:待[定补填]|待补充|待完善|待确认|待核实|此处|请填|请输入|填写|请在此|插入|点击此处|单击此处)[^】］\]〕）)\n]{0,20}[】］\]〕）)]"
    r"|自[ \t\u3000]*年[ \t\u3000]*月[ \t\u3000]*日起|于[ \t\u3000]*年[ \t\u3000]*月[ \t\u3000]*日",
    re.IGNORECASE,
)
_BLANK_FIELD = re.compile(r"[：:]\s*+[_＿]{3,}")
_IN_PROSE = re.compile(r"[。；，]")
_QUOTE_PAIRS = {"（": "）", "(": ")", "《": "》", "“": "”", "「": "」"}
_LINE = re.compile(r"[^\n]+")
_HAN = re.compile(r"[\u4e00-\u9fff]")
#: No line begins with one of these.
_NEVER_FIRST = re.compile(r"[，、。；：）》”」](?!\s*$)")
_LABEL = re.compile(
    rf"[\s#>*-]*(?:{ordinal('编|章|节|条|款')}|"
    r"[（(〔]?[一二三四五六七八九十百]+[）)〕、.．]|[（(]?\d{1,3}[）).．、]|[①-⑳]|附\s*[件录表]|[-*#|])"
)
#: A line that ends in one of these is not finished.
_HANGING = re.compile(r"[、，,]$|(?:[的和与及或在由对为将把被经等]|以及|或者|并且)$")
#: From so many characters on, a line without a full stop is a sentence, not a title.
_SENTENCE_LENGTH = 30
#: More broken lines than this are one fault of the whole file: text taken over line by line.
_MANY = 8


def check_leftovers(segmentation: Segmentation) -> Iterator[Draft]:
    """Fields, tags, garbled characters anywhere; blanks and broken lines in running text."""
    document = segmentation.document
    text = document.text
    for match in _FIELD.finditer(text):
        yield Draft(Check.LEFTOVER, Severity.ERROR, match.span())
    yield from _markup(text, markdown=document.source.lower().endswith(".md"))
    for match in _GARBLED.finditer(text):
        yield Draft(Check.GARBLED, Severity.ERROR, match.span())
    broken: list[tuple[int, int]] = []
    foreign = quoted(text)
    blank = _BLANKS.search(text) is not None
    for provision in (p for p in segmentation.articles if p.kind is not Kind.APPENDIX):
        if provision.kind not in (Kind.PREAMBLE, Kind.CLOSING):
            if blank:
                yield from _blanks(text, provision, foreign)
            if text.find("\n", provision.start, provision.end) >= 0:
                broken += _broken(text, provision)
    if len(broken) > _MANY:
        yield Draft(Check.BROKEN_LINE, Severity.WARNING, broken[0], "broken lines", {"count": len(broken)})
    else:
        yield from (Draft(Check.BROKEN_LINE, Severity.WARNING, span) for span in broken)


def _markup(text: str, *, markdown: bool) -> Iterator[Draft]:
    """HTML and Markdown; one finding a line, its first place quoted."""
    patterns = [_TAG, _MARKDOWN] if markdown else [_TAG, _MARKDOWN, _STARS]
    for pattern in patterns:
        line_end, last = -1, text.rfind("\n")
        for match in pattern.finditer(text):
            if match.start() > line_end and not (markdown and match.group().startswith("<!--")):
                line_end = text.find("\n", match.end()) if last >= match.end() else len(text)
                name = "HTML" if pattern is _TAG else "Markdown"
                yield Draft(Check.MARKUP, Severity.WARNING, match.span(), words={"name": name})


def _blanks(text: str, provision: Provision, foreign: list[tuple[int, int]]) -> Iterator[Draft]:
    """Blanks in sentences; the pattern of a name (“××人民法院”), in quotation marks, is meant to have its crosses."""
    before = after = -1
    form: object = False
    for match in _BLANKS.finditer(text, provision.start, provision.end):
        if not before < match.start() <= after:
            before, after = text.rfind("\n", 0, match.start()), text.find("\n", match.end())
            after = len(text) if after < 0 else after
            line = text[before + 1 : after]
            form = is_row(line) or "字样" in line or _BLANK_FIELD.search(line) or not _IN_PROSE.search(line)
        # A line of a form (「姓名：____」) waits for its user, not for the author.
        if not form and not inside(foreign, match.start()):
            yield Draft(Check.PLACEHOLDER, Severity.WARNING, match.span())


def _broken(text: str, provision: Provision) -> Iterator[tuple[int, int]]:
    """(start, end) around each line end that tears a sentence: the last words before it, the first after it."""
    lines = _LINE.finditer(text, provision.start, provision.end)
    for one, two in pairwise(line for line in lines if not line.group().isspace()):
        before, after = one.group().rstrip(), two.group().lstrip()
        if (
            is_row(before)
            or is_row(after)
            or "＝" in before
            or "=" in before
            or not (_HAN.match(after) or _NEVER_FIRST.match(after))
            or _LABEL.match(after)
        ):
            continue
        stranded = _NEVER_FIRST.match(after) and _HAN.match(before[-1])
        if stranded or _open_bracket(before, after) or (len(before) >= _SENTENCE_LENGTH and _torn(before, after)):
            at, first = one.start() + len(one.group().rstrip()), two.end() - len(two.group().lstrip())
            yield max(provision.start, at - 10), min(first + 10, two.end())


def _open_bracket(before: str, after: str) -> bool:
    """Whether a bracket that opens in one line closes in the next; a quotation may well hold paragraphs."""
    if before[-1] in "。；;：:！？!?":
        return False
    for left, right in _QUOTE_PAIRS.items():
        if before.count(left) == before.count(right) + 1 and after.count(right) == after.count(left) + 1:
            return after.find(right) < (after + left).find(left)
    return False


def _torn(before: str, after: str) -> bool:
    if _HANGING.search(before):
        return True
    return bool(_HAN.match(before[-1])) and after[-1] in "。；;：" and len(after) >= 10
