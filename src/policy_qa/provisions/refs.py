"""A provision's name for people: 《title》第七条第二项."""

from __future__ import annotations

import re

from policy_qa.datamodels import Document, Kind, Provision
from policy_qa.numerals import to_han

_HEADING_KINDS = (Kind.PART, Kind.CHAPTER, Kind.SUBCHAPTER)
_FRAME = {Kind.PREAMBLE: "前言", Kind.CLOSING: "结尾部分"}
#: The number of a heading: 「第二章 任职条件」, 「四、岗位管理」. Grammar of numbered headings.
_NUMBER = re.compile(r"^(?:第\S{1,6}[编章节]|[（(]?[一二三四五六七八九十\d]{1,4}[)）、.．])\s*")
_APPENDIX = re.compile(r"appendix-(\d+)(?:~(\d+))?(?:\.|$)")


def cite(document: Document, provision: Provision) -> str:
    """The citation as a person writes it; 项 without brackets (立法技术规范（试行）（一）, point 9).

    Where two texts of a policy bear the same title, the edition stands behind it: 《…》（2022年版）第七条.
    """
    edition = f"（{document.edition}）" if document.edition else ""
    return f"《{provision.instrument or document.title}》{edition}{place(provision)}"


def heading_words(heading: str) -> str:
    """A heading without its number: 任职条件 of 「第二章　任职条件」."""
    return _NUMBER.sub("", " ".join(heading.split()))


def place(provision: Provision) -> str:
    """The citation without the document's title: 第七条第二项, 四、岗位管理 5., 附件1, 附件1第三条."""
    path, outer = provision.path, ""
    if match := _APPENDIX.match(path):
        named = next((h for h in provision.headings[:1] if h.startswith("附")), "")
        outer = (named or f"附件{match.group(1)}") + _occurrence(int(match.group(2) or 1))
        path = path[match.end() :]
        if not path:  # the attachment itself
            return outer
    parts = path.split(".")
    depth = len(parts) if provision.article else _depth(provision)
    unit = _unit_place(provision, parts[:depth]) + _occurrence(provision.occurrence) if depth else ""
    return outer + unit + _tail_place(provision, parts[depth:])


def _occurrence(count: int) -> str:
    return f"（第{count}处）" if count > 1 else ""


def _unit_place(provision: Provision, path: list[str]) -> str:
    """The place of the provision at article level that it is or stands in, without whatever is above a 条."""
    kind = provision.kind if provision.article else provision.unit
    headings, last = provision.headings, path[-1].partition("~")[0]
    label = provision.label if provision.article else ""
    if kind in _FRAME:
        return _FRAME[kind]
    if kind is Kind.PARAGRAPH:
        return f"第{to_han(int(last[1:]))}段"
    if kind is Kind.ARTICLE:
        return label if label and not label.startswith("第") else _article_number(last)
    if kind is not Kind.POINT:
        sections = " ".join(headings) if kind in _HEADING_KINDS else headings[-1] if headings else ""
        return sections or label or f"{to_han(int(last))}、"
    heading = headings[-1] if headings else ""
    if label:
        return f"{heading}{' ' if heading and (label[:1].isdigit() or heading.startswith('第')) else ''}{label}"
    return f"{'.'.join(path)} " if heading[:1].isdigit() else f"{heading} 第{last}点"  # 2.1.1, in a plan numbered so


def _article_number(path: str) -> str:
    number, _, sub = path.partition("-")
    return f"第{to_han(int(number))}条" + (f"之{to_han(int(sub))}" if sub else "")


def _depth(provision: Provision) -> int:
    """How many parts of a path name the provision at article level (an attachment's own name left out)."""
    if provision.unit is Kind.APPENDIX:
        return 0
    if provision.unit is Kind.POINT:
        return len(provision.headings) + 1
    if provision.unit in (*_HEADING_KINDS, Kind.SECTION):
        return max(len(provision.headings), 1)
    return 1


def _tail_place(provision: Provision, tail: list[str]) -> str:
    """第二款第三项第一目; outside 条 the label as printed, and 段 for 款."""
    by_article = provision.unit is Kind.ARTICLE
    if not by_article and provision.kind is Kind.ITEM and len(tail) == 1 and "~" not in tail[0]:
        return provision.label
    out, numbers = "", 0
    for part in tail:
        name, _, repeat = part.partition("~")
        if name.startswith("p"):
            out += f"第{to_han(int(name[1:]))}{'款' if by_article else '段'}"
        elif name.startswith("r"):
            out += f"表格第{name[1:]}行"
        else:
            out += f"第{to_han(int(name))}{'目' if numbers else '项'}"
            numbers += 1
        out += _occurrence(int(repeat or 1))
    return out
