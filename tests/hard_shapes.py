"""Texts that make a pattern, or a loop, slow where it grows faster than its input.

Each shape is one small piece repeated to a size in bytes of UTF-8, or a seeded walk over the marks that policies
are made of. None of them says anything; all of them could be pasted into a page by mistake or on purpose.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping

_WHITE = {
    "spaces": " ",
    "ideographic spaces": "\u3000",
    "tabs": "\t",
    "newlines": "\n",
    "no-break spaces": "\u00a0",
    "thin spaces": "\u2009",
    "form feeds": "\f",
    "spaces and newlines": " \n",
    "all white space": " \u3000\t\n\u00a0",
}
_OPEN, _CLOSED = "（(《〈「『“‘【〔[［<{", "）)》〉」』”’】〕]］>}"
_NUMERALS = "一二三四五六七八九十百千万亿零〇○两"
#: Pieces that are repeated: words and marks that patterns look for.
_PIECES = {
    "digits": "1",
    "nines": "9",
    "full-width digits": "１",
    "numerals": _NUMERALS,
    "ones": "一",
    "tens": "十",
    "circled zeros": "〇",
    "thousands": "千",
    "circled": "①",
    "decimals": "1.",
    "dotted years": "2024.",
    "grouped": "1,234,",
    "ordinals": "第",
    "articles unit": "条",
    "articles": "第一条",
    "articles and blanks": "第一条 ",
    "articles on lines": "第一条\n",
    "articles with text on lines": "第一条 学校\n",
    "chapters on lines": "第一章 总则\n",
    "sections on lines": "一、总则\n",
    "brackets on lines": "（一）总则\n",
    "points on lines": "1.总则\n",
    "decimals on lines": "1.1 总则\n",
    "attachments on lines": "附件1\n",
    "attachments": "附件",
    "announced": "附件：1.表\n",
    "announced with blanks": "附件：1.表\n \n",
    "contents on lines": "目录\n",
    "titles on lines": "学校管理办法\n",
    "dates on lines": "2024年1月1日\n",
    "leaders": "目录…………",
    "leaders to a page": "总则……………1\n",
    "dots": ".",
    "middle dots": "·",
    "ellipses": "…",
    "articles in digits": "第1条第2款",
    "articles with paragraphs": "第一条第二款第三项",
    "article lists": "第一条、",
    "article ranges": "第一条至",
    "according to": "依照第一条、第二条的规定，",
    "items": "（一）",
    "items with text": "（一）校长；",
    "digit items": "(1)",
    "this article": "本条",
    "this rule": "本办法第一条",
    "before": "前款",
    "before, counted": "前三款规定的",
    "listed": "下列情形之一的：",
    "commas in lists": "、",
    "commas": "，",
    "stops": "。",
    "semicolons": "；",
    "colons": "：",
    "exclamations": "！",
    "questions": "？",
    "ascii commas": ",",
    "ascii colons": ":",
    "ascii semicolons": ";",
    "apostrophes": "'",
    "quotes": '"',
    "backticks": "`",
    "dashes": "-",
    "long dashes": "—",
    "tildes": "~",
    "underscores": "_",
    "asterisks": "*",
    "bold": "**a** ",
    "bold open": "**a",
    "hashes": "#",
    "headings": "# a\n",
    "heading marks": "# ",
    "rules": "---\n",
    "rule": "- ",
    "quoted lines": "> ",
    "bars": "|",
    "cells": "| a ",
    "table rows": "| a | b |\n",
    "table rules": "|---|---|\n",
    "tab cells": "a\tb\tc\n",
    "backslashes": "\\",
    "letters": "a",
    "words": "ab ",
    "capitals": "Article 1 ",
    "han": "学",
    "han words": "学校教育管理",
    "han lines": "学校教育管理\n",
    "sentences": "学校应当管理数据。",
    "clauses": "学校应当管理数据，",
    "html": "<div>",
    "html tags": "<a b='",
    "comments": "<!--",
    "entities": "&amp;",
    "title open, letter": "《a",
    "titles": "《办法》",
    "titles with articles": "《办法》第一条",
    "titles in brackets": "（《办法》",
    "quoted words": "“数据”",
    "quoted statements": "“学校应当管理数据安全工作”",
    "quoted with colon": "规定：“",
    "days": "20日",
    "working days": "5个工作日内",
    "years": "2024年",
    "months": "2024年1月",
    "dates": "2024年1月1日",
    "dates to dates": "2024年1月1日至",
    "han dates": "二〇二四年一月一日",
    "money": "1万元",
    "percents": "10%",
    "percents in words": "百分之",
    "terms": "任期3年",
    "times": "不超过2届",
    "counted": "3名",
    "amended": "修改为",
    "amended quoted": "第一条修改为：“",
    "deleted": "删去第一条",
    "added": "增加一条，作为第二条",
    "shall": "应当",
    "may not": "不得",
    "negations": "不",
    "of": "的",
    "and": "和",
    "bodies": "领导小组",
    "committees": "委员会",
    "schools": "某某学院",
    "places": "某某省",
    "defined": "（以下简称“学校”）",
    "defined open": "以下简称“",
    "offices": "首席信息官（CIO）",
    "offices open": "首席信息官（",
    "numbers of files": "教发〔2024〕1号",
    "issued": "印发《",
    "placeholders": "××",
    "todo": "XX年XX月",
    "bookmarks": "[bookmark:",
    "fields": "{ PAGE ",
    "marks of a model": "[1]",
    "urls": "http://a.b/",
    "addresses": "a@b.",
    "zero width": "\u200b",
    "zero width in articles": "第\u200b一\u200b条",
    "marks of order": "\ufeff",
    "soft hyphens": "\u00ad",
    "combining": "\u0301",
    "letters with combining": "e\u0301",
    "variation selectors": "\ufe0f",
    "emoji": "😀",
    "replacements": "\ufffd",
    "controls": "\x01",
    "separators": "\u2028",
    "right to left": "\u202e",
    "compatibility": "㈠",
    "ligatures": "ﷺ",
    "full width letters": "Ａ",
    "commas and words": "学、",
    "commas of han": "学，",
    "brackets of han": "（学",
    "brackets of han, closed": "学）",
    "because": "根据《",
    "issuers": "某某局、",
    "persons": "张三 李四 ",
    "roster": "组长：张三\n",
    "phones": "联系电话：010-12345678\n",
}
#: head, what is repeated, tail: a pattern matches the head, runs along the middle and fails, or not, at the tail.
_NEAR_MISSES = {
    "article, spaces, x": ("第一条", " ", "x"),
    "ordinal, spaces, unit": ("第", " ", "条"),
    "ordinal, numerals, x": ("第", "一", "x"),
    "ordinal, spaced numerals": ("第", "一 ", "条"),
    "ordinal, digits, unit": ("第", "9", "条"),
    "ordinal, tens, unit": ("第", "十", "条"),
    "article, newlines, x": ("第一条", "\n", "x"),
    "article, one line": ("第一条 ", "学", "。"),
    "article, sentences in one line": ("第一条 ", "学校应当管理数据。", ""),
    "article, items in one line": ("第一条 ", "（一）校长；", ""),
    "article, items counted up": ("第一条 下列人员：", "（二）校长；", ""),
    "article, enumerated": ("第一条、", "第二条、", "x"),
    "title never closed": ("《", "学", ""),
    "quotation never closed": ("“", "学", ""),
    "bracket never closed": ("（", "学", ""),
    "thousand quotations": ("“" * 1000, "学校应当管理数据，", ""),
    "thousand titles": ("《" * 1000, "学校应当管理数据，", ""),
    "thousand brackets": ("（" * 1000, "学校应当管理数据，", ""),
    "title, brackets": ("《办法》", "（", "第一条"),
    "title, spaces, article": ("《办法》", " ", "第一条"),
    "cited, spaces": ("根据《办法》第一条", " ", "规定"),
    "cited, long statement": ("根据《宜春学院首席信息官（CIO）制度（讨论稿）》第七条，", "任期3年，", "。"),
    "cited, long quotation": ("《宜春学院首席信息官（CIO）制度（讨论稿）》第七条规定：“", "任期3年，", "”。"),
    "bar, spaces": ("|", " ", "x"),
    "bar, cells, no end": ("|", " a |", "x"),
    "tabs, text": ("a", "\t", "x"),
    "heading, spaces": ("#", " ", "x"),
    "dash, digits": ("1", "-1", "x"),
    "range, dashes": ("第一条", "—", "第二条"),
    "date, spaces": ("2024年", " ", "1月1日"),
    "year, digits": ("2024", "0", "年"),
    "number with points": ("1", ".1", "x"),
    "number with groups": ("1", ",111", "x"),
    "number of five thousand digits": ("不超过" + "9" * 5000 + "元，", "学", ""),
    "article of five thousand digits": ("第" + "9" * 5000 + "条 ", "学", ""),
    "attachment, blank lines": ("附件：1.表\n", " \n", "x"),
    "attachment, spaces": ("附", " ", "件"),
    "defined, spaces": ("以下简称", " ", "“学校”"),
    "defined, long": ("（以下简称“", "学", "”）"),
    "comment never closed": ("<!--", "a", ""),
    "tag never closed": ("<a ", "b=c ", ""),
    "think never closed": ("<think>", "a", ""),
    "bold never closed": ("**", "学", ""),
    "bookmark never closed": ("[bookmark:", "a", ""),
    "field never closed": ("{ PAGE", " ", ""),
    "contents, leaders": ("目录\n总则", "…", "1\n"),
    "amended, quoted": ("将第一条修改为：“", "学校应当管理数据。", "”"),
    "amended, no end": ("将", "第一条、", "修改为：“学校”"),
}
_WALK = [
    *_OPEN,
    *_CLOSED,
    *(" \u3000\t\n\n"),
    *"，。；：、！？—…-.|#*_~",
    *"一二十第条款项章节年月日",
    "第一条",
    "第二款",
    "（一）",
    "1.",
    "2024年",
    "《办法》",
    "学校",
    "应当",
    "不得",
    "规定",
    "修改为",
    "以下简称",
    "附件",
    "a",
    "1",
    "100",
    "CIO",
]


def shapes(size: int) -> Iterator[tuple[str, str]]:
    """(name, text of at most `size` bytes of UTF-8), each shape once."""
    for name, piece in {**_WHITE, **_PIECES}.items():
        yield name, _filled("", piece, "", size)
    for mark in _OPEN + _CLOSED:
        yield f"brackets {mark}", _filled("", mark, "", size)
    for opening, closing in zip(_OPEN, _CLOSED, strict=True):
        yield f"pairs {opening}{closing}", _filled("", opening + closing, "", size)
        yield f"pairs turned {closing}{opening}", _filled("", closing + opening, "", size)
        half = _filled("", opening, "", size // 2)
        yield f"nested {opening}{closing}", half + closing * len(half)
    yield "all brackets open", _filled("", _OPEN, "", size)
    for name, (head, piece, tail) in _NEAR_MISSES.items():
        yield name, _filled(head, piece, tail, size)
    for seed in range(3):
        yield f"walk {seed}", _walk(size, seed)
    yield "counted articles", _counted(size, "第{}条 学校应当管理数据。\n")
    yield "counted articles in one line", _counted(size, "第{}条 学校应当管理数据。")
    yield "counted points", _counted(size, "{}.学校应当管理数据。\n")
    yield "counted items in one line", "第一条 下列人员：" + _counted(size - 30, "（{}）校长；")
    yield "counted numbers", _counted(size, "{}年")
    yield "distinct words", "".join(map(chr, range(0x4E00, 0x9F00))) * (size // 3 // (0x9F00 - 0x4E00))
    yield "tables of attachments", _counted(size, "附件{}\n| a | b |\n")
    yield "policy repeated", _filled("", "第一条 为加强管理，根据《教育法》第二条，制定本办法。\n", "", size)


def by_name(size: int) -> Mapping[str, str]:
    """The shapes by their names."""
    return dict(shapes(size))


def _filled(head: str, piece: str, tail: str, size: int) -> str:
    room = size - len((head + tail).encode())
    return head + piece * max(room // len(piece.encode()), 1) + tail


def _counted(size: int, form: str) -> str:
    each = len(form.format(100_000).encode())
    return "".join(form.format(n) for n in range(1, max(size // each, 1) + 1))


def _walk(size: int, seed: int) -> str:
    rng = random.Random(seed)  # noqa: S311 - to be repeatable
    room = size // 3
    return "".join(rng.choices(_WALK, k=room))[:room]
