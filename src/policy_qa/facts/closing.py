"""What a text says of its own time, and of the texts that it ends: 自…起施行, 试行两年, 《…》同时废止."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from policy_qa.citing.clean import trimmed
from policy_qa.citing.grammar import ordinal
from policy_qa.facts.dates import DATE, LOOSE_DATE, after, in_words, iso_date, later
from policy_qa.facts.head import NUMBER
from policy_qa.facts.model import Fact, Term, TermKind
from policy_qa.numerals import NUMERAL_CHARS, parse_number

_BEGINS = r"(?:正式|开始)?\s*+(?:施行|实施|執行|实行|執行|执行|生效|试行|試行|適用|适用)"
_FROM_DAY = re.compile(rf"(?:自\s*+)?{LOOSE_DATE}\s*+(?:之日)?\s*+起\s*+{_BEGINS}")
_FROM_ISSUE = re.compile(rf"(?:自\s*+)?(?:印发|发布|公布|颁布|下发|签发|通过|发文|印發|發布)之日起?\s*+{_BEGINS}")
#: 2003年9月1日施行: a line of a head.
_FROM_HEAD = re.compile(rf"^[（(]?[ \t\u3000]*+{DATE}[ \t\u3000]*+{_BEGINS}[ \t\u3000]*+[)）]?$", re.MULTILINE)
_APPROVED = re.compile(r"批准\s*+[)）]?$")
#: What follows must be the text's own time: a card, a contract and a probation have terms as well.
_OWN = re.compile(
    r"本(?:办法|规定|制度|方案|细则|条例|通知|意见|章程|规则|规程|标准|规范|决定|准则|守则|指南|要点|文件|文|辦法|規定|要點)"
    r"|(?:印发|发布|公布|颁布|通过)之日|起\s*(?:施行|实施|执行|试行|生效)"
)
_LENGTH = rf"(?P<n>[{NUMERAL_CHARS}]{{1,4}}|半)\s*+(?P<u>年|个月)(?P<half>半)?"
_SPAN = re.compile(
    rf"(?P<kind>试行|暂行|试用|有效)(?:的)?(?:期限|期)?\s*+(?:为|是|：|:)?\s*+(?:自[^，。；\n]{{2,24}}?起)?\s*+{_LENGTH}"
)
_UNTIL = re.compile(
    rf"(?P<kind>试行|暂行|有效)(?:期限|期)?\s*+(?:自[^，。；\n]{{2,24}}?)?(?:延长)?(?:至|到|截至|截止到?)\s*+{DATE}"
)
#: That a text lasts longer than it said.
_EXTENDED = re.compile(
    r"(?:延长|顺延|延期|延续|继续(?:有效|施行|实施|执行|试行))[^。；\n《》]{0,16}?(?P<to>[至到为])?\s*+"
    rf"(?:(?<=[至到]){DATE}|(?P<n>[{NUMERAL_CHARS}]{{1,4}}|半)\s*+(?P<u>年(?!\d)|个月))"
)
_LASTS = re.compile(r"试行|暂行|有效|施行|实施|执行")
_MAY_LAST = re.compile(r"试行|暂行|试用|有效")
_STOP = re.compile(r"[。\n]")
_LINE = re.compile(r"[^\n]+")
_ENDS = r"(?:废止|停止执行|停止施行|停止使用|不再执行|失效|作废)"
#: That a text is ended.
ENDED = re.compile(_ENDS)
_ONLY_IF = re.compile(r"不一致|相抵触|有抵触|者?除外|期满|有效期|不得|不予|视为|(?:被|经)(?:废止|撤销)")
#: A title with its number behind it; （…号修改） is that of what amended it.
CITED = re.compile(
    rf"《(?P<title>[^《》]{{2,80}}(?:《[^《》]{{2,60}}》[^《》]{{0,40}})?)》"
    rf"(?:\s*+[（(]\s*+(?P<number>{NUMBER})(?!\s*+(?:第.{{1,2}}次)?修[改正订])[^（）()]{{0,12}}[)）])?"
)
_BARE_NUMBER = re.compile(rf"{NUMBER}")
_OWN_FORMER = re.compile(
    r"(?:原(?:有)?(?:的)?|此前(?:印发|发布)?的?)[^，。；《》]{0,16}?(?:办法|规定|制度|方案|细则|章程|规程|意见|文件)"
)
#: 下列文件予以废止： and the lines below it.
_LIST_BELOW = re.compile(
    rf"(?:下列|以下|如下|附件|目录|清单)[^。\n]{{0,40}}{_ENDS}|{_ENDS}[^。\n]{{0,20}}(?:下列|以下|如下)"
)
_ITEM = re.compile(r"[ \t\u3000]*+(?:[（(]?[\d一二三四五六七八九十]{1,3}[)）]?[、.．)）]?|\|)?+[ \t]*+《")
_PLACE = re.compile(ordinal("条|款|项|章"))


@dataclass(frozen=True, kw_only=True, slots=True)
class Ending:
    """A text that another one ends, as that names it; with neither title nor number it is its own former text."""

    title: str
    number: str
    on: str
    source: Fact


@dataclass(frozen=True, kw_only=True, slots=True)
class Extension:
    """That a text lasts longer, as another one names it: `until` a day (ISO), or for `months`, in all or (`more`) from
    the end of its term on."""

    title: str
    number: str
    until: str
    months: int
    more: bool
    source: Fact

    def last(self, begins: str, before: str) -> str:
        """The last day of a term that began on a day and ended on another; empty where that is not known."""
        if self.until:
            return self.until
        return later(after(before) if self.more else begins, self.months)


def effective(text: str, start: int, end: int, issued: Fact | None, doc_id: str) -> Fact | None:
    """The day from which a text says that it applies: the last one, for it stands at the end; that of issue, if so."""
    found: Fact | None = None
    for pattern in (_FROM_DAY, _FROM_HEAD, _FROM_ISSUE):
        for match in pattern.finditer(text, start, end):
            if text[max(start, match.start() - 3) : match.start()].rstrip().endswith(("》", "）")):
                continue  # 《…》自2020年1月1日起施行 tells of another text
            # 国务院批准 is not yet the day of issue.
            told = issued.value if issued and not _APPROVED.search(text, issued.start, issued.end) else ""
            day = iso_date(match) if pattern is not _FROM_ISSUE else told
            if day:
                a, b = line_of(text, match.start(), start, end)
                found = Fact(value=day, doc_id=doc_id, start=a, end=b)
        if found:
            break
    return found


def term(text: str, start: int, end: int, begins: str, doc_id: str) -> Term | None:
    """The trial or validity that a text gives itself, counted from the ISO day `begins`; None where it gives none."""
    for sentence in _sentences_with(text, start, end, _MAY_LAST):
        words = text[slice(*sentence)]
        if not _OWN.search(words):
            continue
        if match := _UNTIL.search(words):
            length, until = "", iso_date(match)
        elif match := _SPAN.search(words):
            months = _months(match) + (6 if match.group("half") else 0)
            if not months:
                continue
            length = f"{months // 12}年" if months % 12 == 0 else f"{months}个月"
            until = later(begins, months)
        else:
            continue
        kind = TermKind.VALIDITY if match.group("kind") == "有效" else TermKind.TRIAL
        told = f"{kind}{length or '至' + in_words(until)}"
        first, last = line_of(text, sentence[0] + match.start(), start, end)
        return Term(
            kind=kind, length=length, until=until, source=Fact(value=told, doc_id=doc_id, start=first, end=last)
        )
    return None


def endings(text: str, start: int, end: int, title: str, doc_id: str) -> Iterator[Ending]:
    """The texts that the stretch [start, end) ends, by title, number or as its own former text."""
    for first, last in _sentences_with(text, start, end, ENDED):
        # 《…》同时废止；其他规定与本办法不一致的，以本办法为准: the rest is of no text by name.
        while _ONLY_IF.search(text, first, last) and (cut := text.rfind("；", first, last)) >= 0:
            last = cut
        sentence = text[first:last]
        if not ENDED.search(sentence) or _ONLY_IF.search(sentence) or sentence.strip(" \u3000#*") == title:
            continue
        day = re.search(rf"自\s*+{DATE}\s*+(?:之日)?起[^，。]{{0,6}}{_ENDS}", sentence)
        on = iso_date(day) if day else ""
        yield from _named(text, first, last, on, doc_id)
        if _LIST_BELOW.search(sentence):
            for line in _LINE.finditer(text, last + 1, end):
                if line.group().strip() and not _ITEM.match(line.group()):
                    break
                if line.group().strip():
                    yield from _named(text, line.start(), line.end(), on, doc_id)


def extensions(text: str, doc_id: str) -> Iterator[Extension]:
    """The texts whose trial or validity a text extends: 《…》有效期延长至2027年12月31日, 试行期延长一年."""
    for first, last in _sentences_with(text, 0, len(text), _EXTENDED):
        found = _EXTENDED.search(text, first, last)
        if found is None or _OWN.search(text, first, found.start()):
            continue
        months = _months(found)
        source = Fact(value=text[first:last].strip(), doc_id=doc_id, start=first, end=last)
        for cited in CITED.finditer(text, first, found.start()):
            if not _LASTS.search(text, cited.end(), found.end()):
                continue  # 按《…》缴费期延长 is another matter
            yield Extension(
                title=cited.group("title"),
                number=cited.group("number") or "",
                until=iso_date(found) if found.group("y") else "",
                months=months,
                more=not found.group("to"),
                source=source,
            )


def _months(match: re.Match[str]) -> int:
    """A length of `n` `u` (年, 个月) in months; 0 where none is told."""
    n = match.group("n")
    if n == "半":
        return 6
    return (parse_number(n) or 0) * (12 if match.group("u") == "年" else 1) if n else 0


def _named(text: str, start: int, end: int, on: str, doc_id: str) -> Iterator[Ending]:
    """What a sentence or a line of a list ends; a part of a text (《…》第三条) is another matter."""
    source = Fact(value=text[start:end].strip(), doc_id=doc_id, start=start, end=end)
    sentence = text[start:end]
    last = max((m.end() for m in ENDED.finditer(sentence)), default=len(sentence))
    found = False
    for cited in CITED.finditer(sentence, 0, last):
        found = True
        if not _PLACE.match(sentence[cited.end() : cited.end() + 12].lstrip("的中（(")):
            yield Ending(title=cited.group("title"), number=cited.group("number") or "", on=on, source=source)
    if found:
        return
    for number in _BARE_NUMBER.finditer(sentence, 0, last):
        found = True
        yield Ending(title="", number=re.sub(r"^(?:原|将|和|及|与|、)", "", number.group()), on=on, source=source)
    if not found and "《" not in sentence and _OWN_FORMER.search(sentence):
        yield Ending(title="", number="", on=on, source=source)


def _sentences_with(text: str, start: int, end: int, sought: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    """The sentences in which something is found, each once."""
    done = start
    for match in sought.finditer(text, start, end):
        if match.start() >= done:
            first = max(text.rfind("。", done, match.start()), text.rfind("\n", done, match.start())) + 1 or done
            stop = _STOP.search(text, match.end(), end)
            done = stop.start() if stop else end
            yield first, done


def line_of(text: str, at: int, start: int, end: int) -> tuple[int, int]:
    """The line that holds an offset, without the white space around it, inside [start, end)."""
    first = max(text.rfind("\n", start, at) + 1, start)
    last = text.find("\n", at, end)
    return trimmed(text, first, end if last < 0 else last)
