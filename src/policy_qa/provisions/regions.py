"""A file's instruments and attachments: where each begins, what it is called.

A file may hold one instrument, one inside the notice that issues it, several one after another, and
attachments, some of which are instruments themselves. A region starts at an attachment's own heading
(附件1), or at a title behind which the numbering starts again at its first number.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Sequence
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from policy_qa.facts.head import is_title
from policy_qa.provisions.labels import HEADINGS, Label, Mark, behind_marks, ends_sentence

_WORD = re.compile(r"\w")
DAY = r"[（(]?(?:\d{4}|二[〇○Ｏ零][〇○Ｏ零一二三四五六七八九]{2})\s*年\s*\S{1,3}\s*月(?:\s*\S{1,3}\s*日)?[)）]?"
DATE = re.compile(rf"{DAY}(?:印发|发布|公布)?$")
_NUMBER = r"[^。；\n]{0,20}[〔\[［（(【]\s?(?:19|20)\d\d\s?[〕\]］）)】]\s?第?\s?\d{1,5}\s?号[^。；\n]{0,20}"
#: The 文号 below a title, a line of its own: 信工学〔2025〕11号; the line (group 1) with the line ends before it.
NUMBER_LINE = re.compile(rf"\s{{0,40}}?({_NUMBER})(?=\n|\Z)")
#: What stands below a title and is none: a note in brackets (（2020年3月1日校务会通过）), the 文号, a date.
_NOTE = re.compile(rf"[（(][^（）()]{{0,200}}[)）]$|{_NUMBER}$|{DATE.pattern}")
#: Lines between a title and the first number below it: a date of adoption, 文号, a preamble. More is no lead-in.
_MAX_LEAD_IN = 2_000
#: The title of a notice that issues what stands below it.
_NOTICE = re.compile(r"^[^。；，\n]{0,80}(?:印发|转发|发布|公布|下发)[^。；\n]{0,80}(?:通知|决定|公告|令)$")
#: A letterhead has a body's name and a 文号.
_MAX_LETTERHEAD = 3
#: A line so short holds no title by itself: 实施细则, 暂行办法.
_BARE_KIND = 4
#: A title of three lines and one of its issuer above it is the most that occurs.
_MAX_TITLE_LINES = 3


def title_above(text: str, label: Label, above: Label | None, *, strict: bool) -> tuple[int, int] | None:
    """The stretch of the title line nearest above a label, below the label before it; None without one."""
    floor = max(above.line_end if above else 0, label.start - _MAX_LEAD_IN)
    if text[floor : label.start].isspace():
        return None
    lines = visible_lines(text, floor, label.start)
    while lines and _NOTE.match(text[slice(*lines[-1])]):
        lines.pop()
    for i in range(len(lines) - 1, -1, -1):
        start, end = lines[i]
        words = text[start:end].rstrip("*_ #")
        if not (is_title(words) or (not strict and may_be_title(words) and i == len(lines) - 1)):
            continue
        if i == 0 and above and not _is_closed(text, above, floor):
            return None
        if i and not _closes(text[lines[i - 1][0] : lines[i - 1][1]]):
            first = _first_title_line(text, lines, i)
            if first is None and (strict or not is_title(words)):
                return None
            start = start if first is None else first
        return start, start + len(text[start:end].rstrip("*_ #"))
    return None


def title_right_above(text: str, at: int) -> bool:
    """Whether the line above one that begins at `at` is a title; notes, 文号 and dates between them left out."""
    lines = visible_lines(text, max(text.rfind("\n", 0, max(0, at - 400)), 0), at)
    while lines and _NOTE.match(text[slice(*lines[-1])]):
        lines.pop()
    return bool(lines) and is_title(text[slice(*lines[-1])].rstrip("*_ #"))


def covered_from(text: str, floor: int, title: int) -> tuple[int, int]:
    """(where the notice or letterhead above a title begins, the end of its first line); the title without one.

    A collection holds each instrument as it was issued: 某某学院文件, 文号, 关于印发《…》的通知, its text, signature.
    """
    lines = visible_lines(text, max(floor, title - _MAX_LEAD_IN), title)
    at = next((i for i, line in enumerate(lines) if _NOTICE.search(text[slice(*line)])), len(lines))
    for i in range(at - 1, max(at - 1 - _MAX_LETTERHEAD, -1), -1):
        words = text[slice(*lines[i])]
        headed = i + 1 == at < len(lines) or (i + 1 < len(lines) and NUMBER_LINE.match(text, lines[i + 1][0] - 1))
        if not NUMBER_LINE.match(words) and not (
            headed and len(words) <= 30 and may_be_title(words) and not _closes(words)
        ):
            break
        at = i
    return lines[at] if at < len(lines) else (title, title)


def _first_title_line(text: str, lines: Sequence[tuple[int, int]], i: int) -> int | None:
    """The start of a title whose lines run up from line `i`; None where they are a sentence broken in lines."""
    at = i
    whole = lines[i][1] - lines[i][0] > _BARE_KIND
    while at and i - at < _MAX_TITLE_LINES and not _closes(above := text[lines[at - 1][0] : lines[at - 1][1]]):
        if whole and is_title(above):  # 学生手册 above 公寓管理办法: two titles
            return lines[at][0]
        at -= 1
    above_is_closed = at == 0 or _closes(text[lines[at - 1][0] : lines[at - 1][1]])
    return lines[at][0] if above_is_closed and all(b - a <= 40 for a, b in lines[at:i]) and i - at <= 2 else None


def visible_lines(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The lines of text[start:end] that hold a word or a number, without marks and white space around it."""
    out, at = [], start
    for line in text[start:end].split("\n"):
        begin = behind_marks(line, 0, len(line))
        if _WORD.search(line, begin):
            out.append((at + begin, at + len(line.rstrip())))
        at += len(line) + 1
    return out


def may_be_title(words: str) -> bool:
    """Whether a line may be a title for all that its marks and its length say."""
    return (
        4 <= len(words) <= 40
        and bool(re.search(r"[\u4e00-\u9fff]{2}", words))
        and not re.search(r"[。；;：:，,！？!?|\t]", words)
        and not DATE.match(words)
    )


def _closes(line: str) -> bool:
    """Whether a line ends what stands before a title: a sentence's end, a date, a table's row, a contact."""
    if line.count("\t") > 1:
        return True
    line = line.strip().rstrip("*_")
    return (
        line[-1:] in tuple("|)）”")
        or ends_sentence(line)
        or bool(NUMBER_LINE.match(line))
        or bool(DATE.match(line))
        or bool(re.search(r"\d$", line))
    )


def _is_closed(text: str, above: Label, floor: int) -> bool:
    """Whether the label's own line, right above a title, is a finished sentence (not a heading or a lead-in)."""
    own = text[above.rest : above.line_end].rstrip()
    if not own and above.mark in HEADINGS:
        return False  # 第四章 on one line, its name on the next
    return floor > above.line_end or own.endswith((")", "）", "”")) or ends_sentence(own)


def one_line(title: str) -> str:
    """A title without line ends, Markdown marks and the spaces that layout puts between Chinese characters."""
    return re.sub(r"(?<=[^\x00-\x7f]) (?=[^\x00-\x7f])", "", " ".join(title.replace("#", " ").replace("*", "").split()))


_ISSUES = re.compile(r"(?:印发|转发|发布|公布|下发)")
_NAMED = re.compile(r"《([^《》\n]{2,80})》")
_IS_NOTICE = re.compile(r"(?:通知|令|公告|决定|函)$")
#: The lines right below an attachment's heading stand in so many characters.
_MAX_OWN = 500
#: What an instrument is called by the end of its title: 制度, 办法, 规则.
_ENDING = 2


class Region(NamedTuple):
    """A stretch [start, end) of a text with a numbering of its own.

    `appendix` is its attachment number, 0 for the body. `heading` is the stretch of its title (or of
    the label 附件1), empty for the first region; `title` the title in one line, which begins at `named_at`.
    """

    start: int
    end: int
    appendix: int = 0
    label: str = ""
    heading: tuple[int, int] = (0, 0)
    title: str = ""
    named_at: int = 0
    labels: tuple[Label, ...] = ()


def regions_of(
    text: str, labels: Sequence[Label], articles: frozenset[int], listed: Sequence[tuple[int, int]]
) -> list[Region]:
    """The regions of a text in order, without gaps; the first starts at 0.

    `articles` are the starts of the 第X条 labels that open an article (references left out), `listed` the lines that a
    table of contents names.
    """
    if not labels and (forms := _forms(text)):
        return forms
    units = [x for x in labels if x.mark is not Mark.APPENDIX and (x.mark is not Mark.ARTICLE or x.start in articles)]
    first_of = cache(lambda: _first(text, units))  # most files hold one instrument, and need no title for it
    named = _listed(text, units, listed)
    at = [region.start for region in named]
    # Where a table of contents names a title, lines above it are none of it.
    further = [
        region
        for region in _further_instruments(text, units, first_of)
        if bisect_left(at, region.named_at) == bisect_left(at, region.named_at + len(region.title))
    ]
    if named and units and named[0].start < units[0].start:
        first = first_of()._replace(title=named[0].title, named_at=named.pop(0).start)
    else:
        first = first_of() if further or named else Region(start=0, end=len(text))
    bodies = sorted([*further, *named], key=lambda region: region.start)
    out = [first, *_in_order(text, [*_attachments(text, labels, units, bodies), *bodies])]
    ends = [region.start for region in out[1:]] + [len(text)]
    at = [label.start for label in units]
    return [
        r._replace(end=end, labels=tuple(units[bisect_left(at, max(r.start, r.heading[1])) : bisect_left(at, end)]))
        for r, end in zip(out, ends, strict=True)
    ]


def _first(text: str, units: Sequence[Label]) -> Region:
    """The region that the file begins with, by the title above its first number where it has one."""
    title = title_above(text, units[0], None, strict=True) if units else None
    if title is None:
        return Region(start=0, end=len(text))
    return Region(start=0, end=len(text), title=one_line(text[slice(*title)]), named_at=title[0])


def _titled(text: str, start: int, end: int) -> Region:
    return Region(start=start, end=end, heading=(start, end), title=one_line(text[start:end]), named_at=start)


def _listed(text: str, units: Sequence[Label], listed: Sequence[tuple[int, int]]) -> list[Region]:
    """The instruments that a table of contents names, by their titles in the text; two at least."""
    lines = [line for line in listed if is_title(text[slice(*line)])]
    found = [_titled(text, *_bare(text, *line)) for line in lines]
    at = [label.start for label in units]
    kept = [r for r in found if (i := bisect_left(at, r.start)) == len(at) or units[i].number == 1]
    return kept if len(kept) > 1 else []


def _bare(text: str, start: int, end: int) -> tuple[int, int]:
    """A line without its Markdown marks."""
    return behind_marks(text, start, end), start + len(text[start:end].rstrip("*_ #\t\u3000"))


def _forms(text: str) -> list[Region]:
    """Forms one after another (岗位说明书), in a text without any number: captions of tables that begin alike."""
    lines = visible_lines(text, 0, len(text)) if "|" in text else []
    captions, first_cells, values = [], [], []
    for line, below in pairwise(lines):
        words, row = text[slice(*line)], _cells(text[slice(*below)])
        if row and not _cells(words) and may_be_title(one_line(words)):
            captions.append(line)
            first_cells.append(row[0])
            values.append(row[1] if len(row) == 2 else "")
    if len(captions) < 2 or len(set(first_cells)) > 1:
        return []
    titles = [one_line(text[slice(*line)]) for line in captions]
    if len(set(titles)) < len(titles):
        titles = [f"{title}（{value}）" if value else title for title, value in zip(titles, values, strict=True)]
    starts = [0, *(start for start, _ in captions[1:])]
    return [
        Region(start=start, end=end, heading=line, title=title, named_at=line[0])
        for start, end, line, title in zip(starts, [*starts[1:], len(text)], captions, titles, strict=True)
    ]


def _cells(line: str) -> list[str]:
    """The cells of a table's row that hold something; none of another line."""
    return [cell for part in line.strip("| ").split("|") if (cell := part.strip())] if line.startswith("|") else []


def _in_order(text: str, found: list[Region]) -> list[Region]:
    """The regions by start; the title right below an attachment's heading is the attachment's own."""
    out: list[Region] = []
    for region in sorted(found, key=lambda r: (r.start, not r.appendix)):
        if not region.appendix and out and out[-1].appendix and not _goes_beyond(text, out[-1].heading[1], region):
            continue
        if out and region.start < out[-1].heading[1]:
            continue
        out.append(region)
    return out


def _goes_beyond(text: str, heading_end: int, body: Region) -> bool:
    """Whether an instrument's title stands behind the content of an attachment, not right below its heading."""
    line_end = text.find("\n", heading_end, body.start)
    return line_end >= 0 and len(visible_lines(text, line_end, min(body.start, line_end + _MAX_OWN))) > 1


def _attachments(text: str, labels: Sequence[Label], units: Sequence[Label], bodies: Sequence[Region]) -> list[Region]:
    """Attachments at their own headings; not where they are only announced, nor where the body goes on behind.

    `bodies` are the further instruments of the file; one behind the content of an attachment ends it.

    Where the body is a bare notice and its first attachment the one instrument of the file, that is no
    attachment either: its articles are the file's.
    """
    found = [label for label in labels if label.mark is Mark.APPENDIX]
    at = [label.start for label in units]
    starts = [body.start for body in bodies]
    out: list[Region] = []
    inside: list[Sequence[Label]] = []
    for order, label in enumerate(found):
        end = found[order + 1].start if order + 1 < len(found) else len(text)
        behind = bisect_left(starts, label.line_end)
        end = min([end, *(b.start for b in bodies[behind : behind + 2] if _goes_beyond(text, label.end, b))])
        if _is_announced(text[label.line_end : end], text[label.end : label.line_end]):
            continue
        first, last = bisect_left(at, label.start), bisect_left(at, end)
        if not out and first < last and _continues(units[:first], units[first]):
            continue
        titled = text[label.end : label.line_end].strip(" \t\u3000*_:：")
        if titled and not label.number and not (first and _belongs_here(text[label.line_end : end], units[first:last])):
            continue
        number = label.number or len(out) + 1
        out.append(
            Region(start=label.start, end=end, appendix=number, label=label.text, heading=(label.start, label.end))
        )
        inside.append(units[first:last])
    if out and bisect_left(at, out[0].start) == 0:
        for mark in (Mark.ARTICLE, Mark.HAN_COMMA):
            counted = [len(own) > 1 and sum(x.mark is mark for x in own) > 1 for own in inside]
            if any(counted):
                return out[1:] if counted[0] and sum(counted) == 1 else out
    return out


def _is_announced(content: str, title: str) -> bool:
    """Whether nothing of an attachment follows its heading: nothing at all, or the signature of the notice."""
    if not _WORD.search(content):
        return bool(title.strip(" \t\u3000*_"))
    if not title.strip():
        return False
    lines = [line.strip() for line in content.split("\n") if _WORD.search(line)]
    return len(lines) <= 6 and _is_signed(lines) and not any(len(line) > 30 or ends_sentence(line) for line in lines)


def _is_signed(lines: Sequence[str]) -> bool:
    """Whether some lines begin with a signature: at most two bodies and a date; a colon or a third line is content."""
    date = next((i for i, line in enumerate(lines[:3]) if DATE.match(line)), None)
    return date is not None and not any("：" in line for line in lines[:date])


def _belongs_here(content: str, inside: Sequence[Label]) -> bool:
    """Whether what stands below 「附表：标题」 is that table: no signature comes first, and no instrument in 条."""
    lines = [line.strip() for line in content.split("\n", 12)[:12] if _WORD.search(line)]
    return not _is_signed(lines) and not any(x.mark is Mark.ARTICLE for x in inside)


def _continues(before: Sequence[Label], after: Label) -> bool:
    """Whether the numbering of the body goes on behind what looks like an attachment's heading."""
    last = next((u for u in reversed(before) if u.mark is after.mark), None)
    if last is None or after.number == 1:
        return False
    return (after.number, after.sub) in ((last.number + 1, 0), (last.number, last.sub + 1))


def _further_instruments(text: str, units: Sequence[Label], first_of: Callable[[], Region]) -> list[Region]:
    """Instruments behind the first: a title, then a numbering that starts at 1 although one has run before.

    （一） and 1. start again under many a heading: there the title has to end as one before it does (…制度).
    """
    out: list[Region] = []
    articles = [x for x in units if x.mark is Mark.ARTICLE]
    starts = [x.start for x in articles]
    run: set[Mark] = set()  # the numberings that have run before
    endings: set[str] = set()
    top = Mark.DECIMAL  # the outermost numbering since the last title
    for above, label in pairwise(units):
        run.add(above.mark)
        if above.mark < top:
            top = above.mark
        if label.number != 1 or label.sub or label.mark > Mark.DIGIT_DOT:
            continue
        at = bisect_left(starts, label.start)
        if 0 < at < len(articles) and articles[at].number == articles[at - 1].number + 1:
            continue  # the 条 count on: a chapter with a broken heading
        inner = label.mark > Mark.HAN_COMMA
        again = label.mark in run or min(run) <= Mark.HAN_COMMA or label.mark <= top
        if _is_same_opening(above, label) or not again:
            continue
        strict = label.mark >= Mark.HAN_COMMA or above.mark > Mark.HAN_COMMA
        title = title_above(text, label, above, strict=strict)
        if title and inner and text[title[1] - _ENDING : title[1]] not in {*endings, first_of().title[-_ENDING:]}:
            continue
        if title:
            region = _titled(text, *title)
            cover, head_end = covered_from(text, above.line_end, title[0])
            out.append(region if cover == title[0] else region._replace(start=cover, heading=(cover, head_end)))
            endings.add(out[-1].title[-_ENDING:])
            top = label.mark
    return out


def _is_same_opening(above: Label, label: Label) -> bool:
    """第一章 over 第一节 over 第一条: one beginning, not three."""
    return above.number == 1 and above.mark < label.mark <= Mark.ARTICLE


def issues_another(text: str, title: str) -> bool:
    """Whether a text is the notice that issues an instrument of this title: 现将《…办法》印发给你们."""
    head = text[:2_000]
    if not _ISSUES.search(head):
        return False
    named = [name for name in _NAMED.findall(head) if name in title or title in name]
    return bool(named) or any(_IS_NOTICE.search(line.rstrip("*_ ")) for line in head.split("\n", 12)[:12])
