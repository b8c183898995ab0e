"""Sheets, as PDF, OFD and the recognition of scans give them, -> paragraphs with the page on which each begins."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise

from policy_qa.datamodels import RECOGNISED, Recognised
from policy_qa.documents.extracted import Extracted
from policy_qa.documents.pdf.furniture import (
    Item,
    View,
    mark_footnotes,
    strip_furniture,
    strip_repeated_table_heads,
)
from policy_qa.documents.pdf.lines import columns_of, lines_of
from policy_qa.documents.pdf.page import Char, Sheet
from policy_qa.documents.pdf.paragraphs import Joiner, Paragraph, join_cell
from policy_qa.documents.pdf.tables import find_tables, split_off

#: Stands for a table among the characters of a page, while columns are told.
_TABLE_MARK = 0xF0000


@dataclass(slots=True)
class Pages:
    """What was met while the pages were read, in order."""

    views: list[View] = field(default_factory=list)
    scanned: list[int] = field(default_factory=list)
    turned: dict[str, None] = field(default_factory=dict)
    sizes: Counter[float] = field(default_factory=Counter)
    characters: int = 0
    unmapped: int = 0
    confidence: dict[int, float] = field(default_factory=dict)
    unread: int = 0

    def add(self, sheets: list[Sheet], *, spaceless: bool = False) -> None:
        """Take up the sheets of one page. `spaceless` tells that the file's maker writes no spaces, only gaps."""
        shown = [c for sheet in sheets for c in sheet.chars if not c.text.isspace()]
        self.characters += len(shown)
        self.sizes.update(round(c.size * 2) / 2 for c in shown)
        self.unmapped += sheets[0].unmapped
        if sheets[0].turned:
            self.turned.setdefault(sheets[0].turned)
        if sheets[0].is_scan:
            self.scanned.append(sheets[0].number)
        if sheets[0].confidence:
            self.confidence[sheets[0].number] = sheets[0].confidence
        self.unread += sheets[0].unread
        for sheet in sheets:
            self.views += _views(sheet, spaceless=spaceless)

    def extracted(self, count: int, encoding: str) -> Extracted:
        """The text of `count` pages, of which at least one character has been taken up."""
        body = max(self.sizes, key=lambda size: (self.sizes[size], size))
        taken = strip_furniture(self.views, body)
        strip_repeated_table_heads(self.views)
        mark_footnotes(self.views, body)
        items = [item for view in self.views for item in view.items]
        widths = {item.key: view.width for view in self.views for item in view.items}
        text, pages = _written(Joiner(items, body, widths).paragraphs(items), count)
        recognised = tuple(
            Recognised(start=start, end=end, confidence=round(self.confidence[number], 4))
            for number, (start, end) in enumerate(pairwise((*pages, len(text))), start=1)
            if number in self.confidence and start < end
        )
        notes = _notes(self, taken, text, count)
        return Extracted(text=text, encoding=encoding, pages=pages, notes=notes, recognised=recognised)


def _views(sheet: Sheet, *, spaceless: bool) -> list[View]:
    """The page's lines and tables in reading order; two views where it carries two pages side by side."""
    tables = find_tables(sheet.rules)
    chars, written = split_off(
        sheet.chars, tables, lambda chars, right: join_cell(lines_of(chars, spaceless=spaceless), right)
    )
    marks = [
        Char(chr(_TABLE_MARK + i), table.xs[0], table.xs[-1], (table.ys[0] + table.ys[1]) / 2, 10.0)
        for i, table in enumerate(tables)
        if written[i]
    ]
    items: list[Item] = []
    regions = columns_of(chars + marks)
    for region, (column, of, part) in enumerate(regions):
        key = (column, of, round(sheet.width))
        own = [
            Item(page=sheet.number, region=region, key=key, y=line.y, line=line)
            for line in lines_of((c for c in part if ord(c.text[0]) < _TABLE_MARK), spaceless=spaceless)
        ]
        own += [
            Item(page=sheet.number, region=region, key=key, y=c.y, rows=written[ord(c.text) - _TABLE_MARK])
            for c in part
            if ord(c.text[0]) >= _TABLE_MARK
        ]
        items += sorted(own, key=lambda item: item.y)
    halves = len(regions) == 2 and all(of == 2 for _, of, _ in regions) and sheet.width > sheet.height
    parts = [[i for i in items if i.region == r] for r in (0, 1)] if halves else [items]
    return [View(page=sheet.number, width=sheet.width, height=sheet.height, items=part) for part in parts]


def _written(paragraphs: list[Paragraph], count: int) -> tuple[str, tuple[int, ...]]:
    """(the text, the offset at which each page begins)."""
    out: list[str] = []
    starts: dict[int, int] = {}
    at = 0
    for paragraph in paragraphs:
        for page, text in paragraph.pieces:
            starts.setdefault(page, at)
            out.append(text)
            at += len(text)
        out.append("\n")
        at += 1
    pages = [0] * count
    following = at
    for number in range(count, 0, -1):
        following = min(starts.get(number, following), following)
        pages[number - 1] = following
    pages[0] = 0
    return "".join(out), tuple(pages)


def _notes(found: Pages, taken: list[str], text: str, count: int) -> tuple[str, ...]:
    notes = []
    if found.scanned:
        pages = "、".join(map(str, found.scanned[:20])) + ("等" if len(found.scanned) > 20 else "")
        notes.append(
            f"第{pages}页是扫描图片，没有可读的文字，共{len(found.scanned)}页未读入；"
            "请对这些页做文字识别（OCR）后重新保存，或安装识别组件（pip install '.[ocr]'）"
        )
    if found.confidence:
        notes.append(_of_recognition(found.confidence, count))
    if found.unread:
        notes.append(f"有{found.unread}行看不清，未读入")
    if taken:
        shown = "”“".join(words[:30] for words in taken[:3])
        notes.append(f"已去掉页眉、页脚和页码，如“{shown}”{'等' * (len(taken) > 3)}")
    if found.turned:
        shown = "”“".join(words[:30] for words in list(found.turned)[:3])
        notes.append(f"已略去斜排或转向的文字（多为水印），如“{shown}”{'等' * (len(found.turned) > 3)}")
    if "\ufffd" in text:
        notes.append(f"有{text.count(chr(0xFFFD))}个字符的字体没有对应的编码，以“\ufffd”代替，请核对原文")
    return tuple(notes)


#: Pages that are read with less confidence are named.
_UNSURE = 0.9


def _of_recognition(confidence: dict[int, float], count: int) -> str:
    """That pages were recognised, how surely, and which of them not."""
    which = "全文" if len(confidence) == count else f"第{'、'.join(map(str, [*confidence][:20]))}页"
    mean = sum(confidence.values()) / len(confidence)
    unsure = [f"第{number}页{share:.0%}" for number, share in confidence.items() if share < _UNSURE]
    low = f"，其中{'、'.join(unsure[:20])}" if unsure else ""
    return f"{which}{RECOGNISED}（平均置信度{mean:.1%}{low}）"
